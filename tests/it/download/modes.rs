//! File permissions: who may read the saved files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use atlas_backup_api::{Client, Delivery as Wanted, DownloadError, DownloadProgress};
use atlas_backup_tests::fake_atlas::{DownloadFault, HostedFile, HttpResponse};

use super::{Setting, names, setting};

const LENGTH: u64 = 2_000_003;

pub fn mode(path: impl AsRef<Path>) -> u32 {
    fs::metadata(path).map_or(0, |file| file.permissions().mode() & 0o777)
}

fn chmod(path: impl AsRef<Path>, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("it is ours");
}

/// Returns the mode that the umask of this process gives to a new file.
fn usual(setting: &Setting) -> u32 {
    let probe = setting.path("probe");
    fs::write(&probe, "").expect("the directory is ours");
    let usual = mode(&probe);
    fs::remove_file(probe).expect("it was there a moment ago");
    usual
}

/// The child process runs this test again with a umask of 000, which removes no permissions. During
/// the download it prints the modes of all files that it has written so far.
#[tokio::test]
async fn only_the_owner_can_ever_read_a_saved_file() {
    const URL: &str = "ATLAS_TEST_MODES_URL";
    const DIRECTORY: &str = "ATLAS_TEST_MODES_DIRECTORY";
    if let (Ok(url), Some(directory)) = (
        std::env::var(URL),
        std::env::var_os(DIRECTORY).map(PathBuf::from),
    ) {
        let client = Client::builder()
            .base_url("http://127.0.0.1")
            .build()
            .unwrap();
        let look = {
            let directory = directory.clone();
            move |_: &DownloadProgress| {
                names(&directory)
                    .iter()
                    .for_each(|name| println!("{name} {:o}", mode(directory.join(name))))
            }
        };
        client
            .download()
            .file(Wanted::new("orders.tgz", url))
            .on_progress(look)
            .into_directory(directory)
            .await
            .unwrap();
        return;
    }
    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    let directory = setting.path("new/deep");
    let output = Command::new("sh")
        .args(["-c", "umask 000; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "download::modes::only_the_owner_can_ever_read_a_saved_file",
            "--nocapture",
        ])
        .env(URL, url)
        .env(DIRECTORY, &directory)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let seen: Vec<_> = text
        .lines()
        .filter(|line| line.starts_with("orders.tgz"))
        .collect();
    for name in ["orders.tgz.part", "orders.tgz.part.json", "orders.tgz"] {
        assert!(
            seen.contains(&&*format!("{name} 600")),
            "{name} was not seen:\n{text}"
        );
    }
    assert!(seen.iter().all(|line| line.ends_with(" 600")), "{text}");
    assert_eq!(
        (
            mode(setting.path("new")),
            mode(&directory),
            mode(directory.join("orders.tgz"))
        ),
        (0o700, 0o700, 0o600)
    );
}

#[tokio::test]
async fn unix_mode_lets_others_read() {
    let setting = setting();
    let usual = usual(&setting);
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    let seen = Arc::new(Mutex::new(0));
    let look = {
        let (seen, part) = (Arc::clone(&seen), setting.path("new/orders.tgz.part"));
        move |_: &DownloadProgress| *seen.lock().unwrap() |= mode(&part)
    };
    let download = setting
        .client
        .download()
        .unix_mode(0o644)
        .on_progress(look)
        .file(Wanted::new("orders.tgz", url));
    download.into_directory(setting.path("new")).await.unwrap();
    let (file, directory) = (
        0o644 & usual,
        0o755 & (usual | (usual & 0o444) >> 2 | 0o700),
    );
    assert_eq!(
        (
            *seen.lock().unwrap(),
            mode(setting.path("new/orders.tgz")),
            mode(setting.path("new"))
        ),
        (file, file, directory)
    );
}

#[tokio::test]
async fn an_unsuitable_unix_mode_is_refused() {
    let setting = setting();
    for bits in [0o400, 0o700, 0o4600, 0] {
        let download = setting
            .client
            .download()
            .unix_mode(bits)
            .file(Wanted::new("a", "http://127.0.0.1:1/"));
        let error = download
            .into_directory(setting.path("new"))
            .await
            .unwrap_err();
        assert!(
            matches!(&error, DownloadError::Configuration(_)),
            "{error:?}"
        );
        assert!(
            error
                .to_string()
                .contains(&format!("unix mode {bits:#o}: ")),
            "{error}"
        );
        assert!(setting.names().is_empty());
    }
}

#[tokio::test]
async fn existing_permissions_are_kept_except_those_of_a_resumed_file() {
    let setting = setting();
    let directory = setting.directory.path();
    chmod(directory, 0o755);
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    setting.host.script([
        DownloadFault::Cut(1_000_000),
        DownloadFault::Respond(HttpResponse::new(404)),
    ]);
    setting.fetch(&url).await.unwrap_err();
    // A file with the permissions that a careless program would leave.
    chmod(setting.path("orders.tgz.part"), 0o666);
    setting.fetch(&url).await.unwrap();
    setting.assert_saved(&HostedFile::new(LENGTH, 1));
    assert_eq!(setting.host.ranges().last().unwrap(), "bytes=1000000-");
    assert_eq!(
        (mode(directory), mode(setting.path("orders.tgz"))),
        (0o755, 0o600)
    );
    // The file that replaces it is a new file with its own permissions.
    chmod(setting.path("orders.tgz"), 0o644);
    let download = setting
        .client
        .download()
        .overwrite(true)
        .file(Wanted::new("orders.tgz", &url));
    download.into_directory(directory).await.unwrap();
    assert_eq!(mode(setting.path("orders.tgz")), 0o600);
}
