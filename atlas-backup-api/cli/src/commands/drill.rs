//! `atlas-backup drill`: restores a snapshot to a scratch cluster, runs a probe on the data there,
//! and reports what it has shown.

use std::process::ExitStatus;

use super::Context;
use super::restore::{look_first, warning};
use crate::args::{self, duration_text};
use crate::drill::{
    Clock, Ended, Files, Limits, Probe, Recorder, Report, ScratchCluster, StepName,
};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say_at_last;
use crate::records::{self, Restore, Snapshot};
use crate::{confirm, restores, snapshots};

pub async fn run(context: &Context, args: &args::Drill) -> Result<(), Failure> {
    let clock = Clock::start();
    let files = Files::reserve(&args.report, &args.cluster, clock.now()).map_err(|error| {
        let directory = args.report.display();
        let message =
            format!("the report cannot be written to {directory}: {error}; nothing was restored");
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
    context.interrupt.at_end({
        let (recorder, files) = (recorder.clone(), files.clone());
        move |failure| match write(&recorder.finish(Some(&failure)), &files) {
            Ok(()) => failure,
            Err(unwritten) => failure.advise(unwritten.message),
        }
    });

    let drilled = drill(context, args, &recorder).await;
    context.progress.clear();
    let report = recorder.finish(drilled.as_ref().err());
    let written = write(&report, &files);
    let record = records::Drill::new(&report, written.is_ok().then_some(&files));
    let shown = context.output.show(&record);
    match (drilled, written) {
        (Err(failure), Err(unwritten)) => Err(failure.advise(unwritten.message)),
        (Err(failure), _) | (_, Err(failure)) => Err(failure),
        _ => Ok(shown?),
    }
}

/// Writes the report, and says where it is.
fn write(report: &Report, files: &Files) -> Result<(), Failure> {
    let (json, markdown) = (files.json.display(), files.markdown.display());
    match files.write(report) {
        Ok(()) => {
            say_at_last(&format!("the report is in {json} and {markdown}"));
            Ok(())
        }
        Err(error) => Err(Failure::new(
            Exit::Other,
            format!("the report cannot be written to {json} and {markdown}: {error}"),
        )),
    }
}

/// The steps of a drill.
async fn drill(context: &Context, args: &args::Drill, recorder: &Recorder) -> Result<(), Failure> {
    let confirmed = args.yes_overwrite.as_deref();
    let prepare = async {
        confirm::is_possible(confirmed, &args.to)?;
        Probe::new(&args.probe)
    };
    let probe = recorder.step(StepName::Prepare, prepare).await?;
    let find = find(context, args, recorder);
    let (scratch, snapshot) = recorder.step(StepName::Find, find).await?;

    let warning = warning(&snapshot, scratch.source(), scratch.target());
    let confirm = confirm::overwrite(confirmed, &scratch.target().cluster, &warning);
    recorder.step(StepName::Confirm, confirm).await?;

    let request = request(context, &scratch, &snapshot, recorder);
    let restore = recorder.step(StepName::Request, request).await?;
    let wait = wait(context, args, &scratch, &restore, recorder);
    recorder.step(StepName::Restore, wait).await?;

    let run = run_probe(context, args, &probe, &scratch, &snapshot, recorder);
    recorder.step(StepName::Probe, run).await?;
    if args.max_rto.is_some() || args.max_rpo.is_some() {
        let compare = async { recorder.change(|report| report.exceeded()) };
        recorder.step(StepName::Limits, compare).await?;
    }
    Ok(())
}

/// Finds the two clusters, which must not be the same, and the snapshot.
async fn find(
    context: &Context,
    args: &args::Drill,
    recorder: &Recorder,
) -> Result<(ScratchCluster, Snapshot), Failure> {
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
    context: &Context,
    scratch: &ScratchCluster,
    snapshot: &Snapshot,
    recorder: &Recorder,
) -> Result<Restore, Failure> {
    let unknown = look_first(scratch.target());
    let restore = scratch.restore(&context.client, &snapshot.snapshot);
    let restore = context.interrupt.sending(&unknown, restore).await;
    let restore = restore.map_err(|error| Failure::of_creation(&error, &unknown))?;
    context
        .interrupt
        .advise(restores::goes_on(scratch.source(), &restore.restore));
    recorder.change(|report| report.restore.id = Some(restore.restore.clone()));
    Ok(restore)
}

/// Waits until the restore has ended.
async fn wait(
    context: &Context,
    args: &args::Drill,
    scratch: &ScratchCluster,
    restore: &Restore,
    recorder: &Recorder,
) -> Result<(), Failure> {
    let waiting = restores::Waiting {
        client: &context.client,
        from: scratch.source(),
        id: &restore.restore,
        timeout: args.timeout,
        just_created: true,
        progress: &context.progress,
    };
    waiting.until_done().await?;
    recorder.change(|report| report.restore.completed = true);
    Ok(())
}

/// Runs the probe, which must succeed.
async fn run_probe(
    context: &Context,
    args: &args::Drill,
    probe: &Probe,
    scratch: &ScratchCluster,
    snapshot: &Snapshot,
    recorder: &Recorder,
) -> Result<(), Failure> {
    let name = args.probe.first().map(|name| name.to_string_lossy());
    let name = name.unwrap_or_default();
    context.progress.clear();
    context.progress.line(&format!("running the probe {name}"));
    context.interrupt.advise(format!(
        "the snapshot was restored to {}, but the probe has not ended",
        scratch.target().cluster
    ));
    let see = {
        let recorder = recorder.clone();
        move |bytes: &[u8]| recorder.output(bytes)
    };
    let environment = environment(scratch, snapshot);
    let failed = match probe.run(&environment, args.probe_timeout, see).await {
        Ok(Ended::Exited(status)) => {
            recorder.change(|report| report.probe.exit_code = status.code());
            if status.success() {
                return Ok(());
            }
            how_it_failed(status)
        }
        Ok(Ended::TimedOut) => {
            format!("was killed after {}", duration_text(args.probe_timeout))
        }
        Err(error) => {
            let message = format!("the probe {name:?} cannot be run: {error}");
            return Err(Failure::new(Exit::Other, message));
        }
    };
    let message = format!(
        "the probe {name} {failed}: the snapshot {} of {} has not proved to be good",
        snapshot.snapshot,
        scratch.source().cluster
    );
    Err(Failure::new(Exit::Violation, message))
}

fn how_it_failed(status: ExitStatus) -> String {
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
