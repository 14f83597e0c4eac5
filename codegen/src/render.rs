//! render: turns the model into code, each kind of item with one `quote!`.

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

pub(crate) use docs::{families, family, prefixed};
pub(crate) use operation::operation;
pub(crate) use types::ty;

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
enum Scope {
    /// In a file of types, which imports the others.
    Types,
    /// In a file of operations.
    Operations,
}

impl Scope {
    fn ty(self, ty: &Ty) -> TokenStream {
        let name = ident(ty.name());
        match ty {
            Ty::List(inner) | Ty::Boxed(inner) => {
                let inner = self.ty(inner);
                quote!(#name<#inner>)
            }
            Ty::Map(values) => {
                let values = self.ty(values);
                quote!(#name<String, #values>)
            }
            Ty::Named(_) if matches!(self, Scope::Operations) => quote!(types::#name),
            _ => quote!(#name),
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
