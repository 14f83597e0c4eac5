//! What `cargo xtask codegen` prints after it has written the files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anstyle::Style;
use atlas_backup_codegen::{Duplicate, ItemKind, Output, Part, Reason};

use crate::CODE;
use crate::tree::{Change, Files};

/// Lists the documents with the numbers of what was generated from them, and the changed files.
pub(crate) fn table(parts: &[Part], changes: &[(String, Change)]) -> String {
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
        let of_part = |path: &str| path.starts_with(&format!("{CODE}/{}/", part.folder));
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
pub(crate) fn duplicates(duplicates: &[Duplicate]) -> String {
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
pub(crate) fn moved(output: &Output, expected: &Files, found: &Files) -> String {
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
                Reason::Differs => {
                    let difference = difference(output, duplicate);
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

/// Returns the first line of the code of a type that is not in that of all API generations.
fn difference<'a>(output: &'a Output, duplicate: &Duplicate) -> &'a str {
    let parts = output.parts.iter();
    let items = parts
        .filter(|part| duplicate.apis.contains(&part.folder))
        .flat_map(|part| &part.items);
    let texts = items.filter(|item| item.kind == ItemKind::Type && item.name == duplicate.name);
    let texts: Vec<&str> = texts.map(|item| item.text.as_str()).collect();
    let everywhere = |line: &&str| {
        texts
            .iter()
            .all(|text| text.lines().any(|one| one == *line))
    };
    // What uses a type may differ even if the type is the same.
    let is_usage = |line: &&str| line.contains("`Api::");
    let mut lines = texts.iter().flat_map(|text| text.lines());
    lines
        .find(|line| !is_usage(line) && !everywhere(line))
        .unwrap_or_default()
        .trim()
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
