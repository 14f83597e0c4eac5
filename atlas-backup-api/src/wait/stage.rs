//! How far a job is. The families have different words for it, and some have none.

use super::Ending;

/// What can be waited for.
pub(crate) trait Job {
    fn stage(&self) -> Stage;
}

/// How far a job is.
#[derive(Debug, PartialEq)]
pub(crate) enum Stage {
    Running,
    Done,
    /// It did not do what it was for, in Atlas's words.
    Ended(Ending, String),
}

impl Stage {
    fn failed(words: impl Into<String>) -> Self {
        Stage::Ended(Ending::Failed, words.into())
    }
}

/// Cloud snapshots, and those of serverless instances: `completed` or `failed`. Flex and tenant snapshots and jobs: the same in capitals.
fn by_word(status: Option<&str>) -> Stage {
    match status {
        Some("completed" | "COMPLETED") => Stage::Done,
        Some(word @ ("failed" | "FAILED")) => Stage::failed(word),
        _ => Stage::Running,
    }
}

/// A restore job without a status.
struct Flags<'a> {
    failed: Option<bool>,
    cancelled: Option<bool>,
    expired: Option<bool>,
    finished: bool,
    /// Whether there is a URL for each of its files.
    ready: bool,
    delivery: Option<&'a str>,
}

fn by_flags(job: &Flags<'_>) -> Stage {
    let is_download = job.delivery == Some("download");
    if job.failed == Some(true) {
        Stage::failed("failed")
    } else if job.cancelled == Some(true) {
        Stage::Ended(Ending::Cancelled, "cancelled".to_owned())
    // A restore that has done its work may well be marked as expired later; a download is then of no use.
    } else if job.expired == Some(true) && (is_download || !job.finished) {
        Stage::Ended(Ending::Expired, "expired".to_owned())
    } else if job.finished || job.ready {
        Stage::Done
    } else {
        Stage::Running
    }
}

/// URLs are in two lists, and may come one by one: one list must have them all before a shard can be told from one that is missing.
fn is_ready(lists: &[usize], components: usize) -> bool {
    lists.iter().any(|&urls| urls > 0 && urls >= components)
}

/// Gives the request `wait`, and what it answers a stage.
macro_rules! jobs {
    ($($module:ident :: $request:ident => $job:ident),* $(,)?) => {
        $(
            #[allow(deprecated)]
            impl api::$module::$request {
                /// Waits until it has ended: see [`Wait`](crate::Wait).
                pub fn wait(self) -> crate::Wait<types::$job> {
                    crate::Wait::new(self.0)
                }
            }
        )*
    };
}

/// Judges each of these by its status word.
macro_rules! worded {
    ($($job:ident),*) => {
        $(
            #[allow(deprecated)]
            impl Job for types::$job {
                fn stage(&self) -> Stage {
                    by_word(self.status.as_ref().map(|status| status.as_str()))
                }
            }
        )*
    };
}

/// What both generations have.
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

        worded!(
            Snapshot,
            TenantSnapshot,
            TenantRestoreJob,
            ServerlessSnapshot
        );

        impl Job for types::RestoreJob {
            fn stage(&self) -> Stage {
                let parts = self
                    .components
                    .iter()
                    .filter(|part| part.download_url.is_some())
                    .count();
                by_flags(&Flags {
                    failed: self.failed,
                    cancelled: self.cancelled,
                    expired: self.expired,
                    finished: self.finished_at.is_some(),
                    ready: is_ready(&[self.delivery_url.len(), parts], self.components.len()),
                    delivery: self.delivery_type.as_ref().map(|kind| kind.as_str()),
                })
            }
        }

        #[allow(deprecated)]
        impl Job for types::ServerlessRestoreJob {
            fn stage(&self) -> Stage {
                by_flags(&Flags {
                    failed: self.failed,
                    cancelled: self.cancelled,
                    expired: self.expired,
                    finished: self.finished_at.is_some(),
                    ready: !self.delivery_url.is_empty(),
                    delivery: self.delivery_type.as_ref().map(|kind| kind.as_str()),
                })
            }
        }

        impl Job for types::ExportJob {
            fn stage(&self) -> Stage {
                let reason = self.state_reason.as_ref();
                let told = [
                    reason.and_then(|reason| reason.error_code.as_deref()),
                    reason.and_then(|reason| reason.message.as_deref()),
                ];
                let words = |state: &str| {
                    told.iter()
                        .flatten()
                        .fold(state.to_owned(), |words, more| format!("{words}: {more}"))
                };
                match &self.state {
                    Some(types::ExportJobState::Successful) => Stage::Done,
                    Some(state @ types::ExportJobState::Failed) => {
                        Stage::failed(words(state.as_str()))
                    }
                    Some(state @ types::ExportJobState::Cancelled) => {
                        Stage::Ended(Ending::Cancelled, words(state.as_str()))
                    }
                    _ => Stage::Running,
                }
            }
        }

        /// Legacy snapshots fail by never being complete.
        #[allow(deprecated)]
        impl Job for types::LegacySnapshot {
            fn stage(&self) -> Stage {
                if self.complete == Some(true) {
                    Stage::Done
                } else {
                    Stage::Running
                }
            }
        }

        #[allow(deprecated)]
        impl Job for types::LegacyRestoreJob {
            fn stage(&self) -> Stage {
                use types::{
                    LegacyRestoreDeliveryStatus as Delivery, LegacyRestoreStatus as Status,
                };
                match &self.status_name {
                    Some(status @ Status::Broken) => return Stage::failed(status.as_str()),
                    Some(status @ Status::Killed) => {
                        return Stage::Ended(Ending::Cancelled, status.as_str().to_owned());
                    }
                    _ => {}
                }
                match self
                    .delivery
                    .as_ref()
                    .and_then(|delivery| delivery.status_name.as_ref())
                {
                    Some(status @ (Delivery::Failed | Delivery::Interrupted)) => {
                        Stage::failed(status.as_str())
                    }
                    Some(status @ (Delivery::Expired | Delivery::MaxDownloadsExceeded)) => {
                        Stage::Ended(Ending::Expired, status.as_str().to_owned())
                    }
                    Some(Delivery::Ready) => Stage::Done,
                    Some(Delivery::NotStarted | Delivery::InProgress | Delivery::Pending) => {
                        Stage::Running
                    }
                    _ if self.status_name == Some(Status::Finished) => Stage::Done,
                    _ => Stage::Running,
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

    worded!(FlexSnapshot, FlexRestoreJob);

    impl Job for types::CollectionRestoreJob {
        fn stage(&self) -> Stage {
            let words = |state: &str| {
                self.error_message
                    .iter()
                    .fold(state.to_owned(), |words, more| format!("{words}: {more}"))
            };
            match &self.state {
                Some(types::CollectionRestoreJobState::Successful) => Stage::Done,
                Some(state @ types::CollectionRestoreJobState::Failed) => {
                    Stage::failed(words(state.as_str()))
                }
                Some(state @ types::CollectionRestoreJobState::Canceled) => {
                    Stage::Ended(Ending::Cancelled, words(state.as_str()))
                }
                _ => Stage::Running,
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

    fn stage<T: Job + DeserializeOwned>(mut value: Value) -> Stage {
        value["id"] = json!("32b6e34b3d91647abb20e7b8");
        serde_json::from_value::<T>(value).unwrap().stage()
    }

    fn ended(ending: Ending, words: &str) -> Stage {
        Stage::Ended(ending, words.to_owned())
    }

    #[test]
    fn each_family_has_its_words() {
        assert_eq!(
            stage::<types::Snapshot>(json!({"status": "completed"})),
            Stage::Done
        );
        assert_eq!(
            stage::<types::Snapshot>(json!({"status": "failed"})),
            ended(Ending::Failed, "failed")
        );
        for status in [
            json!("queued"),
            json!("inProgress"),
            json!("archiving"),
            json!(null),
        ] {
            assert_eq!(
                stage::<types::Snapshot>(json!({"status": status})),
                Stage::Running,
                "{status}"
            );
        }
        assert_eq!(
            stage::<types::FlexRestoreJob>(json!({"status": "COMPLETED"})),
            Stage::Done
        );
        assert_eq!(
            stage::<types::TenantSnapshot>(json!({"status": "FAILED"})),
            ended(Ending::Failed, "FAILED")
        );
        assert_eq!(
            stage::<types::FlexSnapshot>(json!({"status": "PENDING"})),
            Stage::Running
        );
        assert_eq!(
            stage::<types::ExportJob>(json!({"state": "Successful"})),
            Stage::Done
        );
        let failed = json!({"state": "Failed", "stateReason": {"errorCode": "EXPORT_FAILED", "message": "No such bucket."}});
        assert_eq!(
            stage::<types::ExportJob>(failed),
            ended(Ending::Failed, "Failed: EXPORT_FAILED: No such bucket.")
        );
        let failed = json!({"state": "FAILED", "errorMessage": "No space."});
        assert_eq!(
            stage::<types::CollectionRestoreJob>(failed),
            ended(Ending::Failed, "FAILED: No space.")
        );
        assert_eq!(
            stage::<types::CollectionRestoreJob>(json!({"state": "CANCELED"})),
            ended(Ending::Cancelled, "CANCELED")
        );
    }

    #[test]
    fn a_restore_job_of_a_dedicated_cluster_has_no_word() {
        let url = "https://h/?sig=1";
        for (job, expected) in [
            (json!({}), Stage::Running),
            (
                json!({"deliveryType": "automated", "failed": false, "expired": false, "cancelled": false}),
                Stage::Running,
            ),
            (
                json!({"deliveryType": "automated", "finishedAt": "2026-01-01T00:00:00Z"}),
                Stage::Done,
            ),
            (
                json!({"deliveryType": "automated", "finishedAt": "2026-01-01T00:00:00Z", "expired": true}),
                Stage::Done,
            ),
            (
                json!({"deliveryType": "download", "deliveryUrl": [url]}),
                Stage::Done,
            ),
            (
                json!({"deliveryType": "download", "components": [{"downloadUrl": url}]}),
                Stage::Done,
            ),
            (
                json!({"deliveryType": "download", "components": [{"downloadUrl": url}, {}]}),
                Stage::Running,
            ),
            (
                json!({"deliveryType": "download", "components": [{"downloadUrl": url}, {}], "deliveryUrl": [url]}),
                Stage::Running,
            ),
            (
                json!({"deliveryType": "download", "components": [{"downloadUrl": url}, {}], "deliveryUrl": [url, url]}),
                Stage::Done,
            ),
            (
                json!({"deliveryType": "download", "components": [{}, {}]}),
                Stage::Running,
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
            assert_eq!(stage::<types::RestoreJob>(job.clone()), expected, "{job}");
        }
    }

    #[test]
    fn a_legacy_download_is_ready_when_its_delivery_is() {
        for (status, delivery, expected) in [
            ("IN_PROGRESS", "NOT_STARTED", Stage::Running),
            ("FINISHED", "IN_PROGRESS", Stage::Running),
            ("FINISHED", "READY", Stage::Done),
            ("BROKEN", "READY", ended(Ending::Failed, "BROKEN")),
            (
                "FINISHED",
                "MAX_DOWNLOADS_EXCEEDED",
                ended(Ending::Expired, "MAX_DOWNLOADS_EXCEEDED"),
            ),
        ] {
            let job = json!({"statusName": status, "delivery": {"statusName": delivery}});
            assert_eq!(
                stage::<types::LegacyRestoreJob>(job.clone()),
                expected,
                "{job}"
            );
        }
        assert_eq!(
            stage::<types::LegacyRestoreJob>(json!({"statusName": "FINISHED"})),
            Stage::Done
        );
    }
}
