//! Random changes of `sound.yaml`: the generator either refuses the document with a finding of the
//! lint, or makes code that can be parsed. No later stage refuses what the lint accepts.

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use atlas_backup_codegen::{File, Part, generate};
use atlas_backup_document::{Document, draft, load};
use serde_json::{Value, json};

const VARIANTS: u64 = 500;

/// The stages after the lint, which refuse only what the lint should have refused.
const LATER: [&str; 4] = ["backend", "merge", "openapi", "read"];

/// A sequence of numbers that is the same in every run (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    fn one<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// Schemas of every shape, some of which no document may have.
fn shapes() -> Vec<Value> {
    let thing = json!({"$ref": "#/components/schemas/Thing"});
    let colour = json!({"$ref": "#/components/schemas/Colour"});
    let mut shapes = vec![
        json!({}),
        json!({"type": "boolean"}),
        json!({"type": "integer"}),
        json!({"type": "integer", "format": "int32"}),
        json!({"type": "number"}),
        json!({"type": "string"}),
        json!({"type": "string", "format": "date-time"}),
        json!({"type": "string", "format": "uuid"}),
        json!({"type": "object"}),
        json!({"type": "object", "additionalProperties": true}),
        json!({"type": "string", "enum": ["a", "b"]}),
        json!({"oneOf": [thing, colour]}),
        json!({"$ref": "#/components/schemas/ObjectId"}),
        json!({"$ref": "#/components/schemas/ThingRequest"}),
        thing,
        colour,
    ];
    for inner in shapes.clone() {
        shapes.push(json!({"type": "array", "items": inner}));
        shapes.push(json!({"type": "object", "additionalProperties": inner}));
    }
    shapes
}

fn scalars() -> Vec<Value> {
    vec![
        json!(""),
        json!("a b"),
        json!("type"),
        json!("self"),
        json!("Value"),
        json!("2024-01-01"),
        json!("/{groupId}"),
        json!(0),
        json!(-1),
        json!(5_000_000_000_i64),
        json!(0.5),
        json!(true),
        json!(null),
        json!([]),
        json!(["id", "size"]),
        json!({}),
    ]
}

fn keywords() -> Vec<(&'static str, Value)> {
    vec![
        ("nullable", json!(true)),
        ("default", json!(1)),
        ("deprecated", json!(true)),
        ("description", json!("Something.")),
        ("minimum", json!(1)),
        ("maximum", json!(9)),
        ("minLength", json!(2)),
        ("maxItems", json!(3)),
        ("pattern", json!("^a$")),
        ("format", json!("int32")),
        ("enum", json!(["a", "b"])),
        ("required", json!(["id"])),
        ("required", json!(true)),
        ("additionalProperties", json!(true)),
        ("x-atlas-secret", json!(true)),
        ("x-atlas-other-form", json!("one-item")),
        ("x-atlas-update-of", json!("Thing")),
        ("x-atlas-effect", json!("idempotent")),
    ]
}

const NAMES: [&str; 10] = [
    "type",
    "self",
    "_id",
    "id",
    "Value",
    "Thing",
    "a b",
    "x-odd",
    "KMSConfig",
    "results",
];

/// The pointers of all values in the document.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                pointers(value, &atlas_backup_document::child(at, name), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// Makes one change, and returns what was changed. Every second one adds something that a document
/// could well have, because most other changes break a rule.
fn change(document: &mut Value, random: &mut Random) -> String {
    match random.below(4) {
        0 => add_member(document, random),
        1 => add_parameter(document, random),
        _ => change_anything(document, random),
    }
}

fn add_member(document: &mut Value, random: &mut Random) -> String {
    let (owner, name) = (*random.one(&["Thing", "ThingRequest"]), *random.one(&NAMES));
    let mut schema = random.one(&shapes()).clone();
    if schema.get("$ref").is_some() {
        schema = json!({ "allOf": [schema] });
    }
    schema["description"] = json!("Something.");
    document["components"]["schemas"][owner]["properties"][name] = schema.clone();
    format!("{owner}.{name} is {schema}")
}

fn add_parameter(document: &mut Value, random: &mut Random) -> String {
    let (name, schema) = (*random.one(&NAMES), random.one(&shapes()).clone());
    let required = random.below(2) == 0;
    let parameter = json!({
        "name": name, "in": "query", "required": required, "description": "Something.", "schema": schema,
    });
    let operation = &mut document["paths"]["/groups/{groupId}/things/{thingId}"]["get"];
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.push(parameter.clone());
    }
    format!("getThing has {parameter}")
}

fn change_anything(document: &mut Value, random: &mut Random) -> String {
    let mut all = Vec::new();
    pointers(document, "", &mut all);
    let at = random.one(&all).clone();
    let Some(value) = document.pointer_mut(&at) else {
        return String::new();
    };
    let (what, new) = match (random.below(5), &mut *value) {
        (0, Value::Object(members)) if !members.is_empty() => {
            let name = members.keys().nth(random.below(members.len())).cloned();
            let name = name.unwrap_or_default();
            members.remove(&name);
            return format!("{at}: without {name}");
        }
        (1, Value::Object(members)) if !members.is_empty() => {
            let old = members.keys().nth(random.below(members.len())).cloned();
            let (old, new) = (old.unwrap_or_default(), *random.one(&NAMES));
            let value = members.remove(&old).unwrap_or_default();
            members.insert(new.to_owned(), value);
            return format!("{at}: {old} is called {new}");
        }
        (2 | 3, Value::Object(members)) => {
            let (name, value) = random.one(&keywords()).clone();
            members.insert(name.to_owned(), value.clone());
            return format!("{at}: {name}: {value}");
        }
        (_, Value::Object(_)) => ("shape", random.one(&shapes()).clone()),
        _ => ("value", random.one(&scalars()).clone()),
    };
    *value = new.clone();
    format!("{at}: {what} {new}")
}

fn sound() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/documents/sound.yaml");
    let text = fs::read_to_string(path).expect("the document is there");
    let document = Document {
        api: "v2".into(),
        path: "sound.yaml".into(),
        text,
    };
    load(&document).expect("the document is sound").value
}

/// The document as text, in the order that `spec/README.md` prescribes.
fn written(value: &Value) -> Document {
    Document {
        api: "v2".into(),
        path: "variant.yaml".into(),
        text: draft::text(&value),
    }
}

/// Returns whether the variant is accepted, or why this is a fault of the generator.
fn outcome(document: Document) -> Result<bool, String> {
    let generated = catch_unwind(|| generate(&[document])).map_err(|_| "it panicked")?;
    match generated {
        Ok(output) => {
            let files = |part: &Part| part.files.iter().chain(&part.table).cloned().collect();
            for file in output
                .parts
                .iter()
                .flat_map(|part| -> Vec<File> { files(part) })
            {
                syn::parse_file(&file.text).map_err(|error| format!("{}: {error}", file.path))?;
            }
            Ok(true)
        }
        Err(errors) => {
            let findings = errors.iter().flat_map(|error| &error.findings);
            match findings.into_iter().find(|one| LATER.contains(&one.rule)) {
                Some(late) => Err(format!("[{}] {}", late.rule, late.message)),
                None => Ok(false),
            }
        }
    }
}

#[test]
fn the_document_itself_is_accepted_as_it_is_written_here() {
    assert_eq!(outcome(written(&sound())), Ok(true));
}

#[test]
fn a_changed_document_is_refused_by_the_lint_or_gives_code() {
    let sound = sound();
    let (mut accepted, mut faults) = (0, Vec::new());
    for seed in 0..VARIANTS {
        let mut random = Random(seed);
        let mut document = sound.clone();
        let changes: Vec<String> = (0..=random.below(2))
            .map(|_| change(&mut document, &mut random))
            .collect();
        match outcome(written(&document)) {
            Ok(is_accepted) => accepted += usize::from(is_accepted),
            Err(fault) => faults.push(format!("seed {seed}, {changes:?}: {fault}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(accepted > 60, "only {accepted} variants were accepted");
}
