//! Taking snapshots of many clusters of many projects in one run.
//!
//! `selection` finds out which clusters, `queue` decides whose turn it is, `shard` divides the
//! clusters between machines, and this file takes the snapshots: so many at a time, each at most once
//! under a name, so that a run that was killed can be started again.

mod queue;
mod selection;
mod shard;

use std::sync::Arc;
use std::time::{Duration, Instant};

use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
use atlas_backup_api::{Client, ClientBuilder};
use tokio::task::JoinSet;

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::count;
use crate::progress::Progress;
use crate::records::{Outcome, SnapshotOfTarget, Taken};
use crate::snapshots;
use crate::target::Target;

use queue::Queue;
pub use selection::{Candidate, Filter, Listed, Selection};
pub use shard::Shard;

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
        found.clusters.retain(|candidate| match &candidate.id {
            Some(id) => shard.has(id.as_str()),
            // It is asked for when it is its turn.
            None => true,
        });
    }
    let mut tally = Tally::new(context, found.clusters.len() + found.settled.len());
    for taken in found.settled {
        tally.add(&taken)?;
    }
    let (at_once, plan) = (plan.at_once, Arc::new(plan));
    let mut queue = Queue::new(found.clusters);
    let mut running = JoinSet::new();
    loop {
        while running.len() < at_once
            && let Some(candidate) = queue.next()
        {
            let (client, plan) = (context.client.clone(), Arc::clone(&plan));
            running.spawn(async move { take_one(&client, &plan, candidate).await });
        }
        let Some(ended) = running.join_next().await else {
            break;
        };
        let (candidate, taken) = ended.map_err(|error| {
            Failure::new(
                Exit::Other,
                format!("a task of the program failed: {error}"),
            )
        })?;
        queue.ended(&candidate.project);
        match taken {
            Some(taken) => tally.add(&taken)?,
            None => tally.is_of_another_shard(),
        }
    }
    tally.end()
}

/// Takes the snapshot of one cluster. `None` if the cluster belongs to another shard.
async fn take_one(
    client: &Client,
    plan: &Plan,
    candidate: Candidate,
) -> (Candidate, Option<Taken>) {
    let taken = match candidate.target(client).await {
        Ok(target) if !is_in(plan.shard.as_ref(), &target) => None,
        Ok(target) => Some(match take_of(client, plan, &target).await {
            Ok(taken) => taken,
            Err(failure) => Taken::failed(&target.project, target.cluster.as_str(), &failure),
        }),
        Err(failure) => Some(Taken::failed(
            &candidate.project,
            &candidate.cluster,
            &failure,
        )),
    };
    (candidate, taken)
}

/// A cluster that was deleted has no id, and belongs to the shard that its name is of.
fn is_in(shard: Option<&Shard>, target: &Target) -> bool {
    let id = target
        .id
        .as_ref()
        .map_or(target.cluster.as_str(), |id| id.as_str());
    shard.is_none_or(|shard| shard.has(id))
}

async fn take_of(client: &Client, plan: &Plan, target: &Target) -> Result<Taken, Failure> {
    snapshots::may_be_taken(target)?;
    let began = Instant::now();
    let (snapshot, is_new) = once(client, target, plan).await?;
    let outcome = if is_new {
        Outcome::Taken
    } else {
        Outcome::Present
    };
    let snapshot = if plan.wait && !snapshot.has_ended() {
        let left = plan.timeout.saturating_sub(began.elapsed());
        let silent = Progress::new(true);
        snapshots::wait(client, target, &snapshot.snapshot, left, &silent).await?
    } else {
        snapshot
    };
    Ok(Taken::done(outcome, &snapshot))
}

/// Requests the snapshot, unless an earlier run has done it.
async fn once(
    client: &Client,
    target: &Target,
    plan: &Plan,
) -> Result<(crate::records::Snapshot, bool), Failure> {
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

/// Counts the results, and prints them.
struct Tally<'a> {
    context: &'a Context,
    /// How many results there will be, and how many there are.
    total: usize,
    ended: usize,
    taken: usize,
    present: usize,
    skipped: usize,
    failed: Vec<Exit>,
    /// The number of results at which the next line of progress is due.
    next_line: usize,
}

/// The exit code of a run is the first of these that any cluster has. As long as another run can
/// help, it is one that says so.
const FIRST: [Exit; 8] = [
    Exit::Unavailable,
    Exit::RateLimited,
    Exit::Deadline,
    Exit::Ambiguous,
    Exit::JobFailed,
    Exit::Other,
    Exit::Refused,
    Exit::NotFound,
];

impl<'a> Tally<'a> {
    fn new(context: &'a Context, total: usize) -> Self {
        let again = "run the same command again: it takes only what is missing";
        context.interrupt.advise(again);
        Tally {
            context,
            total,
            ended: 0,
            taken: 0,
            present: 0,
            skipped: 0,
            failed: Vec::new(),
            next_line: 0,
        }
    }

    fn add(&mut self, taken: &Taken) -> Result<(), Failure> {
        match taken.outcome {
            Outcome::Taken => self.taken += 1,
            Outcome::Present => self.present += 1,
            Outcome::Skipped => self.skipped += 1,
            Outcome::Failed => self.failed.push(taken.exit),
        }
        self.context
            .progress
            .suspend(|| self.context.output.show(taken))?;
        self.ended += 1;
        self.show_progress();
        Ok(())
    }

    fn is_of_another_shard(&mut self) {
        self.total -= 1;
    }

    /// A line at each twentieth where there is no terminal.
    fn show_progress(&mut self) {
        let progress = &self.context.progress;
        if progress.is_live() || self.ended >= self.next_line {
            self.next_line = self.ended + self.total / 20 + 1;
            progress.step(format!(
                "{} of {} clusters: {}",
                self.ended,
                self.total,
                self.counts()
            ));
        }
    }

    fn counts(&self) -> String {
        let mut counts = vec![format!("{} taken", self.taken)];
        let others = [
            (self.present, "taken before"),
            (self.skipped, "skipped"),
            (self.failed.len(), "failed"),
        ];
        for (number, word) in others.into_iter().filter(|(number, _)| *number > 0) {
            counts.push(format!("{number} {word}"));
        }
        counts.join(", ")
    }

    fn end(self) -> Result<(), Failure> {
        self.context.progress.clear();
        // A project whose clusters cannot be listed has one result.
        let ended = count(self.ended, "result");
        let first = FIRST.into_iter().find(|exit| self.failed.contains(exit));
        let Some(exit) = first.or(self.failed.first().copied()) else {
            let line = format!("{ended}: {}", self.counts());
            self.context.progress.line(&line);
            return Ok(());
        };
        let advice = match exit {
            Exit::Refused | Exit::NotFound | Exit::Other => {
                "their lines say why; another run does not change it"
            }
            _ => "their lines say why; run the same command again, it takes only what is missing",
        };
        let message = format!("{ended}: {}; {advice}", self.counts());
        Err(Failure::new(exit, message))
    }
}
