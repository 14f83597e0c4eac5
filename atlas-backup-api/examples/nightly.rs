//! Takes a snapshot of each of many clusters, a few at a time, and reports which are good. `--help`
//! lists the arguments.

mod common;

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::time::Duration;

use atlas_backup_api::v2::types::{ClusterType, OnDemandSnapshotRequest, Snapshot};
use atlas_backup_api::{Client, ObjectId, RetryPolicy};
use futures_util::{StreamExt, stream};

const HELP: &str = "\
Takes a snapshot of each of many clusters and waits until all are completed.
Their names or ids are read from standard input, one a line. A line on standard
output names each good snapshot, one on standard error each that is not; if
there is any of those, the exit status is 1.

Another run with the same NAME takes only the snapshots that are missing, so
run it again if it was interrupted or a snapshot is not good.

Usage: nightly NAME [AT_A_TIME]

  NAME       a name for this night's snapshots, such as its date
  AT_A_TIME  of how many clusters at a time; 20 if not given

Example:
  cargo run -p atlas-backup-api --example nightly -- 2026-01-31 5 <clusters.txt
";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    common::main(HELP, run).await
}

async fn run(arguments: Vec<String>) -> Result<(), Box<dyn Error>> {
    let (name, at_a_time) = match arguments.as_slice() {
        [name] => (name, "20"),
        [name, at_a_time] => (name, at_a_time.as_str()),
        _ => return Err(common::WrongUse.into()),
    };
    let at_a_time: NonZeroUsize = at_a_time
        .parse()
        .map_err(|error| format!("AT_A_TIME {at_a_time:?}: {error}"))?;
    let lines: Vec<String> = io::stdin().lines().collect::<Result<_, _>>()?;
    // Each cluster once, even if it is given twice.
    let clusters: BTreeSet<&str> = lines
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty())
        .collect();
    if clusters.is_empty() {
        return Err("standard input names no cluster".into());
    }

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
        .map(async |&cluster| (cluster, take(&client, &project, cluster, name).await));

    let (mut failed, mut printed) = (0, Ok(()));
    let mut done = stream::iter(snapshots).buffer_unordered(at_a_time.get());
    while let Some((cluster, outcome)) = done.next().await {
        let line = match outcome {
            Ok(snapshot) => writeln!(io::stdout(), "{cluster}  {}", snapshot.id),
            Err(error) => {
                failed += 1;
                writeln!(io::stderr(), "{cluster}  FAILED: {error}")
            }
        };
        // `println!` would panic if the reader has gone, and the other snapshots are wanted still.
        printed = printed.and(line);
    }
    let count = clusters.len();
    printed = printed.and(writeln!(io::stdout(), "{count} clusters, {failed} failed"));
    if failed > 0 {
        return Err(format!("{failed} of {count} snapshots are not good").into());
    }
    printed.map_err(|error| format!("not all could be printed: {error}"))?;
    Ok(())
}

/// Takes the snapshot of this name, unless there is one, and waits until it is completed.
async fn take(
    client: &Client,
    project: &ObjectId,
    cluster: &str,
    name: &str,
) -> Result<Snapshot, Box<dyn Error>> {
    let cluster = &common::cluster(client, project, cluster).await?;
    let body = OnDemandSnapshotRequest {
        retention_in_days: Some(7),
        ..Default::default()
    };
    let (api, deadline) = (client.v2(), Duration::from_secs(4 * 3600));
    let taking = api.take_snapshot_once(project, cluster, name, body);
    let snapshot = taking.deadline(deadline).await?.snapshot;
    let waiting = match snapshot.type_ {
        Some(ClusterType::ShardedCluster) => api
            .get_sharded_snapshot(project, cluster, &snapshot.id)
            .wait(),
        _ => api.get_snapshot(project, cluster, &snapshot.id).wait(),
    };
    Ok(waiting.just_created().deadline(deadline).await?)
}
