//! `--json`: one object a line, with the members that README.md documents.

use std::collections::BTreeSet;

use atlas_backup_fake::FakeAtlas;
use serde_json::Value;

use crate::{CLUSTERS, at_once, bare, fast, printed, run, run_program, still};

/// The members of a record, from the table below a heading in README.md.
fn documented(record: &str) -> BTreeSet<String> {
    let readme = include_str!("../../README.md");
    let (_, section) = readme
        .split_once(&format!("\n### {record}\n"))
        .unwrap_or_else(|| panic!("README.md has no heading for {record}"));
    let section = section.split("\n#").next().unwrap_or_default();
    section
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|line| line.split('`').next().unwrap_or_default().to_owned())
        .collect()
}

/// Each line must be an object with exactly the documented members.
pub fn check(record: &str, text: &str) {
    assert!(!text.is_empty(), "{record}");
    for line in text.lines() {
        let Value::Object(members) = serde_json::from_str(line).expect("it is JSON") else {
            panic!("{line}");
        };
        let members: BTreeSet<String> = members.keys().cloned().collect();
        assert_eq!(members, documented(record), "{line}");
    }
}

#[test]
fn snapshots_have_the_documented_members() {
    for (cluster, _) in CLUSTERS {
        let atlas = still(FakeAtlas::builder());
        check("A snapshot", &printed(&atlas, &["list", cluster, "--json"]));
    }
    let atlas = still(FakeAtlas::builder());
    check(
        "A snapshot",
        &printed(&atlas, &["take", "orders", "--json"]),
    );
}

#[test]
fn results_for_many_clusters_have_the_documented_members() {
    let atlas = still(FakeAtlas::builder());
    let take = ["take", "orders", "flex", "--once", "2026-01-01", "--json"];
    let ended = run(&atlas, &take);
    assert_eq!(ended.code, Some(3), "{}", ended.err);
    check("A result for one of many clusters", &ended.out);
}

#[test]
fn restores_have_the_documented_members() {
    at_once(CLUSTERS, |(cluster, _)| {
        let atlas = fast(FakeAtlas::builder());
        let arguments = [
            "restore",
            cluster,
            "latest",
            "--to",
            cluster,
            "--yes-overwrite",
            cluster,
        ];
        check(
            "A restore",
            &printed(&atlas, &[&arguments[..], &["--json"]].concat()),
        );
    });
}

#[test]
fn files_have_the_documented_members() {
    let atlas = fast(FakeAtlas::builder());
    let directory = tempfile::tempdir().expect("a temporary directory");
    let into = directory.path().to_str().expect("its name is text");
    check(
        "A file",
        &printed(
            &atlas,
            &["save", "events", "latest", "--into", into, "--json"],
        ),
    );
}

#[test]
fn findings_have_the_documented_members() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().to_str().expect("its name is text");
    let ended = run_program(bare(&["verify", path, "--json"]));
    check("A finding", &ended.out);
}

#[test]
fn clusters_have_the_documented_members() {
    let atlas = still(FakeAtlas::builder());
    check("A cluster", &printed(&atlas, &["clusters", "--json"]));
}

#[test]
fn a_schedule_has_the_documented_members() {
    let atlas = still(FakeAtlas::builder());
    let text = printed(&atlas, &["schedule", "show", "orders", "--json"]);
    check("A schedule", &text);
    let schedule: Value = serde_json::from_str(&text).expect("it is JSON");
    let policies = schedule["policies"].as_array().expect("a list");
    assert_eq!(policies.len(), 3);
    for policy in policies {
        check("A policy", &policy.to_string());
    }
}

/// A change of a value would break the programs that read it.
#[test]
fn values_are_pinned() {
    let atlas = still(FakeAtlas::builder());
    let first = |arguments: &[&str]| {
        let text = printed(&atlas, arguments);
        text.lines().next().unwrap_or_default().to_owned() + "\n"
    };
    let mut all = String::new();
    for (cluster, _) in CLUSTERS {
        all += &first(&["list", cluster, "--json"]);
    }
    all += &printed(&atlas, &["clusters", "--json"]);
    all += &first(&["schedule", "show", "orders", "--json"]);
    all += &first(&[
        "restore",
        "orders",
        "latest",
        "--to",
        "events",
        "--yes-overwrite",
        "events",
        "--no-wait",
        "--json",
    ]);
    insta::assert_snapshot!(all);
}
