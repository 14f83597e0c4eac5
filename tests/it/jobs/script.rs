//! A server that returns the responses that a test scripts, for behaviour that the stateful fake
//! does not have.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use atlas_backup_api::{Client, RetryPolicy};
use atlas_backup_tests::fake_atlas::{App, HttpResponse, Server};
use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use serde_json::Value;

use crate::transport::NoWait;

/// Returns these responses in order, one for each request, and then repeats the last one.
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

/// Computes each response from the method and target of the request, and from its body.
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

/// Builds a client that makes one attempt for each call.
pub fn client(server: &Server, clock: &NoWait) -> Client {
    let builder = Client::builder()
        .base_url(server.url())
        .clock(clock.clone())
        .retry(RetryPolicy::never());
    builder.build().expect("settings of a test")
}
