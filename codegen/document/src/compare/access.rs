//! Compares how a client reaches Atlas and proves who it is: servers, security requirements and
//! security schemes. The client has constants for all of them, and tests compare these with our
//! documents.

use std::collections::BTreeSet;

use serde_json::Value;

use super::difference::{Kind, Subject};
use super::schemas::{Comparison, Sides, Target, exclusive_values};
use super::view::{DocumentView, Node};

impl<'a> Comparison<'a> {
    /// Compares the servers, security requirements and security schemes. A section that a partial
    /// document lacks is not compared.
    pub fn compare_access(&mut self, part: bool) {
        let has = |view: &DocumentView<'_>, section: &str| view.root.get(section).is_some();
        if !part || has(&self.published, "servers") {
            self.compare_names("servers", Kind::Servers, servers);
        }
        if !part || has(&self.published, "security") {
            self.compare_names("security", Kind::Security, requirements);
        }
        if !part || schemes(&self.published).next().is_some() {
            self.compare_schemes();
        }
    }

    fn compare_names(
        &mut self,
        section: &str,
        kind: Kind,
        names: fn(&DocumentView<'a>) -> BTreeSet<&'a str>,
    ) {
        let list =
            |view: &DocumentView<'a>| Some(names(view).into_iter().map(Value::from).collect());
        let (ours, published) = exclusive_values(list(&self.ours), list(&self.published));
        if ours != published {
            let pointer = format!("/{section}");
            let target = target(section, None);
            let sides = Sides {
                ours,
                published,
                pointer: &pointer,
                published_pointer: &pointer,
            };
            self.record(&target, kind, None, sides);
        }
    }

    fn compare_schemes(&mut self) {
        let names: BTreeSet<&str> = schemes(&self.ours)
            .chain(schemes(&self.published))
            .map(|(name, _)| name)
            .collect();
        for name in names {
            let value = |view: &DocumentView<'a>| {
                schemes(view)
                    .find(|(known, _)| *known == name)
                    .map_or(Value::Null, |(_, scheme)| {
                        without_descriptions(scheme.value)
                    })
            };
            let (ours, published) = (value(&self.ours), value(&self.published));
            if ours != published {
                let pointer = format!("/components/securitySchemes/{name}");
                let sides = Sides {
                    ours,
                    published,
                    pointer: &pointer,
                    published_pointer: &pointer,
                };
                let target = target("securitySchemes", Some(name));
                self.record(&target, Kind::SecurityScheme, None, sides);
            }
        }
    }
}

fn target(section: &str, member: Option<&str>) -> Target {
    Target {
        subject: Subject::Document(section.to_owned()),
        member: member.map(str::to_owned),
    }
}

fn servers<'a>(view: &DocumentView<'a>) -> BTreeSet<&'a str> {
    let servers = view.root.items("servers");
    servers.filter_map(|server| server.text("url")).collect()
}

fn requirements<'a>(view: &DocumentView<'a>) -> BTreeSet<&'a str> {
    let requirements = view.root.items("security");
    requirements
        .filter_map(|requirement| requirement.value.as_object())
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect()
}

fn schemes<'a>(view: &DocumentView<'a>) -> impl Iterator<Item = (&'a str, Node<'a>)> + use<'a> {
    let components = view.root.get("components").into_iter();
    components.flat_map(|components| components.members("securitySchemes"))
}

fn without_descriptions(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != "description")
            .map(|(name, value)| (name.clone(), without_descriptions(value)))
            .collect(),
        other => other.clone(),
    }
}
