//! An on-demand snapshot, from asking for it until it is good.

mod error;

use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use crate::client::poller::{PollOptions, PollSchedule, WaitError};
use crate::config::call_options::CallOptions;
use crate::error::Error;
use crate::error::invalid_argument::InvalidArgument;
use crate::v2::Api;
use crate::v2::types::{
    ClusterType, OnDemandSnapshotRequest, Snapshot, SnapshotStatus, SnapshotType,
};
use crate::wire::cluster_name::ClusterName;
use crate::wire::object_id::ObjectId;
use crate::workflow::cluster_ref::ClusterRef;
use crate::workflow::cluster_snapshots;

pub use error::TakeError;

/// How often to look for a snapshot of which it is not known whether it was made.
const LOOKS: u32 = 5;

/// Takes an on-demand snapshot and waits until it is completed: awaited, it gives the snapshot.
///
/// Made by [`Api::take_snapshot_and_wait`].
#[must_use = "nothing is sent before it is awaited"]
pub struct TakeSnapshotAndWait {
    api: Api,
    cluster: Result<ClusterRef, InvalidArgument>,
    body: OnDemandSnapshotRequest,
    options: PollOptions,
    progress: Progress,
}

type Progress = Box<dyn FnMut(&Snapshot) + Send>;

impl Api {
    /// Take one on-demand snapshot, and wait until it is completed.
    ///
    /// Works for replica sets and for sharded clusters, whose snapshots are in a list of their own: it is asked as
    /// [`list_cluster_snapshots`](Self::list_cluster_snapshots) does.
    ///
    /// 1. Atlas takes one on-demand snapshot of a cluster at a time: while another is queued or in progress, it is waited for.
    /// 2. The snapshot is asked for once. A marker like `[atlas-backup-api 9f86d081884c7d65]` is added to its description.
    /// 3. Where the answer to that is lost, the snapshot is looked for by its marker, and nothing is asked for again: if it is not found,
    ///    that is [`TakeError::Ambiguous`].
    /// 4. The snapshot is waited for. If it fails, that is [`TakeError::Snapshot`].
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
    /// # async fn run(client: atlas_backup_api::Client, project: &str) -> Result<(), atlas_backup_api::TakeError> {
    /// let body = OnDemandSnapshotRequest { retention_in_days: Some(5), ..Default::default() };
    /// let snapshot = client
    ///     .v2()
    ///     .take_snapshot_and_wait(project, "orders", body)
    ///     .deadline(Duration::from_secs(2 * 3600))
    ///     .on_progress(|snapshot| println!("{}: {:?}", snapshot.id, snapshot.status))
    ///     .await?;
    /// # drop(snapshot);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Roles and errors are those of [`take_snapshot`](Self::take_snapshot), [`list_cluster_snapshots`](Self::list_cluster_snapshots) and
    /// [`get_snapshot`](Self::get_snapshot), which this calls. That a cluster has no snapshots yet is no error.
    pub fn take_snapshot_and_wait(
        &self,
        group_id: impl TryInto<ObjectId, Error: fmt::Display>,
        cluster_name: impl TryInto<ClusterName, Error: fmt::Display>,
        body: OnDemandSnapshotRequest,
    ) -> TakeSnapshotAndWait {
        let cluster = ClusterRef::new(group_id, cluster_name);
        TakeSnapshotAndWait {
            api: self.clone(),
            cluster,
            body,
            options: PollOptions::default(),
            progress: Box::new(|_| {}),
        }
    }
}

impl TakeSnapshotAndWait {
    /// Gives up after this time, in which all four steps must be done. Default: 24 hours.
    pub fn deadline(mut self, time: Duration) -> Self {
        self.options = self.options.deadline(time);
        self
    }

    /// As [`Wait::poll_every`](crate::Wait::poll_every).
    pub fn poll_every(mut self, first: Duration, longest: Duration) -> Self {
        self.options = self.options.poll_every(first, longest);
        self
    }

    /// Is shown, after each poll, the snapshot being waited for: the one that was under way before, by its id, or this one.
    pub fn on_progress(mut self, see: impl FnMut(&Snapshot) + Send + 'static) -> Self {
        self.progress = Box::new(see);
        self
    }

    async fn finish(self) -> Result<Snapshot, TakeError> {
        let TakeSnapshotAndWait {
            api,
            cluster,
            mut body,
            options,
            progress,
        } = self;
        let checked = cluster.and_then(|cluster| body.validate().map(|()| cluster));
        let cluster = checked.map_err(|error| Error::from(error.of("takeSnapshot")))?;
        let marker = format!("atlas-backup-api {:016x}", fastrand::u64(..));
        body.description = Some(match body.description {
            Some(text) => format!("{text} [{marker}]"),
            None => format!("[{marker}]"),
        });
        let schedule = PollSchedule::new(&api.client, &options);
        let mut taking = Taking {
            api,
            cluster,
            kind: None,
            options,
            schedule,
            progress,
        };
        taking.let_others_finish().await?;
        let snapshot = taking.take(body, &marker).await?;
        // Atlas may need a moment to know what it has made.
        let options = taking.options.clone().just_created(true);
        let waited = taking.wait_for(&snapshot, options).await;
        waited.map_err(|failure| TakeError::Snapshot {
            snapshot: Box::new(snapshot),
            failure,
        })
    }
}

impl IntoFuture for TakeSnapshotAndWait {
    type Output = Result<Snapshot, TakeError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl fmt::Debug for TakeSnapshotAndWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeSnapshotAndWait")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// The steps, and what they share.
struct Taking {
    api: Api,
    cluster: ClusterRef,
    /// What kind of cluster it is, as soon as a snapshot has told.
    kind: Option<ClusterType>,
    options: PollOptions,
    schedule: PollSchedule,
    progress: Progress,
}

impl Taking {
    async fn let_others_finish(&mut self) -> Result<(), TakeError> {
        // A list may be behind: each is waited for once.
        let mut ended = HashSet::new();
        loop {
            let found = self
                .find(|snapshot| is_under_way(snapshot) && !ended.contains(&snapshot.id))
                .await;
            let Some(other) = found.ok_or_else(|| self.deadline())?? else {
                return Ok(());
            };
            match self.wait_for(&other, self.options.clone()).await {
                // Another's failure is not ours, nor is that it was deleted meanwhile.
                Ok(_) | Err(WaitError::Ended { .. }) => {}
                Err(WaitError::Call { failure, .. }) if failure.is_not_found() => {}
                Err(error) => return Err(TakeError::Busy(error)),
            }
            ended.insert(other.id);
        }
    }

    /// Nothing was asked for, and nothing may be any more.
    fn deadline(&self) -> TakeError {
        TakeError::Deadline {
            waited: self.options.waited(),
        }
    }

    /// Asks for the snapshot, once.
    async fn take(
        &mut self,
        body: OnDemandSnapshotRequest,
        marker: &str,
    ) -> Result<Snapshot, TakeError> {
        let options = self.schedule.options(CallOptions::new());
        if options.total_timeout.is_some_and(|left| left.is_zero()) {
            return Err(self.deadline());
        }
        let ClusterRef {
            group_id,
            cluster_name,
        } = &self.cluster;
        match self
            .api
            .take_snapshot(group_id, cluster_name, body)
            .options(options)
            .send()
            .await
        {
            Ok(snapshot) => Ok(snapshot.into_inner()),
            Err(error @ (Error::Ambiguous(_) | Error::Decode(_))) => {
                match self.look_for(marker).await {
                    Some(snapshot) => Ok(snapshot),
                    None => Err(TakeError::Ambiguous {
                        marker: marker.to_owned(),
                        failure: error,
                    }),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// What was sent may be acted on a little later than it was given up, so this looks more than once.
    async fn look_for(&mut self, marker: &str) -> Option<Snapshot> {
        let is_ours = |snapshot: &Snapshot| {
            snapshot
                .description
                .as_deref()
                .is_some_and(|text| text.contains(marker))
        };
        for look in 0..LOOKS {
            if look > 0 {
                self.schedule.pause().await?;
            }
            match self.find(is_ours).await? {
                Ok(Some(snapshot)) => return Some(snapshot),
                Ok(None) => self.schedule.succeeded(),
                // The next look waits as long as this one was asked to.
                Err(error) => self.schedule.failed(error).ok()?,
            }
        }
        None
    }

    /// The first such snapshot of the cluster; None when the deadline came first.
    async fn find(
        &mut self,
        is_wanted: impl Fn(&Snapshot) -> bool,
    ) -> Option<Result<Option<Snapshot>, Error>> {
        let (api, cluster, kind) = (&self.api, &self.cluster, &mut self.kind);
        self.schedule
            .bound(look(api, cluster, kind, is_wanted))
            .await
    }

    async fn wait_for(
        &mut self,
        snapshot: &Snapshot,
        options: PollOptions,
    ) -> Result<Snapshot, WaitError<Snapshot>> {
        let ClusterRef {
            group_id,
            cluster_name,
        } = &self.cluster;
        let wait = if snapshot.type_.as_ref().or(self.kind.as_ref())
            == Some(&ClusterType::ShardedCluster)
        {
            self.api
                .get_sharded_snapshot(group_id, cluster_name, &snapshot.id)
                .wait()
        } else {
            self.api
                .get_snapshot(group_id, cluster_name, &snapshot.id)
                .wait()
        };
        let options = options.left(self.schedule.left());
        wait.options(options).finish_with(&mut self.progress).await
    }
}

/// The first such snapshot of the cluster, which may be a replica set or sharded: each kind has a list of its own.
async fn look(
    api: &Api,
    cluster: &ClusterRef,
    kind: &mut Option<ClusterType>,
    is_wanted: impl Fn(&Snapshot) -> bool,
) -> Result<Option<Snapshot>, Error> {
    let ClusterRef {
        group_id,
        cluster_name,
    } = cluster;
    let mut snapshots = match kind {
        Some(ClusterType::ReplicaSet) => api.list_snapshots(group_id, cluster_name).stream(),
        Some(ClusterType::ShardedCluster) => {
            api.list_sharded_snapshots(group_id, cluster_name).stream()
        }
        // A cluster without snapshots: whether one may be taken, asking for it will tell.
        _ => cluster_snapshots::list(api, cluster).ignore_refusals(),
    };
    while let Some(snapshot) = snapshots.next().await {
        let snapshot = snapshot?;
        *kind = snapshot.type_.clone().or(kind.take());
        if is_wanted(&snapshot) {
            return Ok(Some(snapshot));
        }
    }
    Ok(None)
}

fn is_under_way(snapshot: &Snapshot) -> bool {
    let is_on_demand = snapshot.snapshot_type == Some(SnapshotType::OnDemand);
    is_on_demand
        && matches!(
            snapshot.status,
            Some(SnapshotStatus::Queued | SnapshotStatus::InProgress)
        )
}
