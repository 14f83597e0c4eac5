//! What each operation sends, and what it makes of each response, from the examples of the spec.

mod calls;
mod print;

use atlas_backup_tests::entries;
use atlas_backup_tests::fake_atlas::HttpResponse;
use serde_json::json;

pub use calls::{Wire, errors};

use crate::repository::{Snapshots, apis, spec};

#[tokio::test]
async fn every_request_matches_its_snapshot() {
    let wire = Wire::start();
    for api in apis() {
        let mut snapshots = Snapshots::new(&format!("wire/{api}"), ".request.snap");
        for entry in entries().filter(|entry| entry.api == api) {
            let text = wire.requests(spec(api), entry).await;
            let text = text.unwrap_or_else(|error| panic!("{}: {error}", entry.id));
            snapshots.check(entry.id, &text);
        }
        snapshots.done();
    }
}

#[tokio::test]
async fn every_response_matches_its_snapshot() {
    let wire = Wire::start();
    for api in apis() {
        let entries = || entries().filter(|entry| entry.api == api);
        let mut snapshots = Snapshots::new(&format!("wire/{api}"), ".response.snap");
        for entry in entries() {
            let text = wire.responses(spec(api), entry).await;
            let text = text.unwrap_or_else(|error| panic!("{}: {error}", entry.id));
            snapshots.check(entry.id, &text);
        }
        snapshots.check("errors", &errors(spec(api), entries()));
        snapshots.done();
    }
}

/// The first request has every query parameter, so its snapshot shows how each is sent.
#[test]
fn every_query_parameter_has_an_example_other_than_its_default() {
    for entry in entries() {
        let spec = spec(entry.api);
        let arguments = spec.arguments(entry);
        for parameter in spec.parameters(entry).filter(|it| it["in"] == "query") {
            let name = parameter["name"].as_str().unwrap_or_default();
            let value = arguments.query.get(name);
            assert!(
                value.is_some_and(|value| *value != parameter["schema"]["default"]),
                "{} {}: the parameter {name} needs an `example` other than its default",
                entry.api,
                entry.id
            );
        }
    }
}

#[tokio::test]
async fn nothing_optional_is_sent_unless_it_was_set() {
    let wire = Wire::start();
    for entry in entries() {
        let mut arguments = spec(entry.api).arguments(entry);
        arguments.query.clear();
        let response = HttpResponse::json(200, "application/json", &json!({}));
        let called = wire.call(entry, &arguments, response).await;
        let (_, received) = called.unwrap_or_else(|error| panic!("{}: {error}", entry.id));
        assert!(!received.target.contains('?'), "{}: {received:?}", entry.id);
    }
}
