//! Commands whose programs are in the tests crate: `cargo xtask` lets cargo build and run the
//! program and returns its exit code. In these tests a shell takes the place of cargo, and `build`
//! and `run` are scripts.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// Prepares `cargo xtask fake-atlas --port 0` with these two scripts.
fn fake_atlas(build: &str, run: &str) -> (TempDir, Command) {
    let folder = tempfile::tempdir().expect("a temporary directory");
    fs::write(folder.path().join("build"), build).expect("it can be written");
    fs::write(folder.path().join("run"), run).expect("it can be written");
    let mut xtask = Command::new(env!("CARGO_BIN_EXE_xtask"));
    xtask
        .args(["fake-atlas", "--port", "0"])
        .env("CARGO", "sh")
        .current_dir(folder.path());
    (folder, xtask)
}

#[test]
fn a_command_ends_as_its_program_does() {
    let (_folder, mut xtask) = fake_atlas("", "echo $@; exit 7");
    let output = xtask.output().unwrap();
    let called = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        called,
        "--quiet --package atlas-backup-tests --no-default-features --bin fake-atlas -- --port 0\n"
    );
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn a_program_that_cannot_be_built_is_not_run() {
    let (_folder, mut xtask) = fake_atlas("exit 101", "echo run");
    let output = xtask.output().unwrap();
    assert_eq!(
        (output.status.code(), output.stdout),
        (Some(101), Vec::new())
    );
}

/// A script that runs `cargo xtask fake-atlas & … kill $!` must not leave the fake Atlas running.
#[test]
fn a_signal_to_the_command_reaches_its_program() {
    let (_folder, mut xtask) = fake_atlas("", "echo $$; read line");
    let mut child = xtask
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut process = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut process)
        .unwrap();
    assert_eq!(process.trim(), child.id().to_string());
    Command::new("sh")
        .args(["-c", &format!("kill -s TERM {}", child.id())])
        .status()
        .unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(15));
}
