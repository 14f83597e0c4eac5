//! Reads progenitor's types of members and arguments.

use atlas_backup_document::Error;
use syn::{GenericArgument, PathArguments, Type};

use super::unrecognised;
use crate::facts::RUNTIME_TYPES;
use crate::model::Ty;

/// Reads a type, and whether it is an `Option`. The inside of an `Option` may not be one. progenitor
/// puts an `Option` into a box if the member leads back to its own object.
pub(super) fn optional(ty: &Type) -> Result<(Ty, bool), Error> {
    let of_option = |ty| inside(ty, "Option").or_else(|| inside(ty, "::std::option::Option"));
    if let Some([inner]) = of_option(ty) {
        return Ok((read(inner)?, true));
    }
    match inside(ty, "::std::boxed::Box").and_then(|[boxed]| of_option(boxed)) {
        Some([inner]) => Ok((Ty::Boxed(Box::new(read(inner)?)), true)),
        None => Ok((read(ty)?, false)),
    }
}

/// Reads a type that is not an `Option`. A reference counts as the type itself.
pub(super) fn read(ty: &Type) -> Result<Ty, Error> {
    let unknown = || unrecognised("a type", ty);
    if let Type::Reference(reference) = ty {
        return match path(&reference.elem) {
            Some((name, _)) if name == "str" => Ok(Ty::Text),
            _ => read(&reference.elem),
        };
    }
    let (name, inside) = path(ty).ok_or_else(unknown)?;
    // Methods name the module of the types.
    let named = name.strip_prefix("types::").unwrap_or(&name);
    let is_named = named.starts_with(char::is_uppercase) && !named.contains(':');
    let runtime = RUNTIME_TYPES.iter().find(|(known, _)| *known == name);
    Ok(match (name.as_str(), &inside[..]) {
        ("bool", []) => Ty::Boolean,
        ("i64", []) => Ty::Integer,
        ("f64", []) => Ty::Number,
        ("Timestamp", []) => Ty::DateTime,
        ("::std::string::String", []) => Ty::Text,
        ("::serde_json::Value", []) => Ty::Json,
        ("::std::vec::Vec", [item]) => Ty::List(Box::new(read(item)?)),
        ("::std::boxed::Box", [inner]) => Ty::Boxed(Box::new(read(inner)?)),
        ("::std::collections::HashMap" | "::serde_json::Map", [key, values])
            if read(key)? == Ty::Text =>
        {
            Ty::Map(Box::new(read(values)?))
        }
        (_, []) => match runtime {
            Some((name, _)) => Ty::Runtime(name),
            None if is_named => Ty::Named(named.to_owned()),
            None => return Err(unknown()),
        },
        _ => return Err(unknown()),
    })
}

/// Returns the arguments of a type with this path.
pub(super) fn inside<'a, const N: usize>(ty: &'a Type, name: &str) -> Option<[&'a Type; N]> {
    let (found, inside) = path(ty)?;
    inside.try_into().ok().filter(|_| found == name)
}

/// Returns `::std::vec::Vec` and `[Link]` for `::std::vec::Vec<Link>`.
pub(super) fn path(ty: &Type) -> Option<(String, Vec<&Type>)> {
    let Type::Path(ty) = ty else { return None };
    let segments = &ty.path.segments;
    let names: Vec<String> = segments.iter().map(|one| one.ident.to_string()).collect();
    let lead = ty.path.leading_colon.map_or("", |_| "::");
    let inside = match &segments.last()?.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().collect(),
        _ => Vec::new(),
    };
    let inside = inside.into_iter().map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some((
        format!("{lead}{}", names.join("::")),
        inside.collect::<Option<_>>()?,
    ))
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn types_are_read() {
        let text = || Box::new(Ty::Text);
        let known: [(Type, (Ty, bool)); 11] = [
            (parse_quote!(&'a str), (Ty::Text, false)),
            (
                parse_quote!(Option<&'a types::Kind>),
                (Ty::Named("Kind".into()), true),
            ),
            (parse_quote!(&'a ObjectId), (Ty::Runtime("ObjectId"), false)),
            (parse_quote!(Timestamp), (Ty::DateTime, false)),
            (
                parse_quote!(::std::vec::Vec<::std::string::String>),
                (Ty::List(text()), false),
            ),
            (
                parse_quote!(::std::collections::HashMap<::std::string::String, ::std::string::String>),
                (Ty::Map(text()), false),
            ),
            (
                parse_quote!(::std::option::Option<Link>),
                (Ty::Named("Link".into()), true),
            ),
            (parse_quote!(::serde_json::Value), (Ty::Json, false)),
            (
                parse_quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>),
                (Ty::Map(Box::new(Ty::Json)), false),
            ),
            (
                parse_quote!(::std::option::Option<::std::boxed::Box<Link>>),
                (Ty::Boxed(Box::new(Ty::Named("Link".into()))), true),
            ),
            (
                parse_quote!(::std::boxed::Box<::std::option::Option<Link>>),
                (Ty::Boxed(Box::new(Ty::Named("Link".into()))), true),
            ),
        ];
        for (ty, expected) in known {
            assert_eq!(optional(&ty).ok(), Some(expected), "{ty:?}");
        }
    }

    #[test]
    fn other_types_are_named() {
        let strange: [Type; 4] = [
            parse_quote!(i32),
            parse_quote!(f32),
            parse_quote!(::std::option::Option<::std::option::Option<i64>>),
            parse_quote!(::uuid::Uuid),
        ];
        for ty in strange {
            let error = optional(&ty).expect_err("refused");
            assert!(error.to_string().contains("a type: `"), "{error}");
        }
    }
}
