//! Reads progenitor's structs and enums.
//!
//! Names and types are read; what was read is written again as progenitor writes it,
//! and must be the same. So nothing of a type can be overlooked.

use atlas_backup_document::{Error, child};
use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Fields, Item};

use super::exact::{exactly, flat};
use super::ty;
use super::{at, unrecognised};
use crate::facts;
use crate::model::{Member, Object, Role, Shape, Ty, Type, Variant};

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

/// Reads a type. Returns `None` for what is known and not needed.
pub(super) fn ty(item: &Item, mut facts: facts::Type) -> Result<Option<Type>, Error> {
    let (name, shape) = match item {
        Item::Struct(item) => {
            let members = members(item, &mut facts)?;
            let role = Role::Response;
            (&item.ident, Shape::Object(Object { role, members }))
        }
        Item::Enum(item) => (&item.ident, Shape::Enum(variants(item)?)),
        Item::Impl(block) if is_of_enum(block) => return Ok(None),
        Item::Mod(module) if module.ident == "error" => return Ok(None),
        other => return Err(unrecognised("an item of `types`", other)),
    };
    Ok(Some(Type {
        name: name.to_string(),
        module: String::new(),
        shape,
        facts,
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

/// Reads the members of a struct, and takes their facts.
fn members(item: &syn::ItemStruct, facts: &mut facts::Type) -> Result<Vec<Member>, Error> {
    let Fields::Named(fields) = &item.fields else {
        return Err(unrecognised("a struct without members", item));
    };
    let mut members = Vec::new();
    for field in &fields.named {
        let read = Settings::read(&field.attrs, field.ident.as_ref());
        let pointer = child(&child(&facts.pointer, "properties"), &read.wire);
        let facts = facts.members.remove(&read.wire).unwrap_or_default();
        members.push(member(field, read, facts).map_err(|error| at(error, &pointer))?);
    }
    if let Some(wire) = facts.members.keys().next() {
        return Err(unrecognised(
            format_args!("a struct without `{wire}`"),
            item,
        ));
    }
    let (name, doc) = (&item.ident, format!("`{}`", item.ident));
    let default = members.iter().all(|member| !member.required);
    let default = default.then(|| quote!(, Default));
    let fields = &fields.named;
    let expected = quote! {
        #[doc = #doc]
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug #default)]
        pub struct #name { #fields }
    };
    exactly(format!("the struct `{name}`"), item, expected)?;
    Ok(members)
}

fn member(
    field: &syn::Field,
    Settings { wire, default }: Settings,
    facts: facts::Member,
) -> Result<Member, Error> {
    let name = &field.ident;
    let (ty, is_option) = ty::optional(&field.ty)?;
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
    let (serde, is) = (serde(name.as_ref(), &wire, absent), &field.ty);
    let expected = quote!(#serde pub #name: #is);
    exactly(format!("the member `{wire}`"), field, expected)?;
    Ok(Member {
        name: name.as_ref().map(ToString::to_string).unwrap_or_default(),
        wire,
        ty,
        required,
        facts,
    })
}

fn is_box(ty: &syn::Type) -> bool {
    ty::path(ty).is_some_and(|(name, _)| name == "::std::boxed::Box")
}

fn variants(item: &syn::ItemEnum) -> Result<Vec<Variant>, Error> {
    let mut variants = Vec::new();
    let mut expected = Vec::new();
    for variant in &item.variants {
        let name = &variant.ident;
        let Settings { wire, .. } = Settings::read(&variant.attrs, Some(name));
        let serde = serde(Some(name), &wire, quote!());
        expected.push(quote!(#serde #name,));
        variants.push(Variant {
            name: name.to_string(),
            wire,
        });
    }
    let (name, doc) = (&item.ident, format!("`{}`", item.ident));
    let expected = quote! {
        #[doc = #doc]
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

#[cfg(test)]
mod tests {
    use super::*;

    const STRUCT: &str = r#"
        #[doc = "`Thing`"]
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
        pub struct Thing {
            pub id: ObjectId,
            #[serde(rename = "madeAt", skip_serializing_if = "::std::option::Option::is_none")]
            pub made_at: ::std::option::Option<Timestamp>,
            #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
            pub parts: ::std::vec::Vec<Part>,
            pub names: ::std::vec::Vec<::std::string::String>,
        }"#;

    const ENUM: &str = r#"
        #[doc = "`Colour`"]
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum Colour { #[serde(rename = "light-red")] LightRed, #[serde(rename = "green")] Green, }"#;

    fn facts() -> facts::Type {
        let secret = facts::Member {
            secret: true,
            ..facts::Member::default()
        };
        facts::Type {
            pointer: "/s".into(),
            members: [("madeAt".to_owned(), secret)].into(),
            ..facts::Type::default()
        }
    }

    fn read(code: &str) -> Result<Option<Type>, Error> {
        let item = syn::parse_str(code).unwrap_or_else(|error| panic!("{code}: {error}"));
        ty(&item, facts())
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
                    member.facts.secret,
                )
            })
            .collect();
        assert_eq!((&*ty.name, &*ty.facts.pointer), ("Thing", "/s"));
        assert_eq!(
            members,
            [
                ("id", "id", "ObjectId", true, false),
                ("made_at", "madeAt", "Timestamp", false, true),
                ("parts", "parts", "Vec", false, false),
                ("names", "names", "Vec", true, false),
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
            (STRUCT, "`Thing`", "A thing.", "the struct `Thing`"),
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
            (
                STRUCT,
                "pub id",
                "#[doc = \"Its id.\"] pub id",
                "the member `id`",
            ),
            (
                STRUCT,
                "\"madeAt\"",
                "\"made\"",
                "a struct without `madeAt`",
            ),
            (ENUM, "Copy, ", "", "`Copy` is expected"),
            (ENUM, "LightRed", "LightRed(String)", "the enum `Colour`"),
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
