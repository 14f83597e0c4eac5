//! What Atlas says about the backups of a cluster. Only what a rule needs is read, and once.

use atlas_backup_api::v2::types;
use atlas_backup_api::{Client, JobState, ObjectId, Timestamp};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::policy::Section;
use crate::records::Snapshot;
use crate::snapshots;
use crate::target::{Kind, Target};

/// A cluster that is checked.
#[derive(Debug)]
pub struct Subject {
    pub target: Target,
    /// Whether the cluster can be restored to a point in time; none if Atlas does not say it.
    pub pit: Option<bool>,
    /// Its zones, each of which has copies of its own.
    pub zones: Vec<ObjectId>,
    /// Whether Atlas says of each part of the cluster in which zone it is.
    pub zones_are_complete: bool,
}

/// What was read, or why it could not be read; `None` if no rule needs it.
pub struct Facts {
    pub snapshots: Option<Result<Snapshots, Failure>>,
    pub schedule: Option<Result<types::Schedule, Failure>>,
    pub last_export: Option<Result<Option<Timestamp>, Failure>>,
}

/// What the rules need to know of all snapshots.
#[derive(Debug, Default)]
pub struct Snapshots {
    /// The newest one that can be restored.
    pub newest: Option<Snapshot>,
    pub failed: Vec<Snapshot>,
    /// When the newest completed one expired that no longer can be restored.
    pub last_expired: Option<Timestamp>,
    /// One that can be restored, but Atlas does not say when it was taken.
    pub undated: Option<Snapshot>,
}

impl Subject {
    /// A cluster of which only the kind is known.
    pub fn new(target: Target) -> Self {
        Subject {
            target,
            pit: None,
            zones: Vec::new(),
            zones_are_complete: true,
        }
    }

    /// Adds what Atlas says about the cluster.
    pub fn of(target: Target, cluster: &types::Cluster) -> Self {
        let specs = &cluster.replication_specs;
        let zones = specs.iter().filter_map(|spec| spec.zone_id.clone());
        let mut zones: Vec<ObjectId> = zones.collect();
        // All parts of a cluster without zones are in the same place.
        let zones_are_complete = zones.is_empty() || zones.len() == specs.len();
        zones.sort();
        zones.dedup();
        Subject {
            pit: cluster.pit_enabled,
            zones,
            zones_are_complete,
            ..Subject::new(target)
        }
    }

    /// Fails if Atlas has no schedule, and thus no exports, of this kind of cluster.
    fn has_schedule(&self) -> Result<(), Failure> {
        let kind = self.target.kind;
        match kind {
            Kind::ReplicaSet | Kind::Sharded => Ok(()),
            _ => {
                let message = format!(
                    "a cluster of the kind {} has no schedule to check: leave it out with `kinds`",
                    kind.word()
                );
                Err(Failure::new(Exit::Refused, message))
            }
        }
    }
}

impl Facts {
    /// Reads what the rules of these sections need.
    pub async fn read(
        client: &Client,
        subject: &Subject,
        sections: &[&Section],
        now: Timestamp,
    ) -> Self {
        let needs = |need: fn(&Section) -> bool| sections.iter().any(|section| need(section));
        let mut facts = Facts {
            snapshots: None,
            schedule: None,
            last_export: None,
        };
        if needs(Section::needs_snapshots) {
            facts.snapshots = Some(read_snapshots(client, &subject.target, now).await);
        }
        if needs(Section::needs_schedule) {
            facts.schedule = Some(read_schedule(client, subject).await);
        }
        if needs(|section| section.max_export_age.is_some()) {
            facts.last_export = Some(read_last_export(client, subject).await);
        }
        facts
    }
}

async fn read_snapshots(
    client: &Client,
    target: &Target,
    now: Timestamp,
) -> Result<Snapshots, Failure> {
    let mut seen = Snapshots::default();
    snapshots::each(client, target, |snapshot| {
        seen.see(snapshot, now);
        Ok(())
    })
    .await?;
    Ok(seen)
}

impl Snapshots {
    pub fn see(&mut self, snapshot: Snapshot, now: Timestamp) {
        if snapshot.status == "failed" {
            self.failed.push(snapshot);
        } else if !snapshot.is_completed() {
            // It cannot be restored.
        } else if snapshot.has_expired(now) {
            self.last_expired = self.last_expired.max(snapshot.expires);
        } else if snapshot.created.is_none() {
            self.undated = Some(snapshot);
        } else if self
            .newest
            .as_ref()
            .is_none_or(|newest| snapshot.created > newest.created)
        {
            self.newest = Some(snapshot);
        }
    }
}

async fn read_schedule(client: &Client, subject: &Subject) -> Result<types::Schedule, Failure> {
    subject.has_schedule()?;
    let target = &subject.target;
    let call = client
        .v2()
        .get_schedule(&target.project, &target.cluster)
        .send();
    Ok(call.await?.into_inner())
}

/// When the newest successful export was finished.
async fn read_last_export(
    client: &Client,
    subject: &Subject,
) -> Result<Option<Timestamp>, Failure> {
    subject.has_schedule()?;
    let target = &subject.target;
    let mut exports = client
        .v2()
        .list_export_jobs(&target.project, &target.cluster)
        .stream();
    let mut newest = None;
    while let Some(export) = exports.next().await {
        let export = export?;
        if export.job_state() == JobState::Done {
            newest = newest.max(export.finished_at.or(export.created_at));
        }
    }
    Ok(newest)
}
