//! `atlas-backup schedule show`: shows when Atlas takes snapshots of a cluster by itself.

use super::Context;
use crate::args::ShowSchedule;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::records::Schedule;
use crate::target::Kind;

pub async fn show(context: &Context, args: &ShowSchedule) -> Result<(), Failure> {
    let target = context.target(&args.cluster).await?;
    if !matches!(target.kind, Kind::ReplicaSet | Kind::Sharded) {
        let message = format!(
            "Atlas decides itself when it takes snapshots of {}: it has no schedule to show",
            target.cluster
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    let schedule = context
        .client
        .v2()
        .get_schedule(&target.project, &target.cluster)
        .send()
        .await?;
    let schedule = Schedule::new(&target, &schedule);
    let (policies, summary) = (&schedule.policies, schedule.summary());
    Ok(context.output.show_parts(&schedule, policies, &summary)?)
}
