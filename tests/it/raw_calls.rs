//! Calls of paths that the client has no method for, and calls in another version of the API.

use std::time::Duration;

use atlas_backup_api::{CallOptions, Client, Credentials, Error, Method, RetryPolicy, Value};
use atlas_backup_tests::fake_atlas::{
    FakeAtlas, Fault, Faults, HttpResponse, PRIVATE_KEY, PROJECT, PUBLIC_KEY, RecordedRequest,
    Server,
};
use futures_util::FutureExt;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::jobs::script::{answering, ok};
use crate::transport::NoWait;

const CLUSTERS: &str = "/api/atlas/v2/groups/{groupId}/clusters";

/// Builds a client that retries without waiting.
fn client(server: &Server) -> Client {
    let builder = Client::builder()
        .base_url(server.url())
        .clock(NoWait::new());
    builder.build().expect("settings of a test")
}

fn lines(server: &Server) -> Vec<String> {
    let received = server.received_requests();
    let line = |request: &RecordedRequest| format!("{} {}", request.method, request.target);
    received.iter().map(line).collect()
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewEntry {
    cidr_block: &'static str,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Named {
    name: String,
}

#[tokio::test]
async fn a_request_is_sent_as_the_program_describes_it() {
    let server = answering([HttpResponse::json(
        201,
        "application/json",
        &json!({"name": "a"}),
    )]);
    let response = client(&server)
        .call(
            Method::POST,
            "/api/atlas/v2/groups/{groupId}/things/{thing}:pin",
        )
        .version("2024-08-05")
        .path("groupId", PROJECT)
        .path("thing", "a/b {c} ü")
        .query("count", 1)
        .query("count", 2)
        .query_list("kind", ["x", "y&z"])
        .json(&NewEntry {
            cidr_block: "192.0.2.0/24",
        })
        .send::<Named>()
        .await
        .expect("the server accepts everything");
    assert_eq!(response.status(), 201);
    assert_eq!(
        response.into_inner(),
        Named {
            name: "a".to_owned()
        }
    );
    let received = server.received_requests();
    assert_eq!(
        lines(&server)[0],
        format!(
            "POST /api/atlas/v2/groups/{PROJECT}/things/a%2Fb%20%7Bc%7D%20%C3%BC:pin?count=2&kind=x&kind=y%26z"
        )
    );
    for name in ["accept", "content-type"] {
        assert_eq!(
            received[0].header(name),
            Some("application/vnd.atlas.2024-08-05+json")
        );
    }
    assert_eq!(received[0].body, br#"{"cidrBlock":"192.0.2.0/24"}"#);
}

#[tokio::test]
async fn a_call_is_signed_with_the_credentials_of_the_client() {
    let atlas = FakeAtlas::builder().start_blocking();
    let client = Client::builder()
        .base_url(atlas.url())
        .credentials(Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY))
        .build()
        .expect("settings of a test");
    let page = client
        .call(
            Method::GET,
            "/api/atlas/v2/groups/{groupId}/clusters/{clusterName}/backup/snapshots",
        )
        .version("2023-01-01")
        .path("groupId", PROJECT)
        .path("clusterName", "orders")
        .await
        .expect("the snapshots of a cluster");
    assert!(page["results"].is_array(), "{page:?}");
}

/// The media types of the last request, and the error if there was one.
async fn versions(
    server: &Server,
    sent: impl Future<Output = Result<(), Error>>,
) -> (Option<String>, Option<String>) {
    sent.await.expect("the server accepts everything");
    let received = server.received_requests();
    let last = received.last().expect("a request");
    ["accept", "content-type"]
        .map(|name| last.header(name).map(str::to_owned))
        .into()
}

#[tokio::test]
async fn a_generated_call_can_ask_for_another_version() {
    let server = answering([ok(
        &json!({"id": PROJECT, "aMemberOfTheFuture": 1, "results": []}),
    )]);
    let client = client(&server);
    let (accept, content_type) = versions(&server, async {
        let call = client
            .v2()
            .take_snapshot(PROJECT, "orders", Default::default());
        let snapshot = call.version("preview").await?;
        assert_eq!(snapshot.extra.get("aMemberOfTheFuture"), Some(&json!(1)));
        Ok(())
    })
    .await;
    assert_eq!(
        accept.as_deref(),
        Some("application/vnd.atlas.preview+json")
    );
    assert_eq!(content_type, accept);
    let (accept, content_type) = versions(&server, async {
        let list = client
            .v2()
            .list_snapshots(PROJECT, "orders")
            .version("2025-01-01");
        list.stream().all().await.map(drop)
    })
    .await;
    assert_eq!(
        accept.as_deref(),
        Some("application/vnd.atlas.2025-01-01+json")
    );
    assert_eq!(content_type, None);
}

#[tokio::test]
async fn awaiting_a_call_sends_it() {
    let server = answering([ok(&json!({"id": PROJECT}))]);
    let client = client(&server);
    let snapshot = client.v2().get_snapshot(PROJECT, "orders", PROJECT).await;
    assert_eq!(snapshot.expect("a snapshot").id, PROJECT);
    let value = client.call(Method::GET, "/api/public/v1.0/").await;
    assert_eq!(value.expect("a value")["id"], PROJECT);
    assert_eq!(server.received_requests().len(), 2);
}

#[tokio::test]
async fn what_cannot_be_sent_as_it_is_written_is_refused() {
    let server = answering([ok(&json!({}))]);
    let client = client(&server);
    let get = |path: &'static str| client.call(Method::GET, path).version("2024-08-05");
    let unversioned = || client.call(Method::GET, CLUSTERS).path("groupId", PROJECT);
    let mut messages = Vec::new();
    for call in [
        get("api"),
        get("/api/a b"),
        get("/api/ä"),
        get("/api?x=1"),
        get("/api#x"),
        get("/api/%2e%2e"),
        get("/api/../x"),
        get("/api/./x"),
        get("/api/{}"),
        get("/api/{a/b}"),
        get("/api/{a"),
        get("/api/a}"),
        get("/api\\x"),
        get(CLUSTERS),
        get(CLUSTERS).path("groupId", ""),
        get(CLUSTERS).path("groupId", ".."),
        get(CLUSTERS).path("clusterName", "orders"),
        get(CLUSTERS).path("groupId", "a").path("groupId", "b"),
        unversioned(),
        unversioned().version(""),
        unversioned().version("2024-08-05\r\nx: y"),
        unversioned().version("2024-08-05+json"),
        unversioned().accept("a\nb"),
        get("/api").json(&std::collections::BTreeMap::from([((1, 2), 3)])),
    ] {
        let error = call.send::<Value>().await.expect_err("it was sent");
        assert!(matches!(error, Error::InvalidArgument(_)), "{error:?}");
        messages.push(error.to_string());
    }
    assert_eq!(lines(&server), [""; 0]);
    insta::assert_snapshot!(messages.join("\n"));
}

#[tokio::test]
async fn only_what_may_be_sent_twice_is_retried_after_a_lost_response() {
    for (method, idempotent, attempts) in [
        (Method::GET, false, 2),
        (Method::HEAD, false, 2),
        (Method::PUT, false, 2),
        (Method::DELETE, false, 2),
        (Method::POST, false, 1),
        (Method::PATCH, false, 1),
        (Method::POST, true, 2),
        (Method::PATCH, true, 2),
        (Method::GET, true, 2),
    ] {
        let server = answering([HttpResponse::new(503), ok(&json!({}))]);
        let client = client(&server);
        let mut call = client.call(method.clone(), "/api/public/v1.0/things");
        if idempotent {
            call = call.idempotent();
        }
        let sent = call.send::<()>().await;
        assert_eq!(
            server.received_requests().len(),
            attempts,
            "{method} {idempotent}"
        );
        match attempts {
            1 => assert!(sent.expect_err("it may have been done").is_ambiguous()),
            _ => assert_eq!(sent.expect("the second attempt").status(), 200),
        }
    }
}

#[tokio::test]
async fn a_failure_is_the_error_of_any_call() {
    let body = json!({"error": 404, "errorCode": "GROUP_NOT_FOUND", "detail": "No group."});
    let server = answering([
        HttpResponse::json(404, "application/json", &body),
        HttpResponse::json(
            200,
            "application/json",
            &json!({"status": 404, "envelope": body}),
        ),
    ]);
    let client = client(&server);
    let call = || {
        client
            .call(Method::GET, CLUSTERS)
            .version("2024-08-05")
            .path("groupId", PROJECT)
    };
    for call in [call(), call().query("envelope", true)] {
        let error = call.send::<Value>().await.expect_err("a failure");
        assert!(error.is_not_found() && error.error_code() == Some("GROUP_NOT_FOUND"));
        assert_eq!(
            error.to_string(),
            "GET /api/atlas/v2/groups/{groupId}/clusters: 404 Not Found (GROUP_NOT_FOUND): No group"
        );
        assert_eq!(
            error.operation(),
            Some("GET /api/atlas/v2/groups/{groupId}/clusters")
        );
    }
}

#[tokio::test]
async fn options_of_a_call_hold() {
    let server = answering([HttpResponse::new(503), ok(&json!({}))]);
    let never = CallOptions::new()
        .retry(RetryPolicy::never())
        .total_timeout(Duration::from_secs(9));
    let call = client(&server).call(Method::GET, "/api").options(never);
    assert_eq!(
        call.await
            .expect_err("one attempt")
            .status()
            .map(|status| status.as_u16()),
        Some(503)
    );
}

/// Sends a GET for which the server returns this body.
async fn read<T: serde::de::DeserializeOwned + 'static>(
    status: u16,
    body: &str,
) -> Result<T, Error> {
    let server = answering([HttpResponse::new(status).body(body)]);
    let sent = client(&server)
        .call(Method::GET, "/api")
        .send::<T>()
        .await?;
    Ok(sent.into_inner())
}

#[tokio::test]
async fn any_type_of_the_program_can_be_read() {
    assert_eq!(read::<Value>(200, "[1]").await.unwrap(), json!([1]));
    assert_eq!(read::<Vec<u8>>(200, "[1]").await.unwrap(), [1]);
    assert_eq!(read::<Option<u8>>(204, "").await.unwrap(), None);
    assert_eq!(read::<Value>(204, "").await.unwrap(), Value::Null);
    for body in ["", "{}", "<html>", "[1, 2]"] {
        read::<()>(200, body).await.expect("any body is nothing");
    }
    let snapshot = read::<atlas_backup_api::v2::types::Snapshot>(200, r#"{"id": "a", "new": 1}"#);
    assert_eq!(snapshot.await.unwrap().extra.get("new"), Some(&json!(1)));
}

#[tokio::test]
async fn an_error_says_where_and_why_but_quotes_no_value() {
    #[derive(Debug, Deserialize)]
    struct Secret {
        #[allow(dead_code)]
        key: u8,
    }
    let mut messages = Vec::new();
    for body in [
        r#"{"key": "hunter2"}"#,
        r#"{"key": "hunter2, expected hunter2"}"#,
        r#"{"key": 1234567}"#,
        r#"{"hunter2": 1}"#,
        "[1",
        "",
        "null",
        "<html>hunter2",
    ] {
        let error = read::<Secret>(200, body)
            .await
            .expect_err("it does not fit");
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{error:?}"
        );
        messages.push(error.to_string());
    }
    insta::assert_snapshot!(messages.join("\n"));
}

#[tokio::test]
async fn bytes_come_as_they_are() {
    let server = answering([HttpResponse::new(200).body([0, 255, 1])]);
    let call = client(&server)
        .call(
            Method::GET,
            "/api/atlas/v2/groups/{groupId}/clusters/{host}/logs/mongodb.gz",
        )
        .accept("application/vnd.atlas.2023-02-01+gzip")
        .path("groupId", PROJECT)
        .path("host", "a.example.net");
    assert_eq!(
        call.send_bytes().await.expect("a file").into_inner(),
        [0, 255, 1]
    );
    let received = server.received_requests();
    assert_eq!(
        received[0].header("accept"),
        Some("application/vnd.atlas.2023-02-01+gzip")
    );
    let server = answering([HttpResponse::new(404)]);
    let failed = client(&server).call(Method::GET, "/api").send_bytes().await;
    assert!(failed.expect_err("a failure").is_not_found());
}

#[tokio::test]
async fn all_pages_of_a_list_are_read() {
    let page = |names: &[&str]| {
        let results: Vec<Value> = names
            .iter()
            .map(|name| json!({"id": name, "name": name}))
            .collect();
        ok(&json!({"results": results, "totalCount": 3}))
    };
    // An item that changed its content between two pages is the same one.
    let server = answering([page(&["a", "b"]), page(&["b", "c"]), page(&[])]);
    let list = client(&server)
        .call(Method::GET, CLUSTERS)
        .version("2024-08-05")
        .path("groupId", PROJECT);
    let names = list.stream::<Named>().all().await.expect("three items");
    assert_eq!(
        names
            .iter()
            .map(|one| one.name.as_str())
            .collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    let pages = [1, 2, 3].map(|page| {
        format!("GET /api/atlas/v2/groups/{PROJECT}/clusters?itemsPerPage=500&pageNum={page}")
    });
    assert_eq!(lines(&server), pages);
}

#[tokio::test]
async fn a_list_is_not_read_by_a_call_that_creates_something() {
    let server = answering([ok(&json!({"results": []}))]);
    let post = || client(&server).call(Method::POST, "/api/search");
    let refused = post().stream::<Value>().all().await;
    assert!(matches!(refused, Err(Error::InvalidArgument(_))));
    assert_eq!(lines(&server), [""; 0]);
    let list = post().idempotent().stream::<Value>().all().await;
    assert_eq!(list.expect("no items"), [Value::Null; 0]);
}

#[tokio::test]
async fn a_query_in_the_path_is_refused_and_shown_nowhere() {
    let server = answering([ok(&json!({}))]);
    let call = client(&server).call(Method::GET, "/api?token=hunter2");
    let debug = format!("{call:?}");
    let error = call.await.expect_err("it has a query");
    let shown = format!("{debug} {error} {error:?} {:?}", error.operation());
    assert!(!shown.contains("hunter2"), "{shown}");
}

#[tokio::test]
async fn the_accepted_media_type_takes_precedence_over_the_version() {
    let server = answering([ok(&json!({}))]);
    let call = || client(&server).call(Method::POST, "/api/atlas/v2");
    let gzip = "application/vnd.atlas.2023-02-01+gzip";
    for call in [
        call().version("2024-08-05").accept(gzip),
        call().accept(gzip).version("2024-08-05"),
    ] {
        call.json(&json!({})).await.expect("an answer");
        let received = server.received_requests();
        let last = received.last().expect("a request");
        assert_eq!(last.header("accept"), Some(gzip));
        assert_eq!(
            last.header("content-type"),
            Some("application/vnd.atlas.2024-08-05+json")
        );
    }
    assert!(matches!(call().await, Err(Error::InvalidArgument(_))));
}

#[tokio::test]
async fn a_response_without_content_is_null() {
    let gone = HttpResponse::json(
        404,
        "application/json",
        &json!({"errorCode": "RESOURCE_NOT_FOUND"}),
    );
    for answers in [
        vec![HttpResponse::new(204)],
        vec![ok(&json!({"status": 204, "envelope": null}))],
        // An attempt whose response was lost has deleted it.
        vec![HttpResponse::new(503), gone],
    ] {
        let server = answering(answers);
        let call = client(&server).call(Method::DELETE, "/api/it");
        let sent = call.query("envelope", true).send::<Option<u8>>().await;
        let response = sent.expect("it is deleted");
        assert_eq!((response.status().as_u16(), *response), (204, None));
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_read_is_an_error() {
    let mut messages = Vec::new();
    for body in [
        json!({"results": [{"name": "a"}, {"name": 7}]}),
        json!({"items": []}),
        json!([]),
    ] {
        let server = answering([ok(&body)]);
        let list = client(&server).call(Method::GET, "/api").stream::<Named>();
        messages.push(
            list.all()
                .await
                .expect_err("it is no list of names")
                .to_string(),
        );
    }
    insta::assert_snapshot!(messages.join("\n"));
    let server = answering([ok(&json!({}))]);
    let list = client(&server)
        .call(Method::GET, CLUSTERS)
        .stream::<Named>();
    assert!(matches!(list.all().await, Err(Error::InvalidArgument(_))));
    assert_eq!(lines(&server), [""; 0]);
}

#[tokio::test]
async fn a_rate_limited_raw_call_waits_and_is_sent_again() {
    let faults = Faults::script([Fault::rate_limited(Some(3))]);
    let clock = NoWait::new();
    let atlas = FakeAtlas::builder()
        .clock(clock.servers())
        .without_authentication()
        .faults(&faults)
        .start_blocking();
    let client = Client::builder()
        .base_url(atlas.url())
        .clock(clock.clone())
        .build()
        .unwrap();
    let call = client.call(
        Method::POST,
        "/api/atlas/v2/groups/{groupId}/clusters/{clusterName}/backup/snapshots",
    );
    let taken = call
        .version("2023-01-01")
        .path("groupId", PROJECT)
        .path("clusterName", "orders")
        .json(&json!({"retentionInDays": 5}))
        .await
        .expect("a snapshot");
    assert_eq!(taken["status"], "queued");
    assert_eq!(clock.waits(), [Duration::from_secs(3)]);
}

#[test]
fn raw_calls_can_be_spawned() {
    fn check(
        _: impl Future<Output = Result<atlas_backup_api::Response<Value>, Error>> + Send + 'static,
    ) {
    }
    let client = Client::builder()
        .base_url("http://127.0.0.1:1")
        .build()
        .unwrap();
    check(client.call(Method::GET, "/api").send::<Value>());
    check(client.call(Method::GET, "/api").into_future());
    check(client.call(Method::GET, "/api").send::<Value>().boxed());
}
