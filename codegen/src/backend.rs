//! The only file that names progenitor: a lowered document in, its code out.

use std::panic::{AssertUnwindSafe, catch_unwind};

use openapiv3::OpenAPI;
use progenitor::{GenerationSettings, Generator, InterfaceStyle, TagStyle, TypeImpl};

use crate::error::{Error, Finding};
use crate::facts::RUNTIME_TYPES;

pub(crate) fn generate(openapi: &OpenAPI) -> Result<syn::File, Error> {
    let mut settings = GenerationSettings::default();
    settings.with_interface(InterfaceStyle::Positional).with_tag(TagStyle::Merged);
    for (name, _) in RUNTIME_TYPES {
        settings.with_replacement(name, name, std::iter::empty::<TypeImpl>());
    }
    let date_time = serde_json::from_value(serde_json::json!({"type": "string", "format": "date-time"}));
    settings.with_conversion(date_time.map_err(refused)?, "Timestamp", std::iter::empty::<TypeImpl>());
    // progenitor panics on what it cannot take; the rules of `check` come first, so this is the last resort.
    let tokens = catch_unwind(AssertUnwindSafe(|| Generator::new(&settings).generate_tokens(openapi)))
        .map_err(|_| refused("progenitor panicked on this document"))?
        .map_err(refused)?;
    syn::parse2(tokens).map_err(refused)
}

fn refused(reason: impl std::fmt::Display) -> Error {
    Error::one(Finding::new("backend", "", format!("progenitor refused the lowered document: {reason}")))
}
