//! One way in which traffic differs from the documents.

use std::fmt;

/// What kind of difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A value that the enum does not list.
    OutsideEnum,
    /// A member that the schema requires is not there.
    MissingRequired,
    /// `null` where the schema does not allow it.
    Null,
    /// A member, or a query parameter, that is not documented.
    UnknownMember,
    /// Text where a number is documented, and the like.
    WrongType,
    /// A date-time, uuid or the like that is none, or text that does not match its pattern.
    BadFormat,
    /// Below a minimum, above a maximum, too short or too long.
    OutOfBounds,
    /// Another media type than the operation's own.
    MediaType,
    /// A method and path that look like a backup operation and are not in the spec.
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

/// A difference at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// What kind.
    pub kind: Kind,
    /// Where: `results[].expiresAt` in the answer, `request.body.retentionInDays` in the request.
    pub path: String,
    /// What was there. Never a secret.
    pub example: String,
}

impl Deviation {
    /// A difference.
    pub fn new(kind: Kind, path: impl Into<String>, example: impl Into<String>) -> Self {
        Deviation {
            kind,
            path: path.into(),
            example: example.into(),
        }
    }
}
