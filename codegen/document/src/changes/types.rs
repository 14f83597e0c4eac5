//! Pairs the types of the two versions and compares them: structs and enums.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::members::Object;
use super::promise::Promise::{
    Documentation, EnumValue, Looser, New, OptionalMember, Removed, Renamed, Retyped, Stricter,
};
use super::side::{Role, Side};
use super::{At, Comparison};
use crate::compare::view::Node;
use crate::lint::variant;

/// How many of the names of two types must be the same for one to be the other, renamed: 3 of 4.
const ALIKE: (usize, usize) = (3, 4);

/// Finds the types that have another name in the newer version: they have nearly the same members
/// or values, and an operation that uses the one used the other before.
pub(super) fn renamed<'a>(old: &Side<'a>, new: &Side<'a>) -> BTreeMap<&'a str, &'a str> {
    let only_in = |these: &Side<'a>, others: &Side<'a>| -> Vec<&'a str> {
        let names = these.types.keys();
        names
            .filter(|name| !others.types.contains_key(*name))
            .copied()
            .collect()
    };
    let (removed, mut added) = (only_in(old, new), only_in(new, old));
    let mut renamed = BTreeMap::new();
    for name in removed {
        let is_it = |other: &&str| {
            are_alike(&old.types[name], &new.types[*other])
                && !users(old, name).is_disjoint(&users(new, other))
        };
        if let Some(index) = added.iter().position(is_it) {
            renamed.insert(name, added.remove(index));
        }
    }
    renamed
}

fn are_alike(old: &Node<'_>, new: &Node<'_>) -> bool {
    let (old, new) = (names(old), names(new));
    let (same, all) = (old.intersection(&new).count(), old.union(&new).count());
    same * ALIKE.1 >= all * ALIKE.0
}

/// The names of the members of an object, or the values of an enum.
fn names<'a>(schema: &Node<'a>) -> BTreeSet<&'a str> {
    let members = schema.members("properties").map(|(name, _)| name);
    members.chain(values(schema)).collect()
}

fn values<'a>(schema: &Node<'a>) -> impl Iterator<Item = &'a str> {
    schema.items("enum").filter_map(|item| item.value.as_str())
}

/// The operations that use a type.
fn users(side: &Side<'_>, name: &str) -> BTreeSet<(String, String)> {
    let using = side
        .operations
        .iter()
        .filter(|one| side.used_by(one).contains(name));
    using
        .map(|one| (one.method.to_owned(), one.key().1))
        .collect()
}

impl<'a> Comparison<'a> {
    pub(super) fn compare_types(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, node) in &old.types {
            let subject = self.type_name(name);
            let renamed = old.renamed.get(name).copied();
            let Some(other) = new.types.get(renamed.unwrap_or(name)) else {
                self.add(Removed, &subject, "{} is removed", At::Old(&node.pointer));
                continue;
            };
            if let Some(renamed) = renamed {
                let text = format!("{{}} is `{renamed}` now");
                self.add(Renamed, &subject, &text, At::New(&other.pointer));
            }
            let before = Object {
                side: old,
                node: node.clone(),
                role: old.role(name),
            };
            let role = new.role(renamed.unwrap_or(name));
            let after = Object {
                side: new,
                node: other.clone(),
                role,
            };
            self.compare_type(&subject, &before, &after);
        }
        let is_renamed = |name: &str| old.renamed.values().any(|renamed| *renamed == name);
        for (name, node) in &new.types {
            if !old.types.contains_key(name) && !is_renamed(name) {
                self.add(
                    New,
                    &self.type_name(name),
                    "{} is new",
                    At::New(&node.pointer),
                );
            }
        }
    }

    fn type_name(&self, name: &str) -> String {
        format!("{}::types::{name}", self.api)
    }

    fn compare_type(&mut self, subject: &str, old: &Object<'a>, new: &Object<'a>) {
        let at = At::New(&new.node.pointer);
        let differs = |keyword| old.node.value.get(keyword) != new.node.value.get(keyword);
        if differs("description") || differs("x-atlas-schema") {
            self.add(Documentation, subject, "documentation of {}", at);
        }
        let kind = |object: &Object<'a>| match object.node.get("enum") {
            Some(_) => "an enum",
            None => "a struct",
        };
        match (kind(old), kind(new)) {
            ("an enum", "an enum") => self.compare_values(subject, &old.node, &new.node),
            (before, after) if before == after => {
                self.compare_role(subject, old, new);
                self.compare_members(subject, old, new);
                self.compare_rules(subject, &old.node, &new.node);
                self.compare_update(subject, &old.node, &new.node);
            }
            (before, after) => {
                let text = format!("{{}} is {after} instead of {before}");
                self.add(Retyped, subject, &text, at);
            }
        }
    }

    fn compare_values(&mut self, subject: &str, old: &Node<'a>, new: &Node<'a>) {
        let (before, after): (Vec<_>, Vec<_>) = (values(old).collect(), values(new).collect());
        let of = |value: &str| format!("{subject}::{}", variant(value));
        let at = |node: &Node<'a>, index: usize| format!("{}/enum/{index}", node.pointer);
        for (index, value) in before.iter().enumerate() {
            if !after.contains(value) {
                let text = format!("{{}}, `{value}` on the wire, is removed");
                self.add(Removed, &of(value), &text, At::Old(&at(old, index)));
            }
        }
        for (index, value) in after.iter().enumerate() {
            if !before.contains(value) {
                let text = format!("{{}}, `{value}` on the wire, is new");
                self.add(EnumValue, &of(value), &text, At::New(&at(new, index)));
            }
        }
        let is_reordered = before != after
            && before.iter().collect::<BTreeSet<_>>() == after.iter().collect::<BTreeSet<_>>();
        if is_reordered {
            self.add(
                Documentation,
                subject,
                "documentation of {}",
                At::New(&new.pointer),
            );
        }
    }

    /// Compares where an object is used: responses are `#[non_exhaustive]`, and what is sent and
    /// received keeps the members that this version does not know.
    fn compare_role(&mut self, subject: &str, old: &Object<'a>, new: &Object<'a>) {
        let at = At::New(&new.node.pointer);
        match (old.role, new.role) {
            (before, after) if before == after => {}
            (_, Role::Response) => {
                let text = "{} is only received now, so that it has no struct literal";
                self.add(Retyped, subject, text, at);
            }
            (Role::Both, Role::Request) => {
                self.add(Retyped, subject, "{} is only sent now, without `extra`", at);
            }
            (Role::Response, _) => self.add(New, subject, "{} can be sent now", at),
            (_, _) => {
                let text = "{} is also received now, with `extra` for unknown members";
                self.add(OptionalMember, subject, text, at);
            }
        }
    }

    fn compare_rules(&mut self, subject: &str, old: &Node<'a>, new: &Node<'a>) {
        let rules = |node: &Node<'a>| -> Vec<(Value, Node<'a>)> {
            let rules = node.items("x-atlas-rules");
            rules
                .map(|rule| (without(rule.value, &["reason", "source"]), rule))
                .collect()
        };
        let (before, after) = (rules(old), rules(new));
        let same = |rules: &[(Value, Node<'a>)], rule: &Value| {
            rules
                .iter()
                .find(|(other, _)| other == rule)
                .map(|(_, node)| node.clone())
        };
        let reason = |rule: &Node<'a>| {
            rule.text("reason")
                .unwrap_or_default()
                .trim_end_matches('.')
                .to_owned()
        };
        for (rule, node) in &before {
            match same(&after, rule) {
                Some(other) if other.text("reason") != node.text("reason") => {
                    let at = At::New(&other.pointer);
                    self.add(Documentation, subject, "documentation of {}", at);
                }
                Some(_) => {}
                None => {
                    let text = format!("{{}} no longer has the rule \"{}\"", reason(node));
                    self.add(Looser, subject, &text, At::Old(&node.pointer));
                }
            }
        }
        for (rule, node) in &after {
            if same(&before, rule).is_none() {
                let text = format!("{{}} has the new rule \"{}\"", reason(node));
                self.add(Stricter, subject, &text, At::New(&node.pointer));
            }
        }
    }

    fn compare_update(&mut self, subject: &str, old: &Node<'a>, new: &Node<'a>) {
        let of = |node: &Node<'a>| node.text("x-atlas-update-of");
        let before = of(old).map(|name| self.old.renamed.get(name).copied().unwrap_or(name));
        if before == of(new) {
            return;
        }
        if let Some(response) = before {
            let text = format!("{{}} is no longer made `From<{response}>`");
            self.add(Removed, subject, &text, At::New(&new.pointer));
        }
        if let Some(response) = of(new) {
            let text = format!("{{}} is made `From<{response}>`, with `extra` for unknown members");
            self.add(New, subject, &text, At::New(&new.pointer));
        }
    }
}

/// Returns an object without these members.
pub(super) fn without(value: &Value, names: &[&str]) -> Value {
    let members = value.as_object().into_iter().flatten();
    let kept = members.filter(|(name, _)| !names.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
