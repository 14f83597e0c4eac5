//! Adds `new` and `validate` to request bodies.
//!
//! Before: a plain `#[request_body]` struct. After: also `Default` if no member is required,
//! otherwise `new(required…)`; and `validate`, which `send` calls. It validates bounds, lengths and
//! rules across members, and its errors name the member, the value and the rule.

use atlas_backup_document::{Error, Finding};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Ident, Item, ItemStruct, Type, parse_quote};

use super::checks;
use super::shape::{generic, is_marked, type_name};
use crate::facts::{self, Facts, MemberRule};

pub(super) struct Member<'a> {
    pub name: &'a Ident,
    pub wire: String,
    pub ty: &'a Type,
    pub required: bool,
}

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let is_body = |item: &ItemStruct| {
        is_marked(&item.attrs, "request_body") || is_marked(&item.attrs, "resource")
    };
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
        let item = implementation(item, fact, &names)?;
        file.items.push(item);
    }
    Ok(bodies.len())
}

pub(super) fn members(item: &ItemStruct) -> Vec<Member<'_>> {
    let Fields::Named(fields) = &item.fields else {
        return Vec::new();
    };
    fields
        .named
        .iter()
        .filter_map(|field| {
            let wire = field
                .attrs
                .iter()
                .find(|attribute| attribute.path().is_ident("wire"))?;
            let mut arguments = wire
                .parse_args_with(
                    syn::punctuated::Punctuated::<syn::Expr, syn::Token![,]>::parse_terminated,
                )
                .ok()?
                .into_iter();
            let syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(wire),
                ..
            }) = arguments.next()?
            else {
                return None;
            };
            Some(Member {
                name: field.ident.as_ref()?,
                wire: wire.value(),
                ty: &field.ty,
                required: arguments.next().is_some(),
            })
        })
        .collect()
}

fn implementation(item: &ItemStruct, fact: &facts::Type, bodies: &[&Ident]) -> Result<Item, Error> {
    let name = &item.ident;
    let members = members(item);
    let new = constructor(item, &members);
    let mut checks = Vec::new();
    for member in &members {
        let name = member.name;
        let member_facts = fact.members.get(&member.wire).cloned().unwrap_or_default();
        // If the response lacked this required text, it is empty in an update made from the
        // response and must not be sent.
        if fact.update_of.is_some()
            && member.required
            && type_name(member.ty).is_some_and(|ty| ty == "String")
        {
            let wire = &member.wire;
            checks.push(quote!(validate::min_length(#wire, &self.#name, 1)?;));
        }
        if !member.required && fact.required.contains(&member.wire) {
            let wire = &member.wire;
            checks.push(quote!(validate::given(#wire, self.#name.is_some())?;));
        }
        checks.extend(
            member_facts
                .checks
                .iter()
                .map(|check| checks::call(*check, &member.wire, &quote!(self.#name)))
                .map(|call| quote!(#call?;)),
        );
        checks.extend(nested(member, bodies));
    }
    for rule in &fact.rules {
        checks.push(rule_of(&members, rule, fact)?);
    }
    Ok(parse_quote! {
        impl #name {
            #new
            /// Checks the documented rules, as `send` does. The error names the first member that breaks one, its value and the rule.
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
        match (
            member.required,
            type_name(member.ty).is_some_and(|ty| ty == "String"),
        ) {
            (true, true) => quote!(#name: #name.into()),
            (true, false) => quote!(#name),
            (false, _) => quote!(#name: None),
        }
    });
    let extra = is_marked(&item.attrs, "resource").then(|| quote!(extra: Extra::default(),));
    Some(quote! {
        /// With the required members; the optional ones are not set.
        pub fn new(#(#parameters),*) -> Self { Self { #(#values,)* #extra } }
    })
}

/// Generates the validation of a member that is itself a body or a list of bodies. The error names
/// the whole path.
fn nested(member: &Member<'_>, bodies: &[&Ident]) -> Option<TokenStream> {
    let (name, wire) = (member.name, &member.wire);
    let ty = generic(member.ty, "Option").unwrap_or(member.ty);
    let item = type_name(generic(ty, "Vec").unwrap_or(ty))?;
    if item == "ObjectId" || item == "ClusterName" {
        return Some(quote!(validate::well_formed(#wire, &self.#name)?;));
    }
    bodies
        .contains(&item)
        .then(|| quote!(validate::nested(#wire, &self.#name)?;))
}

fn rule_of(
    members: &[Member<'_>],
    rule: &MemberRule,
    fact: &facts::Type,
) -> Result<TokenStream, Error> {
    let find = |wire: &str| {
        let error = || {
            Error::one(Finding::new(
                "rewrite/bodies",
                &fact.pointer,
                format!("a rule names `{wire}`, which is no member"),
            ))
        };
        members
            .iter()
            .find(|member| member.wire == wire)
            .ok_or_else(error)
    };
    let reason = &rule.reason;
    let lists = [
        (&rule.forbid, quote!(forbid)),
        (&rule.require, quote!(require)),
        (&rule.exactly_one, quote!(exactly_one)),
        (&rule.at_least_one, quote!(at_least_one)),
        (&rule.together, quote!(together)),
    ];
    let mut checks = Vec::new();
    for (list, check) in lists.into_iter().filter(|(list, _)| !list.is_empty()) {
        let mut others = Vec::new();
        for wire in list {
            let other = find(wire)?;
            let name = other.name;
            let present = if other.required {
                quote!(true)
            } else {
                quote!(self.#name.is_some())
            };
            others.push(quote!((#wire, #present)));
        }
        checks.push(quote!(case.#check(&[#(#others),*])?;));
    }
    Ok(match &rule.when {
        Some((wire, values)) => {
            let name = find(wire)?.name;
            quote!(if let Some(case) = validate::Case::when(#wire, &self.#name, &[#(#values),*], #reason) { #(#checks)* })
        }
        None => quote!(let case = validate::Case::always(#reason); #(#checks)*),
    })
}

#[cfg(test)]
mod tests {
    use crate::facts::{Check, Facts, Member, MemberRule, Type};
    use crate::rewrite::rewritten;

    #[test]
    fn a_body_gets_new_and_validate() {
        let fact = Type {
            members: [(
                "days".into(),
                Member {
                    checks: vec![Check::Minimum(1)],
                    ..Member::default()
                },
            )]
            .into(),
            rules: vec![
                MemberRule {
                    when: Some(("keep".into(), vec!["true".into()])),
                    forbid: vec!["expires".into()],
                    reason: "r".into(),
                    ..MemberRule::default()
                },
                MemberRule {
                    when: Some(("kind".into(), vec!["one".into(), "two".into()])),
                    at_least_one: vec!["days".into(), "note".into()],
                    reason: "l".into(),
                    ..MemberRule::default()
                },
                MemberRule {
                    together: vec!["days".into(), "expires".into()],
                    reason: "t".into(),
                    ..MemberRule::default()
                },
            ],
            ..Type::default()
        };
        let facts = Facts {
            types: [("B".into(), fact)].into(),
            ..Facts::default()
        };
        let before = r#"
#[request_body] pub struct B {
    #[wire("note", required)] pub note: String,
    #[wire("days")] pub days: Option<i64>,
    #[wire("keep")] pub keep: Option<bool>,
    #[wire("kind")] pub kind: Option<types::Kind>,
    #[wire("expires")] pub expires: Option<Timestamp>,
    #[wire("items")] pub items: Option<Vec<types::C>>,
}
#[request_body] pub struct C { #[wire("a")] pub a: Option<i64> }
"#;
        let (bodies, after) = rewritten(super::rewrite, &facts, before);
        assert_eq!(bodies, 2);
        for line in [
            "pub fn new(note: impl Into<String>) -> Self {",
            "validate::minimum(\"days\", self.days, 1)?;",
            "validate::nested(\"items\", &self.items)?;",
            "if let Some(case) = validate::Case::when(\"keep\", &self.keep, &[\"true\"], \"r\") {",
            "case.forbid(&[(\"expires\", self.expires.is_some())])?;",
            "if let Some(case) = validate::Case::when(\n            \"kind\",\n            &self.kind,\n            &[\"one\", \"two\"],\n            \"l\",\n        ) {",
            "case.at_least_one(&[(\"days\", self.days.is_some()), (\"note\", true)])?;",
            "let case = validate::Case::always(\"t\");\n        case.together(",
            "#[request_body]\n#[derive(Default)]\npub struct C {",
        ] {
            assert!(after.contains(line), "no `{line}` in\n{after}");
        }
        assert!(
            !after.contains("#[derive(Default)]\npub struct B"),
            "B has a required member"
        );
    }
}
