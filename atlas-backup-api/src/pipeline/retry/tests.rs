//! Against a server that gives prepared answers, one connection each.

use std::error::Error as _;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;
use std::thread;

use http::Method;

use super::*;
use crate::client::Client;
use crate::client::call::Call;
use crate::config::clock::{Clock, Sleep};
use crate::config::retry_policy::RetryPolicy;
use crate::loopback::{Loopback, answer};
use crate::pipeline::operation::{Idempotency, Operation};
use crate::pipeline::route::Route;

static GET: Operation = Operation {
    id: "get",
    method: Method::GET,
    path: "/api/it",
    accept: "application/json",
    content_type: None,
    idempotency: Idempotency::Safe,
};

static DELETE: Operation = Operation {
    id: "delete",
    method: Method::DELETE,
    path: "/api/it",
    accept: "application/json",
    content_type: None,
    idempotency: Idempotency::Idempotent,
};

async fn get(url: &str) -> Result<RawResponse, Error> {
    let builder = Client::builder()
        .base_url(url)
        .attempt_timeout(Duration::from_millis(300))
        .retry(RetryPolicy::never());
    let client = builder.build().unwrap();
    let call = Call::new(&client, &GET).query("token", "hunter2");
    send(client.context().clone(), call.request).await
}

/// No message on the way down may show the query.
fn messages(error: &Error) -> String {
    let mut all = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(deeper) = source {
        all.push_str(&format!(" {deeper} {deeper:?}"));
        source = deeper.source();
    }
    assert!(!all.contains("hunter2"), "{all}");
    error.to_string()
}

#[tokio::test]
async fn any_answer_is_brought_back_as_it_is() {
    let answers = [
        answer("503 Service Unavailable", "x-a: b\r\n", "<html>"),
        answer("204 No Content", "", ""),
    ];
    let server = Loopback::answering(answers);
    let first = get(&server.url)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((first.status.as_u16(), &*first.body), (503, &b"<html>"[..]));
    assert_eq!(first.headers["x-a"], "b");
    let second = get(&server.url)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!((second.status.as_u16(), second.body.len()), (204, 0));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Loopback::json("200 OK", "1");
    let location = format!("location: {}/api/it\r\n", elsewhere.url);
    let server = Loopback::answering([answer("307 Temporary Redirect", &location, "")]);
    let answer = get(&server.url)
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(answer.status, 307);
    assert_eq!(elsewhere.request(), None);
}

#[tokio::test]
async fn nobody_listens() {
    let url = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let error = get(&url).await.err().unwrap();
    assert!(
        matches!(&error, Error::Connection(error) if error.is_connect()),
        "{error:?}"
    );
    let message = messages(&error);
    assert!(
        message.starts_with("get: no connection: ") && message.contains("refused"),
        "{message}"
    );
    assert!(error.source().is_some());
}

/// Linux lets a connection wait, rather than refuse it, while those before it have not been accepted.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connect = |_| TcpStream::connect_timeout(&address, Duration::from_millis(100)).ok();
    let waiting: Vec<TcpStream> = (0..10_000).map_while(connect).collect();
    let builder = Client::builder()
        .base_url(format!("http://{address}"))
        .connect_timeout(Duration::from_millis(100));
    let builder = builder.retry(RetryPolicy::never());
    let began = Instant::now();
    let client = builder.build().unwrap();
    let error = send(client.context().clone(), Request::new((&GET).into()))
        .await
        .err()
        .unwrap();
    assert!(
        matches!(&error, Error::Timeout(error) if error.is_connect()),
        "{error:?}"
    );
    assert!(
        began.elapsed().as_millis() < 4000,
        "that was the system's patience, not ours"
    );
    assert_eq!(messages(&error), "get: no connection in time");
    drop(waiting);
}

#[tokio::test]
async fn the_connection_is_lost() {
    let partial = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\"";
    for broken in ["", "HTTP/1.1 2", partial, "not HTTP at all\r\n\r\n"] {
        // One answer only: were the request repeated, it would find nobody and the error would be
        // another.
        let server = Loopback::answering([broken]);
        let error = get(&server.url).await.err().unwrap();
        assert!(
            matches!(&error, Error::Connection(error) if !error.is_connect()),
            "{broken:?}: {error:?}"
        );
        let message = messages(&error);
        assert!(
            message.starts_with("get: no complete response: "),
            "{broken:?}: {message}"
        );
        assert!(server.request().is_some());
    }
}

#[tokio::test]
async fn a_silent_server_is_not_waited_for() {
    for sent in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            assert_ne!(stream.read(&mut [0; 4096]).unwrap(), 0);
            stream.write_all(sent.as_bytes()).unwrap();
            // Without a timeout this test fails, and does not hang.
            thread::sleep(Duration::from_secs(5));
        });
        let began = Instant::now();
        let error = get(&url).await.err().unwrap();
        assert!(matches!(error, Error::Timeout(_)), "{sent:?}: {error:?}");
        assert_eq!(messages(&error), "get: no complete response in time");
        assert!((250..4000).contains(&began.elapsed().as_millis()));
    }
}

/// Waiting takes no time, but for the socket.
#[derive(Debug)]
struct NoWait(Mutex<Duration>);

impl Clock for NoWait {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn sleep(&self, time: Duration) -> Sleep {
        *self.0.lock().unwrap() += time;
        Box::pin(std::future::ready(()))
    }
}

async fn delete<const N: usize>(answers: [String; N]) -> Result<u16, Error> {
    send_to(&DELETE, answers).await
}

async fn send_to<const N: usize>(
    route: impl Into<Route>,
    answers: [String; N],
) -> Result<u16, Error> {
    let server = Loopback::answering(answers);
    let client = Client::builder()
        .base_url(&server.url)
        .clock(NoWait(Mutex::default()))
        .build()
        .unwrap();
    let request = Request::new(route.into());
    let response = Call { client, request }.send::<()>().await;
    for _ in 0..N {
        assert!(server.request().is_some(), "an answer was not asked for");
    }
    response.map(|response| response.status().as_u16())
}

#[tokio::test]
async fn what_is_gone_after_a_repeated_delete_was_deleted() {
    let gone = || {
        answer(
            "404 Not Found",
            "",
            r#"{"errorCode": "RESOURCE_NOT_FOUND"}"#,
        )
    };
    for lost in [
        String::new(),
        "HTTP/1.1 2".to_owned(),
        answer("503 Service Unavailable", "", "<html>"),
    ] {
        assert_eq!(
            delete([lost.clone(), gone()]).await.unwrap(),
            204,
            "{lost:?}"
        );
        assert_eq!(
            delete([
                lost.clone(),
                answer("429 Too Many Requests", "", ""),
                gone()
            ])
            .await
            .unwrap(),
            204,
            "{lost:?}"
        );
        assert_eq!(
            delete([lost, answer("204 No Content", "", "")])
                .await
                .unwrap(),
            204
        );
    }
    assert!(delete([gone()]).await.unwrap_err().is_not_found());
    let limited = answer("429 Too Many Requests", "", "");
    assert!(
        delete([limited, gone()]).await.unwrap_err().is_not_found(),
        "nothing was deleted the first time"
    );
}

#[tokio::test]
async fn only_a_404_for_the_resource_itself_shows_that_it_was_deleted() {
    let cluster = "/api/groups/1/clusters/orders";
    let snapshot = "/api/groups/1/clusters/orders/snapshots/2";
    let flex = "/api/groups/1/flexClusters/orders/snapshots/2";
    for (path, code, is_deleted) in [
        (snapshot, Some("RESOURCE_NOT_FOUND"), true),
        (cluster, Some("CLUSTER_NOT_FOUND"), true),
        (snapshot, Some("CLUSTER_NOT_FOUND"), false),
        (flex, Some("CLUSTER_NOT_FOUND"), false),
        (snapshot, Some("GROUP_NOT_FOUND"), false),
        (cluster, Some("GROUP_NOT_FOUND"), false),
        (snapshot, None, false),
    ] {
        let body = match code {
            Some(code) => format!(r#"{{"errorCode": "{code}"}}"#),
            None => "<html>".to_owned(),
        };
        let gone = answer("404 Not Found", "", &body);
        let route = Route::raw(Method::DELETE, path.into());
        let outcome = send_to(route, [String::new(), gone]).await;
        match outcome {
            Ok(status) => assert!(is_deleted && status == 204, "{path} {code:?}"),
            Err(error) => assert!(!is_deleted && error.is_not_found(), "{path} {code:?}"),
        }
    }
}

#[tokio::test]
async fn a_refusal_whose_body_breaks_off_stays_a_refusal() {
    let cut = |status: &str, headers: &str| {
        format!("HTTP/1.1 {status}\r\n{headers}content-length: 99\r\n\r\n{{\"error")
    };
    let post = || Route::raw(Method::POST, "/api/it".into());
    let error = send_to(post(), [cut("409 Conflict", "")])
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), r#"POST /api/it: 409 Conflict: {"error"#);
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    let limited = cut("429 Too Many Requests", "retry-after: 1\r\n");
    let done = answer("204 No Content", "", "");
    assert_eq!(send_to(post(), [limited, done]).await.unwrap(), 204);
    let error = send_to(post(), [cut("503 Service Unavailable", "")]).await;
    assert!(error.unwrap_err().is_ambiguous());
}

#[tokio::test]
async fn a_failure_in_an_envelope_is_tried_again() {
    let busy = answer(
        "200 OK",
        "retry-after: 7\r\n",
        r#"{"status": 503, "envelope": {"errorCode": "BUSY"}}"#,
    );
    let done = answer("200 OK", "", r#"{"status": 200, "envelope": 1}"#);
    let server = Loopback::answering([busy, done]);
    let client = Client::builder()
        .base_url(&server.url)
        .clock(NoWait(Mutex::default()))
        .build()
        .unwrap();
    let response = Call::new(&client, &GET)
        .query("envelope", true)
        .send::<i64>()
        .await
        .unwrap();
    assert_eq!(response.into_inner(), 1);
}

/// A download goes through the client's pool without the timeouts of calls, and may take as long as
/// it takes.
#[tokio::test]
async fn a_download_outlasts_the_timeouts_of_calls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert_ne!(stream.read(&mut [0; 4096]).unwrap(), 0);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\na")
            .unwrap();
        thread::sleep(Duration::from_millis(200));
        stream.write_all(b"b").unwrap();
    });
    let short = Duration::from_millis(50);
    let client = Client::builder()
        .base_url(&url)
        .attempt_timeout(short)
        .total_timeout(short)
        .build()
        .unwrap();
    assert_eq!(
        client
            .settings()
            .http
            .get(&url)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap(),
        "ab"
    );
}
