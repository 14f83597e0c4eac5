//! The program behind `cargo xtask fake-atlas`.

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use atlas_backup_tests::FaultName;
use atlas_backup_tests::fake_atlas::{
    CLIENT_ID, CLIENT_SECRET, CLUSTERS, Clock, ClusterKind, FakeAtlas, Family, Faults, PRIVATE_KEY,
    PROJECT_NAME, PUBLIC_KEY,
};
use atlas_backup_tests::{READER_GONE, is_reader_gone, shutdown_signal};
use clap::{Parser, value_parser};

/// Run a stateful fake Atlas on this machine, to try programs against
#[derive(Parser)]
#[command(
    name = "cargo xtask fake-atlas",
    bin_name = "cargo xtask fake-atlas",
    max_term_width = 80,
    after_help = "It runs until Ctrl-C is pressed, or until it receives SIGINT, SIGTERM or SIGHUP. It reads no input."
)]
struct Arguments {
    /// Port to listen on; 0 lets the system pick one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Speed of its clock, as a multiple of real time; a snapshot takes one minute on that clock
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=1_000_000))]
    speed: u32,
    /// Number of additional replica sets
    #[arg(long, default_value_t = 0)]
    clusters: usize,
    /// Fault to inject into the next request with credentials; repeat the option to queue several
    #[arg(long, value_name = "NAME")]
    fault: Vec<FaultName>,
    /// When the program ends, write all requests and responses to this file, as an HTTP Archive
    #[arg(long, value_name = "FILE")]
    har: Option<PathBuf>,
}

fn main() -> ExitCode {
    let Err(error) = run(&Arguments::parse()) else {
        return ExitCode::SUCCESS;
    };
    if is_reader_gone(&*error) {
        return ExitCode::from(READER_GONE);
    }
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // Installed before the program prints its URL, so that a signal at any later time ends it
    // cleanly.
    let end = runtime.block_on(async { shutdown_signal() })?;
    let faults =
        Faults::script(arguments.fault.iter().map(|name| name.fault())).with_authorization();
    let atlas = FakeAtlas::builder()
        .clock(&Clock::running(arguments.speed.into()))
        .clusters(arguments.clusters)
        .faults(&faults);
    let atlas = atlas
        .start_on(arguments.port)
        .map_err(|error| format!("cannot listen on port {}: {error}", arguments.port))?;
    // Created now: at the end it would be too late to learn that it cannot be.
    let recording = arguments.har.as_deref().map(Recording::create);
    let recording = recording.transpose()?;
    greet(&atlas, arguments)?;
    runtime.block_on(end);
    for violation in atlas.spec_violations() {
        eprintln!("bug in the fake Atlas: a response does not conform to the spec: {violation}");
    }
    recording.map_or(Ok(()), |recording| recording.write(&atlas))?;
    Ok(())
}

/// The file that the requests and responses are written to.
struct Recording<'a> {
    path: &'a Path,
    file: File,
}

impl<'a> Recording<'a> {
    fn create(path: &'a Path) -> Result<Self, String> {
        let file = File::create(path)
            .map_err(|error| format!("cannot create {}: {error}", path.display()))?;
        Ok(Recording { path, file })
    }

    fn write(mut self, atlas: &FakeAtlas) -> Result<(), String> {
        let written = writeln!(self.file, "{:#}", atlas.server().har());
        written.map_err(|error| format!("cannot write {}: {error}", self.path.display()))
    }
}

/// Prints what the server has, and commands that can be pasted into a shell.
fn greet(atlas: &FakeAtlas, arguments: &Arguments) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "A fake Atlas listens on {}.", atlas.url())?;
    writeln!(
        out,
        "Its clock runs {} times as fast as real time.\n",
        arguments.speed
    )?;
    writeln!(
        out,
        "The project {PROJECT_NAME} has these clusters, each with three complete snapshots:"
    )?;
    for (name, kind) in CLUSTERS {
        writeln!(out, "  {name:11} {}", words(*kind))?;
    }
    match arguments.clusters {
        0 => {}
        1 => writeln!(out, "  cluster-001 {}", words(ClusterKind::ReplicaSet))?,
        count => writeln!(out, "  cluster-001 to cluster-{count:03}, replica sets")?,
    }
    writeln!(
        out,
        "\nLeave this running (Ctrl-C stops it), and paste the lines below into a second"
    )?;
    writeln!(out, "shell. All keys are made up.\n")?;
    writeln!(out, "export MONGODB_ATLAS_BASE_URL={}", atlas.url())?;
    writeln!(out, "export MONGODB_ATLAS_PUBLIC_API_KEY={PUBLIC_KEY}")?;
    writeln!(out, "export MONGODB_ATLAS_PRIVATE_API_KEY={PRIVATE_KEY}")?;
    writeln!(out, "export MONGODB_ATLAS_PROJECT={PROJECT_NAME}\n")?;
    writeln!(out, "# To use a service account instead of the API key:")?;
    writeln!(
        out,
        "# unset MONGODB_ATLAS_PUBLIC_API_KEY MONGODB_ATLAS_PRIVATE_API_KEY"
    )?;
    writeln!(out, "# export MONGODB_ATLAS_CLIENT_ID='{CLIENT_ID}'")?;
    writeln!(
        out,
        "# export MONGODB_ATLAS_CLIENT_SECRET='{CLIENT_SECRET}'\n"
    )?;
    writeln!(
        out,
        "# With the program (cargo install --locked --path atlas-backup-api/cli):"
    )?;
    for command in [
        "take orders --wait",
        "save orders latest --into backups",
        "verify backups",
        "restore orders latest --to events",
    ] {
        writeln!(out, "atlas-backup {command}")?;
    }
    writeln!(out, "\n# With the examples of the client:")?;
    for example in examples(atlas) {
        writeln!(out, "cargo run -p atlas-backup-api --example {example}")?;
    }
    Ok(())
}

/// Examples to try, with ids that exist.
fn examples(atlas: &FakeAtlas) -> [String; 6] {
    let latest = |family, cluster| atlas.latest(family, cluster).unwrap_or_default();
    [
        "list_snapshots -- orders".to_owned(),
        "take_snapshot -- orders".to_owned(),
        format!(
            "download_snapshot -- orders {} backups",
            latest(Family::Snapshot, "orders")
        ),
        "flex_snapshots -- flex backups".to_owned(),
        format!(
            "tenant_download -- tenant {} backups",
            latest(Family::TenantSnapshot, "tenant")
        ),
        format!(
            "legacy_snapshot -- legacy {}",
            latest(Family::LegacySnapshot, "legacy")
        ),
    ]
}

fn words(kind: ClusterKind) -> &'static str {
    match kind {
        ClusterKind::ReplicaSet => "a replica set",
        ClusterKind::Sharded => "a sharded cluster",
        ClusterKind::Flex => "a flex cluster",
        ClusterKind::Tenant => "an M2 or M5 cluster",
        ClusterKind::Serverless => "a serverless instance",
        ClusterKind::Legacy => "a cluster with legacy backups",
    }
}
