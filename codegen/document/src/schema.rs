//! Compares a JSON value with its schema. The client does not use this; it accepts more than the
//! schemas allow.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use regex::Regex;
use serde_json::Value;

use crate::deviation::{Deviation, Kind};
use crate::document::child;
use crate::instant::instant;
use crate::parts::resolve;
use crate::spec::Spec;

/// Compiled regular expressions by pattern. `None` for a pattern that the `regex` crate does not
/// support; such a pattern is not checked.
static PATTERNS: Mutex<BTreeMap<String, Option<Arc<Regex>>>> = Mutex::new(BTreeMap::new());

/// The keyword for Atlas's own pattern, where `pattern` is one that every OpenAPI tool understands.
const EXACT_PATTERN: &str = "x-atlas-pattern";

/// Returns the pattern of a schema as Atlas documents it.
pub fn exact_pattern(schema: &Value) -> Option<&str> {
    let exact = schema.get(EXACT_PATTERN).or_else(|| schema.get("pattern"));
    exact.and_then(Value::as_str)
}

/// Compares values with the schemas of one document.
#[derive(Clone, Copy)]
pub struct Schemas<'a> {
    document: &'a Value,
    other_forms: bool,
}

impl<'a> Schemas<'a> {
    /// Creates a comparison with the schemas of `spec`.
    pub fn new(spec: &'a Spec) -> Self {
        Schemas::of(spec.document())
    }

    /// Creates a comparison with the schemas of a document.
    pub(crate) fn of(document: &'a Value) -> Self {
        Schemas {
            document,
            other_forms: true,
        }
    }

    /// Creates a comparison that does not accept the other forms that a document records: the
    /// schemas as any OpenAPI tool understands them.
    pub(crate) fn as_written(document: &'a Value) -> Self {
        Schemas {
            document,
            other_forms: false,
        }
    }

    /// Appends every deviation of `value` from `schema` to `deviations`. `path` is the path of the
    /// value itself.
    pub fn compare(
        self,
        schema: &Value,
        value: &Value,
        path: &str,
        deviations: &mut Vec<Deviation>,
    ) {
        let place = Place::Root { path, pointer: "" };
        self.visit(schema, value, &place, &mut |_, deviation| {
            deviations.push(deviation)
        });
    }

    /// Calls `report` for every deviation of `value` from `schema`, with the JSON pointer of the
    /// value that deviates. `pointer` is that of `value` itself.
    pub(crate) fn locate(
        self,
        schema: &Value,
        value: &Value,
        pointer: &str,
        report: &mut dyn FnMut(&str, Deviation),
    ) {
        let place = Place::Root { path: "", pointer };
        self.visit(schema, value, &place, &mut |place, deviation| {
            report(&place.pointer(), deviation)
        });
    }

    /// Returns `value` with `[redacted]` in place of everything that the schema marks as a secret.
    pub fn redacted(self, schema: &Value, value: &Value) -> Value {
        let schema = Resolved::of(self.document, schema);
        if schema.secret {
            return Value::from("[redacted]");
        }
        if let Some(items) = schema.items_in_place_of(value) {
            return self.redacted(items, value);
        }
        let of_member = |name: &String| match &schema.definition["properties"][name] {
            Value::Null => &schema.definition["additionalProperties"],
            schema => schema,
        };
        match value {
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), self.redacted(of_member(name), value)))
                .collect(),
            Value::Array(items) => {
                let of_items = &schema.definition["items"];
                items
                    .iter()
                    .map(|item| self.redacted(of_items, item))
                    .collect()
            }
            value => value.clone(),
        }
    }

    fn visit(
        self,
        schema: &Value,
        value: &Value,
        place: &Place<'_>,
        visitor: &mut dyn FnMut(&Place<'_>, Deviation),
    ) {
        let schema = Resolved::of(self.document, schema);
        let mut report = |kind, example: String| {
            let example = if schema.secret {
                "[redacted]".to_owned()
            } else {
                example
            };
            visitor(place, Deviation::new(kind, place.path(), example));
        };
        match (schema.kind(), value) {
            (_, Value::Null) if schema.nullable || schema.kind().is_empty() => {}
            (_, Value::Null) => report(Kind::Null, "null".into()),
            ("object", Value::Object(_)) => self.object(&schema, value, place, visitor),
            ("array", Value::Array(items)) => {
                bounds(
                    &schema,
                    "minItems",
                    "maxItems",
                    items.len() as f64,
                    || describe(value),
                    &mut report,
                );
                for (index, item) in items.iter().enumerate() {
                    let place = Place::Item(place, index);
                    self.visit(&schema.definition["items"], item, &place, visitor);
                }
            }
            ("string", Value::String(text)) => self::text(&schema, text, &mut report),
            ("integer", Value::Number(number))
                if number.as_f64().is_some_and(|number| number.fract() == 0.0) =>
            {
                bounds(
                    &schema,
                    "minimum",
                    "maximum",
                    number.as_f64().unwrap_or(0.0),
                    || number.as_f64().unwrap_or(0.0).to_string(),
                    &mut report,
                );
            }
            ("number", Value::Number(_)) | ("boolean", Value::Bool(_)) | ("", _) => {}
            // The document records that Atlas sends this other form too, and the client can read
            // it.
            ("array", value) if self.other_forms && schema.has_other_form("one-item") => {
                self.visit(&schema.definition["items"], value, place, visitor)
            }
            ("integer", Value::String(text))
                if self.other_forms
                    && schema.has_other_form("date-time")
                    && instant(text).is_some() => {}
            (expected, value) => report(
                Kind::WrongType,
                format!("{} instead of {expected}", describe(value)),
            ),
        }
    }

    fn object(
        self,
        schema: &Resolved<'_>,
        value: &Value,
        place: &Place<'_>,
        visitor: &mut dyn FnMut(&Place<'_>, Deviation),
    ) {
        if self.other_forms
            && let Some(items) = schema.items_in_place_of(value)
        {
            return self.visit(items, value, place, visitor);
        }
        for (name, value) in value.as_object().into_iter().flatten() {
            let place = Place::Member(place, name);
            match (
                &schema.definition["properties"][name],
                &schema.definition["additionalProperties"],
            ) {
                (schema @ Value::Object(_), _) | (_, schema @ Value::Object(_)) => {
                    self.visit(schema, value, &place, visitor)
                }
                (_, Value::Bool(true)) => {}
                // The value is not shown: an undocumented member may be a secret.
                _ => visitor(
                    &place,
                    Deviation::new(Kind::UnknownMember, place.path(), describe(value)),
                ),
            }
        }
        for name in schema.definition["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if value.get(name).is_none() {
                let path = Place::Member(place, name).path();
                visitor(place, Deviation::new(Kind::MissingRequired, path, "absent"));
            }
        }
    }
}

/// Where a value stands. Its texts are made only for what is reported.
enum Place<'a> {
    Root { path: &'a str, pointer: &'a str },
    Item(&'a Place<'a>, usize),
    Member(&'a Place<'a>, &'a str),
}

impl Place<'_> {
    /// As in [`Deviation::path`].
    fn path(&self) -> String {
        match self {
            Place::Root { path, .. } => (*path).to_owned(),
            Place::Item(list, _) => format!("{}[]", list.path()),
            Place::Member(object, name) => match object.path() {
                path if path.is_empty() => (*name).to_owned(),
                path => format!("{path}.{name}"),
            },
        }
    }

    /// The JSON pointer.
    fn pointer(&self) -> String {
        match self {
            Place::Root { pointer, .. } => (*pointer).to_owned(),
            Place::Item(list, index) => child(&list.pointer(), &index.to_string()),
            Place::Member(object, name) => child(&object.pointer(), name),
        }
    }
}

fn text(schema: &Resolved<'_>, text: &str, report: &mut dyn FnMut(Kind, String)) {
    let excerpt = || format!("{:?}", text.chars().take(80).collect::<String>());
    let length = text.chars().count();
    bounds(
        schema,
        "minLength",
        "maxLength",
        length as f64,
        || format!("text of {length} characters"),
        report,
    );
    match schema.definition["enum"].as_array() {
        Some(values) if !values.iter().any(|value| value == text) => {
            report(Kind::OutsideEnum, excerpt())
        }
        _ => {}
    }
    let fits = ["pattern", EXACT_PATTERN].iter().all(|keyword| {
        let pattern = schema.definition[*keyword].as_str();
        pattern.is_none_or(|pattern| matches_pattern(pattern, text))
    });
    if !fits
        || !has_format(
            schema.definition["format"].as_str().unwrap_or_default(),
            text,
        )
    {
        report(Kind::BadFormat, excerpt());
    }
}

fn matches_pattern(pattern: &str, text: &str) -> bool {
    compiled(pattern).is_none_or(|regex| regex.is_match(text))
}

/// Compiles a pattern once. `None` if the `regex` crate does not support it.
pub(crate) fn compiled(pattern: &str) -> Option<Arc<Regex>> {
    let mut patterns = PATTERNS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = patterns.get(pattern) {
        return known.clone();
    }
    let regex = Regex::new(pattern).ok().map(Arc::new);
    patterns.insert(pattern.to_owned(), regex.clone());
    regex
}

/// A schema after following its references, with the flags that were set along the way.
struct Resolved<'a> {
    definition: &'a Value,
    nullable: bool,
    secret: bool,
}

impl<'a> Resolved<'a> {
    fn of(document: &'a Value, schema: &'a Value) -> Self {
        let is_true = |schema: &Value, what: &str| schema[what] == Value::Bool(true);
        let mut resolved = Resolved {
            definition: schema,
            nullable: false,
            secret: false,
        };
        loop {
            let schema = resolved.definition;
            resolved.nullable |= is_true(schema, "nullable");
            resolved.secret |= is_true(schema, "x-atlas-secret");
            resolved.definition = match (schema["allOf"].get(0), schema.get("$ref")) {
                (Some(part), _) => part,
                (None, Some(_)) => resolve(document, schema),
                (None, None) => return resolved,
            };
        }
    }

    /// Whether the document records that Atlas also sends the value in this form.
    fn has_other_form(&self, form: &str) -> bool {
        self.definition["x-atlas-other-form"] == form
    }

    /// If the document records that Atlas sends the only item of a list in place of this object,
    /// and `value` has no such list, returns the schema of the items.
    fn items_in_place_of(&self, value: &Value) -> Option<&'a Value> {
        let mut properties = self.definition["properties"].as_object()?.iter();
        let (name, list) =
            properties.find(|(_, property)| property["x-atlas-other-form"] == "whole-answer")?;
        // `value` is an item only if it has all members that an item requires; otherwise it is an
        // object that lacks its list.
        let required = list["items"]["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        (value.get(name).is_none() && required.into_iter().all(|name| value.get(name).is_some()))
            .then(|| &list["items"])
    }

    fn kind(&self) -> &'a str {
        self.definition["type"].as_str().unwrap_or_default()
    }
}

/// The least and the greatest number of the format `int32`.
const INT32: (f64, f64) = (i32::MIN as f64, i32::MAX as f64);

/// The least and the greatest of all integers.
const INT64: (f64, f64) = (i64::MIN as f64, i64::MAX as f64);

fn bounds(
    schema: &Resolved<'_>,
    least: &str,
    most: &str,
    size: f64,
    shown: impl Fn() -> String,
    report: &mut dyn FnMut(Kind, String),
) {
    let widest = match schema.definition["format"].as_str() {
        Some("int32") => INT32,
        _ => INT64,
    };
    let bound = |name: &str| match (name, schema.definition[name].as_f64()) {
        ("minimum", bound) => Some(bound.unwrap_or(widest.0)),
        ("maximum", bound) => Some(bound.unwrap_or(widest.1)),
        (_, bound) => bound,
    };
    if bound(least).is_some_and(|bound| size < bound)
        || bound(most).is_some_and(|bound| size > bound)
    {
        report(Kind::OutOfBounds, shown());
    }
}

fn has_format(format: &str, text: &str) -> bool {
    match format {
        "date-time" => {
            instant(text).is_some()
                && (text.ends_with(['Z', 'z']) || text[10..].contains(['+', '-']))
        }
        "uuid" => {
            let groups: Vec<usize> = text.split('-').map(str::len).collect();
            groups == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
        }
        "uri" => text
            .split_once("://")
            .is_some_and(|(scheme, rest)| !scheme.is_empty() && !rest.is_empty()),
        "email" => text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.')),
        _ => true,
    }
}

/// Converts the text of a query parameter into a number or boolean if the schema has that type;
/// otherwise it stays text.
pub fn typed(schema: &Value, text: &str) -> Value {
    match (schema["type"].as_str(), serde_json::from_str::<Value>(text)) {
        (Some("integer" | "number"), Ok(value @ Value::Number(_)))
        | (Some("boolean"), Ok(value @ Value::Bool(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

/// Describes a value by its type and size, without revealing its content.
pub fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Bool(_) => "a boolean".into(),
        Value::Number(_) => "a number".into(),
        Value::String(text) => format!("text of {} characters", text.chars().count()),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(members) => format!("an object of {} members", members.len()),
    }
}
