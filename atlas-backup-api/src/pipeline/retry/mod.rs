//! Sends a request, retries it if that is right, and returns the last response.
//!
//! The future is boxed and not generic, so that it is compiled once for all operations.
//! `authenticate` knows what one attempt consists of.

mod conclude;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tracing::field::Empty;
use tracing::{Instrument, Span};

use crate::config::deadline::Deadline;
use crate::config::pacing::{Allowance, Pacing, Turn};
use crate::config::retry_policy::Delays;
use crate::config::settings::Settings;
use crate::error::Error;
use crate::error::connection::ConnectionError;
use crate::http::rate_limit;
use crate::http::retry_after::retry_after;
use crate::http::send::Boxed;
use crate::pipeline::authenticate::{self, AttemptOutcome};
use crate::pipeline::classify::Failure;
use crate::pipeline::context::Context;
use crate::pipeline::decode;
use crate::pipeline::exchange::RawResponse;
use crate::pipeline::operation::Idempotency;
use crate::pipeline::request::Request;
use crate::pipeline::span;
use crate::wire::opaque::Opaque;

/// Sends a request, unless one of its arguments is invalid.
pub(crate) fn send(
    context: Arc<Context>,
    mut request: Opaque<Request>,
) -> Boxed<'static, Result<RawResponse, Error>> {
    Box::pin(async move {
        if let Some(refused) = request.take_refusal() {
            return Err(refused.of(request.route.name.clone()).into());
        }
        let route = &request.route;
        let span = tracing::info_span!(
            target: "atlas_backup_api",
            "atlas_call",
            operation = &*route.name,
            method = route.method.as_str(),
            path = &*route.path,
            attempt = Empty,
            status = Empty,
            elapsed_ms = Empty,
            otel.name = &*route.name,
            otel.status_code = Empty,
            "error.type" = Empty,
        );
        context.settings.counters.lock().calls += 1;
        let began = context.settings.clock.now();
        let outcome = attempts(&context, &request, &span, began)
            .instrument(span.clone())
            .await;
        let status = match &outcome {
            Ok(answer) => Some(answer.status),
            Err(error) => error.status(),
        };
        span.record("status", status.map(|status| status.as_u16()));
        span.record(
            "elapsed_ms",
            millis(
                context
                    .settings
                    .clock
                    .now()
                    .saturating_duration_since(began),
            ),
        );
        let (name, enveloped) = (&request.route.name, request.enveloped());
        let status = outcome
            .as_ref()
            .map(|answer| decode::status(name, enveloped, answer));
        span::record_failure(&span, status);
        outcome
    })
}

/// Makes attempts until one of them is final.
async fn attempts(
    context: &Context,
    request: &Request,
    span: &Span,
    mut began: Instant,
) -> Result<RawResponse, Error> {
    let settings = &context.settings;
    let clock = &*settings.clock;
    let options = &request.options;
    let deadline = Deadline::after(
        began,
        options.total_timeout.unwrap_or(settings.total_timeout),
    );
    // Most calls need no retry, so the delays are created on demand.
    let mut delays: Option<Delays> = None;
    let mut may_have_acted = false;
    let (mut attempt, sent) = (0_u32, AtomicU32::new(0));
    loop {
        // The time in which the attempt is held back does not count as its own.
        let turn = match &settings.pacing {
            Some(pacing) => Some(turn(settings, pacing, request, deadline).await?),
            None => None,
        };
        if turn.is_some() {
            began = clock.now();
        }
        attempt += 1;
        settings.counters.lock().attempts += 1;
        span.record("attempt", attempt);
        let AttemptOutcome { outcome, unsigned } =
            authenticate::attempt(context, request, deadline, &sent).await;
        let status = outcome
            .as_ref()
            .ok()
            .map(|answer| decode::status(&request.route.name, request.enveloped(), answer));
        let elapsed_ms = millis(clock.now().saturating_duration_since(began));
        tracing::debug!(target: "atlas_backup_api", attempt, status = status.map(|status| status.as_u16()), elapsed_ms, "attempt");

        let failure = Failure::of(&outcome, status);
        if let (Some(turn), Ok(answer)) = (turn, &outcome) {
            end_turn(turn, answer, failure, clock.now());
        }
        let Some(failure) = failure else {
            return conclude::final_outcome(context, request, outcome, status, may_have_acted);
        };
        // Atlas does nothing for an unauthenticated request, so it is safe to repeat.
        let effect = if unsigned {
            Idempotency::Safe
        } else {
            request.route.idempotency
        };
        may_have_acted |= !unsigned && failure.may_have_acted();
        let delays = delays
            .get_or_insert_with(|| options.retry.as_ref().unwrap_or(&settings.retry).delays());
        let delay = if failure.is_retryable(effect) {
            delays.next(failure == Failure::RateLimited, requested_delay(&outcome))
        } else {
            None
        };
        // A delay beyond the deadline would only return the same failure later.
        let Some(delay) = delay.filter(|delay| *delay < deadline.left(clock)) else {
            return conclude::failure(request, outcome, status, failure, effect);
        };
        let delay_ms = millis(delay);
        tracing::warn!(target: "atlas_backup_api", attempt, failure = failure.as_str(), delay_ms, "trying again");
        clock.sleep(delay).await;
        settings.counters.lock().waited += delay;
        began = clock.now();
    }
}

/// Waits until an attempt may be sent by what is left of the rate limit.
async fn turn(
    settings: &Settings,
    pacing: &Pacing,
    request: &Request,
    deadline: Deadline,
) -> Result<Turn, Error> {
    let clock = &*settings.clock;
    let began = clock.now();
    let policy = request.options.retry.as_ref().unwrap_or(&settings.retry);
    let patience = policy.longest_retry_after().min(deadline.left(clock));
    let turn: Boxed<'_, _> = Box::pin(pacing.turn(request.bucket(), patience, clock));
    let turn = deadline.bound(clock, turn).await;
    let held_back = clock.now().saturating_duration_since(began);
    settings.counters.lock().paced += held_back;
    turn.map_err(|_passed| {
        ConnectionError::waited_for("request left by the rate limit", request.route.name.clone())
            .into()
    })
}

/// Ends the turn of a request with what its response says about the rate limit. One of a gateway may
/// say nothing.
fn end_turn(turn: Turn, answer: &RawResponse, failure: Option<Failure>, now: Instant) {
    let allowance = if failure == Some(Failure::RateLimited) {
        let time = retry_after(&answer.headers, Timestamp::now());
        Some(Allowance::Refused(time))
    } else {
        let left = rate_limit::remaining(&answer.headers).map(Allowance::Left);
        left.or_else(|| answer.status.is_success().then_some(Allowance::Unsaid))
    };
    if let Some(allowance) = allowance {
        turn.answered(allowance, now);
    }
}

/// The delay that the response requests by `Retry-After`.
fn requested_delay(outcome: &Result<RawResponse, Error>) -> Option<Duration> {
    outcome
        .as_ref()
        .ok()
        .and_then(|answer| retry_after(&answer.headers, Timestamp::now()))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
