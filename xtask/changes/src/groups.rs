//! The changes in the order in which they are shown.

use atlas_backup_document::changes::{Change, Level, Promise};

/// How many names of one line are shown; nobody reads more.
const MAX_NAMES: usize = 12;

/// Changes of one API generation that are of one promise.
pub struct Group<'a> {
    pub api: &'a str,
    pub promise: Promise,
    pub changes: &'a [Change],
}

/// Returns the changes by API generation and promise.
pub fn groups<'a>(changes: &'a [Change]) -> Vec<Group<'a>> {
    let same =
        |a: &Change, b: &Change| a.api == b.api && a.promise.sentence() == b.promise.sentence();
    let chunks = changes.chunk_by(same);
    let group = |changes: &'a [Change]| {
        let first = changes.first()?;
        Some(Group {
            api: &first.api,
            promise: first.promise,
            changes,
        })
    };
    chunks.filter_map(group).collect()
}

/// Returns what changes only in documentation, on one line: `` `a`, `b` and 3 more ``.
pub fn names(changes: &[Change]) -> String {
    let shown: Vec<_> = changes
        .iter()
        .take(MAX_NAMES)
        .map(|change| format!("`{}`", change.subject))
        .collect();
    match changes.len().saturating_sub(MAX_NAMES) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Returns the numbers of changes in words: `1 major, 2 minor, 1 patch`.
pub fn counts(changes: &[Change]) -> String {
    let count = |level: Level| {
        let count = changes
            .iter()
            .filter(|change| change.level() == level)
            .count();
        (count > 0).then(|| format!("{count} {}", level.name()))
    };
    let counts = [Level::Major, Level::Minor, Level::Patch]
        .into_iter()
        .filter_map(count);
    counts.collect::<Vec<_>>().join(", ")
}
