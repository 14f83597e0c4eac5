//! No change of the spec goes unnoticed: each small change of `spec/v2.yaml` is refused by
//! the lint, or changes generated code or a snapshot of what goes over the wire. What remains is
//! only a record, as the table of keywords in `spec/README.md` says.

mod change;

use std::collections::BTreeMap;
use std::{env, fs, iter};

use atlas_backup_codegen::generate;
use atlas_backup_document::schema::Schemas;
use atlas_backup_document::{Document, Loaded, Spec, lint, load};
use atlas_backup_tests::{Entry, entries};

use crate::repository::{document, root, spec};
use crate::wire::{Wire, errors};
use change::{Change, changes};

/// How many changes are made. Each takes a fifth of a second, so `.ci/run` asks for more.
fn count() -> usize {
    let asked = env::var("SPEC_CHANGES").map(|count| count.parse().expect("a number of changes"));
    asked.unwrap_or(60)
}

/// Returns the generated files by name.
fn generated(document: &Document) -> Result<BTreeMap<String, String>, String> {
    let output = generate(std::slice::from_ref(document)).map_err(|errors| {
        let lines = errors.iter().map(ToString::to_string);
        lines.collect::<Vec<_>>().join("\n")
    })?;
    let mut files = BTreeMap::new();
    for part in output.parts {
        files.extend(part.files.into_iter().map(|file| (file.path, file.text)));
    }
    Ok(files)
}

/// Returns an operation that shows the example at `pointer`: its own, or one that refers to the
/// component.
fn operation(loaded: &Loaded<'_>, pointer: &str) -> &'static Entry {
    let mut names = pointer
        .split('/')
        .skip(1)
        .map(|name| name.replace("~1", "/"));
    let (section, kind, name) = (names.next(), names.next(), names.next());
    let (section, kind, name) = [section, kind, name].map(Option::unwrap_or_default).into();
    let reference = format!("\"#/{section}/{kind}/{name}\"");
    let shows = |entry: &&Entry| {
        let method = entry.method.to_lowercase();
        let operation = &loaded.value["paths"][entry.path][&method];
        (section == "paths" && kind == entry.path && name == method)
            || operation.to_string().contains(&reference)
    };
    let mut entries = entries().filter(|entry| entry.api == loaded.document.api);
    let found = entries.find(shows);
    found.unwrap_or_else(|| panic!("no operation shows {pointer}"))
}

/// What the tests of this project are made from, as the shipped document has it.
struct Original<'a> {
    loaded: &'a Loaded<'a>,
    generated: BTreeMap<String, String>,
    wire: Wire,
}

impl Original<'_> {
    /// Returns the snapshots of what goes over the wire of an operation.
    async fn snapshots(&self, spec: &Spec, entry: &Entry) -> [Result<String, String>; 3] {
        [
            self.wire.requests(spec, entry).await,
            self.wire.responses(spec, entry).await,
            Ok(errors(spec, iter::once(entry))),
        ]
    }

    /// Says what notices a change, if anything does.
    async fn noticed(&self, change: &Change) -> Option<String> {
        let loaded = match load(&change.document) {
            Ok(loaded) => loaded,
            Err(error) => return Some(error.to_string()),
        };
        if let Err(error) = lint(&loaded) {
            return Some(error.to_string());
        }
        if change.pointer.contains("/examples/") || change.pointer.ends_with("/example") {
            let entry = operation(self.loaded, &change.pointer);
            let before = self.snapshots(spec(entry.api), entry).await;
            let after = self.snapshots(&Spec::from(&loaded), entry).await;
            return (before != after).then(|| format!("the snapshots of {}", entry.id));
        }
        match generated(&change.document) {
            Ok(files) => {
                let differ = |(path, text): (&String, &String)| {
                    (self.generated.get(path) != Some(text)).then(|| path.clone())
                };
                let gone = self
                    .generated
                    .keys()
                    .find(|path| !files.contains_key(*path));
                files.iter().find_map(differ).or(gone.cloned()).or_else(|| {
                    // No code is generated of the schemas of errors.
                    let (before, after) = (Spec::from(self.loaded), Spec::from(&loaded));
                    let changed = errors(&before, iter::empty()) != errors(&after, iter::empty());
                    changed.then(|| "the snapshot of errors".to_owned())
                })
            }
            Err(error) => Some(error),
        }
    }
}

/// Returns the object that the last keyword of a pointer belongs to, by its name in the table of
/// keywords, and the keyword.
fn keyword(pointer: &str) -> (&'static str, &str) {
    let names: Vec<&str> = pointer.rsplit('/').collect();
    let [keyword, parent, list, ..] = names.as_slice() else {
        return ("document", pointer);
    };
    let object = match (*parent, *list) {
        ("contact", _) => "contact",
        ("externalDocs", _) => "externalDocs",
        ("license", _) => "license",
        ("requestBody", _) => "request body",
        ("source", _) => "source of a rule",
        ("headers", _) => return ("response", "headers"),
        (_, "content") => "media type",
        (_, "examples") => "example",
        (_, "headers") => "header",
        (_, "properties" | "schemas") => "schema",
        (_, "responses") => "response",
        (_, "x-atlas-older-versions") => "older version",
        _ => "operation",
    };
    (object, keyword)
}

/// Whether the table of keywords says that nothing is made from this one. Examples are not meant:
/// nothing is generated from them either, but tests send them.
fn is_record(table: &str, pointer: &str) -> bool {
    let (object, keyword) = keyword(pointer);
    let row = format!("| `{keyword}` | {object} |");
    let mut rows = table.lines().filter(|line| line.starts_with(&row));
    keyword != "example" && keyword != "value" && rows.any(|row| row.ends_with("| nothing |"))
}

/// Whether a change is of a secret in an example, which no snapshot may show.
fn is_secret(loaded: &Loaded<'_>, spec: &Spec, pointer: &str) -> bool {
    let place = pointer.split_once("/examples/").and_then(|(media, rest)| {
        let (name, member) = rest.split_once("/value")?;
        let value = loaded
            .value
            .pointer(&format!("{media}/examples/{name}/value"))?;
        let schema = loaded.value.pointer(&format!("{media}/schema"))?;
        Some((schema, value, member))
    });
    place.is_some_and(|(schema, value, member)| {
        let redacted = Schemas::new(spec).redacted(schema, value);
        redacted.pointer(member) != value.pointer(member)
    })
}

#[tokio::test]
async fn every_change_of_the_spec_is_noticed_unless_it_is_a_record() {
    let document = document("v2");
    let loaded = load(&document).unwrap_or_else(|error| panic!("{error}"));
    let original = Original {
        loaded: &loaded,
        generated: generated(&document).unwrap_or_else(|error| panic!("{error}")),
        wire: Wire::start(),
    };
    let table = fs::read_to_string(root().join("spec/README.md")).expect("the table is there");
    let changes = changes(&loaded, count());
    assert_eq!(changes.len(), count());
    let mut unnoticed = Vec::new();
    for change in &changes {
        let pointer = &change.pointer;
        // Every integer has 64 bits.
        let is_default = loaded.value.pointer(pointer) == Some(&"int64".into());
        let is_record =
            is_default || is_record(&table, pointer) || is_secret(&loaded, spec("v2"), pointer);
        if !is_record && original.noticed(change).await.is_none() {
            unnoticed.push(format!("{}: {}", change.pointer, change.what));
        }
    }
    assert!(unnoticed.is_empty(), "{}", unnoticed.join("\n"));
}
