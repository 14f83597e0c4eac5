//! Reads a recorded answer through the client, by serving it again on loopback.

use atlas_backup_api::{Client, Error, RetryPolicy};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::capture::Exchange;
use crate::Entry;
use crate::calls::Answered;
use crate::loopback::{Answer, Server};
use crate::spec::Spec;

/// A client, and a server that answers what it is told to.
pub struct Replay {
    runtime: Runtime,
    server: Server,
    client: Client,
}

impl Replay {
    /// Starts the server.
    ///
    /// # Errors
    /// When the system has no port or thread to give.
    pub fn start() -> Result<Self, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| format!("cannot start a runtime: {error}"))?;
        let server = Server::start(Answer { status: 500, headers: Vec::new(), body: Vec::new() });
        let server = server.map_err(|error| format!("cannot listen on loopback: {error}"))?;
        // One answer is one answer: a recorded 503 is not asked for again.
        let client = Client::builder().base_url(server.address()).retry(RetryPolicy::never()).build();
        let client = client.map_err(|error| error.to_string())?;
        Ok(Replay { runtime, server, client })
    }

    /// What the client makes of the answer. The arguments are the spec's examples: the recorded ones may be what is wrong with the
    /// request, and would then not be sent.
    ///
    /// # Errors
    /// When the call cannot be made at all.
    pub fn read(&self, spec: &Spec, entry: &Entry, exchange: &Exchange) -> Result<Result<Answered, Error>, String> {
        let about_the_body = |name: &str| !["content-length", "content-encoding", "transfer-encoding", "connection"].contains(&name);
        let headers = exchange.headers.iter().filter(|(name, _)| about_the_body(name)).cloned().collect();
        self.server.answer(Answer { status: exchange.status, headers, body: exchange.body.clone() });
        let mut arguments = spec.arguments(entry);
        arguments.query.retain(|name, _| name != "envelope");
        if exchange.is_enveloped() {
            arguments.query.insert("envelope".into(), Value::Bool(true));
        }
        let call = (entry.call)(&self.client, &arguments)?;
        Ok(self.runtime.block_on(call))
    }
}
