//! The shape of a schema after resolving `$ref`, `allOf`, `oneOf`, `anyOf` and discriminators.
//!
//! The published documents describe a resource as a base schema with a discriminator, and subtypes
//! that include the base through `allOf`, which is circular. Our documents use one flat schema.
//! Both become a list of alternatives here: one for each subtype, each with all its members. A
//! schema without subtypes has one alternative.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::difference::Kind;
use super::view::{DocumentView, Node};
use crate::schema::exact_pattern;

/// Nodes that together describe one value, like the parts of an `allOf`.
pub(super) type Nodes<'a> = Vec<Node<'a>>;

/// One alternative of a schema, with everything that applies to it.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape<'a> {
    /// The JSON types; an empty set means any type.
    pub types: BTreeSet<&'a str>,
    /// Keywords with a single value: format, bounds, pattern, default.
    pub keywords: BTreeMap<Kind, Value>,
    pub values: Option<Vec<&'a Value>>,
    /// The JSON pointer of the schema that allows null.
    pub nullable: Option<String>,
    pub deprecated: bool,
    pub read_only: bool,
    pub write_only: bool,
    pub properties: BTreeMap<&'a str, Nodes<'a>>,
    pub required: BTreeSet<&'a str>,
    /// For a subtype: the discriminator property, and its values that select this subtype.
    pub choice: Option<(&'a str, Vec<&'a str>)>,
    /// The item schema of an array.
    pub items: Nodes<'a>,
    /// The value schema of an object used as a map.
    pub map: Nodes<'a>,
}

/// The maximum depth of nested composition. Deeper schemas are mistakes, and the limit prevents a
/// stack overflow.
const MAX_DEPTH: usize = 64;

/// Returns the alternatives of a value.
pub(super) fn shapes<'a>(view: &DocumentView<'a>, nodes: &[Node<'a>]) -> Vec<Shape<'a>> {
    let mut all = vec![Shape::default()];
    for node in nodes {
        all = combine(&all, &alternatives(view, node, &mut Vec::new()));
    }
    all
}

/// Returns the alternatives of one schema. `open` holds the pointers of the schemas being resolved;
/// a schema that occurs again adds nothing, which ends circular references.
fn alternatives<'a>(
    view: &DocumentView<'a>,
    node: &Node<'a>,
    open: &mut Vec<String>,
) -> Vec<Shape<'a>> {
    let node = view.follow(node);
    if open.contains(&node.pointer) {
        return vec![Shape::default()];
    }
    if open.len() == MAX_DEPTH {
        view.report_problem(
            &node,
            format!("composed of more than {MAX_DEPTH} schemas, one within the other"),
        );
        return vec![Shape::default()];
    }
    open.push(node.pointer.clone());
    let mut all = vec![own_shape(&node)];
    for part in node.items("allOf") {
        all = combine(&all, &alternatives(view, &part, open));
    }
    for choice in subtype_lists(view, &node) {
        // If the base is resolved as a part of one of its own subtypes, the subtype is already
        // chosen.
        if !choice
            .iter()
            .any(|(branch, _)| open.contains(&branch.pointer))
        {
            let mut branches = Vec::new();
            for (branch, values) in choice {
                let property = node
                    .get("discriminator")
                    .and_then(|discriminator| discriminator.text("propertyName"));
                let label = property
                    .filter(|_| !values.is_empty())
                    .map(|property| (property, values));
                branches.extend(
                    alternatives(view, &branch, open)
                        .into_iter()
                        .map(|shape| Shape {
                            choice: label.clone(),
                            ..shape
                        }),
                );
            }
            all = combine(&all, &branches);
        }
    }
    open.pop();
    all
}

/// A subtype, and the discriminator values that select it.
type Subtype<'a> = (Node<'a>, Vec<&'a str>);

/// Returns the lists of subtypes to choose from. A discriminator may repeat the subtypes of a
/// `oneOf`, or be the only list.
fn subtype_lists<'a>(view: &DocumentView<'a>, node: &Node<'a>) -> Vec<Vec<Subtype<'a>>> {
    let mut subtypes: Vec<Subtype<'a>> = node
        .items("oneOf")
        .map(|branch| (view.follow(&branch), Vec::new()))
        .collect();
    let mapping = node
        .get("discriminator")
        .into_iter()
        .flat_map(|discriminator| discriminator.members("mapping"));
    for (value, target) in mapping {
        // A discriminator mapping refers to a schema like `$ref`, but as a plain string.
        let found = target
            .value
            .as_str()
            .and_then(|text| text.strip_prefix('#'))
            .and_then(|at| Some((at, view.root.value.pointer(at)?)));
        if let Some((pointer, schema)) = found {
            let subtype = view.follow(&Node {
                value: schema,
                pointer: pointer.to_owned(),
            });
            match subtypes
                .iter_mut()
                .find(|(known, _)| known.pointer == subtype.pointer)
            {
                Some((_, values)) => values.push(value),
                None => subtypes.push((subtype, vec![value])),
            }
        }
    }
    let any: Vec<_> = node
        .items("anyOf")
        .map(|branch| (view.follow(&branch), Vec::new()))
        .collect();
    [subtypes, any]
        .into_iter()
        .filter(|list| !list.is_empty())
        .collect()
}

/// Returns what the schema itself declares, without its parts and subtypes.
fn own_shape<'a>(node: &Node<'a>) -> Shape<'a> {
    let texts = |key: &str| -> BTreeSet<&'a str> {
        match node.value.get(key) {
            Some(Value::String(one)) => BTreeSet::from([one.as_str()]),
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => BTreeSet::new(),
        }
    };
    let mut types = texts("type");
    // OpenAPI 3.1 lists null among the types.
    let null = types.remove("null");
    let value = |kind: &Kind| match kind {
        Kind::Pattern => exact_pattern(node.value).map(Value::from),
        _ => node.value.get(kind.name()).map(normalize_number),
    };
    let keyword = |kind: &Kind| {
        Some((*kind, value(kind)?))
            .filter(|(_, value)| *value != Value::Bool(false) || *kind == Kind::Default)
    };
    Shape {
        types,
        keywords: Kind::KEYWORDS.iter().filter_map(keyword).collect(),
        values: node
            .value
            .get("enum")
            .and_then(Value::as_array)
            .map(|values| values.iter().filter(|value| !value.is_null()).collect()),
        nullable: (null || node.flag("nullable")).then(|| node.pointer.clone()),
        deprecated: node.flag("deprecated"),
        read_only: node.flag("readOnly"),
        write_only: node.flag("writeOnly"),
        properties: node
            .members("properties")
            .map(|(name, property)| (name, vec![property]))
            .collect(),
        required: texts("required"),
        choice: None,
        items: node.get("items").into_iter().collect(),
        // `true` and `false` do not describe the values.
        map: node
            .get("additionalProperties")
            .filter(|map| map.value.is_object())
            .into_iter()
            .collect(),
    }
}

/// Makes `1.0` and `1` the same bound.
fn normalize_number(value: &Value) -> Value {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the comparison proves that nothing was lost"
    )]
    match value.as_f64() {
        Some(number) if !value.is_i64() && (number as i64) as f64 == number => {
            Value::from(number as i64)
        }
        _ => value.clone(),
    }
}

/// Combines every alternative of `left` with every alternative of `right`.
fn combine<'a>(left: &[Shape<'a>], right: &[Shape<'a>]) -> Vec<Shape<'a>> {
    left.iter()
        .flat_map(|a| right.iter().map(move |b| merge(a, b)))
        .collect()
}

/// Merges two shapes of the same value. A subtype repeats what its base declares; where the two
/// contradict each other, both values are kept, so that a change of either one is noticed.
fn merge<'a>(a: &Shape<'a>, b: &Shape<'a>) -> Shape<'a> {
    let mut joined = a.clone();
    // The published documents declare `type: object` beside a choice of strings; the strings are
    // meant.
    if !b.types.is_empty()
        && !b.types.contains("object")
        && a.types.contains("object")
        && a.properties.is_empty()
    {
        joined.types.remove("object");
    }
    joined.types.extend(&b.types);
    for (kind, value) in &b.keywords {
        let known = joined
            .keywords
            .entry(*kind)
            .or_insert_with(|| value.clone());
        if known != value {
            *known = Value::from(vec![known.clone(), value.clone()]);
        }
    }
    if let Some(more) = &b.values {
        let known = joined.values.get_or_insert_default();
        known.extend(
            more.iter()
                .filter(|value| !a.values.as_ref().is_some_and(|known| known.contains(value))),
        );
    }
    joined.nullable = a.nullable.clone().or_else(|| b.nullable.clone());
    joined.deprecated |= b.deprecated;
    joined.read_only |= b.read_only;
    joined.write_only |= b.write_only;
    for (name, nodes) in &b.properties {
        let known = joined.properties.entry(name).or_default();
        known.extend(
            nodes
                .iter()
                .filter(|node| {
                    a.properties
                        .get(name)
                        .is_none_or(|nodes| nodes.iter().all(|old| old.pointer != node.pointer))
                })
                .cloned(),
        );
    }
    joined.required.extend(&b.required);
    joined.choice = a.choice.clone().or_else(|| b.choice.clone());
    joined.items.extend(b.items.iter().cloned());
    joined.map.extend(b.map.iter().cloned());
    joined
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Returns the alternatives of the schema `A`: discriminator values, members, and `!` after
    /// required ones.
    fn read(schemas: &Value) -> Vec<String> {
        let document = json!({"components": {"schemas": schemas}});
        let view = DocumentView::new(&document);
        let node = Node {
            value: &json!({"$ref": "#/components/schemas/A"}),
            pointer: String::new(),
        };
        let shown = |shape: &Shape<'_>| {
            let members: Vec<_> = shape
                .properties
                .keys()
                .map(|name| {
                    format!(
                        "{name}{}",
                        if shape.required.contains(name) {
                            "!"
                        } else {
                            ""
                        }
                    )
                })
                .collect();
            let choice = shape
                .choice
                .as_ref()
                .map(|(property, values)| format!("{property}={}: ", values.join("|")));
            format!("{}{}", choice.unwrap_or_default(), members.join(" "))
        };
        let all = shapes(&view, std::slice::from_ref(&node))
            .iter()
            .map(shown)
            .collect();
        assert!(view.problems().is_empty());
        all
    }

    fn object(required: &[&str], members: &[&str]) -> Value {
        let properties: serde_json::Map<_, _> = members
            .iter()
            .map(|name| ((*name).to_owned(), json!({"type": "string"})))
            .collect();
        json!({"type": "object", "required": required, "properties": properties})
    }

    fn to(name: &str) -> Value {
        json!({"$ref": format!("#/components/schemas/{name}")})
    }

    #[test]
    fn parts_of_an_all_of_are_one() {
        let schemas = json!({"A": {"allOf": [to("B"), object(&["c"], &["c", "d"])], "required": ["b"]}, "B": object(&[], &["b"])});
        assert_eq!(read(&schemas), ["b! c! d"]);
    }

    #[test]
    fn a_discriminator_and_its_one_of_are_one_choice() {
        let mut base = object(&["kind"], &["kind"]);
        base["oneOf"] = json!([to("B"), to("C")]);
        base["discriminator"] = json!({"propertyName": "kind", "mapping": {
            "b": "#/components/schemas/B", "c": "#/components/schemas/C", "d": "#/components/schemas/C",
        }});
        let schemas = json!({"A": base, "B": {"allOf": [to("A"), object(&["b"], &["b"])]}, "C": {"allOf": [to("A")]}});
        assert_eq!(read(&schemas), ["kind=b: b! kind!", "kind=c|d: kind!"]);
    }

    #[test]
    fn a_subtype_alone_is_not_its_siblings() {
        let mut base = object(&[], &["kind"]);
        base["discriminator"] = json!({"propertyName": "kind", "mapping": {"b": "#/components/schemas/A", "c": "#/components/schemas/C"}});
        let schemas = json!({"Base": base, "A": {"allOf": [to("Base"), object(&[], &["b"])]}, "C": {"allOf": [to("Base"), object(&[], &["c"])]}});
        assert_eq!(read(&schemas), ["b kind"]);
    }

    #[test]
    fn a_choice_of_texts_beside_type_object_is_a_text() {
        let value = json!({"type": "object", "oneOf": [{"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["b"]}]});
        let view = DocumentView::new(&Value::Null);
        let shapes = shapes(
            &view,
            &[Node {
                value: &value,
                pointer: String::new(),
            }],
        );
        assert!(
            shapes
                .iter()
                .all(|shape| shape.types == BTreeSet::from(["string"]))
        );
    }

    #[test]
    fn a_contradiction_stays_to_be_seen() {
        let value = json!({"type": "string", "format": "date", "allOf": [{"type": "integer", "format": "int32", "minimum": 1.0}]});
        let shapes = shapes(
            &DocumentView::new(&Value::Null),
            &[Node {
                value: &value,
                pointer: String::new(),
            }],
        );
        assert_eq!(shapes[0].types, BTreeSet::from(["integer", "string"]));
        assert_eq!(shapes[0].keywords[&Kind::Format], json!(["date", "int32"]));
        assert_eq!(shapes[0].keywords[&Kind::Minimum], json!(1));
    }
}
