//! A fixture for each promise of CHANGELOG.md: an edit of `sound.yaml`, and what it is said to mean.

use super::Promise::{self, *};
use super::tests::Edits;

/// An edit, and the changes that users see, each as `level: text`.
pub(super) struct Fixture {
    pub promise: Promise,
    pub base: Edits,
    pub edit: Edits,
    pub says: &'static [&'static str],
}

const fn fixture(promise: Promise, edit: Edits, says: &'static [&'static str]) -> Fixture {
    let base = &[];
    Fixture {
        promise,
        base,
        edit,
        says,
    }
}

const SIZE: &str = "          description: Size in metres.\n";
const COLOUR: &str = "          description: Its colour.\n";
const PRETTY: &str = "      name: pretty\n      in: query\n";
const GET: &str = "      externalDocs: {url: https://example.com/get}\n";
const MAKE: &str = "      externalDocs: {url: https://example.com/make}\n";
const DEPRECATED: &str = "      externalDocs: {url: https://example.com/get}\n      deprecated: true\n      x-atlas-deprecation: {note: Use another.}\n";
const WITH_NOTE: &str =
    "          description: Size in metres.\n        note: {type: string, description: A note.}\n";
const WITH_RULE: &str = "      x-atlas-rules:\n        - {together: [size, note], reason: Both or none., source: {wire: Seen.}}\n      description: A thing to make.\n";
const UPDATE: &str = "      x-atlas-update-of: Thing\n      description: A thing to make.\n";
const THING_TO_MAKE: &str = "      description: A thing to make.\n";

pub(super) const FIXTURES: &[Fixture] = &[
    fixture(
        OptionalMember,
        &[(SIZE, WITH_NOTE)],
        &["minor: `v2::types::ThingRequest::note`, `Option<String>`, is new"],
    ),
    fixture(
        ResponseMember,
        &[(
            COLOUR,
            "          description: Its colour.\n        frozenAt: {type: string, format: date-time, description: When.}\n",
        )],
        &["minor: `v2::types::Thing::frozen_at`, `Option<Timestamp>`, is new"],
    ),
    fixture(
        ResponseMember,
        &[
            ("required: [id]", "required: [id, name]"),
            (
                COLOUR,
                "          description: Its colour.\n        name: {type: string, description: A name.}\n",
            ),
        ],
        &["minor: `v2::types::Thing::name`, `String`, is new"],
    ),
    fixture(
        ResponseMember,
        &[(
            COLOUR,
            "          description: Its colour.\n        parts: {type: array, items: {type: string}, description: P.}\n",
        )],
        &["minor: `v2::types::Thing::parts`, `Vec<String>`, is new"],
    ),
    fixture(
        EnumValue,
        &[("[red, green]", "[red, green, darkBlue]")],
        &["minor: `v2::types::Colour::DarkBlue`, `darkBlue` on the wire, is new"],
    ),
    fixture(
        MemberRequired,
        &[(
            THING_TO_MAKE,
            "      description: A thing to make.\n      required: [size]\n",
        )],
        &["major: `v2::types::ThingRequest::size` is required now"],
    ),
    fixture(
        MemberRequired,
        &[
            (
                THING_TO_MAKE,
                "      description: A thing to make.\n      required: [note]\n",
            ),
            (SIZE, WITH_NOTE),
        ],
        &["major: `v2::types::ThingRequest::note`, `String`, is new and required"],
    ),
    fixture(
        MemberRequired,
        &[("required: [id]", "required: [id, colour]")],
        &["major: `v2::types::Thing::colour` is required now"],
    ),
    fixture(
        MemberRenamed,
        &[
            ("        size:\n", "        length:\n"),
            ("{size: 3}", "{length: 3}"),
        ],
        &["major: `v2::types::ThingRequest::size` is `length` now, `length` on the wire"],
    ),
    Fixture {
        promise: MemberRemoved,
        base: &[(SIZE, WITH_NOTE)],
        edit: &[(WITH_NOTE, SIZE)],
        says: &["major: `v2::types::ThingRequest::note` is removed"],
    },
    fixture(
        Promise::Deprecated,
        &[(GET, DEPRECATED)],
        &["minor: `v2::Api::get_thing` is deprecated: Use another"],
    ),
    Fixture {
        promise: Promise::Deprecated,
        base: &[(GET, DEPRECATED)],
        edit: &[(
            "note: Use another.",
            "note: Use another., ended: \"2026-01-22\"",
        )],
        says: &["minor: `v2::Api::get_thing` ended on 2026-01-22"],
    },
    fixture(
        New,
        &[(
            "  /groups/{groupId}/things/{thingId}:\n    get:\n",
            "  /groups/{groupId}/things/{thingId}:\n    delete:\n      operationId: deleteThing\n      responses: {\"204\": {description: Gone.}}\n    get:\n",
        )],
        &["minor: `v2::Api::delete_thing` is new"],
    ),
    fixture(
        New,
        &[(
            "        - $ref: '#/components/parameters/thingId'\n",
            "        - $ref: '#/components/parameters/thingId'\n        - $ref: '#/components/parameters/pretty'\n",
        )],
        &["minor: `v2::Api::get_thing` has the new setter `pretty: bool`"],
    ),
    fixture(
        New,
        &[
            (
                COLOUR,
                "          description: Its colour.\n        shape:\n          allOf: [{$ref: '#/components/schemas/Shape'}]\n          description: Its shape.\n",
            ),
            (
                "    Thing:\n",
                "    Shape:\n      type: string\n      description: A shape.\n      enum: [round]\n    Thing:\n",
            ),
        ],
        &[
            "minor: `v2::types::Shape` is new",
            "minor: `v2::types::Thing::shape`, `Option<Shape>`, is new",
        ],
    ),
    fixture(
        New,
        &[(THING_TO_MAKE, UPDATE)],
        &[
            "minor: `v2::types::ThingRequest` is made `From<Thing>`, with `extra` for unknown members",
        ],
    ),
    Fixture {
        promise: Removed,
        base: &[(THING_TO_MAKE, UPDATE)],
        edit: &[(UPDATE, THING_TO_MAKE)],
        says: &["major: `v2::types::ThingRequest` is no longer made `From<Thing>`"],
    },
    fixture(
        Removed,
        &[("        - $ref: '#/components/parameters/pretty'\n", "")],
        &["major: `v2::Api::make_thing` has no setter `pretty: bool` any more"],
    ),
    fixture(
        Removed,
        &[("[red, green]", "[red]")],
        &["major: `v2::types::Colour::Green`, `green` on the wire, is removed"],
    ),
    fixture(
        Renamed,
        &[("operationId: getThing", "operationId: fetchThing")],
        &["major: `v2::Api::get_thing` is `fetch_thing` now"],
    ),
    fixture(
        Renamed,
        &[
            ("    Thing:\n", "    Item:\n"),
            ("schemas/Thing'", "schemas/Item'"),
        ],
        &["major: `v2::types::Thing` is `Item` now"],
    ),
    fixture(
        Renamed,
        &[(
            "      x-atlas-operation-id: getGroupThing\n      tags: [Things]",
            "      x-atlas-operation-id: getGroupThing\n      tags: [Other Things]",
        )],
        &[
            "major: the request of `v2::Api::get_thing`, `v2::things::GetThing`, is `v2::other_things::GetThing` now",
        ],
    ),
    fixture(
        Retyped,
        &[(
            PRETTY,
            "      name: pretty\n      in: query\n      required: true\n",
        )],
        &[
            "major: the setter `pretty: bool` of `v2::Api::make_thing` is the argument `pretty: bool` now",
        ],
    ),
    fixture(
        Retyped,
        &[(
            "          type: integer\n          format: int32\n          minimum: 1\n",
            "          type: string\n",
        )],
        &["major: `v2::types::ThingRequest::size` is `Option<String>` instead of `Option<i64>`"],
    ),
    Fixture {
        promise: Retyped,
        base: &[(
            THING_TO_MAKE,
            "      description: A thing to make.\n      required: [size]\n",
        )],
        edit: &[("      required: [size]\n", "")],
        says: &["major: `v2::types::ThingRequest::size` is `Option<i64>` instead of `i64`"],
    },
    fixture(
        Retyped,
        &[(
            "        required: true\n        content:",
            "        required: false\n        content:",
        )],
        &[
            "major: the argument `body: ThingRequest` of `v2::Api::make_thing` is the setter `body: ThingRequest` now",
        ],
    ),
    fixture(
        Retyped,
        &[
            ("things/{thingId}:", "things/{thingId}/{part}:"),
            (
                "        - $ref: '#/components/parameters/thingId'\n",
                "        - $ref: '#/components/parameters/thingId'\n        - {name: part, in: path, required: true, description: P., schema: {type: string}}\n",
            ),
        ],
        &[
            "major: `v2::Api::get_thing` takes `(group_id, thing_id, part)` from its path instead of `(group_id, thing_id)`",
            "minor: `v2::Api::get_thing` requests `GET /groups/{groupId}/things/{thingId}/{part}` instead of `GET /groups/{groupId}/things/{thingId}`",
        ],
    ),
    fixture(
        Stricter,
        &[("minimum: 1", "minimum: 2")],
        &["minor: `v2::types::ThingRequest::size`: minimum `2` instead of `1`"],
    ),
    Fixture {
        promise: Stricter,
        base: &[(SIZE, WITH_NOTE)],
        edit: &[(THING_TO_MAKE, WITH_RULE)],
        says: &["minor: `v2::types::ThingRequest` has the new rule \"Both or none\""],
    },
    Fixture {
        promise: Stricter,
        base: &[(
            SIZE,
            "          description: Size in metres.\n        sizes: {type: array, items: {type: integer}, description: S.}\n",
        )],
        edit: &[(
            "items: {type: integer}",
            "items: {type: integer, format: int32}",
        )],
        says: &["minor: `v2::types::ThingRequest::sizes`: format `int32` is new"],
    },
    fixture(
        Looser,
        &[("          minimum: 1\n", "")],
        &["patch: `v2::types::ThingRequest::size`: minimum `1` is no longer there"],
    ),
    fixture(
        Looser,
        &[("minimum: 1", "minimum: 0")],
        &["patch: `v2::types::ThingRequest::size`: minimum `0` instead of `1`"],
    ),
    Fixture {
        promise: Looser,
        base: &[(SIZE, WITH_NOTE), (THING_TO_MAKE, WITH_RULE)],
        edit: &[(WITH_RULE, THING_TO_MAKE)],
        says: &["patch: `v2::types::ThingRequest` no longer has the rule \"Both or none\""],
    },
    Fixture {
        promise: Looser,
        base: &[(GET, DEPRECATED)],
        edit: &[(DEPRECATED, GET)],
        says: &["patch: `v2::Api::get_thing` is no longer deprecated"],
    },
    fixture(
        Behaviour,
        &[(
            "          description: Found.\n          content:\n            application/vnd.atlas.2023-01-01+json:",
            "          description: Found.\n          content:\n            application/vnd.atlas.2024-08-05+json:",
        )],
        &[
            "minor: `v2::Api::get_thing` accepts `application/vnd.atlas.2024-08-05+json` instead of `application/vnd.atlas.2023-01-01+json`",
        ],
    ),
    Fixture {
        promise: Behaviour,
        base: &[("    post:\n", "    patch:\n")],
        edit: &[(
            MAKE,
            "      externalDocs: {url: https://example.com/make}\n      x-atlas-effect: idempotent\n",
        )],
        says: &["minor: `v2::Api::make_thing` is idempotent now: it may be sent twice"],
    },
    fixture(
        Documentation,
        &[
            ("summary: Get a thing", "summary: Fetch a thing"),
            ("description: Size in metres.", "description: Size in feet."),
        ],
        &[
            "patch: documentation of `v2::Api::get_thing`",
            "patch: documentation of `v2::types::ThingRequest::size`",
        ],
    ),
    fixture(
        Documentation,
        &[
            ("        default: false\n", "        default: true\n"),
            ("[red, green]", "[green, red]"),
        ],
        &[
            "patch: documentation of `v2::Api::make_thing(pretty)`",
            "patch: documentation of `v2::types::Colour`",
        ],
    ),
    fixture(
        Documentation,
        &[(
            "x-atlas-operation-id: getGroupThing",
            "x-atlas-operation-id: getThing",
        )],
        &["patch: documentation of `v2::Api::get_thing`"],
    ),
];
