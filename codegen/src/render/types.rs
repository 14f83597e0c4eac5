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

/// `find` returns the type with a name, if it is generated beside this one.
pub(crate) fn ty<'t>(
    ty: &Type,
    find: &dyn Fn(&str) -> Option<&'t Type>,
    usages: &Usages<'_>,
) -> Vec<Piece> {
    let object = match &ty.shape {
        Shape::Enum(variants) => return vec![open_enum(ty, variants)],
        Shape::Object(object) => object,
    };
    let usage = usage::line(ty, usages, &|name| find(name).is_some());
    let mut pieces = vec![definition(ty, object, &usage)];
    if object.role.is_body() {
        let object_of = |name: &str| find(name).and_then(Type::object);
        let is_body = |name: &str| object_of(name).is_some_and(|object| object.role.is_body());
        pieces.push(validate::implementation(ty, object, &is_body));
        let update_of = ty.facts.update_of.as_deref();
        let update =
            update_of.and_then(|of| Some(update::conversion(&ty.name, object, of, object_of(of)?)));
        pieces.extend(update);
    }
    pieces
}

fn open_enum(ty: &Type, variants: &[Variant]) -> Piece {
    let name = ident(&ty.name);
    let (docs, alias) = (docs::lines(&ty.facts.docs), aliases(ty));
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

fn definition(ty: &Type, object: &Object, usage: &str) -> Piece {
    let name = ident(&ty.name);
    let docs = docs::lines(&format!("{}{usage}", ty.facts.docs.trim_end()));
    let alias = aliases(ty);
    let default = object.role.is_body() && object.required().next().is_none();
    let default = default.then(|| quote!(#[derive(Default)]));
    let members = object
        .members
        .iter()
        .map(|one| field(one, object.presence(one)));
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

fn aliases(ty: &Type) -> Option<TokenStream> {
    let names = ty.facts.official_names.iter();
    docs::aliases(names.filter(|alias| **alias != ty.name))
}

fn field(member: &Member, presence: Presence) -> TokenStream {
    let (name, wire, docs) = (
        ident(&member.name),
        &member.wire,
        docs::lines(&member.facts.docs),
    );
    let ty = Scope::Types.ty(&member.ty);
    let ty = match presence {
        Presence::Optional => quote!(Option<#ty>),
        Presence::Required | Presence::Empty => ty,
    };
    let form = member.facts.other_form.map(runtime::flag);
    let required = (presence == Presence::Required).then_some("required");
    let secret = member.facts.secret.then_some("secret");
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
    use crate::facts::{self, MemberRule, OtherForm};
    use crate::model::Ty;
    use crate::model::sample_tests::{check, list, named, object, optional, required};
    use crate::render::text;

    /// The text of a type beside which there are these, and the macro around it.
    fn beside(siblings: &[Type], ty: &Type) -> (Option<&'static str>, String) {
        let find = |name: &str| siblings.iter().find(|sibling| sibling.name == name);
        let pieces = super::ty(ty, &find, &[]);
        let wrapper = pieces[0].wrapper;
        (wrapper, pieces.into_iter().map(text).collect())
    }

    /// The text of a type beside the request `Body`, and the macro around it.
    fn rendered(ty: &Type) -> (Option<&'static str>, String) {
        beside(&[object("Body", Role::Request, Vec::new())], ty)
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
            facts: facts::Type {
                docs: "Doc.".into(),
                official_names: vec!["S".into(), "Old".into()],
                ..facts::Type::default()
            },
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
        let mut url = required("url", Ty::Text);
        url.wire = "theUrl".into();
        url.facts.docs = "Where.".into();
        url.facts.secret = true;
        let mut urls = optional("urls", list(Ty::Text));
        urls.facts.other_form = Some(OtherForm::OneItem);
        let at = optional("at", Ty::DateTime);
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
        let mut days = optional("days", Ty::Integer);
        days.facts.checks = vec![check("minimum", 1)];
        let members = vec![
            required("note", Ty::Text),
            days,
            optional("key", Ty::Runtime("ObjectId")),
            optional("items", list(named("Body"))),
            optional("other", named("Enum")),
        ];
        let mut ty = object("B", Role::Update, members);
        ty.facts.rules = vec![
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
                "validate::well_formed(\"key\", &self.key)?;",
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

    /// Atlas may leave it out of a response, so the field is an `Option`.
    #[test]
    fn a_required_member_of_a_type_that_is_also_received_must_be_given() {
        let given = required("given", Ty::Runtime("ObjectId"));
        let (_, after) = rendered(&object("B", Role::Both, vec![given]));
        contains(
            &after,
            &[
                "#[derive(Default)]\npub struct B",
                "pub given: Option<ObjectId>,",
                "validate::given(\"given\", self.given.is_some())?;",
                "validate::well_formed(\"given\", &self.given)?;",
            ],
        );
    }

    #[test]
    fn a_response_becomes_its_update() {
        let both = [
            required("a", Ty::Text),
            optional("b", Ty::Integer),
            Member {
                wire: "theC".into(),
                ..optional("c", list(Ty::Text))
            },
        ];
        let with = |members: [Member; 2]| both.iter().cloned().chain(members).collect();
        let response = with([optional("d", Ty::Text), optional("links", list(Ty::Text))]);
        let request = with([required("d", Ty::Text), optional("e", Ty::Text)]);
        let response = object("Schedule", Role::Response, response);
        let mut ty = object("Update", Role::Update, request);
        let (_, before) = beside(std::slice::from_ref(&response), &ty);
        assert!(!before.contains("impl From"), "{before}");
        ty.facts.update_of = Some("Schedule".into());
        let (_, after) = beside(&[response], &ty);
        contains(
            &after,
            &[
                "impl From<Schedule> for Update {",
                "let mut extra = answer.extra;\n        extra.remove(\"links\");\n        Self {",
                "a: answer.a,",
                "b: answer.b,",
                "c: (!answer.c.is_empty() || extra.was_present(\"theC\")).then_some(answer.c),",
                "d: answer.d.unwrap_or_default(),",
                "e: None,",
            ],
        );
    }
}
