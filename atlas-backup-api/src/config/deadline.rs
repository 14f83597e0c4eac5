//! The deadline of one call.

use std::time::{Duration, Instant};

use crate::config::clock::Clock;

/// The time at which a call must end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

/// The deadline has passed.
#[derive(Debug)]
pub(crate) struct Passed;

impl Deadline {
    /// The deadline this time after the beginning of a call. If the time is too long for the clock,
    /// there is no deadline.
    pub(crate) fn after(began: Instant, time: Duration) -> Self {
        Deadline(began.checked_add(time))
    }

    /// The time left.
    pub(crate) fn left(self, clock: &dyn Clock) -> Duration {
        self.0.map_or(Duration::MAX, |end| {
            end.saturating_duration_since(clock.now())
        })
    }

    /// Waits for other tasks of this process (a permit, a token), at most until the deadline.
    ///
    /// The injected clock tells how much time is left, but the time passes by the system's clock,
    /// because the other tasks are real.
    pub(crate) async fn bound<T>(
        self,
        clock: &dyn Clock,
        work: impl Future<Output = T>,
    ) -> Result<T, Passed> {
        let left = self.left(clock);
        // Without this, tokio would return work that is already done.
        if left.is_zero() {
            return Err(Passed);
        }
        tokio::time::timeout(left, work).await.map_err(|_| Passed)
    }
}
