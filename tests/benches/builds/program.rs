//! Writes a program that makes calls through a client, from the source of the client.

use std::fs;
use std::path::Path;

use quote::ToTokens;
use syn::{FnArg, ImplItem, Item, Type};

/// A method that makes a call, and the source of each argument.
pub struct Call {
    pub name: String,
    arguments: Vec<String>,
}

/// The calls of this project's generated modules.
pub fn our_calls(folder: &Path) -> Vec<Call> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
        .iter()
        .flat_map(|file| calls(&fs::read_to_string(file).unwrap(), "Api", our_argument))
        .collect()
}

/// The calls of a client that progenitor made.
pub fn plain_calls(source: &str) -> Vec<Call> {
    calls(source, "Client", plain_argument)
}

/// Every public method of a type that takes `&self` is a call.
fn calls(source: &str, of: &str, argument: fn(&Type) -> String) -> Vec<Call> {
    let file = syn::parse_file(source).unwrap();
    let mut calls = Vec::new();
    for item in file.items {
        let Item::Impl(block) = item else { continue };
        if block.trait_.is_some() || block.self_ty.to_token_stream().to_string() != of {
            continue;
        }
        for item in block.items {
            let ImplItem::Fn(method) = item else { continue };
            if method.sig.receiver().is_none() {
                continue;
            }
            let arguments = method.sig.inputs.iter().filter_map(|input| match input {
                FnArg::Receiver(_) => None,
                FnArg::Typed(typed) => Some(argument(&typed.ty)),
            });
            calls.push(Call {
                name: method.sig.ident.to_string(),
                arguments: arguments.collect(),
            });
        }
    }
    calls
}

/// Ids and names are generic; a request body has a type.
fn our_argument(of: &Type) -> String {
    match of {
        Type::ImplTrait(_) => "argument::<String>()?".to_owned(),
        _ => "argument()?".to_owned(),
    }
}

/// Arguments are references, values, or options of both. A `&str` is read as a `String`; other
/// types are inferred.
fn plain_argument(of: &Type) -> String {
    let text = of.to_token_stream().to_string().replace(' ', "");
    match text.as_str() {
        "&'astr" => "&argument::<String>()?",
        "Option<&'astr>" => "argument::<Option<String>>()?.as_deref()",
        text if text.starts_with('&') => "&argument()?",
        text if text.starts_with("Option<&") => "argument::<Option<_>>()?.as_ref()",
        _ => "argument()?",
    }
    .to_owned()
}

/// A program that makes all calls through this project's client.
pub fn our_program(calls: &[Call]) -> String {
    program("atlas_backup_api::Client::from_env()?", calls, |call| {
        let arguments = call.arguments.join(", ");
        format!("client.v2().{}({arguments}).send()", call.name)
    })
}

/// The same program with a client that progenitor made.
pub fn plain_program(calls: &[Call]) -> String {
    let client = "plain_client::Client::new(\"https://cloud.mongodb.com\")";
    program(client, calls, |call| {
        format!("client.{}({})", call.name, call.arguments.join(", "))
    })
}

/// Arguments are JSON on the command line, and responses are printed with `Debug`.
fn program(client: &str, calls: &[Call], expression: impl Fn(&Call) -> String) -> String {
    let arms: String = calls
        .iter()
        .map(|call| {
            let expression = expression(call);
            format!(
                "        {:?} => println!(\"{{:?}}\", *{expression}.await?),\n",
                call.name
            )
        })
        .collect();
    format!(
        "#![allow(deprecated)]

#[tokio::main(flavor = \"current_thread\")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {{
    let client = {client};
    match argument::<String>()?.as_str() {{
{arms}        other => println!(\"{{other}} is no call\"),
    }}
    Ok(())
}}

fn argument<T: serde::de::DeserializeOwned>() -> Result<T, serde_json::Error> {{
    serde_json::from_str(&std::env::args().next().unwrap_or_default())
}}
"
    )
}
