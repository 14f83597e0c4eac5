//! Which of our schemas meets which published ones, and what differs between them.
//!
//! We have one flat schema where the published document has several, and one of ours can stand at many places. So the whole document
//! is walked first, and each of our schemas collects the published ones it meets ([`Comparison::meet`]). Then each is compared once,
//! with all of them together ([`Comparison::schemas`]): a member counts as published if any of them has it, and as required if
//! all of them require it. As a schema meets another only once, circles end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::book::{Book, Place};
use super::difference::{Difference, Kind, Side, Subject};
use super::shape::{Node, Shape, shapes};
use crate::error::Location;

/// The published schemas that one of ours meets, by their places and the direction they travel.
type Meetings<'a> = BTreeMap<(Vec<String>, Side), Node<'a>>;

/// What identifies a difference.
type Key = (Subject, Option<String>, Kind, Option<Side>);

/// A published value that one of ours meets, and its direction.
type Met<'a> = (Side, Node<'a>);

/// Two documents, and what was found so far.
pub(super) struct Comparison<'a> {
    pub ours: Book<'a>,
    pub published: Book<'a>,
    /// Our schemas that an operation reaches that could not be compared: that nobody publishes one of their members is then unknown.
    pub incomplete: BTreeSet<&'a str>,
    pub members: usize,
    found: BTreeMap<Key, Difference>,
    meetings: BTreeMap<&'a str, Meetings<'a>>,
    queue: Vec<(&'a str, Met<'a>)>,
}

/// What is being compared: for reports, and to find it again in a list of deviations.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub subject: Subject,
    pub member: Option<String>,
}

impl Spot {
    pub fn operation(id: &str) -> Self {
        Spot {
            subject: Subject::Operation(id.to_owned()),
            member: None,
        }
    }

    pub fn member(&self, name: &str) -> Self {
        let member = match &self.member {
            Some(outer) => format!("{outer}.{name}"),
            None => name.to_owned(),
        };
        Spot {
            subject: self.subject.clone(),
            member: Some(member),
        }
    }

    /// What the array or map at this spot contains.
    fn content(&self, brackets: &str) -> Self {
        Spot {
            subject: self.subject.clone(),
            member: Some(format!(
                "{}{brackets}",
                self.member.as_deref().unwrap_or_default()
            )),
        }
    }
}

/// The two values of a difference and where they stand.
pub(super) struct Sides<'p> {
    pub ours: Value,
    pub published: Value,
    pub pointer: &'p str,
    pub published_pointer: &'p str,
}

impl<'a> Comparison<'a> {
    pub fn new(ours: &'a Value, published: &'a Value) -> Self {
        Comparison {
            ours: Book::new(ours),
            published: Book::new(published),
            incomplete: BTreeSet::new(),
            members: 0,
            found: BTreeMap::new(),
            meetings: BTreeMap::new(),
            queue: Vec::new(),
        }
    }

    /// Notes a difference, once.
    pub fn differ(&mut self, spot: &Spot, kind: Kind, side: Option<Side>, sides: Sides<'_>) {
        let key = (spot.subject.clone(), spot.member.clone(), kind, side);
        self.found.entry(key).or_insert_with(|| Difference {
            kind,
            subject: spot.subject.clone(),
            member: spot.member.clone(),
            side,
            ours: sides.ours,
            published: sides.published,
            pointer: sides.pointer.to_owned(),
            // Looked up when all are known.
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

    /// Everything that differs, in no order that means anything.
    pub fn differences(&mut self) -> Vec<Difference> {
        std::mem::take(&mut self.found).into_values().collect()
    }

    /// Our schemas that met a published one.
    pub fn met(&self) -> BTreeSet<&'a str> {
        self.meetings.keys().copied().collect()
    }

    /// A value of ours, such as a body, and the published one at the same place.
    pub fn meet(&mut self, ours: &Place<'a>, published: &Place<'a>, side: Side) {
        self.meet_nodes(std::slice::from_ref(ours), &vec![published.clone()], side);
        while let Some((name, (side, node))) = self.queue.pop() {
            let pointer = format!("/components/schemas/{name}");
            let Some(value) = self.ours.root.value.pointer(&pointer) else {
                continue;
            };
            let (ours, published) = (
                shapes(&self.ours, &[Place { value, pointer }]),
                shapes(&self.published, &node),
            );
            self.meet_parts(&ours, &published, side);
        }
    }

    fn meet_nodes(&mut self, ours: &[Place<'a>], published: &Node<'a>, side: Side) {
        if let Some(name) = named(&self.ours, ours) {
            let places = published
                .iter()
                .map(|place| self.published.follow(place).pointer)
                .collect();
            let known = self
                .meetings
                .entry(name)
                .or_default()
                .insert((places, side), published.clone())
                .is_some();
            if !known {
                self.queue.push((name, (side, published.clone())));
            }
        } else {
            let (ours, published) = (shapes(&self.ours, ours), shapes(&self.published, published));
            self.meet_parts(&ours, &published, side);
        }
    }

    fn meet_parts(&mut self, ours: &[Shape<'a>], published: &[Shape<'a>], side: Side) {
        for (ours, published) in ours
            .iter()
            .flat_map(|ours| published.iter().map(move |published| (ours, published)))
        {
            let properties = ours
                .properties
                .iter()
                .filter_map(|(name, node)| Some((node, published.properties.get(name)?)));
            let inside = [(&ours.items, &published.items), (&ours.map, &published.map)];
            for (ours, published) in properties.chain(inside) {
                if !ours.is_empty() && !published.is_empty() && self.travels(published, side) {
                    self.meet_nodes(ours, published, side);
                }
            }
        }
    }

    /// Compares each of our schemas with all it met.
    pub fn schemas(&mut self) {
        for (name, met) in std::mem::take(&mut self.meetings) {
            let pointer = format!("/components/schemas/{name}");
            if let Some(value) = self.ours.root.value.pointer(&pointer) {
                let spot = Spot {
                    subject: Subject::Schema(name.to_owned()),
                    member: None,
                };
                let published: Vec<Met<'a>> = met
                    .iter()
                    .map(|((_, side), node)| (*side, node.clone()))
                    .collect();
                self.structure(&spot, &[Place { value, pointer }], &published);
            }
            // It stays known as met.
            self.meetings.insert(name, Meetings::new());
        }
    }

    /// Compares a value of ours with all published ones at its place.
    pub fn value(&mut self, spot: &Spot, ours: &[Place<'a>], published: &[Met<'a>]) {
        self.use_of(spot, ours, published);
        // A schema with a name is compared by itself.
        if named(&self.ours, ours).is_none() {
            self.structure(spot, ours, published);
        }
    }

    /// Compares what depends on the place rather than on the schema there.
    fn use_of(&mut self, spot: &Spot, ours: &[Place<'a>], published: &[Met<'a>]) {
        let pointers = (
            pointer(ours),
            published.first().map_or("", |(_, node)| pointer(node)),
        );
        let our_shapes = shapes(&self.ours, ours);
        let their_shapes: Vec<_> = published
            .iter()
            .flat_map(|(_, node)| shapes(&self.published, node))
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
            self.differ(spot, Kind::Deprecated, None, sides);
        }

        let mine = our_shapes.iter().find_map(|shape| shape.nullable.clone());
        let theirs = their_shapes.iter().find_map(|shape| shape.nullable.clone());
        let (said_inside, name) = match (&mine, &theirs) {
            (Some(_), Some(_)) | (None, None) => return,
            (Some(at), None) => (!within(ours, at), named(&self.ours, ours)),
            (None, Some(at)) => (
                !published.iter().any(|(_, node)| within(node, at)),
                named(&self.ours, ours),
            ),
        };
        let (ours, published) = (mine.is_some().into(), theirs.is_some().into());
        let published_pointer = theirs.as_deref().unwrap_or(pointers.1);
        match name.filter(|_| said_inside) {
            // It is about the schema then, wherever that is used.
            Some(name) => {
                let pointer = &format!("/components/schemas/{name}");
                let spot = Spot {
                    subject: Subject::Schema(name.to_owned()),
                    member: None,
                };
                self.differ(
                    &spot,
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
            None => self.differ(
                spot,
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

    /// Compares what a schema says, and what it contains.
    fn structure(&mut self, spot: &Spot, ours: &[Place<'a>], published: &[Met<'a>]) {
        let our_shapes = shapes(&self.ours, ours);
        let mut their_shapes = Vec::new();
        for (side, node) in published {
            their_shapes.extend(
                shapes(&self.published, node)
                    .into_iter()
                    .map(|shape| (*side, shape)),
            );
        }
        let pointers = (
            pointer(ours),
            published.first().map_or("", |(_, node)| pointer(node)),
        );
        self.keywords(spot, &our_shapes, &their_shapes, pointers);
        let types = |shapes: &mut dyn Iterator<Item = &Shape<'a>>| {
            shapes
                .flat_map(|shape| shape.types.clone())
                .collect::<BTreeSet<_>>()
        };
        let (mine, theirs) = (
            types(&mut our_shapes.iter()),
            types(&mut their_shapes.iter().map(|(_, shape)| shape)),
        );
        // Another type has another content; that it is another type has been said.
        if mine.is_empty() || theirs.is_empty() || !mine.is_disjoint(&theirs) {
            self.properties(spot, &our_shapes, &their_shapes, pointers);
            if let [place] = ours {
                self.choices(spot, place, &our_shapes, &their_shapes);
            }
            self.contents(spot, &our_shapes, &their_shapes, "[]", |shape| &shape.items);
            self.contents(spot, &our_shapes, &their_shapes, "{}", |shape| &shape.map);
        }
    }

    fn keywords(
        &mut self,
        spot: &Spot,
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
            let said = |shape: &Shape<'_>| shape.keywords.get(kind).cloned().unwrap_or_default();
            facts.push((
                *kind,
                distinct(ours.iter().map(said)),
                distinct(published.iter().map(|(_, shape)| said(shape))),
            ));
        }
        let (mine, theirs) = only(
            values(ours.iter()),
            values(published.iter().map(|(_, shape)| shape)),
        );
        facts.push((Kind::Enum, mine, theirs));
        for (kind, ours, published) in facts {
            if ours != published {
                self.differ(
                    spot,
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

    fn properties(
        &mut self,
        spot: &Spot,
        ours: &[Shape<'a>],
        published: &[(Side, Shape<'a>)],
        pointers: (&str, &str),
    ) {
        let mut mine: BTreeMap<&str, Node<'a>> = BTreeMap::new();
        for (name, node) in ours.iter().flat_map(|shape| &shape.properties) {
            mine.entry(name).or_insert_with(|| node.clone());
        }
        let mut theirs: BTreeMap<&str, Vec<Met<'a>>> = BTreeMap::new();
        for (side, (name, node)) in published.iter().flat_map(|(side, shape)| {
            shape
                .properties
                .iter()
                .map(move |property| (*side, property))
        }) {
            if self.travels(node, side) {
                theirs.entry(name).or_default().push((side, node.clone()));
            }
        }
        let names: BTreeSet<_> = mine.keys().chain(theirs.keys()).copied().collect();
        for name in names {
            self.members += 1;
            let spot = spot.member(name);
            match (mine.get(name), theirs.get(name)) {
                (Some(mine), Some(theirs)) => {
                    self.required(&spot, name, mine, ours, theirs, published);
                    self.value(&spot, mine, theirs);
                }
                (None, Some(theirs)) => {
                    let needed = |(side, shape): &(Side, Shape<'_>)| {
                        *side == Side::Request && shape.required.contains(name)
                    };
                    self.missing(
                        &spot,
                        pointers.0,
                        &theirs[0].1,
                        published.iter().any(needed),
                    );
                }
                (Some(mine), None) => self.extra(&spot, mine, pointers.1),
                (None, None) => {}
            }
        }
    }

    /// A published member that we do not have: its type, and whether Atlas demands it.
    pub fn missing(&mut self, spot: &Spot, pointer: &str, published: &[Place<'a>], required: bool) {
        let shapes = shapes(&self.published, published);
        let mut names: Vec<&str> = shapes
            .iter()
            .flat_map(|shape| shape.types.iter().copied())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        names.extend(required.then_some("required"));
        let place = published.first().map_or("", |place| place.pointer.as_str());
        let sides = Sides {
            ours: Value::Null,
            published: names.join(", ").into(),
            pointer,
            published_pointer: place,
        };
        self.differ(spot, Kind::MemberMissing, None, sides);
    }

    /// A member of ours that is not published, unless that cannot be known.
    pub fn extra(&mut self, spot: &Spot, ours: &[Place<'a>], published_pointer: &str) {
        if matches!(&spot.subject, Subject::Schema(name) if self.incomplete.contains(name.as_str()))
        {
            return;
        }
        let kind = distinct(shapes(&self.ours, ours).iter().map(types));
        let sides = Sides {
            ours: kind,
            published: Value::Null,
            pointer: pointer(ours),
            published_pointer,
        };
        self.differ(spot, Kind::MemberExtra, None, sides);
    }

    /// Requests and answers are asked apart: what Atlas demands is one thing, what it promises another.
    fn required(
        &mut self,
        spot: &Spot,
        name: &str,
        mine: &[Place<'a>],
        ours: &[Shape<'a>],
        theirs: &[Met<'a>],
        published: &[(Side, Shape<'a>)],
    ) {
        for (_, side) in Side::NAMES {
            let Some((_, place)) = theirs.iter().find(|(at, _)| at == side) else {
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
                    pointer: pointer(mine),
                    published_pointer: pointer(place),
                };
                self.differ(spot, Kind::Required, Some(*side), sides);
            }
        }
    }

    /// Compares the items of arrays, or the values of maps.
    fn contents(
        &mut self,
        spot: &Spot,
        ours: &[Shape<'a>],
        published: &[(Side, Shape<'a>)],
        brackets: &str,
        inside: impl for<'s> Fn(&'s Shape<'a>) -> &'s Node<'a>,
    ) {
        let mine: Node<'a> = ours
            .iter()
            .find(|shape| !inside(shape).is_empty())
            .map(|shape| inside(shape).clone())
            .unwrap_or_default();
        let theirs: Vec<Met<'a>> = published
            .iter()
            .filter(|(_, shape)| !inside(shape).is_empty())
            .map(|(side, shape)| (*side, inside(shape).clone()))
            .collect();
        if !mine.is_empty() && !theirs.is_empty() {
            self.value(&spot.content(brackets), &mine, &theirs);
        }
    }

    /// Whether a published member travels in this direction at all.
    pub fn travels(&self, node: &[Place<'a>], side: Side) -> bool {
        shapes(&self.published, node)
            .iter()
            .any(|shape| match side {
                Side::Request => !shape.read_only,
                Side::Answer => !shape.write_only,
            })
    }
}

/// The name of our schema that stands at a place, directly or as the only part of an `allOf` that gives it a description. Only schemas
/// with an inside have to be known by name; a text with a name is compared where it is used.
fn named<'a>(book: &Book<'a>, node: &[Place<'a>]) -> Option<&'a str> {
    let [place] = node else { return None };
    let parts: Vec<_> = place.items("allOf").collect();
    let reference = match &parts[..] {
        [] => place,
        [part] if place.value.get("properties").is_none() => part,
        _ => return None,
    };
    let name = reference
        .text("$ref")?
        .strip_prefix("#/components/schemas/")?;
    let shapes = shapes(book, std::slice::from_ref(reference));
    shapes
        .iter()
        .any(|shape| {
            shape.types.contains("object")
                || !shape.properties.is_empty()
                || !shape.items.is_empty()
        })
        .then_some(name)
}

fn within(node: &[Place<'_>], pointer: &str) -> bool {
    node.iter().any(|place| pointer == place.pointer)
}

fn pointer<'p>(node: &'p [Place<'_>]) -> &'p str {
    node.first().map_or("", |place| place.pointer.as_str())
}

fn types(shape: &Shape<'_>) -> Value {
    distinct(shape.types.iter().map(|name| Value::from(*name)))
}

/// One value when all are the same; else the list of them, so that a change of any one is seen.
fn distinct(values: impl Iterator<Item = Value>) -> Value {
    let by_text: BTreeMap<String, Value> = values.map(|value| (value.to_string(), value)).collect();
    let mut values: Vec<Value> = by_text.into_values().collect();
    match values.len() {
        0 => Value::Null,
        1 => values.remove(0),
        _ => Value::Array(values),
    }
}

/// The values of an enum over all alternatives, with null for one that takes anything; none when all do.
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

/// The values that only one of the two has; all of them, beside null, when the other has no list.
pub(super) fn only(ours: Option<Vec<Value>>, published: Option<Vec<Value>>) -> (Value, Value) {
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
