//! The table of keywords in `spec/README.md`: it has every keyword that a document may have, and
//! what it says of each is true.
//!
//! A case changes one keyword in `sound.yaml`. The last column of the table says what must change:
//! generated files, a finding, or nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use atlas_backup_codegen::generate;
use atlas_backup_document::{Document, keywords};

mod cases;

use cases::{CASES, Case};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of the table: (object, keyword) and what the last column says.
fn table() -> BTreeMap<(String, String), String> {
    let text = read("spec/README.md");
    let (_, section) = text
        .split_once("\n## Keywords\n")
        .expect("the section is there");
    let section = section.split("\n## ").next().unwrap_or_default();
    let mut rows = BTreeMap::new();
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [keyword, object, what, proof] = cells.as_slice() else {
            panic!("a row has four cells: {line}")
        };
        assert!(!what.is_empty(), "{line}");
        let key = ((*object).to_owned(), keyword.trim_matches('`').to_owned());
        let previous = rows.insert(key, (*proof).to_owned());
        assert_eq!(previous, None, "two rows: {line}");
    }
    rows
}

fn apply(text: &str, changes: &[(&str, &str)]) -> String {
    let mut text = text.to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "not in the document:\n{old}");
        text = text.replace(old, new);
    }
    text
}

/// Generates code: the files by name, or the rules of the findings.
fn files(text: String) -> Result<BTreeMap<String, String>, BTreeSet<String>> {
    let document = Document {
        api: "v2".into(),
        path: "sound.yaml".into(),
        text,
    };
    let output = generate(&[document]).map_err(|errors| {
        let findings = errors.iter().flat_map(|error| &error.findings);
        findings
            .map(|finding| format!("[{}]", finding.rule))
            .collect::<BTreeSet<_>>()
    })?;
    let mut files = BTreeMap::new();
    for part in output.parts {
        for file in part.files {
            files.insert(file.path, file.text);
        }
    }
    Ok(files)
}

/// Returns the name that the table uses for a file: the files of tags have one name.
fn general(path: &str) -> String {
    let path = path.replace("v2/", "");
    match path.as_str() {
        "mod.rs" | "types/mod.rs" | "types/common.rs" => path,
        _ => {
            let (folder, _) = path
                .rsplit_once('/')
                .map_or(("", ""), |(folder, _)| (folder, ""));
            let folder = if folder.is_empty() {
                String::new()
            } else {
                format!("{folder}/")
            };
            format!("{folder}TAG.rs")
        }
    }
}

/// Returns what a case changes, in the words of the table.
fn seen(case: &Case) -> String {
    let base = apply(&read("tests/fixtures/documents/sound.yaml"), case.base);
    let before = files(base.clone()).unwrap_or_else(|rules| {
        panic!(
            "{} of {}: the base has findings: {rules:?}",
            case.keyword, case.of
        )
    });
    let changed = apply(&base, case.change);
    assert_ne!(base, changed, "{} of {}", case.keyword, case.of);
    let names: BTreeSet<String> = match files(changed) {
        Err(rules) => rules,
        Ok(after) => {
            let paths: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            paths
                .into_iter()
                .filter(|path| before.get(*path) != after.get(*path))
                .map(|path| general(path))
                .collect()
        }
    };
    if names.is_empty() {
        return "nothing".to_owned();
    }
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

#[test]
fn the_table_has_every_keyword() {
    let expected: BTreeSet<(String, String)> = keywords()
        .into_iter()
        .map(|(object, keyword)| (object.to_owned(), keyword.to_owned()))
        .collect();
    let rows: BTreeSet<_> = table().into_keys().collect();
    let missing: Vec<_> = expected.difference(&rows).collect();
    let unknown: Vec<_> = rows.difference(&expected).collect();
    assert!(missing.is_empty(), "no row in spec/README.md: {missing:?}");
    assert!(unknown.is_empty(), "a row without a keyword: {unknown:?}");
}

#[test]
fn each_row_of_the_table_is_true() {
    let table = table();
    let mut wrong = Vec::new();
    let mut proved = BTreeSet::new();
    for case in CASES {
        let key = (case.of.to_owned(), case.keyword.to_owned());
        let seen = seen(case);
        match table.get(&key) {
            Some(said) if *said == seen => {}
            said => wrong.push(format!(
                "{} of {}: the table says {}, and {seen} changes",
                case.keyword,
                case.of,
                said.map_or("nothing of it", String::as_str)
            )),
        }
        assert!(proved.insert(key.clone()), "two cases of {key:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unproved: Vec<_> = table.keys().filter(|key| !proved.contains(*key)).collect();
    assert!(unproved.is_empty(), "no case proves {unproved:?}");
}
