//! Finds the project and the clusters that the user names.

use std::env::{self, VarError};
use std::error::Error;

use atlas_backup_api::{Client, ClusterName, ObjectId};

/// The id of the project that the environment names. Only a name takes a request. An empty variable
/// counts as one that is not set.
pub async fn project(client: &Client) -> Result<ObjectId, Box<dyn Error>> {
    for variable in ["MONGODB_ATLAS_PROJECT", "MONGODB_ATLAS_PROJECT_ID"] {
        let name_or_id = match env::var(variable) {
            Ok(text) if !text.is_empty() => text,
            Ok(_) | Err(VarError::NotPresent) => continue,
            Err(VarError::NotUnicode(_)) => return Err(format!("{variable} is not Unicode").into()),
        };
        return match name_or_id.parse() {
            Ok(id) => Ok(id),
            Err(_) => Ok(client.v2().find_project(&name_or_id).await?.id),
        };
    }
    Err("MONGODB_ATLAS_PROJECT is not set".into())
}

/// The name of a cluster, from its name or its id. Only an id takes a request.
pub async fn cluster(
    client: &Client,
    project: &ObjectId,
    name_or_id: &str,
) -> Result<ClusterName, Box<dyn Error>> {
    match name_or_id.parse::<ObjectId>() {
        Ok(_) => Ok(client
            .v2()
            .find_cluster(project, name_or_id)
            .await?
            .try_into()?),
        Err(_) => Ok(name_or_id.parse()?),
    }
}

/// The name of a flex cluster, from its name or its id. Only an id takes a request.
pub async fn flex_cluster(
    client: &Client,
    project: &ObjectId,
    name_or_id: &str,
) -> Result<ClusterName, Box<dyn Error>> {
    match name_or_id.parse::<ObjectId>() {
        Ok(_) => Ok(client
            .v2()
            .find_flex_cluster(project, name_or_id)
            .await?
            .try_into()?),
        Err(_) => Ok(name_or_id.parse()?),
    }
}
