//! `cargo xtask review`: everything that follows an edit of the spec, in one command. It generates
//! the code, accepts all snapshots into the working tree, names what is still to be done by hand,
//! and says what the change means for users.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anstyle::{AnsiColor, Style};
use atlas_backup_document::{Document, GENERATIONS, Loaded, Operation, Spec, load};
use clap::Parser;
use xtask_changes::git::{Commit, Repository};

mod names;
mod snapshots;

use names::{Gone, gone, mentions};

const BOLD: Style = Style::new().bold();

/// The arguments of the command.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask review",
    bin_name = "cargo xtask review",
    max_term_width = 100,
    about = "Do everything that follows an edit of the spec, and list what to review",
    long_about = "Generate the code from spec/*.yaml, accept all snapshots into the working tree, list every place that still says the name of \
                  an operation or type that is gone, run the tests, and say what the change means for users.\n\n\
                  Nothing is committed: review the result with `git diff`.",
    after_help = "Exit status: 0 if nothing is left to do; 1 if a document has findings, a test fails, an old name is left, \
                  or CHANGELOG.md lacks a change."
)]
pub struct Arguments {
    /// The commit, branch or tag to compare with [default: the last tag, or HEAD if there is none]
    base: Option<String>,
    /// Neither run the tests nor accept snapshots
    #[arg(long)]
    no_tests: bool,
    /// The project's folder, if it is not the one that this command was built in
    #[arg(long, hide = true)]
    root: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// If a document has findings, a file cannot be read or written, or git or cargo cannot be run. The
/// error is a message for the user.
pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let root = match &arguments.root {
        Some(root) => root.clone(),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."),
    };
    let repository = Repository::new(&root)?;
    let base = repository.base(arguments.base.as_deref())?;
    title("Generated code");
    xtask_codegen::run(&xtask_codegen::Arguments::write(&root))?;
    let (older, newer) = (
        documents(&repository, Some(&base))?,
        documents(&repository, None)?,
    );
    let (older, newer) = (loaded(&older)?, loaded(&newer)?);
    title("Names that are gone");
    let mut is_done = old_names(&repository, &older, &newer)?;
    title("Operations that the fake Atlas answers with their example");
    anstream::print!("{}", without_handler(&repository, &newer)?);
    if !arguments.no_tests {
        title("Tests");
        is_done &= tests(&root)?;
    }
    title("Snapshots to review");
    anstream::print!("{}", snapshots::by_kind(&repository.status("*.snap")?));
    title(&format!("What changes for users since {}", base.name));
    let since = xtask_changes::Arguments::since(&root, arguments.base.as_deref());
    xtask_changes::run(&since)?;
    for subject in xtask_changes::untold(&since)? {
        anstream::println!("{subject} is not in the unreleased changes of CHANGELOG.md");
        is_done = false;
    }
    Ok(match is_done {
        true => ExitCode::SUCCESS,
        false => {
            let red = AnsiColor::Red.on_default();
            anstream::eprintln!("\n{red}something is left to do by hand, see above{red:#}");
            ExitCode::FAILURE
        }
    })
}

fn title(text: &str) {
    anstream::println!("\n{BOLD}== {text}{BOLD:#}");
}

/// Returns the documents in the working tree, or in a commit.
fn documents(repository: &Repository, commit: Option<&Commit>) -> Result<Vec<Document>, String> {
    let mut documents = Vec::new();
    for generation in GENERATIONS {
        let text = match commit {
            Some(commit) => repository.then(commit, generation.document)?,
            None => repository.now(generation.document)?,
        };
        documents.extend(text.map(|text| Document {
            api: generation.api.to_owned(),
            path: generation.document.to_owned(),
            text,
        }));
    }
    Ok(documents)
}

fn loaded(documents: &[Document]) -> Result<Vec<Loaded<'_>>, String> {
    let load = |document| load(document).map_err(|error| error.render(document, true));
    documents.iter().map(load).collect()
}

/// Prints every place that still says the name of what is gone. Returns whether there is none, but
/// for names that another API generation still has.
fn old_names(
    repository: &Repository,
    older: &[Loaded<'_>],
    newer: &[Loaded<'_>],
) -> Result<bool, String> {
    let files = repository.files()?;
    let mut is_done = true;
    for gone in gone(older, newer) {
        let mentions = mentions(repository.root(), &files, &gone)?;
        let Gone {
            api,
            name,
            renamed,
            kept_by,
            ..
        } = &gone;
        match renamed {
            Some(new) => anstream::println!("  {api}: {name} is {new} now"),
            None => anstream::println!("  {api}: {name} is gone"),
        }
        if let Some(other) = kept_by {
            anstream::println!("    {other} still has it: change the places that mean {api}");
        }
        for mention in &mentions {
            anstream::println!("    {mention}");
        }
        is_done &= mentions.is_empty() || kept_by.is_some();
    }
    Ok(is_done)
}

/// The file that has the handlers of the fake Atlas.
const HANDLERS: &str = "tests/fake-atlas/src/atlas/operations.rs";

/// Lists the operations that have no handler in the fake Atlas.
fn without_handler(repository: &Repository, documents: &[Loaded<'_>]) -> Result<String, String> {
    let handlers = repository.now(HANDLERS)?.unwrap_or_default();
    let mut text = String::new();
    for operation in documents
        .iter()
        .flat_map(|loaded| Spec::from(loaded).operations().to_vec())
    {
        let Operation { api, id, .. } = operation;
        if !handlers.contains(&format!("\"{id}\"")) {
            text += &format!("  {api}/{id}: to keep its resources, add a handler to {HANDLERS}\n");
        }
    }
    Ok(text)
}

/// Runs the tests that read the spec, and accepts all their snapshots. Returns whether they pass.
fn tests(root: &Path) -> Result<bool, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .current_dir(root)
        .args([
            "test",
            "--package",
            "atlas-backup-tests",
            "--package",
            "atlas-backup-fake",
            "--no-fail-fast",
        ])
        // A snapshot that differs is written and does not end its test.
        .envs([
            ("INSTA_UPDATE", "always"),
            ("INSTA_FORCE_PASS", "1"),
            ("RUST_BACKTRACE", "0"),
        ])
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    Ok(status.success())
}
