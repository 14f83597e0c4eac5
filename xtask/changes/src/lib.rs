//! `cargo xtask changes`: compares the spec with that of an earlier commit, and says what changes for
//! users and which version that needs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use atlas_backup_document::changes::Change;
use clap::Parser;

mod draft;
pub mod git;
mod groups;
mod history;
mod lost_methods;
mod markdown;
mod rust_api;
mod same_code;
mod text;
mod told;
mod version;

use git::Repository;
use rust_api::RustApi;
pub use told::says;
use version::Verdict;

/// The arguments of the command.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask changes",
    bin_name = "cargo xtask changes",
    max_term_width = 100,
    about = "Say what changes for users since a release",
    long_about = "Compare the spec in the working tree with that of an earlier commit, and say what changes for people who use the client: \
                  operations and types that are added, removed or renamed, members, arguments, enum values, checks, media types, deprecations.\n\n\
                  Each change is major, minor or a patch by the promises in CHANGELOG.md. Then follow the version that is needed and a draft \
                  for CHANGELOG.md. If cargo-semver-checks is installed, it compares the public Rust API in the same way.",
    after_help = "Exit status: 0 if the spec was compared, whatever changed; 1 if a document cannot be read or compared; with --check, also 1 \
                  if the version in Cargo.toml is too low."
)]
pub struct Arguments {
    /// The commit, branch or tag to compare with [default: the last tag, or HEAD if there is none]
    base: Option<String>,
    /// Print Markdown, for a comment or the summary of a workflow
    #[arg(long)]
    markdown: bool,
    /// Fail if the version in Cargo.toml is too low for what has changed
    #[arg(long)]
    check: bool,
    /// Do not run cargo-semver-checks
    #[arg(long)]
    no_rust: bool,
    /// The project's folder, if it is not the one that this command was built in
    #[arg(long, hide = true)]
    root: Option<PathBuf>,
}

/// What the command found out.
struct Outcome {
    /// The commit that was compared with, as the user knows it.
    base: String,
    changes: Vec<Change>,
    verdict: Verdict,
    rust: RustApi,
}

impl Arguments {
    fn root(&self) -> PathBuf {
        let built_in = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        self.root.clone().unwrap_or_else(built_in)
    }

    /// The arguments to compare the project in this folder with a commit, without the Rust API.
    pub fn since(root: &Path, base: Option<&str>) -> Self {
        Arguments {
            base: base.map(str::to_owned),
            markdown: false,
            check: false,
            no_rust: true,
            root: Some(root.to_owned()),
        }
    }
}

/// Runs the command, and prints what has changed.
///
/// # Errors
/// If a document cannot be read or compared, or git cannot be run. The error is a message for the
/// user.
pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let outcome = outcome(arguments)?;
    if arguments.markdown {
        anstream::print!("{}", markdown::page(&outcome));
    } else {
        anstream::print!("{}", text::report(&outcome));
    }
    Ok(
        match outcome.verdict.is_enough() && outcome.rust.is_enough() {
            false if arguments.check => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        },
    )
}

/// Returns what has changed, but for patches, and is not in the unreleased changes of CHANGELOG.md:
/// the names of operations, types and members in Rust, each of which must be there with its owner.
///
/// # Errors
/// As [`run`].
pub fn untold(arguments: &Arguments) -> Result<Vec<String>, String> {
    let root = arguments.root();
    let changelog = Repository::new(&root)?
        .now("CHANGELOG.md")?
        .unwrap_or_default();
    Ok(told::untold(&outcome(arguments)?.changes, &changelog))
}

fn outcome(arguments: &Arguments) -> Result<Outcome, String> {
    let root = arguments.root();
    let repository = Repository::new(&root)?;
    let base = repository.base(arguments.base.as_deref())?;
    let changes = history::changes(&repository, &base)?;
    let verdict = version::verdict(&repository, &base, &changes)?;
    let rust = match arguments.no_rust {
        true => RustApi::Skipped,
        false => rust_api::check(&root, &base)?,
    };
    Ok(Outcome {
        base: base.name,
        changes,
        verdict,
        rust,
    })
}
