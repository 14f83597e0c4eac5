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

use atlas_backup_api::{Client, Timestamp};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let project = env::var("MONGODB_ATLAS_PROJECT_ID").map_err(|_| "MONGODB_ATLAS_PROJECT_ID is not set")?;
    let cluster = env::args().nth(1).ok_or("usage: list_snapshots CLUSTER")?;

    let client = Client::from_env()?;
    let mut snapshots = client.v2().list_snapshots(&project, &cluster).stream();
    let mut count = 0;
    println!("{:24}  {:10}  {:20}  {:20}  {:>12}", "id", "status", "taken", "expires", "bytes");
    // A page is fetched when the one before is used up, however many there are.
    while let Some(snapshot) = snapshots.next().await {
        let snapshot = snapshot?;
        let status = snapshot.status.as_ref().map_or("", |status| status.as_str());
        let (taken, expires) = (shown(snapshot.created_at), shown(snapshot.expires_at));
        let bytes = snapshot.storage_size_bytes.unwrap_or_default();
        println!("{:24}  {status:10}  {taken:20}  {expires:20}  {bytes:>12}", snapshot.id);
        count += 1;
    }
    println!("{count} snapshots of {cluster}");
    Ok(())
}

fn shown(time: Option<Timestamp>) -> String {
    time.map(|time| time.to_string()).unwrap_or_default()
}
