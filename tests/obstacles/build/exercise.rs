//! A call of an operation of the course, and what must come of it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use crate::place::filled;

/// One call. `tests/it/round_trip.rs` reads it as JSON.
pub struct Exercise {
    id: String,
    path: Map<String, Value>,
    query: Map<String, Value>,
    target: String,
    /// The request body.
    pub body: Option<Value>,
    /// The status of a response without a body.
    pub status: u16,
    /// The body of the response, whose status is 200.
    pub answer: Option<Value>,
    /// Whether the client must refuse to send it.
    pub is_refused: bool,
    /// Texts that must not be in what `Debug` prints.
    pub secrets: Vec<String>,
}

impl Exercise {
    pub fn new(id: &str, path: &str) -> Self {
        Exercise {
            id: id.to_owned(),
            path: Map::new(),
            query: Map::new(),
            target: path.to_owned(),
            body: None,
            status: 204,
            answer: None,
            is_refused: false,
            secrets: Vec::new(),
        }
    }

    pub fn path(&mut self, name: &str, text: &str) {
        self.path.insert(name.to_owned(), json!(text));
        self.target = filled(&self.target, name, text);
    }

    pub fn query(&mut self, name: &str, value: Value) {
        self.query.insert(name.to_owned(), value);
    }

    /// The path and the query. The client writes parameters in the order of the generated code,
    /// which is alphabetical.
    fn target(&self) -> String {
        let mut target = self.target.clone();
        for (name, value) in &self.query {
            for text in texts(value) {
                let sign = if target.contains('?') { '&' } else { '?' };
                target.push_str(&format!("{sign}{}={}", encode(name), encode(&text)));
            }
        }
        target
    }

    pub fn json(self) -> Value {
        json!({
            "id": self.id,
            "path": self.path,
            "query": self.query,
            "target": self.target(),
            "body": self.body,
            "status": self.status,
            "answer": self.answer,
            "is_refused": self.is_refused,
            "secrets": self.secrets,
        })
    }
}

/// The texts of a value in a URL: one for each item of a list.
pub fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        _ => vec![value.to_string()],
    }
}

/// Escapes everything but the unreserved characters (RFC 3986, section 2.3).
pub fn encode(text: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}
