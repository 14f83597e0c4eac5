//! Every answer of the corpus is read, nothing of it is lost, and so is every mutant of it.

use std::process::Command;

use atlas_backup_tests::conform::deviation::{Deviation, Kind};
use atlas_backup_tests::conform::{Examiner, Exchange, Report};
use atlas_backup_tests::corpus::{self, Fixture};
use atlas_backup_tests::spec::Spec;
use serde_json::{Value, json};

use crate::mutation::{Mutant, mutants};
use crate::repository::{Snapshots, root};

fn fixtures() -> Vec<Fixture> {
    corpus::load().unwrap_or_else(|error| panic!("{error}"))
}

fn examiner() -> Examiner {
    Examiner::start().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_answer_is_read_and_nothing_is_lost() {
    let examiner = examiner();
    let mut report = Report::default();
    for fixture in fixtures() {
        let examined = examiner.examine(fixture.entry, &fixture.exchange);
        assert_eq!(examined.unreadable, None, "{}", fixture.name);
        assert_eq!(examined.lost, None, "{}", fixture.name);
        report.add(&examiner, &fixture.exchange, &[]);
    }
    let mut snapshots = Snapshots::new("corpus", ".snap");
    snapshots.check("report", report.text().trim_end());
    snapshots.done();
}

/// The mutants of one success: each must be read, lose nothing, and show exactly the one deviation that was made.
#[test]
fn every_mutant_is_read_and_shows_what_was_done_to_it() {
    let (examiner, specs) = (examiner(), Spec::shipped().expect("the shipped documents are YAML"));
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for fixture in fixtures() {
        let Some(body) = fixture.json.as_ref().filter(|_| (200..300).contains(&fixture.exchange.status)) else { continue };
        if fixture.exchange.is_enveloped() {
            continue;
        }
        let before = examiner.examine(fixture.entry, &fixture.exchange).deviations;
        let spec = &specs[fixture.entry.api];
        let schema = spec.success_schema(fixture.entry).expect("a fixture has content");
        for mutant in mutants(spec, schema, body) {
            *counts.entry(mutant.what).or_default() += 1;
            check(&examiner, &fixture, &before, &mutant);
        }
    }
    for what in ["null", "drop", "add", "enum", "format"] {
        assert!(counts.get(what).is_some_and(|count| *count > 20), "too few mutants of kind {what}: {counts:?}");
    }
}

fn check(examiner: &Examiner, fixture: &Fixture, before: &[Deviation], mutant: &Mutant) {
    let exchange = Exchange { body: mutant.json.to_string().into_bytes(), ..fixture.exchange.clone() };
    let examined = examiner.examine(fixture.entry, &exchange);
    let what = format!("{}: {} {}", fixture.name, mutant.what, mutant.path);
    if mutant.is_the_id {
        assert!(examined.unreadable.is_some_and(|reason| reason.contains("id")), "{what}: a resource without its id was accepted");
        return;
    }
    assert_eq!(examined.unreadable, None, "{what}");
    assert_eq!(examined.lost, None, "{what}");
    // What stood at the place before, or below it, is gone with it.
    let rest = before.iter().filter(|deviation| !mutant.replaces(&deviation.path));
    let mut expected: Vec<(Kind, String)> = rest.map(|deviation| (deviation.kind, deviation.path.clone())).collect();
    expected.extend(mutant.expected.map(|kind| (kind, mutant.path.clone())));
    let mut found: Vec<(Kind, String)> = examined.deviations.into_iter().map(|deviation| (deviation.kind, deviation.path)).collect();
    for list in [&mut expected, &mut found] {
        list.sort();
        list.dedup();
    }
    assert_eq!(found, expected, "{what}");
}

fn conform(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_conform")).args(arguments).output().expect("conform runs");
    (output.status.code(), format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// `tests/fixtures/corpus.har` is the corpus as an HTTP Archive, for people to try `cargo xtask conform` on.
#[test]
fn the_archive_of_the_corpus_is_whole() {
    let path = root().join("tests/fixtures/corpus.har");
    let fixtures = fixtures();
    let wanted = format!("{:#}\n", corpus::archive(fixtures.iter().map(|fixture| &fixture.exchange)));
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        std::fs::write(&path, &wanted).expect("writable");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == wanted, "corpus.har is stale. Repair: INSTA_UPDATE=always cargo test -p atlas-backup-tests");
    let (status, output) = conform(&[&path.to_string_lossy()]);
    let summary = output.lines().last().unwrap_or_default();
    assert_eq!(status, Some(0), "{output}");
    assert!(summary.matches("(100.0 %)").count() == 2, "{summary}");
}

fn capture(body: &Value, query: &str) -> Value {
    json!({"log": {"entries": [
        {
            "request": {
                "method": "POST",
                "url": format!("https://cloud.mongodb.com/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/tenant/download{query}"),
                "headers": [
                    {"name": "Authorization", "value": "Bearer hunter2"},
                    {"name": "Accept", "value": "application/vnd.atlas.2023-01-01+json"},
                ],
                "postData": {"mimeType": "application/json", "text": "{\"snapshotId\": \"32b6e34b3d91647abb20e7b8\"}"},
            },
            "response": {"status": 200, "headers": [], "content": {"text": body.to_string()}},
        },
        {"request": {"method": "GET", "url": "https://example.com/?token=hunter2"}, "response": {"status": 200, "headers": [], "content": {}}},
        {
            "request": {"method": "GET", "url": "https://cloud.mongodb.com/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/snapshots/a/b?x=hunter2"},
            "response": {"status": 200, "headers": [], "content": {}},
        },
    ]}})
}

/// Runs conform on a capture in a folder.
fn run(archive: &Value, arguments: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(folder.path().join("deep")).expect("writable");
    std::fs::write(folder.path().join("deep/capture.har"), archive.to_string()).expect("writable");
    let path = folder.path().to_string_lossy().into_owned();
    conform(&[&[path.as_str()], arguments].concat())
}

#[test]
fn an_invented_value_an_invented_member_and_a_null_are_named() {
    let body = json!({
        "id": "32b6e34b3d91647abb20e7b8",
        "status": "DREAMING",
        "deliveryType": null,
        "invented": {"password": "hunter2"},
        "snapshotUrl": "hunter2 is no URL",
        "expirationDate": "tomorrow",
    });
    let (status, text) = run(&capture(&body, "?pretty=maybe&token=hunter2"), &[]);
    assert_eq!(status, Some(0), "{text}");
    insta::assert_snapshot!("conform_text", text);
    let (status, json) = run(&capture(&body, "?pretty=maybe&token=hunter2"), &["--json"]);
    assert_eq!(status, Some(0));
    assert!(!text.contains("hunter2") && !json.contains("hunter2"), "a secret is shown:\n{text}\n{json}");
    insta::assert_snapshot!("conform_json", json);
}

#[test]
fn what_cannot_be_read_fails() {
    for body in [json!({}), json!({"id": 7}), json!([]), json!({"id": "a", "status": {}})] {
        let (status, text) = run(&capture(&body, ""), &[]);
        assert_eq!(status, Some(1), "{text}");
        assert!(text.contains("NOT DECODED"), "{text}");
    }
    let (status, text) = run(&json!({"log": {}}), &[]);
    assert_eq!(status, Some(2));
    assert!(text.contains("capture.har: not an HTTP Archive"), "{text}");
    let (status, text) = conform(&["/no/such/folder"]);
    assert_eq!(status, Some(2));
    assert!(text.contains("/no/such/folder"), "{text}");
}
