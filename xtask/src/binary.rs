//! The program of a command, which cargo builds and runs.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode, ExitStatus};

/// Runs a binary of a package of this workspace, given with the features it is built with, in the current folder, and ends as it does.
///
/// # Errors
/// When cargo cannot be run.
pub fn run(package: &[&str], name: &str, arguments: &[OsString]) -> Result<ExitCode, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let binary: Vec<&str> = ["--package"]
        .iter()
        .chain(package)
        .chain(&["--bin", name])
        .copied()
        .collect();
    // The first time this takes minutes, which cargo tells on standard error. Running quietly, it does not comment on how the command ends.
    let built = Command::new(&cargo)
        .arg("build")
        .args(&binary)
        .status()
        .map_err(failed)?;
    if !built.success() {
        return Ok(code(built));
    }
    end_as(
        Command::new(&cargo)
            .args(["run", "--quiet"])
            .args(&binary)
            .arg("--")
            .args(arguments),
    )
}

/// Becomes the command, as `cargo run` becomes what it runs: a signal to this process reaches it, and nothing waits for it or outlives it.
#[cfg(unix)]
fn end_as(command: &mut Command) -> Result<ExitCode, String> {
    use std::os::unix::process::CommandExt;

    Err(failed(command.exec()))
}

#[cfg(not(unix))]
fn end_as(command: &mut Command) -> Result<ExitCode, String> {
    command.status().map(code).map_err(failed)
}

fn failed(error: io::Error) -> String {
    format!("cannot run cargo: {error}")
}

/// Without a code it was ended by a signal.
fn code(status: ExitStatus) -> ExitCode {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from)
}
