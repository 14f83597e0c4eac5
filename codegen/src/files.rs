//! files: prints the rendered code with prettyplease, once for each operation and type, and puts it
//! together as a file for each module, with a header that names the generating command.

mod print;

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Model, Type, Usage};
use crate::render::{self, and};

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
    /// The code of `files`, with one entry for each operation and type, for snapshots.
    pub items: Vec<Item>,
}

/// What uses the types of each document.
type Usages<'a> = [(&'a Model, BTreeMap<String, Usage>)];

/// Generates a part for each document, and one more for the types that they share, if there are any.
pub(crate) fn files(models: &[Model], shared: &BTreeMap<String, Type>) -> Vec<Part> {
    let usages = models.iter().map(|model| (model, model.usage(shared)));
    let usages: Vec<_> = usages.collect();
    let mut parts: Vec<_> = usages
        .chunks(1)
        .zip(models)
        .map(|(usage, model)| part(model, shared, usage))
        .collect();
    if !shared.is_empty() {
        parts.push(shared_part(shared, &usages));
    }
    parts
}

fn part(model: &Model, shared: &BTreeMap<String, Type>, usages: &Usages<'_>) -> Part {
    let api = &model.about.api;
    let (mut files, mut items) = (vec![root(model)], Vec::new());
    for (module, mut operations) in model.by_module() {
        operations.sort_by_key(|operation| &operation.facts.id);
        let codes = operations.iter().map(|one| render::operation(one, api));
        let printed =
            codes.map(|code| [&code.method, &code.constant, &code.request].map(print::piece));
        let printed: Vec<_> = printed.collect();
        files.push(File {
            path: format!("{api}/{module}.rs"),
            text: operations_file(model, &operations[0].facts.tag, &printed),
        });
        items.extend(operations.iter().zip(printed).map(
            |(operation, [method, constant, request])| Item {
                kind: ItemKind::Operation,
                name: operation.facts.id.clone(),
                text: [constant, method, request].join("\n"),
            },
        ));
    }
    let find = |name: &str| model.types.get(name).or_else(|| shared.get(name));
    let types = print_types(&model.types, &find, usages);
    let mut modules = format!(
        "What API {api} sends and answers.\n\n{}",
        modules(&model.types)
    );
    if !model.shared.is_empty() {
        if !model.types.is_empty() {
            modules.push('\n');
        }
        modules.push_str(&reexport(&model.shared));
    }
    files.extend(type_files(
        &format!("{api}/types"),
        &modules,
        Some("super::super::Api"),
        &types,
    ));
    items.extend(types.into_iter().map(item));
    Part {
        folder: api.clone(),
        documents: vec![model.about.path.clone()],
        files,
        items,
    }
    .finished()
}

fn shared_part(shared: &BTreeMap<String, Type>, usages: &Usages<'_>) -> Part {
    let models = usages.iter().map(|(model, _)| model);
    let (apis, documents): (Vec<_>, Vec<_>) = models
        .filter(|model| !model.shared.is_empty())
        .map(|model| (format!("API {}", model.about.api), model.about.path.clone()))
        .unzip();
    let modules = format!(
        "Types that {} have in common. Each of these re-exports the types that it has.\n\n{}",
        and(&apis),
        modules(shared)
    );
    let types = print_types(shared, &|name| shared.get(name), usages);
    Part {
        folder: SHARED.to_owned(),
        documents,
        // The prelude has the `Api` of the newest generation in the build.
        files: type_files(SHARED, &modules, None, &types),
        items: types.into_iter().map(item).collect(),
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
        for file in &mut self.files {
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
    let title = model.about.title.trim().trim_end_matches('.');
    let about = format!("{title}.\n\n{}", model.about.description);
    let mut text = format!("\n{}", render::prefixed("//! ", &about));
    text.push_str("\nuse crate::generated::prelude::*;\n\n");
    for module in tags.keys() {
        text.push_str(&format!("pub mod {module};\n"));
    }
    text.push_str("pub mod types;\n\n");
    let tags: Vec<&str> = tags.into_values().collect();
    text.push_str(&render::families(&model.about.api, &tags));
    text.push_str(
        "#[derive(Clone, Debug)]\npub struct Api {\n    pub(crate) client: Client,\n}\n\n\
         impl Api {\n    #[inline]\n    pub(crate) fn new(client: Client) -> Self {\n        Api { client }\n    }\n}\n",
    );
    File {
        path: format!("{}/mod.rs", model.about.api),
        text,
    }
}

/// The shared types that an API has, by name.
fn reexport(names: &BTreeSet<String>) -> String {
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let options = textwrap::Options::new(100)
        .initial_indent("    ")
        .subsequent_indent("    ");
    let names = textwrap::fill(&format!("{},", names.join(", ")), options);
    format!("pub use crate::generated::{SHARED}::{{\n{names}\n}};\n")
}

/// The private modules that hold these types, and their re-exports.
fn modules(types: &BTreeMap<String, Type>) -> String {
    let modules: BTreeSet<&str> = types.values().map(|ty| ty.module.as_str()).collect();
    let declared = modules.iter().map(|name| format!("mod {name};\n"));
    let exported = modules.iter().map(|name| format!("pub use {name}::*;\n"));
    declared.chain(["\n".to_owned()]).chain(exported).collect()
}

/// Generates the file of a tag: its methods in one `impl Api`, then the constants and the requests.
fn operations_file(model: &Model, tag: &str, operations: &[[String; 3]]) -> String {
    let description = model.about.tags.get(tag).map_or("", String::as_str);
    let mut text = format!("\n{}", render::prefixed("//! ", description));
    text.push_str("\nuse super::{Api, types};\nuse crate::generated::prelude::*;\n\n");
    text.push_str(&render::family(tag, description));
    text.push_str(&print::one_block(
        operations.iter().map(|[method, ..]| method.as_str()),
    ));
    for [_, constant, request] in operations {
        text.push_str(&format!("\n{constant}\n{request}"));
    }
    text
}

/// Prints types. `find` returns those that are generated beside them.
fn print_types<'a>(
    types: &'a BTreeMap<String, Type>,
    find: &dyn Fn(&str) -> Option<&'a Type>,
    usages: &Usages<'_>,
) -> Vec<(&'a Type, String)> {
    let unused = Usage::default();
    let print = |ty: &'a Type| {
        let having = usages.iter().filter(|(model, _)| model.has(&ty.name));
        let usages = having
            .map(|(model, usage)| (&*model.about.api, usage.get(&ty.name).unwrap_or(&unused)));
        let usages = &usages.collect::<Vec<_>>();
        let pieces = render::ty(ty, find, usages);
        let pieces: Vec<String> = pieces.iter().map(print::piece).collect();
        (ty, pieces.join("\n"))
    };
    types.values().map(print).collect()
}

fn item((ty, text): (&Type, String)) -> Item {
    Item {
        kind: ItemKind::Type,
        name: ty.name.clone(),
        text,
    }
}

/// Generates the files of types, and the file of their modules. Each imports the types of its
/// siblings by name, and the `Api` that its documentation refers to, unless the prelude has it.
fn type_files(
    folder: &str,
    modules: &str,
    api: Option<&str>,
    types: &[(&Type, String)],
) -> Vec<File> {
    let mut by_module: BTreeMap<&str, Vec<&(&Type, String)>> = BTreeMap::new();
    for printed in types {
        by_module
            .entry(&printed.0.module)
            .or_default()
            .push(printed);
    }
    let api = api.map_or_else(String::new, |api| format!("#[cfg(doc)]\nuse {api};\n"));
    let file = |(module, types): (&str, Vec<&(&Type, String)>)| {
        let own: BTreeSet<&str> = types.iter().map(|(ty, _)| ty.name.as_str()).collect();
        let mentioned = types.iter().flat_map(|(ty, _)| ty.mentions());
        let imported: BTreeSet<&str> = mentioned.filter(|name| !own.contains(name)).collect();
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
    let root = File {
        path: format!("{folder}/mod.rs"),
        text: format!("\n//! {modules}"),
    };
    by_module.into_iter().map(file).chain([root]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_a_title_is_documentation() {
        let mut model = Model::default();
        model.about.title = "Two\nlines.".to_owned();
        model.about.description = "More.".to_owned();
        let text = root(&model).text;
        let docs = "\n//! Two lines.\n//!\n//! More.\n\nuse crate";
        assert!(text.starts_with(docs), "{text}");
        model.about.description.clear();
        let text = root(&model).text;
        assert!(text.starts_with("\n//! Two lines.\n\nuse crate"), "{text}");
    }
}
