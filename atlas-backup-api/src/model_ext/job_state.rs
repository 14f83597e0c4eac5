//! The progress of a job. Each family of clusters has other status values, and some have none.

use crate::client::poller::{Ending, Job, JobState};
use crate::generated::shared;

/// Cloud snapshots, including those of serverless instances, are `completed` or `failed`. Flex and
/// tenant snapshots and jobs have the same values in capitals.
#[inline]
fn from_status(status: Option<&str>) -> JobState {
    match status {
        Some("completed" | "COMPLETED") => JobState::Done,
        Some(word @ ("failed" | "FAILED")) => JobState::failed(word),
        _ => JobState::Running,
    }
}

/// A restore job without a status.
struct Flags<'a> {
    failed: Option<bool>,
    cancelled: Option<bool>,
    expired: Option<bool>,
    finished: bool,
    /// Whether each of its files has a URL, if it is a download.
    ready: bool,
    delivery: Option<&'a str>,
}

#[inline]
fn from_flags(job: &Flags<'_>) -> JobState {
    let is_download = job.delivery == Some("download");
    // A restore into a cluster has no files, whatever URL it carries.
    let is_ready = job.ready && (is_download || job.delivery.is_none());
    if job.failed == Some(true) {
        JobState::failed("failed")
    } else if job.cancelled == Some(true) {
        JobState::ended(Ending::Cancelled, "cancelled")
    // Atlas may mark a restore as expired after it has finished, which does not matter; an expired
    // download is of no use.
    } else if job.expired == Some(true) && (is_download || !job.finished) {
        JobState::ended(Ending::Expired, "expired")
    } else if job.finished || is_ready {
        JobState::Done
    } else {
        JobState::Running
    }
}

/// Two lists hold URLs, and they may be filled one by one: the job is ready when one list has a URL
/// for every component.
#[inline]
fn is_ready(lists: &[usize], components: usize) -> bool {
    lists.iter().any(|&urls| urls > 0 && urls >= components)
}

/// How many of the URLs are there.
#[inline]
fn urls<'a>(urls: impl IntoIterator<Item = &'a String>) -> usize {
    urls.into_iter().filter(|url| !url.is_empty()).count()
}

/// Implements `job_state` for each type, for programs that do not wait.
macro_rules! states {
    ($($job:ty),* $(,)?) => {
        $(
            #[allow(deprecated)]
            impl $job {
                /// How far it is: whether it is in progress, has succeeded, or has ended without
                /// success. [`Wait`](crate::Wait) has the same rules.
                #[inline]
                pub fn job_state(&self) -> JobState {
                    Job::state(self)
                }
            }
        )*
    };
}

states!(
    shared::TenantSnapshot,
    shared::TenantRestoreJob,
    shared::ServerlessSnapshot,
    shared::ServerlessRestoreJob,
    shared::LegacySnapshot,
    shared::LegacyRestoreJob,
);

/// Implements `wait` for each request.
macro_rules! jobs {
    ($($module:ident :: $request:ident => $job:ident),* $(,)?) => {
        $(
            #[allow(deprecated)]
            impl api::$module::$request {
                /// Waits until it has ended: see [`Wait`](crate::Wait).
                #[inline]
                pub fn wait(self) -> crate::Wait<types::$job> {
                    crate::Wait::new(self.0)
                }
            }
        )*
    };
}

/// Implements `Job` for each type by its status value.
macro_rules! worded {
    ($($job:ty),*) => {
        $(
            impl Job for $job {
                #[inline]
                fn state(&self) -> JobState {
                    from_status(self.status.as_ref().map(|status| status.as_str()))
                }
            }
        )*
    };
}

worded!(
    shared::TenantSnapshot,
    shared::TenantRestoreJob,
    shared::ServerlessSnapshot
);

impl Job for shared::ServerlessRestoreJob {
    #[inline]
    fn state(&self) -> JobState {
        from_flags(&Flags {
            failed: self.failed,
            cancelled: self.cancelled,
            expired: self.expired,
            finished: self.finished_at.is_some(),
            ready: is_ready(&[urls(&self.delivery_url)], 0),
            delivery: self.delivery_type.as_ref().map(|kind| kind.as_str()),
        })
    }
}

/// A legacy snapshot that fails never becomes complete; Atlas has no failed state for it.
impl Job for shared::LegacySnapshot {
    #[inline]
    fn state(&self) -> JobState {
        if self.complete == Some(true) {
            JobState::Done
        } else {
            JobState::Running
        }
    }
}

impl Job for shared::LegacyRestoreJob {
    #[inline]
    fn state(&self) -> JobState {
        use shared::{LegacyRestoreDeliveryStatus as Delivery, LegacyRestoreStatus as Status};
        match &self.status_name {
            Some(status @ Status::Broken) => return JobState::failed(status.as_str()),
            Some(status @ Status::Killed) => {
                return JobState::ended(Ending::Cancelled, status.as_str());
            }
            _ => {}
        }
        match self
            .delivery
            .as_ref()
            .and_then(|delivery| delivery.status_name.as_ref())
        {
            Some(status @ (Delivery::Failed | Delivery::Interrupted)) => {
                JobState::failed(status.as_str())
            }
            Some(status @ (Delivery::Expired | Delivery::MaxDownloadsExceeded)) => {
                JobState::ended(Ending::Expired, status.as_str())
            }
            Some(Delivery::Ready) => JobState::Done,
            Some(Delivery::NotStarted | Delivery::InProgress | Delivery::Pending) => {
                JobState::Running
            }
            _ if self.status_name == Some(Status::Finished) => JobState::Done,
            _ => JobState::Running,
        }
    }
}

/// Implements `Job` for the types that differ between the generations of the API.
macro_rules! both {
    () => {
        use super::*;

        jobs! {
            snapshots::GetSnapshot => Snapshot,
            snapshots::GetShardedSnapshot => Snapshot,
            restore_jobs::GetRestoreJob => RestoreJob,
            export_jobs::GetExportJob => ExportJob,
            tenant::GetTenantSnapshot => TenantSnapshot,
            tenant::GetTenantRestoreJob => TenantRestoreJob,
            serverless::GetServerlessSnapshot => ServerlessSnapshot,
            serverless::GetServerlessRestoreJob => ServerlessRestoreJob,
            legacy::GetLegacySnapshot => LegacySnapshot,
            legacy::GetLegacyRestoreJob => LegacyRestoreJob,
        }

        states!(types::Snapshot, types::RestoreJob, types::ExportJob);
        worded!(types::Snapshot);

        impl Job for types::RestoreJob {
            #[inline]
            fn state(&self) -> JobState {
                let parts = self.components.iter();
                let parts = urls(parts.filter_map(|part| part.download_url.as_ref()));
                from_flags(&Flags {
                    failed: self.failed,
                    cancelled: self.cancelled,
                    expired: self.expired,
                    finished: self.finished_at.is_some(),
                    ready: is_ready(&[urls(&self.delivery_url), parts], self.components.len()),
                    delivery: self.delivery_type.as_ref().map(|kind| kind.as_str()),
                })
            }
        }

        impl Job for types::ExportJob {
            #[inline]
            fn state(&self) -> JobState {
                let reason = self.state_reason.as_ref();
                let details = [
                    reason.and_then(|reason| reason.error_code.as_deref()),
                    reason.and_then(|reason| reason.message.as_deref()),
                ];
                let words = |state: &str| {
                    details
                        .iter()
                        .flatten()
                        .fold(state.to_owned(), |words, more| format!("{words}: {more}"))
                };
                match &self.state {
                    Some(shared::ExportJobState::Successful) => JobState::Done,
                    Some(state @ shared::ExportJobState::Failed) => {
                        JobState::failed(words(state.as_str()))
                    }
                    Some(state @ shared::ExportJobState::Cancelled) => {
                        JobState::ended(Ending::Cancelled, words(state.as_str()))
                    }
                    _ => JobState::Running,
                }
            }
        }
    };
}

#[cfg(feature = "v1")]
#[allow(deprecated)]
mod v1 {
    use crate::v1::{self as api, types};

    both!();
}

#[cfg(feature = "v2")]
#[allow(deprecated)]
mod v2 {
    use crate::v2::{self as api, types};

    both!();

    jobs! {
        flex::GetFlexSnapshot => FlexSnapshot,
        flex::GetFlexRestoreJob => FlexRestoreJob,
        collection_restore_jobs::GetCollectionRestoreJob => CollectionRestoreJob,
    }

    states!(
        types::FlexSnapshot,
        types::FlexRestoreJob,
        types::CollectionRestoreJob,
    );
    worded!(types::FlexSnapshot, types::FlexRestoreJob);

    impl Job for types::CollectionRestoreJob {
        #[inline]
        fn state(&self) -> JobState {
            let words = |state: &str| {
                self.error_message
                    .iter()
                    .fold(state.to_owned(), |words, more| format!("{words}: {more}"))
            };
            match &self.state {
                Some(types::CollectionRestoreJobState::Successful) => JobState::Done,
                Some(state @ types::CollectionRestoreJobState::Failed) => {
                    JobState::failed(words(state.as_str()))
                }
                Some(state @ types::CollectionRestoreJobState::Canceled) => {
                    JobState::ended(Ending::Cancelled, words(state.as_str()))
                }
                _ => JobState::Running,
            }
        }
    }
}

#[cfg(all(test, feature = "v2"))]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;
    use crate::v2::types;

    fn state<T: Job + DeserializeOwned>(mut value: Value) -> JobState {
        value["id"] = json!("32b6e34b3d91647abb20e7b8");
        serde_json::from_value::<T>(value).unwrap().state()
    }

    fn ended(ending: Ending, words: &str) -> JobState {
        JobState::ended(ending, words)
    }

    #[test]
    fn each_family_has_its_words() {
        assert_eq!(
            state::<types::Snapshot>(json!({"status": "completed"})),
            JobState::Done
        );
        assert_eq!(
            state::<types::Snapshot>(json!({"status": "failed"})),
            ended(Ending::Failed, "failed")
        );
        for status in [
            json!("queued"),
            json!("inProgress"),
            json!("archiving"),
            json!(null),
        ] {
            assert_eq!(
                state::<types::Snapshot>(json!({"status": status})),
                JobState::Running,
                "{status}"
            );
        }
        assert_eq!(
            state::<types::FlexRestoreJob>(json!({"status": "COMPLETED"})),
            JobState::Done
        );
        assert_eq!(
            state::<types::TenantSnapshot>(json!({"status": "FAILED"})),
            ended(Ending::Failed, "FAILED")
        );
        assert_eq!(
            state::<types::FlexSnapshot>(json!({"status": "PENDING"})),
            JobState::Running
        );
        assert_eq!(
            state::<types::ExportJob>(json!({"state": "Successful"})),
            JobState::Done
        );
        let failed = json!({"state": "Failed", "stateReason": {"errorCode": "EXPORT_FAILED", "message": "No such bucket."}});
        assert_eq!(
            state::<types::ExportJob>(failed),
            ended(Ending::Failed, "Failed: EXPORT_FAILED: No such bucket.")
        );
        let failed = json!({"state": "FAILED", "errorMessage": "No space."});
        assert_eq!(
            state::<types::CollectionRestoreJob>(failed),
            ended(Ending::Failed, "FAILED: No space.")
        );
        assert_eq!(
            state::<types::CollectionRestoreJob>(json!({"state": "CANCELED"})),
            ended(Ending::Cancelled, "CANCELED")
        );
    }

    #[test]
    fn a_restore_job_of_a_dedicated_cluster_has_no_word() {
        let url = "https://h/?sig=1";
        for (job, expected) in [
            (json!({}), JobState::Running),
            (
                json!({"deliveryType": "automated", "failed": false, "expired": false, "cancelled": false}),
                JobState::Running,
            ),
            (
                json!({"deliveryType": "automated", "finishedAt": "2026-01-01T00:00:00Z"}),
                JobState::Done,
            ),
            (
                json!({"deliveryType": "automated", "finishedAt": "2026-01-01T00:00:00Z", "expired": true}),
                JobState::Done,
            ),
            (
                json!({"deliveryType": "download", "deliveryUrl": [url]}),
                JobState::Done,
            ),
            (json!({"deliveryUrl": [url]}), JobState::Done),
            (
                json!({"deliveryType": "download", "deliveryUrl": [""]}),
                JobState::Running,
            ),
            (
                json!({"deliveryType": "download", "components": [{"downloadUrl": ""}]}),
                JobState::Running,
            ),
            (
                json!({"deliveryType": "automated", "deliveryUrl": [url]}),
                JobState::Running,
            ),
            (
                json!({"deliveryType": "pointInTime", "components": [{"downloadUrl": url}]}),
                JobState::Running,
            ),
            (
                json!({"deliveryType": "download", "components": [{"downloadUrl": url}]}),
                JobState::Done,
            ),
            (
                json!({"deliveryType": "download", "components": [{"downloadUrl": url}, {}]}),
                JobState::Running,
            ),
            (
                json!({"deliveryType": "download", "components": [{"downloadUrl": url}, {}], "deliveryUrl": [url]}),
                JobState::Running,
            ),
            (
                json!({"deliveryType": "download", "components": [{"downloadUrl": url}, {}], "deliveryUrl": [url, url]}),
                JobState::Done,
            ),
            (
                json!({"deliveryType": "download", "components": [{}, {}]}),
                JobState::Running,
            ),
            (
                json!({"deliveryType": "download", "deliveryUrl": [url], "expired": true}),
                ended(Ending::Expired, "expired"),
            ),
            (
                json!({"finishedAt": "2026-01-01T00:00:00Z", "failed": true}),
                ended(Ending::Failed, "failed"),
            ),
            (
                json!({"finishedAt": "2026-01-01T00:00:00Z", "cancelled": true}),
                ended(Ending::Cancelled, "cancelled"),
            ),
        ] {
            assert_eq!(state::<types::RestoreJob>(job.clone()), expected, "{job}");
            if job.get("components").is_none() {
                let of_serverless = state::<types::ServerlessRestoreJob>(job.clone());
                assert_eq!(of_serverless, expected, "{job}");
            }
        }
    }

    #[test]
    fn a_legacy_download_is_ready_when_its_delivery_is() {
        for (status, delivery, expected) in [
            ("IN_PROGRESS", "NOT_STARTED", JobState::Running),
            ("FINISHED", "IN_PROGRESS", JobState::Running),
            ("FINISHED", "READY", JobState::Done),
            ("BROKEN", "READY", ended(Ending::Failed, "BROKEN")),
            (
                "FINISHED",
                "MAX_DOWNLOADS_EXCEEDED",
                ended(Ending::Expired, "MAX_DOWNLOADS_EXCEEDED"),
            ),
        ] {
            let job = json!({"statusName": status, "delivery": {"statusName": delivery}});
            assert_eq!(
                state::<types::LegacyRestoreJob>(job.clone()),
                expected,
                "{job}"
            );
        }
        assert_eq!(
            state::<types::LegacyRestoreJob>(json!({"statusName": "FINISHED"})),
            JobState::Done
        );
    }
}
