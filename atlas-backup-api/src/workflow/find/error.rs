//! The errors of finding a project or a cluster.

use std::error::Error as StdError;
use std::fmt;

use crate::error::Error;
use crate::wire::object_id::ObjectId;
use crate::wire::one_line;

/// How many names of others an error holds.
const MAX_OTHERS: usize = 100;

/// How many of them its message says.
const MAX_SHOWN: usize = 10;

/// Why [`find_project`](crate::v2::Api::find_project),
/// [`find_cluster`](crate::v2::Api::find_cluster) or
/// [`find_flex_cluster`](crate::v2::Api::find_flex_cluster) found nothing.
#[derive(Debug)]
#[non_exhaustive]
pub enum FindError {
    /// A request failed, or was refused for another reason than that there is nothing of this name:
    /// it is not known whether the project or the cluster exists.
    Call(Error),
    /// Atlas has nothing with this name or id, or nothing that the credentials may see.
    #[non_exhaustive]
    NotFound {
        /// The name or id that was looked for.
        name_or_id: String,
        /// The project of the cluster, or `None` if it is a project that was not found.
        project: Option<ObjectId>,
        /// The names that there are instead, at most 100: of the project's clusters of this kind,
        /// or of the projects that the credentials may see. `None` if Atlas did not list them.
        others: Option<Vec<String>>,
        /// Atlas's response to the request for this name or id.
        refusal: Error,
    },
    /// The cluster is a flex cluster, which has operations of its own:
    /// [`find_flex_cluster`](crate::v2::Api::find_flex_cluster),
    /// [`list_flex_snapshots`](crate::v2::Api::list_flex_snapshots)…
    #[non_exhaustive]
    IsFlex {
        /// The name or id that was looked for.
        name_or_id: String,
        /// The project of the cluster.
        project: ObjectId,
    },
    /// The cluster is not a flex cluster: see [`find_cluster`](crate::v2::Api::find_cluster).
    #[non_exhaustive]
    IsNotFlex {
        /// The name or id that was looked for.
        name_or_id: String,
        /// The project of the cluster.
        project: ObjectId,
    },
}

impl FindError {
    #[inline]
    pub(super) fn not_found(
        name_or_id: &str,
        project: Option<&ObjectId>,
        mut others: Option<Vec<String>>,
        refusal: Error,
    ) -> Self {
        if let Some(others) = &mut others {
            others.truncate(MAX_OTHERS);
        }
        FindError::NotFound {
            name_or_id: name_or_id.to_owned(),
            project: project.cloned(),
            others,
            refusal,
        }
    }

    #[inline]
    pub(super) fn is_flex(name_or_id: &str, project: &ObjectId) -> Self {
        FindError::IsFlex {
            name_or_id: name_or_id.to_owned(),
            project: project.clone(),
        }
    }

    #[inline]
    pub(super) fn is_not_flex(name_or_id: &str, project: &ObjectId) -> Self {
        FindError::IsNotFlex {
            name_or_id: name_or_id.to_owned(),
            project: project.clone(),
        }
    }
}

impl From<Error> for FindError {
    #[inline]
    fn from(error: Error) -> Self {
        FindError::Call(error)
    }
}

impl fmt::Display for FindError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FindError::Call(error) => error.fmt(f),
            FindError::NotFound {
                name_or_id,
                project: Some(project),
                others,
                ..
            } => {
                let name_or_id = one_line::truncate(name_or_id, 100);
                write!(f, "project {project} has no cluster {name_or_id:?}")?;
                others
                    .as_ref()
                    .map_or(Ok(()), |others| list(f, "; it has ", others))
            }
            FindError::NotFound {
                name_or_id, others, ..
            } => {
                let name_or_id = one_line::truncate(name_or_id, 100);
                write!(
                    f,
                    "there is no project {name_or_id:?}, or the credentials may not see it"
                )?;
                others
                    .as_ref()
                    .map_or(Ok(()), |others| list(f, "; they may see ", others))
            }
            FindError::IsFlex {
                name_or_id,
                project,
            } => {
                let name_or_id = one_line::truncate(name_or_id, 100);
                write!(
                    f,
                    "cluster {name_or_id:?} of project {project} is a flex cluster: look it up with find_flex_cluster"
                )
            }
            FindError::IsNotFlex {
                name_or_id,
                project,
            } => {
                let name_or_id = one_line::truncate(name_or_id, 100);
                write!(
                    f,
                    "cluster {name_or_id:?} of project {project} is not a flex cluster: look it up with find_cluster"
                )
            }
        }
    }
}

/// Writes the first names, and how many more there are.
#[inline]
fn list(f: &mut fmt::Formatter<'_>, start: &str, names: &[String]) -> fmt::Result {
    f.write_str(start)?;
    if names.is_empty() {
        return f.write_str("none");
    }
    for (index, name) in names.iter().take(MAX_SHOWN).enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        write!(f, "{separator}{}", one_line::truncate(name, 64))?;
    }
    if names.len() > MAX_SHOWN {
        f.write_str(", …")?;
    }
    Ok(())
}

impl StdError for FindError {
    /// The message of a failed call is already this message, so its source is this source.
    #[inline]
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            FindError::Call(error) => error.source(),
            FindError::NotFound { refusal, .. } => Some(refusal),
            FindError::IsFlex { .. } | FindError::IsNotFlex { .. } => None,
        }
    }
}
