//! Sends the spans of all calls to an OpenTelemetry collector, and prints what the client counted.
//!
//! The collector is at `OTEL_EXPORTER_OTLP_ENDPOINT`, or else at `http://localhost:4318`. The
//! credentials and the project are in the environment variables of the other examples:
//!
//! ```sh
//! cargo run --manifest-path atlas-backup-api/examples/telemetry/Cargo.toml -- orders
//! ```

#[path = "../../common/places.rs"]
#[allow(dead_code, reason = "it finds flex clusters, too")]
mod places;

use std::error::Error;
use std::io::{self, Write};

use atlas_backup_api::Client;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let provider = tracing_to_collector()?;
    let listed = list_snapshots().await;
    // Sends the spans that are still waiting to be sent.
    let sent = provider.shutdown();
    // If both have failed, the list is what matters.
    listed?;
    Ok(sent?)
}

/// Sends the client's spans to the collector from now on.
fn tracing_to_collector() -> Result<SdkTracerProvider, Box<dyn Error>> {
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(SpanExporter::builder().with_http().build()?)
        .with_resource(Resource::builder().with_service_name("backups").build())
        .build();
    // Without the filter, the HTTP client that sends the spans would be traced, too.
    let ours = Targets::new().with_target("atlas_backup_api", LevelFilter::INFO);
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("atlas-backup-api"))
        .with_filter(ours);
    tracing_subscriber::registry().with(layer).init();
    Ok(provider)
}

async fn list_snapshots() -> Result<(), Box<dyn Error>> {
    let cluster = std::env::args().nth(1).ok_or("usage: telemetry CLUSTER")?;
    let client = Client::from_env()?;
    let project = places::project(&client).await?;
    let cluster = places::cluster(&client, &project, &cluster).await?;
    let mut snapshots = client.v2().list_cluster_snapshots(&project, &cluster);
    while let Some(snapshot) = snapshots.next().await {
        // `println!` would panic if the reader closes the pipe, as `| head` does.
        writeln!(io::stdout(), "{}", snapshot?.id)?;
    }
    writeln!(io::stdout(), "{:?}", client.statistics())?;
    Ok(())
}
