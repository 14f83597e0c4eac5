//! Rules across members: which members must be present or absent if another member has a certain
//! value, and which members must or must not be present together.
//!
//! Each rule takes pairs of a member's name and whether it is present. Its error names the member
//! that violates the rule.

use super::{Check, Text};
use crate::error::invalid_argument::InvalidArgument;

/// When a rule applies, and the reason for the rule, which the error message quotes.
#[derive(Clone, Copy)]
pub(crate) struct Case<'a> {
    /// The member that the rule depends on, and its value. `None` if the rule always applies.
    when: Option<(&'a str, &'a str)>,
    reason: &'a str,
}

impl<'a> Case<'a> {
    /// Returns the case if the member has one of these values. `None`: the rule does not apply.
    #[inline]
    pub(crate) fn when(
        member: &'a str,
        value: &'a (impl Text + ?Sized),
        values: &[&str],
        reason: &'a str,
    ) -> Option<Self> {
        let given = value.text()?;
        values.contains(&given).then_some(Case {
            when: Some((member, given)),
            reason,
        })
    }

    /// Returns the case of a rule that always applies.
    #[inline]
    pub(crate) const fn always(reason: &'a str) -> Self {
        Case { when: None, reason }
    }

    #[inline]
    fn broken(self, member: &str, rule: &str) -> Check {
        let place = self
            .when
            .map(|(member, value)| format!(" where {member} is {value}"))
            .unwrap_or_default();
        let reason = self.reason.trim_end_matches('.');
        let because = if reason.is_empty() {
            String::new()
        } else {
            format!(" ({reason})")
        };
        Err(InvalidArgument::without_value(
            member,
            format!("{rule}{place}{because}"),
        ))
    }

    /// Checks that the members are absent.
    #[inline]
    pub(crate) fn forbid(self, members: &[(&str, bool)]) -> Check {
        match members.iter().find(|(_, present)| *present) {
            Some((member, _)) => self.broken(member, "must be absent"),
            None => Ok(()),
        }
    }

    /// Checks that the members are present.
    #[inline]
    pub(crate) fn require(self, members: &[(&str, bool)]) -> Check {
        match members.iter().find(|(_, present)| !*present) {
            Some((member, _)) => self.broken(member, "must be given"),
            None => Ok(()),
        }
    }

    /// Checks that exactly one of the members is present.
    #[inline]
    pub(crate) fn exactly_one(self, members: &[(&str, bool)]) -> Check {
        let given: Vec<&str> = members
            .iter()
            .filter(|(_, present)| *present)
            .map(|(name, _)| *name)
            .collect();
        match &given[..] {
            [] => self.at_least_one(members),
            [first, second, ..] => self.broken(second, &format!("must be absent beside {first}")),
            _ => Ok(()),
        }
    }

    /// Checks that at least one of the members is present.
    #[inline]
    pub(crate) fn at_least_one(self, members: &[(&str, bool)]) -> Check {
        match members {
            [(first, _), others @ ..] if members.iter().all(|(_, present)| !present) => {
                let others: Vec<&str> = others.iter().map(|(name, _)| *name).collect();
                self.broken(
                    first,
                    &format!("must be given, or {} instead", others.join(" or ")),
                )
            }
            _ => Ok(()),
        }
    }

    /// Checks that either all of the members are present, or none.
    #[inline]
    pub(crate) fn together(self, members: &[(&str, bool)]) -> Check {
        let find = |wanted: bool| members.iter().find(|(_, present)| *present == wanted);
        match (find(true), find(false)) {
            (Some((given, _)), Some((missing, _))) => {
                self.broken(missing, &format!("must be given together with {given}"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(check: Check) -> String {
        check.unwrap_err().to_string()
    }

    fn kind<'a>(value: &'a str, reason: &'a str) -> Option<Case<'a>> {
        Case::when("kind", value, &["automated", "point"], reason)
    }

    #[test]
    fn a_rule_applies_with_each_of_its_values_and_with_no_other() {
        assert!(kind("automated", "").is_some() && kind("point", "").is_some());
        assert!(kind("download", "").is_none() && kind("", "").is_none());
        assert!(Case::when("kind", &None::<String>, &["automated"], "").is_none());
        assert!(Case::when("keep", &Some(false), &["true"], "").is_none());
    }

    #[test]
    fn what_one_member_says_about_others() {
        let case = Case::when("keep", &Some(true), &["true"], "It stays.").unwrap();
        let rule = |present| case.forbid(&[("other", false), ("expires", present)]);
        assert_eq!(rule(false), Ok(()));
        assert_eq!(
            message(rule(true)),
            "invalid argument expires: must be absent where keep is true (It stays)"
        );
        let case = kind("automated", "").unwrap();
        let rule = |present| case.require(&[("other", true), ("target", present)]);
        assert_eq!(rule(true), Ok(()));
        assert_eq!(
            message(rule(false)),
            "invalid argument target: must be given where kind is automated"
        );
    }

    #[test]
    fn one_of_several() {
        let case = kind("point", "A point is one.").unwrap();
        let rule = |first, second| {
            case.exactly_one(&[("seconds", first), ("other", false), ("oplog", second)])
        };
        assert_eq!(rule(true, false), Ok(()));
        assert_eq!(rule(false, true), Ok(()));
        let none = "invalid argument seconds: must be given, or other or oplog instead where kind is point (A point is one)";
        assert_eq!(message(rule(false, false)), none);
        assert_eq!(
            message(rule(true, true)),
            "invalid argument oplog: must be absent beside seconds where kind is point (A point is one)"
        );
    }

    #[test]
    fn one_of_several_or_more() {
        let case = kind("point", "A cluster has a name and an id.").unwrap();
        let rule = |name, id| case.at_least_one(&[("name", name), ("id", id)]);
        assert_eq!(
            (rule(true, false), rule(false, true), rule(true, true)),
            (Ok(()), Ok(()), Ok(()))
        );
        let none = "invalid argument name: must be given, or id instead where kind is point (A cluster has a name and an id)";
        assert_eq!(message(rule(false, false)), none);
    }

    #[test]
    fn all_or_none() {
        let rule =
            |first, second| Case::always("A pair.").together(&[("ts", first), ("inc", second)]);
        assert_eq!(rule(true, true), Ok(()));
        assert_eq!(rule(false, false), Ok(()));
        assert_eq!(
            message(rule(true, false)),
            "invalid argument inc: must be given together with ts (A pair)"
        );
        assert_eq!(
            message(rule(false, true)),
            "invalid argument ts: must be given together with inc (A pair)"
        );
    }
}
