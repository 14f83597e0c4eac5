//! render: turns the model into code, each kind of item with one `quote!`.

mod calls;
mod checks;
mod docs;
mod operation;
mod types;
mod update;
mod usage;
mod validate;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::model::Ty;

pub(crate) use calls::{entry, function};
pub(crate) use docs::{families, family, prefixed};
pub(crate) use operation::operation;
pub(crate) use types::{Surroundings, ty};

/// A piece of code that is printed by itself.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// The macro that wraps the item. prettyplease does not format the arguments of macros, so the
    /// item is printed first and wrapped then.
    pub wrapper: Option<&'static str>,
    pub item: syn::Item,
}

impl Piece {
    fn plain(item: syn::Item) -> Self {
        Piece {
            wrapper: None,
            item,
        }
    }
}

/// Where a type is named.
#[derive(Clone, Copy, Debug)]
enum Scope<'a> {
    /// In a file of types, which imports the others.
    Types,
    /// In a file of operations.
    Operations,
    /// In the test table of this API generation, outside of the client.
    Table(&'a str),
}

impl Scope<'_> {
    fn ty(self, ty: &Ty) -> TokenStream {
        let name = ident(ty.name());
        let outside = matches!(self, Scope::Table(_));
        match ty {
            Ty::List(item) => {
                let item = self.ty(item);
                quote!(Vec<#item>)
            }
            Ty::Boxed(inner) => {
                let inner = self.ty(inner);
                quote!(Box<#inner>)
            }
            Ty::Map(values) => {
                let values = self.ty(values);
                match outside {
                    true => quote!(std::collections::BTreeMap<String, #values>),
                    false => quote!(BTreeMap<String, #values>),
                }
            }
            Ty::Named(_) => match self {
                Scope::Types => quote!(#name),
                Scope::Operations => quote!(types::#name),
                Scope::Table(api) => {
                    let api = ident(api);
                    quote!(#api::types::#name)
                }
            },
            Ty::Runtime(_) if outside => quote!(atlas_backup_api::#name),
            Ty::DateTime if outside => quote!(jiff::Timestamp),
            Ty::Json if outside => quote!(serde_json::Value),
            _ => quote!(#name),
        }
    }

    /// The type of a field or of a response that can be absent.
    fn optional(self, ty: &Ty, optional: bool) -> TokenStream {
        let ty = self.ty(ty);
        match optional {
            true => quote!(Option<#ty>),
            false => ty,
        }
    }
}

/// Joins names as a sentence does: `a, b and c`.
pub(crate) fn and(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn ident(name: &str) -> Ident {
    format_ident!("{name}")
}

/// Prints a piece without its macro, for the tests of this stage.
#[cfg(test)]
fn text(piece: Piece) -> String {
    prettyplease::unparse(&syn::File {
        shebang: None,
        attrs: Vec::new(),
        items: vec![piece.item],
    })
}
