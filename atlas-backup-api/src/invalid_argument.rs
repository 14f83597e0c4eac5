//! What is wrong with an argument.

use std::fmt;

use crate::checked_text::InvalidId;
use crate::excerpt;
use crate::path;

/// An argument or a member of a body that breaks a rule. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidArgument {
    parameter: String,
    value: Option<String>,
    rule: String,
}

impl InvalidArgument {
    /// A value that breaks a rule.
    pub(crate) fn new(parameter: &str, value: impl fmt::Display, rule: impl Into<String>) -> Self {
        let value = Some(excerpt::shorten(&value.to_string(), 64));
        InvalidArgument { parameter: parameter.to_owned(), value, rule: rule.into() }
    }

    /// A rule that is broken whatever the value is.
    pub(crate) fn without_value(parameter: &str, rule: impl Into<String>) -> Self {
        InvalidArgument { parameter: parameter.to_owned(), value: None, rule: rule.into() }
    }

    /// What a conversion said, which is all that is left of the value: its message names value and rule.
    pub(crate) fn refused(parameter: &str, error: &dyn fmt::Display) -> Self {
        InvalidArgument { parameter: parameter.to_owned(), value: None, rule: error.to_string() }
    }

    /// The same, seen from the object whose member `name` it is.
    pub(crate) fn inside(self, name: &str) -> Self {
        InvalidArgument { parameter: path::inside(name, &self.parameter), ..self }
    }

    /// The same, seen from the list whose item it is.
    pub(crate) fn at(self, index: usize) -> Self {
        InvalidArgument { parameter: path::at(index, &self.parameter), ..self }
    }

    /// The argument by the name it has on the wire, or the path of a body's member: `policies[0].retentionValue`.
    pub fn parameter(&self) -> &str {
        &self.parameter
    }

    /// The value, shortened where it is long; None where the rule is about its presence, and where the text of
    /// [`rule`](Self::rule) quotes it.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// What is wrong: `must be at least 1`.
    pub fn rule(&self) -> &str {
        &self.rule
    }
}

impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let InvalidArgument { parameter, value, rule } = self;
        match value {
            Some(value) => write!(f, "invalid argument {parameter} = {value}: {rule}"),
            None => write!(f, "invalid argument {parameter}: {rule}"),
        }
    }
}

impl std::error::Error for InvalidArgument {}

/// For programs that make ids themselves and pass the error on.
impl From<InvalidId> for InvalidArgument {
    fn from(error: InvalidId) -> Self {
        InvalidArgument::refused(error.expected(), &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object_id::ObjectId;

    #[test]
    fn it_names_member_value_and_rule() {
        let error = InvalidArgument::new("retentionInDays", 0, "must be at least 1");
        assert_eq!(error.to_string(), "invalid argument retentionInDays = 0: must be at least 1");
        assert_eq!(error.parameter(), "retentionInDays");
        assert_eq!(error.value(), Some("0"));
        assert_eq!(error.rule(), "must be at least 1");
    }

    #[test]
    fn a_conversion_speaks_for_itself() {
        let error = InvalidArgument::refused("groupId", &ObjectId::try_from("xyz").unwrap_err());
        assert_eq!(error.to_string(), r#"invalid argument groupId: "xyz" is not an ObjectId: expected 24 lower-case hexadecimal digits"#);
        assert_eq!(error.value(), None);
    }

    #[test]
    fn nested_members_have_a_path() {
        let error = InvalidArgument::without_value("id", "must be given").at(2).inside("policies");
        assert_eq!(error.to_string(), "invalid argument policies[2].id: must be given");
    }

    #[test]
    fn a_long_value_is_shortened_and_stays_on_one_line() {
        let error = InvalidArgument::new("description", "line\n".repeat(1000), "must be shorter").to_string();
        assert!(error.len() < 150 && !error.contains('\n'), "{error}");
    }
}
