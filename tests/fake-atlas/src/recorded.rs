//! The log of the requests that a server has received.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::watch;

use super::connection::Connection;
use super::response::HttpResponse;

/// A request as it was received, and its response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRequest {
    /// The number of the connection, from 0, in the order of acceptance. Equal numbers mean that a
    /// connection was reused.
    pub connection: usize,
    /// The HTTP method, in capitals.
    pub method: String,
    /// Path and query, byte for byte.
    pub target: String,
    /// Header lines in order, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Whether the request reached the application.
    pub handled: bool,
    /// The status of the response; `None` if there is none yet, or none was ever sent.
    pub status: Option<u16>,
    /// The whole response; `None` if its body was streamed, held or broken off.
    pub response: Option<HttpResponse>,
}

impl RecordedRequest {
    /// The value of the first header with this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first line of the request: `POST /path?query HTTP/1.1`.
    pub fn line(&self) -> String {
        format!("{} {} HTTP/1.1", self.method, self.target)
    }

    /// The target without its query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// All requests received so far, in order of arrival.
#[derive(Clone)]
pub(crate) struct Log {
    entries: Arc<Mutex<Vec<RecordedRequest>>>,
    count: watch::Sender<usize>,
}

/// A handle to one request in the log.
#[derive(Clone)]
pub(crate) struct LogHandle {
    log: Log,
    index: usize,
}

impl LogHandle {
    /// Notes that the request reached the application.
    pub(crate) fn mark_handled(&self) {
        self.log.lock()[self.index].handled = true;
    }
}

impl Log {
    pub(crate) fn new() -> Self {
        Log {
            entries: Arc::default(),
            count: watch::Sender::new(0),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Vec<RecordedRequest>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until this many requests have been received.
    pub(crate) async fn wait_for_requests(&self, count: usize) {
        // The log owns the sender, so the channel is open.
        drop(
            self.count
                .subscribe()
                .wait_for(|&arrived| arrived >= count)
                .await,
        );
    }

    /// The outermost layer: reads the whole request, logs it, and passes it on.
    pub(crate) async fn record(self, request: Request, next: Next) -> Response {
        let (mut parts, body) = request.into_parts();
        // A client that hangs up while it sends has not sent a complete request.
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let received = RecordedRequest {
            connection: parts
                .extensions
                .get::<Connection>()
                .map_or(0, Connection::number),
            method: parts.method.to_string(),
            target: parts.uri.to_string(),
            headers: header_pairs(&parts.headers),
            body: body.to_vec(),
            handled: false,
            status: None,
            response: None,
        };
        let index = {
            let mut entries = self.lock();
            entries.push(received);
            entries.len() - 1
        };
        self.count.send_replace(index + 1);
        parts.extensions.insert(LogHandle {
            log: self.clone(),
            index,
        });
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        self.lock()[index].status = Some(response.status().as_u16());
        self.record_response(index, response).await
    }

    /// Logs the response, unless its body is streamed: a stream must reach the client unchanged.
    async fn record_response(&self, index: usize, response: Response) -> Response {
        if response.body().size_hint().exact().is_none() {
            return response;
        }
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let recorded = HttpResponse {
            status: parts.status.as_u16(),
            headers: header_pairs(&parts.headers),
            body: body.to_vec(),
        };
        self.lock()[index].response = Some(recorded);
        Response::from_parts(parts, Body::from(body))
    }
}

fn header_pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        (
            name.as_str().to_owned(),
            String::from_utf8_lossy(value.as_bytes()).into_owned(),
        )
    };
    headers.iter().map(text).collect()
}
