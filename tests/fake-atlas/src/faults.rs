//! What goes wrong between a client and Atlas, on demand.

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

use super::answer::Answer;
use super::app::Layer;
use super::digest::Digest;
use super::examples::error;
use super::gate::Gate;
use super::oauth::OAuth;
use super::wire::Wire;

/// What happens to one request.
///
/// Unless [`after_acting`](Fault::after_acting) says otherwise, a fault that keeps the application's answer from the
/// client also keeps the request from the application.
#[derive(Clone)]
pub struct Fault {
    name: &'static str,
    kind: Kind,
    acting: bool,
}

#[derive(Clone)]
enum Kind {
    Pass,
    Answer(Answer),
    Reset,
    Close,
    Silent,
    Held(Gate),
    Body(Damage),
    First(Arc<dyn Fn() + Send + Sync>),
}

/// What happens to a body after its first half.
#[derive(Clone)]
enum Damage {
    Reset,
    Close,
    Held(Gate),
}

impl Fault {
    fn new(name: &'static str, kind: Kind) -> Self {
        Fault {
            name,
            kind,
            acting: false,
        }
    }

    /// No fault.
    pub fn pass() -> Self {
        Fault::new("pass", Kind::Pass)
    }

    /// This instead of the application's answer.
    pub fn answer(answer: Answer) -> Self {
        Fault::new("answer", Kind::Answer(answer))
    }

    /// 429, with `Retry-After` if seconds are given.
    pub fn rate_limited(retry_after: Option<u64>) -> Self {
        let answer = error("rateLimited");
        Fault::answer(match retry_after {
            Some(seconds) => answer.header("Retry-After", &seconds.to_string()),
            None => answer,
        })
    }

    /// 429 with a date in `Retry-After`, that many seconds (less than ten) after the date of the answer, in 1994.
    pub fn rate_limited_until(seconds: u64) -> Self {
        let until = format!("Sun, 06 Nov 1994 08:49:{} GMT", 37 + seconds.min(9));
        let sent = "Sun, 06 Nov 1994 08:49:37 GMT";
        Fault::answer(
            error("rateLimited")
                .header("Retry-After", &until)
                .header("Date", sent),
        )
    }

    /// 400 with the error code of rate limiting, as Atlas has been seen to answer.
    pub fn rate_limited_as_400() -> Self {
        let mut limited = error("rateLimited");
        limited.status = 400;
        Fault::answer(limited)
    }

    /// 503 from a gateway, in HTML.
    pub fn html_503() -> Self {
        let page = "<html><head><title>503 Service Temporarily Unavailable</title></head></html>";
        Fault::answer(
            Answer::new(503)
                .header("Content-Type", "text/html")
                .body(page),
        )
    }

    /// 502 without a body.
    pub fn empty_502() -> Self {
        Fault::answer(Answer::new(502))
    }

    /// 504 with a line of text.
    pub fn gateway_timeout_504() -> Self {
        Fault::answer(
            Answer::new(504)
                .header("Content-Type", "text/plain")
                .body("upstream request timeout"),
        )
    }

    /// A redirect (302, 307…) to there.
    pub fn redirect(status: u16, location: &str) -> Self {
        Fault::answer(Answer::new(status).header("Location", location))
    }

    /// 401 without a challenge, in ISO-8859-1. Its `detail`: `Zugriff verweigert für diese Adresse.`
    pub fn unauthorized_latin_1() -> Self {
        let text = error("noCredentials").body;
        let mut body: serde_json::Value =
            serde_json::from_slice(&text).expect("the example is JSON");
        body["detail"] = "Zugriff verweigert f\u{fc}r diese Adresse.".into();
        let latin_1 = body
            .to_string()
            .chars()
            .map(|letter| u8::try_from(letter).unwrap_or(b'?'))
            .collect::<Vec<_>>();
        Fault::answer(
            Answer::new(401)
                .header("Content-Type", "application/json;charset=ISO-8859-1")
                .body(latin_1),
        )
    }

    /// A reset of the connection before the first byte of an answer.
    pub fn reset() -> Self {
        Fault::new("reset", Kind::Reset)
    }

    /// An orderly end of the connection before the first byte of an answer.
    pub fn close() -> Self {
        Fault::new("close", Kind::Close)
    }

    /// No answer, ever.
    pub fn silent() -> Self {
        Fault::new("silent", Kind::Silent)
    }

    /// The application's answer, when the gate is open.
    pub fn held(gate: &Gate) -> Self {
        Fault::new("held", Kind::Held(gate.clone()))
    }

    /// A reset after the first half of the body. The application acts.
    pub fn reset_mid_body() -> Self {
        Fault::new("reset mid-body", Kind::Body(Damage::Reset)).after_acting()
    }

    /// An orderly end of the connection after the first half of the body. The application acts.
    pub fn cut_short() -> Self {
        Fault::new("cut short", Kind::Body(Damage::Close)).after_acting()
    }

    /// The second half of the body when the gate is open. The application acts.
    pub fn slow_body(gate: &Gate) -> Self {
        Fault::new("slow body", Kind::Body(Damage::Held(gate.clone()))).after_acting()
    }

    /// No fault, but this happens first.
    pub fn first(action: impl Fn() + Send + Sync + 'static) -> Self {
        Fault::new("first", Kind::First(Arc::new(action)))
    }

    /// All nonces become stale before the request is looked at.
    pub fn stale_nonce(digest: &Digest) -> Self {
        let digest = digest.clone();
        Fault::first(move || digest.expire_nonces())
    }

    /// All tokens are revoked before the request is looked at.
    pub fn revoked_token(oauth: &OAuth) -> Self {
        let oauth = oauth.clone();
        Fault::first(move || oauth.revoke_tokens())
    }

    /// All tokens expire before the request is looked at.
    pub fn expired_token(oauth: &OAuth) -> Self {
        let oauth = oauth.clone();
        Fault::first(move || oauth.expire_tokens())
    }

    /// The request reaches the application first, and what it answers is thrown away: the client cannot know.
    #[must_use]
    pub fn after_acting(mut self) -> Self {
        self.acting = true;
        self
    }

    /// An answer that asks to try again after so many seconds. Other faults stay as they are.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        if let Kind::Answer(answer) = &mut self.kind {
            answer
                .headers
                .retain(|(name, _)| !name.eq_ignore_ascii_case("retry-after"));
            answer
                .headers
                .push(("Retry-After".to_owned(), seconds.to_string()));
        }
        self
    }

    async fn happen(self, request: Request, next: Next) -> Response {
        let wire = request.extensions().get::<Wire>().cloned();
        match self.kind {
            Kind::Pass => return next.run(request).await,
            Kind::First(action) => {
                action();
                return next.run(request).await;
            }
            Kind::Held(gate) => {
                let response = next.run(request).await;
                gate.pass().await;
                return response;
            }
            Kind::Body(damage) => return damaged(next.run(request).await, damage, wire).await,
            Kind::Answer(_) | Kind::Reset | Kind::Close | Kind::Silent if self.acting => {
                drop(next.run(request).await)
            }
            Kind::Answer(_) | Kind::Reset | Kind::Close | Kind::Silent => {}
        }
        match (self.kind, wire) {
            (Kind::Answer(answer), _) => return answer.into_response(),
            (Kind::Reset, Some(wire)) => wire.reset(),
            (Kind::Close, Some(wire)) => wire.close(),
            _ => {}
        }
        // A connection that is gone takes no answer; a silent one never gets any.
        std::future::pending().await
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        match &self.kind {
            Kind::Answer(answer) => write!(f, " {}", answer.status),
            _ => Ok(()),
        }?;
        if self.acting {
            f.write_str(" after acting")
        } else {
            Ok(())
        }
    }
}

/// The answer, all of it announced and the second half of its body spoilt.
async fn damaged(response: Response, damage: Damage, wire: Option<Wire>) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(CONTENT_LENGTH, body.len().into());
    let (first, rest) = (body.slice(..body.len() / 2), body.slice(body.len() / 2..));
    let steps = stream::unfold(Step::First(first, rest, damage), move |step| {
        advance(step, wire.clone())
    });
    Response::from_parts(parts, Body::from_stream(steps))
}

/// How far a damaged body is.
enum Step {
    First(Bytes, Bytes, Damage),
    Then(Bytes, Damage),
    End,
}

async fn advance(step: Step, wire: Option<Wire>) -> Option<(io::Result<Bytes>, Step)> {
    let (rest, damage) = match step {
        Step::First(first, rest, damage) => return Some((Ok(first), Step::Then(rest, damage))),
        Step::Then(rest, damage) => (rest, damage),
        Step::End => return None,
    };
    if let Damage::Held(gate) = damage {
        gate.pass().await;
        return Some((Ok(rest), Step::End));
    }
    if let Some(wire) = wire {
        // The HTTP server has the first half by now; with the next flush the system has it too.
        wire.flushed_after(wire.flushes()).await;
        match damage {
            Damage::Reset => wire.reset(),
            _ => wire.close(),
        }
    }
    Some((Err(io::ErrorKind::BrokenPipe.into()), Step::End))
}

/// Which requests a script is for.
type Filter = Arc<dyn Fn(&Request) -> bool + Send + Sync>;

/// The layer: a script by number of request. Clones are the same script.
#[derive(Clone)]
pub struct Faults {
    filter: Filter,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    script: BTreeMap<usize, Fault>,
    pushed: VecDeque<Fault>,
    always: Option<Fault>,
    seen: usize,
    happened: Vec<(usize, String)>,
}

impl Faults {
    /// No fault yet.
    pub fn none() -> Self {
        Faults {
            filter: Arc::new(|_| true),
            state: Arc::default(),
        }
    }

    /// One fault for each of the first requests, [`Fault::pass`] for none; none after the last.
    pub fn script(script: impl IntoIterator<Item = Fault>) -> Self {
        let faults = Faults::none();
        faults.lock().script = script.into_iter().enumerate().collect();
        faults
    }

    /// The same fault for every request that nothing else is meant for.
    pub fn always(fault: Fault) -> Self {
        Faults::none().otherwise(fault)
    }

    /// This fault for the request of that number, from 0.
    #[must_use]
    pub fn at(self, index: usize, fault: Fault) -> Self {
        self.lock().script.insert(index, fault);
        self
    }

    /// This fault for every request that nothing else is meant for.
    #[must_use]
    pub fn otherwise(self, fault: Fault) -> Self {
        self.lock().always = Some(fault);
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

    /// Counts only requests that show credentials, and lets all others pass.
    #[must_use]
    pub fn on_signed(self) -> Self {
        self.only(|request| request.headers().contains_key("authorization"))
    }

    fn only(mut self, also: impl Fn(&Request) -> bool + Send + Sync + 'static) -> Self {
        let before = self.filter;
        self.filter = Arc::new(move |request| before(request) && also(request));
        self
    }

    /// This fault for the next request that the script says nothing about. Several queue up.
    pub fn push(&self, fault: Fault) {
        self.lock().pushed.push_back(fault);
    }

    /// What has happened: number of request (of those that count) and fault, [`Fault::pass`] left out.
    pub fn happened(&self) -> Vec<(usize, String)> {
        self.lock().happened.clone()
    }

    /// How many faults of the script have not happened yet. A test that ends with some has not tested what it says.
    pub fn left(&self) -> usize {
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
            .or_else(|| state.always.clone())
            .unwrap_or_else(Fault::pass);
        if !matches!(fault.kind, Kind::Pass) {
            state.happened.push((index, format!("{fault:?}")));
        }
        fault
    }
}

impl Layer for Faults {
    fn around(&self, inner: Router) -> Router {
        let faults = self.clone();
        inner.layer(middleware::from_fn(move |request: Request, next: Next| {
            faults.fault_for(&request).happen(request, next)
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;
    use crate::peer::{Answered, Peer, signed};
    use crate::{Algorithm, App, Server};

    const SNAPSHOTS: &str =
        "/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/snapshots";

    fn start(faults: &Faults) -> Server {
        App::examples().within(faults).start()
    }

    /// One request on a connection of its own.
    fn post(server: &Server) -> io::Result<Answered> {
        let mut peer = Peer::of(server);
        peer.send("POST", SNAPSHOTS, "", "{}");
        peer.read()
    }

    fn one(fault: Fault) -> Answered {
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
            Fault::reset().after_acting(),
        ]));
        assert_eq!(
            post(&server).unwrap_err().kind(),
            ErrorKind::ConnectionReset
        );
        assert_eq!(server.acted("POST"), 0);
        assert_eq!(
            post(&server).unwrap_err().kind(),
            ErrorKind::ConnectionReset
        );
        assert_eq!((server.acted("POST"), server.exchanges()), (1, 2));
        assert_eq!(server.received()[1].status, None);
        assert_eq!(post(&server).unwrap().status, 200);
    }

    #[test]
    fn an_end_before_the_answer() {
        let server = start(&Faults::script([Fault::close()]));
        assert_eq!(post(&server).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        assert_eq!(server.acted("POST"), 0);
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
            assert_eq!(server.acted("POST"), 2);
        }
    }

    #[tokio::test]
    async fn a_slow_body() {
        let gate = Gate::closed();
        let server = start(&Faults::script([Fault::slow_body(&gate)]));
        let mut peer = Peer::of(&server);
        peer.send("POST", SNAPSHOTS, "", "{}");
        gate.arrived(1).await;
        gate.open();
        let slow = peer.read().unwrap();
        assert_eq!(
            (slow.broken, slow.body),
            (None, post(&server).unwrap().body)
        );
    }

    #[test]
    fn a_fault_after_acting() {
        let server = start(&Faults::script([
            Fault::gateway_timeout_504().after_acting()
        ]));
        assert_eq!(post(&server).unwrap().status, 504);
        assert_eq!(server.acted("POST"), 1);
    }

    #[test]
    fn a_script_counts_what_it_is_for() {
        let faults = Faults::none()
            .at(1, Fault::empty_502())
            .otherwise(Fault::html_503());
        let faults = faults.on_method("POST").on_path(SNAPSHOTS);
        faults.push(Fault::gateway_timeout_504());
        let server = start(&faults);
        let mut peer = Peer::of(&server);
        let mut call = |method, path| peer.call(method, path, "", "").status;
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
                faults.left(),
                [call("POST", SNAPSHOTS), call("POST", SNAPSHOTS)]
            ),
            (1, [502, 503])
        );
        let happened = faults.happened();
        let names: Vec<_> = happened
            .iter()
            .map(|(index, name)| (*index, name.as_str()))
            .collect();
        assert_eq!(
            names,
            [(0, "answer 504"), (1, "answer 502"), (2, "answer 503")]
        );
        assert_eq!(faults.left(), 0);
    }

    #[test]
    fn a_nonce_that_becomes_stale() {
        let digest = Digest::atlas();
        let faults = Faults::script([Fault::stale_nonce(&digest)]).on_signed();
        let server = App::examples().within(&digest).within(&faults).start();
        let mut peer = Peer::of(&server);
        let nonce = peer.get("/").nonce();
        let refused = peer.call(
            "GET",
            "/",
            &signed(Algorithm::Md5, "GET", "/", &nonce, Some(1)),
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
            peer.call(
                "GET",
                "/",
                &signed(Algorithm::Md5, "GET", "/", &nonce, Some(1)),
                ""
            )
            .status,
            404
        );
    }
}
