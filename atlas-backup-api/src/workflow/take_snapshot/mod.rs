//! Takes an on-demand snapshot, from the request until the snapshot is completed.

mod error;
mod once;

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
pub use once::{SnapshotOnce, TakeSnapshotOnce};

/// How often to search for a snapshot if it is unknown whether Atlas takes it.
const MAX_LOOKUPS: u32 = 5;

/// Takes an on-demand snapshot and waits until it is completed. Awaiting it returns the snapshot.
///
/// Created by [`Api::take_snapshot_and_wait`].
#[must_use = "nothing is sent before it is awaited"]
pub struct TakeSnapshotAndWait {
    api: Api,
    cluster: Result<ClusterRef, InvalidArgument>,
    body: OnDemandSnapshotRequest,
    options: PollOptions,
    before_request: Box<dyn FnOnce() + Send>,
    requested: Box<dyn FnOnce(&Snapshot) + Send>,
    progress: Progress,
}

type Progress = Box<dyn FnMut(&Snapshot) + Send>;

/// # Jobs
///
/// Tasks that take more than one request: take a snapshot and know that it is good, list the
/// snapshots of any cluster, save a snapshot as files.
impl Api {
    /// Take one on-demand snapshot, and wait until it is completed.
    ///
    /// Works for replica sets and for sharded clusters, which have separate lists of snapshots: it
    /// reads them as [`list_cluster_snapshots`](Self::list_cluster_snapshots) does.
    ///
    /// 1. Atlas takes one on-demand snapshot of a cluster at a time: if another one is queued or in
    ///    progress, the call waits for it.
    /// 2. The call requests the snapshot once. It adds a marker like
    ///    `[atlas-backup-api 9f86d081884c7d65]` to the description.
    /// 3. If the response is lost, the call searches for the snapshot by its marker and does not
    ///    request another. The search looks at the list at least once, even if the deadline has
    ///    passed: it may take as long as one attempt
    ///    ([`attempt_timeout`](crate::ClientBuilder::attempt_timeout)). If it does not find the
    ///    snapshot, or fails, the call fails with [`TakeError::Ambiguous`].
    /// 4. The call waits for the snapshot. If the snapshot fails, the call fails with
    ///    [`TakeError::Snapshot`].
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
    /// The required roles and the errors are those of [`take_snapshot`](Self::take_snapshot),
    /// [`list_cluster_snapshots`](Self::list_cluster_snapshots) and
    /// [`get_snapshot`](Self::get_snapshot), which this method calls. A cluster that has no
    /// snapshots yet is not an error.
    #[inline]
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
            before_request: Box::new(|| {}),
            requested: Box::new(|_| {}),
            progress: Box::new(|_| {}),
        }
    }
}

impl TakeSnapshotAndWait {
    /// Sets the time limit for all four steps together. Default: 24 hours. Only the search for the
    /// snapshot of a lost response may end later.
    #[inline]
    pub fn deadline(mut self, time: Duration) -> Self {
        self.options = self.options.deadline(time);
        self
    }

    /// Sets the delays between polls, as [`Wait::poll_every`](crate::Wait::poll_every) does.
    #[inline]
    pub fn poll_every(mut self, first: Duration, longest: Duration) -> Self {
        self.options = self.options.poll_every(first, longest);
        self
    }

    /// Sets a callback that is called once, just before the request for the snapshot is sent. Until
    /// then, this call has requested nothing; from then on, until the callback of
    /// [`on_requested`](Self::on_requested), it is unknown whether there is a snapshot.
    #[inline]
    pub fn before_request(mut self, act: impl FnOnce() + Send + 'static) -> Self {
        self.before_request = Box::new(act);
        self
    }

    /// Sets a callback that is called once, with the requested snapshot: as soon as Atlas has
    /// accepted the request or, if the response was lost, as soon as the snapshot is found. A program
    /// that stores its id there knows later what to wait for, even if it is ended meanwhile.
    #[inline]
    pub fn on_requested(mut self, see: impl FnOnce(&Snapshot) + Send + 'static) -> Self {
        self.requested = Box::new(see);
        self
    }

    /// Sets a callback that is called after each successful poll with the snapshot that the call
    /// waits for: one that was in progress before, or the requested one. Their ids tell them apart.
    #[inline]
    pub fn on_progress(mut self, see: impl FnMut(&Snapshot) + Send + 'static) -> Self {
        self.progress = Box::new(see);
        self
    }

    #[inline]
    async fn finish(self) -> Result<Snapshot, TakeError> {
        let TakeSnapshotAndWait {
            api,
            cluster,
            body,
            options,
            before_request,
            requested,
            progress,
        } = self;
        let checked = cluster.and_then(|cluster| body.validate().map(|()| cluster));
        let cluster = checked.map_err(|error| Error::from(error.of("takeSnapshot")))?;
        let marker = format!("atlas-backup-api {:016x}", fastrand::u64(..));
        let body = with_marker(body, &format!("[{marker}]"));
        let schedule = PollSchedule::new(&api.client, &options);
        let mut steps = Steps {
            api,
            cluster,
            kind: None,
            options,
            schedule,
            progress,
        };
        steps.let_others_finish().await?;
        let is_ours = |snapshot: &Snapshot| has_marker(snapshot, &marker);
        let snapshot = steps.take(body, is_ours, &marker, before_request).await?;
        requested(&snapshot);
        // Atlas may need a moment before it shows the new snapshot.
        let options = steps.options.clone().just_created(true);
        let waited = steps.wait_for(&snapshot, options).await;
        waited.map_err(|failure| TakeError::Snapshot {
            snapshot: Box::new(snapshot),
            failure,
        })
    }
}

impl IntoFuture for TakeSnapshotAndWait {
    type Output = Result<Snapshot, TakeError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl fmt::Debug for TakeSnapshotAndWait {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeSnapshotAndWait")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

/// The state that the steps share.
struct Steps {
    api: Api,
    cluster: ClusterRef,
    /// The kind of the cluster, once a snapshot has named it.
    kind: Option<ClusterType>,
    options: PollOptions,
    schedule: PollSchedule,
    progress: Progress,
}

impl Steps {
    #[inline]
    async fn let_others_finish(&mut self) -> Result<(), TakeError> {
        // The list may be out of date, so the call waits for each snapshot only once.
        let mut ended = HashSet::new();
        loop {
            let found = self
                .find(|snapshot| is_under_way(snapshot) && !ended.contains(&snapshot.id))
                .await;
            let Some(other) = found.ok_or_else(|| self.deadline())?? else {
                return Ok(());
            };
            self.let_finish(&other).await?;
            ended.insert(other.id);
        }
    }

    /// Waits until another snapshot has ended. It may fail or be deleted meanwhile; that is no error
    /// of this call.
    #[inline]
    async fn let_finish(&mut self, other: &Snapshot) -> Result<(), TakeError> {
        match self.wait_for(other, self.options.clone()).await {
            Ok(_) | Err(WaitError::Ended { .. }) => Ok(()),
            Err(WaitError::Call { failure, .. }) if failure.is_not_found() => Ok(()),
            Err(error) => Err(TakeError::Busy(error)),
        }
    }

    /// The error of a call that has requested nothing when its deadline passes.
    #[inline]
    fn deadline(&self) -> TakeError {
        TakeError::Deadline {
            waited: self.options.waited(),
        }
    }

    /// Requests the snapshot, once. `is_ours` tells it by the marker, and `before_request` is called
    /// unless the deadline has passed.
    #[inline]
    async fn take(
        &mut self,
        body: OnDemandSnapshotRequest,
        is_ours: impl Fn(&Snapshot) -> bool,
        marker: &str,
        before_request: impl FnOnce(),
    ) -> Result<Snapshot, TakeError> {
        let options = self.schedule.options(CallOptions::new());
        if options.total_timeout.is_some_and(|left| left.is_zero()) {
            return Err(self.deadline());
        }
        before_request();
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
                let ambiguous = |search_failure| TakeError::Ambiguous {
                    marker: marker.to_owned(),
                    failure: error,
                    search_failure,
                };
                match self.search(is_ours).await {
                    Ok(Some(snapshot)) => Ok(snapshot),
                    Ok(None) => Err(ambiguous(None)),
                    Err(failure) => Err(ambiguous(Some(failure))),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Searches for the snapshot of a lost response. Atlas may act on a request some time after the
    /// client has given up on it, so this looks more than once. An error means that the last lookup
    /// failed: it says nothing about the snapshot.
    #[inline]
    async fn search(
        &mut self,
        is_ours: impl Fn(&Snapshot) -> bool,
    ) -> Result<Option<Snapshot>, Error> {
        let (api, cluster, kind) = (&self.api, &self.cluster, &mut self.kind);
        // The response may have been lost at the deadline, after Atlas has taken the snapshot.
        let attempt = api.client.settings().attempt_timeout;
        let options = self.options.clone();
        let options = options.deadline(self.schedule.left().max(attempt));
        let mut schedule = PollSchedule::new(&api.client, &options);
        for lookup in 0..MAX_LOOKUPS {
            if lookup > 0 && schedule.pause().await.is_none() {
                break;
            }
            let bounded = schedule.options(CallOptions::new());
            match find_in_list(api, cluster, kind, bounded, &is_ours).await {
                Ok(Some(snapshot)) => return Ok(Some(snapshot)),
                Ok(None) => schedule.succeeded(),
                // The next lookup waits as long as the response to this one asked.
                Err(error) => schedule.failed(error)?,
            }
        }
        schedule.into_failure().map_or(Ok(None), Err)
    }

    /// Returns the first matching snapshot of the cluster, or `None` if the deadline comes first.
    #[inline]
    async fn find(
        &mut self,
        is_wanted: impl FnMut(&Snapshot) -> bool,
    ) -> Option<Result<Option<Snapshot>, Error>> {
        let (api, cluster, kind) = (&self.api, &self.cluster, &mut self.kind);
        let options = CallOptions::new();
        self.schedule
            .bound(find_in_list(api, cluster, kind, options, is_wanted))
            .await
    }

    #[inline]
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

/// Returns the first matching snapshot of the cluster, which may be a replica set or sharded: each
/// kind has a list of its own. The options are those of each call.
#[inline]
async fn find_in_list(
    api: &Api,
    cluster: &ClusterRef,
    kind: &mut Option<ClusterType>,
    options: CallOptions,
    mut is_wanted: impl FnMut(&Snapshot) -> bool,
) -> Result<Option<Snapshot>, Error> {
    let ClusterRef {
        group_id,
        cluster_name,
    } = cluster;
    let mut snapshots = match kind {
        Some(ClusterType::ReplicaSet) => api
            .list_snapshots(group_id, cluster_name)
            .options(options)
            .stream(),
        Some(ClusterType::ShardedCluster) => api
            .list_sharded_snapshots(group_id, cluster_name)
            .options(options)
            .stream(),
        // The lists of a cluster without snapshots may be refused. If no snapshot may be taken, the
        // request for it will fail.
        _ => cluster_snapshots::list(api, cluster, options).ignore_refusals(),
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

/// Adds a marker to the description, by which the snapshot is found if the response is lost.
#[inline]
fn with_marker(mut body: OnDemandSnapshotRequest, marker: &str) -> OnDemandSnapshotRequest {
    body.description = Some(match body.description {
        Some(text) => format!("{text} {marker}"),
        None => marker.to_owned(),
    });
    body
}

#[inline]
fn has_marker(snapshot: &Snapshot, marker: &str) -> bool {
    let description = snapshot.description.as_deref();
    description.is_some_and(|text| text.contains(marker))
}

#[inline]
fn is_under_way(snapshot: &Snapshot) -> bool {
    let is_on_demand = snapshot.snapshot_type == Some(SnapshotType::OnDemand);
    is_on_demand
        && matches!(
            snapshot.status,
            Some(SnapshotStatus::Queued | SnapshotStatus::InProgress)
        )
}
