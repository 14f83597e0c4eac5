//! Shows one legacy snapshot, as clusters older than 2020-03-23 may have them; without an id, lists the ids there are.
//!
//! ```text
//! cargo run --example legacy_snapshot -- CLUSTER [SNAPSHOT_ID]
//! ```
//!
//! Credentials and project come from the environment: `MONGODB_ATLAS_PUBLIC_API_KEY`, `MONGODB_ATLAS_PRIVATE_API_KEY`,
//! `MONGODB_ATLAS_PROJECT_ID`.

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
    let client = Client::from_env()?;
    match arguments.as_slice() {
        [cluster] => list(&client, &project, cluster).await,
        [cluster, id] => show(&client, &project, cluster, id).await,
        _ => Err("usage: legacy_snapshot CLUSTER [SNAPSHOT_ID]".into()),
    }
}

// Atlas has deprecated legacy backups, and the compiler says so.
#[allow(deprecated)]
async fn list(client: &Client, project: &str, cluster: &str) -> Result<(), Box<dyn Error>> {
    let mut snapshots = client.v2().list_legacy_snapshots(project, cluster).stream();
    while let Some(snapshot) = snapshots.next().await {
        println!("{}", snapshot?.id);
    }
    Ok(())
}

#[allow(deprecated)]
async fn show(client: &Client, project: &str, cluster: &str, id: &str) -> Result<(), Box<dyn Error>> {
    let snapshot = match client.v2().get_legacy_snapshot(project, cluster, id).send().await {
        Err(error) if error.is_not_found() => return Err(format!("{cluster} has no legacy snapshot {id}").into()),
        answer => answer?,
    };

    println!("{} of {}", snapshot.id, snapshot.cluster_name.as_deref().unwrap_or(cluster));
    println!("complete  {}", snapshot.complete.unwrap_or_default());
    match (snapshot.do_not_delete, snapshot.expires) {
        (Some(true), _) => println!("expires   never"),
        (_, Some(time)) => println!("expires   {time}"),
        (_, None) => println!("expires   not known"),
    }
    for part in &snapshot.parts {
        let name = part.replica_set_name.as_deref().unwrap_or("?");
        println!("part      {name}, {} bytes", part.file_size_bytes.unwrap_or_default());
    }
    Ok(())
}
