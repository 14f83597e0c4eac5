//! Renders a [`Check`] as a call into the runtime, or as a setting of a parameter in `request!`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::ident;
use crate::facts::Check;

/// Renders a check as a setting of a parameter in `request!`: `minimum(1)`.
pub(super) fn setting(check: &Check) -> TokenStream {
    let (rule, bound) = (ident(check.rule), check.bound.map(Literal::i64_unsuffixed));
    quote!(#rule(#bound))
}

/// Renders the runtime call that validates `value`; `wire` is its wire name.
pub(super) fn call(check: &Check, wire: &str, value: &TokenStream) -> TokenStream {
    let module = check.is_pattern.then(|| quote!(pattern::));
    let by_value = ["minimum", "maximum"].contains(&check.rule);
    let borrow = (!by_value).then(|| quote!(&));
    let (rule, bound) = (ident(check.rule), check.bound.map(Literal::i64_unsuffixed));
    let bound = bound.iter();
    quote!(validate::#module #rule(#wire, #borrow #value #(, #bound)*))
}
