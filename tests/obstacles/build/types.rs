//! The types of the course: how a document writes each, and two values that it can have.

use serde_json::{Value, json};

/// Stands for the name of the place in the names of objects, because an object that is sent and one
/// that is received are different types.
const PLACE: char = '@';

/// One type.
#[derive(Clone)]
pub struct Type {
    pub name: String,
    schema: Value,
    /// Values with extremes and with characters that need escaping.
    pub samples: [Value; 2],
}

impl Type {
    fn new(name: &str, schema: Value, samples: [Value; 2]) -> Self {
        let name = name.to_owned();
        Type {
            name,
            schema,
            samples,
        }
    }

    /// The schema as it is written in this place.
    pub fn schema(&self, place: &str) -> Value {
        in_place(&self.schema, place)
    }

    /// The type of the schema itself: `integer` for `int64`, and nothing for any JSON and for a
    /// reference.
    pub fn kind(&self) -> &str {
        self.schema["type"].as_str().unwrap_or_default()
    }

    fn list(&self) -> Type {
        let [one, other] = self.samples.clone();
        Type::new(
            &format!("list of {}", self.name),
            json!({"type": "array", "items": self.schema}),
            [json!([one, other]), json!([other])],
        )
    }

    fn map(&self) -> Type {
        let [one, other] = self.samples.clone();
        Type::new(
            &format!("map of {}", self.name),
            json!({"type": "object", "additionalProperties": self.schema}),
            [json!({"type": one, "a.b c/~\u{e9}$": other}), json!({})],
        )
    }
}

fn reference(schema: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{schema}")})
}

/// The types that contain no other, and the objects.
pub fn plain() -> Vec<Type> {
    let integer = json!({"type": "integer"});
    let text = |format: &str| json!({"type": "string", "format": format});
    let number = |format: &str| json!({"type": "integer", "format": format});
    vec![
        Type::new(
            "boolean",
            json!({"type": "boolean"}),
            [json!(true), json!(false)],
        ),
        Type::new(
            "integer",
            integer,
            [json!(0), json!(9_007_199_254_740_993_i64)],
        ),
        Type::new("int32", number("int32"), [json!(i32::MIN), json!(i32::MAX)]),
        Type::new("int64", number("int64"), [json!(i64::MIN), json!(i64::MAX)]),
        Type::new(
            "number",
            json!({"type": "number"}),
            [json!(1.5), json!(-0.000_25)],
        ),
        Type::new(
            "text",
            json!({"type": "string"}),
            [
                json!("a/b c?d=e&f=%2F+#\u{e9}\u{1f600}"),
                json!("\"\\'<>[]{}|^`:;,@!$()*~"),
            ],
        ),
        Type::new(
            "date-time",
            text("date-time"),
            [
                json!("2023-01-02T03:04:05Z"),
                json!("2024-02-29T23:59:59.123Z"),
            ],
        ),
        Type::new(
            "uuid",
            text("uuid"),
            [
                json!("00000000-0000-0000-0000-000000000000"),
                json!("6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
            ],
        ),
        Type::new(
            "email",
            text("email"),
            [json!("a+b@example.com"), json!("o'c&d=e@example.com")],
        ),
        Type::new(
            "uri",
            text("uri"),
            [
                json!("https://example.com/a?b=c&d=%20#e"),
                json!("mongodb://example.com"),
            ],
        ),
        Type::new(
            "ObjectId",
            reference("ObjectId"),
            [
                json!("32b6e34b3d91647abb20e7b8"),
                json!("000000000000000000000000"),
            ],
        ),
        Type::new(
            "ClusterName",
            reference("ClusterName"),
            [json!("orders"), json!("9-Lives-")],
        ),
        Type::new("enum", reference("Colour"), [json!("red"), json!("type")]),
        Type::new(
            "object",
            reference("@Plain"),
            [json!({"name": "a", "size": 1}), json!({"name": ""})],
        ),
        Type::new(
            "object that holds itself",
            reference("@Nested"),
            [
                json!({"name": "a", "inner": {"name": "b", "inner": {"name": "c"}}}),
                json!({"name": "a"}),
            ],
        ),
        Type::new(
            "free-form object",
            json!({"type": "object", "additionalProperties": true}),
            [
                json!({"type": [1, null, {"deep": 1.5}], "": ""}),
                json!({"a": {}}),
            ],
        ),
        Type::new(
            "any value",
            json!({}),
            [json!([1, null, {"a": []}]), json!("text")],
        ),
    ]
}

/// Lists and maps of each plain type, and some deeper ones.
pub fn containers() -> Vec<Type> {
    let plain = plain();
    let lists = plain.iter().map(Type::list);
    let maps = plain.iter().map(Type::map);
    let mut all: Vec<Type> = lists.chain(maps).collect();
    for name in ["text", "object"] {
        let inner = plain.iter().filter(|inner| inner.name == name);
        for inner in inner {
            all.extend([
                inner.list().list(),
                inner.map().list(),
                inner.list().map(),
                inner.map().map(),
            ]);
        }
    }
    all
}

/// The containers that are tried with every keyword.
pub fn samples() -> impl Iterator<Item = Type> {
    let names = [
        "list of text",
        "list of object",
        "list of integer",
        "map of text",
    ];
    let containers = containers().into_iter();
    containers.filter(move |ty| names.contains(&ty.name.as_str()))
}

/// The shared schemas that the types refer to.
pub fn shared(place: &str) -> Vec<(String, Value)> {
    let pattern = |name: &str, pattern: &str| {
        let schema = json!({"type": "string", "description": "An id.", "pattern": pattern});
        (name.to_owned(), schema)
    };
    let object = |name: &str, second: &str, schema: Value| {
        let mut second_member = schema;
        if second_member.get("$ref").is_some() {
            second_member = json!({"allOf": [second_member]});
        }
        second_member["description"] = json!("Another member.");
        let schema = json!({
            "type": "object",
            "description": "An object.",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "description": "A name."},
                second: second_member,
            },
        });
        (in_name(name, place), in_place(&schema, place))
    };
    vec![
        pattern("ObjectId", "^([a-f0-9]{24})$"),
        pattern("ClusterName", "^[a-zA-Z0-9][a-zA-Z0-9-]*$"),
        (
            "Colour".to_owned(),
            json!({"type": "string", "description": "A colour.", "enum": ["red", "type", "dark-blue"]}),
        ),
        object("@Plain", "size", json!({"type": "integer"})),
        object("@Nested", "inner", reference("@Nested")),
    ]
}

fn in_name(name: &str, place: &str) -> String {
    name.replace(PLACE, place)
}

fn in_place(schema: &Value, place: &str) -> Value {
    match schema {
        Value::String(text) => json!(in_name(text, place)),
        Value::Array(items) => items.iter().map(|item| in_place(item, place)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            Value::Object(
                members
                    .map(|(name, value)| (name.clone(), in_place(value, place)))
                    .collect(),
            )
        }
        _ => schema.clone(),
    }
}
