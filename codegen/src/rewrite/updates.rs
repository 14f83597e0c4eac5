//! Lets a program write back what it has read.
//!
//! Before: `Schedule`, a response, and `ScheduleUpdateRequest`, whose schema declares
//! `x-atlas-update-of: Schedule`. After: also `impl From<Schedule> for ScheduleUpdateRequest`,
//! which copies the members that both have, and `extra`. So a program that reads, changes one field
//! and writes never erases what a newer Atlas added. A list that the program emptied is sent as an
//! empty list; one that the response did not contain is not sent. Members that only the response
//! has (such as links) are not sent.

use atlas_backup_document::{Error, Finding};
use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Item, parse_quote};

use super::bodies::{Member, members};
use super::shape::{generic, item_name};
use crate::facts::{Facts, Type};

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let mut written = Vec::new();
    for (name, fact) in &facts.types {
        let Some(of) = &fact.update_of else { continue };
        let (Some(update), Some(answer)) = (members_of(file, name), members_of(file, of)) else {
            return Err(error_at(
                fact,
                format!("`{name}` is an update of `{of}`, and one of them is in no operation"),
            ));
        };
        written.push(conversion(name, of, &update, &answer, fact)?);
    }
    let count = written.len();
    file.items.extend(written);
    Ok(count)
}

fn error_at(fact: &Type, message: String) -> Error {
    Error::one(Finding::new("rewrite/updates", &fact.pointer, message))
}

fn members_of<'a>(file: &'a syn::File, name: &str) -> Option<Vec<Member<'a>>> {
    file.items.iter().find_map(|item| match item {
        Item::Struct(found) if item_name(item).is_some_and(|known| known == name) => {
            Some(members(found))
        }
        _ => None,
    })
}

fn conversion(
    name: &str,
    of: &str,
    update: &[Member<'_>],
    answer: &[Member<'_>],
    fact: &Type,
) -> Result<Item, Error> {
    let (update_type, answer_type) = (format_ident!("{name}"), format_ident!("{of}"));
    let mut fields = Vec::new();
    for member in update {
        let field = member.name;
        let value = match answer.iter().find(|known| known.wire == member.wire) {
            Some(known) => copied(member, known).ok_or_else(|| {
                error_at(fact, format!("`{}` is not the same in `{of}`", member.wire))
            })?,
            None if member.required => {
                return Err(error_at(
                    fact,
                    format!("`{}` is required and `{of}` lacks it", member.wire),
                ));
            }
            None => quote!(None),
        };
        fields.push(quote!(#field: #value));
    }
    let only_read = answer
        .iter()
        .filter(|known| !update.iter().any(|member| member.wire == known.wire))
        .map(|known| &known.wire);
    Ok(parse_quote! {
        impl From<#answer_type> for #update_type {
            /// What was read, to be changed and written back. Members unknown to this version go along.
            fn from(answer: #answer_type) -> Self {
                let mut extra = answer.extra;
                #(extra.remove(#only_read);)*
                Self { #(#fields,)* extra }
            }
        }
    })
}

/// Generates the value of a member of the update from the same member of the response. Returns
/// `None` if the types do not fit.
fn copied(update: &Member<'_>, answer: &Member<'_>) -> Option<TokenStream> {
    let field = answer.name;
    let same = |one: &syn::Type, other: &syn::Type| {
        one.to_token_stream().to_string() == other.to_token_stream().to_string()
    };
    if same(update.ty, answer.ty) {
        return Some(quote!(answer.#field));
    }
    match (generic(update.ty, "Option"), generic(answer.ty, "Option")) {
        // An empty list in the response may mean that it was absent or that the program cleared it.
        // It was cleared if the response contained it.
        (Some(list), _) if same(list, answer.ty) => {
            let wire = &answer.wire;
            Some(
                quote!((!answer.#field.is_empty() || extra.was_present(#wire)).then_some(answer.#field)),
            )
        }
        // If the response lacks the value, `validate` rejects the update.
        (_, Some(inner)) if same(update.ty, inner) => {
            Some(quote!(answer.#field.unwrap_or_default()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::{Facts, Type};
    use crate::rewrite::rewritten;

    const BEFORE: &str = r#"
#[response] pub struct Schedule {
    #[wire("a")] pub a: Option<i64>,
    #[wire("email")] pub email: Option<String>,
    #[wire("items")] pub items: Vec<Item>,
    #[wire("links")] pub links: Vec<Link>,
}
#[resource] pub struct Update {
    #[wire("a")] pub a: Option<i64>,
    #[wire("email", required)] pub email: String,
    #[wire("items")] pub items: Option<Vec<Item>>,
    #[wire("now")] pub now: Option<bool>,
}
"#;

    fn facts() -> Facts {
        let fact = Type {
            update_of: Some("Schedule".into()),
            ..Type::default()
        };
        Facts {
            types: [("Update".into(), fact)].into(),
            ..Facts::default()
        }
    }

    #[test]
    fn an_answer_becomes_its_update() {
        let (written, after) = rewritten(super::rewrite, &facts(), BEFORE);
        assert_eq!(written, 1);
        for line in [
            "impl From<Schedule> for Update {",
            "extra.remove(\"links\");",
            "a: answer.a,",
            "email: answer.email.unwrap_or_default(),",
            "items: (!answer.items.is_empty() || extra.was_present(\"items\"))",
            ".then_some(answer.items),",
            "now: None,",
        ] {
            assert!(after.contains(line), "no `{line}` in\n{after}");
        }
    }

    #[test]
    fn members_that_do_not_fit_are_refused() {
        let mut file = syn::parse_file(&BEFORE.replace(
            "pub a: Option<i64>,\n    #[wire(\"email\", required)]",
            "pub a: Option<bool>,\n    #[wire(\"email\", required)]",
        ))
        .unwrap_or_else(|error| panic!("{error}"));
        let error = super::rewrite(&mut file, &facts())
            .err()
            .map(|error| error.to_string())
            .unwrap_or_default();
        assert!(
            error.contains("`a` is not the same in `Schedule`"),
            "{error}"
        );
    }
}
