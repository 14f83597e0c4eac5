//! `atlas-backup drill`: restores a snapshot to a scratch cluster, runs a probe on the data there,
//! and reports what it has shown.

use std::process::ExitStatus;

use super::Context;
use super::restore::{look_first, warning};
use crate::args::{self, duration_text};
use crate::drill::{
    Clock, Ended, Files, Limits, Probe, Recorder, Report, Rest, ScratchCluster, StepName,
};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, say_at_last};
use crate::records::{self, Restore, Snapshot};
use crate::{confirm, restores, snapshots};

/// How to finish a drill whose restore goes on or is done.
const GO_ON: &str = "run the probe yourself, or the drill again, which restores again";

pub async fn run(context: &Context, args: &args::Drill) -> Result<(), Failure> {
    let reported = Reported::begin(args)?;
    context.interrupt.at_end({
        let reported = reported.clone();
        move |failure| match write(&reported.recorder.finish(Some(&failure)), &reported.files) {
            Ok(()) => failure,
            Err(unwritten) => failure.advise(unwritten.message),
        }
    });
    let drill = Drill {
        context,
        args,
        recorder: &reported.recorder,
    };
    let drilled = drill.steps().await;
    context.progress.clear();
    reported.end(drilled, &context.output)
}

/// Reports a drill that cannot begin, because Atlas cannot be asked at all.
pub async fn fail(args: &args::Drill, output: &Output, failure: Failure) -> Result<(), Failure> {
    let reported = Reported::begin(args)?;
    let prepare = async { Err(failure) };
    let failed = reported.recorder.step(StepName::Prepare, prepare).await;
    reported.end(failed, output)
}

/// A drill that has a report, however it ends.
#[derive(Clone)]
struct Reported {
    recorder: Recorder,
    files: Files,
}

impl Reported {
    fn begin(args: &args::Drill) -> Result<Self, Failure> {
        let clock = Clock::start();
        let files = Files::reserve(&args.report, &args.cluster, clock.now()).map_err(|error| {
            let directory = args.report.display();
            let message = format!(
                "the report cannot be written to {directory}: {error}; nothing was restored"
            );
            Failure::new(Exit::Other, message)
        })?;
        let given = [
            args.cluster.clone(),
            args.snapshot.to_string(),
            args.to.clone(),
        ];
        let limits = Limits {
            rto: args.max_rto,
            rpo: args.max_rpo,
        };
        let report = Report::new(given, &args.probe, limits, clock.now());
        let recorder = Recorder::new(report, clock);
        Ok(Reported { recorder, files })
    }

    /// Writes the report, and then prints the record, which also says if the report could not be
    /// written.
    fn end(&self, drilled: Result<(), Failure>, output: &Output) -> Result<(), Failure> {
        let written = write(&self.recorder.finish(drilled.as_ref().err()), &self.files);
        let files = written.is_ok().then_some(&self.files);
        let ended = match (drilled, written) {
            (Err(failure), Err(unwritten)) => Err(failure.advise(unwritten.message)),
            (Err(failure), _) | (_, Err(failure)) => Err(failure),
            _ => Ok(()),
        };
        let report = self.recorder.finish(ended.as_ref().err());
        let shown = output.show(&records::Drill::new(&report, files));
        ended?;
        Ok(shown?)
    }
}

/// Writes the report, and says where it is.
fn write(report: &Report, files: &Files) -> Result<(), Failure> {
    files
        .write(report)
        .map_err(|message| Failure::new(Exit::Other, message))?;
    let (json, markdown) = (files.json.display(), files.markdown.display());
    let output = report.probe.output.as_deref();
    // Unless the probe has ended its last line.
    let new_line = output.is_some_and(|output| !output.ends_with('\n'));
    let new_line = if new_line { "\n" } else { "" };
    say_at_last(&format!("{new_line}the report is in {json} and {markdown}"));
    Ok(())
}

/// A drill and its steps.
struct Drill<'a> {
    context: &'a Context,
    args: &'a args::Drill,
    recorder: &'a Recorder,
}

impl Drill<'_> {
    async fn steps(&self) -> Result<(), Failure> {
        let (args, recorder) = (self.args, self.recorder);
        let confirmed = args.yes_overwrite.as_deref();
        let prepare = async {
            confirm::is_possible(confirmed, &args.to)?;
            Probe::new(&args.probe)
        };
        let probe = recorder.step(StepName::Prepare, prepare).await?;
        let (scratch, snapshot) = recorder.step(StepName::Find, self.find()).await?;

        let warning = warning(&snapshot, scratch.source(), scratch.target());
        let confirm = confirm::overwrite(confirmed, &scratch.target().cluster, &warning);
        recorder.step(StepName::Confirm, confirm).await?;

        let request = self.request(&scratch, &snapshot);
        let restore = recorder.step(StepName::Request, request).await?;
        let wait = self.wait(&scratch, &snapshot, &restore);
        recorder.step(StepName::Restore, wait).await?;

        let mut rest = Rest::default();
        let run = self.run_probe(&probe, &scratch, &snapshot, &mut rest);
        let ended = recorder.step(StepName::Probe, run).await;
        // The recovery ends with the probe, even if what it has left behind keeps its output open.
        rest.read().await;
        ended?;
        if args.max_rto.is_some() || args.max_rpo.is_some() {
            let compare = async { recorder.change(|report| report.exceeded()) };
            recorder.step(StepName::Limits, compare).await?;
        }
        Ok(())
    }

    /// Finds the two clusters, which must not be the same, and the snapshot.
    async fn find(&self) -> Result<(ScratchCluster, Snapshot), Failure> {
        let (context, args, recorder) = (self.context, self.args, self.recorder);
        let source = context.target(&args.cluster).await?;
        recorder.change(|report| report.cluster.found(&source));
        let target = context
            .overwritten(&source, args.to_project.as_deref(), &args.to)
            .await?;
        recorder.change(|report| report.scratch.found(&target));
        let scratch = ScratchCluster::new(source, target)?;
        let snapshot =
            snapshots::find_completed(&context.client, scratch.source(), &args.snapshot).await?;
        recorder.change(|report| report.found(&snapshot));
        Ok((scratch, snapshot))
    }

    /// Requests the restore. It can only be to a scratch cluster.
    async fn request(
        &self,
        scratch: &ScratchCluster,
        snapshot: &Snapshot,
    ) -> Result<Restore, Failure> {
        let context = self.context;
        let unknown = look_first(scratch.target());
        let restore = scratch.restore(&context.client, &snapshot.snapshot);
        let restore = context.interrupt.sending(&unknown, restore).await;
        let restore = restore.map_err(|error| Failure::of_creation(&error, &unknown))?;
        let goes_on = restores::goes_on(scratch.source(), &restore.restore);
        context.interrupt.advise(format!("{goes_on}; then {GO_ON}"));
        self.recorder
            .change(|report| report.restore.id = Some(restore.restore.clone()));
        restores::check(&restore, &snapshot.snapshot, scratch.target())?;
        Ok(restore)
    }

    /// Waits until the restore has ended.
    async fn wait(
        &self,
        scratch: &ScratchCluster,
        snapshot: &Snapshot,
        restore: &Restore,
    ) -> Result<(), Failure> {
        let waiting = restores::Waiting {
            client: &self.context.client,
            from: scratch.source(),
            id: &restore.restore,
            timeout: self.args.timeout,
            just_created: true,
            progress: &self.context.progress,
        };
        let done = waiting.until_done().await;
        let done = done
            .map_err(|failure| failure.advise_if(Exit::Deadline, format_args!("then {GO_ON}")))?;
        restores::check(&done, &snapshot.snapshot, scratch.target())?;
        self.recorder
            .change(|report| report.restore.completed = true);
        Ok(())
    }

    /// Runs the probe, which must succeed. `rest` gets what is still to be read of its output.
    async fn run_probe(
        &self,
        probe: &Probe,
        scratch: &ScratchCluster,
        snapshot: &Snapshot,
        rest: &mut Rest,
    ) -> Result<(), Failure> {
        let (context, args, recorder) = (self.context, self.args, self.recorder);
        let name = args.probe.first().map(|name| name.to_string_lossy());
        let name = name.unwrap_or_default();
        let restored = format!("the snapshot was restored to {}", scratch.target().cluster);
        context.progress.clear();
        context.progress.line(&format!("running the probe {name}"));
        context
            .interrupt
            .advise(format!("{restored}, but the probe has not ended: {GO_ON}"));
        let see = {
            let recorder = recorder.clone();
            move |bytes: &[u8]| recorder.output(bytes)
        };
        let environment = environment(scratch, snapshot);
        let ended = probe.run(&environment, args.probe_timeout, see, rest).await;
        let how = match &ended {
            Ok(Ended::Exited(status)) => how_it_ended(*status),
            Ok(Ended::TimedOut) => {
                format!("was killed after {}", duration_text(args.probe_timeout))
            }
            Err(error) => {
                let message = format!("the probe {name:?} cannot be run: {error}");
                return Err(Failure::new(Exit::Other, message));
            }
        };
        context
            .interrupt
            .advise(format!("{restored}, and the probe {how}"));
        if let Ok(Ended::Exited(status)) = ended {
            recorder.change(|report| report.probe.exit_code = status.code());
            if status.success() {
                return Ok(());
            }
        }
        let message = format!(
            "the probe {name} {how}: the snapshot {} of {} has not proved to be good",
            snapshot.snapshot,
            scratch.source().cluster
        );
        Err(Failure::new(Exit::Violation, message))
    }
}

fn how_it_ended(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("ended with exit code {code}"),
        // On Unix, a signal has ended it.
        None => format!("was ended by {status}"),
    }
}

/// What the probe learns about the restored data.
fn environment(scratch: &ScratchCluster, snapshot: &Snapshot) -> [(&'static str, String); 5] {
    let target = scratch.target();
    let id = target.id.as_ref().map(ToString::to_string);
    let created = snapshot.created.map(|time| time.to_string());
    [
        ("ATLAS_BACKUP_CLUSTER", target.cluster.to_string()),
        ("ATLAS_BACKUP_CLUSTER_ID", id.unwrap_or_default()),
        ("ATLAS_BACKUP_PROJECT", target.project.to_string()),
        ("ATLAS_BACKUP_SNAPSHOT", snapshot.snapshot.to_string()),
        ("ATLAS_BACKUP_SNAPSHOT_CREATED", created.unwrap_or_default()),
    ]
}
