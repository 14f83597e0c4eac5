//! `atlas-backup take`: takes a snapshot of a cluster, or of many.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use atlas_backup_api::v2::types::{self, OnDemandSnapshotRequest};

use super::Context;
use crate::args::{AT_ONCE, Take};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::fleet::{self, Filter, Listed, Plan, Selection};
use crate::records::{Snapshot, SnapshotOfTarget};
use crate::snapshots;
use crate::target::Target;

pub async fn run(context: &Context, args: &Take) -> Result<(), Failure> {
    match args.single() {
        Some(cluster) => one(context, args, cluster).await,
        None => many(context, args).await,
    }
}

async fn one(context: &Context, args: &Take, cluster: &str) -> Result<(), Failure> {
    let target = Listed::argument(cluster)?.target(context).await?;
    snapshots::may_be_taken(&target)?;
    let snapshot = match (&args.once, args.wait) {
        (Some(name), wait) => {
            let (snapshot, is_new) = take_once(context, args, &target, name).await?;
            if !is_new {
                let line = format!("snapshot {} was taken before", snapshot.snapshot);
                context.progress.line(&line);
            }
            if wait && !snapshot.has_ended() {
                wait_for(context, args, &target, &snapshot, is_new).await?
            } else {
                snapshot
            }
        }
        (None, true) => take_and_wait(context, args, &target).await?,
        (None, false) => request(context, &target, body(args)).await?,
    };
    context.progress.clear();
    if !snapshot.has_ended() {
        let goes_on = snapshots::goes_on(&target, &snapshot.snapshot);
        context.progress.line(&goes_on);
    }
    Ok(context.output.show(&snapshot)?)
}

async fn many(context: &Context, args: &Take) -> Result<(), Failure> {
    let Some(once) = &args.once else {
        return Err(Failure::usage(
            "more than one cluster, or a list, needs --once NAME, such as --once 2026-01-31: then the command can be run again after an interruption, and takes nothing twice",
        ));
    };
    let filter = Filter {
        tags: args.tag.clone(),
        except: args.except.clone(),
    };
    let selection = match &args.clusters[..] {
        [] if args.all_projects => Selection::AllProjects(filter),
        [] => Selection::Project(filter),
        [one] if one == "-" => {
            context
                .progress
                .step("reading the clusters from standard input");
            Selection::Listed(listed_on_standard_input().await?)
        }
        some => {
            let listed: Result<_, _> = some.iter().map(|one| Listed::argument(one)).collect();
            Selection::Listed(listed?)
        }
    };
    let plan = Plan {
        once: once.clone(),
        body: body(args),
        wait: args.wait,
        timeout: args.timeout,
        at_once: usize::from(args.at_once.unwrap_or(AT_ONCE)),
        shard: args.shard.clone(),
    };
    fleet::take(context, selection, plan).await
}

/// Reads the list on a thread of its own, so that Ctrl-C works meanwhile.
async fn listed_on_standard_input() -> Result<Vec<Listed>, Failure> {
    let read = tokio::task::spawn_blocking(Listed::standard_input);
    let failed = |error| {
        let message = format!("standard input cannot be read: {error}");
        Failure::new(Exit::Other, message)
    };
    read.await.map_err(failed)?
}

fn body(args: &Take) -> OnDemandSnapshotRequest {
    #[allow(
        clippy::needless_update,
        reason = "the client may gain optional members in a minor release"
    )]
    OnDemandSnapshotRequest {
        retention_in_days: Some(args.retention_days),
        description: args.description.clone(),
        ..Default::default()
    }
}

/// Requests the snapshot, unless it was taken under this name before. Returns it, and whether it is
/// new.
async fn take_once(
    context: &Context,
    args: &Take,
    target: &Target,
    name: &str,
) -> Result<(Snapshot, bool), Failure> {
    let (progress, of) = (context.progress.clone(), target.clone());
    progress.step(format!("asking for a snapshot of {}", target.cluster));
    context
        .interrupt
        .advise("run the same command again: it takes no second snapshot");
    let taking = context
        .client
        .v2()
        .take_snapshot_once(&target.project, &target.cluster, name, body(args))
        .deadline(args.timeout)
        .on_progress(move |other| progress.step(snapshots::step(&other.of(&of))));
    match taking.await {
        Ok(once) => Ok((once.snapshot.of(target), once.is_new)),
        Err(error) => {
            let go_on = |id: &str| snapshots::go_on(target, id);
            Err(Failure::of_take_once(&error, go_on))
        }
    }
}

async fn wait_for(
    context: &Context,
    args: &Take,
    target: &Target,
    snapshot: &Snapshot,
    is_new: bool,
) -> Result<Snapshot, Failure> {
    let (id, timeout) = (&snapshot.snapshot, args.timeout);
    context.interrupt.advise(snapshots::goes_on(target, id));
    let (client, progress) = (&context.client, &context.progress);
    snapshots::wait(client, target, id, timeout, is_new, progress).await
}

/// Requests the snapshot, and does not wait for it.
async fn request(
    context: &Context,
    target: &Target,
    body: OnDemandSnapshotRequest,
) -> Result<Snapshot, Failure> {
    let call = context
        .client
        .v2()
        .take_snapshot(&target.project, &target.cluster, body);
    let sent = context.interrupt.sending(look_first(target), call.send());
    match sent.await {
        Ok(snapshot) => Ok(snapshot.of(target)),
        Err(error) => {
            let failure = Failure::of_creation(&error, &look_first(target));
            // Most likely, another snapshot is in progress.
            match error.status().map(|status| status.as_u16()) {
                Some(409) => Err(failure.advise("--wait waits until it can be taken")),
                _ => Err(failure),
            }
        }
    }
}

/// Requests the snapshot once, even if the response is lost, and waits until it is completed.
async fn take_and_wait(
    context: &Context,
    args: &Take,
    target: &Target,
) -> Result<Snapshot, Failure> {
    context
        .progress
        .step(format!("asking for a snapshot of {}", target.cluster));
    context.interrupt.advise(NOT_REQUESTED);
    let is_requested = Arc::new(AtomicBool::new(false));
    let before_request = {
        let (target, interrupt) = (target.clone(), context.interrupt.clone());
        let is_requested = Arc::clone(&is_requested);
        move || {
            is_requested.store(true, Ordering::Relaxed);
            interrupt.begin_sending(look_first(&target));
        }
    };
    let on_requested = {
        let (target, interrupt) = (target.clone(), context.interrupt.clone());
        move |snapshot: &types::Snapshot| {
            interrupt.end_sending(snapshots::goes_on(&target, &snapshot.id));
        }
    };
    let on_progress = {
        let (target, interrupt) = (target.clone(), context.interrupt.clone());
        let progress = context.progress.clone();
        move |snapshot: &types::Snapshot| {
            let snapshot = snapshot.of(&target);
            progress.step(snapshots::step(&snapshot));
            // Atlas takes one snapshot at a time: at first, this may be another one.
            if !is_requested.load(Ordering::Relaxed) {
                interrupt.advise(if snapshot.has_ended() {
                    NOT_REQUESTED.to_owned()
                } else {
                    format!(
                        "{NOT_REQUESTED}, because snapshot {} is in progress",
                        snapshot.snapshot
                    )
                });
            }
        }
    };
    let taking = context
        .client
        .v2()
        .take_snapshot_and_wait(&target.project, &target.cluster, body(args))
        .deadline(args.timeout)
        .before_request(before_request)
        .on_requested(on_requested)
        .on_progress(on_progress);
    match taking.await {
        Ok(snapshot) => Ok(snapshot.of(target)),
        Err(error) => {
            let go_on = |id: &str| snapshots::go_on(target, id);
            Err(Failure::of_take(&error, go_on, &target.command("list", "")))
        }
    }
}

/// What a user must know who interrupts the program before it sends the request.
const NOT_REQUESTED: &str = "no snapshot was requested yet";

fn look_first(target: &Target) -> String {
    format!(
        "a snapshot may have been requested: look with `{}` before you take another",
        target.command("list", "")
    )
}
