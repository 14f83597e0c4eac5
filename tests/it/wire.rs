//! The request that each operation sends and the decoded response, from the examples of the spec.

use std::fmt::Write;

use atlas_backup_api::{Client, RetryPolicy};
use atlas_backup_document::{Example, Spec};
use atlas_backup_tests::conform::same::same;
use atlas_backup_tests::fake_atlas::{HttpResponse, RecordedRequest, StubServer};
use atlas_backup_tests::{Entry, entries};
use serde_json::{Value, json};

use crate::repository::{Snapshots, apis, spec};

fn client(server: &StubServer) -> Client {
    let builder = Client::builder()
        .base_url(server.url())
        .retry(RetryPolicy::never());
    builder.build().expect("the address is a base URL")
}

#[tokio::test]
async fn every_request_matches_its_snapshot() {
    for api in apis() {
        let spec = spec(api);
        let mut snapshots = Snapshots::new(&format!("wire/{api}"), ".request.snap");
        for entry in entries().filter(|entry| entry.api == api) {
            snapshots.check(entry.id, &request(spec, entry).await);
        }
        snapshots.done();
    }
}

/// Returns one request with every optional parameter, as the server received it.
async fn request(spec: &Spec, entry: &Entry) -> String {
    let server = StubServer::start(HttpResponse {
        status: 500,
        headers: Vec::new(),
        body: Vec::new(),
    })
    .expect("a port is free");
    let call = (entry.call)(&client(&server), &spec.arguments(entry))
        .unwrap_or_else(|error| panic!("{}: {error}", entry.id));
    drop(call.await);
    let received = server.received_requests();
    let [received] = received.as_slice() else {
        panic!("{}: {} requests were sent", entry.id, received.len())
    };
    print_request(received)
}

/// Prints everything except `host`, whose port the system picks. A new header shows up here.
fn print_request(received: &RecordedRequest) -> String {
    let mut text = format!("{}\n", received.line());
    let mut headers: Vec<_> = received
        .headers
        .iter()
        .filter(|(name, _)| name != "host")
        .collect();
    headers.sort();
    for (name, value) in headers {
        let _infallible = writeln!(text, "{name}: {value}");
    }
    if !received.body.is_empty() {
        let body: Value = serde_json::from_slice(&received.body).expect("a body is JSON");
        let _infallible = write!(text, "\n{body:#}");
    }
    text
}

#[tokio::test]
async fn every_response_matches_its_snapshot() {
    for api in apis() {
        let spec = spec(api);
        let mut snapshots = Snapshots::new(&format!("wire/{api}"), ".response.snap");
        for entry in entries().filter(|entry| entry.api == api) {
            let mut text = String::new();
            for example in spec.answers(entry) {
                let _infallible = writeln!(
                    text,
                    "=== {} {}\n{}",
                    example.status,
                    example.name,
                    response(spec, entry, &example).await
                );
            }
            assert!(
                !text.is_empty() || entry.answer.is_none(),
                "{} has no example answer",
                entry.id
            );
            snapshots.check(entry.id, text.trim_end());
        }
        snapshots.done();
    }
}

/// Decodes one documented response and prints it. Asserts that encoding it again gives the same
/// JSON.
async fn response(spec: &Spec, entry: &Entry, example: &Example<'_>) -> String {
    let server = StubServer::start(HttpResponse::json(
        example.status,
        example.media_type,
        example.value,
    ))
    .expect("a port is free");
    let mut arguments = spec.arguments(entry);
    arguments.query.remove("envelope");
    let call = (entry.call)(&client(&server), &arguments)
        .unwrap_or_else(|error| panic!("{}: {error}", entry.id));
    match call.await {
        Ok(answered) => {
            assert_eq!(answered.status, example.status);
            let lost = same(example.value, &answered.value.json).err();
            assert_eq!(
                lost, None,
                "{} {}: decoding and encoding lost something",
                entry.id, example.name
            );
            format!(
                "{}\nencoded again: the same JSON",
                set_members(&answered.value.debug)
            )
        }
        Err(error) if error.api_error().is_some() => error.to_string(),
        Err(error) => panic!("{} {}: {error}", entry.id, example.name),
    }
}

/// Returns `{:#?}` output without the unset members, which are most of them, and with short
/// `Some(…)` values joined to one line.
fn set_members(debug: &str) -> String {
    let unset = |line: &&str| {
        [": None,", ": [],", "extra: {},"]
            .iter()
            .any(|end| line.ends_with(end))
    };
    let mut lines = debug.lines().filter(|line| !unset(line)).peekable();
    let mut text = String::new();
    while let Some(line) = lines.next() {
        text.push_str(line);
        if line.ends_with('(') {
            let value = lines
                .peek()
                .map(|value| value.trim())
                .filter(|value| value.ends_with(',') && !value.ends_with("},"));
            if let Some(value) = value {
                text.push_str(value.trim_end_matches(','));
                lines.next();
                text.push_str(lines.next().unwrap_or_default().trim());
            }
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

#[tokio::test]
async fn nothing_optional_is_sent_unless_it_was_set() {
    for entry in entries() {
        let mut arguments = spec(entry.api).arguments(entry);
        arguments.query.clear();
        let server = StubServer::start(HttpResponse::json(200, "application/json", &json!({})))
            .expect("a port is free");
        let call = (entry.call)(&client(&server), &arguments)
            .unwrap_or_else(|error| panic!("{}: {error}", entry.id));
        drop(call.await);
        let received = server.received_requests();
        assert!(
            received
                .iter()
                .all(|received| !received.target.contains('?')),
            "{}: {received:?}",
            entry.id
        );
    }
}
