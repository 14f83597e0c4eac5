//! Every keyword must be one that codegen uses, with a value of the right type.
//!
//! OpenAPI parsers ignore unknown keywords, so a misspelt `requred` or `x-atlas-secert` would
//! silently have no effect. The tables below define everything that `spec/` may contain; a keyword
//! is added to them together with the code that uses it.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{nearest, numbers, refs};
use crate::document::{Loaded, child};
use crate::error::Finding;

enum Expected {
    Text,
    Bool,
    Integer,
    Any,
    List(&'static Expected),
    Map(&'static Expected),
    Object(&'static ObjectKind),
    /// A `$ref` to an entry of this section of `components`, or the object itself.
    Reference(&'static ObjectKind, &'static str),
    Either(&'static Expected, &'static Expected),
}

struct ObjectKind {
    name: &'static str,
    required: &'static [(&'static str, Expected)],
    optional: &'static [(&'static str, Expected)],
}

impl ObjectKind {
    fn keywords(&self) -> impl Iterator<Item = &'static (&'static str, Expected)> {
        self.required.iter().chain(self.optional)
    }

    fn names(&self) -> impl Iterator<Item = &'static str> + Clone {
        let keywords = self.required.iter().chain(self.optional);
        keywords.map(|(name, _)| *name)
    }
}

use Expected::{Any, Bool, Either, Integer, List, Map, Object, Reference, Text};

static DOCUMENT: ObjectKind = ObjectKind {
    name: "document",
    required: &[
        ("openapi", Text),
        ("info", Object(&INFO)),
        ("servers", List(&Object(&SERVER))),
        ("security", List(&Map(&List(&Text)))),
        ("tags", List(&Object(&TAG))),
        ("paths", Map(&Object(&PATH_ITEM))),
        ("components", Object(&COMPONENTS)),
    ],
    optional: &[("externalDocs", Object(&EXTERNAL_DOCS))],
};
static INFO: ObjectKind = ObjectKind {
    name: "info",
    required: &[("title", Text), ("version", Text)],
    optional: &[
        ("description", Text),
        ("license", Object(&LICENSE)),
        ("contact", Object(&CONTACT)),
    ],
};
static LICENSE: ObjectKind = ObjectKind {
    name: "license",
    required: &[("name", Text)],
    optional: &[("url", Text)],
};
static CONTACT: ObjectKind = ObjectKind {
    name: "contact",
    required: &[],
    optional: &[("name", Text), ("url", Text)],
};
static SERVER: ObjectKind = ObjectKind {
    name: "server",
    required: &[("url", Text)],
    optional: &[("description", Text)],
};
static TAG: ObjectKind = ObjectKind {
    name: "tag",
    required: &[("name", Text), ("description", Text)],
    optional: &[("externalDocs", Object(&EXTERNAL_DOCS))],
};
static EXTERNAL_DOCS: ObjectKind = ObjectKind {
    name: "externalDocs",
    required: &[("url", Text)],
    optional: &[("description", Text)],
};
static PATH_ITEM: ObjectKind = ObjectKind {
    name: "path item",
    required: &[],
    optional: &[
        ("get", Object(&OPERATION)),
        ("post", Object(&OPERATION)),
        ("put", Object(&OPERATION)),
        ("patch", Object(&OPERATION)),
        ("delete", Object(&OPERATION)),
    ],
};
static OPERATION: ObjectKind = ObjectKind {
    name: "operation",
    required: &[
        ("operationId", Text),
        ("x-atlas-operation-id", Text),
        ("tags", List(&Text)),
        ("summary", Text),
        ("externalDocs", Object(&EXTERNAL_DOCS)),
        ("responses", Map(&Reference(&RESPONSE, "responses"))),
    ],
    optional: &[
        ("description", Text),
        ("deprecated", Bool),
        ("x-atlas-deprecation", Object(&DEPRECATION)),
        ("x-atlas-roles", List(&Text)),
        ("x-atlas-effect", Text),
        ("parameters", List(&Reference(&PARAMETER, "parameters"))),
        ("requestBody", Object(&REQUEST_BODY)),
    ],
};
static DEPRECATION: ObjectKind = ObjectKind {
    name: "x-atlas-deprecation",
    required: &[("note", Text)],
    optional: &[("since", Text), ("ended", Text)],
};
static PARAMETER: ObjectKind = ObjectKind {
    name: "parameter",
    required: &[
        ("name", Text),
        ("in", Text),
        ("description", Text),
        ("schema", Reference(&SCHEMA, "schemas")),
    ],
    optional: &[("required", Bool), ("example", Any)],
};
static REQUEST_BODY: ObjectKind = ObjectKind {
    name: "request body",
    required: &[("content", Map(&Object(&MEDIA_TYPE))), ("required", Bool)],
    optional: &[("description", Text)],
};
static RESPONSE: ObjectKind = ObjectKind {
    name: "response",
    required: &[("description", Text)],
    optional: &[
        ("content", Map(&Object(&MEDIA_TYPE))),
        ("headers", Map(&Reference(&HEADER, "headers"))),
    ],
};
static HEADER: ObjectKind = ObjectKind {
    name: "header",
    required: &[("schema", Reference(&SCHEMA, "schemas"))],
    optional: &[("description", Text), ("example", Any)],
};
static MEDIA_TYPE: ObjectKind = ObjectKind {
    name: "media type",
    required: &[],
    optional: &[
        ("schema", Reference(&SCHEMA, "schemas")),
        ("examples", Map(&Object(&EXAMPLE))),
        ("x-atlas-other-form-examples", Map(&Object(&EXAMPLE))),
        ("x-atlas-sunset", Text),
        ("x-atlas-older-versions", List(&Object(&OLDER_VERSION))),
    ],
};
static OLDER_VERSION: ObjectKind = ObjectKind {
    name: "older version",
    required: &[("version", Text)],
    optional: &[("sunset", Text), ("deprecated", Text)],
};
static EXAMPLE: ObjectKind = ObjectKind {
    name: "example",
    required: &[("value", Any)],
    optional: &[("summary", Text), ("description", Text)],
};
static COMPONENTS: ObjectKind = ObjectKind {
    name: "components",
    required: &[("securitySchemes", Map(&Object(&SECURITY_SCHEME)))],
    optional: &[
        ("schemas", Map(&Object(&SCHEMA))),
        ("parameters", Map(&Object(&PARAMETER))),
        ("responses", Map(&Object(&RESPONSE))),
        ("headers", Map(&Object(&HEADER))),
    ],
};
static SECURITY_SCHEME: ObjectKind = ObjectKind {
    name: "security scheme",
    required: &[("type", Text)],
    optional: &[
        ("scheme", Text),
        ("description", Text),
        ("flows", Map(&Object(&FLOW))),
    ],
};
static FLOW: ObjectKind = ObjectKind {
    name: "flow",
    required: &[("tokenUrl", Text), ("scopes", Map(&Text))],
    optional: &[("refreshUrl", Text)],
};
static SCHEMA: ObjectKind = ObjectKind {
    name: "schema",
    required: &[],
    optional: &[
        ("type", Text),
        ("format", Text),
        ("pattern", Text),
        ("x-atlas-pattern", Text),
        ("enum", List(&Text)),
        ("minimum", Integer),
        ("maximum", Integer),
        ("minLength", Integer),
        ("maxLength", Integer),
        ("minItems", Integer),
        ("maxItems", Integer),
        ("nullable", Bool),
        ("default", Any),
        ("description", Text),
        ("deprecated", Bool),
        ("required", List(&Text)),
        ("properties", Map(&Reference(&SCHEMA, "schemas"))),
        ("items", Reference(&SCHEMA, "schemas")),
        ("allOf", List(&Reference(&SCHEMA, "schemas"))),
        (
            "additionalProperties",
            Either(&Bool, &Reference(&SCHEMA, "schemas")),
        ),
        ("x-atlas-schema", Either(&Text, &List(&Text))),
        ("x-atlas-secret", Bool),
        ("x-atlas-other-form", Text),
        ("x-atlas-update-of", Text),
        ("x-atlas-rules", List(&Object(&MEMBER_RULE))),
    ],
};
static MEMBER_RULE: ObjectKind = ObjectKind {
    name: "member rule",
    required: &[("reason", Text), ("source", Object(&RULE_SOURCE))],
    optional: &[
        ("when", Map(&Any)),
        ("forbid", List(&Text)),
        ("require", List(&Text)),
        ("exactlyOne", List(&Text)),
        ("atLeastOne", List(&Text)),
        ("together", List(&Text)),
    ],
};
static RULE_SOURCE: ObjectKind = ObjectKind {
    name: "source of a rule",
    required: &[],
    optional: &[("page", Text), ("published", Text), ("wire", Text)],
};

/// Returns every keyword that a document may have, as (object, keyword): `("schema", "minimum")`.
pub(crate) fn keywords() -> BTreeSet<(&'static str, &'static str)> {
    fn visit(expected: &Expected, found: &mut BTreeSet<(&'static str, &'static str)>) {
        match expected {
            Text | Bool | Integer | Any => {}
            List(item) | Map(item) => visit(item, found),
            Object(kind) | Reference(kind, _) => object(kind, found),
            Either(one, other) => {
                visit(one, found);
                visit(other, found);
            }
        }
    }
    fn object(kind: &ObjectKind, found: &mut BTreeSet<(&'static str, &'static str)>) {
        for (keyword, expected) in kind.keywords() {
            if found.insert((kind.name, keyword)) {
                visit(expected, found);
            }
        }
    }
    let mut found = BTreeSet::new();
    object(&DOCUMENT, &mut found);
    found
}

pub(super) fn lint(loaded: &Loaded<'_>, findings: &mut Vec<Finding>) {
    let document = &loaded.value;
    Validator { loaded, findings }.object(document, &DOCUMENT, "");
    if let Some(version) = document.get("openapi").and_then(Value::as_str)
        && version != "3.0.3"
    {
        findings.push(
            Finding::new(
                "openapi-version",
                "/openapi",
                format!("`{version}` is not supported"),
            )
            .help("write `openapi: 3.0.3`"),
        );
    }
}

struct Validator<'a> {
    loaded: &'a Loaded<'a>,
    findings: &'a mut Vec<Finding>,
}

impl Validator<'_> {
    fn value(&mut self, value: &Value, expected: &Expected, pointer: &str) {
        match (expected, value) {
            (Any, _) | (Text, Value::String(_)) | (Bool, Value::Bool(_)) => {}
            (Integer, value) if value.is_i64() => {}
            (List(item), Value::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    self.value(value, item, &child(pointer, &index.to_string()));
                }
            }
            (Map(item), Value::Object(map)) => {
                for (name, value) in map {
                    self.value(value, item, &child(pointer, name));
                }
            }
            (Object(kind), Value::Object(_)) => self.object(value, kind, pointer),
            (Reference(kind, section), Value::Object(_)) => match value.get("$ref") {
                Some(_) => self.reference(value, section, pointer),
                None => self.object(value, kind, pointer),
            },
            (Either(one, other), _) => {
                // The second one explains what is wrong with a list or a mapping.
                if !is_scalar_of(one, value) && (value.is_array() || value.is_object()) {
                    self.value(value, other, pointer);
                } else if !is_scalar_of(one, value) {
                    self.wrong_kind(value, expected, pointer);
                }
            }
            _ => self.wrong_kind(value, expected, pointer),
        }
    }

    fn wrong_kind(&mut self, value: &Value, expected: &Expected, pointer: &str) {
        let is_too_large = matches!(expected, Integer) && numbers::is_integer(self.source(pointer));
        let message = match is_too_large {
            true => numbers::beyond(self.source(pointer)),
            false => format!(
                "expected {}, found {}",
                describe_expected(expected),
                self.describe(value, pointer)
            ),
        };
        let value = if self.is_empty(pointer) {
            &Value::Null
        } else {
            value
        };
        let help = match pointer.rsplit('/').nth(1) {
            Some("enum") if value.is_null() => {
                "remove it, and write `nullable: true` where the enum is used".to_owned()
            }
            _ => way_out(expected, value, self.source(pointer)),
        };
        let finding = Finding::new("wrong-kind", pointer, message);
        self.findings.push(finding.help(help));
    }

    /// Returns the value as it is written: `2.10` is the number 2.1.
    fn source(&self, pointer: &str) -> &str {
        let location = self.loaded.locate_value(pointer);
        &self.loaded.document.text[location.span]
    }

    /// Whether a key has no value, which is read as an empty text.
    fn is_empty(&self, pointer: &str) -> bool {
        self.loaded.empty.iter().any(|empty| empty == pointer)
    }

    fn describe(&self, value: &Value, pointer: &str) -> String {
        match value {
            Value::Null => "nothing".to_owned(),
            _ if self.is_empty(pointer) => "nothing".to_owned(),
            Value::Bool(_) => format!("`{}`", self.source(pointer)),
            Value::Number(_) => format!("the number {}", self.source(pointer)),
            Value::String(value) => format!("the text `{value}`"),
            Value::Array(_) => "a list".to_owned(),
            Value::Object(_) => "a mapping".to_owned(),
        }
    }

    fn object(&mut self, value: &Value, kind: &ObjectKind, pointer: &str) {
        let Value::Object(map) = value else {
            let expected = with_article(kind.name);
            let message = format!(
                "expected {expected}, found {}",
                self.describe(value, pointer)
            );
            let help = format!("write {expected}, which is a mapping");
            let finding = Finding::new("wrong-kind", pointer, message).help(help);
            self.findings.push(finding);
            return;
        };
        for (name, value) in map {
            let at = child(pointer, name);
            match kind.keywords().find(|(known, _)| known == name) {
                Some(_) if name == "enum" && has_no_texts(map, value) => {
                    self.findings.push(enum_of_no_texts(map, at));
                }
                Some((_, expected)) => self.value(value, expected, &at),
                // It belongs to the `oneOf` beside it, which is reported.
                None if name == "discriminator" && map.contains_key("oneOf") => {}
                None => self.findings.push(unknown_keyword(name, kind, &at)),
            }
        }
        self.findings.extend(missing_keywords(map, kind, pointer));
    }

    /// Allows only `$ref`, because OpenAPI 3.0 ignores everything beside it.
    fn reference(&mut self, value: &Value, section: &str, pointer: &str) {
        for (name, value) in value.as_object().into_iter().flatten() {
            let at = child(pointer, name);
            if name != "$ref" {
                self.findings.push(
                    Finding::new(
                        "unknown-keyword",
                        at,
                        format!("keyword `{name}` beside `$ref` would be ignored"),
                    )
                    .at_key()
                    .help("write `allOf: [{$ref: …}]` and put it beside that"),
                );
            } else if let Some(target) = value.as_str() {
                self.findings
                    .extend(refs::lint(&self.loaded.value, target, section, &at));
            } else {
                let message = format!("expected text, found {}", self.describe(value, &at));
                let help = format!("write `'#/components/{section}/Name'`");
                let finding = Finding::new("wrong-kind", at, message).help(help);
                self.findings.push(finding);
            }
        }
    }
}

fn is_scalar_of(expected: &Expected, value: &Value) -> bool {
    matches!(
        (expected, value),
        (Text, Value::String(_)) | (Bool, Value::Bool(_))
    )
}

/// Whether the values of an enum are numbers or booleans, as its type says. Without a type, all of
/// them must be: one number among texts lacks its quotes.
fn has_no_texts(schema: &serde_json::Map<String, Value>, values: &Value) -> bool {
    let values = values.as_array().map(Vec::as_slice).unwrap_or_default();
    let is_other = |value: &Value| value.is_number() || value.is_boolean();
    match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number" | "boolean") => values.iter().any(is_other),
        Some(_) => false,
        None => !values.is_empty() && values.iter().all(is_other),
    }
}

fn enum_of_no_texts(schema: &serde_json::Map<String, Value>, pointer: String) -> Finding {
    let (what, help) = match schema.get("type").and_then(Value::as_str) {
        Some("boolean") => (
            "booleans",
            "remove `enum`, and say in the description which value Atlas sends or takes",
        ),
        Some("number") => (
            "numbers",
            "remove `enum`, and list the values in the description",
        ),
        _ => (
            "numbers",
            "remove `enum`, write `minimum` and `maximum`, and list the values in the description",
        ),
    };
    let message = format!("an enum of {what} is not supported");
    Finding::new("enum", pointer, message).help(help)
}

fn unknown_keyword(name: &str, kind: &ObjectKind, pointer: &str) -> Finding {
    let finding = |message: String| Finding::new("unknown-keyword", pointer, message).at_key();
    if let Some(help) = unsupported(name).filter(|_| kind.name == "schema") {
        return finding(format!("`{name}` is not supported")).help(help);
    }
    if let Some(help) = of_operations(name).filter(|_| kind.name == "path item") {
        return finding(format!("`{name}` in a path item is not supported")).help(help);
    }
    let what = if name.starts_with("x-") {
        "extension"
    } else {
        "keyword"
    };
    finding(format!(
        "{what} `{name}` in {} would be ignored",
        with_article(kind.name)
    ))
    .help(nearest::advice(name, kind.names()))
}

/// Reports the required keywords that are not there, not even misspelt.
fn missing_keywords(
    map: &serde_json::Map<String, Value>,
    kind: &ObjectKind,
    pointer: &str,
) -> Vec<Finding> {
    let unknown = map
        .keys()
        .filter(|name| kind.names().all(|known| known != *name));
    let meant: Vec<_> = unknown
        .filter_map(|name| nearest::nearest(name, kind.names()))
        .collect();
    let is_missing = |name: &str| !map.contains_key(name) && !meant.contains(&name);
    let missing = kind.required.iter().filter(|(name, _)| is_missing(name));
    let finding = |(name, expected): &(&str, Expected)| {
        let message = format!("this {} has no `{name}`", kind.name);
        let help = format!("add `{name}`, {}", describe_expected(expected));
        let rule = match *name {
            "operationId" => "operation-id",
            _ => "missing-keyword",
        };
        Finding::new(rule, pointer, message).at_key().help(help)
    };
    missing.map(finding).collect()
}

/// Returns how to write what a keyword of OpenAPI says that codegen does not support in schemas.
fn unsupported(keyword: &str) -> Option<&'static str> {
    Some(match keyword {
        "oneOf" | "anyOf" | "not" | "discriminator" => {
            "write one flat schema with the members of all (rule 4 of spec/README.md): those that only some have are optional and say so, and `x-atlas-rules` says which belong together"
        }
        "readOnly" | "writeOnly" => {
            "write one schema for requests and one for responses (rule 5 of spec/README.md)"
        }
        "example" | "examples" => "write `examples` beside the `schema` of the body",
        "title" => "leave it out: the name of the schema is its title",
        "multipleOf" | "exclusiveMinimum" | "exclusiveMaximum" | "uniqueItems"
        | "minProperties" | "maxProperties" => "say it in the description",
        _ => return None,
    })
}

/// Returns how to write what OpenAPI lets a path say of all its operations, and which other methods
/// it has.
fn of_operations(keyword: &str) -> Option<&'static str> {
    Some(match keyword {
        "parameters" => {
            "write them in each operation: as references to `components/parameters`, if several have them"
        }
        "summary" | "description" => "write it in each operation",
        "servers" => "leave it out: all operations have the servers of the document",
        "head" | "options" | "trace" => {
            "leave the operation out: the client has get, post, put, patch and delete"
        }
        _ => return None,
    })
}

/// Returns how to write a value of the right type in place of one that is written as `source`.
fn way_out(expected: &Expected, value: &Value, source: &str) -> String {
    match (expected, value) {
        (_, Value::Null) => "write a value, or leave the keyword out".to_owned(),
        (Text, Value::Number(_) | Value::Bool(_)) => format!("put it in quotes: `\"{source}\"`"),
        (Integer, Value::Number(_)) if numbers::is_integer(source) => {
            format!(
                "write a number {}, or leave the keyword out",
                numbers::RANGE
            )
        }
        (Integer, Value::Number(_)) => "write an integer, in decimal digits".to_owned(),
        (List(_), _) => format!("write a list: `[{}]`", "…"),
        _ => format!("write {}", describe_expected(expected)),
    }
}

fn describe_expected(expected: &Expected) -> String {
    match expected {
        Text => "text".to_owned(),
        Bool => "true or false".to_owned(),
        Integer => "an integer".to_owned(),
        Any => "any value".to_owned(),
        List(_) => "a list".to_owned(),
        Map(_) => "a mapping".to_owned(),
        Object(kind) | Reference(kind, _) => with_article(kind.name),
        Either(one, other) => format!("{} or {}", describe_expected(one), describe_expected(other)),
    }
}

fn with_article(name: &str) -> String {
    if name == "info" || name == "components" || name == "externalDocs" || name.starts_with("x-") {
        return format!("`{name}`");
    }
    let vowel = name.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {name}", if vowel { "an" } else { "a" })
}
