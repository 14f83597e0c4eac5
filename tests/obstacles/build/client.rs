//! The client around the generated code: the source of `atlas-backup-api`, with other generated
//! modules in place of its own.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use quote::{format_ident, quote};
use syn::{Item, parse_quote};

use crate::fragment::Conversion;

/// Where everything is read and written.
pub struct Folders {
    /// The source of the client.
    pub client: PathBuf,
    /// The folder that cargo gives a build script to write to.
    pub out: PathBuf,
}

impl Folders {
    /// Writes a file below `out`. A file that is the same already stays as it is, so that cargo
    /// compiles nothing again.
    pub fn write(&self, path: &str, text: &str) -> Result<(), Box<dyn Error>> {
        let path = self.out.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        if fs::read_to_string(&path).is_ok_and(|before| before == text) {
            return Ok(());
        }
        Ok(fs::write(path, text)?)
    }

    fn client(&self, path: &str) -> Result<syn::File, Box<dyn Error>> {
        let path = self.client.join(path);
        println!("cargo::rerun-if-changed={}", path.display());
        Ok(syn::parse_file(&fs::read_to_string(path)?)?)
    }
}

/// Writes the root of the client and its `generated` module, which has a module for each of `apis`.
pub fn write(folders: &Folders, apis: &[String]) -> Result<(), Box<dyn Error>> {
    let generated = folders.out.join("generated.rs");
    let mut root = folders.client("lib.rs")?;
    root.attrs.clear();
    // A feature of the client is none of this crate, so that what depends on the generations of
    // Atlas is left out.
    for item in &mut root.items {
        if let Item::Mod(module) = item
            && module.content.is_none()
        {
            let path = match module.ident.to_string().as_str() {
                "generated" => generated.clone(),
                name => source(&folders.client, name),
            };
            let path = path.display().to_string();
            module.attrs.push(parse_quote!(#[path = #path]));
        }
    }
    let names = apis.iter().map(|api| format_ident!("{api}"));
    root.items
        .push(parse_quote!(pub use generated::{#(#names),*};));
    folders.write("client.rs", &prettyplease::unparse(&root))?;
    folders.write("generated.rs", &entry(folders, apis)?)
}

fn source(client: &Path, module: &str) -> PathBuf {
    let file = client.join(format!("{module}.rs"));
    match file.exists() {
        true => file,
        false => client.join(module).join("mod.rs"),
    }
}

/// The `generated` module: the prelude of the client's, and a method of `Client` for each API.
fn entry(folders: &Folders, apis: &[String]) -> Result<String, Box<dyn Error>> {
    let mut file = folders.client("generated.rs")?;
    file.attrs.clear();
    file.items
        .retain(|item| matches!(item, Item::Mod(module) if module.ident == "prelude"));
    let methods = apis.iter().map(|api| {
        let api = format_ident!("{api}");
        quote!(pub fn #api(&self) -> #api::Api { #api::Api::new(self.clone()) })
    });
    file.items.push(parse_quote! {
        impl crate::client::Client { #(#methods)* }
    });
    for api in apis {
        let name = format_ident!("{api}");
        let path = folders.out.join(format!("generated/{api}/mod.rs"));
        let path = path.display().to_string();
        file.items
            .push(parse_quote!(#[path = #path] pub mod #name;));
    }
    Ok(prettyplease::unparse(&file))
}

/// Writes the table of the updates, each with the API generation that has it.
pub fn write_conversions(
    folders: &Folders,
    conversions: &[(String, Conversion)],
) -> Result<(), Box<dyn Error>> {
    let entries = conversions.iter().map(|(api, conversion)| {
        let id = &conversion.id;
        let [module, read, written] =
            [api, &conversion.read, &conversion.written].map(|name| format_ident!("{name}"));
        quote! {
            (#api, #id, |answer| {
                let answer: crate::#module::types::#read = read(answer)?;
                let update = crate::#module::types::#written::from(answer);
                update.validate().map_err(|error| error.to_string())?;
                write(&update)
            })
        }
    });
    let table = parse_quote! {
        /// The update that each operation takes, made from its response: the API generation, the id
        /// of the operation, and the conversion.
        pub static ALL: &[(&str, &str, super::Conversion)] = &[#(#entries),*];
    };
    let file = syn::File {
        shebang: None,
        attrs: Vec::new(),
        items: vec![table],
    };
    folders.write("conversions.rs", &prettyplease::unparse(&file))
}
