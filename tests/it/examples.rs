//! Every example of the spec conforms to its schema.

use atlas_backup_tests::conform::schema::Schemas;
use atlas_backup_tests::entries;

use crate::repository::spec;

#[test]
fn examples_obey_their_schemas() {
    let mut found = Vec::new();
    for entry in entries() {
        let spec = spec(entry.api);
        let schemas = Schemas::new(spec);
        let mut compare =
            |schema: Option<&serde_json::Value>, value: &serde_json::Value, what: String| {
                let mut deviations = Vec::new();
                schemas.compare(
                    schema.expect("what has an example has a schema"),
                    value,
                    "",
                    &mut deviations,
                );
                found.extend(deviations.iter().map(|it| {
                    format!(
                        "{}/{} {what}: {} {} ({})",
                        entry.api, entry.id, it.kind, it.path, it.example
                    )
                }));
            };
        for (name, body) in spec.bodies(entry) {
            compare(spec.request_schema(entry), body, format!("request {name}"));
        }
        for example in spec.answers(entry) {
            let schema = if example.status < 300 {
                spec.success_schema(entry)
            } else {
                spec.error_schema()
            };
            compare(
                schema,
                example.value,
                format!("{} {}", example.status, example.name),
            );
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
