//! Creates the facts of each schema: its JSON pointer and its names in the official document.
//!
//! Before: `Snapshot` with `x-atlas-schema: DiskBackupSnapshot`. After:
//! `facts.types["Snapshot"].official_names`.

use atlas_backup_document::child;
use serde_json::Value;

use super::walk;
use crate::facts::{Facts, Type};

pub(super) fn lower(document: &mut Value, facts: &mut Facts) -> usize {
    let mut named = 0;
    for (name, schema) in walk::shared_mut(document) {
        let official_names = match walk::take(schema, "x-atlas-schema") {
            Some(Value::String(name)) => vec![name],
            Some(names) => walk::texts(&serde_json::json!({"names": names}), "names"),
            None => Vec::new(),
        };
        named += usize::from(!official_names.is_empty());
        let fact = Type {
            pointer: child("/components/schemas", name),
            official_names,
            ..Type::default()
        };
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
