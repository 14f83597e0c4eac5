//! Every `$ref` names one entry of the right section of `components`. The grammar knows where a `$ref` stands and what it must name.

use serde_json::Value;

use crate::error::Finding;

/// What is wrong with the `$ref` to `target` at `pointer`, which must name an entry of `section`.
pub(super) fn lint(
    document: &Value,
    target: &str,
    section: &str,
    pointer: &str,
) -> Option<Finding> {
    let known = document
        .get("components")
        .and_then(|components| components.get(section));
    let message = match target
        .strip_prefix("#/components/")
        .and_then(|rest| rest.split_once('/'))
    {
        Some((found, name))
            if found == section && known.is_some_and(|known| known.get(name).is_some()) =>
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
    Some(Finding::new("dangling-ref", pointer, message))
}
