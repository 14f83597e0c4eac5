//! The folders of the client's source are storeys: code in one uses only the storeys below it, so
//! that a reader can read them one at a time, from the ground up.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::repository::root;

/// The storeys from the ground up. Folders on one line are independent of each other.
const STOREYS: &[&[&str]] = &[
    &["wire"],
    &["http"],
    &["error"],
    &["config", "validate"],
    &["auth"],
    &["pipeline"],
    &["client"],
    &["generated", "download"],
    &["model_ext"],
    &["workflow"],
];

/// Other files at the root of the source: the chapters of the documentation, the crate's `lib.rs`, and
/// a server for its tests.
const BESIDES: &[&str] = &["docs", "lib", "loopback"];

/// The source of the client.
pub(crate) fn source() -> PathBuf {
    root().join("atlas-backup-api/src")
}

/// Returns the storey of a folder, counted from the ground.
fn height(folder: &str) -> Option<usize> {
    STOREYS.iter().position(|storey| storey.contains(&folder))
}

/// Returns all Rust files below a folder, or the path itself if it is a file.
pub(crate) fn files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let entries = fs::read_dir(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("a folder can be read").path())
        .collect();
    paths.sort();
    let is_code =
        |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|ending| ending == "rs");
    paths
        .iter()
        .filter(|path| is_code(path))
        .flat_map(|path| files(path))
        .collect()
}

/// Returns the numbered lines without comments and without tests, which may use the whole crate.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let lines = text
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line));
    let lines = lines.take_while(|(_, line)| !line.starts_with("mod tests {"));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Returns the first name after each `crate::` in a line. Skips a macro parameter (`crate::$api`),
/// because the macro's caller names that path. A group (`crate::{a, b}`) is a name that no storey
/// has, so that it fails: each path has a line of its own.
fn names(line: &str) -> impl Iterator<Item = &str> {
    line.split("crate::").skip(1).filter_map(first_name)
}

fn first_name(path: &str) -> Option<&str> {
    if path.starts_with('{') {
        return Some("{");
    }
    let name = path
        .split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .next();
    name.filter(|name| !name.is_empty())
}

/// Returns the names that the crate's root re-exports, with the folder of each.
fn exports() -> BTreeMap<String, String> {
    let text = fs::read_to_string(source().join("lib.rs")).expect("the crate has a root");
    let mut exports = BTreeMap::new();
    for line in text
        .lines()
        .filter_map(|line| line.strip_prefix("pub use "))
    {
        let folder = line.split("::").next().unwrap_or_default();
        let names = line
            .rsplit("::")
            .next()
            .unwrap_or_default()
            .trim_end_matches(';');
        for name in names.trim_matches(['{', '}']).split(", ") {
            exports.insert(name.to_owned(), folder.to_owned());
        }
    }
    exports
}

#[test]
fn each_storey_of_the_client_uses_only_what_stands_below_it() {
    let exports = exports();
    let mut climbs = Vec::new();
    let mut seen = 0;
    for folder in STOREYS.concat() {
        let beside = source().join(format!("{folder}.rs"));
        let own = [source().join(folder), beside]
            .into_iter()
            .filter(|path| path.exists());
        for file in own.flat_map(|path| files(&path)).filter(|path| {
            !path
                .iter()
                .any(|part| part == "tests" || part == "tests.rs")
        }) {
            let text = fs::read_to_string(&file).expect("a source file can be read");
            for (number, line) in code(&text) {
                for name in names(line) {
                    let used = exports.get(name).map_or(name, String::as_str);
                    seen += 1;
                    let is_below = height(used) < height(folder) && height(used).is_some();
                    if used != folder && !is_below {
                        let file = file.strip_prefix(source()).unwrap_or(&file).display();
                        climbs.push(format!(
                            "{file}:{number}: {folder} uses {used}: {}",
                            line.trim()
                        ));
                    }
                }
            }
        }
    }
    assert!(seen > 300, "only {seen} paths were found");
    assert!(
        climbs.is_empty(),
        "these imports climb:\n{}",
        climbs.join("\n")
    );
}

#[test]
fn the_root_of_the_client_holds_its_storeys_and_little_else() {
    let entries = fs::read_dir(source())
        .expect("the crate has a source")
        .flatten();
    let mut found: Vec<_> = entries
        .map(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .trim_end_matches(".rs")
                .to_owned()
        })
        .collect();
    found.sort();
    found.dedup();
    let mut wanted: Vec<_> = STOREYS
        .concat()
        .iter()
        .chain(BESIDES)
        .map(|name| (*name).to_owned())
        .collect();
    wanted.sort();
    assert_eq!(found, wanted);
}
