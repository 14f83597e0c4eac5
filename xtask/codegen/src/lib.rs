//! `cargo xtask codegen`: generates the client from spec/*.yaml, and writes the files or compares
//! them with those on disk.

use std::fmt::Write;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::AnsiColor;
use atlas_backup_codegen::{Output, explain, generate};
use atlas_backup_document::{Document, GENERATIONS};
use clap::Parser;
use similar::TextDiff;

pub mod counts;
mod short;
mod summary;
pub mod tree;

use counts::Counts;
use short::short;
use tree::{Change, Files};

/// The command that fixes every difference.
pub const REPAIR: &str = "cargo xtask codegen";
/// The maximum number of diff lines shown. The rest is only counted.
const DIFF_LINES: usize = 60;
/// The folder of the generated code.
const CODE: &str = "atlas-backup-api/src/generated";
/// The folder of the documents.
const SPEC: &str = "spec";

/// The arguments of the command.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask codegen",
    bin_name = "cargo xtask codegen",
    max_term_width = 100,
    about = "Generate the client from spec/*.yaml, or verify that the generated files are up to date",
    long_about = "Generate atlas-backup-api/src/generated from spec/v1.yaml and spec/v2.yaml.\n\nWithout options it writes the files that changed \
                  and prints a summary. If a document has findings, no file is changed.",
    after_help = "Exit status: 0 if all files are written or up to date, 1 if a document has findings, a file cannot be written, or (with \
                  --check) files differ."
)]
pub struct Arguments {
    /// Write nothing; compare the files on disk, show the differences and exit with 1 if there are
    /// any
    #[arg(long)]
    pub check: bool,
    /// Write nothing; show one operation, such as takeSnapshot, at each stage of the generator
    #[arg(long, value_name = "OPERATION", conflicts_with = "check")]
    pub explain: Option<String>,
    /// The project's folder, if it is not the one that this command was built in
    #[arg(long, hide = true)]
    pub root: Option<PathBuf>,
}

impl Arguments {
    /// The arguments to write the files of the project in this folder.
    pub fn write(root: &Path) -> Self {
        Arguments {
            check: false,
            explain: None,
            root: Some(root.to_owned()),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// If a document has findings, or a file cannot be read or written. The error is a message for the
/// user.
pub fn run(arguments: &Arguments) -> Result<ExitCode, String> {
    let root = arguments
        .root
        .clone()
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
    if let Some(id) = &arguments.explain {
        anstream::print!("{}", explanation(&root, id)?);
        return Ok(ExitCode::SUCCESS);
    }
    let _until_the_end = tree::lock(&root.join(SPEC));
    let (documents, unread) = documents(&root);
    let output = generate_all(&documents, &unread)?;
    let (mut expected, mut found) = (expected(&output), found(&root)?);
    let stating = stating(&root)?;
    expected.extend(Counts::of(&documents, &output).correct(&stating)?);
    found.extend(stating);
    let changes = tree::compare(&expected, &found);
    let moved = summary::moved(&output, &expected, &found);
    if arguments.check {
        return Ok(verify(&changes, &expected, &found, &moved));
    }
    for (path, _) in &changes {
        tree::write(&root.join(path), expected.get(path).map(String::as_str))?;
    }
    anstream::print!(
        "{}{}{moved}",
        summary::table(&output.parts, &changes),
        summary::duplicates(&output.duplicates)
    );
    Ok(ExitCode::SUCCESS)
}

/// Returns all generated files, by path relative to the project's root.
fn expected(output: &Output) -> Files {
    output
        .parts
        .iter()
        .flat_map(|part| &part.files)
        .map(|file| (format!("{CODE}/{}", file.path), file.text.clone()))
        .collect()
}

/// Returns the files on disk, by path relative to the project's root.
fn found(root: &Path) -> Result<Files, String> {
    let files = tree::read(&root.join(CODE))?.into_iter();
    Ok(files
        .map(|(path, text)| (format!("{CODE}/{path}"), text))
        .collect())
}

/// Shows an operation at each stage, for each document that has it.
fn explanation(root: &Path, id: &str) -> Result<String, String> {
    let mut shown = String::new();
    let (documents, unread) = documents(root);
    if !unread.is_empty() {
        return Err(unread.concat());
    }
    let mut errors = String::new();
    for document in documents {
        let path = &document.path;
        let (stages, error) = explain(&document, id);
        for stage in stages {
            let text = short(stage.stage, &stage.text);
            let _infallible = writeln!(shown, "# {path}: {}\n\n{text}\n", stage.stage);
        }
        errors.extend(error.map(|error| error.render(&document, true)));
    }
    if !errors.is_empty() {
        return Err(shown + &errors);
    }
    if shown.is_empty() {
        return Err(format!(
            "error: no document has an operation {id}; an operation is named by its operationId, such as takeSnapshot"
        ));
    }
    Ok(shown)
}

/// Reads all documents. Also returns a message for each that cannot be read.
fn documents(root: &Path) -> (Vec<Document>, Vec<String>) {
    let (mut documents, mut unread) = (Vec::new(), Vec::new());
    for generation in GENERATIONS {
        let path = generation.document;
        match fs::read(root.join(path))
            .map_err(|error| format!("cannot read {path}: {error}"))
            .and_then(|bytes| text(path, bytes))
        {
            Ok(text) => documents.push(Document {
                api: generation.api.to_owned(),
                path: path.to_owned(),
                text,
            }),
            Err(error) => unread.push(format!("error: {error}\n\n")),
        }
    }
    (documents, unread)
}

/// Reads the files that state numbers, those that are there.
fn stating(root: &Path) -> Result<Files, String> {
    let mut files = Files::new();
    for path in counts::paths() {
        match fs::read_to_string(root.join(path)) {
            Ok(text) => drop(files.insert(path.to_owned(), text)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(format!("error: cannot read {path}: {error}")),
        }
    }
    Ok(files)
}

/// Generates the code of all documents. Fails with the findings of all of them, not only those of
/// the first, and with what could not be read.
fn generate_all(documents: &[Document], unread: &[String]) -> Result<Output, String> {
    let errors = match generate(documents) {
        Ok(output) if unread.is_empty() => return Ok(output),
        Ok(_) => Vec::new(),
        Err(errors) => errors,
    };
    let (mut messages, mut findings) = (unread.concat(), unread.len());
    for error in errors {
        findings += error.findings.len();
        let document = documents.iter().find(|one| one.path == error.path);
        messages.extend(document.map(|document| error.render(document, true)));
    }
    let word = if findings == 1 { "finding" } else { "findings" };
    Err(format!("{messages}{findings} {word}; nothing was written"))
}

/// Decodes a document. Fails with the position of the first byte that is not UTF-8.
fn text(path: &str, bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid
            .split(|byte| *byte == b'\n')
            .next_back()
            .unwrap_or_default();
        let (lines, column) = (
            valid.iter().filter(|byte| **byte == b'\n').count() + 1,
            String::from_utf8_lossy(line).chars().count() + 1,
        );
        format!("{path}:{lines}:{column}: this is not UTF-8: save the file as UTF-8")
    })
}

fn verify(changes: &[(String, Change)], expected: &Files, found: &Files, moved: &str) -> ExitCode {
    if changes.is_empty() {
        anstream::println!(
            "the generated code is up to date ({} files)",
            expected.len()
        );
        return ExitCode::SUCCESS;
    }
    anstream::eprint!("{}{moved}", report(changes, expected, found));
    ExitCode::FAILURE
}

/// Formats the list of changes, the first lines of the diff, and the command that fixes them.
pub fn report(changes: &[(String, Change)], expected: &Files, found: &Files) -> String {
    let mut text = String::new();
    for (path, change) in changes {
        let _infallible = writeln!(text, "{:<9} {path}", change.to_string());
    }
    let lines = diff(changes, expected, found);
    text.push('\n');
    for line in lines.iter().take(DIFF_LINES) {
        text.push_str(line);
    }
    if lines.len() > DIFF_LINES {
        let _infallible = writeln!(text, "… and {} more lines", lines.len() - DIFF_LINES);
    }
    let _infallible = writeln!(
        text,
        "\n{} of {} generated files do not match spec/. To fix this, run: {REPAIR}",
        changes.len(),
        expected.len()
    );
    text
}

fn diff(changes: &[(String, Change)], expected: &Files, found: &Files) -> Vec<String> {
    let (red, green) = (AnsiColor::Red.on_default(), AnsiColor::Green.on_default());
    let mut lines = Vec::new();
    for (path, _) in changes
        .iter()
        .filter(|(_, change)| *change == Change::Stale)
    {
        let (old, new) = (
            found.get(path).map_or("", String::as_str),
            expected.get(path).map_or("", String::as_str),
        );
        let diff = TextDiff::from_lines(old, new);
        let unified = diff
            .unified_diff()
            .context_radius(2)
            .header(&format!("{path} (on disk)"), &format!("{path} (generated)"))
            .to_string();
        lines.extend(unified.lines().map(|line| match line.as_bytes().first() {
            Some(b'-') => format!("{red}{line}{red:#}\n"),
            Some(b'+') => format!("{green}{line}{green:#}\n"),
            _ => format!("{line}\n"),
        }));
    }
    lines
}
