//! The program behind `cargo xtask demo`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use atlas_backup_api::{Client, Credentials, SavedFile};
use atlas_backup_tests::fake_atlas::{Clock, FakeAtlas, PRIVATE_KEY, PROJECT_NAME, PUBLIC_KEY};
use atlas_backup_tests::{READER_GONE, is_reader_gone, shutdown_signal};
use clap::{Parser, value_parser};
use sha1::{Digest, Sha1};
use tempfile::TempDir;

// The example program, which can also be run against Atlas.
#[allow(dead_code)]
#[path = "../../../atlas-backup-api/examples/whole_story.rs"]
mod whole_story;

/// Take a snapshot, list it and download it, against a fake Atlas on this machine
#[derive(Parser)]
#[command(
    name = "cargo xtask demo",
    bin_name = "cargo xtask demo",
    max_term_width = 80,
    after_help = "Press Ctrl-C to stop. The saved files are then deleted, as they are at the end without `--keep`."
)]
struct Arguments {
    /// Cluster to back up: `orders` is a replica set, `events` is sharded
    #[arg(default_value = "orders", value_parser = ["orders", "events"])]
    cluster: String,
    /// Keep the downloaded snapshot, in a new folder inside this directory (created if missing)
    #[arg(long, value_name = "DIRECTORY")]
    keep: Option<PathBuf>,
    /// Size of each downloaded file, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 32, value_parser = value_parser!(u64).range(1..=1_048_576))]
    size: u64,
    /// Speed of the fake Atlas's clock, as a multiple of real time; a snapshot takes one minute on
    /// that clock
    #[arg(long, default_value_t = 20, value_parser = value_parser!(u32).range(1..=10_000))]
    speed: u32,
}

fn main() -> ExitCode {
    run(&Arguments::parse()).unwrap_or_else(|error| {
        if is_reader_gone(&*error) {
            return ExitCode::from(READER_GONE);
        }
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

/// Runs the demo. Before it returns, it deletes everything that the demo has saved, unless `--keep`
/// was given.
fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let ended = runtime.block_on(async { shutdown_signal() })?;
    let target = Target::new(arguments.keep.as_deref())?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            result = demo(arguments, target.path()) => result.map(|()| None),
            status = ended => Ok(Some(status)),
        }
    });
    // Dropping the runtime waits for the threads that write files.
    drop(runtime);
    match outcome {
        Ok(None) => {
            target.close()?;
            let mut out = io::stdout();
            writeln!(out, "\nTo do the same against Atlas, run:")?;
            writeln!(
                out,
                "cargo run -p atlas-backup-api --example whole_story -- CLUSTER DIRECTORY"
            )?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(Some(status)) => {
            target.delete()?;
            eprintln!("\ninterrupted; the saved files were deleted");
            Ok(ExitCode::from(status))
        }
        Err(error) => {
            target.delete()?;
            Err(error)
        }
    }
}

/// The folder that the snapshot is saved in.
struct Target {
    folder: TempDir,
    /// The directory given with `--keep`, which contains `folder`.
    keep: Option<PathBuf>,
    /// Whether this program has created that directory.
    created: bool,
}

impl Target {
    fn new(keep: Option<&Path>) -> Result<Self, String> {
        let around = keep.map_or_else(std::env::temp_dir, Path::to_owned);
        let failed =
            |error: io::Error| format!("cannot create a folder in {}: {error}", around.display());
        // Missing parents are not created, because they would have to be deleted as well.
        let created = keep.is_some() && !around.exists();
        if created {
            fs::create_dir(&around).map_err(|error| {
                format!("cannot create the folder {}: {error}", around.display())
            })?;
        }
        let folder = tempfile::Builder::new()
            .prefix("atlas-backup-demo-")
            .tempdir_in(&around)
            .map_err(failed)?;
        Ok(Target {
            folder,
            keep: keep.map(Path::to_owned),
            created,
        })
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Keeps the saved files if `--keep` was given, and prints where they are.
    fn close(self) -> Result<(), Box<dyn Error>> {
        let done = if self.keep.is_none() {
            self.delete()?;
            "The downloaded snapshot was deleted; use `--keep DIRECTORY` to keep it.".to_owned()
        } else {
            format!("The snapshot is kept in {}", self.folder.keep().display())
        };
        Ok(writeln!(io::stdout(), "\n{done}")?)
    }

    fn delete(self) -> Result<(), String> {
        let path = self.folder.path().to_owned();
        self.folder
            .close()
            .map_err(|error| format!("cannot delete {}: {error}", path.display()))?;
        match self.keep {
            // This fails if others have put files there meanwhile, which must not be deleted.
            Some(keep) if self.created => drop(fs::remove_dir(keep)),
            _ => {}
        }
        Ok(())
    }
}

async fn demo(arguments: &Arguments, directory: &Path) -> Result<(), Box<dyn Error>> {
    let atlas = FakeAtlas::builder()
        .clock(&Clock::running(arguments.speed.into()))
        .start()
        .await;
    atlas.set_download_size(arguments.size << 20);
    let mut out = io::stdout();
    writeln!(out, "A fake Atlas listens on {}.", atlas.url())?;
    writeln!(out, "No account is needed, and all keys are made up.\n")?;
    let client = Client::builder()
        .base_url(atlas.url())
        .credentials(Credentials::api_key(PUBLIC_KEY, PRIVATE_KEY))
        .build()?;
    let pace = (Duration::from_millis(200), Duration::from_secs(1));
    let project = client.v2().find_project(PROJECT_NAME).await?;
    let files = whole_story::tell(
        &client,
        &project.id,
        &arguments.cluster.parse()?,
        directory,
        pace,
    )
    .await?;
    verify(&atlas, &files).await?;
    report(&atlas)?;
    Ok(())
}

/// Compares the saved files with those of the fake. Atlas itself gives no hash to compare with.
async fn verify(atlas: &FakeAtlas, files: &[SavedFile]) -> Result<(), Box<dyn Error>> {
    let expected: Vec<String> = atlas
        .download_host()
        .files()
        .iter()
        .map(|file| file.sha1())
        .collect();
    for file in files {
        let sha1 = sha1(&file.path).await?;
        if !expected.contains(&sha1) {
            return Err(format!(
                "{} is not the file that the fake Atlas sent: its SHA-1 is {sha1}",
                file.path.display()
            )
            .into());
        }
        writeln!(io::stdout(), "   SHA-1 {sha1}, as expected")?;
    }
    Ok(())
}

async fn sha1(path: &Path) -> io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha1::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer)? {
            0 => {
                return Ok(hash
                    .finalize()
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect());
            }
            count => hash.update(&buffer[..count]),
        }
        // Yields, so that Ctrl-C is handled.
        tokio::task::yield_now().await;
    }
}

/// Prints the requests that the demo has made to the API. The download host counts its own.
fn report(atlas: &FakeAtlas) -> io::Result<()> {
    let mut calls: BTreeMap<(String, String, u16), usize> = BTreeMap::new();
    let received = atlas.server().received_requests();
    for request in &received {
        let call = (
            template(request.path()),
            request.method.clone(),
            request.status.unwrap_or_default(),
        );
        *calls.entry(call).or_default() += 1;
    }
    let mut out = io::stdout();
    writeln!(
        out,
        "5. That took {} HTTP requests to the API on {} connection(s)",
        received.len(),
        atlas.server().connections()
    )?;
    for ((path, method, status), count) in &calls {
        writeln!(out, "   {count:3} x {status}  {method:4} {path}")?;
    }
    Ok(())
}

/// The path without the id of the project, and with `{id}` in place of other ids.
fn template(path: &str) -> String {
    let is_id =
        |segment: &str| segment.len() == 24 && segment.bytes().all(|byte| byte.is_ascii_hexdigit());
    let path = path
        .strip_prefix("/api/atlas/v2/groups/")
        .and_then(|path| path.split_once('/'))
        .filter(|(project, _)| is_id(project))
        .map_or(path, |(_project, rest)| rest);
    let segments = path
        .split('/')
        .map(|segment| if is_id(segment) { "{id}" } else { segment });
    segments.collect::<Vec<_>>().join("/")
}
