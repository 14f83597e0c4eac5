//! Renders an operation: a function that calls it, and its entry.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{ExprMethodCall, Field, FnArg, Ident, LitStr, Type};

use crate::module::Operation;
use crate::{expected, read};

impl Operation {
    /// Renders `Entry { api: "v2", id: "takeSnapshot", …, call: take_snapshot, answer:
    /// Some(calls::recode::<types::Snapshot>), … }`.
    pub fn entry(&self, api: &Ident) -> syn::Result<TokenStream> {
        let (api, name) = (api.to_string(), &self.method.sig.ident);
        let field = |name| read::field(&self.constant, name);
        let (id, path, verb) = (field("id")?, field("path")?, field("method")?);
        let method = verb.to_token_stream().to_string();
        let Some(method) = method.strip_prefix("Method :: ") else {
            return expected("`Method::…`", verb);
        };
        let Some(answer) = read::attribute::<Type>(&self.request.attrs, "response")? else {
            return expected("`#[response(…)]`", &self.request);
        };
        let is_empty = matches!(&answer, Type::Tuple(tuple) if tuple.elems.is_empty());
        let (_, body) = self.arguments()?;
        let body = body.or(self.optional_body()?);
        let recode = |ty: Option<Type>| match ty {
            Some(ty) => quote!(Some(calls::recode::<#ty>)),
            None => quote!(None),
        };
        let (answer, body) = (recode((!is_empty).then_some(answer)), recode(body));
        Ok(quote! {
            Entry {
                api: #api, id: #id, method: #method, path: #path, call: #name, answer: #answer, body: #body
            }
        })
    }

    pub fn function(&self, api: &Ident) -> syn::Result<TokenStream> {
        let name = &self.method.sig.ident;
        let (arguments, _) = self.arguments()?;
        let setters = self.request.fields.iter().map(setter);
        let setters = setters.collect::<syn::Result<Vec<_>>>()?;
        let body = self.optional_body()?.map(|ty| {
            quote!(if let Some(body) = arguments.optional_body::<#ty>()? { request = request.body(body); })
        });
        Ok(quote! {
            fn #name(client: &Client, arguments: &Arguments) -> Result<Call, String> {
                let mut request = client.#api().#name(#(#arguments),*);
                #(#setters)*
                #body
                Ok(Box::pin(async move { calls::outcome(request.send().await) }))
            }
        })
    }

    /// Renders the arguments of the method. Also returns the type of the body, if it is one of them.
    fn arguments(&self) -> syn::Result<(Vec<TokenStream>, Option<Type>)> {
        let (_, mut steps) = read::call(&self.method)?;
        let (mut arguments, mut body) = (Vec::new(), None);
        for input in &self.method.sig.inputs {
            let FnArg::Typed(input) = input else { continue };
            let Some(step) = steps.remove(&input.pat.to_token_stream().to_string()) else {
                return expected("an argument that the call sends", input);
            };
            arguments.push(argument(step, &input.ty)?);
            if step.method == "body" {
                body = Some((*input.ty).clone());
            }
        }
        match steps.into_values().next() {
            Some(step) => expected("an argument of the method", &step.args),
            None => Ok((arguments, body)),
        }
    }

    fn optional_body(&self) -> syn::Result<Option<Type>> {
        read::attribute(&self.request.attrs, "body")
    }
}

/// Renders an argument that a step sends and the method takes as this type.
fn argument(step: &ExprMethodCall, ty: &Type) -> syn::Result<TokenStream> {
    let wire = step.args.first();
    match (step.method.to_string().as_str(), ty) {
        ("path", Type::ImplTrait(_)) => Ok(quote!(arguments.path(#wire))),
        ("path", _) => Ok(quote!(arguments.parsed_path::<#ty>(#wire)?)),
        ("query", _) => {
            let (ty, reference) = read::json(ty)?;
            Ok(quote!(#reference arguments.required::<#ty>(#wire)?))
        }
        ("body", _) => Ok(quote!(arguments.body()?)),
        _ => expected("`path`, `query`, `body`, `check` or `into`", &step.method),
    }
}

fn setter(field: &Field) -> syn::Result<TokenStream> {
    let Some(wire) = read::attribute::<LitStr>(&field.attrs, "query")? else {
        return expected("`#[query(…)]`", field);
    };
    let (name, (ty, reference)) = (&field.ident, read::json(&field.ty)?);
    Ok(quote! {
        if let Some(value) = arguments.optional::<#ty>(#wire)? {
            request = request.#name(#reference value);
        }
    })
}
