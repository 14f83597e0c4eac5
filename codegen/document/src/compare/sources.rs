//! Checks that the sources which our rules name are published: `source: {published: …}` in
//! `x-atlas-rules`.

use serde_json::Value;

use super::difference::{Kind, Side, Subject};
use super::operations::operations;
use super::schemas::{Comparison, Sides, Target};
use super::shape::shapes;
use super::view::Node;

impl<'a> Comparison<'a> {
    /// Looks up the sources of all rules in our compared schemas.
    pub fn compare_sources(&mut self) {
        for name in self.paired_schemas() {
            let pointer = format!("/components/schemas/{name}");
            let Some(value) = self.ours.root.value.pointer(&pointer) else {
                continue;
            };
            let target = Target {
                subject: Subject::Schema(name.to_owned()),
                member: None,
            };
            for (index, rule) in (Node { value, pointer }).items("x-atlas-rules").enumerate() {
                let Some(source) = rule.get("source") else {
                    continue;
                };
                let Some(published) = source
                    .text("published")
                    .filter(|published| !self.is_published(published))
                else {
                    continue;
                };
                let target = target.member(&format!("x-atlas-rules[{index}]"));
                let sides = Sides {
                    ours: published.into(),
                    published: Value::Null,
                    pointer: &source.pointer,
                    published_pointer: "/components/schemas",
                };
                self.record(&target, Kind::Source, Some(Side::Request), sides);
            }
        }
    }

    /// Whether the published document has this schema, schema member (`Name.member`) or operation.
    fn is_published(&self, source: &str) -> bool {
        let (name, member) = source
            .split_once('.')
            .map_or((source, None), |(name, member)| (name, Some(member)));
        let schemas = self
            .published
            .root
            .get("components")
            .and_then(|components| components.get("schemas"));
        match (schemas.and_then(|schemas| schemas.get(name)), member) {
            (Some(schema), Some(member)) => shapes(&self.published, &[schema])
                .iter()
                .any(|shape| shape.properties.contains_key(member)),
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => operations(&self.published, "")
                .iter()
                .any(|operation| operation.node.text("operationId") == Some(name)),
        }
    }
}
