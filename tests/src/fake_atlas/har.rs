//! What a server was asked and answered, as an HTTP Archive that `cargo xtask conform` reads.

use serde_json::Value;

use super::received::Received;
use crate::conform::Exchange;
use crate::corpus;

pub(super) fn archive(origin: &str, log: &[Received]) -> Value {
    let exchanges: Vec<Exchange> = log.iter().map(|received| exchange(origin, received)).collect();
    corpus::archive(exchanges.iter())
}

fn exchange(origin: &str, received: &Received) -> Exchange {
    let answer = received.answer.clone();
    Exchange {
        method: received.method.clone(),
        origin: origin.to_owned(),
        // With its query, as it was written.
        path: received.target.clone(),
        // Archives are handed around: what was signed is nobody's business.
        request_headers: received.headers.iter().filter(|(name, _)| name != "authorization").cloned().collect(),
        request_body: Some(received.body.clone()).filter(|body| !body.is_empty()),
        status: received.status.unwrap_or_default(),
        headers: answer.as_ref().map(|answer| answer.headers.clone()).unwrap_or_default(),
        body: answer.map(|answer| answer.body).unwrap_or_default(),
        ..Exchange::default()
    }
}
