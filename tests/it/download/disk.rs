//! Downloads to places where the program cannot write.

use std::fs;

use atlas_backup_api::{Delivery as Wanted, DownloadError};
use atlas_backup_tests::fake_atlas::HostedFile;

use super::setting;

const LENGTH: u64 = 3_000_001;

#[tokio::test]
async fn an_unwritable_directory_is_named_in_the_error() {
    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    // Not even root, who ignores permissions, can create a directory below a file.
    fs::write(setting.path("file"), "").unwrap();
    let directory = setting.path("file/below");
    let error = setting
        .client
        .download()
        .file(Wanted::new("a", &url))
        .into_directory(&directory)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, DownloadError::Disk { path, .. } if *path == directory),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .starts_with(&directory.display().to_string()),
        "{error}"
    );
    // A file cannot replace a directory either.
    fs::create_dir(setting.path("orders.tgz")).unwrap();
    let download = setting
        .client
        .download()
        .overwrite(true)
        .file(Wanted::new("orders.tgz", &url));
    let error = download
        .into_directory(setting.directory.path())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, DownloadError::Disk { path, .. } if *path == setting.path("orders.tgz")),
        "{error:?}"
    );
    assert_eq!(setting.part(), LENGTH);
}

/// Root may write anywhere. If the test runs as root, it prints that and checks nothing.
#[cfg(unix)]
#[tokio::test]
async fn a_denied_permission_is_reported() {
    use std::os::unix::fs::PermissionsExt;

    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    fs::set_permissions(setting.directory.path(), fs::Permissions::from_mode(0o500)).unwrap();
    let fetched = setting.fetch(&url).await;
    fs::set_permissions(setting.directory.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let Err(error) = fetched else {
        return println!("skipped: this user may write anywhere");
    };
    assert!(
        error.is_permission_denied() && error.to_string().contains("allow writing there"),
        "{error:?}"
    );
}
