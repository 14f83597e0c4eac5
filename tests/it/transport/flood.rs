//! A server that sends too much: a head, and then the same bytes again and again, until the client
//! closes the connection.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The bytes that the system may have accepted from the server without the client reading them: the
/// buffers at both ends of a connection.
pub const IN_BUFFERS: u64 = 16 << 20;

/// Longer than a passing test ever waits. Only a failing test waits this long.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Flood {
    url: String,
    sent: UnboundedReceiver<u64>,
    /// Connections that `taken` has not yet reported.
    open: Arc<AtomicUsize>,
}

impl Flood {
    /// Responds to each connection's first request with `head`, followed by `body` repeated, for as
    /// many bytes as the client accepts and at most `most`.
    pub fn start(head: &str, body: &str, most: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("the system has a port to give");
        let url = format!("http://{}", listener.local_addr().expect("it listens"));
        let head = head.to_owned().into_bytes();
        // Large writes, so that the client determines the speed.
        let body = body
            .repeat((256 * 1024usize).div_ceil(body.len().max(1)))
            .into_bytes();
        let (sender, sent) = unbounded_channel();
        let open = Arc::new(AtomicUsize::new(0));
        let opened = Arc::clone(&open);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                opened.fetch_add(1, Ordering::SeqCst);
                let (sender, head, body) = (sender.clone(), head.clone(), body.clone());
                thread::spawn(move || {
                    let count = serve(stream, &head, &body, most);
                    // The receiver may be gone if the test has ended.
                    let _ = sender.send(count);
                });
            }
        });
        Flood { url, sent, open }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns how many bytes of the body the next connection took before it was closed. Panics if
    /// the connection stays open.
    pub async fn taken(&mut self) -> u64 {
        let taken = tokio::time::timeout(PATIENCE, self.sent.recv())
            .await
            .expect("the client hangs up");
        let taken = taken.expect("the server runs as long as the process");
        self.open.fetch_sub(1, Ordering::SeqCst);
        taken
    }

    /// Panics if there was a connection that `taken` has not reported.
    pub fn no_more(&self) {
        assert_eq!(self.open.load(Ordering::SeqCst), 0, "connections");
    }
}

fn serve(mut stream: TcpStream, head: &[u8], body: &[u8], most: u64) -> u64 {
    read_request(&mut stream);
    let mut sent = 0;
    if stream.write_all(head).is_err() {
        return sent;
    }
    while sent < most && !body.is_empty() {
        let length = body
            .len()
            .min(usize::try_from(most - sent).unwrap_or(usize::MAX));
        match stream.write(&body[..length]) {
            Ok(count) => sent += count as u64,
            Err(_) => return sent,
        }
    }
    // Everything is sent; the connection stays open until the client closes it.
    drop(stream.read(&mut [0; 1]));
    sent
}

fn read_request(stream: &mut TcpStream) {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return;
            }
        }
        match stream.read(&mut chunk) {
            Ok(count @ 1..) => bytes.extend_from_slice(&chunk[..count]),
            _ => return,
        }
    }
}
