use super::*;
use crate::model::sample_tests::check;

/// The facts of a document with these paths and components.
fn facts(yaml: &str) -> Facts {
    let document = atlas_backup_document::Document {
        api: "v2".into(),
        path: "test.yaml".into(),
        text: format!("openapi: 3.0.3\ninfo: {{title: t, version: '1', description: d}}\n{yaml}"),
    };
    let loaded = atlas_backup_document::load(&document).expect("the test has a document");
    Facts::of(&loaded)
}

#[test]
fn an_operation_keeps_what_progenitor_drops() {
    let facts = facts(
        "
tags: [{name: Cloud Backups, description: All of it.}]
paths:
  /a/{id}:
    patch:
      operationId: updateThing
      x-atlas-operation-id: patchGroupThing
      x-atlas-effect: idempotent
      x-atlas-roles: [Project Owner]
      tags: [Cloud Backups]
      summary: Update it
      deprecated: true
      description: 'Really. Ended on 2026-01-22. Use `updateThing` of v3. Role: Project Owner.'
      externalDocs: {url: 'https://a.b'}
      x-atlas-deprecation: {ended: '2026-01-22', note: Use `updateThing` of v3.}
      parameters:
        - {$ref: '#/components/parameters/id'}
        - {name: size, in: query, description: Its size., schema: {type: integer, default: 7, minimum: 1}}
      responses: {'429': {description: d}, '200': {description: d}, '400': {description: d}}
components:
  parameters:
    id: {name: id, in: path, required: true, description: Its id., schema: {type: string}}
",
    );
    assert_eq!(
        (
            &*facts.about.api,
            &*facts.about.title,
            &*facts.about.description
        ),
        ("v2", "t", "d")
    );
    assert_eq!(facts.about.tags["Cloud Backups"], "All of it.");
    let fact = &facts.operations["update_thing"];
    assert_eq!(fact.pointer, "/paths/~1a~1{id}/patch");
    assert_eq!(
        (&*fact.id, &*fact.official_id, &*fact.method, &*fact.path),
        ("updateThing", "patchGroupThing", "PATCH", "/a/{id}")
    );
    assert_eq!(
        (&*fact.tag, &*fact.summary, &*fact.page),
        ("Cloud Backups", "Update it", "https://a.b")
    );
    assert_eq!(fact.roles, ["Project Owner"]);
    assert_eq!(fact.idempotency, Idempotency::Idempotent);
    assert_eq!(
        fact.deprecated.as_deref(),
        Some("Ended on 2026-01-22. Use `update_thing` of v3.")
    );
    assert_eq!(fact.description, "Really.");
    assert_eq!(fact.errors, [400, 429]);
    assert_eq!(fact.parameters["id"].description, "Its id.");
    let size = &fact.parameters["size"];
    assert_eq!(
        (&*size.description, size.default.as_deref()),
        ("Its size.", Some("7"))
    );
    assert_eq!(size.checks, [check("minimum", 1)]);
}

#[test]
fn dated_media_types_are_facts() {
    let facts = facts(
        "
paths:
  /a:
    post:
      operationId: makeThing
      requestBody: {required: false, content: {application/vnd.atlas.2023-01-01+json: {schema: {type: string}}}}
      responses:
        '404': {description: d, content: {application/json: {schema: {type: string}}}}
        '201': {description: d, content: {application/vnd.atlas.2024-05-30+json: {schema: {type: string}}}}
    delete:
      operationId: deleteThing
      responses: {'204': {description: d}}
    get:
      operationId: getThing
      responses: {'200': {$ref: '#/components/responses/thing'}}
components:
  responses:
    thing: {description: d, content: {application/vnd.atlas.2025-03-12+json: {schema: {type: string}}}}
",
    );
    // A shared response has one as well.
    let get = &facts.operations["get_thing"];
    assert_eq!(get.accept, "application/vnd.atlas.2025-03-12+json");
    let make = &facts.operations["make_thing"];
    assert_eq!(make.accept, "application/vnd.atlas.2024-05-30+json");
    assert_eq!(
        make.content_type.as_deref(),
        Some("application/vnd.atlas.2023-01-01+json")
    );
    assert!(make.optional_body);
    assert_eq!(make.idempotency, Idempotency::NotIdempotent);
    let delete = &facts.operations["delete_thing"];
    assert_eq!(delete.accept, "application/json");
    assert_eq!((&delete.content_type, delete.optional_body), (&None, false));
    assert_eq!(delete.idempotency, Idempotency::Idempotent);
}

#[test]
fn secrets_rules_and_official_names_are_facts() {
    let facts = facts(
        "
paths: {}
components:
  schemas:
    Link: {type: object, description: A link., x-atlas-schema: Link}
    A:
      type: object
      x-atlas-schema: [A, B]
      x-atlas-update-of: Link
      x-atlas-rules:
        - {when: {keep: true}, forbid: [expires], reason: r, source: {wire: Seen.}}
        - {when: {kind: [one, two]}, atLeastOne: [url, expires], reason: r, source: {wire: Seen.}}
      properties:
        url: {type: string, x-atlas-secret: true}
        urls: {type: array, items: {type: string}, x-atlas-other-form: one-item}
        kind: {type: string}
        keep: {type: boolean}
        expires: {type: string, format: date-time}
",
    );
    let (link, a) = (&facts.types["Link"], &facts.types["A"]);
    assert_eq!(link.pointer, "/components/schemas/Link");
    assert_eq!(link.docs, "A link.");
    assert_eq!(
        (&link.update_of, &link.official_names[..]),
        (&None, &["Link".to_owned()][..])
    );
    assert_eq!(a.official_names, ["A", "B"]);
    assert_eq!(a.update_of.as_deref(), Some("Link"));
    assert!(a.members["url"].secret && !a.members["urls"].secret);
    assert_eq!(a.members["urls"].other_form, Some(OtherForm::OneItem));
    assert_eq!(a.members["url"].other_form, None);
    let [first, second] = &a.rules[..] else {
        panic!("two rules")
    };
    assert_eq!(
        (&first.when, &first.lists[..], &*first.reason),
        (
            &Some(("keep".into(), vec!["true".into()])),
            &[("forbid", vec!["expires".to_owned()])][..],
            "r"
        )
    );
    assert_eq!(
        second.when,
        Some(("kind".into(), vec!["one".into(), "two".into()]))
    );
    let both = vec!["url".to_owned(), "expires".to_owned()];
    assert_eq!(second.lists, [("at_least_one", both)]);
}

#[test]
fn what_a_member_says_of_its_value_becomes_sentences() {
    let facts = facts(
        r"
paths: {}
components:
  schemas:
    A:
      type: object
      properties:
        days: {type: integer, format: int32, minimum: 1, default: 7, description: Days.}
        key: {type: string, format: uuid, maxLength: 9, deprecated: true, description: Key.}
        host: {type: string, pattern: '^[^/]*$', x-atlas-pattern: '^[\p{L}]*$', description: Host.}
        version: {type: string, pattern: '^[0-9]*$', description: Version.}
        at: {type: string, format: date-time, description: When.}
        sizes: {type: array, items: {type: integer, format: int32}, description: Sizes.}
",
    );
    let docs = |wire: &str| facts.types["A"].members[wire].docs.as_str();
    assert_eq!(
        docs("days"),
        "Days. At least 1. Documented format: int32. Default: `7`."
    );
    assert_eq!(
        docs("key"),
        "Key. At most 9 characters. Documented format: uuid. Deprecated by Atlas."
    );
    assert_eq!(docs("host"), r"Host. Documented pattern: `^[\p{L}]*$`.");
    assert_eq!(docs("version"), "Version. Documented pattern: `^[0-9]*$`.");
    assert_eq!(docs("at"), "When.");
    assert_eq!(docs("sizes"), "Sizes. Documented format: int32.");
}

#[test]
fn bounds_become_checks() {
    let known = &RUNTIME_PATTERNS[0];
    let yaml = "
paths: {}
components:
  schemas:
    A:
      type: object
      properties:
        days: {type: integer, minimum: 1, maximum: 9}
        name: {type: string, maxLength: 64, pattern: '^a$', nullable: true}
        item: {type: string, minLength: 2, maxLength: 9, pattern: PATTERN}
        size: {type: integer, format: int32, minimum: 1}
        hour: {type: integer, format: int32, minimum: 0, maximum: 23}
        sizes: {type: array, minItems: 1, maxItems: 3, items: {type: integer, format: int32}}
        shares: {type: object, additionalProperties: {type: number}}
";
    let pattern = format!("'{}'", known.pattern.replace('\'', "''"));
    let facts = facts(&yaml.replace("PATTERN", &pattern));
    let checks = |wire: &str| facts.types["A"].members[wire].checks.clone();
    assert_eq!(checks("days"), [check("minimum", 1), check("maximum", 9)]);
    assert_eq!(checks("name"), [check("max_length", 64)]);
    let pattern = Check {
        is_pattern: true,
        ..check(known.function, None)
    };
    assert_eq!(
        checks("item"),
        [check("min_length", 2), check("max_length", 9), pattern]
    );
    assert_eq!(checks("size"), [check("minimum", 1), check("int32", None)]);
    assert_eq!(checks("hour"), [check("minimum", 0), check("maximum", 23)]);
    assert_eq!(
        checks("sizes"),
        [
            check("min_items", 1),
            check("max_items", 3),
            check("int32", None)
        ]
    );
    assert_eq!(checks("shares"), [check("finite", None)]);
}

#[test]
fn a_value_with_a_backtick_is_code_all_the_same() {
    assert_eq!(code(7), "`7`");
    assert_eq!(code("a`b"), "`` a`b ``");
}
