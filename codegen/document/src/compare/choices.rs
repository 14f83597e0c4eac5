//! What a request must and must not have, depending on which subtype it is.
//!
//! The published document has a subtype for each value of the discriminator, with required members and without those of its siblings.
//! Ours has one flat schema and says the same as `x-atlas-rules`:
//!
//! ```yaml
//! - when: {cloudProvider: GCP}
//!   require: [bucketName, roleId]
//!   forbid: [iamRoleId]
//! ```

use std::collections::BTreeSet;

use serde_json::Value;

use super::book::Place;
use super::difference::{Kind, Side};
use super::schemas::{Comparison, Sides, Spot, only};
use super::shape::Shape;

/// What applies to one subtype beyond what applies to all.
struct Choice<'n> {
    required: BTreeSet<&'n str>,
    forbidden: BTreeSet<&'n str>,
}

impl<'a> Comparison<'a> {
    /// Compares our rules with the published subtypes.
    pub fn choices(&mut self, spot: &Spot, ours: &Place<'a>, shapes: &[Shape<'a>], published: &[(Side, Shape<'a>)]) {
        let requests: Vec<_> = published.iter().filter(|(side, _)| *side == Side::Request).map(|(_, shape)| shape).collect();
        if requests.iter().all(|shape| shape.choice.is_none()) {
            return;
        }
        let known: BTreeSet<&str> = shapes.iter().flat_map(|shape| shape.properties.keys().copied()).collect();
        let sent = |shape: &&Shape<'a>| -> BTreeSet<&'a str> {
            shape.properties.iter().filter(|(_, node)| self.travels(node, Side::Request)).map(|(name, _)| *name).collect()
        };
        let all: BTreeSet<&str> = requests.iter().flat_map(sent).collect();
        let always: BTreeSet<&str> =
            all.iter().copied().filter(|name| requests.iter().all(|shape| shape.required.contains(name))).collect();
        // A member that only one document has, or that every request needs, is compared by itself.
        let by_choice = |name: &&str| known.contains(name) && all.contains(name) && !always.contains(name);
        let mut found = Vec::new();
        for shape in &requests {
            let Some((property, values)) = &shape.choice else { continue };
            let theirs = Choice { required: shape.required.clone(), forbidden: all.difference(&sent(shape)).copied().collect() };
            for value in values {
                let mine = rules(ours, property, value);
                let spot = spot.member(&format!("{property}={value}"));
                let sets =
                    [(Kind::RequiredWhen, mine.required, &theirs.required), (Kind::ForbiddenWhen, mine.forbidden, &theirs.forbidden)];
                for (kind, mine, theirs) in sets {
                    let list =
                        |names: &BTreeSet<&str>| Some(names.iter().filter(|name| by_choice(name)).map(|name| (*name).into()).collect());
                    found.push((spot.clone(), kind, only(list(&mine), list(theirs))));
                }
            }
        }
        let at = requests.iter().flat_map(|shape| shape.properties.values().flatten()).next().map(|place| place.pointer.clone());
        for (spot, kind, (ours_only, published)) in found {
            if ours_only != published {
                let sides =
                    Sides { ours: ours_only, published, pointer: &ours.pointer, published_pointer: at.as_deref().unwrap_or_default() };
                self.differ(&spot, kind, Some(Side::Request), sides);
            }
        }
    }
}

/// Our rules for one value of one member.
fn rules<'a>(schema: &Place<'a>, property: &str, value: &str) -> Choice<'a> {
    let names = |rule: &Place<'a>, key: &str| rule.items(key).filter_map(|name| name.value.as_str()).collect::<Vec<_>>();
    let matching: Vec<_> = schema
        .items("x-atlas-rules")
        .filter(|rule| rule.value.get("when").and_then(|when| when.get(property)).and_then(Value::as_str) == Some(value))
        .collect();
    Choice {
        required: matching.iter().flat_map(|rule| names(rule, "require")).collect(),
        forbidden: matching.iter().flat_map(|rule| names(rule, "forbid")).collect(),
    }
}
