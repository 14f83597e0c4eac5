//! Reads a recorded answer through the client, by serving it again on loopback.

use atlas_backup_api::{Client, Error, RetryPolicy};
use atlas_backup_document::Spec;
use serde_json::Value;
use tokio::runtime::Runtime;

use super::capture::Exchange;
use crate::Entry;
use crate::calls::Answered;
use atlas_backup_fake::{HttpResponse, StubServer};

/// The headers that a client can make something of. What else was recorded (`:status`, cookies joined by newlines, thousands of
/// anything) can only make the answer unreadable.
const HEADERS: &[&str] = &[
    "content-type",
    "x-error-code",
    "retry-after",
    "date",
    "location",
];

/// Longer values are no header's.
const LONGEST: usize = 8192;

/// A recorded header, where it can be sent: a line break in a value would begin another header.
fn header(exchange: &Exchange, name: &str) -> Option<(String, String)> {
    let sendable = |value: &str| value.len() <= LONGEST && !value.chars().any(char::is_control);
    exchange
        .headers
        .iter()
        .find(|(known, value)| known == name && sendable(value))
        .cloned()
}

/// A client, and a server that answers what it is told to.
pub struct Replay {
    runtime: Runtime,
    server: StubServer,
    client: Client,
}

impl Replay {
    /// Starts the server.
    ///
    /// # Errors
    /// When the system has no port or thread to give.
    pub fn start() -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| format!("cannot start a runtime: {error}"))?;
        let server = StubServer::start(HttpResponse {
            status: 500,
            headers: Vec::new(),
            body: Vec::new(),
        });
        let server = server.map_err(|error| format!("cannot listen on loopback: {error}"))?;
        // One answer is one answer: a recorded 503 is not asked for again.
        let client = Client::builder()
            .base_url(server.url())
            .retry(RetryPolicy::never())
            .build();
        let client = client.map_err(|error| error.to_string())?;
        Ok(Replay {
            runtime,
            server,
            client,
        })
    }

    /// What the client makes of the answer. The arguments are the spec's examples: the recorded ones may be what is wrong with the
    /// request, and would then not be sent.
    ///
    /// # Errors
    /// When the call cannot be made at all.
    pub fn read(
        &self,
        spec: &Spec,
        entry: &Entry,
        exchange: &Exchange,
    ) -> Result<Result<Answered, Error>, String> {
        let headers = HEADERS
            .iter()
            .filter_map(|name| header(exchange, name))
            .collect();
        self.server.set_response(HttpResponse {
            status: exchange.status,
            headers,
            body: exchange.body.clone(),
        });
        let mut arguments = spec.arguments(entry);
        arguments.query.retain(|name, _| name != "envelope");
        if exchange.is_enveloped() {
            arguments.query.insert("envelope".into(), Value::Bool(true));
        }
        let call = (entry.call)(&self.client, &arguments)?;
        Ok(self.runtime.block_on(call))
    }
}
