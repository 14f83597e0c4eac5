//! The client decodes every response of the corpus, and every mutant of it, without losing
//! anything.

use std::collections::BTreeMap;
use std::process::Command;

use atlas_backup_tests::conform::deviation::{Deviation, Kind};
use atlas_backup_tests::conform::{Examiner, Exchange, Report};
use atlas_backup_tests::corpus::{self, Fixture};
use serde_json::{Value, json};

use crate::mutation::{Mutant, mutants};
use crate::repository::{Snapshots, root, spec};

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

/// Tests all mutants of each response: the client must decode the mutant without loss, and the
/// report must show exactly the one deviation that was made. In an enveloped response, the mutation
/// changes the content.
#[test]
fn every_mutant_is_read_and_reported_as_one_deviation() {
    let examiner = examiner();
    let mut counts = BTreeMap::<(&str, &str), usize>::new();
    for fixture in fixtures() {
        let Some(answer) = Answer::of(&fixture).filter(|answer| answer.content.is_object()) else {
            continue;
        };
        let before = examiner
            .examine(fixture.entry, &fixture.exchange)
            .deviations;
        let spec = spec(fixture.entry.api);
        let schema = if answer.is_success() {
            spec.success_schema(fixture.entry)
        } else {
            spec.error_schema()
        };
        for mutant in schema
            .map(|schema| mutants(spec, schema, &answer.content))
            .unwrap_or_default()
        {
            *counts.entry((answer.family(), mutant.what)).or_default() += 1;
            check(&examiner, &fixture, &answer, &before, &mutant);
        }
    }
    println!("{} mutants: {counts:?}", counts.values().sum::<usize>());
    for family in ["success", "enveloped success", "error", "enveloped error"] {
        // No member of an error has an enum or a format.
        let kinds: &[_] = if family.contains("success") {
            &["null", "drop", "add", "type", "enum", "format"]
        } else {
            &["null", "drop", "add", "type"]
        };
        for what in kinds {
            let least = if *what == "add" { 2 } else { 5 };
            assert!(
                counts
                    .get(&(family, *what))
                    .is_some_and(|count| *count > least),
                "too few mutants {what} of {family}: {counts:?}"
            );
        }
    }
}

/// A JSON response, and the part of it that is the content.
struct Answer {
    whole: Value,
    status: u64,
    content: Value,
    enveloped: bool,
    /// The member of the envelope that holds the content. It is `None` for an enveloped list, whose
    /// status is one of the list's own members.
    member: Option<&'static str>,
}

impl Answer {
    fn of(fixture: &Fixture) -> Option<Self> {
        let whole = fixture.json.clone()?;
        let inner = if fixture.exchange.is_enveloped() {
            whole["status"].as_u64()
        } else {
            None
        };
        let Some(status) = inner else {
            let status = fixture.exchange.status.into();
            return Some(Answer {
                content: whole.clone(),
                whole,
                status,
                enveloped: false,
                member: None,
            });
        };
        let member = ["envelope", "content"]
            .into_iter()
            .find(|member| whole.get(member).is_some());
        let mut content = member.map_or(&whole, |member| &whole[member]).clone();
        if let (None, Some(members)) = (member, content.as_object_mut()) {
            members.remove("status");
        }
        Some(Answer {
            whole,
            status,
            content,
            enveloped: true,
            member,
        })
    }

    /// Returns the response with its content replaced.
    fn with(&self, content: &Value) -> Value {
        let mut whole = if self.member.is_some() {
            self.whole.clone()
        } else {
            content.clone()
        };
        match self.member {
            Some(member) => whole[member] = content.clone(),
            None if self.enveloped => whole["status"] = json!(self.status),
            None => {}
        }
        whole
    }

    fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn family(&self) -> &'static str {
        match (self.enveloped, self.is_success()) {
            (false, true) => "success",
            (true, true) => "enveloped success",
            (false, false) => "error",
            (true, false) => "enveloped error",
        }
    }
}

fn check(
    examiner: &Examiner,
    fixture: &Fixture,
    answer: &Answer,
    before: &[Deviation],
    mutant: &Mutant,
) {
    let exchange = Exchange {
        body: answer.with(&mutant.json).to_string().into_bytes(),
        ..fixture.exchange.clone()
    };
    let examined = examiner.examine(fixture.entry, &exchange);
    let what = format!("{}: {} {}", fixture.name, mutant.what, mutant.path);
    if mutant.is_needed {
        let member = mutant.path.rsplit('.').next().unwrap_or_default();
        assert!(
            examined
                .unreadable
                .is_some_and(|reason| reason.contains(member)),
            "{what}: an answer without it was accepted"
        );
        return;
    }
    assert_eq!(examined.unreadable, None, "{what}");
    assert_eq!(examined.lost, None, "{what}");
    // The mutation also removes earlier deviations at its path and below it.
    let rest = before
        .iter()
        .filter(|deviation| !mutant.replaces(&deviation.path));
    let mut expected: Vec<(Kind, String)> = rest
        .map(|deviation| (deviation.kind, deviation.path.clone()))
        .collect();
    expected.extend(mutant.expected.map(|kind| (kind, mutant.path.clone())));
    let mut found: Vec<(Kind, String)> = examined
        .deviations
        .into_iter()
        .map(|deviation| (deviation.kind, deviation.path))
        .collect();
    // Another item of the list may have the same deviation at the same path as the changed item
    // had.
    let elsewhere = |found: &(Kind, String)| {
        mutant.path.contains("[]")
            && mutant.replaces(&found.1)
            && before
                .iter()
                .any(|deviation| (deviation.kind, &deviation.path) == (found.0, &found.1))
    };
    let made = expected.clone();
    found.retain(|found| made.contains(found) || !elsewhere(found));
    for list in [&mut expected, &mut found] {
        list.sort();
        list.dedup();
    }
    assert_eq!(found, expected, "{what}");
}

fn conform(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_conform"))
        .args(arguments)
        .output()
        .expect("conform runs");
    (
        output.status.code(),
        format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
    )
}

/// `tests/fixtures/corpus.har` is the corpus as an HTTP Archive. It lets people try
/// `cargo xtask conform`.
#[test]
fn the_archive_of_the_corpus_is_whole() {
    let path = root().join("tests/fixtures/corpus.har");
    let fixtures = fixtures();
    let wanted = format!(
        "{:#}\n",
        corpus::archive(fixtures.iter().map(|fixture| &fixture.exchange))
    );
    if std::env::var_os("INSTA_UPDATE").is_some_and(|update| update == "always") {
        std::fs::write(&path, &wanted).expect("writable");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == wanted,
        "corpus.har is stale. Repair: INSTA_UPDATE=always cargo test -p atlas-backup-tests"
    );
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

/// Runs `conform` on a folder that contains this capture.
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
    assert!(
        !text.contains("hunter2") && !json.contains("hunter2"),
        "a secret is shown:\n{text}\n{json}"
    );
    insta::assert_snapshot!("conform_json", json);
}

#[test]
fn an_unreadable_response_fails() {
    for body in [
        json!({}),
        json!({"id": 7}),
        json!([]),
        json!({"status": "COMPLETED"}),
    ] {
        let (status, text) = run(&capture(&body, ""), &[]);
        assert_eq!(status, Some(1), "{text}");
        assert!(text.contains("NOT DECODED"), "{text}");
    }
    for page in [
        json!({}),
        json!({"message": "maintenance"}),
        json!({"results": null, "totalCount": 3}),
        json!({"results": "none"}),
    ] {
        let mut archive = capture(&page, "");
        let entry = &mut archive["log"]["entries"][0];
        entry["request"] = json!({
            "method": "GET",
            "url": "https://cloud.mongodb.com/api/atlas/v2/groups/32b6e34b3d91647abb20e7b8/clusters/orders/backup/snapshots",
        });
        let (status, text) = run(&archive, &[]);
        assert_eq!(status, Some(1), "{page}: {text}");
        assert!(
            text.contains("NOT DECODED ×1: listSnapshots: ")
                && text.contains("results: expected a list"),
            "{page}: {text}"
        );
    }
    let mut unreadable = capture(&json!({"id": "a"}), "");
    unreadable["log"]["entries"][0]["response"]["content"] =
        json!({"text": "?", "encoding": "base64"});
    let (status, text) = run(&unreadable, &[]);
    assert_eq!(status, Some(1), "{text}");
    assert!(
        text.contains("capture.har: log.entries[0]: `response.content`: a body that is not base64"),
        "{text}"
    );
    let (status, text) = run(&json!({"log": {}}), &[]);
    assert_eq!(status, Some(2));
    assert!(text.contains("capture.har: not an HTTP Archive"), "{text}");
    let (status, text) = conform(&["/no/such/folder"]);
    assert_eq!(status, Some(2));
    assert!(text.contains("/no/such/folder"), "{text}");
}

#[test]
fn entries_of_other_services_are_ignored() {
    let mut archive = capture(&json!({"id": "32b6e34b3d91647abb20e7b8"}), "#fragment");
    let entries = archive["log"]["entries"].as_array_mut().expect("a list");
    let bad = json!({"status": "?", "content": {"text": "?", "encoding": "base64"}});
    for url in [
        "data:image/png;base64,AAAA",
        "about:blank",
        "https://example.com/a",
        "https://cloud.mongodb.com/other",
    ] {
        entries.push(json!({"request": {"method": "GET", "url": url}, "response": bad}));
    }
    entries.push(json!({}));
    // The same operation as Chrome records it: with HTTP/2 pseudo-headers, cookies joined by
    // newlines, and more headers than a client would accept.
    let mut ours = entries[0].clone();
    let more =
        (0..500).map(|index| json!({"name": format!("x-{index}"), "value": "a".repeat(1000)}));
    let headers = [
        (":status", "200"),
        ("set-cookie", "a=1\nb=2"),
        ("x-\u{e9}\u{2713}", "a"),
        ("location", "/a\r\nContent-Length: 0\r\n\r\n"),
    ];
    let headers = headers.map(|(name, value)| json!({"name": name, "value": value}));
    ours["response"]["headers"] = headers.into_iter().chain(more).collect();
    let url = ours["request"]["url"].as_str().expect("text").replace(
        "https://cloud.mongodb.com/",
        "https://CLOUD.mongodb.com:443/",
    );
    ours["request"]["url"] = json!(url);
    entries.push(ours.clone());
    for response in [json!({"status": 0}), json!({"status": -1}), json!(null)] {
        ours["response"] = response;
        entries.push(ours.clone());
    }
    let (status, text) = run(&archive, &[]);
    assert_eq!(status, Some(0), "{text}");
    let summary = text.lines().last().unwrap_or_default();
    assert!(
        summary
            .starts_with("entries: 2, decoded: 2 (100.0 %), lossless: 2 (100.0 %), no answer: 3, "),
        "{text}"
    );
    assert!(
        summary.ends_with("other entries: 6") && text.contains("  no answer ×3"),
        "{text}"
    );
}

#[test]
fn an_empty_capture_is_not_reported_as_fully_examined() {
    let (status, text) = run(&json!({"log": {"entries": []}}), &[]);
    assert_eq!(status, Some(0), "{text}");
    assert!(
        text.contains("entries: 0: no answer was examined") && !text.contains('%'),
        "{text}"
    );
}

#[test]
fn a_name_cannot_forge_a_line_of_the_report() {
    let mut archive = capture(
        &json!({"id": "32b6e34b3d91647abb20e7b8", "a\nNOT DECODED ×1": 1, "\u{202e}\u{1b}[2J": 2}),
        "?b%0Aentries:=1",
    );
    archive["log"]["entries"][2]["request"]["method"] = json!("GET\nLOST");
    archive["log"]["entries"][2]["response"]["headers"] = json!([]);
    archive["log"]["entries"][0]["response"]["headers"] =
        json!([{"name": "content-type", "value": "text/a\nforged"}]);
    let (_, text) = run(&archive, &[]);
    assert!(
        text.contains("a\\nNOT DECODED")
            && text.contains("\\u{202e}\\u{1b}[2J")
            && text.contains("request.query.b\\nentries:"),
        "{text}"
    );
    assert!(
        text.contains("GET\\nLOST") && text.contains("text/a\\nforged"),
        "{text}"
    );
    assert!(
        !text
            .chars()
            .any(|c| c != '\n' && c.is_control() || c == '\u{202e}'),
        "{text:?}"
    );
}
