//! How a download is requested and prepared, for one family of clusters.

use super::parts::{Files, Parts};
use super::{SaveError, Shared, calls};
use crate::client::call::Call;
use crate::client::poller::{PollOptions, Wait, WaitError};
use crate::config::deadline::Deadline;
use crate::download::Delivery;
use crate::pipeline::decode::Content;
use crate::pipeline::response::Response;
use crate::wire::object_id::ObjectId;

/// Creates the wait for the job.
type Find<J> = Box<dyn Fn(&J) -> Wait<J> + Send + Sync>;

/// How a family of clusters prepares its downloads.
pub(super) struct Plan<J> {
    /// The snapshot that the caller wants.
    pub(super) snapshot_id: ObjectId,
    /// Counts the files that the snapshot must have; `None` if the family has one file each.
    pub(super) parts: Option<Parts>,
    /// The call that requests a download from Atlas. It is sent once each time.
    pub(super) create: Call,
    pub(super) find: Find<J>,
    pub(super) id: fn(&J) -> &ObjectId,
    pub(super) snapshot_of: fn(&J) -> Option<&ObjectId>,
    /// Whether Atlas names no more files.
    pub(super) is_finished: fn(&J) -> bool,
    /// The files of the job, named after the snapshot.
    pub(super) deliveries: fn(&J, &ObjectId) -> Vec<Delivery>,
    /// The prefix of the names of the snapshot's files.
    pub(super) prefix: String,
}

impl<J: Content + Send + 'static> Plan<J> {
    /// Requests the download, and waits until the job names all files of the snapshot.
    #[inline]
    pub(super) async fn files(
        &self,
        options: &PollOptions,
        on_job: &Shared<J>,
    ) -> Result<Vec<Delivery>, SaveError<J>> {
        let clock = &*self.create.client.settings().clock;
        let deadline = Deadline::after(clock.now(), options.waited());
        let created: Response<J> = self.create.clone().send().await?;
        self.check_snapshot(&created)?;
        let id = (self.id)(&created).clone();
        let failed = |failure: WaitError<J>| SaveError::Job {
            id: id.clone(),
            failure,
        };
        // Atlas may need a moment before it shows the new job.
        let wait = (self.find)(&created)
            .options(options.clone())
            .just_created();
        let mut job = wait.on_progress(calls(on_job)).await.map_err(&failed)?;
        self.check_snapshot(&job)?;
        if (self.deliveries)(&job, &self.snapshot_id).is_empty() {
            return Err(SaveError::NoFiles(Box::new(job)));
        }
        let expected = match &self.parts {
            Some(parts) => parts.files().await?,
            None => Files::ONE,
        };
        let adds_files = self.adds_files(expected.all);
        if adds_files(&job) {
            let options = options.clone().left(deadline.left(clock));
            let wait = (self.find)(&job).options(options).unless(adds_files);
            job = wait.on_progress(calls(on_job)).await.map_err(&failed)?;
            self.check_snapshot(&job)?;
        }
        let files = (self.deliveries)(&job, &self.snapshot_id);
        if files.len() < expected.least {
            return Err(SaveError::MissingFiles {
                id,
                expected: expected.all,
                found: files.len(),
            });
        }
        Ok(files)
    }

    /// Fails if the job names another snapshot than the one that was requested. Not every job names
    /// one.
    #[inline]
    fn check_snapshot(&self, job: &J) -> Result<(), SaveError<J>> {
        match (self.snapshot_of)(job) {
            Some(found) if *found != self.snapshot_id => Err(SaveError::OtherSnapshot {
                id: (self.id)(job).clone(),
                requested: self.snapshot_id.clone(),
                found: found.clone(),
            }),
            _ => Ok(()),
        }
    }

    /// Whether Atlas has still to name files. The URLs of a sharded cluster may come one by one.
    #[inline]
    fn adds_files(&self, expected: usize) -> impl Fn(&J) -> bool + Send + 'static {
        let (deliveries, is_finished) = (self.deliveries, self.is_finished);
        let snapshot_id = self.snapshot_id.clone();
        move |job| !is_finished(job) && deliveries(job, &snapshot_id).len() < expected
    }
}
