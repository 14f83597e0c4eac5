//! A wait that ends while its job is still in progress, or before the job is visible: the job
//! continues, and the error tells the caller how to wait for it again instead of creating another
//! one.

use std::pin::Pin;

use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
use atlas_backup_api::{Client, Error, SaveError, TakeError, WaitError};
use atlas_backup_tests::fake_atlas::{
    self, FakeAtlasBuilder, Fault, Faults, HostedFile, HttpResponse, PROJECT, Server,
};
use serde_json::json;

use super::script::{self, answering, ok};
use super::{Setting, setting, setting_with};
use crate::transport::{NoWait, seconds};

fn not_found() -> HttpResponse {
    fake_atlas::error_response("notFound")
}

/// Returns 404 for the first `times` GET requests.
fn unseen(times: usize) -> Setting {
    let faults = Faults::script((0..times).map(|_| Fault::respond(not_found()))).on_method("GET");
    setting_with(
        |atlas: FakeAtlasBuilder| atlas.without_authentication().faults(&faults),
        |client| client,
    )
}

/// The id of a resource that the client has created.
const MADE: &str = "32b6e34b3d91647abb20e7b9";

/// Responds to the create request, then returns these responses, and repeats the last one.
fn making(polls: impl IntoIterator<Item = HttpResponse>) -> Server {
    answering(
        [ok(&json!({"id": MADE, "snapshotId": PROJECT}))]
            .into_iter()
            .chain(polls),
    )
}

fn client(server: &Server) -> Client {
    script::client(server, &NoWait::new())
}

type Outcome = Pin<Box<dyn Future<Output = Result<(), String>> + Send>>;

/// The method that reads the job, and a function that creates the job and waits for it.
type Case = (&'static str, fn(Client) -> Outcome);

/// Saves a snapshot of each family to a temporary directory.
fn saves() -> Vec<Case> {
    macro_rules! saves {
        ($($save:ident $get:ident),+) => {
            vec![$((stringify!($get), |client| Box::pin(async move {
                let directory = tempfile::tempdir().expect("there is a folder for temporary files");
                let saving = client.v2().$save(PROJECT, "orders", PROJECT).deadline(seconds(600)).into_directory(directory.path());
                match saving.await {
                    Ok(_) | Err(SaveError::NoFiles(_)) => Ok(()),
                    Err(error) => Err(error.to_string()),
                }
            }))),+]
        };
    }
    saves!(
        save_snapshot get_restore_job,
        save_flex_snapshot get_flex_restore_job,
        save_tenant_snapshot get_tenant_restore_job,
        save_serverless_snapshot get_serverless_restore_job
    )
}

/// A completed job in the format of each family, with no files to download.
fn done() -> HttpResponse {
    ok(&json!({"id": MADE, "status": "COMPLETED", "finishedAt": "2026-01-01T00:00:00Z"}))
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_seen_yet_is_waited_for() {
    for missing in 1..5 {
        let polls = (0..missing)
            .map(|_| not_found())
            .chain([ok(&json!({"id": MADE, "status": "completed"}))]);
        let lists = [ok(
            &json!({"links": [{"rel": "self"}], "results": [{"id": "1", "type": "replicaSet"}]}),
        )];
        let made = [ok(&json!({"id": MADE, "status": "queued"}))];
        let server = answering(lists.into_iter().chain(made).chain(polls));
        let taken = client(&server)
            .v2()
            .take_snapshot_and_wait(PROJECT, "orders", OnDemandSnapshotRequest::default())
            .await;
        assert_eq!(
            (
                taken.unwrap().id.as_str(),
                server.handled_count("POST"),
                server.handled_count("GET")
            ),
            (MADE, 1, 1 + missing + 1)
        );
    }
}

#[tokio::test]
async fn a_job_that_cannot_be_seen_yet_is_waited_for() {
    for (name, save) in saves() {
        for missing in 1..5 {
            let server = making((0..missing).map(|_| not_found()).chain([done()]));
            assert_eq!(save(client(&server)).await, Ok(()), "{name}");
            assert_eq!(
                (server.handled_count("POST"), server.handled_count("GET")),
                (1, missing + 1),
                "{name}"
            );
        }
    }
}

/// Also downloads a file, from the first request to the last byte.
#[tokio::test]
async fn a_download_whose_job_cannot_be_seen_yet_is_saved() {
    let host = setting();
    let url = host
        .atlas
        .download_host()
        .add_file(HostedFile::new(1000, 1));
    let directory = tempfile::tempdir().unwrap();
    let server = making([
        not_found(),
        ok(
            &json!({"id": MADE, "snapshotId": PROJECT, "deliveryType": "download", "deliveryUrl": [url]}),
        ),
    ]);
    let saved = client(&server)
        .v2()
        .save_snapshot(PROJECT, "orders", PROJECT)
        .into_directory(directory.path())
        .await
        .unwrap();
    assert_eq!(
        (saved.len(), saved[0].bytes, server.handled_count("POST")),
        (1, 1000, 1)
    );
}

#[tokio::test]
async fn a_job_that_stays_invisible_is_reported_as_created() {
    for (name, save) in saves() {
        let server = making([not_found()]);
        let error = save(client(&server)).await.unwrap_err();
        let start = format!("job {MADE} was requested and is in progress: get");
        assert!(
            error.contains(&format!(" {MADE}: not to be seen yet: 404 Not Found")),
            "{error}"
        );
        let end = format!("; wait for it with {name}(…).wait(), and download its deliveries()");
        assert!(
            error.starts_with(&start) && error.ends_with(&end),
            "{error}"
        );
        assert_eq!(
            (server.handled_count("POST"), server.handled_count("GET")),
            (1, 5),
            "{name}"
        );
    }
    let list =
        ok(&json!({"links": [{"rel": "self"}], "results": [{"id": "1", "type": "replicaSet"}]}));
    let server = answering([list, ok(&json!({"id": MADE})), not_found()]);
    let taking = client(&server).v2().take_snapshot_and_wait(
        PROJECT,
        "orders",
        OnDemandSnapshotRequest::default(),
    );
    let error = taking.await.unwrap_err();
    assert!(
        matches!(
            &error,
            TakeError::Snapshot {
                failure: WaitError::Unseen { .. },
                ..
            }
        ),
        "{error:?}"
    );
    let start = format!(
        "snapshot {MADE} was requested and is in progress: getSnapshot {MADE}: not to be seen yet: 404 Not Found"
    );
    let end = "; wait for it with get_snapshot(…).wait(), do not take another";
    assert!(
        error.to_string().starts_with(&start) && error.to_string().ends_with(end),
        "{error}"
    );
    assert_eq!(
        (server.handled_count("POST"), server.handled_count("GET")),
        (1, 1 + 5)
    );
}

#[tokio::test]
async fn a_job_that_disappears_is_an_error_at_once() {
    let running = || ok(&json!({"id": MADE, "status": "RUNNING"}));
    for (name, save) in saves() {
        let server = making([not_found(), running(), not_found()]);
        let error = save(client(&server)).await.unwrap_err();
        assert!(
            error.starts_with(&format!(
                "job {MADE} was requested, but no longer exists: get"
            )),
            "{error}"
        );
        assert!(error.contains(": 404 Not Found"), "{error}");
        assert!(
            !error.contains("is in progress") && server.handled_count("GET") == 3,
            "{name}: {error}"
        );
    }
    let server = answering([running(), not_found()]);
    let error = client(&server)
        .v2()
        .get_snapshot(PROJECT, "orders", MADE)
        .wait()
        .just_created()
        .await
        .unwrap_err();
    assert!(
        matches!(&error, WaitError::Call { job: Some(_), .. })
            && error.job().is_some_and(|job| job.id == MADE),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .ends_with(&format!("; {MADE} existed before, but no longer does")),
        "{error}"
    );
}

#[tokio::test]
async fn a_404_ends_a_wait_unless_the_job_was_just_created() {
    let get = |setting: &Setting| {
        setting
            .client
            .v2()
            .get_snapshot(PROJECT, "orders", PROJECT)
            .wait()
    };
    let setting = unseen(0);
    let error = get(&setting).await.unwrap_err();
    assert!(
        matches!(&error, WaitError::Call { failure, job: None, .. } if failure.is_not_found()),
        "{error:?}"
    );
    // The id is most likely wrong, so the message does not say that a job continues.
    assert!(
        !error.to_string().contains("be in progress")
            && !error.to_string().contains("is in progress"),
        "{error}"
    );
    assert_eq!((setting.sent("GET"), setting.clock.waits().len()), (1, 0));

    let error = get(&setting).just_created().await.unwrap_err();
    assert!(
        matches!(&error, WaitError::Unseen { .. })
            && error.failure().is_some_and(Error::is_not_found),
        "{error:?}"
    );
    let again = "it is in progress: wait for it again with get_snapshot(…).wait(), instead of creating another";
    assert!(
        error
            .to_string()
            .starts_with(&format!("getSnapshot {PROJECT}: not to be seen yet: 404 ")),
        "{error}"
    );
    assert!(error.to_string().ends_with(again), "{error}");
    assert_eq!(
        (setting.sent("GET"), setting.clock.waits().len()),
        (1 + 5, 4)
    );
    assert!(setting.elapsed() < seconds(30), "{:?}", setting.elapsed());

    let setting = unseen(4);
    let snapshot = setting.take("orders").await;
    let done = setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .wait()
        .just_created()
        .await
        .unwrap();
    assert_eq!(
        (done.id, setting.atlas.faults().remaining()),
        (snapshot.id, 0)
    );
    // Other refusals end the wait at once.
    let setting = setting_with(FakeAtlasBuilder::without_authentication, |client| client);
    let snapshot = setting.take("orders").await;
    setting
        .atlas
        .faults()
        .push(Fault::respond(fake_atlas::error_response("forbidden")));
    let refused = setting
        .client
        .v2()
        .get_snapshot(PROJECT, "orders", &snapshot.id)
        .wait()
        .just_created()
        .await;
    assert!(
        matches!(refused, Err(WaitError::Call { .. })) && setting.sent("GET") == 1,
        "{refused:?}"
    );
}

/// The ways in which a wait can end while the job is in progress, with the polls that lead there.
fn broken_off() -> Vec<(&'static str, Vec<HttpResponse>)> {
    let running = ok(&json!({"id": MADE, "status": "RUNNING"}));
    vec![
        ("still in progress after 600s", vec![running.clone()]),
        (
            "503 Service Unavailable",
            vec![running.clone(), HttpResponse::new(503)],
        ),
        ("503 Service Unavailable", vec![HttpResponse::new(503)]),
        (
            "403 Forbidden",
            vec![running, fake_atlas::error_response("forbidden")],
        ),
        ("404 Not Found", vec![not_found()]),
    ]
}

#[tokio::test]
async fn an_interrupted_save_names_the_job_to_wait_for() {
    for (why, polls) in broken_off() {
        for (get, save) in saves() {
            let server = making(polls.clone());
            let error = save(client(&server)).await.unwrap_err();
            assert!(
                error.starts_with(&format!("job {MADE} was requested and is in progress: "))
                    && error.contains(why),
                "{error}"
            );
            assert!(
                error.ends_with(&format!(
                    "; wait for it with {get}(…).wait(), and download its deliveries()"
                )),
                "{error}"
            );
            assert_eq!(server.handled_count("POST"), 1, "{get}");
        }
    }
}

#[tokio::test]
async fn an_interrupted_take_names_the_snapshot_to_wait_for() {
    for (why, polls) in broken_off() {
        for (kind, get) in [
            ("replicaSet", "get_snapshot"),
            ("shardedCluster", "get_sharded_snapshot"),
        ] {
            let list =
                ok(&json!({"links": [{"rel": "self"}], "results": [{"id": "1", "type": kind}]}));
            let server = answering(
                [list, ok(&json!({"id": MADE, "type": kind}))]
                    .into_iter()
                    .chain(polls.clone()),
            );
            let taking = client(&server).v2().take_snapshot_and_wait(
                PROJECT,
                "orders",
                OnDemandSnapshotRequest::default(),
            );
            let error = taking.deadline(seconds(600)).await.unwrap_err().to_string();
            assert!(
                error.starts_with(&format!(
                    "snapshot {MADE} was requested and is in progress: "
                )) && error.contains(why),
                "{error}"
            );
            assert!(
                error.ends_with(&format!(
                    "; wait for it with {get}(…).wait(), do not take another"
                )),
                "{error}"
            );
            assert_eq!(server.handled_count("POST"), 1, "{get}");
        }
    }
}

/// Every operation that has `wait`.
fn waits() -> Vec<Case> {
    macro_rules! waits {
        ($($api:ident: $($get:ident)+;)+) => {
            vec![$($((stringify!($get), |client| Box::pin(async move {
                let wait = client.$api().$get(PROJECT, "orders", MADE).wait().deadline(seconds(600));
                wait.await.map(drop).map_err(|error| error.to_string())
            }))),+),+]
        };
    }
    waits!(
        v1: get_snapshot get_sharded_snapshot get_restore_job get_export_job get_tenant_snapshot get_tenant_restore_job
            get_serverless_snapshot get_serverless_restore_job get_legacy_snapshot get_legacy_restore_job;
        v2: get_snapshot get_sharded_snapshot get_restore_job get_export_job get_tenant_snapshot get_tenant_restore_job
            get_serverless_snapshot get_serverless_restore_job get_legacy_snapshot get_legacy_restore_job
            get_flex_snapshot get_flex_restore_job get_collection_restore_job;
    )
}

#[tokio::test]
async fn every_interrupted_wait_names_the_method_that_resumes_it() {
    let running = || ok(&json!({"id": MADE}));
    for (get, wait) in waits() {
        for (polls, goes_on) in [
            (vec![running()], "is in progress"),
            (vec![running(), HttpResponse::new(503)], "is in progress"),
            (vec![running(), HttpResponse::new(401)], "is in progress"),
            (vec![HttpResponse::new(503)], "may be in progress"),
            (vec![HttpResponse::new(401)], "may be in progress"),
        ] {
            let error = wait(client(&answering(polls))).await.unwrap_err();
            let end = format!(
                " {goes_on}: wait for it again with {get}(…).wait(), instead of creating another"
            );
            assert!(error.contains(MADE) && error.ends_with(&end), "{error}");
        }
    }
}
