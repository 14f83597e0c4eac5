//! A report for people.

use std::fmt::Write;

use super::report::{Cluster, Report, StepName, text_of_limit, text_of_seconds};
use crate::shell::quoted;

/// Writes the report as Markdown.
pub fn markdown(report: &Report) -> String {
    let cluster = plain(report.cluster.label());
    let mut text = format!("# Drill of {cluster}: {}\n\n", report.outcome.word());
    match &report.message {
        // It may have commands, which must stay as they are.
        Some(message) => text += &fenced(message),
        None => {
            let scratch = plain(report.scratch.label());
            text += &format!("The snapshot was restored to {scratch}, and the probe has passed.\n");
        }
    }
    text.push('\n');
    table(&mut text, ["", ""], facts(report));
    text += "\n## Steps\n\n";
    let steps = report.steps.iter().map(|step| {
        [
            step.step.words().to_owned(),
            step.outcome.word().to_owned(),
            step.start.to_string(),
            step.end.to_string(),
            text_of_seconds(step.seconds),
        ]
    });
    table(
        &mut text,
        ["step", "outcome", "start", "end", "duration"],
        steps,
    );
    text += "\n## Probe\n\n";
    // Quoted as in a shell, it is clear where each argument begins and ends.
    let command: Vec<String> = report
        .probe
        .command
        .iter()
        .map(|part| quoted(part))
        .collect();
    text += &fenced(&command.join(" "));
    match &report.probe.output {
        Some(output) => {
            text += "\nThe last lines that it printed:\n\n";
            text += &fenced(output);
        }
        None if is_begun(report, StepName::Probe) => text += "\nIt printed nothing.\n",
        None => text += "\nIt was not run.\n",
    }
    text
}

fn is_begun(report: &Report, step: StepName) -> bool {
    report.steps.iter().any(|begun| begun.step == step)
}

/// What was measured, and of what.
fn facts(report: &Report) -> impl Iterator<Item = [String; 2]> {
    let (snapshot, restore, probe) = (&report.snapshot, &report.restore, &report.probe);
    let requested = match (&restore.id, restore.completed) {
        (None, _) => "not known to be requested".to_owned(),
        (Some(id), true) => format!("{id}, completed"),
        (Some(id), false) => format!("{id}, not seen to be completed"),
    };
    let code = probe.exit_code.map(|code| code.to_string());
    let when = format!("{} to {}", report.started, report.ended);
    [
        ("exit code", report.exit_code.to_string()),
        (
            "recovery time (RTO), from the request of the restore to the end of the probe",
            measured(report.rto_seconds, report.max_rto_seconds),
        ),
        (
            "age of the data (RPO) when the drill started",
            measured(report.rpo_seconds, report.max_rpo_seconds),
        ),
        ("cluster", described(&report.cluster)),
        ("scratch cluster", described(&report.scratch)),
        ("snapshot", or_unknown(snapshot.id.as_ref())),
        ("taken", or_unknown(snapshot.created)),
        ("size in bytes", or_unknown(snapshot.bytes)),
        ("version of MongoDB", or_unknown(snapshot.mongodb.as_ref())),
        ("restore", requested),
        (
            "exit code of the probe",
            code.unwrap_or_else(|| "none".to_owned()),
        ),
        ("drill", when),
        ("program", report.program.clone()),
    ]
    .map(|(name, value)| [name.to_owned(), value])
    .into_iter()
}

fn measured(seconds: Option<f64>, limit: Option<f64>) -> String {
    match limit {
        Some(limit) => text_of_limit(seconds, limit),
        None => or_unknown(seconds.map(text_of_seconds)),
    }
}

fn described(cluster: &Cluster) -> String {
    format!(
        "{}, kind: {}, id: {}, project: {}",
        cluster.label(),
        or_unknown(cluster.kind),
        or_unknown(cluster.id.as_ref()),
        or_unknown(cluster.project.as_ref())
    )
}

fn or_unknown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "unknown".to_owned(), |value| value.to_string())
}

/// Adds a table.
fn table<const N: usize>(
    text: &mut String,
    titles: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) {
    let mut line = |cells: [String; N]| {
        let _never_fails = writeln!(text, "| {} |", cells.join(" | "));
    };
    line(titles.map(str::to_owned));
    line(titles.map(|_| "---".to_owned()));
    for row in rows {
        line(row.map(|cell| plain(&cell)));
    }
}

/// A text on one line that Markdown shows as it is.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.chars() {
        match letter {
            letter if letter.is_control() => plain.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' => {
                plain.push('\\');
                plain.push(letter);
            }
            letter => plain.push(letter),
        }
    }
    plain
}

/// A text that is shown line by line. The fence is longer than any in the text.
fn fenced(text: &str) -> String {
    let longest = text.split(|letter| letter != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_be_taken_for_markdown() {
        assert_eq!(plain("a|b\n# *c*"), "a\\|b \\# \\*c\\*");
        assert_eq!(fenced("a"), "```text\na\n```\n");
        assert_eq!(fenced("````\nb\n"), "`````text\n````\nb\n`````\n");
    }
}
