//! Moves into the facts what is declared about members but has no place in a Rust type: secrets,
//! other forms, rules across members, and the response type from which an update request is made.
//!
//! Before: `snapshotUrl: {type: string, x-atlas-secret: true}`. After:
//! `facts.types["…"].members["snapshotUrl"].secret`.

use serde_json::Value;

use super::walk;
use crate::facts::{Facts, MemberRule, OtherForm};
use crate::runtime::MEMBER_RULES;

pub(super) fn lower(document: &mut Value, facts: &mut Facts) -> usize {
    let mut changed = 0;
    for (name, schema) in walk::shared_mut(document) {
        let Some(fact) = facts.types.get_mut(name) else {
            continue;
        };
        if let Some(Value::Array(rules)) = walk::take(schema, "x-atlas-rules") {
            changed += rules.len();
            fact.rules = rules.iter().map(rule).collect();
        }
        if let Some(Value::String(answer)) = walk::take(schema, "x-atlas-update-of") {
            changed += 1;
            fact.update_of = Some(answer);
        }
        for (member, property) in walk::entries_mut(schema, "properties") {
            let secret = walk::take(property, "x-atlas-secret") == Some(Value::Bool(true));
            let form = walk::take(property, "x-atlas-other-form");
            if secret || form.is_some() {
                changed += usize::from(secret) + usize::from(form.is_some());
                let fact = fact.members.entry(member.clone()).or_default();
                fact.secret = secret;
                fact.other_form = form.and_then(|form| OtherForm::of(form.as_str()?));
            }
        }
    }
    changed
}

fn rule(value: &Value) -> MemberRule {
    let when = walk::entries(value, "when").next();
    let lists = MEMBER_RULES
        .iter()
        .map(|(keyword, method)| (*method, walk::texts(value, keyword)));
    MemberRule {
        when: when.map(|(member, values)| (member.clone(), one_or_more(values))),
        lists: lists.filter(|(_, wires)| !wires.is_empty()).collect(),
        reason: walk::text(value, "reason").to_owned(),
    }
}

/// Returns the values of a condition as text. The document gives one value or a list.
fn one_or_more(values: &Value) -> Vec<String> {
    match values {
        Value::Array(values) => values.iter().map(walk::shown).collect(),
        value => vec![walk::shown(value)],
    }
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
            (&first.when, &first.lists[..]),
            (
                &Some(("keep".into(), vec!["true".into()])),
                &[("forbid", vec!["expires".to_owned()])][..]
            )
        );
        assert_eq!(
            second.when,
            Some(("kind".into(), vec!["one".into(), "two".into()]))
        );
        let both = vec!["url".to_owned(), "expires".to_owned()];
        assert_eq!(second.lists, [("at_least_one", both)]);
    }
}
