//! Renders the line of a type's documentation that says which calls take it or return it, and how
//! the literal of a request ends.
//!
//! Types that several API generations share are generated once. `Api` is in their documentation that
//! of the newest generation in the build, so a call is a link there only if all of them have it.

use std::collections::BTreeMap;

use super::and;
use crate::model::{Object, Type, Usage, Use};

/// The usage of a type in each API generation that has it: `v2` with what uses it there.
pub(crate) type Usages<'a> = [(&'a str, &'a Usage)];

/// Renders a list item, because a paragraph would need one more line, or nothing if there is nothing
/// to say. `is_sibling` tells which types are documented beside this one.
pub(super) fn line(ty: &Type, usages: &Usages<'_>, is_sibling: &dyn Fn(&str) -> bool) -> String {
    let mut users: BTreeMap<&(Use, String), Vec<String>> = BTreeMap::new();
    for (api, usage) in usages {
        for user in *usage {
            users.entry(user).or_default().push((*api).to_owned());
        }
    }
    let mut uses: BTreeMap<Use, Vec<String>> = BTreeMap::new();
    for ((how, name), apis) in users {
        let (text, target) = match how {
            Use::Part if is_sibling(name) => {
                (format!("`{name}`"), Some(format!("(super::{name})")))
            }
            Use::Part => (format!("`{name}`"), None),
            _ => (format!("`Api::{name}`"), Some(String::new())),
        };
        uses.entry(*how).or_default().push(match target {
            _ if apis.len() < usages.len() => format!("{text} (API {})", and(&apis)),
            Some(target) => format!("[{text}]{target}"),
            None => text,
        });
    }
    let uses = uses
        .iter()
        .map(|(how, names)| format!("{} {}", words(*how), and(names)));
    let uses = uses.collect::<Vec<_>>().join("; ");
    let sentences = [
        (!uses.is_empty()).then(|| capital(&format!("{uses}."))),
        ty.object().and_then(|object| rest(&ty.name, object)),
    ];
    let sentences: Vec<_> = sentences.into_iter().flatten().collect();
    match sentences.is_empty() {
        true => String::new(),
        false => format!("\n- {}", sentences.join(" ")),
    }
}

fn words(how: Use) -> &'static str {
    match how {
        Use::Body => "request body of",
        Use::Part => "part of",
        Use::Response => "response of",
        Use::Item => "item of",
    }
}

/// How a literal that does not set all members ends.
fn rest(name: &str, object: &Object) -> Option<String> {
    let required: Vec<&str> = object.required().map(|member| &*member.name).collect();
    let is_whole = required.len() == object.members.len() && !object.role.keeps_extra();
    if !object.role.is_body() || is_whole {
        return None;
    }
    let rest = match required.as_slice() {
        [] => "Default::default()".to_owned(),
        required => format!("{name}::new({})", required.join(", ")),
    };
    Some(format!("End a literal with `..{rest}`."))
}

fn capital(text: &str) -> String {
    let (first, others) = text.split_at(1);
    first.to_uppercase() + others
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample_tests::{object, optional, required};
    use crate::model::{Role, Ty};

    /// `usage([(Use::Item, &["list"])])`.
    fn usage<const N: usize>(uses: [(Use, &[&str]); N]) -> Usage {
        let uses = uses.into_iter();
        let uses = uses.flat_map(|(how, names)| names.iter().map(move |name| (how, name)));
        uses.map(|(how, name)| (how, (*name).to_owned())).collect()
    }

    fn of(ty: &Type, usages: &Usages<'_>) -> String {
        line(ty, usages, &|name| name == "Beside")
    }

    #[test]
    fn a_response_says_which_calls_return_it() {
        let usage = usage([
            (Use::Item, &["list"]),
            (Use::Response, &["get", "put", "take"]),
        ]);
        let ty = object("A", Role::Response, Vec::new());
        assert_eq!(
            of(&ty, &[("v2", &usage)]),
            "\n- Response of [`Api::get`], [`Api::put`] and [`Api::take`]; item of [`Api::list`]."
        );
        assert_eq!(of(&ty, &[("v2", &Usage::default())]), "");
    }

    #[test]
    fn a_request_says_which_calls_take_it_and_how_a_literal_ends() {
        let usage = usage([
            (Use::Body, &["take"]),
            (Use::Part, &["Beside", "Elsewhere"]),
        ]);
        let note = || required("note", Ty::Text);
        let days = || optional("days", Ty::Integer);
        let with = |role, members| of(&object("A", role, members), &[("v2", &usage)]);
        let uses =
            "\n- Request body of [`Api::take`]; part of [`Beside`](super::Beside) and `Elsewhere`.";
        assert_eq!(
            with(Role::Request, vec![days()]),
            format!("{uses} End a literal with `..Default::default()`.")
        );
        let rest = format!("{uses} End a literal with `..A::new(note)`.");
        assert_eq!(with(Role::Request, vec![days(), note()]), rest);
        assert_eq!(with(Role::Request, vec![note()]), uses);
        assert_eq!(with(Role::Update, vec![note()]), rest, "it has `extra`");
    }

    /// In the documentation of one API generation, a link to what only the other has would be broken.
    #[test]
    fn a_shared_type_links_only_to_what_all_generations_have() {
        let usage = |names| usage([(Use::Response, names)]);
        let ty = object("A", Role::Response, Vec::new());
        assert_eq!(
            of(
                &ty,
                &[("v1", &usage(&["get"])), ("v2", &usage(&["get", "peek"]))]
            ),
            "\n- Response of [`Api::get`] and `Api::peek` (API v2)."
        );
    }
}
