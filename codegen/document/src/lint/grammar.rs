//! Every keyword must be one that codegen uses, with a value of the right type.
//!
//! OpenAPI parsers ignore unknown keywords, so a misspelt `requred` or `x-atlas-secert` would
//! silently have no effect. The tables below define everything that `spec/` may contain; a keyword
//! is added to them together with the code that uses it.

use serde_json::Value;

use super::refs;
use crate::document::child;
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

pub(super) fn lint(document: &Value, findings: &mut Vec<Finding>) {
    Validator { document, findings }.object(document, &DOCUMENT, "");
    if let Some(version) = document.get("openapi").and_then(Value::as_str)
        && version != "3.0.3"
    {
        findings.push(Finding::new(
            "openapi-version",
            "/openapi",
            format!("`{version}` is not supported: write 3.0.3"),
        ));
    }
}

struct Validator<'a> {
    document: &'a Value,
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
                let mut first = Vec::new();
                Validator {
                    document: self.document,
                    findings: &mut first,
                }
                .value(value, one, pointer);
                if !first.is_empty() {
                    self.value(value, other, pointer);
                }
            }
            _ => {
                let message = format!(
                    "expected {}, found {}",
                    describe_expected(expected),
                    describe_value(value)
                );
                self.findings
                    .push(Finding::new("wrong-kind", pointer, message));
            }
        }
    }

    fn object(&mut self, value: &Value, kind: &ObjectKind, pointer: &str) {
        let Value::Object(map) = value else {
            self.findings.push(Finding::new(
                "wrong-kind",
                pointer,
                format!("expected {}, found {}", kind.name, describe_value(value)),
            ));
            return;
        };
        for (name, value) in map {
            let at = child(pointer, name);
            match kind
                .required
                .iter()
                .chain(kind.optional)
                .find(|(known, _)| known == name)
            {
                Some((_, expected)) => self.value(value, expected, &at),
                None => self.findings.push(unknown_keyword(name, kind, &at)),
            }
        }
        for (name, _) in kind.required {
            if !map.contains_key(*name) {
                let message = format!("this {} has no `{name}`", kind.name);
                let rule = if *name == "operationId" {
                    "operation-id"
                } else {
                    "missing-keyword"
                };
                self.findings.push(Finding::new(rule, pointer, message));
            }
        }
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
                    .help("write `allOf: [{$ref: …}]` and put it beside that"),
                );
            } else if let Some(target) = value.as_str() {
                self.findings
                    .extend(refs::lint(self.document, target, section, &at));
            } else {
                self.findings.push(Finding::new(
                    "wrong-kind",
                    at,
                    format!("expected text, found {}", describe_value(value)),
                ));
            }
        }
    }
}

fn unknown_keyword(name: &str, kind: &ObjectKind, pointer: &str) -> Finding {
    let what = if name.starts_with("x-") {
        "extension"
    } else {
        "keyword"
    };
    let known: Vec<_> = kind
        .required
        .iter()
        .chain(kind.optional)
        .map(|(known, _)| *known)
        .collect();
    Finding::new(
        "unknown-keyword",
        pointer,
        format!("{what} `{name}` in a {} would be ignored", kind.name),
    )
    .help(format!("known here: {}", known.join(", ")))
}

fn describe_expected(expected: &Expected) -> &'static str {
    match expected {
        Text => "text",
        Bool => "true or false",
        Integer => "an integer",
        Any => "anything",
        List(_) => "a list",
        Map(_) => "a mapping",
        Object(kind) | Reference(kind, _) => kind.name,
        Either(_, other) => describe_expected(other),
    }
}

fn describe_value(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(value) => format!("the number {value}"),
        Value::String(value) => format!("the text `{value}`"),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "a mapping".to_owned(),
    }
}
