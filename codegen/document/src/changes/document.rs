//! What changes in a document as a whole: the documentation of its modules, hosts, authentication.

use heck::ToSnakeCase;
use serde_json::Value;

use super::promise::Promise::{Behaviour, Documentation, New, Removed};
use super::side::Side;
use super::{At, Change, Comparison, Promise};

/// A document that the older version does not have.
pub(super) fn added(side: &Side<'_>) -> Change {
    whole(side, New, "is new")
}

/// A document that the newer version does not have.
pub(super) fn removed(side: &Side<'_>) -> Change {
    whole(side, Removed, "is removed")
}

fn whole(side: &Side<'_>, promise: Promise, what: &str) -> Change {
    let api = side.api().to_owned();
    let count = side.operations.len();
    Change {
        text: format!("`{api}` {what}, with all of its {count} operations"),
        subject: api.clone(),
        place: side.place(""),
        api,
        promise,
    }
}

/// What the client or its tests take from a document as a whole: hosts, authentication, and the URL
/// of tokens. The descriptions in these places are for readers of the document.
const CONNECTION: &[(&str, &str)] = &[
    ("/servers", "the hosts of {} are others"),
    ("/security", "the authentication of {} is another"),
    (
        "/components/securitySchemes",
        "the authentication of {} is another",
    ),
];

impl Comparison<'_> {
    pub(super) fn compare_document(&mut self) {
        let api = self.api.clone();
        for pointer in ["/info/title", "/info/description"] {
            let texts = [self.old, self.new].map(|side| side.loaded.value.pointer(pointer));
            if texts[0] != texts[1] {
                self.add(Documentation, &api, "documentation of {}", At::New(pointer));
            }
        }
        self.compare_tags(&api);
        for (pointer, text) in CONNECTION {
            let values = [self.old, self.new].map(|side| {
                let value = side.loaded.value.pointer(pointer).cloned();
                without_descriptions(value.unwrap_or_default())
            });
            if values[0] != values[1] {
                self.add(Behaviour, &api, text, At::New(pointer));
            }
        }
    }

    fn compare_tags(&mut self, api: &str) {
        let (old, new) = (self.old, self.new);
        for tag in new.view.root.items("tags") {
            let name = tag.text("name");
            let before = old
                .view
                .root
                .items("tags")
                .find(|old| old.text("name") == name);
            if before.is_some_and(|old| old.text("description") != tag.text("description")) {
                let subject = format!("{api}::{}", name.unwrap_or_default().to_snake_case());
                let text = "documentation of {}";
                self.add(Documentation, &subject, text, At::New(&tag.pointer));
            }
        }
    }
}

fn without_descriptions(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            members.remove("description");
            members
                .values_mut()
                .for_each(|member| *member = without_descriptions(member.take()));
        }
        Value::Array(items) => {
            items
                .iter_mut()
                .for_each(|item| *item = without_descriptions(item.take()));
        }
        _ => {}
    }
    value
}
