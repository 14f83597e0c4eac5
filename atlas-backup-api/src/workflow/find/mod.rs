//! Finds a project or a cluster by its name or its id.

mod error;

use std::fmt;

use crate::client::pager::Items;
use crate::error::Error;
use crate::v2::Api;
use crate::v2::types::{Cluster, FlexCluster, Project};
use crate::wire::object_id::ObjectId;
use crate::workflow::cluster_ref::parse_argument;

pub use error::FindError;

/// What Atlas says to a request for a flex cluster through the operations of other clusters, and
/// the reverse. Both were seen in responses.
const IS_FLEX: &str = "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API";
const IS_NOT_FLEX: &str = "CANNOT_USE_NON_FLEX_CLUSTER_IN_FLEX_API";

impl Api {
    /// Return one project, by its name or by its id.
    ///
    /// Text of 24 lower-case hexadecimal digits is an id, and any other text a name. (A project
    /// whose name looks like an id can be looked up with
    /// [`get_project_by_name`](Self::get_project_by_name).) The project is an argument of other
    /// calls:
    ///
    /// ```no_run
    /// # async fn run(client: atlas_backup_api::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let project = client.v2().find_project("Shop").await?;
    /// let cluster = client.v2().find_cluster(&project, "orders").await?;
    /// let snapshots = client.v2().list_cluster_snapshots(&project, &cluster).all().await?;
    /// # drop(snapshots);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The required role is Project Read Only, in the project.
    ///
    /// # Errors
    ///
    /// [`FindError::NotFound`] if Atlas says that there is no such project, or that the
    /// credentials may not see it: for a name, it says the same in both cases. If several projects
    /// have the name, which can only be in different organizations, Atlas refuses the request
    /// (`MULTIPLE_GROUPS`). This and any other error is a [`FindError::Call`].
    #[inline]
    pub async fn find_project(&self, name_or_id: &str) -> Result<Project, FindError> {
        let found = match ObjectId::try_from(name_or_id) {
            Ok(id) => self.get_project(id).send().await,
            Err(_) => self.get_project_by_name(name_or_id).send().await,
        };
        let refusal = match found {
            Ok(project) => return Ok(project.into_inner()),
            Err(error) if is_no_project(&error) => error,
            Err(error) => return Err(error.into()),
        };
        // Only for the message. The credentials may lack the role for the list.
        let others = self.list_projects().send().await;
        let others = others.map(|page| names(&page.results)).ok();
        Err(FindError::not_found(name_or_id, None, others, refusal))
    }

    /// Return one cluster of a project, by its name or by its id: a replica set, a sharded cluster
    /// or a free cluster. For a flex cluster, use [`find_flex_cluster`](Self::find_flex_cluster).
    ///
    /// The text is taken as a name first. If no cluster has this name and the text looks like an
    /// id, the method looks for the id in the list of the project's clusters.
    ///
    /// ```no_run
    /// # async fn run(client: atlas_backup_api::Client, project: &str) -> Result<(), atlas_backup_api::FindError> {
    /// let cluster = client.v2().find_cluster(project, "orders").await?;
    /// match cluster.is_sharded() {
    ///     Some(true) => println!("sharded"),
    ///     Some(false) => println!("a replica set"),
    ///     None => println!("a kind that this version does not know"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The required role is Project Read Only.
    ///
    /// # Errors
    ///
    /// [`FindError::NotFound`] if the project has no such cluster; its message lists those that it
    /// has, without flex clusters: `project 32b6… has no cluster "odrers"; it has orders, events`.
    /// [`FindError::IsFlex`] if it is a flex cluster. Any other error is a [`FindError::Call`], also if the project itself
    /// does not exist.
    #[inline]
    pub async fn find_cluster(
        &self,
        group_id: impl TryInto<ObjectId, Error: fmt::Display>,
        name_or_id: &str,
    ) -> Result<Cluster, FindError> {
        let project = project_id(group_id, "getCluster")?;
        let refusal = match self.get_cluster(&project, name_or_id).send().await {
            Ok(cluster) => return Ok(cluster.into_inner()),
            Err(error) if error.error_code() == Some(IS_FLEX) => {
                return Err(FindError::is_flex(name_or_id, &project));
            }
            Err(error) => error,
        };
        let own = self.list_clusters(&project).stream();
        let other = self.list_flex_clusters(&project).stream();
        let found = search(own, other, name_or_id, &project, refusal).await?;
        found.ok_or_else(|| FindError::is_flex(name_or_id, &project))
    }

    /// Return one flex cluster of a project, by its name or by its id. Otherwise like
    /// [`find_cluster`](Self::find_cluster).
    ///
    /// The required role is Project Read Only.
    ///
    /// # Errors
    ///
    /// [`FindError::NotFound`] if the project has no such cluster, and [`FindError::IsNotFlex`] if
    /// it is a cluster of another kind. Any other error is a [`FindError::Call`].
    #[inline]
    pub async fn find_flex_cluster(
        &self,
        group_id: impl TryInto<ObjectId, Error: fmt::Display>,
        name_or_id: &str,
    ) -> Result<FlexCluster, FindError> {
        let project = project_id(group_id, "getFlexCluster")?;
        let refusal = match self.get_flex_cluster(&project, name_or_id).send().await {
            Ok(cluster) => return Ok(cluster.into_inner()),
            Err(error) if error.error_code() == Some(IS_NOT_FLEX) => {
                return Err(FindError::is_not_flex(name_or_id, &project));
            }
            Err(error) => error,
        };
        let own = self.list_flex_clusters(&project).stream();
        let other = self.list_clusters(&project).stream();
        let found = search(own, other, name_or_id, &project, refusal).await?;
        found.ok_or_else(|| FindError::is_not_flex(name_or_id, &project))
    }
}

/// Parses the project as a call of this operation does.
#[inline]
fn project_id(
    group_id: impl TryInto<ObjectId, Error: fmt::Display>,
    operation: &'static str,
) -> Result<ObjectId, Error> {
    let parsed = parse_argument("groupId", group_id);
    parsed.map_err(|error| error.of(operation).into())
}

/// Looks for a cluster by its id, after Atlas has refused the request by its name. Returns `None`
/// if the id is in the list of the other kind of clusters.
#[inline]
async fn search<T: Named, U: Named>(
    own: Items<T>,
    other: Items<U>,
    name_or_id: &str,
    project: &ObjectId,
    refusal: Error,
) -> Result<Option<T>, FindError> {
    if !is_no_cluster(&refusal) {
        return Err(refusal.into());
    }
    let clusters = own.all().await;
    if ObjectId::try_from(name_or_id).is_ok() {
        let mut clusters = clusters?;
        if let Some(index) = clusters.iter().position(|it| *it.id() == *name_or_id) {
            return Ok(Some(clusters.swap_remove(index)));
        }
        if other.all().await?.iter().any(|it| *it.id() == *name_or_id) {
            return Ok(None);
        }
        let names = Some(names(&clusters));
        return Err(FindError::not_found(
            name_or_id,
            Some(project),
            names,
            refusal,
        ));
    }
    // The name does not exist, whether or not the list can be read.
    let names = clusters.as_deref().map(names).ok();
    Err(FindError::not_found(
        name_or_id,
        Some(project),
        names,
        refusal,
    ))
}

/// Whether Atlas says that a project does not exist. To credentials that may not see a project it
/// says the same in a 401, with a code that wrong credentials never get.
#[inline]
fn is_no_project(error: &Error) -> bool {
    match error.error_code() {
        Some("NOT_IN_GROUP" | "USER_CANNOT_ACCESS_GROUP") => true,
        // A 404 without a code is not from Atlas, but from a gateway or another server.
        code => error.is_not_found() && code.is_some(),
    }
}

/// Whether Atlas says that a cluster does not exist, in a project that does.
#[inline]
fn is_no_cluster(error: &Error) -> bool {
    let is_of_project = |code: &str| code.starts_with("GROUP_");
    error.is_not_found() && error.error_code().is_some_and(|code| !is_of_project(code))
}

/// A resource that has an id and a name.
trait Named {
    fn id(&self) -> &ObjectId;
    fn name(&self) -> Option<&str>;
}

macro_rules! named {
    ($($resource:ident: |$it:ident| $name:expr;)*) => {$(
        impl Named for $resource {
            #[inline]
            fn id(&self) -> &ObjectId {
                &self.id
            }

            #[inline]
            fn name(&self) -> Option<&str> {
                let $it = self;
                $name
            }
        }
    )*};
}

named! {
    Project: |project| project.name.as_deref();
    Cluster: |cluster| cluster.name.as_ref().map(|name| name.as_str());
    FlexCluster: |cluster| cluster.name.as_ref().map(|name| name.as_str());
}

#[inline]
fn names<T: Named>(found: &[T]) -> Vec<String> {
    found
        .iter()
        .filter_map(Named::name)
        .map(str::to_owned)
        .collect()
}
