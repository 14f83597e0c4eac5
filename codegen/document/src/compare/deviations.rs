//! Reads `spec/deviations.yaml`: the intended differences and their reasons.
//!
//! ```yaml
//! policies:                     # decisions about the whole document; only they may use `*`
//!   - in: [v1]
//!     operation: '*'
//!     kind: deprecated
//!     reviewed: "2026-01-31"
//!     reason: All of v1.0 is deprecated, whatever its document says of single operations.
//! deviations:                   # one operation or schema, one member, one kind
//!   - in: [v1, v2]
//!     schema: Snapshot
//!     member: frequencyType
//!     kind: enum
//!     published: []
//!     ours: [ondemand]
//!     reviewed: "2026-01-31"
//!     reason: The wire sends it.
//! ```
//!
//! An entry records both values, so that it stops explaining the difference as soon as one of them
//! changes. It also records when somebody last verified its reason, which nothing else would show.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::Value;

use super::difference::{Difference, Explanation, Kind, Side, Subject};
use crate::document::{self, Document, Loaded, child};
use crate::error::{Error, Finding, Location};
use crate::generations::Generation;
use crate::lint::is_date;

const RULE: &str = "deviation";
const STALE: &str = "stale-deviation";
/// The sections of a document that are compared as a whole.
const SECTIONS: &[&str] = &["servers", "security", "securitySchemes"];

const KEYS: &[&str] = &[
    "in",
    "operation",
    "schema",
    "document",
    "member",
    "kind",
    "side",
    "published",
    "ours",
    "reviewed",
    "reason",
];

/// The intended differences.
#[derive(Clone, Debug, Default)]
pub struct Deviations {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    apis: Vec<String>,
    subject: Subject,
    member: Option<String>,
    kind: Kind,
    side: Option<Side>,
    published: Option<Value>,
    ours: Option<Value>,
    reviewed: Date,
    reason: String,
    policy: bool,
    pointer: String,
    location: Location,
}

/// When somebody last verified that an intended difference is still intended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The date of the review.
    pub date: Date,
    /// What the entry is about: `schema Snapshot, member frequencyType`.
    pub label: String,
    /// The location of the entry in the deviations file.
    pub location: Location,
}

/// What a comparison covered. It tells an unnecessary entry from one that could not be tested.
pub(super) struct Scope<'a> {
    pub api: &'a str,
    /// Our operations that were compared (`operations`), that are unexpectedly not published
    /// (`unpublished`), and that have ended and are therefore not published (`ended`).
    pub operations: BTreeSet<&'a str>,
    pub unpublished: BTreeSet<&'a str>,
    pub ended: BTreeSet<&'a str>,
    /// Our schemas that were compared (`schemas`), all our schemas (`declared`), and those used by
    /// an operation that was not compared (`incomplete`).
    pub schemas: BTreeSet<&'a str>,
    pub declared: BTreeSet<&'a str>,
    pub incomplete: BTreeSet<&'a str>,
    /// Whether the published document is only a part.
    pub part: bool,
}

impl Deviations {
    /// Reads the deviations file.
    ///
    /// # Errors
    /// If an entry is invalid. The error has one finding for each problem, with its location.
    pub fn read(document: &Document) -> Result<Self, Error> {
        let loaded = document::load(document)?;
        let mut reader = Reader {
            loaded: &loaded,
            findings: Vec::new(),
        };
        let entries = reader.file();
        let findings = reader.findings;
        if findings.is_empty() {
            Ok(Deviations { entries })
        } else {
            Err(Error {
                path: String::new(),
                findings,
            }
            .locate(&loaded))
        }
    }

    /// Counts the entries for one generation, as (single deviations, policies).
    pub fn count(&self, api: &str) -> (usize, usize) {
        let of_api = self
            .entries
            .iter()
            .filter(|entry| entry.apis.iter().any(|known| known == api));
        let (policies, single): (Vec<_>, Vec<_>) = of_api.partition(|entry| entry.policy);
        (single.len(), policies.len())
    }

    /// Returns the review of each entry for one generation, in the order of the file.
    pub fn reviews(&self, api: &str) -> impl Iterator<Item = Review> {
        let of_api = move |entry: &&Entry| entry.apis.iter().any(|known| known == api);
        self.entries.iter().filter(of_api).map(|entry| Review {
            date: entry.reviewed,
            label: entry.label(),
            location: entry.location.clone(),
        })
    }

    /// Adds the reason to every explained difference, and returns a finding for each entry that
    /// explains nothing.
    pub(super) fn explain(
        &self,
        differences: &mut [Difference],
        known: &Scope<'_>,
    ) -> Vec<Finding> {
        let mut used = BTreeSet::new();
        let of_api = || {
            self.entries
                .iter()
                .enumerate()
                .filter(|(_, entry)| entry.apis.iter().any(|api| api == known.api))
        };
        for difference in &mut *differences {
            // An entry for a single member takes precedence over a policy.
            let (single, policies): (Vec<_>, Vec<_>) = of_api()
                .filter(|(_, entry)| entry.is_about(difference))
                .partition(|(_, entry)| !entry.policy);
            let found = single
                .iter()
                .chain(&policies)
                .find(|(_, entry)| entry.values_match(difference));
            match found {
                Some((index, entry)) => {
                    used.insert(*index);
                    difference.explanation = Some(Explanation {
                        reason: entry.reason.clone(),
                        location: entry.location.clone(),
                        policy: entry.policy,
                    });
                }
                None => {
                    difference.outdated = single.first().map(|(_, entry)| entry.location.clone());
                    used.extend(single.iter().map(|(index, _)| *index));
                }
            }
        }
        let unused = of_api().filter(|(index, entry)| {
            !used.contains(index) && entry.is_applicable(differences, known)
        });
        unused
            .map(|(_, entry)| entry.stale_finding(known))
            .collect()
    }
}

impl Entry {
    fn is_about(&self, difference: &Difference) -> bool {
        let (key, name) = self.subject.key_and_name();
        let (their_key, their_name) = difference.subject.key_and_name();
        let member = match (&self.member, &difference.member) {
            (Some(pattern), Some(member)) => glob_matches(pattern, member),
            (None, None) => true,
            _ => false,
        };
        key == their_key
            && glob_matches(name, their_name)
            && member
            && self.kind == difference.kind
            && self.side.is_none_or(|side| difference.side == Some(side))
    }

    /// Whether the entry records the values of this difference.
    fn values_match(&self, difference: &Difference) -> bool {
        let same = |recorded: &Option<Value>, value: &Value| {
            recorded.as_ref().is_none_or(|recorded| recorded == value)
        };
        same(&self.published, &difference.published) && same(&self.ours, &difference.ours)
    }

    /// Whether the comparison would have found the difference that this entry explains, if it
    /// existed.
    fn is_applicable(&self, differences: &[Difference], known: &Scope<'_>) -> bool {
        if self.policy {
            return known.unpublished.is_empty() && !known.part;
        }
        let unexplained = || {
            differences
                .iter()
                .filter(|difference| difference.explanation.is_none())
        };
        let hides_nested = |difference: &&Difference| {
            matches!(
                difference.kind,
                Kind::MemberExtra | Kind::MemberMissing | Kind::Type | Kind::OperationEnded
            )
        };
        match &self.subject {
            Subject::Operation(_) if self.kind == Kind::OperationMissing => !known.part,
            Subject::Operation(id) if known.unpublished.contains(id.as_str()) => {
                self.kind == Kind::OperationEnded && !known.part
            }
            Subject::Operation(id) if known.ended.contains(id.as_str()) => {
                self.kind == Kind::OperationEnded
            }
            Subject::Document(_) => !known.part,
            Subject::Schema(name) if !known.declared.contains(name.as_str()) => true,
            Subject::Schema(name) if known.incomplete.contains(name.as_str()) => false,
            // No compared operation led to this schema, which is reported as a difference of its
            // own.
            Subject::Schema(name) if !known.schemas.contains(name.as_str()) => {
                known.unpublished.is_empty()
                    && known.ended.is_empty()
                    && unexplained().find(hides_nested).is_none()
            }
            subject => !unexplained()
                .filter(hides_nested)
                .any(|difference| difference.subject == *subject && self.is_nested_in(difference)),
        }
    }

    /// Whether the entry concerns the member of the difference or something inside that member.
    fn is_nested_in(&self, difference: &Difference) -> bool {
        match (&self.member, &difference.member) {
            (_, None) => true,
            (Some(mine), Some(outer)) => mine.starts_with(outer.as_str()),
            (None, Some(_)) => false,
        }
    }

    /// Returns what the entry is about, in words.
    fn label(&self) -> String {
        let (key, name) = self.subject.key_and_name();
        match &self.member {
            Some(member) => format!("{key} {name}, member {member}"),
            None => format!("{key} {name}"),
        }
    }

    fn stale_finding(&self, known: &Scope<'_>) -> Finding {
        let (key, name) = self.subject.key_and_name();
        let label = self.label();
        let exists = match &self.subject {
            Subject::Operation(id) => {
                let sets = [&known.operations, &known.unpublished, &known.ended];
                self.policy
                    || self.kind == Kind::OperationMissing
                    || sets.iter().any(|set| set.contains(id.as_str()))
            }
            Subject::Schema(name) => self.policy || known.declared.contains(name.as_str()),
            Subject::Document(section) => SECTIONS.contains(&section.as_str()),
        };
        let message = match exists {
            true => format!(
                "explains nothing in {}: {label} has no difference of kind `{}` (any more)",
                known.api,
                self.kind.name()
            ),
            false => format!(
                "explains nothing in {}: there is no {key} `{name}`",
                known.api
            ),
        };
        let mut finding = Finding::new(STALE, &self.pointer, message).help(match self.apis.len() {
            1 => "remove the entry".to_owned(),
            _ => format!("remove the entry, or `{}` from its `in`", known.api),
        });
        finding.location = Some(self.location.clone());
        finding
    }
}

/// Matches a text against a pattern in which `*` stands for any text.
fn glob_matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, rest)) => text.strip_prefix(before).is_some_and(|text| {
            text.char_indices()
                .map(|(at, _)| at)
                .chain([text.len()])
                .any(|at| glob_matches(rest, &text[at..]))
        }),
    }
}

/// Parses the file into entries and collects findings.
struct Reader<'d, 'a> {
    loaded: &'d Loaded<'a>,
    findings: Vec<Finding>,
}

impl Reader<'_, '_> {
    fn report(&mut self, pointer: &str, message: impl Into<String>, help: &str) {
        let finding = Finding::new(RULE, pointer, message).at_key();
        self.findings.push(if help.is_empty() {
            finding
        } else {
            finding.help(help)
        });
    }

    fn file(&mut self) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let Some(sections) = self.loaded.value.as_object() else {
            self.report(
                "",
                "this is no list of deviations",
                "write the sections `policies` and `deviations`",
            );
            return entries;
        };
        for (name, section) in sections {
            let at = child("", name);
            if name != "policies" && name != "deviations" {
                self.report(
                    &at,
                    format!("`{name}` is no section"),
                    "the sections are `policies` and `deviations`",
                );
                continue;
            }
            match section {
                Value::Array(items) => {
                    for (index, item) in items.iter().enumerate() {
                        entries.extend(self.entry(
                            item,
                            child(&at, &index.to_string()),
                            name == "policies",
                        ));
                    }
                }
                Value::Null => {}
                _ => self.report(&at, "a section is a list of entries", ""),
            }
        }
        for (index, entry) in entries.iter().enumerate() {
            let same = |other: &&Entry| {
                (&other.subject, &other.member, other.kind, other.side)
                    == (&entry.subject, &entry.member, entry.kind, entry.side)
                    && other.policy == entry.policy
                    && other.apis.iter().any(|api| entry.apis.contains(api))
            };
            if let Some(first) = entries[..index].iter().find(same).filter(|_| !entry.policy) {
                self.report(
                    &entry.pointer,
                    format!("the same as the entry in line {}", first.location.line),
                    "one entry is enough",
                );
            }
        }
        entries
    }

    fn entry(&mut self, item: &Value, pointer: String, policy: bool) -> Option<Entry> {
        let before = self.findings.len();
        let Some(members) = item.as_object() else {
            self.report(&pointer, "an entry is a mapping", "");
            return None;
        };
        for name in members.keys().filter(|name| !KEYS.contains(&name.as_str())) {
            self.report(
                &child(&pointer, name),
                format!("`{name}` is no key of an entry"),
                &format!("the keys are {}", KEYS.join(", ")),
            );
        }
        let apis = self.apis(item, &pointer);
        let subject = self.subject(item, &pointer);
        let member = self.optional_text(item, &pointer, "member");
        let kind = self.named(item, &pointer, "kind", Kind::NAMES);
        let side = if item.get("side").is_some() {
            self.named(item, &pointer, "side", Side::NAMES)
        } else {
            None
        };
        let reason = self
            .optional_text(item, &pointer, "reason")
            .unwrap_or_default();
        if reason.trim().is_empty() {
            self.report(&pointer, "an entry says its `reason`", "");
        }
        let reviewed = self.reviewed(item, &pointer);
        let (published, ours) = (item.get("published").cloned(), item.get("ours").cloned());
        if let (Some(subject), Some(kind)) = (&subject, kind) {
            let has_wildcard = subject.key_and_name().1.contains('*')
                || member.as_ref().is_some_and(|member| member.contains('*'));
            if has_wildcard && !policy {
                self.report(
                    &pointer,
                    "only a policy may stand for many places",
                    "name one place, or move the entry to `policies`",
                );
            }
            if policy && !has_wildcard {
                self.report(
                    &pointer,
                    "a policy stands for many places",
                    "say `*`, or move the entry to `deviations`",
                );
            }
            if !policy
                && !kind.is_presence()
                && !kind.is_boolean()
                && (published.is_none() || ours.is_none())
            {
                let help = "the report has both; an entry must not explain what changes later";
                self.report(
                    &pointer,
                    "an entry records both values, `published` and `ours`",
                    help,
                );
            }
        }
        let location = self.loaded.locate(&pointer);
        let entry = Entry {
            apis,
            subject: subject?,
            member,
            kind: kind?,
            side,
            published,
            ours,
            reviewed: reviewed?,
            reason,
            policy,
            pointer,
            location,
        };
        (self.findings.len() == before).then_some(entry)
    }

    fn reviewed(&mut self, item: &Value, pointer: &str) -> Option<Date> {
        let help =
            "the day on which somebody last verified the reason, as in `reviewed: \"2026-01-31\"`";
        if item.get("reviewed").is_none() {
            self.report(pointer, "an entry says when it was `reviewed`", help);
            return None;
        }
        let text = self.optional_text(item, pointer, "reviewed")?;
        let date = is_date(&text).then(|| text.parse().ok()).flatten();
        if date.is_none() {
            let at = child(pointer, "reviewed");
            self.report(&at, format!("`{text}` is no date"), help);
        }
        date
    }

    fn apis(&mut self, item: &Value, pointer: &str) -> Vec<String> {
        let listed = item
            .get("in")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .map(Value::as_str)
            .collect::<Option<Vec<_>>>();
        let known = |api: &&str| Generation::of(api).is_some();
        match listed {
            Some(apis) if !apis.is_empty() && apis.iter().all(known) => {
                apis.into_iter().map(str::to_owned).collect()
            }
            _ => {
                self.report(
                    pointer,
                    "an entry says which documents it is about",
                    "`in: [v1]`, `in: [v2]` or `in: [v1, v2]`",
                );
                Vec::new()
            }
        }
    }

    fn subject(&mut self, item: &Value, pointer: &str) -> Option<Subject> {
        match (
            self.optional_text(item, pointer, "operation"),
            self.optional_text(item, pointer, "schema"),
            self.optional_text(item, pointer, "document"),
        ) {
            (Some(operation), None, None) => Some(Subject::Operation(operation)),
            (None, Some(schema), None) => Some(Subject::Schema(schema)),
            (None, None, Some(section)) => Some(Subject::Document(section)),
            _ => {
                self.report(
                    pointer,
                    "an entry is about one `operation`, one `schema` or one section of the `document`",
                    "use our names, and `document: servers`, `security` or `securitySchemes`",
                );
                None
            }
        }
    }

    fn optional_text(&mut self, item: &Value, pointer: &str, key: &str) -> Option<String> {
        match item.get(key) {
            None => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(_) => {
                self.report(&child(pointer, key), format!("`{key}` is a text"), "");
                None
            }
        }
    }

    fn named<T: Copy>(
        &mut self,
        item: &Value,
        pointer: &str,
        key: &str,
        names: &[(&str, T)],
    ) -> Option<T> {
        let name = item.get(key).and_then(Value::as_str);
        let found = names
            .iter()
            .find(|(known, _)| Some(*known) == name)
            .map(|(_, value)| *value);
        if found.is_none() {
            let all: Vec<_> = names.iter().map(|(name, _)| *name).collect();
            let at = if item.get(key).is_some() {
                child(pointer, key)
            } else {
                pointer.to_owned()
            };
            self.report(
                &at,
                format!("an entry says its `{key}`"),
                &format!("one of {}", all.join(", ")),
            );
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Deviations, Error> {
        Deviations::read(&Document {
            api: String::new(),
            path: "spec/deviations.yaml".into(),
            text: text.into(),
        })
    }

    #[test]
    fn an_entry_that_is_none_is_a_finding_with_its_place() {
        let cases = [
            ("[]", "1:1: this is no list of deviations"),
            ("exceptions: []", "1:1: `exceptions` is no section"),
            ("deviations: 1", "1:1: a section is a list of entries"),
            ("deviations:\n  - 1", "2:5: an entry is a mapping"),
            (
                "deviations:\n  - {in: [v2], schema: A, kind: nullable, reviewed: 2026-01-31}",
                "2:5: an entry says its `reason`",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, kind: nullable, reviewed: 2026-01-31, reason: ' '}",
                "2:5: an entry says its `reason`",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, kind: nullable, reason: r}",
                "2:5: an entry says when it was `reviewed`",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, kind: nullable, reviewed: 2026-02-30, reason: r}",
                "2:43: `2026-02-30` is no date",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, kind: nullable, reviewed: soon, reason: r}",
                "2:43: `soon` is no date",
            ),
            (
                "deviations:\n  - {in: [v3], schema: A, kind: nullable, reviewed: 2026-01-31, reason: r}",
                "2:5: an entry says which documents it is about",
            ),
            (
                "deviations:\n  - {schema: A, kind: nullable, reviewed: 2026-01-31, reason: r}",
                "2:5: an entry says which documents it is about",
            ),
            (
                "deviations:\n  - {in: [v2], kind: nullable, reviewed: 2026-01-31, reason: r}",
                "2:5: an entry is about one `operation`, one `schema` or one section of the `document`",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, operation: b, kind: nullable, reviewed: 2026-01-31, reason: r}",
                "2:5: an entry is about one `operation`, one `schema` or one section of the `document`",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, kind: nulable, reviewed: 2026-01-31, reason: r}",
                "2:27: an entry says its `kind`",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, kind: required, side: top, reviewed: 2026-01-31, reason: r}",
                "2:43: an entry says its `side`",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, kind: nullable, why: r, reviewed: 2026-01-31, reason: r}",
                "2:43: `why` is no key of an entry",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, member: 1, kind: nullable, reviewed: 2026-01-31, reason: r}",
                "2:27: `member` is a text",
            ),
            (
                "deviations:\n  - {in: [v2], schema: '*', kind: nullable, reviewed: 2026-01-31, reason: r}",
                "2:5: only a policy may stand for many places",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, member: 'x*', kind: nullable, reviewed: 2026-01-31, reason: r}",
                "2:5: only a policy may stand for many places",
            ),
            (
                "policies:\n  - {in: [v2], schema: A, kind: nullable, reviewed: 2026-01-31, reason: r}",
                "2:5: a policy stands for many places",
            ),
            (
                "deviations:\n  - {in: [v2], schema: A, kind: enum, ours: [x], reviewed: 2026-01-31, reason: r}",
                "2:5: an entry records both values, `published` and `ours`",
            ),
            (
                "deviations:\n  - {in: [v1, v2], schema: A, kind: nullable, reviewed: 2026-01-31, reason: r}\n  - {in: [v2], schema: A, kind: nullable, reviewed: 2026-01-31, reason: s}",
                "3:5: the same as the entry in line 2",
            ),
            ("deviations:\n  - in: [v2", "3:1: "),
        ];
        for (text, expected) in cases {
            let Err(error) = read(text) else {
                panic!("accepted {text}")
            };
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("spec/deviations.yaml:{expected}")),
                "{text}\n{error}"
            );
        }
    }

    #[test]
    fn entries_are_counted_by_generation() {
        let deviations = read(
            "policies:\n  - {in: [v1], operation: '*', kind: deprecated, reviewed: 2026-01-31, reason: r}\ndeviations:\n  - {in: [v1, v2], schema: A, kind: nullable, reviewed: 2026-01-31, reason: r}\n",
        )
        .unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            (deviations.count("v1"), deviations.count("v2")),
            ((1, 1), (1, 0))
        );
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("*", "id", true),
            ("*Request", "ScheduleUpdateRequest", true),
            ("*Request", "Schedule", false),
            ("query *Id", "query batchId", true),
            ("query *Id", "path batchId", false),
            ("a*b*c", "a-b-b-c", true),
            ("id", "_id", false),
        ] {
            assert_eq!(
                glob_matches(pattern, text),
                expected,
                "{pattern} and {text}"
            );
        }
    }
}
