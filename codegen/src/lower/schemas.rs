//! Creates the facts of each schema: its JSON pointer and its names in the official document.
//!
//! Before: `Snapshot` with `x-atlas-schema: DiskBackupSnapshot`. After:
//! `facts.types["Snapshot"].official_names`.

use atlas_backup_document::child;
use openapiv3::OpenAPI;
use serde_json::Value;

use super::walk;
use crate::facts::{Facts, Type};

pub(super) fn lower(openapi: &mut OpenAPI, facts: &mut Facts) -> usize {
    let Some(components) = &mut openapi.components else {
        return 0;
    };
    let mut named = 0;
    for (name, schema) in &mut components.schemas {
        let mut fact = Type {
            pointer: child("/components/schemas", name),
            ..Type::default()
        };
        if let Some(official) = walk::item_mut(schema)
            .and_then(|schema| schema.schema_data.extensions.shift_remove("x-atlas-schema"))
        {
            named += 1;
            fact.official_names = match official {
                Value::Array(names) => names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect(),
                Value::String(name) => vec![name],
                _ => Vec::new(),
            };
        }
        facts.types.insert(name.clone(), fact);
    }
    named
}

#[cfg(test)]
mod tests {
    #[test]
    fn official_names_move_into_the_facts() {
        let yaml = "
openapi: 3.0.3
info: {title: t, version: '1'}
paths: {}
components:
  schemas:
    Snapshot: {type: object, x-atlas-schema: [A, B]}
    Link: {type: object, x-atlas-schema: Link}
";
        let (_, _, facts) = super::super::lowered(|_, _| 0, yaml);
        assert_eq!(facts.types["Snapshot"].official_names, ["A", "B"]);
        assert_eq!(facts.types["Link"].pointer, "/components/schemas/Link");
    }
}
