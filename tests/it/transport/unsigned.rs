//! Failures of requests that are not signed yet. With an API key, the first request only asks for a
//! challenge. Atlas refuses every such request, so however it ends, nothing was done.

use std::time::Duration;

use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
use atlas_backup_api::{Client, ClientBuilder, Error};
use atlas_backup_tests::fake_atlas::{
    self, App, Digest, Fault, Faults, Gate, HttpResponse, Server,
};
use serde_json::json;

use super::{NoWait, PROJECT, api_key, builder, built, create, delete, update};

/// Faults after which a signed request may have been processed.
fn open_ends() -> Vec<(&'static str, Fault)> {
    vec![
        ("reset", Fault::reset()),
        ("close", Fault::close()),
        ("silence", Fault::silent()),
        ("502", Fault::empty_502()),
        ("503", Fault::html_503()),
        ("504", Fault::gateway_timeout_504()),
        ("429", Fault::rate_limited(Some(1))),
        // The server has refused the request, and the refusal is lost.
        ("reset after the refusal", Fault::reset().after_handling()),
        ("close after the refusal", Fault::close().after_handling()),
        (
            "504 after the refusal",
            Fault::gateway_timeout_504().after_handling(),
        ),
    ]
}

/// Faults after which the status and the headers of a response were received.
fn broken_bodies() -> Vec<(&'static str, Fault)> {
    vec![
        ("reset in the body", Fault::reset_mid_body()),
        ("cut in the body", Fault::cut_short()),
    ]
}

/// The faults happen between the client and a server that requires signatures.
fn start(faults: &Faults, change: impl FnOnce(ClientBuilder) -> ClientBuilder) -> (Server, Client) {
    let server = App::examples()
        .layer(&Digest::atlas())
        .layer(faults)
        .start();
    let hurried = builder(&server, &NoWait::new())
        .attempt_timeout(Duration::from_millis(200))
        .credentials(api_key());
    let client = built(change(hurried));
    (server, client)
}

#[tokio::test]
async fn an_unsigned_request_that_is_cut_off_is_sent_again() {
    for (name, fault) in open_ends() {
        let faults = Faults::script([fault.clone(), fault]);
        let (server, client) = start(&faults, |builder| builder);
        create(&client)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        // Two requests failed, one was refused because it was not signed, and one was signed.
        assert_eq!(
            (
                server.request_count(),
                server.handled_count("POST"),
                faults.remaining()
            ),
            (4, 1, 0),
            "{name}"
        );
        let signed: Vec<_> = server
            .received_requests()
            .iter()
            .map(|request| request.header("authorization").is_some())
            .collect();
        assert_eq!(signed, [false, false, false, true], "{name}");
        update(&client).await.unwrap();
    }
}

/// The challenge is a header of the refusal.
#[tokio::test]
async fn a_refusal_whose_body_breaks_off_still_has_its_challenge() {
    for (name, fault) in broken_bodies() {
        let faults = Faults::script([fault]);
        let (server, client) = start(&faults, |builder| builder);
        create(&client)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(
            (
                server.request_count(),
                server.handled_count("POST"),
                faults.remaining()
            ),
            (2, 1, 0),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_request_that_was_never_signed_is_not_ambiguous() {
    for (name, fault, attempts) in [
        ("reset", Fault::reset(), 4),
        ("503", Fault::html_503(), 4),
        // As with a GET, the client does not retry a 500.
        ("500", Fault::respond(HttpResponse::new(500)), 1),
    ] {
        let (server, client) = start(&Faults::always(fault), |builder| builder);
        let error = create(&client).await.unwrap_err();
        assert!(
            matches!(error, Error::Connection(_) | Error::Api(_)),
            "{name}: {error:?}"
        );
        assert_eq!(
            (server.request_count(), server.handled_count("POST")),
            (attempts, 0),
            "{name}"
        );
    }
}

/// A request that the server did not accept has deleted nothing.
#[tokio::test]
async fn a_404_after_an_unsigned_delete_is_an_error() {
    for fault in [Fault::reset(), Fault::html_503()] {
        let faults = Faults::script([
            fault,
            Fault::pass(),
            Fault::respond(fake_atlas::error_response("notFound")),
        ]);
        let (server, client) = start(&faults, |builder| builder);
        assert!(delete(&client).await.unwrap_err().is_not_found());
        assert_eq!(
            (
                server.request_count(),
                server.handled_count("DELETE"),
                faults.remaining()
            ),
            (3, 0, 0)
        );
    }
}

#[tokio::test]
async fn a_failure_of_a_signed_request_is_ambiguous() {
    let second = |fault: Fault| Faults::script([Fault::pass(), fault]);
    let open_ends = open_ends().into_iter().filter(|(name, _)| *name != "429");
    for (name, fault) in open_ends.chain(broken_bodies()) {
        let (server, client) = start(&second(fault), |builder| builder);
        let error = create(&client).await.unwrap_err();
        assert!(error.is_ambiguous(), "{name}: {error:?}");
        assert_eq!(server.request_count(), 2, "{name}");
    }
    // With a nonce at hand, the client signs its first request.
    let faults = Faults::none();
    let (server, client) = start(&faults, |builder| builder);
    create(&client).await.unwrap();
    faults.push(Fault::reset().after_handling());
    assert!(create(&client).await.unwrap_err().is_ambiguous());
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (3, 2)
    );
}

/// A server that requires no signature does not refuse unsigned requests.
#[tokio::test]
async fn without_credentials_a_failure_is_ambiguous() {
    let server = App::examples()
        .layer(&Faults::script([Fault::reset().after_handling()]))
        .start();
    assert!(
        create(&built(builder(&server, &NoWait::new())))
            .await
            .unwrap_err()
            .is_ambiguous()
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (1, 1)
    );
}

/// The response began as a success, so the server accepted the request, signed or not.
#[tokio::test]
async fn an_unsigned_request_is_ambiguous_once_a_success_has_begun() {
    for fault in [
        Fault::reset_mid_body(),
        Fault::cut_short(),
        Fault::slow_body(&Gate::closed()),
    ] {
        let server = App::examples()
            .layer(&Faults::script([fault.clone()]))
            .start();
        let hurried = builder(&server, &NoWait::new()).attempt_timeout(Duration::from_millis(200));
        let error = create(&built(hurried.credentials(api_key())))
            .await
            .unwrap_err();
        assert!(error.is_ambiguous(), "{fault:?}: {error:?}");
        assert_eq!(
            (server.request_count(), server.handled_count("POST")),
            (1, 1),
            "{fault:?}"
        );
    }
}

/// A success whose envelope reports a failure also shows that the server accepted the request.
#[tokio::test]
async fn an_unsigned_request_is_ambiguous_after_a_failure_in_an_envelope() {
    let busy = HttpResponse::json(
        200,
        "application/json",
        &json!({"status": 503, "envelope": {"errorCode": "BUSY"}}),
    );
    let server = App::examples()
        .layer(&Faults::script([Fault::respond(busy).after_handling()]))
        .start();
    let client = built(builder(&server, &NoWait::new()).credentials(api_key()));
    let call = client
        .v2()
        .take_snapshot(PROJECT, "orders", OnDemandSnapshotRequest::default())
        .envelope(true);
    let error = call.send().await.unwrap_err();
    assert!(
        error.is_ambiguous() && error.error_code() == Some("BUSY"),
        "{error:?}"
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (1, 1)
    );
}
