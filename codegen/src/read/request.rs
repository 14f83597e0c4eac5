//! The statements of one of progenitor's methods, written as progenitor writes them, to be compared.

use atlas_backup_document::route::parameter;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::model::Operation;

/// Writes the statements of a method. What they do is the work of the runtime, for all operations.
pub(super) fn block(operation: &Operation) -> TokenStream {
    let fact = &operation.facts;
    let segments = fact
        .path
        .split('/')
        .map(|segment| match parameter(segment) {
            Some((_, literal)) => format!("{{}}{literal}"),
            None => segment.to_owned(),
        });
    let url = format!("{{}}{}", segments.collect::<Vec<_>>().join("/"));
    let verb = format_ident!("{}", fact.method.to_lowercase());
    let accept = operation.response.as_ref().map(|_| {
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
    let (name, success) = (
        &operation.name,
        match operation.response {
            Some(_) => quote!(ResponseValue::from_response(response).await),
            None => quote!(Ok(ResponseValue::empty(response))),
        },
    );
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
        match response.status().as_u16() {
            200..=299 => { #success }
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }}
}
