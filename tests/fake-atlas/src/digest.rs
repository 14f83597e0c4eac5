//! Digest authentication, as strict as that of Atlas.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::Request;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::IntoResponse;

use super::app::Layer;
use super::authorization::Authorization;
use super::digest_hash::{Algorithm, DigestInput};
use super::examples::error_response;
use super::oauth::Authorized;
use super::response::HttpResponse;

/// The public key of the API key that the server accepts.
pub const PUBLIC_KEY: &str = "fakepubl";
/// The private key of the API key that the server accepts.
pub const PRIVATE_KEY: &str = "00000000-fake-fake-fake-000000000000";

const REALM: &str = "MMS Public API";

/// The header line that Atlas sends.
const ATLAS: &str = r#"Digest realm="MMS Public API", domain="", nonce="{nonce}", algorithm=MD5, qop="auth", stale={stale}"#;

/// The same challenge in unusual spelling that RFC 7235 allows.
const ODD: &str = concat!(
    r#"digest   Realm = "MMS Public API"  ,domain="",NONCE="{nonce}" , , "#,
    r#"algorithm="md5",QOP= "auth" ,STALE={stale}  "#
);

/// A `WWW-Authenticate` header line, and the algorithm and `qop` that the server expects in return.
#[derive(Clone, Debug)]
pub struct Challenge {
    template: String,
    /// `None` if the client must not use this challenge.
    expected: Option<(Algorithm, bool)>,
}

impl Challenge {
    /// A header line with the placeholders `{nonce}` and `{stale}`. `qop` says whether the line
    /// offers `qop="auth"`.
    pub fn new(template: &str, algorithm: Algorithm, qop: bool) -> Self {
        Challenge {
            template: template.to_owned(),
            expected: Some((algorithm, qop)),
        }
    }

    /// A header line that a client must ignore.
    pub fn decoy(template: &str) -> Self {
        Challenge {
            template: template.to_owned(),
            expected: None,
        }
    }

    /// The challenge of Atlas.
    pub fn atlas() -> Self {
        Challenge::new(ATLAS, Algorithm::Md5, true)
    }

    /// The challenge of Atlas, with SHA-256 instead of MD5.
    pub fn sha_256() -> Self {
        let template = ATLAS.replace("MD5", "SHA-256");
        Challenge::new(&template, Algorithm::Sha256, true)
    }
}

/// The digest authentication layer, which is also the handle for the test. Clones share their
/// state.
#[derive(Clone)]
pub struct Digest {
    challenges: Arc<Vec<Challenge>>,
    keys: Vec<(String, String)>,
    uses_per_nonce: Option<u32>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    nonces: HashMap<String, Nonce>,
    /// How many nonces were issued in total.
    issued: usize,
    counts: BTreeMap<String, DigestCounts>,
    refusals: Vec<String>,
}

struct Nonce {
    expected: (Algorithm, bool),
    /// The last `nc` that was accepted.
    last: u32,
    uses: u32,
    stale: bool,
}

/// How many requests the layer has seen, by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DigestCounts {
    /// Requests without an `Authorization` header, which got a challenge.
    pub challenges: usize,
    /// Correctly signed requests with an expired nonce, which got a challenge with `stale=true`.
    pub stale: usize,
    /// Requests with wrong credentials. [`Digest::refusals`] has the reasons.
    pub refused: usize,
    /// Requests that were passed on to the application.
    pub accepted: usize,
}

impl DigestCounts {
    /// The sum of all.
    pub fn total(&self) -> usize {
        self.challenges + self.stale + self.refused + self.accepted
    }
}

/// Why a request is not passed on.
enum Rejection {
    NoCredentials,
    Stale,
    Wrong(String),
}

impl From<String> for Rejection {
    fn from(why: String) -> Self {
        Rejection::Wrong(why)
    }
}

impl Digest {
    /// Sends these header lines as challenges, in this order.
    pub fn with_challenges(challenges: impl IntoIterator<Item = Challenge>) -> Self {
        let challenges = Arc::new(challenges.into_iter().collect());
        let keys = vec![(PUBLIC_KEY.to_owned(), PRIVATE_KEY.to_owned())];
        Digest {
            challenges,
            keys,
            uses_per_nonce: None,
            state: Arc::default(),
        }
    }

    /// Sends the challenge of Atlas.
    pub fn atlas() -> Self {
        Digest::with_challenges([Challenge::atlas()])
    }

    /// Sends a challenge without `qop`, as in RFC 2069.
    pub fn without_qop() -> Self {
        let template = ATLAS.replace(r#", qop="auth""#, "");
        Digest::with_challenges([Challenge::new(&template, Algorithm::Md5, false)])
    }

    /// Sends `op="auth"`, as the v1 documentation prints it. That parameter has no meaning, so
    /// there is no `qop`.
    pub fn op() -> Self {
        let template = ATLAS.replace("qop", "op");
        Digest::with_challenges([Challenge::new(&template, Algorithm::Md5, false)])
    }

    /// Sends a challenge with SHA-256.
    pub fn sha_256() -> Self {
        Digest::with_challenges([Challenge::sha_256()])
    }

    /// Sends a challenge without `algorithm`, which means MD5.
    pub fn without_algorithm() -> Self {
        let template = ATLAS.replace(", algorithm=MD5", "");
        Digest::with_challenges([Challenge::new(&template, Algorithm::Md5, true)])
    }

    /// Sends a `Basic` header line before the one of Atlas.
    pub fn basic_first() -> Self {
        Digest::with_challenges([
            Challenge::decoy(r#"Basic realm="MMS Public API""#),
            Challenge::atlas(),
        ])
    }

    /// Sends `Basic` and `Digest` in one header line.
    pub fn basic_in_the_same_line() -> Self {
        let template = format!(r#"Basic realm="MMS, Public API", {ATLAS}"#);
        Digest::with_challenges([Challenge::new(&template, Algorithm::Md5, true)])
    }

    /// Sends a challenge with an unknown algorithm before the one of Atlas.
    pub fn unknown_algorithm_first() -> Self {
        let unknown = ATLAS.replace("MD5", "SHA-1024");
        Digest::with_challenges([Challenge::decoy(&unknown), Challenge::atlas()])
    }

    /// Sends two challenges, SHA-256 and MD5, each with its own nonce. The client may use either.
    pub fn two_digests() -> Self {
        Digest::with_challenges([Challenge::sha_256(), Challenge::atlas()])
    }

    /// Sends a challenge with mixed case, extra spaces, empty list members, and a value that is
    /// quoted without need.
    pub fn odd_spacing() -> Self {
        Digest::with_challenges([Challenge::new(ODD, Algorithm::Md5, true)])
    }

    /// Sends a challenge with `charset=UTF-8` (RFC 7616) and an unknown parameter.
    pub fn charset() -> Self {
        let template = format!(r#"{ATLAS}, charset=UTF-8, later="a, b=c""#);
        Digest::with_challenges([Challenge::new(&template, Algorithm::Md5, true)])
    }

    /// Offers `auth-int` besides `auth`, but accepts only `auth`.
    pub fn auth_int_offered() -> Self {
        let template = ATLAS.replace(
            r#"qop="auth""#,
            r#"qop="auth-int, auth,token-from-the-future""#,
        );
        Digest::with_challenges([Challenge::new(&template, Algorithm::Md5, true)])
    }

    /// Adds an API key. It must be called before the server starts.
    #[must_use]
    pub fn with_api_key(mut self, public: &str, private: &str) -> Self {
        self.keys.push((public.to_owned(), private.to_owned()));
        self
    }

    /// Makes every nonce stale after this many requests.
    #[must_use]
    pub fn uses_per_nonce(mut self, uses: u32) -> Self {
        self.uses_per_nonce = Some(uses);
        self
    }

    /// Makes all nonces issued so far stale.
    pub fn expire_nonces(&self) {
        self.lock()
            .nonces
            .values_mut()
            .for_each(|nonce| nonce.stale = true);
    }

    /// Forgets all nonces issued so far, as if another machine took over. The server treats unknown
    /// nonces as stale.
    pub fn forget_nonces(&self) {
        self.lock().nonces.clear();
    }

    /// The counts over all paths.
    pub fn counts(&self) -> DigestCounts {
        self.lock()
            .counts
            .values()
            .fold(DigestCounts::default(), |all, one| DigestCounts {
                challenges: all.challenges + one.challenges,
                stale: all.stale + one.stale,
                refused: all.refused + one.refused,
                accepted: all.accepted + one.accepted,
            })
    }

    /// The counts for one path (without query).
    pub fn counts_of(&self, path: &str) -> DigestCounts {
        self.lock().counts.get(path).copied().unwrap_or_default()
    }

    /// Why requests were refused, in order: `response does not match`,
    /// `nc 00000001 after 00000001`…
    pub fn refusals(&self) -> Vec<String> {
        self.lock().refusals.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Validates a request and counts the result. A refused request gets the returned response.
    fn admit(&self, request: &Request) -> Result<(), HttpResponse> {
        let mut state = self.lock();
        let validated = self.validate(&mut state, request);
        let counts = state
            .counts
            .entry(request.uri().path().to_owned())
            .or_default();
        let stale = match validated {
            Ok(()) => {
                counts.accepted += 1;
                return Ok(());
            }
            Err(Rejection::NoCredentials) => {
                counts.challenges += 1;
                false
            }
            Err(Rejection::Stale) => {
                counts.stale += 1;
                true
            }
            Err(Rejection::Wrong(why)) => {
                counts.refused += 1;
                state.refusals.push(why);
                false
            }
        };
        let mut response = error_response("noCredentials");
        for challenge in &*self.challenges {
            // The nonce contains characters of base64 that a careless parser may treat as
            // separators.
            state.issued += 1;
            let nonce = format!("bm9u/Y2U+{:06}==", state.issued);
            let line = challenge
                .template
                .replace("{nonce}", &nonce)
                .replace("{stale}", &stale.to_string());
            let expected = challenge.expected.unwrap_or((Algorithm::Md5, true));
            // The nonce of a decoy is stale from the start, so that a client that uses it never
            // gets in.
            let stale = challenge.expected.is_none();
            state.nonces.insert(
                nonce,
                Nonce {
                    expected,
                    last: 0,
                    uses: 0,
                    stale,
                },
            );
            response = response.header("WWW-Authenticate", &line);
        }
        Err(response)
    }

    fn validate(&self, state: &mut State, request: &Request) -> Result<(), Rejection> {
        let mut lines = request.headers().get_all(AUTHORIZATION).iter();
        let line = lines.next().ok_or(Rejection::NoCredentials)?;
        if lines.next().is_some() {
            return Err("more than one Authorization header".to_owned().into());
        }
        let line = line
            .to_str()
            .map_err(|_| "an Authorization header that is not ASCII".to_owned())?;
        let other = || "an Authorization header of another scheme".to_owned();
        let parameters = line.strip_prefix("Digest ").ok_or_else(other)?;
        let given = Authorization::parse(parameters)?;
        let nonce = given.need("nonce")?;
        // If the nonce is unknown, the rest is validated against the server's first real challenge.
        // If all is right, the nonce is reported as stale.
        let asked = self
            .challenges
            .iter()
            .find_map(|challenge| challenge.expected);
        let known = state.nonces.get_mut(nonce);
        let expected = known.as_ref().map_or(asked, |nonce| Some(nonce.expected));
        let (algorithm, qop) = expected.unwrap_or((Algorithm::Md5, true));

        let user = given.need("username")?;
        let keys = self.keys.iter().find(|(public, _)| public == user);
        let (_, private) = keys.ok_or_else(|| format!("nobody is called {user:?}"))?;
        expect("realm", given.need("realm")?, REALM)?;
        expect("uri", given.need("uri")?, &request.uri().to_string())?;
        // A client that sends no algorithm uses MD5.
        let named = given.get("algorithm").unwrap_or("MD5");
        expect("algorithm", &named.to_ascii_uppercase(), algorithm.name())?;
        if let Some(opaque) = given.get("opaque") {
            return Err(format!("opaque is {opaque:?}, and the challenge had none").into());
        }
        let nc_and_cnonce = nc_and_cnonce(&given, qop)?;
        let signed = DigestInput {
            credentials: (user, private),
            realm: REALM,
            nonce,
            method: request.method().as_str(),
            uri: given.need("uri")?,
            nc_and_cnonce,
        };
        if given.need("response")? != signed.response(algorithm) {
            return Err("response does not match".to_owned().into());
        }

        let nonce = known.ok_or(Rejection::Stale)?;
        if nonce.stale || self.uses_per_nonce.is_some_and(|uses| nonce.uses >= uses) {
            return Err(Rejection::Stale);
        }
        if let Some((nc, _)) = nc_and_cnonce {
            // `nc_and_cnonce` has made sure that it is hexadecimal.
            let number = u32::from_str_radix(nc, 16).unwrap_or(0);
            if number <= nonce.last || (nonce.last == 0 && number != 1) {
                return Err(format!("nc {nc} after {:08x}", nonce.last).into());
            }
            nonce.last = number;
        }
        nonce.uses += 1;
        Ok(())
    }
}

/// `nc` and `cnonce`. Both are required, with `qop=auth`, if the challenge offers it; otherwise
/// neither is allowed.
fn nc_and_cnonce(given: &Authorization, qop: bool) -> Result<Option<(&str, &str)>, String> {
    if !qop {
        let unexpected = ["qop", "nc", "cnonce"]
            .into_iter()
            .find(|name| given.get(name).is_some());
        return match unexpected {
            Some(name) => Err(format!("{name} is given, and the challenge had no qop")),
            None => Ok(None),
        };
    }
    expect("qop", given.need("qop")?, "auth")?;
    let (nc, cnonce) = (given.need("nc")?, given.need("cnonce")?);
    if nc.len() != 8
        || !nc
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    {
        return Err(format!(
            "nc is {nc:?}, not eight hexadecimal digits in lower case"
        ));
    }
    if cnonce.is_empty() {
        return Err("cnonce is empty".to_owned());
    }
    Ok(Some((nc, cnonce)))
}

fn expect(name: &str, found: &str, expected: &str) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{name} is {found:?}, expected {expected:?}"))
    }
}

impl Layer for Digest {
    fn wrap(&self, inner: Router) -> Router {
        let digest = self.clone();
        inner.layer(middleware::from_fn(move |request: Request, next: Next| {
            // The OAuth layer around this one may have accepted a token already.
            let authorized = request.extensions().get::<Authorized>().is_some();
            let refused = if authorized {
                None
            } else {
                digest.admit(&request).err()
            };
            async move {
                match refused {
                    Some(response) => response.into_response(),
                    None => next.run(request).await,
                }
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_client::{TestClient, digest_header};
    use crate::{App, Barrier, Server};

    fn start(digest: &Digest) -> (Server, TestClient) {
        let server = App::examples().layer(digest).start();
        let client = TestClient::connect(&server);
        (server, client)
    }

    #[test]
    fn the_challenge_is_that_of_atlas() {
        let digest = Digest::atlas();
        let (server, mut client) = start(&digest);
        let response = client.get("/a?b");
        assert_eq!(response.status, 401);
        let expected = ATLAS
            .replace("{nonce}", "bm9u/Y2U+000001==")
            .replace("{stale}", "false");
        assert_eq!(response.header("www-authenticate"), Some(&*expected));
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(body["errorCode"], "UNEXPECTED_ERROR");
        let ok = client.call(
            "GET",
            "/a?b",
            &digest_header(Algorithm::Md5, "GET", "/a?b", &response.nonce(), Some(1)),
            "",
        );
        assert_eq!(ok.status, 404, "{:?}", digest.refusals());
        let counts = DigestCounts {
            challenges: 1,
            stale: 0,
            refused: 0,
            accepted: 1,
        };
        assert_eq!(
            (digest.counts_of("/a"), server.handled_count("GET")),
            (counts, 1)
        );
        assert_eq!(
            (digest.counts_of("/b"), digest.counts().total()),
            (DigestCounts::default(), 2)
        );
    }

    #[test]
    fn nc_starts_at_one_and_rises() {
        let digest = Digest::atlas();
        let (_server, mut client) = start(&digest);
        let nonce = client.get("/").nonce();
        let mut call = |nc| {
            client
                .call(
                    "GET",
                    "/",
                    &digest_header(Algorithm::Md5, "GET", "/", &nonce, Some(nc)),
                    "",
                )
                .status
        };
        assert_eq!(
            [0, 2, 1, 1, 2, 4, 3, 5].map(&mut call),
            [401, 401, 404, 401, 404, 404, 401, 404]
        );
        let reasons = [(0, 0), (2, 0), (1, 1), (3, 4)]
            .map(|(nc, last)| format!("nc {nc:08x} after {last:08x}"));
        assert_eq!(digest.refusals(), reasons);
        assert_eq!((digest.counts().refused, digest.counts().accepted), (4, 4));
    }

    #[test]
    fn what_is_wrong_is_refused_and_named() {
        let digest = Digest::atlas();
        let (_server, mut client) = start(&digest);
        let nonce = client.get("/a").nonce();
        let right = digest_header(Algorithm::Md5, "GET", "/a?b=%2f", &nonce, Some(1));
        for (from, to, why) in [
            (PUBLIC_KEY, "somebody", "nobody is called \"somebody\""),
            ("MMS", "mms", "realm is"),
            (
                "/a?b=%2f",
                "/a?b=%2F",
                "uri is \"/a?b=%2F\", expected \"/a?b=%2f\"",
            ),
            ("/a?b=%2f", "/a", "uri is \"/a\""),
            ("nc=00000001", "nc=1", "nc is \"1\""),
            ("nc=00000001", "nc=0000000A", "nc is"),
            (", nc=00000001", "", "nc is missing"),
            ("cnonce=\"cnonce+/=\"", "cnonce=\"\"", "cnonce is empty"),
            ("qop=auth", "qop=auth-int", "qop is \"auth-int\""),
            ("algorithm=MD5", "algorithm=SHA-256", "algorithm is"),
            ("cnonce+/=", "another", "response does not match"),
            ("qop=auth", "opaque=\"\", qop=auth", "opaque is"),
            ("Digest", "Basic", "another scheme"),
            ("username", "user name", "no parameter name"),
        ] {
            assert!(right.contains(from), "{from}");
            let response = client.call("GET", "/a?b=%2f", &right.replacen(from, to, 1), "");
            assert_eq!(response.status, 401, "{why}");
            assert!(
                response
                    .header("www-authenticate")
                    .unwrap()
                    .ends_with("stale=false"),
                "{why}"
            );
            let refusal = digest.refusals().pop().unwrap();
            assert!(refusal.contains(why), "{why}: {refusal}");
        }
        assert_eq!(
            client.call("POST", "/a?b=%2f", &right, "").status,
            401,
            "signed for another method"
        );
        assert_eq!(
            client.call("GET", "/a?b=%2f", &right, "").status,
            404,
            "nothing of this used up the nc"
        );
    }

    #[test]
    fn nonces_become_stale() {
        let digest = Digest::atlas().uses_per_nonce(1);
        let (_server, mut client) = start(&digest);
        let mut nonce = client.get("/").nonce();
        let right = |nonce: &str, nc| digest_header(Algorithm::Md5, "GET", "/", nonce, Some(nc));
        let mut call = |nonce: &str, nc| client.call("GET", "/", &right(nonce, nc), "");
        let mut stale = |nonce: &str, nc| {
            let response = call(nonce, nc);
            assert_eq!(response.status, 401);
            assert!(
                response
                    .header("www-authenticate")
                    .unwrap()
                    .ends_with("stale=true")
            );
            response.nonce()
        };
        digest.expire_nonces();
        nonce = stale(&nonce, 1);
        digest.forget_nonces();
        nonce = stale(&nonce, 1);
        assert_eq!(call(&nonce, 1).status, 404);
        assert!(
            call(&nonce, 2)
                .header("www-authenticate")
                .unwrap()
                .ends_with("stale=true"),
            "used once"
        );
        assert_eq!((digest.counts().stale, digest.counts().refused), (3, 0));
    }

    #[test]
    fn every_variant_can_be_answered() {
        for (digest, algorithm, nc) in [
            (Digest::without_qop(), Algorithm::Md5, None),
            (Digest::op(), Algorithm::Md5, None),
            (Digest::sha_256(), Algorithm::Sha256, Some(1)),
            (Digest::without_algorithm(), Algorithm::Md5, Some(1)),
            (Digest::basic_in_the_same_line(), Algorithm::Md5, Some(1)),
            (Digest::two_digests(), Algorithm::Sha256, Some(1)),
            (Digest::charset(), Algorithm::Md5, Some(1)),
            (Digest::auth_int_offered(), Algorithm::Md5, Some(1)),
        ] {
            let (_server, mut client) = start(&digest);
            let nonce = client.get("/").nonce();
            for turn in 1..=2 {
                let nc = nc.map(|first: u32| first * turn);
                let response = client.call(
                    "GET",
                    "/",
                    &digest_header(algorithm, "GET", "/", &nonce, nc),
                    "",
                );
                assert_eq!(response.status, 404, "{:?}", digest.refusals());
            }
        }
    }

    #[test]
    fn without_qop_nothing_may_be_counted() {
        let digest = Digest::op();
        let (_server, mut client) = start(&digest);
        let nonce = client.get("/").nonce();
        assert_eq!(
            client
                .call(
                    "GET",
                    "/",
                    &digest_header(Algorithm::Md5, "GET", "/", &nonce, Some(1)),
                    ""
                )
                .status,
            401
        );
        assert_eq!(
            digest.refusals(),
            ["qop is given, and the challenge had no qop"]
        );
    }

    #[test]
    fn a_decoy_stands_first() {
        for digest in [Digest::basic_first(), Digest::unknown_algorithm_first()] {
            let (_server, mut client) = start(&digest);
            let response = client.get("/");
            let lines: Vec<_> = response
                .headers
                .iter()
                .filter(|(name, _)| name == "www-authenticate")
                .collect();
            assert_eq!(lines.len(), 2);
            assert!(!lines[0].1.contains("MD5") && lines[1].1.contains("MD5"));
        }
    }

    #[test]
    fn a_barrier_holds_until_all_are_there() {
        let (digest, barrier) = (Digest::atlas(), Barrier::of(40));
        let server = App::examples().layer(&barrier).layer(&digest).start();
        let mut clients: Vec<_> = (0..40).map(|_| TestClient::connect(&server)).collect();
        let nonces: Vec<_> = clients
            .iter_mut()
            .map(|client| client.get("/").nonce())
            .collect();
        assert_eq!(barrier.arrived(), 0, "a challenge is answered at once");
        for (client, nonce) in clients.iter_mut().zip(&nonces) {
            client.send(
                "GET",
                "/",
                &digest_header(Algorithm::Md5, "GET", "/", nonce, Some(1)),
                "",
            );
        }
        assert!(
            clients
                .iter_mut()
                .all(|client| client.read().unwrap().status == 404)
        );
        assert_eq!(
            (
                digest.counts().accepted,
                server.request_count(),
                barrier.arrived()
            ),
            (40, 80, 40)
        );
    }
}
