//! Pairs our schemas with the published ones and compares them.
//!
//! Our document has one flat schema where the published one has several, and one schema of ours can
//! be used in many places. So the documents are walked first, and every schema of ours collects the
//! published schemas it corresponds to ([`Comparison::pair_schemas`]). Then every schema is
//! compared once, with all its counterparts together ([`Comparison::compare_schemas`]): a member
//! counts as published if any counterpart has it, and as required if all counterparts require it.
//! Each pair is visited only once, which ends circular references.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::difference::{Difference, Kind, Side, Subject};
use super::shape::{Nodes, Shape, shapes};
use super::view::{DocumentView, Node};
use crate::error::Location;

/// The published counterparts of one of our schemas, by their JSON pointers and their side.
type Counterparts<'a> = BTreeMap<(Vec<String>, Side), Nodes<'a>>;

/// The key that identifies a difference.
type Key = (Subject, Option<String>, Kind, Option<Side>);

/// A published counterpart of one of our values, and its side.
type Counterpart<'a> = (Side, Nodes<'a>);

/// The two documents and the differences found so far.
pub(super) struct Comparison<'a> {
    pub ours: DocumentView<'a>,
    pub published: DocumentView<'a>,
    /// Our schemas that are used by an operation that could not be compared. A member of theirs
    /// that is not published so far may still be published there.
    pub incomplete: BTreeSet<&'a str>,
    pub members: usize,
    found: BTreeMap<Key, Difference>,
    counterparts: BTreeMap<&'a str, Counterparts<'a>>,
    queue: Vec<(&'a str, Counterpart<'a>)>,
}

/// What is being compared: an operation or schema, or a member of it. Reports and deviation entries
/// refer to it.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub subject: Subject,
    pub member: Option<String>,
}

impl Target {
    pub fn operation(id: &str) -> Self {
        Target {
            subject: Subject::Operation(id.to_owned()),
            member: None,
        }
    }

    pub fn member(&self, name: &str) -> Self {
        let member = match &self.member {
            Some(outer) => format!("{outer}.{name}"),
            None => name.to_owned(),
        };
        Target {
            subject: self.subject.clone(),
            member: Some(member),
        }
    }

    /// Returns the target for the items of the array, or the values of the map, at this target.
    fn content(&self, brackets: &str) -> Self {
        Target {
            subject: self.subject.clone(),
            member: Some(format!(
                "{}{brackets}",
                self.member.as_deref().unwrap_or_default()
            )),
        }
    }
}

/// The two values of a difference and their JSON pointers.
pub(super) struct Sides<'p> {
    pub ours: Value,
    pub published: Value,
    pub pointer: &'p str,
    pub published_pointer: &'p str,
}

impl<'a> Comparison<'a> {
    pub fn new(ours: &'a Value, published: &'a Value) -> Self {
        Comparison {
            ours: DocumentView::new(ours),
            published: DocumentView::new(published),
            incomplete: BTreeSet::new(),
            members: 0,
            found: BTreeMap::new(),
            counterparts: BTreeMap::new(),
            queue: Vec::new(),
        }
    }

    /// Records a difference, unless it is recorded already.
    pub fn record(&mut self, target: &Target, kind: Kind, side: Option<Side>, sides: Sides<'_>) {
        let key = (target.subject.clone(), target.member.clone(), kind, side);
        self.found.entry(key).or_insert_with(|| Difference {
            kind,
            subject: target.subject.clone(),
            member: target.member.clone(),
            side,
            ours: sides.ours,
            published: sides.published,
            pointer: sides.pointer.to_owned(),
            // Filled in when all differences are known.
            location: Location {
                line: 1,
                column: 1,
                span: 0..0,
            },
            published_pointer: sides.published_pointer.to_owned(),
            explanation: None,
            outdated: None,
        });
    }

    /// Takes the recorded differences. Their order has no meaning.
    pub fn differences(&mut self) -> Vec<Difference> {
        std::mem::take(&mut self.found).into_values().collect()
    }

    /// Returns the names of our schemas that have a published counterpart.
    pub fn paired_schemas(&self) -> BTreeSet<&'a str> {
        self.counterparts.keys().copied().collect()
    }

    /// Pairs a value of ours, such as a body, with its published counterpart, and all schemas that
    /// the two use.
    pub fn pair_schemas(&mut self, ours: &Node<'a>, published: &Node<'a>, side: Side) {
        self.pair_nodes(std::slice::from_ref(ours), &vec![published.clone()], side);
        while let Some((name, (side, nodes))) = self.queue.pop() {
            let pointer = format!("/components/schemas/{name}");
            let Some(value) = self.ours.root.value.pointer(&pointer) else {
                continue;
            };
            let (ours, published) = (
                shapes(&self.ours, &[Node { value, pointer }]),
                shapes(&self.published, &nodes),
            );
            self.pair_shapes(&ours, &published, side);
        }
    }

    fn pair_nodes(&mut self, ours: &[Node<'a>], published: &Nodes<'a>, side: Side) {
        if let Some(name) = schema_name(&self.ours, ours) {
            let pointers = published
                .iter()
                .map(|node| self.published.follow(node).pointer)
                .collect();
            let known = self
                .counterparts
                .entry(name)
                .or_default()
                .insert((pointers, side), published.clone())
                .is_some();
            if !known {
                self.queue.push((name, (side, published.clone())));
            }
        } else {
            let (ours, published) = (shapes(&self.ours, ours), shapes(&self.published, published));
            self.pair_shapes(&ours, &published, side);
        }
    }

    fn pair_shapes(&mut self, ours: &[Shape<'a>], published: &[Shape<'a>], side: Side) {
        for (ours, published) in ours
            .iter()
            .flat_map(|ours| published.iter().map(move |published| (ours, published)))
        {
            let properties = ours
                .properties
                .iter()
                .filter_map(|(name, nodes)| Some((nodes, published.properties.get(name)?)));
            let contained = [(&ours.items, &published.items), (&ours.map, &published.map)];
            for (ours, published) in properties.chain(contained) {
                if !ours.is_empty() && !published.is_empty() && self.applies_to(published, side) {
                    self.pair_nodes(ours, published, side);
                }
            }
        }
    }

    /// Compares each of our schemas with all its counterparts.
    pub fn compare_schemas(&mut self) {
        for (name, counterparts) in std::mem::take(&mut self.counterparts) {
            let pointer = format!("/components/schemas/{name}");
            if let Some(value) = self.ours.root.value.pointer(&pointer) {
                let target = Target {
                    subject: Subject::Schema(name.to_owned()),
                    member: None,
                };
                let published: Vec<Counterpart<'a>> = counterparts
                    .iter()
                    .map(|((_, side), nodes)| (*side, nodes.clone()))
                    .collect();
                self.compare_structure(&target, &[Node { value, pointer }], &published);
            }
            // Keeps the name, so that the schema still counts as paired.
            self.counterparts.insert(name, Counterparts::new());
        }
    }

    /// Compares a value of ours with all its published counterparts.
    pub fn compare_value(
        &mut self,
        target: &Target,
        ours: &[Node<'a>],
        published: &[Counterpart<'a>],
    ) {
        self.compare_usage(target, ours, published);
        // Named schemas are compared on their own.
        if schema_name(&self.ours, ours).is_none() {
            self.compare_structure(target, ours, published);
        }
    }

    /// Compares what depends on the place where a schema is used rather than on the schema itself.
    fn compare_usage(&mut self, target: &Target, ours: &[Node<'a>], published: &[Counterpart<'a>]) {
        let pointers = (
            first_pointer(ours),
            published
                .first()
                .map_or("", |(_, nodes)| first_pointer(nodes)),
        );
        let our_shapes = shapes(&self.ours, ours);
        let their_shapes: Vec<_> = published
            .iter()
            .flat_map(|(_, nodes)| shapes(&self.published, nodes))
            .collect();

        let deprecated = |shapes: &[Shape<'_>]| {
            distinct(shapes.iter().map(|shape| Value::Bool(shape.deprecated)))
        };
        let (mine, theirs) = (deprecated(&our_shapes), deprecated(&their_shapes));
        if mine != theirs {
            let sides = Sides {
                ours: mine,
                published: theirs,
                pointer: pointers.0,
                published_pointer: pointers.1,
            };
            self.record(target, Kind::Deprecated, None, sides);
        }

        let mine = our_shapes.iter().find_map(|shape| shape.nullable.clone());
        let theirs = their_shapes.iter().find_map(|shape| shape.nullable.clone());
        let (in_shared_schema, name) = match (&mine, &theirs) {
            (Some(_), Some(_)) | (None, None) => return,
            (Some(at), None) => (!contains_pointer(ours, at), schema_name(&self.ours, ours)),
            (None, Some(at)) => (
                !published
                    .iter()
                    .any(|(_, nodes)| contains_pointer(nodes, at)),
                schema_name(&self.ours, ours),
            ),
        };
        let (ours, published) = (mine.is_some().into(), theirs.is_some().into());
        let published_pointer = theirs.as_deref().unwrap_or(pointers.1);
        match name.filter(|_| in_shared_schema) {
            // The shared schema itself allows null, wherever it is used, so the difference concerns
            // the schema.
            Some(name) => {
                let pointer = &format!("/components/schemas/{name}");
                let target = Target {
                    subject: Subject::Schema(name.to_owned()),
                    member: None,
                };
                self.record(
                    &target,
                    Kind::Nullable,
                    None,
                    Sides {
                        ours,
                        published,
                        pointer,
                        published_pointer,
                    },
                );
            }
            None => self.record(
                target,
                Kind::Nullable,
                None,
                Sides {
                    ours,
                    published,
                    pointer: pointers.0,
                    published_pointer,
                },
            ),
        }
    }

    /// Compares the keywords and the content of a schema.
    fn compare_structure(
        &mut self,
        target: &Target,
        ours: &[Node<'a>],
        published: &[Counterpart<'a>],
    ) {
        let our_shapes = shapes(&self.ours, ours);
        let mut their_shapes = Vec::new();
        for (side, nodes) in published {
            their_shapes.extend(
                shapes(&self.published, nodes)
                    .into_iter()
                    .map(|shape| (*side, shape)),
            );
        }
        let pointers = (
            first_pointer(ours),
            published
                .first()
                .map_or("", |(_, nodes)| first_pointer(nodes)),
        );
        self.compare_keywords(target, &our_shapes, &their_shapes, pointers);
        let types = |shapes: &mut dyn Iterator<Item = &Shape<'a>>| {
            shapes
                .flat_map(|shape| shape.types.clone())
                .collect::<BTreeSet<_>>()
        };
        let (mine, theirs) = (
            types(&mut our_shapes.iter()),
            types(&mut their_shapes.iter().map(|(_, shape)| shape)),
        );
        // If the types differ, so does the content; the difference in type is recorded already.
        if mine.is_empty() || theirs.is_empty() || !mine.is_disjoint(&theirs) {
            self.compare_properties(target, &our_shapes, &their_shapes, pointers);
            if let [node] = ours {
                self.compare_choices(target, node, &our_shapes, &their_shapes);
            }
            self.compare_contents(target, &our_shapes, &their_shapes, "[]", |shape| {
                &shape.items
            });
            self.compare_contents(target, &our_shapes, &their_shapes, "{}", |shape| &shape.map);
        }
    }

    fn compare_keywords(
        &mut self,
        target: &Target,
        ours: &[Shape<'a>],
        published: &[(Side, Shape<'a>)],
        pointers: (&str, &str),
    ) {
        let mut facts = vec![(
            Kind::Type,
            distinct(ours.iter().map(|shape| types(shape))),
            distinct(published.iter().map(|(_, shape)| types(shape))),
        )];
        for kind in Kind::KEYWORDS {
            let keyword = |shape: &Shape<'_>| shape.keywords.get(kind).cloned().unwrap_or_default();
            facts.push((
                *kind,
                distinct(ours.iter().map(keyword)),
                distinct(published.iter().map(|(_, shape)| keyword(shape))),
            ));
        }
        let (mine, theirs) = exclusive_values(
            values(ours.iter()),
            values(published.iter().map(|(_, shape)| shape)),
        );
        facts.push((Kind::Enum, mine, theirs));
        for (kind, ours, published) in facts {
            if ours != published {
                self.record(
                    target,
                    kind,
                    None,
                    Sides {
                        ours,
                        published,
                        pointer: pointers.0,
                        published_pointer: pointers.1,
                    },
                );
            }
        }
    }

    fn compare_properties(
        &mut self,
        target: &Target,
        ours: &[Shape<'a>],
        published: &[(Side, Shape<'a>)],
        pointers: (&str, &str),
    ) {
        let mut mine: BTreeMap<&str, Nodes<'a>> = BTreeMap::new();
        for (name, nodes) in ours.iter().flat_map(|shape| &shape.properties) {
            mine.entry(name).or_insert_with(|| nodes.clone());
        }
        let mut theirs: BTreeMap<&str, Vec<Counterpart<'a>>> = BTreeMap::new();
        for (side, (name, nodes)) in published.iter().flat_map(|(side, shape)| {
            shape
                .properties
                .iter()
                .map(move |property| (*side, property))
        }) {
            if self.applies_to(nodes, side) {
                theirs.entry(name).or_default().push((side, nodes.clone()));
            }
        }
        let names: BTreeSet<_> = mine.keys().chain(theirs.keys()).copied().collect();
        for name in names {
            self.members += 1;
            let target = target.member(name);
            match (mine.get(name), theirs.get(name)) {
                (Some(mine), Some(theirs)) => {
                    self.compare_required(&target, name, mine, ours, theirs, published);
                    self.compare_value(&target, mine, theirs);
                }
                (None, Some(theirs)) => {
                    let needed = |(side, shape): &(Side, Shape<'_>)| {
                        *side == Side::Request && shape.required.contains(name)
                    };
                    self.record_missing(
                        &target,
                        pointers.0,
                        &theirs[0].1,
                        published.iter().any(needed),
                    );
                }
                (Some(mine), None) => self.record_extra(&target, mine, pointers.1),
                (None, None) => {}
            }
        }
    }

    /// Records a published member that our document does not have, with its type and whether Atlas
    /// requires it.
    pub fn record_missing(
        &mut self,
        target: &Target,
        pointer: &str,
        published: &[Node<'a>],
        required: bool,
    ) {
        let shapes = shapes(&self.published, published);
        let mut names: Vec<&str> = shapes
            .iter()
            .flat_map(|shape| shape.types.iter().copied())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        names.extend(required.then_some("required"));
        let node = published.first().map_or("", |node| node.pointer.as_str());
        let sides = Sides {
            ours: Value::Null,
            published: names.join(", ").into(),
            pointer,
            published_pointer: node,
        };
        self.record(target, Kind::MemberMissing, None, sides);
    }

    /// Records a member of ours that is not published, unless that is uncertain.
    pub fn record_extra(&mut self, target: &Target, ours: &[Node<'a>], published_pointer: &str) {
        if matches!(&target.subject, Subject::Schema(name) if self.incomplete.contains(name.as_str()))
        {
            return;
        }
        let kind = distinct(shapes(&self.ours, ours).iter().map(types));
        let sides = Sides {
            ours: kind,
            published: Value::Null,
            pointer: first_pointer(ours),
            published_pointer,
        };
        self.record(target, Kind::MemberExtra, None, sides);
    }

    /// Compares requests and responses separately: for requests, `required` says what Atlas
    /// demands; for responses, what Atlas promises.
    fn compare_required(
        &mut self,
        target: &Target,
        name: &str,
        mine: &[Node<'a>],
        ours: &[Shape<'a>],
        theirs: &[Counterpart<'a>],
        published: &[(Side, Shape<'a>)],
    ) {
        for (_, side) in Side::NAMES {
            let Some((_, node)) = theirs.iter().find(|(at, _)| at == side) else {
                continue;
            };
            let needed = published
                .iter()
                .filter(|(at, _)| at == side)
                .all(|(_, shape)| shape.required.contains(name));
            let ours = ours.iter().all(|shape| shape.required.contains(name));
            if ours != needed {
                let sides = Sides {
                    ours: ours.into(),
                    published: needed.into(),
                    pointer: first_pointer(mine),
                    published_pointer: first_pointer(node),
                };
                self.record(target, Kind::Required, Some(*side), sides);
            }
        }
    }

    /// Compares the items of arrays or the values of maps.
    fn compare_contents(
        &mut self,
        target: &Target,
        ours: &[Shape<'a>],
        published: &[(Side, Shape<'a>)],
        brackets: &str,
        contained: impl for<'s> Fn(&'s Shape<'a>) -> &'s Nodes<'a>,
    ) {
        let mine: Nodes<'a> = ours
            .iter()
            .find(|shape| !contained(shape).is_empty())
            .map(|shape| contained(shape).clone())
            .unwrap_or_default();
        let theirs: Vec<Counterpart<'a>> = published
            .iter()
            .filter(|(_, shape)| !contained(shape).is_empty())
            .map(|(side, shape)| (*side, contained(shape).clone()))
            .collect();
        if !mine.is_empty() && !theirs.is_empty() {
            self.compare_value(&target.content(brackets), &mine, &theirs);
        }
    }

    /// Whether a published member is part of requests or responses, given by `side`.
    pub fn applies_to(&self, nodes: &[Node<'a>], side: Side) -> bool {
        shapes(&self.published, nodes)
            .iter()
            .any(|shape| match side {
                Side::Request => !shape.read_only,
                Side::Response => !shape.write_only,
            })
    }
}

/// Returns the name of our schema that a value uses, directly or as the only part of an `allOf`
/// that adds a description. Only schemas with content (objects and arrays) are compared by name; a
/// named string is compared where it is used.
fn schema_name<'a>(view: &DocumentView<'a>, nodes: &[Node<'a>]) -> Option<&'a str> {
    let [node] = nodes else { return None };
    let parts: Vec<_> = node.items("allOf").collect();
    let reference = match &parts[..] {
        [] => node,
        [part] if node.value.get("properties").is_none() => part,
        _ => return None,
    };
    let name = reference
        .text("$ref")?
        .strip_prefix("#/components/schemas/")?;
    let shapes = shapes(view, std::slice::from_ref(reference));
    shapes
        .iter()
        .any(|shape| {
            shape.types.contains("object")
                || !shape.properties.is_empty()
                || !shape.items.is_empty()
        })
        .then_some(name)
}

fn contains_pointer(nodes: &[Node<'_>], pointer: &str) -> bool {
    nodes.iter().any(|node| pointer == node.pointer)
}

fn first_pointer<'p>(nodes: &'p [Node<'_>]) -> &'p str {
    nodes.first().map_or("", |node| node.pointer.as_str())
}

fn types(shape: &Shape<'_>) -> Value {
    distinct(shape.types.iter().map(|name| Value::from(*name)))
}

/// Returns the value if all are equal, otherwise the list of them, so that a change of any one is
/// noticed.
fn distinct(values: impl Iterator<Item = Value>) -> Value {
    let by_text: BTreeMap<String, Value> = values.map(|value| (value.to_string(), value)).collect();
    let mut values: Vec<Value> = by_text.into_values().collect();
    match values.len() {
        0 => Value::Null,
        1 => values.remove(0),
        _ => Value::Array(values),
    }
}

/// Returns the enum values of all alternatives, with null for an alternative without an enum.
/// Returns `None` if no alternative has an enum.
fn values<'a, 's>(shapes: impl Iterator<Item = &'s Shape<'a>>) -> Option<Vec<Value>>
where
    'a: 's,
{
    let mut all: Vec<Value> = Vec::new();
    let mut listed = false;
    for shape in shapes {
        listed |= shape.values.is_some();
        let values = shape.values.as_ref().map_or(vec![Value::Null], |values| {
            values.iter().map(|value| (*value).clone()).collect()
        });
        all.extend(
            values
                .into_iter()
                .filter(|value| !all.contains(value))
                .collect::<Vec<_>>(),
        );
    }
    listed.then_some(all)
}

/// Returns the values that only one of the two lists has. If one side has no list at all, it is
/// null and the other side is returned whole.
pub(super) fn exclusive_values(
    ours: Option<Vec<Value>>,
    published: Option<Vec<Value>>,
) -> (Value, Value) {
    match (ours, published) {
        (None, None) => (Value::Null, Value::Null),
        (Some(ours), None) => (ours.into(), Value::Null),
        (None, Some(published)) => (Value::Null, published.into()),
        (Some(ours), Some(published)) => {
            let without = |all: &[Value], other: &[Value]| {
                all.iter()
                    .filter(|value| !other.contains(value))
                    .cloned()
                    .collect::<Vec<_>>()
            };
            let (mine, theirs) = (without(&ours, &published), without(&published, &ours));
            if mine.is_empty() && theirs.is_empty() {
                (Value::Null, Value::Null)
            } else {
                (mine.into(), theirs.into())
            }
        }
    }
}
