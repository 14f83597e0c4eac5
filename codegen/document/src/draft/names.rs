//! The names in a draft. Each is given away once, and none that the client has already.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToLowerCamelCase, ToPascalCase, ToSnakeCase};
use serde_json::Value;

use super::published::Published;
use crate::lint::taken_names;
use crate::vocabulary::method_name;

/// Whether a schema is part of a request or of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    Request,
    Response,
}

/// The schema of errors, which the client knows by this name.
pub(super) const ERROR: &str = "ApiError";

pub(super) struct Names {
    /// The official id of an operation, and its id in the draft.
    operations: BTreeMap<String, String>,
    /// The official name of a schema and its direction, and its name in the draft.
    schemas: BTreeMap<(String, Direction), String>,
    /// The names of types that are given away.
    types: BTreeSet<String>,
    /// The enums that are given away, with their values: equal ones share a name.
    enums: BTreeMap<String, Vec<String>>,
}

impl Names {
    /// Names all operations and schemas of the document, whether they are drafted or not: so a name
    /// never depends on what else is drafted.
    pub fn new(published: Published<'_>) -> Self {
        let mut names = Names {
            operations: BTreeMap::new(),
            schemas: BTreeMap::new(),
            types: BTreeSet::new(),
            enums: BTreeMap::new(),
        };
        names.name_operations(published);
        let official: Vec<&str> = published
            .components("schemas")
            .map(|(name, _)| name)
            .collect();
        // What has a name of its own keeps it. Only then are names made for the other direction.
        for name in &official {
            let own = names.claim(&name.to_pascal_case());
            names
                .schemas
                .insert(((*name).to_owned(), own_direction(name)), own);
        }
        for name in &official {
            let (direction, made) = match own_direction(name) {
                Direction::Request => (Direction::Response, format!("{name}Response")),
                Direction::Response => (Direction::Request, format!("{name}Request")),
            };
            let made = names.claim(&made.to_pascal_case());
            names.schemas.insert(((*name).to_owned(), direction), made);
        }
        names
    }

    /// An operation has its short official id, or else the long one.
    fn name_operations(&mut self, published: Published<'_>) {
        let mut methods = BTreeSet::new();
        for operation in published.operations() {
            let short = operation.value.get("x-xgen-operation-id-override");
            let short = short.and_then(Value::as_str).unwrap_or(operation.id);
            let made = format!("request{}", operation.id.to_pascal_case());
            let numbered = (2..).map(|number| format!("{made}{number}"));
            let id = [short, operation.id, &made]
                .map(ToLowerCamelCase::to_lower_camel_case)
                .into_iter()
                .chain(numbered)
                .find(|id| {
                    taken_names::as_method(&method_name(id)).is_none()
                        && taken_names::as_request(&id.to_pascal_case()).is_none()
                        && !self.types.contains(&id.to_pascal_case())
                        && methods.insert(method_name(id))
                })
                .unwrap_or_default();
            self.types.insert(id.to_pascal_case());
            self.operations.insert(operation.id.to_owned(), id);
        }
    }

    /// Returns the id in the draft of the operation with this official id.
    pub fn operation(&self, official: &str) -> String {
        let known = self.operations.get(official);
        known.cloned().unwrap_or_else(|| official.to_owned())
    }

    /// Returns the name in the draft of the schema with this official name.
    pub fn schema(&self, official: &str, direction: Direction) -> String {
        let key = (official.to_owned(), direction);
        self.schemas
            .get(&key)
            .cloned()
            .unwrap_or_else(|| official.to_pascal_case())
    }

    /// Returns a name like `wanted` for a type, and gives it away.
    pub fn claim(&mut self, wanted: &str) -> String {
        let name = candidates(wanted)
            .find(|name| self.is_free(name))
            .unwrap_or_default();
        self.types.insert(name.clone());
        name
    }

    /// Returns a name like `wanted` for an enum, and gives it away. An enum with the same values may
    /// have it already.
    pub fn claim_enum(&mut self, wanted: &str, values: &[String]) -> String {
        let name = candidates(wanted)
            .find(|name| match self.enums.get(name) {
                Some(known) => known == values,
                None => self.is_free(name),
            })
            .unwrap_or_default();
        self.types.insert(name.clone());
        self.enums.insert(name.clone(), values.to_vec());
        name
    }

    fn is_free(&self, name: &str) -> bool {
        taken_names::as_type(name).is_none() && !self.types.contains(name)
    }
}

/// Whether the schema of this name is that of a request, by its name.
fn own_direction(official: &str) -> Direction {
    match official.contains("Request") {
        true => Direction::Request,
        false => Direction::Response,
    }
}

/// The names that a type may have, the best first.
fn candidates(wanted: &str) -> impl Iterator<Item = String> {
    let numbered = move |number| format!("Atlas{wanted}{number}").to_pascal_case();
    let all = [
        wanted.to_pascal_case(),
        format!("Atlas{wanted}").to_pascal_case(),
    ];
    all.into_iter().chain((2..).map(numbered))
}

/// Returns the name of a type that only one other type has: of its owner and of the member.
pub(super) fn inner(owner: &str, member: &str, direction: Direction) -> String {
    let member = member.to_pascal_case();
    match direction {
        Direction::Response => format!("{owner}{member}"),
        Direction::Request => {
            let owner = owner.strip_suffix("Request").unwrap_or(owner);
            format!("{owner}{member}Request")
        }
    }
}

/// Returns the tag as the name of a file can have it.
pub(super) fn tag(official: &str) -> String {
    let plain = official.replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let begins = plain.starts_with(|c: char| c.is_ascii_alphabetic());
    match begins && taken_names::as_file(&plain.to_snake_case()).is_none() {
        true => plain,
        false => format!("Atlas {plain}").trim_end().to_owned(),
    }
}
