//! The token of a service account, which all calls share and which is renewed before it expires.
//!
//! Atlas issues at most 10 tokens a minute and keeps at most 100 valid, so all calls share one
//! token and one renewal. A call that finds no usable token requests one, and the other calls wait
//! for the result, whether it is a token or an error. If the requesting call is dropped, the next
//! waiting call requests the token.
//!
//! A rejected token is replaced, because it may have been revoked. If Atlas rejects the new one as
//! well, the reason is another one, which no token changes, and no rejected token is replaced for
//! five minutes: otherwise each call would use up one of the tokens that Atlas allows.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderValue;
use secrecy::SecretString;

use super::token::{Endpoint, Token, TokenFailure};
use crate::config::base_url::BaseUrl;
use crate::config::deadline::Deadline;
use crate::config::retry_policy::RetryPolicy;
use crate::config::settings::Settings;
use crate::error::auth::AuthError;

/// The maximum time of an early renewal. The call that makes it has a token that works.
const LONGEST_EARLY_RENEWAL: Duration = Duration::from_secs(5);

/// How long rejected tokens are not replaced after a replacement that did not help.
const PAUSE: Duration = Duration::from_secs(300);

/// A service account and its token.
pub(crate) struct ServiceAccount {
    endpoint: Endpoint,
    /// The current token, which calls read without waiting.
    current: Mutex<Current>,
    /// The call that requests a token holds this lock meanwhile.
    refresh: tokio::sync::Mutex<RefreshState>,
    /// The number of completed token requests, without early renewals. A call that waited for the
    /// lock compares it with the earlier number, to find out whether a request completed meanwhile.
    outcomes: AtomicU64,
}

#[derive(Default)]
struct Current {
    token: Option<Token>,
    /// Until then, a rejected token is not replaced.
    pause_end: Option<Instant>,
}

#[derive(Default)]
struct RefreshState {
    /// The error of the last token request. `None` if it succeeded.
    failed: Option<AuthError>,
    /// The time before which no call may request a token: the end of the delay that the endpoint or
    /// the retry policy sets.
    not_before: Option<Instant>,
}

impl Current {
    fn is_paused(&self, now: Instant) -> bool {
        self.pause_end.is_some_and(|end| now < end)
    }
}

impl ServiceAccount {
    pub(crate) fn new(client_id: String, secret: SecretString, base_url: &BaseUrl) -> Self {
        ServiceAccount {
            endpoint: Endpoint {
                client_id,
                secret,
                url: base_url.join("/api/oauth/token"),
            },
            current: Mutex::default(),
            refresh: tokio::sync::Mutex::default(),
            outcomes: AtomicU64::new(0),
        }
    }

    /// Returns a token as a header: the current one, or a new one. `refused` is the token that
    /// Atlas has just rejected, if any; this token is returned again only if it is not replaced
    /// now.
    pub(crate) async fn token(
        &self,
        settings: &Settings,
        deadline: Deadline,
        refused: Option<&HeaderValue>,
    ) -> Result<HeaderValue, AuthError> {
        let outcomes = self.outcomes.load(Ordering::Acquire);
        let now = settings.clock.now();
        let usable = self.usable(now, refused);
        if let Some(token) = &usable {
            if now < token.renew_at {
                return Ok(token.header.clone());
            }
            // The token is still valid: one call renews it early, and the others use it meanwhile.
            let Ok(mut refresh) = self.refresh.try_lock() else {
                return Ok(token.header.clone());
            };
            let renewed = self
                .usable(now, refused)
                .filter(|token| now < token.renew_at);
            if renewed.is_some() || refresh.not_before.is_some_and(|end| now < end) {
                return Ok(renewed.as_ref().unwrap_or(token).header.clone());
            }
            return Ok(self
                .renew_early(settings, deadline, &mut refresh, token)
                .await);
        }
        let mut refresh = self.refresh.lock().await;
        if let Some(token) = self.usable(settings.clock.now(), refused) {
            return Ok(token.header);
        }
        if let Some(refused) = refused.filter(|_| self.current().is_paused(settings.clock.now())) {
            return Ok(refused.clone());
        }
        if self.outcomes.load(Ordering::Acquire) != outcomes {
            if let Some(error) = &refresh.failed {
                return Err(error.clone());
            }
        }
        let outcome = self
            .request_token(
                settings,
                deadline,
                &settings.retry,
                settings.attempt_timeout,
                &mut refresh,
            )
            .await;
        refresh.failed = outcome.as_ref().err().cloned();
        self.outcomes.fetch_add(1, Ordering::Release);
        outcome.map(|token| token.header)
    }

    /// Pauses the replacement of rejected tokens, because a replacement did not help. A pause that
    /// has begun already is not made longer.
    pub(crate) fn pause_replacement(&self, now: Instant) {
        let mut current = self.current();
        if !current.is_paused(now) {
            current.pause_end = now.checked_add(PAUSE);
        }
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn usable(&self, now: Instant, refused: Option<&HeaderValue>) -> Option<Token> {
        self.current()
            .token
            .as_ref()
            .filter(|token| now < token.expires_at && Some(&token.header) != refused)
            .cloned()
    }

    fn store(&self, token: &Token) {
        self.current().token = Some(token.clone());
    }

    /// Sets the next early renewal to half of the remaining time of the current token.
    fn postpone_renewal(&self, now: Instant) {
        if let Some(token) = &mut self.current().token {
            token.renew_at = now + token.expires_at.saturating_duration_since(now) / 2;
        }
    }

    /// Tries once to renew a token that is still valid, and returns the token to use. If this
    /// fails, takes longer than half of the time that the call has left, or is dropped, the old
    /// token stays in use, and the next attempt follows after half of its remaining time.
    async fn renew_early(
        &self,
        settings: &Settings,
        deadline: Deadline,
        refresh: &mut RefreshState,
        old: &Token,
    ) -> HeaderValue {
        let clock = &*settings.clock;
        self.postpone_renewal(clock.now());
        let timeout = LONGEST_EARLY_RENEWAL
            .min(deadline.left(clock) / 2)
            .min(settings.attempt_timeout);
        match self
            .request_token(settings, deadline, &RetryPolicy::never(), timeout, refresh)
            .await
        {
            Ok(token) => token.header,
            Err(error) => {
                tracing::warn!(target: "atlas_backup_api", %error, "the token was not renewed; the old one still serves");
                old.header.clone()
            }
        }
    }

    /// Requests a token, with retries, until it succeeds or another attempt is useless. `timeout`
    /// is that of one attempt. The caller stops all of them at the deadline. Dropping it leaves the
    /// current token as it was.
    async fn request_token(
        &self,
        settings: &Settings,
        deadline: Deadline,
        policy: &RetryPolicy,
        timeout: Duration,
        refresh: &mut RefreshState,
    ) -> Result<Token, AuthError> {
        let clock = &*settings.clock;
        let mut delays = policy.delays();
        loop {
            let wait = refresh
                .not_before
                .map(|end| end.saturating_duration_since(clock.now()))
                .unwrap_or_default();
            if !wait.is_zero() {
                match &refresh.failed {
                    Some(error) if wait >= deadline.left(clock) || policy.is_too_long(wait) => {
                        return Err(error.clone());
                    }
                    _ => clock.sleep(wait).await,
                }
            }
            let TokenFailure { error, retry } = match self
                .endpoint
                .request_token(&settings.http, timeout, clock.now())
                .await
            {
                Ok(token) => {
                    *refresh = RefreshState::default();
                    self.store(&token);
                    return Ok(token);
                }
                Err(failure) => failure,
            };
            let Some(retry) = retry else {
                return Err(error);
            };
            let delay = delays.next(retry.is_rate_limit, retry.retry_after);
            // The next call that requests a token also waits for this delay.
            refresh.not_before = delay
                .or(retry.retry_after)
                .and_then(|delay| clock.now().checked_add(delay));
            refresh.failed = Some(error.clone());
            match delay {
                Some(delay) if delay < deadline.left(clock) => {
                    tracing::warn!(target: "atlas_backup_api", %error, delay_ms = delay.as_millis() as u64, "no token yet; refresh again");
                }
                _ => return Err(error),
            }
        }
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServiceAccount(..)")
    }
}
