//! The report for the terminal.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use atlas_backup_document::changes::{Level, Promise};

use crate::groups::{Group, counts, groups, lines, names};
use crate::rust_api::RustApi;
use crate::{Outcome, draft};

const BOLD: Style = Style::new().bold();

/// Formats the report: the changes, the version that is needed, and the draft for CHANGELOG.md.
pub fn report(outcome: &Outcome) -> String {
    let mut text = format!("{BOLD}Changes since {}{BOLD:#}\n", outcome.base);
    let lines = lines(&outcome.changes);
    let mut api = "";
    for group in groups(&lines) {
        if group.api != api {
            api = group.api;
            push(&mut text, format_args!("\n{BOLD}{api}{BOLD:#}"));
        }
        describe(&mut text, &group);
    }
    text.push('\n');
    if !lines.is_empty() {
        push(&mut text, format_args!("{}", counts(&lines)));
    }
    let style = match outcome.verdict.is_enough() {
        true => AnsiColor::Green.on_default(),
        false => AnsiColor::Yellow.on_default(),
    };
    push(
        &mut text,
        format_args!("{style}{}{style:#}", outcome.verdict),
    );
    if let Some(summary) = outcome.rust.summary() {
        if let RustApi::Checked { output, .. } = &outcome.rust {
            push(&mut text, format_args!("\n{}\n", output.trim()));
        }
        push(&mut text, format_args!("{summary}"));
    }
    let draft = draft::sections(&lines);
    if !draft.is_empty() {
        push(
            &mut text,
            format_args!("\n{BOLD}Draft for CHANGELOG.md{BOLD:#}\n\n{draft}"),
        );
    }
    text
}

fn describe(text: &mut String, group: &Group<'_>) {
    let style = match group.promise.level() {
        Level::Major => AnsiColor::Red.on_default(),
        Level::Minor => AnsiColor::Yellow.on_default(),
        Level::Patch => Style::new(),
    };
    let (level, sentence) = (group.promise.level().name(), group.promise.sentence());
    push(text, format_args!("  {style}{level}{style:#}: {sentence}"));
    if group.promise == Promise::Documentation {
        return push(text, format_args!("    {}", names(group.lines)));
    }
    for line in group.lines {
        push(text, format_args!("    {}: {}", line.place, line.text()));
    }
    if let Some(advice) = group.promise.advice() {
        push(text, format_args!("    = {advice}"));
    }
}

fn push(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _infallible = writeln!(text, "{line}");
}
