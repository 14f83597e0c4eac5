//! Renders a [`Check`] as a call into the runtime, or as a setting of a member in `request!`.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use crate::facts::{Check, Pattern};

/// Renders a check as a setting of a member in `request!`: `minimum(1)`.
pub(super) fn setting(check: Check) -> TokenStream {
    let (rule, bound) = match check {
        Check::Minimum(bound) => ("minimum", bound),
        Check::Maximum(bound) => ("maximum", bound),
        Check::MinLength(bound) => ("min_length", bound),
        Check::MaxLength(bound) => ("max_length", bound),
        Check::MinItems(bound) => ("min_items", bound),
        Check::MaxItems(bound) => ("max_items", bound),
        Check::Pattern(Pattern { function, .. }) => {
            let function = format_ident!("{function}");
            return quote!(#function());
        }
    };
    let (rule, bound) = (format_ident!("{rule}"), Literal::i64_unsuffixed(bound));
    quote!(#rule(#bound))
}

/// Renders the runtime call that validates `value`; `wire` is its wire name.
pub(super) fn call(check: Check, wire: &str, value: &TokenStream) -> TokenStream {
    let literal = Literal::i64_unsuffixed;
    match check {
        Check::Minimum(bound) => {
            let bound = literal(bound);
            quote!(validate::minimum(#wire, #value, #bound))
        }
        Check::Maximum(bound) => {
            let bound = literal(bound);
            quote!(validate::maximum(#wire, #value, #bound))
        }
        Check::MinLength(bound) => {
            let bound = literal(bound);
            quote!(validate::min_length(#wire, &#value, #bound))
        }
        Check::MaxLength(bound) => {
            let bound = literal(bound);
            quote!(validate::max_length(#wire, &#value, #bound))
        }
        Check::MinItems(bound) => {
            let bound = literal(bound);
            quote!(validate::min_items(#wire, &#value, #bound))
        }
        Check::MaxItems(bound) => {
            let bound = literal(bound);
            quote!(validate::max_items(#wire, &#value, #bound))
        }
        Check::Pattern(Pattern { function, .. }) => {
            let function = format_ident!("{function}");
            quote!(validate::pattern::#function(#wire, &#value))
        }
    }
}
