//! A server on loopback that records each request and gives one prepared answer.

use std::io;

use atlas_backup_fake::Prepared;
pub use atlas_backup_fake::{Answer, Received};

/// The server. It runs until it is dropped.
pub struct Server {
    prepared: Prepared,
    server: atlas_backup_fake::Server,
    address: String,
}

impl Server {
    /// Listens on a port that the system picks.
    ///
    /// # Errors
    /// When the system has no port to give.
    pub fn start(answer: Answer) -> io::Result<Self> {
        let prepared = Prepared::new(answer);
        let server = prepared.app().start_on(0)?;
        let address = server.url();
        Ok(Server {
            prepared,
            server,
            address,
        })
    }

    /// Changes what is answered from now on.
    pub fn answer(&self, answer: Answer) {
        self.prepared.set(answer);
    }

    /// The base URL to give to the client.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What has come in so far.
    pub fn received(&self) -> Vec<Received> {
        self.server.received()
    }
}
