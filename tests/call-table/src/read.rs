//! Reads the parts of an operation.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{
    Attribute, Expr, ExprMethodCall, GenericArgument, Ident, ImplItemFn, ItemStatic, Member,
    PathArguments, Stmt, Type, TypeParamBound,
};

use crate::expected;

/// The attributes in `request!`.
const KNOWN: &[&str] = &["doc", "response", "items", "body", "query"];

/// The steps of a call, by the argument that each sends.
type Steps<'a> = BTreeMap<String, &'a ExprMethodCall>;

/// Returns the constant that a call is made of, and its steps: the body of a method is
/// `Call::new(&self.client, &CONSTANT).path::<T>("wire", argument).into()`.
pub fn call(method: &ImplItemFn) -> syn::Result<(String, Steps<'_>)> {
    let [Stmt::Expr(call, None)] = method.block.stmts.as_slice() else {
        return expected("one expression", &method.block);
    };
    let (mut call, mut steps) = (call, Steps::new());
    while let Expr::MethodCall(step) = call {
        call = &step.receiver;
        if step.method == "check" || step.method == "into" {
            continue;
        }
        let Some(argument) = step.args.last().and_then(sent) else {
            return expected("a step that sends an argument", &step.method);
        };
        if steps.insert(argument.to_string(), step).is_some() {
            return expected("an argument that is sent once", argument);
        }
    }
    if let Expr::Call(new) = call
        && let Some(constant) = new.args.last().and_then(sent)
    {
        return Ok((constant.to_string(), steps));
    }
    expected("`Call::new(&self.client, &…)`", call)
}

/// The argument that a step sends, as `argument`, `&argument` or `Into::<T>::into(argument)`.
fn sent(value: &Expr) -> Option<&Ident> {
    match value {
        Expr::Path(path) => path.path.get_ident(),
        Expr::Reference(reference) => sent(&reference.expr),
        Expr::Call(into) => sent(into.args.first()?),
        _ => None,
    }
}

/// The value of a field of a constant.
pub fn field<'a>(constant: &'a ItemStatic, name: &str) -> syn::Result<&'a Expr> {
    if let Expr::Struct(operation) = &*constant.expr {
        let named = |member: &Member| matches!(member, Member::Named(found) if found == name);
        let mut fields = operation.fields.iter();
        if let Some(field) = fields.find(|field| named(&field.member)) {
            return Ok(&field.expr);
        }
    }
    expected(&format!("`Operation {{ {name}: … }}`"), constant)
}

/// How a value that is passed on as this type is read from JSON: its own type, and `&` if a reference
/// to it is passed on. `&[T]` is read as a `Vec<T>`, and `impl Into<T>` as a `T`.
pub fn json(ty: &Type) -> syn::Result<(TokenStream, TokenStream)> {
    match ty {
        Type::Path(_) => return Ok((quote!(#ty), quote!())),
        Type::Reference(reference) => match &*reference.elem {
            Type::Slice(slice) => {
                let item = &slice.elem;
                return Ok((quote!(Vec<#item>), quote!(&)));
            }
            Type::Path(text) if text.path.is_ident("str") => {
                return Ok((quote!(String), quote!(&)));
            }
            _ => {}
        },
        Type::ImplTrait(into) => {
            if let Some(TypeParamBound::Trait(bound)) = into.bounds.first()
                && let Some(into) = bound.path.segments.last()
                && into.ident == "Into"
                && let PathArguments::AngleBracketed(of) = &into.arguments
                && let Some(GenericArgument::Type(target)) = of.args.first()
            {
                return Ok((quote!(#target), quote!()));
            }
        }
        _ => {}
    }
    expected("`T`, `&str`, `&[T]` or `impl Into<T>`", ty)
}

/// Returns the first argument of the attribute that has this name; the others are none of the
/// table's. Every attribute must be known, as another one might set something.
pub fn attribute<T: Parse>(attributes: &[Attribute], name: &str) -> syn::Result<Option<T>> {
    let is = |attribute: &Attribute, name: &str| attribute.path().is_ident(name);
    let is_known = |attribute: &Attribute| KNOWN.iter().any(|name| is(attribute, name));
    if let Some(other) = attributes.iter().find(|attribute| !is_known(attribute)) {
        return expected(&format!("an attribute that is one of {KNOWN:?}"), other);
    }
    let Some(found) = attributes.iter().find(|attribute| is(attribute, name)) else {
        return Ok(None);
    };
    found.parse_args_with(|arguments: ParseStream<'_>| {
        let first = arguments.parse()?;
        arguments.parse::<TokenStream>()?;
        Ok(Some(first))
    })
}
