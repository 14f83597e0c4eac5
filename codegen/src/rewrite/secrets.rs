//! Marks members whose value is a credential, so that Debug does not print it.
//!
//! Before: `#[wire("snapshotUrl")] pub snapshot_url: Option<String>`. After: `#[wire("snapshotUrl", secret)]`.

use quote::quote;
use syn::{Fields, Item, parse_quote};

use crate::error::{Error, Finding};
use crate::facts::Facts;

pub(super) fn rewrite(file: &mut syn::File, facts: &Facts) -> Result<usize, Error> {
    let mut marked = 0;
    for item in &mut file.items {
        let Item::Struct(item) = item else { continue };
        let Some(fact) = facts.types.get(&item.ident.to_string()) else { continue };
        let Fields::Named(fields) = &mut item.fields else { continue };
        for (wire, _) in fact.members.iter().filter(|(_, member)| member.secret) {
            let begins = quote!(#wire).to_string();
            let attribute = fields.named.iter_mut().flat_map(|field| &mut field.attrs).find(|attribute| {
                attribute.path().is_ident("wire")
                    && matches!(&attribute.meta, syn::Meta::List(list) if list.tokens.to_string().split(" ,").next() == Some(&begins))
            });
            let Some(attribute) = attribute else {
                let message = format!("the secret member `{wire}` is not in the generated struct");
                return Err(Error::one(Finding::new("rewrite/secrets", &fact.pointer, message)));
            };
            let syn::Meta::List(list) = &attribute.meta else { continue };
            let tokens = &list.tokens;
            *attribute = parse_quote!(#[wire(#tokens, secret)]);
            marked += 1;
        }
    }
    Ok(marked)
}

#[cfg(test)]
mod tests {
    use crate::facts::{Facts, Member, Type};
    use crate::rewrite::rewritten;

    #[test]
    fn a_secret_is_marked() {
        let member = Member { secret: true, ..Member::default() };
        let fact = Type { members: [("url".into(), member)].into(), ..Type::default() };
        let facts = Facts { types: [("A".into(), fact)].into(), ..Facts::default() };
        let before = "pub struct A { #[wire(\"url\", required)] pub url: String, #[wire(\"urls\")] pub urls: Vec<String> }";
        let (marked, after) = rewritten(super::rewrite, &facts, before);
        assert_eq!(marked, 1);
        assert!(after.contains("#[wire(\"url\", required, secret)]") && after.contains("#[wire(\"urls\")]"), "{after}");
    }
}
