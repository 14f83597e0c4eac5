//! Each family of jobs from its beginning to each of its outcomes, in both generations.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use atlas_backup_api::v2::types as v2;
use atlas_backup_api::{Client, Ending, Timestamp, Wait, WaitError, v1::types as v1};
use atlas_backup_tests::fake_atlas::{Family, PROJECT};
use serde_json::{Value, json};

use super::script::{answering, client, ok};
use super::{id, millis, setting};
use crate::transport::{NoWait, seconds};

/// How a wait ended, and how often it reported the job to the progress callback.
#[derive(Debug, PartialEq)]
struct Outcome {
    end: End,
    shown: usize,
}

#[derive(Debug, PartialEq)]
enum End {
    Done,
    Ended(Ending, String),
    Deadline,
    Call(String),
}

fn failed(words: &str) -> End {
    End::Ended(Ending::Failed, words.to_owned())
}

type Running = Pin<Box<dyn Future<Output = Outcome>>>;

/// Creates the job if necessary, and waits for it.
type Run = fn(Client) -> Running;

async fn outcome<T: Send + 'static>(wait: Wait<T>) -> Outcome {
    let shown = Arc::new(AtomicUsize::new(0));
    let see = {
        let shown = Arc::clone(&shown);
        move |_: &T| {
            shown.fetch_add(1, Ordering::SeqCst);
        }
    };
    let end = match wait.deadline(seconds(600)).on_progress(see).await {
        Ok(_) => End::Done,
        Err(WaitError::Ended { ending, words, .. }) => End::Ended(ending, words),
        Err(WaitError::Deadline { job, .. }) => {
            assert!(job.is_some(), "it was seen");
            End::Deadline
        }
        Err(error) => End::Call(error.to_string()),
    };
    Outcome {
        end,
        shown: shown.load(Ordering::SeqCst),
    }
}

/// Creates a job of a cluster for its latest snapshot, and waits for it.
macro_rules! job {
    ($api:ident $cluster:literal $create:ident($body:expr) $get:ident) => {
        |client| {
            Box::pin(async move {
                let job = client
                    .$api()
                    .$create(PROJECT, $cluster, $body)
                    .send()
                    .await
                    .expect("it begins");
                outcome(client.$api().$get(PROJECT, $cluster, &job.id).wait()).await
            })
        }
    };
    ($api:ident $cluster:literal $list:ident $create:ident(|$snapshot:ident| $body:expr) $get:ident) => {
        |client| {
            Box::pin(async move {
                let snapshots = client
                    .$api()
                    .$list(PROJECT, $cluster)
                    .stream()
                    .all()
                    .await
                    .expect("a list");
                let $snapshot = snapshots[0].id.clone();
                let job = client
                    .$api()
                    .$create(PROJECT, $cluster, $body)
                    .send()
                    .await
                    .expect("it begins");
                outcome(client.$api().$get(PROJECT, $cluster, &job.id).wait()).await
            })
        }
    };
}

/// Creates an export of the latest snapshot to a bucket, and waits for it.
macro_rules! export {
    ($api:ident, $bucket:expr) => {
        |client| {
            Box::pin(async move {
                let api = client.$api();
                let snapshot = api
                    .list_snapshots(PROJECT, "orders")
                    .stream()
                    .all()
                    .await
                    .expect("a list")
                    .remove(0)
                    .id;
                let bucket = api
                    .create_export_bucket(PROJECT, $bucket)
                    .send()
                    .await
                    .expect("a bucket")
                    .id
                    .clone();
                let job = api
                    .create_export_job(
                        PROJECT,
                        "orders",
                        $api::ExportJobRequest::new(bucket, snapshot),
                    )
                    .send()
                    .await;
                outcome(
                    api.get_export_job(PROJECT, "orders", &job.expect("it begins").id)
                        .wait(),
                )
                .await
            })
        }
    };
}

/// Creates a legacy restore job, whose create call returns a list, and waits for it.
macro_rules! legacy {
    ($api:ident) => {
        |client| {
            Box::pin(async move {
                let api = client.$api();
                let snapshot = api
                    .list_legacy_snapshots(PROJECT, "legacy")
                    .stream()
                    .all()
                    .await
                    .expect("a list")
                    .remove(0)
                    .id;
                let body = $api::LegacyRestoreJobRequest::download(snapshot);
                let jobs = api
                    .create_legacy_restore_job(PROJECT, "legacy", body)
                    .send()
                    .await
                    .expect("it begins");
                outcome(
                    api.get_legacy_restore_job(PROJECT, "legacy", &jobs.results[0].id)
                        .wait(),
                )
                .await
            })
        }
    };
}

fn cluster(name: &str) -> atlas_backup_api::ClusterName {
    name.parse().expect("a name")
}

/// A name, the family, the function that creates the job and waits, and the failure message.
type Case = (&'static str, Family, Run, &'static str);

fn cases() -> Vec<Case> {
    let no_bucket = "Failed: EXPORT_BUCKET_UNREACHABLE: The bucket cannot be written to.";
    vec![
        (
            "snapshot",
            Family::Snapshot,
            job!(v2 "orders" take_snapshot(v2::OnDemandSnapshotRequest::default()) get_snapshot),
            "failed",
        ),
        (
            "sharded snapshot",
            Family::Snapshot,
            job!(v2 "events" take_snapshot(v2::OnDemandSnapshotRequest::default()) get_sharded_snapshot),
            "failed",
        ),
        (
            "snapshot, v1",
            Family::Snapshot,
            job!(v1 "orders" take_snapshot(v1::OnDemandSnapshotRequest::new("a", 1)) get_snapshot),
            "failed",
        ),
        (
            "download",
            Family::RestoreJob,
            job!(v2 "orders" list_snapshots create_restore_job(|snapshot| v2::RestoreJobRequest::download(snapshot)) get_restore_job),
            "failed",
        ),
        (
            "download of a sharded cluster, v1",
            Family::RestoreJob,
            job!(v1 "events" list_sharded_snapshots create_restore_job(|snapshot| v1::RestoreJobRequest::download(snapshot)) get_restore_job),
            "failed",
        ),
        (
            "restore",
            Family::RestoreJob,
            job!(v2 "orders" list_snapshots create_restore_job(|snapshot| {
                v2::RestoreJobRequest::automated(snapshot, id(PROJECT), cluster("orders"))
            }) get_restore_job),
            "failed",
        ),
        (
            "restore to a point in time",
            Family::RestoreJob,
            job!(v2 "orders" create_restore_job({
                let point: Timestamp = "2025-12-31T23:00:00Z".parse().expect("a date");
                v2::RestoreJobRequest::point_in_time(id(PROJECT), cluster("orders"), point)
            }) get_restore_job),
            "failed",
        ),
        (
            "export",
            Family::ExportJob,
            export!(v2, v2::ExportBucketRequest::aws("bucket", id(PROJECT))),
            no_bucket,
        ),
        (
            "export, v1",
            Family::ExportJob,
            export!(
                v1,
                v1::ExportBucketRequest::new("bucket", v1::CloudProvider::Aws, id(PROJECT))
            ),
            no_bucket,
        ),
        (
            "restore of collections",
            Family::CollectionRestoreJob,
            job!(v2 "orders" list_snapshots create_collection_restore_job(|snapshot| v2::CollectionRestoreJobRequest {
                snapshot_id: Some(snapshot),
                ..v2::CollectionRestoreJobRequest::new(v2::IndexStrategy::All, "orders".parse().expect("a name"), id(PROJECT), v2::WriteStrategy::CreateNew)
            }) get_collection_restore_job),
            "FAILED: The target cluster has no space left.",
        ),
        (
            "flex restore",
            Family::FlexRestoreJob,
            job!(v2 "flex" list_flex_snapshots create_flex_restore_job(|snapshot| {
                v2::FlexRestoreJobRequest::new(snapshot, "orders")
            }) get_flex_restore_job),
            "FAILED",
        ),
        (
            "tenant restore",
            Family::TenantRestoreJob,
            job!(v2 "tenant" list_tenant_snapshots create_tenant_restore_job(|snapshot| {
                v2::TenantRestoreJobRequest::new(snapshot, "orders")
            }) get_tenant_restore_job),
            "FAILED",
        ),
        (
            "serverless download",
            Family::ServerlessRestoreJob,
            job!(v2 "serverless" list_serverless_snapshots create_serverless_restore_job(|snapshot| {
                v2::ServerlessRestoreJobRequest::download(snapshot)
            }) get_serverless_restore_job),
            "failed",
        ),
        (
            "legacy download",
            Family::LegacyRestoreJob,
            legacy!(v2),
            "BROKEN",
        ),
        (
            "legacy download, v1",
            Family::LegacyRestoreJob,
            legacy!(v1),
            "BROKEN",
        ),
    ]
}

#[tokio::test]
async fn a_successful_job_is_waited_for_in_every_family() {
    for (name, _, run, _) in cases() {
        let setting = setting();
        let outcome = run(setting.client.clone()).await;
        assert_eq!(outcome.end, End::Done, "{name}");
        // The job takes a minute: more than one poll, and no more polls than the pauses allow.
        assert!(
            (3..12).contains(&outcome.shown) && setting.elapsed() >= seconds(60),
            "{name}: {outcome:?}"
        );
        assert_eq!(
            setting.elapsed(),
            setting.clock.waits().iter().map(|wait| millis(*wait)).sum(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_failed_job_is_an_error_in_every_family() {
    for (name, family, run, words) in cases() {
        let setting = setting();
        setting.atlas.fail_next(family);
        let outcome = run(setting.client.clone()).await;
        assert_eq!(outcome.end, failed(words), "{name}");
        assert!(
            outcome.shown > 2 && setting.elapsed() >= seconds(60),
            "{name}: {outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_hanging_job_ends_at_the_deadline_in_every_family() {
    for (name, family, run, _) in cases() {
        let setting = setting();
        setting.atlas.hang_next(family);
        let outcome = run(setting.client.clone()).await;
        assert_eq!(
            (outcome.end, setting.elapsed()),
            (End::Deadline, seconds(600)),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_job_that_is_ready_at_once_is_polled_once() {
    let jobs: [(&str, Run); 2] = [
        (
            "flex download",
            job!(v2 "flex" list_flex_snapshots download_flex_snapshot(|snapshot| {
                v2::FlexSnapshotDownloadRequest::new(snapshot)
            }) get_flex_restore_job),
        ),
        (
            "tenant download, v1",
            job!(v1 "tenant" list_tenant_snapshots download_tenant_snapshot(|snapshot| {
                v1::TenantSnapshotDownloadRequest::new(snapshot)
            }) get_tenant_restore_job),
        ),
    ];
    for (name, run) in jobs {
        let setting = setting();
        assert_eq!(
            (run(setting.client.clone()).await, setting.elapsed()),
            (
                Outcome {
                    end: End::Done,
                    shown: 1
                },
                seconds(0)
            ),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_cancelled_restore_ends_the_wait() {
    let setting = setting();
    let api = setting.client.v2();
    let snapshot = api
        .list_snapshots(PROJECT, "orders")
        .stream()
        .all()
        .await
        .unwrap()
        .remove(0)
        .id;
    let job = api
        .create_restore_job(PROJECT, "orders", v2::RestoreJobRequest::download(snapshot))
        .send()
        .await
        .unwrap();
    api.cancel_restore_job(PROJECT, "orders", &job.id)
        .send()
        .await
        .unwrap();
    let outcome = outcome(api.get_restore_job(PROJECT, "orders", &job.id).wait()).await;
    assert_eq!(
        outcome,
        Outcome {
            end: End::Ended(Ending::Cancelled, "cancelled".into()),
            shown: 1
        }
    );
}

#[tokio::test]
async fn an_expired_download_ends_the_wait() {
    let setting = setting();
    let api = setting.client.v2();
    let snapshot = api
        .list_snapshots(PROJECT, "orders")
        .stream()
        .all()
        .await
        .unwrap()
        .remove(0)
        .id;
    let job = api
        .create_restore_job(PROJECT, "orders", v2::RestoreJobRequest::download(snapshot))
        .send()
        .await
        .unwrap();
    setting.clock.servers().advance(seconds(24 * 3600));
    let outcome = outcome(api.get_restore_job(PROJECT, "orders", &job.id).wait()).await;
    assert_eq!(outcome.end, End::Ended(Ending::Expired, "expired".into()));
}

/// Waits for the resource with this id.
macro_rules! get {
    ($api:ident $get:ident) => {
        |client| {
            Box::pin(
                async move { outcome(client.$api().$get(PROJECT, "orders", PROJECT).wait()).await },
            )
        }
    };
}

/// Snapshots that Atlas creates by itself, and status values that the stateful fake does not use.
#[tokio::test]
async fn snapshots_that_atlas_starts_are_waited_for_in_every_family() {
    let capitals = ["PENDING", "QUEUED", "RUNNING", "A_NEW_WORD", "COMPLETED"]
        .map(|word| json!({"status": word}));
    let small =
        ["queued", "inProgress", "aNewWord", "completed"].map(|word| json!({"status": word}));
    let complete = [
        json!({}),
        json!({"complete": null}),
        json!({"complete": false}),
        json!({"complete": true}),
    ];
    let cases: [(&str, Run, &[Value]); 9] = [
        ("flex", get!(v2 get_flex_snapshot), &capitals),
        ("tenant", get!(v2 get_tenant_snapshot), &capitals),
        ("tenant, v1", get!(v1 get_tenant_snapshot), &capitals),
        ("serverless", get!(v2 get_serverless_snapshot), &small),
        ("serverless, v1", get!(v1 get_serverless_snapshot), &small),
        ("dedicated", get!(v2 get_snapshot), &small),
        ("sharded, v1", get!(v1 get_sharded_snapshot), &small),
        ("legacy", get!(v2 get_legacy_snapshot), &complete),
        ("legacy, v1", get!(v1 get_legacy_snapshot), &complete),
    ];
    for (name, run, states) in cases {
        let end = ends(run, states).await;
        assert_eq!(
            end,
            Outcome {
                end: End::Done,
                shown: states.len()
            },
            "{name}"
        );
        // The legacy format has no status for a failure.
        let Some(word) = states[0]["status"].as_str().map(|word| {
            if word == "PENDING" {
                "FAILED"
            } else {
                "failed"
            }
        }) else {
            continue;
        };
        let end = ends(run, &[states[0].clone(), json!({"status": word})]).await;
        assert_eq!(
            end,
            Outcome {
                end: failed(word),
                shown: 2
            },
            "{name}"
        );
    }
}

/// Returns how the wait ends if the polls return these states of the job.
async fn ends(run: Run, states: &[Value]) -> Outcome {
    let state = |state: &Value| {
        let mut state = state.clone();
        state["id"] = PROJECT.into();
        ok(&state)
    };
    let server = answering(states.iter().map(state));
    let outcome = run(client(&server, &NoWait::new())).await;
    assert_eq!(
        server.request_count(),
        outcome.shown,
        "a poll shows the job once"
    );
    outcome
}
