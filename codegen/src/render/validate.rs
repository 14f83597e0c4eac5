//! Renders `new` and `validate` of a request body.
//!
//! A body with required members has `new(required…)`; the others derive `Default`. `send` calls
//! `validate`, which checks bounds, lengths and rules across members; its errors name the member,
//! the value and the rule.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use super::{Piece, Scope, checks, ident};
use crate::facts::MemberRule;
use crate::model::{Member, Object, Presence, Role, Ty, Type};

pub(super) fn implementation(ty: &Type, object: &Object, is_body: &dyn Fn(&str) -> bool) -> Piece {
    let new = constructor(object);
    let members = object
        .members
        .iter()
        .flat_map(|member| of_member(member, object, is_body));
    let checks = members.chain(ty.facts.rules.iter().map(|one| rule(one, object)));
    let name = ident(&ty.name);
    Piece::plain(parse_quote! {
        impl #name {
            #new
            /// Checks the documented rules, as `send` does. The error names the first member that breaks one, its value and the rule.
            #[inline]
            pub fn validate(&self) -> Result<(), InvalidArgument> {
                #(#checks)*
                Ok(())
            }
        }
    })
}

fn constructor(object: &Object) -> Option<TokenStream> {
    object.required().next()?;
    let parameters = object.required().map(|member| {
        let (name, ty) = (ident(&member.name), Scope::Types.ty(&member.ty));
        match member.ty {
            Ty::Text => quote!(#name: impl Into<String>),
            _ => quote!(#name: #ty),
        }
    });
    let values = object.members.iter().map(|member| {
        let name = ident(&member.name);
        match (object.presence(member), &member.ty) {
            (Presence::Required, Ty::Text) => quote!(#name: #name.into()),
            (Presence::Required, _) => quote!(#name),
            _ => quote!(#name: None),
        }
    });
    let extra = object
        .role
        .keeps_extra()
        .then(|| quote!(extra: Extra::default(),));
    Some(quote! {
        /// With the required members; the optional ones are not set.
        #[inline]
        pub fn new(#(#parameters),*) -> Self { Self { #(#values,)* #extra } }
    })
}

fn of_member(member: &Member, object: &Object, is_body: &dyn Fn(&str) -> bool) -> Vec<TokenStream> {
    let (name, wire) = (ident(&member.name), &member.wire);
    let is_required = object.presence(member) == Presence::Required;
    let mut checks = Vec::new();
    // If the response lacked this required text, it is empty in an update made from the response and
    // must not be sent.
    if object.role == Role::Update && is_required && member.ty == Ty::Text {
        checks.push(quote!(validate::min_length(#wire, &self.#name, 1)?;));
    }
    if member.required && !is_required {
        checks.push(quote!(validate::given(#wire, self.#name.is_some())?;));
    }
    for check in &member.facts.checks {
        let call = checks::call(check, wire, &quote!(self.#name));
        checks.push(quote!(#call?;));
    }
    match member.ty.innermost() {
        Ty::Runtime(_) => checks.push(quote!(validate::well_formed(#wire, &self.#name)?;)),
        Ty::Named(ty) if is_body(ty) => {
            checks.push(quote!(validate::nested(#wire, &self.#name)?;));
        }
        _ => {}
    }
    checks
}

fn rule(rule: &MemberRule, object: &Object) -> TokenStream {
    let checks = rule.lists.iter().map(|(check, wires)| {
        let check = ident(check);
        let members = wires.iter().filter_map(|wire| {
            let member = object.member(wire)?;
            let name = ident(&member.name);
            Some(match object.presence(member) {
                Presence::Required => quote!((#wire, true)),
                _ => quote!((#wire, self.#name.is_some())),
            })
        });
        quote!(case.#check(&[#(#members),*])?;)
    });
    let reason = &rule.reason;
    match rule
        .when
        .as_ref()
        .and_then(|(wire, values)| Some((object.member(wire)?, values)))
    {
        Some((Member { name, wire, .. }, values)) => {
            let name = ident(name);
            quote!(if let Some(case) = validate::Case::when(#wire, &self.#name, &[#(#values),*], #reason) { #(#checks)* })
        }
        None => quote!(let case = validate::Case::always(#reason); #(#checks)*),
    }
}
