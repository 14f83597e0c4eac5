//! Shows one legacy snapshot, as clusters older than 2020-03-23 may have them.
//!
//! ```text
//! cargo run --example legacy_snapshot -- CLUSTER SNAPSHOT_ID
//! ```
//!
//! Credentials and project come from the environment: `MONGODB_ATLAS_PUBLIC_API_KEY`, `MONGODB_ATLAS_PRIVATE_API_KEY`,
//! `MONGODB_ATLAS_PROJECT_ID`.

use std::env;
use std::error::Error;

use atlas_backup_api::Client;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let project = env::var("MONGODB_ATLAS_PROJECT_ID").map_err(|_| "MONGODB_ATLAS_PROJECT_ID is not set")?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [cluster, id] = arguments.as_slice() else {
        return Err("usage: legacy_snapshot CLUSTER SNAPSHOT_ID".into());
    };

    let client = Client::from_env()?;
    // Atlas has deprecated legacy backups, and the compiler says so.
    #[allow(deprecated)]
    let snapshot = match client.v2().get_legacy_snapshot(&project, cluster, id).send().await {
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
