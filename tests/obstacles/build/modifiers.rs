//! The keywords beside a type, one for each cell.

use atlas_backup_document::RUNTIME_PATTERNS;
use serde_json::{Map, Value, json};

use crate::types::{self, Type};

/// Keywords beside a type, and what they change about its values.
#[derive(Clone, Default)]
pub struct Modifier {
    pub name: &'static str,
    /// Keywords of the schema.
    pub keywords: Map<String, Value>,
    /// Keywords of its items or values.
    pub inner: Map<String, Value>,
    /// Keywords of the parameter or the request body itself.
    pub outer: Map<String, Value>,
    /// Values that fit the keywords, if those of the type do not.
    pub samples: Option<[Value; 2]>,
    /// A value that the client must refuse to send.
    pub refused: Option<Value>,
    /// A value in the other form, which only Atlas sends.
    pub in_other_form: Option<Value>,
}

fn keyword(name: &'static str, keyword: &str, value: Value) -> Modifier {
    Modifier {
        name,
        keywords: [(keyword.to_owned(), value)].into_iter().collect(),
        ..Modifier::default()
    }
}

fn bound(name: &'static str, bound: i64, samples: [Value; 2], refused: Value) -> Modifier {
    Modifier {
        samples: Some(samples),
        refused: Some(refused),
        ..keyword(name, name, json!(bound))
    }
}

fn inner(name: &'static str, keyword: &str, value: Value) -> Modifier {
    Modifier {
        name,
        inner: [(keyword.to_owned(), value)].into_iter().collect(),
        ..Modifier::default()
    }
}

fn outer(name: &'static str, keyword: &str, value: Value) -> Modifier {
    Modifier {
        name,
        outer: [(keyword.to_owned(), value)].into_iter().collect(),
        ..Modifier::default()
    }
}

/// No keyword at all.
pub fn none() -> Modifier {
    Modifier {
        name: "none",
        ..Modifier::default()
    }
}

/// Values that no other member has, so that a test can look for them in what `Debug` prints.
fn secrets(ty: &Type) -> Option<[Value; 2]> {
    let values = match ty.name.as_str() {
        "text" => [json!("hidden 1"), json!("hidden 2")],
        "uuid" => [
            json!("11111111-1111-1111-1111-111111111111"),
            json!("22222222-2222-2222-2222-222222222222"),
        ],
        "email" => [json!("hidden@example.com"), json!("hidden@example.org")],
        "uri" => [json!("https://hidden.com"), json!("https://hidden.org")],
        "list of text" => [json!(["hidden 1", "hidden 2"]), json!(["hidden 3"])],
        _ => return None,
    };
    Some(values)
}

/// The keywords that are tried with every type.
fn general(ty: &Type) -> Vec<Modifier> {
    vec![
        keyword("nullable", "nullable", json!(true)),
        keyword("default", "default", ty.samples[0].clone()),
        keyword("deprecated", "deprecated", json!(true)),
        Modifier {
            samples: secrets(ty),
            ..keyword("secret", "x-atlas-secret", json!(true))
        },
        keyword("rules", "x-atlas-rules", rules()),
        keyword("update of", "x-atlas-update-of", json!("BothPlain")),
        Modifier {
            in_other_form: Some(json!("2018-08-01T20:02:07Z")),
            ..keyword("form date-time", "x-atlas-other-form", json!("date-time"))
        },
        Modifier {
            in_other_form: ty.samples[0].get(0).cloned(),
            ..keyword("form one-item", "x-atlas-other-form", json!("one-item"))
        },
        // In this form, Atlas sends a value in place of the whole object: `updates` has such values.
        keyword(
            "form whole-answer",
            "x-atlas-other-form",
            json!("whole-answer"),
        ),
    ]
}

/// Rules for an object with the members `name` and `size`.
pub fn rules() -> Value {
    json!([{"atLeastOne": ["name", "size"], "reason": "Atlas says so.", "source": {"wire": "Seen."}}])
}

/// A request body that can be left out.
pub fn optional_body(ty: &Type) -> Option<Modifier> {
    let is_tried = [
        "object",
        "list of object",
        "map of text",
        "free-form object",
    ];
    is_tried
        .contains(&ty.name.as_str())
        .then(|| outer("not required", "required", json!(false)))
}

/// The keywords beside a type, in this order: none, those for every type, those for this type, and
/// some that do not belong there.
pub fn of(ty: &Type) -> Vec<Modifier> {
    let mut all = vec![none()];
    let is_deep = ty.name.matches(" of ").count() > 1;
    let is_sample = types::samples().any(|sample| sample.name == ty.name);
    if is_deep || (ty.name.contains(" of ") && !is_sample) {
        return all;
    }
    all.extend(general(ty));
    match (ty.name.as_str(), ty.kind()) {
        (name, "integer") => {
            all.extend([
                bound("minimum", 2, [json!(2), json!(7)], json!(1)),
                bound("maximum", 7, [json!(7), json!(-7)], json!(8)),
                keyword("minLength", "minLength", json!(1)),
            ]);
            if name == "integer" {
                all.extend([keyword("another format", "format", json!("uint8"))]);
            }
        }
        ("text", _) => all.extend(text()),
        (_, "string") | ("enum" | "ObjectId", _) => {
            all.push(keyword("minLength", "minLength", json!(1)));
        }
        (_, "array") => all.extend(list(ty)),
        (_, "number") => all.extend([
            keyword("minimum", "minimum", json!(1)),
            keyword("another format", "format", json!("double")),
        ]),
        ("map of text", _) => all.extend([
            inner("nullable values", "nullable", json!(true)),
            inner("minLength of values", "minLength", json!(1)),
            inner("form of values", "x-atlas-other-form", json!("one-item")),
        ]),
        _ => {}
    }
    all
}

fn text() -> Vec<Modifier> {
    let lengths = [json!("\u{e9}\u{1f600}"), json!("abc")];
    let pattern = &RUNTIME_PATTERNS[0];
    let both = [
        ("pattern", pattern.portable),
        ("x-atlas-pattern", pattern.pattern),
    ];
    let with_pattern = Modifier {
        name: "a pattern of the client",
        keywords: both
            .map(|(keyword, pattern)| (keyword.to_owned(), json!(pattern)))
            .into_iter()
            .collect(),
        ..Modifier::default()
    };
    let refused = |modifier: Modifier, refused: &str| Modifier {
        refused: Some(json!(refused)),
        ..modifier
    };
    vec![
        bound("minLength", 2, lengths.clone(), json!("\u{1f600}")),
        bound("maxLength", 3, lengths, json!("abcd")),
        Modifier {
            samples: Some([json!("a:b"), json!("\u{e9}")]),
            ..refused(with_pattern, "a/b")
        },
        keyword("another pattern", "pattern", json!("^.*$")),
        keyword("another format", "format", json!("password")),
        Modifier {
            samples: Some([json!("a"), json!("b")]),
            ..keyword("an enum without a name", "enum", json!(["a", "b"]))
        },
        keyword("minimum", "minimum", json!(1)),
        Modifier {
            samples: Some([json!("a"), json!("b c")]),
            ..outer("example", "example", json!("a"))
        },
        outer("not required", "required", json!(false)),
    ]
}

fn list(ty: &Type) -> Vec<Modifier> {
    let [one, other] = [&ty.samples[0][0], &ty.samples[0][1]];
    let few = [json!([one]), json!([one, other])];
    let many = [json!([one, other]), json!([one, other, one])];
    let mut all = vec![
        bound("maxItems", 2, few, json!([one, other, one])),
        bound("minItems", 2, many, json!([one])),
        inner("nullable items", "nullable", json!(true)),
        inner("secret items", "x-atlas-secret", json!(true)),
        inner("rules of items", "x-atlas-rules", rules()),
        inner("update of items", "x-atlas-update-of", json!("BothPlain")),
        inner("form of items", "x-atlas-other-form", json!("one-item")),
    ];
    if ty.name == "list of text" {
        all.extend([
            inner("minLength of items", "minLength", json!(1)),
            inner("default of items", "default", json!("a")),
        ]);
    }
    all
}
