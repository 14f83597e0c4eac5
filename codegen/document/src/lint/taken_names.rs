//! The names that a document may not use, because generated code or the code around it has them
//! already. This is the only list of them; a test compares it with the client's source.

use heck::ToShoutySnakeCase;

use crate::vocabulary::is_keyword;

/// What `atlas-backup-api/src/generated.rs` imports into every generated file. A schema or an
/// operation of the same name would silently replace it in that file.
const PRELUDE: &[&str] = &[
    "Api",
    "BTreeMap",
    "Body",
    "Call",
    "CallOptions",
    "Client",
    "ClusterName",
    "Display",
    "Error",
    "Extra",
    "Idempotency",
    "InvalidArgument",
    "Items",
    "Method",
    "ObjectId",
    "Operation",
    "Response",
    "Timestamp",
    "Value",
];

/// The names that Rust's standard library brings into every file. Generated code uses some of them,
/// and a reader takes all of them for Rust's.
const RUST_PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// The methods of `Api` that are written by hand in the client.
const API_METHODS: &[&str] = &[
    "find_cluster",
    "find_flex_cluster",
    "find_project",
    "list_cluster_snapshots",
    "save_flex_snapshot",
    "save_serverless_snapshot",
    "save_snapshot",
    "save_tenant_snapshot",
    "take_snapshot_and_wait",
    "take_snapshot_once",
];

/// The methods of `Api` that generated code adds, and those of the traits that it derives; and the
/// other method by which progenitor's client is made.
const GENERATED_API_METHODS: &[&str] = &["clone", "fmt", "new", "new_with_client"];

/// The methods of requests besides the setters of their parameters: those of the macro `request!`
/// and those that are written by hand.
const REQUEST_METHODS: &[&str] = &["body", "options", "send", "stream", "version", "wait"];

/// The files that every API has.
const FILES: &[&str] = &["common", "mod", "types"];

/// The headings in the documentation of `Api`: that of the methods that are written by hand, and
/// those that rustdoc writes. A link to a family of the same name would lead to them.
const HEADINGS: &[&str] = &[
    "fields",
    "help",
    "implementations",
    "implementors",
    "jobs",
    "layout",
    "search",
    "settings",
    "variants",
];

/// The crates whose names are also modules in the client. `pub use http::*` in a module beside a
/// module `http` is an error.
const CRATES: &[&str] = &[
    "backon",
    "bytes",
    "core",
    "digest_auth",
    "fastrand",
    "futures_core",
    "http",
    "jiff",
    "percent_encoding",
    "reqwest",
    "secrecy",
    "serde",
    "serde_json",
    "sha1",
    "std",
    "tokio",
    "tracing",
];

/// The names that no file can have on Windows.
const DEVICES: &[&str] = &["aux", "con", "nul", "prn"];

/// The devices of Windows that have a number from 1 to 9 after their name.
const NUMBERED_DEVICES: &[&str] = &["com", "lpt"];

/// The local variables of progenitor's methods. progenitor renames them if an argument has the same
/// name, and codegen would then not recognise them.
const LOCALS: &[&str] = &[
    "body",
    "header_map",
    "info",
    "request",
    "response",
    "result",
    "url",
];

/// The variant that every enum has for values that are not listed.
pub(crate) const UNKNOWN: &str = "Unknown";

/// The field that every response has for members that are not listed.
pub(crate) const EXTRA: &str = "extra";

/// Returns what has this name already, if a schema cannot have it.
pub(crate) fn as_type(name: &str) -> Option<String> {
    if PRELUDE.contains(&name) {
        Some(format!(
            "the client's own `{name}`, which generated files import (atlas-backup-api/src/generated.rs)"
        ))
    } else if RUST_PRELUDE.contains(&name) || is_keyword(name) {
        Some(format!("Rust's own `{name}`"))
    } else {
        None
    }
}

/// Returns what has this name already, if the request of an operation cannot have it.
pub(crate) fn as_request(name: &str) -> Option<String> {
    if name == name.to_shouty_snake_case() {
        Some("also the name of a constant of the operation".to_owned())
    } else {
        as_type(name)
    }
}

/// Returns what has this name already, if an operation's method cannot have it.
pub(crate) fn as_method(name: &str) -> Option<String> {
    if is_keyword(name) {
        Some("a keyword of Rust".to_owned())
    } else if API_METHODS.contains(&name) {
        Some("a method of `Api` that is written by hand (atlas-backup-api/src/workflow)".to_owned())
    } else if GENERATED_API_METHODS.contains(&name) {
        Some("a method that every `Api` has".to_owned())
    } else {
        None
    }
}

/// Returns what has this name already, if a parameter cannot have it.
pub(crate) fn as_argument(name: &str, in_query: bool) -> Option<String> {
    if is_keyword(name) {
        Some("a keyword of Rust".to_owned())
    } else if LOCALS.contains(&name) {
        Some("a variable of every method that progenitor generates".to_owned())
    } else if in_query && REQUEST_METHODS.contains(&name) {
        Some("a method of requests (atlas-backup-api/src/client/call_macro.rs)".to_owned())
    } else {
        None
    }
}

/// Returns what has this name already, if the file of a tag cannot have it.
pub(crate) fn as_file(name: &str) -> Option<String> {
    if is_keyword(name) {
        Some("a keyword of Rust".to_owned())
    } else if FILES.contains(&name) {
        Some("a file that every API has".to_owned())
    } else if CRATES.contains(&name) {
        Some("a crate that the client uses (atlas-backup-api/Cargo.toml)".to_owned())
    } else if DEVICES.contains(&name) || is_numbered_device(name) {
        Some("a device on Windows, where no file can have its name".to_owned())
    } else {
        None
    }
}

/// Whether the documentation of every `Api` has a heading of this name already.
pub(crate) fn is_heading(name: &str) -> bool {
    HEADINGS.contains(&name)
}

fn is_numbered_device(name: &str) -> bool {
    let number = |device: &&str| name.strip_prefix(*device);
    let number = NUMBERED_DEVICES.iter().find_map(number);
    number.is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']))
}

#[cfg(test)]
mod tests;
