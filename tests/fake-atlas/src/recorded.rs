//! The log of a server.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tokio::sync::watch;

use super::connection::Connection;
use super::response::HttpResponse;

/// A request as it came in, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRequest {
    /// Number of the connection, from 0, in the order they were accepted: equal numbers mean a connection used again.
    pub connection: usize,
    /// In capitals.
    pub method: String,
    /// Path and query, byte for byte.
    pub target: String,
    /// Header lines in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Whether it reached the application.
    pub handled: bool,
    /// Status of the answer; `None` while there is none, or where there never was one.
    pub status: Option<u16>,
    /// The answer with all its bytes, where they were there at once: not one whose body was held up or broken.
    pub response: Option<HttpResponse>,
}

impl RecordedRequest {
    /// The value of the first header of that name (in lower case).
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

/// Everything that came in, in the order of arrival.
#[derive(Clone)]
pub(crate) struct Log {
    entries: Arc<Mutex<Vec<RecordedRequest>>>,
    count: watch::Sender<usize>,
}

/// The place of one request in the log.
#[derive(Clone)]
pub(crate) struct LogHandle {
    log: Log,
    index: usize,
}

impl LogHandle {
    /// The request reached the application.
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

    /// Waits until that many requests have come in.
    pub(crate) async fn wait_for_requests(&self, count: usize) {
        // The log holds a sender, so the channel is open.
        drop(
            self.count
                .subscribe()
                .wait_for(|&arrived| arrived >= count)
                .await,
        );
    }

    /// The outermost layer: reads the whole request, notes it, and hands it on.
    pub(crate) async fn record(self, request: Request, next: Next) -> Response {
        let (mut parts, body) = request.into_parts();
        // A client that hangs up while it sends has not sent a request.
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

    /// Notes the answer, unless its body comes bit by bit: it must reach the client as it was meant to.
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
