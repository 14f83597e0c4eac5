//! The client decodes every response of the corpus, and every mutant of it, without losing
//! anything.

use std::collections::BTreeMap;

use atlas_backup_tests::conform::deviation::{Deviation, Kind};
use atlas_backup_tests::conform::{Examiner, Exchange, Report};
use atlas_backup_tests::corpus::{self, Fixture};
use serde_json::{Value, json};

use crate::conform::conform;
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
    // Of the errors that are no JSON, the client keeps an excerpt.
    assert!(
        summary.contains(", decoded: 161 (100.0 %), lossless: 155 ")
            && summary.contains("not JSON: 6, "),
        "{summary}"
    );
}
