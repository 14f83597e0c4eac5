//! The program of a command, which cargo builds and runs.

use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

/// Runs a binary of a package of this workspace, given with the features it is built with, in the current folder, and ends as it does.
///
/// # Errors
/// When cargo cannot be run.
pub fn run(package: &[&str], name: &str, arguments: &[OsString]) -> Result<ExitCode, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let binary: Vec<&str> = ["--package"].iter().chain(package).chain(&["--bin", name]).copied().collect();
    let run = |command: &mut Command| command.status().map_err(|error| format!("cannot run cargo: {error}"));
    // The first time this takes minutes, which cargo tells on standard error. Running quietly, it does not comment on how the command ends.
    let mut status = run(Command::new(&cargo).arg("build").args(&binary))?;
    if status.success() {
        status = run(Command::new(&cargo).args(["run", "--quiet"]).args(&binary).arg("--").args(arguments))?;
    }
    // Without a code it was ended by a signal.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
