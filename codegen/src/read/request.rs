//! The statements of one of progenitor's methods. Only the names of query parameters are read from
//! them; everything else is written as progenitor writes it, to be compared.

use atlas_backup_document::route::parameter;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::visit::{Visit, visit_expr_call};
use syn::{Expr, ExprLit, Lit, Stmt};

use crate::facts;
use crate::model::Operation;

/// Returns the wire names of the query parameters in a method, which are those of the arguments
/// after the path's.
pub(super) fn parameters(block: &syn::Block) -> Vec<String> {
    struct Parameters(Vec<String>);
    impl Visit<'_> for Parameters {
        fn visit_expr_call(&mut self, call: &syn::ExprCall) {
            if let Some(Expr::Lit(ExprLit {
                lit: Lit::Str(wire),
                ..
            })) = call.args.first()
                && call.args.len() == 2
            {
                self.0.push(wire.value());
            }
            visit_expr_call(self, call);
        }
    }
    let mut parameters = Parameters(Vec::new());
    parameters.visit_block(block);
    parameters.0
}

/// Writes the statements of a method. What they do is the work of the runtime, for all operations.
/// `error` tells whether an error has a body.
pub(super) fn block(
    operation: &Operation,
    fact: &facts::Operation,
    error: bool,
    found_end: Option<&Stmt>,
) -> TokenStream {
    let typed = (operation.response.is_some(), error);
    let segments = fact
        .path
        .split('/')
        .map(|segment| match parameter(segment) {
            Some((_, literal)) => format!("{{}}{literal}"),
            None => segment.to_owned(),
        });
    let url = format!("{{}}{}", segments.collect::<Vec<_>>().join("/"));
    let verb = format_ident!("{}", fact.method.to_lowercase());
    let accept = (typed.0 || typed.1).then(|| {
        quote! {
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json",),
            )
        }
    });
    let json = operation.body.as_ref().map(|_| quote!(.json(&body)));
    let path = operation.path.iter();
    let path = path.map(|argument| format_ident!("{}", argument.name));
    let query = operation.query.iter().map(|argument| {
        let (wire, name) = (&argument.wire, format_ident!("{}", argument.name));
        quote!(.query(&progenitor_client::QueryParam::new(#wire, &#name)))
    });
    let (name, end) = (&operation.name, end(found_end, typed));
    quote! {{
        let url = format!(#url, self.baseurl, #(encode_path(&#path.to_string()),)*);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self.client.#verb(url) #accept #json #(#query)* .headers(header_map).build()?;
        let info = OperationInfo { operation_id: #name, };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        #end
    }}
}

/// The last statement: what is done with each status. Only progenitor knows whether the document
/// has an error without a body or no error at all.
fn end(found: Option<&Stmt>, typed: (bool, bool)) -> TokenStream {
    let typed_value = quote!(ResponseValue::from_response(response).await);
    let empty = quote!(ResponseValue::empty(response));
    let success = match typed.0 {
        true => typed_value.clone(),
        false => quote!(Ok(#empty)),
    };
    let error = match typed.1 {
        true => quote!(#typed_value?),
        false => empty,
    };
    let has_error = matches!(found, Some(Stmt::Expr(Expr::Match(end), _)) if end.arms.len() > 2);
    let error = has_error.then(|| quote!(400u16..=499u16 => { Err(Error::ErrorResponse(#error)) }));
    quote! {
        match response.status().as_u16() {
            200..=299 => { #success }
            #error
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
