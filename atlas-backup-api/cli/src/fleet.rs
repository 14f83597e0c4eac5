//! Taking snapshots of many clusters of many projects in one run.
//!
//! `listed` reads a list, `selection` finds out which clusters, `queue` decides whose turn it is, `shard` divides the
//! clusters between machines, and this file takes the snapshots: so many at a time, each at most once
//! under a name, so that a run that was killed can be started again.

mod listed;
mod queue;
mod selection;
mod shard;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
use atlas_backup_api::{Client, ClientBuilder, ObjectId};
use tokio::task::JoinSet;

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::count;
use crate::progress::Progress;
use crate::records::{Outcome, SnapshotOfTarget, Taken};
use crate::snapshots;
use crate::target::Target;

pub use listed::Listed;
use queue::Queue;
pub use selection::{Candidate, Filter, Selection};
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
            None => tally.total -= 1,
        }
    }
    tally.end()
}

/// What the tasks of a run share.
struct Run {
    client: Client,
    plan: Plan,
    /// The clusters whose ids had to be looked up: one may be listed by its name and by its id.
    seen: Mutex<HashSet<ObjectId>>,
}

impl Run {
    /// Takes the snapshot of one cluster. `None` if the result is that of another shard, or of
    /// another line.
    async fn take(&self, candidate: &Candidate) -> Option<Taken> {
        match candidate.target(&self.client).await {
            Ok(target) => {
                if !self.is_mine(&target) || candidate.id.is_none() && self.was_seen(&target) {
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
    /// How many snapshots were not completed when they were seen last.
    queued: usize,
    /// The number of results at which the next line of progress is due.
    next_line: usize,
}

/// The exit code of a run is the first of these that any cluster has. As long as another run can
/// help, it is one that says so.
const FIRST: [Exit; 9] = [
    Exit::Unavailable,
    Exit::RateLimited,
    Exit::Deadline,
    Exit::Ambiguous,
    Exit::JobFailed,
    Exit::Other,
    Exit::Usage,
    Exit::Refused,
    Exit::NotFound,
];

fn first(failed: &[Exit]) -> Option<Exit> {
    let first = FIRST.into_iter().find(|exit| failed.contains(exit));
    first.or(failed.first().copied())
}

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
            queued: 0,
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
        let is_completed = taken.status.as_deref() == Some("completed");
        self.queued +=
            usize::from(taken.exit == Exit::Done && taken.snapshot.is_some() && !is_completed);
        self.context
            .progress
            .suspend(|| self.context.output.show(taken))?;
        self.ended += 1;
        self.show_progress();
        Ok(())
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
        let Some(exit) = first(&self.failed) else {
            let line = format!("{ended}: {}", self.counts());
            self.context.progress.line(&line);
            if self.queued > 0 {
                let line = format!(
                    "{} not completed yet: run the same command again with --wait to know that they are good",
                    count(self.queued, "snapshot")
                );
                self.context.progress.line(&line);
            }
            return Ok(());
        };
        let advice = match exit {
            Exit::Refused | Exit::NotFound | Exit::Usage | Exit::Other => {
                "their lines say why; another run does not change it"
            }
            _ => "their lines say why; run the same command again, it takes only what is missing",
        };
        let message = format!("{ended}: {}; {advice}", self.counts());
        Err(Failure::new(exit, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// README.md and `--help` have this order.
    #[test]
    fn codes_after_which_another_run_helps_come_first() {
        use Exit::*;
        let order = [Unavailable, RateLimited, Deadline, Ambiguous, JobFailed];
        let others = [Other, Usage, Refused, NotFound];
        let all: Vec<Exit> = order.into_iter().chain(others).collect();
        for (index, exit) in all.iter().enumerate() {
            let mut failed = all[index..].to_vec();
            failed.reverse();
            assert_eq!(first(&failed), Some(*exit));
        }
        assert_eq!(first(&[]), None);
    }
}
