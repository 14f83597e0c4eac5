//! Takes a snapshot of each of many clusters, a few at a time, and reports which are good. `--help`
//! lists the arguments.

mod common;

use std::error::Error;
use std::io;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

use atlas_backup_api::v2::types::{OnDemandSnapshotRequest, Snapshot};
use atlas_backup_api::{Client, ObjectId, RetryPolicy};
use futures_util::{StreamExt, stream};

const HELP: &str = "\
Takes a snapshot of each of many clusters and waits until all are completed.
Their names or ids are read from standard input, one a line. A line on standard
output names each good snapshot, one on standard error each that is not; if
there is any of those, the exit status is 1.

Usage: nightly [AT_A_TIME]

  AT_A_TIME  of how many clusters at a time; 20 if not given

Example:
  cargo run -p atlas-backup-api --example nightly -- 5 <clusters.txt
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::main(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let at_a_time = match arguments.as_slice() {
        [] => "20",
        [at_a_time] => at_a_time.as_str(),
        _ => return Err(common::WrongUse.into()),
    };
    let at_a_time: NonZeroUsize = at_a_time
        .parse()
        .map_err(|error| format!("AT_A_TIME {at_a_time:?}: {error}"))?;
    let lines: Vec<String> = io::stdin().lines().collect::<Result<_, _>>()?;
    let clusters: Vec<&str> = lines
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty())
        .collect();

    // Many calls share one rate limit, so it is worth retrying for longer than by default.
    let patient = RetryPolicy::new().max_attempts(10);
    let client = Client::builder()
        .from_env()?
        .retry(patient)
        .total_timeout(Duration::from_secs(900))
        .build()?;
    let project = common::project(&client).await?;
    let snapshots = clusters
        .iter()
        .map(async |&cluster| (cluster, take(&client, &project, cluster).await));

    let mut failed = 0;
    let mut done = stream::iter(snapshots).buffer_unordered(at_a_time.get());
    while let Some((cluster, outcome)) = done.next().await {
        match outcome {
            Ok(snapshot) => println!("{cluster}  {}", snapshot.id),
            Err(error) => {
                failed += 1;
                eprintln!("{cluster}  FAILED: {error}");
            }
        }
    }
    println!("{} clusters, {failed} failed", clusters.len());
    if failed > 0 {
        Err(format!("{failed} of {} snapshots are not good", clusters.len()).into())
    } else {
        Ok(())
    }
}

async fn take(
    client: &Client,
    project: &ObjectId,
    cluster: &str,
) -> Result<Snapshot, Box<dyn Error>> {
    let cluster = common::cluster(client, project, cluster).await?;
    let body = OnDemandSnapshotRequest {
        retention_in_days: Some(7),
        ..Default::default()
    };
    let taking = client
        .v2()
        .take_snapshot_and_wait(project, cluster, body)
        .deadline(Duration::from_secs(4 * 3600));
    Ok(taking.await?)
}
