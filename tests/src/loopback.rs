//! A server on loopback that records each request byte for byte and gives one prepared answer.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What the server answers.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Header lines, without `Content-Length` and `Connection`.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Answer {
    /// JSON under a media type.
    pub fn json(status: u16, media_type: &str, body: &serde_json::Value) -> Self {
        Answer { status, headers: vec![("Content-Type".into(), media_type.into())], body: body.to_string().into_bytes() }
    }
}

/// A request as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// `POST /path?query HTTP/1.1`.
    pub line: String,
    /// Header lines in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

impl Received {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The server. It stops with the process.
pub struct Server {
    address: String,
    answer: Arc<Mutex<Answer>>,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    /// Listens on a port that the system picks.
    ///
    /// # Errors
    /// When the system has no port to give.
    pub fn start(answer: Answer) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}", listener.local_addr()?);
        let received = Arc::default();
        let answer = Arc::new(Mutex::new(answer));
        let (log, given) = (Arc::clone(&received), Arc::clone(&answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that hangs up has said all it wanted to.
                drop(serve(&stream, &given, &log));
            }
        });
        Ok(Server { address, answer, received })
    }

    /// Changes what is answered from now on.
    pub fn answer(&self, answer: Answer) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }

    /// The base URL to give to the client.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What has come in so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(stream: &TcpStream, answer: &Mutex<Answer>, log: &Mutex<Vec<Received>>) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_owned();
        if line.is_empty() {
            break;
        }
        lines.push(line);
    }
    let line = lines.remove(0);
    let headers: Vec<(String, String)> =
        lines.iter().filter_map(|line| line.split_once(": ")).map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let mut received = Received { line, headers, body: Vec::new() };
    let length = received.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    received.body.resize(length, 0);
    reader.read_exact(&mut received.body)?;
    log.lock().unwrap_or_else(PoisonError::into_inner).push(received);
    let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).clone();
    respond(stream, &answer)
}

fn respond(mut stream: &TcpStream, answer: &Answer) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} -\r\nConnection: close\r\nContent-Length: {}\r\n", answer.status, answer.body.len());
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(&answer.body)?;
    stream.flush()
}
