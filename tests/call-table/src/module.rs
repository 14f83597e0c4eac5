//! Divides a generated file into its operations, of which each is a constant, a method of `Api` and
//! a request.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, ImplItem, ImplItemFn, Item, ItemStatic, ItemStruct, ReturnType};

use crate::{expected, read};

type Constants = BTreeMap<String, ItemStatic>;
type Requests = BTreeMap<String, ItemStruct>;

/// An operation, as a file has it.
pub struct Operation {
    pub constant: ItemStatic,
    pub method: ImplItemFn,
    pub request: ItemStruct,
}

/// Renders the table of the operations of a file.
pub fn table(api: &Ident, source: &str) -> syn::Result<TokenStream> {
    let (mut entries, mut functions) = (Vec::new(), Vec::new());
    for operation in operations(source)? {
        let within = |error| within(&operation.method, &error);
        entries.push(operation.entry(api).map_err(within)?);
        functions.push(operation.function(api).map_err(within)?);
    }
    Ok(quote! {
        use atlas_backup_api::#api::types;
        use crate::calls::{self, prelude::*};

        pub static ENTRIES: &[Entry] = &[#(#entries),*];

        #(#functions)*
    })
}

/// Returns the operations of a file, in the order of their methods.
fn operations(source: &str) -> syn::Result<Vec<Operation>> {
    let (mut constants, mut requests) = (Constants::new(), Requests::new());
    let mut methods = Vec::new();
    for item in syn::parse_file(source)?.items {
        match item {
            Item::Use(_) => {}
            Item::Impl(block) if block.trait_.is_none() => methods.extend(block.items),
            Item::Static(constant) => drop(constants.insert(constant.ident.to_string(), constant)),
            Item::Macro(call) if call.mac.path.is_ident("request") => {
                let Ok(request) = call.mac.parse_body::<ItemStruct>() else {
                    return expected("a struct in `request!`", &call.mac.tokens);
                };
                requests.insert(request.ident.to_string(), request);
            }
            other => return expected("`use`, `impl Api`, `static` or `request!`", other),
        }
    }
    let mut operations = Vec::new();
    for item in methods {
        let ImplItem::Fn(method) = item else {
            return expected("a method in `impl Api`", item);
        };
        operations.push(operation(method, &mut constants, &mut requests)?);
    }
    match constants.into_keys().chain(requests.into_keys()).next() {
        Some(name) => expected(
            "a method for each constant and request",
            format_ident!("{name}"),
        ),
        None => Ok(operations),
    }
}

/// Takes the constant and the request of a method.
fn operation(
    method: ImplItemFn,
    constants: &mut Constants,
    requests: &mut Requests,
) -> syn::Result<Operation> {
    let (constant, _) = read::call(&method).map_err(|error| within(&method, &error))?;
    let Some(constant) = constants.remove(&constant) else {
        return expected(&format!("`static {constant}`"), method.sig);
    };
    let request = match &method.sig.output {
        ReturnType::Type(_, request) => request.to_token_stream().to_string(),
        ReturnType::Default => "()".to_owned(),
    };
    let Some(request) = requests.remove(&request) else {
        return expected(
            &format!("`request! {{ pub struct {request} }}`"),
            method.sig,
        );
    };
    Ok(Operation {
        constant,
        method,
        request,
    })
}

/// Says in which method an error is.
fn within(method: &ImplItemFn, error: &syn::Error) -> syn::Error {
    let name = &method.sig.ident;
    syn::Error::new(error.span(), format!("`{name}`: {error}"))
}
