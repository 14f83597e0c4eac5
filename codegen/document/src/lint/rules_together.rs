//! The rules of an object must agree with each other: for each rule that applies, there is a request
//! that keeps all of them. And the examples of requests keep them. `rules` lints each rule alone.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::rules::LISTS;
use super::{described, members, operations, resolve, text};
use crate::document::{Loaded, child};
use crate::error::Finding;
use crate::parts::items;

const KEYWORD: &str = "x-atlas-rules";

/// How many requests are tried for an object. No object of Atlas has rules about so many members that
/// more would be needed.
const MOST_REQUESTS: usize = 1 << 14;

type Object = Map<String, Value>;

pub(super) fn lint(loaded: &Loaded<'_>, findings: &mut Vec<Finding>) {
    let document = &loaded.value;
    for (name, schema) in members(&document["components"], "schemas") {
        let at = child(&child("/components/schemas", name), KEYWORD);
        contradictions(schema, &at, findings);
    }
    // Examples of rules that nobody can keep break one of them.
    if !findings.is_empty() {
        return;
    }
    for (pointer, _, _, operation) in operations(document) {
        let at = child(&child(&pointer, "requestBody"), "content");
        for (media, content) in operation
            .get("requestBody")
            .into_iter()
            .flat_map(|it| members(it, "content"))
        {
            let at = child(&child(&at, media), "examples");
            for (name, example) in members(content, "examples") {
                let at = child(&child(&at, name), "value");
                example_keeps(
                    document,
                    &content["schema"],
                    &example["value"],
                    &at,
                    findings,
                );
            }
        }
    }
}

/// Reports the rules that no request can keep together with the others.
fn contradictions(schema: &Value, at: &str, findings: &mut Vec<Finding>) {
    let rules: Vec<&Value> = items(schema, KEYWORD).collect();
    let requests = requests(schema, &rules);
    let is_kept = |rule: &Value| {
        let applying = requests.iter().filter(|request| applies(rule, request));
        let mut kept = applying.filter(|request| rules.iter().all(|rule| keeps(rule, request)));
        kept.next().is_some()
    };
    for (index, rule) in rules.iter().enumerate() {
        if !requests.is_empty() && !is_kept(rule) {
            let message = "no request can keep this rule and all the others";
            findings.push(
                Finding::new("rules", child(at, &index.to_string()), message)
                    .help("correct its lists, or those of the rule that contradicts it"),
            );
        }
    }
}

/// Returns a request for each combination of the members that the rules name: absent, present, or
/// with a value on which a rule depends. None if there are too many.
fn requests(schema: &Value, rules: &[&Value]) -> Vec<Object> {
    let named = |rule: &&'_ Value| -> Vec<String> {
        let listed = LISTS
            .iter()
            .flat_map(|(list, ..)| items(rule, list))
            .filter_map(Value::as_str);
        let deciding = members(rule, "when").map(|(name, _)| name);
        listed.chain(deciding).map(str::to_owned).collect()
    };
    let names: BTreeSet<String> = rules.iter().flat_map(named).collect();
    let mut requests = vec![Object::new()];
    for name in &names {
        let deciding = rules.iter().filter_map(|rule| rule.get("when")?.get(name));
        let mut values: Vec<Option<Value>> = deciding.flat_map(listed).cloned().map(Some).collect();
        // Any other value.
        values.push(Some(Value::String(String::new())));
        if items(schema, "required").all(|required| required != name) {
            values.push(None);
        }
        let with = |request: &Object| -> Vec<Object> {
            let with = |value: &Option<Value>| {
                let mut request = request.clone();
                request.extend(value.clone().map(|value| (name.clone(), value)));
                request
            };
            values.iter().map(with).collect()
        };
        requests = requests.iter().flat_map(with).collect();
        if requests.len() > MOST_REQUESTS {
            return Vec::new();
        }
    }
    requests
}

/// Returns the values of `when`, which is one value or a list.
fn listed(values: &Value) -> &[Value] {
    match values {
        Value::Array(values) => values,
        value => std::slice::from_ref(value),
    }
}

fn applies(rule: &Value, object: &Object) -> bool {
    members(rule, "when").all(|(name, values)| {
        let given = object.get(name);
        given.is_some_and(|given| listed(values).contains(given))
    })
}

/// Whether the object keeps the rule, as the client understands it: null and an empty list are absent.
fn keeps(rule: &Value, object: &Object) -> bool {
    let is_present = |name: &Value| {
        let value = name.as_str().and_then(|name| object.get(name));
        value.is_some_and(|value| {
            !value.is_null() && value.as_array().is_none_or(|it| !it.is_empty())
        })
    };
    let given = |list| items(rule, list).filter(|name| is_present(name)).count();
    let all = |list| items(rule, list).count();
    let has = |list| rule.get(list).is_some();
    !applies(rule, object)
        || (given("forbid") == 0
            && given("require") == all("require")
            && (!has("exactlyOne") || given("exactlyOne") == 1)
            && (!has("atLeastOne") || given("atLeastOne") > 0)
            && [0, all("together")].contains(&given("together")))
}

/// Reports the objects in an example of a request that break a rule.
fn example_keeps(
    document: &Value,
    schema: &Value,
    value: &Value,
    at: &str,
    findings: &mut Vec<Finding>,
) {
    let schema = resolve(document, described(schema));
    match value {
        Value::Object(object) => {
            for rule in items(schema, KEYWORD).filter(|rule| !keeps(rule, object)) {
                let message = format!("this example breaks a rule: {}", text(rule, "reason"));
                findings.push(
                    Finding::new("example", at, message)
                        .at_key()
                        .help("correct the example, or the rule"),
                );
            }
            for (name, value) in object {
                let member = schema.get("properties").and_then(|it| it.get(name));
                let member = member.or_else(|| schema.get("additionalProperties"));
                if let Some(member) = member {
                    example_keeps(document, member, value, &child(at, name), findings);
                }
            }
        }
        Value::Array(list) => {
            for (index, item) in list.iter().enumerate() {
                let at = child(at, &index.to_string());
                example_keeps(document, &schema["items"], item, &at, findings);
            }
        }
        _ => {}
    }
}
