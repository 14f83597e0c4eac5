//! Reads a list of 300,000 snapshots in one response, with this client and with bare reqwest into
//! plain JSON values, from one server on loopback:
//! `cargo bench -p atlas-backup-tests --bench list`. Pass `-- 1000` for 1000 snapshots.
//!
//! Atlas returns at most 500 a page, so this is the cost of the worst response. Each measurement
//! runs in a process of its own, so that the peak memory is that of a program which does nothing
//! else. The two take turns, and the benchmark compares the medians.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use atlas_backup_api::{Client, Value, reqwest};
use atlas_backup_tests::fake_atlas::{HttpResponse, StubServer};
use serde_json::json;

const PROJECT: &str = "32b6e34b3d91647abb20e7b8";
const ROUNDS: usize = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let ["read", how, url, items] = arguments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    {
        return read(how, url, items.parse().expect("a number")).await;
    }
    // `cargo test --benches` passes no `--bench`: it only checks that the benchmark runs.
    let for_real = arguments.iter().any(|argument| argument == "--bench");
    let asked = arguments.iter().find_map(|argument| argument.parse().ok());
    compare(
        asked.unwrap_or(if for_real { 300_000 } else { 1000 }),
        if for_real { ROUNDS } else { 1 },
    );
}

/// Runs in the child process: makes one call and prints its time and the peak memory.
async fn read(how: &str, url: &str, items: usize) {
    let began = Instant::now();
    let found = if how == "client" {
        let client = Client::builder()
            .base_url(url)
            .max_response_bytes(usize::MAX)
            .build()
            .expect("a base URL");
        let page = client
            .v2()
            .list_snapshots(PROJECT, "orders")
            .send()
            .await
            .expect("the server answers")
            .into_inner();
        let took = began.elapsed();
        (page.results.len(), took, peak())
    } else {
        let body = reqwest::get(url)
            .await
            .expect("the server answers")
            .bytes()
            .await
            .expect("the server answers");
        let page: Value = serde_json::from_slice(&body).expect("JSON");
        let took = began.elapsed();
        (page["results"].as_array().map_or(0, Vec::len), took, peak())
    };
    assert_eq!(found.0, items);
    println!("{} {}", found.1.as_micros(), found.2);
}

/// Returns the peak memory in KiB, or zero if the system does not report it.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.and_then(|peak| peak.trim().split(' ').next()?.parse().ok())
        .unwrap_or_default()
}

fn compare(items: usize, rounds: usize) {
    let body = page(items);
    let length = body.len();
    let headers = vec![(
        "Content-Type".to_owned(),
        "application/vnd.atlas.2023-01-01+json".to_owned(),
    )];
    let server = StubServer::start(HttpResponse {
        status: 200,
        headers,
        body,
    })
    .expect("the system has a port to give");
    let (mut client, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        client.push(time("client", &server.url(), items));
        bare.push(time("bare", &server.url(), items));
    }
    let mebibytes = |kibibytes: u64| kibibytes >> 10;
    println!(
        "{items} snapshots, {} MiB of JSON, medians of {rounds}:",
        length >> 20
    );
    let [(by_client, of_client), (by_bare, of_bare)] = [client, bare].map(median);
    println!(
        "this client   {by_client:>8.2?}, at most {:>5} MiB of memory",
        mebibytes(of_client)
    );
    println!(
        "bare reqwest  {by_bare:>8.2?}, at most {:>5} MiB of memory",
        mebibytes(of_bare)
    );
    let ratio = |one: f64, other: f64| one / other;
    println!(
        "ratio         {:>8.2}, {:.2}",
        ratio(by_client.as_secs_f64(), by_bare.as_secs_f64()),
        ratio(of_client as f64, of_bare as f64)
    );
}

fn time(how: &str, url: &str, items: usize) -> (Duration, u64) {
    let program = std::env::current_exe().expect("a program knows where it is");
    let child = Command::new(program)
        .args(["read", how, url, &items.to_string()])
        .stderr(Stdio::inherit())
        .output()
        .expect("it can be run");
    assert!(child.status.success(), "{}", child.status);
    let text = String::from_utf8(child.stdout).expect("two numbers");
    let (micros, peak) = text.trim().split_once(' ').expect("two numbers");
    (
        Duration::from_micros(micros.parse().expect("a number")),
        peak.parse().expect("a number"),
    )
}

fn median(mut readings: Vec<(Duration, u64)>) -> (Duration, u64) {
    readings.sort_unstable();
    readings[readings.len() / 2]
}

/// Builds a page of snapshots as Atlas writes them.
fn page(items: usize) -> Vec<u8> {
    let results: Vec<_> = (0..items)
        .map(|number| {
            json!({
                "id": format!("{number:024x}"), "status": "completed", "type": "replicaSet", "snapshotType": "scheduled",
                "createdAt": "2026-01-01T00:00:00Z", "expiresAt": "2026-02-01T00:00:00Z", "storageSizeBytes": 734_003_200 + number,
                "mongodVersion": "8.0.4", "replicaSetName": "orders", "policyItems": [format!("{number:024x}")], "frequencyType": "daily",
                "cloudProvider": "AWS", "masterKeyUUID": null, "description": "",
                "links": [{"rel": "self", "href": format!("https://cloud.mongodb.com/api/atlas/v2/groups/{PROJECT}/snapshots/{number:024x}")}],
            })
        })
        .collect();
    json!({"totalCount": items, "links": [], "results": results})
        .to_string()
        .into_bytes()
}
