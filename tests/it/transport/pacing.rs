//! Calls that share what is left of a rate limit.

use std::time::Duration;

use atlas_backup_api::{CallOptions, Client, Error, RetryPolicy};
use atlas_backup_tests::fake_atlas::{
    App, FakeAtlas, Fault, Faults, Gate, HttpResponse, PROJECT, Server, error_response,
};

use super::{NoWait, api_key, builder, built, create, create_with, seconds};

/// A client that paces its calls and makes one attempt for each.
fn paced(server: &Server, clock: &NoWait) -> Client {
    let builder = builder(server, clock).retry(RetryPolicy::never());
    built(builder.pace(true))
}

/// A snapshot, and how many requests are left.
fn left(number: u64) -> Fault {
    let body = serde_json::json!({"id": PROJECT});
    let response = HttpResponse::json(200, "application/json", &body);
    Fault::respond(response.header("RateLimit-Remaining", &number.to_string()))
}

/// Starts five calls at the same time.
fn five_calls(client: &Client) -> Vec<tokio::task::JoinHandle<()>> {
    let call = |_| {
        let client = client.clone();
        tokio::spawn(async move {
            create(&client).await.expect("the gate opens");
        })
    };
    (0..5).map(call).collect()
}

#[tokio::test]
async fn no_more_requests_are_in_progress_than_are_left() {
    let gate = Gate::closed();
    let faults = Faults::script([left(2)]).otherwise(Fault::hold_until(&gate));
    let server = App::examples().layer(&faults).start();
    let client = paced(&server, &NoWait::new());
    create(&client).await.unwrap();
    let calls = five_calls(&client);
    gate.wait_for_arrivals(2).await;
    // When this call gives up, any call that was wrongly let through would have arrived.
    let briefly = CallOptions::new().total_timeout(Duration::from_millis(50));
    let error = create_with(&client, briefly).await.unwrap_err();
    assert!(
        matches!(&error, Error::Timeout(error) if error.is_connect()),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "takeSnapshot: not sent: no request left by the rate limit in time"
    );
    assert_eq!(server.request_count(), 1 + 2);
    // Another endpoint has a limit of its own.
    let other = {
        let client = client.clone();
        tokio::spawn(async move { client.v2().list_snapshots(PROJECT, "orders").send().await })
    };
    gate.wait_for_arrivals(3).await;
    gate.open();
    for call in calls {
        call.await.unwrap();
    }
    other.await.unwrap().unwrap();
    assert_eq!(server.request_count(), 1 + 5 + 1);
}

#[tokio::test]
async fn if_none_is_left_the_next_request_goes_a_second_later() {
    let faults = Faults::script([left(0), left(7)]);
    let server = App::examples().layer(&faults).start();
    let clock = NoWait::new();
    let client = paced(&server, &clock);
    for _ in 0..3 {
        create(&client).await.unwrap();
    }
    assert_eq!(clock.waits(), [seconds(1)]);
    assert_eq!(client.statistics().paced, seconds(1));
}

#[tokio::test]
async fn a_refusal_holds_back_the_other_calls_of_the_endpoint() {
    for (fault, wait) in [
        (Fault::rate_limited(Some(55)), 55),
        (Fault::rate_limited(None), 10),
        (Fault::rate_limited_as_400(), 10),
    ] {
        let server = App::examples().layer(&Faults::script([fault])).start();
        let clock = NoWait::new();
        let client = paced(&server, &clock);
        create(&client).await.unwrap_err();
        let other_project = "32b6e34b3d91647abb20e7b9";
        let snapshots = client.v2().list_snapshots(PROJECT, "orders");
        snapshots.send().await.unwrap();
        let elsewhere = client
            .v2()
            .take_snapshot(other_project, "orders", Default::default());
        elsewhere.send().await.unwrap();
        assert_eq!(clock.waits(), [Duration::ZERO; 0], "of another bucket");
        create(&client).await.unwrap();
        assert_eq!(clock.waits(), [seconds(wait)]);
    }
}

/// A gateway says nothing about the limit, so what Atlas has said before still holds.
#[tokio::test]
async fn a_response_without_a_number_changes_nothing() {
    let gate = Gate::closed();
    let faults = Faults::script([left(2), Fault::html_503()]).otherwise(Fault::hold_until(&gate));
    let server = App::examples().layer(&faults).start();
    let client = paced(&server, &NoWait::new());
    create(&client).await.unwrap();
    create(&client).await.unwrap_err();
    let calls = five_calls(&client);
    gate.wait_for_arrivals(2).await;
    let briefly = CallOptions::new().total_timeout(Duration::from_millis(50));
    create_with(&client, briefly).await.unwrap_err();
    assert_eq!(server.request_count(), 2 + 2);
    gate.open();
    for call in calls {
        call.await.unwrap();
    }
}

/// A limit for a day is not waited for: the error says how long it lasts.
#[tokio::test]
async fn a_pause_beyond_the_policy_fails_all_calls_at_once() {
    let faults = Faults::always(Fault::rate_limited(Some(86_400)));
    let server = App::examples().layer(&faults).start();
    let clock = NoWait::new();
    let client = built(builder(&server, &clock).pace(true));
    for _ in 0..3 {
        let error = create(&client).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(seconds(86_400)), "{error}");
    }
    assert_eq!(clock.waits(), [Duration::ZERO; 0]);
}

#[tokio::test]
async fn a_call_that_is_given_up_leaves_its_turn_to_others() {
    let gate = Gate::closed();
    let faults = Faults::script([left(1), Fault::hold_until(&gate)]);
    let server = App::examples().layer(&faults).start();
    let client = paced(&server, &NoWait::new());
    create(&client).await.unwrap();
    let given_up = {
        let client = client.clone();
        tokio::spawn(async move { create(&client).await })
    };
    gate.wait_for_arrivals(1).await;
    given_up.abort();
    create(&client).await.unwrap();
    gate.open();
}

#[tokio::test]
async fn without_pacing_nothing_is_held_back() {
    let server = App::examples().layer(&Faults::script([left(0)])).start();
    let clock = NoWait::new();
    let client = built(builder(&server, &clock));
    for _ in 0..3 {
        create(&client).await.unwrap();
    }
    assert_eq!(clock.waits(), [Duration::ZERO; 0]);
    assert_eq!(client.statistics().paced, Duration::ZERO);
}

/// The fake refuses what its token bucket does not hold, as Atlas does.
#[tokio::test]
async fn many_calls_at_once_are_hardly_ever_refused() {
    let mut refused = Vec::new();
    for pace in [false, true] {
        let clock = NoWait::new();
        let atlas = FakeAtlas::builder().clock(clock.servers()).start().await;
        atlas.set_rate_limit(Some(30));
        let client = Client::builder()
            .base_url(atlas.url())
            .credentials(api_key())
            .clock(clock.clone())
            .retry(RetryPolicy::new().max_attempts(100))
            .pace(pace)
            .build()
            .unwrap();
        let calls: Vec<_> = (0..100)
            .map(|_| {
                let client = client.clone();
                tokio::spawn(
                    async move { client.v2().list_snapshots(PROJECT, "orders").send().await },
                )
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
        let received = atlas.server().received_requests().into_iter();
        refused.push(received.filter(|one| one.status == Some(429)).count());
    }
    let [freely, paced] = refused[..] else {
        panic!("{refused:?}")
    };
    assert!(freely > 50 && paced < 10, "{refused:?}");
}

#[tokio::test]
async fn an_error_that_is_no_refusal_closes_nothing() {
    let faults = Faults::script([Fault::respond(error_response("forbidden")), Fault::reset()]);
    let server = App::examples().layer(&faults).start();
    let clock = NoWait::new();
    let client = paced(&server, &clock);
    create(&client).await.unwrap_err();
    create(&client).await.unwrap_err();
    create(&client).await.unwrap();
    assert_eq!(clock.waits(), [Duration::ZERO; 0]);
}
