//! Drafts a small document that has every construct of published documents once.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Draft, Options, draft};
use crate::{Document, lint, load};

const PUBLISHED: &str = include_str!("tests/published.yaml");
/// What is drafted of it. After a change of the engine, a failing test prints the new one.
const DRAFTED: &str = include_str!("tests/drafted.yaml");

fn document(text: &str) -> Document {
    Document {
        api: "v2".into(),
        path: "draft.yaml".into(),
        text: text.to_owned(),
    }
}

fn published() -> Value {
    let document = document(PUBLISHED);
    load(&document)
        .unwrap_or_else(|error| panic!("{error}"))
        .value
}

fn drafted(operations: Option<&[&str]>, placeholder: Option<&str>) -> Draft {
    let operations = operations.map(|ids| {
        ids.iter()
            .map(|id| (*id).to_owned())
            .collect::<BTreeSet<_>>()
    });
    let placeholder = placeholder.map(str::to_owned);
    draft(
        &published(),
        &Options {
            operations,
            placeholder,
        },
    )
}

/// Returns the rules that a draft breaks.
fn broken_rules(draft: &Draft) -> BTreeSet<&'static str> {
    let document = document(&super::text(&draft.document));
    let loaded = load(&document).unwrap_or_else(|error| panic!("{error}"));
    match lint(&loaded) {
        Ok(()) => BTreeSet::new(),
        Err(error) => error.findings.iter().map(|finding| finding.rule).collect(),
    }
}

#[test]
fn every_construct_is_drafted_in_the_dialect() {
    let text = super::text(&drafted(None, Some("Some prose.")).document);
    assert!(text == DRAFTED, "the draft is now:\n{text}");
}

#[test]
fn a_draft_with_prose_keeps_all_rules() {
    let draft = drafted(None, Some("Some prose."));
    assert_eq!(broken_rules(&draft), BTreeSet::new());
}

#[test]
fn the_text_of_a_draft_is_its_document() {
    let draft = drafted(None, Some("Prose: with \"quotes\", a # and a 'word'."));
    let document = document(&super::text(&draft.document));
    let loaded = load(&document).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(loaded.value, draft.document);
}

#[test]
fn a_draft_without_prose_needs_descriptions() {
    let draft = drafted(None, None);
    let expected = BTreeSet::from(["blank", "description"]);
    assert_eq!(broken_rules(&draft), expected);
}

#[test]
fn what_cannot_be_drafted_is_left_out_with_its_reason() {
    let draft = drafted(None, None);
    let left_out: Vec<_> = draft
        .left_out
        .iter()
        .map(|it| (it.operation.as_str(), it.reason.as_str()))
        .collect();
    assert_eq!(
        left_out,
        [
            ("setCount", "takes one number"),
            (
                "getPhoto",
                "answers a file (application/vnd.atlas.2024-05-30+gzip)"
            ),
            ("getWeather", "only a preview version"),
        ]
    );
    let omitted: Vec<_> = draft
        .omitted
        .iter()
        .map(|it| format!("{}: {}", it.place, it.what))
        .collect();
    assert_eq!(
        omitted,
        [
            "listGroupBeds: header parameter Use-Shovel",
            "createGroupBed: response 204",
            "createGroupBed: error body application/vnd.atlas.2024-05-30+json",
            "BedState: value UNKNOWN of the enum",
        ]
    );
}

#[test]
fn names_do_not_depend_on_which_operations_are_drafted() {
    let all = drafted(None, Some("Some prose."));
    let one = drafted(Some(&["createGroupBed"]), Some("Some prose."));
    let paths = one.document["paths"]
        .as_object()
        .expect("paths are an object");
    assert_eq!(paths.len(), 1);
    for section in ["schemas", "parameters"] {
        let entries = one.document["components"][section].as_object();
        for (name, entry) in entries.into_iter().flatten() {
            assert_eq!(entry, &all.document["components"][section][name], "{name}");
        }
    }
    assert_eq!(broken_rules(&one), BTreeSet::new());
}

#[test]
fn an_operation_that_is_not_published_is_left_out() {
    let draft = drafted(Some(&["flyToTheMoon"]), None);
    let reason = "the published document has no operation with this id";
    assert_eq!(draft.left_out.len(), 1);
    assert_eq!(draft.left_out[0].reason, reason);
}

#[test]
fn a_published_document_of_another_form_never_panics() {
    for text in [
        "1",
        "{}",
        "paths: 1",
        "paths: {/a: {get: {operationId: a}}}",
        "paths: {/a: {get: {operationId: a, tags: 1, parameters: [1], responses: {'200': 1}}}}",
    ] {
        let document = document(text);
        let value = load(&document)
            .unwrap_or_else(|error| panic!("{error}"))
            .value;
        let _ = super::text(&draft(&value, &Options::default()).document);
    }
}

#[test]
fn references_in_a_circle_end() {
    let mut published = published();
    let schemas = &mut published["components"]["schemas"];
    schemas["Bed"] = serde_json::json!({"$ref": "#/components/schemas/Link"});
    schemas["Link"] = serde_json::json!({"$ref": "#/components/schemas/Bed"});
    schemas["Plant"] = serde_json::json!({"allOf": [{"$ref": "#/components/schemas/Tree"}, {"$ref": "#/components/schemas/Plant"}]});
    let _ = super::text(&draft(&published, &Options::default()).document);
}
