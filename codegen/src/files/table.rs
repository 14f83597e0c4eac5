//! Generates `tests/src/generated/v2/`: every operation as a function that calls it with JSON
//! arguments, and lists of these functions by tag.

use std::collections::BTreeMap;

use syn::parse_quote;

use super::{File, print};
use crate::model::{Model, Operation};
use crate::render;

pub(super) fn files(model: &Model) -> Vec<File> {
    let modules = model.by_module();
    let tables = modules.iter().map(|(module, operations)| File {
        path: format!("{}/{module}.rs", model.about.api),
        text: table(&model.about.api, operations),
    });
    let mut files = vec![root(&model.about.api, &modules)];
    files.extend(tables);
    files
}

fn root(api: &str, modules: &BTreeMap<&str, Vec<&Operation>>) -> File {
    let tables: String = modules
        .keys()
        .map(|tag| format!("    {tag}::ENTRIES,\n"))
        .collect();
    let modules: String = modules.keys().map(|tag| format!("mod {tag};\n")).collect();
    let text = format!(
        "\n//! Every operation of API {api} as a call from JSON arguments, and what its answer decodes to.\n#![allow(deprecated, unused_imports, unused_mut, unused_variables)]\n\n\
         {modules}\nuse crate::calls::Entry;\n\n/// Every operation of this API, by tag.\npub static ENTRIES: &[&[Entry]] = &[\n{tables}];\n"
    );
    File {
        path: format!("{api}/mod.rs"),
        text,
    }
}

fn table(api: &str, operations: &[&Operation]) -> String {
    let entries = operations
        .iter()
        .map(|operation| render::entry(operation, api));
    let mut code = vec![print::item(
        parse_quote!(pub static ENTRIES: &[Entry] = &[#(#entries),*];),
    )];
    let functions = operations
        .iter()
        .map(|operation| render::function(operation, api));
    code.extend(functions.map(print::item));
    format!(
        "\nuse atlas_backup_api::{api}::types;\n\nuse crate::calls::prelude::*;\n\n{}",
        code.join("\n")
    )
}
