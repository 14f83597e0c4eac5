//! The rate limit: a token bucket that refills by the clock.

use super::store::Moment;

/// A token bucket. It starts full.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    /// How many tokens were taken and are not refilled yet.
    taken: f64,
    at: Moment,
}

impl Bucket {
    /// Takes a token and returns how many are left. Fails with the number of seconds until the next
    /// token.
    pub(super) fn take(&mut self, per_minute: u32, now: Moment) -> Result<u32, u64> {
        let (size, passed) = (
            f64::from(per_minute.max(1)),
            (now - self.at).max(0) as f64 / 60_000.0,
        );
        self.taken = (self.taken - passed * size).clamp(0.0, size);
        self.at = now;
        let left = size - self.taken - 1.0;
        // Repeated refills in floating point are not exact.
        if left > -1e-9 {
            self.taken += 1.0;
            return Ok(left.max(0.0) as u32);
        }
        Err((-left * 60.0 / size).ceil().max(1.0) as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_with_time() {
        let mut bucket = Bucket::default();
        assert_eq!(
            [(); 4].map(|()| bucket.take(3, 0)),
            [Ok(2), Ok(1), Ok(0), Err(20)]
        );
        assert_eq!(bucket.take(3, 5_000), Err(15));
        assert_eq!(bucket.take(3, 20_000), Ok(0));
        assert_eq!(bucket.take(3, 600_000), Ok(2));
    }
}
