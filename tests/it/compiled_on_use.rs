//! Code that only some programs call must cost the others nothing to compile. rustc compiles a
//! function that is not generic with the crate that defines it, unless it is `#[inline]`: then it is
//! compiled with each crate that calls it. So every function of the jobs, the pagers, the raw calls,
//! the rules of arguments and bodies, the methods of generated types and the generated code itself is
//! `#[inline]`.

use std::fs;

use syn::visit::{Visit, visit_item_mod};
use syn::{Attribute, ImplItemFn, ItemFn, ItemMod};

use crate::storeys::{files, source};

const COMPILED_ON_USE: [&str; 11] = [
    "client/pager",
    "client/poller",
    "client/raw_call.rs",
    "download",
    "generated",
    "model_ext",
    "pipeline/path.rs",
    "pipeline/query.rs",
    "pipeline/route.rs",
    "validate",
    "workflow",
];

#[test]
fn code_that_only_some_programs_call_is_compiled_by_these_programs() {
    let source = source();
    let mut found = Found::default();
    for folder in COMPILED_ON_USE {
        let files = files(&source.join(folder));
        for file in files.iter().filter(|file| !file.ends_with("tests.rs")) {
            let text = fs::read_to_string(file).unwrap();
            found.file = file.strip_prefix(&source).unwrap().display().to_string();
            found.visit_file(&syn::parse_file(&text).unwrap());
        }
    }
    assert_eq!(found.compiled_always, <[String; 0]>::default());
}

/// The functions that are compiled with the crate.
#[derive(Default)]
struct Found {
    file: String,
    compiled_always: Vec<String>,
}

impl Found {
    fn function(&mut self, attributes: &[Attribute], signature: &syn::Signature) {
        let is_generic = signature.generics.type_params().next().is_some()
            || signature.inputs.iter().any(
                |input| matches!(input, syn::FnArg::Typed(one) if matches!(*one.ty, syn::Type::ImplTrait(_))),
            );
        let is_inline = attributes.iter().any(|one| one.path().is_ident("inline"));
        if !is_generic && !is_inline {
            self.compiled_always
                .push(format!("{}: {}", self.file, signature.ident));
        }
    }
}

impl<'ast> Visit<'ast> for Found {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        if module.ident != "tests" {
            visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.function(&function.attrs, &function.sig);
    }

    fn visit_impl_item_fn(&mut self, method: &'ast ImplItemFn) {
        self.function(&method.attrs, &method.sig);
    }
}
