//! Requests an on-demand snapshot, unless an earlier run has done it already.

use std::collections::HashSet;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use super::{MAX_LOOKUPS, Progress, Steps, TakeError, has_marker, is_under_way, with_marker};
use crate::client::poller::{PollOptions, PollSchedule};
use crate::error::Error;
use crate::error::invalid_argument::InvalidArgument;
use crate::v2::Api;
use crate::v2::types::{OnDemandSnapshotRequest, Snapshot, SnapshotStatus};
use crate::wire::cluster_name::ClusterName;
use crate::wire::object_id::ObjectId;
use crate::workflow::cluster_ref::ClusterRef;

const LONGEST_NAME: usize = 100;

/// Requests an on-demand snapshot at most once under a name. Awaiting it returns a
/// [`SnapshotOnce`].
///
/// Created by [`Api::take_snapshot_once`].
#[must_use = "nothing is sent before it is awaited"]
pub struct TakeSnapshotOnce {
    api: Api,
    cluster: Result<ClusterRef, InvalidArgument>,
    name: String,
    body: OnDemandSnapshotRequest,
    options: PollOptions,
    progress: Progress,
}

/// The snapshot that [`take_snapshot_once`](Api::take_snapshot_once) has requested or found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SnapshotOnce {
    /// The snapshot as Atlas returned it last. It may be queued, in progress or completed.
    pub snapshot: Snapshot,
    /// Whether this call has requested it. False if it was there before.
    pub is_new: bool,
}

impl Api {
    /// Request an on-demand snapshot, unless there is one that was requested under the same name.
    ///
    /// For programs that may be killed and started again: with the same name, such as the date of a
    /// night, they take no cluster's snapshot twice. The name has 1 to 100 ASCII letters, digits and
    /// `-`, `.`, `_`, `:`; it is added to the description, as in `[atlas-backup-api once 2026-01-31]`.
    ///
    /// 1. The call lists the snapshots of the cluster. If one has the name in its description and
    ///    has not failed, the call returns it.
    /// 2. Atlas takes one on-demand snapshot of a cluster at a time: if another one is queued or in
    ///    progress, the call waits for it.
    /// 3. The call requests the snapshot, and returns it without waiting until it is completed:
    ///    [`get_snapshot`](Self::get_snapshot)`(…).wait()` does, or
    ///    [`get_sharded_snapshot`](Self::get_sharded_snapshot) of a sharded cluster.
    /// 4. If the response is lost, or Atlas says that another one is in progress after all, the call
    ///    looks at the list again; after a lost response, also if the deadline has passed. If the
    ///    snapshot of a lost response is not found there, or the list cannot be read, the call fails
    ///    with [`TakeError::Ambiguous`], and may be repeated: it looks first.
    ///
    /// Two programs that do this for the same cluster at the same moment may both find nothing:
    /// Atlas then refuses one of them, as long as the snapshot of the other is in progress.
    ///
    /// ```no_run
    /// # use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
    /// # async fn run(client: atlas_backup_api::Client, project: &str) -> Result<(), atlas_backup_api::TakeError> {
    /// let body = OnDemandSnapshotRequest { retention_in_days: Some(5), ..Default::default() };
    /// let taken = client.v2().take_snapshot_once(project, "orders", "2026-01-31", body).await?;
    /// println!("{} is new: {}", taken.snapshot.id, taken.is_new);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The required roles and the errors are those of
    /// [`take_snapshot_and_wait`](Self::take_snapshot_and_wait).
    #[inline]
    pub fn take_snapshot_once(
        &self,
        group_id: impl TryInto<ObjectId, Error: fmt::Display>,
        cluster_name: impl TryInto<ClusterName, Error: fmt::Display>,
        name: impl Into<String>,
        body: OnDemandSnapshotRequest,
    ) -> TakeSnapshotOnce {
        TakeSnapshotOnce {
            api: self.clone(),
            cluster: ClusterRef::new(group_id, cluster_name),
            name: name.into(),
            body,
            options: PollOptions::default(),
            progress: Box::new(|_| {}),
        }
    }
}

impl TakeSnapshotOnce {
    /// Sets the time limit for all steps together. Default: 24 hours. Only the search for the
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

    /// Sets a callback that is called after each successful poll of another snapshot of the cluster
    /// that must end first.
    #[inline]
    pub fn on_progress(mut self, see: impl FnMut(&Snapshot) + Send + 'static) -> Self {
        self.progress = Box::new(see);
        self
    }

    #[inline]
    async fn finish(self) -> Result<SnapshotOnce, TakeError> {
        let checked = check_name(&self.name).and_then(|()| self.body.validate());
        let cluster = self
            .cluster
            .and_then(|cluster| checked.map(|()| cluster))
            .map_err(|error| Error::from(error.of("takeSnapshot")))?;
        let marker = format!("[atlas-backup-api once {}]", self.name);
        let schedule = PollSchedule::new(&self.api.client, &self.options);
        let mut once = Once {
            steps: Steps {
                api: self.api,
                cluster,
                kind: None,
                options: self.options,
                schedule,
                progress: self.progress,
            },
            body: with_marker(self.body, &marker),
            marker,
            ended: HashSet::new(),
        };
        once.look_and_take().await
    }
}

impl IntoFuture for TakeSnapshotOnce {
    type Output = Result<SnapshotOnce, TakeError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    #[inline]
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.finish())
    }
}

impl fmt::Debug for TakeSnapshotOnce {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeSnapshotOnce")
            .field("name", &self.name)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

#[inline]
fn check_name(name: &str) -> Result<(), InvalidArgument> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_plain) {
        return Ok(());
    }
    Err(InvalidArgument::new(
        "name",
        format_args!("{name:?}"),
        "must have 1 to 100 ASCII letters, digits, `-`, `.`, `_` and `:`",
    ))
}

/// The state of one call.
struct Once {
    steps: Steps,
    body: OnDemandSnapshotRequest,
    marker: String,
    /// Snapshots that have ended without being the one that was asked for. The list may be out of
    /// date, so each is waited for only once.
    ended: HashSet<ObjectId>,
}

/// What the list of snapshots shows.
#[derive(Default)]
struct Seen {
    ours: Option<Snapshot>,
    other_under_way: Option<Snapshot>,
}

impl Once {
    #[inline]
    async fn look_and_take(&mut self) -> Result<SnapshotOnce, TakeError> {
        let mut refusals = 0;
        loop {
            let seen = self.look().await?;
            if let Some(snapshot) = seen.ours {
                return Ok(SnapshotOnce {
                    snapshot,
                    is_new: false,
                });
            }
            if let Some(other) = seen.other_under_way {
                self.steps.let_finish(&other).await?;
                self.ended.insert(other.id);
                continue;
            }
            let is_ours = self.is_ours();
            match self
                .steps
                .take(self.body.clone(), is_ours, &self.marker, || {})
                .await
            {
                Ok(snapshot) => {
                    return Ok(SnapshotOnce {
                        snapshot,
                        is_new: true,
                    });
                }
                // Most likely, another snapshot is in progress that the list did not show yet. It
                // may be the one that an earlier run has requested.
                Err(TakeError::Call(error)) if is_conflict(&error) && refusals < MAX_LOOKUPS => {
                    refusals += 1;
                    if self.steps.schedule.pause().await.is_none() {
                        return Err(error.into());
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads the whole list once.
    #[inline]
    async fn look(&mut self) -> Result<Seen, TakeError> {
        let mut seen = Seen::default();
        let (is_ours, ended) = (self.is_ours(), &self.ended);
        let found = self
            .steps
            .find(|snapshot| {
                let is_other = is_under_way(snapshot) && !ended.contains(&snapshot.id);
                if is_other && seen.other_under_way.is_none() {
                    seen.other_under_way = Some(snapshot.clone());
                }
                is_ours(snapshot)
            })
            .await;
        seen.ours = found.ok_or_else(|| self.steps.deadline())??;
        Ok(seen)
    }

    /// Tells the snapshot that was requested under the name. One that has failed is no backup, so
    /// another one is taken instead of it.
    #[inline]
    fn is_ours(&self) -> impl Fn(&Snapshot) -> bool + use<> {
        let marker = self.marker.clone();
        move |snapshot: &Snapshot| {
            has_marker(snapshot, &marker) && snapshot.status != Some(SnapshotStatus::Failed)
        }
    }
}

#[inline]
fn is_conflict(error: &Error) -> bool {
    error.status().is_some_and(|status| status.as_u16() == 409)
}
