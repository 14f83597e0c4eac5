//! API keys: how many requests a call takes, and which challenges a server may send.

use atlas_backup_api::{Client, Credentials, Error};
use atlas_backup_tests::fake_atlas::{
    App, Barrier, Digest, DigestCounts, Fault, Faults, PUBLIC_KEY, Server,
};

use super::{NoWait, PROJECT, api_key, builder, built, create, message, read, update};

fn start(digest: &Digest) -> (Server, Client) {
    let server = App::examples().layer(digest).start();
    let client = client(&server);
    (server, client)
}

fn client(server: &Server) -> Client {
    built(builder(server, &NoWait::new()).credentials(api_key()))
}

#[tokio::test]
async fn n_calls_in_a_row_cost_n_plus_one_exchanges() {
    let digest = Digest::atlas();
    let (server, client) = start(&digest);
    for _ in 0..10 {
        read(&client).await.unwrap();
        create(&client).await.unwrap();
        update(&client).await.unwrap();
    }
    assert_eq!(server.request_count(), 31);
    assert_eq!(
        digest.counts(),
        DigestCounts {
            challenges: 1,
            accepted: 30,
            ..Default::default()
        }
    );
    assert_eq!(
        (
            server.handled_count("GET"),
            server.handled_count("POST"),
            server.handled_count("PATCH")
        ),
        (10, 10, 10)
    );
}

/// The server compares the signed `uri` with the request target byte for byte.
#[tokio::test]
async fn escaped_paths_and_queries_sign_correctly() {
    let digest = Digest::atlas();
    let (server, client) = start(&digest);
    for database in ["a b", "ä/ö?x=1&y", "100%", "{}", "..a", "'\"\\"] {
        client
            .v2()
            .get_snapshot_collection(PROJECT, "orders", PROJECT, database, "c,d")
            .pretty(true)
            .send()
            .await
            .unwrap();
    }
    client
        .v2()
        .list_snapshots(PROJECT, "orders")
        .items_per_page(500)
        .include_count(false)
        .send()
        .await
        .unwrap();
    assert_eq!(digest.refusals(), Vec::<String>::new());
    assert_eq!(
        digest.counts(),
        DigestCounts {
            challenges: 1,
            accepted: 7,
            ..Default::default()
        }
    );
    let targets: Vec<String> = server
        .received_requests()
        .iter()
        .skip(2)
        .take(1)
        .map(|received| received.target.clone())
        .collect();
    assert!(
        targets[0].contains("/databases/%C3%A4%2F%C3%B6%3Fx%3D1%26y/collections/c%2Cd?pretty=true"),
        "{targets:?}"
    );
}

#[tokio::test]
async fn forty_concurrent_calls_are_not_serialised() {
    let digest = Digest::atlas();
    // The barrier is inside the authentication layer: the server responds to no signed request
    // until all forty have arrived.
    let barrier = Barrier::of(40);
    let server = App::examples().layer(&barrier).layer(&digest).start();
    let client = client(&server);
    for round in 1..=3 {
        let calls: Vec<_> = (0..40)
            .map(|_| {
                tokio::spawn({
                    let client = client.clone();
                    async move { create(&client).await }
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap().unwrap();
        }
        assert_eq!(server.handled_count("POST"), 40 * round);
    }
    assert_eq!(barrier.arrived(), 120);
    assert_eq!(digest.refusals(), Vec::<String>::new());
    assert_eq!(
        digest.counts(),
        DigestCounts {
            challenges: 40,
            accepted: 120,
            ..Default::default()
        }
    );
    assert_eq!(
        server.request_count(),
        160,
        "120 calls, at most 40 at a time"
    );
}

#[tokio::test]
async fn every_variant_of_a_challenge_is_met() {
    for (name, digest) in [
        ("atlas", Digest::atlas()),
        ("without qop", Digest::without_qop()),
        ("op", Digest::op()),
        ("SHA-256", Digest::sha_256()),
        ("without algorithm", Digest::without_algorithm()),
        ("Basic first", Digest::basic_first()),
        ("Basic in the same line", Digest::basic_in_the_same_line()),
        ("unknown algorithm first", Digest::unknown_algorithm_first()),
        ("two digests", Digest::two_digests()),
        ("odd spacing", Digest::odd_spacing()),
        ("charset", Digest::charset()),
        ("auth-int offered", Digest::auth_int_offered()),
    ] {
        let (server, client) = start(&digest);
        for _ in 0..3 {
            create(&client)
                .await
                .unwrap_or_else(|error| panic!("{name}: {error}: {:?}", digest.refusals()));
        }
        assert_eq!(
            digest.counts(),
            DigestCounts {
                challenges: 1,
                accepted: 3,
                ..Default::default()
            },
            "{name}"
        );
        assert_eq!(
            (server.request_count(), server.handled_count("POST")),
            (4, 3),
            "{name}"
        );
    }
}

#[tokio::test]
async fn queries_and_escapes_are_signed_as_they_are_sent() {
    let digest = Digest::atlas();
    let (server, client) = start(&digest);
    for pretty in [true, false] {
        client
            .v2()
            .get_legacy_snapshot(PROJECT, "orders", PROJECT)
            .pretty(pretty)
            .send()
            .await
            .unwrap();
    }
    // Tenant snapshots accept any text as a cluster name in their path; the client validates ids
    // before it sends them.
    assert_eq!(digest.refusals(), Vec::<String>::new());
    assert_eq!(server.request_count(), 3);
    assert!(
        server
            .received_requests()
            .last()
            .unwrap()
            .target
            .ends_with("?pretty=false")
    );
}

#[tokio::test]
async fn a_challenged_post_is_handled_once() {
    let digest = Digest::atlas();
    let (server, client) = start(&digest);
    create(&client).await.unwrap();
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (2, 1)
    );
    let received = server.received_requests();
    assert_eq!(received[0].body, received[1].body);
    assert_eq!(
        (received[0].header("authorization"), received[0].status),
        (None, Some(401))
    );
}

#[tokio::test]
async fn a_stale_nonce_costs_one_exchange() {
    let digest = Digest::atlas();
    let (server, client) = start(&digest);
    create(&client).await.unwrap();
    digest.expire_nonces();
    create(&client).await.unwrap();
    assert_eq!(
        digest.counts(),
        DigestCounts {
            challenges: 1,
            stale: 1,
            accepted: 2,
            ..Default::default()
        }
    );
    digest.forget_nonces();
    create(&client).await.unwrap();
    create(&client).await.unwrap();
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (7, 4)
    );
    assert_eq!(digest.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn a_nonce_that_expires_after_each_use_costs_one_exchange_per_call() {
    let digest = Digest::atlas().uses_per_nonce(1);
    let (server, client) = start(&digest);
    for _ in 0..5 {
        create(&client).await.unwrap();
    }
    assert_eq!(
        digest.counts(),
        DigestCounts {
            challenges: 1,
            stale: 4,
            accepted: 5,
            ..Default::default()
        }
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (10, 5)
    );
}

#[tokio::test]
async fn wrong_keys_are_one_clear_error_after_one_retry() {
    let digest = Digest::atlas();
    let server = App::examples().layer(&digest).start();
    let client = built(
        builder(&server, &NoWait::new()).credentials(Credentials::api_key(PUBLIC_KEY, "hunter2")),
    );
    for calls in 1..=3 {
        let error = create(&client).await.unwrap_err();
        assert!(matches!(error, Error::Auth(_)), "{error:?}");
        assert_eq!(
            (error.status().unwrap().as_u16(), error.error_code()),
            (401, Some("UNEXPECTED_ERROR"))
        );
        assert_eq!(
            error.to_string(),
            "takeSnapshot: 401 Unauthorized (UNEXPECTED_ERROR): You are not authorized for this resource; the client called with an API key: \
             check it, and the access list of addresses"
        );
        assert!(!message(&error).contains("hunter2"), "{}", message(&error));
        assert_eq!(
            (server.request_count(), server.handled_count("POST")),
            (2 * calls, 0)
        );
    }
}

#[tokio::test]
async fn a_401_without_a_challenge_is_final() {
    let faults = Faults::always(Fault::unauthorized_latin_1());
    let server = App::examples().layer(&faults).start();
    let error = read(&client(&server)).await.unwrap_err();
    assert!(
        matches!(error, Error::Auth(_))
            && error
                .to_string()
                .contains("no Digest challenge that it supports"),
        "{error}"
    );
    assert!(error.to_string().contains("verweigert f\u{fc}r"), "{error}");
    assert_eq!(
        (server.request_count(), server.handled_count("GET")),
        (1, 0)
    );
}

#[tokio::test]
async fn a_dropped_call_does_not_return_its_nonce() {
    let digest = Digest::atlas();
    let silent = Faults::none();
    // The fault is outside the authentication layer: the server never sees the nonce count that the
    // dropped call used.
    let server = App::examples().layer(&digest).layer(&silent).start();
    let client = client(&server);
    create(&client).await.unwrap();
    silent.push(Fault::silent());
    let dropped = tokio::spawn({
        let client = client.clone();
        async move { create(&client).await }
    });
    server.wait_for_requests(3).await;
    dropped.abort();
    assert!(dropped.await.unwrap_err().is_cancelled());
    create(&client).await.unwrap();
    assert_eq!(
        digest.counts(),
        DigestCounts {
            challenges: 2,
            accepted: 2,
            ..Default::default()
        }
    );
    assert_eq!(
        (server.request_count(), server.handled_count("POST")),
        (5, 2)
    );
}
