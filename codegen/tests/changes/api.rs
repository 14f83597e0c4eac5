//! What users can name in generated code, one text each: `Thing.colour: Option<Colour>`. Code that uses
//! one of them may not compile after it is gone.

use std::collections::BTreeSet;

use atlas_backup_codegen::Part;
use quote::ToTokens;
use syn::{Attribute, ImplItem, Item, ItemEnum, ItemImpl, ItemMacro, ItemStruct};

/// Returns the public names of generated code, and all of the code without its documentation.
pub fn of(parts: &[Part]) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut names, mut code) = (BTreeSet::new(), BTreeSet::new());
    for file in parts.iter().flat_map(|part| &part.files) {
        let parsed = syn::parse_file(&file.text).expect("generated code can be parsed");
        for item in parsed.items {
            visit(&item, &file.path, &mut names);
            code.insert(without_docs(item));
        }
    }
    (names, code)
}

fn visit(item: &Item, path: &str, names: &mut BTreeSet<String>) {
    match item {
        Item::Macro(item) => of_macro(item, path, names),
        Item::Impl(item) => of_impl(item, names),
        _ => {}
    }
}

fn of_macro(ItemMacro { mac, .. }: &ItemMacro, path: &str, names: &mut BTreeSet<String>) {
    let kind = text(&mac.path);
    if let Ok(item) = syn::parse2::<ItemEnum>(mac.tokens.clone()) {
        names.insert(format!("enum {}", item.ident));
        for variant in &item.variants {
            let wire = variant.discriminant.as_ref().map(|(_, wire)| text(wire));
            names.insert(format!(
                "{}::{} = {}",
                item.ident,
                variant.ident,
                wire.unwrap_or_default()
            ));
        }
    } else if let Ok(item) = syn::parse2::<ItemStruct>(mac.tokens.clone()) {
        let name = &item.ident;
        if kind == "request" {
            names.insert(format!("{path}: struct {name}"));
            let attributes = item.attrs.iter().filter(|one| !is_documentation(one));
            // What follows the type is how pages are requested.
            let types = attributes.map(|one| text(one).split(',').next().map(str::to_owned));
            names.extend(types.flatten().map(|ty| format!("{name}: {ty}")));
        } else {
            names.insert(format!("struct {name}"));
            // Only these have a literal, and only these have a member for what is not known.
            names.extend((kind != "response").then(|| format!("literal of {name}")));
            names.extend((kind != "request_body").then(|| format!("{name}.extra")));
        }
        let default = item.attrs.iter().any(|one| text(one).contains("Default"));
        names.extend((default || kind == "response").then(|| format!("default of {name}")));
        for field in &item.fields {
            let field_name = field.ident.as_ref().map(text).unwrap_or_default();
            names.insert(format!("{name}.{field_name}: {}", text(&field.ty)));
        }
    }
}

fn of_impl(item: &ItemImpl, names: &mut BTreeSet<String>) {
    let of = text(&item.self_ty);
    if let Some((_, implemented, _)) = &item.trait_ {
        names.insert(format!("impl {} for {of}", text(implemented)));
        return;
    }
    for item in &item.items {
        if let ImplItem::Fn(function) = item {
            names.insert(format!("{of}: {}", text(&function.sig)));
        }
    }
}

fn is_documentation(attribute: &Attribute) -> bool {
    attribute.path().is_ident("doc") || attribute.path().is_ident("deprecated")
}

fn text(tokens: impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

/// The code of an item without documentation, as text.
fn without_docs(item: Item) -> String {
    let mut code = text(item);
    // A documentation comment is `# [doc = "…"]` here, also inside of macros.
    for attribute in ["# [doc", "# [deprecated"] {
        let mut parts = code.split(attribute);
        let first = parts.next().unwrap_or_default().to_owned();
        code = parts.fold(first, |code, part| code + after_attribute(part));
    }
    code.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What follows an attribute whose begin is cut off: after the bracket that is not in a text.
fn after_attribute(part: &str) -> &str {
    let (mut in_text, mut escaped) = (false, false);
    for (at, letter) in part.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => in_text = !in_text,
            ']' if !in_text => return &part[at + 1..],
            _ => {}
        }
    }
    ""
}
