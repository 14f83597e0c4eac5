//! Compares what generated code assumes of the client with the source of the client, which is read
//! as files: `codegen` does not depend on it.

use std::collections::BTreeSet;
use std::path::Path;

use atlas_backup_document::MAX_MEMBERS;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::Visit;

use super::*;
use crate::facts::{RUNTIME_PATTERNS, RUNTIME_TYPES};
use crate::model::Ty;

type Names = BTreeSet<String>;

/// A file of the client.
fn source(path: &str) -> syn::File {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../atlas-backup-api/src");
    let text = std::fs::read_to_string(root.join(path));
    let text = text.unwrap_or_else(|error| panic!("{path}: {error}"));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> Names {
    names.into_iter().map(str::to_owned).collect()
}

/// All tokens of a macro or of a file, without groups.
fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut all = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => all.extend(flat(group.stream())),
            other => all.push(other),
        }
    }
    all
}

/// The names that follow a word in the tokens: `fn send` gives `send`.
fn after(word: &str, tokens: TokenStream) -> Names {
    let texts: Vec<String> = flat(tokens).iter().map(ToString::to_string).collect();
    let pairs = texts.windows(2).filter(|pair| pair[0] == word);
    pairs.map(|pair| pair[1].clone()).collect()
}

/// The definition of a macro in a file.
fn macro_in(file: &syn::File, name: &str) -> TokenStream {
    let found = file.items.iter().find_map(|item| match item {
        syn::Item::Macro(item) if item.ident.as_ref().is_some_and(|ident| ident == name) => {
            Some(item.mac.tokens.clone())
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no macro `{name}`"))
}

/// The functions of a module that other modules can call.
fn functions(file: &syn::File) -> Names {
    let functions = file.items.iter().filter_map(|item| match item {
        syn::Item::Fn(item) if !matches!(item.vis, syn::Visibility::Inherited) => {
            Some(item.sig.ident.to_string())
        }
        _ => None,
    });
    functions.collect()
}

/// The methods of a type that other modules can call.
fn methods(file: &syn::File, name: &str) -> Names {
    struct Methods<'a>(&'a str, Names);
    impl Visit<'_> for Methods<'_> {
        fn visit_item_impl(&mut self, block: &syn::ItemImpl) {
            let is_of = |path: &syn::TypePath| {
                path.path
                    .segments
                    .iter()
                    .any(|segment| segment.ident == self.0)
            };
            let of_type = matches!(block.self_ty.as_ref(), syn::Type::Path(path) if is_of(path));
            for item in &block.items {
                if let syn::ImplItem::Fn(method) = item
                    && !matches!(method.vis, syn::Visibility::Inherited)
                    && of_type
                {
                    self.1.insert(method.sig.ident.to_string());
                }
            }
        }
    }
    let mut methods = Methods(name, Names::new());
    methods.visit_file(file);
    methods.1
}

fn assert_same(what: &str, assumed: Names, found: Names) {
    let missing: Vec<_> = assumed.difference(&found).collect();
    let more: Vec<_> = found.difference(&assumed).collect();
    assert!(missing.is_empty(), "{what}: the client lacks {missing:?}");
    assert!(more.is_empty(), "{what}: runtime.rs does not know {more:?}");
}

/// The types that `string_newtype!` is called for.
fn newtypes() -> Names {
    let files = ["wire/cluster_name.rs", "wire/object_id.rs"].map(source);
    let calls = files
        .iter()
        .flat_map(|file| &file.items)
        .filter_map(|item| match item {
            syn::Item::Macro(item) if item.mac.path.is_ident("string_newtype") => {
                Some(flat(item.mac.tokens.clone())[0].to_string())
            }
            _ => None,
        });
    calls.collect()
}

#[test]
fn the_types_written_by_hand_are_those_of_the_client() {
    let known = names(RUNTIME_TYPES.iter().map(|(name, _)| *name));
    assert_same("types written by hand", known, newtypes());
}

#[test]
fn fields_have_the_types_that_the_client_can_read() {
    let mut found = newtypes();
    for file in ["wire/scalar.rs", "wire/collection.rs"].map(source) {
        for item in &file.items {
            match item {
                syn::Item::Macro(item) if item.mac.path.is_ident("scalar") => {
                    found.insert(flat(item.mac.tokens.clone())[0].to_string());
                }
                syn::Item::Impl(block) => {
                    let name =
                        |path: &syn::Path| path.segments.last().map(|last| last.ident.to_string());
                    let is_field =
                        |(_, path, _): &(_, syn::Path, _)| name(path).as_deref() == Some("Field");
                    if let syn::Type::Path(ty) = block.self_ty.as_ref()
                        && block.trait_.as_ref().is_some_and(is_field)
                    {
                        found.extend(name(&ty.path));
                    }
                }
                _ => {}
            }
        }
    }
    let text = || Box::new(Ty::Text);
    let plain = [
        Ty::Boolean,
        Ty::Integer,
        Ty::Number,
        Ty::Text,
        Ty::DateTime,
        Ty::Json,
    ];
    let all = plain
        .into_iter()
        .chain([Ty::List(text()), Ty::Map(text()), Ty::Boxed(text())]);
    let mut known: Names = all.map(|ty| ty.name().to_owned()).collect();
    known.insert("Option".to_owned());
    known.extend(newtypes());
    assert_same("types of fields", known, found);
}

/// The types for which the macros `shown` and `borrowed` implement a trait.
fn types_of_macros(path: &str) -> Names {
    let file = source(path);
    let calls = file.items.iter().filter_map(|item| match item {
        syn::Item::Macro(item)
            if item.mac.path.is_ident("shown") || item.mac.path.is_ident("borrowed") =>
        {
            Some(item.mac.tokens.clone())
        }
        _ => None,
    });
    let words = calls
        .flat_map(flat)
        .filter(|token| matches!(token, TokenTree::Ident(_)));
    words.map(|word| word.to_string()).collect()
}

#[test]
fn paths_and_queries_have_the_types_that_the_client_can_write() {
    let of_names = RUNTIME_TYPES.iter().map(|(name, _)| Ty::Runtime(name));
    let in_path = of_names.chain([Ty::Text, Ty::DateTime, Ty::Integer]);
    let in_path: Names = in_path.map(|ty| ty.name().to_owned()).collect();
    let more = [Ty::Boolean, Ty::Number].map(|ty| ty.name().to_owned());
    let in_query = in_path.iter().cloned().chain(more).collect();
    assert_same(
        "types of paths",
        in_path,
        types_of_macros("pipeline/path.rs"),
    );
    let mut query = types_of_macros("pipeline/query.rs");
    assert!(query.remove("str"), "setters take `&str`");
    assert_same("types of queries", in_query, query);
}

#[test]
fn rules_are_those_that_the_client_checks() {
    let patterns = names(RUNTIME_PATTERNS.iter().map(|pattern| pattern.function));
    assert_same(
        "patterns",
        patterns,
        functions(&source("validate/pattern.rs")),
    );
    let bounds = BOUNDS.iter().map(|(_, rule, ..)| *rule);
    let rules = bounds.chain([INT32, FINITE]);
    // `pattern` is what the functions of the patterns call.
    let written = ["given", "nested", "pattern", "well_formed"];
    let known = names(rules.clone().chain(written));
    assert_same(
        "rules of members",
        known,
        functions(&source("validate/mod.rs")),
    );
    // An arm of the macro begins with the name of its rule: `(minimum $wire:literal …)`.
    let arms = macro_in(&source("client/call_macro.rs"), "rule");
    let arms = arms.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == proc_macro2::Delimiter::Parenthesis => {
            group
                .stream()
                .into_iter()
                .next()
                .map(|first| first.to_string())
        }
        _ => None,
    });
    let mut arms: Names = arms.collect();
    assert!(arms.remove("$"), "one arm is for all patterns");
    // The lint refuses the number of items of an optional parameter.
    let of_setters = rules.filter(|rule| !rule.ends_with("_items"));
    assert_same("rules of setters", names(of_setters), arms);
    let rules = MEMBER_RULES.iter().map(|(_, method)| *method);
    let known = names(rules.chain(["when", "always"]));
    assert_same(
        "rules across members",
        known,
        methods(&source("validate/cross_field.rs"), "Case"),
    );
}

#[test]
fn flags_of_members_and_lists_are_those_of_the_client() {
    let forms = OtherForm::ALL.iter().map(|(_, form)| flag(*form));
    let known = names(forms.chain(["new", "required", "secret"]));
    assert_same(
        "flags of members",
        known,
        methods(&source("wire/object.rs"), "Member"),
    );
    let pager = methods(&source("client/pager/mod.rs"), "Pager");
    let known = names(["counted", "new", "numbered"]);
    assert_same("flags of lists", known, pager);
}

#[test]
fn operations_and_calls_are_made_as_the_client_expects() {
    let file = source("pipeline/operation.rs");
    let variants = file.items.iter().find_map(|item| match item {
        syn::Item::Enum(item) => Some(item.variants.iter().map(|one| one.ident.to_string())),
        _ => None,
    });
    let all = [
        Idempotency::Safe,
        Idempotency::Idempotent,
        Idempotency::NotIdempotent,
    ];
    let known = names(all.map(idempotency));
    assert_same("idempotency", known, variants.expect("an enum").collect());
    let fields = file.items.iter().find_map(|item| match item {
        syn::Item::Struct(item) => Some(item.fields.iter().filter_map(|one| one.ident.as_ref())),
        _ => None,
    });
    let fields = fields.expect("a struct").map(ToString::to_string).collect();
    let known = [
        "accept",
        "content_type",
        "id",
        "idempotency",
        "method",
        "path",
    ];
    assert_same("fields of an operation", names(known), fields);
    let known = [
        "body", "check", "new", "options", "path", "query", "send", "version",
    ];
    assert_same(
        "methods of a call",
        names(known),
        methods(&source("client/call.rs"), "Call"),
    );
    let extra = methods(&source("wire/extra.rs"), "Extra");
    assert!(
        ["remove", "was_present"]
            .iter()
            .all(|name| extra.contains(*name))
    );
}

#[test]
fn documents_and_the_client_agree_on_the_most_members_of_an_object() {
    let file = source("wire/member_set.rs").to_token_stream();
    let texts: Vec<String> = flat(file).iter().map(ToString::to_string).collect();
    let capacity = texts.windows(5).find(|words| words[0] == "CAPACITY");
    let number = capacity.map(|words| words[4].as_str());
    assert_eq!(number, Some(MAX_MEMBERS.to_string().as_str()));
}

/// The client has more jobs than the documentation of operations refers to.
#[test]
fn jobs_are_methods_of_the_client() {
    let take = source("workflow/take_snapshot/mod.rs").to_token_stream();
    let mut found = after("fn", take);
    let save = source("workflow/save_snapshot/families.rs").to_token_stream();
    let save: Vec<String> = flat(save).iter().map(ToString::to_string).collect();
    // `save! { save_snapshot -> RestoreJob, … }`
    let named = save.windows(3).filter(|words| words[1..] == ["-", ">"]);
    found.extend(named.map(|words| words[0].clone()));
    for Job { method, .. } in JOBS {
        assert!(found.contains(*method), "{method}: {found:?}");
    }
}
