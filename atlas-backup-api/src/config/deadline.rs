//! The deadline of one call.

use std::time::{Duration, Instant};

use crate::config::clock::Clock;

/// The time at which a call must end. `None` means that the call has no deadline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

/// The error of work that did not complete before the deadline.
#[derive(Debug)]
pub(crate) struct Passed;

impl Deadline {
    /// Returns the deadline of a call that began at `began` and may take `time`. If the clock
    /// cannot represent that instant, the call has no deadline.
    pub(crate) fn after(began: Instant, time: Duration) -> Self {
        Deadline(began.checked_add(time))
    }

    /// Returns the time left: zero after the deadline, `Duration::MAX` if there is none.
    pub(crate) fn left(self, clock: &dyn Clock) -> Duration {
        self.0.map_or(Duration::MAX, |end| {
            end.saturating_duration_since(clock.now())
        })
    }

    /// Waits for other tasks of this process (a permit, a token), at most until the deadline.
    ///
    /// `clock`, which a test may replace, determines how much time is left. The wait itself is
    /// measured by the system's clock, because the other tasks work in real time.
    pub(crate) async fn bound<T>(
        self,
        clock: &dyn Clock,
        work: impl Future<Output = T>,
    ) -> Result<T, Passed> {
        let left = self.left(clock);
        // tokio's `timeout` polls the work before it checks the time, so it would return the result
        // of work that is already complete.
        if left.is_zero() {
            return Err(Passed);
        }
        tokio::time::timeout(left, work).await.map_err(|_| Passed)
    }
}
