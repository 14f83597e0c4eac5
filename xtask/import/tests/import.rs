//! `cargo xtask import` on copies of the spec: what it writes and prints, and what codegen then says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use atlas_backup_codegen::generate;
use atlas_backup_document::{Document, Finding, GENERATIONS, load};
use serde_json::Value;

const IMPORT: &str = env!("CARGO_BIN_EXE_import");
const PUBLISHED: &str = include_str!("fixtures/published.yaml");
const NEW: &str = "addGroupClusterBackupSnapshotTag";

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns a folder with a copy of the spec and a published document.
fn copy(name: &str, published: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("spec")).expect("writable");
    for file in ["spec/v1.yaml", "spec/v2.yaml", "spec/deviations.yaml"] {
        fs::copy(project().join(file), folder.path().join(file)).expect("readable");
    }
    fs::write(folder.path().join(name), published).expect("writable");
    folder
}

fn import(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(IMPORT);
    command.current_dir(folder).args(["--root", "."]);
    command.args(arguments).output().expect("import runs")
}

/// Returns our documents in a folder.
fn documents(folder: &Path) -> Vec<Document> {
    let read = |path: &str| fs::read_to_string(folder.join(path)).expect("readable");
    let document = |it: &atlas_backup_document::Generation| Document {
        api: it.api.into(),
        path: it.document.into(),
        text: read(it.document),
    };
    GENERATIONS.iter().map(document).collect()
}

/// Returns what codegen finds in the documents of a folder.
fn findings(folder: &Path) -> Vec<Finding> {
    let errors = generate(&documents(folder)).err().unwrap_or_default();
    errors
        .into_iter()
        .flat_map(|error| error.findings)
        .collect()
}

fn spec(folder: &Path) -> String {
    fs::read_to_string(folder.join("spec/v2.yaml")).expect("readable")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[track_caller]
fn ends(output: &Output, code: i32, lines: &[&str]) {
    let all = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{all}");
    for line in lines {
        assert!(all.contains(line), "no `{line}` in\n{all}");
    }
}

/// Fills in all that lint asks for.
fn fill_in(folder: &Path) {
    let mut lines: Vec<String> = spec(folder).lines().map(str::to_owned).collect();
    for finding in findings(folder) {
        let at = finding.location.expect("every finding has a place").line - 1;
        let line = &mut lines[at];
        if finding.message == "there is no value here" {
            line.push_str(match line.trim().trim_start_matches("- ") {
                "href:" => " https://cloud.mongodb.com",
                "id:" => " 32b6e34b3d91647abb20e7b8",
                "kind:" => " TEAM",
                _ => " self",
            });
        }
        *line = line.replace(": \"\"", ": Some prose.");
    }
    let filled = lines.join("\n") + "\n";
    let filled = filled.replace("description: \"\"", "description: Some prose.");
    fs::write(folder.join("spec/v2.yaml"), filled).expect("writable");
    // Only a description that is there lacks the roles at its end.
    let mut lines: Vec<String> = spec(folder).lines().map(str::to_owned).collect();
    for finding in findings(folder).iter().filter(|it| it.rule == "notice") {
        let at = finding.location.as_ref().expect("a place").line - 1;
        let help = finding.help.as_deref().unwrap_or_default();
        let notice = help.trim_start_matches("write at its end: ");
        lines[at] = lines[at].replace("Some prose.", &format!("\"Some prose. {notice}\""));
    }
    fs::write(folder.join("spec/v2.yaml"), lines.join("\n") + "\n").expect("writable");
}

#[test]
fn a_new_operation_is_imported_filled_in_and_generated() {
    let json = {
        let document = Document {
            api: String::new(),
            path: "published.yaml".into(),
            text: PUBLISHED.into(),
        };
        load(&document).expect("YAML").value.to_string()
    };
    let mut texts = Vec::new();
    for (name, published) in [("published.yaml", PUBLISHED), ("published.json", &json)] {
        let folder = copy(name, published);
        let output = import(folder.path(), &[NEW, name, "--tag", "Snapshots"]);
        ends(
            &output,
            0,
            &[
                ": addSnapshotTag\n",
                "  added    schema SnapshotTag\n",
                "  added    schema SnapshotTagKind\n",
                "  added    schema SnapshotTagRequest\n",
                "  kept     ObjectId\n",
                "places to fill in",
            ],
        );
        let imported = spec(folder.path());
        assert!(!imported.contains("not ours"), "prose was copied");
        let found = findings(folder.path());
        assert!(found.len() > 10, "{found:?}");
        for finding in &found {
            assert!(finding.location.is_some(), "{finding:?}");
            assert!(
                ["blank", "description"].contains(&finding.rule),
                "{finding:?}"
            );
        }
        fill_in(folder.path());
        let output = generate(&documents(folder.path())).unwrap_or_else(|errors| {
            panic!(
                "{}",
                errors.iter().map(ToString::to_string).collect::<String>()
            )
        });
        let mut files = output.parts.iter().flat_map(|part| &part.files);
        let generated = files.any(|file| file.text.contains("fn add_snapshot_tag"));
        assert!(generated, "the operation is in no generated file");
        texts.push(imported);
    }
    // JSON has its keys in the order of the alphabet here, so its members are in another order.
    let lines = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines(&texts[0]), lines(&texts[1]));
}

#[test]
fn everything_else_stays_byte_for_byte() {
    let folder = copy("published.yaml", PUBLISHED);
    let before = spec(folder.path());
    ends(&import(folder.path(), &[NEW, "published.yaml"]), 0, &[]);
    let after = spec(folder.path());
    let mut old = before.split_inclusive('\n').peekable();
    let added = after
        .split_inclusive('\n')
        .filter(|line| old.next_if_eq(line).is_none());
    assert!(added.count() > 50);
    assert_eq!(old.next(), None, "a line is gone or has changed");
    for file in ["spec/v1.yaml", "spec/deviations.yaml"] {
        let copy = fs::read(folder.path().join(file)).expect("readable");
        assert_eq!(copy, fs::read(project().join(file)).expect("readable"));
    }
    let left: Vec<_> = fs::read_dir(folder.path().join("spec"))
        .expect("a folder")
        .collect();
    assert_eq!(left.len(), 3, "{left:?}");
}

#[test]
fn without_a_tag_codegen_asks_for_one() {
    let folder = copy("published.yaml", PUBLISHED);
    ends(&import(folder.path(), &[NEW, "published.yaml"]), 0, &[]);
    let found = findings(folder.path());
    assert!(
        found.iter().any(|finding| finding.rule == "tag"),
        "{found:?}"
    );
}

#[test]
fn a_second_import_changes_nothing() {
    let folder = copy("published.yaml", PUBLISHED);
    ends(&import(folder.path(), &[NEW, "published.yaml"]), 0, &[]);
    let once = spec(folder.path());
    let output = import(folder.path(), &[NEW, "published.yaml"]);
    ends(
        &output,
        0,
        &[
            "addSnapshotTag is in the spec already",
            "nothing was written",
        ],
    );
    assert_eq!(spec(folder.path()), once);
}

#[test]
fn a_known_operation_is_compared_and_nothing_is_written() {
    let folder = copy("published.yaml", PUBLISHED);
    for name in ["listSnapshots", "listGroupClusterBackupSnapshots"] {
        let output = import(folder.path(), &[name, "published.yaml", "--api", "v2"]);
        ends(
            &output,
            0,
            &[
                ": listSnapshots is in the spec already\n",
                "published.yaml would change:\n",
                "listSnapshots, answer: published application/vnd.atlas.2030-01-01+json, ours application/vnd.atlas.2023-01-01+json [media-type]",
                "nothing was written",
            ],
        );
    }
    assert_eq!(spec(folder.path()), spec(&project()));
}

#[test]
fn what_cannot_be_imported_is_told_and_nothing_is_written() {
    let cases: &[(&[&str], &str, &[&str])] = &[
        (
            &["addGroupClusterBackupSnapshotTags", "p.yaml"],
            PUBLISHED,
            &[
                "p.yaml: the published document has no operation",
                "did you mean `addGroupClusterBackupSnapshotTag`?",
            ],
        ),
        (
            &[NEW, "p.yaml", "--api", "v1"],
            PUBLISHED,
            &["has no operation", "of v1"],
        ),
        (
            &[NEW, "p.yaml"],
            "pets: 1\n",
            &["p.yaml: this is not an OpenAPI document"],
        ),
        (&[NEW, "p.yaml"], "a: [\n", &["p.yaml:"]),
        (&[NEW, "p.json"], "a: 1\n", &["cannot read p.json"]),
    ];
    for (arguments, published, lines) in cases {
        let folder = copy("p.yaml", published);
        ends(&import(folder.path(), arguments), 1, lines);
        assert_eq!(spec(folder.path()), spec(&project()));
    }
    let folder = copy("p.yaml", PUBLISHED);
    ends(
        &import(folder.path(), &[NEW, "p.yaml", "--api", "v3"]),
        2,
        &["the generations are v1 and v2"],
    );
    let broken = spec(folder.path()).replace("paths:\n", "paths:\npaths:\n");
    fs::write(folder.path().join("spec/v2.yaml"), &broken).expect("writable");
    ends(
        &import(folder.path(), &[NEW, "p.yaml"]),
        1,
        &["the key `paths` stands twice", "spec/v2.yaml:"],
    );
    assert_eq!(spec(folder.path()), broken);
}

#[path = "import/walk.rs"]
mod walk;
