//! `atlas-backup take`: takes a snapshot of a cluster.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use atlas_backup_api::v2::types::{self, OnDemandSnapshotRequest};

use super::Context;
use crate::args::Take;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::records::{Snapshot, SnapshotOfTarget};
use crate::snapshots;
use crate::target::{Kind, Target};

pub async fn run(context: &Context, args: &Take) -> Result<(), Failure> {
    let target = context.target(&args.cluster).await?;
    if !matches!(target.kind, Kind::ReplicaSet | Kind::Sharded) {
        return Err(Failure::new(
            Exit::Refused,
            format!(
                "Atlas takes the snapshots of {} by itself, and none when asked; {}",
                target.cluster,
                snapshots::lists(&target)
            ),
        ));
    }
    #[allow(
        clippy::needless_update,
        reason = "the client may gain optional members in a minor release"
    )]
    let body = OnDemandSnapshotRequest {
        retention_in_days: Some(args.retention_days),
        description: args.description.clone(),
        ..Default::default()
    };
    let snapshot = if args.wait {
        take_and_wait(context, args, &target, body).await?
    } else {
        request(context, &target, body).await?
    };
    context.progress.clear();
    Ok(context.output.show(&snapshot)?)
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
    body: OnDemandSnapshotRequest,
) -> Result<Snapshot, Failure> {
    context
        .progress
        .step(format!("asking for a snapshot of {}", target.cluster));
    // Until the first response, a request that creates something may be on its way.
    context.interrupt.advise(look_first(target));
    let is_requested = Arc::new(AtomicBool::new(false));
    let on_requested = {
        let (target, interrupt) = (target.clone(), context.interrupt.clone());
        let is_requested = Arc::clone(&is_requested);
        move |snapshot: &types::Snapshot| {
            is_requested.store(true, Ordering::Relaxed);
            interrupt.advise(snapshots::goes_on(&target, &snapshot.id));
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
                    look_first(&target)
                } else {
                    format!(
                        "no snapshot was requested yet, because snapshot {} is in progress",
                        snapshot.snapshot
                    )
                });
            }
        }
    };
    let taking = context
        .client
        .v2()
        .take_snapshot_and_wait(&target.project, &target.cluster, body)
        .deadline(args.timeout)
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

fn look_first(target: &Target) -> String {
    format!(
        "a snapshot may have been requested: look with `{}` before you take another",
        target.command("list", "")
    )
}
