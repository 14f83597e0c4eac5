//! Every `$ref` must name an existing entry in the right section of `components`. `grammar` calls
//! this for every `$ref` with the section that is expected there.

use serde_json::Value;

use super::nearest::nearest;
use crate::error::Finding;

/// Lints the `$ref` to `target` at `pointer`, which must name an entry of `section`.
pub(super) fn lint(
    document: &Value,
    target: &str,
    section: &str,
    pointer: &str,
) -> Option<Finding> {
    let known = document
        .get("components")
        .and_then(|components| components.get(section))
        .and_then(Value::as_object);
    let message = match target
        .strip_prefix("#/components/")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((found, name))
            if found == section && known.is_some_and(|known| known.contains_key(name)) =>
        {
            return None;
        }
        _ if target
            .strip_prefix('#')
            .and_then(|target| document.pointer(target))
            .is_some() =>
        {
            format!("`{target}` is not one of #/components/{section}")
        }
        _ => format!("`{target}` leads nowhere"),
    };
    if target.is_empty() {
        let finding = Finding::new("dangling-ref", pointer, "there is no reference here").at_key();
        return Some(finding.help("put it in quotes: without them, `#` begins a comment"));
    }
    let name = target.rsplit('/').next().unwrap_or_default();
    let names = known.into_iter().flatten().map(|(name, _)| name.as_str());
    let help = match nearest(name, names) {
        Some(name) => format!("did you mean `#/components/{section}/{name}`?"),
        None => format!("write `#/components/{section}/Name`, and define that there"),
    };
    Some(Finding::new("dangling-ref", pointer, message).help(help))
}
