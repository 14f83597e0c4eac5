//! A server that sends one prepared response to every request.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::response::IntoResponse;

use super::app::App;
use super::recorded::RecordedRequest;
use super::response::HttpResponse;
use super::server::Server;

/// A server on loopback that records every request and sends one prepared response. It runs until
/// it is dropped.
pub struct StubServer {
    response: Arc<Mutex<HttpResponse>>,
    server: Server,
    /// How many requests `new_requests` has returned.
    returned: Mutex<usize>,
}

impl StubServer {
    /// Starts a server that sends this response, on a port that the system picks.
    ///
    /// # Errors
    /// Fails if the system has no free port.
    pub fn start(response: HttpResponse) -> io::Result<Self> {
        let response = Arc::new(Mutex::new(response));
        let shared = Arc::clone(&response);
        let router = Router::new().fallback(move || {
            let response = shared
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone();
            std::future::ready(response.into_response())
        });
        let server = App::new(router).start_on(0)?;
        Ok(StubServer {
            response,
            server,
            returned: Mutex::default(),
        })
    }

    /// Sets the response to later requests.
    pub fn set_response(&self, response: HttpResponse) {
        *self.response.lock().unwrap_or_else(PoisonError::into_inner) = response;
    }

    /// The base URL for the client: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The requests received so far, in order of arrival.
    pub fn received_requests(&self) -> Vec<RecordedRequest> {
        self.server.received_requests()
    }

    /// The requests received since the last call of this method, in order of arrival.
    pub fn new_requests(&self) -> Vec<RecordedRequest> {
        let mut returned = self.returned.lock().unwrap_or_else(PoisonError::into_inner);
        let new = self.server.received_requests_after(*returned);
        *returned += new.len();
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_client::TestClient;

    #[test]
    fn the_response_is_sent_until_it_changes() {
        let stub =
            StubServer::start(HttpResponse::new(503).header("Retry-After", "1")).expect("a port");
        let mut client = TestClient::connect(&stub.server);
        let first = client.call("DELETE", "/a?b", "", "c");
        assert_eq!(
            (first.status, first.header("retry-after"), first.body.len()),
            (503, Some("1"), 0)
        );
        stub.set_response(HttpResponse::new(200).body("d"));
        let second = client.get("/");
        assert_eq!(
            (second.status, second.header("retry-after"), &*second.body),
            (200, None, &b"d"[..])
        );
        assert_eq!(stub.received_requests()[0].line(), "DELETE /a?b HTTP/1.1");
        assert_eq!(stub.new_requests().len(), 2);
        client.get("/e");
        let [third] = stub.new_requests().try_into().expect("one");
        assert_eq!(third.line(), "GET /e HTTP/1.1");
    }
}
