//! The remaining rate limit, the limit on concurrent calls, and the caller's own HTTP clients.

use std::time::Duration;

use atlas_backup_api::{CallOptions, Client, ClientBuilder, Error, RetryPolicy, reqwest};
use atlas_backup_tests::fake_atlas::{App, Digest, Fault, Faults, Gate};

use super::{NoWait, api_key, builder, built, create, create_with, read, seconds};

#[tokio::test]
async fn the_client_reports_the_remaining_rate_limit() {
    let server = App::examples().start();
    let client = built(builder(&server, &NoWait::new()));
    assert_eq!(client.rate_limit(), None);
    create(&client).await.unwrap();
    let first = client.rate_limit().unwrap();
    assert_eq!(
        (&*first.operation, first.limit, first.remaining),
        ("takeSnapshot", Some(1200), Some(1199))
    );
    read(&client.clone()).await.unwrap();
    let second = client.rate_limit().unwrap();
    assert_eq!(
        (&*second.operation, second.status.as_u16(), second.remaining),
        ("getLegacySnapshot", 200, Some(1198))
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (2, 1)
    );
}

#[tokio::test]
async fn a_response_without_rate_limit_headers_changes_nothing() {
    let faults = Faults::none();
    let server = App::examples().layer(&faults).start();
    let client = built(builder(&server, &NoWait::new()).retry(RetryPolicy::never()));
    read(&client).await.unwrap();
    faults.push(Fault::html_503());
    read(&client).await.unwrap_err();
    assert_eq!(client.rate_limit().unwrap().remaining, Some(1199));
    assert_eq!(
        (server.request_count(), server.handled_count("GET")),
        (2, 1)
    );
}

#[tokio::test]
async fn no_more_calls_run_at_once_than_max_concurrency() {
    let gate = Gate::closed();
    let faults = Faults::always(Fault::hold_until(&gate));
    let server = App::examples().layer(&faults).start();
    let client = built(builder(&server, &NoWait::new()).max_concurrency(3));
    let calls: Vec<_> = (0..10)
        .map(|_| {
            tokio::spawn({
                let client = client.clone();
                async move { create(&client).await }
            })
        })
        .collect();
    gate.wait_for_arrivals(3).await;
    // By the time this call has given up, any call that the limit had wrongly let through would
    // have arrived.
    let error = create_with(
        &client,
        CallOptions::new().total_timeout(Duration::from_millis(50)),
    )
    .await
    .unwrap_err();
    assert!(
        matches!(&error, Error::Timeout(error) if error.is_connect()),
        "{error:?}"
    );
    assert_eq!(
        error.to_string(),
        "takeSnapshot: not sent: no permit for a concurrent call in time"
    );
    assert_eq!(server.request_count(), 3);
    gate.open();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (10, 10)
    );
}

#[tokio::test]
async fn a_call_releases_its_permit_while_it_waits() {
    let faults = Faults::script([Fault::rate_limited(Some(5))]);
    let server = App::examples().layer(&faults).start();
    let clock = NoWait::new();
    let client = built(builder(&server, &clock).max_concurrency(1));
    create(&client).await.unwrap();
    create(&client).await.unwrap();
    assert_eq!(
        (
            server.request_count(),
            server.handled_count("POST"),
            clock.waits()
        ),
        (3, 2, vec![seconds(5)])
    );
}

#[tokio::test]
async fn a_custom_http_client_neither_follows_redirects_nor_retries() {
    let elsewhere = App::examples().start();
    let faults = Faults::script([Fault::redirect(307, &elsewhere.url())]);
    let server = App::examples().layer(&faults).start();
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::limited(5))
        .user_agent("somebody else");
    let client = built(
        builder(&server, &NoWait::new())
            .user_agent_suffix("nightly/1.2")
            .http(http),
    );
    let error = create(&client).await.unwrap_err();
    assert!(
        matches!(&error, Error::Api(error) if error.status() == 307),
        "{error:?}"
    );
    assert_eq!(
        (
            server.request_count(),
            server.handled_count("POST"),
            elsewhere.request_count()
        ),
        (1, 0, 0)
    );
    let agent = server.received_requests()[0]
        .header("user-agent")
        .unwrap_or_default()
        .to_owned();
    assert!(
        agent.starts_with("atlas-backup-api/") && agent.ends_with(" nightly/1.2"),
        "{agent}"
    );
}

#[tokio::test]
async fn a_custom_proxy_is_used() {
    // A proxy for plain HTTP receives the request that the server would receive.
    let proxy = App::examples().start();
    let http = reqwest::Client::builder().proxy(reqwest::Proxy::http(proxy.url()).unwrap());
    let client = Client::builder()
        .base_url("http://atlas.example")
        .allow_http(true)
        .http(http)
        .build()
        .unwrap();
    create(&client).await.unwrap();
    assert_eq!((proxy.request_count(), proxy.handled_count("POST")), (1, 1));
}

/// The environment is read in a process of its own: the child process runs this test again and
/// makes the call.
#[tokio::test]
async fn a_proxy_from_the_environment_is_used() {
    const CHILD: &str = "ATLAS_TEST_IS_A_CHILD";
    if std::env::var_os(CHILD).is_some() {
        let client = built(
            Client::builder()
                .base_url("http://atlas.invalid")
                .allow_http(true),
        );
        create(&client).await.unwrap();
        return;
    }
    let proxy = App::examples().start();
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "transport::limits::a_proxy_from_the_environment_is_used",
        ])
        .env(CHILD, "1")
        .env("http_proxy", proxy.url())
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .output()
        .unwrap();
    assert!(
        child.status.success(),
        "{}",
        String::from_utf8_lossy(&child.stdout)
    );
    assert_eq!((proxy.request_count(), proxy.handled_count("POST")), (1, 1));
}

#[tokio::test]
async fn plain_http_beyond_loopback_needs_allow_http() {
    for url in ["http://atlas.example", "http://10.0.0.1:8080"] {
        let error = Client::builder()
            .base_url(url)
            .credentials(api_key())
            .build()
            .unwrap_err();
        assert!(
            matches!(error, Error::Configuration(_)) && error.to_string().contains("allow_http"),
            "{error}"
        );
        Client::builder()
            .base_url(url)
            .allow_http(true)
            .build()
            .unwrap();
    }
}

/// Advances the time for the connection pool, which uses tokio's clock. No socket operation is
/// pending meanwhile.
async fn idle(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// The server never closes its connections, so every new connection is the client's decision.
#[tokio::test]
async fn a_connection_that_was_idle_for_long_is_not_reused() {
    let own = || reqwest::Client::builder().pool_idle_timeout(None);
    let (short, long) = (seconds(29), Duration::from_millis(30_100));
    for (name, change) in [
        (
            "by default",
            Box::new(|builder| builder) as Box<dyn Fn(ClientBuilder) -> ClientBuilder>,
        ),
        (
            "with a client of one's own",
            Box::new(move |builder: ClientBuilder| builder.http(own())),
        ),
    ] {
        let server = App::examples().start();
        let client = built(change(builder(&server, &NoWait::new())));
        create(&client).await.unwrap();
        idle(short).await;
        create(&client).await.unwrap();
        assert_eq!(server.connections(), 1, "{name}");
        idle(long).await;
        create(&client).await.unwrap();
        assert_eq!(
            (server.connections(), server.handled_count("POST")),
            (2, 3),
            "{name}"
        );
    }
    let server = App::examples().start();
    let client = built(builder(&server, &NoWait::new()).pool_idle_timeout(seconds(5)));
    create(&client).await.unwrap();
    idle(seconds(6)).await;
    create(&client).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn connections_are_reused() {
    let digest = Digest::atlas();
    let server = App::examples().layer(&digest).start();
    let client = built(builder(&server, &NoWait::new()).credentials(api_key()));
    for _ in 0..5 {
        create(&client).await.unwrap();
    }
    assert_eq!(
        (
            server.connections(),
            server.request_count(),
            server.handled_count("POST")
        ),
        (1, 6, 5)
    );
}
