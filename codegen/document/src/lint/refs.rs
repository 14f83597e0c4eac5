//! Every `$ref` must name an existing entry in the right section of `components`. `grammar` calls
//! this for every `$ref` with the section that is expected there.

use serde_json::Value;

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
