//! The names that documents and generated code share: what a document may use because the client
//! has code for it.

/// Shared string types that are written by hand in the client, each with the pattern that the
/// client validates without a regular expression.
pub const RUNTIME_TYPES: &[(&str, &str)] = &[
    ("ClusterName", "^[a-zA-Z0-9][a-zA-Z0-9-]*$"),
    ("ObjectId", "^([a-f0-9]{24})$"),
];

/// The most members that an object of the client can have.
pub const MAX_MEMBERS: usize = 128;

/// Another form in which Atlas sends a member of a response. The client's field reads and writes it
/// as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherForm {
    /// The only item of a list instead of the list.
    OneItem,
    /// The only item of a list instead of the object that contains the list.
    WholeAnswer,
    /// A date-time instead of seconds since 1970-01-01 UTC.
    DateTime,
}

impl OtherForm {
    /// All forms, with their names in the documents.
    pub const ALL: &[(&str, OtherForm)] = &[
        ("one-item", OtherForm::OneItem),
        ("whole-answer", OtherForm::WholeAnswer),
        ("date-time", OtherForm::DateTime),
    ];

    /// Returns the form with this name in the documents, or `None` if there is none.
    pub fn of(word: &str) -> Option<Self> {
        OtherForm::ALL
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, form)| *form)
    }
}

/// A pattern that the client validates with hand-written code.
#[derive(Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The pattern as Atlas documents it: `x-atlas-pattern`.
    pub pattern: &'static str,
    /// The pattern that every OpenAPI tool understands, which accepts at least the same: `pattern`.
    pub portable: &'static str,
    /// The name of the validating function in the client's `validate::pattern` module.
    pub function: &'static str,
}

/// The supported patterns of request members and parameters.
pub const RUNTIME_PATTERNS: &[Pattern] = &[Pattern {
    pattern: r"^[\p{L}\p{N}\-_.(),:&@+']{1,64}$",
    // Twice the length: JavaScript may count a letter as two.
    portable: r##"^[^\s!"#$%*/;<=>?\[\\\]^`{|}~]{1,128}$"##,
    function: "deployment_item_name",
}];

/// Converts an `operationId` into the name of the Rust method, in the same way as progenitor.
pub fn method_name(operation_id: &str) -> String {
    heck::AsSnakeCase(operation_id).to_string()
}

/// Words that cannot be identifiers in edition 2024, including those that older editions allow.
const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Whether the word is reserved in Rust and cannot be used as a name.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_id_becomes_a_method() {
        assert_eq!(method_name("takeSnapshot"), "take_snapshot");
    }

    #[test]
    fn keywords_of_any_edition_are_taken() {
        for word in ["type", "gen", "async", "dyn", "self", "_"] {
            assert!(is_keyword(word), "{word}");
        }
        for word in ["union", "kind", "raw", "default", "r#type"] {
            assert!(!is_keyword(word), "{word}");
        }
    }
}
