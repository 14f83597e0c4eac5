//! Compares the dependencies between this project's crates, as cargo reports them, with those that
//! the design allows, so that nobody adds one by mistake.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::repository::root;

/// Returns the packages of this project, as `cargo metadata` describes them.
pub fn packages() -> Vec<Value> {
    let text = cargo(&[
        "metadata",
        "--no-deps",
        "--offline",
        "--locked",
        "--format-version",
        "1",
    ]);
    let metadata: Value = serde_json::from_str(&text).expect("cargo writes JSON");
    list(&metadata["packages"])
}

/// Runs cargo in the root of the repository, and returns what it prints.
pub fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("cargo writes UTF-8")
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

/// Returns, for each crate, the crates of this project that its own code and its tests depend on.
fn arrows() -> BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)> {
    let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
    let packages = packages();
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    let depends = |package: &Value, is_meant: fn(&Value) -> bool| {
        let dependencies = list(&package["dependencies"])
            .into_iter()
            .filter(|dependency| is_meant(&dependency["kind"]));
        dependencies
            .map(|dependency| name(&dependency))
            .filter(|name| ours.contains(name) || name.starts_with("progenitor"))
            .collect()
    };
    let of = |package: &Value| {
        (
            name(package),
            (
                depends(package, |kind| kind != "dev"),
                depends(package, |kind| kind == "dev"),
            ),
        )
    };
    packages.iter().map(of).collect()
}

#[test]
fn each_crate_depends_only_on_those_that_it_may() {
    let wanted: &[(&str, &[&str], &[&str])] = &[
        // Users compile this crate, so it depends on neither the generator nor the fake.
        ("atlas-backup-api", &[], &[]),
        // The program has the public API of the client, as any other program has.
        (
            "atlas-backup-cli",
            &["atlas-backup-api"],
            &["atlas-backup-fake"],
        ),
        (
            "atlas-backup-codegen",
            &["atlas-backup-document", "progenitor"],
            &[],
        ),
        // It reads the source of the client, and is compiled before it.
        ("atlas-backup-call-table", &[], &[]),
        ("atlas-backup-document", &[], &[]),
        // The fake serves what clients decode and checks what they sign, so it must not share code
        // with the client.
        ("atlas-backup-fake", &["atlas-backup-document"], &[]),
        // It contains the source of the client, and runs the generator when it is built.
        (
            "atlas-backup-obstacles",
            &[
                "atlas-backup-call-table",
                "atlas-backup-codegen",
                "atlas-backup-document",
            ],
            &["atlas-backup-fake"],
        ),
        // The demo and the fake Atlas are built from this crate, without the generator.
        (
            "atlas-backup-tests",
            &[
                "atlas-backup-api",
                "atlas-backup-call-table",
                "atlas-backup-document",
                "atlas-backup-fake",
            ],
            &["atlas-backup-codegen"],
        ),
        // Cargo builds `xtask` before every `cargo xtask` command.
        ("xtask", &[], &[]),
        // It compares documents alone: it must work on a spec whose client does not compile. Its
        // tests generate code from what it compares.
        (
            "xtask-changes",
            &["atlas-backup-document"],
            &["atlas-backup-codegen"],
        ),
        // It must still run, to repair the client, when the client does not compile.
        (
            "xtask-codegen",
            &[
                "atlas-backup-codegen",
                "atlas-backup-document",
                "xtask-files",
            ],
            &[],
        ),
        ("xtask-files", &["atlas-backup-document"], &[]),
        // Its tests generate code from what was imported.
        (
            "xtask-import",
            &["atlas-backup-document", "xtask-files"],
            &["atlas-backup-codegen"],
        ),
        (
            "xtask-review",
            &["atlas-backup-document", "xtask-changes", "xtask-codegen"],
            &[],
        ),
        (
            "xtask-upstream",
            &["atlas-backup-document", "xtask-files"],
            &[],
        ),
    ];
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<BTreeSet<_>>()
    };
    let wanted: BTreeMap<_, _> = wanted
        .iter()
        .map(|(name, own, tests)| ((*name).to_owned(), (set(own), set(tests))))
        .collect();
    assert_eq!(arrows(), wanted);
}
