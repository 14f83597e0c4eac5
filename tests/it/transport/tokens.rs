//! Service accounts: all calls share one token, and the client renews it in time.

use std::time::Duration;

use atlas_backup_api::{CallOptions, Client, Credentials, Error};
use atlas_backup_tests::fake_atlas::{
    App, CLIENT_ID, Fault, Faults, Gate, HttpResponse, OAuth, OAuthCounts, Server, error_response,
};
use serde_json::json;

use super::{NoWait, builder, built, create, create_with, message, read, seconds, service_account};

fn start(oauth: OAuth) -> (Server, OAuth, Client, NoWait) {
    let clock = NoWait::new();
    let oauth = oauth.clock(clock.servers());
    let server = App::examples().layer(&oauth).start();
    let client = built(builder(&server, &clock).credentials(service_account()));
    (server, oauth, client, clock)
}

fn spawn(client: &Client) -> tokio::task::JoinHandle<Result<(), Error>> {
    let client = client.clone();
    tokio::spawn(async move { create(&client).await.map(drop) })
}

/// The client has a token that it renews with the next call. Token requests wait at the gate.
async fn renewal_is_due(oauth: &OAuth, client: &Client, clock: &NoWait) -> Gate {
    create(client).await.expect("a first call");
    clock.servers().advance(seconds(3400));
    let gate = Gate::closed();
    oauth.hold_token_requests(&gate);
    gate
}

#[tokio::test]
async fn n_calls_cost_n_plus_one_exchanges() {
    let (server, oauth, client, _) = start(OAuth::new());
    for _ in 0..10 {
        create(&client).await.unwrap();
    }
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 1,
            issued: 1,
            accepted: 10,
            ..Default::default()
        }
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (11, 10)
    );
    assert_eq!(oauth.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn forty_callers_wait_for_one_token() {
    let (server, oauth, client, _) = start(OAuth::new());
    let gate = Gate::closed();
    oauth.hold_token_requests(&gate);
    let calls: Vec<_> = (0..40).map(|_| spawn(&client)).collect();
    gate.wait_for_arrivals(1).await;
    gate.open();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 1,
            issued: 1,
            accepted: 40,
            ..Default::default()
        }
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (41, 40)
    );
}

#[tokio::test]
async fn a_cancelled_caller_does_not_strand_the_others() {
    let (server, oauth, client, _) = start(OAuth::new());
    let gate = Gate::closed();
    oauth.hold_token_requests(&gate);
    let first = spawn(&client);
    gate.wait_for_arrivals(1).await;
    let others: Vec<_> = (0..10).map(|_| spawn(&client)).collect();
    tokio::task::yield_now().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    // Another call requests the token in its place.
    gate.wait_for_arrivals(2).await;
    gate.open();
    for call in others {
        call.await.unwrap().unwrap();
    }
    let counts = oauth.counts();
    assert_eq!(
        (counts.token_requests, counts.accepted, counts.unauthorized),
        (2, 10, 0)
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (12, 10)
    );
}

#[tokio::test]
async fn a_token_is_renewed_before_it_expires() {
    let (server, oauth, client, clock) = start(OAuth::new());
    create(&client).await.unwrap();
    clock.servers().advance(seconds(3200));
    create(&client).await.unwrap();
    assert_eq!(oauth.counts().token_requests, 1);
    clock.servers().advance(seconds(200));
    create(&client).await.unwrap();
    create(&client).await.unwrap();
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 2,
            issued: 2,
            accepted: 4,
            ..Default::default()
        }
    );
    clock.servers().advance(seconds(86_400));
    create(&client).await.unwrap();
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 3,
            issued: 3,
            accepted: 5,
            ..Default::default()
        }
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (8, 5)
    );
}

#[tokio::test]
async fn an_early_renewal_that_fails_does_no_harm() {
    let (server, oauth, client, clock) = start(OAuth::new());
    create(&client).await.unwrap();
    clock.servers().advance(seconds(3400));
    oauth.throttle_next(None);
    for _ in 0..5 {
        create(&client).await.unwrap();
    }
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 2,
            issued: 1,
            accepted: 6,
            ..Default::default()
        }
    );
    clock.servers().advance(seconds(150));
    create(&client).await.unwrap();
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 3,
            issued: 2,
            accepted: 7,
            ..Default::default()
        }
    );
    assert_eq!(
        (
            server.request_count(),
            server.handled_count("POST"),
            clock.waits().len()
        ),
        (10, 7, 0)
    );
}

/// The timeouts of sockets are measured by the system's clock, so this test takes a quarter of a second.
#[tokio::test]
async fn an_early_renewal_that_hangs_leaves_the_call_half_of_its_time() {
    let (_server, oauth, client, clock) = start(OAuth::new());
    let gate = renewal_is_due(&oauth, &client, &clock).await;
    let options = || CallOptions::new().total_timeout(Duration::from_millis(500));
    for _ in 0..3 {
        create_with(&client, options()).await.unwrap();
    }
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 2,
            issued: 1,
            accepted: 4,
            ..Default::default()
        }
    );
    // Half of the remaining time of the token has passed.
    gate.open();
    clock.servers().advance(seconds(100));
    create(&client).await.unwrap();
    let counts = oauth.counts();
    assert_eq!((counts.token_requests, counts.accepted), (3, 5));
}

#[tokio::test]
async fn an_early_renewal_whose_call_is_dropped_is_not_repeated_at_once() {
    let (_server, oauth, client, clock) = start(OAuth::new());
    let gate = renewal_is_due(&oauth, &client, &clock).await;
    let renewing = spawn(&client);
    gate.wait_for_arrivals(1).await;
    renewing.abort();
    assert!(renewing.await.unwrap_err().is_cancelled());
    for _ in 0..3 {
        create(&client).await.unwrap();
    }
    let counts = oauth.counts();
    assert_eq!((counts.token_requests, counts.accepted), (2, 4));
}

#[tokio::test]
async fn other_calls_continue_while_one_renews_the_token_early() {
    let (_server, oauth, client, clock) = start(OAuth::new());
    let gate = renewal_is_due(&oauth, &client, &clock).await;
    let renewing = spawn(&client);
    gate.wait_for_arrivals(1).await;
    create(&client).await.unwrap();
    assert_eq!(oauth.counts().accepted, 2);
    gate.open();
    renewing.await.unwrap().unwrap();
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 2,
            issued: 2,
            accepted: 3,
            ..Default::default()
        }
    );
}

#[tokio::test]
async fn a_revoked_or_expired_token_is_replaced_once() {
    for fault in [
        Fault::revoked_token as fn(&OAuth) -> Fault,
        Fault::expired_token,
    ] {
        let clock = NoWait::new();
        // The server has a separate clock, so the client cannot know that the token is invalid.
        let oauth = OAuth::new();
        let faults = Faults::none();
        let server = App::examples().layer(&oauth).layer(&faults).start();
        let client = built(builder(&server, &clock).credentials(service_account()));
        create(&client).await.unwrap();
        faults.push(fault(&oauth));
        create(&client).await.unwrap();
        assert_eq!(
            oauth.counts(),
            OAuthCounts {
                token_requests: 2,
                issued: 2,
                accepted: 2,
                unauthorized: 1,
                revoked: 0
            }
        );
        assert_eq!(
            (
                server.request_count(),
                server.handled_count("POST"),
                faults.remaining()
            ),
            (5, 2, 0)
        );
    }
}

#[tokio::test]
async fn a_token_is_replaced_as_often_as_it_is_revoked() {
    let (server, oauth, client, _) = start(OAuth::new());
    create(&client).await.unwrap();
    for _ in 0..3 {
        oauth.revoke_tokens();
        let calls: Vec<_> = (0..20).map(|_| spawn(&client)).collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
    }
    let counts = oauth.counts();
    assert_eq!((counts.issued, counts.token_requests), (1 + 3, 1 + 3));
    assert_eq!(server.handled_count("POST"), 1 + 3 * 20);
}

/// The call was rejected by the API itself, so the error is the API's, and not one of the token
/// endpoint, which would respond with 429 from the eleventh request on.
fn assert_rejected_by_the_api(outcome: Result<(), Error>, code: Option<&str>) {
    let error = outcome.expect_err("the server always rejects it");
    let Error::Auth(auth) = &error else {
        panic!("{error:?}")
    };
    assert!(auth.api_error().is_some(), "{error:?}");
    assert_eq!(error.error_code(), code);
}

#[tokio::test]
async fn calls_that_are_always_rejected_request_two_tokens_and_no_more() {
    let without_code = HttpResponse::new(401);
    for (response, code) in [
        (error_response("noCredentials"), Some("UNEXPECTED_ERROR")),
        (without_code, None),
    ] {
        for are_concurrent in [false, true] {
            let clock = NoWait::new();
            let oauth = OAuth::new().clock(clock.servers()).rate_limited();
            let faults = Faults::always(Fault::respond(response.clone())).on_method("POST");
            let server = App::examples().layer(&faults).layer(&oauth).start();
            let client = built(builder(&server, &clock).credentials(service_account()));
            if are_concurrent {
                let calls: Vec<_> = (0..60).map(|_| spawn(&client)).collect();
                for call in calls {
                    assert_rejected_by_the_api(call.await.unwrap(), code);
                }
            }
            for _ in 0..60 {
                assert_rejected_by_the_api(create(&client).await.map(drop), code);
            }
            assert_eq!((oauth.counts().token_requests, clock.waits().len()), (2, 0));
            // Five minutes later, whatever was rejected meanwhile, one more token shows whether it is
            // still so.
            clock.servers().advance(seconds(200));
            assert_rejected_by_the_api(create(&client).await.map(drop), code);
            assert_eq!(oauth.counts().token_requests, 2);
            clock.servers().advance(seconds(100));
            for _ in 0..20 {
                assert_rejected_by_the_api(create(&client).await.map(drop), code);
            }
            assert_eq!(oauth.counts().token_requests, 3);
        }
    }
}

/// As with a project that the credentials may not see, beside others that they may.
#[tokio::test]
async fn calls_that_are_accepted_do_not_end_the_pause() {
    let clock = NoWait::new();
    let oauth = OAuth::new().clock(clock.servers()).rate_limited();
    let faults = Faults::always(Fault::respond(HttpResponse::new(401))).on_method("GET");
    let server = App::examples().layer(&faults).layer(&oauth).start();
    let client = built(builder(&server, &clock).credentials(service_account()));
    for _ in 0..20 {
        create(&client).await.unwrap();
        assert_rejected_by_the_api(read(&client).await.map(drop), None);
    }
    assert_eq!(oauth.counts().token_requests, 2);
    // What helps after the pause is a new token again.
    clock.servers().advance(seconds(300));
    oauth.revoke_tokens();
    create(&client).await.unwrap();
    assert_eq!(oauth.counts().token_requests, 3);
}

#[tokio::test]
async fn a_missing_permission_costs_no_token() {
    for code in [
        "NOT_IN_GROUP",
        "USER_CANNOT_ACCESS_GROUP",
        "USER_UNAUTHORIZED",
        "IP_ADDRESS_NOT_ON_ACCESS_LIST",
    ] {
        let in_body = HttpResponse::json(401, "application/json", &json!({"errorCode": code}));
        let in_header = HttpResponse::new(401).header("X-Error-Code", code);
        for response in [in_body, in_header] {
            let oauth = OAuth::new();
            let faults = Faults::always(Fault::respond(response)).on_method("GET");
            let server = App::examples().layer(&faults).layer(&oauth).start();
            let client = built(builder(&server, &NoWait::new()).credentials(service_account()));
            for _ in 0..3 {
                create(&client).await.unwrap();
                assert_rejected_by_the_api(read(&client).await.map(drop), Some(code));
            }
            let counts = oauth.counts();
            assert_eq!((counts.token_requests, counts.accepted), (1, 6), "{code}");
        }
    }
}

#[tokio::test]
async fn a_rejection_that_may_be_about_the_token_is_answered_with_another_one() {
    for code in ["", "UNEXPECTED_ERROR", "TOKEN_EXPIRED", "NEW_IN_ATLAS"] {
        let rejection = HttpResponse::json(401, "application/json", &json!({"errorCode": code}));
        let oauth = OAuth::new();
        let faults = Faults::script([Fault::respond(rejection)]).on_method("GET");
        let server = App::examples().layer(&faults).layer(&oauth).start();
        let client = built(builder(&server, &NoWait::new()).credentials(service_account()));
        read(&client).await.expect(code);
        assert_eq!(oauth.counts().token_requests, 2, "{code}");
    }
}

/// Some servers issue the same token until it expires.
#[tokio::test]
async fn the_same_token_again_is_not_requested_again_and_again() {
    let (server, oauth, client, _) = start(OAuth::new());
    let token = json!({"access_token": "fake-token-hunter2", "expires_in": 3600});
    for _ in 0..2 {
        oauth.respond_next(HttpResponse::json(200, "application/json", &token));
    }
    for _ in 0..5 {
        assert_rejected_by_the_api(create(&client).await.map(drop), Some("UNEXPECTED_ERROR"));
    }
    assert_eq!(oauth.counts().token_requests, 2);
    assert_eq!(server.request_count(), 2 + 5);
}

#[tokio::test]
async fn a_token_that_is_refused_again_and_again_is_one_error() {
    let faults = Faults::always(Fault::respond(HttpResponse::new(401))).on_method("GET");
    let oauth = OAuth::new();
    let server = App::examples().layer(&faults).layer(&oauth).start();
    let client = built(builder(&server, &NoWait::new()).credentials(service_account()));
    let error = read(&client).await.unwrap_err();
    assert!(matches!(error, Error::Auth(_)), "{error:?}");
    assert_eq!(
        error.to_string(),
        "getLegacySnapshot: 401 Unauthorized; the client called with a service account: check it, and the access list of addresses"
    );
    assert_eq!(
        (
            oauth.counts().token_requests,
            server.request_count(),
            server.handled_count("GET")
        ),
        (2, 4, 0)
    );
}

#[tokio::test]
async fn a_rate_limited_token_request_is_retried() {
    let (server, oauth, client, clock) = start(OAuth::new());
    oauth.throttle_next(Some(7));
    oauth.throttle_next(None);
    let calls: Vec<_> = (0..10).map(|_| spawn(&client)).collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    let waits = clock.waits();
    assert_eq!((waits.len(), waits[0]), (2, seconds(7)));
    assert!(waits[1] <= seconds(20), "{waits:?}");
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 3,
            issued: 1,
            accepted: 10,
            ..Default::default()
        }
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (13, 10)
    );
}

#[tokio::test]
async fn a_retry_after_beyond_the_maximum_for_a_token_ends_the_call() {
    let (server, oauth, _, clock) = start(OAuth::new());
    // The timeout allows the wait, but the retry policy does not.
    let client = built(
        builder(&server, &clock)
            .credentials(service_account())
            .total_timeout(seconds(86_400)),
    );
    oauth.throttle_next(Some(3600));
    for _ in 0..3 {
        let error = create(&client).await.unwrap_err();
        assert_eq!(
            (error.is_rate_limited(), error.retry_after()),
            (true, Some(seconds(3600))),
            "{error:?}"
        );
        assert!(
            error.to_string().ends_with("; retry after 3600 s"),
            "{error}"
        );
    }
    assert_eq!(
        (
            oauth.counts().token_requests,
            server.request_count(),
            clock.waits().len()
        ),
        (1, 1, 0)
    );
    clock.servers().advance(seconds(3600));
    create(&client).await.unwrap();
    assert_eq!(
        (
            oauth.counts().token_requests,
            server.handled_count("POST"),
            clock.waits().len()
        ),
        (2, 1, 0)
    );
}

#[tokio::test]
async fn callers_that_wait_for_a_failing_token_request_share_its_error() {
    let (server, oauth, client, _) = start(OAuth::new());
    let gate = Gate::closed();
    oauth.hold_token_requests(&gate);
    oauth.respond_next(HttpResponse::json(
        401,
        "application/json",
        &json!({"error": "invalid_client", "error_description": "The secret has expired."}),
    ));
    let calls: Vec<_> = (0..10).map(|_| spawn(&client)).collect();
    gate.wait_for_arrivals(1).await;
    tokio::task::yield_now().await;
    gate.open();
    for call in calls {
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(
            error.to_string(),
            "takeSnapshot: no token for the service account: the token endpoint responded with 401 Unauthorized (invalid_client): The secret has \
             expired; check the client id and the secret, and whether the secret has expired"
        );
        let Error::Auth(error) = error else {
            panic!("{error:?}")
        };
        assert_eq!(
            (error.token_error(), error.token_error_description()),
            (Some("invalid_client"), Some("The secret has expired."))
        );
    }
    assert_eq!(
        (
            oauth.counts().token_requests,
            server.request_count(),
            server.handled_count("POST")
        ),
        (1, 1, 0)
    );
    create(&client).await.unwrap();
    assert_eq!(
        (oauth.counts().token_requests, server.handled_count("POST")),
        (2, 1)
    );
}

#[tokio::test]
async fn wrong_secrets_are_one_clear_error() {
    let oauth = OAuth::new();
    let server = App::examples().layer(&oauth).start();
    let client = built(
        builder(&server, &NoWait::new())
            .credentials(Credentials::service_account(CLIENT_ID, "hunter2")),
    );
    let error = create(&client).await.unwrap_err();
    assert!(
        matches!(error, Error::Auth(_)) && error.status().unwrap() == 401,
        "{error:?}"
    );
    assert!(!message(&error).contains("hunter2"));
    assert_eq!(
        (
            oauth.counts().token_requests,
            server.request_count(),
            server.handled_count("POST")
        ),
        (1, 1, 0)
    );
}

#[tokio::test]
async fn a_failed_token_request_is_retried_and_the_call_is_sent_once() {
    for fault in [
        Fault::html_503(),
        Fault::reset(),
        Fault::close(),
        Fault::reset_mid_body(),
        Fault::cut_short(),
    ] {
        let clock = NoWait::new();
        let oauth = OAuth::new();
        let faults = Faults::script([fault.clone()]).on_path("/api/oauth/token");
        let server = App::examples().layer(&oauth).layer(&faults).start();
        let client = built(builder(&server, &clock).credentials(service_account()));
        create(&client).await.unwrap();
        assert_eq!(
            (
                server.request_count(),
                server.handled_count_at("POST", "/api/oauth/token"),
                faults.remaining()
            ),
            (3, 0, 0)
        );
        assert_eq!(
            (
                server.handled_count("POST"),
                oauth.counts().accepted,
                clock.waits().len()
            ),
            (1, 1, 1)
        );
    }
}

#[tokio::test]
async fn a_token_timeout_is_reported_and_nothing_is_sent() {
    let (server, oauth, client, _) = start(OAuth::new());
    let gate = Gate::closed();
    oauth.hold_token_requests(&gate);
    let error = create_with(
        &client,
        CallOptions::new().total_timeout(Duration::from_millis(50)),
    )
    .await
    .unwrap_err();
    assert!(
        matches!(error, Error::Timeout(_) | Error::Auth(_)) && !error.is_ambiguous(),
        "{error:?}"
    );
    assert!(error.to_string().contains("token"), "{error}");
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (1, 0)
    );
    gate.open();
    create(&client).await.unwrap();
    assert_eq!(server.handled_count("POST"), 1);
}

#[tokio::test]
async fn two_clients_share_no_token() {
    let (server, oauth, first, clock) = start(OAuth::new());
    let second = built(builder(&server, &clock).credentials(service_account()));
    let clone = first.clone();
    for client in [&first, &second, &clone] {
        create(client).await.unwrap();
    }
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 2,
            issued: 2,
            accepted: 3,
            ..Default::default()
        }
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (5, 3)
    );
}

#[tokio::test]
async fn the_token_endpoint_follows_the_base_url_in_either_order() {
    let (server, oauth, ..) = start(OAuth::new());
    let early = Client::builder()
        .base_url(server.url())
        .credentials(service_account());
    let late = Client::builder()
        .credentials(service_account())
        .base_url(format!("{}/", server.url()));
    for builder in [early, late] {
        create(&built(builder)).await.unwrap();
    }
    assert_eq!(
        (
            oauth.counts().issued,
            server.request_count(),
            server.handled_count("POST")
        ),
        (2, 4, 2)
    );
}
