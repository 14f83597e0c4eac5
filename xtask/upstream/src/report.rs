//! Formats the result of a comparison, for people and for programs.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use atlas_backup_document::compare::{Difference, Report};
use atlas_backup_document::{Finding, Location};
use serde_json::{Value, json};

use crate::calendar::Calendar;

/// Whether every difference is explained and every entry explains a difference.
pub fn is_clean(report: &Report) -> bool {
    report.stale.is_empty() && report.unexplained().next().is_none()
}

/// Formats the reports for people: numbers, then unexplained differences, then entries that explain
/// nothing.
pub fn text(
    published: &str,
    reports: &[Report],
    deviations: &str,
    explained: bool,
    calendar: &Calendar<'_>,
) -> String {
    let mut text = String::new();
    for report in reports {
        numbers(&mut text, report, published);
        let to_come = calendar.text(report, deviations);
        if !to_come.is_empty() {
            push_line(&mut text, format_args!("\n{}", to_come.trim_end()));
        }
        let differences = report.differences.iter();
        for difference in differences.filter(|it| explained || it.explanation.is_none()) {
            push_line(&mut text, format_args!(""));
            describe(&mut text, report, difference, deviations);
        }
        for finding in &report.stale {
            push_line(&mut text, format_args!("\n{}", finding.line(deviations)));
            if let Some(help) = &finding.help {
                push_line(&mut text, format_args!("    {help}"));
            }
        }
        verdict(&mut text, report, deviations);
    }
    text
}

/// Says what was compared, and how many differences there are.
fn numbers(text: &mut String, report: &Report, published: &str) {
    let bold = Style::new().bold();
    push_line(
        text,
        format_args!("{bold}{} and {published}{bold:#}", report.path),
    );
    let mut number = |count: usize, what: &str| {
        push_line(text, format_args!("  {count:>5} {what}"));
    };
    let of = format!("operations compared, of {} published", report.published);
    number(report.operations, &of);
    if !report.ended.is_empty() {
        let ended = "operations not published because they have ended, according to our document";
        number(report.ended.len(), ended);
    }
    if !report.skipped.is_empty() {
        number(report.skipped.len(), "operations not in this part");
    }
    number(report.schemas, "schemas compared");
    number(report.members, "members compared");
    let counts = Counts::of(report);
    let explained = format!(
        "differences: {} explained by policies, {} by single entries, {} unexplained",
        counts.by_policy, counts.by_entry, counts.unexplained
    );
    number(report.differences.len(), &explained);
}

/// Says whether everything is explained, and what to do if not.
fn verdict(text: &mut String, report: &Report, deviations: &str) {
    let (green, red) = (AnsiColor::Green.on_default(), AnsiColor::Red.on_default());
    let path = &report.path;
    push_line(text, format_args!(""));
    if is_clean(report) {
        return push_line(
            text,
            format_args!("{green}{path} matches what is published, or explains why not{green:#}"),
        );
    }
    let entries = match report.stale.len() {
        1 => "1 entry explains".to_owned(),
        stale => format!("{stale} entries explain"),
    };
    let differences = match report.unexplained().count() {
        1 => "1 difference is".to_owned(),
        unexplained => format!("{unexplained} differences are"),
    };
    push_line(
        text,
        format_args!("{red}{differences} not explained, {entries} nothing{red:#}"),
    );
    push_line(
        text,
        format_args!("change {path}, or add the reason to {deviations}"),
    );
}

fn describe(text: &mut String, report: &Report, difference: &Difference, deviations: &str) {
    let Location { line, column, .. } = difference.location;
    push_line(
        text,
        format_args!("{}:{line}:{column}: {difference}", report.path),
    );
    if difference.explanation.is_none() {
        push_line(
            text,
            format_args!("    published: #{}", difference.published_pointer),
        );
    }
    if let Some(at) = &difference.outdated {
        push_line(
            text,
            format_args!(
                "    {deviations}:{}:{}: the entry for this difference records other values",
                at.line, at.column
            ),
        );
    }
    if let Some(explanation) = &difference.explanation {
        let at = &explanation.location;
        push_line(
            text,
            format_args!(
                "    {deviations}:{}:{}: {}",
                at.line, at.column, explanation.reason
            ),
        );
    }
}

fn push_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _infallible = writeln!(text, "{line}");
}

/// Numbers of differences, by what explains them.
struct Counts {
    by_policy: usize,
    by_entry: usize,
    unexplained: usize,
}

impl Counts {
    fn of(report: &Report) -> Self {
        let explained = |policy: bool| {
            let by = |difference: &&Difference| {
                difference
                    .explanation
                    .as_ref()
                    .is_some_and(|explanation| explanation.policy == policy)
            };
            report.differences.iter().filter(by).count()
        };
        Counts {
            by_policy: explained(true),
            by_entry: explained(false),
            unexplained: report.unexplained().count(),
        }
    }
}

/// Formats the reports as JSON, for programs.
pub fn json(published: &str, reports: &[Report], calendar: &Calendar<'_>) -> Value {
    let documents: Vec<_> = reports.iter().map(|it| document(it, calendar)).collect();
    json!({"published": published, "clean": reports.iter().all(is_clean), "documents": documents})
}

fn document(report: &Report, calendar: &Calendar<'_>) -> Value {
    let counts = Counts::of(report);
    let mut document = json!({
        "api": report.api,
        "path": report.path,
        "operationsPublished": report.published,
        "operationsCompared": report.operations,
        "operationsEnded": report.ended,
        "operationsNotInPart": report.skipped,
        "schemasCompared": report.schemas,
        "membersCompared": report.members,
        "explainedByPolicies": counts.by_policy,
        "explainedByEntries": counts.by_entry,
        "unexplained": counts.unexplained,
        "differences": report.differences.iter().map(difference).collect::<Vec<_>>(),
        "staleDeviations": report.stale.iter().map(stale).collect::<Vec<_>>(),
    });
    for (key, value) in calendar.json(report) {
        document[key] = value;
    }
    document
}

fn difference(difference: &Difference) -> Value {
    let (subject, name) = difference.subject.key_and_name();
    let explanation = difference.explanation.as_ref().map(|explanation| {
        json!({"reason": explanation.reason, "policy": explanation.policy, "line": explanation.location.line, "column": explanation.location.column})
    });
    json!({
        "kind": difference.kind.name(),
        subject: name,
        "member": difference.member,
        "side": difference.side.map(|side| side.name()),
        "ours": difference.ours,
        "published": difference.published,
        "message": difference.message(),
        "line": difference.location.line,
        "column": difference.location.column,
        "pointer": difference.pointer,
        "publishedPointer": difference.published_pointer,
        "explanation": explanation,
        "outdatedEntry": difference.outdated.as_ref().map(|at| json!({"line": at.line, "column": at.column})),
    })
}

fn stale(finding: &Finding) -> Value {
    let location = finding.location.as_ref();
    json!({"message": finding.message, "line": location.map(|at| at.line), "column": location.map(|at| at.column), "help": finding.help})
}
