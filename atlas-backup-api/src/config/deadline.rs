//! The end of all waiting for one call.

use std::time::{Duration, Instant};

use crate::config::clock::Clock;

/// When a call must have ended, whatever it is doing by then.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline(Option<Instant>);

/// The deadline came first.
#[derive(Debug)]
pub(crate) struct Passed;

impl Deadline {
    /// So much time after a call began. One too long for a clock to tell is none at all.
    pub(crate) fn after(began: Instant, time: Duration) -> Self {
        Deadline(began.checked_add(time))
    }

    /// How much time is left.
    pub(crate) fn left(self, clock: &dyn Clock) -> Duration {
        self.0.map_or(Duration::MAX, |end| {
            end.saturating_duration_since(clock.now())
        })
    }

    /// Waits for what others in this process do (a free place, a token), and no longer than until the deadline.
    ///
    /// How much time is left is the clock's to say, but it passes by the system's: what is waited for is real.
    pub(crate) async fn bound<T>(
        self,
        clock: &dyn Clock,
        work: impl Future<Output = T>,
    ) -> Result<T, Passed> {
        let left = self.left(clock);
        // tokio would let work through that is done at once.
        if left.is_zero() {
            return Err(Passed);
        }
        tokio::time::timeout(left, work).await.map_err(|_| Passed)
    }
}
