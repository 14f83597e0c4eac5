//! The table of calls, through which tests call every operation by name, so that no call has to be
//! written by hand: for each operation a function that makes the call from JSON arguments, and an
//! `Entry` that names it. It is made from the source of a generated client whenever the tests are
//! built. Code that is not recognised is an error, so that no operation is left out silently.
//!
//! The crate that includes the table has `tests/src/calls.rs` as its module `calls`, and the client
//! as a dependency.

mod call;
mod module;
mod read;

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

/// Returns the source of a table: a module for each of `apis`, and `ALL` with the entries of all of
/// them by tag. `generated` is the folder of the generated code.
///
/// # Errors
/// If a file cannot be read, or has something that is not recognised. The error is a message that
/// says where.
pub fn table<S: AsRef<str>>(generated: &Path, apis: &[S]) -> Result<String, String> {
    let (mut modules, mut all) = (TokenStream::new(), TokenStream::new());
    for api in apis {
        let api = format_ident!("{}", api.as_ref());
        let mut tags = TokenStream::new();
        for path in files(&generated.join(api.to_string()))? {
            let at = |error: &dyn ToString| format!("{}: {}", path.display(), error.to_string());
            let source = fs::read_to_string(&path).map_err(|error| at(&error))?;
            let code = module::table(&api, &source).map_err(|error| at(&error))?;
            let stem = path.file_stem().unwrap_or_default();
            let tag = format_ident!("{}", stem.to_string_lossy());
            tags.extend(quote!(pub mod #tag { #code }));
            all.extend(quote!(#api::#tag::ENTRIES,));
        }
        modules.extend(quote!(mod #api { #tags }));
    }
    printed(quote! {
        #modules
        /// Every operation, by API generation and tag.
        pub static ALL: &[&[crate::calls::Entry]] = &[#all];
    })
}

/// The files of operations, which are those beside `mod.rs`: types have a folder of their own.
fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(folder)?;
        entries.map(|entry| Ok(entry?.path())).collect()
    };
    let mut files = read().map_err(|error| format!("{}: {error}", folder.display()))?;
    files.retain(|path| path.is_file() && !path.ends_with("mod.rs"));
    files.sort();
    Ok(files)
}

fn printed(code: TokenStream) -> Result<String, String> {
    let file = syn::parse2(code).map_err(|error| format!("the table is no Rust: {error}"))?;
    Ok(prettyplease::unparse(&file))
}

/// The error for code that is not recognised.
fn expected<T>(what: &str, found: impl ToTokens) -> syn::Result<T> {
    let text = found.to_token_stream().to_string();
    let text: String = text.chars().take(200).collect();
    let message = format!("expected {what}, found `{text}`");
    Err(syn::Error::new_spanned(&found, message))
}
