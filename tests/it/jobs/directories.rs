//! The directory of a saved snapshot: the client checks that it is writable before it sends any
//! request, and leaves it unchanged if it saves nothing.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use atlas_backup_api::v2::types::RestoreJob;
use atlas_backup_api::{DownloadError, DownloadProgress, SaveError, SaveSnapshot};
use atlas_backup_tests::fake_atlas::{DownloadFault, Family, Fault, Gate, PROJECT};
use tempfile::TempDir;
use tokio::sync::Notify;

use super::{Setting, setting};

fn directory() -> TempDir {
    tempfile::tempdir().expect("there is a folder for temporary files")
}

/// Saves the cluster's latest snapshot.
async fn save(setting: &Setting, cluster: &str) -> SaveSnapshot<RestoreJob> {
    let list = setting
        .client
        .v2()
        .list_cluster_snapshots(PROJECT, cluster)
        .all()
        .await
        .expect("a list");
    setting
        .client
        .v2()
        .save_snapshot(PROJECT, cluster, &list[0].id)
}

/// Returns the sorted names of all files and directories below a directory.
fn all_below(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory)
        .expect("a directory")
        .map(|entry| entry.expect("readable").path());
    let mut names: Vec<String> = entries
        .flat_map(|path| {
            let below = if path.is_dir() {
                all_below(&path)
            } else {
                Vec::new()
            };
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            below
                .into_iter()
                .map(|inner| format!("{name}/{inner}"))
                .chain([name.clone()])
                .collect::<Vec<_>>()
        })
        .collect();
    names.sort();
    names
}

/// Asserts that the client sends no request and that the error names the directory, with and
/// without `overwrite`.
async fn assert_refused(setting: &Setting, directory: &Path) -> DownloadError {
    let mut last_error = None;
    for overwrite in [false, true] {
        let before = setting.atlas.server().request_count();
        let save = setting
            .client
            .v2()
            .save_snapshot(PROJECT, "orders", PROJECT)
            .download(move |download| download.overwrite(overwrite));
        let saved = save.into_directory(directory).await;
        let Err(SaveError::Download(error)) = saved else {
            panic!("{directory:?}: {saved:?}")
        };
        assert!(
            matches!(&error, DownloadError::Disk { path, .. } if path == directory),
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .starts_with(&directory.display().to_string()),
            "{error}"
        );
        assert_eq!(
            setting.atlas.server().request_count(),
            before,
            "{directory:?}"
        );
        last_error = Some(error);
    }
    last_error.expect("two errors")
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_refused_before_any_request() {
    let (setting, parent) = (setting(), directory());
    let file = parent.path().join("file");
    fs::write(&file, "precious").unwrap();
    for path in [file.clone(), file.join("below"), file.join("far/below")] {
        let error = assert_refused(&setting, &path).await;
        assert!(
            error.to_string().to_lowercase().contains("not a directory"),
            "{error}"
        );
    }
    assert_eq!(
        (fs::read(&file).unwrap(), all_below(parent.path())),
        (b"precious".to_vec(), vec!["file".to_owned()])
    );
}

/// Not even root can create a file in `/proc/self`.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_directory_that_takes_no_files_is_refused_before_any_request() {
    assert_refused(&setting(), Path::new("/proc/self")).await;
    assert_refused(&setting(), Path::new("/proc/self/new")).await;
}

/// Root may write anywhere. If the test runs as root, it prints that and checks nothing.
#[cfg(unix)]
#[tokio::test]
async fn a_read_only_directory_is_refused_before_any_request() {
    use std::os::unix::fs::PermissionsExt;

    let (setting, parent) = (setting(), directory());
    let mode = |mode| {
        fs::set_permissions(parent.path(), fs::Permissions::from_mode(mode)).expect("it is ours")
    };
    mode(0o500);
    if fs::write(parent.path().join("a"), "").is_ok() {
        return println!("skipped: this user may write anywhere");
    }
    for path in [parent.path().to_owned(), parent.path().join("new")] {
        let error = assert_refused(&setting, &path).await;
        assert!(
            error.is_permission_denied() && error.to_string().contains("allow writing there"),
            "{error}"
        );
    }
    mode(0o700);
    assert_eq!(all_below(parent.path()), [""; 0]);
}

#[tokio::test]
async fn directories_made_for_a_call_that_saves_nothing_are_removed() {
    let (setting, parent) = (setting(), directory());
    fs::create_dir(parent.path().join("old")).unwrap();
    let refused = setting
        .client
        .v2()
        .save_snapshot(PROJECT, "orders", PROJECT)
        .into_directory(parent.path().join("old/new/newer"))
        .await;
    assert!(matches!(refused, Err(SaveError::Call(_))), "{refused:?}");
    assert_eq!(all_below(parent.path()), ["old"]);
    setting.atlas.fail_next(Family::RestoreJob);
    let failed = save(&setting, "orders")
        .await
        .into_directory(parent.path().join("old"))
        .await;
    assert!(matches!(failed, Err(SaveError::Job { .. })), "{failed:?}");
    assert_eq!(all_below(parent.path()), ["old"], "it was there before");
    // The future is dropped while the job is being created.
    let gate = Gate::closed();
    let saving = save(&setting, "orders").await;
    setting.atlas.faults().push(Fault::hold_until(&gate));
    let meanwhile = async {
        gate.wait_for_arrivals(1).await;
        all_below(parent.path())
    };
    tokio::select! {
        _ = saving.into_directory(parent.path().join("new/newer")) => panic!("the gate is closed"),
        found = meanwhile => assert_eq!(found, ["new", "new/newer", "old"]),
    }
    gate.open();
    assert_eq!(all_below(parent.path()), ["old"]);
}

#[tokio::test]
async fn a_partial_file_and_its_new_directory_are_kept() {
    let (setting, parent) = (setting(), directory());
    let path = parent.path().join("new/newer");
    let gate = Gate::closed();
    setting
        .atlas
        .download_host()
        .script([DownloadFault::Stall(1000, gate.clone())]);
    let begun = Arc::new(Notify::new());
    let see = {
        let begun = Arc::clone(&begun);
        move |file: &DownloadProgress| {
            if file.bytes > 0 {
                begun.notify_one()
            }
        }
    };
    tokio::select! {
        _ = save(&setting, "orders").await.on_download(see).into_directory(&path) => panic!("the gate is closed"),
        () = begun.notified() => {}
    }
    gate.open();
    assert!(
        all_below(&path)
            .iter()
            .any(|name| name.ends_with(".tar.gz.part")),
        "{:?}",
        all_below(&path)
    );
    // The download resumes in the same directory: the earlier check that it is writable leaves no
    // file behind.
    let saved = save(&setting, "orders")
        .await
        .into_directory(&path)
        .await
        .unwrap();
    assert_eq!(
        all_below(&path),
        [saved[0].path.file_name().unwrap().to_string_lossy()]
    );
}

/// The saved files contain a whole database.
#[cfg(unix)]
#[tokio::test]
async fn new_directories_are_accessible_to_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let (setting, parent) = (setting(), directory());
    let mode = |path: &Path| {
        fs::metadata(path)
            .expect("it is there")
            .permissions()
            .mode()
            & 0o777
    };
    let old = parent.path().join("old");
    fs::create_dir(&old).unwrap();
    fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();
    save(&setting, "events")
        .await
        .into_directory(old.join("new/newer"))
        .await
        .unwrap();
    assert_eq!(
        [old.join("new/newer"), old.join("new"), old].map(|path| mode(&path)),
        [0o700, 0o700, 0o755]
    );
}
