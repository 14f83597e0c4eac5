//! Downloads a snapshot into a directory: one file for a replica set, one for each shard of a sharded cluster.
//!
//! ```text
//! cargo run --example download_snapshot -- CLUSTER SNAPSHOT_ID DIRECTORY
//! ```
//!
//! Run again after it broke off, it goes on where it was. Credentials and project come from the environment:
//! `MONGODB_ATLAS_PUBLIC_API_KEY`, `MONGODB_ATLAS_PRIVATE_API_KEY`, `MONGODB_ATLAS_PROJECT_ID`.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use atlas_backup_api::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Err(error) = run().await else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

async fn run() -> Result<(), Box<dyn Error>> {
    let project = env::var("MONGODB_ATLAS_PROJECT_ID").map_err(|_| "MONGODB_ATLAS_PROJECT_ID is not set")?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [cluster, snapshot, directory] = arguments.as_slice() else {
        return Err("usage: download_snapshot CLUSTER SNAPSHOT_ID DIRECTORY".into());
    };

    let client = Client::from_env()?;
    let mut percent = 0;
    let files = client
        .v2()
        .save_snapshot(&project, cluster, snapshot)
        .renew_expired(true)
        .on_download(move |file| {
            let now = file.total.map_or(0, |total| file.bytes * 100 / total.max(1));
            if now != percent {
                percent = now;
                eprint!("\r{} {percent} %", file.file);
            }
        })
        .into_directory(directory)
        .await?;

    eprintln!();
    for file in files {
        println!("{}  {} bytes", file.path.display(), file.bytes);
    }
    Ok(())
}
