//! Finds what our document has already of the components of a draft.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::find::known;
use crate::lint::{Reach, members};
use crate::vocabulary::RUNTIME_TYPES;

const SCHEMAS: &str = "#/components/schemas/";

/// The components of both documents.
pub(super) struct Reuse<'a> {
    pub ours: &'a Value,
    pub drafted: &'a Value,
    /// Our documents of the other generations.
    others: &'a [&'a Value],
    /// The schemas that our document and the draft send, and those that they receive.
    ours_reach: Reach<'a>,
    drafted_reach: Reach<'a>,
}

impl<'a> Reuse<'a> {
    pub fn new(ours: &'a Value, drafted: &'a Value, others: &'a [&'a Value]) -> Self {
        Reuse {
            ours,
            drafted,
            others,
            ours_reach: Reach::of(ours),
            drafted_reach: Reach::of(drafted),
        }
    }

    /// Returns our schema for a drafted one: that of the same official name and direction if there is
    /// one, even if it differs, because then it was curated. Otherwise one that states the same facts.
    pub fn schema(&self, name: &str) -> Option<&'a str> {
        let drafted = &self.drafted["components"]["schemas"][name];
        if RUNTIME_TYPES.iter().any(|(known, _)| *known == name) {
            let ours = members(&self.ours["components"], "schemas");
            return ours.map(|(known, _)| known).find(|known| *known == name);
        }
        let is_named = drafted.get("x-atlas-schema").is_some();
        let candidates = members(&self.ours["components"], "schemas").filter(|(_, schema)| {
            schema.get("type") == drafted.get("type")
                && (!is_named || shares_official_name(drafted, schema))
        });
        let ranked = candidates.filter_map(|(known, schema)| {
            let is_same = self.is_same(drafted, schema, &mut BTreeSet::new());
            let rank = (is_same, shared_members(drafted, schema), known == name);
            (is_same || self.has_direction(name, known)).then_some((rank, known))
        });
        // Of equally good ones, the first.
        let best = ranked.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.filter(|((is_same, ..), _)| is_named || *is_same)
            .map(|(_, known)| known)
    }

    /// Returns the name of our shared parameter that states the same as a drafted one.
    pub fn parameter(&self, drafted: &Value) -> Option<&'a str> {
        let ours = members(&self.ours["components"], "parameters");
        let mut same = ours.filter(|(_, it)| self.is_same(drafted, it, &mut BTreeSet::new()));
        same.next().map(|(name, _)| name)
    }

    /// Returns the name that another generation gives to the schema of this official name and
    /// direction. The dates at the end of official names do not count.
    pub fn name_elsewhere(&self, name: &str) -> Option<String> {
        let undated = |name: &'a str| name.trim_end_matches(|c: char| c.is_ascii_digit());
        let drafted = &self.drafted["components"]["schemas"][name];
        let official: Vec<&str> = official(drafted).map(undated).collect();
        self.others.iter().find_map(|other| {
            let reach = Reach::of(other);
            let is_sent = self.drafted_reach.requests.contains(name);
            let reached = if is_sent {
                &reach.requests
            } else {
                &reach.responses
            };
            let mut schemas = members(&other["components"], "schemas");
            let same = schemas.find(|(known, schema)| {
                let mut names = self::official(schema).map(undated);
                reached.contains(known) && names.any(|name| official.contains(&name))
            });
            same.map(|(known, _)| known.to_owned())
        })
    }

    /// Whether our document has the component that a reference refers to.
    pub fn has(&self, target: &str) -> bool {
        let pointer = target.strip_prefix('#');
        pointer.is_some_and(|pointer| self.ours.pointer(pointer).is_some())
    }

    /// Returns the errors that all of our operations have, of which Atlas may publish none.
    pub fn errors_of_all(&self) -> Vec<(String, Value)> {
        let mut operations = known(self.ours).map(|operation| &operation.value["responses"]);
        let first = operations.next().and_then(Value::as_object).cloned();
        let mut common = first.unwrap_or_default();
        common.retain(|status, _| status.starts_with(['4', '5']));
        for responses in operations {
            common.retain(|status, response| responses.get(status) == Some(response));
        }
        common.into_iter().collect()
    }

    /// Returns the shared response that most of our operations have for this status.
    pub fn error(&self, status: &str) -> Option<Value> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for operation in known(self.ours) {
            let response = &operation.value["responses"][status];
            if let Some(target) = response.get("$ref").and_then(Value::as_str) {
                *counts.entry(target).or_default() += 1;
            }
        }
        let most = counts.into_iter().max_by_key(|(_, count)| *count);
        most.map(|(target, _)| json!({"$ref": target}))
    }

    fn has_direction(&self, drafted: &str, ours: &str) -> bool {
        (self.drafted_reach.requests.contains(drafted) && self.ours_reach.requests.contains(ours))
            || (self.drafted_reach.responses.contains(drafted)
                && self.ours_reach.responses.contains(ours))
    }

    /// Whether two values state the same facts: everything but prose, examples and what only we add.
    /// `assumed` has the pairs of schemas that are being compared, which may contain themselves.
    fn is_same(
        &self,
        drafted: &Value,
        ours: &Value,
        assumed: &mut BTreeSet<(String, String)>,
    ) -> bool {
        let (Value::Object(one), Value::Object(other)) = (drafted, ours) else {
            return drafted == ours;
        };
        let (one, other) = (facts(one), facts(other));
        one.len() == other.len()
            && one.iter().all(|(keyword, value)| {
                let same = other.get(keyword);
                same.is_some_and(|same| self.is_same_fact(keyword, value, same, assumed))
            })
    }

    fn is_same_fact(
        &self,
        keyword: &str,
        drafted: &Value,
        ours: &Value,
        assumed: &mut BTreeSet<(String, String)>,
    ) -> bool {
        match (keyword, drafted, ours) {
            ("$ref", Value::String(one), Value::String(other)) => {
                if !assumed.insert((one.clone(), other.clone())) {
                    return true;
                }
                let is_schema = |target: &str| target.starts_with(SCHEMAS);
                let (drafted, ours) = (follow(self.drafted, one), follow(self.ours, other));
                is_schema(one) == is_schema(other) && self.is_same(drafted, ours, assumed)
            }
            ("properties", Value::Object(one), Value::Object(other)) => {
                one.len() == other.len()
                    && one.iter().all(|(name, member)| {
                        let same = other.get(name);
                        same.is_some_and(|same| self.is_same(member, same, assumed))
                    })
            }
            ("enum" | "required", Value::Array(one), Value::Array(other)) => {
                one.len() == other.len() && one.iter().all(|value| other.contains(value))
            }
            _ => self.is_same(drafted, ours, assumed),
        }
    }
}

/// Returns the keywords that state facts of Atlas. A reference in an `allOf` is the reference.
fn facts(value: &Map<String, Value>) -> Map<String, Value> {
    let mut facts = Map::new();
    for (keyword, value) in value {
        match (keyword.as_str(), value.as_array().map(Vec::as_slice)) {
            ("description" | "summary" | "example" | "examples", _) => {}
            ("allOf", Some([Value::Object(part)])) => facts.extend(part.clone()),
            (keyword, _) if keyword.starts_with("x-atlas-") => {}
            _ => drop(facts.insert(keyword.clone(), value.clone())),
        }
    }
    facts
}

fn follow<'v>(document: &'v Value, target: &str) -> &'v Value {
    let pointer = target.strip_prefix('#');
    let target = pointer.and_then(|pointer| document.pointer(pointer));
    target.unwrap_or(&Value::Null)
}

fn shares_official_name(drafted: &Value, ours: &Value) -> bool {
    let ours: Vec<&str> = official(ours).collect();
    official(drafted).any(|name| ours.contains(&name))
}

/// Returns the official names of a schema.
pub(super) fn official(schema: &Value) -> impl Iterator<Item = &str> {
    let names = schema.get("x-atlas-schema");
    let one = names.and_then(Value::as_str);
    let several = names.and_then(Value::as_array).into_iter().flatten();
    one.into_iter().chain(several.filter_map(Value::as_str))
}

fn shared_members(drafted: &Value, ours: &Value) -> usize {
    let ours = &ours["properties"];
    let is_shared = |name: &&str| ours.get(*name).is_some();
    let names = members(drafted, "properties").map(|(name, _)| name);
    names.filter(is_shared).count()
}
