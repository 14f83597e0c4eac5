//! Imports from a small published document into a small document of ours.

use serde_json::{Value, json};

use super::{Import, Known, Outcome, Request, import};
use crate::compare::Deviations;
use crate::{Document, Finding, Generation, PublishedDocument, lint, load};

const OURS: &str = include_str!("tests/ours.yaml");
const PUBLISHED: &str = include_str!("tests/published.yaml");

fn document(api: &str, text: &str) -> Document {
    let generation = Generation::of(api).unwrap_or_else(|| panic!("{api}"));
    Document {
        api: api.into(),
        path: generation.document.into(),
        text: text.to_owned(),
    }
}

fn published(text: &str) -> PublishedDocument {
    PublishedDocument::read("published.yaml", text.to_owned())
        .unwrap_or_else(|error| panic!("{error}"))
}

fn request(operation: &str) -> Request<'_> {
    Request {
        operation,
        generation: None,
        tag: Some("Sheds"),
    }
}

/// Returns the outcome of an import, or the messages of the error.
fn outcome(ours: &str, theirs: &str, request: Request<'_>) -> Result<Outcome, String> {
    let documents = [document("v2", ours)];
    import(
        &documents,
        &published(theirs),
        &Deviations::default(),
        request,
    )
    .map_err(|error| error.to_string())
}

fn imported(ours: &str, theirs: &str, request: Request<'_>) -> Import {
    match outcome(ours, theirs, request) {
        Ok(Outcome::New(import)) => *import,
        other => panic!("{other:?}"),
    }
}

fn known(ours: &str, theirs: &str, operation: &str) -> Known {
    match outcome(ours, theirs, request(operation)) {
        Ok(Outcome::Known(known)) => known,
        other => panic!("{other:?}"),
    }
}

fn value(document: &Document) -> Value {
    load(document)
        .unwrap_or_else(|error| panic!("{error}"))
        .value
}

/// Returns the lines that only the new text has. All others must be those of the old text.
fn added_lines(old: &str, new: &str) -> Vec<String> {
    let mut old = old.split_inclusive('\n').peekable();
    let mut added = Vec::new();
    for line in new.split_inclusive('\n') {
        match old.next_if_eq(&line) {
            Some(_) => {}
            None => added.push(line.trim_end().to_owned()),
        }
    }
    assert_eq!(old.next(), None, "this line of the old text is gone");
    added
}

#[test]
fn the_document_that_is_imported_into_follows_all_rules() {
    let document = document("v2", OURS);
    let loaded = load(&document).unwrap_or_else(|error| panic!("{error}"));
    lint(&loaded).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn an_operation_is_inserted_in_order_and_nothing_else_changes() {
    let import = imported(OURS, PUBLISHED, request("createGroupShed"));
    let added = added_lines(OURS, &import.document.text).join("\n");
    let expected = include_str!("tests/added.yaml");
    assert!(
        added.trim_end() == expected.trim_end(),
        "what is added is now:\n{added}"
    );
    let text = &import.document.text;
    let place = |line: &str| text.find(line).unwrap_or_else(|| panic!("no `{line}`"));
    for (before, after) in [
        ("  - name: Beds", "  - name: Sheds"),
        (
            "    get:\n      operationId: listSheds",
            "    post:\n      operationId: createShed",
        ),
        ("    ObjectId:\n", "    Shed:\n"),
        (
            "    Shed:\n",
            "    # A comment of ShedPage.\n    ShedPage:\n",
        ),
        ("    ShedPage:\n", "    ShedRequest:\n"),
    ] {
        assert!(
            place(before) < place(after),
            "{before} stands after {after}"
        );
    }
}

#[test]
fn an_error_that_all_of_our_operations_have_is_added_where_atlas_does_not_publish_it() {
    let reference = "        '404': {$ref: '#/components/responses/NotFound'}\n";
    let text = |published: &str| {
        let import = imported(OURS, published, request("createGroupShed"));
        import.document.text
    };
    assert_eq!(text(PUBLISHED), text(&PUBLISHED.replace(reference, "")));
}

#[test]
fn only_prose_and_examples_are_left_to_fill_in() {
    let import = imported(OURS, PUBLISHED, request("createGroupShed"));
    let findings = import.findings.expect("empty places").findings;
    for finding in &findings {
        assert!(
            ["blank", "description"].contains(&finding.rule),
            "{finding:?}"
        );
        assert!(finding.location.is_some(), "{finding:?}");
    }
    let filled = fill_in(&import.document.text, &findings);
    let filled = document("v2", &with_notices(&filled));
    let loaded = load(&filled).unwrap_or_else(|error| panic!("{error}"));
    lint(&loaded).unwrap_or_else(|error| panic!("{error}\n{}", filled.text));
}

/// Adds the roles to the descriptions that lack them.
fn with_notices(text: &str) -> String {
    let document = document("v2", text);
    let loaded = load(&document).unwrap_or_else(|error| panic!("{error}"));
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for finding in lint(&loaded).map_or_else(|error| error.findings, |()| Vec::new()) {
        let help = finding.help.unwrap_or_default();
        if let Some(notice) = help.strip_prefix("write at its end: ") {
            let at = finding.location.map_or(0, |at| at.line - 1);
            lines[at] = lines[at].replace("Some prose.", &format!("\"Some prose. {notice}\""));
        }
    }
    lines.join("\n") + "\n"
}

/// Fills in prose, and a value for each key that has none.
fn fill_in(text: &str, findings: &[Finding]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let without_value = |it: &&Finding| it.message == "there is no value here";
    for finding in findings.iter().filter(without_value) {
        let at = finding.location.as_ref().map_or(0, |at| at.line - 1);
        let line = &mut lines[at];
        match line.trim() {
            "id:" => line.push_str(" 32b6e34b3d91647abb20e7b8"),
            "name:" => line.push_str(" Old"),
            "roof:" => line.push_str(" TIN"),
            "error:" => line.push_str(" 409"),
            _ => {}
        }
    }
    lines.join("\n").replace(": \"\"\n", ": Some prose.\n") + "\n"
}

#[test]
fn what_the_document_has_is_reused() {
    let import = imported(OURS, PUBLISHED, request("createGroupShed"));
    let reused = import.reused.iter().map(|(_, ours)| ours.as_str());
    assert_eq!(
        reused.collect::<Vec<_>>(),
        ["RoofKind", "ObjectId", "ApiError"]
    );
    assert_eq!(
        import.added,
        [
            "tag Sheds",
            "parameter dry",
            "response conflict",
            "schema Shed",
            "schema ShedRequest"
        ]
    );
    // Our shared `pretty` is another one, so the published one stands at the operation.
    let value = value(&import.document);
    let operation = &value["paths"]["/api/atlas/v2/groups/{groupId}/sheds"]["post"];
    let names = operation["parameters"].as_array().expect("a list");
    let pretty = names.iter().filter(|it| it["name"] == "pretty").count();
    assert_eq!(pretty, 1, "{names:?}");
}

#[test]
fn a_schema_that_only_responses_have_is_reused_in_a_request_that_says_the_same() {
    let roof = "        roof: {$ref: '#/components/schemas/Roof'}\n        id:";
    let bed = "        bed: {$ref: '#/components/schemas/Bed'}\n        id:";
    assert!(PUBLISHED.contains(roof));
    let with_bed = PUBLISHED.replace(roof, bed);
    let import = imported(OURS, &with_bed, request("createGroupShed"));
    let both = [("Bed", "Bed"), ("BedRequest", "Bed")];
    for (drafted, ours) in both.map(|(drafted, ours)| (drafted.to_owned(), ours.to_owned())) {
        assert!(
            import.reused.contains(&(drafted, ours)),
            "{:?}",
            import.reused
        );
    }
    let other = with_bed.replace("maxLength: 64", "maxLength: 32");
    let import = imported(OURS, &other, request("createGroupShed"));
    let added = "schema BedRequest".to_owned();
    assert!(import.added.contains(&added), "{:?}", import.added);
    let differences: Vec<_> = import.differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        differences,
        [
            "Bed.name: published 32, ours 64 [maxLength]",
            "Shed.name: published true, ours false in the answer [required]"
        ]
    );
}

#[test]
fn members_are_in_the_order_in_which_they_are_published() {
    let import = imported(OURS, PUBLISHED, request("createGroupShed"));
    let text = &import.document.text;
    let schema = &text[text.find("    Shed:\n").expect("added")..];
    let place = |member: &str| schema.find(&format!("        {member}:\n"));
    assert!(
        place("roof") < place("id") && place("id") < place("name"),
        "{schema}"
    );
}

#[test]
fn a_taken_name_is_told_with_the_one_that_was_given_instead() {
    let other = PUBLISHED
        .replace("Shed20240805", "BedShed")
        .replace("BedShed", "ApiBed");
    let import = imported(OURS, &other, request("createGroupShed"));
    assert_eq!(import.renamed, [("ApiBed".to_owned(), "Bed".to_owned()),]);
}

#[test]
fn the_other_generation_names_the_operation_and_its_schemas() {
    let v1 = OURS
        .replace(
            "/api/atlas/v2/groups/{groupId}/sheds",
            "/api/atlas/v1.0/groups/{groupId}/sheds",
        )
        .replace(
            "    get:\n      operationId: listSheds",
            "    post:\n      operationId: buildShed",
        );
    let documents = [document("v1", &v1), document("v2", OURS)];
    let outcome = import(
        &documents,
        &published(PUBLISHED),
        &Deviations::default(),
        request("createGroupShed"),
    );
    match outcome {
        Ok(Outcome::New(import)) => {
            assert_eq!(import.id, "buildShed");
            assert_eq!(import.document.path, "spec/v2.yaml");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_a_tag_lint_asks_for_one() {
    let request = Request {
        tag: None,
        ..request("createGroupShed")
    };
    let import = imported(OURS, PUBLISHED, request);
    let findings = import.findings.expect("empty places").findings;
    assert!(
        findings.iter().any(|finding| finding.rule == "tag"),
        "{findings:?}"
    );
}

#[test]
fn a_new_path_is_inserted_with_the_methods_below_it() {
    let import = imported(OURS, PUBLISHED, request("deleteGroupShed"));
    let value = value(&import.document);
    let operation = &value["paths"]["/api/atlas/v2/groups/{groupId}/sheds/{shedId}"]["delete"];
    assert_eq!(operation["operationId"], "deleteShed");
    assert_eq!(
        operation["parameters"],
        json!([
            {"$ref": "#/components/parameters/groupId"},
            {"$ref": "#/components/parameters/shedId"},
        ])
    );
    assert_eq!(
        value["components"]["parameters"]["shedId"]["required"],
        true
    );
    added_lines(OURS, &import.document.text);
}

#[test]
fn an_operation_that_is_known_is_compared() {
    let same = known(OURS, PUBLISHED, "listGroupSheds");
    assert_eq!((same.id.as_str(), same.differences.len()), ("listSheds", 0));
    let more = PUBLISHED
        .replace("    Bed:\n", "    Bed:\n      x-unknown: 1\n")
        .replace(
            "        name: {type: string, maxLength: 64}\n",
            "        name: {type: string, maxLength: 32}\n        age: {type: integer}\n",
        );
    let known = known(OURS, &more, "listSheds");
    let found: Vec<_> = known.differences.iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "Bed.age: published (integer), and not in our document [member-missing]",
            "Bed.name: published 32, ours 64 [maxLength]"
        ]
    );
}

#[test]
fn what_cannot_be_imported_says_why() {
    let with = |old: &str, new: &str| {
        assert!(PUBLISHED.contains(old), "{old}");
        PUBLISHED.replace(old, new)
    };
    let of = |generation| Request {
        generation,
        ..request("createGroupShed")
    };
    for (theirs, request, expected) in [
        (
            PUBLISHED.to_owned(),
            request("createGroupShedd"),
            "no operation `createGroupShedd` of v2",
        ),
        (
            PUBLISHED.to_owned(),
            of(Generation::of("v1")),
            "no operation `createGroupShed` of v1",
        ),
        (
            "a: 1".to_owned(),
            request("a"),
            "this is not an OpenAPI document: it has no `paths`",
        ),
        (
            "paths: {/pets: {}}".to_owned(),
            request("a"),
            "no path begins with /api/atlas/v1.0/ or",
        ),
        (
            with("schemas/Roof'", "schemas/Rof'"),
            request("createGroupShed"),
            "`createGroupShed` refers to `#/components/schemas/Rof`, which leads nowhere",
        ),
        (
            with("application/vnd.atlas.2024-08-05+json", "text/csv"),
            request("createGroupShed"),
            "`createGroupShed` cannot be described in spec/: takes a file (text/csv)",
        ),
    ] {
        let error = outcome(OURS, &theirs, request).err().unwrap_or_default();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_document_in_braces_is_refused() {
    let braces = OURS.replace(
        "tags:\n  - name: Beds\n    description: Beds.\n",
        "tags: [{name: Beds, description: Beds.}]\n",
    );
    assert_ne!(braces, OURS);
    let error = outcome(&braces, PUBLISHED, request("createGroupShed")).err();
    let error = error.unwrap_or_default();
    assert!(
        error.starts_with("spec/v2.yaml:8:1: nothing can be inserted here"),
        "{error}"
    );
}
