//! What `cargo xtask demo` runs.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use atlas_backup_api::{Client, Credentials, SavedFile};
use atlas_backup_tests::fake_atlas::{Clock, FakeAtlas, PRIVATE_KEY, PROJECT, PUBLIC_KEY};
use clap::{Parser, value_parser};
use sha1::{Digest, Sha1};

// The example that runs against Atlas.
#[allow(dead_code)]
#[path = "../../../atlas-backup-api/examples/whole_story.rs"]
mod whole_story;

/// Show what one does with a backup, from taking it to having it on disk, against an Atlas on this machine
#[derive(Parser)]
#[command(name = "cargo xtask demo", bin_name = "cargo xtask demo", max_term_width = 100)]
struct Arguments {
    /// Cluster to back up: `orders` is a replica set, `events` is sharded
    #[arg(default_value = "orders", value_parser = ["orders", "events"])]
    cluster: String,
    /// Where to save the snapshot; it is deleted at the end unless this is given
    #[arg(long, value_name = "DIRECTORY")]
    keep: Option<PathBuf>,
    /// How many mebibytes each file of the snapshot has
    #[arg(long, value_name = "MIB", default_value_t = 32)]
    size: u64,
    /// How many times as fast as the wall's the clock of the fake Atlas runs: a snapshot takes a minute of it
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=1_000_000))]
    speed: u32,
}

fn main() -> ExitCode {
    let Err(error) = run(&Arguments::parse()) else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match &arguments.keep {
        Some(directory) => runtime.block_on(demo(arguments, directory)),
        None => {
            let directory = tempfile::tempdir()?;
            runtime.block_on(demo(arguments, directory.path()))
        }
    }
}

async fn demo(arguments: &Arguments, directory: &Path) -> Result<(), Box<dyn Error>> {
    let atlas = FakeAtlas::builder().clock(&Clock::running(arguments.speed.into())).start().await;
    atlas.download_bytes(arguments.size << 20);
    println!("A fake Atlas listens on {}. No account is needed, and all keys are made up.\n", atlas.url());
    let client = Client::builder().base_url(atlas.url()).credentials(Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY)).build()?;
    let pace = (Duration::from_millis(200), Duration::from_secs(1));
    let files = whole_story::tell(&client, PROJECT, &arguments.cluster, directory, pace).await?;
    verify(&atlas, &files)?;
    report(&atlas);
    Ok(())
}

/// The fake knows what it offered, which Atlas does not tell.
fn verify(atlas: &FakeAtlas, files: &[SavedFile]) -> Result<(), Box<dyn Error>> {
    let offered: Vec<String> = atlas.delivery().offers().iter().map(|offer| offer.sha1()).collect();
    for file in files {
        let sha1 = sha1(&file.path)?;
        if !offered.contains(&sha1) {
            return Err(format!("{} is not what was offered: its SHA-1 is {sha1}", file.path.display()).into());
        }
        println!("   {}  SHA-1 {sha1}, as offered", file.path.display());
    }
    Ok(())
}

fn sha1(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha1::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// What it cost.
fn report(atlas: &FakeAtlas) {
    let mut calls: BTreeMap<(String, String), Vec<u16>> = BTreeMap::new();
    let received = atlas.server().received();
    for request in &received {
        let call = (template(request.path()), request.method.clone());
        calls.entry(call).or_default().extend(request.status);
    }
    println!("6. That took {} HTTP exchanges on {} connection(s)", received.len(), atlas.server().connections());
    for ((path, method), statuses) in &calls {
        let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
        println!("   {method:4} {path}: {}", statuses.join(" "));
    }
    println!("\nThe same against Atlas: cargo run -p atlas-backup-api --example whole_story -- CLUSTER DIRECTORY");
}

/// A path with its ids left out.
fn template(path: &str) -> String {
    let is_id = |segment: &str| segment.len() == 24 && segment.bytes().all(|byte| byte.is_ascii_hexdigit());
    let segments = path.split('/').map(|segment| if is_id(segment) { "{id}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}
