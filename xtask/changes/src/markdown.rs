//! The report as Markdown, for a comment or the summary of a workflow.

use std::fmt::Write;

use atlas_backup_document::changes::Promise;

use crate::groups::{Group, counts, groups, lines, names};
use crate::rust_api::RustApi;
use crate::{Outcome, draft};

/// Formats the report. The verdict comes first, because not everybody reads further.
pub fn page(outcome: &Outcome) -> String {
    let mut text = format!(
        "## Changes since `{}`\n\n**{}**\n",
        outcome.base, outcome.verdict
    );
    let lines = lines(&outcome.changes);
    let mut api = "";
    for group in groups(&lines) {
        if group.api != api {
            api = group.api;
            let header = format_args!("\n### {api}\n\n| release | change | place |\n|---|---|---|");
            push(&mut text, header);
        }
        rows(&mut text, &group);
    }
    if !lines.is_empty() {
        push(&mut text, format_args!("\n{}", counts(&lines)));
    }
    if let Some(summary) = outcome.rust.summary() {
        push(&mut text, format_args!("\n{summary}"));
        if let RustApi::Checked { output, .. } = &outcome.rust {
            details(
                &mut text,
                "Output of cargo-semver-checks",
                "text",
                output.trim(),
            );
        }
    }
    let draft = draft::sections(&lines);
    if !draft.is_empty() {
        details(&mut text, "Draft for CHANGELOG.md", "md", draft.trim_end());
    }
    text
}

fn rows(text: &mut String, group: &Group<'_>) {
    let level = group.promise.level().name();
    if group.promise == Promise::Documentation {
        let names = cell(&names(group.lines));
        return push(
            text,
            format_args!("| {level} | documentation of {names} | |"),
        );
    }
    for line in group.lines {
        let (what, place) = (cell(&line.text()), cell(&line.place.to_string()));
        push(text, format_args!("| {level} | {what} | `{place}` |"));
    }
    if let Some(advice) = group.promise.advice() {
        push(text, format_args!("| | _{advice}_ | |"));
    }
}

/// A bar would end the cell, even in code.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn details(text: &mut String, title: &str, language: &str, content: &str) {
    push(
        text,
        format_args!(
            "\n<details><summary>{title}</summary>\n\n````{language}\n{content}\n````\n\n</details>"
        ),
    );
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _infallible = writeln!(text, "{line}");
}
