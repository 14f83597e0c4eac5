//! Takes a snapshot of each of many clusters, a few at a time, and says which are good.
//!
//! ```text
//! cargo run --example nightly -- [AT_A_TIME] < clusters.txt
//! ```
//!
//! Names of clusters are read from standard input, one a line. It exits with 1 if any snapshot failed. Credentials and project come
//! from the environment: `MONGODB_ATLAS_PUBLIC_API_KEY`, `MONGODB_ATLAS_PRIVATE_API_KEY`, `MONGODB_ATLAS_PROJECT_ID`.

use std::env;
use std::error::Error;
use std::io;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

use atlas_backup_api::v2::types::OnDemandSnapshotRequest;
use atlas_backup_api::{Client, RetryPolicy};
use futures_util::{StreamExt, stream};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    run().await.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::FAILURE
    })
}

async fn run() -> Result<ExitCode, Box<dyn Error>> {
    let project = env::var("MONGODB_ATLAS_PROJECT_ID").map_err(|_| "MONGODB_ATLAS_PROJECT_ID is not set")?;
    let at_a_time = env::args().nth(1).unwrap_or_else(|| "20".to_owned());
    let at_a_time: NonZeroUsize = at_a_time.parse().map_err(|error| format!("AT_A_TIME {at_a_time:?}: {error}"))?;
    let lines: Vec<String> = io::stdin().lines().collect::<Result<_, _>>()?;
    let clusters: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();

    // Many calls share one allowance: it is worth while to try again for longer than one program would by itself.
    let patient = RetryPolicy::new().attempts(10);
    let client = Client::builder().from_env()?.retry(patient).total_timeout(Duration::from_secs(900)).build()?;
    let snapshots = clusters.iter().map(|&cluster| {
        let body = OnDemandSnapshotRequest { retention_in_days: Some(7), ..Default::default() };
        let taking = client.v2().take_snapshot_and_wait(&project, cluster, body).deadline(Duration::from_secs(4 * 3600));
        async move { (cluster, taking.await) }
    });

    let mut failed = 0;
    let mut done = stream::iter(snapshots).buffer_unordered(at_a_time.get());
    while let Some((cluster, outcome)) = done.next().await {
        match outcome {
            Ok(snapshot) => println!("{cluster}  {}", snapshot.id),
            Err(error) => {
                failed += 1;
                println!("{cluster}  FAILED: {error}");
            }
        }
    }
    println!("{} clusters, {failed} failed", clusters.len());
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
