//! Measures the cost of a call through the client and of the same exchange through bare reqwest, in
//! one run against one server on loopback: `cargo bench -p atlas-backup-tests --bench call`.
//!
//! Both sides do what a program needs: they send the same headers and decode the response into the
//! same type. They take turns, round by round, so that other load on the machine affects both, and
//! the benchmark compares the medians of the rounds. The server validates nothing, so that its work
//! is the same for both. The benchmark then counts the allocations of a call on either side, and the
//! exchanges that a call takes, against servers that check credentials.

#![allow(
    deprecated,
    reason = "the deprecated operations are called as the others are"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use atlas_backup_api::v2::types::LegacySnapshot;
use atlas_backup_api::{Client, Credentials, reqwest};
use atlas_backup_tests::fake_atlas::{
    App, CLIENT_ID, CLIENT_SECRET, Digest, OAuth, PRIVATE_KEY, PUBLIC_KEY,
};
use tokio::runtime::Runtime;

const PROJECT: &str = "32b6e34b3d91647abb20e7b8";
const ROUNDS: usize = 401;
const CALLS: u32 = 25;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    // `cargo test --benches` passes no `--bench`: it only checks that the benchmark runs.
    let rounds = if std::env::args().any(|argument| argument == "--bench") {
        ROUNDS
    } else {
        1
    };
    runtime.block_on(compare(rounds));
    count_allocations(&runtime);
    runtime.block_on(count_exchanges(100));
}

/// Prints how many allocations a call takes, with the connection open already. The server runs in a
/// thread of its own, which is not counted.
fn count_allocations(runtime: &Runtime) {
    let server = App::examples().start();
    let (base, (http, client)) = (server.url(), clients(&server.url()));
    let bare = || {
        let called = time_bare(&http, &base, PROJECT, "orders", PROJECT);
        runtime.block_on(called);
    };
    let typed = || {
        runtime.block_on(time_client(&client));
    };
    bare();
    typed();
    let [bare, typed] = [
        allocation_counter::measure(bare),
        allocation_counter::measure(typed),
    ]
    .map(|counted| counted.count_total as f64 / f64::from(CALLS));
    println!("allocations   {bare:>8.1}    a call of bare reqwest, {typed:.1} of this client");
}

async fn compare(rounds: usize) {
    let server = App::examples().start();
    let (base, (http, client)) = (server.url(), clients(&server.url()));
    let (mut bare, mut typed, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=rounds {
        let (by_reqwest, by_client) = if round % 2 == 0 {
            let by_reqwest = time_bare(&http, &base, PROJECT, "orders", PROJECT).await;
            (by_reqwest, time_client(&client).await)
        } else {
            let by_client = time_client(&client).await;
            (
                time_bare(&http, &base, PROJECT, "orders", PROJECT).await,
                by_client,
            )
        };
        // The first round warms up and is not counted.
        if round > 0 {
            bare.push(by_reqwest);
            typed.push(by_client);
            ratios.push(by_client.as_secs_f64() / by_reqwest.as_secs_f64());
        }
    }
    ratios.sort_by(f64::total_cmp);
    let ratio = ratios[ratios.len() / 2];
    println!(
        "bare reqwest  {:>8.1} us a call (median of {rounds} rounds of {CALLS} calls)",
        micros(bare)
    );
    println!("this client   {:>8.1} us a call", micros(typed));
    println!("ratio         {ratio:>8.3}    (median of the rounds; the goal is 1.05)");
}

/// Bare reqwest, set up as this project's client does, and the client.
fn clients(base: &str) -> (reqwest::Client, Client) {
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build();
    let client = Client::builder().base_url(base).build();
    (
        http.expect("TLS can be set up"),
        client.expect("a base URL"),
    )
}

async fn time_bare(
    http: &reqwest::Client,
    base: &str,
    project: &str,
    cluster: &str,
    snapshot: &str,
) -> Duration {
    let began = Instant::now();
    for _ in 0..CALLS {
        let url =
            format!("{base}/api/atlas/v2/groups/{project}/clusters/{cluster}/snapshots/{snapshot}");
        let request = http
            .get(url)
            .header("accept", "application/vnd.atlas.2023-01-01+json")
            .timeout(Duration::from_secs(60));
        let response = request.send().await.expect("the server answers");
        assert!(response.status().is_success());
        let body = response.bytes().await.expect("the server answers");
        black_box(serde_json::from_slice::<LegacySnapshot>(&body).expect("a snapshot"));
    }
    began.elapsed() / CALLS
}

async fn time_client(client: &Client) -> Duration {
    let began = Instant::now();
    for _ in 0..CALLS {
        black_box(
            client
                .v2()
                .get_legacy_snapshot(PROJECT, "orders", PROJECT)
                .send()
                .await
                .expect("the server answers"),
        );
    }
    began.elapsed() / CALLS
}

fn micros(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e6
}

async fn count_exchanges(calls: usize) {
    let (digest, oauth) = (Digest::atlas(), OAuth::new());
    for (name, credentials) in [
        ("API key", Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY)),
        (
            "service account",
            Credentials::service_account(CLIENT_ID, CLIENT_SECRET),
        ),
    ] {
        let server = App::examples()
            .layer(&digest)
            .layer(&oauth.clone().allow_digest())
            .start();
        let client = Client::builder()
            .base_url(server.url())
            .credentials(credentials)
            .build()
            .expect("a base URL");
        let began = Instant::now();
        for _ in 0..calls {
            client
                .v2()
                .get_legacy_snapshot(PROJECT, "orders", PROJECT)
                .send()
                .await
                .expect("the server answers");
        }
        let (exchanges, time) = (
            server.request_count(),
            began.elapsed() / u32::try_from(calls).unwrap_or(u32::MAX),
        );
        assert_eq!(exchanges, calls + 1);
        println!(
            "{name:<16}{calls} calls in a row: {exchanges} exchanges, {:.2} a call; {time:.1?} a call",
            exchanges as f64 / calls as f64
        );
    }
}
