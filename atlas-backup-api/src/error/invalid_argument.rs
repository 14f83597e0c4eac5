//! The error of an invalid argument.

use std::fmt;

use crate::error::redact;
use crate::error::rust_name;
use crate::error::truncated::Truncated;
use crate::error::{OperationName, begin_with_call};
use crate::wire::invalid_id::InvalidId;
use crate::wire::json_path;
use crate::wire::one_line;
use crate::wire::text;

/// An argument, or a member of a request body, violates a rule. Nothing was sent.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidArgument {
    operation: Option<OperationName>,
    parameter: String,
    value: Option<String>,
    rule: String,
}

impl InvalidArgument {
    /// A value violates a rule.
    pub(crate) fn new(parameter: &str, value: impl fmt::Display, rule: impl Into<String>) -> Self {
        let value = Some(one_line::truncate(&value.to_string(), 64));
        InvalidArgument {
            value,
            ..InvalidArgument::without_value(parameter, rule)
        }
    }

    /// A rule is violated independently of a value, for example because the value is missing.
    pub(crate) fn without_value(parameter: &str, rule: impl Into<String>) -> Self {
        let rule = redact::clause(&rule.into(), 500);
        InvalidArgument {
            operation: None,
            parameter: parameter.to_owned(),
            value: None,
            rule,
        }
    }

    /// A conversion failed. It consumed the value, but its message names the value and the rule.
    #[inline]
    pub(crate) fn refused(parameter: &str, error: &dyn fmt::Display) -> Self {
        InvalidArgument::without_value(parameter, error.to_string())
    }

    /// Puts the member `name` of an object before the path.
    pub(crate) fn inside(self, name: &str) -> Self {
        InvalidArgument {
            parameter: json_path::inside(name, &self.parameter),
            ..self
        }
    }

    /// Puts the index of a list item before the path.
    pub(crate) fn at(self, index: usize) -> Self {
        InvalidArgument {
            parameter: json_path::at(index, &self.parameter),
            ..self
        }
    }

    /// Adds the operation.
    pub(crate) fn of(self, operation: impl Into<OperationName>) -> Self {
        InvalidArgument {
            operation: Some(operation.into()),
            ..self
        }
    }

    /// The operation that was to be called, as the documents name it: `takeSnapshot`; of a raw call, its
    /// method and path. `None` if the
    /// program itself validated a body or created an id.
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// The argument, setter or member by its name in the API, with its path in the body:
    /// `policies[0].retentionValue`. Empty for an id that the program itself created.
    pub fn parameter(&self) -> &str {
        &self.parameter
    }

    /// Like [`parameter`](Self::parameter), with the names in Rust: `policies[0].retention_value`.
    /// The arguments of a raw call have no other names.
    pub fn argument(&self) -> String {
        // Raw calls are named by method and path, all others by one word.
        if self
            .operation()
            .is_some_and(|name| text::contains(name, " "))
        {
            return self.parameter.clone();
        }
        rust_name::of_path(&self.parameter)
    }

    /// The value, shortened if it is long. `None` if the rule is about its presence, or if
    /// [`rule`](Self::rule) quotes it.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// The rule: `must be at least 1`.
    pub fn rule(&self) -> &str {
        &self.rule
    }

    /// Writes the message without the operation.
    pub(crate) fn message(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (wire, rust) = (
            one_line::truncate(&self.parameter, 200),
            one_line::truncate(&self.argument(), 200),
        );
        f.write_str("invalid argument")?;
        match rust.is_empty() {
            true => {}
            false if rust == wire => write!(f, " {rust}")?,
            false => write!(f, " {rust} ({wire})")?,
        }
        if let Some(value) = &self.value {
            write!(f, " = {value}")?;
        }
        // The message of the program's own conversion may be empty.
        if self.rule.is_empty() {
            Ok(())
        } else {
            write!(f, ": {}", self.rule)
        }
    }
}

/// `takeSnapshot: invalid argument retention_in_days (retentionInDays) = 0: must be at least 1`
impl fmt::Display for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        begin_with_call(f, self.operation())?;
        self.message(f)
    }
}

impl fmt::Debug for InvalidArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InvalidArgument")
            .field("operation", &self.operation)
            .field("parameter", &Truncated(&self.parameter, 300))
            .field("value", &self.value)
            .field("rule", &self.rule)
            .finish()
    }
}

impl std::error::Error for InvalidArgument {}

/// For programs that create ids themselves and return the error.
impl From<InvalidId> for InvalidArgument {
    #[inline]
    fn from(error: InvalidId) -> Self {
        InvalidArgument::refused("", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::object_id::ObjectId;

    #[test]
    fn it_names_member_value_and_rule() {
        let error = InvalidArgument::new("retentionInDays", 0, "must be at least 1");
        assert_eq!(
            error.to_string(),
            "invalid argument retention_in_days (retentionInDays) = 0: must be at least 1"
        );
        assert_eq!(
            (error.parameter(), error.argument().as_str()),
            ("retentionInDays", "retention_in_days")
        );
        assert_eq!(error.operation(), None);
        assert_eq!(error.value(), Some("0"));
        assert_eq!(error.rule(), "must be at least 1");
        let error = error.of("takeSnapshot");
        assert_eq!(
            error.to_string(),
            "takeSnapshot: invalid argument retention_in_days (retentionInDays) = 0: must be at least 1"
        );
    }

    #[test]
    fn a_conversion_speaks_for_itself() {
        let error = InvalidArgument::refused("groupId", &ObjectId::try_from("xyz").unwrap_err());
        assert_eq!(
            error.to_string(),
            r#"invalid argument group_id (groupId): "xyz" is not an ObjectId: expected 24 lower-case hexadecimal digits"#
        );
        assert_eq!(error.value(), None);
    }

    #[test]
    fn nested_members_have_a_path() {
        let error = InvalidArgument::without_value("id", "must be given")
            .at(2)
            .inside("policyItems");
        assert_eq!(
            error.to_string(),
            "invalid argument policy_items[2].id (policyItems[2].id): must be given"
        );
    }

    #[test]
    fn a_long_value_is_shortened_and_stays_on_one_line() {
        let error = InvalidArgument::new("description", "line\n".repeat(1000), "must be shorter")
            .to_string();
        assert!(error.len() < 150 && !error.contains('\n'), "{error}");
    }
}
