//! Restoring a snapshot to a cluster, and waiting for it, for each kind of cluster.

#![allow(
    deprecated,
    reason = "kinds that Atlas has ended may still have snapshots"
)]

use std::time::Duration;

use atlas_backup_api::v2::types::{
    FlexRestoreJobRequest, RestoreJobRequest, ServerlessRestoreJobRequest, TenantRestoreJobRequest,
};
use atlas_backup_api::{Client, Error, ObjectId, Wait};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::one_line;
use crate::progress::Progress;
use crate::records::{Restore, RestoreOfTarget};
use crate::target::{Kind, Target};

/// Requests the restore of a snapshot of `from`, which overwrites all data of `to`.
pub async fn create(
    client: &Client,
    from: &Target,
    snapshot: &ObjectId,
    to: &Target,
) -> Result<Restore, Error> {
    let (api, project, cluster) = (client.v2(), &from.project, &from.cluster);
    let (snapshot, to_project, to_cluster) =
        (snapshot.clone(), to.project.clone(), to.cluster.clone());
    match from.kind {
        Kind::ReplicaSet | Kind::Sharded => {
            let body = RestoreJobRequest::automated(snapshot, to_project, to_cluster);
            let job = api
                .create_restore_job(project, cluster, body)
                .send()
                .await?;
            Ok(job.of(from))
        }
        Kind::Flex => {
            let body = FlexRestoreJobRequest {
                target_project_id: Some(to_project),
                ..FlexRestoreJobRequest::new(snapshot, to_cluster.to_string())
            };
            let job = api
                .create_flex_restore_job(project, cluster, body)
                .send()
                .await?;
            Ok(job.of(from))
        }
        Kind::Tenant => {
            let body = TenantRestoreJobRequest {
                target_project_id: Some(to_project),
                ..TenantRestoreJobRequest::new(snapshot, to_cluster.to_string())
            };
            let job = api
                .create_tenant_restore_job(project, cluster, body)
                .send()
                .await?;
            Ok(job.of(from))
        }
        Kind::Serverless => {
            let body = ServerlessRestoreJobRequest::automated(snapshot, to_project, to_cluster);
            let job = api
                .create_serverless_restore_job(project, cluster, body)
                .send()
                .await?;
            Ok(job.of(from))
        }
    }
}

/// Fails if Atlas states that a restore has another snapshot or another target than was requested.
pub fn check(restore: &Restore, snapshot: &ObjectId, to: &Target) -> Result<(), Failure> {
    let difference = |what: &str, stated: Option<&str>, requested: &str| {
        let stated = stated.filter(|stated| !stated.eq_ignore_ascii_case(requested))?;
        let stated = one_line(stated, 100);
        Some(format!("the {what} {stated} instead of {requested}"))
    };
    let stated_snapshot = restore.snapshot.as_ref().map(ObjectId::as_str);
    let stated_project = restore.to_project.as_ref().map(ObjectId::as_str);
    let differences: Vec<String> = [
        difference("snapshot", stated_snapshot, snapshot.as_str()),
        difference("target", restore.to.as_deref(), to.cluster.as_str()),
        difference("target project", stated_project, to.project.as_str()),
    ]
    .into_iter()
    .flatten()
    .collect();
    if differences.is_empty() {
        return Ok(());
    }
    let message = format!(
        "restore {} is not what was requested, and may go on: it names {}; look in Atlas, at the restore history of both clusters",
        restore.restore,
        differences.join(", ")
    );
    Err(Failure::new(Exit::Ambiguous, message))
}

/// A restore that is waited for.
pub struct Waiting<'a> {
    pub client: &'a Client,
    /// The cluster that the snapshot is of.
    pub from: &'a Target,
    pub id: &'a ObjectId,
    pub timeout: Duration,
    /// Whether this program created it a moment ago.
    pub just_created: bool,
    pub progress: &'a Progress,
}

impl Waiting<'_> {
    /// Waits until the restore has ended. How and why it failed is in the message of the failure.
    pub async fn until_done(self) -> Result<Restore, Failure> {
        let (api, project, cluster) = (self.client.v2(), &self.from.project, &self.from.cluster);
        match self.from.kind {
            Kind::ReplicaSet | Kind::Sharded => {
                self.poll(api.get_restore_job(project, cluster, self.id).wait())
                    .await
            }
            Kind::Flex => {
                self.poll(api.get_flex_restore_job(project, cluster, self.id).wait())
                    .await
            }
            Kind::Tenant => {
                self.poll(api.get_tenant_restore_job(project, cluster, self.id).wait())
                    .await
            }
            Kind::Serverless => {
                self.poll(
                    api.get_serverless_restore_job(project, cluster, self.id)
                        .wait(),
                )
                .await
            }
        }
    }

    async fn poll<T>(&self, wait: Wait<T>) -> Result<Restore, Failure>
    where
        T: RestoreOfTarget + Send + 'static,
    {
        let (progress, from) = (self.progress.clone(), self.from.clone());
        let wait = if self.just_created {
            wait.just_created()
        } else {
            wait
        };
        let waited = wait
            .deadline(self.timeout)
            .on_progress(move |job| progress.step(step(&job.of(&from))))
            .await;
        match waited {
            Ok(job) => Ok(job.of(self.from)),
            Err(error) => {
                let what = match error.job().map(|job| job.of(self.from)) {
                    Some(Restore { to: Some(to), .. }) => format!("restore {} to {to}", self.id),
                    _ => format!("restore {}", self.id),
                };
                Err(Failure::of_wait(&error, &what, &go_on(self.from, self.id)))
            }
        }
    }
}

/// How far a restore is.
fn step(restore: &Restore) -> String {
    let to = restore
        .to
        .as_ref()
        .map_or_else(String::new, |to| format!(" to {to}"));
    format!("restore {}{to}: {}", restore.restore, restore.status)
}

/// What a user must know who interrupts the program during a restore.
pub fn goes_on(from: &Target, id: &ObjectId) -> String {
    format!(
        "restore {id} of {} goes on: {}",
        from.cluster,
        go_on(from, id)
    )
}

/// How to wait for a restore later.
fn go_on(from: &Target, id: &ObjectId) -> String {
    let command = from.command("wait", &format!("--restore {id}"));
    format!("wait for it with `{command}`")
}
