//! Pairs the operations of the two versions and compares what belongs to the operation itself: its
//! name, module, URL, lifecycle and documentation.

use std::collections::BTreeSet;

use serde_json::Value;

use super::promise::Promise::{
    Behaviour, Deprecated, Documentation, Looser, New, Removed, Renamed,
};
use super::side::Operation;
use super::{At, Comparison};
use crate::notice::own_words;

/// What only the documentation of a method has.
const DOCUMENTATION: &[&str] = &[
    "/summary",
    "/externalDocs/url",
    "/x-atlas-roles",
    "/x-atlas-operation-id",
];

/// What only the documentation of a deprecated method has.
const OF_DEPRECATED: &[&str] = &["/x-atlas-deprecation/note", "/x-atlas-deprecation/since"];

/// Two versions of an operation.
pub(super) struct Pair<'a> {
    pub old: Operation<'a>,
    pub new: Operation<'a>,
    /// The method in Rust, as it was: `v2::Api::take_snapshot`.
    pub subject: String,
}

impl<'a> Comparison<'a> {
    pub(super) fn compare_operations(&mut self) {
        let (pairs, removed) = self.pairs();
        for operation in &removed {
            let at = At::Old(&operation.node.pointer);
            self.add(Removed, &self.method(operation), "{} is removed", at);
        }
        for new in &self.new.operations {
            let at = At::New(&new.node.pointer);
            if pairs
                .iter()
                .all(|pair| pair.new.node.pointer != new.node.pointer)
            {
                self.add(New, &self.method(new), "{} is new", at);
            }
        }
        for pair in &pairs {
            self.compare_name(pair);
            self.compare_url(pair);
            self.compare_lifecycle(pair);
            self.compare_arguments(pair);
            self.compare_bodies(pair);
            self.compare_documentation(pair);
        }
    }

    fn method(&self, operation: &Operation<'_>) -> String {
        format!("{}::Api::{}", self.api, operation.rust_name())
    }

    /// Pairs operations by method and path. Those that are left are paired by their id. Returns the
    /// pairs, and the operations that are removed.
    fn pairs(&self) -> (Vec<Pair<'a>>, Vec<Operation<'a>>) {
        let mut left: Vec<&Operation<'a>> = self.new.operations.iter().collect();
        let mut take = |is_it: &dyn Fn(&Operation<'_>) -> bool| {
            let index = left.iter().position(|new| is_it(new))?;
            Some(left.remove(index).clone())
        };
        let (mut pairs, mut removed) = (Vec::new(), Vec::new());
        let same_url: Vec<_> = self
            .old
            .operations
            .iter()
            .map(|old| take(&|new| new.key() == old.key()))
            .collect();
        for (old, new) in self.old.operations.iter().zip(same_url) {
            match new.or_else(|| take(&|new| !old.id.is_empty() && new.id == old.id)) {
                Some(new) => pairs.push(Pair {
                    old: old.clone(),
                    new,
                    subject: self.method(old),
                }),
                None => removed.push(old.clone()),
            }
        }
        (pairs, removed)
    }

    fn compare_name(&mut self, Pair { old, new, subject }: &Pair<'a>) {
        let api = &self.api;
        let (text, at) = if old.id != new.id {
            let text = format!("{{}} is `{}` now", new.rust_name());
            (text, "operationId")
        } else if old.request() != new.request() {
            let (old, new) = (old.request(), new.request());
            let text = format!("the request of {{}}, `{api}::{old}`, is `{api}::{new}` now");
            (text, "tags")
        } else {
            return;
        };
        let at = crate::child(&new.node.pointer, at);
        self.add(Renamed, subject, &text, At::New(&at));
    }

    fn compare_url(&mut self, Pair { old, new, subject }: &Pair<'a>) {
        let effect = |operation: &Operation<'a>| operation.node.text("x-atlas-effect");
        let shown = |operation: &Operation<'_>| {
            format!("`{} {}`", operation.method.to_uppercase(), operation.path)
        };
        let at = At::New(&new.node.pointer);
        if old.key() != new.key() {
            let text = format!("{{}} requests {} instead of {}", shown(new), shown(old));
            self.add(Behaviour, subject, &text, at);
        } else if effect(old) != effect(new) {
            let text = match effect(new) {
                Some(effect) => format!("{{}} is {effect} now: it may be sent twice"),
                None => "{} is not idempotent any more: it is sent once".to_owned(),
            };
            self.add(Behaviour, subject, &text, at);
        }
    }

    fn compare_lifecycle(&mut self, Pair { old, new, subject }: &Pair<'a>) {
        let of = |operation: &Operation<'a>, keyword: &str| {
            let deprecation = operation.node.get("x-atlas-deprecation");
            deprecation.and_then(|deprecation| deprecation.text(keyword))
        };
        let (before, after) = (of(old, "ended"), of(new, "ended"));
        let at = At::New(&new.node.pointer);
        match (old.node.flag("deprecated"), new.node.flag("deprecated")) {
            (false, true) => {
                let ended = after.map(|date| format!(" and ended on {date}"));
                let note = of(new, "note").map(|note| format!(": {}", note.trim_end_matches('.')));
                let (ended, note) = (ended.unwrap_or_default(), note.unwrap_or_default());
                self.add(
                    Deprecated,
                    subject,
                    &format!("{{}} is deprecated{ended}{note}"),
                    at,
                );
            }
            (true, false) => self.add(Looser, subject, "{} is no longer deprecated", at),
            _ if before == after => {}
            _ => match after {
                Some(date) => self.add(Deprecated, subject, &format!("{{}} ended on {date}"), at),
                None => self.add(Looser, subject, "{} has no end any more", at),
            },
        }
    }

    fn compare_documentation(&mut self, Pair { old, new, subject }: &Pair<'a>) {
        let differs =
            |pointer: &&&str| old.node.value.pointer(pointer) != new.node.value.pointer(pointer);
        // Another deprecation is a change of its own.
        let both_deprecated = old.node.flag("deprecated") && new.node.flag("deprecated");
        let of_deprecated = OF_DEPRECATED.iter().filter(|_| both_deprecated);
        let changed = DOCUMENTATION.iter().chain(of_deprecated).find(differs);
        let description = (description(old) != description(new)).then_some("/description");
        let responses = (statuses(old) != statuses(new)).then_some("/responses");
        if let Some(changed) = changed.copied().or(description).or(responses) {
            let at = format!("{}{changed}", new.node.pointer);
            self.add(Documentation, subject, "documentation of {}", At::New(&at));
        }
    }
}

/// The description, without the deprecation and the roles, which are changes of their own.
fn description<'a>(operation: &Operation<'a>) -> &'a str {
    let value = |keyword: &str| operation.node.value.get(keyword);
    let description = value("description").and_then(Value::as_str);
    own_words(
        description.unwrap_or_default(),
        value("x-atlas-deprecation"),
        value("x-atlas-roles"),
    )
}

/// The documented statuses.
fn statuses<'a>(operation: &Operation<'a>) -> BTreeSet<&'a str> {
    let responses = operation
        .node
        .value
        .get("responses")
        .and_then(Value::as_object);
    responses
        .into_iter()
        .flatten()
        .map(|(status, _)| status.as_str())
        .collect()
}
