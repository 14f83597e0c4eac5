//! Reads progenitor's structs and enums.
//!
//! Names, descriptions and types are read; what was read is written again as progenitor writes it,
//! and must be the same. So nothing of a type can be overlooked.

use atlas_backup_document::{Error, child};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Expr, ExprLit, Fields, Item, Lit, Meta};

use super::exact::{exactly, flat};
use super::ty::{self, Place};
use super::{at, refused, unrecognised};
use crate::model::{Member, Object, Presence, Role, Shape, Ty, Type, Variant};

/// Returns the name of the type that an item defines or implements something for.
pub(super) fn name(item: &Item) -> Option<String> {
    match item {
        Item::Struct(item) => Some(item.ident.to_string()),
        Item::Enum(item) => Some(item.ident.to_string()),
        Item::Type(item) => Some(item.ident.to_string()),
        Item::Impl(item) => match item.self_ty.as_ref() {
            syn::Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// Reads a type, whose schema is at `pointer`. Returns `None` for what is known and not needed.
pub(super) fn ty(item: &Item, pointer: &str) -> Result<Option<Type>, Error> {
    let (name, docs, shape) = match item {
        Item::Struct(item) => {
            let docs = docs(&item.attrs)?;
            let members = members(item, &docs, pointer)?;
            let shape = Shape::Object(Object {
                role: Role::Response,
                members,
                rules: Vec::new(),
                update: None,
            });
            (&item.ident, docs, shape)
        }
        Item::Enum(item) => {
            let docs = docs(&item.attrs)?;
            let variants = variants(item, &docs)?;
            (&item.ident, docs, Shape::Enum(variants))
        }
        Item::Impl(block) if is_of_enum(block) => return Ok(None),
        Item::Mod(module) if module.ident == "error" => return Ok(None),
        other => return Err(unrecognised("an item of `types`", other)),
    };
    Ok(Some(Type {
        name: name.to_string(),
        docs,
        aliases: Vec::new(),
        pointer: pointer.to_owned(),
        module: String::new(),
        shape,
    }))
}

/// Whether a block is one of those that progenitor writes for every enum. The runtime's macro does
/// the same.
fn is_of_enum(block: &syn::ItemImpl) -> bool {
    let known = [
        quote!(::std::fmt::Display),
        quote!(::std::str::FromStr),
        quote!(::std::convert::TryFrom<&str>),
        quote!(::std::convert::TryFrom<::std::string::String>),
    ];
    let path = block
        .trait_
        .as_ref()
        .map(|(_, path, _)| flat(quote!(#path)));
    path.is_some_and(|path| known.into_iter().any(|known| flat(known) == path))
}

fn members(item: &syn::ItemStruct, docs: &str, pointer: &str) -> Result<Vec<Member>, Error> {
    let Fields::Named(fields) = &item.fields else {
        return Err(unrecognised("a struct without members", item));
    };
    let mut members = Vec::new();
    for field in &fields.named {
        let read = Settings::read(&field.attrs, field.ident.as_ref());
        let pointer = child(&child(pointer, "properties"), &read.wire);
        members.push(member(field, read).map_err(|error| at(error, &pointer))?);
    }
    let (name, doc) = (&item.ident, doc(docs));
    let default = members.iter().all(|member| !member.required);
    let default = default.then(|| quote!(, Default));
    let fields = &fields.named;
    let expected = quote! {
        #doc
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug #default)]
        pub struct #name { #fields }
    };
    exactly(format!("the struct `{name}`"), item, expected)?;
    Ok(members)
}

fn member(field: &syn::Field, Settings { wire, default }: Settings) -> Result<Member, Error> {
    let name = &field.ident;
    if name.as_ref().is_some_and(|name| name == "extra") {
        let what = "a member called extra, which the runtime adds";
        return Err(unrecognised(what, field));
    }
    let docs = docs(&field.attrs)?;
    let (ty, is_option) = ty::optional(&field.ty, Place::Types)?;
    let absent = match &ty {
        Ty::Boxed(_) if is_option && is_box(&field.ty) => quote!(default),
        _ if is_option => quote!(skip_serializing_if = "::std::option::Option::is_none"),
        Ty::List(_) if default => {
            quote!(default, skip_serializing_if = "::std::vec::Vec::is_empty")
        }
        Ty::Map(_) if default => {
            let is_empty = match ty::path(&field.ty) {
                Some((map, _)) if map == "::serde_json::Map" => "::serde_json::Map::is_empty",
                _ => ":: std :: collections :: HashMap::is_empty",
            };
            quote!(default, skip_serializing_if = #is_empty)
        }
        _ => quote!(),
    };
    let required = absent.is_empty();
    let (doc, serde, is) = (doc(&docs), serde(name.as_ref(), &wire, absent), &field.ty);
    let expected = quote!(#doc #serde pub #name: #is);
    exactly(format!("the member `{wire}`"), field, expected)?;
    Ok(Member {
        name: name.as_ref().map(ToString::to_string).unwrap_or_default(),
        wire,
        docs,
        ty,
        required,
        presence: Presence::Required,
        secret: false,
        other_form: None,
        checks: Vec::new(),
    })
}

fn is_box(ty: &syn::Type) -> bool {
    ty::path(ty).is_some_and(|(name, _)| name == "::std::boxed::Box")
}

fn variants(item: &syn::ItemEnum, docs: &str) -> Result<Vec<Variant>, Error> {
    let mut variants = Vec::new();
    let mut expected = Vec::new();
    for variant in &item.variants {
        let name = &variant.ident;
        if name == "Unknown" {
            let what = "a value called unknown, which the runtime adds";
            return Err(unrecognised(what, variant));
        }
        let Settings { wire, .. } = Settings::read(&variant.attrs, Some(name));
        let serde = serde(Some(name), &wire, quote!());
        expected.push(quote!(#serde #name,));
        variants.push(Variant {
            name: name.to_string(),
            wire,
        });
    }
    let (name, doc) = (&item.ident, doc(docs));
    let expected = quote! {
        #doc
        #[derive(
            ::serde::Deserialize, ::serde::Serialize,
            Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd
        )]
        pub enum #name { #(#expected)* }
    };
    exactly(format!("the enum `{name}`"), item, expected)?;
    Ok(variants)
}

/// What the serde attributes of a member or a value say.
struct Settings {
    /// The name in JSON.
    wire: String,
    /// Whether the member is the default if it is absent.
    default: bool,
}

impl Settings {
    fn read(attributes: &[Attribute], name: Option<&syn::Ident>) -> Self {
        let mut wire = name.map(ToString::to_string).unwrap_or_default();
        let mut default = false;
        let serde = attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("serde"));
        for attribute in serde {
            // A setting that is not read here is not in the code that is expected either.
            let _ = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("rename") {
                    wire = meta.value()?.parse::<syn::LitStr>()?.value();
                }
                default |= meta.path.is_ident("default");
                Ok(())
            });
        }
        Settings { wire, default }
    }
}

/// The serde attribute that progenitor writes.
fn serde(name: Option<&syn::Ident>, wire: &str, more: TokenStream) -> Option<TokenStream> {
    let renamed = name.is_none_or(|name| name != wire);
    let rename = renamed.then(|| quote!(rename = #wire));
    let more = (!more.is_empty()).then_some(more);
    let settings: Vec<_> = rename.into_iter().chain(more).collect();
    (!settings.is_empty()).then(|| quote!(#[serde(#(#settings),*)]))
}

/// Returns the description. Some versions of progenitor append the whole schema to it.
pub(super) fn docs(attributes: &[Attribute]) -> Result<String, Error> {
    let text = |attribute: &Attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    };
    let docs: Vec<String> = attributes.iter().filter_map(text).collect();
    match docs.iter().find(|line| line.contains("<details>")) {
        Some(block) => Err(refused("a `<details>` block", block.trim().to_owned())),
        None => Ok(docs.into_iter().next().unwrap_or_default()),
    }
}

/// The documentation that progenitor writes for a description.
fn doc(description: &str) -> Option<TokenStream> {
    (!description.is_empty()).then(|| quote!(#[doc = #description]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRUCT: &str = r#"
        #[doc = "A thing."]
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
        pub struct Thing {
            #[doc = "Its id."]
            pub id: ObjectId,
            #[serde(rename = "madeAt", skip_serializing_if = "::std::option::Option::is_none")]
            pub made_at: ::std::option::Option<Timestamp>,
            #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
            pub parts: ::std::vec::Vec<Part>,
            pub names: ::std::vec::Vec<::std::string::String>,
        }"#;

    const ENUM: &str = r#"
        #[doc = "A colour."]
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Colour { #[serde(rename = "light-red")] LightRed, #[serde(rename = "green")] Green, }"#;

    fn read(code: &str) -> Result<Option<Type>, Error> {
        let item = syn::parse_str(code).unwrap_or_else(|error| panic!("{code}: {error}"));
        ty(&item, "/s")
    }

    #[test]
    fn a_struct_is_read() {
        let ty = read(STRUCT)
            .unwrap_or_else(|error| panic!("{error}"))
            .expect("a type");
        let members = &ty.object().expect("an object").members;
        let members: Vec<_> = members
            .iter()
            .map(|member| {
                (
                    &*member.name,
                    &*member.wire,
                    member.ty.name(),
                    member.required,
                )
            })
            .collect();
        assert_eq!(
            (&*ty.name, &*ty.docs, &*ty.pointer),
            ("Thing", "A thing.", "/s")
        );
        assert_eq!(
            members,
            [
                ("id", "id", "ObjectId", true),
                ("made_at", "madeAt", "Timestamp", false),
                ("parts", "parts", "Vec", false),
                ("names", "names", "Vec", true),
            ]
        );
    }

    #[test]
    fn an_enum_is_read_and_its_implementations_are_known() {
        let ty = read(ENUM)
            .unwrap_or_else(|error| panic!("{error}"))
            .expect("a type");
        let Shape::Enum(variants) = &ty.shape else {
            panic!("{ty:?}")
        };
        let variants: Vec<_> = variants
            .iter()
            .map(|one| (&*one.name, &*one.wire))
            .collect();
        assert_eq!(variants, [("LightRed", "light-red"), ("Green", "green")]);
        let known = "impl ::std::convert::TryFrom<&str> for Colour {}";
        assert!(read(known).is_ok_and(|ty| ty.is_none()));
    }

    #[test]
    fn what_is_not_recognised_is_named() {
        for (code, known, strange, message) in [
            (STRUCT, "Clone, Debug", "Debug", "`Clone` is expected"),
            (
                STRUCT,
                "Clone, Debug",
                "Clone, Debug, Default",
                "the struct `Thing`",
            ),
            (
                STRUCT,
                "#[derive",
                "#[non_exhaustive] #[derive",
                "the struct `Thing`",
            ),
            (
                STRUCT,
                "A thing.",
                "A thing.\n\n<details>",
                "a `<details>` block",
            ),
            (STRUCT, "pub id", "pub(crate) id", "the member `id`"),
            (
                STRUCT,
                "pub id",
                "#[serde(flatten)] pub id",
                "the member `id`",
            ),
            (
                STRUCT,
                "pub id",
                "#[serde(default)] pub id",
                "the member `id`",
            ),
            (
                STRUCT,
                "\"madeAt\", ",
                "\"madeAt\", with = \"f\", ",
                "the member `madeAt`",
            ),
            (
                STRUCT,
                "pub made_at: ::std::option::Option<Timestamp>",
                "pub made_at: Timestamp",
                "the member `madeAt`",
            ),
            (STRUCT, "Vec<Part>", "Vec<::std::rc::Rc<Part>>", "a type"),
            (STRUCT, "pub id", "pub extra", "a member called extra"),
            (ENUM, "Copy, ", "", "`Copy` is expected"),
            (ENUM, "LightRed", "LightRed(String)", "the enum `Colour`"),
            (ENUM, "LightRed", "Unknown", "a value called unknown"),
        ] {
            assert!(code.contains(known), "{known}");
            let error = match read(&code.replace(known, strange)) {
                Ok(_) => panic!("`{strange}` was accepted"),
                Err(error) => error,
            };
            assert!(error.to_string().contains(message), "{strange}: {error}");
        }
        for (code, message) in [
            (
                "pub struct Names(pub ::std::vec::Vec<i64>);",
                "a struct without members",
            ),
            (
                "impl ::std::default::Default for Thing {}",
                "an item of `types`",
            ),
            ("impl Thing {}", "an item of `types`"),
            ("pub type Thing = i64;", "an item of `types`"),
            ("pub mod defaults {}", "an item of `types`"),
        ] {
            let error = read(code).expect_err(code).to_string();
            assert!(error.contains(message), "{code}: {error}");
        }
    }

    #[test]
    fn an_error_in_a_member_has_its_place() {
        let error = read(&STRUCT.replace("Timestamp", "i32")).expect_err("refused");
        assert_eq!(error.findings[0].pointer, "/s/properties/madeAt");
    }
}
