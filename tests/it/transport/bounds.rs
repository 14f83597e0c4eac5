//! Responses that are endless or larger than the limit. The tests count how much the server could
//! send before the connection was closed: the client cannot have kept more than that.

use std::time::Duration;

use atlas_backup_api::{CallOptions, Client, ClientBuilder, Error, RetryPolicy};

use super::flood::{Flood, IN_BUFFERS};
use super::{NoWait, built, create, create_with, message, read, service_account};

const MIB: u64 = 1 << 20;
const FAILURE: u64 = MIB / 4;
const TOKEN: u64 = MIB / 16;
const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const HTML: &str = "<html><body><h1>Welcome</h1><p>Please sign in to go on.</p></body></html>\n";
const ENDLESS: u64 = u64::MAX;

fn builder(flood: &Flood) -> ClientBuilder {
    Client::builder().base_url(flood.url()).clock(NoWait::new())
}

/// Builds a client that reads at most one MiB of a response.
fn small(flood: &Flood) -> Client {
    built(builder(flood).max_response_bytes(MIB as usize))
}

fn is_near(taken: u64, limit: u64) -> bool {
    (limit..limit + IN_BUFFERS).contains(&taken)
}

#[tokio::test]
async fn an_endless_success_is_one_error_after_one_attempt() {
    // The first body ends with the connection; the second comes in chunks of 16 bytes.
    for (name, head, body) in [
        (
            "to the end of the connection",
            format!("{OK}connection: close\r\n\r\n"),
            "{\"results\": [\"a\",".to_owned(),
        ),
        (
            "in chunks",
            format!("{OK}transfer-encoding: chunked\r\n\r\n"),
            format!("10\r\n{}\r\n", "a".repeat(16)),
        ),
    ] {
        let mut flood = Flood::start(&head, &body, ENDLESS);
        let client = small(&flood);
        for outcome in [
            read(&client).await.map(drop),
            create(&client).await.map(drop),
        ] {
            let error = outcome.unwrap_err();
            assert!(
                matches!(&error, Error::Decode(_)) && !error.is_ambiguous(),
                "{name}: {error:?}"
            );
            let message = error.to_string();
            let problem = "cannot decode the response (200 OK): the response is longer than 1048576 bytes, which is as much as is read; \
                           `max_response_bytes` of the client or of the call raises the limit";
            assert!(message.ends_with(problem), "{name}: {message}");
            let taken = flood.taken().await;
            assert!(is_near(taken, MIB), "{name}: {taken}");
        }
        flood.no_more();
    }
}

#[tokio::test]
async fn a_content_length_above_the_limit_is_refused_unread() {
    for length in [(MIB + 1).to_string(), "1000000000000000".to_owned()] {
        // The server sends no byte of the body, so a client that waited for one would time out.
        let mut flood = Flood::start(&format!("{OK}content-length: {length}\r\n\r\n"), "", 0);
        let hurried = builder(&flood)
            .max_response_bytes(MIB as usize)
            .attempt_timeout(Duration::from_secs(1));
        let error = create(&built(hurried)).await.unwrap_err();
        assert!(matches!(&error, Error::Decode(_)), "{length}: {error:?}");
        assert_eq!(flood.taken().await, 0);
        flood.no_more();
    }
}

/// Allocating the announced length would abort the process.
#[tokio::test]
async fn no_memory_is_reserved_for_an_announced_length() {
    let mut flood = Flood::start(
        &format!("{OK}content-length: 1000000000000000\r\n\r\n"),
        "{",
        1000,
    );
    let patient = builder(&flood)
        .max_response_bytes(usize::MAX)
        .attempt_timeout(Duration::from_millis(100));
    let error = read(&built(patient.retry(RetryPolicy::never())))
        .await
        .unwrap_err();
    assert!(matches!(&error, Error::Timeout(_)), "{error:?}");
    assert_eq!(flood.taken().await, 1000);
}

#[tokio::test]
async fn an_endless_error_body_is_still_that_error() {
    let mut flood = Flood::start(
        "HTTP/1.1 404 Not Found\r\ncontent-type: text/html\r\nx-error-code: GONE\r\n\r\n",
        HTML,
        ENDLESS,
    );
    let client = built(builder(&flood));
    for outcome in [
        read(&client).await.map(drop),
        create(&client).await.map(drop),
    ] {
        let error = outcome.unwrap_err();
        assert!(
            matches!(&error, Error::Api(_)) && error.is_not_found(),
            "{error:?}"
        );
        assert!(
            error.error_code() == Some("GONE")
                && error.to_string().contains("Please sign in to go on"),
            "{error}"
        );
        assert!(
            message(&error).len() < 16 * 1024,
            "{} bytes are told",
            message(&error).len()
        );
        let taken = flood.taken().await;
        assert!(is_near(taken, FAILURE), "{taken}");
    }
    flood.no_more();

    // The client still retries a retryable status, and no attempt reads more.
    let mut flood = Flood::start("HTTP/1.1 503 Service Unavailable\r\n\r\n", HTML, ENDLESS);
    let client = built(builder(&flood));
    let error = read(&client).await.unwrap_err();
    assert!(
        matches!(&error, Error::Api(error) if error.status() == 503),
        "{error:?}"
    );
    for _ in 0..4 {
        assert!(is_near(flood.taken().await, FAILURE));
    }
    assert!(create(&client).await.unwrap_err().is_ambiguous());
    assert!(is_near(flood.taken().await, FAILURE));
    flood.no_more();
}

#[tokio::test]
async fn three_hundred_megabytes_of_html_are_not_read() {
    const LENGTH: u64 = 300_000_000;
    let mut flood = Flood::start(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n\r\n",
        HTML,
        LENGTH,
    );
    let error = read(&built(builder(&flood))).await.unwrap_err();
    assert!(
        matches!(&error, Error::Decode(_))
            && error.to_string().contains("longer than 67108864 bytes"),
        "{error:?}"
    );
    let taken = flood.taken().await;
    assert!(is_near(taken, 64 * MIB), "{taken}");
    flood.no_more();

    let head = format!(
        "HTTP/1.1 403 Forbidden\r\ncontent-type: text/html\r\ncontent-length: {LENGTH}\r\n\r\n"
    );
    let mut flood = Flood::start(&head, HTML, LENGTH);
    let error = create(&built(builder(&flood))).await.unwrap_err();
    assert!(
        matches!(&error, Error::Api(_)) && error.to_string().contains("Please sign in"),
        "{error:?}"
    );
    let taken = flood.taken().await;
    assert!(is_near(taken, FAILURE), "{taken}");
    flood.no_more();
}

#[tokio::test]
async fn a_call_may_read_more_or_less_than_its_client() {
    let answer = format!(
        "{{\"id\": \"32b6e34b3d91647abb20e7b8\", \"note\": \"{}\"}}",
        "a".repeat(2 * MIB as usize)
    );
    let flood = Flood::start(
        &format!(
            "{OK}connection: close\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        ),
        &answer,
        answer.len() as u64,
    );
    let client = small(&flood);
    assert!(matches!(create(&client).await, Err(Error::Decode(_))));
    create_with(&client, CallOptions::new().max_response_bytes(answer.len()))
        .await
        .unwrap();
    let error = create_with(
        &client,
        CallOptions::new().max_response_bytes(answer.len() - 1),
    )
    .await
    .unwrap_err();
    assert!(
        error
            .to_string()
            .contains(&format!("longer than {} bytes", answer.len() - 1)),
        "{error}"
    );
    create(&built(builder(&flood))).await.unwrap();
}

#[tokio::test]
async fn endless_headers_are_a_connection_error() {
    let mut flood = Flood::start("HTTP/1.1 200 OK\r\n", "x-header: value\r\n", ENDLESS);
    let client = built(builder(&flood));
    let error = read(&client).await.unwrap_err();
    assert!(
        matches!(&error, Error::Connection(error) if !error.is_connect()),
        "{error:?}"
    );
    for _ in 0..4 {
        assert!(flood.taken().await < MIB + IN_BUFFERS);
    }
    let error = create(&client).await.unwrap_err();
    assert!(
        error.is_ambiguous(),
        "what it was going to say is not known: {error:?}"
    );
    assert!(flood.taken().await < MIB + IN_BUFFERS);
    flood.no_more();
}

#[tokio::test]
async fn unfinished_headers_end_with_the_attempt_timeout() {
    let mut flood = Flood::start("HTTP/1.1 200 OK\r\n", "x-header: value\r\n", 17 * 50);
    let hurried = builder(&flood)
        .attempt_timeout(Duration::from_millis(100))
        .retry(RetryPolicy::never());
    let error = read(&built(hurried)).await.unwrap_err();
    assert!(
        matches!(&error, Error::Timeout(error) if !error.is_connect()),
        "{error:?}"
    );
    assert_eq!(flood.taken().await, 17 * 50);
    flood.no_more();
}

#[tokio::test]
async fn an_endless_token_response_is_an_error() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1000000000000000\r\n\r\n",
    ] {
        let mut flood = Flood::start(head, r#"{"access_token": "fake-token-"#, ENDLESS);
        let error = create(&built(builder(&flood).credentials(service_account())))
            .await
            .unwrap_err();
        assert!(
            matches!(&error, Error::Auth(_))
                && error
                    .to_string()
                    .contains("response of the token endpoint is longer than 64 KiB"),
            "{error:?}"
        );
        assert!(!message(&error).contains("fake-token-"), "{error:?}");
        let taken = flood.taken().await;
        assert!(is_near(taken, TOKEN), "{taken}");
        flood.no_more();
    }
    let mut flood = Flood::start("HTTP/1.1 500 Internal Server Error\r\n\r\n", HTML, ENDLESS);
    let error = create(&built(builder(&flood).credentials(service_account())))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Auth(error) if error.status().is_some_and(|status| status == 500)),
        "{error:?}"
    );
    for _ in 0..4 {
        assert!(
            is_near(flood.taken().await, TOKEN),
            "a token may be asked for again"
        );
    }
    flood.no_more();
}
