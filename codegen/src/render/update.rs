//! Renders the conversion of a response into the request that writes it back.
//!
//! `impl From<Schedule> for ScheduleUpdateRequest` copies the members that both have, and `extra`.
//! So a program that reads, changes one field and writes never erases what a newer Atlas added. A
//! list that the program emptied is sent as an empty list; one that the response did not contain is
//! not sent.

use quote::quote;
use syn::parse_quote;

use super::{Piece, ident};
use crate::model::{Member, Object, Presence};

pub(super) fn conversion(name: &str, request: &Object, of: &str, response: &Object) -> Piece {
    let (name, of) = (ident(name), ident(of));
    let fields = request.members.iter().map(|member| {
        let (field, wire) = (ident(&member.name), &member.wire);
        let read = response.member(wire);
        let value = match read.map(|read| (is_optional(request, member), is_optional(response, read))) {
            None => quote!(None),
            Some((true, false)) => {
                quote!((!answer.#field.is_empty() || extra.was_present(#wire)).then_some(answer.#field))
            }
            // If the response lacks the text, `validate` rejects the update.
            Some((false, true)) => quote!(answer.#field.unwrap_or_default()),
            Some(_) => quote!(answer.#field),
        };
        quote!(#field: #value)
    });
    let wires = response.members.iter().map(|member| &member.wire);
    let only_read: Vec<_> = wires
        .filter(|wire| request.member(wire).is_none())
        .collect();
    let mutable = (!only_read.is_empty()).then(|| quote!(mut));
    Piece::plain(parse_quote! {
        impl From<#of> for #name {
            /// What was read, to be changed and written back. Members unknown to this version go along.
            #[inline]
            fn from(answer: #of) -> Self {
                let #mutable extra = answer.extra;
                #(extra.remove(#only_read);)*
                Self { #(#fields,)* extra }
            }
        }
    })
}

fn is_optional(object: &Object, member: &Member) -> bool {
    object.presence(member) == Presence::Optional
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample_tests::{object, optional};
    use crate::model::{Role, Ty};
    use crate::render::text;

    #[test]
    fn what_only_the_response_has_is_not_written_back() {
        let of = |name, role, wires: &[&str]| {
            let members = wires.iter().map(|wire| optional(wire, Ty::Text)).collect();
            object(name, role, members)
        };
        let update = of("Update", Role::Update, &["a"]);
        let code = |wires: &[&str]| {
            let read = of("Read", Role::Response, wires);
            let objects = [&update, &read].map(|ty| ty.object().expect("an object"));
            text(conversion("Update", objects[0], "Read", objects[1]))
        };
        let all = code(&["a"]);
        assert!(all.contains("let extra = answer.extra;"), "{all}");
        let less = code(&["a", "b"]);
        let removed = "let mut extra = answer.extra;\n        extra.remove(\"b\");";
        assert!(less.contains(removed), "{less}");
    }
}
