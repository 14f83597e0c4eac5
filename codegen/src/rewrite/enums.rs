//! Opens the enums, so that they accept unknown values.
//!
//! Before: a closed enum with serde renames and five conversions; one new value in a response makes
//! the whole response fail. After: `open_enum! { pub enum SnapshotStatus { Queued = "queued", … }
//! }`: the macro adds `Unknown(String)`, which is kept and written back. (At this stage the macro
//! is the attribute `#[open_enum]`, which syn can parse; `emit` wraps the item in the macro.)

use atlas_backup_document::Error;
use syn::{Fields, Item, parse_quote};

use super::objects::{at, serde_name};
use super::shape::type_name;
use super::unrecognised;
use crate::facts::Facts;

const PASS: &str = "rewrite/enums";

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let mut opened = Vec::new();
    for item in &mut file.items {
        if let Item::Enum(item) = item {
            open(item).map_err(|error| at(error, &item.ident.to_string(), facts))?;
            opened.push(item.ident.clone());
        }
    }
    file.items.retain(|item| match item {
        Item::Impl(item) => {
            item.trait_.is_none()
                || type_name(&item.self_ty).is_none_or(|name| !opened.contains(name))
        }
        _ => true,
    });
    Ok(opened.len())
}

fn open(item: &mut syn::ItemEnum) -> Result<(), Error> {
    item.attrs
        .retain(|attribute| attribute.path().is_ident("doc"));
    item.attrs.push(parse_quote!(#[open_enum]));
    for variant in &mut item.variants {
        if !matches!(variant.fields, Fields::Unit) {
            return Err(unrecognised(
                PASS,
                format!("a variant of `{}` with content", item.ident),
                variant,
            ));
        }
        if variant.ident == "Unknown" {
            return Err(unrecognised(
                PASS,
                format!(
                    "`{}` has a value called unknown, which the macro adds",
                    item.ident
                ),
                variant,
            ));
        }
        let wire = serde_name(PASS, &variant.attrs, &variant.ident)?;
        variant
            .attrs
            .retain(|attribute| attribute.path().is_ident("doc"));
        variant.discriminant = Some((parse_quote!(=), parse_quote!(#wire)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::facts::Facts;
    use crate::rewrite::rewritten;

    #[test]
    fn an_enum_is_opened() {
        let before = "/// Doc.\n#[derive(Copy)]\npub enum S { #[serde(rename = \"inProgress\")] InProgress, done }\nimpl Display for S {}";
        let (opened, after) = rewritten(super::rewrite, &Facts::default(), before);
        assert_eq!(opened, 1);
        assert_eq!(
            after,
            "/// Doc.\n#[open_enum]\npub enum S {\n    InProgress = \"inProgress\",\n    done = \"done\",\n}\n"
        );
    }

    #[test]
    fn a_variant_with_content_is_refused() {
        let mut file: syn::File = syn::parse_quote!(
            pub enum S {
                A(String),
            }
        );
        assert!(super::rewrite(&mut file, &Facts::default()).is_err());
    }
}
