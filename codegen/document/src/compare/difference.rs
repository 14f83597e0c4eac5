//! One difference between the two documents.

use std::fmt;

use serde_json::Value;

use crate::error::Location;

/// The kind of a difference. Its name is used in reports and in `spec/deviations.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An operation of the backup families is published, but our document does not have it.
    OperationMissing,
    /// An operation of ours is no longer published.
    OperationEnded,
    /// The official `operationId`.
    OperationId,
    /// The path. Names of path parameters count; the paths are otherwise equal.
    Path,
    /// The newest stable media type.
    MediaType,
    /// Older media types and their sunset dates.
    OlderVersions,
    /// The sunset date of a media type.
    Sunset,
    /// Our document records the date on which an operation ended, but it is still published without
    /// a sunset.
    Ended,
    /// Whether it is marked as deprecated.
    Deprecated,
    /// The roles that may call an operation.
    Roles,
    /// The documented HTTP statuses.
    Statuses,
    /// The documented headers of a response.
    Headers,
    /// The servers of the document.
    Servers,
    /// The security schemes of which a request needs one.
    Security,
    /// One security scheme, without its description.
    SecurityScheme,
    /// A member (property, parameter, body) is published, but our document does not have it.
    MemberMissing,
    /// A member of ours is not published.
    MemberExtra,
    /// The JSON type.
    Type,
    /// `format`.
    Format,
    /// The values of an enum.
    Enum,
    /// Whether a member is required.
    Required,
    /// The members that one subtype of a request requires.
    RequiredWhen,
    /// Members that our rules forbid in one subtype of a request, although the published subtype
    /// has them.
    ForbiddenWhen,
    /// A rule of ours names a source that is not published.
    Source,
    /// Whether null is allowed.
    Nullable,
    /// `minimum`.
    Minimum,
    /// `maximum`.
    Maximum,
    /// `exclusiveMinimum`.
    ExclusiveMinimum,
    /// `exclusiveMaximum`.
    ExclusiveMaximum,
    /// `multipleOf`.
    MultipleOf,
    /// `minLength`.
    MinLength,
    /// `maxLength`.
    MaxLength,
    /// `minItems`.
    MinItems,
    /// `maxItems`.
    MaxItems,
    /// `uniqueItems`.
    UniqueItems,
    /// `minProperties`.
    MinProperties,
    /// `maxProperties`.
    MaxProperties,
    /// `pattern`.
    Pattern,
    /// `default`: the value that Atlas assumes if the member is not sent.
    Default,
}

impl Kind {
    /// Every kind with its name, as used in files and reports.
    pub const NAMES: &[(&str, Kind)] = &[
        ("operation-missing", Kind::OperationMissing),
        ("operation-ended", Kind::OperationEnded),
        ("operation-id", Kind::OperationId),
        ("path", Kind::Path),
        ("media-type", Kind::MediaType),
        ("older-versions", Kind::OlderVersions),
        ("sunset", Kind::Sunset),
        ("ended", Kind::Ended),
        ("deprecated", Kind::Deprecated),
        ("roles", Kind::Roles),
        ("statuses", Kind::Statuses),
        ("headers", Kind::Headers),
        ("servers", Kind::Servers),
        ("security", Kind::Security),
        ("security-scheme", Kind::SecurityScheme),
        ("member-missing", Kind::MemberMissing),
        ("member-extra", Kind::MemberExtra),
        ("type", Kind::Type),
        ("format", Kind::Format),
        ("enum", Kind::Enum),
        ("required", Kind::Required),
        ("required-when", Kind::RequiredWhen),
        ("forbidden-when", Kind::ForbiddenWhen),
        ("source", Kind::Source),
        ("nullable", Kind::Nullable),
        ("minimum", Kind::Minimum),
        ("maximum", Kind::Maximum),
        ("exclusiveMinimum", Kind::ExclusiveMinimum),
        ("exclusiveMaximum", Kind::ExclusiveMaximum),
        ("multipleOf", Kind::MultipleOf),
        ("minLength", Kind::MinLength),
        ("maxLength", Kind::MaxLength),
        ("minItems", Kind::MinItems),
        ("maxItems", Kind::MaxItems),
        ("uniqueItems", Kind::UniqueItems),
        ("minProperties", Kind::MinProperties),
        ("maxProperties", Kind::MaxProperties),
        ("pattern", Kind::Pattern),
        ("default", Kind::Default),
    ];

    /// The schema keywords with a single value, which is compared directly.
    pub(super) const KEYWORDS: &[Kind] = &[
        Kind::Format,
        Kind::Minimum,
        Kind::Maximum,
        Kind::ExclusiveMinimum,
        Kind::ExclusiveMaximum,
        Kind::MultipleOf,
        Kind::MinLength,
        Kind::MaxLength,
        Kind::MinItems,
        Kind::MaxItems,
        Kind::UniqueItems,
        Kind::MinProperties,
        Kind::MaxProperties,
        Kind::Pattern,
        Kind::Default,
    ];

    /// Returns the name used in files and reports.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(name, _)| name)
    }

    /// Whether something is only present on one side, so that there are no two values to compare.
    pub(super) fn is_presence(self) -> bool {
        matches!(
            self,
            Kind::OperationMissing | Kind::OperationEnded | Kind::MemberMissing | Kind::MemberExtra
        )
    }

    /// Whether the values are booleans. The kind alone then identifies the difference.
    pub(super) fn is_boolean(self) -> bool {
        matches!(self, Kind::Deprecated | Kind::Required | Kind::Nullable)
    }
}

/// The operation, the schema or the section of the document that a difference concerns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An operation: our `operationId`, or the method and path of one that our document does not
    /// have.
    Operation(String),
    /// A schema, by its name in our document.
    Schema(String),
    /// The document as a whole: `servers`, `security` or `securitySchemes`.
    Document(String),
}

impl Subject {
    /// Returns the key (`operation`, `schema` or `document`) and the value that identify it in
    /// `spec/deviations.yaml`.
    pub fn key_and_name(&self) -> (&'static str, &str) {
        match self {
            Subject::Operation(name) => ("operation", name),
            Subject::Schema(name) => ("schema", name),
            Subject::Document(section) => ("document", section),
        }
    }
}

/// Whether a member is part of a request or of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Sent to Atlas.
    Request,
    /// Sent by Atlas. Files and reports call it `answer`.
    Response,
}

impl Side {
    /// Every side with its name, as used in files and reports.
    pub const NAMES: &[(&str, Side)] = &[("request", Side::Request), ("answer", Side::Response)];

    /// Returns the name used in files and reports.
    pub fn name(self) -> &'static str {
        match self {
            Side::Request => "request",
            Side::Response => "answer",
        }
    }
}

/// The reason why a difference is intended.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The `reason` of the entry.
    pub reason: String,
    /// The location of the entry in the deviations file.
    pub location: Location,
    /// Whether the entry is a policy, which explains many differences.
    pub policy: bool,
}

/// One difference between the two documents.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The kind of the difference.
    pub kind: Kind,
    /// The operation or schema concerned.
    pub subject: Subject,
    /// The member concerned (`id`, `results[]`, `query pageNum`, `body`); `None` if it is the
    /// subject itself.
    pub member: Option<String>,
    /// Request or response; `None` if the difference does not depend on it.
    pub side: Option<Side>,
    /// The value in our document; null if there is none.
    pub ours: Value,
    /// The value in the published document; null if there is none.
    pub published: Value,
    /// JSON pointer in our document.
    pub pointer: String,
    /// Line and column of `pointer`.
    pub location: Location,
    /// JSON pointer in the published document.
    pub published_pointer: String,
    /// The entry that explains the difference, if there is one.
    pub explanation: Option<Explanation>,
    /// The location of an entry that matches this difference but records other values: the
    /// difference has changed since the entry was written.
    pub outdated: Option<Location>,
}

impl Difference {
    /// Returns the key that is unique among all differences of one comparison.
    pub(super) fn key(&self) -> (&Subject, Option<&str>, Kind, Option<Side>) {
        (&self.subject, self.member.as_deref(), self.kind, self.side)
    }

    /// Returns the subject and member as text, e.g. `Snapshot.frequencyType`.
    pub fn label(&self) -> String {
        match (&self.subject, &self.member) {
            (Subject::Schema(name), Some(member)) => format!("{name}.{member}"),
            (Subject::Operation(name) | Subject::Document(name), Some(member)) => {
                format!("{name}, {member}")
            }
            (Subject::Operation(name) | Subject::Schema(name) | Subject::Document(name), None) => {
                name.clone()
            }
        }
    }

    /// Describes the difference in words.
    pub fn message(&self) -> String {
        let (ours, published) = (&self.ours, &self.published);
        match self.kind {
            Kind::OperationMissing => "published, and not in our document".to_owned(),
            Kind::OperationEnded => "no longer published".to_owned(),
            Kind::Ended => format!(
                "ended on {} by our document, but published without an end",
                display_value(ours)
            ),
            Kind::MemberMissing => {
                format!(
                    "published ({}), and not in our document",
                    display_value(published)
                )
            }
            Kind::Source => format!(
                "its source is {}, which is not published",
                display_value(ours)
            ),
            Kind::MemberExtra => "in our document, and not published".to_owned(),
            Kind::Enum
            | Kind::Statuses
            | Kind::Headers
            | Kind::Servers
            | Kind::Security
            | Kind::RequiredWhen
            | Kind::ForbiddenWhen
                if ours.is_array() && published.is_array() =>
            {
                let only = |values: &Value, who: &str| match values.as_array() {
                    Some(values) if !values.is_empty() => Some(format!(
                        "only {who}: {}",
                        values
                            .iter()
                            .map(display_value)
                            .collect::<Vec<_>>()
                            .join(", ")
                    )),
                    _ => None,
                };
                [only(published, "published"), only(ours, "ours")]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join("; ")
            }
            _ => {
                let side = self
                    .side
                    .map_or(String::new(), |side| format!(" in the {}", side.name()));
                format!(
                    "published {}, ours {}{side}",
                    display_value(published),
                    display_value(ours)
                )
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} [{}]",
            self.label(),
            self.message(),
            self.kind.name()
        )
    }
}

fn display_value(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
