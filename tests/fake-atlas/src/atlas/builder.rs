//! Configures a [`FakeAtlas`] before it starts.

use std::collections::BTreeMap;
use std::io;

use super::serve::Shared;
use super::store::{Project, Store};
use super::{CLUSTERS, ClusterKind, FakeAtlas, PROJECT, PROJECT_NAME, seed};
use crate::{App, Clock, Digest, DownloadHost, Faults, OAuth};

/// Builds a [`FakeAtlas`]. The defaults are those of [`FakeAtlas::start`].
pub struct FakeAtlasBuilder {
    clock: Clock,
    clusters: Vec<(String, ClusterKind)>,
    projects: Vec<Further>,
    snapshots: BTreeMap<String, usize>,
    digest: Digest,
    faults: Faults,
    unauthenticated: bool,
}

/// A project beside [`PROJECT`].
struct Further {
    name: String,
    clusters: Vec<(String, ClusterKind)>,
    /// How many snapshots each cluster starts with.
    snapshots: usize,
}

impl Further {
    fn new(name: &str) -> Self {
        Further {
            name: name.to_owned(),
            clusters: Vec::new(),
            snapshots: 0,
        }
    }
}

fn numbered(number: usize) -> String {
    format!("cluster-{number:03}")
}

impl FakeAtlasBuilder {
    pub(super) fn new() -> Self {
        let clusters = CLUSTERS
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect();
        let (digest, faults) = (Digest::atlas(), Faults::none());
        FakeAtlasBuilder {
            clock: Clock::new(),
            clusters,
            projects: Vec::new(),
            snapshots: BTreeMap::new(),
            digest,
            faults,
            unauthenticated: false,
        }
    }

    /// Sets the clock.
    #[must_use]
    pub fn clock(mut self, clock: &Clock) -> Self {
        self.clock = clock.clone();
        self
    }

    /// Adds a project without clusters. Several projects may have the same name, as in different
    /// organizations.
    #[must_use]
    pub fn project(mut self, name: &str) -> Self {
        self.projects.push(Further::new(name));
        self
    }

    /// Adds a project with this many replica sets: `cluster-001`, `cluster-002`… They have no
    /// snapshots.
    #[must_use]
    pub fn project_of(mut self, name: &str, clusters: usize) -> Self {
        let clusters = (1..=clusters).map(|number| (numbered(number), ClusterKind::ReplicaSet));
        self.projects.push(Further {
            clusters: clusters.collect(),
            ..Further::new(name)
        });
        self
    }

    /// Adds a project with these clusters. They have as many snapshots as those of [`PROJECT`].
    #[must_use]
    pub fn project_with(mut self, name: &str, clusters: &[(&str, ClusterKind)]) -> Self {
        let clusters = clusters.iter();
        let clusters = clusters.map(|(cluster, kind)| ((*cluster).to_owned(), *kind));
        self.projects.push(Further {
            clusters: clusters.collect(),
            snapshots: seed::SNAPSHOTS,
            ..Further::new(name)
        });
        self
    }

    /// Starts without any cluster in [`PROJECT`], but those that are added later.
    #[must_use]
    pub fn without_clusters(mut self) -> Self {
        self.clusters.clear();
        self
    }

    /// Adds a cluster to [`PROJECT`].
    #[must_use]
    pub fn cluster(mut self, name: &str, kind: ClusterKind) -> Self {
        self.clusters.push((name.to_owned(), kind));
        self
    }

    /// Adds this many replica sets: `cluster-001`, `cluster-002`…
    #[must_use]
    pub fn clusters(mut self, count: usize) -> Self {
        let clusters = (1..=count).map(|number| (numbered(number), ClusterKind::ReplicaSet));
        self.clusters.extend(clusters);
        self
    }

    /// Sets how many snapshots this cluster starts with.
    #[must_use]
    pub fn snapshots(mut self, cluster: &str, count: usize) -> Self {
        self.snapshots.insert(cluster.to_owned(), count);
        self
    }

    /// Sets the digest authentication to use.
    #[must_use]
    pub fn digest(mut self, digest: &Digest) -> Self {
        self.digest = digest.clone();
        self
    }

    /// Sets the faults. They act before any other layer sees a request.
    #[must_use]
    pub fn faults(mut self, faults: &Faults) -> Self {
        self.faults = faults.clone();
        self
    }

    /// Turns authentication off.
    #[must_use]
    pub fn without_authentication(mut self) -> Self {
        self.unauthenticated = true;
        self
    }

    /// Starts the server on loopback, on a port that the system picks, and the download host on
    /// another.
    ///
    /// # Panics
    /// If the system has no free port or cannot start a thread.
    pub async fn start(self) -> FakeAtlas {
        // This waits only until a thread has bound two ports.
        self.start_blocking()
    }

    /// Like [`start`](Self::start), for callers without an async runtime.
    ///
    /// # Panics
    /// If the system has no free port or cannot start a thread.
    pub fn start_blocking(self) -> FakeAtlas {
        self.start_on(0).expect("the system has a port to give")
    }

    /// Like [`start_blocking`](Self::start_blocking), but on this port.
    ///
    /// # Errors
    /// Fails if the port is taken.
    pub fn start_on(self, port: u16) -> io::Result<FakeAtlas> {
        let download_host = DownloadHost::start(&self.clock);
        let mut store = Store::new(&self.clock, download_host.clone());
        store.projects.push(Project {
            id: PROJECT.to_owned(),
            name: PROJECT_NAME.to_owned(),
        });
        for (name, kind) in &self.clusters {
            let count = self.snapshots.get(name).copied().unwrap_or(seed::SNAPSHOTS);
            seed::cluster(&mut store, PROJECT, name, *kind, count);
        }
        for further in self.projects {
            let (id, name) = (store.next_id(), further.name);
            for (cluster, kind) in &further.clusters {
                seed::cluster(&mut store, &id, cluster, *kind, further.snapshots);
            }
            store.projects.push(Project { id, name });
        }
        let shared = Shared::new(store);
        let oauth = OAuth::new()
            .clock(&self.clock)
            .allow_digest()
            .rate_limited();
        let app = App::new(shared.router());
        let app = if self.unauthenticated {
            app
        } else {
            app.layer(&self.digest).layer(&oauth)
        };
        let server = app.layer(&self.faults).start_on(port)?;
        Ok(FakeAtlas {
            server,
            shared,
            clock: self.clock,
            download_host,
            digest: self.digest,
            oauth,
            faults: self.faults,
        })
    }
}
