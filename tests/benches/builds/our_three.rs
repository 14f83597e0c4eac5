use atlas_backup_api::Client;
use atlas_backup_api::v2::types::OnDemandSnapshotRequest;

const PROJECT: &str = "32b6e34b3d91647abb20e7b8";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let request = OnDemandSnapshotRequest {
        retention_in_days: Some(5),
        ..Default::default()
    };
    let taken = client
        .v2()
        .take_snapshot(PROJECT, "orders", request)
        .send()
        .await?;
    let page = client
        .v2()
        .list_snapshots(PROJECT, "orders")
        .items_per_page(500)
        .send()
        .await?;
    for snapshot in &page.results {
        println!("{} {:?}", snapshot.id, snapshot.status);
    }
    let snapshot = client
        .v2()
        .get_snapshot(PROJECT, "orders", &taken.id)
        .send()
        .await?;
    println!("{} {:?}", snapshot.id, snapshot.status);
    Ok(())
}
