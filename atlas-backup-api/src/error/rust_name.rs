//! Converts the name of an argument in the API to its name in Rust: `retentionInDays` to
//! `retention_in_days`.
//!
//! The generator decides the names in generated code. This file follows its rule, and a test
//! compares all names.

/// Rust keywords, to which the generator adds an underscore.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Converts a path of names, such as `policies[0].retentionValue`.
pub(crate) fn of_path(wire: &str) -> String {
    let mut path = String::with_capacity(wire.len() + 8);
    for (index, step) in wire.split('.').enumerate() {
        let (name, item) = step.split_at(step.find('[').unwrap_or(step.len()));
        let separator = if index == 0 { "" } else { "." };
        path.extend([separator, &of_name(name), item]);
    }
    path
}

/// Converts one name. A word begins at a capital after a small letter or digit, and at the last of
/// several capitals before a small letter: `pointInTimeUTCSeconds` becomes
/// `point_in_time_utc_seconds`.
fn of_name(wire: &str) -> String {
    let letters: Vec<char> = wire.trim_matches('_').chars().collect();
    let mut name = String::with_capacity(wire.len() + 8);
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| letters[index]);
        let ends_capitals = letters
            .get(index + 1)
            .is_some_and(|next| next.is_lowercase());
        let begins = before.is_some_and(|before| {
            before.is_lowercase() || before.is_numeric() || (before.is_uppercase() && ends_capitals)
        });
        if letter.is_uppercase() && begins {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    if KEYWORDS.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn paths_keep_their_indices() {
        for (wire, rust) in [
            (
                "policies[0].policyItems[12].retentionValue",
                "policies[0].policy_items[12].retention_value",
            ),
            ("pointInTimeUTCSeconds", "point_in_time_utc_seconds"),
            ("urlV2", "url_v2"),
            ("sha1Hash", "sha1_hash"),
            ("_id", "id"),
            ("type", "type_"),
            ("snapshotIds[1]", "snapshot_ids[1]"),
            ("name", "name"),
            ("", ""),
        ] {
            assert_eq!(of_path(wire), rust);
        }
    }

    fn identifier(text: &str) -> &str {
        let text = text.trim_start_matches(['&', ' ', '\n']);
        text.split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .unwrap_or_default()
    }

    /// Finds the pairs of API name and Rust name in the code of a file, in each of the forms
    /// `#[wire("a")] pub b: …`, `#[query("a")] b: …`, `.path::<…>("a", b)` and `.query("a", b)`.
    /// The parts of a pair may be on different lines.
    fn names(code: &str) -> BTreeSet<(String, String)> {
        let mut names = BTreeSet::new();
        for (mark, after_name) in [
            ("#[wire(\"", "pub "),
            ("#[query(\"", "]"),
            (".path::<", ","),
            (".query(\"", ","),
        ] {
            let mut rest = code;
            while let Some((_, found)) = rest.split_once(mark) {
                rest = found;
                let found = if mark.ends_with('"') {
                    found
                } else {
                    found.split_once('"').map_or("", |(_, name)| name)
                };
                if let Some((wire, after)) = found.split_once('"') {
                    let (_, rust) = after.split_once(after_name).unwrap_or_default();
                    names.insert((wire.to_owned(), identifier(rust).to_owned()));
                }
            }
        }
        names
    }

    fn collect(directory: &Path, found: &mut BTreeSet<(String, String)>) {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, found);
            } else {
                found.append(&mut names(&fs::read_to_string(&path).unwrap()));
            }
        }
    }

    #[test]
    fn names_in_code_are_found() {
        let code = "#[wire(\"aB\", required)]\n #[deprecated]\n pub a_b: i64, #[query(\"cD\", minimum(1))] c_d: i64,\n\
            .path::<ObjectId>(\"eF\", e_f)\n.query(\"gH\", &g_h)";
        let found: Vec<_> = names(code).into_iter().collect();
        let expected = [("aB", "a_b"), ("cD", "c_d"), ("eF", "e_f"), ("gH", "g_h")];
        assert_eq!(
            found,
            expected.map(|(wire, rust)| (wire.to_owned(), rust.to_owned()))
        );
    }

    #[test]
    fn every_name_in_the_generated_code_is_the_generators() {
        let mut found = BTreeSet::new();
        collect(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("src/generated"),
            &mut found,
        );
        for expected in [
            ("retentionInDays", "retention_in_days"),
            ("groupId", "group_id"),
            ("pageNum", "page_num"),
            ("type", "type_"),
        ] {
            assert!(
                found.contains(&(expected.0.to_owned(), expected.1.to_owned())),
                "{expected:?} is not among the {} names",
                found.len()
            );
        }
        for (wire, rust) in &found {
            assert_eq!(of_path(wire), *rust, "{wire}");
        }
    }
}
