//! Random changes of `sound.yaml`. The obstacle course, which compiles some of the variants, has this
//! file too.

use std::fs;
use std::path::Path;

use atlas_backup_document::{Document, draft, load};
use serde_json::{Value, json};

/// The number of variants that are tried.
pub const VARIANTS: u64 = 500;

/// A document with one or two changes.
pub struct Variant {
    pub document: Value,
    /// What was changed.
    pub changes: Vec<String>,
}

impl Variant {
    /// The variant of a number, which is always the same.
    pub fn of(sound: &Value, seed: u64) -> Self {
        let (mut random, mut document) = (Random(seed), sound.clone());
        let changes = (0..=random.below(2)).map(|_| change(&mut document, &mut random));
        Variant {
            changes: changes.collect(),
            document,
        }
    }
}

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

/// The document that is changed.
pub fn sound() -> Value {
    // Both crates that have this file are two folders below the root.
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("tests/fixtures/documents/sound.yaml"))
        .find(|path| path.exists())
        .expect("the document is there");
    let text = fs::read_to_string(path).expect("the document can be read");
    let document = Document {
        api: "v2".into(),
        path: "sound.yaml".into(),
        text,
    };
    load(&document).expect("the document is sound").value
}

/// A document as text, in the order that `spec/README.md` prescribes.
pub fn written(value: &Value, api: &str, path: &str) -> Document {
    Document {
        api: api.to_owned(),
        path: path.to_owned(),
        text: draft::text(value),
    }
}
