//! An Atlas that remembers: what is written is read again, jobs make progress by the clock, and a download leads to bytes.
//!
//! A request is validated by the documents (`request`, `rules`), does what the table says (`table`, then a file for each family), and what
//! is answered is validated as well (`serve`). How a resource is rendered while its job is under way is one table for all (`rendering`).
//! Both generations of the API tell of the same things.

mod api_error;
mod builder;
mod collections;
mod exports;
mod family;
mod legacy;
mod operations;
mod page;
mod rate_limit;
mod rendering;
mod request;
mod restores;
mod rules;
mod seed;
mod serve;
mod settings;
mod shared_tier;
mod snapshots;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

pub use builder::FakeAtlasBuilder;
pub use family::{ClusterKind, Family};
use serve::Shared;
use store::JobOutcome;

use super::{Clock, Digest, DownloadHost, Faults, OAuth, Server};

/// The project that there is.
pub const PROJECT: &str = "32b6e34b3d91647abb20e7b8";

/// The clusters that there are from the beginning, each with three complete snapshots.
pub const CLUSTERS: &[(&str, ClusterKind)] = &[
    ("orders", ClusterKind::ReplicaSet),
    ("events", ClusterKind::Sharded),
    ("flex", ClusterKind::Flex),
    ("tenant", ClusterKind::Tenant),
    ("serverless", ClusterKind::Serverless),
    ("legacy", ClusterKind::Legacy),
];

/// An Atlas that runs until it is dropped.
pub struct FakeAtlas {
    server: Server,
    shared: Arc<Shared>,
    clock: Clock,
    download_host: DownloadHost,
    digest: Digest,
    oauth: OAuth,
    faults: Faults,
}

impl FakeAtlas {
    /// Starts one with [`PROJECT`] and [`CLUSTERS`], at the beginning of 2026, by a clock that stands still: on loopback, on a port that
    /// the system picks, in a thread of its own.
    ///
    /// # Panics
    /// When the system has no port or thread to give.
    pub async fn start() -> Self {
        FakeAtlas::builder().start().await
    }

    /// One with another clock, other clusters, faults or authentication.
    pub fn builder() -> FakeAtlasBuilder {
        FakeAtlasBuilder::new()
    }

    /// The base URL to give to the client.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The server, to count and to take down.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The clock by which jobs make progress, and all that expires does.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Where downloads come from.
    pub fn download_host(&self) -> &DownloadHost {
        &self.download_host
    }

    /// Who checks API keys.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// Who hands out tokens.
    pub fn oauth(&self) -> &OAuth {
        &self.oauth
    }

    /// What goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The id of what this cluster has of this family, the one made last.
    pub fn latest(&self, family: Family, cluster: &str) -> Option<String> {
        self.shared
            .store()
            .resources_of(family, (PROJECT, cluster))
            .last()
            .map(|found| found.id.clone())
    }

    /// From now on, jobs of this family wait and run that long. Those under way stay as they are.
    pub fn set_job_duration(&self, family: Family, queued: Duration, running: Duration) {
        let mut store = self.shared.store();
        let plan = store.plan(family);
        (plan.queued, plan.running) = (queued, running);
    }

    /// The next job of this family fails. Several queue up.
    pub fn fail_next(&self, family: Family) {
        self.shared
            .store()
            .plan(family)
            .next
            .push_back(JobOutcome::Failed);
    }

    /// The next job of this family never finished. Several queue up.
    pub fn hang_next(&self, family: Family) {
        self.shared
            .store()
            .plan(family)
            .next
            .push_back(JobOutcome::Hung);
    }

    /// Whether the caller's address is on the access list.
    pub fn set_access_allowed(&self, allowed: bool) {
        self.shared.store().behavior.access_allowed = allowed;
    }

    /// Refuses more than that many requests in a minute; `None`, as in the beginning, refuses none.
    pub fn set_rate_limit(&self, per_minute: Option<u32>) {
        self.shared.store().behavior.rate_limit = per_minute;
    }

    /// Longer lists answer `TIMEOUT_WHILE_PAGING`, unless they need not be counted.
    pub fn set_max_countable(&self, max: usize) {
        self.shared.store().behavior.max_countable = max;
    }

    /// `totalCount` is wrong by this.
    pub fn set_count_offset(&self, offset: i64) {
        self.shared.store().behavior.count_offset = offset;
    }

    /// After each page of snapshots, that many new ones appear, in front of those that were there.
    pub fn add_snapshots_between_pages(&self, count: usize) {
        self.shared.store().behavior.new_per_page = count;
    }

    /// Downloads that are offered from now on have that many bytes.
    pub fn set_download_size(&self, bytes: u64) {
        self.shared.store().download_size = bytes;
    }

    /// Where an answer was not what the spec says: such an answer was replaced by an error 500.
    pub fn spec_violations(&self) -> Vec<String> {
        self.shared.spec_violations()
    }
}
