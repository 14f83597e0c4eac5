//! Counts the results of a run, prints them, and decides the exit code.

use crate::commands::Context;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::count;
use crate::records::{Outcome, Taken};

/// Counts the results, and prints them.
pub struct Tally<'a> {
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
    pub fn new(context: &'a Context, total: usize) -> Self {
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

    pub fn add(&mut self, taken: &Taken) -> Result<(), Failure> {
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

    /// A cluster has no result here, but on another machine or on another line.
    pub fn expect_one_less(&mut self) {
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

    pub fn end(self) -> Result<(), Failure> {
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
