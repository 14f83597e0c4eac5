//! The in-memory store: projects, clusters, and the resources that requests create, read and
//! change.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::{Map, Value};

use super::api_error::ApiError;
use super::family::{ClusterKind, Family};
use crate::{Clock, DownloadHost};

/// The time at which the clock shows zero: 2026-01-01T00:00:00Z, in milliseconds since 1970.
pub(super) const EPOCH: i64 = 1_767_225_600_000;

/// Milliseconds since 1970.
pub(super) type Moment = i64;

/// Formats a time as Atlas does: in UTC, to the second.
pub(super) fn timestamp(moment: Moment) -> Value {
    let moment =
        jiff::Timestamp::from_second(moment.div_euclid(1000)).unwrap_or(jiff::Timestamp::MAX);
    moment.to_string().into()
}

pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}

pub(super) const HOUR: i64 = 3_600_000;
pub(super) const DAY: i64 = 24 * HOUR;

/// The phase that a job is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Queued,
    Running,
    Done,
    Failed,
}

/// How a job ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JobOutcome {
    Done,
    Failed,
    /// The job runs for ever.
    Hung,
}

/// The times of a job, and how it ends. A resource that has existed from the start has a job that
/// is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Job {
    pub(super) created: Moment,
    pub(super) started: Moment,
    pub(super) finished: Moment,
    pub(super) outcome: JobOutcome,
}

impl Job {
    pub(super) fn done(at: Moment) -> Self {
        Job {
            created: at,
            started: at,
            finished: at,
            outcome: JobOutcome::Done,
        }
    }

    pub(super) fn phase(&self, now: Moment) -> Phase {
        match self.outcome {
            _ if now < self.started => Phase::Queued,
            JobOutcome::Hung => Phase::Running,
            _ if now < self.finished => Phase::Running,
            JobOutcome::Done => Phase::Done,
            JobOutcome::Failed => Phase::Failed,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Project {
    pub(super) id: String,
    pub(super) name: String,
}

#[derive(Clone, Debug)]
pub(super) struct Cluster {
    pub(super) project: String,
    pub(super) name: String,
    pub(super) kind: ClusterKind,
    pub(super) id: String,
    pub(super) tags: Vec<(String, String)>,
    pub(super) backups: bool,
    pub(super) paused: bool,
}

/// One resource. `members` has the final values; `rendering` hides those that the job has not
/// produced yet.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) family: Family,
    pub(super) project: String,
    /// Empty if the resource belongs to a project.
    pub(super) cluster: String,
    pub(super) job: Job,
    pub(super) cancelled: bool,
    pub(super) members: Map<String, Value>,
}

impl Resource {
    /// Whether this is a snapshot that is no longer kept.
    fn has_expired(&self, now: Moment) -> bool {
        let member = self.family.expiry();
        let expires = member.and_then(|member| self.members.get(member)?.as_str());
        let expires = expires.and_then(|text| text.parse::<jiff::Timestamp>().ok());
        expires.is_some_and(|expires| expires.as_millisecond() <= now)
    }
}

/// How long the jobs of a family take, and how the next ones end.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) queued: Duration,
    pub(super) running: Duration,
    pub(super) next: VecDeque<JobOutcome>,
}

/// The project and the cluster that a resource belongs to.
pub(super) type Scope<'a> = (&'a str, &'a str);

/// The resources of each cluster of each project: a test may have ten thousand clusters.
#[derive(Default)]
struct Resources(BTreeMap<String, BTreeMap<String, Vec<Resource>>>);

impl Resources {
    fn of(&self, (project, cluster): Scope<'_>) -> &[Resource] {
        let of_project = self.0.get(project);
        let of_cluster = of_project.and_then(|clusters| clusters.get(cluster));
        of_cluster.map_or(&[], Vec::as_slice)
    }

    fn of_mut(&mut self, project: &str, cluster: &str) -> &mut Vec<Resource> {
        let of_project = self.0.entry(project.to_owned()).or_default();
        of_project.entry(cluster.to_owned()).or_default()
    }
}

/// All projects, clusters and resources.
pub(super) struct Store {
    pub(super) clock: Clock,
    pub(super) download_host: DownloadHost,
    pub(super) projects: Vec<Project>,
    /// The clusters of each project, by its id.
    clusters: BTreeMap<String, Vec<Cluster>>,
    resources: Resources,
    pub(super) plans: BTreeMap<Family, Plan>,
    pub(super) download_size: u64,
    pub(super) behavior: Behavior,
    ids: u64,
}

/// Settings of the server's behaviour.
#[derive(Clone, Debug)]
pub(super) struct Behavior {
    pub(super) access_allowed: bool,
    /// Requests per minute; `None` means no limit.
    pub(super) rate_limit: Option<u32>,
    /// The length of the longest list that can be counted.
    pub(super) max_countable: usize,
    /// What is added to `totalCount`.
    pub(super) count_offset: i64,
    /// How many snapshots are added after each page of snapshots.
    pub(super) new_per_page: usize,
}

impl Store {
    pub(super) fn new(clock: &Clock, download_host: DownloadHost) -> Self {
        let behavior = Behavior {
            access_allowed: true,
            rate_limit: None,
            max_countable: 10_000,
            count_offset: 0,
            new_per_page: 0,
        };
        Store {
            clock: clock.clone(),
            download_host,
            projects: Vec::new(),
            clusters: BTreeMap::new(),
            resources: Resources::default(),
            plans: BTreeMap::new(),
            download_size: 256 * 1024,
            behavior,
            ids: 0,
        }
    }

    pub(super) fn now(&self) -> Moment {
        EPOCH.saturating_add(millis(self.clock.now()))
    }

    /// The next id. Ids count up.
    pub(super) fn next_id(&mut self) -> String {
        self.ids += 1;
        format!("{:08x}{:016x}", EPOCH / 1000, self.ids)
    }

    pub(super) fn plan(&mut self, family: Family) -> &mut Plan {
        let default = || Plan {
            queued: Duration::from_secs(10),
            running: Duration::from_secs(50),
            next: VecDeque::new(),
        };
        self.plans.entry(family).or_insert_with(default)
    }

    /// A job of this family that is created now.
    pub(super) fn new_job(&mut self, family: Family) -> Job {
        let created = self.now();
        let plan = self.plan(family);
        let started = created.saturating_add(millis(plan.queued));
        Job {
            created,
            started,
            finished: started.saturating_add(millis(plan.running)),
            outcome: plan.next.pop_front().unwrap_or(JobOutcome::Done),
        }
    }

    /// Adds a resource. `members` must be an object.
    pub(super) fn add(
        &mut self,
        family: Family,
        scope: Scope<'_>,
        job: Job,
        members: Value,
    ) -> Resource {
        let id = self.next_id();
        let Value::Object(members) = members else {
            unreachable!("members are written as an object")
        };
        let (project, cluster) = (scope.0.to_owned(), scope.1.to_owned());
        let resource = Resource {
            id,
            family,
            project,
            cluster,
            job,
            cancelled: false,
            members,
        };
        self.resources
            .of_mut(&resource.project, &resource.cluster)
            .push(resource.clone());
        resource
    }

    /// All resources, in no particular order.
    pub(super) fn all_resources(&self) -> impl Iterator<Item = &Resource> {
        self.resources
            .0
            .values()
            .flat_map(BTreeMap::values)
            .flatten()
    }

    /// Removes all resources of which this is true.
    pub(super) fn remove(&mut self, is_removed: impl Fn(&Resource) -> bool) {
        let lists = self.resources.0.values_mut().flat_map(BTreeMap::values_mut);
        for list in lists {
            list.retain(|resource| !is_removed(resource));
        }
    }

    pub(super) fn add_cluster(&mut self, cluster: Cluster) {
        let project = self.clusters.entry(cluster.project.clone()).or_default();
        project.push(cluster);
    }

    pub(super) fn cluster_mut(&mut self, project: &str, name: &str) -> Option<&mut Cluster> {
        let mut clusters = self.clusters.get_mut(project)?.iter_mut();
        clusters.find(|known| known.name == name)
    }

    /// The clusters of a project, in the order in which they were made.
    pub(super) fn clusters_of(&self, project: &str) -> &[Cluster] {
        self.clusters.get(project).map_or(&[], Vec::as_slice)
    }

    /// The resources of a family, without the snapshots that have expired.
    pub(super) fn resources_of(
        &self,
        family: Family,
        scope: Scope<'_>,
    ) -> impl Iterator<Item = &Resource> {
        let (all, now) = (self.resources.of(scope).iter(), self.now());
        all.filter(move |found| found.family == family && !found.has_expired(now))
    }

    pub(super) fn find(
        &self,
        family: Family,
        scope: Scope<'_>,
        id: &str,
    ) -> Result<&Resource, ApiError> {
        self.resources_of(family, scope)
            .find(|found| found.id == id)
            .ok_or_else(|| ApiError::no_resource(id))
    }

    pub(super) fn find_mut(
        &mut self,
        family: Family,
        scope: Scope<'_>,
        id: &str,
    ) -> Result<&mut Resource, ApiError> {
        let now = self.now();
        self.resources
            .of_mut(scope.0, scope.1)
            .iter_mut()
            .find(|found| found.family == family && found.id == id && !found.has_expired(now))
            .ok_or_else(|| ApiError::no_resource(id))
    }

    /// The cluster with this name, if it is of one of these kinds.
    pub(super) fn cluster(
        &self,
        scope: Scope<'_>,
        kinds: &[ClusterKind],
    ) -> Result<&Cluster, ApiError> {
        let named = |known: &&Cluster| known.name == scope.1;
        let mut clusters = self.clusters_of(scope.0).iter().filter(named);
        let found = clusters.clone().find(|known| kinds.contains(&known.kind));
        found.ok_or_else(|| match clusters.next() {
            Some(other) if kinds == [ClusterKind::Flex] => ApiError::is_not_flex(&other.name),
            _ => ApiError::no_cluster(scope.0, scope.1),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_begins_with_the_year() {
        assert_eq!(timestamp(EPOCH), "2026-01-01T00:00:00Z");
        assert_eq!(timestamp(EPOCH - 1), "2025-12-31T23:59:59Z");
    }

    #[test]
    fn a_job_goes_its_way() {
        for (outcome, last) in [
            (JobOutcome::Done, Phase::Done),
            (JobOutcome::Failed, Phase::Failed),
            (JobOutcome::Hung, Phase::Running),
        ] {
            let job = Job {
                created: 0,
                started: 10,
                finished: 60,
                outcome,
            };
            assert_eq!(
                [0, 9, 10, 59, 60].map(|now| job.phase(now)),
                [
                    Phase::Queued,
                    Phase::Queued,
                    Phase::Running,
                    Phase::Running,
                    last
                ]
            );
        }
    }
}
