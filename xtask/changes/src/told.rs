//! What CHANGELOG.md says about the changes.

use atlas_backup_document::changes::{Change, Level};

use crate::groups::lines;

/// Returns what is not in the unreleased changes of a changelog, but for patches: the names of
/// operations, types and members in Rust, or a sentence where there is none.
///
/// A name is said with its owner, `Type::member`, as the draft writes it: a member that is called
/// `name` is in no changelog that has the word. Of a change that many operations have, the draft
/// names only the first ones.
pub fn untold(changes: &[Change], changelog: &str) -> Vec<String> {
    let unreleased = unreleased(changelog);
    let mut untold = Vec::new();
    for line in lines(changes) {
        if line.promise.level() == Level::Patch {
            continue;
        }
        let text = line.text();
        for subject in line.shown() {
            let (is_told, what) = match owned(subject) {
                Some(name) => (says(&unreleased, name), subject),
                // The draft begins with a capital.
                None => (
                    unreleased.contains(text.trim_start_matches(char::is_alphabetic)),
                    &*text,
                ),
            };
            if !is_told && !untold.iter().any(|known| known == what) {
                untold.push(what.to_owned());
            }
        }
    }
    untold
}

/// The unreleased changes, on one line.
fn unreleased(changelog: &str) -> String {
    let mut parts = changelog.split("\n## [");
    let unreleased = parts.find(|part| part.starts_with("Unreleased]"));
    let words: Vec<_> = unreleased.unwrap_or_default().split_whitespace().collect();
    words.join(" ")
}

/// The last two names of a path: `Snapshot::status` of `v2::types::Snapshot::status`.
fn owned(subject: &str) -> Option<&str> {
    let (path, _) = subject.rsplit_once("::")?;
    Some(match path.rsplit_once("::") {
        Some((before, _)) => &subject[before.len() + 2..],
        None => subject,
    })
}

/// Whether the text has the name as a word.
pub fn says(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{draft, groups};
    use atlas_backup_document::changes::{Place, Promise};

    fn change(promise: Promise, subject: &str, text: &str) -> Change {
        Change {
            api: "v2".to_owned(),
            promise,
            subject: subject.to_owned(),
            text: text.replace("{}", &format!("`{subject}`")),
            place: Place {
                path: "spec/v2.yaml".to_owned(),
                line: 1,
                column: 1,
            },
        }
    }

    /// A changelog whose unreleased changes are these.
    fn changelog(unreleased: &str) -> String {
        let before = "# Changelog\n\nnote, `v2::types::Link::note`, the hosts of `v2` are others\n";
        format!("{before}\n## [Unreleased]\n\n{unreleased}\n\n## [0.1.0]\n\n{before}")
    }

    #[test]
    fn a_name_is_found_as_a_word_only() {
        for (line, found) in [
            ("client.v2().take_snapshot(project)", true),
            ("[`take_snapshot`](crate)", true),
            ("take_snapshot_and_wait(project)", false),
            ("retake_snapshot()", false),
            ("retake_snapshot() and take_snapshot", true),
        ] {
            assert_eq!(says(line, "take_snapshot"), found, "{line}");
        }
    }

    #[test]
    fn a_name_is_told_with_its_owner_alone() {
        let subject = "v2::types::Link::note";
        let changes = [change(Promise::OptionalMember, subject, "{} is new")];
        for (unreleased, is_told) in [
            ("- `Link::note` is new.", true),
            ("- `types::Link::note` is new.", true),
            ("- `v2::types::Link::note`, as before.", true),
            ("- A note.", false),
            ("- `note` is new.", false),
            ("- `types::Link` has a note.", false),
            ("- `Link::notes` is new.", false),
            ("- `Link::note_id` is new.", false),
            ("- `ApiLink::note` is new.", false),
            ("", false),
        ] {
            let untold = untold(&changes, &changelog(unreleased));
            assert_eq!(untold.is_empty(), is_told, "{unreleased}: {untold:?}");
        }
        assert_eq!(untold(&changes, ""), [subject]);
    }

    #[test]
    fn the_draft_tells_every_change() {
        let api = |name: &str| format!("v2::Api::{name}");
        let mut changes = vec![
            change(Promise::New, &api("ping"), "{} is new"),
            change(Promise::Renamed, &api("get"), "{} is `fetch` now"),
            change(Promise::Removed, "v2::types::Link", "{} is removed"),
            change(Promise::EnumValue, "v2::types::Kind::Flex", "{} is new"),
            change(Promise::Behaviour, "v2", "the hosts of {} are others"),
            change(
                Promise::Removed,
                "v2",
                "{} is removed, with all of its 2 operations",
            ),
            change(
                Promise::Parted,
                "types::Page",
                "`v1::types::Page` and `v2::types::Page` are two types now",
            ),
            change(
                Promise::RustVersion,
                "rust-version",
                "the minimum Rust version is 1.88 instead of 1.85",
            ),
        ];
        // So many that the draft does not name all.
        let setters = ["a", "b", "c", "d", "e"].map(api);
        let text =
            "{} has the new setter `page: i64`, which is a word so long that the line is wrapped";
        changes.extend(setters.map(|subject| change(Promise::New, &subject, text)));
        let draft = draft::sections(&groups::lines(&changes));
        assert_eq!(untold(&changes, &changelog(&draft)), [""; 0], "{draft}");
        for change in &changes {
            let untold = untold(std::slice::from_ref(change), &changelog("- Nothing.\n"));
            assert_eq!(untold.len(), 1, "{change:?}");
        }
        let patch = [change(
            Promise::Documentation,
            &api("get"),
            "documentation of {}",
        )];
        assert_eq!(untold(&patch, ""), [""; 0]);
    }
}
