//! What a drill has shown: its outcome, and how long each step took. It is written as JSON, which
//! schema/drill.schema.json describes, and as Markdown.

use std::ffi::OsString;
use std::time::Duration;

use atlas_backup_api::{ObjectId, Timestamp};
use serde::Serialize;

use super::clock::Moment;
use crate::args::duration_text;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::records;
use crate::target::Target;

/// The version of the schema. It changes if a program that knows only the old one would read a
/// report wrongly.
const SCHEMA: u64 = 1;

/// A drill. What is not known is `null`.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    schema: u64,
    /// The program that made the drill, with its version.
    pub program: String,
    pub outcome: Outcome,
    pub exit_code: i32,
    /// The step that did not succeed.
    pub failed_step: Option<StepName>,
    /// Why it did not, and what to do.
    pub message: Option<String>,
    pub started: Timestamp,
    pub ended: Timestamp,
    pub seconds: f64,
    /// From the request of the restore to the end of a successful probe.
    pub rto_seconds: Option<f64>,
    /// The age of the snapshot when the drill started.
    pub rpo_seconds: Option<f64>,
    pub max_rto_seconds: Option<f64>,
    pub max_rpo_seconds: Option<f64>,
    /// The cluster that the snapshot is of.
    pub cluster: Cluster,
    pub snapshot: Snapshot,
    /// The cluster that the drill overwrites.
    pub scratch: Cluster,
    pub restore: Restore,
    pub probe: Probe,
    /// Those that were begun, in order.
    pub steps: Vec<Step>,
    #[serde(skip)]
    limits: Limits,
    #[serde(skip)]
    rto: Option<Duration>,
    #[serde(skip)]
    rpo: Option<Duration>,
}

/// How long it may take at most, and how old the snapshot may be.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    pub rto: Option<Duration>,
    pub rpo: Option<Duration>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    Passed,
    Failed,
    Interrupted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StepName {
    /// What can be checked before anything is sent.
    Prepare,
    /// Find the clusters and the snapshot.
    Find,
    /// Confirm the name of the scratch cluster.
    Confirm,
    /// Request the restore.
    Request,
    /// Wait until the restore has ended.
    Restore,
    /// Run the probe.
    Probe,
    /// Compare what was measured with the limits.
    Limits,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Cluster {
    /// What was typed: a name or an id.
    pub given: String,
    pub project: Option<ObjectId>,
    pub id: Option<ObjectId>,
    pub name: Option<String>,
    pub kind: Option<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Snapshot {
    /// What was typed: an id, or `latest`.
    pub given: String,
    pub id: Option<ObjectId>,
    pub created: Option<Timestamp>,
    /// The size of the data in Atlas.
    pub bytes: Option<i64>,
    pub mongodb: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize)]
pub struct Restore {
    pub id: Option<ObjectId>,
    pub completed: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Probe {
    pub command: Vec<String>,
    /// `null` if it has not run to its end, or was ended by a signal.
    pub exit_code: Option<i32>,
    /// The last lines that it printed.
    pub output: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Step {
    pub step: StepName,
    pub outcome: Outcome,
    pub start: Timestamp,
    pub end: Timestamp,
    pub seconds: f64,
    #[serde(skip)]
    begun: Duration,
    #[serde(skip)]
    is_open: bool,
}

impl Report {
    /// The report on a drill that has just started.
    pub fn new(
        [cluster, snapshot, scratch]: [String; 3],
        probe: &[OsString],
        limits: Limits,
        now: Moment,
    ) -> Self {
        let given = |given| Cluster {
            given,
            ..Cluster::default()
        };
        let command = probe.iter().map(|part| part.to_string_lossy().into_owned());
        Report {
            schema: SCHEMA,
            program: concat!("atlas-backup ", env!("CARGO_PKG_VERSION")).to_owned(),
            outcome: Outcome::Interrupted,
            exit_code: Exit::Other as i32,
            failed_step: None,
            message: None,
            started: now.wall,
            ended: now.wall,
            seconds: 0.0,
            rto_seconds: None,
            rpo_seconds: None,
            max_rto_seconds: limits.rto.map(seconds),
            max_rpo_seconds: limits.rpo.map(seconds),
            cluster: given(cluster),
            snapshot: Snapshot {
                given: snapshot,
                id: None,
                created: None,
                bytes: None,
                mongodb: None,
            },
            scratch: given(scratch),
            restore: Restore::default(),
            probe: Probe {
                command: command.collect(),
                exit_code: None,
                output: None,
            },
            steps: Vec::new(),
            limits,
            rto: None,
            rpo: None,
        }
    }

    pub fn begin(&mut self, step: StepName, now: Moment) {
        self.steps.push(Step {
            step,
            outcome: Outcome::Interrupted,
            start: now.wall,
            end: now.wall,
            seconds: 0.0,
            begun: now.elapsed,
            is_open: true,
        });
    }

    /// Ends the step that was begun, if it has not ended.
    pub fn end(&mut self, outcome: Outcome, now: Moment) {
        let Some(step) = self.steps.last_mut().filter(|step| step.is_open) else {
            return;
        };
        step.is_open = false;
        step.outcome = outcome;
        step.end = now.wall;
        step.seconds = seconds(now.elapsed.saturating_sub(step.begun));
        if (step.step, outcome) == (StepName::Probe, Outcome::Passed) {
            let mut steps = self.steps.iter();
            let request = steps.find(|step| step.step == StepName::Request);
            self.rto = request.map(|request| now.elapsed.saturating_sub(request.begun));
            self.rto_seconds = self.rto.map(seconds);
        }
    }

    /// Adds what Atlas states about the snapshot.
    pub fn found(&mut self, snapshot: &records::Snapshot) {
        self.snapshot.id = Some(snapshot.snapshot.clone());
        self.snapshot.created = snapshot.created;
        self.snapshot.bytes = snapshot.bytes;
        self.snapshot.mongodb = snapshot.mongodb.clone();
        // If it was created after now, one of the clocks is wrong, and the age is not known.
        let age = |created| Duration::try_from(self.started.duration_since(created)).ok();
        self.rpo = snapshot.created.and_then(age);
        self.rpo_seconds = self.rpo.map(seconds);
    }

    /// Which limits the drill has not kept. What is not known has not been kept.
    pub fn exceeded(&self) -> Result<(), Failure> {
        let mut exceeded = Vec::new();
        for (measured, limit, what, option) in [
            (self.rto, self.limits.rto, "the recovery time", "--max-rto"),
            (
                self.rpo,
                self.limits.rpo,
                "the age of the snapshot",
                "--max-rpo",
            ),
        ] {
            let Some(limit) = limit else { continue };
            let limit_text = duration_text(limit);
            match measured {
                Some(measured) if measured <= limit => {}
                Some(measured) => exceeded.push(format!(
                    "{what} is {}, and {option} is {limit_text}",
                    text_beside(measured, limit)
                )),
                None => exceeded.push(format!("{what} is not known, and {option} is {limit_text}")),
            }
        }
        if exceeded.is_empty() {
            return Ok(());
        }
        Err(Failure::new(Exit::Violation, exceeded.join("; ")))
    }

    /// Ends the drill.
    pub fn finish(&mut self, failure: Option<&Failure>, now: Moment) {
        let outcome = match failure.map(|failure| failure.exit) {
            None => Outcome::Passed,
            Some(Exit::Interrupted | Exit::Terminated | Exit::HungUp) => Outcome::Interrupted,
            Some(_) => Outcome::Failed,
        };
        self.end(outcome, now);
        self.outcome = outcome;
        self.exit_code = failure.map_or(Exit::Done, |failure| failure.exit) as i32;
        self.message = failure.map(|failure| failure.message.clone());
        let last = self.steps.last();
        let failed = last.filter(|step| step.outcome != Outcome::Passed);
        self.failed_step = failed.map(|step| step.step);
        self.ended = now.wall;
        self.seconds = seconds(now.elapsed);
    }
}

impl Cluster {
    /// Adds what was found.
    pub fn found(&mut self, target: &Target) {
        self.project = Some(target.project.clone());
        self.id = target.id.clone();
        self.name = Some(target.cluster.to_string());
        self.kind = Some(target.kind.word());
    }

    /// The name, or else what was typed.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.given)
    }
}

impl Outcome {
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Passed => "passed",
            Outcome::Failed => "failed",
            Outcome::Interrupted => "interrupted",
        }
    }
}

impl StepName {
    /// What is done in the step, for people.
    pub fn words(self) -> &'static str {
        match self {
            StepName::Prepare => "check what can be checked before anything is sent",
            StepName::Find => "find the clusters and the snapshot",
            StepName::Confirm => "confirm the name of the scratch cluster",
            StepName::Request => "request the restore",
            StepName::Restore => "wait until the restore has ended",
            StepName::Probe => "run the probe",
            StepName::Limits => "compare the times with the limits",
        }
    }
}

/// A duration in JSON: seconds, to the millisecond.
fn seconds(duration: Duration) -> f64 {
    to_millis(duration).as_secs_f64()
}

fn to_millis(duration: Duration) -> Duration {
    Duration::new(duration.as_secs(), duration.subsec_millis() * 1_000_000)
}

/// A duration for people: to the second if it is long.
fn text(duration: Duration) -> String {
    duration_text(rounded(duration))
}

fn rounded(duration: Duration) -> Duration {
    match duration.as_secs() {
        ..60 => to_millis(duration),
        seconds => Duration::from_secs(seconds),
    }
}

/// A duration for people, with as many digits as show whether it is longer than the limit.
fn text_beside(measured: Duration, limit: Duration) -> String {
    let is_enough = |shown: &Duration| (*shown > limit) == (measured > limit);
    let mut shorter = [rounded(measured), to_millis(measured)].into_iter();
    duration_text(shorter.find(is_enough).unwrap_or(measured))
}

/// What was measured and what is allowed, for people.
pub fn text_of_limit(measured: Option<f64>, limit: f64) -> String {
    let durations = (
        measured.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        Duration::try_from_secs_f64(limit),
    );
    let (measured, limit) = match durations {
        (Some(measured), Ok(limit)) => (text_beside(measured, limit), duration_text(limit)),
        _ => (
            measured.map_or_else(|| "unknown".to_owned(), text_of_seconds),
            text_of_seconds(limit),
        ),
    };
    format!("{measured}; at most {limit} is allowed")
}

/// A duration that was read from JSON, or is about to be written there, for people.
pub fn text_of_seconds(seconds: f64) -> String {
    Duration::try_from_secs_f64(seconds).map_or_else(|_| format!("{seconds}s"), text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drill::markdown::markdown;

    const START: &str = "2026-01-31T12:00:00Z";

    /// The moment so many milliseconds after the start, by a clock that the test controls.
    fn after(millis: u64) -> Moment {
        let start: Timestamp = START.parse().expect("a time");
        let elapsed = Duration::from_millis(millis);
        Moment {
            wall: start + elapsed,
            elapsed,
        }
    }

    fn report(limits: Limits) -> Report {
        let given = ["orders", "latest", "scratch"].map(str::to_owned);
        let probe = ["./probe.sh", "users and orders", ""].map(OsString::from);
        Report::new(given, &probe, limits, after(0))
    }

    fn snapshot(created: Option<&str>) -> records::Snapshot {
        records::Snapshot {
            project: "32b6e34b3d91647abb20e7b8".parse().expect("an id"),
            cluster: "orders".parse().expect("a name"),
            snapshot: "65f0a1b2c3d4e5f6a7b8c9d0".parse().expect("an id"),
            status: "completed".to_owned(),
            reason: None,
            created: created.map(|time| time.parse().expect("a time")),
            expires: None,
            bytes: Some(1 << 30),
            mongodb: Some("8.0.8".to_owned()),
            description: None,
        }
    }

    /// A drill in which each step takes ten times as long as the one before.
    fn passed(limits: Limits) -> Report {
        let mut report = report(limits);
        let mut millis = 0;
        for (step, takes) in [
            (StepName::Prepare, 1),
            (StepName::Find, 10),
            (StepName::Request, 100),
            (StepName::Restore, 1_000),
            (StepName::Probe, 10_000),
        ] {
            report.begin(step, after(millis));
            millis += takes;
            report.end(Outcome::Passed, after(millis));
            // What the program does between steps.
            millis += 100_000;
        }
        report.found(&snapshot(Some("2026-01-31T10:00:00Z")));
        report
    }

    fn failure(exit: Exit) -> Failure {
        Failure::new(exit, "it is `so`|*bad*")
    }

    #[test]
    fn the_recovery_time_is_from_the_request_to_the_end_of_the_probe() {
        let mut report = passed(Limits::default());
        report.finish(None, after(600_000));
        // The three steps, and what was between them.
        assert_eq!(report.rto_seconds, Some(11.1 + 200.0));
        assert_eq!(report.rpo_seconds, Some(7200.0));
        assert_eq!(report.seconds, 600.0);
        assert_eq!(report.ended, after(600_000).wall);
        let seconds: Vec<f64> = report.steps.iter().map(|step| step.seconds).collect();
        assert_eq!(seconds, [0.001, 0.01, 0.1, 1.0, 10.0]);
        assert_eq!(report.steps[1].start, after(100_001).wall);
        assert_eq!(report.steps[1].end, after(100_011).wall);
        assert_eq!((report.outcome, report.exit_code), (Outcome::Passed, 0));
        assert_eq!((report.failed_step, report.message), (None, None));
    }

    /// Somebody sets the clock of the computer back by a day while the probe runs.
    #[test]
    fn durations_do_not_depend_on_the_time_of_day() {
        let mut report = report(Limits::default());
        report.begin(StepName::Request, after(0));
        report.end(Outcome::Passed, after(1_000));
        report.begin(StepName::Probe, after(2_000));
        let yesterday = "2026-01-30T12:00:00Z".parse().expect("a time");
        let now = Moment {
            wall: yesterday,
            ..after(5_000)
        };
        report.end(Outcome::Passed, now);
        report.finish(None, now);
        assert_eq!(report.steps[1].seconds, 3.0);
        assert_eq!((report.rto_seconds, report.seconds), (Some(5.0), 5.0));
        assert_eq!(report.ended, yesterday);
    }

    #[test]
    fn without_a_successful_probe_there_is_no_recovery_time() {
        for (exit, outcome) in [
            (Exit::Violation, Outcome::Failed),
            (Exit::Interrupted, Outcome::Interrupted),
            (Exit::Terminated, Outcome::Interrupted),
            (Exit::HungUp, Outcome::Interrupted),
        ] {
            let mut report = report(Limits::default());
            report.begin(StepName::Request, after(0));
            report.end(Outcome::Passed, after(1));
            report.begin(StepName::Probe, after(2));
            report.finish(Some(&failure(exit)), after(30));
            assert_eq!((report.outcome, report.exit_code), (outcome, exit as i32));
            assert_eq!(report.failed_step, Some(StepName::Probe));
            assert_eq!(report.rto_seconds, None);
            let last = report.steps.last().expect("the probe");
            assert_eq!((last.outcome, last.seconds), (outcome, 0.028));
        }
    }

    #[test]
    fn an_age_that_is_not_known_is_not_zero() {
        // Atlas does not say it, or one of the clocks is wrong.
        for created in [None, Some("2026-01-31T12:00:01Z")] {
            let mut report = report(Limits::default());
            report.found(&snapshot(created));
            assert_eq!(report.rpo_seconds, None);
        }
    }

    #[test]
    fn limits_are_kept_only_by_what_was_measured() {
        let (rto, rpo) = (Duration::from_millis(211_100), Duration::from_secs(7200));
        let less = |limit: Duration| Some(limit - Duration::from_nanos(1));
        let message = |report: Report| report.exceeded().err().map(|failure| failure.message);
        for (limits, expected) in [
            (Limits::default(), None),
            (
                Limits {
                    rto: Some(rto),
                    rpo: Some(rpo),
                },
                None,
            ),
            (
                Limits {
                    rto: less(rto),
                    rpo: Some(rpo),
                },
                Some("the recovery time is 3m 31s 100ms, and --max-rto is 3m 31s 99ms"),
            ),
            // The message must not have the same duration twice.
            (
                Limits {
                    rto: Some(Duration::from_secs(211)),
                    rpo: Some(rpo),
                },
                Some("the recovery time is 3m 31s 100ms, and --max-rto is 3m 31s"),
            ),
            (
                Limits {
                    rto: Some(Duration::from_secs(210)),
                    rpo: Some(rpo),
                },
                Some("the recovery time is 3m 31s, and --max-rto is 3m 30s"),
            ),
            (
                Limits {
                    rto: None,
                    rpo: less(rpo),
                },
                Some("the age of the snapshot is 2h, and --max-rpo is "),
            ),
        ] {
            let message = message(passed(limits));
            match expected {
                None => assert_eq!(message, None),
                Some(start) => assert!(message.expect("exceeded").starts_with(start)),
            }
        }
        let limits = Limits {
            rto: Some(rto),
            rpo: Some(rpo),
        };
        let unknown = message(report(limits)).expect("nothing was measured");
        assert_eq!(
            unknown,
            "the recovery time is not known, and --max-rto is 3m 31s 100ms; the age of the snapshot is not known, and --max-rpo is 2h"
        );
    }

    #[test]
    fn people_can_read_it() {
        let mut report = passed(Limits {
            rto: Some(Duration::from_secs(60)),
            rpo: None,
        });
        report.scratch.name = Some("scratch_1".to_owned());
        report.restore.id = Some("65f0a1b2c3d4e5f6a7b8c9d1".parse().expect("an id"));
        report.restore.completed = true;
        report.probe.exit_code = Some(0);
        report.probe.output = Some("```\nall there\n".to_owned());
        report.finish(Some(&failure(Exit::Violation)), after(600_000));
        assert_eq!(
            markdown(&report).replace(env!("CARGO_PKG_VERSION"), "VERSION"),
            include_str!("example.md")
        );
    }
}
