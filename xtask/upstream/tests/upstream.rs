//! `cargo xtask upstream` on documents of its own: its output and exit code. The comparison itself
//! is tested in the document crate.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use atlas_backup_document::compare::Deviations;
use atlas_backup_document::{Document, GENERATIONS, Generation};
use serde_json::{Value, json};

const UPSTREAM: &str = env!("CARGO_BIN_EXE_upstream");

/// Our document: one operation that returns folders containing folders.
const OURS: &str = "openapi: 3.0.3
paths:
  /api/atlas/v2/groups/{groupId}/backup/folders:
    get:
      operationId: listFolders
      x-atlas-operation-id: listGroupFolders
      responses:
        \"200\":
          description: All folders.
          content:
            application/vnd.atlas.2024-05-30+json:
              schema: {$ref: '#/components/schemas/Folder'}
components:
  schemas:
    Folder:
      type: object
      properties:
        name: {type: string, maxLength: 64}
        parent: {$ref: '#/components/schemas/Folder'}
";

const DEVIATIONS: &str = "deviations:
  - in: [v2]
    schema: Folder
    member: name
    kind: maxLength
    published: 32
    ours: 64
    reviewed: 2026-01-31
    reason: Longer names were seen.
";

fn published() -> Value {
    json!({
        "paths": {"/api/atlas/v2/groups/{groupId}/backup/folders": {"get": {
            "operationId": "listGroupFolders",
            "responses": {"200": {"content": {"application/vnd.atlas.2024-05-30+json": {"schema": {"$ref": "#/components/schemas/View"}}}}},
        }}},
        "components": {"schemas": {"View": {"type": "object", "properties": {
            "name": {"type": "string", "maxLength": 64}, "parent": {"$ref": "#/components/schemas/View"},
        }}}},
    })
}

fn shorter() -> Value {
    let mut document = published();
    document["components"]["schemas"]["View"]["properties"]["name"]["maxLength"] = json!(32);
    document
}

/// Runs the command with a published document of this text.
fn upstream(published: &str, deviations: &str, arguments: &[&str]) -> Output {
    upstream_of("published.json", published, deviations, arguments)
}

/// Runs the command with a published document of this name and text.
fn upstream_of(name: &str, published: &str, deviations: &str, arguments: &[&str]) -> Output {
    run(OURS, (name, published), deviations, arguments)
}

/// Runs the command with this document of ours, and a published document in YAML.
fn upstream_with(ours: &str, published: &str, arguments: &[&str]) -> Output {
    run(
        ours,
        ("published.yaml", published),
        "deviations: []\n",
        arguments,
    )
}

fn run(
    ours: &str,
    (name, published): (&str, &str),
    deviations: &str,
    arguments: &[&str],
) -> Output {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(folder.path().join("spec")).expect("writable");
    for (name, text) in [
        ("spec/v2.yaml", ours),
        ("spec/deviations.yaml", deviations),
        (name, published),
    ] {
        fs::write(folder.path().join(name), text).expect("writable");
    }
    let mut command = Command::new(UPSTREAM);
    command
        .current_dir(folder.path())
        .args([name, "--root", "."])
        .args(arguments);
    command.output().expect("upstream runs")
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

#[test]
fn the_same_ends_well_and_says_how_much_was_compared() {
    let output = upstream(&published().to_string(), "deviations: []\n", &[]);
    ends(
        &output,
        0,
        &[
            "spec/v2.yaml and published.json",
            "    1 operations compared, of 1 published",
            "    1 schemas compared",
            "    3 members compared",
            "    0 differences: 0 explained by policies, 0 by single entries, 0 unexplained",
        ],
    );
}

#[test]
fn what_is_not_explained_is_a_failure_with_its_places() {
    let output = upstream(&shorter().to_string(), "deviations: []\n", &[]);
    ends(
        &output,
        1,
        &[
            "spec/v2.yaml:18:9: Folder.name: published 32, ours 64 [maxLength]",
            "    published: #/components/schemas/View/properties/name",
            "1 difference is not explained, 0 entries explain nothing",
        ],
    );
}

#[test]
fn what_is_explained_ends_well_and_is_listed_on_request() {
    let short = upstream(&shorter().to_string(), DEVIATIONS, &[]);
    ends(
        &short,
        0,
        &["    1 differences: 0 explained by policies, 1 by single entries, 0 unexplained"],
    );
    assert!(!text(&short.stdout).contains("Longer names"));
    let long = upstream(&shorter().to_string(), DEVIATIONS, &["--explained"]);
    ends(
        &long,
        0,
        &[
            "spec/v2.yaml:18:9: Folder.name: published 32, ours 64 [maxLength]",
            "    spec/deviations.yaml:2:5: Longer names were seen.",
        ],
    );
}

#[test]
fn an_entry_that_explains_nothing_is_a_failure() {
    let output = upstream(&published().to_string(), DEVIATIONS, &[]);
    ends(
        &output,
        1,
        &[
            "spec/deviations.yaml:2:5: explains nothing in v2: schema Folder, member name has no difference of kind `maxLength` (any more)",
            "0 differences are not explained, 1 entry explains nothing",
        ],
    );
}

#[test]
fn an_entry_that_records_other_values_explains_nothing_new() {
    let output = upstream(&shorter().to_string(), &DEVIATIONS.replace("32", "16"), &[]);
    ends(
        &output,
        1,
        &[
            "[maxLength]",
            "    spec/deviations.yaml:2:5: the entry for this difference records other values",
            "1 difference is",
        ],
    );
}

#[test]
fn programs_read_the_same_as_json() {
    let output = upstream(&shorter().to_string(), DEVIATIONS, &["--json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        (output.status.code(), &report["clean"]),
        (Some(0), &json!(true))
    );
    let document = &report["documents"][0];
    assert_eq!(
        (
            &document["operationsCompared"],
            &document["membersCompared"]
        ),
        (&json!(1), &json!(3))
    );
    assert_eq!(
        document["differences"][0],
        json!({
            "kind": "maxLength", "schema": "Folder", "member": "name", "side": null, "ours": 64, "published": 32,
            "message": "published 32, ours 64", "line": 18, "column": 9,
            "pointer": "/components/schemas/Folder/properties/name", "publishedPointer": "/components/schemas/View/properties/name",
            "explanation": {"reason": "Longer names were seen.", "policy": false, "line": 2, "column": 5}, "outdatedEntry": null,
        })
    );
    let stale: Value =
        serde_json::from_slice(&upstream(&published().to_string(), DEVIATIONS, &["--json"]).stdout)
            .expect("JSON");
    assert_eq!(
        (
            &stale["clean"],
            &stale["documents"][0]["staleDeviations"][0]["line"]
        ),
        (&json!(false), &json!(2))
    );
}

#[test]
fn what_cannot_be_read_says_where() {
    let none = "deviations: []\n";
    ends(
        &upstream("{\n  \"paths\": {,\n", none, &[]),
        1,
        &["published.json:2:13: this is not JSON"],
    );
    ends(
        &upstream("", none, &[]),
        1,
        &["published.json:1:0: this is not JSON"],
    );
    ends(
        &upstream("{\"paths\": {\"/pets\": {}}}", none, &[]),
        1,
        &["no path begins with /api/atlas/v1.0/ or /api/atlas/v2/"],
    );
    ends(
        &upstream(&"[".repeat(100_000), none, &[]),
        1,
        &["this is not JSON"],
    );
    let dangling = published()
        .to_string()
        .replace("schemas/View\"", "schemas/Gone\"");
    ends(
        &upstream(&dangling, none, &[]),
        1,
        &[
            "published.json",
            "`#/components/schemas/Gone` leads nowhere",
        ],
    );
    let unclear = upstream(
        &published().to_string(),
        &DEVIATIONS.replace("reason:", "why:"),
        &[],
    );
    ends(
        &unclear,
        1,
        &["`why` is no key of an entry", "spec/deviations.yaml:9:5"],
    );
    // Our document of the other generation does not exist.
    let other =
        json!({"paths": {"/api/atlas/v1.0/groups/{groupId}/backup/folders": {}}}).to_string();
    ends(
        &upstream(&other, none, &[]),
        1,
        &["cannot read", "spec/v1.yaml"],
    );
}

#[test]
fn a_part_lacks_nothing() {
    let mut part = published();
    part["paths"] = json!({"/api/atlas/v2/groups/{groupId}/users": {"get": {"responses": {}}}});
    ends(
        &upstream(&part.to_string(), "deviations: []\n", &[]),
        1,
        &["listFolders: no longer published [operation-ended]"],
    );
    ends(
        &upstream(&part.to_string(), "deviations: []\n", &["--part"]),
        0,
        &["    1 operations not in this part"],
    );
}

/// The published document as YAML, with a sunset, a preview and an upcoming version.
const YAML: &str = "paths:
  /api/atlas/v2/groups/{groupId}/backup/folders:
    get:
      operationId: listGroupFolders
      responses:
        '200':
          content:
            application/vnd.atlas.2024-05-30+json:
              x-sunset: 2027-07-01
              schema: {$ref: '#/components/schemas/View'}
            application/vnd.atlas.2027-01-01.upcoming+json: {}
            application/vnd.atlas.preview+json: {}
components:
  schemas:
    View:
      type: object
      properties:
        name: {type: string, maxLength: 64}
        parent: {$ref: '#/components/schemas/View'}
";

const SUNSET: &str = "deviations:
  - in: [v2]
    operation: listFolders
    member: answer
    kind: sunset
    published: 2027-07-01
    ours: null
    reviewed: 2026-01-31
    reason: Known.
";

#[test]
fn a_published_document_can_be_yaml() {
    let output = upstream_of("published.yaml", YAML, SUNSET, &[]);
    ends(
        &output,
        0,
        &["spec/v2.yaml and published.yaml", "    3 members compared"],
    );
    let broken = YAML.replace("components:", "paths:");
    let output = upstream_of("published.yaml", &broken, SUNSET, &[]);
    let place = "published.yaml:13:1: the key `paths` stands twice";
    ends(&output, 1, &[place]);
}

#[test]
fn what_is_to_come_is_told_with_the_days_that_are_left() {
    let told = |today: &str, arguments: &[&str]| {
        let arguments = [&["--today", today], arguments].concat();
        upstream_of("published.yaml", YAML, SUNSET, &arguments)
    };
    ends(
        &told("2027-06-01", &["--sunset", "29"]),
        0,
        &[
            "listFolders, answer 200: upcoming version application/vnd.atlas.2027-01-01.upcoming+json",
            "listFolders, answer 200: preview version application/vnd.atlas.preview+json",
            "listFolders: application/vnd.atlas.2024-05-30+json ends in 30 days, on 2027-07-01\n",
        ],
    );
    ends(
        &told("2027-06-01", &["--sunset", "30"]),
        1,
        &["ends in 30 days, on 2027-07-01: too soon"],
    );
    ends(&told("2027-06-30", &[]), 0, &["ends tomorrow, on"]);
    ends(&told("2027-07-01", &[]), 0, &["ends today, on"]);
    ends(
        &told("2027-07-02", &["--sunset", "0"]),
        1,
        &["ended yesterday, on 2027-07-01: too soon"],
    );
    let wrong = told("2027-7-1", &[]);
    ends(&wrong, 2, &["a date is written as in 2026-01-31"]);
    let report: Value =
        serde_json::from_slice(&told("2027-06-01", &["--json"]).stdout).expect("JSON");
    let document = &report["documents"][0];
    assert_eq!(document["sunsets"][0]["daysLeft"], 30);
    assert_eq!(document["unstableVersions"][1]["preview"], true);
}

#[test]
fn a_version_of_an_operation_that_has_ended_is_not_in_use() {
    let ours = OURS.replace(
        "      responses:\n",
        "      x-atlas-deprecation: {ended: '2027-07-01'}\n      responses:\n",
    );
    assert_ne!(ours, OURS);
    let output = upstream_with(&ours, YAML, &["--today", "2027-08-01", "--sunset", "30"]);
    let all = text(&output.stdout) + &text(&output.stderr);
    assert!(!all.contains("ended 31 days ago"), "{all}");
}

#[test]
fn a_review_that_was_long_ago_or_is_still_to_come_is_told() {
    let told = |arguments: &[&str]| upstream_of("published.yaml", YAML, SUNSET, arguments);
    let line = "spec/deviations.yaml:2:5: operation listFolders, member answer was reviewed 366 days ago, on 2026-01-31";
    ends(&told(&["--today", "2027-02-01"]), 0, &[line]);
    let fresh = [
        told(&["--today", "2027-01-31"]),
        told(&["--today", "2027-02-01", "--review-age", "366"]),
    ];
    for output in fresh {
        let all = text(&output.stdout);
        assert!(!all.contains("was reviewed"), "{all}");
    }
    let early = "listFolders, member answer has a review that is still to come, on 2026-01-31";
    ends(&told(&["--today", "2026-01-30"]), 0, &[early]);
}

#[test]
fn a_big_document_is_compared_in_seconds() {
    let mut document = published();
    let operation = json!({"tags": ["Things"], "responses": {"200": {"content": {
        "application/vnd.atlas.2024-05-30+json": {"schema": {"$ref": "#/components/schemas/View"}},
    }}}});
    for index in 0..500 {
        document["paths"][format!("/api/atlas/v2/groups/{{groupId}}/things{index}")] =
            json!({"get": operation});
        // Each contains the next, and the last one contains the first.
        let next = format!("#/components/schemas/Thing{}", (index + 1) % 500);
        let properties: serde_json::Map<_, _> = (0..100)
            .map(|member| {
                (
                    format!("member{member}"),
                    json!({"$ref": next, "description": "x".repeat(60)}),
                )
            })
            .collect();
        document["components"]["schemas"][format!("Thing{index}")] =
            json!({"type": "object", "properties": properties});
    }
    let big = document.to_string();
    assert!(big.len() > 6_000_000, "{}", big.len());
    let start = std::time::Instant::now();
    ends(
        &upstream(&big, "deviations: []\n", &[]),
        0,
        &["    1 operations compared, of 501 published"],
    );
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn the_shipped_deviations_can_be_read() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/deviations.yaml");
    let text = fs::read_to_string(&file).expect("readable");
    let document = Document {
        api: String::new(),
        path: "spec/deviations.yaml".into(),
        text,
    };
    let deviations = Deviations::read(&document)
        .unwrap_or_else(|error| panic!("{}", error.render(&document, false)));
    for Generation { api, .. } in GENERATIONS {
        assert!(
            deviations.count(api).0 > 0,
            "{api} is compared with nothing"
        );
    }
}
