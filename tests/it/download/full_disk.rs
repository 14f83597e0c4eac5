//! Downloads to a full disk, which Linux lets a program set up.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use atlas_backup_api::{Client, Delivery as Wanted};
use atlas_backup_tests::fake_atlas::HostedFile;

use super::setting;

const URL: &str = "ATLAS_TEST_DISK_URL";
const DIRECTORY: &str = "ATLAS_TEST_DISK_DIRECTORY";
const LENGTH: u64 = 3_000_001;

/// The code that the child process of the tests below runs. Returns whether this is a child
/// process.
async fn download_as_a_child() -> bool {
    let (Ok(url), Some(directory)) = (std::env::var(URL), std::env::var_os(DIRECTORY)) else {
        return false;
    };
    let client = Client::builder()
        .base_url("http://127.0.0.1")
        .build()
        .expect("settings of a test");
    let error = client
        .download()
        .file(Wanted::new("orders.tgz", url))
        .into_directory(&directory)
        .await
        .expect_err("there is no room");
    let kept =
        fs::metadata(Path::new(&directory).join("orders.tgz.part")).map_or(0, |part| part.len());
    println!(
        "no space: {}, kept: {kept}, told: {error}",
        error.is_no_space()
    );
    true
}

fn in_a_shell(test: &str, shell: &[&str], script: &str, url: &str, directory: &Path) -> Output {
    let program = std::env::current_exe().expect("a program knows where it is");
    let mut command = Command::new(shell[0]);
    command
        .args(&shell[1..])
        .arg(format!("{script}; exec \"$0\" \"$@\""))
        .arg(program);
    command
        .args(["--exact", test, "--nocapture"])
        .env(URL, url)
        .env(DIRECTORY, directory);
    command.output().expect("a shell can be run")
}

/// The shell limits the length of a file. Only the system's error message tells this limit from a
/// full disk.
#[tokio::test]
async fn a_file_size_limit_keeps_the_partial_file() {
    if download_as_a_child().await {
        return;
    }
    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    let test = "download::full_disk::a_file_size_limit_keeps_the_partial_file";
    // The shell counts in units of 512 or of 1024 bytes. Ignoring the signal turns it into an
    // error.
    let output = in_a_shell(
        test,
        &["sh", "-c"],
        "trap '' XFSZ; ulimit -f 1000",
        &url,
        setting.directory.path(),
    );
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("no space: true"),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(text.contains("orders.tgz.part: File too large"), "{text}");
    let kept = setting.part();
    assert!(
        (512_000..=1_024_000).contains(&kept) && text.contains(&format!("kept: {kept}")),
        "{text}"
    );
    // Without the limit, the download resumes.
    setting.fetch(&url).await.unwrap();
    setting.assert_saved(&HostedFile::new(LENGTH, 1));
    assert_eq!(
        setting.host.ranges(),
        ["".to_owned(), format!("bytes={kept}-")]
    );
}

/// Mounts a disk of one MiB, if the system lets a program have its own mounts.
#[tokio::test]
async fn a_full_disk_is_reported_and_keeps_the_partial_file() {
    if download_as_a_child().await {
        return;
    }
    let setting = setting();
    let url = setting.host.add_file(HostedFile::new(LENGTH, 1));
    let test = "download::full_disk::a_full_disk_is_reported_and_keeps_the_partial_file";
    let mount = format!("mount -t tmpfs -o size=1m tmpfs \"${DIRECTORY}\" || exit 77");
    let shell = [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
    ];
    if !Command::new(shell[0])
        .args(&shell[1..])
        .arg("exit 0")
        .status()
        .is_ok_and(|status| status.success())
    {
        return println!("skipped: no mounts of one's own on this system");
    }
    let output = in_a_shell(test, &shell, &mount, &url, setting.directory.path());
    if output.status.code() == Some(77) {
        return println!("skipped: no mounts of one's own on this system");
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        text.contains("no space: true, kept: 10"),
        "{text}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        text.contains(
            "No space left on device (os error 28); what was received is kept: make room"
        ),
        "{text}"
    );
}
