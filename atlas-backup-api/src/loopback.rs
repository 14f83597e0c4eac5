//! An HTTP server on loopback for tests: it sends one prepared response to each connection, and
//! records the requests.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// A running server.
pub(crate) struct Loopback {
    pub(crate) url: String,
    requests: Receiver<String>,
}

impl Loopback {
    /// Starts a server that sends the next of these responses to each connection, as soon as it has
    /// read the whole request, and then closes the connection.
    pub(crate) fn answering(answers: impl IntoIterator<Item = impl Into<Vec<u8>>>) -> Self {
        let answers: Vec<Vec<u8>> = answers.into_iter().map(Into::into).collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (sender, requests) = channel();
        thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                stream
                    .set_read_timeout(Some(Duration::from_secs(5)))
                    .unwrap();
                let _ = sender.send(read_request(&mut stream));
                let _ = stream.write_all(&answer);
            }
        });
        Loopback { url, requests }
    }

    /// Starts a server with a single JSON response.
    pub(crate) fn json(status: &str, body: &str) -> Self {
        Loopback::answering([answer(status, "content-type: application/json\r\n", body)])
    }

    /// Returns the next recorded request as text, or `None` if no further one arrived.
    pub(crate) fn request(&self) -> Option<String> {
        self.requests.recv_timeout(Duration::from_millis(200)).ok()
    }
}

/// Formats a response: status line, headers (each with its line end), content length, body.
pub(crate) fn answer(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn read_request(stream: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while !is_complete(&bytes) {
        match stream.read(&mut chunk) {
            Ok(read @ 1..) => bytes.extend_from_slice(&chunk[..read]),
            _ => break,
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn is_complete(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"));
    body.len() >= length.map_or(0, |length| length.trim().parse().unwrap())
}
