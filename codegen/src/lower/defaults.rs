//! Removes documented defaults: the client does not send what the user did not set, and Atlas
//! applies its own default.
//!
//! Before: `pretty: {type: boolean, default: false}`. After: no default, so that progenitor
//! generates an `Option`. The generated documentation states the default (from `facts` for
//! parameters, from [`super::documentation`] for members).

use openapiv3::OpenAPI;

use super::walk;
use crate::facts::Facts;

pub(super) fn lower(openapi: &mut OpenAPI, _: &mut Facts) -> usize {
    let mut changed = 0;
    walk::schemas(openapi, &mut |schema| {
        changed += usize::from(schema.schema_data.default.take().is_some())
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
