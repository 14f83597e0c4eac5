//! Commands that need the generated client live in the tests crate and are run through cargo: when the generated code does not compile,
//! `cargo xtask codegen` must still run to repair it.

use std::env;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

/// What is handed on as it is.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Arguments of the command; `--help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Runs a binary of the tests crate in the current folder, and ends as it does.
///
/// # Errors
/// When cargo cannot be run.
pub fn run(name: &str, arguments: &Arguments) -> Result<ExitCode, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let binary = ["--package", "atlas-backup-tests", "--bin", name];
    let run = |command: &mut Command| command.status().map_err(|error| format!("cannot run cargo: {error}"));
    // The first time this takes minutes, which cargo tells on standard error. Running quietly, it does not comment on how the command ends.
    let mut status = run(Command::new(&cargo).arg("build").args(binary))?;
    if status.success() {
        status = run(Command::new(&cargo).args(["run", "--quiet"]).args(binary).arg("--").args(&arguments.arguments))?;
    }
    // Without a code it was ended by a signal.
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}
