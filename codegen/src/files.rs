//! files: prints the rendered code with prettyplease, once for each operation and type, and puts it
//! together as a file for each module, with a header that names the generating command.

mod print;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Model, Operation, Type, Usage};
use crate::render::{self, Surroundings, and};

pub(crate) use print::item as print;

/// The folder of the types that several documents share.
const SHARED: &str = "shared";

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Path relative to the generated directory, with `/`.
    pub path: String,
    /// The whole content.
    pub text: String,
}

/// The code of one operation or one type, for reviews and snapshots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Whether it is an operation or a type.
    pub kind: ItemKind,
    /// The name in the document: `takeSnapshot`, `Snapshot`.
    pub name: String,
    /// The generated code.
    pub text: String,
}

/// The kind of an [`Item`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ItemKind {
    /// An operation.
    Operation,
    /// A type that is sent or received.
    Type,
}

/// The code that was generated from one document, or that several documents share.
#[derive(Clone, Debug)]
pub struct Part {
    /// The folder of its files: `v2`, or `shared`.
    pub folder: String,
    /// The paths of the documents that it was generated from.
    pub documents: Vec<String>,
    /// The files of the client, in order; paths are relative to the generated directory
    /// (`v2/types/common.rs`).
    pub files: Vec<File>,
    /// The files of the test table, which calls every operation (`v2/mod.rs`), in order.
    pub table: Vec<File>,
    /// The code of `files`, with one entry for each operation and type, for snapshots.
    pub items: Vec<Item>,
}

/// The text of one operation.
struct Printed<'a> {
    operation: &'a Operation,
    constant: String,
    method: String,
    request: String,
}

/// Generates a part for each document, and one more for the types that they share, if there are any.
pub(crate) fn files(models: &[Model], shared: &BTreeMap<String, Type>) -> Vec<Part> {
    let mut parts: Vec<_> = models.iter().map(|model| part(model, shared)).collect();
    if !shared.is_empty() {
        parts.push(shared_part(models, shared));
    }
    parts
}

fn part(model: &Model, shared: &BTreeMap<String, Type>) -> Part {
    let api = &model.api;
    let mut operations: Vec<_> = model
        .operations
        .iter()
        .map(|one| printed(one, api))
        .collect();
    operations.sort_by(|a, b| a.operation.facts.id.cmp(&b.operation.facts.id));
    let find = |name: &str| model.types.get(name).or_else(|| shared.get(name));
    let types = Types::print(&model.types, &find, &[(model, model.usage(shared))]);
    let mut files = vec![root(model), types_root(model)];
    let mut modules: BTreeMap<&str, Vec<&Printed<'_>>> = BTreeMap::new();
    for printed in &operations {
        modules
            .entry(&printed.operation.module)
            .or_default()
            .push(printed);
    }
    files.extend(modules.into_iter().map(|(module, operations)| File {
        path: format!("{api}/{module}.rs"),
        text: operations_file(model, &operations),
    }));
    let folder = format!("{api}/types");
    files.extend(types.files(&folder, Some("super::super::Api"), |name| model.has(name)));
    let operations = operations.into_iter().map(|printed| Item {
        kind: ItemKind::Operation,
        name: printed.operation.facts.id.clone(),
        text: [printed.constant, printed.method, printed.request].join("\n"),
    });
    Part {
        folder: api.clone(),
        documents: vec![model.document.clone()],
        files,
        table: table::files(model),
        items: operations.chain(types.items()).collect(),
    }
    .finished()
}

fn shared_part(models: &[Model], shared: &BTreeMap<String, Type>) -> Part {
    let with_shared = models.iter().filter(|model| !model.shared.is_empty());
    let (apis, documents): (Vec<_>, Vec<_>) = with_shared
        .map(|model| (format!("API {}", model.api), model.document.clone()))
        .unzip();
    let mut text = format!(
        "\n//! Types that {} have in common. Each of these re-exports the types that it has.\n\n",
        and(&apis)
    );
    text.push_str(&modules(shared));
    let mut files = vec![File {
        path: format!("{SHARED}/mod.rs"),
        text,
    }];
    let usage: Vec<_> = models
        .iter()
        .map(|model| (model, model.usage(shared)))
        .collect();
    let types = Types::print(shared, &|name| shared.get(name), &usage);
    // The prelude has the `Api` of the newest generation in the build.
    files.extend(types.files(SHARED, None, |name| shared.contains_key(name)));
    Part {
        folder: SHARED.to_owned(),
        documents,
        files,
        table: Vec::new(),
        items: types.items().collect(),
    }
    .finished()
}

impl Part {
    /// Sorts the files and puts the header on each.
    fn finished(mut self) -> Self {
        let header = format!(
            "// @generated by `cargo xtask codegen` from {}. DO NOT EDIT.\n",
            and(&self.documents)
        );
        for file in self.files.iter_mut().chain(&mut self.table) {
            file.text.insert_str(0, &header);
        }
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self
    }
}

/// Generates `v2/mod.rs`: the API handle and the modules.
fn root(model: &Model) -> File {
    let operations = model.operations.iter();
    // rustdoc shows the families in the order of their modules.
    let tags: BTreeMap<&str, &str> = operations
        .map(|operation| (operation.module.as_str(), operation.facts.tag.as_str()))
        .collect();
    let mut text = format!("\n//! {}.\n", model.title.trim_end_matches('.'));
    if !model.description.is_empty() {
        text.push_str(&format!(
            "//!\n{}",
            render::prefixed("//! ", &model.description)
        ));
    }
    text.push_str("\nuse crate::generated::prelude::*;\n\n");
    for module in tags.keys() {
        text.push_str(&format!("pub mod {module};\n"));
    }
    text.push_str("pub mod types;\n\n");
    let tags: Vec<&str> = tags.into_values().collect();
    text.push_str(&render::families(&model.api, &tags));
    text.push_str(
        "#[derive(Clone, Debug)]\npub struct Api {\n    pub(crate) client: Client,\n}\n\n\
         impl Api {\n    #[inline]\n    pub(crate) fn new(client: Client) -> Self {\n        Api { client }\n    }\n}\n",
    );
    File {
        path: format!("{}/mod.rs", model.api),
        text,
    }
}

/// Generates `v2/types/mod.rs`: the modules of types, and the shared types by name.
fn types_root(model: &Model) -> File {
    let api = &model.api;
    let mut text = format!("\n//! What API {api} sends and answers.\n\n");
    text.push_str(&modules(&model.types));
    if !model.shared.is_empty() {
        let names: Vec<_> = model.shared.iter().map(String::as_str).collect();
        let options = textwrap::Options::new(100)
            .initial_indent("    ")
            .subsequent_indent("    ");
        let names = textwrap::fill(&format!("{},", names.join(", ")), options);
        if !model.types.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!(
            "pub use crate::generated::{SHARED}::{{\n{names}\n}};\n"
        ));
    }
    File {
        path: format!("{api}/types/mod.rs"),
        text,
    }
}

/// The private modules that hold these types, and their re-exports.
fn modules(types: &BTreeMap<String, Type>) -> String {
    let modules: BTreeSet<&str> = types.values().map(|ty| ty.module.as_str()).collect();
    let mut text: String = modules
        .iter()
        .map(|name| format!("mod {name};\n"))
        .collect();
    text.push('\n');
    text.extend(modules.iter().map(|name| format!("pub use {name}::*;\n")));
    text
}

fn printed<'a>(operation: &'a Operation, api: &str) -> Printed<'a> {
    let code = render::operation(operation, api);
    Printed {
        operation,
        constant: print::piece(&code.constant),
        method: print::piece(&code.method),
        request: print::piece(&code.request),
    }
}

/// Generates the file of a tag: its methods in one `impl Api`, then the constants and the requests.
fn operations_file(model: &Model, operations: &[&Printed<'_>]) -> String {
    let tag = operations.first().map(|first| &*first.operation.facts.tag);
    let tag = tag.unwrap_or_default();
    let description = model.tags.get(tag).map_or("", String::as_str);
    let mut text = format!("\n{}", render::prefixed("//! ", description));
    text.push_str("\nuse super::{Api, types};\nuse crate::generated::prelude::*;\n\n");
    text.push_str(&render::family(tag, description));
    text.push_str(&print::one_block(
        operations.iter().map(|printed| printed.method.as_str()),
    ));
    for Printed {
        constant, request, ..
    } in operations
    {
        text.push_str(&format!("\n{constant}\n{request}"));
    }
    text
}

/// Types with their text.
struct Types<'a>(Vec<(&'a Type, String)>);

impl<'a> Types<'a> {
    fn print(
        types: &'a BTreeMap<String, Type>,
        find: &dyn Fn(&str) -> Option<&'a Type>,
        usage: &[(&Model, BTreeMap<String, Usage>)],
    ) -> Self {
        let unused = Usage::default();
        let printed = types.values().map(|ty| {
            let having = usage.iter().filter(|(model, _)| model.has(&ty.name));
            let usages: Vec<(&str, &Usage)> = having
                .map(|(model, usage)| (&*model.api, usage.get(&ty.name).unwrap_or(&unused)))
                .collect();
            let pieces = render::ty(
                ty,
                &Surroundings {
                    find,
                    usages: &usages,
                },
            );
            let pieces: Vec<String> = pieces.iter().map(print::piece).collect();
            (ty, pieces.join("\n"))
        });
        Types(printed.collect())
    }

    fn items(&self) -> impl Iterator<Item = Item> {
        self.0.iter().map(|(ty, text)| Item {
            kind: ItemKind::Type,
            name: ty.name.clone(),
            text: text.clone(),
        })
    }

    /// Generates the files of types. Each imports the types of its siblings by name, and the `Api`
    /// that its documentation refers to, unless the prelude has it.
    fn files(
        &self,
        folder: &str,
        api: Option<&str>,
        is_sibling: impl Fn(&str) -> bool,
    ) -> Vec<File> {
        let mut modules: BTreeMap<&str, Vec<&(&Type, String)>> = BTreeMap::new();
        for printed in &self.0 {
            modules.entry(&printed.0.module).or_default().push(printed);
        }
        let api = api.map_or_else(String::new, |api| format!("#[cfg(doc)]\nuse {api};\n"));
        let file = |(module, types): (&str, Vec<&(&Type, String)>)| {
            let own: BTreeSet<&str> = types.iter().map(|(ty, _)| ty.name.as_str()).collect();
            let mentioned = types.iter().flat_map(|(ty, _)| ty.mentions());
            let imported: BTreeSet<&str> = mentioned
                .filter(|name| !own.contains(name) && is_sibling(name))
                .collect();
            let imported: Vec<&str> = imported.into_iter().collect();
            let import = match imported.as_slice() {
                [] => String::new(),
                [one] => format!("use super::{one};\n"),
                several => format!("use super::{{{}}};\n", several.join(", ")),
            };
            let code: Vec<&str> = types.iter().map(|(_, text)| text.as_str()).collect();
            let code = code.join("\n");
            File {
                path: format!("{folder}/{module}.rs"),
                text: format!("\n{api}{import}use crate::generated::prelude::*;\n\n{code}"),
            }
        };
        modules.into_iter().map(file).collect()
    }
}
