//! An access token that the caller provides.

use atlas_backup_api::{Client, Credentials, Error};
use atlas_backup_tests::fake_atlas::{App, OAuth, OAuthCounts, Server};

use super::{NoWait, builder, built, create, message, read, seconds, service_account};

/// Starts a server that has issued one token, and a client that uses this token.
async fn start() -> (Server, OAuth, Client, NoWait) {
    let clock = NoWait::new();
    let oauth = OAuth::new().clock(clock.servers());
    let server = App::examples().layer(&oauth).start();
    create(&built(
        builder(&server, &clock).credentials(service_account()),
    ))
    .await
    .expect("a service account gets a token");
    let token = oauth.tokens().pop().expect("one was given");
    let client = built(builder(&server, &clock).credentials(Credentials::token(token)));
    (server, oauth, client, clock)
}

#[tokio::test]
async fn an_access_token_is_sent_unchanged_and_costs_no_exchange() {
    let (server, oauth, client, _) = start().await;
    create(&client).await.unwrap();
    read(&client).await.unwrap();
    assert_eq!(
        oauth.counts(),
        OAuthCounts {
            token_requests: 1,
            issued: 1,
            accepted: 3,
            ..Default::default()
        }
    );
    assert_eq!(
        (
            server.request_count(),
            server.handled_count("POST"),
            server.handled_count("GET")
        ),
        (4, 2, 1)
    );
}

#[tokio::test]
async fn an_expired_access_token_is_an_error_and_no_other_is_requested() {
    let (server, oauth, client, clock) = start().await;
    clock.servers().advance(seconds(3601));
    for error in [
        create(&client).await.unwrap_err(),
        read(&client).await.map(drop).unwrap_err(),
    ] {
        assert!(
            matches!(&error, Error::Auth(_)) && error.status().unwrap() == 401,
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .contains("tokens live an hour: make a new one"),
            "{error}"
        );
    }
    let counts = oauth.counts();
    assert_eq!(
        (counts.token_requests, counts.accepted, counts.unauthorized),
        (1, 1, 2)
    );
    assert_eq!(
        (
            server.request_count(),
            server.handled_count("POST"),
            clock.waits().len()
        ),
        (4, 1, 0)
    );
}

#[tokio::test]
async fn an_access_token_is_never_printed() {
    let (server, oauth, client, clock) = start().await;
    let token = oauth.tokens().pop().expect("one was given");
    let builder = builder(&server, &clock).credentials(Credentials::token(token.clone()));
    oauth.revoke_tokens();
    let error = create(&client).await.unwrap_err();
    let printed = format!("{builder:?} {client:?} {client:#?} {}", message(&error));
    assert!(
        printed.contains("access token") && !printed.contains(&token),
        "{printed}"
    );
}
