fn main() -> Result<(), atlas_backup_api::Error> {
    let client = atlas_backup_api::Client::new(atlas_backup_api::Credentials::service_account("fake-id", "fake-secret"))?;
    #[cfg(any(feature = "default", feature = "v1"))]
    println!("v1: {:?}", client.v1());
    #[cfg(any(feature = "default", feature = "v2"))]
    println!("v2: {:?}", client.v2());
    Ok(())
}
