//! The types that v1 and v2 have in common: `v1::types::Link` is `v2::types::Link` if both documents
//! describe it in the same way, descriptions included, and the same is true of all types that it
//! uses. `share` of the generator decides it of the generated code.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Change;
use super::promise::Promise::{Joined, Parted};
use super::side::{Role, Side};
use super::types::without;
use crate::lint::reach::closure;

/// Returns what is no longer one type, or has become one.
pub(super) fn changes(older: &[Side<'_>], newer: &[Side<'_>]) -> Vec<Change> {
    let (before, after) = (Common::of(older), Common::of(newer));
    let Some(latest) = newer.last() else {
        return Vec::new();
    };
    let apis: Vec<_> = newer.iter().map(Side::api).collect();
    let mut changes = Vec::new();
    // What only now is in both, or no longer is, is added or removed there.
    for name in before.all.intersection(&after.all) {
        let names: Vec<_> = apis
            .iter()
            .map(|api| format!("`{api}::types::{name}`"))
            .collect();
        let names = names.join(" and ");
        let (promise, text) = match (before.same.contains(name), after.same.contains(name)) {
            (true, false) => (Parted, format!("{names} are two types now")),
            (false, true) => (Joined, format!("{names} are one type now")),
            _ => continue,
        };
        let place = latest
            .types
            .get(name.as_str())
            .map(|node| latest.place(&node.pointer));
        changes.extend(place.map(|place| Change {
            api: apis.join(" and "),
            promise,
            subject: format!("types::{name}"),
            text,
            place,
        }));
    }
    changes.sort_by_key(|change| (change.promise, change.place.clone()));
    changes
}

/// The types that all documents have.
struct Common {
    all: BTreeSet<String>,
    /// Those that are one type.
    same: BTreeSet<String>,
}

impl Common {
    fn of(sides: &[Side<'_>]) -> Self {
        let [first, others @ ..] = sides else {
            return Common {
                all: BTreeSet::new(),
                same: BTreeSet::new(),
            };
        };
        let names = first.types.keys().filter(|name| {
            !others.is_empty() && others.iter().all(|other| other.types.contains_key(*name))
        });
        let all: BTreeSet<&str> = names.copied().collect();
        let mut same: BTreeMap<&str, BTreeSet<&str>> = all
            .iter()
            .filter(|name| {
                let definitions: Vec<_> = sides.iter().map(|side| definition(side, name)).collect();
                definitions.windows(2).all(|pair| pair[0] == pair[1])
            })
            .map(|name| (*name, uses(first, name)))
            .collect();
        // Two types that use types which differ are two types as well.
        while let Some(name) = same
            .iter()
            .find(|(_, uses)| uses.iter().any(|used| !same.contains_key(used)))
            .map(|(name, _)| *name)
        {
            same.remove(name);
        }
        let owned = |name: &str| name.to_owned();
        Common {
            same: same.into_keys().map(owned).collect(),
            all: all.into_iter().map(owned).collect(),
        }
    }
}

/// The other types that a type uses.
fn uses<'a>(side: &Side<'a>, name: &str) -> BTreeSet<&'a str> {
    let schema = side.types[name].value;
    let mut used = closure(&side.loaded.value, vec![schema]);
    used.extend(schema.get("x-atlas-update-of").and_then(Value::as_str));
    used.retain(|used| side.types.contains_key(used) && *used != name);
    used
}

/// What a type is in Rust, whatever its document. The order of members does not count.
fn definition(side: &Side<'_>, name: &str) -> (Value, Option<Role>) {
    let mut schema = without_nullable(side.types[name].value);
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.sort_by_key(Value::to_string);
    }
    let rules = schema
        .get_mut("x-atlas-rules")
        .and_then(Value::as_array_mut);
    for rule in rules.into_iter().flatten() {
        *rule = without(rule, &["source"]);
    }
    let role = schema.get("properties").map(|_| side.role(name));
    (schema, role)
}

/// Removes `nullable`, which nothing is generated from.
fn without_nullable(schema: &Value) -> Value {
    let mut schema = without(schema, &["nullable"]);
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (_, property) in properties.into_iter().flatten() {
        *property = without_nullable(property);
    }
    schema
}
