//! The packages that are published: which files are in them, and what they tell their users about
//! versions.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::crates::{cargo, packages};
use crate::repository::root;

/// Files of a package that are links, and the files of the project that they lead to.
type Links = &'static [(&'static str, &'static str)];

/// The packages that are published, with the folder and the links of each.
const PUBLISHED: &[(&str, &str, Links)] = &[
    (
        "atlas-backup-api",
        "atlas-backup-api",
        &[
            ("CHANGELOG.md", "CHANGELOG.md"),
            ("LICENSE-APACHE", "LICENSE-APACHE"),
            ("LICENSE-MIT", "LICENSE-MIT"),
        ],
    ),
    (
        "atlas-backup-cli",
        "atlas-backup-api/cli",
        &[
            ("LICENSE-APACHE", "LICENSE-APACHE"),
            ("LICENSE-MIT", "LICENSE-MIT"),
        ],
    ),
    (
        "atlas-backup-document",
        "codegen/document",
        &[
            ("LICENSE-APACHE", "LICENSE-APACHE"),
            ("LICENSE-MIT", "LICENSE-MIT"),
        ],
    ),
    (
        "atlas-backup-fake",
        "tests/fake-atlas",
        &[
            ("LICENSE-APACHE", "LICENSE-APACHE"),
            ("LICENSE-MIT", "LICENSE-MIT"),
            ("documents/v1.yaml", "spec/v1.yaml"),
            ("documents/v2.yaml", "spec/v2.yaml"),
        ],
    ),
];

/// What cargo adds to each package.
const FROM_CARGO: &[&str] = &[
    ".cargo_vcs_info.json",
    "Cargo.lock",
    "Cargo.toml",
    "Cargo.toml.orig",
];

/// Returns the package of the client, as `cargo metadata` describes it.
fn client() -> Value {
    packages()
        .into_iter()
        .find(|package| package["name"] == "atlas-backup-api")
        .expect("the client is a crate of the workspace")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn all_crates_that_are_published_are_known_and_no_others() {
    // `"publish": []` is how cargo describes `publish = false`.
    let mut published: Vec<_> = packages()
        .iter()
        .filter(|package| package["publish"] != Value::Array(Vec::new()))
        .map(|package| package["name"].as_str().unwrap_or_default().to_owned())
        .collect();
    published.sort();
    let wanted: Vec<_> = PUBLISHED.iter().map(|(name, ..)| *name).collect();
    assert_eq!(published, wanted);
}

#[test]
fn a_package_holds_its_source_and_what_its_users_read_and_nothing_else() {
    for (package, _, linked) in PUBLISHED {
        let list = cargo(&["package", "--list", "--allow-dirty", "-p", package]);
        let files: Vec<_> = list.lines().map(|line| line.replace('\\', "/")).collect();
        let is_wanted = |file: &String| {
            let is_code = ["src/", "examples/", "tests/", "benches/"]
                .iter()
                .any(|folder| file.starts_with(folder));
            let is_known = FROM_CARGO.contains(&file.as_str()) || file == "README.md";
            is_known
                || is_code && (file.ends_with(".rs") || file.ends_with(".md"))
                // How to run the program in a container.
                || file.starts_with("deploy/")
                // What programs in other languages read its files by.
                || file.starts_with("schema/")
                || linked.iter().any(|(link, _)| link == file)
        };
        let unwanted: Vec<_> = files.iter().filter(|file| !is_wanted(file)).collect();
        assert!(unwanted.is_empty(), "{package}: {unwanted:#?}");
        let needed = linked.iter().map(|(link, _)| *link);
        let has = |name: &&str| files.iter().any(|file| file == name);
        let missing: Vec<_> = needed
            .chain(["README.md"])
            .filter(|name| !has(name))
            .collect();
        assert!(missing.is_empty(), "{package} lacks {missing:?}");
        let has_root = ["src/lib.rs", "src/main.rs"].iter().any(has);
        assert!(has_root, "{package} has no source");
    }
}

#[test]
fn files_that_a_package_shares_with_the_project_are_the_same() {
    for (_, folder, linked) in PUBLISHED {
        for (link, target) in *linked {
            assert!(
                read(&format!("{folder}/{link}")) == read(target),
                "{folder}/{link} is not {target}. It is a symbolic link, for which git may have \
                 written a text file: check out with `git -c core.symlinks=true`"
            );
        }
    }
}

/// Returns the version that this workspace has, and the one that a program names to depend on it:
/// `0.1.0` and `0.1`, or `1.2.0` and `1`.
fn version_to_name() -> &'static str {
    let version = env!("CARGO_PKG_VERSION");
    let (major, rest) = version.split_once('.').expect("a version has three parts");
    let minor = rest.split('.').next().unwrap_or_default();
    match major {
        "0" => &version[..major.len() + 1 + minor.len()],
        _ => major,
    }
}

#[test]
fn the_documentation_names_the_versions_that_are_there() {
    let mut seen = 0;
    for path in [
        "README.md",
        "atlas-backup-api/README.md",
        "atlas-backup-api/src/docs/testing.md",
        "tests/fake-atlas/README.md",
    ] {
        let text = read(path);
        let is_ours = |line: &&str| {
            PUBLISHED
                .iter()
                .any(|(name, ..)| line.starts_with(&format!("{name} = \"")))
        };
        for line in text.lines().filter(is_ours) {
            seen += 1;
            let version = line.split('"').nth(1);
            assert_eq!(version, Some(version_to_name()), "{path}: {line}");
        }
    }
    assert!(seen >= 2, "only {seen} versions were found");
}

#[test]
fn the_table_of_public_dependencies_is_true() {
    let chapter = read("atlas-backup-api/src/docs/dependencies.md");
    let client = client();
    let dependencies = client["dependencies"].as_array().expect("it has some");
    // Each row begins with name and version: | `http` 1 | …
    let rows = chapter.lines().filter_map(|line| {
        let (cell, _) = line.strip_prefix("| `")?.split_once(" |")?;
        let (name, version) = cell.split_once("` ")?;
        Some((name.to_owned(), version.to_owned()))
    });
    let rows: Vec<_> = rows.collect();
    for (name, version) in &rows {
        let dependency = dependencies
            .iter()
            .find(|dependency| dependency["name"] == name.as_str() && dependency["kind"].is_null());
        let required = dependency.and_then(|dependency| dependency["req"].as_str());
        assert_eq!(required, Some(format!("^{version}").as_str()), "{name}");
    }
    // Each crate from which the client re-exports something.
    let exports = read("atlas-backup-api/src/lib.rs");
    let exports = exports
        .lines()
        .filter_map(|line| line.strip_prefix("pub use "))
        .filter_map(|path| path.trim_start_matches("::").split([':', ';']).next())
        .map(|name| name.replace('_', "-"))
        .filter(|name| dependencies.iter().any(|one| one["name"] == name.as_str()));
    let missing: Vec<_> = exports
        .filter(|name| !rows.iter().any(|(row, _)| row == name))
        .collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
}

#[test]
fn the_documentation_names_the_minimum_rust_version() {
    let client = client();
    let version = client["rust_version"].as_str().expect("it states one");
    let packages = packages();
    let of_fake = packages
        .iter()
        .find(|package| package["name"] == "atlas-backup-fake")
        .expect("the fake is published");
    let sentences = [
        (
            "atlas-backup-api/README.md",
            format!("The minimum Rust version is {version}."),
        ),
        (
            "atlas-backup-api/src/docs/dependencies.md",
            format!("The oldest Rust that compiles this crate is {version};"),
        ),
        (
            "atlas-backup-api/src/docs/testing.md",
            format!(
                "The fake needs Rust {}.",
                of_fake["rust_version"].as_str().expect("it states one")
            ),
        ),
    ];
    for (path, sentence) in sentences {
        assert!(read(path).contains(&sentence), "{path}: {sentence}");
    }
}

#[test]
fn ci_builds_with_each_minimum_rust_version() {
    let versions: BTreeSet<_> = packages()
        .iter()
        .filter_map(|package| package["rust_version"].as_str().map(str::to_owned))
        .collect();
    let versions = Vec::from_iter(versions).join(" ");
    let install = format!("rustup toolchain install {versions} ");
    assert!(
        read(".github/workflows/ci.yml").contains(&install),
        "{install}"
    );
}
