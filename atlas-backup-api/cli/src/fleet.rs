//! Taking snapshots of many clusters of many projects in one run.
//!
//! `listed` reads a list, `selection` finds out which clusters, `queue` decides whose turn it is,
//! `shard` divides the clusters between machines, and `tally` counts and prints the results. This file
//! takes the snapshots: so many at a time, each at most once under a name, so that a run that was
//! killed can be started again.

mod listed;
mod queue;
mod selection;
mod shard;
mod tally;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
use atlas_backup_api::{Client, ClientBuilder, ObjectId};
use tokio::task::JoinSet;

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::records::{Outcome, Snapshot, SnapshotOfTarget, Taken};
use crate::snapshots;
use crate::target::Target;

pub use listed::Listed;
use queue::Queue;
pub use selection::{Candidate, Filter, Selection};
pub use shard::Shard;
use tally::Tally;

/// How many requests are in progress at most. More do not make Atlas faster.
const REQUESTS_AT_ONCE: usize = 32;

/// What a run does for each cluster.
pub struct Plan {
    /// The name under which each cluster has at most one snapshot.
    pub once: String,
    pub body: OnDemandSnapshotRequest,
    /// Whether to wait until the snapshots are completed.
    pub wait: bool,
    /// For each cluster.
    pub timeout: Duration,
    /// How many clusters are worked on at the same time.
    pub at_once: usize,
    pub shard: Option<Shard>,
}

/// Sets up a client for many calls at the same time. They share what is left of the rate limits, and
/// may wait for it as long as for the snapshots.
pub fn client(builder: ClientBuilder, timeout: Duration) -> ClientBuilder {
    builder
        .pace(true)
        .max_concurrency(REQUESTS_AT_ONCE)
        .total_timeout(timeout)
}

/// Takes a snapshot of each selected cluster, and prints one result for each.
pub async fn take(context: &Context, selection: Selection, plan: Plan) -> Result<(), Failure> {
    let mut found = selection.find(context).await?;
    if let Some(shard) = &plan.shard {
        found.divide(shard);
    }
    let settled = found.take_settled();
    let mut tally = Tally::new(context, found.clusters.len() + settled.len());
    for taken in settled {
        tally.add(&taken)?;
    }
    let run = Arc::new(Run {
        client: context.client.clone(),
        plan,
        seen: Mutex::default(),
    });
    let mut queue = Queue::new(found.clusters);
    let mut running = JoinSet::new();
    loop {
        while running.len() < run.plan.at_once
            && let Some(candidate) = queue.next()
        {
            let run = Arc::clone(&run);
            running.spawn(async move {
                let taken = run.take(&candidate).await;
                (candidate.project, taken)
            });
        }
        let Some(ended) = running.join_next().await else {
            break;
        };
        let (project, taken) = ended.map_err(Failure::of_task)?;
        queue.ended(&project);
        match taken {
            Some(taken) => tally.add(&taken)?,
            None => tally.expect_one_less(),
        }
    }
    tally.end()
}

/// What the tasks of a run share.
struct Run {
    client: Client,
    plan: Plan,
    /// The clusters that had their turn: one may be listed by its name and by its id.
    seen: Mutex<HashSet<ObjectId>>,
}

impl Run {
    /// Takes the snapshot of one cluster. `None` if the result is that of another shard, or of
    /// another line.
    async fn take(&self, candidate: &Candidate) -> Option<Taken> {
        match candidate.target(&self.client).await {
            Ok(target) => {
                if !self.is_mine(&target) || self.was_seen(&target) {
                    return None;
                }
                let taken = self.take_of(&target).await;
                let failed =
                    |failure| Taken::failed(&target.project, target.cluster.as_str(), &failure);
                Some(taken.unwrap_or_else(failed))
            }
            Err(failure) => {
                // Without an id, it belongs to the shard that its name is of. If it may exist, each
                // shard says that it could not be looked up.
                let key = format!("{}/{}", candidate.project, candidate.cluster);
                let is_mine = self.plan.shard.as_ref().is_none_or(|shard| shard.has(&key));
                let (project, cluster) = (&candidate.project, &candidate.cluster);
                (failure.exit != Exit::NotFound || is_mine)
                    .then(|| Taken::failed(project, cluster, &failure))
            }
        }
    }

    /// A cluster that was deleted has no id, and belongs to the shard that its name is of.
    fn is_mine(&self, target: &Target) -> bool {
        let key = match &target.id {
            Some(id) => id.to_string(),
            None => format!("{}/{}", target.project, target.cluster),
        };
        self.plan.shard.as_ref().is_none_or(|shard| shard.has(&key))
    }

    fn was_seen(&self, target: &Target) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        target.id.clone().is_some_and(|id| !seen.insert(id))
    }

    async fn take_of(&self, target: &Target) -> Result<Taken, Failure> {
        snapshots::may_be_taken(target)?;
        let (client, plan) = (&self.client, &self.plan);
        let began = Instant::now();
        let (snapshot, is_new) = once(client, target, plan).await?;
        let outcome = if is_new {
            Outcome::Taken
        } else {
            Outcome::Present
        };
        if !plan.wait || snapshot.has_ended() {
            return Ok(Taken::done(outcome, &snapshot));
        }
        // In whole seconds, as the message says it.
        let left = plan
            .timeout
            .saturating_sub(began.elapsed())
            .as_secs()
            .max(1);
        let (id, left, silent) = (
            &snapshot.snapshot,
            Duration::from_secs(left),
            Progress::new(true),
        );
        match snapshots::wait(client, target, id, left, is_new, &silent).await {
            Ok(snapshot) => Ok(Taken::done(outcome, &snapshot)),
            Err(failure) => Ok(Taken::unfinished(&snapshot, &failure)),
        }
    }
}

/// Requests the snapshot, unless an earlier run has done it.
async fn once(client: &Client, target: &Target, plan: &Plan) -> Result<(Snapshot, bool), Failure> {
    let taking = client
        .v2()
        .take_snapshot_once(
            &target.project,
            &target.cluster,
            plan.once.clone(),
            plan.body.clone(),
        )
        .deadline(plan.timeout);
    match taking.await {
        Ok(once) => Ok((once.snapshot.of(target), once.is_new)),
        Err(error) => {
            let go_on = |id: &str| snapshots::go_on(target, id);
            Err(Failure::of_take_once(&error, go_on))
        }
    }
}
