//! `atlas-backup wait`: waits until a snapshot or a restore has ended.

use super::Context;
use crate::args::Wait;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::{restores, snapshots};

pub async fn run(context: &Context, args: &Wait) -> Result<(), Failure> {
    let target = context.target(&args.cluster).await?;
    let (client, progress) = (&context.client, &context.progress);
    if let Some(id) = &args.snapshot {
        context.interrupt.advise(snapshots::goes_on(&target, id));
        let snapshot = snapshots::wait(client, &target, id, args.timeout, false, progress).await?;
        progress.clear();
        context.output.show(&snapshot)?;
    }
    if let Some(id) = &args.restore {
        context.interrupt.advise(restores::goes_on(&target, id));
        let waiting = restores::Waiting {
            client,
            from: &target,
            id,
            timeout: args.timeout,
            just_created: false,
            progress,
        };
        let restore = waiting.until_done().await.map_err(|failure| {
            let hint = "the cluster must be the one that the snapshot is of, not the one that is overwritten";
            failure.advise_if(Exit::NotFound, hint)
        })?;
        progress.clear();
        context.output.show(&restore)?;
    }
    Ok(())
}
