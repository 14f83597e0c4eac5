//! `cargo xtask codegen`: generates the client from spec/*.yaml, and writes the files or compares
//! them with those on disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use atlas_backup_codegen::{Duplicate, ItemKind, Output, Part, Reason, explain, generate};
use atlas_backup_document::{Document, GENERATIONS};
use clap::Parser;
use similar::TextDiff;

pub mod tree;

use tree::{Change, Files};

/// The command that fixes every difference.
pub const REPAIR: &str = "cargo xtask codegen";
/// The maximum number of diff lines shown. The rest is only counted.
const DIFF_LINES: usize = 60;
/// The folders of the generated client code and of the generated test table.
const CODE: &str = "atlas-backup-api/src/generated";
const TABLES: &str = "tests/src/generated";

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
    /// Also list how many places each pass of the generator changed
    #[arg(long)]
    pub passes: bool,
    /// Write nothing; show one operation, such as takeSnapshot, at each stage of the generator
    #[arg(long, value_name = "OPERATION", conflicts_with_all = ["check", "passes"])]
    pub explain: Option<String>,
    /// The project's folder, if it is not the one that this command was built in
    #[arg(long, hide = true)]
    pub root: Option<PathBuf>,
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
    let output = generate_all(&root)?;
    let (expected, mut found) = (expected(&output), Files::new());
    for folder in [CODE, TABLES] {
        found.extend(prefixed(folder, tree::read(&root.join(folder))?));
    }
    let changes = tree::compare(&expected, &found);
    let moved = moved(&output, &expected, &found);
    if arguments.check {
        return Ok(verify(&changes, &expected, &found, &moved));
    }
    for (path, _) in &changes {
        tree::write(&root.join(path), expected.get(path).map(String::as_str))?;
    }
    anstream::print!(
        "{}{}{moved}",
        table(&output.parts, &changes),
        duplicates(&output.duplicates)
    );
    if arguments.passes {
        anstream::print!("\n{}", passes(&output));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns all generated files, by path relative to the project's root.
fn expected(output: &Output) -> Files {
    let code = output
        .parts
        .iter()
        .flat_map(|part| &part.files)
        .map(|file| (format!("{CODE}/{}", file.path), file.text.clone()));
    let tables = output
        .parts
        .iter()
        .flat_map(|part| &part.table)
        .map(|file| (format!("{TABLES}/{}", file.path), file.text.clone()));
    code.chain(tables).collect()
}

fn prefixed(folder: &str, files: Files) -> Files {
    files
        .into_iter()
        .map(|(path, text)| (format!("{folder}/{path}"), text))
        .collect()
}

/// Shows an operation at each stage, for each document that has it.
fn explanation(root: &Path, id: &str) -> Result<String, String> {
    let mut shown = String::new();
    for generation in GENERATIONS {
        let path = generation.document;
        let text = fs::read(root.join(path))
            .map_err(|error| error.to_string())
            .and_then(|bytes| text(path, bytes))
            .map_err(|error| format!("error: cannot read {path}: {error}"))?;
        let document = Document {
            api: generation.api.to_owned(),
            path: path.to_owned(),
            text,
        };
        let stages = explain(&document, id).map_err(|error| error.render(&document, true))?;
        for stage in stages.into_iter().flatten() {
            let _infallible = writeln!(shown, "# {path}: {}\n\n{}\n", stage.stage, stage.text);
        }
    }
    if shown.is_empty() {
        return Err(format!(
            "error: no document has an operation {id}; an operation is named by its operationId, such as takeSnapshot"
        ));
    }
    Ok(shown)
}

/// Generates the code of all documents. Fails with the findings of all of them, not only those of
/// the first.
fn generate_all(root: &Path) -> Result<Output, String> {
    let mut documents = Vec::new();
    let mut messages = String::new();
    let mut findings = 0;
    for generation in GENERATIONS {
        let path = generation.document;
        let file = root.join(path);
        match fs::read(&file)
            .map_err(|error| error.to_string())
            .and_then(|bytes| text(path, bytes))
        {
            Ok(text) => documents.push(Document {
                api: generation.api.to_owned(),
                path: path.to_owned(),
                text,
            }),
            Err(error) => {
                findings += 1;
                let _infallible = write!(messages, "error: cannot read {path}: {error}\n\n");
            }
        }
    }
    let errors = match generate(&documents) {
        Ok(output) if messages.is_empty() => return Ok(output),
        Ok(_) => Vec::new(),
        Err(errors) => errors,
    };
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
        format!("{path}:{lines}:{column}: not UTF-8")
    })
}

fn passes(output: &Output) -> String {
    output
        .passes
        .iter()
        .map(|(name, count)| format!("{name:<24}{count:>6} places\n"))
        .collect()
}

fn table(parts: &[Part], changes: &[(String, Change)]) -> String {
    let bold = Style::new().bold();
    let mut text = format!(
        "{bold}{:<16}{:>11}{:>7}{:>7}{:>8}  {:<12}{bold:#}\n",
        "document", "operations", "types", "files", "lines", "changed"
    );
    let mut all = 0;
    for part in parts {
        let count = |kind| part.items.iter().filter(|item| item.kind == kind).count();
        let lines: usize = part
            .files
            .iter()
            .map(|file| file.text.lines().count())
            .sum();
        all += lines;
        let of_part = |path: &str| {
            [CODE, TABLES]
                .iter()
                .any(|folder| path.starts_with(&format!("{folder}/{}/", part.folder)))
        };
        let changed = changes.iter().filter(|(path, _)| of_part(path)).count();
        let changed = match changed {
            0 => "-".to_owned(),
            1 => "1 file".to_owned(),
            several => format!("{several} files"),
        };
        let types = count(ItemKind::Type);
        let operations = match count(ItemKind::Operation) {
            0 => "-".to_owned(),
            several => several.to_string(),
        };
        let name = match part.documents.as_slice() {
            [document] => document,
            _ => &part.folder,
        };
        let _infallible = writeln!(
            text,
            "{name:<16}{operations:>11}{types:>7}{:>7}{lines:>8}  {changed}",
            part.files.len()
        );
    }
    let _infallible = writeln!(text, "{:<16}{:>33}", "all", all);
    for (path, change) in changes {
        let what = match change {
            Change::Missing => "new",
            Change::Stale => "changed",
            Change::Orphaned => "removed",
        };
        let _infallible = writeln!(text, "  {what:<9}{path}");
    }
    text
}

/// Lists the types that several API generations have and that cannot be shared: first those that
/// differ, then those that use one of them.
fn duplicates(duplicates: &[Duplicate]) -> String {
    let mut names: BTreeMap<(&[String], bool), Vec<&str>> = BTreeMap::new();
    for Duplicate { name, apis, reason } in duplicates {
        let only_uses = matches!(reason, Reason::Uses(_));
        names.entry((apis, only_uses)).or_default().push(name);
    }
    names
        .iter()
        .map(|((apis, only_uses), names)| {
            let why = match only_uses {
                false => format!("as {} differ", apis.join(" and ")),
                true => "as they use one of these".to_owned(),
            };
            format!("{}, {why}: {}\n", made(apis), names.join(", "))
        })
        .collect()
}

/// How often a type is generated: `made twice`.
fn made(apis: &[String]) -> String {
    match apis.len() {
        2 => "made twice".to_owned(),
        several => format!("made {several} times"),
    }
}

/// Describes the types that are shared on disk and not any more in the generated code, and the
/// reverse, a line each. Returns nothing if no code is shared on disk.
fn moved(output: &Output, expected: &Files, found: &Files) -> String {
    let (before, after) = (shared_types(found), shared_types(expected));
    let mut text = String::new();
    if before.is_empty() {
        return text;
    }
    for duplicate in &output.duplicates {
        if before.contains(duplicate.name.as_str()) {
            let Duplicate { name, apis, reason } = duplicate;
            let (made, apis) = (made(apis), apis.join(" and "));
            let _infallible = match reason {
                Reason::Differs(difference) => {
                    writeln!(text, "  {name}: {apis} differ now, {made} ({difference})")
                }
                Reason::Uses(used) => writeln!(text, "  {name}: {made} now, as it uses `{used}`"),
            };
        }
    }
    let own: Vec<_> = found
        .iter()
        .filter(|(path, _)| path.starts_with(CODE) && path.contains("/types/"))
        .collect();
    for name in after.difference(&before) {
        let defines = |text: &str| types(text).any(|found| found == *name);
        if own.iter().filter(|(_, text)| defines(text)).count() > 1 {
            let _infallible = writeln!(text, "  {name}: the same everywhere now, made once");
        }
    }
    text
}

/// Returns the names of the types in the shared files.
fn shared_types(files: &Files) -> BTreeSet<&str> {
    let shared = format!("{CODE}/shared/");
    files
        .iter()
        .filter(|(path, _)| path.starts_with(&shared))
        .flat_map(|(_, text)| types(text))
        .collect()
}

/// Returns the names of the types that a generated file defines.
fn types(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let line = line.trim_start();
        let definition = line
            .strip_prefix("pub struct ")
            .or_else(|| line.strip_prefix("pub enum "))?;
        definition.split_whitespace().next()
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
