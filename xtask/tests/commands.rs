//! `cargo xtask` itself: the list of commands, and the program that each runs. In these tests a
//! shell takes the place of cargo, and `build` and `run` are scripts.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

fn xtask(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments);
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Creates a folder with scripts that take the place of cargo's commands.
fn scripts(name: &str, build: &str, run: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("writable");
    fs::write(folder.join("build"), build).expect("writable");
    fs::write(folder.join("run"), run).expect("writable");
    folder
}

fn output(arguments: &[&str], folder: &Path) -> Output {
    xtask(arguments)
        .env("CARGO", "sh")
        .current_dir(folder)
        .output()
        .expect("xtask runs")
}

#[test]
fn help_names_every_command_and_each_runs_its_program() {
    let help = text(&xtask(&["--help"]).output().expect("xtask runs").stdout);
    let commands: Vec<&str> = help
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .collect();
    assert_eq!(
        commands,
        [
            "changes",
            "codegen",
            "conform",
            "demo",
            "fake-atlas",
            "review",
            "upstream"
        ]
    );
    let folder = scripts("each", "echo build $@", "echo run $@");
    for command in commands {
        let printed = text(&output(&[command, "--a", "b c"], &folder).stdout);
        let (build, run) = printed.split_once('\n').expect("two lines");
        let program = build.strip_prefix("build ").expect("built first");
        assert_eq!(run.trim_end(), format!("run --quiet {program} -- --a b c"));
        assert!(
            program.starts_with("--package ") && program.ends_with(&format!(" --bin {command}")),
            "{program}"
        );
    }
}

#[test]
fn a_command_ends_as_its_program_does() {
    assert_eq!(
        output(&["demo"], &scripts("runs", "", "exit 7"))
            .status
            .code(),
        Some(7)
    );
    let failed = output(
        &["demo"],
        &scripts("does-not-compile", "exit 101", "echo run"),
    );
    assert_eq!(
        (failed.status.code(), text(&failed.stdout)),
        (Some(101), String::new())
    );
}

#[test]
fn what_is_no_command_is_answered_with_those_there_are() {
    for arguments in [&["compare"][..], &["--check", "codegen"], &[]] {
        let output = xtask(arguments).output().expect("xtask runs");
        let printed = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{printed}");
        assert!(
            printed.contains("  fake-atlas  Run a stateful fake Atlas"),
            "{printed}"
        );
        assert!(
            arguments.is_empty()
                || printed.starts_with(&format!("`{}` is not a command\n", arguments[0])),
            "{printed}"
        );
    }
}
