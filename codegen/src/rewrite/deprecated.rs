//! Marks deprecated operations, which progenitor does not.
//!
//! Before: `pub fn download_tenant_snapshot`. After: `#[deprecated(note = "Ended on 2026-01-22.
//! …")] pub fn download_tenant_snapshot`.

use atlas_backup_document::Error;
use syn::{ImplItem, Item, parse_quote};

use crate::facts::Facts;

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let mut marked = 0;
    for item in &mut file.items {
        let Item::Impl(item) = item else { continue };
        if item.self_ty != parse_quote!(Api) {
            continue;
        }
        for item in &mut item.items {
            let ImplItem::Fn(method) = item else { continue };
            let fact = facts.operations.get(&method.sig.ident.to_string());
            if let Some(note) = fact.and_then(|fact| fact.deprecated.as_ref()) {
                method.attrs.push(parse_quote!(#[deprecated(note = #note)]));
                marked += 1;
            }
        }
    }
    Ok(marked)
}

#[cfg(test)]
mod tests {
    use crate::facts::{Facts, Operation};
    use crate::rewrite::rewritten;

    #[test]
    fn the_reason_is_in_the_attribute() {
        let operation = Operation {
            deprecated: Some("Use b.".into()),
            ..Operation::default()
        };
        let facts = Facts {
            operations: [("a".into(), operation)].into(),
            ..Facts::default()
        };
        let (marked, after) = rewritten(super::rewrite, &facts, "impl Api { fn a() {} fn b() {} }");
        assert_eq!(marked, 1);
        assert_eq!(
            after,
            "impl Api {\n    #[deprecated(note = \"Use b.\")]\n    fn a() {}\n    fn b() {}\n}\n"
        );
    }
}
