//! What generates the same code is no change: the documents are written in several ways, generated
//! with the real generator, and compared.

use atlas_backup_codegen::generate;
use atlas_backup_document::{Document, GENERATIONS};

use super::{Edits, Project, SOUND};

/// Adds what the rewrites are about to the sound document.
const BASE: Edits<'_> = &[
    (
        "          description: Its colour.\n",
        "          description: Its colour.\n        host: {type: string, pattern: '^.+$', x-atlas-pattern: '^\\p{L}+$', description: Its host.}\n",
    ),
    (
        "    Thing:\n",
        "    Owner:\n      type: object\n      description: An owner.\n      properties:\n        name: {type: string, description: A name.}\n    Thing:\n",
    ),
    (
        "      description: A thing to make.\n",
        "      description: A thing to make.\n      required: [size, weight]\n      x-atlas-schema: ApiThingRequest\n      x-atlas-rules:\n        - {when: {colour: red}, forbid: [note, names], reason: Red has none., source: {wire: Seen.}}\n",
    ),
    (
        "          description: Size in metres.\n",
        "          description: Size in metres.\n        colour: {allOf: [{$ref: '#/components/schemas/Colour'}], description: Its colour.}\n        note: {type: string, description: A note.}\n        owner: {allOf: [{$ref: '#/components/schemas/Owner'}], description: Its owner.}\n        names: {type: array, items: {type: string}, description: Its names.}\n        tints: {type: array, items: {$ref: '#/components/schemas/Colour'}, description: Its tints.}\n        weight: {type: integer, description: Its weight.}\n        labels: {type: object, additionalProperties: true, description: Its labels.}\n        counts: {type: object, additionalProperties: {type: integer}, description: Its counts.}\n",
    ),
    ("value: {size: 3}", "value: {size: 3, weight: 1}"),
];

/// What is written in another way, for the same code.
const REWRITES: Edits<'_> = &[
    // All integers are 64 bits wide.
    (
        "weight: {type: integer,",
        "weight: {type: integer, format: int64,",
    ),
    (
        "Properties: {type: integer}",
        "Properties: {type: integer, format: int64}",
    ),
    // Null and absent mean the same.
    (
        "note: {type: string,",
        "note: {type: string, nullable: true,",
    ),
    (
        "weight: {type: integer,",
        "weight: {type: integer, nullable: false,",
    ),
    // Any JSON.
    ("additionalProperties: true", "additionalProperties: {}"),
    // One of a list.
    ("when: {colour: red}", "when: {colour: [red]}"),
    (
        "x-atlas-schema: ApiThingRequest",
        "x-atlas-schema: [ApiThingRequest]",
    ),
    (
        "items: {$ref: '#/components/schemas/Colour'}",
        "items: {allOf: [{$ref: '#/components/schemas/Colour'}]}",
    ),
    // What is not there.
    (
        "weight: {type: integer,",
        "weight: {type: integer, deprecated: false,",
    ),
    (
        "note: {type: string,",
        "note: {type: string, x-atlas-secret: false,",
    ),
    ("in: query\n", "in: query\n      required: false\n"),
    (
        "description: An owner.\n",
        "description: An owner.\n      required: []\n",
    ),
    (
        "description: An owner.\n",
        "description: An owner.\n      x-atlas-rules: []\n",
    ),
    // Order.
    ("required: [size, weight]", "required: [weight, size]"),
    (
        "type: integer\n          format: int32\n          minimum: 1\n",
        "minimum: 1\n          format: int32\n          type: integer\n",
    ),
    // The client checks the exact pattern.
    ("pattern: '^.+$'", "pattern: '^.*$'"),
    // For readers of the document.
    ("source: {wire: Seen.}", "source: {wire: Seen again.}"),
    (
        "title: A sound document\n",
        "title: A sound document\n  license: {name: MIT}\n",
    ),
    ("version: \"1\"", "version: \"2\""),
    (
        "url: https://cloud.mongodb.com",
        "url: https://cloud.mongodb.com\n    description: Atlas.",
    ),
    (
        "scheme: digest",
        "scheme: digest\n      description: By password.",
    ),
    (
        "{url: https://example.com/get}",
        "{url: https://example.com/get, description: More.}",
    ),
    ("description: An id.", "description: An identifier."),
    ("description: Found.", "description: Here."),
    ("found: {value:", "found: {summary: Found., value:"),
];

/// Generates two documents. Returns all files, or what is wrong with the documents.
fn code(texts: [&str; 2]) -> Result<Vec<(String, String)>, String> {
    let documents: Vec<_> = GENERATIONS
        .iter()
        .zip(texts)
        .map(|(generation, text)| Document {
            api: generation.api.to_owned(),
            path: generation.document.to_owned(),
            text: text.to_owned(),
        })
        .collect();
    let output = generate(&documents)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<String>())?;
    let parts = output.parts.into_iter();
    let files = parts.flat_map(|part| part.files);
    Ok(files.map(|file| (file.path, file.text)).collect())
}

fn rewritten(text: &str, (old, new): (&str, &str)) -> String {
    assert!(text.contains(old), "not in the document:\n{old}");
    text.replace(old, new)
}

#[test]
fn what_generates_the_same_code_is_no_change() {
    let base = BASE
        .iter()
        .fold(SOUND.to_owned(), |text, edit| rewritten(&text, *edit));
    let project = Project::released_with(&base);
    let before = code([&base, &base]).expect("a sound document");
    let mut told = String::new();
    for edit in REWRITES {
        let new = rewritten(&base, *edit);
        for texts in [[&base, &new], [&new, &base], [&new, &new]] {
            let after = code(texts.map(String::as_str)).expect("a sound document");
            assert_eq!(after, before, "{edit:?} changes the code");
            project.write("spec/v1.yaml", texts[0]);
            project.write("spec/v2.yaml", texts[1]);
            let report = project.report(&[]);
            if !report.contains("nothing has changed that users can see") {
                told += &format!("\n{edit:?}\n{report}");
            }
        }
    }
    assert!(told.is_empty(), "{told}");
}
