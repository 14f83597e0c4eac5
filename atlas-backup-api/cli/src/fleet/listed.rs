//! A cluster as the user has written it, on the command line or in a list.

use std::io::{self, BufRead};

use atlas_backup_api::{ClusterName, ObjectId};
use serde::Deserialize;

use crate::failure::Failure;
use crate::output::one_line;
use crate::target::Kind;

/// A cluster as the user has written it.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// The name or the id.
    pub project: Option<String>,
    /// The name or the id.
    pub cluster: String,
    /// What else a line of `clusters --json` says.
    pub line: Option<Line>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub id: Option<ObjectId>,
    pub kind: Option<Kind>,
    pub backup: Option<bool>,
    pub paused: Option<bool>,
}

/// A line of `clusters --json`, of which these members are read.
#[derive(Deserialize)]
struct JsonLine {
    project: String,
    cluster: String,
    id: Option<ObjectId>,
    kind: Option<String>,
    backup: Option<bool>,
    paused: Option<bool>,
}

impl Listed {
    /// Reads `CLUSTER`, `PROJECT/CLUSTER`, or a line of `clusters --json`.
    fn parse(text: &str) -> Result<Self, String> {
        let listed = if text.starts_with('{') {
            let line: JsonLine = serde_json::from_str(text).map_err(|error| error.to_string())?;
            Listed {
                project: Some(line.project),
                cluster: line.cluster,
                line: Some(Line {
                    id: line.id,
                    kind: line.kind.as_deref().and_then(Kind::from_word),
                    backup: line.backup,
                    paused: line.paused,
                }),
            }
        } else {
            let (project, cluster) = match text.rsplit_once('/') {
                Some((project, cluster)) => (Some(project.trim().to_owned()), cluster.trim()),
                None => (None, text),
            };
            Listed {
                project,
                cluster: cluster.to_owned(),
                line: None,
            }
        };
        if listed.cluster.is_empty() || listed.project.as_deref() == Some("") {
            return Err("expected CLUSTER or PROJECT/CLUSTER".to_owned());
        }
        let name: Result<ClusterName, _> = listed.cluster.parse();
        name.map_err(|_| {
            let cluster = one_line(&listed.cluster, 100);
            format!("{cluster:?} is neither the name nor the id of a cluster; of a table, give `clusters --json`")
        })?;
        Ok(listed)
    }

    /// Reads an argument of the command line.
    pub fn argument(text: &str) -> Result<Self, Failure> {
        Listed::parse(text).map_err(|wrong| Failure::usage(format!("{text:?}: {wrong}")))
    }

    /// Reads a list from standard input: a cluster on each line. Empty lines, and those that begin
    /// with `#`, are left out. A line that cannot be read is an error before anything is taken.
    pub fn standard_input() -> Result<Vec<Self>, Failure> {
        let mut listed = Vec::new();
        for (index, line) in io::stdin().lock().lines().enumerate() {
            let wrong = |what: String| {
                Failure::usage(format!("standard input, line {}: {what}", index + 1))
            };
            let line = line.map_err(|error| wrong(error.to_string()))?;
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                listed.push(Listed::parse(line).map_err(wrong)?);
            }
        }
        Ok(listed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_is_read_with_and_without_its_project() {
        let read = |text| Listed::parse(text).map(|listed| (listed.project, listed.cluster));
        let owned = |text: &str| text.to_owned();
        assert_eq!(read("orders"), Ok((None, owned("orders"))));
        let of_project = Ok((Some(owned("My Shop")), owned("orders")));
        assert_eq!(read("My Shop/orders"), of_project);
        assert_eq!(read("My Shop / orders"), of_project);
        for text in [
            "/orders",
            "Shop/",
            "/",
            "a b",
            "{",
            "{}",
            r#"{"project": "Shop"}"#,
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_line_of_clusters_says_all_that_is_needed() {
        let line = r#"{"project":"32b6e34b3d91647abb20e7b8","cluster":"orders","id":"32b6e34b3d91647abb20e7b9","kind":"sharded","state":"IDLE","paused":false,"backup":true}"#;
        let listed = Listed::parse(line).expect("it is what `clusters --json` prints");
        let expected = Line {
            id: Some("32b6e34b3d91647abb20e7b9".parse().expect("an id")),
            kind: Some(Kind::Sharded),
            backup: Some(true),
            paused: Some(false),
        };
        assert_eq!(listed.line, Some(expected));
    }
}
