//! An Atlas that answers whatever a test has written down, for what the one that remembers does not do.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use atlas_backup_api::{Client, RetryPolicy};
use atlas_backup_tests::fake_atlas::{App, HttpResponse, Server};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use serde_json::Value;

use crate::transport::NoWait;

/// One answer for each request, in this order; the last one for all that come after.
pub fn answering(answers: impl IntoIterator<Item = HttpResponse>) -> Server {
    let left = Arc::new(Mutex::new(answers.into_iter().collect::<VecDeque<_>>()));
    replying(move |_, _| {
        let mut left = left.lock().unwrap_or_else(PoisonError::into_inner);
        let next = if left.len() > 1 {
            left.pop_front()
        } else {
            left.front().cloned()
        };
        next.expect("the test writes down at least one answer")
    })
}

/// This answer for each method and target, and body.
pub fn replying(
    reply: impl Fn(&str, &[u8]) -> HttpResponse + Clone + Send + Sync + 'static,
) -> Server {
    let router = Router::new().fallback(move |request: Request| {
        let reply = reply.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, usize::MAX)
                .await
                .expect("the client sends all of it");
            reply(&format!("{} {}", parts.method, parts.uri), &body)
        }
    });
    App::new(router).start()
}

pub fn ok(body: &Value) -> HttpResponse {
    HttpResponse::json(200, "application/json", body)
}

/// Tries each call once.
pub fn client(server: &Server, clock: &NoWait) -> Client {
    let builder = Client::builder()
        .base_url(server.url())
        .clock(clock.clone())
        .retry(RetryPolicy::never());
    builder.build().expect("settings of a test")
}
