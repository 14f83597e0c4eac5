//! Exports recorded requests and responses as an HTTP Archive (HAR 1.2).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::recorded::RecordedRequest;
use super::response::HttpResponse;

/// Builds an archive of exchanges, each with the origin (`http://127.0.0.1:1234`) that the request
/// was sent to.
///
/// The `Authorization` header is left out, because archives are passed on to others.
pub fn archive<'a>(exchanges: impl IntoIterator<Item = (&'a str, &'a RecordedRequest)>) -> Value {
    let entries: Vec<Value> = exchanges
        .into_iter()
        .map(|(origin, received)| entry(origin, received))
        .collect();
    let creator = json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")});
    json!({"log": {"version": "1.2", "creator": creator, "entries": entries}})
}

fn entry(origin: &str, received: &RecordedRequest) -> Value {
    let nothing = HttpResponse::new(0);
    let response = received.response.as_ref().unwrap_or(&nothing);
    let content = match std::str::from_utf8(&response.body) {
        Ok(text) => json!({"size": response.body.len(), "text": text}),
        Err(_) => {
            json!({"size": response.body.len(), "text": BASE64_STANDARD.encode(&response.body), "encoding": "base64"})
        }
    };
    let mut request = json!({
        "method": received.method,
        "url": format!("{origin}{}", received.target),
        "headers": headers(received.headers.iter().filter(|(name, _)| name != "authorization")),
    });
    if !received.body.is_empty() {
        let text = String::from_utf8_lossy(&received.body);
        request["postData"] = json!({"mimeType": received.header("content-type"), "text": text});
    }
    let status = received.status.unwrap_or_default();
    json!({"request": request, "response": {"status": status, "headers": headers(response.headers.iter()), "content": content}})
}

fn headers<'a>(headers: impl Iterator<Item = &'a (String, String)>) -> Value {
    headers
        .map(|(name, value)| json!({"name": name, "value": value}))
        .collect()
}
