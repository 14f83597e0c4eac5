//! Shortens what `--explain` shows: an operation fits a few screens.

/// How long a line is that holds a whole list or object.
const WIDTH: usize = 100;

/// Shortens the text of a stage.
pub(crate) fn short(stage: &str, text: &str) -> String {
    match stage {
        "document" => without_examples(text),
        "lowered" => joined(text),
        "model" => joined(&without_empty_fields(text)),
        _ => text.to_owned(),
    }
}

/// Leaves out the examples, of which nothing is generated.
fn without_examples(yaml: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut kept, mut inside) = (String::new(), None);
    for line in yaml.split_inclusive('\n') {
        if inside.is_some_and(|outer| indent(line) > outer) {
            continue;
        }
        inside = line.trim_end().ends_with("examples:").then(|| indent(line));
        if inside.is_none() {
            kept.push_str(line);
        }
    }
    kept
}

/// Writes each list and each object on one line if it fits there.
fn joined(text: &str) -> String {
    let indent = |line: &String| line.len() - line.trim_start().len();
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::to_owned) {
        let is_end = line.trim_start().starts_with(['}', ']', ')']);
        let outer = indent(&line);
        lines.push(line);
        let before = &lines[..lines.len() - 1];
        let opened = before
            .iter()
            .rposition(|other| is_end && indent(other) == outer);
        if let Some(start) = opened {
            let parts: Vec<&str> = lines[start..].iter().map(|line| line.trim()).collect();
            let (first, last) = (parts[0], parts[parts.len() - 1]);
            let inner = parts[1..parts.len() - 1].join(" ");
            let space = if first.ends_with('{') { " " } else { "" };
            let inner = inner.trim_end_matches(',');
            let joined = format!("{:outer$}{first}{space}{inner}{space}{last}", "");
            if joined.len() <= WIDTH {
                lines.truncate(start);
                lines.push(joined);
            }
        }
    }
    lines.join("\n")
}

/// Leaves out the fields that say nothing.
fn without_empty_fields(debug: &str) -> String {
    let says_nothing = |line: &&str| {
        [": None,", ": [],", ": {},", ": \"\",", ": false,"]
            .iter()
            .any(|empty| line.ends_with(empty))
    };
    let lines: Vec<&str> = debug.lines().filter(|line| !says_nothing(line)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_on_one_line_stands_there() {
        let long = "x".repeat(WIDTH);
        let text =
            format!("A {{\n    b: [\n        1,\n        2,\n    ],\n    c: \"{long}\",\n}}");
        let short = format!("A {{\n    b: [1, 2],\n    c: \"{long}\",\n}}");
        assert_eq!(joined(&text), short);
    }

    #[test]
    fn examples_are_left_out_and_what_follows_them_stays() {
        let text = "schema: a\nexamples:\n  one:\n    value: 1\nx-atlas-sunset: b\n";
        assert_eq!(without_examples(text), "schema: a\nx-atlas-sunset: b\n");
    }
}
