//! backend: runs progenitor on a lowered document and parses its code. This is the only file that
//! names progenitor.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use atlas_backup_document::{Error, Finding};
use openapiv3::OpenAPI;
pub use progenitor::Generator;
use progenitor::{GenerationSettings, InterfaceStyle, TagStyle, TypeImpl};

use crate::facts::RUNTIME_TYPES;

pub(crate) fn generate(openapi: &OpenAPI) -> Result<syn::File, Error> {
    let mut settings = GenerationSettings::default();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_tag(TagStyle::Merged);
    for (name, _) in RUNTIME_TYPES {
        settings.with_replacement(name, name, std::iter::empty::<TypeImpl>());
    }
    let date_time =
        serde_json::from_value(serde_json::json!({"type": "string", "format": "date-time"}));
    settings.with_conversion(
        date_time.map_err(refused)?,
        "Timestamp",
        std::iter::empty::<TypeImpl>(),
    );
    // progenitor panics on documents that it cannot handle. The lint rules catch these cases first,
    // so catching the panic is a last resort.
    let tokens = catch_panic(|| Generator::new(&settings).generate_tokens(openapi))
        .map_err(|panic| {
            refused(format_args!(
                "it panicked: {}",
                panic_message(panic.as_ref())
            ))
        })?
        .map_err(refused)?;
    syn::parse2(tokens).map_err(refused)
}

/// Runs `work` and returns a panic as an error, without the report that the panic hook of this
/// process prints on standard error.
fn catch_panic<T>(work: impl FnOnce() -> T) -> thread::Result<T> {
    /// The process has a single panic hook, so only one thread may replace it at a time.
    static HOOK: Mutex<()> = Mutex::new(());
    let _guard = HOOK.lock().unwrap_or_else(PoisonError::into_inner);
    let before = Arc::new(take_hook());
    let (others, this) = (Arc::clone(&before), thread::current().id());
    set_hook(Box::new(move |panic| {
        if thread::current().id() != this {
            others(panic);
        }
    }));
    let outcome = catch_unwind(AssertUnwindSafe(work));
    drop(take_hook());
    set_hook(Arc::try_unwrap(before).unwrap_or_else(|before| Box::new(move |panic| before(panic))));
    outcome
}

/// Returns the message of a panic on one line, truncated to 300 characters.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    let words: Vec<&str> = text
        .unwrap_or("without a message")
        .split_whitespace()
        .collect();
    words.join(" ").chars().take(300).collect()
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
    #[test]
    fn a_panic_is_a_value_and_its_message_is_kept() {
        assert_eq!(super::catch_panic(|| 1).ok(), Some(1));
        let outcome = super::catch_panic(|| panic!("no\n {}", "thing"));
        let message: Result<(), String> =
            outcome.map_err(|panic| super::panic_message(panic.as_ref()));
        assert_eq!(message, Err("no thing".to_owned()));
    }
}
