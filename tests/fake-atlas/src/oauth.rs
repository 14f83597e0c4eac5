//! Service accounts: the token endpoint, and the validation of access tokens.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Method};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::app::Layer;
use super::clock::Clock;
use super::examples::error_response;
use super::gate::Gate;
use super::response::HttpResponse;

/// The client id that the server accepts.
pub const CLIENT_ID: &str = "mdb_sa_id_000000000000000000000000";
/// The client secret that the server accepts. It contains characters that a client must encode
/// before it joins secret and id.
pub const CLIENT_SECRET: &str = "mdb_sa_sk_fake+secret:with/odd%letters";

/// Marks a request with a valid token, so that the digest authentication inside this layer lets it
/// pass.
#[derive(Clone, Copy)]
pub(crate) struct Authorized;

/// The OAuth layer, which is also the handle for the test. Clones share their state.
#[derive(Clone)]
pub struct OAuth {
    lifetime: Duration,
    clock: Clock,
    allow_digest: bool,
    accounts: Vec<(String, String)>,
    rate_limited: bool,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    tokens: BTreeMap<String, Token>,
    /// When the token requests of the last minute arrived.
    recent: VecDeque<Duration>,
    scripted: VecDeque<HttpResponse>,
    gate: Option<Gate>,
    counts: OAuthCounts,
    refusals: Vec<String>,
}

struct Token {
    owner: String,
    /// `None` if the token is revoked.
    end: Option<Duration>,
}

/// How many requests the layer has seen, by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OAuthCounts {
    /// All requests to the token endpoint.
    pub token_requests: usize,
    /// Tokens issued.
    pub issued: usize,
    /// Tokens that clients have revoked.
    pub revoked: usize,
    /// API requests that were passed on to the application.
    pub accepted: usize,
    /// API requests that got 401.
    pub unauthorized: usize,
}

impl OAuth {
    /// Issues tokens that are valid for an hour, as those of Atlas are. It has a clock of its own.
    pub fn new() -> Self {
        let (lifetime, clock) = (Duration::from_secs(3600), Clock::new());
        let accounts = vec![(CLIENT_ID.to_owned(), CLIENT_SECRET.to_owned())];
        OAuth {
            lifetime,
            clock,
            allow_digest: false,
            accounts,
            rate_limited: false,
            state: Arc::default(),
        }
    }

    /// Sets how long tokens are valid.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// Sets the clock.
    #[must_use]
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock.clone();
        self
    }

    /// Adds a service account.
    #[must_use]
    pub fn with_account(mut self, id: &str, secret: &str) -> Self {
        self.accounts.push((id.to_owned(), secret.to_owned()));
        self
    }

    /// Allows at most 10 token requests in any minute of the clock, as Atlas does. Others get 429.
    #[must_use]
    pub fn rate_limited(mut self) -> Self {
        self.rate_limited = true;
        self
    }

    /// Passes requests without a token on, to a [`Digest`](super::Digest) layer inside this one.
    #[must_use]
    pub fn allow_digest(mut self) -> Self {
        self.allow_digest = true;
        self
    }

    /// Sends this response to the next token request. Calls queue up.
    pub fn respond_next(&self, response: HttpResponse) {
        self.lock().scripted.push_back(response);
    }

    /// Sends 429 to the next token request, with `Retry-After` if `retry_after` is given, in
    /// seconds. Calls queue up.
    pub fn throttle_next(&self, retry_after: Option<u64>) {
        let response = error_response("rateLimited");
        self.respond_next(match retry_after {
            Some(seconds) => response.header("Retry-After", &seconds.to_string()),
            None => response,
        });
    }

    /// Holds the responses to later token requests until this gate opens.
    pub fn hold_token_requests(&self, gate: &Gate) {
        self.lock().gate = Some(gate.clone());
    }

    /// Revokes all tokens issued so far.
    pub fn revoke_tokens(&self) {
        self.lock()
            .tokens
            .values_mut()
            .for_each(|token| token.end = None);
    }

    /// Advances the clock until all tokens issued so far have expired.
    pub fn expire_tokens(&self) {
        let last = self
            .lock()
            .tokens
            .values()
            .filter_map(|token| token.end)
            .max();
        self.clock
            .advance(last.unwrap_or_default().saturating_sub(self.clock.now()));
    }

    /// The counts so far.
    pub fn counts(&self) -> OAuthCounts {
        self.lock().counts
    }

    /// Why requests were refused, in order.
    pub fn refusals(&self) -> Vec<String> {
        self.lock().refusals.clone()
    }

    /// All tokens issued so far, in order.
    pub fn tokens(&self) -> Vec<String> {
        self.lock().tokens.keys().cloned().collect()
    }

    /// The tokens issued to one account.
    pub fn tokens_of(&self, id: &str) -> Vec<String> {
        let state = self.lock();
        let of_account = state.tokens.iter().filter(|(_, token)| token.owner == id);
        of_account.map(|(token, _)| token.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn dispatch(self, request: Request, next: Next) -> Response {
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/api/oauth/token") => self.token(request).await.into_response(),
            (&Method::POST, "/api/oauth/revoke") => self.revoke(request).await.into_response(),
            _ => self.call(request, next).await,
        }
    }

    async fn token(&self, request: Request) -> HttpResponse {
        let (gate, scripted) = {
            let mut state = self.lock();
            state.counts.token_requests += 1;
            let scripted = state.scripted.pop_front();
            (
                state.gate.clone(),
                scripted.or_else(|| self.limit(&mut state)),
            )
        };
        if let Some(gate) = gate {
            gate.pass().await;
        }
        if let Some(response) = scripted {
            return response;
        }
        let (owner, form) = match self.client_form(request).await {
            Ok(sent) => sent,
            Err(refused) => return refused,
        };
        if form != [("grant_type".to_owned(), "client_credentials".to_owned())] {
            return self.refuse(
                "unsupported_grant_type",
                400,
                format!("the form says {form:?}"),
            );
        }
        let mut state = self.lock();
        state.counts.issued += 1;
        let token = format!("fake-token-{:06}", state.counts.issued);
        state.tokens.insert(
            token.clone(),
            Token {
                owner,
                end: Some(self.clock.now() + self.lifetime),
            },
        );
        let body = json!({"access_token": token, "expires_in": self.lifetime.as_secs(), "token_type": "Bearer"});
        HttpResponse::json(200, "application/json", &body).header("Cache-Control", "no-store")
    }

    /// The 429 response, if there were ten requests in the last minute already.
    fn limit(&self, state: &mut State) -> Option<HttpResponse> {
        let (now, minute) = (self.clock.now(), Duration::from_secs(60));
        state.recent.retain(|&at| now < at + minute);
        if !self.rate_limited || state.recent.len() < 10 {
            state.recent.push_back(now);
            return None;
        }
        let wait = state
            .recent
            .front()
            .map_or(minute, |&first| first + minute - now);
        Some(
            error_response("rateLimited")
                .header("Retry-After", &wait.as_millis().div_ceil(1000).to_string()),
        )
    }

    async fn revoke(&self, request: Request) -> HttpResponse {
        let (owner, form) = match self.client_form(request).await {
            Ok(sent) => sent,
            Err(refused) => return refused,
        };
        let mut state = self.lock();
        for (_, value) in form.iter().filter(|(name, _)| name == "token") {
            if let Some(token) = state
                .tokens
                .get_mut(value)
                .filter(|token| token.owner == owner)
            {
                token.end = None;
                state.counts.revoked += 1;
            }
        }
        HttpResponse::new(200)
    }

    /// The client id and the form fields. Fails with the error response if one of them is invalid.
    async fn client_form(
        &self,
        request: Request,
    ) -> Result<(String, Vec<(String, String)>), HttpResponse> {
        let (parts, body) = request.into_parts();
        let client = self
            .client(&parts.headers)
            .map_err(|why| self.refuse("invalid_client", 401, why))?;
        let content_type = parts
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if content_type.split(';').next() != Some("application/x-www-form-urlencoded") {
            return Err(self.refuse(
                "invalid_request",
                400,
                format!("the content type is {content_type:?}"),
            ));
        }
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let body = String::from_utf8_lossy(&body);
        let pairs = body
            .split('&')
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        Ok((
            client,
            pairs
                .map(|(name, value)| (form_decoded(name), form_decoded(value)))
                .collect(),
        ))
    }

    /// Reads the client id from the `Basic` credentials: id and secret, each encoded before they
    /// are joined (RFC 6749, section 2.3.1).
    fn client(&self, headers: &HeaderMap) -> Result<String, String> {
        let line = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .ok_or("no credentials")?;
        let encoded = line
            .strip_prefix("Basic ")
            .ok_or("credentials of another scheme than Basic")?;
        let decoded = BASE64_STANDARD
            .decode(encoded)
            .map_err(|_| "the credentials are not in base64")?;
        let text = String::from_utf8(decoded).map_err(|_| "the credentials are not UTF-8")?;
        let (id, secret) = text.split_once(':').ok_or("no colon in the credentials")?;
        if secret.contains([':', '/', '+']) {
            return Err("the secret is not encoded".to_owned());
        }
        let sent = (form_decoded(id), form_decoded(secret));
        if self.accounts.contains(&sent) {
            Ok(sent.0)
        } else {
            Err("another id or secret".to_owned())
        }
    }

    fn refuse(&self, code: &str, status: u16, why: String) -> HttpResponse {
        let body = json!({"error": code, "error_description": why});
        self.lock().refusals.push(why);
        HttpResponse::json(status, "application/json", &body)
    }

    async fn call(&self, mut request: Request, next: Next) -> Response {
        let line = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let token = line.strip_prefix("Bearer ");
        if token.is_none() && self.allow_digest {
            return next.run(request).await;
        }
        let why = {
            let mut state = self.lock();
            let why = match (token, token.and_then(|token| state.tokens.get(token))) {
                (None, _) => Some("no token".to_owned()),
                (Some(_), None) => Some("a token that was never handed out".to_owned()),
                (Some(token), Some(Token { end: None, .. })) => Some(format!("{token} is revoked")),
                (Some(token), Some(Token { end: Some(end), .. })) if *end <= self.clock.now() => {
                    Some(format!("{token} has expired"))
                }
                (Some(_), Some(_)) => None,
            };
            match why {
                None => state.counts.accepted += 1,
                Some(_) => state.counts.unauthorized += 1,
            }
            state.refusals.extend(why.clone());
            why
        };
        if why.is_some() {
            return error_response("noCredentials").into_response();
        }
        request.extensions_mut().insert(Authorized);
        next.run(request).await
    }
}

impl Default for OAuth {
    fn default() -> Self {
        OAuth::new()
    }
}

/// Decodes `application/x-www-form-urlencoded`.
fn form_decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

impl Layer for OAuth {
    fn wrap(&self, inner: Router) -> Router {
        let oauth = self.clone();
        inner.layer(middleware::from_fn(move |request: Request, next: Next| {
            oauth.clone().dispatch(request, next)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_client::{TestClient, TestResponse, digest_header};
    use crate::{Algorithm, App, Digest, Server};

    const SECRET: &str = "mdb_sa_sk_fake%2Bsecret%3Awith%2Fodd%25letters";

    fn start(oauth: &OAuth) -> (Server, TestClient) {
        let server = App::examples().layer(oauth).start();
        let client = TestClient::connect(&server);
        (server, client)
    }

    fn headers(secret: &str) -> String {
        let basic = BASE64_STANDARD.encode(format!("{CLIENT_ID}:{secret}"));
        format!(
            "Authorization: Basic {basic}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        )
    }

    fn ask(client: &mut TestClient) -> TestResponse {
        client.call(
            "POST",
            "/api/oauth/token",
            &headers(SECRET),
            "grant_type=client_credentials",
        )
    }

    fn token(client: &mut TestClient) -> String {
        let response = ask(client);
        assert_eq!(response.status, 200);
        let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
        assert_eq!(
            (&body["token_type"], &body["expires_in"]),
            (&json!("Bearer"), &json!(3600))
        );
        format!(
            "Authorization: Bearer {}\r\n",
            body["access_token"].as_str().unwrap()
        )
    }

    #[test]
    fn a_token_opens_the_application() {
        let oauth = OAuth::new();
        let (server, mut client) = start(&oauth);
        assert_eq!(client.get("/").status, 401);
        let token = token(&mut client);
        assert_eq!(client.call("GET", "/", &token, "").status, 404);
        assert_eq!(oauth.tokens(), ["fake-token-000001"]);
        let counts = OAuthCounts {
            token_requests: 1,
            issued: 1,
            revoked: 0,
            accepted: 1,
            unauthorized: 1,
        };
        assert_eq!(
            (
                oauth.counts(),
                server.handled_count("GET"),
                server.handled_count("POST")
            ),
            (counts, 1, 0)
        );
    }

    #[test]
    fn tokens_end() {
        let clock = Clock::new();
        let oauth = OAuth::new().clock(&clock);
        let (_server, mut client) = start(&oauth);
        let first = token(&mut client);
        clock.advance(Duration::from_millis(3_599_999));
        assert_eq!(client.call("GET", "/", &first, "").status, 404);
        clock.advance(Duration::from_millis(1));
        assert_eq!(client.call("GET", "/", &first, "").status, 401);
        let second = token(&mut client);
        oauth.expire_tokens();
        assert_eq!(client.call("GET", "/", &second, "").status, 401);
        let third = token(&mut client);
        oauth.revoke_tokens();
        assert_eq!(client.call("GET", "/", &third, "").status, 401);
        let fourth = token(&mut client);
        assert_eq!(
            client
                .call(
                    "POST",
                    "/api/oauth/revoke",
                    &headers(SECRET),
                    "token=fake-token-000004"
                )
                .status,
            200
        );
        assert_eq!(client.call("GET", "/", &fourth, "").status, 401);
        let reasons = [
            (1, "has expired"),
            (2, "has expired"),
            (3, "is revoked"),
            (4, "is revoked"),
        ];
        assert_eq!(
            oauth.refusals(),
            reasons.map(|(number, why)| format!("fake-token-{number:06} {why}"))
        );
        assert_eq!(oauth.counts().revoked, 1);
    }

    #[test]
    fn a_token_request_must_be_right() {
        let oauth = OAuth::new();
        let (_server, mut client) = start(&oauth);
        let form = "grant_type=client_credentials";
        for (headers, form, status, why) in [
            (
                headers(CLIENT_SECRET),
                form,
                401,
                "the secret is not encoded",
            ),
            (headers("another"), form, 401, "another id or secret"),
            (String::new(), form, 401, "no credentials"),
            (
                headers(SECRET).replace("Basic", "Bearer"),
                form,
                401,
                "another scheme",
            ),
            (
                headers(SECRET).replace("x-www-form-urlencoded", "json"),
                form,
                400,
                "the content type",
            ),
            (headers(SECRET), "grant_type=password", 400, "the form says"),
            (headers(SECRET), "", 400, "the form says"),
        ] {
            let refused = client.call("POST", "/api/oauth/token", &headers, form);
            assert_eq!(refused.status, status, "{why}");
            let refusal = oauth.refusals().pop().unwrap();
            assert!(refusal.contains(why), "{why}: {refusal}");
            // Programs that reach the fake by its port only have no other way to learn it.
            let body: serde_json::Value = serde_json::from_slice(&refused.body).unwrap();
            assert_eq!(body["error_description"], refusal);
        }
        assert_eq!(
            (oauth.counts().token_requests, oauth.counts().issued),
            (7, 0)
        );
    }

    #[test]
    fn the_token_endpoint_can_be_busy() {
        let oauth = OAuth::new();
        let (_server, mut client) = start(&oauth);
        oauth.throttle_next(Some(7));
        oauth.throttle_next(None);
        let (first, second) = (ask(&mut client), ask(&mut client));
        assert_eq!(
            (first.status, first.header("retry-after")),
            (429, Some("7"))
        );
        assert_eq!((second.status, second.header("retry-after")), (429, None));
        assert_eq!(ask(&mut client).status, 200);
    }

    #[test]
    fn ten_tokens_a_minute() {
        let clock = Clock::new();
        let oauth = OAuth::new().clock(&clock).rate_limited();
        let (_server, mut client) = start(&oauth);
        for _ in 0..10 {
            token(&mut client);
            clock.advance(Duration::from_millis(100));
        }
        assert_eq!(ask(&mut client).header("retry-after"), Some("59"));
        clock.advance(Duration::from_secs(59));
        token(&mut client);
        assert_eq!(oauth.counts().issued, 11);
    }

    #[test]
    fn a_token_has_an_owner() {
        let oauth = OAuth::new().with_account("another", "fake secret");
        let (_server, mut client) = start(&oauth);
        let basic = BASE64_STANDARD.encode("another:fake%20secret");
        let other = format!(
            "Authorization: Basic {basic}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        );
        token(&mut client);
        client.call(
            "POST",
            "/api/oauth/token",
            &other,
            "grant_type=client_credentials",
        );
        let owned = (oauth.tokens_of(CLIENT_ID), oauth.tokens_of("another"));
        assert_eq!(
            owned,
            (
                vec!["fake-token-000001".to_owned()],
                vec!["fake-token-000002".to_owned()]
            )
        );
        client.call(
            "POST",
            "/api/oauth/revoke",
            &other,
            "token=fake-token-000001",
        );
        assert_eq!(oauth.counts().revoked, 0, "it is somebody else's");
    }

    #[tokio::test]
    async fn a_token_can_take_its_time() {
        let (oauth, gate) = (OAuth::new(), Gate::closed());
        oauth.hold_token_requests(&gate);
        let (_server, mut client) = start(&oauth);
        client.send(
            "POST",
            "/api/oauth/token",
            &headers(SECRET),
            "grant_type=client_credentials",
        );
        gate.wait_for_arrivals(1).await;
        assert_eq!(
            (oauth.counts().token_requests, oauth.counts().issued),
            (1, 0)
        );
        gate.open();
        assert_eq!(client.read().unwrap().status, 200);
    }

    #[test]
    fn both_kinds_of_credentials() {
        let (digest, oauth) = (Digest::atlas(), OAuth::new().allow_digest());
        let server = App::examples().layer(&digest).layer(&oauth).start();
        let mut client = TestClient::connect(&server);
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
            404
        );
        let token = token(&mut client);
        assert_eq!(client.call("GET", "/", &token, "").status, 404);
        assert_eq!(
            client
                .call("GET", "/", "Authorization: Bearer x\r\n", "")
                .status,
            401
        );
        assert_eq!(
            (
                digest.counts().accepted,
                oauth.counts().accepted,
                oauth.counts().unauthorized
            ),
            (1, 1, 1)
        );
    }
}
