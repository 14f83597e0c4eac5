//! The numbers of operations and generated lines that the documentation states. Codegen corrects
//! them, so that nobody has to count.

use std::collections::BTreeMap;
use std::ops::Range;

use atlas_backup_codegen::{ItemKind, Output};
use atlas_backup_document::{Document, load};
use regex::{Captures, Regex};

use crate::tree::Files;

/// Sentences with numbers, by file. A number is written as `{…}`, and a space stands for any white
/// space.
const SENTENCES: &[(&str, &str)] = &[
    (
        "README.md",
        "has {all} operations, {v2} of API v2 and {v1} of v1.0:",
    ),
    (
        "README.md",
        "{lines} lines of Rust are generated for the {all} operations",
    ),
    (
        "spec/README.md",
        "contain {all} operations, {v2} of v2 and {v1} of v1.0:",
    ),
    ("tests/fake-atlas/README.md", "the {all} operations"),
];

/// The file whose unreleased changes may have a sentence with numbers, and this sentence. What a
/// release said stays as it is.
const CHANGELOG: (&str, &str) = (
    "CHANGELOG.md",
    "{all} operations, {v2} of API v2 and {v1} of v1.0:",
);

/// The file with a table that has a row for each tag, or for several: the tags, and the numbers of
/// operations in v2 and in v1.0.
const TABLE: &str = "spec/README.md";
/// The first cells of the head of this table.
const HEAD: &str = "| tag | v2 | v1.0 |";

/// Numbers by name.
pub struct Counts {
    numbers: BTreeMap<String, usize>,
    /// Numbers of operations by API generation and tag.
    tags: BTreeMap<(String, String), usize>,
}

impl Counts {
    /// Counts the operations and the generated lines.
    pub fn of(documents: &[Document], output: &Output) -> Self {
        let mut numbers = BTreeMap::new();
        for part in &output.parts {
            let operations = part.items.iter();
            let operations = operations.filter(|item| item.kind == ItemKind::Operation);
            let count = operations.count();
            numbers.insert(part.folder.clone(), count);
            *numbers.entry("all".to_owned()).or_default() += count;
            let lines = part.files.iter().map(|file| file.text.lines().count());
            *numbers.entry("lines".to_owned()).or_default() += lines.sum::<usize>();
        }
        let mut tags = BTreeMap::new();
        for loaded in documents.iter().filter_map(|document| load(document).ok()) {
            let paths = loaded.value["paths"].as_object().into_iter().flatten();
            let operations = paths.flat_map(|(_, item)| item.as_object().into_iter().flatten());
            for (_, operation) in operations {
                let tag = operation["tags"][0].as_str().unwrap_or_default().to_owned();
                let api = loaded.document.api.clone();
                *tags.entry((api, tag)).or_default() += 1;
            }
        }
        Counts { numbers, tags }
    }

    /// Returns the files with the right numbers. Ignores files that are not in `files`.
    ///
    /// # Errors
    /// If a file does not have one of its sentences any more, or the table lacks a tag.
    pub fn correct(&self, files: &Files) -> Result<Files, String> {
        let mut corrected = files.clone();
        for (path, sentence) in SENTENCES {
            if let Some(text) = corrected.get_mut(*path) {
                *text = self.sentence(sentence, text).ok_or_else(|| {
                    format!(
                        "error: {path} does not say \"{sentence}\" any more; correct SENTENCES in xtask/codegen/src/counts.rs"
                    )
                })?;
            }
        }
        let (changelog, sentence) = CHANGELOG;
        if let Some(text) = corrected.get_mut(changelog)
            && let Some(unreleased) = unreleased(text)
            && let Some(corrected) = self.sentence(sentence, &text[unreleased.clone()])
        {
            text.replace_range(unreleased, &corrected);
        }
        if let Some(text) = corrected.get_mut(TABLE) {
            *text = self.table(text)?;
        }
        Ok(corrected)
    }

    /// Corrects the numbers in a sentence. Returns `None` if the text does not have the sentence.
    fn sentence(&self, sentence: &str, text: &str) -> Option<String> {
        let mut names = Vec::new();
        let placeholder = Regex::new(r"\\\{(\w+)\\\}").expect("a valid pattern");
        let pattern = regex::escape(sentence).replace(' ', r"\s+");
        let pattern = placeholder.replace_all(&pattern, |found: &Captures<'_>| {
            names.push(found[1].to_owned());
            r"([\d,]+)"
        });
        let found = Regex::new(&pattern)
            .expect("a valid pattern")
            .captures(text)?;
        let mut corrected = text.to_owned();
        // From the end, so that the places of the others stay right.
        for (index, name) in names.iter().enumerate().rev() {
            let number = with_commas(self.numbers.get(name).copied().unwrap_or_default());
            corrected.replace_range(found.get(index + 1)?.range(), &number);
        }
        Some(corrected)
    }

    /// Corrects the numbers in the table of tags.
    fn table(&self, text: &str) -> Result<String, String> {
        let start = text.find(HEAD).ok_or_else(|| {
            format!("error: {TABLE} has no table \"{HEAD} …\" any more; correct xtask/codegen/src/counts.rs")
        })?;
        let mut missing: Vec<&str> = self.tags.keys().map(|(_, tag)| tag.as_str()).collect();
        let (before, table) = text.split_at(start);
        let rows = table.split_inclusive('\n');
        let rows = rows.take_while(|row| row.starts_with('|'));
        let after = &table[rows.clone().map(str::len).sum()..];
        let rows: String = rows
            .enumerate()
            .map(|(index, row)| match index {
                0 | 1 => Ok(row.to_owned()),
                _ => self.row(row, &mut missing),
            })
            .collect::<Result<_, _>>()?;
        match missing.first() {
            None => Ok(format!("{before}{rows}{after}")),
            Some(tag) => Err(format!(
                "error: the table of tags in {TABLE} has no row for {tag}; add one: | {tag} | 0 | 0 | what it covers |"
            )),
        }
    }

    /// Corrects one row, and removes its tags from those that are missing.
    fn row(&self, row: &str, missing: &mut Vec<&str>) -> Result<String, String> {
        let mut cells: Vec<String> = row.split('|').map(str::to_owned).collect();
        let [_, tags, v2, v1, ..] = cells.as_mut_slice() else {
            return Ok(row.to_owned());
        };
        let name = |cell: &str| {
            cell.split(" (")
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let names: Vec<String> = tags.split(", ").map(name).collect();
        let is_known = |name: &&String| self.tags.keys().any(|(_, tag)| tag == *name);
        if let Some(name) = names.iter().find(|name| !is_known(name)) {
            return Err(format!(
                "error: no operation has the tag {name}; remove it from the table of tags in {TABLE}"
            ));
        }
        missing.retain(|tag| !names.iter().any(|name| name == tag));
        for (api, cell) in [("v2", v2), ("v1", v1)] {
            let count = |tag: &String| self.tags.get(&(api.to_owned(), tag.clone())).copied();
            let counts: Vec<usize> = names.iter().map(|tag| count(tag).unwrap_or(0)).collect();
            let text: Vec<String> = counts.iter().map(usize::to_string).collect();
            *cell = match counts.iter().sum::<usize>() {
                0 => " - ".to_owned(),
                _ => format!(" {} ", text.join(" + ")),
            };
        }
        Ok(cells.join("|"))
    }
}

/// Returns the place of the unreleased changes in the text of a changelog.
fn unreleased(text: &str) -> Option<Range<usize>> {
    let start = text.find("\n## [Unreleased]")? + 1;
    let length = text[start..].find("\n## [");
    Some(start..length.map_or(text.len(), |length| start + length))
}

/// Returns the paths of the files that state numbers.
pub fn paths() -> impl Iterator<Item = &'static str> {
    let mut paths: Vec<_> = SENTENCES.iter().map(|(path, _)| *path).collect();
    paths.extend([CHANGELOG.0, TABLE]);
    paths.sort_unstable();
    paths.dedup();
    paths.into_iter()
}

/// `10044` becomes `10,044`.
fn with_commas(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts() -> Counts {
        let numbers = [("all", 3), ("v1", 1), ("v2", 2), ("lines", 12_345)];
        let tags = [("v2", "Snapshots"), ("v2", "Flex"), ("v1", "Snapshots")];
        Counts {
            numbers: numbers.map(|(name, count)| (name.to_owned(), count)).into(),
            tags: tags
                .map(|(api, tag)| ((api.to_owned(), tag.to_owned()), 1))
                .into(),
        }
    }

    #[test]
    fn numbers_in_a_sentence_are_corrected_wherever_its_lines_break() {
        let text = "It has 9 lines.\n7 lines of\nRust are generated for the 113 operations.\n";
        let sentence = "{lines} lines of Rust are generated for the {all} operations";
        assert_eq!(
            counts().sentence(sentence, text).as_deref(),
            Some("It has 9 lines.\n12,345 lines of\nRust are generated for the 3 operations.\n")
        );
        assert_eq!(counts().sentence(sentence, "7 lines of Rust\n"), None);
    }

    #[test]
    fn the_table_counts_the_operations_of_each_tag() {
        let table = "| tag | v2 | v1.0 | what it covers |\n|---|---|---|---|\n| Snapshots | 9 | 9 | some |\n| Flex (new) | 9 | 9 | more |\n\n| fact | decision |\n";
        let corrected = "| tag | v2 | v1.0 | what it covers |\n|---|---|---|---|\n| Snapshots | 1 | 1 | some |\n| Flex (new) | 1 | - | more |\n\n| fact | decision |\n";
        assert_eq!(counts().table(table).as_deref(), Ok(corrected));
        let windows = |text: &str| text.replace('\n', "\r\n");
        assert_eq!(counts().table(&windows(table)), Ok(windows(corrected)));
        let joined = "| tag | v2 | v1.0 | what it covers |\n|---|---|---|---|\n| Snapshots, Flex | 1 + 1 | 1 + 0 | both |";
        assert_eq!(counts().table(joined).as_deref(), Ok(joined));
    }

    #[test]
    fn what_is_missing_is_an_error_that_says_what_to_do() {
        let table = "| tag | v2 | v1.0 | what it covers |\n|---|---|---|---|\n| Snapshots | 1 | 1 | some |\n";
        let ghost = format!("{table}| Flex, Ghost | 1 + 0 | - | more |\n");
        let error = counts().table(&ghost).expect_err("no such tag");
        assert!(error.contains("no operation has the tag Ghost"), "{error}");
        let error = counts().table(table).expect_err("no row for Flex");
        assert!(
            error.contains("spec/README.md has no row for Flex"),
            "{error}"
        );
        let files = Files::from([("README.md".to_owned(), "Nothing.\n".to_owned())]);
        let error = counts().correct(&files).expect_err("no sentence");
        assert!(
            error.starts_with("error: README.md does not say \"has {all} operations"),
            "{error}"
        );
    }

    #[test]
    fn what_a_release_said_stays() {
        let said = "113 operations, 67 of API v2 and 46 of v1.0: all.";
        let now = "3 operations, 2 of API v2 and 1 of v1.0: all.";
        for release in [
            "[0.1.0]",
            "[1.0.0] - 2026-11-28",
            "[10.2.0]",
            "[2.0.0-rc.1]",
        ] {
            let changelog = |unreleased: &str| {
                let text =
                    format!("\n{unreleased}\n\n## {release}\n\n{said}\n\n## [0.0.1]\n\n{said}\n");
                Files::from([("CHANGELOG.md".to_owned(), text)])
            };
            for (before, after) in [(said, now), ("None.", "None.")] {
                let unreleased = |text| changelog(&format!("## [Unreleased]\n\n{text}"));
                let corrected = counts().correct(&unreleased(before));
                assert_eq!(corrected, Ok(unreleased(after)), "{release}");
            }
            let nothing_unreleased = changelog(said);
            assert_eq!(
                counts().correct(&nothing_unreleased),
                Ok(nothing_unreleased)
            );
        }
    }
}
