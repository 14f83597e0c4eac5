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
pub enum Promise {
    /// An operation, a type, an argument, an enum value or a conversion is gone.
    Removed,
    /// An operation or a type has another name, or is in another module.
    Renamed,
    /// A member is gone.
    MemberRemoved,
    /// A member has another name.
    MemberRenamed,
    /// A member must be present now, or a new one must.
    MemberRequired,
    /// A member, an argument or a response has another type, or an argument more is required.
    Retyped,
    /// What was one type in all generations is several types.
    Parted,
    /// An operation, a type, an optional argument or a conversion is new.
    New,
    /// A request has an optional member more.
    OptionalMember,
    /// A response has a member more.
    ResponseMember,
    /// An enum has a value more.
    EnumValue,
    /// An operation should not be used any more.
    Deprecated,
    /// The client needs a newer version of Rust.
    RustVersion,
    /// What were several types is one type in all generations.
    Joined,
    /// The client refuses requests that it sent before.
    Stricter,
    /// The same code does something else: another media type, URL or idempotency.
    Behaviour,
    /// The client sends requests that it refused before, or something is no longer deprecated.
    Looser,
    /// Only the documentation changes.
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
