//! Compares the members that a request must have and must not have, depending on its subtype.
//!
//! The published document has one subtype for each value of the discriminator; it has required
//! members of its own and lacks the members of its siblings. Our document has one flat schema and
//! expresses the same with `x-atlas-rules`:
//!
//! ```yaml
//! - when: {cloudProvider: GCP}
//!   require: [bucketName, roleId]
//! ```
//!
//! If a subtype lacks a member, Atlas may still accept it, so our rules need not forbid it. But a
//! member that our rules forbid must be missing in the published subtype.

use std::collections::BTreeSet;

use serde_json::Value;

use super::difference::{Kind, Side};
use super::schemas::{Comparison, Sides, Target, exclusive_values};
use super::shape::Shape;
use super::view::Node;

/// What applies to one subtype in addition to what applies to all.
struct Conditions<'n> {
    required: BTreeSet<&'n str>,
    forbidden: BTreeSet<&'n str>,
}

impl<'a> Comparison<'a> {
    /// Compares our rules with the published subtypes.
    pub fn compare_choices(
        &mut self,
        target: &Target,
        ours: &Node<'a>,
        shapes: &[Shape<'a>],
        published: &[(Side, Shape<'a>)],
    ) {
        let requests: Vec<_> = published
            .iter()
            .filter(|(side, _)| *side == Side::Request)
            .map(|(_, shape)| shape)
            .collect();
        if requests.iter().all(|shape| shape.choice.is_none()) {
            return;
        }
        let known: BTreeSet<&str> = shapes
            .iter()
            .flat_map(|shape| shape.properties.keys().copied())
            .collect();
        let sent = |shape: &&Shape<'a>| -> BTreeSet<&'a str> {
            shape
                .properties
                .iter()
                .filter(|(_, nodes)| self.applies_to(nodes, Side::Request))
                .map(|(name, _)| *name)
                .collect()
        };
        let all: BTreeSet<&str> = requests.iter().flat_map(sent).collect();
        let always: BTreeSet<&str> = all
            .iter()
            .copied()
            .filter(|name| requests.iter().all(|shape| shape.required.contains(name)))
            .collect();
        // Members that only one document has, or that every request requires, are compared
        // elsewhere.
        let by_choice =
            |name: &&str| known.contains(name) && all.contains(name) && !always.contains(name);
        let mut found = Vec::new();
        for shape in &requests {
            let Some((property, values)) = &shape.choice else {
                continue;
            };
            let theirs = sent(shape);
            for value in values {
                let mine = rules_for(ours, property, value);
                let target = target.member(&format!("{property}={value}"));
                let refused: BTreeSet<&str> =
                    mine.forbidden.intersection(&theirs).copied().collect();
                for (kind, mine, theirs) in [
                    (Kind::RequiredWhen, &mine.required, &shape.required),
                    (Kind::ForbiddenWhen, &refused, &BTreeSet::new()),
                ] {
                    let list = |names: &BTreeSet<&str>| {
                        Some(
                            names
                                .iter()
                                .filter(|name| by_choice(name))
                                .map(|name| (*name).into())
                                .collect(),
                        )
                    };
                    found.push((
                        target.clone(),
                        kind,
                        exclusive_values(list(mine), list(theirs)),
                    ));
                }
            }
        }
        let at = requests
            .iter()
            .flat_map(|shape| shape.properties.values().flatten())
            .next()
            .map(|node| node.pointer.clone());
        for (target, kind, (ours_only, published)) in found {
            if ours_only != published {
                let sides = Sides {
                    ours: ours_only,
                    published,
                    pointer: &ours.pointer,
                    published_pointer: at.as_deref().unwrap_or_default(),
                };
                self.record(&target, kind, Some(Side::Request), sides);
            }
        }
    }
}

/// Returns what our rules require and forbid if `property` has this value.
fn rules_for<'a>(schema: &Node<'a>, property: &str, value: &str) -> Conditions<'a> {
    let applies = |rule: &Node<'a>| match rule.value.get("when").and_then(|when| when.get(property))
    {
        Some(Value::Array(values)) => values.iter().any(|known| known == value),
        Some(known) => known == value,
        None => false,
    };
    let names = |rule: &Node<'a>, key: &str| {
        rule.items(key)
            .filter_map(|name| name.value.as_str())
            .collect::<Vec<_>>()
    };
    let matching: Vec<_> = schema.items("x-atlas-rules").filter(applies).collect();
    Conditions {
        required: matching
            .iter()
            .flat_map(|rule| names(rule, "require"))
            .collect(),
        forbidden: matching
            .iter()
            .flat_map(|rule| names(rule, "forbid"))
            .collect(),
    }
}
