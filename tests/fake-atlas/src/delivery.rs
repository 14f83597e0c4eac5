//! The host that snapshots are downloaded from: another server than Atlas, on another port.
//!
//! It takes ranges and conditions as RFC 9110 wants, refuses what has expired as object stores do, and refuses and notes
//! every request that carries credentials of the API.

mod body;
mod bytes;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::answer::Answer;
use super::app::App;
use super::clock::Clock;
use super::gate::Gate;
use super::received::Received;
use super::server::Server;
use super::wire::Wire;
use body::{Damage, Spoilt};
use bytes::Bytes;

/// A file on offer.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Length in bytes.
    pub length: u64,
    /// What its bytes are made from: equal seeds and lengths give equal bytes.
    pub seed: u64,
    /// The time of the clock after which the URL is refused.
    pub until: Option<Duration>,
    /// A header that a request must have, as legacy restore jobs ask for: name and value.
    pub header: Option<(String, String)>,
    /// How often it can be fetched from its first byte.
    pub downloads: Option<u32>,
}

impl Offer {
    /// So many bytes, for whoever has the URL, for ever.
    pub fn new(length: u64, seed: u64) -> Self {
        Offer {
            length,
            seed,
            until: None,
            header: None,
            downloads: None,
        }
    }

    /// All its bytes: for files that fit into memory.
    pub fn bytes(&self) -> Vec<u8> {
        Bytes::of(self.seed).all(self.length)
    }

    /// Its SHA-1, in hexadecimal digits.
    pub fn sha1(&self) -> String {
        Bytes::of(self.seed).sha1(self.length)
    }
}

/// What goes wrong with an answer.
#[derive(Clone, Debug)]
pub enum Mishap {
    /// Nothing.
    None,
    /// The connection ends in an orderly way after so many bytes of the body.
    Cut(u64),
    /// The connection is reset after so many bytes of the body.
    Reset(u64),
    /// The rest comes when the gate is open, after so many bytes of the body.
    Stall(u64, Gate),
    /// This instead: an error, or a redirect.
    Answer(Answer),
    /// From now on the file is another one, of the same length: the one of this seed.
    Change(u64),
    /// The whole file comes, whatever the range.
    IgnoreRange,
    /// The range comes, whatever the condition.
    IgnoreCondition,
    /// 206 with a range that starts one byte later than asked for.
    WrongRange,
    /// 416, whatever the range.
    Unsatisfiable,
    /// The answer has this header too, or instead; with an empty value, not at all.
    Header(&'static str, String),
    /// The body comes in chunks, its length not announced.
    Chunked,
}

/// The handle to a delivery host. Clones are the same host.
#[derive(Clone)]
pub struct Delivery {
    state: Arc<Mutex<State>>,
    server: Arc<Server>,
}

struct State {
    clock: Clock,
    offers: BTreeMap<String, Offered>,
    script: VecDeque<Mishap>,
    always: Vec<Mishap>,
    leaks: usize,
}

struct Offered {
    offer: Offer,
    bytes: Bytes,
    begun: u32,
}

impl Delivery {
    /// Serves on loopback until the last handle is dropped. What expires goes by this clock.
    pub fn start(clock: &Clock) -> Self {
        let state = State {
            clock: clock.clone(),
            offers: BTreeMap::new(),
            script: VecDeque::new(),
            always: Vec::new(),
            leaks: 0,
        };
        let state = Arc::new(Mutex::new(state));
        let answering = Arc::clone(&state);
        let router = Router::new().fallback(move |request: Request| {
            let answer = answer(&mut lock(&answering), &request);
            async move { answer }
        });
        Delivery {
            state,
            server: Arc::new(App::new(router).start()),
        }
    }

    /// All that was put on offer.
    pub fn offers(&self) -> Vec<Offer> {
        self.lock()
            .offers
            .values()
            .map(|offered| offered.offer.clone())
            .collect()
    }

    /// Puts a file on offer, and returns the URL to fetch it from. Whoever has the URL can fetch it.
    pub fn offer(&self, offer: Offer) -> String {
        let mut state = self.lock();
        let number = state.offers.len();
        let target =
            format!("/pull/{number}/snapshot.tar.gz?signature=not-a-real-signature-{number}");
        let offered = Offered {
            bytes: Bytes::of(offer.seed),
            offer,
            begun: 0,
        };
        state.offers.insert(target.clone(), offered);
        format!("{}{target}", self.server.url())
    }

    /// Another URL for a file of which there is one, with a query of its own.
    pub fn offer_again(&self, url: &str) -> String {
        let mut state = self.lock();
        let target = url
            .strip_prefix(&self.server.url())
            .expect("a URL of this host");
        let offered = state.offers.get(target).expect("a URL that is on offer");
        let again = Offered {
            offer: offered.offer.clone(),
            bytes: offered.bytes.clone(),
            begun: 0,
        };
        let target = format!("{target}-again");
        state.offers.insert(target.clone(), again);
        format!("{}{target}", self.server.url())
    }

    /// One mishap for each of the next requests for a file on offer, after those that are planned already.
    pub fn next(&self, mishaps: impl IntoIterator<Item = Mishap>) {
        self.lock().script.extend(mishaps);
    }

    /// This for all of them, beside what is planned.
    pub fn always(&self, mishap: Mishap) {
        self.lock().always.push(mishap);
    }

    /// Nothing for all of them any more.
    pub fn never(&self) {
        self.lock().always.clear();
    }

    /// How many mishaps are planned and have not happened yet.
    pub fn left(&self) -> usize {
        self.lock().script.len()
    }

    /// What has come in so far, in the order of arrival.
    pub fn received(&self) -> Vec<Received> {
        self.server.received()
    }

    /// The ranges that were asked for, in the order of arrival; empty for a whole file.
    pub fn ranges(&self) -> Vec<String> {
        let range = |request: &Received| request.header("range").unwrap_or_default().to_owned();
        self.received().iter().map(range).collect()
    }

    /// How many requests carried credentials of the API. They were refused.
    pub fn leaks(&self) -> usize {
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

fn answer(state: &mut State, request: &Request) -> Response {
    let headers = request.headers();
    if headers
        .get("authorization")
        .is_some_and(|value| is_of_the_api(value.as_bytes()))
    {
        state.leaks += 1;
        return Answer::new(400)
            .body("credentials of the API")
            .into_response();
    }
    if !matches!(request.method().as_str(), "GET" | "HEAD") {
        return Answer::new(405).into_response();
    }
    let now = state.clock.now();
    let target = request.uri().to_string();
    let Some(offered) = state.offers.get_mut(&target) else {
        return store_error(404, "NoSuchKey").into_response();
    };
    let mut mishaps = state.always.clone();
    mishaps.extend(state.script.pop_front());
    for mishap in &mishaps {
        match mishap {
            Mishap::Answer(answer) => return answer.clone().into_response(),
            Mishap::Change(seed) => (offered.offer.seed, offered.bytes) = (*seed, Bytes::of(*seed)),
            _ => {}
        }
    }
    if let Some(refusal) = refusal(&offered.offer, now, headers) {
        return refusal.into_response();
    }
    let reply = Reply::to(offered, headers, &mishaps);
    if reply.from == 0 && request.method() == "GET" {
        if offered
            .offer
            .downloads
            .is_some_and(|most| offered.begun >= most)
        {
            return store_error(403, "AccessDenied").into_response();
        }
        offered.begun += 1;
    }
    reply.response(offered, request, mishaps)
}

fn is_of_the_api(authorization: &[u8]) -> bool {
    let authorization = authorization.to_ascii_lowercase();
    authorization.starts_with(b"digest") || authorization.starts_with(b"bearer")
}

fn refusal(offer: &Offer, now: Duration, headers: &HeaderMap) -> Option<Answer> {
    if offer.until.is_some_and(|until| now > until) {
        return Some(store_error(403, "AccessDenied"));
    }
    let (name, value) = offer.header.as_ref()?;
    match headers.get(name) {
        Some(given) if given.as_bytes() == value.as_bytes() => None,
        Some(_) => Some(Answer::new(403).body("Forbidden")),
        None => Some(Answer::new(401).body("Unauthorized")),
    }
}

/// As object stores refuse.
fn store_error(status: u16, code: &str) -> Answer {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>Request has expired</Message></Error>"
    );
    Answer::new(status)
        .header("Content-Type", "application/xml")
        .body(body)
}

/// Which bytes are answered, under which status.
struct Reply {
    status: StatusCode,
    from: u64,
}

impl Reply {
    fn to(offered: &Offered, headers: &HeaderMap, mishaps: &[Mishap]) -> Self {
        let whole = Reply {
            status: StatusCode::OK,
            from: 0,
        };
        let any = |wanted: fn(&Mishap) -> bool| mishaps.iter().any(wanted);
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let Some(from) = text("range").and_then(first_byte) else {
            return whole;
        };
        let versions = [offered.etag(), LAST_MODIFIED.to_owned()];
        let same =
            text("if-range").is_none_or(|version| versions.iter().any(|known| known == version));
        let beyond = Reply {
            status: StatusCode::RANGE_NOT_SATISFIABLE,
            from,
        };
        if any(|mishap| matches!(mishap, Mishap::Unsatisfiable)) {
            return beyond;
        }
        let holds = same || any(|mishap| matches!(mishap, Mishap::IgnoreCondition));
        if any(|mishap| matches!(mishap, Mishap::IgnoreRange)) || !holds {
            return whole;
        }
        if from >= offered.offer.length {
            return beyond;
        }
        let skipped = u64::from(any(|mishap| matches!(mishap, Mishap::WrongRange)));
        Reply {
            status: StatusCode::PARTIAL_CONTENT,
            from: from + skipped,
        }
    }

    fn response(self, offered: &Offered, request: &Request, mishaps: Vec<Mishap>) -> Response {
        let length = offered.offer.length;
        let mut answer = Answer::new(self.status.as_u16())
            .header("ETag", &offered.etag())
            .header("Last-Modified", LAST_MODIFIED);
        answer = answer
            .header("Accept-Ranges", "bytes")
            .header("Content-Type", "application/octet-stream");
        if self.status == StatusCode::RANGE_NOT_SATISFIABLE {
            return answer
                .header("Content-Range", &format!("bytes */{length}"))
                .into_response();
        }
        if self.status == StatusCode::PARTIAL_CONTENT {
            answer = answer.header(
                "Content-Range",
                &format!("bytes {}-{}/{length}", self.from, length - 1),
            );
        }
        if !mishaps
            .iter()
            .any(|mishap| matches!(mishap, Mishap::Chunked))
        {
            answer = answer.header("Content-Length", &(length - self.from).to_string());
        }
        let mut damage = None;
        for mishap in mishaps {
            match mishap {
                Mishap::Header(name, value) => {
                    answer
                        .headers
                        .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
                    if !value.is_empty() {
                        answer = answer.header(name, &value);
                    }
                }
                Mishap::Cut(after) => damage = Some((after, Damage::Close)),
                Mishap::Reset(after) => damage = Some((after, Damage::Reset)),
                Mishap::Stall(after, gate) => damage = Some((after, Damage::Held(gate))),
                _ => {}
            }
        }
        let body = if request.method() == "HEAD" {
            Body::empty()
        } else {
            let wire = request.extensions().get::<Wire>().cloned();
            Spoilt::new(offered.bytes.clone(), self.from..length, damage, wire).into_body()
        };
        let mut response = answer.into_response();
        *response.body_mut() = body;
        response
    }
}

impl Offered {
    /// Strong: made from what its bytes are made from.
    fn etag(&self) -> String {
        format!("\"{:016x}-{:x}\"", self.offer.seed, self.offer.length)
    }
}

const LAST_MODIFIED: &str = "Sun, 06 Nov 1994 08:49:37 GMT";

/// Of `bytes=N-`, the only kind that it knows; it may overlook all others.
fn first_byte(range: &str) -> Option<u64> {
    range
        .strip_prefix("bytes=")?
        .strip_suffix('-')?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests;
