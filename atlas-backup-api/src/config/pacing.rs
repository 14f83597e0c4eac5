//! Holds requests back while Atlas says that no more of their kind are allowed.
//!
//! Atlas counts by a token bucket for each set of endpoints and each project or organization, but
//! says neither which endpoints share one nor how fast it refills. So each endpoint of each project
//! has a bucket here, and what the last response said is taken for true: no more requests are in
//! progress than it left. The first request goes alone. If none is left, the next one goes alone, after a
//! pause that refusals make longer; after a refusal, when the time has passed that it asked for. See
//! <https://www.mongodb.com/docs/atlas/api/api-rate-limit/>.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::config::clock::Clock;

/// When to ask again, if a response said that no request is left, and nothing is known about how
/// fast the bucket refills.
const EMPTY: Duration = Duration::from_secs(1);

/// When to ask again at the latest. A longer pause loses nothing: the bucket refills meanwhile.
const LONGEST: Duration = Duration::from_secs(60);

/// When to ask again, if a request was refused without `Retry-After`: what Atlas recommends before a
/// first retry.
const REFUSED: Duration = Duration::from_secs(10);

/// From this number of buckets on, those that hold nothing back are dropped.
const MANY: usize = 4096;

/// The buckets of a client.
#[derive(Default)]
pub(crate) struct Pacing {
    /// Sorted by name.
    buckets: Mutex<Vec<(String, Arc<Bucket>)>>,
}

/// What a response said about its bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Allowance {
    /// So many requests are left.
    Left(u64),
    /// It was a success that did not say how many are left. If the request was sent to find out,
    /// there is no known limit any more.
    Unsaid,
    /// The request was refused because none was left, until this time has passed.
    Refused(Option<Duration>),
}

struct Bucket {
    state: Mutex<State>,
    /// A request has ended, so another one may be allowed now.
    changed: Notify,
}

#[derive(Debug)]
struct State {
    /// Whether there was a response yet.
    is_known: bool,
    /// How many requests were left when the last response was sent that said it. `None`: none has
    /// said that there is a limit.
    left: Option<u64>,
    in_progress: u64,
    /// No request is allowed before.
    not_before: Option<Instant>,
    /// How long to wait if none is left. It grows by what refusals ask for.
    pause: Duration,
}

impl Default for State {
    fn default() -> Self {
        State {
            is_known: false,
            left: None,
            in_progress: 0,
            not_before: None,
            pause: EMPTY,
        }
    }
}

/// Whether a request may be sent.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Now {
        /// Whether it is sent to find out if there are requests left again.
        is_probe: bool,
    },
    After(Duration),
    /// When a request that is in progress has ended.
    AfterChange,
}

impl State {
    /// Counts a request as in progress, if it may be sent now. If it would have to wait for longer
    /// than `patience`, it is sent as well: its refusal then says for how long.
    fn ask(&mut self, now: Instant, patience: Duration) -> Answer {
        if let Some(not_before) = self.not_before {
            let wait = not_before.saturating_duration_since(now);
            if wait > patience {
                self.in_progress += 1;
                return Answer::Now { is_probe: false };
            }
            if !wait.is_zero() {
                return Answer::After(wait);
            }
            self.not_before = None;
        }
        // If nothing is known, or none is left, one request must find out how many there are now.
        let most = match self.left {
            Some(left) => left.max(1),
            None if self.is_known => u64::MAX,
            None => 1,
        };
        if self.in_progress >= most {
            return Answer::AfterChange;
        }
        self.in_progress += 1;
        Answer::Now {
            is_probe: self.left == Some(0),
        }
    }

    fn answered(&mut self, allowance: Allowance, is_probe: bool, now: Instant) {
        self.is_known = true;
        let pause = match allowance {
            Allowance::Unsaid => {
                if is_probe {
                    self.left = None;
                }
                None
            }
            Allowance::Left(left) => {
                self.left = Some(left);
                (left == 0).then_some(self.pause)
            }
            Allowance::Refused(time) => {
                let time = time.unwrap_or(REFUSED);
                // The pause was too short for the bucket to refill.
                if is_probe {
                    self.pause = (self.pause + time).min(LONGEST);
                }
                self.left = Some(0);
                Some(time)
            }
        };
        // A pause that an earlier response asked for is not cut short.
        self.not_before = self
            .not_before
            .max(pause.and_then(|pause| now.checked_add(pause)));
    }

    /// Whether a request would have to wait.
    fn holds_back(&self, now: Instant) -> bool {
        self.not_before.is_some_and(|not_before| not_before > now)
    }
}

impl Bucket {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pacing {
    /// Waits until a request of this bucket may be sent. A pause longer than `patience` is not waited
    /// for.
    pub(crate) async fn turn(&self, bucket: String, patience: Duration, clock: &dyn Clock) -> Turn {
        let bucket = self.bucket(bucket, clock.now());
        let is_probe = loop {
            let changed = bucket.changed.notified();
            let answer = bucket.state().ask(clock.now(), patience);
            match answer {
                Answer::Now { is_probe } => break is_probe,
                Answer::After(time) => clock.sleep(time).await,
                Answer::AfterChange => changed.await,
            }
        };
        Turn { bucket, is_probe }
    }

    fn bucket(&self, name: String, now: Instant) -> Arc<Bucket> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MANY {
            buckets.retain(|(_, known)| {
                // Whoever has a turn, or waits for one, has a clone.
                Arc::strong_count(known) > 1 || known.state().holds_back(now)
            });
        }
        match buckets.binary_search_by(|(known, _)| known.cmp(&name)) {
            Ok(place) => Arc::clone(&buckets[place].1),
            Err(place) => {
                let bucket = Arc::new(Bucket {
                    state: Mutex::default(),
                    changed: Notify::new(),
                });
                buckets.insert(place, (name, Arc::clone(&bucket)));
                bucket
            }
        }
    }
}

impl fmt::Debug for Pacing {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pacing").finish_non_exhaustive()
    }
}

/// A request that may be sent. When it is dropped, the request is no longer in progress.
#[must_use = "the request is in progress for as long as it exists"]
pub(crate) struct Turn {
    bucket: Arc<Bucket>,
    is_probe: bool,
}

impl Turn {
    /// Ends the turn with what the response said. If there was no response, the turn is dropped.
    pub(crate) fn answered(self, allowance: Allowance, now: Instant) {
        let mut state = self.bucket.state();
        state.answered(allowance, self.is_probe, now);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.bucket.state().in_progress -= 1;
        self.bucket.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: Answer = Answer::Now { is_probe: false };
    const PROBE: Answer = Answer::Now { is_probe: true };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn asked(state: &mut State, now: Instant, times: usize) -> Vec<Answer> {
        let ask = |_| state.ask(now, seconds(60));
        (0..times).map(ask).collect()
    }

    #[test]
    fn without_a_limit_everything_is_sent_after_the_first_response() {
        let now = Instant::now();
        let mut state = State::default();
        assert_eq!(asked(&mut state, now, 2), [SENT, Answer::AfterChange]);
        state.answered(Allowance::Unsaid, false, now);
        let answers = asked(&mut state, now, 100);
        assert!(answers.iter().all(|answer| *answer == SENT));
    }

    #[test]
    fn no_more_are_in_progress_than_are_left() {
        let now = Instant::now();
        let mut state = State::default();
        state.answered(Allowance::Left(2), false, now);
        // A response that does not say it changes nothing.
        state.answered(Allowance::Unsaid, false, now);
        let answers = asked(&mut state, now, 3);
        assert_eq!(answers, [SENT, SENT, Answer::AfterChange]);
        state.in_progress = 0;
        assert_eq!(asked(&mut state, now, 1), [SENT]);
    }

    #[test]
    fn if_none_is_left_one_request_goes_alone_a_second_later() {
        let now = Instant::now();
        let mut state = State::default();
        state.answered(Allowance::Left(0), false, now);
        assert_eq!(asked(&mut state, now, 1), [Answer::After(EMPTY)]);
        let answers = asked(&mut state, now + EMPTY, 2);
        assert_eq!(answers, [PROBE, Answer::AfterChange]);
    }

    #[test]
    fn a_refusal_holds_for_the_time_that_it_asked_for() {
        let now = Instant::now();
        for (time, wait) in [(Some(seconds(55)), seconds(55)), (None, REFUSED)] {
            let mut state = State::default();
            state.answered(Allowance::Refused(time), false, now);
            // A response to an earlier request arrives after it, and says less.
            state.answered(Allowance::Left(7), false, now + seconds(1));
            let answers = asked(&mut state, now + seconds(1), 1);
            assert_eq!(answers, [Answer::After(wait - seconds(1))]);
            assert_eq!(asked(&mut state, now + wait, 1), [SENT]);
        }
    }

    #[test]
    fn a_refusal_is_over_when_a_request_succeeds_without_saying_how_many_are_left() {
        let now = Instant::now();
        let mut state = State::default();
        asked(&mut state, now, 1);
        state.answered(Allowance::Refused(None), false, now);
        // A response to an earlier request says nothing about the time after the refusal.
        state.answered(Allowance::Unsaid, false, now);
        state.in_progress = 0;
        let later = now + REFUSED;
        assert_eq!(asked(&mut state, later, 2), [PROBE, Answer::AfterChange]);
        state.answered(Allowance::Unsaid, true, later);
        let answers = asked(&mut state, later, 100);
        assert!(answers.iter().all(|answer| *answer == SENT), "{answers:?}");
    }

    #[test]
    fn a_pause_that_is_too_long_is_not_waited_for() {
        let now = Instant::now();
        let mut state = State::default();
        state.answered(Allowance::Refused(Some(seconds(61))), false, now);
        assert_eq!(asked(&mut state, now, 3), [SENT, SENT, SENT]);
        state.in_progress = 0;
        let later = now + seconds(1);
        assert_eq!(asked(&mut state, later, 1), [Answer::After(seconds(60))]);
    }

    #[test]
    fn a_pause_that_was_too_short_grows() {
        let now = Instant::now();
        let mut state = State::default();
        for (refused, pause) in [(3, 4), (7, 11), (300, 60)] {
            state.answered(Allowance::Refused(Some(seconds(refused))), true, now);
            assert_eq!(state.pause, seconds(pause));
        }
        // Many refusals at once say nothing about how fast the bucket refills.
        let mut state = State::default();
        state.answered(Allowance::Left(5), false, now);
        for _ in 0..5 {
            state.answered(Allowance::Refused(Some(seconds(9))), false, now);
        }
        assert_eq!(state.pause, EMPTY);
    }

    #[test]
    fn buckets_that_hold_nothing_back_are_dropped() {
        let (pacing, now) = (Pacing::default(), Instant::now());
        let bucket = |name: &str| pacing.bucket(name.to_owned(), now);
        let refused = Allowance::Refused(None);
        bucket("closed").state().answered(refused, false, now);
        let waited_for = bucket("waited for");
        for number in 0..2 * MANY {
            drop(bucket(&number.to_string()));
        }
        let buckets = pacing.buckets.lock().unwrap();
        assert!(buckets.len() <= MANY, "{}", buckets.len());
        let is_kept = |name: &str| buckets.iter().any(|(known, _)| known == name);
        assert!(is_kept("closed") && is_kept("waited for"));
        drop(waited_for);
    }
}
