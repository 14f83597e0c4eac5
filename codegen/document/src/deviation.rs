//! A deviation of real traffic from the documents.

use std::fmt;

/// The kind of a deviation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A value that is not listed in the enum.
    OutsideEnum,
    /// A required member is missing.
    MissingRequired,
    /// `null`, although the schema does not allow it.
    Null,
    /// A member or query parameter that is not documented.
    UnknownMember,
    /// A value of another JSON type, such as text instead of a number.
    WrongType,
    /// Text that does not have its documented format (date-time, uuid, …) or does not match its
    /// pattern.
    BadFormat,
    /// A number below the minimum or above the maximum, or a text or list that is too short or too
    /// long.
    OutOfBounds,
    /// A media type other than the one that the operation documents.
    MediaType,
    /// A method and path that look like a backup operation but are not in the spec.
    UnknownOperation,
    /// A status that the operation does not document.
    UnexpectedStatus,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Kind::OutsideEnum => "value outside an enum",
            Kind::MissingRequired => "missing required member",
            Kind::Null => "null",
            Kind::UnknownMember => "unknown member",
            Kind::WrongType => "wrong type",
            Kind::BadFormat => "bad format",
            Kind::OutOfBounds => "out of bounds",
            Kind::MediaType => "media type",
            Kind::UnknownOperation => "unknown operation",
            Kind::UnexpectedStatus => "unexpected status",
        })
    }
}

/// One deviation and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The kind of the deviation.
    pub kind: Kind,
    /// Path of the value: `results[].expiresAt` in a response, `request.body.retentionInDays` in a
    /// request.
    pub path: String,
    /// The value found, or a description of it. Never contains a secret.
    pub example: String,
}

impl Deviation {
    /// Creates a deviation.
    pub fn new(kind: Kind, path: impl Into<String>, example: impl Into<String>) -> Self {
        Deviation {
            kind,
            path: path.into(),
            example: example.into(),
        }
    }
}
