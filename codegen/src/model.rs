//! model: what is known about the operations and types of a document, each fact in one field.
//!
//! `read` fills the model from progenitor's code and the facts of the document, `merge` adds what
//! needs the whole model, `share` compares the types of several models, and `render` turns them into
//! code. The model knows neither OpenAPI nor syn, so every stage after `read` asks it instead of the
//! code.

mod ty;
mod usage;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use ty::Ty;
pub(crate) use usage::{Usage, Use};

use crate::facts;

/// The module of the types that operations with several tags use.
pub(crate) const COMMON: &str = "common";

/// One document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub about: facts::About,
    /// In progenitor's order.
    pub operations: Vec<Operation>,
    /// By name, without those that `share` has moved out.
    pub types: BTreeMap<String, Type>,
    /// The names of the types that `share` has moved out.
    pub shared: BTreeSet<String>,
}

/// One operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    /// The name of the method: `take_snapshot`.
    pub name: String,
    /// Path arguments, in the order of the path.
    pub path: Vec<Argument>,
    /// Query arguments, in progenitor's order, which is by name.
    pub query: Vec<Argument>,
    pub body: Option<Ty>,
    /// The type of the response; `None` if it has no content.
    pub response: Option<Ty>,
    /// The type of the items, if the response is a page of a list.
    pub list: Option<Ty>,
    /// The module of its code: the tag in snake case.
    pub module: String,
    /// What the document declares about it.
    pub facts: facts::Operation,
}

/// One argument of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    /// The Rust name.
    pub name: String,
    /// The name in the request.
    pub wire: String,
    pub ty: Ty,
    pub optional: bool,
    /// What the document declares about it.
    pub facts: facts::Parameter,
}

/// One type that is sent or received.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Type {
    /// The Rust name.
    pub name: String,
    /// The module of its code: that of a tag, or [`COMMON`].
    pub module: String,
    pub shape: Shape,
    /// What the document declares about it, without its members.
    pub facts: facts::Type,
}

/// The two kinds of types.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Object(Object),
    Enum(Vec<Variant>),
}

/// A struct.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Object {
    pub role: Role,
    /// In progenitor's order, which is by name.
    pub members: Vec<Member>,
}

/// Where an object is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Only received.
    Response,
    /// Only sent.
    Request,
    /// Only sent, and made from a response, whose unknown members it sends back.
    Update,
    /// Sent and received.
    Both,
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    /// The Rust name of the field.
    pub name: String,
    /// The name in JSON.
    pub wire: String,
    /// Without `Option`.
    pub ty: Ty,
    /// Whether the document requires it.
    pub required: bool,
    /// What the document declares about it.
    pub facts: facts::Member,
}

/// How a field expresses that its member may be absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    /// The member is never absent.
    Required,
    /// The field is an `Option`.
    Optional,
    /// The field is a list or a map, which is empty if the member is absent.
    Empty,
}

/// One value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variant {
    pub name: String,
    pub wire: String,
}

impl Model {
    /// The operations by the module of their code.
    pub(crate) fn by_module(&self) -> BTreeMap<&str, Vec<&Operation>> {
        let mut modules: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
        for operation in &self.operations {
            modules
                .entry(&operation.module)
                .or_default()
                .push(operation);
        }
        modules
    }

    /// Returns all types that a value of one of these types can contain, and the types themselves.
    pub(crate) fn reachable<'a>(&'a self, from: impl Iterator<Item = &'a Ty>) -> BTreeSet<&'a str> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = from.filter_map(Ty::named).collect();
        while let Some(name) = open.pop() {
            if let Some(ty) = self.types.get(name)
                && reached.insert(name)
            {
                open.extend(ty.uses());
            }
        }
        reached
    }

    /// Whether the document has this type, be it generated for it alone or shared.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.types.contains_key(name) || self.shared.contains(name)
    }
}

impl Operation {
    /// The arguments that are setters of the request.
    pub(crate) fn optional(&self) -> impl Iterator<Item = &Argument> {
        self.query.iter().filter(|argument| argument.optional)
    }

    /// The query arguments that are arguments of the method.
    pub(crate) fn required(&self) -> impl Iterator<Item = &Argument> {
        self.query.iter().filter(|argument| !argument.optional)
    }

    /// The type of the body, if it is an argument of the method.
    pub(crate) fn required_body(&self) -> Option<&Ty> {
        self.body.as_ref().filter(|_| !self.facts.optional_body)
    }

    /// The type of the body, if it is a setter of the request.
    pub(crate) fn optional_body(&self) -> Option<&Ty> {
        self.body.as_ref().filter(|_| self.facts.optional_body)
    }

    /// All types that the operation names.
    pub(crate) fn tys(&self) -> impl Iterator<Item = &Ty> {
        let arguments = self.path.iter().chain(&self.query);
        let arguments = arguments.map(|argument| &argument.ty);
        arguments.chain(&self.body).chain(&self.response)
    }
}

impl Type {
    /// The names of the types in the definition of this type.
    pub(crate) fn uses(&self) -> impl Iterator<Item = &str> {
        let members = match &self.shape {
            Shape::Object(object) => object.members.as_slice(),
            Shape::Enum(_) => &[],
        };
        members.iter().filter_map(|member| member.ty.named())
    }

    /// Like [`uses`](Self::uses), with the type that it is an update of.
    pub(crate) fn mentions(&self) -> impl Iterator<Item = &str> {
        self.uses().chain(self.facts.update_of.as_deref())
    }

    pub(crate) fn object(&self) -> Option<&Object> {
        match &self.shape {
            Shape::Object(object) => Some(object),
            Shape::Enum(_) => None,
        }
    }
}

impl Object {
    /// Returns the member with this name in JSON.
    pub(crate) fn member(&self, wire: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.wire == wire)
    }

    pub(crate) fn presence(&self, member: &Member) -> Presence {
        match (self.role, member.required) {
            // Atlas may leave out any member of a type that it also sends; `validate` enforces what
            // a request needs.
            (Role::Both, _) => Presence::Optional,
            (_, true) => Presence::Required,
            // In a request, an empty list has another meaning than an absent list.
            (Role::Response, false) if member.ty.is_collection() => Presence::Empty,
            (_, false) => Presence::Optional,
        }
    }

    /// The members that are never absent.
    pub(crate) fn required(&self) -> impl Iterator<Item = &Member> {
        let members = self.members.iter();
        members.filter(|member| self.presence(member) == Presence::Required)
    }
}

impl Role {
    /// Whether the client sends it.
    pub(crate) fn is_body(self) -> bool {
        self != Role::Response
    }

    /// Whether it keeps the members that this version does not know.
    pub(crate) fn keeps_extra(self) -> bool {
        self != Role::Request
    }
}

#[cfg(test)]
pub(crate) mod sample_tests;
