//! From a snapshot to saved files: every family, and what can go wrong on the way.

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, Mutex};

use atlas_backup_api::v2::types::RestoreJob;
use atlas_backup_api::{
    Client, Download, DownloadError, DownloadProgress, Ending, Error, RetryPolicy, SaveError,
    SaveSnapshot, SavedFile, WaitError,
};
use atlas_backup_tests::fake_atlas::{
    DownloadFault, FakeAtlasBuilder, Family, Fault, Faults, Gate, HostedFile, HttpResponse, PROJECT,
};
use serde_json::json;
use tempfile::TempDir;

use super::script::{self, answering, ok};
use super::{Setting, setting, setting_with};
use crate::transport::{NoWait, api_key, seconds, service_account};

/// The length of each file in bytes, unless a test sets another one.
pub const BYTES: u64 = 256 * 1024;

pub fn directory() -> TempDir {
    tempfile::tempdir().expect("there is a folder for temporary files")
}

/// Returns the id of the cluster's latest snapshot.
async fn snapshot(setting: &Setting, cluster: &str) -> String {
    let list = setting
        .client
        .v2()
        .list_snapshots(PROJECT, cluster)
        .stream()
        .all()
        .await;
    list.unwrap_or_else(|error| panic!("{cluster}: {error}"))[0]
        .id
        .to_string()
}

async fn save(setting: &Setting, cluster: &str) -> SaveSnapshot<RestoreJob> {
    setting
        .client
        .v2()
        .save_snapshot(PROJECT, cluster, &*snapshot(setting, cluster).await)
}

/// Like [`save`], but downloads one file after another, so that the test knows which files are
/// complete when something happens.
pub async fn save_in_turn(setting: &Setting, cluster: &str) -> SaveSnapshot<RestoreJob> {
    save(setting, cluster)
        .await
        .download(|download| download.max_concurrency(1))
}

/// Returns the names of the files in the directory, sorted.
fn names(directory: &TempDir) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(directory.path())
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn name(file: &SavedFile) -> String {
    file.path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Asserts that the download host received no API credentials.
fn assert_no_leak(setting: &Setting) {
    let received = setting.atlas.download_host().received_requests();
    assert!(!received.is_empty() && setting.atlas.download_host().credential_leaks() == 0);
    assert!(
        received
            .iter()
            .all(|request| request.header("authorization").is_none()
                && request.header("cookie").is_none())
    );
}

#[tokio::test]
async fn a_replica_set_is_saved_as_one_file() {
    let (setting, directory) = (setting(), directory());
    let id = snapshot(&setting, "orders").await;
    let saved = save(&setting, "orders")
        .await
        .into_directory(directory.path())
        .await
        .unwrap();
    assert_eq!(
        (saved.len(), name(&saved[0]), saved[0].bytes),
        (1, format!("snapshot-{id}.tar.gz"), BYTES)
    );
    assert_eq!(fs::metadata(&saved[0].path).unwrap().len(), BYTES);
    let received = setting.atlas.server().received_requests();
    let asked = received
        .iter()
        .find(|request| request.method == "POST")
        .unwrap();
    assert_eq!(
        serde_json::from_slice::<serde_json::Value>(&asked.body).unwrap(),
        json!({"deliveryType": "download", "snapshotId": id})
    );
    assert_eq!(
        (
            setting.sent("POST"),
            setting.atlas.download_host().received_requests().len()
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn a_sharded_cluster_is_saved_as_one_file_per_part() {
    let (setting, directory) = (setting(), directory());
    let jobs = Arc::new(Mutex::new(Vec::new()));
    let see = {
        let jobs = Arc::clone(&jobs);
        move |job: &RestoreJob| jobs.lock().unwrap().push(job.clone())
    };
    let saved = save_in_turn(&setting, "events")
        .await
        .on_job(see)
        .into_directory(directory.path())
        .await
        .unwrap();
    let jobs = jobs.lock().unwrap();
    let (first, last) = (&jobs[0], jobs.last().unwrap());
    assert!(
        first.delivery_url.is_empty() && last.delivery_url.len() == 3 && jobs.len() > 3,
        "{jobs:?}"
    );
    let requests = setting.atlas.download_host().received_requests();
    assert_eq!(
        (saved.len(), last.components.len(), requests.len()),
        (3, 3, 3)
    );
    for ((file, part), request) in saved.iter().zip(&last.components).zip(requests) {
        let shard = part.replica_set_name.as_deref().unwrap();
        assert_eq!(
            name(file),
            format!(
                "snapshot-{}-{shard}.tar.gz",
                last.snapshot_id.as_ref().unwrap()
            )
        );
        assert!(
            part.download_url
                .as_deref()
                .unwrap()
                .ends_with(&request.target),
            "the URL of another shard"
        );
    }
    let bytes: Vec<_> = saved
        .iter()
        .map(|file| fs::read(&file.path).unwrap())
        .collect();
    assert!(bytes[0] != bytes[1] && bytes[1] != bytes[2]);
}

/// Saves the latest snapshot of a cluster that has one file, and checks the name of the file.
macro_rules! one_file {
    ($setting:ident $cluster:literal $list:ident $save:ident) => {{
        let directory = directory();
        let api = $setting.client.v2();
        let id = api
            .$list(PROJECT, $cluster)
            .stream()
            .all()
            .await
            .unwrap()
            .remove(0)
            .id;
        let saved = api
            .$save(PROJECT, $cluster, &id)
            .into_directory(directory.path())
            .await
            .unwrap();
        assert_eq!(
            (saved.len(), name(&saved[0]), saved[0].bytes),
            (1, format!("snapshot-{id}.tar.gz"), BYTES),
            $cluster
        );
        assert_eq!(names(&directory), [name(&saved[0])]);
    }};
}

#[tokio::test]
async fn other_families_are_saved_as_one_file() {
    let setting = setting();
    one_file!(setting "flex" list_flex_snapshots save_flex_snapshot);
    one_file!(setting "tenant" list_tenant_snapshots save_tenant_snapshot);
    one_file!(setting "serverless" list_serverless_snapshots save_serverless_snapshot);
    assert_eq!(
        (
            setting.sent("POST"),
            setting.atlas.download_host().received_requests().len()
        ),
        (3, 3)
    );
    assert_no_leak(&setting);
}

/// Restores a legacy snapshot by download, and saves the files that the job delivers.
macro_rules! legacy {
    ($setting:ident $api:ident) => {{
        let directory = directory();
        let api = $setting.client.$api();
        let snapshot = api
            .list_legacy_snapshots(PROJECT, "legacy")
            .stream()
            .all()
            .await
            .unwrap()
            .remove(0)
            .id;
        let body =
            atlas_backup_api::$api::types::LegacyRestoreJobRequest::download(snapshot.clone());
        let jobs = api
            .create_legacy_restore_job(PROJECT, "legacy", body)
            .send()
            .await
            .unwrap()
            .into_inner();
        let job = api
            .get_legacy_restore_job(PROJECT, "legacy", &jobs.results[0].id)
            .wait()
            .await
            .unwrap();
        let saved = $setting
            .client
            .download()
            .files(job.deliveries())
            .into_directory(directory.path())
            .await
            .unwrap();
        assert_eq!(
            (saved.len(), name(&saved[0]), saved[0].bytes),
            (1, format!("snapshot-{snapshot}-{}.tar.gz", job.id), BYTES)
        );
        let delivery = job.delivery.unwrap();
        (delivery.auth_header.unwrap(), delivery.auth_value.unwrap())
    }};
}

#[tokio::test]
async fn the_header_of_a_legacy_job_is_sent_to_its_host_only() {
    let setting = setting_with(|atlas| atlas, |client| client.credentials(api_key()));
    let headers = [legacy!(setting v1), legacy!(setting v2)];
    let requests = setting.atlas.download_host().received_requests();
    assert_eq!(requests.len(), 2);
    for ((header, value), request) in headers.into_iter().zip(requests) {
        assert_eq!(request.header(&header.to_ascii_lowercase()), Some(&*value));
        let elsewhere = setting.atlas.server().received_requests();
        assert!(
            elsewhere
                .iter()
                .all(|request| request.header(&header.to_ascii_lowercase()).is_none())
        );
    }
    assert_no_leak(&setting);
}

/// Atlas states the hash of a legacy download, so the client detects wrong bytes.
#[tokio::test]
async fn bytes_that_do_not_match_the_hash_of_a_legacy_job_are_not_saved() {
    let (setting, directory) = (setting(), directory());
    let api = setting.client.v2();
    let snapshot = api
        .list_legacy_snapshots(PROJECT, "legacy")
        .stream()
        .all()
        .await
        .unwrap()
        .remove(0)
        .id;
    let body = atlas_backup_api::v2::types::LegacyRestoreJobRequest::download(snapshot);
    let jobs = api
        .create_legacy_restore_job(PROJECT, "legacy", body)
        .send()
        .await
        .unwrap()
        .into_inner();
    assert!(jobs.results[0].deliveries().is_empty());
    let job = api
        .get_legacy_restore_job(PROJECT, "legacy", &jobs.results[0].id)
        .wait()
        .await
        .unwrap();
    setting
        .atlas
        .download_host()
        .script([DownloadFault::Change(1)]);
    let error = setting
        .client
        .download()
        .files(job.deliveries())
        .into_directory(directory.path())
        .await
        .unwrap_err();
    assert!(matches!(error, DownloadError::Hash { .. }), "{error:?}");
    assert_eq!(
        (
            setting.atlas.download_host().remaining(),
            names(&directory).len()
        ),
        (0, 0)
    );
}

#[tokio::test]
async fn credentials_stay_with_the_api() {
    for credentials in [api_key, service_account] {
        let (setting, directory) = (
            setting_with(|atlas| atlas, |client| client.credentials(credentials())),
            directory(),
        );
        let saved = save(&setting, "events")
            .await
            .into_directory(directory.path())
            .await
            .unwrap();
        assert_eq!(saved.len(), 3);
        assert_no_leak(&setting);
    }
}

#[tokio::test]
async fn v1_jobs_name_their_files_too() {
    let (setting, directory) = (setting(), directory());
    let api = setting.client.v1();
    let snapshot = api
        .list_sharded_snapshots(PROJECT, "events")
        .stream()
        .all()
        .await
        .unwrap()
        .remove(0)
        .id;
    let body = atlas_backup_api::v1::types::RestoreJobRequest::download(snapshot);
    let job = api
        .create_restore_job(PROJECT, "events", body)
        .send()
        .await
        .unwrap()
        .into_inner();
    assert!(job.deliveries().is_empty());
    let job = api
        .get_restore_job(PROJECT, "events", &job.id)
        .wait()
        .await
        .unwrap();
    let saved = setting
        .client
        .download()
        .files(job.deliveries())
        .into_directory(directory.path())
        .await
        .unwrap();
    assert!(
        saved.len() == 3 && saved.iter().all(|file| name(file).contains("-atlas-")),
        "{saved:?}"
    );
}

/// Advances the clock by two hours when a file has reached `from` bytes: once for each file, and at
/// most `times` times.
pub fn late(
    setting: &Setting,
    mut times: u32,
    from: u64,
) -> impl FnMut(&DownloadProgress) + Send + 'static {
    let (clock, mut seen) = (setting.clock.servers().clone(), BTreeSet::new());
    move |file| {
        if file.bytes >= from && times > 0 && seen.insert(file.file.clone()) {
            times -= 1;
            clock.advance(seconds(2 * 3600));
        }
    }
}

#[tokio::test]
async fn an_expired_url_is_an_error_and_complete_files_are_kept() {
    let (setting, directory) = (setting(), directory());
    let save = save_in_turn(&setting, "events")
        .await
        .on_download(late(&setting, 1, BYTES));
    let error = save.into_directory(directory.path()).await.unwrap_err();
    let SaveError::Download(DownloadError::Expired { file, .. }) = &error else {
        panic!("{error:?}")
    };
    assert!(
        file.contains("shard-1") && error.to_string().contains("ask Atlas for a new one"),
        "{error}"
    );
    assert!(
        names(&directory).len() == 2 && names(&directory)[0].contains("shard-0"),
        "{:?}",
        names(&directory)
    );
    assert_eq!(setting.sent("POST"), 1);
}

#[tokio::test]
async fn a_second_call_resumes_a_save_that_broke_between_two_files() {
    let (setting, directory) = (setting(), directory());
    let broken = save_in_turn(&setting, "events")
        .await
        .on_download(late(&setting, 1, BYTES))
        .into_directory(directory.path())
        .await;
    assert!(
        matches!(
            broken,
            Err(SaveError::Download(DownloadError::Expired { .. }))
        ),
        "{broken:?}"
    );
    let saved = save(&setting, "events")
        .await
        .into_directory(directory.path())
        .await
        .unwrap();
    let files: Vec<_> = saved.iter().map(name).collect();
    assert!(
        files[0].contains("shard-0")
            && files[1].contains("shard-1")
            && files[2].contains("config-0"),
        "{files:?}"
    );
    assert!(
        saved.iter().all(|file| file.bytes == BYTES) && names(&directory).len() == 3,
        "the mark is gone"
    );
    let statuses: Vec<_> = setting
        .atlas
        .download_host()
        .received_requests()
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(
        statuses,
        [200, 403, 200, 200].map(Some),
        "the first is not fetched again"
    );
    // The complete files are now treated like any existing files.
    let again = save(&setting, "events")
        .await
        .into_directory(directory.path())
        .await;
    assert!(
        matches!(
            again,
            Err(SaveError::Download(DownloadError::Exists { .. }))
        ),
        "{again:?}"
    );
    assert_eq!(setting.sent("POST"), 2);
}

/// Atlas does not say which shard a URL leads to, and the second job lists the URLs in reverse
/// order.
#[tokio::test]
async fn numbered_files_are_fetched_again_when_urls_are_renewed() {
    let (host, directory) = (setting(), directory());
    let host = host.atlas.download_host();
    let offers = [HostedFile::new(BYTES, 1), HostedFile::new(BYTES, 2)];
    let [a, b] = offers.clone().map(|offer| host.add_file(offer));
    let job = |urls: [&str; 2]| {
        ok(
            &json!({"id": PROJECT, "snapshotId": PROJECT, "deliveryType": "download", "deliveryUrl": urls}),
        )
    };
    let gone = format!("{}/gone", host.server().url());
    let (first, second) = (job([&a, &gone]), job([&b, &a]));
    let server = answering([first.clone(), first, second]);
    let save = script::client(&server, &NoWait::new())
        .v2()
        .save_snapshot(PROJECT, "orders", PROJECT)
        .renew_expired(true);
    let save = save.download(|download| download.max_concurrency(1));
    let saved = save.into_directory(directory.path()).await.unwrap();
    let bytes: Vec<_> = saved
        .iter()
        .map(|file| fs::read(&file.path).unwrap())
        .collect();
    assert!(bytes == [offers[1].bytes(), offers[0].bytes()], "{saved:?}");
    assert_eq!(
        (names(&directory).len(), host.received_requests().len()),
        (2, 4)
    );
}

#[tokio::test]
async fn an_expired_url_is_renewed_without_fetching_complete_files_again() {
    let (setting, directory) = (setting(), directory());
    let save = save_in_turn(&setting, "events")
        .await
        .renew_expired(true)
        .on_download(late(&setting, 1, BYTES));
    let saved = save.into_directory(directory.path()).await.unwrap();
    let files: Vec<_> = saved.iter().map(name).collect();
    assert_eq!((files.len(), names(&directory).len()), (3, 3));
    assert!(
        files[0].contains("shard-0")
            && files[1].contains("shard-1")
            && files[2].contains("config-0"),
        "{files:?}"
    );
    let statuses: Vec<_> = setting
        .atlas
        .download_host()
        .received_requests()
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(
        statuses,
        [200, 403, 200, 200].map(Some),
        "the first is not fetched again"
    );
    assert_eq!(setting.sent("POST"), 2);
}

/// When the URLs expire, some files have begun and others have not. The client downloads no
/// complete file twice.
#[tokio::test]
async fn urls_that_expire_during_concurrent_downloads_are_renewed() {
    for from in [1, BYTES / 2, BYTES] {
        let setting = setting_with(FakeAtlasBuilder::without_authentication, |client| {
            client.retry(RetryPolicy::new())
        });
        let directory = directory();
        setting
            .atlas
            .download_host()
            .script([DownloadFault::Cut(BYTES / 2)]);
        let save = save(&setting, "events")
            .await
            .renew_expired(true)
            .on_download(late(&setting, 1, from));
        let saved = save.into_directory(directory.path()).await.unwrap();
        let files: Vec<_> = saved.iter().map(name).collect();
        assert!(
            files[0].contains("shard-0")
                && files[1].contains("shard-1")
                && files[2].contains("config-0"),
            "{files:?}"
        );
        assert!(
            saved
                .iter()
                .all(|file| fs::metadata(&file.path).unwrap().len() == BYTES),
            "{saved:?}"
        );
        assert_eq!(names(&directory).len(), 3, "the mark is gone");
        assert!(setting.sent("POST") <= 2);
    }
}

/// The client creates the marker of an unfinished snapshot before the snapshot's files.
#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_can_read_what_is_saved() {
    use crate::download::modes::mode;

    let (setting, directory) = (setting(), directory());
    let (new, id) = (
        directory.path().join("new"),
        snapshot(&setting, "orders").await,
    );
    let modes = Arc::new(Mutex::new(BTreeSet::new()));
    let look = {
        let (modes, new) = (Arc::clone(&modes), new.clone());
        move |_: &DownloadProgress| {
            modes
                .lock()
                .unwrap()
                .extend([mode(new.join(format!("snapshot-{id}.part"))), mode(&new)])
        }
    };
    save(&setting, "orders")
        .await
        .on_download(look)
        .into_directory(&new)
        .await
        .unwrap();
    assert_eq!(*modes.lock().unwrap(), BTreeSet::from([0o600, 0o700]));

    let download = |mode| move |download: Download| download.unix_mode(mode).overwrite(true);
    save(&setting, "orders")
        .await
        .download(download(0o640))
        .into_directory(directory.path().join("other"))
        .await
        .unwrap();
    assert_eq!(mode(directory.path().join("other")) & 0o707, 0o700);
    let posted = setting.sent("POST");
    let error = save(&setting, "orders")
        .await
        .download(download(0o400))
        .into_directory(directory.path())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, SaveError::Download(DownloadError::Configuration(_))),
        "{error:?}"
    );
    assert_eq!(
        setting.sent("POST"),
        posted,
        "told before anything is asked for"
    );
}

/// The second job offers different bytes, which must not be appended to the first half.
#[tokio::test]
async fn half_a_file_of_an_expired_url_is_not_completed_with_other_bytes() {
    let setting = setting_with(FakeAtlasBuilder::without_authentication, |client| {
        client.retry(RetryPolicy::new())
    });
    let directory = directory();
    setting
        .atlas
        .download_host()
        .script([DownloadFault::Cut(BYTES / 2)]);
    let save = save(&setting, "orders")
        .await
        .renew_expired(true)
        .on_download(late(&setting, 1, 1));
    let saved = save.into_directory(directory.path()).await.unwrap();
    assert_eq!(
        (
            setting.sent("POST"),
            names(&directory),
            setting.atlas.download_host().remaining()
        ),
        (2, vec![name(&saved[0])], 0)
    );
    // Download the same file in one piece, to compare.
    let whole = super::saving::directory();
    let url = setting
        .atlas
        .download_host()
        .received_requests()
        .last()
        .unwrap()
        .target
        .clone();
    let url = format!("{}{url}", setting.atlas.download_host().server().url());
    let again = setting
        .client
        .download()
        .file(atlas_backup_api::Delivery::new("a", url))
        .into_directory(whole.path())
        .await
        .unwrap();
    assert!(fs::read(&saved[0].path).unwrap() == fs::read(&again[0].path).unwrap());
}

#[tokio::test]
async fn a_job_that_fails_or_hangs_fetches_nothing() {
    let (setting, directory) = (setting(), directory());
    setting.atlas.fail_next(Family::RestoreJob);
    let error = save(&setting, "orders")
        .await
        .renew_expired(true)
        .into_directory(directory.path())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, SaveError::Job { failure, .. } if failure.ending() == Some(Ending::Failed)),
        "{error:?}"
    );
    setting.atlas.hang_next(Family::RestoreJob);
    let before = setting.elapsed();
    let error = save(&setting, "orders")
        .await
        .deadline(seconds(600))
        .into_directory(directory.path())
        .await
        .unwrap_err();
    assert!(
        matches!(
            &error,
            SaveError::Job {
                failure: WaitError::Deadline { job: Some(_), .. },
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(setting.elapsed() - before, seconds(600));
    assert_eq!(
        (
            setting.sent("POST"),
            setting.atlas.download_host().received_requests().len()
        ),
        (2, 0)
    );
}

/// The job exists and continues: if the client cannot poll it, the error names the job.
#[tokio::test]
async fn a_job_that_cannot_be_polled_is_named_in_the_error() {
    let refused = HttpResponse::json(
        403,
        "application/json",
        &json!({"error": 403, "errorCode": "NO_LONGER", "detail": "No."}),
    );
    let server = answering([
        ok(&json!({"id": PROJECT, "deliveryType": "download"})),
        refused,
    ]);
    let save = script::client(&server, &NoWait::new())
        .v2()
        .save_snapshot(PROJECT, "orders", PROJECT);
    let error = save.into_directory(directory().path()).await.unwrap_err();
    assert!(
        matches!(&error, SaveError::Job { id, failure: WaitError::Call { .. }, .. } if id.as_str() == PROJECT),
        "{error:?}"
    );
    assert!(
        error.to_string().starts_with(&format!(
            "job {PROJECT} was requested and is in progress: getRestoreJob: 403 Forbidden (NO_LONGER)"
        )),
        "{error}"
    );
}

#[tokio::test]
async fn a_job_without_files_is_an_error() {
    let job = |more: serde_json::Value| {
        ok(&json!({"id": PROJECT, "deliveryType": "download", "finishedAt": more}))
    };
    let server = answering([job(json!(null)), job(json!("2026-01-01T00:00:00Z"))]);
    let client: Client = script::client(&server, &NoWait::new());
    let directory = directory();
    let error = client
        .v2()
        .save_snapshot(PROJECT, "orders", PROJECT)
        .into_directory(directory.path())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, SaveError::NoFiles(job) if job.id.as_str() == PROJECT),
        "{error:?}"
    );
    assert_eq!(
        (server.handled_count("POST"), names(&directory).len()),
        (1, 0)
    );
}

#[tokio::test]
async fn the_request_for_the_download_is_sent_once() {
    for fault in [Fault::reset().after_handling(), Fault::html_503()] {
        let faults = Faults::script([fault]).on_method("POST");
        let setting = setting_with(
            |atlas| atlas.without_authentication().faults(&faults),
            |client| client.retry(RetryPolicy::new()),
        );
        let error = save(&setting, "orders")
            .await
            .renew_expired(true)
            .into_directory(directory().path())
            .await
            .unwrap_err();
        assert!(
            matches!(&error, SaveError::Call(Error::Ambiguous(_))),
            "{error:?}"
        );
        assert_eq!(setting.sent("POST"), 1);
    }
    let setting = setting();
    let error = setting
        .client
        .v2()
        .save_snapshot(PROJECT, "orders", PROJECT)
        .into_directory(directory().path())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, SaveError::Call(error) if error.is_not_found()),
        "{error:?}"
    );
    let error = setting
        .client
        .v2()
        .save_flex_snapshot(PROJECT, "flex", "no id")
        .into_directory(directory().path())
        .await
        .unwrap_err();
    assert!(
        matches!(error, SaveError::Call(Error::InvalidArgument(_))),
        "{error:?}"
    );
    assert_eq!(setting.atlas.server().request_count(), 1);
}

#[tokio::test]
async fn transient_poll_failures_do_not_end_a_save() {
    for fault in [
        Fault::reset(),
        Fault::html_503(),
        Fault::rate_limited(Some(5)),
        Fault::cut_short(),
    ] {
        let (setting, directory) = (setting(), directory());
        // The list request and the request that creates the job come first; they pass.
        for fault in [
            Fault::pass(),
            Fault::pass(),
            Fault::pass(),
            Fault::pass(),
            fault.clone(),
            fault.clone(),
        ] {
            setting.atlas.faults().push(fault);
        }
        let saved = save(&setting, "orders")
            .await
            .into_directory(directory.path())
            .await;
        assert!(saved.is_ok(), "{fault:?}: {saved:?}");
        assert_eq!(
            (setting.atlas.faults().remaining(), setting.sent("POST")),
            (0, 1),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn download_options_apply_to_a_save() {
    let (setting, directory) = (setting(), directory());
    let id = snapshot(&setting, "orders").await;
    let path = directory.path().join(format!("snapshot-{id}.tar.gz"));
    fs::write(&path, "precious").unwrap();
    let error = save(&setting, "orders")
        .await
        .into_directory(directory.path())
        .await
        .unwrap_err();
    assert!(
        matches!(error, SaveError::Download(DownloadError::Exists { .. })),
        "{error:?}"
    );
    assert_eq!(fs::read(&path).unwrap(), b"precious");
    let save = save(&setting, "orders")
        .await
        .download(|download| download.overwrite(true));
    save.into_directory(directory.path()).await.unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), BYTES);
}

#[tokio::test]
async fn an_existing_file_is_reported_before_any_job_is_created() {
    let (setting, directory) = (setting(), directory());
    let id = snapshot(&setting, "events").await;
    for (name, is_in_the_way) in [
        (format!("snapshot-{id}.tar.gz.part"), false),
        (format!("snapshot-{id}-shard-7.tar.gz"), true),
    ] {
        fs::write(directory.path().join(&name), "").expect("writable");
        let posted = setting.sent("POST");
        let saved = save(&setting, "events")
            .await
            .into_directory(directory.path())
            .await;
        match saved {
            Err(SaveError::Download(DownloadError::Exists { path, .. })) if is_in_the_way => {
                assert!(
                    path.ends_with(&name) && setting.sent("POST") == posted,
                    "{path:?}"
                );
            }
            Ok(saved) if !is_in_the_way => saved
                .iter()
                .for_each(|file| fs::remove_file(&file.path).expect("it is there")),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_dropped_save_sends_nothing_more() {
    let (setting, directory) = (setting(), directory());
    let gate = Gate::closed();
    setting
        .atlas
        .download_host()
        .script([DownloadFault::Stall(BYTES / 2, gate.clone())]);
    tokio::select! {
        _ = save_in_turn(&setting, "events").await.into_directory(directory.path()) => panic!("the gate is closed"),
        () = gate.wait_for_arrivals(1) => {}
    }
    gate.open();
    let before = setting.atlas.server().request_count();
    setting
        .client
        .v2()
        .list_restore_jobs(PROJECT, "events")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            setting.atlas.server().request_count() - before,
            setting.atlas.download_host().received_requests().len()
        ),
        (1, 1)
    );
    let unfinished = |name: &String| name.ends_with(".part") || name.ends_with(".part.json");
    assert!(
        names(&directory).iter().all(unfinished),
        "{:?}",
        names(&directory)
    );
}

#[test]
fn debug_output_names_the_operation_and_the_options() {
    let setting = setting();
    let text = format!(
        "{:?}",
        setting
            .client
            .v2()
            .save_snapshot(PROJECT, "orders", PROJECT)
            .renew_expired(true)
    );
    assert!(
        text.contains("createRestoreJob") && text.contains("renew_expired: true"),
        "{text}"
    );
}
