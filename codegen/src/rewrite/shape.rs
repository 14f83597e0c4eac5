//! Helper functions about syn's types that several passes use.

use syn::{Attribute, Expr, ExprLit, GenericArgument, Ident, Item, Lit, Meta, PathArguments, Type};

/// Returns the last segment of a type's path: `Snapshot` of `types::Snapshot`.
pub(crate) fn type_name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}

/// Returns the type inside a generic type: for `Option<Vec<Link>>` and `Option`, it is `Vec<Link>`.
pub(super) fn generic<'a>(ty: &'a Type, name: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    arguments
        .args
        .iter()
        .rev()
        .find_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
}

/// Returns the name of a type, or of the type that an `impl` is for.
pub(crate) fn item_name(item: &Item) -> Option<&Ident> {
    match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Impl(item) => type_name(&item.self_ty),
        _ => None,
    }
}

/// Returns the text of `#[doc = "…"]`.
pub(crate) fn doc_text(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) if pair.path.is_ident("doc") => Some(text.value()),
        _ => None,
    }
}

/// Whether one of the attributes is the marker of the macro that the item will be wrapped in.
pub(super) fn is_marked(attributes: &[Attribute], marker: &str) -> bool {
    attributes
        .iter()
        .any(|attribute| attribute.path().is_ident(marker))
}
