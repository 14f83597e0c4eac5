//! Shortens the paths of types to what a person would write.
//!
//! Before: `::std::option::Option<::std::vec::Vec<types::Link>>`. After: `Option<Vec<Link>>`. Every
//! generated file imports what it needs through one prelude.

use atlas_backup_document::Error;
use syn::visit_mut::{VisitMut, visit_path_mut};

use crate::facts::Facts;

/// The paths that the prelude of generated code and Rust's own prelude bring into scope.
const IN_SCOPE: &[(&str, &str)] = &[
    ("::std::option::Option", "Option"),
    ("::std::string::String", "String"),
    ("::std::vec::Vec", "Vec"),
    ("::std::collections::HashMap", "BTreeMap"),
    ("::serde_json::Value", "Value"),
    ("::serde_json::Map", "Map"),
];

pub(super) fn rewrite(file: &mut syn::File, _: &Facts) -> Result<usize, Error> {
    let mut shorten = Shorten { changed: 0 };
    shorten.visit_file_mut(file);
    Ok(shorten.changed)
}

struct Shorten {
    changed: usize,
}

impl VisitMut for Shorten {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        visit_path_mut(self, path);
        let names: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let lead = if path.leading_colon.is_some() {
            "::"
        } else {
            ""
        };
        let full = format!("{lead}{}", names.join("::"));
        let Some((_, short)) = IN_SCOPE.iter().find(|(long, _)| *long == full) else {
            return;
        };
        if let Some(mut last) = path.segments.pop().map(syn::punctuated::Pair::into_value) {
            last.ident = syn::Ident::new(short, last.ident.span());
            path.leading_colon = None;
            path.segments = [last].into_iter().collect();
            self.changed += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::facts::Facts;
    use crate::rewrite::rewritten;

    #[test]
    fn paths_are_shortened() {
        let before =
            "struct A { a: ::std::option::Option<::std::vec::Vec<types::B>>, b: other::Option }";
        let (changed, after) = rewritten(super::rewrite, &Facts::default(), before);
        assert_eq!(changed, 2);
        assert_eq!(
            after,
            "struct A {\n    a: Option<Vec<types::B>>,\n    b: other::Option,\n}\n"
        );
    }
}
