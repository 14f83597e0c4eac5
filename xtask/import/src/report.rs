//! Formats what an import did, or what it would change.

use std::fmt::Write;

use anstyle::Style;
use atlas_backup_document::compare::Difference;
use atlas_backup_document::import::{Import, Known};

/// Formats the import of a new operation.
pub fn new(import: &Import, published: &str) -> String {
    let bold = Style::new().bold();
    let path = &import.document.path;
    let at = &import.location;
    let mut text = format!(
        "{bold}{path}:{}:{}: {}{bold:#}\n",
        at.line, at.column, import.id
    );
    for added in &import.added {
        push(&mut text, format_args!("  added    {added}"));
    }
    for (drafted, ours) in &import.reused {
        let official = if drafted == ours {
            String::new()
        } else {
            format!(", for {drafted}")
        };
        push(&mut text, format_args!("  kept     {ours}{official}"));
    }
    for (name, taken) in &import.renamed {
        push(
            &mut text,
            format_args!(
                "  renamed  {name}: {path} has another {taken}; rename it if a better name is free"
            ),
        );
    }
    for omitted in &import.omitted {
        push(
            &mut text,
            format_args!("  omitted  {}: {}", omitted.place, omitted.what),
        );
    }
    if !import.differences.is_empty() {
        push(
            &mut text,
            format_args!("\nwhat the spec says otherwise than {published}:"),
        );
        differences(&mut text, path, &import.differences);
    }
    match import.findings.as_ref().map(|error| error.findings.len()) {
        Some(count) => push(
            &mut text,
            format_args!(
                "\n{count} places to fill in or to correct; run cargo xtask codegen, which shows the first 50, until it shows none"
            ),
        ),
        None => push(&mut text, format_args!("\nnow run cargo xtask codegen")),
    }
    text
}

/// Formats the comparison of an operation that the spec has already.
pub fn known(known: &Known, published: &str) -> String {
    let bold = Style::new().bold();
    let at = &known.location;
    let (path, id) = (&known.path, &known.id);
    let mut text = format!(
        "{bold}{path}:{}:{}: {id}{bold:#} is in the spec already\n",
        at.line, at.column
    );
    let open = known
        .differences
        .iter()
        .filter(|it| it.explanation.is_none())
        .count();
    if open == 0 {
        push(&mut text, format_args!("{published} would change nothing"));
    } else {
        push(&mut text, format_args!("{published} would change:"));
    }
    differences(&mut text, path, &known.differences);
    push(&mut text, format_args!("\nnothing was written"));
    text
}

/// Writes the differences that nothing explains, and the number of the others.
fn differences(text: &mut String, path: &str, differences: &[Difference]) {
    let (explained, open): (Vec<&Difference>, Vec<_>) =
        differences.iter().partition(|it| it.explanation.is_some());
    for difference in open {
        let at = &difference.location;
        push(
            text,
            format_args!("  {path}:{}:{}: {difference}", at.line, at.column),
        );
        push(
            text,
            format_args!("      published: #{}", difference.published_pointer),
        );
    }
    if !explained.is_empty() {
        push(
            text,
            format_args!(
                "  {} more that spec/deviations.yaml explains",
                explained.len()
            ),
        );
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _infallible = writeln!(text, "{line}");
}
