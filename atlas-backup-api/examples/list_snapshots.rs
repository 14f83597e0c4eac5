//! Lists the snapshots of a cluster as a table.
//!
//! ```text
//! cargo run --example list_snapshots -- CLUSTER
//! ```
//!
//! Credentials and project come from the environment: `MONGODB_ATLAS_PUBLIC_API_KEY`, `MONGODB_ATLAS_PRIVATE_API_KEY`,
//! `MONGODB_ATLAS_PROJECT_ID`.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use atlas_backup_api::{Client, Timestamp};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Err(error) = run().await else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

async fn run() -> Result<(), Box<dyn Error>> {
    let project = env::var("MONGODB_ATLAS_PROJECT_ID").map_err(|_| "MONGODB_ATLAS_PROJECT_ID is not set")?;
    let cluster = env::args().nth(1).ok_or("usage: list_snapshots CLUSTER")?;

    let client = Client::from_env()?;
    let mut snapshots = client.v2().list_snapshots(&project, &cluster).stream();
    let mut next = snapshots.next().await;
    if next.as_ref().is_none_or(|first| first.as_ref().is_err_and(is_refused)) {
        // A sharded cluster has a list of its own.
        snapshots = client.v2().list_sharded_snapshots(&project, &cluster).stream();
        next = snapshots.next().await;
    }
    let mut count = 0;
    while let Some(snapshot) = next {
        let snapshot = snapshot?;
        if count == 0 {
            println!("{:24}  {:10}  {:20}  {:20}  {:>12}", "id", "status", "taken", "expires", "bytes");
        }
        let status = snapshot.status.as_ref().map_or("", |status| status.as_str());
        let (taken, expires) = (shown(snapshot.created_at), shown(snapshot.expires_at));
        let bytes = snapshot.storage_size_bytes.unwrap_or_default();
        println!("{:24}  {status:10}  {taken:20}  {expires:20}  {bytes:>12}", snapshot.id);
        count += 1;
        // A page is fetched when the one before is used up, however many there are.
        next = snapshots.next().await;
    }
    println!("{count} snapshots of {cluster}");
    Ok(())
}

fn is_refused(error: &atlas_backup_api::Error) -> bool {
    error.status().is_some_and(|status| status.is_client_error())
}

fn shown(time: Option<Timestamp>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}
