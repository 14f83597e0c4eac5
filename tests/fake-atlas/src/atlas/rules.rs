//! Validates the rules across members of a request: `x-atlas-rules` in the spec.

use atlas_backup_document::Spec;
use serde_json::Value;

/// Adds every member that breaks a rule to `broken`, with the reason.
pub(super) fn validate(
    spec: &Spec,
    schema: &Value,
    value: &Value,
    path: &str,
    broken: &mut Vec<(String, String)>,
) {
    let schema = definition(spec, schema);
    let inside = |name: &str| {
        if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}.{name}")
        }
    };
    for rule in schema["x-atlas-rules"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|rule| applies(&rule["when"], value))
    {
        let names = |list: &str| {
            rule[list]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
        };
        let missing = names("require")
            .into_iter()
            .filter(|name| value[name].is_null());
        broken
            .extend(missing.map(|name| (inside(name), format!("required when {}", rule["when"]))));
        let forbidden = names("forbid")
            .into_iter()
            .filter(|name| !value[name].is_null());
        broken.extend(
            forbidden.map(|name| (inside(name), format!("not allowed when {}", rule["when"]))),
        );
        let given = |list: &str| {
            names(list)
                .into_iter()
                .filter(|name| !value[name].is_null())
                .count()
        };
        if let (Some(first), true) = (names("exactlyOne").first(), given("exactlyOne") != 1) {
            broken.push((
                inside(first),
                format!("exactly one of {} is required", rule["exactlyOne"]),
            ));
        }
        if let (Some(first), true) = (names("atLeastOne").first(), given("atLeastOne") == 0) {
            broken.push((
                inside(first),
                format!("at least one of {} is required", rule["atLeastOne"]),
            ));
        }
        if let (Some(first), true) = (
            names("together").first(),
            (1..names("together").len()).contains(&given("together")),
        ) {
            broken.push((
                inside(first),
                format!("{} only go together", rule["together"]),
            ));
        }
    }
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                validate(
                    spec,
                    &schema["properties"][name],
                    value,
                    &inside(name),
                    broken,
                );
            }
        }
        Value::Array(items) => items
            .iter()
            .for_each(|item| validate(spec, &schema["items"], item, &format!("{path}[]"), broken)),
        _ => {}
    }
}

/// A rule without a condition always applies. A rule with a condition applies if each member has
/// the value, or one of the values.
fn applies(when: &Value, value: &Value) -> bool {
    let has = |(name, wanted): (&String, &Value)| match wanted {
        Value::Array(values) => values.contains(&value[name]),
        one => value[name] == *one,
    };
    value.is_object() && when.as_object().is_none_or(|when| when.iter().all(has))
}

/// Resolves the references of a schema.
fn definition<'a>(spec: &'a Spec, mut schema: &'a Value) -> &'a Value {
    loop {
        let next = schema["allOf"]
            .get(0)
            .unwrap_or_else(|| spec.resolve(schema));
        if std::ptr::eq(next, schema) {
            return schema;
        }
        schema = next;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::documents;

    #[test]
    fn rules_are_found_at_any_depth() {
        for (operation, body, expected) in [
            (
                "createRestoreJob",
                json!({"deliveryType": "download", "targetGroupId": "a"}),
                vec!["snapshotId"],
            ),
            (
                "createRestoreJob",
                json!({"deliveryType": "pointInTime", "snapshotId": "a", "targetGroupId": "a"}),
                vec!["targetClusterName", "pointInTimeUTCSeconds"],
            ),
            (
                "createLegacyRestoreJob",
                json!({"snapshotId": "a", "delivery": {"methodName": "AUTOMATED_RESTORE"}}),
                vec!["delivery.targetGroupId", "delivery.targetClusterName"],
            ),
            (
                "createLegacyRestoreJob",
                json!({"snapshotId": "a", "delivery": {"methodName": "AUTOMATED_RESTORE", "targetGroupId": "a", "targetClusterId": "a"}}),
                vec![],
            ),
            (
                "createLegacyRestoreJob",
                json!({"snapshotId": "a", "delivery": {"methodName": "HTTP", "targetClusterId": "a"}}),
                vec![],
            ),
            (
                "createLegacyRestoreJob",
                json!({"snapshotId": "a", "oplogTs": "b"}),
                vec!["snapshotId", "oplogTs"],
            ),
            ("createLegacyRestoreJob", json!({}), vec!["snapshotId"]),
            (
                "createLegacyRestoreJob",
                json!({"oplogTs": "b", "oplogInc": 1}),
                vec![],
            ),
            (
                "updateSchedule",
                json!({"copySettings": [{"copyPolicyItems": [{"frequencyType": "daily", "retentionUnit": "days"}]}]}),
                vec!["copySettings[].copyPolicyItems[].retentionValue"],
            ),
            (
                "updateSchedule",
                json!({"copySettings": [{"copyPolicyItems": [{"frequencyType": "ondemand"}]}]}),
                vec![],
            ),
            (
                "createRestoreJob",
                json!({"deliveryType": "download", "snapshotId": "a"}),
                vec![],
            ),
        ] {
            let spec = &documents()["v2"];
            let entry = spec
                .operations()
                .iter()
                .find(|known| known.id == operation)
                .unwrap();
            let mut broken = Vec::new();
            validate(
                spec,
                spec.request_schema(entry).unwrap(),
                &body,
                "",
                &mut broken,
            );
            assert_eq!(
                broken.iter().map(|(path, _)| &**path).collect::<Vec<_>>(),
                expected,
                "{operation} {broken:?}"
            );
        }
    }
}
