//! One attempt: an exchange with credentials, and a second exchange if the server rejects the first
//! with a challenge or an expired token.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use http::{HeaderMap, HeaderValue, StatusCode};
use tracing::Instrument;
use tracing::field::display;

use crate::auth::{Auth, ServiceAccount};
#[cfg(feature = "digest")]
use crate::auth::{Digest, Nonce};
use crate::config::deadline::Deadline;
use crate::config::settings::Settings;
use crate::error::Error;
use crate::error::api::ApiError;
#[cfg(feature = "digest")]
use crate::error::auth::AuthError;
use crate::error::connection::ConnectionError;
use crate::http::deprecation;
use crate::http::send::Boxed;
use crate::pipeline::context::Context;
use crate::pipeline::exchange::{ExchangeError, RawResponse, exchange};
use crate::pipeline::request::Request;
use crate::pipeline::span;

/// The result of an attempt.
pub(crate) struct AttemptOutcome {
    pub(crate) outcome: Result<RawResponse, Error>,
    /// Whether the last request was unsigned although the client has an API key, because there was
    /// no challenge yet. Atlas rejects such requests, so Atlas has done nothing, even if the
    /// response was lost.
    pub(crate) unsigned: bool,
}

impl AttemptOutcome {
    fn signed(outcome: Result<RawResponse, Error>) -> Self {
        AttemptOutcome {
            outcome,
            unsigned: false,
        }
    }
}

/// Sends a request once, with as many exchanges as authentication needs.
pub(crate) async fn attempt(
    context: &Context,
    request: &Request,
    deadline: Deadline,
    sent: &AtomicU32,
) -> AttemptOutcome {
    let attempt = Attempt {
        context,
        request,
        deadline,
        sent,
        url: url(context, request),
    };
    // The permit is released between attempts, so that a call that waits does not block other
    // calls.
    let _permit = match &context.settings.permits {
        Some(permits) => match attempt
            .wait_for("permit for a concurrent call", Box::pin(permits.acquire()))
            .await
        {
            Ok(permit) => Some(permit),
            Err(error) => return AttemptOutcome::signed(Err(error)),
        },
        None => None,
    };
    match &context.auth {
        Auth::Nothing => AttemptOutcome::signed(attempt.exchange(None).await.map_err(Error::from)),
        #[cfg(feature = "digest")]
        Auth::Digest(key) => attempt.with_digest(key).await,
        Auth::ServiceAccount(account) => AttemptOutcome::signed(attempt.with_token(account).await),
        Auth::Token(token) => AttemptOutcome::signed(
            attempt
                .exchange(Some(token.clone()))
                .await
                .map_err(Error::from),
        ),
    }
}

/// Warns once of each operation that a response calls deprecated.
fn warn_if_deprecated(settings: &Settings, operation: &str, headers: &HeaderMap) {
    if deprecation::is_deprecated(headers) && settings.warned.is_first(operation) {
        let deprecation = deprecation::deprecation(headers).map(display);
        let sunset = deprecation::sunset(headers).map(display);
        tracing::warn!(target: "atlas_backup_api", operation, deprecation, sunset, "deprecated by Atlas");
    }
}

/// The beginnings of the codes with which a 401 says that a token is valid, but may not be used for
/// this: by this service account, or from this address.
const MISSING_PERMISSIONS: [&str; 4] = [
    "IP_ADDRESS_",
    "NOT_IN_",
    "USER_CANNOT_",
    "USER_UNAUTHORIZED",
];

/// Whether a 401 response may be about the token.
fn is_token_rejected(answer: &RawResponse) -> bool {
    if answer.status != StatusCode::UNAUTHORIZED {
        return false;
    }
    let error = ApiError::from_response(answer.status, &answer.headers, &answer.body);
    let code = error.error_code().unwrap_or_default();
    let mut permissions = MISSING_PERMISSIONS.iter();
    !permissions.any(|beginning| code.starts_with(beginning))
}

struct Attempt<'a> {
    context: &'a Context,
    request: &'a Request,
    deadline: Deadline,
    /// How many requests the call has sent.
    sent: &'a AtomicU32,
    url: String,
}

/// Returns the URL of a request.
fn url(context: &Context, request: &Request) -> String {
    let base = context.settings.base_url.as_str();
    // Long enough for most, so that the text is not copied as it grows.
    let mut url = String::with_capacity(base.len() + 256);
    url.push_str(base);
    request.write_target(&mut url);
    url
}

impl Attempt<'_> {
    /// Tries the last nonce that worked first. The challenge of a 401 response is used once: this
    /// replaces a stale nonce, and a wrong key fails after two requests. Each request in progress
    /// owns its nonce; if the request is lost, its nonce is not used again.
    #[cfg(feature = "digest")]
    async fn with_digest(&self, key: &Digest) -> AttemptOutcome {
        let mut nonce = key.take();
        let signed = nonce.as_mut().and_then(|nonce| self.sign(key, nonce));
        let unsigned = signed.is_none();
        let answer = match self.exchange(signed).await {
            Err(broken) => {
                return AttemptOutcome {
                    outcome: Err(broken.error),
                    unsigned: unsigned && !broken.was_authorized,
                };
            }
            Ok(answer) if answer.status == StatusCode::UNAUTHORIZED => {
                return AttemptOutcome::signed(self.meet_challenge(key, answer).await);
            }
            Ok(answer) => answer,
        };
        if let Some(nonce) = nonce {
            key.put_back(nonce);
        }
        AttemptOutcome {
            unsigned: unsigned && !answer.status.is_success(),
            outcome: Ok(answer),
        }
    }

    #[cfg(feature = "digest")]
    async fn meet_challenge(
        &self,
        key: &Digest,
        refusal: RawResponse,
    ) -> Result<RawResponse, Error> {
        let offered = Nonce::offered(&refusal.headers);
        let signed =
            offered.and_then(|mut nonce| self.sign(key, &mut nonce).map(|signed| (nonce, signed)));
        let Some((nonce, signed)) = signed else {
            let name = &self.request.route.name;
            let refusal = refusal.error(name, refusal.status);
            let hint = "the client has an API key, and the response has no Digest challenge that it supports";
            return Err(AuthError::refused(name.clone(), refusal, hint).into());
        };
        let answer = self.exchange(Some(signed)).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            key.put_back(nonce);
        }
        Ok(answer)
    }

    #[cfg(feature = "digest")]
    fn sign(&self, key: &Digest, nonce: &mut Nonce) -> Option<HeaderValue> {
        // The signature covers exactly the path and query that are sent: parsing them as part of a
        // URL does not change them.
        let target = &self.url[self.context.settings.base_url.as_str().len()..];
        key.sign(nonce, &self.request.route.method, target)
    }

    /// Replaces a rejected token once, because it may have been revoked. If the new one is rejected
    /// as well, tokens are not the reason.
    async fn with_token(&self, account: &ServiceAccount) -> Result<RawResponse, Error> {
        let token = self.token(account, None).await?;
        let mut answer = self.exchange(Some(token.clone())).await?;
        if !is_token_rejected(&answer) {
            return Ok(answer);
        }
        let replacement = self.token(account, Some(&token)).await?;
        if replacement != token {
            answer = self.exchange(Some(replacement)).await?;
        }
        if is_token_rejected(&answer) {
            account.pause_replacement(self.context.settings.clock.now());
        }
        Ok(answer)
    }

    async fn token(
        &self,
        account: &ServiceAccount,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, Error> {
        let token = Box::pin(account.token(&self.context.settings, self.deadline, refused));
        Ok(self
            .wait_for("token", token)
            .await?
            .map_err(|error| error.of(self.request.route.name.clone()))?)
    }

    /// Waits for other tasks of this process, at most until the deadline of the call.
    async fn wait_for<T>(&self, what: &'static str, work: Boxed<'_, T>) -> Result<T, Error> {
        let outcome = self
            .deadline
            .bound(&*self.context.settings.clock, work)
            .await;
        outcome.map_err(|_passed| {
            ConnectionError::waited_for(what, self.request.route.name.clone()).into()
        })
    }

    async fn exchange(
        &self,
        authorization: Option<HeaderValue>,
    ) -> Result<RawResponse, ExchangeError> {
        let Attempt {
            context,
            request,
            deadline,
            sent,
            url,
        } = self;
        let (settings, route) = (&context.settings, &request.route);
        let named = (route.method.as_str(), &*route.path);
        let span = span::of_request(settings, named, url, sent.fetch_add(1, Relaxed));
        {
            let mut counts = settings.counters.lock();
            counts.requests += 1;
            counts.bytes_sent += request.body.as_ref().map_or(0, |body| body.len() as u64);
        }
        let outcome = exchange(settings, request, url, authorization, *deadline)
            .instrument(span.clone())
            .await;
        let status = outcome.as_ref().map(|answer| answer.status);
        span::record_response(&span, status.map_err(|broken| &broken.error));
        if let Ok(answer) = &outcome {
            settings.counters.lock().bytes_received += answer.body.len() as u64;
            warn_if_deprecated(settings, &route.name, &answer.headers);
        }
        outcome
    }
}
