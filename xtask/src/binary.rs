//! Builds and runs the program of a command with cargo.

use std::env;
use std::ffi::OsString;
use std::io;
use std::process::{Command, ExitCode, ExitStatus};

/// Builds a binary of this workspace and runs it in the current folder. `package` is the package
/// name, followed by cargo arguments that select features. Returns the exit code of the binary.
///
/// # Errors
/// If cargo cannot be run.
pub fn run(package: &[&str], name: &str, arguments: &[OsString]) -> Result<ExitCode, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let binary: Vec<&str> = ["--package"]
        .iter()
        .chain(package)
        .chain(&["--bin", name])
        .copied()
        .collect();
    // The first build takes minutes, and cargo shows its progress on standard error. `cargo run
    // --quiet` prints nothing about how the program ends.
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

/// Replaces this process by the command, as `cargo run` does too. A signal to this process then
/// reaches the program, and no parent process waits for it or can leave it behind.
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

/// Converts an exit status. A status without a code means that a signal ended the process.
fn code(status: ExitStatus) -> ExitCode {
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from)
}
