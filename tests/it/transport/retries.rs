//! The retry table of the crate's documentation, row by row: a failure, and how each kind of call
//! handles it.

use std::time::Duration;

use atlas_backup_api::{CallOptions, Client, Error, RetryPolicy};
use atlas_backup_tests::fake_atlas::{
    self, App, Digest, Fault, Faults, Gate, HttpResponse, Server,
};

use super::{NoWait, api_key, builder, built, create, create_with, delete, read, seconds, update};

struct Setting {
    server: Server,
    client: Client,
    clock: NoWait,
    faults: Faults,
}

fn setting(faults: Faults) -> Setting {
    let clock = NoWait::new();
    let server = App::examples().layer(&faults).start();
    let client = built(builder(&server, &clock));
    Setting {
        server,
        client,
        clock,
        faults,
    }
}

impl Setting {
    /// Returns the number of requests received, of requests with this method that were processed,
    /// and of waits. Asserts that no fault remains.
    fn seen(&self, method: &str) -> (usize, usize, usize) {
        assert_eq!(self.faults.remaining(), 0);
        (
            self.server.request_count(),
            self.server.handled_count(method),
            self.clock.waits().len(),
        )
    }
}

/// Faults after which the server may have processed the request.
fn open_ends() -> Vec<(&'static str, Fault)> {
    vec![
        ("reset", Fault::reset()),
        ("reset after acting", Fault::reset().after_handling()),
        ("close", Fault::close()),
        ("close after acting", Fault::close().after_handling()),
        ("reset in the body", Fault::reset_mid_body()),
        ("cut in the body", Fault::cut_short()),
        ("502", Fault::empty_502()),
        ("503", Fault::html_503()),
        ("503 after acting", Fault::html_503().after_handling()),
        ("504", Fault::gateway_timeout_504()),
        (
            "504 after acting",
            Fault::gateway_timeout_504().after_handling(),
        ),
    ]
}

/// Faults in which Atlas says that it did not process the request.
fn rate_limits() -> Vec<(&'static str, Fault)> {
    vec![
        ("429", Fault::rate_limited(None)),
        ("429 with seconds", Fault::rate_limited(Some(3))),
        ("429 with a date", Fault::rate_limited_until(5)),
        ("400 that is one", Fault::rate_limited_as_400()),
    ]
}

#[tokio::test]
async fn safe_and_idempotent_calls_are_retried() {
    for (name, fault) in open_ends().into_iter().chain(rate_limits()) {
        let twice = || Faults::script([fault.clone(), fault.clone()]);
        let setting = self::setting(twice());
        read(&setting.client)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let (exchanges, acted, waits) = setting.seen("GET");
        assert_eq!((exchanges, waits), (3, 2), "{name}");
        assert!((1..=3).contains(&acted), "{name}");

        let setting = self::setting(twice());
        update(&setting.client)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let (exchanges, _, waits) = setting.seen("PATCH");
        assert_eq!((exchanges, waits), (3, 2), "{name}");
    }
}

#[tokio::test]
async fn a_404_after_a_retried_delete_is_a_success() {
    let gone = || Fault::respond(fake_atlas::error_response("notFound"));
    // The response to a delete has no body, so the faults in the body do not apply.
    for (name, fault) in open_ends()
        .into_iter()
        .filter(|(name, _)| !name.contains("body"))
    {
        let setting = setting(Faults::script([fault, gone()]));
        delete(&setting.client)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let (exchanges, acted, waits) = setting.seen("DELETE");
        assert!(
            (exchanges, waits) == (2, 1) && acted <= 1,
            "{name}: {exchanges} {waits} {acted}"
        );
    }
    for (name, fault) in rate_limits() {
        let setting = setting(Faults::script([fault, gone()]));
        let error = delete(&setting.client)
            .await
            .expect_err("nothing was deleted the first time");
        assert!(error.is_not_found(), "{name}: {error:?}");
        assert_eq!(setting.seen("DELETE"), (2, 0, 1), "{name}");
    }
    let setting = setting(Faults::script([gone()]));
    assert!(delete(&setting.client).await.unwrap_err().is_not_found());
    assert_eq!(setting.seen("DELETE"), (1, 0, 0));
}

#[tokio::test]
async fn the_error_of_the_last_attempt_is_returned() {
    let setting = setting(Faults::always(Fault::html_503()));
    let error = read(&setting.client).await.unwrap_err();
    assert!(
        matches!(&error, Error::Api(error) if error.status() == 503),
        "{error:?}"
    );
    assert_eq!(setting.seen("GET"), (4, 0, 3));
    let setting = self::setting(Faults::always(Fault::reset()));
    let error = read(&setting.client).await.unwrap_err();
    assert!(
        matches!(&error, Error::Connection(error) if !error.is_connect()),
        "{error:?}"
    );
    assert_eq!(setting.seen("GET"), (4, 0, 3));
}

#[tokio::test]
async fn no_post_is_ever_sent_twice_after_an_ambiguous_failure() {
    let server_error = Fault::respond(HttpResponse::new(500));
    let others = [
        ("500", server_error.clone()),
        ("500 after acting", server_error.after_handling()),
        ("501", Fault::respond(HttpResponse::new(501))),
    ];
    for (name, fault) in open_ends().into_iter().chain(others) {
        let setting = self::setting(Faults::script([fault]));
        let error = create(&setting.client).await.unwrap_err();
        assert!(matches!(error, Error::Ambiguous(_)), "{name}: {error:?}");
        assert!(
            error
                .to_string()
                .starts_with("takeSnapshot: it is not known whether this was done: "),
            "{name}: {error}"
        );
        let (exchanges, acted, waits) = setting.seen("POST");
        assert_eq!((exchanges, waits), (1, 0), "{name}");
        assert!(acted <= 1, "{name}");
    }
}

#[tokio::test]
async fn a_rate_limited_post_waits_and_is_handled_once() {
    for (name, fault) in rate_limits() {
        let setting = setting(Faults::script([fault]));
        create(&setting.client)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(setting.seen("POST"), (2, 1, 1), "{name}");
    }
    let setting = setting(Faults::always(Fault::rate_limited(None)));
    let error = create(&setting.client).await.unwrap_err();
    assert!(
        matches!(error, Error::Api(_)) && error.is_rate_limited(),
        "{error:?}"
    );
    assert_eq!(setting.seen("POST"), (4, 0, 3));
}

#[tokio::test]
async fn after_a_rate_limit_a_reset_is_still_ambiguous() {
    let setting = setting(Faults::script([
        Fault::rate_limited(Some(1)),
        Fault::reset().after_handling(),
    ]));
    let error = create(&setting.client).await.unwrap_err();
    assert!(error.is_ambiguous(), "{error:?}");
    assert_eq!(setting.seen("POST"), (2, 1, 1));
}

#[tokio::test]
async fn other_failures_are_final() {
    for status in [302, 400, 403, 404, 406, 409] {
        let fault = Fault::respond(
            HttpResponse::new(status).header("Location", "http://127.0.0.1:1/elsewhere"),
        );
        for method in ["GET", "POST"] {
            let setting = setting(Faults::script([fault.clone()]));
            let error = if method == "GET" {
                read(&setting.client).await.err()
            } else {
                create(&setting.client).await.err()
            };
            let error = error.unwrap_or_else(|| panic!("{status} is a success"));
            assert!(
                matches!(&error, Error::Api(error) if error.status() == status),
                "{error:?}"
            );
            assert_eq!(setting.seen(method), (1, 0, 0), "{method} {status}");
        }
    }
    let setting = setting(Faults::script([Fault::respond(HttpResponse::new(500))]));
    let error = read(&setting.client).await.unwrap_err();
    assert!(
        matches!(&error, Error::Api(error) if error.status() == 500),
        "{error:?}"
    );
    assert_eq!(setting.seen("GET"), (1, 0, 0));
}

#[tokio::test]
async fn redirects_are_not_followed_and_carry_no_credentials() {
    let elsewhere = App::examples().start();
    for status in [301, 302, 303, 307, 308] {
        let digest = Digest::atlas();
        let faults = Faults::always(Fault::redirect(status, &format!("{}/api", elsewhere.url())))
            .with_authorization();
        let server = App::examples().layer(&faults).layer(&digest).start();
        let client = built(builder(&server, &NoWait::new()).credentials(api_key()));
        let error = create(&client).await.unwrap_err();
        assert!(
            matches!(&error, Error::Api(error) if error.status() == status),
            "{error:?}"
        );
        assert_eq!(
            (
                server.request_count(),
                server.handled_count("POST"),
                elsewhere.request_count()
            ),
            (2, 0, 0)
        );
    }
}

#[tokio::test]
async fn a_refused_connection_is_retried_for_every_method() {
    for method in ["GET", "POST", "PATCH"] {
        let Setting {
            server,
            client,
            clock,
            ..
        } = setting(Faults::none());
        server.down();
        let error = match method {
            "GET" => read(&client).await.err(),
            "POST" => create(&client).await.err(),
            _ => update(&client).await.err(),
        };
        assert!(
            matches!(&error, Some(Error::Connection(error)) if error.is_connect()),
            "{method}: {error:?}"
        );
        assert_eq!(
            (
                server.request_count(),
                server.handled_count(method),
                clock.waits().len()
            ),
            (0, 0, 3),
            "{method}"
        );
        server.up();
        create(&client).await.unwrap();
        assert_eq!(
            (server.request_count(), server.handled_count("POST")),
            (1, 1),
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_silent_server_ends_with_the_attempt_timeout() {
    let hurried = |server: &Server| {
        builder(server, &NoWait::new()).attempt_timeout(Duration::from_millis(50))
    };
    for fault in [Fault::silent(), Fault::slow_body(&Gate::closed())] {
        let faults = Faults::script([fault.clone()]);
        let server = App::examples().layer(&faults).start();
        read(&built(hurried(&server))).await.unwrap();
        assert_eq!((server.request_count(), faults.remaining()), (2, 0));

        let faults = Faults::always(fault);
        let server = App::examples().layer(&faults).start();
        let error = read(&built(
            hurried(&server).retry(RetryPolicy::new().max_attempts(2)),
        ))
        .await
        .unwrap_err();
        assert!(matches!(error, Error::Timeout(_)), "{error:?}");
        assert_eq!(server.request_count(), 2);

        let error = create(&built(hurried(&server))).await.unwrap_err();
        assert!(
            matches!(&error, Error::Ambiguous(error) if matches!(error.failure(), Error::Timeout(_))),
            "{error:?}"
        );
        assert_eq!(server.request_count(), 3);
        assert!(server.handled_count("POST") <= 1);
    }
}

#[tokio::test]
async fn retry_after_sets_the_wait() {
    let script = [
        Fault::rate_limited(Some(7)),
        Fault::rate_limited_until(5),
        Fault::rate_limited(Some(60)),
    ];
    let setting = setting(Faults::script(script));
    create(&setting.client).await.unwrap();
    assert_eq!(setting.clock.waits(), [seconds(7), seconds(5), seconds(60)]);
    assert_eq!(setting.seen("POST"), (4, 1, 3));
}

#[tokio::test]
async fn a_retry_after_beyond_the_maximum_ends_the_call_and_is_reported() {
    let unavailable = Fault::respond(HttpResponse::new(503).header("Retry-After", "61"));
    for fault in [Fault::rate_limited(Some(61)), unavailable] {
        let setting = setting(Faults::script([fault]));
        let error = read(&setting.client).await.unwrap_err();
        assert_eq!(error.retry_after(), Some(seconds(61)), "{error:?}");
        assert!(error.to_string().ends_with("; retry after 61 s"), "{error}");
        assert_eq!(setting.seen("GET"), (1, 0, 0));
    }
    let setting = setting(Faults::script([Fault::rate_limited(Some(61))]));
    let error = create(&setting.client).await.unwrap_err();
    assert!(
        error.is_rate_limited() && !error.is_ambiguous(),
        "{error:?}"
    );
    assert_eq!(setting.seen("POST"), (1, 0, 0));
    // A caller that can wait longer raises the limit.
    let setting = self::setting(Faults::script([Fault::rate_limited(Some(100))]));
    let patient = CallOptions::new().retry(RetryPolicy::new().max_retry_after(seconds(100)));
    create_with(&setting.client, patient).await.unwrap();
    assert_eq!(setting.clock.waits(), [seconds(100)]);
}

#[tokio::test]
async fn without_retry_after_waits_are_random_with_growing_bounds() {
    let mut all = Vec::new();
    for _ in 0..20 {
        let setting = setting(Faults::always(Fault::rate_limited(None)));
        read(&setting.client).await.unwrap_err();
        let waits = setting.clock.waits();
        assert!(
            waits[0] <= seconds(10) && waits[1] <= seconds(20) && waits[2] <= seconds(40),
            "{waits:?}"
        );
        assert_eq!(setting.seen("GET"), (4, 0, 3));
        all.extend(waits);
    }
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert!(distinct.len() > 50, "{all:?}");
    assert!(
        all.iter().any(|wait| *wait > seconds(20)) && all.iter().any(|wait| *wait < seconds(2)),
        "{all:?}"
    );
    let setting = setting(Faults::always(Fault::html_503()));
    read(&setting.client).await.unwrap_err();
    assert!(
        setting.clock.waits().iter().all(|wait| *wait <= seconds(2)),
        "{:?}",
        setting.clock.waits()
    );
    assert_eq!(setting.seen("GET"), (4, 0, 3));
}

#[tokio::test]
async fn the_total_timeout_bounds_everything() {
    let clock = NoWait::new();
    let faults = Faults::always(Fault::rate_limited(Some(20)));
    let server = App::examples().layer(&faults).start();
    let policy = RetryPolicy::new().max_attempts(100);
    let client = built(
        builder(&server, &clock)
            .retry(policy)
            .total_timeout(seconds(50)),
    );
    let error = create(&client).await.unwrap_err();
    assert!(error.is_rate_limited(), "{error:?}");
    assert_eq!(error.retry_after(), Some(seconds(20)));
    assert_eq!(
        clock.waits(),
        [seconds(20), seconds(20)],
        "a third would end too late, and is not begun"
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (3, 0)
    );

    // The timeout also ends an attempt in progress.
    let faults = Faults::always(Fault::silent());
    let server = App::examples().layer(&faults).start();
    let client = built(
        builder(&server, &NoWait::new())
            .total_timeout(Duration::from_millis(50))
            .retry(RetryPolicy::never()),
    );
    let error = read(&client).await.unwrap_err();
    assert!(matches!(error, Error::Timeout(_)), "{error:?}");
    assert_eq!(server.request_count(), 1);
}

#[tokio::test]
async fn call_options_override_the_client() {
    let setting = setting(Faults::script([
        Fault::rate_limited(None),
        Fault::rate_limited(None),
        Fault::rate_limited(Some(9)),
    ]));
    let error = create_with(
        &setting.client,
        CallOptions::new().retry(RetryPolicy::never()),
    )
    .await
    .unwrap_err();
    assert!(error.is_rate_limited());
    assert_eq!(
        (setting.server.request_count(), setting.clock.waits().len()),
        (1, 0)
    );
    let short = CallOptions::new()
        .retry(RetryPolicy::new().max_attempts(9))
        .total_timeout(seconds(8));
    let error = create_with(&setting.client, short).await.unwrap_err();
    assert!(error.is_rate_limited());
    create(&setting.client).await.unwrap();
    assert_eq!(setting.server.handled_count("POST"), 1);
    let setting = self::setting(Faults::always(Fault::silent()));
    let hurried = CallOptions::new().attempt_timeout(Duration::from_millis(50));
    let error = create_with(&setting.client, hurried).await.unwrap_err();
    assert!(error.is_ambiguous(), "{error:?}");
    assert_eq!(setting.seen("POST"), (1, 0, 0));
}

#[tokio::test]
async fn retries_and_digest_do_not_get_in_each_others_way() {
    let digest = Digest::atlas();
    let faults = Faults::script([
        Fault::html_503(),
        Fault::reset(),
        Fault::rate_limited(Some(1)),
    ])
    .with_authorization();
    let clock = NoWait::new();
    // The faults are outside the authentication layer, so it never sees the signatures of these
    // requests.
    let server = App::examples().layer(&digest).layer(&faults).start();
    let client = built(builder(&server, &clock).credentials(api_key()));
    read(&client).await.unwrap();
    create(&client).await.unwrap();
    assert_eq!(
        (
            server.handled_count("GET"),
            server.handled_count("POST"),
            faults.remaining(),
            clock.waits().len()
        ),
        (1, 1, 0, 3)
    );
    assert_eq!(
        digest
            .refusals()
            .iter()
            .filter(|why| why.contains("response"))
            .count(),
        0,
        "{:?}",
        digest.refusals()
    );
    assert!(
        server.request_count() <= 8,
        "{:?}",
        server.received_requests()
    );
    let faults = Faults::script([Fault::reset().after_handling()]).with_authorization();
    let server = App::examples().layer(&digest).layer(&faults).start();
    let client = built(builder(&server, &clock).credentials(api_key()));
    let error = create(&client).await.unwrap_err();
    assert!(error.is_ambiguous(), "{error:?}");
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (2, 1)
    );
}
