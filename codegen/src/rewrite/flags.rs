//! Marks members with what their type does not express: that the value is a credential, which Debug
//! must not print, or that Atlas may send it in another form.
//!
//! Before: `#[wire("deliveryUrl")] pub delivery_url: Vec<String>`. After: `#[wire("deliveryUrl",
//! secret, one_item)]`.

use atlas_backup_document::{Error, Finding};
use quote::{format_ident, quote};
use syn::{Attribute, Fields, Item, parse_quote};

use crate::facts::{Facts, Member, OtherForm};

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let mut marked = 0;
    for item in &mut file.items {
        let Item::Struct(item) = item else { continue };
        let Some(fact) = facts.types.get(&item.ident.to_string()) else {
            continue;
        };
        let Fields::Named(fields) = &mut item.fields else {
            continue;
        };
        for (wire, member) in &fact.members {
            let flags: Vec<_> = flags(member).map(|flag| format_ident!("{flag}")).collect();
            if flags.is_empty() {
                continue;
            }
            let Some(attribute) = fields
                .named
                .iter_mut()
                .flat_map(|field| &mut field.attrs)
                .find(|attribute| is_of(attribute, wire))
            else {
                let message = format!("the member `{wire}` is not in the generated struct");
                return Err(Error::one(Finding::new(
                    "rewrite/flags",
                    &fact.pointer,
                    message,
                )));
            };
            let syn::Meta::List(list) = &attribute.meta else {
                continue;
            };
            let tokens = &list.tokens;
            *attribute = parse_quote!(#[wire(#tokens #(, #flags)*)]);
            marked += 1;
        }
    }
    Ok(marked)
}

/// Returns the flags by the names that the runtime's `Wire` uses.
fn flags(member: &Member) -> impl Iterator<Item = &'static str> {
    let form = member.other_form.map(|form| match form {
        OtherForm::OneItem => "one_item",
        OtherForm::WholeAnswer => "whole_answer",
        OtherForm::DateTime => "date_time",
    });
    member.secret.then_some("secret").into_iter().chain(form)
}

/// Whether the attribute is the `#[wire("…", …)]` of this member.
fn is_of(attribute: &Attribute, wire: &str) -> bool {
    let begins = quote!(#wire).to_string();
    attribute.path().is_ident("wire")
        && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string().split(" ,").next() == Some(&begins))
}

#[cfg(test)]
mod tests {
    use crate::facts::{Facts, Member, OtherForm, Type};
    use crate::rewrite::rewritten;

    #[test]
    fn a_secret_and_another_form_are_marked() {
        let secret = Member {
            secret: true,
            ..Member::default()
        };
        let both = Member {
            secret: true,
            other_form: Some(OtherForm::OneItem),
            ..Member::default()
        };
        let fact = Type {
            members: [("url".into(), secret), ("urls".into(), both)].into(),
            ..Type::default()
        };
        let facts = Facts {
            types: [("A".into(), fact)].into(),
            ..Facts::default()
        };
        let before = "pub struct A { #[wire(\"url\", required)] pub url: String, #[wire(\"urls\")] pub urls: Vec<String>, #[wire(\"n\")] pub n: i64 }";
        let (marked, after) = rewritten(super::rewrite, &facts, before);
        assert_eq!(marked, 2);
        for attribute in [
            "#[wire(\"url\", required, secret)]",
            "#[wire(\"urls\", secret, one_item)]",
            "#[wire(\"n\")]",
        ] {
            assert!(after.contains(attribute), "no {attribute} in {after}");
        }
    }
}
