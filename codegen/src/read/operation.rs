//! Reads one of progenitor's methods: its arguments, and the type of its response.

use std::collections::VecDeque;

use atlas_backup_document::Error;
use atlas_backup_document::route::parameter;
use heck::ToSnakeCase;
use quote::quote;
use syn::{FnArg, Pat, ReturnType};

use super::exact::exactly;
use super::request;
use super::ty;
use super::{at, unrecognised};
use crate::facts;
use crate::model::{Argument, Operation, Ty};

pub(super) fn operation(
    method: &syn::ImplItemFn,
    fact: facts::Operation,
) -> Result<Operation, Error> {
    let pointer = fact.pointer.clone();
    read(method, fact).map_err(|error| at(error, &pointer))
}

fn read(method: &syn::ImplItemFn, mut facts: facts::Operation) -> Result<Operation, Error> {
    let signature = &method.sig;
    let response = response(&signature.output)?;
    // progenitor sorts the arguments: those of the path, those of the query by name, and the body.
    let in_path: Vec<_> = facts.path.split('/').filter_map(parameter).collect();
    let in_path: Vec<&str> = in_path.into_iter().map(|(wire, _)| wire).collect();
    let mut in_query = std::mem::take(&mut facts.parameters);
    let in_path = in_path
        .into_iter()
        .map(|wire| (wire.to_owned(), in_query.remove(wire)));
    let in_path: Vec<_> = in_path.collect();
    let count = in_path.len();
    let in_query = in_query
        .into_iter()
        .map(|(wire, facts)| (wire, Some(facts)));
    let mut arguments = arguments(signature)?;
    let mut sent: Vec<Argument> = Vec::new();
    for (wire, facts) in in_path.into_iter().chain(in_query) {
        let argument = arguments.pop_front();
        let (name, ty, optional) =
            argument.ok_or_else(|| unrecognised("the arguments", signature))?;
        sent.push(Argument {
            name,
            wire,
            ty,
            optional,
            facts: facts.unwrap_or_default(),
        });
    }
    let query = sent.split_off(count);
    let body = arguments.pop_front();
    let body = body.filter(|(name, _, optional)| name == "body" && !optional);
    if !arguments.is_empty() || sent.iter().any(|argument| argument.optional) {
        return Err(unrecognised("the arguments", signature));
    }
    let (name, output) = (&signature.ident, &signature.output);
    let operation = Operation {
        name: name.to_string(),
        path: sent,
        query,
        body: body.map(|(_, ty, _)| ty),
        response,
        list: None,
        module: facts.tag.to_snake_case(),
        facts,
    };
    let fact = &operation.facts;
    let docs = format!("Sends a `{}` request to `{}`\n\n", fact.method, fact.path);
    let inputs = signature.inputs.iter().skip(1);
    let block = request::block(&operation);
    let expected = quote! {
        #[doc = #docs]
        pub async fn #name<'a>(&'a self, #(#inputs),*) #output #block
    };
    exactly(format!("the method `{name}`"), method, expected)?;
    Ok(operation)
}

/// Reads the arguments after `&self`: the name and the type of each, and whether it is optional.
fn arguments(signature: &syn::Signature) -> Result<VecDeque<(String, Ty, bool)>, Error> {
    let argument = |input: &FnArg| match input {
        FnArg::Typed(argument) => match argument.pat.as_ref() {
            Pat::Ident(name) => {
                let (ty, optional) = ty::optional(&argument.ty)?;
                Ok((name.ident.to_string(), ty, optional))
            }
            other => Err(unrecognised("an argument without a name", other)),
        },
        FnArg::Receiver(_) => Err(unrecognised("a second receiver", signature)),
    };
    signature.inputs.iter().skip(1).map(argument).collect()
}

/// Reads `T` of `Result<ResponseValue<T>, Error<()>>`.
fn response(output: &ReturnType) -> Result<Option<Ty>, Error> {
    let is_empty = |ty: &syn::Type| matches!(ty, syn::Type::Tuple(ty) if ty.elems.is_empty());
    let content = |ty| {
        let [success, failure] = ty::inside(ty, "Result")?;
        let [content] = ty::inside(success, "ResponseValue")?;
        let [error] = ty::inside(failure, "Error")?;
        is_empty(error).then_some(content)
    };
    let content = match output {
        ReturnType::Type(_, ty) => content(ty),
        ReturnType::Default => None,
    };
    match content {
        Some(content) if is_empty(content) => Ok(None),
        Some(content) => ty::read(content).map(Some),
        None => Err(unrecognised("the response of a method", output)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameter(wire: &str) -> (String, facts::Parameter) {
        let fact = facts::Parameter {
            description: format!("The {wire}."),
            ..facts::Parameter::default()
        };
        (wire.to_owned(), fact)
    }

    fn fact() -> facts::Operation {
        facts::Operation {
            id: "takeSnapshot".into(),
            tag: "Snapshots".into(),
            method: "POST".into(),
            path: "/g/{groupId}/s".into(),
            parameters: ["groupId", "pretty"].map(parameter).into(),
            ..facts::Operation::default()
        }
    }

    const ACCEPT: &str = r#"
        .header(::reqwest::header::ACCEPT, ::reqwest::header::HeaderValue::from_static("application/json",),)"#;

    const METHOD: &str = r#"
#[doc = "Sends a `POST` request to `/g/{groupId}/s`\n\n"]
pub async fn take_snapshot<'a>(&'a self, group_id: &'a ObjectId, pretty: Option<bool>, body: &'a types::Ask)
    -> Result<ResponseValue<types::Snapshot>, Error<()>>
{
    let url = format!("{}/g/{}/s", self.baseurl, encode_path(&group_id.to_string()),);
    let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
    header_map.append(
        ::reqwest::header::HeaderName::from_static("api-version"),
        ::reqwest::header::HeaderValue::from_static(Self::api_version()),
    );
    #[allow(unused_mut)]
    let mut request = self.client.post(url)
        .header(::reqwest::header::ACCEPT, ::reqwest::header::HeaderValue::from_static("application/json",),)
        .json(&body)
        .query(&progenitor_client::QueryParam::new("pretty", &pretty))
        .headers(header_map)
        .build()?;
    let info = OperationInfo { operation_id: "take_snapshot", };
    self.pre(&mut request, &info).await?;
    let result = self.exec(request, &info).await;
    self.post(&result, &info).await?;
    let response = result?;
    match response.status().as_u16() {
        200..=299 => { ResponseValue::from_response(response).await }
        _ => Err(Error::UnexpectedResponse(response)),
    }
}"#;

    fn read(method: &str) -> Result<Operation, Error> {
        let method = syn::parse_str(method).unwrap_or_else(|error| panic!("{method}: {error}"));
        operation(&method, fact())
    }

    #[test]
    fn a_method_is_read() {
        let operation = read(METHOD).unwrap_or_else(|error| panic!("{error}"));
        let [id] = &operation.path[..] else {
            panic!("{operation:?}")
        };
        assert_eq!(
            (&*id.name, &*id.wire, &id.ty),
            ("group_id", "groupId", &Ty::Runtime("ObjectId"))
        );
        let [pretty] = &operation.query[..] else {
            panic!("{operation:?}")
        };
        assert_eq!((&pretty.ty, pretty.optional), (&Ty::Boolean, true));
        let facts = [id, pretty].map(|argument| &*argument.facts.description);
        assert_eq!(facts, ["The groupId.", "The pretty."]);
        assert_eq!(operation.body, Some(Ty::Named("Ask".into())));
        assert_eq!(operation.response, Some(Ty::Named("Snapshot".into())));
        assert_eq!(operation.module, "snapshots");
        let empty = METHOD
            .replace(ACCEPT, "")
            .replace("ResponseValue<types::Snapshot>", "ResponseValue<()>")
            .replace(
                "{ ResponseValue::from_response(response).await }",
                "{ Ok(ResponseValue::empty(response)) }",
            );
        assert_eq!(read(&empty).map(|read| read.response).ok(), Some(None));
    }

    #[test]
    fn what_is_not_recognised_is_named() {
        for (known, strange, message) in [
            ("pub async", "#[inline] pub async", "`pub` is expected"),
            (
                "Sends a `POST`",
                "Take a snapshot\\n\\nSends a `POST`",
                "`\"Sends a `POST` request",
            ),
            (
                "Error<()>>",
                "Error<types::ApiError>>",
                "the response of a method",
            ),
            ("async fn", "fn", "`async` is expected"),
            ("result?;", "retry(result)?;", "`result` is expected"),
            (
                "self.pre(&mut request, &info).await?;",
                "",
                "`self` is expected",
            ),
            ("_ => Err(", "500 => Err(", "`_` is expected"),
            (".build()?;", ".timeout(1).build()?;", "`build` is expected"),
            (".json(&body)", ".json(body)", "`&` is expected"),
            (
                "\"application/json\",",
                "\"text/plain\",",
                "`\"application/json\"` is expected",
            ),
            (
                "self.client.post(url)",
                "self.client.get(url)",
                "`post` is expected",
            ),
            (
                "\"{}/g/{}/s\"",
                "\"{}/h/{}/s\"",
                "`\"{}/g/{}/s\"` is expected",
            ),
            (
                "encode_path(&group_id.to_string())",
                "group_id",
                "`encode_path` is expected",
            ),
            ("QueryParam::new", "QueryParam::of", "`new` is expected"),
            (
                "pretty: Option<bool>,",
                "pretty: Option<bool>, more: bool,",
                "the arguments",
            ),
            ("pretty: Option<bool>,", "", "`query` is expected"),
            (
                "group_id: &'a ObjectId",
                "group_id: Option<bool>",
                "the arguments",
            ),
            ("pretty: Option<bool>", "pretty: Option<u8>", "a type: `u8`"),
            (
                "ResponseValue<types::Snapshot>",
                "ResponseValue<u8>",
                "a type: `u8`",
            ),
        ] {
            assert!(METHOD.contains(known), "{known}");
            let error = match read(&METHOD.replace(known, strange)) {
                Ok(_) => panic!("`{strange}` was accepted"),
                Err(error) => error.to_string(),
            };
            assert!(
                error.contains("progenitor's code is not as expected") && error.contains(message),
                "{strange}: {error}"
            );
        }
    }
}
