//! Removes documented defaults: the client does not send what the user did not set, and Atlas
//! applies its own default.
//!
//! Before: `pretty: {type: boolean, default: false}`. After: no default, so that progenitor
//! generates an `Option`. The generated documentation states the default (from `facts` for
//! parameters, from [`super::documentation`] for members).

use serde_json::Value;

use super::walk;
use crate::facts::Facts;

pub(super) fn lower(document: &mut Value, _: &mut Facts) -> usize {
    let mut changed = 0;
    walk::schemas(document, &mut |schema| {
        changed += usize::from(walk::take(schema, "default").is_some())
    });
    changed
}

#[cfg(test)]
mod tests {
    #[test]
    fn defaults_go() {
        let yaml = "
openapi: 3.0.3
info: {title: t, version: '1'}
paths: {}
components:
  parameters:
    pretty: {name: pretty, in: query, schema: {type: boolean, default: false}}
";
        let (changed, openapi, _) = super::super::lowered(super::lower, yaml);
        assert_eq!(changed, 1);
        assert!(
            !serde_json::to_string(&openapi)
                .unwrap_or_default()
                .contains("default")
        );
    }
}
