//! Compares a download by this client with the same download by `curl`, from one server on loopback
//! to one disk in one run: `cargo bench -p atlas-backup-tests --bench download`. Pass `-- 512` to
//! download 512 MiB instead of 2048.
//!
//! Each download runs in a process of its own and is timed from the start to the end of that
//! process, so that the peak memory is that of a program which does nothing but download. The two
//! take turns, and the benchmark compares the medians. Before the client gives a file its final
//! name, it makes sure that the file is on the disk; `curl` does not. The benchmark therefore
//! reports `curl` both without and with such a sync, which a program that uses `curl` would do
//! itself.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use atlas_backup_api::{Client, Delivery as Wanted};
use atlas_backup_tests::fake_atlas::{Clock, DownloadHost, HostedFile};

const ROUNDS: usize = 5;
const CHILD: &str = "download";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [CHILD, url, directory] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        return download(url, directory).await;
    }
    // `cargo test --benches` passes no `--bench`: it only checks that the benchmark runs.
    let for_real = arguments.iter().any(|argument| argument == "--bench");
    let asked = arguments.iter().find_map(|argument| argument.parse().ok());
    let mebibytes: u64 = asked.unwrap_or(if for_real { 2048 } else { 8 });
    compare(mebibytes << 20, if for_real { ROUNDS } else { 1 });
}

/// Runs in the child process: downloads one file and prints the peak memory.
async fn download(url: &str, directory: &str) {
    let client = Client::builder()
        .base_url("http://127.0.0.1")
        .build()
        .expect("a base URL");
    client
        .download()
        .file(Wanted::new("snapshot.tgz", url))
        .into_directory(directory)
        .await
        .expect("the server answers");
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    println!("{}", peak.map_or("unknown on this system", str::trim));
}

#[derive(Default)]
struct Times {
    client: Vec<Duration>,
    curl: Vec<Duration>,
    curl_and_sync: Vec<Duration>,
    peak: String,
}

fn compare(bytes: u64, rounds: usize) {
    let host = DownloadHost::start(&Clock::new());
    let url = host.add_file(HostedFile::new(bytes, 1));
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .expect("the build has a folder for temporary files");
    let directory = directory.path();
    let has_curl = Command::new("curl")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    let mut times = Times::default();
    for round in 0..rounds {
        if round % 2 == 0 {
            time_client(&url, directory, bytes, &mut times);
        }
        if has_curl {
            time_curl(&url, directory, bytes, &mut times);
        }
        if round % 2 == 1 {
            time_client(&url, directory, bytes, &mut times);
        }
    }
    let client = report("this client", bytes, &mut times.client);
    println!("  peak memory: {}", times.peak);
    if !has_curl {
        return println!("curl is not installed: nothing to compare with");
    }
    for (name, taken) in [
        ("curl", &mut times.curl),
        ("curl, synced", &mut times.curl_and_sync),
    ] {
        let curl = report(name, bytes, taken);
        println!(
            "  speed of this client to that: {:.3}",
            curl.as_secs_f64() / client.as_secs_f64()
        );
    }
}

fn time_client(url: &str, directory: &Path, bytes: u64, times: &mut Times) {
    let program = std::env::current_exe().expect("a program knows where it is");
    let began = Instant::now();
    let child = Command::new(program)
        .arg(CHILD)
        .arg(url)
        .arg(directory)
        .stderr(Stdio::inherit())
        .output()
        .expect("it can be run");
    times.client.push(began.elapsed());
    assert!(child.status.success(), "{}", child.status);
    times.peak = String::from_utf8_lossy(&child.stdout).trim().to_owned();
    clear(&directory.join("snapshot.tgz"), bytes);
}

fn time_curl(url: &str, directory: &Path, bytes: u64, times: &mut Times) {
    let path = directory.join("curl.tgz");
    let began = Instant::now();
    let curl = Command::new("curl")
        .args(["--silent", "--fail", "--output"])
        .arg(&path)
        .arg(url)
        .status()
        .expect("it can be run");
    times.curl.push(began.elapsed());
    File::open(&path)
        .and_then(|file| file.sync_all())
        .expect("it can be synced");
    times.curl_and_sync.push(began.elapsed());
    assert!(curl.success(), "{curl}");
    clear(&path, bytes);
}

fn clear(path: &Path, bytes: u64) {
    assert_eq!(fs::metadata(path).map(|file| file.len()).ok(), Some(bytes));
    fs::remove_file(path).expect("it was there a moment ago");
}

/// Prints the median time and speed, and returns the median.
fn report(name: &str, bytes: u64, times: &mut [Duration]) -> Duration {
    times.sort();
    let median = times[times.len() / 2];
    let speed = bytes as f64 / median.as_secs_f64() / 1e6;
    println!(
        "{name:<14}{median:>8.2?} for {} MiB, {speed:>6.0} MB/s (median of {})",
        bytes >> 20,
        times.len()
    );
    median
}
