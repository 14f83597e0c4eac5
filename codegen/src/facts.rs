//! What the spec says and progenitor cannot carry: one plain struct per operation and per type.
//!
//! `lower` fills it while it takes things out of the document; `rewrite` puts them back into the code.

use std::collections::BTreeMap;

pub use atlas_backup_document::{OtherForm, Pattern, RUNTIME_PATTERNS, RUNTIME_TYPES, method_name};

/// Facts of one document.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The API generation, as in [`Document::api`](atlas_backup_document::Document::api).
    pub api: String,
    /// Title of the document.
    pub title: String,
    /// By method name (`take_snapshot`).
    pub operations: BTreeMap<String, Operation>,
    /// By schema name (`Snapshot`).
    pub types: BTreeMap<String, Type>,
    /// Tags and what they mean.
    pub tags: BTreeMap<String, String>,
}

/// Facts of one operation.
#[derive(Clone, Debug, Default)]
pub struct Operation {
    /// JSON pointer of the operation, for messages.
    pub pointer: String,
    /// `operationId`.
    pub id: String,
    /// The official operation id.
    pub official_id: String,
    /// HTTP method in capitals.
    pub method: String,
    /// Path template as the spec writes it.
    pub path: String,
    /// The one tag.
    pub tag: String,
    /// One line: what it does.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// The official page.
    pub page: String,
    /// Roles that may call it.
    pub roles: Vec<String>,
    /// Why and since when it is deprecated.
    pub deprecated: Option<String>,
    /// What sending it twice would mean.
    pub idempotency: Idempotency,
    /// Media type of the answer.
    pub accept: String,
    /// Media type of the request body.
    pub content_type: Option<String>,
    /// Status of the documented success and of the documented errors.
    pub success: u16,
    /// Documented error statuses, rising.
    pub errors: Vec<u16>,
    /// By wire name.
    pub parameters: BTreeMap<String, Parameter>,
}

/// What sending an operation twice would mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Idempotency {
    /// It changes nothing.
    #[default]
    Safe,
    /// Twice is the same as once.
    Idempotent,
    /// Twice may do it twice.
    NotIdempotent,
}

/// Facts of one parameter.
#[derive(Clone, Debug, Default)]
pub struct Parameter {
    /// What it is.
    pub description: String,
    /// What Atlas assumes when it is not sent, as text.
    pub default: Option<String>,
    /// Rules its value keeps.
    pub checks: Vec<Check>,
}

/// Facts of one schema.
#[derive(Clone, Debug, Default)]
pub struct Type {
    /// JSON pointer of the schema, for messages.
    pub pointer: String,
    /// Names the official document has for it.
    pub official_names: Vec<String>,
    /// By wire name.
    pub members: BTreeMap<String, Member>,
    /// Members that must be there, by wire name.
    pub required: Vec<String>,
    /// Rules across members of a request.
    pub rules: Vec<MemberRule>,
    /// The answer that this request writes back.
    pub update_of: Option<String>,
}

/// Facts of one member of an object.
#[derive(Clone, Debug, Default)]
pub struct Member {
    /// Its value is a credential in itself.
    pub secret: bool,
    /// The form in which Atlas was seen sending it, beside the documented one.
    pub other_form: Option<OtherForm>,
    /// Rules its value keeps in a request.
    pub checks: Vec<Check>,
}

/// A rule that one value keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// At least this number.
    Minimum(i64),
    /// At most this number.
    Maximum(i64),
    /// At least so many characters.
    MinLength(i64),
    /// At most so many characters.
    MaxLength(i64),
    /// At least so many items.
    MinItems(i64),
    /// At most so many items.
    MaxItems(i64),
    /// The form that this entry of [`RUNTIME_PATTERNS`] checks.
    Pattern(&'static Pattern),
}

/// A rule across members. The lists are wire names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MemberRule {
    /// The deciding member and the values with which the rule applies, enum values or `true` and `false`; None where it always applies.
    pub when: Option<(String, Vec<String>)>,
    /// What must be absent.
    pub forbid: Vec<String>,
    /// What must be present.
    pub require: Vec<String>,
    /// Of which one must be present and the others absent.
    pub exactly_one: Vec<String>,
    /// Of which at least one must be present.
    pub at_least_one: Vec<String>,
    /// What must be present together or not at all.
    pub together: Vec<String>,
    /// Why, for the message.
    pub reason: String,
}
