//! Faults that a test injects between a client and the server.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::app::Layer;
use super::connection::Connection;
use super::digest::Digest;
use super::examples::error_response;
use super::gate::Gate;
use super::oauth::OAuth;
use super::response::HttpResponse;

/// What happens to one request.
///
/// A fault that keeps the application's response from the client also keeps the request from the
/// application, unless [`after_handling`](Fault::after_handling) is called.
#[derive(Clone)]
pub struct Fault {
    name: &'static str,
    kind: Kind,
    handle_first: bool,
}

#[derive(Clone)]
enum Kind {
    Pass,
    Respond(HttpResponse),
    Reset,
    Close,
    Silent,
    Hold(Gate),
    Body(BodyFault),
    RunFirst(Arc<dyn Fn() + Send + Sync>),
}

/// What happens to a body after its first half.
#[derive(Clone)]
enum BodyFault {
    Reset,
    Close,
    Hold(Gate),
}

impl Fault {
    fn new(name: &'static str, kind: Kind) -> Self {
        Fault {
            name,
            kind,
            handle_first: false,
        }
    }

    /// No fault.
    pub fn pass() -> Self {
        Fault::new("pass", Kind::Pass)
    }

    /// Sends this response instead of the application's.
    pub fn respond(response: HttpResponse) -> Self {
        Fault::new("respond", Kind::Respond(response))
    }

    /// 429, with `Retry-After` if `retry_after` is given, in seconds.
    pub fn rate_limited(retry_after: Option<u64>) -> Self {
        let response = error_response("rateLimited");
        Fault::respond(match retry_after {
            Some(seconds) => response.header("Retry-After", &seconds.to_string()),
            None => response,
        })
    }

    /// 429 with a date in `Retry-After`, this many seconds (less than ten) after the `Date` of the
    /// response, in 1994.
    pub fn rate_limited_until(seconds: u64) -> Self {
        let until = format!("Sun, 06 Nov 1994 08:49:{} GMT", 37 + seconds.min(9));
        let sent = "Sun, 06 Nov 1994 08:49:37 GMT";
        Fault::respond(
            error_response("rateLimited")
                .header("Retry-After", &until)
                .header("Date", sent),
        )
    }

    /// 400 with the error code of rate limiting, as Atlas has been seen to respond.
    pub fn rate_limited_as_400() -> Self {
        let mut limited = error_response("rateLimited");
        limited.status = 400;
        Fault::respond(limited)
    }

    /// 503 from a gateway, in HTML.
    pub fn html_503() -> Self {
        let page = "<html><head><title>503 Service Temporarily Unavailable</title></head></html>";
        Fault::respond(
            HttpResponse::new(503)
                .header("Content-Type", "text/html")
                .body(page),
        )
    }

    /// 502 without a body.
    pub fn empty_502() -> Self {
        Fault::respond(HttpResponse::new(502))
    }

    /// 504 with a line of text.
    pub fn gateway_timeout_504() -> Self {
        Fault::respond(
            HttpResponse::new(504)
                .header("Content-Type", "text/plain")
                .body("upstream request timeout"),
        )
    }

    /// A redirect with this status (302, 307…) to this location.
    pub fn redirect(status: u16, location: &str) -> Self {
        Fault::respond(HttpResponse::new(status).header("Location", location))
    }

    /// 401 without a challenge, in ISO-8859-1. Its `detail` is
    /// `Zugriff verweigert für diese Adresse.`
    pub fn unauthorized_latin_1() -> Self {
        let text = error_response("noCredentials").body;
        let mut body: serde_json::Value =
            serde_json::from_slice(&text).expect("the example is JSON");
        body["detail"] = "Zugriff verweigert f\u{fc}r diese Adresse.".into();
        let latin_1 = body
            .to_string()
            .chars()
            .map(|letter| u8::try_from(letter).unwrap_or(b'?'))
            .collect::<Vec<_>>();
        Fault::respond(
            HttpResponse::new(401)
                .header("Content-Type", "application/json;charset=ISO-8859-1")
                .body(latin_1),
        )
    }

    /// Resets the connection before the first byte of a response.
    pub fn reset() -> Self {
        Fault::new("reset", Kind::Reset)
    }

    /// Closes the connection before the first byte of a response, without a reset.
    pub fn close() -> Self {
        Fault::new("close", Kind::Close)
    }

    /// Never responds.
    pub fn silent() -> Self {
        Fault::new("silent", Kind::Silent)
    }

    /// Holds the application's response until the gate opens.
    pub fn hold_until(gate: &Gate) -> Self {
        Fault::new("hold", Kind::Hold(gate.clone()))
    }

    /// Resets the connection after the first half of the body. The application handles the request.
    pub fn reset_mid_body() -> Self {
        Fault::new("reset mid-body", Kind::Body(BodyFault::Reset)).after_handling()
    }

    /// Closes the connection after the first half of the body, without a reset. The application
    /// handles the request.
    pub fn cut_short() -> Self {
        Fault::new("cut short", Kind::Body(BodyFault::Close)).after_handling()
    }

    /// Holds the second half of the body until the gate opens. The application handles the request.
    pub fn slow_body(gate: &Gate) -> Self {
        Fault::new("slow body", Kind::Body(BodyFault::Hold(gate.clone()))).after_handling()
    }

    /// Runs this action, then handles the request without a fault.
    pub fn run_first(action: impl Fn() + Send + Sync + 'static) -> Self {
        Fault::new("run first", Kind::RunFirst(Arc::new(action)))
    }

    /// Makes all nonces stale before the request is handled.
    pub fn stale_nonce(digest: &Digest) -> Self {
        let digest = digest.clone();
        Fault::run_first(move || digest.expire_nonces())
    }

    /// Revokes all tokens before the request is handled.
    pub fn revoked_token(oauth: &OAuth) -> Self {
        let oauth = oauth.clone();
        Fault::run_first(move || oauth.revoke_tokens())
    }

    /// Expires all tokens before the request is handled.
    pub fn expired_token(oauth: &OAuth) -> Self {
        let oauth = oauth.clone();
        Fault::run_first(move || oauth.expire_tokens())
    }

    /// The application handles the request first, and its response is dropped. The client cannot
    /// know that.
    #[must_use]
    pub fn after_handling(mut self) -> Self {
        self.handle_first = true;
        self
    }

    /// Sets `Retry-After`, in seconds, if this fault sends a response. Other faults are not
    /// changed.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        if let Kind::Respond(response) = &mut self.kind {
            response
                .headers
                .retain(|(name, _)| !name.eq_ignore_ascii_case("retry-after"));
            response
                .headers
                .push(("Retry-After".to_owned(), seconds.to_string()));
        }
        self
    }

    async fn apply(self, request: Request, next: Next) -> Response {
        let connection = request.extensions().get::<Connection>().cloned();
        match self.kind {
            Kind::Pass => return next.run(request).await,
            Kind::RunFirst(action) => {
                action();
                return next.run(request).await;
            }
            Kind::Hold(gate) => {
                let response = next.run(request).await;
                gate.pass().await;
                return response;
            }
            Kind::Body(damage) => {
                return with_body_fault(next.run(request).await, damage, connection).await;
            }
            Kind::Respond(_) | Kind::Reset | Kind::Close | Kind::Silent if self.handle_first => {
                drop(next.run(request).await)
            }
            Kind::Respond(_) | Kind::Reset | Kind::Close | Kind::Silent => {}
        }
        match (self.kind, connection) {
            (Kind::Respond(response), _) => return response.into_response(),
            (Kind::Reset, Some(connection)) => connection.reset(),
            (Kind::Close, Some(connection)) => connection.close(),
            _ => {}
        }
        // A closed connection can take no response, and a silent one never gets any.
        std::future::pending().await
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        match &self.kind {
            Kind::Respond(response) => write!(f, " {}", response.status),
            _ => Ok(()),
        }?;
        if self.handle_first {
            f.write_str(" after handling")
        } else {
            Ok(())
        }
    }
}

/// The response with its full `Content-Length`, and a fault in the second half of its body.
async fn with_body_fault(
    response: Response,
    damage: BodyFault,
    connection: Option<Connection>,
) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(CONTENT_LENGTH, body.len().into());
    let (first, rest) = (body.slice(..body.len() / 2), body.slice(body.len() / 2..));
    let steps = stream::unfold(Step::First(first, rest, damage), move |step| {
        advance(step, connection.clone())
    });
    Response::from_parts(parts, Body::from_stream(steps))
}

/// The state of a faulty body.
enum Step {
    First(Bytes, Bytes, BodyFault),
    Then(Bytes, BodyFault),
    End,
}

async fn advance(step: Step, connection: Option<Connection>) -> Option<(io::Result<Bytes>, Step)> {
    let (rest, damage) = match step {
        Step::First(first, rest, damage) => return Some((Ok(first), Step::Then(rest, damage))),
        Step::Then(rest, damage) => (rest, damage),
        Step::End => return None,
    };
    if let BodyFault::Hold(gate) = damage {
        gate.pass().await;
        return Some((Ok(rest), Step::End));
    }
    if let Some(connection) = connection {
        // The HTTP server has the first half by now. After the next flush, the system has it too.
        connection.flushed_after(connection.flushes()).await;
        match damage {
            BodyFault::Reset => connection.reset(),
            _ => connection.close(),
        }
    }
    Some((Err(io::ErrorKind::BrokenPipe.into()), Step::End))
}

/// Selects the requests that a script counts.
type Filter = Arc<dyn Fn(&Request) -> bool + Send + Sync>;

/// The layer that injects faults, by the number of the request. Clones share the same script.
#[derive(Clone)]
pub struct Faults {
    filter: Filter,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    script: BTreeMap<usize, Fault>,
    pushed: VecDeque<Fault>,
    random: Option<Random>,
    always: Option<Fault>,
    seen: usize,
    triggered: Vec<(usize, String)>,
}

/// Chooses faults at random.
struct Random {
    numbers: fastrand::Rng,
    percent: u8,
    faults: Vec<Fault>,
}

impl Random {
    fn next(&mut self) -> Option<Fault> {
        let is_due = self.numbers.u8(..100) < self.percent;
        let chosen = self.numbers.choice(&self.faults);
        chosen.filter(|_| is_due).cloned()
    }
}

impl Faults {
    /// No faults yet.
    pub fn none() -> Self {
        Faults {
            filter: Arc::new(|_| true),
            state: Arc::default(),
        }
    }

    /// One fault for each of the first requests, in order; [`Fault::pass`] skips one. Later
    /// requests have no fault.
    pub fn script(script: impl IntoIterator<Item = Fault>) -> Self {
        let faults = Faults::none();
        faults.lock().script = script.into_iter().enumerate().collect();
        faults
    }

    /// The same fault for every request.
    pub fn always(fault: Fault) -> Self {
        Faults::none().otherwise(fault)
    }

    /// Sets the fault for the request with this number, counted from 0.
    #[must_use]
    pub fn at(self, index: usize, fault: Fault) -> Self {
        self.lock().script.insert(index, fault);
        self
    }

    /// Sets the fault for every request that has no other fault.
    #[must_use]
    pub fn otherwise(self, fault: Fault) -> Self {
        self.lock().always = Some(fault);
        self
    }

    /// Gives one request of a hundred, times `percent`, one of these faults. Both are chosen at
    /// random, in the same way for the same `seed`.
    #[must_use]
    pub fn at_random(
        self,
        percent: u8,
        seed: u64,
        faults: impl IntoIterator<Item = Fault>,
    ) -> Self {
        self.lock().random = Some(Random {
            numbers: fastrand::Rng::with_seed(seed),
            percent,
            faults: faults.into_iter().collect(),
        });
        self
    }

    /// Counts only requests with this method (in capitals), and lets all others pass.
    #[must_use]
    pub fn on_method(self, method: &'static str) -> Self {
        self.only(move |request| request.method().as_str() == method)
    }

    /// Counts only requests to this path (without query), and lets all others pass.
    #[must_use]
    pub fn on_path(self, path: &str) -> Self {
        let path = path.to_owned();
        self.only(move |request| request.uri().path() == path)
    }

    /// Counts only requests that read one thing by its id, as polls do, and lets all others pass.
    #[must_use]
    pub fn on_polls(self) -> Self {
        self.on_method("GET").only(|request| {
            let last = request.uri().path().rsplit('/').next().unwrap_or_default();
            last.len() == 24 && last.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    }

    /// Counts only requests with an `Authorization` header, and lets all others pass.
    #[must_use]
    pub fn with_authorization(self) -> Self {
        self.only(|request| request.headers().contains_key("authorization"))
    }

    fn only(mut self, also: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        let before = self.filter;
        self.filter = Arc::new(move |request| before(request) && also(request));
        self
    }

    /// Queues a fault for the next request that has no fault in the script.
    pub fn push(&self, fault: Fault) {
        self.lock().pushed.push_back(fault);
    }

    /// The faults that were triggered, each with the number of its request. [`Fault::pass`] is left
    /// out.
    pub fn triggered(&self) -> Vec<(usize, String)> {
        self.lock().triggered.clone()
    }

    /// How many faults were not triggered yet. If some remain at the end of a test, it has not
    /// tested what it claims.
    pub fn remaining(&self) -> usize {
        let state = self.lock();
        state.script.len() + state.pushed.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fault_for(&self, request: &Request) -> Fault {
        if !(self.filter)(request) {
            return Fault::pass();
        }
        let mut state = self.lock();
        let index = state.seen;
        state.seen += 1;
        let scripted = state
            .script
            .remove(&index)
            .or_else(|| state.pushed.pop_front());
        let fault = scripted
            .or_else(|| state.random.as_mut().and_then(Random::next))
            .or_else(|| state.always.clone())
            .unwrap_or_else(Fault::pass);
        if !matches!(fault.kind, Kind::Pass) {
            state.triggered.push((index, format!("{fault:?}")));
        }
        fault
    }
}

impl Layer for Faults {
    fn wrap(&self, inner: Router) -> Router {
        let faults = self.clone();
        inner.layer(middleware::from_fn(move |request: Request, next: Next| {
            faults.fault_for(&request).apply(request, next)
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;
    use crate::test_client::{TestClient, TestResponse, digest_header};
    use crate::{Algorithm, App, Server};

    const SNAPSHOTS: &str =
        "/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/snapshots";

    fn start(faults: &Faults) -> Server {
        App::examples().layer(faults).start()
    }

    /// Sends one request on a new connection.
    fn post(server: &Server) -> io::Result<TestResponse> {
        let mut client = TestClient::connect(server);
        client.send("POST", SNAPSHOTS, "", "{}");
        client.read()
    }

    fn one(fault: Fault) -> TestResponse {
        post(&start(&Faults::script([fault]))).unwrap()
    }

    #[test]
    fn answers() {
        let limited = one(Fault::rate_limited(Some(10)));
        assert_eq!(
            (limited.status, limited.header("retry-after")),
            (429, Some("10"))
        );
        assert_eq!(one(Fault::rate_limited(None)).header("retry-after"), None);
        assert_eq!(
            one(Fault::rate_limited(Some(10)).retry_after(0)).header("retry-after"),
            Some("0")
        );
        let limited = one(Fault::rate_limited_until(5));
        assert_eq!(
            limited.header("retry-after"),
            Some("Sun, 06 Nov 1994 08:49:42 GMT")
        );
        assert_eq!(
            limited.header("date"),
            Some("Sun, 06 Nov 1994 08:49:37 GMT")
        );
        let limited = one(Fault::rate_limited_as_400());
        assert!(
            limited.status == 400
                && String::from_utf8_lossy(&limited.body).contains("RATE_LIMITED")
        );
        let html = one(Fault::html_503());
        assert!(html.status == 503 && html.body.starts_with(b"<html>"));
        let empty = one(Fault::empty_502());
        assert_eq!((empty.status, &*empty.body), (502, &b""[..]));
        assert_eq!(one(Fault::gateway_timeout_504()).status, 504);
        let redirect = one(Fault::redirect(307, "http://127.0.0.1:1/"));
        assert_eq!(
            (redirect.status, redirect.header("location")),
            (307, Some("http://127.0.0.1:1/"))
        );
        let refused = one(Fault::unauthorized_latin_1());
        assert!(refused.status == 401 && refused.body.contains(&0xfc));
        assert_eq!(refused.header("www-authenticate"), None);
    }

    #[test]
    fn a_reset_before_the_answer() {
        let server = start(&Faults::script([
            Fault::reset(),
            Fault::reset().after_handling(),
        ]));
        assert_eq!(
            post(&server).unwrap_err().kind(),
            ErrorKind::ConnectionReset
        );
        assert_eq!(server.handled_count("POST"), 0);
        assert_eq!(
            post(&server).unwrap_err().kind(),
            ErrorKind::ConnectionReset
        );
        assert_eq!(
            (server.handled_count("POST"), server.request_count()),
            (1, 2)
        );
        assert_eq!(server.received_requests()[1].status, None);
        assert_eq!(post(&server).unwrap().status, 200);
    }

    #[test]
    fn an_end_before_the_answer() {
        let server = start(&Faults::script([Fault::close()]));
        assert_eq!(post(&server).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        assert_eq!(server.handled_count("POST"), 0);
    }

    #[test]
    fn half_a_body() {
        for (fault, kind) in [
            (Fault::reset_mid_body(), ErrorKind::ConnectionReset),
            (Fault::cut_short(), ErrorKind::UnexpectedEof),
        ] {
            let server = start(&Faults::script([fault]));
            let broken = post(&server).unwrap();
            assert_eq!((broken.status, broken.broken), (200, Some(kind)));
            let whole = post(&server).unwrap();
            assert_eq!(broken.body, whole.body[..whole.body.len() / 2]);
            assert_eq!(server.handled_count("POST"), 2);
        }
    }

    #[tokio::test]
    async fn a_slow_body() {
        let gate = Gate::closed();
        let server = start(&Faults::script([Fault::slow_body(&gate)]));
        let mut client = TestClient::connect(&server);
        client.send("POST", SNAPSHOTS, "", "{}");
        gate.wait_for_arrivals(1).await;
        gate.open();
        let slow = client.read().unwrap();
        assert_eq!(
            (slow.broken, slow.body),
            (None, post(&server).unwrap().body)
        );
    }

    #[test]
    fn a_fault_after_handling() {
        let server = start(&Faults::script([
            Fault::gateway_timeout_504().after_handling()
        ]));
        assert_eq!(post(&server).unwrap().status, 504);
        assert_eq!(server.handled_count("POST"), 1);
    }

    #[test]
    fn a_script_counts_what_it_is_for() {
        let faults = Faults::none()
            .at(1, Fault::empty_502())
            .otherwise(Fault::html_503());
        let faults = faults.on_method("POST").on_path(SNAPSHOTS);
        faults.push(Fault::gateway_timeout_504());
        let server = start(&faults);
        let mut client = TestClient::connect(&server);
        let mut call = |method, path| client.call(method, path, "", "").status;
        assert_eq!(
            [
                call("PUT", SNAPSHOTS),
                call("POST", "/"),
                call("POST", SNAPSHOTS)
            ],
            [404, 404, 504]
        );
        assert_eq!(
            (
                faults.remaining(),
                [call("POST", SNAPSHOTS), call("POST", SNAPSHOTS)]
            ),
            (1, [502, 503])
        );
        let triggered = faults.triggered();
        let names: Vec<_> = triggered
            .iter()
            .map(|(index, name)| (*index, name.as_str()))
            .collect();
        assert_eq!(
            names,
            [(0, "respond 504"), (1, "respond 502"), (2, "respond 503")]
        );
        assert_eq!(faults.remaining(), 0);
    }

    #[test]
    fn faults_at_random_are_as_many_as_asked_for_and_repeatable() {
        let chosen = |seed| -> Vec<Option<String>> {
            let mut random = Random {
                numbers: fastrand::Rng::with_seed(seed),
                percent: 5,
                faults: vec![Fault::reset(), Fault::html_503(), Fault::empty_502()],
            };
            (0..10_000)
                .map(|_| random.next().map(|fault| format!("{fault:?}")))
                .collect()
        };
        let (first, again, other) = (chosen(1), chosen(1), chosen(2));
        assert!(first == again && first != other);
        for name in ["reset", "respond 503", "respond 502"] {
            let count = first.iter().flatten().filter(|it| *it == name).count();
            assert!((120..220).contains(&count), "{name}: {count}");
        }
    }

    #[test]
    fn a_nonce_that_becomes_stale() {
        let digest = Digest::atlas();
        let faults = Faults::script([Fault::stale_nonce(&digest)]).with_authorization();
        let server = App::examples().layer(&digest).layer(&faults).start();
        let mut client = TestClient::connect(&server);
        let nonce = client.get("/").nonce();
        let refused = client.call(
            "GET",
            "/",
            &digest_header(Algorithm::Md5, "GET", "/", &nonce, Some(1)),
            "",
        );
        assert!(
            refused
                .header("www-authenticate")
                .unwrap()
                .ends_with("stale=true")
        );
        let nonce = refused.nonce();
        assert_eq!(
            client
                .call(
                    "GET",
                    "/",
                    &digest_header(Algorithm::Md5, "GET", "/", &nonce, Some(1)),
                    ""
                )
                .status,
            404
        );
    }
}
