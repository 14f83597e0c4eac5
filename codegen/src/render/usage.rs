//! Renders the line of a type's documentation that says which calls take it or return it, and how
//! the literal of a request ends.
//!
//! Types that several API generations share are generated once. `Api` is in their documentation that
//! of the newest generation in the build, so a call is a link there only if all of them have it.

use std::collections::BTreeSet;

use super::and;
use crate::model::{Object, Presence, Type, Usage};

/// The usage of a type in each API generation that has it: `v2` with what uses it there.
pub(crate) type Usages<'a> = [(&'a str, &'a Usage)];

/// Renders a list item, because a paragraph would need one more line, or nothing if there is nothing
/// to say. `is_sibling` tells which types are documented beside this one.
pub(super) fn line(ty: &Type, usages: &Usages<'_>, is_sibling: &dyn Fn(&str) -> bool) -> String {
    let call = |name: &str| (format!("`Api::{name}`"), Some(String::new()));
    let request = |name: &str| {
        (
            format!("`{name}`"),
            is_sibling(name).then(|| format!("(super::{name})")),
        )
    };
    let uses = [
        (
            "request body of",
            names(usages, |usage| &usage.taken_by, &call),
        ),
        ("part of", names(usages, |usage| &usage.held_by, &request)),
        (
            "response of",
            names(usages, |usage| &usage.returned_by, &call),
        ),
        ("item of", names(usages, |usage| &usage.listed_by, &call)),
    ];
    let uses = uses.iter().filter(|(_, names)| !names.is_empty());
    let uses: Vec<_> = uses
        .map(|(what, names)| format!("{what} {}", and(names)))
        .collect();
    let sentences = [
        (!uses.is_empty()).then(|| capital(&format!("{}.", uses.join("; ")))),
        ty.object().and_then(|object| rest(&ty.name, object)),
    ];
    let sentences: Vec<_> = sentences.into_iter().flatten().collect();
    match sentences.is_empty() {
        true => String::new(),
        false => format!("\n- {}", sentences.join(" ")),
    }
}

/// The names in one relation, each as a link if it is right in every API generation.
fn names(
    usages: &Usages<'_>,
    relation: fn(&Usage) -> &BTreeSet<String>,
    shown: &dyn Fn(&str) -> (String, Option<String>),
) -> Vec<String> {
    let all: BTreeSet<&String> = usages
        .iter()
        .flat_map(|(_, usage)| relation(usage))
        .collect();
    let name = |name: &String| {
        let having = usages
            .iter()
            .filter(|(_, usage)| relation(usage).contains(name));
        let apis: Vec<_> = having.map(|(api, _)| (*api).to_owned()).collect();
        match shown(name) {
            (text, _) if apis.len() < usages.len() => format!("{text} (API {})", and(&apis)),
            (text, Some(target)) => format!("[{text}]{target}"),
            (text, None) => text,
        }
    };
    all.into_iter().map(name).collect()
}

/// How a literal that does not set all members ends.
fn rest(name: &str, object: &Object) -> Option<String> {
    let is_required = |presence| presence == Presence::Required;
    let required = object
        .members
        .iter()
        .filter(|one| is_required(one.presence));
    let required: Vec<&str> = required.map(|member| member.name.as_str()).collect();
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
    use crate::model::sample::{member, object};
    use crate::model::{Role, Ty};

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn of(ty: &Type, usages: &Usages<'_>) -> String {
        line(ty, usages, &|name| name == "Beside")
    }

    #[test]
    fn a_response_says_which_calls_return_it() {
        let usage = Usage {
            returned_by: set(&["get", "put", "take"]),
            listed_by: set(&["list"]),
            ..Usage::default()
        };
        let ty = object("A", Role::Response, Vec::new());
        assert_eq!(
            of(&ty, &[("v2", &usage)]),
            "\n- Response of [`Api::get`], [`Api::put`] and [`Api::take`]; item of [`Api::list`]."
        );
        assert_eq!(of(&ty, &[("v2", &Usage::default())]), "");
    }

    #[test]
    fn a_request_says_which_calls_take_it_and_how_a_literal_ends() {
        let usage = Usage {
            taken_by: set(&["take"]),
            held_by: set(&["Beside", "Elsewhere"]),
            ..Usage::default()
        };
        let note = || member("note", Ty::Text, Presence::Required);
        let days = || member("days", Ty::Integer, Presence::Optional);
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
        assert_eq!(with(Role::Both, vec![note()]), rest, "it has `extra`");
    }

    /// In the documentation of one API generation, a link to what only the other has would be broken.
    #[test]
    fn a_shared_type_links_only_to_what_all_generations_have() {
        let usage = |names: &[&str]| Usage {
            returned_by: set(names),
            ..Usage::default()
        };
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
