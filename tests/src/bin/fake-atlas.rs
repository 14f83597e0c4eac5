//! What `cargo xtask fake-atlas` runs.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use atlas_backup_tests::fake_atlas::{
    CLIENT_ID, CLIENT_SECRET, CLUSTERS, Clock, FakeAtlas, Family, Fault, Faults, PRIVATE_KEY, PROJECT, PUBLIC_KEY,
};
use clap::{Parser, ValueEnum, value_parser};

/// Run an Atlas on this machine that remembers what it is told, to try programs on
#[derive(Parser)]
#[command(
    name = "cargo xtask fake-atlas",
    bin_name = "cargo xtask fake-atlas",
    max_term_width = 100,
    after_help = "It ends with its input (Ctrl-D) or with Ctrl-C."
)]
struct Arguments {
    /// Port to listen on; 0 lets the system pick one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How many times as fast as the wall's its clock runs: a snapshot takes a minute of it
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=1_000_000))]
    speed: u32,
    /// How many replica sets there are beside the usual clusters
    #[arg(long, default_value_t = 0)]
    clusters: usize,
    /// What goes wrong, once each and in this order, for calls that show credentials
    #[arg(long, value_name = "NAME")]
    fault: Vec<FaultName>,
    /// Write all exchanges to this file at the end, as an HTTP Archive
    #[arg(long, value_name = "FILE")]
    har: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum FaultName {
    /// 429, to be tried again after 2 seconds
    RateLimited,
    /// 400 with the error code of rate limiting
    RateLimitedAs400,
    /// 502 without a body
    BadGateway,
    /// 503 in HTML
    Unavailable,
    /// 504 in plain text
    GatewayTimeout,
    /// A connection reset before the answer
    Reset,
    /// A connection reset in the middle of the answer
    ResetMidBody,
    /// A connection that ends in the middle of the answer
    CutShort,
    /// No answer, ever
    Silent,
    /// 401 in another charset, without a challenge
    Unauthorized,
}

impl FaultName {
    fn fault(self) -> Fault {
        match self {
            FaultName::RateLimited => Fault::rate_limited(Some(2)),
            FaultName::RateLimitedAs400 => Fault::rate_limited_as_400(),
            FaultName::BadGateway => Fault::empty_502(),
            FaultName::Unavailable => Fault::html_503(),
            FaultName::GatewayTimeout => Fault::gateway_timeout_504(),
            FaultName::Reset => Fault::reset(),
            FaultName::ResetMidBody => Fault::reset_mid_body(),
            FaultName::CutShort => Fault::cut_short(),
            FaultName::Silent => Fault::silent(),
            FaultName::Unauthorized => Fault::unauthorized_latin_1(),
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let faults = Faults::script(arguments.fault.iter().map(|name| name.fault())).on_signed();
    let atlas = FakeAtlas::builder().clock(&Clock::running(arguments.speed.into())).clusters(arguments.clusters).faults(&faults);
    let atlas = match atlas.start_on(arguments.port) {
        Ok(atlas) => atlas,
        Err(error) => {
            eprintln!("cannot listen on port {}: {error}", arguments.port);
            return ExitCode::FAILURE;
        }
    };
    greet(&atlas, &arguments);
    wait();
    for fault in atlas.faults_of_its_own() {
        eprintln!("not an answer of Atlas: {fault}");
    }
    let Some(path) = &arguments.har else { return ExitCode::SUCCESS };
    match fs::write(path, format!("{:#}\n", atlas.server().har())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cannot write {}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}

/// Until the input ends, whatever it says, or Ctrl-C is pressed.
fn wait() {
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        let _ctrl_c_came_first = ended.send(());
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("the system has an event queue to give");
    runtime.block_on(async {
        tokio::select! {
            _ = end => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    });
}

fn greet(atlas: &FakeAtlas, arguments: &Arguments) {
    let clusters: Vec<String> = CLUSTERS.iter().map(|(name, kind)| format!("{name} ({kind:?})")).collect();
    println!("A fake Atlas listens on {}, its clock {} times as fast as the wall's.\n", atlas.url(), arguments.speed);
    println!("Clusters: {}", clusters.join(", "));
    match arguments.clusters {
        0 => {}
        1 => println!("and cluster-001"),
        count => println!("and cluster-001 to cluster-{count:03}"),
    }
    println!("Each has three complete snapshots. All keys are made up. Leave this running, and paste into a second shell:\n");
    println!("export MONGODB_ATLAS_BASE_URL={}", atlas.url());
    println!("export MONGODB_ATLAS_PUBLIC_API_KEY={PUBLIC_KEY}");
    println!("export MONGODB_ATLAS_PRIVATE_API_KEY={PRIVATE_KEY}");
    println!("export MONGODB_ATLAS_PROJECT_ID={PROJECT}\n");
    println!("# Instead of the keys, a service account:");
    println!("# unset MONGODB_ATLAS_PUBLIC_API_KEY MONGODB_ATLAS_PRIVATE_API_KEY");
    println!("# export MONGODB_ATLAS_CLIENT_ID='{CLIENT_ID}'");
    println!("# export MONGODB_ATLAS_CLIENT_SECRET='{CLIENT_SECRET}'\n");
    let latest = |family, cluster| atlas.latest(family, cluster).unwrap_or_default();
    let (snapshot, legacy) = (latest(Family::Snapshot, "orders"), latest(Family::LegacySnapshot, "legacy"));
    for example in [
        "list_snapshots -- orders".to_owned(),
        "take_snapshot -- orders".to_owned(),
        format!("download_snapshot -- orders {snapshot} backups"),
        format!("legacy_snapshot -- legacy {legacy}"),
    ] {
        println!("cargo run -p atlas-backup-api --example {example}");
    }
}
