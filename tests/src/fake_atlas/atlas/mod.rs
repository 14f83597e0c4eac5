//! An Atlas that remembers: what is written is read again, jobs make progress by the clock, and a download leads to bytes.
//!
//! ```
//! use std::time::Duration;
//!
//! use atlas_backup_tests::fake_atlas::{Family, FakeAtlas};
//!
//! let atlas = FakeAtlas::new().snapshots("orders", 1234).start();
//! atlas.fail_next(Family::Snapshot);
//! atlas.clock().advance(Duration::from_secs(60));
//! assert!(atlas.url().starts_with("http://127.0.0.1:"));
//! assert_eq!(atlas.faults_of_its_own(), [""; 0]);
//! ```
//!
//! A request is checked against the spec (`check`), does what the table says (`table`, then a file for each family), and
//! what is answered is checked against the spec as well (`serve`). How a resource looks while its job is under way is one
//! table for all (`look`). Both generations of the API tell of the same things.

mod check;
mod collections;
mod exports;
mod family;
mod legacy;
mod look;
mod page;
mod rate;
mod refusal;
mod restores;
mod rules;
mod seed;
mod serve;
mod settings;
mod shared_tier;
mod snapshots;
mod table;
#[cfg(test)]
mod tests;
mod world;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

pub use family::{ClusterKind, Family};
use serve::Shared;
use world::{Outcome, World};

use super::{App, Clock, Delivery, Digest, Faults, OAuth, Server};

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

/// An Atlas to be started.
pub struct FakeAtlas {
    clock: Clock,
    clusters: Vec<(String, ClusterKind)>,
    snapshots: BTreeMap<String, usize>,
    digest: Digest,
    faults: Faults,
    open: bool,
}

impl Default for FakeAtlas {
    fn default() -> Self {
        FakeAtlas::new()
    }
}

impl FakeAtlas {
    /// With [`PROJECT`] and [`CLUSTERS`], at the beginning of 2026, by a clock that stands still.
    pub fn new() -> Self {
        let clusters = CLUSTERS.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        let (digest, faults) = (Digest::atlas(), Faults::none());
        FakeAtlas { clock: Clock::new(), clusters, snapshots: BTreeMap::new(), digest, faults, open: false }
    }

    /// By this clock.
    #[must_use]
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock.clone();
        self
    }

    /// With this cluster, too.
    #[must_use]
    pub fn cluster(mut self, name: &str, kind: ClusterKind) -> Self {
        self.clusters.push((name.to_owned(), kind));
        self
    }

    /// With that many replica sets more: `cluster-001`, `cluster-002`…
    #[must_use]
    pub fn clusters(mut self, count: usize) -> Self {
        self.clusters.extend((1..=count).map(|number| (format!("cluster-{number:03}"), ClusterKind::ReplicaSet)));
        self
    }

    /// With that many snapshots of this cluster.
    #[must_use]
    pub fn snapshots(mut self, cluster: &str, count: usize) -> Self {
        self.snapshots.insert(cluster.to_owned(), count);
        self
    }

    /// Authenticates with this.
    #[must_use]
    pub fn digest(mut self, digest: &Digest) -> Self {
        self.digest = digest.clone();
        self
    }

    /// With these faults, before anything else sees a request.
    #[must_use]
    pub fn faults(mut self, faults: &Faults) -> Self {
        self.faults = faults.clone();
        self
    }

    /// Asks nobody for credentials.
    #[must_use]
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Serves it on loopback, on a port that the system picks, and its downloads on another.
    ///
    /// # Panics
    /// When the system has no port or thread to give.
    pub fn start(self) -> Atlas {
        self.start_on(0).expect("the system has a port to give")
    }

    /// The same on this port.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start_on(self, port: u16) -> io::Result<Atlas> {
        let delivery = Delivery::start(&self.clock);
        let mut world = World::new(&self.clock, delivery.clone());
        world.projects.push(PROJECT.to_owned());
        for (name, kind) in &self.clusters {
            let count = self.snapshots.get(name).copied().unwrap_or(seed::SNAPSHOTS);
            seed::cluster(&mut world, PROJECT, name, *kind, count);
        }
        let shared = Shared::new(world);
        let oauth = OAuth::new().clock(&self.clock).beside_digest().limited();
        let app = App::new(shared.router());
        let app = if self.open { app } else { app.within(&self.digest).within(&oauth) };
        let server = app.within(&self.faults).start_on(port)?;
        Ok(Atlas { server, shared, clock: self.clock, delivery, digest: self.digest, oauth, faults: self.faults })
    }
}

/// An Atlas that runs until it is dropped.
pub struct Atlas {
    server: Server,
    shared: Arc<Shared>,
    clock: Clock,
    delivery: Delivery,
    digest: Digest,
    oauth: OAuth,
    faults: Faults,
}

impl Atlas {
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
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
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
        self.shared.world().of(family, (PROJECT, cluster)).last().map(|found| found.id.clone())
    }

    /// From now on, jobs of this family wait and run that long. Those under way stay as they are.
    pub fn takes(&self, family: Family, queued: Duration, running: Duration) {
        let mut world = self.shared.world();
        let plan = world.plan(family);
        (plan.queued, plan.running) = (queued, running);
    }

    /// The next job of this family fails. Several queue up.
    pub fn fail_next(&self, family: Family) {
        self.shared.world().plan(family).next.push_back(Outcome::Failed);
    }

    /// The next job of this family never ends. Several queue up.
    pub fn hang_next(&self, family: Family) {
        self.shared.world().plan(family).next.push_back(Outcome::Hung);
    }

    /// Whether the caller's address is on the access list.
    pub fn allow(&self, allowed: bool) {
        self.shared.world().rules.access = allowed;
    }

    /// Refuses more than that many requests in a minute; `None`, as in the beginning, refuses none.
    pub fn limit(&self, per_minute: Option<u32>) {
        self.shared.world().rules.limit = per_minute;
    }

    /// Longer lists answer `TIMEOUT_WHILE_PAGING`, unless they need not be counted.
    pub fn countable(&self, most: usize) {
        self.shared.world().rules.countable = most;
    }

    /// `totalCount` is wrong by this.
    pub fn miscount(&self, by: i64) {
        self.shared.world().rules.miscount = by;
    }

    /// After each page of snapshots, that many new ones appear, in front of those that were there.
    pub fn appear_between_pages(&self, count: usize) {
        self.shared.world().rules.appearing = count;
    }

    /// Downloads that are offered from now on have that many bytes.
    pub fn download_bytes(&self, bytes: u64) {
        self.shared.world().download_bytes = bytes;
    }

    /// Where an answer was not what the spec says: such an answer was replaced by an error 500.
    pub fn faults_of_its_own(&self) -> Vec<String> {
        self.shared.faults()
    }
}
