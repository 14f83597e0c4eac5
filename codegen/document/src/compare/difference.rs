//! One thing in which the two documents are not the same.

use std::fmt;

use serde_json::Value;

use crate::error::Location;

/// What is not the same. The names stand in reports and in `spec/deviations.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A published operation of the backup families that we do not have.
    OperationMissing,
    /// An operation of ours that is no longer published.
    OperationEnded,
    /// The official name of an operation.
    OperationId,
    /// The path, but for the names of its parameters the same.
    Path,
    /// Newest stable media type.
    MediaType,
    /// Older media types, and when they stop.
    OlderVersions,
    /// When a media type stops.
    Sunset,
    /// When an operation ended, while it is still published without a date.
    Ended,
    /// Marked as deprecated.
    Deprecated,
    /// Who may call it.
    Roles,
    /// Documented statuses.
    Statuses,
    /// A published member (property, parameter, body) that we do not have.
    MemberMissing,
    /// A member of ours that is not published.
    MemberExtra,
    /// JSON type.
    Type,
    /// `format`.
    Format,
    /// Values of an enum.
    Enum,
    /// Whether it must be there.
    Required,
    /// Members that one subtype of a request requires.
    RequiredWhen,
    /// Members that we forbid in one subtype of a request, and that it has.
    ForbiddenWhen,
    /// What a rule of ours names as its source.
    Source,
    /// Whether it may be null.
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
    /// What Atlas assumes when it is not sent.
    Default,
}

impl Kind {
    /// Every kind, by the name that people write.
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

    /// Keywords of a schema whose one value is compared as it stands.
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

    /// The name that people write.
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(name, _)| name)
    }

    /// Whether only the presence of something differs, so that there are no two values to set side by side.
    pub(super) fn is_presence(self) -> bool {
        matches!(
            self,
            Kind::OperationMissing | Kind::OperationEnded | Kind::MemberMissing | Kind::MemberExtra
        )
    }

    /// Whether the values can only be true and false, so that the kind says it all.
    pub(super) fn is_boolean(self) -> bool {
        matches!(self, Kind::Deprecated | Kind::Required | Kind::Nullable)
    }
}

/// What a difference is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An operation: our `operationId`, or method and path of one that we do not have.
    Operation(String),
    /// A schema, by our name.
    Schema(String),
}

impl Subject {
    /// The key of an entry in `spec/deviations.yaml`, and its value.
    pub fn key_and_name(&self) -> (&'static str, &str) {
        match self {
            Subject::Operation(name) => ("operation", name),
            Subject::Schema(name) => ("schema", name),
        }
    }
}

/// Whether a member travels to Atlas or from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// To Atlas.
    Request,
    /// From Atlas.
    Response,
}

impl Side {
    /// Every side, by the name that people write.
    pub const NAMES: &[(&str, Side)] = &[("request", Side::Request), ("answer", Side::Response)];

    /// The name that people write.
    pub fn name(self) -> &'static str {
        match self {
            Side::Request => "request",
            Side::Response => "answer",
        }
    }
}

/// Why a difference is meant.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The words of the entry.
    pub reason: String,
    /// Where the entry stands in the file of deviations.
    pub location: Location,
    /// Whether it is a policy, which explains many differences.
    pub policy: bool,
}

/// One thing in which the two documents are not the same.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What differs.
    pub kind: Kind,
    /// What it is about.
    pub subject: Subject,
    /// The member concerned: `id`, `results[]`, `query pageNum`, `body`; `None` when the subject itself is.
    pub member: Option<String>,
    /// On which side, where both can differ.
    pub side: Option<Side>,
    /// What our document says; null for nothing.
    pub ours: Value,
    /// What the published document says; null for nothing.
    pub published: Value,
    /// JSON pointer in our document.
    pub pointer: String,
    /// The same as line and column.
    pub location: Location,
    /// JSON pointer in the published document.
    pub published_pointer: String,
    /// Why it is meant, if an entry says so.
    pub explanation: Option<Explanation>,
    /// An entry for this very thing that records other values: what it explains has changed since.
    pub outdated: Option<Location>,
}

impl Difference {
    /// What identifies it among all differences of one comparison.
    pub(super) fn key(&self) -> (&Subject, Option<&str>, Kind, Option<Side>) {
        (&self.subject, self.member.as_deref(), self.kind, self.side)
    }

    /// `Snapshot.frequencyType`, or the operation's name and member.
    pub fn label(&self) -> String {
        match (&self.subject, &self.member) {
            (Subject::Schema(name), Some(member)) => format!("{name}.{member}"),
            (Subject::Operation(name), Some(member)) => format!("{name}, {member}"),
            (Subject::Operation(name) | Subject::Schema(name), None) => name.clone(),
        }
    }

    /// What differs, in words.
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
            Kind::Enum | Kind::Statuses | Kind::RequiredWhen | Kind::ForbiddenWhen
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
