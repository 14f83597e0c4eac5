//! Reads from the links of a page whether another page follows.

use serde_json::Value;

/// Whether the links describe pages (`self`, `previous`) and none of them is `next`. Returns false
/// if any link cannot be read.
///
/// v2 writes `"rel": "next"`. In v1.0 the links to other resources have names like
/// `http://mms.mongodb.com/cluster`, so its `next` may have one too: only the last path segment
/// counts.
#[inline]
pub(super) fn is_last_page(links: Option<&Value>) -> bool {
    let Some(links) = links.and_then(Value::as_array) else {
        return false;
    };
    let rel = |link: &Value| {
        link["rel"]
            .as_str()?
            .rsplit('/')
            .next()
            .map(str::to_ascii_lowercase)
    };
    let Some(rels) = links.iter().map(rel).collect::<Option<Vec<_>>>() else {
        return false;
    };
    let has = |name: &str| rels.iter().any(|rel| rel == name);
    (has("self") || has("previous")) && !has("next")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_links_that_tell_about_pages_can_say_that_there_is_no_next() {
        let link = |rel: &str| json!({"rel": rel, "href": "https://cloud.mongodb.com/"});
        let (this, previous, next, cluster) = (
            link("self"),
            link("previous"),
            link("next"),
            link("http://mms.mongodb.com/cluster"),
        );
        for (links, last) in [
            (json!([this]), true),
            (json!([this, previous]), true),
            (json!([previous, cluster]), true),
            (json!([link("http://mms.mongodb.com/self")]), true),
            (json!([{"rel": "self"}]), true),
            (json!([this, next]), false),
            (json!([next, this, previous]), false),
            (json!([this, link("Next")]), false),
            (json!([this, link("http://mms.mongodb.com/next")]), false),
            (json!([this, link("https://cloud.mongodb.com/next")]), false),
            (json!([cluster]), false),
            (json!([]), false),
            (json!(null), false),
            (json!({"self": "https://cloud.mongodb.com/"}), false),
            (json!("self"), false),
            (json!([this, null]), false),
            (json!([this, "next"]), false),
            (json!([this, {"href": "https://cloud.mongodb.com/"}]), false),
            (json!([this, {"rel": ["next"]}]), false),
        ] {
            assert_eq!(is_last_page(Some(&links)), last, "{links}");
        }
        assert!(!is_last_page(None));
    }
}
