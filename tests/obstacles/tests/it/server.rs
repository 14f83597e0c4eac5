//! An HTTP server on loopback that records requests and answers each with the same response until
//! it is given another.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A request as it came.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub target: String,
    pub body: String,
}

pub struct Server {
    pub url: String,
    response: Arc<Mutex<String>>,
    requests: Receiver<Request>,
}

impl Server {
    pub fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let response = Arc::new(Mutex::new(String::new()));
        let (sender, requests) = channel();
        let answers = Arc::clone(&response);
        // It ends with the test program.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (sender, answers) = (sender.clone(), Arc::clone(&answers));
                thread::spawn(move || serve(stream, &sender, &answers));
            }
        });
        Server {
            url: format!("http://{address}"),
            response,
            requests,
        }
    }

    /// Answers the following requests with this status and body.
    pub fn answer(&self, status: u16, body: Option<&str>) {
        let body = body.map_or(String::new(), |body| {
            let length = body.len();
            format!("content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        });
        let end = if body.is_empty() { "\r\n" } else { "" };
        *self.response.lock().unwrap_or_else(PoisonError::into_inner) =
            format!("HTTP/1.1 {status} Status\r\n{body}{end}");
    }

    /// Returns the requests that have come since the last call.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.try_iter().collect()
    }
}

/// Answers the requests of one connection, until the client closes it.
fn serve(mut stream: TcpStream, requests: &Sender<Request>, response: &Mutex<String>) {
    let mut bytes = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        while let Some((request, length)) = complete(&bytes) {
            bytes.drain(..length);
            let _ = requests.send(request);
            let response = response.lock().unwrap_or_else(PoisonError::into_inner);
            if stream.write_all(response.as_bytes()).is_err() {
                return;
            }
        }
        match stream.read(&mut chunk) {
            Ok(read @ 1..) => bytes.extend_from_slice(&chunk[..read]),
            _ => return,
        }
    }
}

/// Returns the first request and its length, if all of it has come.
fn complete(bytes: &[u8]) -> Option<(Request, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ').map(str::to_owned);
    let length = lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().ok())?
    });
    let body = bytes.get(end..end + length.unwrap_or(0))?;
    let request = Request {
        method: words.next()?,
        target: words.next()?,
        body: String::from_utf8_lossy(body).into_owned(),
    };
    Some((request, end + length.unwrap_or(0)))
}
