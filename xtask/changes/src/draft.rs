//! The draft for CHANGELOG.md, in its style.

use std::collections::BTreeSet;
use std::fmt::Write;

use atlas_backup_document::GENERATIONS;
use atlas_backup_document::changes::Section;

use crate::groups::Line;

/// The longest line of CHANGELOG.md.
const WIDTH: usize = 120;

/// The sections of a release with their titles, in their order.
const SECTIONS: &[(Section, &str)] = &[
    (Section::Added, "Added"),
    (Section::Changed, "Changed"),
    (Section::Deprecated, "Deprecated"),
    (Section::Removed, "Removed"),
];

/// Formats the sections that have changes. What is the same in several API generations is one item.
pub fn sections(lines: &[Line<'_>]) -> String {
    let mut text = String::new();
    for (section, title) in SECTIONS {
        let of_section = lines
            .iter()
            .filter(|line| line.promise.section() == *section);
        let mut items: Vec<(String, BTreeSet<&str>)> = Vec::new();
        for line in of_section {
            let words = without_api(&line.text());
            match items.iter_mut().find(|(known, _)| *known == words) {
                Some((_, apis)) => drop(apis.insert(line.api)),
                None => items.push((words, BTreeSet::from([line.api]))),
            }
        }
        let items: Vec<_> = items
            .iter()
            .map(|(words, apis)| item(words, apis))
            .collect();
        if !items.is_empty() {
            let separator = if text.is_empty() { "" } else { "\n" };
            let _infallible = writeln!(
                text,
                "{separator}### {title}\n\n{}",
                items.concat().trim_end()
            );
        }
    }
    text
}

/// Removes the generation from the names: `` `v2::Api::x` `` is `` `Api::x` ``.
fn without_api(text: &str) -> String {
    let names = GENERATIONS
        .iter()
        .map(|generation| format!("`{}::", generation.api));
    // A sentence about both generations needs both names.
    let used: Vec<_> = names.filter(|name| text.contains(name)).collect();
    match used.as_slice() {
        [one] => text.replace(one, "`"),
        _ => text.to_owned(),
    }
}

fn item(words: &str, apis: &BTreeSet<&str>) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let apis = apis
        .iter()
        .filter(|api| GENERATIONS.iter().any(|known| known.api == **api));
    let apis: Vec<_> = apis.copied().collect();
    let place = match apis.is_empty() {
        true => String::new(),
        false => format!(" ({})", apis.join(" and ")),
    };
    wrap(&format!(
        "- {}{}{place}.",
        first.unwrap_or_default(),
        letters.as_str()
    ))
}

/// Breaks an item of a list into lines.
fn wrap(item: &str) -> String {
    let (mut text, mut width) = (String::new(), 0);
    for word in item.split_inclusive(' ') {
        let letters = word.trim_end().chars().count();
        if width + letters > WIDTH {
            text.truncate(text.trim_end().len());
            text.push_str("\n  ");
            width = 2;
        }
        text.push_str(word);
        width += word.chars().count();
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::groups::lines;
    use atlas_backup_document::changes::{Change, Place, Promise};

    fn change(api: &str, promise: Promise, text: &str) -> Change {
        Change {
            api: api.to_owned(),
            promise,
            subject: String::new(),
            text: text.to_owned(),
            place: Place {
                path: String::new(),
                line: 1,
                column: 1,
            },
        }
    }

    #[test]
    fn what_is_the_same_in_both_generations_is_one_item() {
        let changes = [
            change("v1", Promise::New, "`v1::Api::x` is new"),
            change("v2", Promise::New, "`v2::Api::x` is new"),
            change(
                "v2",
                Promise::Deprecated,
                "according to Atlas, `v2::Api::y` ended",
            ),
            change(
                "v1 and v2",
                Promise::Parted,
                "`v1::types::T` and `v2::types::T` are two types now",
            ),
            change("v2", Promise::Documentation, "documentation of `v2`"),
        ];
        assert_eq!(
            sections(&lines(&changes)),
            "### Added\n\n- `Api::x` is new (v1 and v2).\n\n\
             ### Changed\n\n- `v1::types::T` and `v2::types::T` are two types now.\n\n\
             ### Deprecated\n\n- According to Atlas, `Api::y` ended (v2).\n"
        );
        assert_eq!(sections(&lines(&changes[4..])), "");
    }

    #[test]
    fn long_items_are_wrapped() {
        let text = wrap(&format!("- {}end.", "word ".repeat(40)));
        assert!(
            text.lines().all(|line| line.chars().count() <= WIDTH),
            "{text}"
        );
        assert_eq!(text.lines().count(), 2);
        assert!(
            text.lines()
                .nth(1)
                .is_some_and(|line| line.starts_with("  word"))
        );
    }
}
