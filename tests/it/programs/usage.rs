//! The usage messages of the examples.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Output};

use super::{EXAMPLES, errors, printed, text};
use crate::repository::root;

/// Returns the names of all examples.
pub fn examples() -> BTreeSet<String> {
    let folder =
        fs::read_dir(root().join("atlas-backup-api/examples")).expect("the examples are there");
    let names = folder.map(|entry| {
        entry
            .expect("it can be listed")
            .file_name()
            .into_string()
            .expect("its name is text")
    });
    names
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .collect()
}

/// Runs an example with an empty environment.
fn run(example: &str, arguments: &[&str]) -> Output {
    Command::new(EXAMPLES.join(example))
        .args(arguments)
        .env_clear()
        .output()
        .unwrap_or_else(|error| panic!("{example}: {error}"))
}

#[test]
fn help_says_what_an_example_takes() {
    for example in examples() {
        let help = printed(run(&example, &["--help"]));
        assert_eq!(help, printed(run(&example, &["x", "-h"])));
        let usage = help
            .lines()
            .find_map(|line| line.strip_prefix("Usage: "))
            .unwrap_or_else(|| panic!("{help}"));
        let mut words = usage.split(' ');
        assert_eq!(words.next(), Some(&*example));
        for argument in words.map(|word| word.trim_matches(['[', ']'])) {
            assert!(
                help.contains(&format!("\n  {argument}  ")),
                "{argument} is not explained:\n{help}"
            );
        }
        assert!(
            help.contains(&format!(
                "\n  cargo run -p atlas-backup-api --example {example} -- "
            )),
            "{help}"
        );
        for variable in [
            "PROJECT",
            "PROJECT_ID",
            "PUBLIC_API_KEY",
            "PRIVATE_API_KEY",
            "CLIENT_ID",
            "CLIENT_SECRET",
            "ACCESS_TOKEN",
            "BASE_URL",
        ] {
            assert!(
                help.contains(&format!("\n  MONGODB_ATLAS_{variable} ")),
                "{help}"
            );
        }
        assert!(
            help.lines().all(|line| line.chars().count() <= 80),
            "{help}"
        );
    }
}

#[test]
fn wrong_use_is_reported_with_the_usage() {
    for example in examples() {
        for arguments in [&["--nonsense"][..], &["a", "b", "c", "d"]] {
            let output = run(&example, arguments);
            let errors = errors(&output);
            assert_eq!(
                (output.status.code(), text(&output)),
                (Some(2), String::new()),
                "{errors}"
            );
            assert!(
                errors.starts_with("error: ") && errors.contains(&format!("\nUsage: {example}")),
                "{errors}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_not_unicode_is_reported() {
    use std::os::unix::ffi::OsStrExt;

    let argument = std::ffi::OsStr::from_bytes(b"\xff");
    let output = Command::new(EXAMPLES.join("list_snapshots"))
        .arg(argument)
        .env_clear()
        .output()
        .expect("it was built");
    let errors = errors(&output);
    assert!(
        output.status.code() == Some(2) && errors.contains("is not Unicode"),
        "{errors}"
    );
}

#[test]
fn a_missing_project_is_reported() {
    let output = Command::new(EXAMPLES.join("list_snapshots"))
        .arg("orders")
        .env_clear()
        .env("MONGODB_ATLAS_ACCESS_TOKEN", "made-up")
        .output()
        .expect("it was built");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(errors(&output), "error: MONGODB_ATLAS_PROJECT is not set\n");
}
