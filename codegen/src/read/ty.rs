//! Reads progenitor's types of members and arguments.

use atlas_backup_document::Error;
use syn::{GenericArgument, PathArguments, Type};

use super::unrecognised;
use crate::facts::RUNTIME_TYPES;
use crate::model::Ty;

/// Where a type is written: types of the document have the path `types::Snapshot` in methods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    Types,
    Methods,
}

/// Reads a type, and whether it is an `Option`. The inside of an `Option` may not be one.
pub(super) fn optional(ty: &Type, place: Place) -> Result<(Ty, bool), Error> {
    match generic(ty, &["Option"]).or_else(|| generic(ty, &["std", "option", "Option"])) {
        Some([inner]) => Ok((read(inner, place)?, true)),
        _ => Ok((read(ty, place)?, false)),
    }
}

/// Reads a type that is not an `Option`. A reference counts as the type itself.
pub(super) fn read(ty: &Type, place: Place) -> Result<Ty, Error> {
    let unknown = || unrecognised("a type", ty);
    if let Type::Reference(reference) = ty {
        return match reference.elem.as_ref() {
            Type::Path(path) if path.path.is_ident("str") => Ok(Ty::Text),
            inner => read(inner, place),
        };
    }
    if let Some([item]) = generic(ty, &["std", "vec", "Vec"]) {
        return Ok(Ty::List(Box::new(read(item, place)?)));
    }
    if let Some([key, value]) = generic(ty, &["std", "collections", "HashMap"]) {
        return match read(key, place)? {
            Ty::Text => Ok(Ty::Map(Box::new(read(value, place)?))),
            _ => Err(unknown()),
        };
    }
    let Type::Path(path) = ty else {
        return Err(unknown());
    };
    let Some(names) = names(path) else {
        return Err(unknown());
    };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Ok(match (names.as_slice(), place) {
        (["bool"], _) => Ty::Boolean,
        (["i64"], _) => Ty::Integer,
        (["f64"], _) => Ty::Number,
        (["Timestamp"], _) => Ty::DateTime,
        (["std", "string", "String"], _) => Ty::Text,
        (["serde_json", "Value"], _) => Ty::Json,
        ([name], _) if runtime(name).is_some() => runtime(name).ok_or_else(unknown)?,
        ([name], Place::Types) | (["types", name], Place::Methods)
            if name.starts_with(char::is_uppercase) =>
        {
            Ty::Named((*name).to_owned())
        }
        _ => return Err(unknown()),
    })
}

fn runtime(name: &str) -> Option<Ty> {
    let (known, _) = RUNTIME_TYPES.iter().find(|(known, _)| *known == name)?;
    Some(Ty::Runtime(known))
}

/// Returns the names of a path without arguments. A path of several names starts with `::`, or is
/// one of the module `types`.
fn names(path: &syn::TypePath) -> Option<Vec<String>> {
    let segments = &path.path.segments;
    let plain = segments
        .iter()
        .all(|segment| segment.arguments == PathArguments::None);
    let absolute = path.path.leading_colon.is_some();
    let names: Vec<String> = segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect();
    let expected = names.len() > 1 && names[0] != "types";
    (plain && path.qself.is_none() && absolute == expected).then_some(names)
}

/// Returns `[T]` for `::std::vec::Vec<T>` and its names.
pub(super) fn generic<'a, const N: usize>(ty: &'a Type, names: &[&str]) -> Option<[&'a Type; N]> {
    let Type::Path(path) = ty else { return None };
    let segments = &path.path.segments;
    let known = segments.len() == names.len()
        && segments
            .iter()
            .zip(names)
            .all(|(segment, name)| segment.ident == name)
        && path.path.leading_colon.is_some() == (names.len() > 1);
    let PathArguments::AngleBracketed(arguments) = &segments.last()?.arguments else {
        return None;
    };
    let types: Vec<&Type> = arguments
        .args
        .iter()
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
        .collect();
    types.try_into().ok().filter(|_: &[&Type; N]| known)
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn types_are_read() {
        let text = || Box::new(Ty::Text);
        let known: [(Type, Place, (Ty, bool)); 8] = [
            (parse_quote!(&'a str), Place::Methods, (Ty::Text, false)),
            (
                parse_quote!(Option<&'a types::Kind>),
                Place::Methods,
                (Ty::Named("Kind".into()), true),
            ),
            (
                parse_quote!(&'a ObjectId),
                Place::Methods,
                (Ty::Runtime("ObjectId"), false),
            ),
            (parse_quote!(Timestamp), Place::Types, (Ty::DateTime, false)),
            (
                parse_quote!(::std::vec::Vec<::std::string::String>),
                Place::Types,
                (Ty::List(text()), false),
            ),
            (
                parse_quote!(::std::collections::HashMap<::std::string::String, ::std::string::String>),
                Place::Types,
                (Ty::Map(text()), false),
            ),
            (
                parse_quote!(::std::option::Option<Link>),
                Place::Types,
                (Ty::Named("Link".into()), true),
            ),
            (
                parse_quote!(::serde_json::Value),
                Place::Types,
                (Ty::Json, false),
            ),
        ];
        for (ty, place, expected) in known {
            assert_eq!(optional(&ty, place).ok(), Some(expected), "{ty:?}");
        }
    }

    #[test]
    fn other_types_are_named() {
        let strange: [(Type, Place); 8] = [
            (parse_quote!(i32), Place::Types),
            (parse_quote!(f32), Place::Types),
            (parse_quote!(types::Link), Place::Types),
            (parse_quote!(Link), Place::Methods),
            (parse_quote!(::std::boxed::Box<Link>), Place::Types),
            (
                parse_quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>),
                Place::Types,
            ),
            (
                parse_quote!(::std::option::Option<::std::option::Option<i64>>),
                Place::Types,
            ),
            (parse_quote!(::uuid::Uuid), Place::Types),
        ];
        for (ty, place) in strange {
            let error = optional(&ty, place).expect_err("refused");
            assert!(error.to_string().contains("a type: `"), "{error}");
        }
    }
}
