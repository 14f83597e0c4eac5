//! Lists, page by page.

use serde_json::{Value, json};

use super::api_error::ApiError;
use super::request::Call;
use super::store::Behavior;

/// The page that the request asks for. Lists without paging are returned whole.
pub(super) fn page(call: &Call, behavior: &Behavior, items: Vec<Value>) -> Result<Value, ApiError> {
    let number = |name: &str| call.query(name).and_then(|text| text.parse::<usize>().ok());
    let Some((number, size)) = number("pageNum").zip(number("itemsPerPage")) else {
        return Ok(whole(&call.url, &items));
    };
    let counted = call
        .query("includeCount")
        .is_none_or(|counted| counted == "true");
    if counted && items.len() > behavior.max_countable {
        let detail = "The list took too long to count: ask for it with includeCount=false.";
        return Err(ApiError::new(500, "TIMEOUT_WHILE_PAGING", detail));
    }
    let start = (number - 1).saturating_mul(size).min(items.len());
    let end = start.saturating_add(size).min(items.len());
    let others = call
        .query
        .iter()
        .filter(|(name, _)| name != "pageNum" && name != "itemsPerPage");
    let others: String = others
        .map(|(name, value)| format!("{name}={value}&"))
        .collect();
    let link = |rel: &str, number: usize| json!({"href": format!("{}?{others}pageNum={number}&itemsPerPage={size}", call.url), "rel": rel});
    let mut links = vec![link("self", number)];
    links.extend((number > 1).then(|| link("previous", number - 1)));
    links.extend((end < items.len()).then(|| link("next", number + 1)));
    let mut page = json!({"links": links, "results": items[start..end]});
    if counted {
        let count = i64::try_from(items.len()).unwrap_or(i64::MAX);
        page["totalCount"] = count.saturating_add(behavior.count_offset).max(0).into();
    }
    Ok(page)
}

/// A list as one page.
pub(super) fn whole(url: &str, items: &[Value]) -> Value {
    json!({"links": [{"href": url, "rel": "self"}], "results": items, "totalCount": items.len()})
}
