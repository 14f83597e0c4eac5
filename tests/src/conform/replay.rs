//! Reads a recorded response through the client, by serving it again on loopback.

use atlas_backup_api::{Client, Error, RetryPolicy};
use atlas_backup_document::Spec;
use serde_json::Value;
use tokio::runtime::Runtime;

use super::capture::Exchange;
use crate::Entry;
use crate::calls::Answered;
use atlas_backup_fake::{HttpResponse, StubServer};

/// The headers that matter to the client. Other recorded headers (`:status`, cookies joined by
/// newlines, thousands of anything) could only make the response unreadable.
const HEADERS: &[&str] = &[
    "content-type",
    "x-error-code",
    "retry-after",
    "date",
    "location",
];

/// The length of the longest header value that is replayed, in bytes.
const LONGEST: usize = 8192;

/// A recorded header, if it can be sent: a line break in a value would start another header.
pub(super) fn header(exchange: &Exchange, name: &str) -> Option<(String, String)> {
    let sendable = |value: &str| value.len() <= LONGEST && !value.chars().any(char::is_control);
    exchange
        .headers
        .iter()
        .find(|(known, value)| known == name && sendable(value))
        .cloned()
}

/// A client, and a server that sends the recorded responses to it.
pub struct Replay {
    runtime: Runtime,
    server: StubServer,
    client: Client,
}

impl Replay {
    /// Starts the server.
    ///
    /// # Errors
    /// Fails if the system has no free port or cannot start a thread.
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
        // Each response is read once: a recorded 503 must not be retried.
        let client = Client::builder()
            .base_url(server.url())
            .retry(RetryPolicy::never())
            // A recorded response is in memory already, however long it is.
            .max_response_bytes(usize::MAX)
            .build();
        let client = client.map_err(|error| error.to_string())?;
        Ok(Replay {
            runtime,
            server,
            client,
        })
    }

    /// The result of the client for the recorded response. The arguments of the call are the spec's
    /// examples, because the recorded ones may be invalid, and the client would then not send them.
    ///
    /// # Errors
    /// Fails if the call cannot be made at all.
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
