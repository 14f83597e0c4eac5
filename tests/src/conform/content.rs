//! The content of a recorded response: its body as JSON, without the envelope.

use serde_json::Value;

use super::capture::Exchange;
use super::replay::header;
use super::text;

/// A response without its envelope.
pub struct Content {
    /// The status, which an envelope may contain.
    pub status: u16,
    /// The content, if the body is JSON in the text that the client reads.
    pub json: Option<Value>,
    /// Whether the body has no content. The client ignores blanks.
    pub is_empty: bool,
    /// Whether the bytes of the body are valid text.
    pub is_text: bool,
}

impl Content {
    /// Takes the content out of a response.
    pub fn of(exchange: &Exchange) -> Self {
        let content_type = header(exchange, "content-type").map(|(_, value)| value);
        let read = text::read(&exchange.body, content_type.as_deref());
        let text = read.text.trim_ascii();
        let json = serde_json::from_str(text).ok();
        let (status, json) = match json {
            Some(json) if exchange.is_enveloped() => unwrapped(exchange.status, json),
            json => (exchange.status, json),
        };
        Content {
            status,
            json,
            is_empty: text.is_empty(),
            is_text: read.is_valid,
        }
    }

    /// Whether the operation has succeeded.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Whether a response with this status has a body if one is documented. Those with 204 and 205
    /// have none by HTTP, and a redirect is told by its status.
    pub fn needs_body(&self) -> bool {
        matches!(self.status, 200..204 | 206..300 | 400..)
    }

    /// Whether the body is JSON as the standard has it, which is valid text.
    pub fn is_valid_json(&self) -> bool {
        self.is_text && self.json.is_some()
    }
}

/// The status and the content in an envelope. What has no valid `status` is no envelope.
fn unwrapped(status: u16, json: Value) -> (u16, Option<Value>) {
    let inner = json["status"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .filter(|status| (100..1000).contains(status));
    match (inner, json) {
        (Some(status), Value::Object(mut members)) => {
            members.remove("status");
            let wrapped = members
                .remove("envelope")
                .or_else(|| members.remove("content"));
            (status, Some(wrapped.unwrap_or(Value::Object(members))))
        }
        (_, json) => (status, Some(json)),
    }
}
