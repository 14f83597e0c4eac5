//! Gives request bodies `new` and `validate`.
//!
//! Before: a plain `#[body]` struct. After: also `Default` where no member is required, else `new(required…)`; and `validate`, which `send`
//! calls: bounds, lengths and rules across members, each naming member, value and rule.

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};
use syn::{Fields, Ident, Item, ItemStruct, Type, parse_quote};

use super::shape::{generic, is_marked, type_name};
use crate::error::{Error, Finding};
use crate::facts::{self, Check, Facts, MemberRule};

/// A member of a body.
struct Member<'a> {
    name: &'a Ident,
    wire: String,
    ty: &'a Type,
    required: bool,
}

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let is_body = |item: &ItemStruct| is_marked(&item.attrs, "body") || is_marked(&item.attrs, "shared");
    let bodies: Vec<ItemStruct> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Struct(item) if is_body(item) => Some(item.clone()),
            _ => None,
        })
        .collect();
    let names: Vec<&Ident> = bodies.iter().map(|item| &item.ident).collect();
    for item in &mut file.items {
        if let Item::Struct(item) = item
            && is_body(item)
            && members(item).iter().all(|member| !member.required)
        {
            item.attrs.push(parse_quote!(#[derive(Default)]));
        }
    }
    for item in &bodies {
        let nothing = facts::Type::default();
        let fact = facts.types.get(&item.ident.to_string()).unwrap_or(&nothing);
        file.items.push(implementation(item, fact, &names)?);
    }
    Ok(bodies.len())
}

fn members(item: &ItemStruct) -> Vec<Member<'_>> {
    let Fields::Named(fields) = &item.fields else { return Vec::new() };
    fields
        .named
        .iter()
        .filter_map(|field| {
            let wire = field.attrs.iter().find(|attribute| attribute.path().is_ident("wire"))?;
            let mut arguments =
                wire.parse_args_with(syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated).ok()?.into_iter();
            let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(wire), .. }) = arguments.next()? else { return None };
            Some(Member { name: field.ident.as_ref()?, wire: wire.value(), ty: &field.ty, required: arguments.next().is_some() })
        })
        .collect()
}

fn implementation(item: &ItemStruct, fact: &facts::Type, bodies: &[&Ident]) -> Result<Item, Error> {
    let name = &item.ident;
    let members = members(item);
    let new = constructor(item, &members);
    let mut checks = Vec::new();
    for member in &members {
        let kept = fact.members.get(&member.wire).map(|fact| fact.checks.as_slice()).unwrap_or_default();
        checks.extend(kept.iter().map(|check| check_of(member, *check)));
        checks.extend(nested(member, bodies));
    }
    for rule in &fact.rules {
        checks.extend(rule_of(&members, rule, fact)?);
    }
    Ok(parse_quote! {
        impl #name {
            #new
            /// Checks the documented bounds, lengths and rules, as `send` does before anything is sent.
            ///
            /// # Errors
            /// The first member that breaks a rule, with its value and the rule.
            pub fn validate(&self) -> Result<(), InvalidArgument> {
                #(#checks)*
                Ok(())
            }
        }
    })
}

fn constructor(item: &ItemStruct, members: &[Member<'_>]) -> Option<TokenStream> {
    let required: Vec<_> = members.iter().filter(|member| member.required).collect();
    if required.is_empty() {
        return None;
    }
    let parameters = required.iter().map(|member| {
        let (name, ty) = (member.name, member.ty);
        match type_name(ty).is_some_and(|ty| ty == "String") {
            true => quote!(#name: impl Into<String>),
            false => quote!(#name: #ty),
        }
    });
    let values = members.iter().map(|member| {
        let name = member.name;
        match (member.required, type_name(member.ty).is_some_and(|ty| ty == "String")) {
            (true, true) => quote!(#name: #name.into()),
            (true, false) => quote!(#name),
            (false, _) => quote!(#name: None),
        }
    });
    let extra = is_marked(&item.attrs, "shared").then(|| quote!(extra: Extra::default(),));
    Some(quote! {
        /// With the required members; the optional ones are not set.
        pub fn new(#(#parameters),*) -> Self { Self { #(#values,)* #extra } }
    })
}

/// The runtime's checks take a member as it stands, optional or not.
fn check_of(member: &Member<'_>, check: Check) -> TokenStream {
    let (name, wire) = (member.name, &member.wire);
    let (rule, bound) = check.rule();
    let rule = format_ident!("{rule}");
    let bound = Literal::i64_unsuffixed(bound);
    match check {
        Check::Minimum(_) | Check::Maximum(_) => quote!(check::#rule(#wire, self.#name, #bound)?;),
        _ => quote!(check::#rule(#wire, &self.#name, #bound)?;),
    }
}

/// A member that is a body itself, or a list of bodies, is validated with its own rules; the fault names the whole path.
fn nested(member: &Member<'_>, bodies: &[&Ident]) -> Option<TokenStream> {
    let (name, wire) = (member.name, &member.wire);
    let ty = generic(member.ty, "Option").unwrap_or(member.ty);
    let item = type_name(generic(ty, "Vec").unwrap_or(ty))?;
    if item == "ObjectId" || item == "ClusterName" {
        return Some(quote!(check::well_formed(#wire, &self.#name)?;));
    }
    bodies.contains(&item).then(|| quote!(check::nested(#wire, &self.#name)?;))
}

fn rule_of(members: &[Member<'_>], rule: &MemberRule, fact: &facts::Type) -> Result<Vec<TokenStream>, Error> {
    let find = |wire: &str| {
        let fault = || Error::one(Finding::new("rewrite/bodies", &fact.pointer, format!("a rule names `{wire}`, which is no member")));
        members.iter().find(|member| member.wire == wire).ok_or_else(fault)
    };
    let deciding = find(&rule.member)?;
    let (name, when, reason) = (deciding.name, &rule.member, &rule.reason);
    let value = if deciding.required { quote!(Some(&self.#name)) } else { quote!(self.#name.as_ref()) };
    let shown = rule.value.as_str().map_or_else(|| rule.value.to_string(), str::to_owned);
    let applies = match &rule.value {
        serde_json::Value::Bool(wanted) => quote!(#value == Some(&#wanted)),
        _ => quote!(#value.is_some_and(|value| value.as_str() == #shown)),
    };
    let mut checks = Vec::new();
    for (list, check) in [(&rule.forbid, quote!(check::forbid)), (&rule.require, quote!(check::require))] {
        for wire in list {
            let other = find(wire)?;
            let name = other.name;
            let present = if other.required { quote!(true) } else { quote!(self.#name.is_some()) };
            checks.push(quote!(#check(#applies, #when, #shown, #wire, #present, #reason)?;));
        }
    }
    Ok(checks)
}

#[cfg(test)]
mod tests {
    use crate::facts::{Check, Facts, Member, MemberRule, Type};
    use crate::rewrite::rewritten;

    #[test]
    fn a_body_gets_new_and_validate() {
        let fact = Type {
            members: [("days".into(), Member { checks: vec![Check::Minimum(1)], ..Member::default() })].into(),
            rules: vec![MemberRule {
                member: "keep".into(),
                value: true.into(),
                forbid: vec!["expires".into()],
                require: Vec::new(),
                reason: "r".into(),
            }],
            ..Type::default()
        };
        let facts = Facts { types: [("B".into(), fact)].into(), ..Facts::default() };
        let before = r#"
#[body] pub struct B {
    #[wire("note", required)] pub note: String,
    #[wire("days")] pub days: Option<i64>,
    #[wire("keep")] pub keep: Option<bool>,
    #[wire("expires")] pub expires: Option<Timestamp>,
    #[wire("items")] pub items: Option<Vec<types::C>>,
}
#[body] pub struct C { #[wire("a")] pub a: Option<i64> }
"#;
        let (bodies, after) = rewritten(super::rewrite, &facts, before);
        assert_eq!(bodies, 2);
        for line in [
            "pub fn new(note: impl Into<String>) -> Self {",
            "check::minimum(\"days\", self.days, 1)?;",
            "check::nested(\"items\", &self.items)?;",
            "self.keep.as_ref() == Some(&true),",
            "#[body]\n#[derive(Default)]\npub struct C {",
        ] {
            assert!(after.contains(line), "no `{line}` in\n{after}");
        }
        assert!(!after.contains("#[derive(Default)]\npub struct B"), "B has a required member");
    }
}
