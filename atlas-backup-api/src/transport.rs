//! Sends one request and brings back whatever was answered.
//!
//! Boxed and not generic: compiled once, whatever the number of operations. Credentials, retries, limits and the clock
//! they need belong here, around [`attempt`], out of sight of generated code.

use std::pin::Pin;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use crate::client::Shared;
use crate::connection_error::ConnectionError;
use crate::error::Error;
use crate::request::Request;

/// An answer of any status, its body not yet looked at.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Sends a request, unless one of its arguments was refused.
pub(crate) fn execute(mut request: Request) -> Boxed<Result<Answer, Error>> {
    Box::pin(async move {
        if let Some(refused) = request.take_refusal() {
            return Err(refused.into());
        }
        let client = request.client.clone();
        // The place of retries: each attempt is written anew, and signed with credentials of its own.
        let attempted = attempt(client.shared(), &request).await;
        attempted.map_err(|error| ConnectionError::new(request.operation, error).into())
    })
}

/// One exchange with the server.
async fn attempt(client: &Shared, request: &Request) -> Result<Answer, reqwest::Error> {
    let operation = request.operation;
    let url = format!("{}{}", client.base_url.as_str(), request.target());
    let mut http = client.http.request(operation.method.clone(), url).header(ACCEPT, operation.accept);
    if let Some(body) = &request.body {
        http = http.header(CONTENT_TYPE, operation.content_type.unwrap_or("application/json")).body(body.clone());
    }
    // The place of credentials: they are added here, and to no other host than the base URL's.

    // Set here and not for the whole pool: a download goes through the same pool and may take hours.
    let response = http.timeout(client.timeout).send().await?;
    Ok(Answer { status: response.status(), headers: response.headers().clone(), body: response.bytes().await?.into() })
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io::{Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::thread;
    use std::time::{Duration, Instant};

    use http::Method;

    use super::*;
    use crate::client::Client;
    use crate::loopback::{Loopback, answer};
    use crate::operation::{Effect, Operation};

    static GET: Operation =
        Operation { id: "get", method: Method::GET, path: "/api/it", accept: "application/json", content_type: None, effect: Effect::Read };

    async fn get(url: &str) -> Result<Answer, Error> {
        let client = Client::builder().base_url(url).timeout(Duration::from_millis(300)).build().unwrap();
        execute(Request::new(&client, &GET).query("token", "hunter2")).await
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
        let answers = [answer("503 Service Unavailable", "x-a: b\r\n", "<html>"), answer("204 No Content", "", "")];
        let server = Loopback::answering(answers);
        let first = get(&server.url).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((first.status.as_u16(), &*first.body), (503, &b"<html>"[..]));
        assert_eq!(first.headers["x-a"], "b");
        let second = get(&server.url).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((second.status.as_u16(), second.body.len()), (204, 0));
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let elsewhere = Loopback::json("200 OK", "1");
        let location = format!("location: {}/api/it\r\n", elsewhere.url);
        let server = Loopback::answering([answer("307 Temporary Redirect", &location, "")]);
        let answer = get(&server.url).await.unwrap_or_else(|error| panic!("{error}"));
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
        assert!(matches!(&error, Error::Connection(error) if error.is_connect()), "{error:?}");
        let message = messages(&error);
        assert!(message.starts_with("get: no connection: ") && message.contains("refused"), "{message}");
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
        let builder = Client::builder().base_url(format!("http://{address}")).connect_timeout(Duration::from_millis(100));
        let began = Instant::now();
        let error = execute(Request::new(&builder.build().unwrap(), &GET)).await.err().unwrap();
        assert!(matches!(&error, Error::Timeout(error) if error.is_connect()), "{error:?}");
        assert!(began.elapsed().as_millis() < 4000, "that was the system's patience, not ours");
        assert_eq!(messages(&error), "get: no connection in time");
        drop(waiting);
    }

    #[tokio::test]
    async fn the_connection_is_lost() {
        let partial = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"a\"";
        for broken in ["", "HTTP/1.1 2", partial, "not HTTP at all\r\n\r\n"] {
            // One answer only: were the request repeated, it would find nobody and the error would be another.
            let server = Loopback::answering([broken]);
            let error = get(&server.url).await.err().unwrap();
            assert!(matches!(&error, Error::Connection(error) if !error.is_connect()), "{broken:?}: {error:?}");
            let message = messages(&error);
            assert!(message.starts_with("get: no complete answer: "), "{broken:?}: {message}");
            assert!(server.request().is_some());
        }
    }

    #[tokio::test]
    async fn a_silent_server_is_not_waited_for() {
        for said in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                assert_ne!(stream.read(&mut [0; 4096]).unwrap(), 0);
                stream.write_all(said.as_bytes()).unwrap();
                // Without a timeout this test fails, and does not hang.
                thread::sleep(Duration::from_secs(5));
            });
            let began = Instant::now();
            let error = get(&url).await.err().unwrap();
            assert!(matches!(error, Error::Timeout(_)), "{said:?}: {error:?}");
            assert_eq!(messages(&error), "get: no complete answer in time");
            assert!((250..4000).contains(&began.elapsed().as_millis()));
        }
    }
}
