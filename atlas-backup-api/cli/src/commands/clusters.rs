//! `atlas-backup clusters`: lists the clusters of a project.

use super::Context;
use crate::failure::Failure;
use crate::records::Cluster;

pub async fn run(context: &Context) -> Result<(), Failure> {
    let project = context.project().await?;
    let mut count = 0;
    // Flex clusters have a list of their own.
    let mut clusters = context.client.v2().list_clusters(&project).stream();
    while let Some(cluster) = clusters.next().await {
        count += 1;
        context.output.show(&Cluster::new(&project, &cluster?))?;
    }
    let mut clusters = context.client.v2().list_flex_clusters(&project).stream();
    while let Some(cluster) = clusters.next().await {
        count += 1;
        context.output.show(&Cluster::flex(&project, &cluster?))?;
    }
    if count == 0 {
        context.progress.line("the project has no clusters");
    }
    Ok(())
}
