//! A stateful Atlas: reads return what was written, jobs make progress by the clock, and download
//! URLs lead to files.
//!
//! A request is validated against the OpenAPI documents (`request`, `rules`) and passed to its
//! operation's handler (`operations`, with one file for each group of families). The response is
//! validated as well (`serve`). One table says which members of a resource are shown while its job
//! is under way (`rendering`). Both generations of the API share the same resources.

mod api_error;
mod builder;
mod collections;
mod exports;
mod family;
mod legacy;
mod operations;
mod page;
mod places;
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

/// The id of the project that exists.
pub const PROJECT: &str = "32b6e34b3d91647abb20e7b8";

/// The name of the project with the id [`PROJECT`].
pub const PROJECT_NAME: &str = "Shop";

/// The clusters that exist from the start, each with three complete snapshots: `orders` (a replica
/// set), `events` (sharded), `flex`, `tenant`, `serverless` and `legacy`.
pub const CLUSTERS: &[(&str, ClusterKind)] = &[
    ("orders", ClusterKind::ReplicaSet),
    ("events", ClusterKind::Sharded),
    ("flex", ClusterKind::Flex),
    ("tenant", ClusterKind::Tenant),
    ("serverless", ClusterKind::Serverless),
    ("legacy", ClusterKind::Legacy),
];

/// A fake Atlas. It runs until it is dropped.
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
    /// Starts a server with [`PROJECT`] and [`CLUSTERS`]: on loopback, on a port that the system
    /// picks, in a thread of its own. Its clock stands still at the beginning of 2026.
    ///
    /// # Panics
    /// If the system has no free port or cannot start a thread.
    pub async fn start() -> Self {
        FakeAtlas::builder().start().await
    }

    /// A builder that can set the clock, the clusters, the faults and the authentication.
    pub fn builder() -> FakeAtlasBuilder {
        FakeAtlasBuilder::new()
    }

    /// Whether the server keeps resources of this operation, such as `takeSnapshot`. It responds to
    /// every other operation with the example of its document, whatever was written before.
    pub fn is_stateful(operation: &str) -> bool {
        operations::handler(operation).is_some() || places::handler(operation).is_some()
    }

    /// The base URL for the client: `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The server, to count its requests or to take it down.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The clock by which jobs make progress, and snapshots, tokens and URLs expire.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The host that serves the downloads.
    pub fn download_host(&self) -> &DownloadHost {
        &self.download_host
    }

    /// The digest authentication, which validates API keys.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The token endpoint, which issues access tokens to service accounts.
    pub fn oauth(&self) -> &OAuth {
        &self.oauth
    }

    /// The faults to inject.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The id of the cluster of [`PROJECT`] with this name.
    pub fn cluster_id(&self, name: &str) -> Option<String> {
        let store = self.shared.store();
        let mut clusters = store.clusters_of(PROJECT).iter();
        clusters.find(|it| it.name == name).map(|it| it.id.clone())
    }

    /// Adds a tag to a cluster of [`PROJECT`].
    pub fn tag_cluster(&self, name: &str, key: &str, value: &str) {
        self.change_cluster(name, |it| it.tags.push((key.to_owned(), value.to_owned())));
    }

    /// Turns the backups of a cluster of [`PROJECT`] off or on. It only says so: snapshots can still
    /// be taken.
    pub fn set_backups(&self, name: &str, enabled: bool) {
        self.change_cluster(name, |it| it.backups = enabled);
    }

    /// Pauses a cluster of [`PROJECT`], or ends its pause. It only says so.
    pub fn set_paused(&self, name: &str, paused: bool) {
        self.change_cluster(name, |it| it.paused = paused);
    }

    fn change_cluster(&self, name: &str, change: impl FnOnce(&mut store::Cluster)) {
        if let Some(cluster) = self.shared.store().cluster_mut(PROJECT, name) {
            change(cluster);
        }
    }

    /// The ids of all projects, [`PROJECT`] first.
    pub fn project_ids(&self) -> Vec<String> {
        let store = self.shared.store();
        store.projects.iter().map(|it| it.id.clone()).collect()
    }

    /// The names of the clusters of a project, by its id, with the descriptions of the snapshots of
    /// each that have not failed. They are those of replica sets and sharded clusters.
    pub fn snapshot_descriptions(&self, project: &str) -> Vec<(String, Vec<String>)> {
        let store = self.shared.store();
        let now = store.now();
        let of = |cluster: &store::Cluster| {
            let all = store.resources_of(Family::Snapshot, (project, &cluster.name));
            let good = all.filter(|it| it.job.phase(now) != store::Phase::Failed);
            let texts = good.map(|it| it.members.get("description").and_then(|it| it.as_str()));
            let texts = texts.map(|text| text.unwrap_or_default().to_owned());
            (cluster.name.clone(), texts.collect())
        };
        store.clusters_of(project).iter().map(of).collect()
    }

    /// The id of the newest resource of this family that the cluster has.
    pub fn latest(&self, family: Family, cluster: &str) -> Option<String> {
        self.shared
            .store()
            .resources_of(family, (PROJECT, cluster))
            .last()
            .map(|found| found.id.clone())
    }

    /// Sets how long later jobs of this family wait and run. Jobs that exist already are not
    /// changed. Default: 10 seconds queued, 50 seconds running.
    pub fn set_job_duration(&self, family: Family, queued: Duration, running: Duration) {
        let mut store = self.shared.store();
        let plan = store.plan(family);
        (plan.queued, plan.running) = (queued, running);
    }

    /// Makes the next job of this family fail. Calls queue up.
    pub fn fail_next(&self, family: Family) {
        self.shared
            .store()
            .plan(family)
            .next
            .push_back(JobOutcome::Failed);
    }

    /// Makes the next job of this family run for ever. Calls queue up.
    pub fn hang_next(&self, family: Family) {
        self.shared
            .store()
            .plan(family)
            .next
            .push_back(JobOutcome::Hung);
    }

    /// Sets whether the client's address is on the access list.
    pub fn set_access_allowed(&self, allowed: bool) {
        self.shared.store().behavior.access_allowed = allowed;
    }

    /// Limits the requests per minute. `None`, the default, means no limit.
    pub fn set_rate_limit(&self, per_minute: Option<u32>) {
        self.shared.store().behavior.rate_limit = per_minute;
    }

    /// Makes longer lists fail with `TIMEOUT_WHILE_PAGING`, unless the request sets
    /// `includeCount=false`.
    pub fn set_max_countable(&self, max: usize) {
        self.shared.store().behavior.max_countable = max;
    }

    /// Adds this number to every `totalCount`.
    pub fn set_count_offset(&self, offset: i64) {
        self.shared.store().behavior.count_offset = offset;
    }

    /// Adds this many new snapshots after each page of snapshots, in front of the existing ones.
    pub fn add_snapshots_between_pages(&self, count: usize) {
        self.shared.store().behavior.new_per_page = count;
    }

    /// Sets the size of later downloads, in bytes. Default: 262,144.
    pub fn set_download_size(&self, bytes: u64) {
        self.shared.store().download_size = bytes;
    }

    /// Responses of this server that did not conform to the spec. Each was replaced by an error
    /// 500.
    pub fn spec_violations(&self) -> Vec<String> {
        self.shared.spec_violations()
    }
}
