//! A clock that a test advances, or that runs faster than real time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The clock of the servers. Clones share the same time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    advanced: AtomicU64,
    /// When it was started, and how many seconds pass in one second of real time.
    running: Option<(Instant, f64)>,
}

impl Clock {
    /// A clock at zero that stands still.
    pub fn new() -> Self {
        Clock::default()
    }

    /// A clock at zero that runs by itself, `speed` times as fast as real time. It is for
    /// interactive use: no test waits for time to pass.
    pub fn running(speed: f64) -> Self {
        Clock(Arc::new(Inner {
            advanced: AtomicU64::new(0),
            running: Some((Instant::now(), speed.max(0.0))),
        }))
    }

    /// The time since the clock was created, in whole milliseconds.
    pub fn now(&self) -> Duration {
        let advanced = Duration::from_millis(self.0.advanced.load(Ordering::SeqCst));
        let run = self.0.running.map_or(Duration::ZERO, |(start, speed)| {
            let run = Duration::try_from_secs_f64(start.elapsed().as_secs_f64() * speed)
                .unwrap_or(Duration::MAX);
            Duration::from_millis(u64::try_from(run.as_millis()).unwrap_or(u64::MAX))
        });
        advanced.saturating_add(run)
    }

    /// Advances the clock, for all clones.
    pub fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        self.0.advanced.fetch_add(millis, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_agree() {
        let clock = Clock::new();
        clock.clone().advance(Duration::from_millis(1500));
        assert_eq!(clock.now(), Duration::from_millis(1500));
    }

    #[test]
    fn a_clock_that_runs_can_be_advanced_as_well() {
        let (still, fast) = (Clock::running(0.0), Clock::running(1e300));
        still.advance(Duration::from_secs(2));
        assert_eq!(still.now(), Duration::from_secs(2));
        // At this speed, the clock reaches any time as soon as real time has moved at all.
        while fast.now() == Duration::ZERO {}
        assert!(fast.now() > Duration::from_secs(1 << 40));
    }
}
