//! What the spec declares and progenitor cannot carry: one plain struct for each operation and
//! type.
//!
//! They are read from the document as it is; `read` puts each into the model, at what it is of.

mod checks;
mod operations;
mod types;

use std::collections::BTreeMap;

use atlas_backup_document::Loaded;
use atlas_backup_document::parts::{items, text};
pub(crate) use atlas_backup_document::{OtherForm, RUNTIME_PATTERNS, RUNTIME_TYPES, method_name};
pub(crate) use checks::code;

/// The facts of one document.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub about: About,
    /// Operations by method name (`take_snapshot`).
    pub operations: BTreeMap<String, Operation>,
    /// Types by schema name (`Snapshot`).
    pub types: BTreeMap<String, Type>,
}

/// What is true of the whole document.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The path of the document, for the headers of files.
    pub path: String,
    /// The API generation: `v2`.
    pub api: String,
    /// The title of the document.
    pub title: String,
    /// The description of the document.
    pub description: String,
    /// Descriptions by tag.
    pub tags: BTreeMap<String, String>,
}

impl Facts {
    pub(crate) fn of(loaded: &Loaded<'_>) -> Self {
        let document = &loaded.value;
        let info = |key: &str| text(&document["info"], key).to_owned();
        let tags = items(document, "tags");
        let tags = tags.map(|tag| ["name", "description"].map(|key| text(tag, key).to_owned()));
        let about = About {
            path: loaded.document.path.clone(),
            api: loaded.document.api.clone(),
            title: info("title"),
            description: info("description"),
            tags: tags.map(<(String, String)>::from).collect(),
        };
        Facts {
            about,
            operations: operations::all(document),
            types: types::all(document),
        }
    }
}

/// The facts of one operation.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// JSON pointer of the operation, for messages.
    pub pointer: String,
    /// The `operationId`.
    pub id: String,
    /// The official `operationId`.
    pub official_id: String,
    /// HTTP method, in capitals.
    pub method: String,
    /// Path template, as in the spec.
    pub path: String,
    /// The tag. Every operation has exactly one.
    pub tag: String,
    /// One line that says what the operation does.
    pub summary: String,
    /// The detailed description.
    pub description: String,
    /// URL of the official documentation page.
    pub page: String,
    /// The roles that may call the operation.
    pub roles: Vec<String>,
    /// Why and since when the operation is deprecated; `None` if it is not.
    pub deprecated: Option<String>,
    /// Whether the request can safely be sent twice.
    pub idempotency: Idempotency,
    /// Media type of the response.
    pub accept: String,
    /// Media type of the request body, if there is one.
    pub content_type: Option<String>,
    /// Whether a request may come without its body.
    pub optional_body: bool,
    /// The documented error statuses, in ascending order.
    pub errors: Vec<u16>,
    /// Parameters by wire name.
    pub parameters: BTreeMap<String, Parameter>,
}

/// The effect of sending a request more than once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Idempotency {
    /// The request changes nothing.
    #[default]
    Safe,
    /// Sending it twice has the same effect as sending it once.
    Idempotent,
    /// Sending it twice may perform it twice.
    NotIdempotent,
}

/// The facts of one parameter.
#[derive(Clone, Debug, Default)]
pub struct Parameter {
    /// The description.
    pub description: String,
    /// The value that Atlas assumes if the parameter is not sent, as text.
    pub default: Option<String>,
    /// The rules that a value must satisfy.
    pub checks: Vec<Check>,
}

/// The facts of one schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Type {
    /// JSON pointer of the schema, for messages.
    pub pointer: String,
    /// The description.
    pub docs: String,
    /// The names of this schema in the official document.
    pub official_names: Vec<String>,
    /// Members by wire name.
    pub members: BTreeMap<String, Member>,
    /// The rules across members of a request.
    pub rules: Vec<MemberRule>,
    /// The name of the response type from which this update request is made, if it is one.
    pub update_of: Option<String>,
}

/// The facts of one member of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Member {
    /// The description, and what the Rust type does not express.
    pub docs: String,
    /// Whether the value is a credential in itself.
    pub secret: bool,
    /// The other form in which Atlas also sends the member, if there is one.
    pub other_form: Option<OtherForm>,
    /// The rules that a value in a request must satisfy.
    pub checks: Vec<Check>,
}

/// A rule for a single value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Check {
    /// The function of the client's `validate`, or of `validate::pattern`.
    pub rule: &'static str,
    pub is_pattern: bool,
    /// The number that the value is compared with.
    pub bound: Option<i64>,
}

/// A rule across members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberRule {
    /// The wire name of the member that decides whether the rule applies, and its values (of an
    /// enum, or `true` and `false`) for which it does. `None` if the rule always applies.
    pub when: Option<(String, Vec<String>)>,
    /// What the rule says of which members: a method of the client's `validate::Case`, and wire names.
    pub lists: Vec<(&'static str, Vec<String>)>,
    /// The reason for the rule, for error messages.
    pub reason: String,
}

#[cfg(test)]
mod tests;
