//! One version of a document: its operations, its types, and how a Rust user sees both.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToPascalCase, ToSnakeCase};

use super::Place;
use crate::compare::view::{DocumentView, Node};
use crate::document::Loaded;
use crate::lint::reach::closure;
use crate::lint::{field, members};
use crate::vocabulary::{RUNTIME_TYPES, method_name};

/// How many schemas may lead from one to the next. Those of a linted document are far fewer, and an
/// older one may be a circle.
const MAX_DEPTH: usize = 64;

/// One version of a document.
pub(super) struct Side<'a> {
    pub loaded: &'a Loaded<'a>,
    pub view: DocumentView<'a>,
    pub operations: Vec<Operation<'a>>,
    /// The types that operations use, by name.
    pub types: BTreeMap<&'a str, Node<'a>>,
    /// The types of the older version that have another name in the newer one.
    pub renamed: BTreeMap<&'a str, &'a str>,
    sent: BTreeSet<&'a str>,
    received: BTreeSet<&'a str>,
}

/// One operation.
#[derive(Clone)]
pub(super) struct Operation<'a> {
    pub node: Node<'a>,
    pub method: &'a str,
    pub path: &'a str,
    pub id: &'a str,
}

/// Where an object is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Response,
    Request,
    Both,
}

impl<'a> Side<'a> {
    pub fn new(loaded: &'a Loaded<'a>) -> Self {
        let view = DocumentView::new(&loaded.value);
        let operations = operations(&view.root);
        let mut side = Side {
            loaded,
            view,
            types: BTreeMap::new(),
            renamed: BTreeMap::new(),
            sent: BTreeSet::new(),
            received: BTreeSet::new(),
            operations: Vec::new(),
        };
        let of = |kind: fn(&Self, &Operation<'a>) -> Vec<Node<'a>>| {
            let schemas = operations
                .iter()
                .flat_map(|operation| kind(&side, operation));
            closure(&loaded.value, schemas.map(|schema| schema.value).collect())
        };
        let (sent, received) = (of(Self::bodies), of(Self::responses));
        let arguments = of(Self::parameter_schemas);
        let names: BTreeSet<_> = sent.iter().chain(&received).chain(&arguments).collect();
        let schemas = members(&loaded.value["components"], "schemas");
        side.types = schemas
            .filter(|(name, _)| names.contains(name))
            .filter_map(|(name, _)| {
                let schemas = side.view.root.get("components")?.get("schemas")?;
                Some((name, schemas.get(name)?))
            })
            .filter(|(_, schema)| is_type(schema))
            .collect();
        (side.sent, side.received) = (sent, received);
        side.operations = operations;
        side
    }

    pub fn api(&self) -> &'a str {
        &self.loaded.document.api
    }

    pub fn place(&self, pointer: &str) -> Place {
        let at = self.loaded.locate(pointer);
        Place {
            path: self.loaded.document.path.clone(),
            line: at.line,
            column: at.column,
        }
    }

    /// The parameters of an operation.
    pub fn parameters(&self, operation: &Operation<'a>) -> Vec<Node<'a>> {
        let declared = operation.node.items("parameters");
        declared.map(|node| self.view.follow(&node)).collect()
    }

    fn parameter_schemas(&self, operation: &Operation<'a>) -> Vec<Node<'a>> {
        let parameters = self.parameters(operation);
        let schema = |parameter: &Node<'a>| parameter.get("schema");
        parameters.iter().filter_map(schema).collect()
    }

    /// The only success response.
    pub fn success(&self, operation: &Operation<'a>) -> Option<Node<'a>> {
        let mut responses = operation.node.members("responses");
        let (_, response) = responses.find(|(status, _)| status.starts_with('2'))?;
        Some(self.view.follow(&response))
    }

    fn bodies(&self, operation: &Operation<'a>) -> Vec<Node<'a>> {
        let body = operation.node.get("requestBody");
        let schema = body
            .as_ref()
            .and_then(content)
            .and_then(|(_, schema)| schema);
        schema.into_iter().collect()
    }

    fn responses(&self, operation: &Operation<'a>) -> Vec<Node<'a>> {
        let response = self.success(operation);
        let schema = response
            .as_ref()
            .and_then(content)
            .and_then(|(_, schema)| schema);
        schema.into_iter().collect()
    }

    /// The names of the types that an operation uses.
    pub fn used_by(&self, operation: &Operation<'a>) -> BTreeSet<&'a str> {
        let all = [Self::bodies, Self::responses, Self::parameter_schemas];
        let schemas = all.iter().flat_map(|kind| kind(self, operation));
        closure(
            &self.loaded.value,
            schemas.map(|schema| schema.value).collect(),
        )
    }

    pub fn role(&self, name: &str) -> Role {
        match (self.sent.contains(name), self.received.contains(name)) {
            (true, true) => Role::Both,
            (true, false) => Role::Request,
            (false, _) => Role::Response,
        }
    }

    /// The Rust type of a schema, without `Option`.
    pub fn ty(&self, schema: &Node<'a>) -> String {
        self.ty_below(schema, 0)
    }

    fn ty_below(&self, schema: &Node<'a>, depth: usize) -> String {
        let schema = described(schema);
        if depth > MAX_DEPTH {
            return "Value".to_owned();
        }
        if let Some(name) = schema.text("$ref").and_then(|at| at.rsplit('/').next()) {
            let target = self.view.follow(&schema);
            let is_runtime_type = RUNTIME_TYPES.iter().any(|(known, _)| *known == name);
            return match is_type(&target) || is_runtime_type {
                true => (*self.renamed.get(name).unwrap_or(&name)).to_owned(),
                false => self.ty_below(&target, depth + 1),
            };
        }
        let inner = |keyword: &str| match schema.get(keyword) {
            Some(inner) if inner.value.is_object() => self.ty_below(&inner, depth + 1),
            _ => "Value".to_owned(),
        };
        match (schema.text("type"), schema.text("format")) {
            (Some("string"), Some("date-time")) => "Timestamp".to_owned(),
            (Some("string"), _) => "String".to_owned(),
            (Some("integer"), _) => "i64".to_owned(),
            (Some("number"), _) => "f64".to_owned(),
            (Some("boolean"), _) => "bool".to_owned(),
            (Some("array"), _) => format!("Vec<{}>", inner("items")),
            (Some("object"), _) => format!("BTreeMap<String, {}>", inner("additionalProperties")),
            _ => "Value".to_owned(),
        }
    }

    /// The type of the field of a member.
    pub fn field(&self, member: &Node<'a>, required: bool, role: Role) -> String {
        let ty = self.ty(member);
        let is_collection = ty.starts_with("Vec<") || ty.starts_with("BTreeMap<");
        match (role, required) {
            (Role::Request, true) | (Role::Response, true) => ty,
            (Role::Response, false) if is_collection => ty,
            _ => format!("Option<{ty}>"),
        }
    }

    /// A keyword of a schema, or of the schema that it refers to.
    pub fn keyword(&self, schema: &Node<'a>, keyword: &str) -> Option<&'a serde_json::Value> {
        let target = self.view.follow(&described(schema));
        schema
            .value
            .get(keyword)
            .or_else(|| target.value.get(keyword))
    }
}

impl Operation<'_> {
    /// The method of the Rust handle: `take_snapshot`.
    pub fn rust_name(&self) -> String {
        method_name(self.id)
    }

    /// The path of its request: `snapshots::TakeSnapshot`.
    pub fn request(&self) -> String {
        let tag = self.node.value["tags"][0].as_str().unwrap_or_default();
        format!("{}::{}", tag.to_snake_case(), self.id.to_pascal_case())
    }

    /// The method and the path without the names of its parameters.
    pub fn key(&self) -> (&str, String) {
        let segment = |segment: &str| match crate::route::parameter(segment) {
            Some((_, literal)) => format!("{{}}{literal}"),
            None => segment.to_owned(),
        };
        let segments: Vec<_> = self.path.split('/').map(segment).collect();
        (self.method, segments.join("/"))
    }

    /// The Rust names of the path's parameters, in the order of the path.
    pub fn path_arguments(&self) -> Vec<String> {
        let names = self.path.split('/').filter_map(crate::route::parameter);
        names.map(|(name, _)| field(name)).collect()
    }
}

fn operations<'a>(root: &Node<'a>) -> Vec<Operation<'a>> {
    let of_path = |(path, item): (&'a str, Node<'a>)| {
        let methods = crate::lint::METHODS.iter();
        let found = methods.filter_map(move |method| Some((*method, item.get(method)?)));
        found.map(move |(method, node)| Operation {
            id: node.text("operationId").unwrap_or_default(),
            node,
            method,
            path,
        })
    };
    root.members("paths").flat_map(of_path).collect()
}

/// The media type of a body or a response, and its schema.
pub(super) fn content<'a>(holder: &Node<'a>) -> Option<(&'a str, Option<Node<'a>>)> {
    let (media, content) = holder.members("content").next()?;
    Some((media, content.get("schema")))
}

/// The reference of a schema that is written as an `allOf` with one reference beside a description.
pub(super) fn described<'a>(schema: &Node<'a>) -> Node<'a> {
    schema
        .items("allOf")
        .next()
        .unwrap_or_else(|| schema.clone())
}

/// Whether the schema becomes a struct or an enum.
fn is_type(schema: &Node<'_>) -> bool {
    schema.value.get("properties").is_some() || schema.value.get("enum").is_some()
}
