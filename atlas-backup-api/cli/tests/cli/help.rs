//! `--help` of each command, from which a stranger learns the program.

use crate::{bare, run_program};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["take"],
    &["list"],
    &["save"],
    &["verify"],
    &["restore"],
    &["drill"],
    &["wait"],
    &["schedule", "show"],
    &["check"],
    &["clusters"],
    &["completions"],
    &["man"],
];

fn help(command: &[&str], option: &str) -> String {
    let ended = run_program(bare(&[command, &[option]].concat()));
    assert_eq!(
        (ended.code, ended.err.as_str()),
        (Some(0), ""),
        "{command:?}"
    );
    ended.out
}

#[test]
fn help_has_an_example_the_environment_and_the_exit_codes() {
    for command in COMMANDS {
        let help = help(command, "--help");
        let example = format!("\n  atlas-backup {}", command.join(" "));
        for part in [&example, "\nEnvironment:\n", "\nExit codes:\n"] {
            assert!(help.contains(part), "{command:?} has no {part:?}:\n{help}");
        }
        assert!(
            help.lines().all(|line| line.chars().count() <= 100),
            "{help}"
        );
    }
}

#[test]
fn every_command_is_tested_here() {
    let help = help(&[], "-h");
    let (_, commands) = help.split_once("Commands:\n").expect("a list");
    let listed = commands.lines().take_while(|line| line.starts_with("  "));
    let listed: Vec<&str> = listed
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    let tested: Vec<&str> = COMMANDS
        .iter()
        .filter_map(|command| command.first().copied())
        .collect();
    assert_eq!(listed, tested);
}

/// The examples of `--help` must be accepted as they are.
#[test]
fn every_example_is_accepted() {
    for command in COMMANDS {
        for line in help(command, "--help").lines() {
            let Some(example) = line.strip_prefix("  atlas-backup ") else {
                continue;
            };
            let example = example.split([';', '|', '>']).next().unwrap_or_default();
            let arguments: Vec<&str> = example.split_whitespace().collect();
            let ended = run_program(bare(&arguments));
            // What is missing now is only the credentials, or the directory for manual pages.
            let is_parsed = ended.code == Some(0)
                || ended.err.starts_with("error: configuration: credentials: ")
                || ended.code == Some(1);
            assert!(is_parsed, "{example}: {}", ended.err);
        }
    }
}

#[test]
fn the_readme_has_the_exit_codes() {
    let readme = include_str!("../../README.md");
    let help = help(&[], "--help");
    let (_, codes) = help.split_once("Exit codes:\n").expect("a list");
    for line in codes.lines().filter(|line| !line.trim().is_empty()) {
        assert!(readme.contains(line), "README.md has no line {line:?}");
    }
}

#[test]
fn help_is_pinned() {
    insta::assert_snapshot!(help(&["restore"], "--help"));
    let help = help(&["drill"], "--help");
    let (help, _) = help
        .split_once("\nEnvironment:\n")
        .expect("it has this part");
    insta::assert_snapshot!("help_of_drill_is_pinned", help);
}

#[test]
fn the_version_is_said() {
    assert_eq!(
        help(&[], "--version"),
        format!("atlas-backup {}\n", env!("CARGO_PKG_VERSION"))
    );
}
