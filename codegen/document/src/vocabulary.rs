//! Words that documents and generated code share: what a document may say because the client has code for it.

/// Shared text types that the client has by hand, with the pattern that it checks without a regular expression.
pub const RUNTIME_TYPES: &[(&str, &str)] = &[
    ("ClusterName", "^[a-zA-Z0-9][a-zA-Z0-9-]*$"),
    ("ObjectId", "^([a-f0-9]{24})$"),
];

/// Another form of a member of an answer, which its field can hold as well. The client's type of this name reads and writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherForm {
    /// The only item of a list in place of the list.
    OneItem,
    /// The only item of a list in place of the object that has the list.
    WholeAnswer,
    /// A date-time in place of seconds since 1970-01-01 UTC.
    DateTime,
}

impl OtherForm {
    /// Each with its name in the documents.
    pub const ALL: &[(&str, OtherForm)] = &[
        ("one-item", OtherForm::OneItem),
        ("whole-answer", OtherForm::WholeAnswer),
        ("date-time", OtherForm::DateTime),
    ];

    /// By its name in the documents.
    pub fn of(word: &str) -> Option<Self> {
        OtherForm::ALL
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, form)| *form)
    }
}

/// A pattern that the client checks by hand.
#[derive(Debug, PartialEq, Eq)]
pub struct Pattern {
    /// As the documents write it.
    pub pattern: &'static str,
    /// The function of the client's `form` module.
    pub function: &'static str,
}

/// Patterns of members and parameters that are sent.
pub const RUNTIME_PATTERNS: &[Pattern] = &[Pattern {
    pattern: r"^[\p{L}\p{N}\-_.(),:&@+']{1,64}$",
    function: "deployment_item_name",
}];

/// The Rust method of an `operationId`, named as progenitor names it.
pub fn method_name(operation_id: &str) -> String {
    heck::AsSnakeCase(operation_id).to_string()
}

/// Words that cannot be identifiers in edition 2024, not even those that older editions allow.
const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Whether this word is taken by Rust, so that nothing can have it for a name.
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
