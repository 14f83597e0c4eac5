//! Keeps the types and the operations, and removes progenitor's client around them.
//!
//! Before: `use progenitor_client::…; pub mod types { … } pub struct Client { … } impl Client { new
//! … } impl Client { operations }`. After: the items of `types` and `impl Client { operations }`.
//! The runtime has its own client, and no type of progenitor is public.

use atlas_backup_document::Error;
use syn::{ImplItem, Item};

use super::unrecognised;
use crate::facts::Facts;

pub(super) fn rewrite(file: &mut syn::File, _: &Facts) -> Result<usize, Error> {
    let mut kept = Vec::new();
    let mut dropped = 0;
    for item in std::mem::take(&mut file.items) {
        match item {
            Item::Use(_) => dropped += 1,
            Item::Struct(item) if item.ident == "Client" => dropped += 1,
            Item::Mod(item) if item.ident == "prelude" => dropped += 1,
            Item::Impl(item) if item.trait_.is_some() => dropped += 1,
            Item::Impl(item) if has_operations(&item) => kept.push(Item::Impl(item)),
            Item::Impl(_) => dropped += 1,
            Item::Mod(item) if item.ident == "types" => {
                let Some((_, items)) = item.content else {
                    continue;
                };
                let (modules, types): (Vec<_>, Vec<_>) = items
                    .into_iter()
                    .partition(|item| matches!(item, Item::Mod(_)));
                dropped += modules.len();
                kept.extend(types);
            }
            other => return Err(unrecognised("rewrite/client", "unknown item", &other)),
        }
    }
    file.items = kept;
    Ok(dropped)
}

fn has_operations(item: &syn::ItemImpl) -> bool {
    item.items
        .iter()
        .any(|item| matches!(item, ImplItem::Fn(method) if method.sig.asyncness.is_some()))
}

#[cfg(test)]
mod tests {
    use crate::facts::Facts;
    use crate::rewrite::rewritten;

    #[test]
    fn only_types_and_operations_stay() {
        let before = "use progenitor_client::Error;\npub mod types { pub struct A; pub mod error {} }\npub struct Client;\n\
                      impl Client { pub fn new() {} }\nimpl X for Client {}\nimpl Client { pub async fn take() {} }\nmod prelude {}";
        let (dropped, after) = rewritten(super::rewrite, &Facts::default(), before);
        assert_eq!(dropped, 6);
        assert_eq!(
            after,
            "pub struct A;\nimpl Client {\n    pub async fn take() {}\n}\n"
        );
    }
}
