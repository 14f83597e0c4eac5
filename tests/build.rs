//! Writes the table of calls, which only the feature `calls` has.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "calls")]
    if let Err(error) = write_table() {
        println!("cargo::error={error}");
    }
}

#[cfg(feature = "calls")]
fn write_table() -> Result<(), Box<dyn std::error::Error>> {
    let generated = std::path::Path::new("../atlas-backup-api/src/generated");
    let apis = ["v1", "v2"];
    for api in apis {
        println!("cargo::rerun-if-changed={}", generated.join(api).display());
    }
    let table = atlas_backup_call_table::table(generated, &apis)?;
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR")?);
    Ok(std::fs::write(out.join("table.rs"), table)?)
}
