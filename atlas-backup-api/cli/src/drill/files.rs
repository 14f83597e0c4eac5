//! The two files of a report: `drill-CLUSTER-TIME.json` and `.md`.

use std::io;
use std::path::{Path, PathBuf};

use super::clock::Moment;
use super::markdown::markdown;
use super::report::Report;
use crate::private_file;

#[derive(Clone)]
pub struct Files {
    pub json: PathBuf,
    pub markdown: PathBuf,
}

impl Files {
    /// Reserves the files, which fails if they could not be written later. `cluster` is what the
    /// user has typed, which need not be the name of a cluster.
    pub fn reserve(directory: &Path, cluster: &str, now: Moment) -> io::Result<Self> {
        let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        let cluster: String = cluster.chars().take(64).collect();
        let cluster = cluster.replace(|letter| !is_plain(letter), "_");
        let time = format!("{:.3}", now.wall).replace(['-', ':'], "");
        let file = |end| directory.join(format!("drill-{cluster}-{time}.{end}"));
        let files = Files {
            json: file("json"),
            markdown: file("md"),
        };
        private_file::reserve(&files.json)?;
        Ok(files)
    }

    /// Writes the report: Markdown first, so that there is both if there is JSON. The error says which
    /// file could not be written, and why.
    pub fn write(&self, report: &Report) -> Result<(), String> {
        let written = write(&self.markdown, || Ok(markdown(report).into_bytes()));
        let written = written.and_then(|()| {
            write(&self.json, || {
                let mut json = serde_json::to_vec_pretty(report)?;
                json.push(b'\n');
                Ok(json)
            })
        });
        if written.is_err() {
            let _remains = private_file::give_up(&self.json);
        }
        written
    }
}

fn write(path: &Path, text: impl FnOnce() -> io::Result<Vec<u8>>) -> Result<(), String> {
    let written = text().and_then(|text| private_file::write(path, &text));
    written.map_err(|error| {
        format!(
            "the report cannot be written to {}: {error}",
            path.display()
        )
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn moment() -> Moment {
        Moment {
            wall: "2026-01-31T12:00:00.5Z".parse().expect("a time"),
            elapsed: Duration::ZERO,
        }
    }

    #[test]
    fn the_names_have_the_cluster_and_the_time_and_stay_in_the_directory() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (cluster, name) in [
            ("orders", "drill-orders-20260131T120000.500Z.json"),
            ("../a b", "drill-___a_b-20260131T120000.500Z.json"),
        ] {
            let files = Files::reserve(directory.path(), cluster, moment()).expect("it is free");
            assert_eq!(files.json, directory.path().join(name));
        }
    }

    #[test]
    fn a_report_never_replaces_that_of_another_drill() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let reserve = || Files::reserve(directory.path(), "orders", moment());
        assert!(reserve().is_ok());
        assert!(reserve().is_err());
    }
}
