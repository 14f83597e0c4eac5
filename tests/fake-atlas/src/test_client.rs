//! A minimal HTTP client for tests of the servers: it sends exactly the bytes it is given, and
//! signs with [`DigestInput`].

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::digest::{PRIVATE_KEY, PUBLIC_KEY};
use super::digest_hash::{Algorithm, DigestInput};
use super::server::Server;

/// A client with one connection.
pub(crate) struct TestClient(BufReader<TcpStream>);

/// A response, as far as it was received.
#[derive(Debug)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// How the connection failed before the body was complete.
    pub(crate) broken: Option<io::ErrorKind>,
}

impl TestResponse {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// The nonce of the first challenge.
    pub(crate) fn nonce(&self) -> String {
        let line = self.header("www-authenticate").expect("a challenge");
        let (_, rest) = line.split_once("nonce=\"").expect("a nonce");
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

impl TestClient {
    pub(crate) fn connect(server: &Server) -> Self {
        let stream = TcpStream::connect(server.address()).unwrap();
        // Only a failing test waits that long.
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        TestClient(BufReader::new(stream))
    }

    /// Sends a request. Each line of `headers` ends in CRLF.
    pub(crate) fn send(&mut self, method: &str, target: &str, headers: &str, body: &str) {
        let length = body.len();
        let line = format!("{method} {target} HTTP/1.1");
        let head =
            format!("{line}\r\nHost: fake\r\nContent-Length: {length}\r\n{headers}\r\n{body}");
        // If the connection is gone, reading fails as well.
        let _gone = self.0.get_mut().write_all(head.as_bytes());
    }

    /// Reads a response. Fails if the connection ends before the headers are complete.
    pub(crate) fn read(&mut self) -> io::Result<TestResponse> {
        let mut lines = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.0.read_until(b'\n', &mut line)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            // Each byte stands for the character of the same number (Latin-1).
            let line: String = line.iter().map(|&byte| char::from(byte)).collect();
            if line.trim().is_empty() {
                break;
            }
            lines.push(line.trim().to_owned());
        }
        let status = lines[0]
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .unwrap();
        let fields = lines[1..].iter().filter_map(|line| line.split_once(": "));
        let headers: Vec<_> = fields
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut response = TestResponse {
            status,
            headers,
            body: Vec::new(),
            broken: None,
        };
        let length = response
            .header("content-length")
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        while response.body.len() < length && response.broken.is_none() {
            let mut buffer = [0; 4096];
            let wanted = buffer.len().min(length - response.body.len());
            match self.0.read(&mut buffer[..wanted]) {
                Ok(0) => response.broken = Some(io::ErrorKind::UnexpectedEof),
                Ok(count) => response.body.extend_from_slice(&buffer[..count]),
                Err(error) => response.broken = Some(error.kind()),
            }
        }
        Ok(response)
    }

    pub(crate) fn call(
        &mut self,
        method: &str,
        target: &str,
        headers: &str,
        body: &str,
    ) -> TestResponse {
        self.send(method, target, headers, body);
        self.read().unwrap()
    }

    pub(crate) fn get(&mut self, target: &str) -> TestResponse {
        self.call("GET", target, "", "")
    }
}

/// A correct `Authorization` header line; tests replace parts of it.
pub(crate) fn digest_header(
    algorithm: Algorithm,
    method: &str,
    uri: &str,
    nonce: &str,
    nc: Option<u32>,
) -> String {
    let nc = nc.map(|nc| format!("{nc:08x}"));
    let nc_and_cnonce = nc.as_deref().map(|nc| (nc, "cnonce+/="));
    let credentials = (PUBLIC_KEY, PRIVATE_KEY);
    let response = DigestInput {
        credentials,
        realm: "MMS Public API",
        nonce,
        method,
        uri,
        nc_and_cnonce,
    }
    .response(algorithm);
    let more = nc_and_cnonce.map_or(String::new(), |(nc, cnonce)| {
        format!(", qop=auth, nc={nc}, cnonce=\"{cnonce}\"")
    });
    let name = algorithm.name();
    format!(
        "Authorization: Digest username=\"{PUBLIC_KEY}\", realm=\"MMS Public API\", nonce=\"{nonce}\", uri=\"{uri}\", \
         algorithm={name}, response=\"{response}\"{more}\r\n"
    )
}
