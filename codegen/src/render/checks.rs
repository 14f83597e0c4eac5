//! Renders a [`Check`] as a call into the runtime, or as a setting of a parameter in `request!`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::ident;
use crate::facts::Check;
use crate::runtime;

/// Renders a check as a setting of a parameter in `request!`: `minimum(1)`.
pub(super) fn setting(check: Check) -> TokenStream {
    let rule = ident(runtime::rule(check));
    let bound = check.bound().map(Literal::i64_unsuffixed);
    quote!(#rule(#bound))
}

/// Renders the runtime call that validates `value`; `wire` is its wire name.
pub(super) fn call(check: Check, wire: &str, value: &TokenStream) -> TokenStream {
    let rule = ident(runtime::rule(check));
    let bound = check.bound().map(Literal::i64_unsuffixed);
    match check {
        Check::Int32 | Check::Finite => quote!(validate::#rule(#wire, &#value)),
        Check::Minimum(_) | Check::Maximum(_) => quote!(validate::#rule(#wire, #value, #bound)),
        Check::Pattern(_) => quote!(validate::pattern::#rule(#wire, &#value)),
        _ => quote!(validate::#rule(#wire, &#value, #bound)),
    }
}
