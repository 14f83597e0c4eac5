//! backend: runs progenitor on a lowered document and parses its code. This is the only file that
//! uses progenitor.

use std::any::Any;
use std::iter::empty;
use std::panic::{AssertUnwindSafe, catch_unwind};

use atlas_backup_document::{Error, Finding};
use openapiv3::OpenAPI;
pub use progenitor::Generator;
use progenitor::{GenerationSettings, InterfaceStyle, TagStyle, TypeImpl};
use serde_json::json;

use crate::facts::RUNTIME_TYPES;

pub(crate) fn generate(openapi: &OpenAPI) -> Result<syn::File, Error> {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged);
    for (name, _) in RUNTIME_TYPES {
        settings.with_replacement(name, name, empty::<TypeImpl>());
    }
    let date_time = json!({"type": "string", "format": "date-time"});
    let date_time = serde_json::from_value(date_time).map_err(refused)?;
    settings.with_conversion(date_time, "Timestamp", empty::<TypeImpl>());
    // progenitor panics on documents that it cannot handle. The lint rules catch these cases first,
    // so catching the panic is a last resort.
    let generate = || Generator::new(&settings).generate_tokens(openapi);
    let tokens = catch_unwind(AssertUnwindSafe(generate))
        .map_err(|panic| refused(panic_message(panic.as_ref())))?
        .map_err(refused)?;
    syn::parse2(tokens).map_err(refused)
}

/// Returns the message of a panic on one line, truncated to 300 characters.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    let words: Vec<&str> = text.unwrap_or_default().split_whitespace().collect();
    format!("it panicked: {:.300}", words.join(" "))
}

fn refused(reason: impl std::fmt::Display) -> Error {
    Error::one(Finding::new(
        "backend",
        "",
        format!("progenitor refused the lowered document: {reason}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_progenitor_is_an_error() {
        let content = json!({"application/json": {}});
        let operation = json!({
            "operationId": "getThing",
            "responses": {"200": {"description": "", "content": content}},
        });
        let openapi = serde_json::from_value(json!({
            "openapi": "3.0.3",
            "info": {"title": "t", "version": "1"},
            "paths": {"/a": {"get": operation}},
        }));
        let error = generate(&openapi.unwrap()).unwrap_err().to_string();
        assert!(
            error.contains("the lowered document: it panicked: "),
            "{error}"
        );
    }

    #[test]
    fn the_message_of_a_panic_is_on_one_line() {
        let of = |panic: Box<dyn Any + Send>| panic_message(panic.as_ref());
        assert_eq!(of(Box::new("no\n thing")), "it panicked: no thing");
        assert_eq!(
            of(Box::new("no\n thing".to_owned())),
            "it panicked: no thing"
        );
        let long = of(Box::new("a".repeat(1000)));
        assert_eq!(long.len(), "it panicked: ".len() + 300);
    }
}
