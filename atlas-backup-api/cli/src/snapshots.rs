//! Reading snapshots, and waiting for them, for each kind of cluster.

#![allow(
    deprecated,
    reason = "kinds that Atlas has ended may still have snapshots"
)]

use std::time::Duration;

use atlas_backup_api::{Client, Error, Items, ObjectId, Timestamp, Wait};

use crate::args;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::records::{Snapshot, SnapshotOfTarget};
use crate::target::{Kind, Target};

/// Passes each snapshot of the cluster to `see`, newest first where Atlas lists them so.
pub async fn each(
    client: &Client,
    target: &Target,
    see: impl FnMut(Snapshot) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (api, project, cluster) = (client.v2(), &target.project, &target.cluster);
    match target.kind {
        Kind::ReplicaSet | Kind::Sharded => {
            read(target, api.list_cluster_snapshots(project, cluster), see).await
        }
        Kind::Flex => {
            read(
                target,
                api.list_flex_snapshots(project, cluster).stream(),
                see,
            )
            .await
        }
        Kind::Tenant => {
            read(
                target,
                api.list_tenant_snapshots(project, cluster).stream(),
                see,
            )
            .await
        }
        Kind::Serverless => {
            read(
                target,
                api.list_serverless_snapshots(project, cluster).stream(),
                see,
            )
            .await
        }
    }
}

async fn read<T: SnapshotOfTarget>(
    target: &Target,
    mut items: Items<T>,
    mut see: impl FnMut(Snapshot) -> Result<(), Failure>,
) -> Result<(), Failure> {
    while let Some(snapshot) = items.next().await {
        see(snapshot?.of(target))?;
    }
    Ok(())
}

/// Finds the snapshot that the user means.
pub async fn find(
    client: &Client,
    target: &Target,
    wanted: &args::Snapshot,
) -> Result<Snapshot, Failure> {
    match wanted {
        args::Snapshot::Latest => latest(client, target).await,
        args::Snapshot::Id(id) => get(client, target, id)
            .await
            .map_err(|error| Failure::from(error).advise_if(Exit::NotFound, lists(target))),
    }
}

/// Finds the snapshot that the user wants to restore. It must be completed.
pub async fn find_completed(
    client: &Client,
    target: &Target,
    wanted: &args::Snapshot,
) -> Result<Snapshot, Failure> {
    let snapshot = find(client, target, wanted).await?;
    if snapshot.is_completed() {
        return Ok(snapshot);
    }
    let message = format!(
        "snapshot {} of {} is {}: only a completed one can be restored",
        snapshot.snapshot, target.cluster, snapshot.status
    );
    Err(Failure::new(Exit::Refused, message))
}

/// The newest completed snapshot. One that has expired, which Atlas may delete at any time, is taken
/// only if there is no other.
async fn latest(client: &Client, target: &Target) -> Result<Snapshot, Failure> {
    let now = Timestamp::now();
    let rank = |snapshot: &Snapshot| (!snapshot.has_expired(now), snapshot.created);
    let mut newest: Option<Snapshot> = None;
    each(client, target, |snapshot| {
        let is_newer = newest
            .as_ref()
            .is_none_or(|newest| rank(&snapshot) > rank(newest));
        if snapshot.is_completed() && is_newer {
            newest = Some(snapshot);
        }
        Ok(())
    })
    .await?;
    newest.ok_or_else(|| {
        let message = format!("{} has no completed snapshot", target.cluster);
        Failure::new(Exit::NotFound, message)
    })
}

async fn get(client: &Client, target: &Target, id: &ObjectId) -> Result<Snapshot, Error> {
    let refusal = match get_of(client, target, target.kind, id).await {
        Err(error) if error.status().is_some_and(|status| status == 400) => error,
        Err(error) if error.is_not_found() => error,
        outcome => return outcome,
    };
    // It may have been taken before the replica set became a sharded cluster, which keeps it.
    let earlier = match target.kind {
        Kind::ReplicaSet => Kind::Sharded,
        Kind::Sharded => Kind::ReplicaSet,
        _ => return Err(refusal),
    };
    let snapshot = get_of(client, target, earlier, id).await;
    snapshot.map_err(|_| refusal)
}

/// Gets a snapshot with the call for a kind of cluster.
async fn get_of(
    client: &Client,
    target: &Target,
    kind: Kind,
    id: &ObjectId,
) -> Result<Snapshot, Error> {
    let (api, project, cluster) = (client.v2(), &target.project, &target.cluster);
    match kind {
        Kind::ReplicaSet => {
            let snapshot = api.get_snapshot(project, cluster, id).send().await?;
            Ok(snapshot.of(target))
        }
        Kind::Sharded => {
            let snapshot = api
                .get_sharded_snapshot(project, cluster, id)
                .send()
                .await?;
            Ok(snapshot.of(target))
        }
        Kind::Flex => {
            let snapshot = api.get_flex_snapshot(project, cluster, id).send().await?;
            Ok(snapshot.of(target))
        }
        Kind::Tenant => {
            let snapshot = api.get_tenant_snapshot(project, cluster, id).send().await?;
            Ok(snapshot.of(target))
        }
        Kind::Serverless => {
            let snapshot = api
                .get_serverless_snapshot(project, cluster, id)
                .send()
                .await?;
            Ok(snapshot.of(target))
        }
    }
}

/// Fails if Atlas takes no snapshots of the cluster when asked.
pub fn may_be_taken(target: &Target) -> Result<(), Failure> {
    if matches!(target.kind, Kind::ReplicaSet | Kind::Sharded) {
        return Ok(());
    }
    let message = format!(
        "Atlas takes the snapshots of {} by itself, and none when asked; {}",
        target.cluster,
        lists(target)
    );
    Err(Failure::new(Exit::Refused, message))
}

/// Waits until a snapshot is completed.
pub async fn wait(
    client: &Client,
    target: &Target,
    id: &ObjectId,
    timeout: Duration,
    just_created: bool,
    progress: &Progress,
) -> Result<Snapshot, Failure> {
    let (api, project, cluster) = (client.v2(), &target.project, &target.cluster);
    let wait = Waiting {
        target,
        id,
        timeout,
        just_created,
        progress,
    };
    match target.kind {
        Kind::ReplicaSet => {
            wait.until_done(api.get_snapshot(project, cluster, id).wait())
                .await
        }
        Kind::Sharded => {
            wait.until_done(api.get_sharded_snapshot(project, cluster, id).wait())
                .await
        }
        Kind::Flex => {
            wait.until_done(api.get_flex_snapshot(project, cluster, id).wait())
                .await
        }
        Kind::Tenant => {
            wait.until_done(api.get_tenant_snapshot(project, cluster, id).wait())
                .await
        }
        Kind::Serverless => {
            wait.until_done(api.get_serverless_snapshot(project, cluster, id).wait())
                .await
        }
    }
}

/// What all kinds of clusters have in common when a snapshot is waited for.
struct Waiting<'a> {
    target: &'a Target,
    id: &'a ObjectId,
    timeout: Duration,
    /// Whether this program requested it a moment ago, so that Atlas may not show it yet.
    just_created: bool,
    progress: &'a Progress,
}

impl Waiting<'_> {
    async fn until_done<T>(self, wait: Wait<T>) -> Result<Snapshot, Failure>
    where
        T: SnapshotOfTarget + Send + 'static,
    {
        let (progress, target) = (self.progress.clone(), self.target.clone());
        let wait = if self.just_created {
            wait.just_created()
        } else {
            wait
        };
        let waited = wait
            .deadline(self.timeout)
            .on_progress(move |snapshot| progress.step(step(&snapshot.of(&target))))
            .await;
        let go_on = go_on(self.target, self.id.as_str());
        match waited {
            Ok(snapshot) => Ok(snapshot.of(self.target)),
            Err(error) => {
                let failure = Failure::of_wait(&error, &format!("snapshot {}", self.id), &go_on);
                Err(failure.advise_if(Exit::NotFound, lists(self.target)))
            }
        }
    }
}

/// How far a snapshot is.
pub fn step(snapshot: &Snapshot) -> String {
    format!(
        "snapshot {} of {}: {}",
        snapshot.snapshot, snapshot.cluster, snapshot.status
    )
}

/// What a user must know who interrupts the program while a snapshot is taken.
pub fn goes_on(target: &Target, id: &ObjectId) -> String {
    let go_on = go_on(target, id.as_str());
    format!("snapshot {id} of {} goes on: {go_on}", target.cluster)
}

/// How to wait for a snapshot later.
pub fn go_on(target: &Target, id: &str) -> String {
    let command = target.command("wait", &format!("--snapshot {id}"));
    format!("wait for it with `{command}`")
}

/// How to see which snapshots there are.
pub fn lists(target: &Target) -> String {
    format!("`{}` lists the snapshots", target.command("list", ""))
}
