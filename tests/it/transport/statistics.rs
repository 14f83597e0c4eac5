//! What a client counts.

use std::time::Duration;

use atlas_backup_api::{Client, Statistics};
use atlas_backup_tests::fake_atlas::{App, Digest, Fault, Faults, HttpResponse, StubServer};
use serde_json::json;

use super::{NoWait, PROJECT, api_key, builder, built, create, read};

fn sent(requests: &[atlas_backup_tests::fake_atlas::RecordedRequest]) -> u64 {
    requests
        .iter()
        .map(|request| request.body.len() as u64)
        .sum()
}

#[tokio::test]
async fn all_clones_count_together_what_they_do_at_once() {
    const CALLS: u64 = 40;
    let faults = Faults::script([
        Fault::rate_limited(Some(7)),
        Fault::html_503(),
        Fault::reset(),
    ])
    .on_method("GET");
    let digest = Digest::atlas();
    let server = App::examples().layer(&digest).layer(&faults).start();
    let clock = NoWait::new();
    let client = built(builder(&server, &clock).credentials(api_key()));
    assert_eq!(client.statistics(), Statistics::default());
    let mut calls = tokio::task::JoinSet::new();
    for number in 0..CALLS {
        let client = client.clone();
        calls.spawn(async move {
            match number % 2 {
                0 => read(&client).await.map(drop),
                _ => create(&client).await.map(drop),
            }
        });
    }
    for outcome in calls.join_all().await {
        outcome.unwrap();
    }
    let counted = client.statistics();
    assert_eq!(counted.calls, CALLS);
    assert_eq!(counted.attempts, CALLS + 3, "three were retried");
    assert_eq!(counted.requests, server.request_count() as u64);
    assert!(
        counted.requests > counted.attempts,
        "challenges: {counted:?}"
    );
    assert_eq!(counted.waited, clock.waits().iter().sum::<Duration>());
    assert_eq!(counted.bytes_sent, sent(&server.received_requests()));
    assert_eq!(counted.bytes_downloaded, 0);
}

#[tokio::test]
async fn the_bytes_of_bodies_are_counted_and_calls_that_are_not_sent_are_not() {
    let body = json!({"id": PROJECT});
    let answer = HttpResponse::json(200, "application/json", &body);
    let length = body.to_string().len() as u64;
    let server = StubServer::start(answer).unwrap();
    let client = Client::builder().base_url(server.url()).build().unwrap();
    create(&client).await.unwrap();
    server.set_response(HttpResponse::new(404).body("no"));
    read(&client).await.unwrap_err();
    let invalid = client.v2().get_snapshot(PROJECT, "not a name", PROJECT);
    invalid.send().await.unwrap_err();
    let counted = client.statistics();
    assert_eq!(
        (counted.calls, counted.attempts, counted.requests),
        (2, 2, 2)
    );
    assert_eq!(counted.bytes_received, length + 2);
    assert_eq!(counted.bytes_sent, sent(&server.received_requests()));
    assert!(counted.bytes_sent > 0 && counted.waited.is_zero());
}
