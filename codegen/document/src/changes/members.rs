//! Compares the members of two versions of an object.

use std::collections::BTreeMap;

use super::promise::Promise::{
    Behaviour, Documentation, Looser, MemberRemoved, MemberRenamed, MemberRequired, OptionalMember,
    ResponseMember, Retyped,
};
use super::side::{Role, Side};
use super::{At, Comparison, schema};
use crate::compare::view::Node;
use crate::lint::field;

/// One version of an object.
pub(super) struct Object<'a> {
    pub side: &'a Side<'a>,
    pub node: Node<'a>,
    pub role: Role,
}

/// Two versions of a member.
struct Pair<'o, 'a> {
    old: (&'o Object<'a>, Node<'a>),
    new: (&'o Object<'a>, Node<'a>),
    name: &'a str,
    subject: String,
}

impl<'a> Object<'a> {
    fn members(&self) -> BTreeMap<&'a str, Node<'a>> {
        self.node.members("properties").collect()
    }

    fn requires(&self, name: &str) -> bool {
        self.node.items("required").any(|item| item.value == name)
    }
}

impl<'a> Comparison<'a> {
    /// Compares the members of an object that users call `subject`.
    pub(super) fn compare_members(&mut self, subject: &str, old: &Object<'a>, new: &Object<'a>) {
        let (before, after) = (old.members(), new.members());
        let mut added: Vec<_> = after
            .iter()
            .filter(|(name, _)| !before.contains_key(*name))
            .collect();
        let of = |name: &str| format!("{subject}::{}", field(name));
        for (name, node) in &before {
            if let Some(other) = after.get(name) {
                self.compare_member(&Pair {
                    old: (old, node.clone()),
                    new: (new, other.clone()),
                    name,
                    subject: of(name),
                });
                continue;
            }
            // The same definition under another name is the same member.
            match added
                .iter()
                .position(|(_, other)| other.value == node.value)
            {
                Some(index) => {
                    let (other, at) = added.remove(index);
                    let text = format!("{{}} is `{}` now, `{other}` on the wire", field(other));
                    self.add(MemberRenamed, &of(name), &text, At::New(&at.pointer));
                }
                None => {
                    let at = At::Old(&node.pointer);
                    self.add(MemberRemoved, &of(name), "{} is removed", at);
                }
            }
        }
        for (name, node) in added {
            let required = new.requires(name);
            let ty = new.side.field(node, required, new.role);
            let (promise, what) = match (new.role, required) {
                (Role::Response, _) => (ResponseMember, "is new"),
                (_, true) => (MemberRequired, "is new and required"),
                (_, false) => (OptionalMember, "is new"),
            };
            let text = format!("{{}}, `{ty}`, {what}");
            self.add(promise, &of(name), &text, At::New(&node.pointer));
        }
    }

    fn compare_member(&mut self, pair: &Pair<'_, 'a>) {
        let Pair {
            old,
            new,
            subject,
            name,
        } = pair;
        let at = At::New(&new.1.pointer);
        let [was, is] = [old, new].map(|(object, _)| object.requires(name));
        let ty = |(object, node): &(&Object<'a>, Node<'a>), required| {
            object.side.field(node, required, object.role)
        };
        let types = [ty(old, was), ty(new, is)];
        match (was, is) {
            (false, true) => self.add(MemberRequired, subject, "{} is required now", at),
            (true, false) if types[0] == types[1] => {
                self.add(Looser, subject, "{} is no longer required", at);
            }
            _ if types[0] != types[1] => {
                let text = format!("{{}} is `{}` instead of `{}`", types[1], types[0]);
                self.add(Retyped, subject, &text, at);
            }
            _ => {}
        }
        if !was && is && old.0.side.ty(&old.1) != new.0.side.ty(&new.1) {
            let text = format!("{{}} is `{}` instead of `{}`", types[1], types[0]);
            self.add(Retyped, subject, &text, at);
        }
        self.compare_details(pair, at);
    }

    /// Compares what does not change the type of a member.
    fn compare_details(&mut self, pair: &Pair<'_, 'a>, at: At<'_>) {
        let Pair {
            old, new, subject, ..
        } = pair;
        let is_sent = new.0.role != Role::Response;
        if is_sent {
            for (promise, check) in schema::checks(old.0.side, &old.1, new.0.side, &new.1) {
                self.add(promise, subject, &format!("{{}}: {check}"), at);
            }
        }
        match [old, new].map(|(_, node)| node.flag("x-atlas-secret")) {
            [false, true] => self.add(Looser, subject, "{} is hidden from logs now", at),
            [true, false] => self.add(Behaviour, subject, "{} is no longer hidden from logs", at),
            _ => {}
        }
        let forms = [old, new].map(|(_, node)| node.text("x-atlas-other-form"));
        if forms[0] != forms[1] {
            let text = match forms[1] {
                Some(form) => format!("{{}} is read in the form `{form}`, too"),
                None => "{} is read in one form only".to_owned(),
            };
            self.add(Behaviour, subject, &text, at);
        }
        if schema::is_documented_otherwise(old.0.side, &old.1, new.0.side, &new.1, is_sent) {
            self.add(Documentation, subject, "documentation of {}", at);
        }
    }
}
