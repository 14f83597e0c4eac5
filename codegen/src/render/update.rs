//! Renders the conversion of a response into the request that writes it back.
//!
//! `impl From<Schedule> for ScheduleUpdateRequest` copies the members that both have, and `extra`.
//! So a program that reads, changes one field and writes never erases what a newer Atlas added. A
//! list that the program emptied is sent as an empty list; one that the response did not contain is
//! not sent.

use quote::quote;
use syn::parse_quote;

use super::{Piece, ident};
use crate::model::{Copied, Update};

pub(super) fn conversion(name: &str, update: &Update) -> Piece {
    let Update {
        of,
        fields,
        only_read,
    } = update;
    let (request, response) = (ident(name), ident(of));
    let fields = fields.iter().map(|(field, value)| {
        let (field, value) = (ident(field), copied(value));
        quote!(#field: #value)
    });
    Piece::plain(parse_quote! {
        impl From<#response> for #request {
            /// What was read, to be changed and written back. Members unknown to this version go along.
            #[inline]
            fn from(answer: #response) -> Self {
                let mut extra = answer.extra;
                #(extra.remove(#only_read);)*
                Self { #(#fields,)* extra }
            }
        }
    })
}

fn copied(value: &Copied) -> proc_macro2::TokenStream {
    match value {
        Copied::Nothing => quote!(None),
        Copied::Same(field) => {
            let field = ident(field);
            quote!(answer.#field)
        }
        Copied::Some(field) => {
            let field = ident(field);
            quote!(Some(answer.#field))
        }
        Copied::ListIfPresent(field, wire) => {
            let field = ident(field);
            quote!((!answer.#field.is_empty() || extra.was_present(#wire)).then_some(answer.#field))
        }
        Copied::OrDefault(field) => {
            let field = ident(field);
            quote!(answer.#field.unwrap_or_default())
        }
    }
}
