//! Takes what is said about members and has no place in a Rust type: which are secret or come in another form, rules across members, and
//! which answer they are read from.
//!
//! Before: `snapshotUrl: {type: string, x-atlas-secret: true}`. After: `facts.types["…"].members["snapshotUrl"].secret`.

use openapiv3::{OpenAPI, ReferenceOr, SchemaKind, Type};
use serde_json::Value;

use super::walk;
use crate::facts::{Facts, MemberRule, OtherForm};

pub(super) fn lower(openapi: &mut OpenAPI, facts: &mut Facts) -> usize {
    let mut changed = 0;
    let Some(components) = &mut openapi.components else { return 0 };
    for (name, schema) in &mut components.schemas {
        let (Some(schema), Some(fact)) = (walk::item_mut(schema), facts.types.get_mut(name)) else { continue };
        if let Some(Value::Array(rules)) = schema.schema_data.extensions.shift_remove("x-atlas-rules") {
            changed += rules.len();
            fact.rules = rules.iter().filter_map(rule).collect();
        }
        if let Some(Value::String(answer)) = schema.schema_data.extensions.shift_remove("x-atlas-update-of") {
            changed += 1;
            fact.update_of = Some(answer);
        }
        let SchemaKind::Type(Type::Object(object)) = &mut schema.schema_kind else { continue };
        fact.required.clone_from(&object.required);
        for (member, property) in &mut object.properties {
            let ReferenceOr::Item(property) = property else { continue };
            if property.schema_data.extensions.shift_remove("x-atlas-secret") == Some(Value::Bool(true)) {
                changed += 1;
                fact.members.entry(member.clone()).or_default().secret = true;
            }
            if let Some(form) = property.schema_data.extensions.shift_remove("x-atlas-other-form") {
                changed += 1;
                fact.members.entry(member.clone()).or_default().other_form = form.as_str().and_then(OtherForm::of);
            }
        }
    }
    changed
}

fn rule(value: &Value) -> Option<MemberRule> {
    let names = |key: &str| {
        let list = value.get(key).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let when = value.get("when").and_then(Value::as_object).and_then(|when| when.iter().next());
    Some(MemberRule {
        when: when.map(|(member, value)| (member.clone(), value.clone())),
        forbid: names("forbid"),
        require: names("require"),
        exactly_one: names("exactlyOne"),
        together: names("together"),
        reason: value.get("reason")?.as_str()?.to_owned(),
    })
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
      x-atlas-rules: [{when: {keep: true}, forbid: [expires], reason: r}]
      properties:
        url: {type: string, x-atlas-secret: true}
        urls: {type: array, items: {type: string}, x-atlas-other-form: one-item}
        keep: {type: boolean}
        expires: {type: string, format: date-time}
";
        let (changed, _, facts) = super::super::lowered(super::lower, yaml);
        assert_eq!(changed, 3);
        assert!(facts.types["A"].members["url"].secret);
        assert_eq!(facts.types["A"].members["urls"].other_form, Some(OtherForm::OneItem));
        assert_eq!(facts.types["A"].rules[0].forbid, ["expires"]);
    }
}
