//! Renders a type: a struct or an enum in the runtime's macro for it, and its implementations.
//!
//! The macros read and write members through common code that treats null as absent and loses
//! nothing; serde's derive generates 300 lines for each struct and does neither. `open_enum!` adds
//! `Unknown(String)` to an enum, which keeps values that a newer Atlas sends.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse_quote;

use super::usage::{self, Usages};
use super::{Piece, Scope, docs, ident, update, validate};
use crate::model::{Member, Object, Presence, Role, Shape, Type, Variant};
use crate::runtime;

/// What the code of a type depends on besides the type.
pub(crate) struct Surroundings<'a, 't> {
    /// Returns the type with this name, if it is generated beside this one.
    pub find: &'a dyn Fn(&str) -> Option<&'t Type>,
    /// What uses the type.
    pub usages: &'a Usages<'a>,
}

impl Surroundings<'_, '_> {
    /// Whether a type has a method `validate`.
    fn is_body(&self, name: &str) -> bool {
        let object = (self.find)(name).and_then(Type::object);
        object.is_some_and(|object| object.role.is_body())
    }
}

pub(crate) fn ty(ty: &Type, around: &Surroundings<'_, '_>) -> Vec<Piece> {
    match &ty.shape {
        Shape::Enum(variants) => vec![open_enum(ty, variants)],
        Shape::Object(object) => {
            let mut pieces = vec![definition(ty, object, around)];
            if object.role.is_body() {
                let is_body = |name: &str| around.is_body(name);
                pieces.push(validate::implementation(&ty.name, object, &is_body));
            }
            let update = object.update.as_ref();
            pieces.extend(update.map(|update| update::conversion(&ty.name, update)));
            pieces
        }
    }
}

fn open_enum(ty: &Type, variants: &[Variant]) -> Piece {
    let name = ident(&ty.name);
    let (docs, alias) = (docs::lines(&ty.docs), docs::aliases(ty.aliases.iter()));
    let variants = variants.iter().map(|Variant { name, wire }| {
        let name = ident(name);
        quote!(#name = #wire)
    });
    Piece {
        wrapper: Some("open_enum"),
        item: parse_quote! {
            #docs
            #alias
            pub enum #name { #(#variants),* }
        },
    }
}

fn definition(ty: &Type, object: &Object, around: &Surroundings<'_, '_>) -> Piece {
    let name = ident(&ty.name);
    let usage = usage::line(ty, around.usages, &|name| (around.find)(name).is_some());
    let docs = docs::lines(&format!("{}{usage}", ty.docs.trim_end()));
    let alias = docs::aliases(ty.aliases.iter());
    let required = |member: &Member| member.presence == Presence::Required;
    let default = object.role.is_body() && !object.members.iter().any(required);
    let default = default.then(|| quote!(#[derive(Default)]));
    let members = object.members.iter().map(field);
    Piece {
        wrapper: Some(match object.role {
            Role::Response => "response",
            Role::Request => "request_body",
            Role::Update | Role::Both => "resource",
        }),
        item: parse_quote! {
            #docs
            #default
            #alias
            pub struct #name { #(#members),* }
        },
    }
}

fn field(member: &Member) -> TokenStream {
    let (name, wire, docs) = (ident(&member.name), &member.wire, docs::lines(&member.docs));
    let ty = Scope::Types.ty(&member.ty);
    let ty = match member.presence {
        Presence::Optional => quote!(Option<#ty>),
        Presence::Required | Presence::Empty => ty,
    };
    let form = member.other_form.map(runtime::flag);
    let required = (member.presence == Presence::Required).then_some("required");
    let secret = member.secret.then_some("secret");
    let flags = [required, secret, form];
    let flags = flags.iter().flatten().map(|flag| ident(flag));
    quote! {
        #docs
        #[wire(#wire #(, #flags)*)]
        pub #name: #ty
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Check, MemberRule, OtherForm};
    use crate::model::sample::{list, member, named, object, object_of};
    use crate::model::{Copied, Ty, Update};
    use crate::render::text;

    /// The text of a type, and the macro around it.
    fn rendered(ty: &Type) -> (Option<&'static str>, String) {
        let body = object("Body", Role::Request, Vec::new());
        let around = Surroundings {
            find: &|name| (name == "Body").then_some(&body),
            usages: &[],
        };
        let pieces = super::ty(ty, &around);
        let wrapper = pieces[0].wrapper;
        (wrapper, pieces.into_iter().map(text).collect())
    }

    fn contains(text: &str, lines: &[&str]) {
        for line in lines {
            assert!(text.contains(line), "no `{line}` in\n{text}");
        }
    }

    #[test]
    fn an_enum_is_open() {
        let variant = |(name, wire): (&str, &str)| Variant {
            name: name.into(),
            wire: wire.into(),
        };
        let ty = Type {
            docs: "Doc.".into(),
            aliases: vec!["Old".into()],
            shape: Shape::Enum(
                [("InProgress", "inProgress"), ("Done", "done")]
                    .map(variant)
                    .into(),
            ),
            ..object("S", Role::Response, Vec::new())
        };
        let (wrapper, after) = rendered(&ty);
        assert_eq!(wrapper, Some("open_enum"));
        assert_eq!(
            after,
            "/// Doc.\n#[doc(alias = \"Old\")]\npub enum S {\n    InProgress = \"inProgress\",\n    Done = \"done\",\n}\n"
        );
    }

    #[test]
    fn a_field_says_how_its_member_may_be_absent_and_how_it_is_sent() {
        let mut url = member("url", Ty::Text, Presence::Required);
        url.wire = "theUrl".into();
        url.docs = "Where.".into();
        url.secret = true;
        let mut urls = member("urls", list(Ty::Text), Presence::Empty);
        urls.other_form = Some(OtherForm::OneItem);
        let at = member("at", Ty::DateTime, Presence::Optional);
        let (wrapper, after) = rendered(&object("A", Role::Response, vec![url, urls, at]));
        assert_eq!(wrapper, Some("response"));
        assert_eq!(
            after,
            "pub struct A {\n    /// Where.\n    #[wire(\"theUrl\", required, secret)]\n    pub url: String,\n    \
             #[wire(\"urls\", one_item)]\n    pub urls: Vec<String>,\n    #[wire(\"at\")]\n    pub at: Option<Timestamp>,\n}\n"
        );
    }

    #[test]
    fn the_macro_is_that_of_the_role() {
        for (role, wrapper) in [
            (Role::Request, "request_body"),
            (Role::Update, "resource"),
            (Role::Both, "resource"),
        ] {
            let (found, after) = rendered(&object("A", role, Vec::new()));
            assert_eq!(found, Some(wrapper));
            contains(
                &after,
                &["#[derive(Default)]\npub struct A", "pub fn validate(&self)"],
            );
        }
    }

    #[test]
    fn a_body_gets_new_and_validate() {
        let mut days = member("days", Ty::Integer, Presence::Optional);
        days.checks = vec![Check::Minimum(1)];
        let mut given = member("given", Ty::Runtime("ObjectId"), Presence::Optional);
        given.required = true;
        let members = vec![
            member("note", Ty::Text, Presence::Required),
            days,
            given,
            member("items", list(named("Body")), Presence::Optional),
            member("other", named("Enum"), Presence::Optional),
        ];
        let mut ty = object("B", Role::Update, members);
        object_of(&mut ty).rules = vec![
            MemberRule {
                when: Some(("other".into(), vec!["one".into(), "two".into()])),
                lists: vec![("at_least_one", vec!["days".into(), "note".into()])],
                reason: "r".into(),
            },
            MemberRule {
                lists: vec![("forbid", vec!["days".into()])],
                reason: "f".into(),
                ..MemberRule::default()
            },
        ];
        let (_, after) = rendered(&ty);
        contains(
            &after,
            &[
                "pub fn new(note: impl Into<String>) -> Self {",
                "note: note.into(),",
                "days: None,",
                "extra: Extra::default(),",
                "validate::min_length(\"note\", &self.note, 1)?;",
                "validate::minimum(\"days\", self.days, 1)?;",
                "validate::given(\"given\", self.given.is_some())?;",
                "validate::well_formed(\"given\", &self.given)?;",
                "validate::nested(\"items\", &self.items)?;",
                "if let Some(case) = validate::Case::when(\n            \"other\",\n            &self.other,\n            &[\"one\", \"two\"],\n            \"r\",\n        ) {",
                "case.at_least_one(&[(\"days\", self.days.is_some()), (\"note\", true)])?;",
                "let case = validate::Case::always(\"f\");\n        case.forbid(&[(\"days\", self.days.is_some())])?;",
            ],
        );
        assert!(
            !after.contains("derive(Default)") && !after.contains("nested(\"other\""),
            "{after}"
        );
    }

    #[test]
    fn a_response_becomes_its_update() {
        let mut ty = object("Update", Role::Update, Vec::new());
        object_of(&mut ty).update = Some(Update {
            of: "Schedule".into(),
            fields: vec![
                ("a".into(), Copied::Same("a".into())),
                ("b".into(), Copied::Some("b".into())),
                ("c".into(), Copied::ListIfPresent("c".into(), "theC".into())),
                ("d".into(), Copied::OrDefault("d".into())),
                ("e".into(), Copied::Nothing),
            ],
            only_read: vec!["links".into()],
        });
        let (_, after) = rendered(&ty);
        contains(
            &after,
            &[
                "impl From<Schedule> for Update {",
                "extra.remove(\"links\");",
                "a: answer.a,",
                "b: Some(answer.b),",
                "c: (!answer.c.is_empty() || extra.was_present(\"theC\")).then_some(answer.c),",
                "d: answer.d.unwrap_or_default(),",
                "e: None,",
            ],
        );
    }
}
