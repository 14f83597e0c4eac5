//! The changes in the order in which they are shown.

use atlas_backup_document::changes::{Change, Level, Place, Promise};

/// How many names of what only the documentation changes of are shown; nobody reads more.
const MAX_NAMES: usize = 12;

/// How many operations with the same change are named, such as those with the same parameter.
const MAX_SUBJECTS: usize = 3;

/// One change, of one operation or of all that share a component.
pub struct Line<'a> {
    pub api: &'a str,
    pub promise: Promise,
    pub place: &'a Place,
    /// What changes; never empty.
    subjects: Vec<&'a str>,
    /// The text with `{}` for the subjects.
    template: String,
}

impl Line<'_> {
    /// Returns the change as a sentence without its full stop.
    pub fn text(&self) -> String {
        self.template.replacen("{}", &self.names(), 1)
    }

    /// Returns what the text names.
    pub fn shown(&self) -> impl Iterator<Item = &str> {
        self.subjects.iter().take(MAX_SUBJECTS).copied()
    }

    fn names(&self) -> String {
        let shown: Vec<_> = self.shown().map(|subject| format!("`{subject}`")).collect();
        with_rest(&shown, self.subjects.len())
    }
}

/// Returns the changes, each once if several operations have it from the same place.
pub fn lines(changes: &[Change]) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    for change in changes {
        let subject = format!("`{}`", change.subject);
        let template = change.text.replacen(&subject, "{}", 1);
        let is_same = |line: &&mut Line<'_>| {
            line.api == change.api
                && line.promise == change.promise
                && *line.place == change.place
                && line.template == template
        };
        // Changes of the same place are next to each other.
        match lines
            .iter_mut()
            .rev()
            .take_while(|line| *line.place == change.place)
            .find(is_same)
        {
            Some(line) => line.subjects.push(&change.subject),
            None => lines.push(Line {
                api: &change.api,
                promise: change.promise,
                place: &change.place,
                subjects: vec![&change.subject],
                template,
            }),
        }
    }
    lines
}

/// Changes of one API generation that are of one promise; never empty.
pub struct Group<'a> {
    pub api: &'a str,
    pub promise: Promise,
    pub lines: &'a [Line<'a>],
}

/// Returns the changes by API generation and promise.
pub fn groups<'a>(lines: &'a [Line<'a>]) -> Vec<Group<'a>> {
    let same =
        |a: &Line<'_>, b: &Line<'_>| a.api == b.api && a.promise.sentence() == b.promise.sentence();
    let group = |lines: &'a [Line<'a>]| {
        let Line { api, promise, .. } = *lines.first()?;
        Some(Group {
            api,
            promise,
            lines,
        })
    };
    lines.chunk_by(same).filter_map(group).collect()
}

/// Returns what changes only in documentation, on one line: `` `a`, `b` and 3 more ``.
pub fn names(lines: &[Line<'_>]) -> String {
    let shown: Vec<_> = lines.iter().take(MAX_NAMES).map(Line::names).collect();
    with_rest(&shown, lines.len())
}

fn with_rest(shown: &[String], count: usize) -> String {
    match count - shown.len() {
        0 => shown.join(", "),
        rest => format!("{} and {rest} more", shown.join(", ")),
    }
}

/// Returns the numbers of changes in words: `1 major, 2 minor, 1 patch`.
pub fn counts(lines: &[Line<'_>]) -> String {
    let count = |level: Level| {
        let count = lines
            .iter()
            .filter(|line| line.promise.level() == level)
            .count();
        (count > 0).then(|| format!("{count} {}", level.name()))
    };
    let counts = [Level::Major, Level::Minor, Level::Patch]
        .into_iter()
        .filter_map(count);
    counts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_a_shared_component_is_one_line() {
        let change = |subject: &str, line: usize| Change {
            api: "v2".to_owned(),
            promise: Promise::Stricter,
            subject: subject.to_owned(),
            text: format!("`page` of `{subject}`: minimum `2` is new"),
            place: Place {
                path: "spec/v2.yaml".to_owned(),
                line,
                column: 1,
            },
        };
        let changes = [
            change("a", 1),
            change("b", 1),
            change("c", 1),
            change("d", 1),
            change("e", 2),
        ];
        let lines = lines(&changes);
        let texts: Vec<_> = lines.iter().map(Line::text).collect();
        assert_eq!(
            texts,
            [
                "`page` of `a`, `b`, `c` and 1 more: minimum `2` is new",
                "`page` of `e`: minimum `2` is new",
            ]
        );
        assert_eq!(counts(&lines), "2 minor");
    }
}
