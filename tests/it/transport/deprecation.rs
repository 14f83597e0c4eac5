//! Responses that call their operation deprecated.

use atlas_backup_api::{Client, Error};
use atlas_backup_tests::fake_atlas::{HttpResponse, StubServer};
use serde_json::json;

use super::hygiene::Everything;
use super::{PROJECT, create, read};

const SINCE: &str = "2023-06-30T23:59:59Z";
const UNTIL: &str = "2027-07-01T00:00:00Z";

/// A response with both headers.
fn deprecated(status: u16) -> HttpResponse {
    HttpResponse::json(status, "application/json", &json!({"id": PROJECT}))
        .header("Deprecation", "@1688169599")
        .header("Sunset", "Thu, 01 Jul 2027 00:00:00 GMT")
}

fn client(server: &StubServer) -> Client {
    let builder = Client::builder().base_url(server.url());
    builder.build().expect("settings of a test")
}

/// The operations that the client has warned of, with the times.
fn warnings() -> Vec<String> {
    let heard = Everything::heard();
    let warnings = heard
        .lines()
        .filter_map(|line| line.strip_prefix("event atlas_backup_api WARN: message="));
    warnings.map(str::to_owned).collect()
}

#[tokio::test]
async fn the_times_are_in_the_response_and_in_the_error() {
    let server = StubServer::start(deprecated(200)).unwrap();
    let client = client(&server);
    let response = read(&client).await.unwrap();
    assert_eq!(response.deprecation(), SINCE.parse().ok());
    assert_eq!(response.sunset(), UNTIL.parse().ok());

    server.set_response(deprecated(404));
    let Error::Api(error) = read(&client).await.unwrap_err() else {
        panic!("a 404");
    };
    assert_eq!(error.deprecation(), SINCE.parse().ok());
    assert_eq!(error.sunset(), UNTIL.parse().ok());

    let plain = HttpResponse::json(200, "application/json", &json!({"id": PROJECT}));
    server.set_response(plain.clone());
    let response = read(&client).await.unwrap();
    assert_eq!((response.deprecation(), response.sunset()), (None, None));

    server.set_response(
        plain
            .header("Deprecation", "soon")
            .header("Sunset", "never"),
    );
    let response = read(&client).await.unwrap();
    assert_eq!((response.deprecation(), response.sunset()), (None, None));
    assert_eq!(response.headers()["deprecation"], "soon");
}

#[tokio::test]
async fn a_client_warns_once_of_each_deprecated_operation() {
    Everything::listen();
    let server = StubServer::start(deprecated(200)).unwrap();
    let client = client(&server);
    for client in [client.clone(), client.clone()] {
        read(&client).await.unwrap();
        create(&client).await.unwrap();
    }
    let times = format!("deprecation={SINCE} sunset={UNTIL}");
    assert_eq!(
        warnings(),
        [
            format!(r#"deprecated by Atlas operation="getLegacySnapshot" {times}"#),
            format!(r#"deprecated by Atlas operation="takeSnapshot" {times}"#),
        ]
    );
    // Another client does not know of it.
    read(&self::client(&server)).await.unwrap();
    assert_eq!(warnings().len(), 1);
}

#[tokio::test]
async fn a_warning_repeats_nothing_of_the_header_but_a_time() {
    Everything::listen();
    let answer = HttpResponse::json(200, "application/json", &json!({"id": PROJECT}))
        .header("Deprecation", "true hunter2");
    let server = StubServer::start(answer).unwrap();
    read(&client(&server)).await.unwrap();
    assert_eq!(
        warnings(),
        [r#"deprecated by Atlas operation="getLegacySnapshot""#]
    );
}
