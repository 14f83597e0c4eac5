//! The clock of a drill.

use std::time::{Duration, Instant};

use atlas_backup_api::Timestamp;

/// A point in time during a drill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// The time of day, which somebody may set while the drill goes on.
    pub wall: Timestamp,
    /// The time since the drill has started. Durations are measured by it.
    pub elapsed: Duration,
}

/// Tells the time since the drill has started.
pub struct Clock(Instant);

impl Clock {
    pub fn start() -> Self {
        Clock(Instant::now())
    }

    pub fn now(&self) -> Moment {
        let now = Timestamp::now();
        Moment {
            // More digits tell people nothing.
            wall: Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now),
            elapsed: self.0.elapsed(),
        }
    }
}
