//! The promises of CHANGELOG.md: what a kind of change means for the version.

/// What a change means for people who depend on the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Code that uses the client may not compile or not work any more.
    Major,
    /// Something is new, or Atlas may respond in another way.
    Minor,
    /// Nothing else.
    Patch,
}

/// The part of CHANGELOG.md that lists a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// What is new.
    Added,
    /// What is otherwise than before.
    Changed,
    /// What may still be used, but should not be.
    Deprecated,
    /// What is no longer there.
    Removed,
    /// Not in CHANGELOG.md, because only documentation changes.
    Unlisted,
}

/// A kind of change that CHANGELOG.md makes a promise about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(
    missing_docs,
    reason = "`Promise::sentence` says what each one is, in the words of CHANGELOG.md"
)]
pub enum Promise {
    Removed,
    Renamed,
    MemberRemoved,
    MemberRenamed,
    MemberRequired,
    Retyped,
    Parted,
    New,
    OptionalMember,
    ResponseMember,
    EnumValue,
    Deprecated,
    RustVersion,
    Joined,
    Stricter,
    Behaviour,
    Looser,
    Documentation,
}

use Level::{Major, Minor, Patch};
use Promise::{
    Behaviour, Deprecated, Documentation, EnumValue, Joined, Looser, MemberRemoved, MemberRenamed,
    MemberRequired, New, OptionalMember, Parted, Removed, Renamed, ResponseMember, Retyped,
    RustVersion, Stricter,
};

impl Promise {
    /// All promises, the gravest first.
    pub const ALL: &[Promise] = &[
        Removed,
        Renamed,
        MemberRemoved,
        MemberRenamed,
        MemberRequired,
        Retyped,
        Parted,
        New,
        OptionalMember,
        ResponseMember,
        EnumValue,
        Deprecated,
        RustVersion,
        Joined,
        Stricter,
        Behaviour,
        Looser,
        Documentation,
    ];

    /// Returns the release that the promise asks for.
    pub fn level(self) -> Level {
        match self {
            Removed | Renamed | MemberRemoved | MemberRenamed | MemberRequired | Retyped
            | Parted => Major,
            New | OptionalMember | ResponseMember | EnumValue | Deprecated | RustVersion
            | Joined | Stricter | Behaviour => Minor,
            Looser | Documentation => Patch,
        }
    }

    /// Returns the part of CHANGELOG.md that lists such a change.
    pub fn section(self) -> Section {
        match self {
            New | OptionalMember | ResponseMember | EnumValue => Section::Added,
            Deprecated => Section::Deprecated,
            Removed | MemberRemoved => Section::Removed,
            Documentation => Section::Unlisted,
            Renamed | MemberRenamed | MemberRequired | Retyped | Parted | RustVersion | Joined
            | Stricter | Behaviour | Looser => Section::Changed,
        }
    }

    /// Returns the words of CHANGELOG.md that make the promise. A test compares them.
    pub fn sentence(self) -> &'static str {
        match self {
            OptionalMember => "A new optional member of a request or a response",
            ResponseMember => "Responses are `#[non_exhaustive]`",
            EnumValue => "Enums may gain values, too",
            MemberRequired | MemberRenamed | MemberRemoved => {
                "A member that becomes required, is renamed or is removed"
            }
            Deprecated => "Deprecating an operation",
            RustVersion => "A newer minimum Rust version",
            New => "A new operation, type, optional argument or conversion",
            Removed | Renamed => {
                "An operation, type, argument, enum value or conversion that is renamed, moved or removed"
            }
            Retyped => "Another type of a member, an argument or a response",
            Parted => "A type that v1 and v2 no longer have in common",
            Joined => "One that they now have in common",
            Stricter => "A stricter check of requests",
            Looser => "A check that becomes looser",
            Behaviour => "Another media type, URL or idempotency of an operation",
            Documentation => "Documentation that changes",
        }
    }

    /// Returns what a maintainer should verify before such a change is released.
    pub fn advice(self) -> Option<&'static str> {
        Some(match self {
            Stricter => {
                "verify that Atlas refuses such a request; if it does not, leave the rule out"
            }
            Behaviour => {
                "verify what Atlas does now: the same code compiles, and nothing warns about it"
            }
            Parted => "edit both documents, unless the two generations of Atlas really differ",
            _ => return None,
        })
    }
}

impl Level {
    /// Returns its name: `major`.
    pub fn name(self) -> &'static str {
        match self {
            Major => "major",
            Minor => "minor",
            Patch => "patch",
        }
    }
}
