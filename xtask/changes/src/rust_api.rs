//! Compares the public Rust API with cargo-semver-checks, if it is installed: it sees what is written
//! by hand, and what the comparison of the spec forgets.

use std::env;
use std::path::Path;
use std::process::{Command, Output};

use crate::git::Commit;

/// The package that users depend on.
const PACKAGE: &str = "atlas-backup-api";

/// The result of cargo-semver-checks.
pub enum RustApi {
    /// Not wanted.
    Skipped,
    /// It is not installed.
    Missing,
    /// What it printed, and whether the version is high enough.
    Checked { output: String, is_enough: bool },
}

impl RustApi {
    /// Whether nothing says that the version is too low.
    pub fn is_enough(&self) -> bool {
        !matches!(
            self,
            RustApi::Checked {
                is_enough: false,
                ..
            }
        )
    }

    /// Returns the result as a sentence, or `None` if it was not wanted.
    pub fn summary(&self) -> Option<&'static str> {
        Some(match self {
            RustApi::Skipped => return None,
            RustApi::Missing => {
                "the public Rust API was not compared: `cargo install cargo-semver-checks --locked` installs what does it"
            }
            RustApi::Checked {
                is_enough: true, ..
            } => "cargo-semver-checks: the version is high enough for the public Rust API",
            RustApi::Checked {
                is_enough: false, ..
            } => {
                "cargo-semver-checks: the version is too low for the public Rust API, or it could not be compared"
            }
        })
    }
}

/// Runs cargo-semver-checks, if it is installed.
pub fn check(root: &Path, base: &Commit) -> Result<RustApi, String> {
    let is_installed = run(root, &["semver-checks", "--version"])?.status.success();
    if !is_installed {
        return Ok(RustApi::Missing);
    }
    let output = run(
        root,
        &[
            "semver-checks",
            "--package",
            PACKAGE,
            "--baseline-rev",
            &base.id,
            "--color",
            "never",
        ],
    )?;
    let printed = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes));
    Ok(RustApi::Checked {
        output: printed.concat(),
        is_enough: output.status.success(),
    })
}

fn run(root: &Path, arguments: &[&str]) -> Result<Output, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(arguments);
    command
        .output()
        .map_err(|error| format!("cannot run cargo: {error}"))
}
