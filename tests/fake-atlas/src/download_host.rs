//! The host that snapshots are downloaded from: a server of its own, on another port than the API.
//!
//! It supports ranges and conditions as RFC 9110 requires, and refuses expired URLs as object
//! stores do. It refuses and counts every request that carries credentials of the API.

mod body;
mod content;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::clock::Clock;
use super::connection::Connection;
use super::gate::Gate;
use super::recorded::RecordedRequest;
use super::response::HttpResponse;
use super::server::Server;
use body::{BodyFault, FaultyBody};
use content::Content;

/// A file that can be downloaded.
#[derive(Clone, Debug)]
pub struct HostedFile {
    /// Length in bytes.
    pub length: u64,
    /// The seed of the content: equal seeds and lengths give equal bytes.
    pub seed: u64,
    /// The URL expires when the clock passes this time. `None` means never.
    pub expires_at: Option<Duration>,
    /// A header that a request must have, by name and value. Legacy restore jobs require one.
    pub required_header: Option<(String, String)>,
    /// How many times the file can be downloaded from its first byte. `None` means no limit.
    pub max_downloads: Option<u32>,
}

impl HostedFile {
    /// A file of this many bytes that never expires and requires no header.
    pub fn new(length: u64, seed: u64) -> Self {
        HostedFile {
            length,
            seed,
            expires_at: None,
            required_header: None,
            max_downloads: None,
        }
    }

    /// The whole content. Use it only for files that fit into memory.
    pub fn bytes(&self) -> Vec<u8> {
        Content::new(self.seed).all(self.length)
    }

    /// The SHA-1 of the content, in hexadecimal digits.
    pub fn sha1(&self) -> String {
        Content::new(self.seed).sha1(self.length)
    }
}

/// What goes wrong with the response to a download request.
#[derive(Clone, Debug)]
pub enum DownloadFault {
    /// No fault.
    None,
    /// Closes the connection after this many bytes of the body, without a reset.
    Cut(u64),
    /// Resets the connection after this many bytes of the body.
    Reset(u64),
    /// Holds the rest of the body after this many bytes, until the gate opens.
    Stall(u64, Gate),
    /// Sends this response instead: an error, or a redirect.
    Respond(HttpResponse),
    /// Replaces the file, for this and all later requests, with one of the same length and this
    /// seed.
    Change(u64),
    /// Sends the whole file, even if the request has a range.
    IgnoreRange,
    /// Sends the range, even if the condition does not hold.
    IgnoreCondition,
    /// Sends 206 with a range that starts one byte after the requested start.
    WrongRange,
    /// Sends 416, whatever the range.
    Unsatisfiable,
    /// Adds or replaces this header of the response. An empty value removes the header.
    Header(&'static str, String),
    /// Sends the body in chunks, without `Content-Length`.
    Chunked,
}

/// A handle to the download host. Clones share the same host.
#[derive(Clone)]
pub struct DownloadHost {
    state: Arc<Mutex<State>>,
    server: Arc<Server>,
}

struct State {
    clock: Clock,
    files: BTreeMap<String, Entry>,
    script: VecDeque<DownloadFault>,
    always: Vec<DownloadFault>,
    leaks: usize,
}

struct Entry {
    file: HostedFile,
    bytes: Content,
    downloads: u32,
}

impl DownloadHost {
    /// Starts a host on loopback. It runs until the last handle is dropped. URLs expire by this
    /// clock.
    pub fn start(clock: &Clock) -> Self {
        let state = State {
            clock: clock.clone(),
            files: BTreeMap::new(),
            script: VecDeque::new(),
            always: Vec::new(),
            leaks: 0,
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        let router = Router::new().fallback(move |request: Request| {
            let response = respond(&mut lock(&shared), &request);
            async move { response }
        });
        DownloadHost {
            state,
            server: Arc::new(App::new(router).start()),
        }
    }

    /// All files that were added.
    pub fn files(&self) -> Vec<HostedFile> {
        self.lock()
            .files
            .values()
            .map(|entry| entry.file.clone())
            .collect()
    }

    /// Adds a file and returns its URL. No credentials are needed to download it.
    pub fn add_file(&self, file: HostedFile) -> String {
        let mut state = self.lock();
        let number = state.files.len();
        let target =
            format!("/pull/{number}/snapshot.tar.gz?signature=not-a-real-signature-{number}");
        let entry = Entry {
            bytes: Content::new(file.seed),
            file,
            downloads: 0,
        };
        state.files.insert(target.clone(), entry);
        format!("{}{target}", self.server.url())
    }

    /// Adds another URL for an existing file. It differs in its query.
    pub fn add_url(&self, url: &str) -> String {
        let mut state = self.lock();
        let target = url
            .strip_prefix(&self.server.url())
            .expect("a URL of this host");
        let entry = state.files.get(target).expect("a URL of an existing file");
        let again = Entry {
            file: entry.file.clone(),
            bytes: entry.bytes.clone(),
            downloads: 0,
        };
        let target = format!("{target}-again");
        state.files.insert(target.clone(), again);
        format!("{}{target}", self.server.url())
    }

    /// Queues faults: each is used for one later request for an existing file.
    pub fn script(&self, faults: impl IntoIterator<Item = DownloadFault>) {
        self.lock().script.extend(faults);
    }

    /// Adds a fault to every request, besides the queued one.
    pub fn always(&self, fault: DownloadFault) {
        self.lock().always.push(fault);
    }

    /// Removes the faults that [`always`](Self::always) added.
    pub fn clear_always(&self) {
        self.lock().always.clear();
    }

    /// How many queued faults were not used yet.
    pub fn remaining(&self) -> usize {
        self.lock().script.len()
    }

    /// The requests received so far, in order of arrival.
    pub fn received_requests(&self) -> Vec<RecordedRequest> {
        self.server.received_requests()
    }

    /// The `Range` header of each request, in order of arrival. Empty if the request had none.
    pub fn ranges(&self) -> Vec<String> {
        let range =
            |request: &RecordedRequest| request.header("range").unwrap_or_default().to_owned();
        self.received_requests().iter().map(range).collect()
    }

    /// How many requests carried credentials of the API. All of them were refused.
    pub fn credential_leaks(&self) -> usize {
        self.lock().leaks
    }

    /// The server, to take down, or to wait for requests.
    pub fn server(&self) -> &Server {
        &self.server
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn respond(state: &mut State, request: &Request) -> Response {
    let headers = request.headers();
    if headers
        .get("authorization")
        .is_some_and(|value| is_api_credential(value.as_bytes()))
    {
        state.leaks += 1;
        return HttpResponse::new(400)
            .body("credentials of the API")
            .into_response();
    }
    if !matches!(request.method().as_str(), "GET" | "HEAD") {
        return HttpResponse::new(405).into_response();
    }
    let now = state.clock.now();
    let target = request.uri().to_string();
    let Some(entry) = state.files.get_mut(&target) else {
        return store_error(404, "NoSuchKey").into_response();
    };
    let mut faults = state.always.clone();
    faults.extend(state.script.pop_front());
    for fault in &faults {
        match fault {
            DownloadFault::Respond(response) => return response.clone().into_response(),
            DownloadFault::Change(seed) => {
                (entry.file.seed, entry.bytes) = (*seed, Content::new(*seed))
            }
            _ => {}
        }
    }
    if let Some(refusal) = refusal(&entry.file, now, headers) {
        return refusal.into_response();
    }
    let range = RangeResponse::to(entry, headers, &faults);
    if range.from == 0 && request.method() == "GET" {
        if entry
            .file
            .max_downloads
            .is_some_and(|most| entry.downloads >= most)
        {
            return store_error(403, "AccessDenied").into_response();
        }
        entry.downloads += 1;
    }
    range.into_http(entry, request, faults)
}

fn is_api_credential(authorization: &[u8]) -> bool {
    let authorization = authorization.to_ascii_lowercase();
    authorization.starts_with(b"digest") || authorization.starts_with(b"bearer")
}

fn refusal(file: &HostedFile, now: Duration, headers: &HeaderMap) -> Option<HttpResponse> {
    if file.expires_at.is_some_and(|until| now > until) {
        return Some(store_error(403, "AccessDenied"));
    }
    let (name, value) = file.required_header.as_ref()?;
    match headers.get(name) {
        Some(given) if given.as_bytes() == value.as_bytes() => None,
        Some(_) => Some(HttpResponse::new(403).body("Forbidden")),
        None => Some(HttpResponse::new(401).body("Unauthorized")),
    }
}

/// An error in the format of object stores.
fn store_error(status: u16, code: &str) -> HttpResponse {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>Request has expired</Message></Error>"
    );
    HttpResponse::new(status)
        .header("Content-Type", "application/xml")
        .body(body)
}

/// The status of a response, and the first byte of its body.
struct RangeResponse {
    status: StatusCode,
    from: u64,
}

impl RangeResponse {
    fn to(entry: &Entry, headers: &HeaderMap, faults: &[DownloadFault]) -> Self {
        let whole = RangeResponse {
            status: StatusCode::OK,
            from: 0,
        };
        let any = |wanted: fn(&DownloadFault) -> bool| faults.iter().any(wanted);
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let Some(from) = text("range").and_then(first_byte) else {
            return whole;
        };
        let validators = [entry.etag(), LAST_MODIFIED.to_owned()];
        let same =
            text("if-range").is_none_or(|version| validators.iter().any(|known| known == version));
        let beyond = RangeResponse {
            status: StatusCode::RANGE_NOT_SATISFIABLE,
            from,
        };
        if any(|fault| matches!(fault, DownloadFault::Unsatisfiable)) {
            return beyond;
        }
        let holds = same || any(|fault| matches!(fault, DownloadFault::IgnoreCondition));
        if any(|fault| matches!(fault, DownloadFault::IgnoreRange)) || !holds {
            return whole;
        }
        if from >= entry.file.length {
            return beyond;
        }
        let skipped = u64::from(any(|fault| matches!(fault, DownloadFault::WrongRange)));
        RangeResponse {
            status: StatusCode::PARTIAL_CONTENT,
            from: from + skipped,
        }
    }

    fn into_http(self, entry: &Entry, request: &Request, faults: Vec<DownloadFault>) -> Response {
        let length = entry.file.length;
        let mut response = HttpResponse::new(self.status.as_u16())
            .header("ETag", &entry.etag())
            .header("Last-Modified", LAST_MODIFIED);
        response = response
            .header("Accept-Ranges", "bytes")
            .header("Content-Type", "application/octet-stream");
        if self.status == StatusCode::RANGE_NOT_SATISFIABLE {
            return response
                .header("Content-Range", &format!("bytes */{length}"))
                .into_response();
        }
        if self.status == StatusCode::PARTIAL_CONTENT {
            response = response.header(
                "Content-Range",
                &format!("bytes {}-{}/{length}", self.from, length - 1),
            );
        }
        if !faults
            .iter()
            .any(|fault| matches!(fault, DownloadFault::Chunked))
        {
            response = response.header("Content-Length", &(length - self.from).to_string());
        }
        let mut body_fault = None;
        for fault in faults {
            match fault {
                DownloadFault::Header(name, value) => {
                    response
                        .headers
                        .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                    if !value.is_empty() {
                        response = response.header(name, &value);
                    }
                }
                DownloadFault::Cut(after) => body_fault = Some((after, BodyFault::Close)),
                DownloadFault::Reset(after) => body_fault = Some((after, BodyFault::Reset)),
                DownloadFault::Stall(after, gate) => {
                    body_fault = Some((after, BodyFault::Hold(gate)))
                }
                _ => {}
            }
        }
        let body = if request.method() == "HEAD" {
            Body::empty()
        } else {
            let connection = request.extensions().get::<Connection>().cloned();
            FaultyBody::new(
                entry.bytes.clone(),
                self.from..length,
                body_fault,
                connection,
            )
            .into_body()
        };
        let mut response = response.into_response();
        *response.body_mut() = body;
        response
    }
}

impl Entry {
    /// A strong validator: seed and length determine the content.
    fn etag(&self) -> String {
        format!("\"{:016x}-{:x}\"", self.file.seed, self.file.length)
    }
}

const LAST_MODIFIED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

/// Parses `bytes=N-`. Other ranges are ignored, as the RFC allows.
fn first_byte(range: &str) -> Option<u64> {
    range
        .strip_prefix("bytes=")?
        .strip_suffix('-')?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests;
