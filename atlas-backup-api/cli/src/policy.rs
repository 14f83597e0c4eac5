//! The policy file of `check`, in TOML: which rules the backups of which clusters must keep.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::Span;
use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::one_line;
use crate::target::{Kind, Target};

/// A policy with every rule, which `check --help` and README.md show.
pub const EXAMPLE: &str = r##"# The project must have a backup compliance policy in force.
compliance_policy = true

# Rules for some clusters: those with these names or ids (`names`), and
# of these kinds. Without them, for all clusters of the project but those
# in `except`. A snapshot must be taken each day, none of this week may
# have failed, and the schedule must keep them long enough.
[[clusters]]
kinds = ["replicaSet", "sharded"]
except = ["scratch"]
max_age = "26h"
no_failed_within = "7d"
min_retention = { daily = "7d", weekly = "4 weeks" }

# To any point in time of three days, with copies in another region, and
# an export each month.
[[clusters]]
names = ["orders"]
min_restore_window = "3d"
copies_in = ["US_WEST_2"]
auto_export = true
max_export_age = "35d"
"##;

/// A policy, as README.md documents it. A member that is not known is an error: it may be a rule
/// whose name is wrong, and would not be checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Whether the project must have a backup compliance policy in force.
    #[serde(default)]
    pub compliance_policy: bool,
    #[serde(default)]
    clusters: Vec<Spanned<Section>>,
}

/// Rules for some clusters of the project.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Section {
    /// The line of the file on which it begins.
    #[serde(skip)]
    pub line: usize,
    /// The names or ids of the clusters; otherwise all.
    pub names: Option<Vec<String>>,
    /// The names or ids of clusters that are left out.
    pub except: Vec<String>,
    /// The kinds of the clusters; otherwise all.
    kinds: Option<Vec<KindName>>,
    /// How old the newest good snapshot may be.
    pub max_age: Option<Period>,
    /// For how long no snapshot may have failed.
    pub no_failed_within: Option<Period>,
    /// For how long the schedule must keep snapshots, by their frequency.
    pub min_retention: Option<BTreeMap<Frequency, Period>>,
    /// For how long back the cluster must be restorable to any point in time.
    pub min_restore_window: Option<Period>,
    /// The regions to which the schedule must copy snapshots.
    pub copies_in: Option<Vec<String>>,
    /// Whether the schedule must export snapshots.
    pub auto_export: bool,
    /// How old the newest successful export may be.
    pub max_export_age: Option<Period>,
}

/// How often a snapshot is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Frequency {
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A kind of cluster, by its word in the output of `clusters`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
enum KindName {
    ReplicaSet,
    Sharded,
    Flex,
    Tenant,
    Serverless,
}

/// A length of time, as the user has written it.
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    pub text: String,
    pub seconds: i64,
}

pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
pub const WEEK: i64 = 7 * DAY;
/// The mean length, so that twelve months are a year.
pub const MONTH: i64 = YEAR / 12;
pub const YEAR: i64 = 365 * DAY + 6 * HOUR;

impl Policy {
    /// Reads a policy file. The message of the failure has the line and the column.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| {
            let message = format!("{} cannot be read: {error}", path.display());
            Failure::new(Exit::Other, message)
        })?;
        Policy::parse(&text).map_err(|wrong| {
            let (line, column) = place(&text, wrong.at);
            let message = one_line(&wrong.message, 500);
            Failure::usage(format!("{}:{line}:{column}: {message}", path.display()))
        })
    }

    fn parse(text: &str) -> Result<Self, Wrong> {
        let mut policy: Policy = toml::from_str(text).map_err(|error| Wrong {
            at: error.span().map_or(0, |span| span.start),
            message: error.message().to_owned(),
        })?;
        for section in &mut policy.clusters {
            section.get_mut().line = place(text, section.span().start).0;
            section.get_ref().check().map_err(|message| Wrong {
                at: section.span().start,
                message: message.to_owned(),
            })?;
        }
        if !policy.compliance_policy && policy.clusters.is_empty() {
            return Err(Wrong {
                at: 0,
                message: "the policy has no rules".to_owned(),
            });
        }
        Ok(policy)
    }

    pub fn sections(&self) -> impl Iterator<Item = &Section> {
        self.clusters.iter().map(Spanned::get_ref)
    }
}

/// What is wrong with the text of a policy, and at which byte.
#[derive(Debug, PartialEq)]
struct Wrong {
    at: usize,
    message: String,
}

/// The line and the column of a byte, counted from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (line, before[start..].chars().count() + 1)
}

impl Section {
    /// A section that checks nothing would look like one that is kept.
    fn check(&self) -> Result<(), &'static str> {
        let is_empty = |list: &Option<Vec<_>>| list.as_ref().is_some_and(Vec::is_empty);
        if is_empty(&self.names) || self.kinds.as_ref().is_some_and(Vec::is_empty) {
            return Err("these clusters are none: leave `names` or `kinds` out for all clusters");
        }
        if is_empty(&self.copies_in) {
            return Err("`copies_in` names no region");
        }
        if self.min_retention.as_ref().is_some_and(BTreeMap::is_empty) {
            return Err("`min_retention` names no frequency");
        }
        if !(self.needs_snapshots() || self.needs_schedule() || self.max_export_age.is_some()) {
            return Err("these clusters have no rules");
        }
        Ok(())
    }

    /// Whether its rules are for this cluster.
    pub fn selects(&self, target: &Target) -> bool {
        let is_left_out = self.except.iter().any(|one| target.is_called(one));
        self.would_select(target) && !is_left_out
    }

    /// Whether its rules would be for this cluster if none was left out.
    pub fn would_select(&self, target: &Target) -> bool {
        let by_name = self
            .names
            .as_ref()
            .is_none_or(|names| names.iter().any(|one| target.is_called(one)));
        by_name && self.is_for_kind_of(target)
    }

    /// Whether its rules are for this kind of cluster.
    pub fn is_for_kind_of(&self, target: &Target) -> bool {
        self.kinds
            .as_ref()
            .is_none_or(|kinds| kinds.iter().any(|wanted| wanted.kind() == target.kind))
    }

    pub fn needs_snapshots(&self) -> bool {
        self.max_age.is_some() || self.no_failed_within.is_some()
    }

    pub fn needs_schedule(&self) -> bool {
        self.min_retention.is_some()
            || self.min_restore_window.is_some()
            || self.copies_in.is_some()
            || self.auto_export
    }
}

impl Frequency {
    /// Atlas's word.
    pub fn word(self) -> &'static str {
        match self {
            Frequency::Hourly => "hourly",
            Frequency::Daily => "daily",
            Frequency::Weekly => "weekly",
            Frequency::Monthly => "monthly",
            Frequency::Yearly => "yearly",
        }
    }
}

impl KindName {
    fn kind(self) -> Kind {
        match self {
            KindName::ReplicaSet => Kind::ReplicaSet,
            KindName::Sharded => Kind::Sharded,
            KindName::Flex => Kind::Flex,
            KindName::Tenant => Kind::Tenant,
            KindName::Serverless => Kind::Serverless,
        }
    }
}

impl Period {
    pub fn parse(text: &str) -> Option<Self> {
        let span: Span = text.parse().ok()?;
        let parts = [
            (i64::from(span.get_years()), YEAR),
            (i64::from(span.get_months()), MONTH),
            (i64::from(span.get_weeks()), WEEK),
            (i64::from(span.get_days()), DAY),
            (i64::from(span.get_hours()), HOUR),
            (span.get_minutes(), MINUTE),
            (span.get_seconds(), 1),
        ];
        let seconds = parts.iter().try_fold(0_i64, |sum, (count, length)| {
            sum.checked_add(count.checked_mul(*length)?)
        })?;
        let text = text.to_owned();
        (seconds > 0).then_some(Period { text, seconds })
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Period::parse(&text).ok_or_else(|| {
            let message =
                format!("expected a time such as \"26h\", \"7d\" or \"12 months\", found {text:?}");
            de::Error::custom(message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a policy, as the user reads it.
    fn wrong(text: &str) -> String {
        match Policy::parse(text) {
            Ok(policy) => panic!("{text} is {policy:?}"),
            Err(wrong) => {
                let (line, column) = place(text, wrong.at);
                format!("{line}:{column}: {}", wrong.message)
            }
        }
    }

    #[test]
    fn the_readme_has_the_example() {
        assert!(include_str!("../README.md").contains(EXAMPLE));
    }

    #[test]
    fn periods_are_read_as_people_write_them() {
        for (text, seconds) in [
            ("26h", 26 * HOUR),
            ("7d", 7 * DAY),
            ("4 weeks", 28 * DAY),
            ("12 months", YEAR),
            ("1 year", YEAR),
            ("1d 12h", 36 * HOUR),
        ] {
            let period = Period::parse(text);
            assert_eq!(period.map(|period| period.seconds), Some(seconds), "{text}");
        }
        for text in ["", "7", "-7d", "0s", "soon"] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_has_its_line_and_column() {
        for (text, place) in [
            ("compliance = true", "1:1: unknown field"),
            (
                "[[clusters]]\nmax_age = \"26h\"\nmin_age = \"1h\"",
                "3:1: unknown field",
            ),
            (
                "[[clusters]]\n  max_age = \"soon\"",
                "2:13: expected a time",
            ),
            ("[[clusters]]\nmax_age = 26", "2:11: invalid type"),
            (
                "[[clusters]]\nmin_retention = { fortnightly = \"7d\" }",
                "2:19: unknown variant",
            ),
            (
                "[[clusters]]\nkinds = [\"replica\"]",
                "2:10: unknown variant",
            ),
            ("[[clusters]]\nmax_age = ", "2:11: "),
        ] {
            let wrong = wrong(text);
            assert!(wrong.starts_with(place), "{text}: {wrong}");
        }
    }

    #[test]
    fn a_policy_that_checks_nothing_is_wrong() {
        for (text, message) in [
            ("", "1:1: the policy has no rules"),
            ("compliance_policy = false", "1:1: the policy has no rules"),
            ("\n[[clusters]]", "2:1: these clusters have no rules"),
            (
                "[[clusters]]\nauto_export = false",
                "1:1: these clusters have no rules",
            ),
            (
                "[[clusters]]\nnames = []\nmax_age = \"1d\"",
                "1:1: these clusters are none",
            ),
            (
                "[[clusters]]\nkinds = []\nmax_age = \"1d\"",
                "1:1: these clusters are none",
            ),
            (
                "[[clusters]]\ncopies_in = []",
                "1:1: `copies_in` names no region",
            ),
            (
                "[[clusters]]\nmin_retention = {}",
                "1:1: `min_retention` names no frequency",
            ),
        ] {
            let wrong = wrong(text);
            assert!(wrong.starts_with(message), "{text}: {wrong}");
        }
    }

    #[test]
    fn clusters_are_selected_by_name_id_and_kind() {
        let (one, nine) = ("1".repeat(24), "9".repeat(24));
        let policy = Policy::parse(&format!(
            "[[clusters]]\nnames = [\"a\", \"{one}\"]\nexcept = [\"{nine}\", \"c\"]\nkinds = [\"sharded\", \"flex\"]\nmax_age = \"1d\"",
        ));
        let policy = policy.expect("it is well formed");
        let section = policy.sections().next().expect("it has a section");
        for (name, id, kind, is_selected) in [
            ("a", "7", Kind::Sharded, true),
            ("b", "1", Kind::Flex, true),
            ("b", "7", Kind::Flex, false),
            ("a", "9", Kind::Flex, false),
            ("c", "1", Kind::Flex, false),
            ("a", "1", Kind::ReplicaSet, false),
        ] {
            let target = Target {
                project: "0".repeat(24).parse().expect("it is an id"),
                cluster: name.parse().expect("it is a name"),
                id: Some(id.repeat(24).parse().expect("it is an id")),
                kind,
            };
            assert_eq!(section.selects(&target), is_selected, "{name}");
        }
    }
}
