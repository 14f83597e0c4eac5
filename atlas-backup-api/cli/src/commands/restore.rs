//! `atlas-backup restore`: restores a snapshot to a cluster, all data of which is overwritten.

use super::Context;
use crate::args::Restore;
use crate::failure::Failure;
use crate::records::Snapshot;
use crate::target::Target;
use crate::{confirm, restores, snapshots};

pub async fn run(context: &Context, args: &Restore) -> Result<(), Failure> {
    let confirmed = args.yes_overwrite.as_deref();
    confirm::is_possible(confirmed, &args.to)?;

    let from = context.target(&args.cluster).await?;
    let to = context
        .overwritten(&from, args.to_project.as_deref(), &args.to)
        .await?;
    let snapshot = snapshots::find_completed(&context.client, &from, &args.snapshot).await?;
    confirm::overwrite(confirmed, &to.cluster, &warning(&snapshot, &from, &to)).await?;

    let created = context
        .interrupt
        .sending(
            look_first(&to),
            restores::create(&context.client, &from, &snapshot.snapshot, &to),
        )
        .await
        .map_err(|error| {
            let failure = Failure::of_creation(&error, &look_first(&to));
            match error.status().map(|status| status.as_u16()) {
                Some(409) => failure.advise("wait until it has ended, then run this again"),
                _ => failure,
            }
        })?;
    context
        .interrupt
        .advise(restores::goes_on(&from, &created.restore));
    restores::check(&created, &snapshot.snapshot, &to)?;
    let ended = if args.no_wait {
        let goes_on = restores::goes_on(&from, &created.restore);
        context.progress.line(&goes_on);
        created
    } else {
        let waiting = restores::Waiting {
            client: &context.client,
            from: &from,
            id: &created.restore,
            timeout: args.timeout,
            just_created: true,
            progress: &context.progress,
        };
        waiting.until_done().await?
    };
    restores::check(&ended, &snapshot.snapshot, &to)?;
    context.progress.clear();
    Ok(context.output.show(&ended)?)
}

/// What is overwritten, and with what.
pub(super) fn warning(snapshot: &Snapshot, from: &Target, to: &Target) -> String {
    let taken = snapshot
        .created
        .map_or_else(|| "at an unknown time".to_owned(), |time| time.to_string());
    let mut warning = format!(
        "All data of {} ({}, project {}) will be overwritten with snapshot {} of {} ({}), taken {taken}.",
        to.cluster,
        to.kind.word(),
        to.project,
        snapshot.snapshot,
        from.cluster,
        from.kind.word()
    );
    if (&from.project, &from.cluster) == (&to.project, &to.cluster) {
        warning += "\nIt is the cluster that the snapshot is of: what was written to it since then will be LOST.";
    }
    warning
}

/// What a user must do who does not know whether a restore was requested.
pub(super) fn look_first(to: &Target) -> String {
    format!(
        "a restore to {} may have been requested: look in Atlas, at the restore history of that cluster, before you request another",
        to.cluster
    )
}
