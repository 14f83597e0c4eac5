//! Small changes to a response, each of a kind that real responses show, with the deviation that a
//! report must show for each.

use atlas_backup_document::Spec;
use atlas_backup_tests::conform::deviation::Kind;
use serde_json::{Map, Value, json};

/// A changed response.
pub struct Mutant {
    /// The kind of change: `null`, `drop`, `add`, `type`, `enum` or `format`.
    pub what: &'static str,
    /// The path of the change, as a report prints it.
    pub path: String,
    /// The whole changed response.
    pub json: Value,
    /// The kind of deviation from the spec, or `None` if the change conforms to it.
    pub expected: Option<Kind>,
    /// Whether the change removes what makes the response useful: the resource's own id (or the
    /// name that serves as one), or the items of a page. The client refuses only this change.
    pub is_needed: bool,
}

impl Mutant {
    /// Whether the change removes a deviation that was at `path` before.
    pub fn replaces(&self, path: &str) -> bool {
        let below = path
            .strip_prefix(&self.path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']));
        self.what != "add" && below
    }
}

/// Returns every mutant of a response body: the changes to each member, at any depth.
pub fn mutants(spec: &Spec, schema: &Value, body: &Value) -> Vec<Mutant> {
    let mut found = Vec::new();
    walk(spec, schema, body, &mut Vec::new(), body, &mut found);
    found
}

/// A step from a value to one of its members or items.
#[derive(Clone)]
enum Step {
    Member(String),
    Item(usize),
}

fn walk(
    spec: &Spec,
    schema: &Value,
    value: &Value,
    place: &mut Vec<Step>,
    whole: &Value,
    found: &mut Vec<Mutant>,
) {
    let (definition, _) = resolved(spec, schema);
    match value {
        Value::Object(members) => {
            add(definition, place, members, whole, found);
            for (name, value) in members {
                place.push(Step::Member(name.clone()));
                let property = &definition["properties"][name];
                if property.is_object() {
                    change(spec, definition, name, property, value, place, whole, found);
                    walk(spec, property, value, place, whole, found);
                }
                place.pop();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                place.push(Step::Item(index));
                walk(spec, &definition["items"], item, place, whole, found);
                place.pop();
            }
        }
        _ => {}
    }
}

/// Adds an unknown member. It is a deviation unless the schema allows additional members.
fn add(
    definition: &Value,
    place: &[Step],
    members: &Map<String, Value>,
    whole: &Value,
    found: &mut Vec<Mutant>,
) {
    let mut grown = members.clone();
    grown.insert("inventedMember".into(), json!({"deep": [1, "two", null]}));
    let mut at = place.to_vec();
    at.push(Step::Member("inventedMember".into()));
    let json = put(whole, place, Some(Value::Object(grown)));
    let is_closed = definition["type"] == "object"
        && !matches!(
            definition["additionalProperties"],
            Value::Bool(true) | Value::Object(_)
        );
    found.push(Mutant {
        what: "add",
        path: path(&at),
        json,
        expected: is_closed.then_some(Kind::UnknownMember),
        is_needed: false,
    });
}

#[allow(
    clippy::too_many_arguments,
    reason = "the place of a member takes them all"
)]
fn change(
    spec: &Spec,
    holder: &Value,
    name: &str,
    schema: &Value,
    value: &Value,
    place: &[Step],
    whole: &Value,
    found: &mut Vec<Mutant>,
) {
    let (definition, nullable) = resolved(spec, schema);
    let required = holder["required"]
        .as_array()
        .is_some_and(|required| required.iter().any(|known| known == name));
    let mut push = |what, new: Option<Value>, expected, is_needed| {
        found.push(Mutant {
            what,
            path: path(place),
            json: put(whole, place, new),
            expected,
            is_needed,
        });
    };
    let is_needed = required && ["id", "_id", "name", "results"].contains(&name);
    push(
        "null",
        Some(Value::Null),
        (!nullable).then_some(Kind::Null),
        is_needed,
    );
    push(
        "drop",
        None,
        required.then_some(Kind::MissingRequired),
        is_needed,
    );
    if definition["type"].is_string() {
        push(
            "type",
            Some(of_another_type(&definition["type"])),
            Some(Kind::WrongType),
            is_needed,
        );
    }
    if definition["enum"].is_array() && value.is_string() {
        push(
            "enum",
            Some(json!("inventedValue")),
            Some(Kind::OutsideEnum),
            false,
        );
    }
    let has_form = definition["format"].is_string() || definition["pattern"].is_string();
    if has_form && definition["type"] == "string" && value.is_string() {
        push("format", Some(json!("!")), Some(Kind::BadFormat), false);
    }
}

/// Returns a value of another JSON type, which no member accepts: not even the members that accept
/// several forms.
fn of_another_type(documented: &Value) -> Value {
    match documented.as_str() {
        Some("string") => json!(7),
        Some("integer" | "number" | "object") => json!("odd"),
        _ => json!({"odd": true}),
    }
}

/// Follows references. Returns the schema, and whether null is allowed anywhere on the way.
fn resolved<'a>(spec: &'a Spec, schema: &'a Value) -> (&'a Value, bool) {
    let (mut schema, mut nullable) = (schema, false);
    loop {
        nullable |= schema["nullable"] == true;
        schema = match (schema["allOf"].get(0), schema.get("$ref")) {
            (Some(part), _) => part,
            (None, Some(_)) => spec.resolve(schema),
            (None, None) => return (schema, nullable),
        };
    }
}

/// Returns a copy of `whole` with another value at `place`, or without the member there.
fn put(whole: &Value, place: &[Step], new: Option<Value>) -> Value {
    let mut copy = whole.clone();
    let Some((last, way)) = place.split_last() else {
        return new.unwrap_or_default();
    };
    let holder = way.iter().fold(&mut copy, |value, step| match step {
        Step::Member(name) => &mut value[name],
        Step::Item(index) => &mut value[index],
    });
    match (last, new, holder) {
        (Step::Member(name), None, Value::Object(members)) => drop(members.remove(name)),
        (Step::Member(name), Some(new), holder) => holder[name] = new,
        (Step::Item(index), new, holder) => holder[index] = new.unwrap_or_default(),
        _ => {}
    }
    copy
}

fn path(place: &[Step]) -> String {
    place.iter().fold(String::new(), |path, step| match step {
        Step::Member(name) if path.is_empty() => name.clone(),
        Step::Member(name) => format!("{path}.{name}"),
        Step::Item(_) => format!("{path}[]"),
    })
}
