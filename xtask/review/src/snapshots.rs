//! The snapshots that differ from the last commit, by kind.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Kinds of snapshots, by the part of the path that tells them.
const KINDS: &[(&str, &str)] = &[
    ("/module_docs.snap", "documentation of modules"),
    ("tests/snapshots/generated/shared/types/", "types"),
    ("tests/snapshots/generated/v1/types/", "types"),
    ("tests/snapshots/generated/v2/types/", "types"),
    ("tests/snapshots/generated/", "operations"),
    (".request.snap", "requests"),
    (".response.snap", "responses"),
    (
        "tests/snapshots/documents/",
        "findings for faulty documents",
    ),
    ("tests/snapshots/corpus/", "corpus of responses"),
];

/// Formats what `git status --porcelain` says about snapshots.
pub fn by_kind(status: &str) -> String {
    let mut kinds: BTreeMap<&str, BTreeMap<&str, Vec<&str>>> = BTreeMap::new();
    for line in status.lines() {
        let Some((code, path)) = line.split_at_checked(3) else {
            continue;
        };
        let what = match code.trim() {
            "??" | "A" | "AM" => "new",
            code if code.contains('D') => "removed",
            _ => "changed",
        };
        let kind = KINDS.iter().find(|(part, _)| path.contains(part));
        let kind = kind.map_or("of single tests", |(_, kind)| *kind);
        kinds
            .entry(kind)
            .or_default()
            .entry(what)
            .or_default()
            .push(path);
    }
    let mut text = String::new();
    for (kind, changes) in kinds {
        let counts: Vec<_> = changes
            .iter()
            .map(|(what, paths)| format!("{} {what}", paths.len()))
            .collect();
        let _infallible = writeln!(text, "  {kind}: {}", counts.join(", "));
        for (what, paths) in changes {
            for path in paths {
                let _infallible = writeln!(text, "    {what:<8} {path}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::by_kind;

    #[test]
    fn snapshots_are_listed_by_kind() {
        let status = " M tests/snapshots/generated/v2/takeSnapshot.snap\n\
                      ?? tests/snapshots/wire/v2/auditSnapshots.request.snap\n \
                      D tests/snapshots/generated/shared/types/Link.snap\n\
                      ?? tests/snapshots/generated/v1/types/Link.snap\n \
                      M tests/it/snapshots/it__restores__some.snap\n";
        let expected = "  of single tests: 1 changed\n    \
                            changed  tests/it/snapshots/it__restores__some.snap\n  \
                        operations: 1 changed\n    \
                            changed  tests/snapshots/generated/v2/takeSnapshot.snap\n  \
                        requests: 1 new\n    \
                            new      tests/snapshots/wire/v2/auditSnapshots.request.snap\n  \
                        types: 1 new, 1 removed\n    \
                            new      tests/snapshots/generated/v1/types/Link.snap\n    \
                            removed  tests/snapshots/generated/shared/types/Link.snap\n";
        assert_eq!(by_kind(status), expected);
    }
}
