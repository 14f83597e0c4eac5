//! What each change of a document means, and that CHANGELOG.md promises it.

use std::collections::BTreeSet;

use super::promises::{FIXTURES, Fixture};
use super::{Change, Level, Place, Promise, changes, rust_version};
use crate::document::{Document, load};

const SOUND: &str = include_str!("../../../../tests/fixtures/documents/sound.yaml");
const CHANGELOG: &str = include_str!("../../../../CHANGELOG.md");

pub(super) type Edits = &'static [(&'static str, &'static str)];

/// Applies edits to `sound.yaml`.
fn sound(edits: Edits) -> String {
    edits.iter().fold(SOUND.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "not in the document:\n{old}");
        text.replace(old, new)
    })
}

fn document(api: &str, path: &str, text: String) -> Document {
    let (api, path) = (api.to_owned(), path.to_owned());
    Document { api, path, text }
}

/// Compares documents, which are given by their API generation.
fn compare(old: &[(&str, String)], new: &[(&str, String)]) -> Result<Vec<Change>, String> {
    let documents = |prefix: &str, texts: &[(&str, String)]| -> Vec<Document> {
        let one = |(api, text): &(&str, String)| {
            document(api, &format!("{prefix}spec/{api}.yaml"), text.clone())
        };
        texts.iter().map(one).collect()
    };
    let (old, new) = (documents("then:", old), documents("", new));
    let load = |documents| -> Vec<_> {
        let all: &[Document] = documents;
        all.iter().map(|one| load(one).expect("YAML")).collect()
    };
    changes(&load(&old), &load(&new)).map_err(|error| error.to_string())
}

fn of(old: Edits, new: Edits) -> Vec<Change> {
    let before = sound(old);
    let after = new.iter().fold(before.clone(), |text, (old, new)| {
        assert!(text.contains(old), "not in the document:\n{old}");
        text.replace(old, new)
    });
    compare(&[("v2", before)], &[("v2", after)]).expect("comparable")
}

fn lines(changes: &[Change]) -> Vec<String> {
    let line = |change: &Change| {
        let at = &change.place;
        format!(
            "{at}: {}: {} [{:?}]",
            change.level().name(),
            change.text,
            change.promise
        )
    };
    changes.iter().map(line).collect()
}

/// The promises of CHANGELOG.md: the items of the list in its introduction.
fn promised() -> Vec<String> {
    let (introduction, _) = CHANGELOG.split_once("\n## ").expect("a release");
    let items = introduction.split("\n- ").skip(1);
    let words = |item: &str| item.split_whitespace().collect::<Vec<_>>().join(" ");
    items.map(|item| words(item).replace("**", "")).collect()
}

#[test]
fn every_promise_is_made_in_the_changelog_and_nothing_else_is() {
    let items = promised();
    assert!(items.len() > 5, "{items:?}");
    for promise in Promise::ALL {
        let sentence = promise.sentence();
        let makes = |item: &&String| item.contains(sentence);
        assert_eq!(
            items.iter().filter(makes).count(),
            1,
            "`{sentence}`: {items:#?}"
        );
    }
    for item in &items {
        let is_made = Promise::ALL
            .iter()
            .any(|promise| item.contains(promise.sentence()));
        assert!(
            is_made,
            "no fixture and no `Promise` for the promise: {item}"
        );
    }
}

#[test]
fn a_promise_names_its_release_in_the_changelog() {
    for promise in Promise::ALL {
        let items = promised();
        let item = items.iter().find(|item| item.contains(promise.sentence()));
        let (_, after) = item
            .and_then(|item| item.split_once(promise.sentence()))
            .expect("made");
        // The two that responses keep say "in any minor release" before they name it.
        let first = ["major release", "minor release", "patch release"]
            .into_iter()
            .filter_map(|release| Some((after.find(release)?, release)))
            .min();
        let expected = format!("{} release", promise.level().name());
        if let Some((_, release)) = first {
            assert_eq!(release, expected, "{promise:?}");
        } else {
            assert!(
                promise.sentence().contains("minor release") || *promise == Promise::EnumValue,
                "{promise:?}"
            );
        }
    }
}

#[test]
fn each_promise_has_a_fixture_that_keeps_it() {
    for Fixture {
        promise,
        base,
        edit,
        says,
    } in FIXTURES
    {
        let changes = of(base, edit);
        let found: Vec<String> = changes
            .iter()
            .map(|change| format!("{}: {}", change.level().name(), change.text))
            .collect();
        assert_eq!(&found, says, "{promise:?}");
        let is_kept = changes.iter().any(|change| change.promise == *promise);
        assert!(is_kept, "{promise:?}: {changes:#?}");
    }
    // Those that are about more than one document have tests of their own below.
    let elsewhere = [Promise::Parted, Promise::Joined, Promise::RustVersion];
    let with_fixture = FIXTURES
        .iter()
        .map(|fixture| fixture.promise)
        .chain(elsewhere);
    let with_fixture: BTreeSet<_> = with_fixture.collect();
    let all: BTreeSet<_> = Promise::ALL.iter().copied().collect();
    assert_eq!(with_fixture, all);
}

#[test]
fn a_type_parts_when_one_generation_changes_it_and_joins_when_both_agree_again() {
    let (same, other) = (
        sound(&[]),
        sound(&[("description: A colour.", "description: A tint.")]),
    );
    let both = |one: &str, two: &str| [("v1", one.to_owned()), ("v2", two.to_owned())];
    let parts = compare(&both(&same, &same), &both(&same, &other)).expect("comparable");
    assert_eq!(
        lines(&parts),
        [
            "spec/v2.yaml:103:5: patch: documentation of `v2::types::Colour` [Documentation]",
            "spec/v2.yaml:103:5: major: `v1::types::Colour` and `v2::types::Colour` are two types now [Parted]",
            "spec/v2.yaml:111:5: major: `v1::types::Thing` and `v2::types::Thing` are two types now [Parted]",
        ]
    );
    let joins = compare(&both(&same, &other), &both(&same, &same)).expect("comparable");
    let joins: Vec<_> = joins
        .iter()
        .filter(|change| change.promise == Promise::Joined)
        .collect();
    assert_eq!(joins.len(), 2);
    assert_eq!(joins[0].level(), Level::Minor);
    let both_changed = compare(&both(&same, &same), &both(&other, &other)).expect("comparable");
    assert!(
        both_changed
            .iter()
            .all(|change| change.level() == Level::Patch)
    );
}

#[test]
fn a_newer_minimum_rust_version_is_a_minor_change_and_an_older_one_a_patch() {
    let place = || Place {
        path: "Cargo.toml".to_owned(),
        line: 6,
        column: 1,
    };
    let level = |old, new| rust_version(old, new, place()).map(|change| change.level());
    assert_eq!(level("1.85", "1.85.0"), None);
    assert_eq!(level("1.85", "1.100"), Some(Level::Minor));
    assert_eq!(level("1.85.1", "1.85"), Some(Level::Patch));
}

#[test]
fn the_order_of_path_arguments_counts_and_their_names_do_not() {
    let renamed = of(
        &[],
        &[("{thingId}", "{itemId}"), ("name: thingId", "name: itemId")],
    );
    let expected = [
        "spec/v2.yaml:78:5: patch: documentation of `v2::Api::get_thing(item_id)` [Documentation]",
    ];
    assert_eq!(lines(&renamed), expected);
    let reordered = of(
        &[],
        &[(
            "/groups/{groupId}/things/{thingId}:",
            "/groups/{thingId}/things/{groupId}:",
        )],
    );
    assert_eq!(
        lines(&reordered),
        [
            "spec/v2.yaml:43:5: major: `v2::Api::get_thing` takes `(thing_id, group_id)` from its path instead of `(group_id, thing_id)` [Retyped]"
        ]
    );
}

#[test]
fn an_operation_with_another_id_and_another_url_is_another_one() {
    let changes = of(
        &[],
        &[
            ("operationId: getThing", "operationId: fetchThing"),
            ("things/{thingId}:", "things/by/{thingId}:"),
        ],
    );
    assert_eq!(
        lines(&changes),
        [
            "then:spec/v2.yaml:43:5: major: `v2::Api::get_thing` is removed [Removed]",
            "spec/v2.yaml:43:5: minor: `v2::Api::fetch_thing` is new [New]",
        ]
    );
}

#[test]
fn a_type_with_the_same_members_that_other_operations_use_is_another_one() {
    let changes = of(
        &[],
        &[
            (
                "schemas/Thing'\n              examples:\n                found",
                "schemas/Ruler'\n              examples:\n                found",
            ),
            ("schemas/ThingRequest'", "schemas/Thing'"),
            ("    ThingRequest:\n", "    Ruler:\n"),
        ],
    );
    let texts: Vec<_> = changes.iter().map(|change| change.text.as_str()).collect();
    assert!(
        texts.contains(&"`v2::types::ThingRequest` is removed"),
        "{texts:#?}"
    );
    assert!(texts.contains(&"`v2::types::Ruler` is new"), "{texts:#?}");
}

#[test]
fn an_update_of_a_renamed_response_is_the_same_update() {
    let changes = of(
        &[(
            "      description: A thing to make.\n",
            "      x-atlas-update-of: Thing\n      description: A thing to make.\n",
        )],
        &[
            ("    Thing:\n", "    Item:\n"),
            ("schemas/Thing'", "schemas/Item'"),
            ("x-atlas-update-of: Thing", "x-atlas-update-of: Item"),
        ],
    );
    let texts: Vec<_> = changes.iter().map(|change| change.text.as_str()).collect();
    assert_eq!(texts, ["`v2::types::Thing` is `Item` now"]);
}

#[test]
fn a_type_that_only_one_generation_sends_is_two_types() {
    let same = sound(&[]);
    let sent = sound(&[("schemas/ThingRequest'", "schemas/Thing'")]);
    let both = |one: &str| [("v1", one.to_owned()), ("v2", same.clone())];
    let changes = compare(&both(&same), &both(&sent)).expect("comparable");
    let parted: Vec<_> = changes
        .iter()
        .filter(|change| change.promise == Promise::Parted)
        .map(|change| change.subject.as_str())
        .collect();
    assert_eq!(parted, ["types::Thing"]);
}

#[test]
fn a_renamed_type_is_compared_under_its_old_name() {
    let changes = of(
        &[(
            "          description: Its colour.\n",
            "          description: Its colour.\n        a: {type: string, description: A.}\n        b: {type: string, description: B.}\n",
        )],
        &[
            ("    Thing:\n", "    Item:\n"),
            ("schemas/Thing'", "schemas/Item'"),
            ("        b: {type: string", "        b: {type: boolean"),
        ],
    );
    let texts: Vec<_> = changes.iter().map(|change| change.text.as_str()).collect();
    let expected = [
        "`v2::types::Thing` is `Item` now",
        "`v2::types::Thing::b` is `Option<bool>` instead of `Option<String>`",
    ];
    assert_eq!(texts, expected);
}

#[test]
fn an_object_that_is_only_received_now_loses_its_literal() {
    let sent_back: Edits = &[("schemas/ThingRequest'", "schemas/Thing'")];
    let changes = of(
        sent_back,
        &[(
            "            schema:\n              $ref: '#/components/schemas/Thing'",
            "            schema:\n              $ref: '#/components/schemas/ThingRequest'",
        )],
    );
    let of_thing: Vec<_> = changes
        .iter()
        .filter(|change| change.subject.starts_with("v2::types::Thing"))
        .map(|change| change.text.as_str())
        .collect();
    assert_eq!(
        of_thing,
        [
            "`v2::types::Thing` is only received now, so that it has no struct literal",
            "`v2::types::Thing::id` is `ObjectId` instead of `Option<ObjectId>`",
            "`v2::types::ThingRequest` is new",
        ]
    );
}

#[test]
fn a_generation_may_come_and_go() {
    let text = sound(&[]);
    let (one, both) = ([("v2", text.clone())], [("v1", text.clone()), ("v2", text)]);
    let came = compare(&one, &both).expect("comparable");
    assert_eq!(
        lines(&came),
        ["spec/v1.yaml:1:1: minor: `v1` is new, with all of its 2 operations [New]"]
    );
    let went = compare(&both, &one).expect("comparable");
    assert_eq!(
        lines(&went),
        ["then:spec/v1.yaml:1:1: major: `v1` is removed, with all of its 2 operations [Removed]"]
    );
    assert_eq!(compare(&both, &both), Ok(Vec::new()));
}

#[test]
fn a_reference_that_leads_nowhere_is_an_error_with_its_place() {
    let broken = sound(&[(
        "      schema:\n        $ref: '#/components/schemas/ObjectId'",
        "      schema:\n        $ref: '#/components/schemas/Id'",
    )]);
    let error = compare(&[("v2", broken)], &[("v2", sound(&[]))]).expect_err("refused");
    assert!(error.starts_with("then:spec/v2.yaml:"), "{error}");
    assert!(
        error.contains("`#/components/schemas/Id` leads nowhere [changes]"),
        "{error}"
    );
}
