//! Whether what our rules name as their source is published: `source: {published: …}` of `x-atlas-rules`.

use serde_json::Value;

use super::book::Place;
use super::difference::{Kind, Side, Subject};
use super::operations::operations;
use super::schemas::{Comparison, Sides, Spot};
use super::shape::shapes;

impl<'a> Comparison<'a> {
    /// Looks up the sources of the rules of our schemas that were compared.
    pub fn sources(&mut self) {
        for name in self.met() {
            let pointer = format!("/components/schemas/{name}");
            let Some(value) = self.ours.root.value.pointer(&pointer) else {
                continue;
            };
            let spot = Spot {
                subject: Subject::Schema(name.to_owned()),
                member: None,
            };
            for (index, rule) in (Place { value, pointer })
                .items("x-atlas-rules")
                .enumerate()
            {
                let Some(source) = rule.get("source") else {
                    continue;
                };
                let Some(said) = source
                    .text("published")
                    .filter(|said| !self.is_published(said))
                else {
                    continue;
                };
                let spot = spot.member(&format!("x-atlas-rules[{index}]"));
                let sides = Sides {
                    ours: said.into(),
                    published: Value::Null,
                    pointer: &source.pointer,
                    published_pointer: "/components/schemas",
                };
                self.differ(&spot, Kind::Source, Some(Side::Request), sides);
            }
        }
    }

    /// Whether there is such a schema, such a member of a schema, or such an operation.
    fn is_published(&self, said: &str) -> bool {
        let (name, member) = said
            .split_once('.')
            .map_or((said, None), |(name, member)| (name, Some(member)));
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
                .any(|operation| operation.place.text("operationId") == Some(name)),
        }
    }
}
