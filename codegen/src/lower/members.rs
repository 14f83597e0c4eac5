//! Moves into the facts what is declared about members but has no place in a Rust type: secrets,
//! other forms, rules across members, and the response type from which an update request is made.
//!
//! Before: `snapshotUrl: {type: string, x-atlas-secret: true}`. After:
//! `facts.types["…"].members["snapshotUrl"].secret`.

use openapiv3::{OpenAPI, ReferenceOr, SchemaKind, Type};
use serde_json::Value;

use super::walk;
use crate::facts::{Facts, MemberRule, OtherForm};

pub(super) fn lower(openapi: &mut OpenAPI, facts: &mut Facts) -> usize {
    let mut changed = 0;
    let Some(components) = &mut openapi.components else {
        return 0;
    };
    for (name, schema) in &mut components.schemas {
        let (Some(schema), Some(fact)) = (walk::item_mut(schema), facts.types.get_mut(name)) else {
            continue;
        };
        if let Some(Value::Array(rules)) =
            schema.schema_data.extensions.shift_remove("x-atlas-rules")
        {
            changed += rules.len();
            fact.rules = rules.iter().filter_map(rule).collect();
        }
        if let Some(Value::String(answer)) = schema
            .schema_data
            .extensions
            .shift_remove("x-atlas-update-of")
        {
            changed += 1;
            fact.update_of = Some(answer);
        }
        let SchemaKind::Type(Type::Object(object)) = &mut schema.schema_kind else {
            continue;
        };
        for (member, property) in &mut object.properties {
            let ReferenceOr::Item(property) = property else {
                continue;
            };
            if property
                .schema_data
                .extensions
                .shift_remove("x-atlas-secret")
                == Some(Value::Bool(true))
            {
                changed += 1;
                fact.members.entry(member.clone()).or_default().secret = true;
            }
            if let Some(form) = property
                .schema_data
                .extensions
                .shift_remove("x-atlas-other-form")
            {
                changed += 1;
                fact.members.entry(member.clone()).or_default().other_form =
                    form.as_str().and_then(OtherForm::of);
            }
        }
    }
    changed
}

fn rule(value: &Value) -> Option<MemberRule> {
    let names = |key: &str| {
        let list = value
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let when = value
        .get("when")
        .and_then(Value::as_object)
        .and_then(|when| when.iter().next());
    Some(MemberRule {
        when: when.map(|(member, values)| (member.clone(), texts(values))),
        forbid: names("forbid"),
        require: names("require"),
        exactly_one: names("exactlyOne"),
        at_least_one: names("atLeastOne"),
        together: names("together"),
        reason: value.get("reason")?.as_str()?.to_owned(),
    })
}

/// Returns the values of a condition as text. The document gives one value or a list.
fn texts(values: &Value) -> Vec<String> {
    let values = values
        .as_array()
        .map_or(std::slice::from_ref(values), Vec::as_slice);
    values
        .iter()
        .map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::facts::OtherForm;

    #[test]
    fn secrets_and_rules_move_into_the_facts() {
        let yaml = "
openapi: 3.0.3
info: {title: t, version: '1'}
paths: {}
components:
  schemas:
    A:
      type: object
      x-atlas-rules:
        - {when: {keep: true}, forbid: [expires], reason: r, source: {wire: Seen.}}
        - {when: {kind: [one, two]}, atLeastOne: [url, expires], reason: r, source: {wire: Seen.}}
      properties:
        url: {type: string, x-atlas-secret: true}
        urls: {type: array, items: {type: string}, x-atlas-other-form: one-item}
        kind: {type: string}
        keep: {type: boolean}
        expires: {type: string, format: date-time}
";
        let (changed, _, facts) = super::super::lowered(super::lower, yaml);
        assert_eq!(changed, 4);
        assert!(facts.types["A"].members["url"].secret);
        assert_eq!(
            facts.types["A"].members["urls"].other_form,
            Some(OtherForm::OneItem)
        );
        let [first, second] = &facts.types["A"].rules[..] else {
            panic!("two rules")
        };
        assert_eq!(
            (&first.when, &first.forbid[..]),
            (
                &Some(("keep".into(), vec!["true".into()])),
                &["expires".to_owned()][..]
            )
        );
        assert_eq!(
            second.when,
            Some(("kind".into(), vec!["one".into(), "two".into()]))
        );
        assert_eq!(second.at_least_one, ["url", "expires"]);
    }
}
