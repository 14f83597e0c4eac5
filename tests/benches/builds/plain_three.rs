use plain_client::Client;
use plain_client::types::{ClusterName, ObjectId, OnDemandSnapshotRequest};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new("https://cloud.mongodb.com");
    let project = ObjectId::from("32b6e34b3d91647abb20e7b8".to_owned());
    let cluster = ClusterName::from("orders".to_owned());
    let request = OnDemandSnapshotRequest {
        retention_in_days: Some(5),
        ..Default::default()
    };
    let taken = client
        .take_snapshot(&project, &cluster, None, None, &request)
        .await?;
    let page = client
        .list_snapshots(
            &project,
            &cluster,
            None,
            None,
            Some(500),
            None,
            None,
            None,
            None,
            None,
        )
        .await?;
    for snapshot in &page.results {
        println!("{} {:?}", *snapshot.id, snapshot.status);
    }
    let snapshot = client
        .get_snapshot(&project, &cluster, &taken.id, None, None)
        .await?;
    println!("{} {:?}", *snapshot.id, snapshot.status);
    Ok(())
}
