//! What there is: projects, clusters, and the resources that calls make, read and change.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde_json::{Map, Value};

use super::api_error::ApiError;
use super::family::{ClusterKind, Family};
use crate::{Clock, DownloadHost};

/// When the clock shows zero: 2026-01-01T00:00:00Z, in milliseconds since 1970.
pub(super) const EPOCH: i64 = 1_767_225_600_000;

/// Milliseconds since 1970.
pub(super) type Moment = i64;

/// As Atlas writes it: in UTC, to the second.
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

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Queued,
    Running,
    Done,
    Failed,
}

/// What becomes of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum JobOutcome {
    Done,
    Failed,
    /// It never finished.
    Hung,
}

/// The way of a job through time. What has always been there is a job that is done.
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
pub(super) struct Cluster {
    pub(super) project: String,
    pub(super) name: String,
    pub(super) kind: ClusterKind,
    pub(super) id: String,
}

/// One resource. Its members are those it will have at the end; how much of them shows depends on how far the job is.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) family: Family,
    pub(super) project: String,
    /// Empty for what belongs to a project.
    pub(super) cluster: String,
    pub(super) job: Job,
    pub(super) cancelled: bool,
    pub(super) members: Map<String, Value>,
}

/// How long the jobs of a family take, and what is to become of the next ones.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) queued: Duration,
    pub(super) running: Duration,
    pub(super) next: VecDeque<JobOutcome>,
}

/// Where a resource belongs: project and cluster.
pub(super) type Scope<'a> = (&'a str, &'a str);

/// All there is.
pub(super) struct Store {
    pub(super) clock: Clock,
    pub(super) download_host: DownloadHost,
    pub(super) projects: Vec<String>,
    pub(super) clusters: Vec<Cluster>,
    pub(super) resources: Vec<Resource>,
    pub(super) plans: BTreeMap<Family, Plan>,
    pub(super) download_size: u64,
    pub(super) behavior: Behavior,
    ids: u64,
}

/// How the server behaves, beside what there is.
#[derive(Clone, Debug)]
pub(super) struct Behavior {
    pub(super) access_allowed: bool,
    /// Requests per minute, if they are limited.
    pub(super) rate_limit: Option<u32>,
    /// The longest list that can be counted.
    pub(super) max_countable: usize,
    /// What `totalCount` is wrong by.
    pub(super) count_offset: i64,
    /// How many snapshots appear after each page of them.
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
            clusters: Vec::new(),
            resources: Vec::new(),
            plans: BTreeMap::new(),
            download_size: 256 * 1024,
            behavior,
            ids: 0,
        }
    }

    pub(super) fn now(&self) -> Moment {
        EPOCH.saturating_add(millis(self.clock.now()))
    }

    /// The next id: ids are counted up.
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

    /// A job of that family that created now.
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

    /// Adds a resource; the members must be an object.
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
        self.resources.push(resource.clone());
        resource
    }

    pub(super) fn resources_of(
        &self,
        family: Family,
        scope: Scope<'_>,
    ) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(move |found| {
            found.family == family && (&*found.project, &*found.cluster) == scope
        })
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
        let is = |found: &&mut Resource| {
            found.family == family && (&*found.project, &*found.cluster) == scope && found.id == id
        };
        self.resources
            .iter_mut()
            .find(is)
            .ok_or_else(|| ApiError::no_resource(id))
    }

    /// The cluster of that name, if it is of one of these kinds.
    pub(super) fn cluster(
        &self,
        scope: Scope<'_>,
        kinds: &[ClusterKind],
    ) -> Result<&Cluster, ApiError> {
        let is = |known: &&Cluster| {
            (&*known.project, &*known.name) == scope && kinds.contains(&known.kind)
        };
        self.clusters
            .iter()
            .find(is)
            .ok_or_else(|| ApiError::no_cluster(scope.0, scope.1))
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
