//! `atlas-backup list`: lists the snapshots of a cluster.

use super::Context;
use crate::args::List;
use crate::failure::Failure;
use crate::snapshots;

pub async fn run(context: &Context, args: &List) -> Result<(), Failure> {
    let target = context.target(&args.cluster).await?;
    let mut count = 0;
    snapshots::each(&context.client, &target, |snapshot| {
        count += 1;
        Ok(context.output.show(&snapshot)?)
    })
    .await?;
    if count == 0 {
        context
            .progress
            .line(&format!("{} has no snapshots", target.cluster));
    }
    Ok(())
}
