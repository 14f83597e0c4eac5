//! Parses one of progenitor's methods strictly: a statement that is not exactly as expected is an
//! error that names it.

use atlas_backup_document::Error;
use quote::{ToTokens, quote};
use syn::{
    Expr, ExprMethodCall, FnArg, GenericArgument, Ident, Pat, PathArguments, ReturnType, Stmt,
    Type, parse_quote,
};

use super::unrecognised;
use crate::facts::Operation;

const PASS: &str = "rewrite/operations";

/// An operation as progenitor generated it.
pub(super) struct Method {
    pub name: Ident,
    /// The HTTP method: `POST`.
    pub verb: String,
    /// Path arguments, in the order of the path.
    pub path: Vec<Argument>,
    /// Query arguments, in progenitor's order, which is by name.
    pub query: Vec<Argument>,
    pub body: Option<Type>,
    /// The type of the success response; `None` if it has no content.
    pub answer: Option<Type>,
}

/// One argument: its Rust name and type, and its wire name.
pub(super) struct Argument {
    pub name: Ident,
    pub wire: String,
    pub ty: Type,
    pub optional: bool,
}

pub(super) fn method(item: &syn::ImplItemFn, fact: &Operation) -> Result<Method, Error> {
    let arguments = arguments(&item.sig)?;
    let body = Body::read(&item.block, fact)?;
    let mut path = Vec::new();
    for (name, wire) in body.path.iter().zip(names_in(&fact.path)) {
        path.push(argument(&arguments, name, wire)?);
    }
    let mut query = Vec::new();
    for (wire, name) in &body.query {
        query.push(argument(&arguments, name, wire)?);
    }
    let body_type = match body.json {
        true => Some(argument(&arguments, &parse_quote!(body), "body")?.ty),
        false => None,
    };
    let used = path.len() + query.len() + usize::from(body_type.is_some());
    if used != arguments.len() {
        return Err(unrecognised(
            PASS,
            format!("{used} of {} arguments are sent", arguments.len()),
            &item.sig,
        ));
    }
    let answer = answer(&item.sig.output)?;
    Ok(Method {
        name: item.sig.ident.clone(),
        verb: body.verb,
        path,
        query,
        body: body_type,
        answer,
    })
}

/// Returns the parameter names of a path template, in order.
fn names_in(template: &str) -> Vec<&str> {
    template
        .split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .collect()
}

fn arguments(signature: &syn::Signature) -> Result<Vec<(Ident, Type)>, Error> {
    let mut arguments = Vec::new();
    for input in signature.inputs.iter().skip(1) {
        match input {
            FnArg::Typed(argument) => match argument.pat.as_ref() {
                Pat::Ident(name) => {
                    arguments.push((name.ident.clone(), argument.ty.as_ref().clone()))
                }
                other => return Err(unrecognised(PASS, "an argument without a name", other)),
            },
            FnArg::Receiver(_) => return Err(unrecognised(PASS, "a second receiver", signature)),
        }
    }
    Ok(arguments)
}

fn argument(arguments: &[(Ident, Type)], name: &Ident, wire: &str) -> Result<Argument, Error> {
    let (_, ty) = arguments
        .iter()
        .find(|(known, _)| known == name)
        .ok_or_else(|| unrecognised(PASS, "a value sent that is no argument", name))?;
    let (optional, ty) = match generic(ty, "Option") {
        Some(inner) => (true, inner),
        None => (false, ty.clone()),
    };
    Ok(Argument {
        name: name.clone(),
        wire: wire.to_owned(),
        ty: owned(ty),
        optional,
    })
}

/// Removes references: `&'a str` becomes `String`, `&'a T` becomes `T`.
fn owned(ty: Type) -> Type {
    match ty {
        Type::Reference(reference) if reference.elem.to_token_stream().to_string() == "str" => {
            parse_quote!(String)
        }
        Type::Reference(reference) => *reference.elem,
        other => other,
    }
}

/// Returns `T` of `Name<T, …>`.
fn generic(ty: &Type, name: &str) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    }
}

/// Returns `T` of `Result<ResponseValue<T>, Error<_>>`.
fn answer(output: &ReturnType) -> Result<Option<Type>, Error> {
    let ReturnType::Type(_, ty) = output else {
        return Err(unrecognised(PASS, "a method without an answer", output));
    };
    let answer = generic(ty, "Result")
        .and_then(|response| generic(&response, "ResponseValue"))
        .ok_or_else(|| unrecognised(PASS, "the answer of a method", ty))?;
    let empty = matches!(&answer, Type::Tuple(tuple) if tuple.elems.is_empty());
    if !empty && answer.to_token_stream().to_string().contains("ByteStream") {
        return Err(unrecognised(PASS, "an answer without a type", &answer));
    }
    Ok((!empty).then_some(answer))
}

/// What the statements of a method contain.
struct Body {
    verb: String,
    path: Vec<Ident>,
    query: Vec<(String, Ident)>,
    json: bool,
}

impl Body {
    fn read(block: &syn::Block, fact: &Operation) -> Result<Self, Error> {
        let [url, statements @ ..] = block.stmts.as_slice() else {
            return Err(unrecognised(PASS, "an empty method", block));
        };
        let path = url_arguments(url, fact)?;
        let method = fact.id.as_str();
        let mut request = None;
        for statement in statements {
            match statement {
                Stmt::Local(local) if local.pat.to_token_stream().to_string() == "mut request" => {
                    request = local.init.as_ref().map(|init| init.expr.as_ref());
                }
                // The last statement decides which statuses are a success. It is ignored, because
                // the runtime decides that for all operations.
                Stmt::Expr(Expr::Match(end), None)
                    if end.expr.to_token_stream().to_string()
                        == "response . status () . as_u16 ()" => {}
                other if is_boilerplate(other, method) => {}
                other => {
                    return Err(unrecognised(
                        PASS,
                        format!("a statement of `{method}`"),
                        other,
                    ));
                }
            }
        }
        let request = request
            .ok_or_else(|| unrecognised(PASS, format!("`{method}` makes no request"), block))?;
        let mut body = Body {
            verb: String::new(),
            path,
            query: Vec::new(),
            json: false,
        };
        body.request(request)?;
        if body.verb != fact.method {
            return Err(unrecognised(
                PASS,
                format!("`{method}` is a {}", fact.method),
                request,
            ));
        }
        Ok(body)
    }

    /// Parses `self.client.post(url).header(…).json(&body).query(…).headers(header_map).build()?`,
    /// from its end.
    fn request(&mut self, request: &Expr) -> Result<(), Error> {
        let Expr::Try(end) = request else {
            return Err(unrecognised(PASS, "a request that is not built", request));
        };
        let mut rest = end.expr.as_ref();
        while let Expr::MethodCall(call) = rest {
            if call.receiver.to_token_stream().to_string() == "self . client" {
                self.verb = call.method.to_string().to_uppercase();
                self.query.reverse();
                return Ok(());
            }
            self.step(call)?;
            rest = &call.receiver;
        }
        Err(unrecognised(
            PASS,
            "a request that does not start at the client",
            rest,
        ))
    }

    fn step(&mut self, call: &ExprMethodCall) -> Result<(), Error> {
        let arguments = call.args.to_token_stream().to_string();
        match (call.method.to_string().as_str(), arguments.as_str()) {
            ("build", "") | ("headers", "header_map") => {}
            ("header", accept)
                if accept.contains("header :: ACCEPT")
                    || accept.contains("header :: CONTENT_TYPE") => {}
            ("json", "& body") => self.json = true,
            ("query", _) => self.query.push(query(call)?),
            (name, _) => {
                return Err(unrecognised(
                    PASS,
                    format!("`.{name}` of a request"),
                    &call.args,
                ));
            }
        }
        Ok(())
    }
}

/// Parses `let url = format!("{}/a/{}", self.baseurl, encode_path(&group_id.to_string()),);` and
/// returns the path arguments.
fn url_arguments(statement: &Stmt, fact: &Operation) -> Result<Vec<Ident>, Error> {
    let error =
        |what: &str| unrecognised(PASS, format!("the URL of `{}`: {what}", fact.id), statement);
    let Stmt::Local(local) = statement else {
        return Err(error("not the first statement"));
    };
    let Some(Expr::Macro(format)) = local.init.as_ref().map(|init| init.expr.as_ref()) else {
        return Err(error("not made by format!"));
    };
    let parser = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
    let parts = syn::parse::Parser::parse2(parser, format.mac.tokens.clone())
        .map_err(|_| error("unknown arguments"))?;
    let mut parts = parts.iter();
    let literal = parts
        .next()
        .map(|literal| literal.to_token_stream().to_string())
        .unwrap_or_default();
    let template: Vec<_> = fact
        .path
        .split('/')
        .map(|segment| {
            if segment.starts_with('{') {
                "{}"
            } else {
                segment
            }
        })
        .collect();
    if literal != format!("\"{{}}{}\"", template.join("/")) {
        return Err(error("another path than the spec's"));
    }
    if parts
        .next()
        .map(|base| base.to_token_stream().to_string())
        .as_deref()
        != Some("self . baseurl")
    {
        return Err(error("no base URL"));
    }
    parts
        .map(|part| {
            let text = part.to_token_stream().to_string();
            let name = text
                .strip_prefix("encode_path (& ")
                .and_then(|rest| rest.strip_suffix(" . to_string ())"));
            name.and_then(|name| syn::parse_str(name).ok())
                .ok_or_else(|| error("an argument that is not escaped"))
        })
        .collect()
}

/// Parses `.query(&progenitor_client::QueryParam::new("pretty", &pretty))`.
fn query(call: &ExprMethodCall) -> Result<(String, Ident), Error> {
    let error = || unrecognised(PASS, "a query parameter", &call.args);
    let Some(Expr::Reference(reference)) = call.args.first() else {
        return Err(error());
    };
    let Expr::Call(new) = reference.expr.as_ref() else {
        return Err(error());
    };
    let known = new.func.to_token_stream().to_string() == "progenitor_client :: QueryParam :: new";
    let mut arguments = new.args.iter();
    match (arguments.next(), arguments.next(), arguments.next()) {
        (
            Some(Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(wire),
                ..
            })),
            Some(Expr::Reference(name)),
            None,
        ) if known => {
            let name = syn::parse2(name.expr.to_token_stream()).map_err(|_| error())?;
            Ok((wire.value(), name))
        }
        _ => Err(error()),
    }
}

/// Whether a statement is one of those that are the same in every method, because the runtime does
/// their work.
fn is_boilerplate(statement: &Stmt, id: &str) -> bool {
    let method = crate::facts::method_name(id);
    let known: [Stmt; 7] = [
        parse_quote! { let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize); },
        parse_quote! {
            header_map.append(
                ::reqwest::header::HeaderName::from_static("api-version"),
                ::reqwest::header::HeaderValue::from_static(Self::api_version()),
            );
        },
        parse_quote! { let info = OperationInfo { operation_id: #method, }; },
        parse_quote! { self.pre(&mut request, &info).await?; },
        parse_quote! { let result = self.exec(request, &info).await; },
        parse_quote! { self.post(&result, &info).await?; },
        parse_quote! { let response = result?; },
    ];
    let text = quote!(#statement).to_string();
    known.iter().any(|known| quote!(#known).to_string() == text)
}
