//! What the description of an operation ends with: its deprecation and its roles. Viewers of OpenAPI
//! documents show descriptions, and nothing of `x-atlas-deprecation` and `x-atlas-roles`.

use serde_json::Value;

/// Returns the sentences for these values of `x-atlas-deprecation` and `x-atlas-roles`; empty if
/// there are none.
pub fn notice(deprecation: Option<&Value>, roles: Option<&Value>) -> String {
    let mut sentences = Vec::new();
    if let Some(deprecation) = deprecation {
        let note = deprecation_note(deprecation);
        let is_dated = ["since", "ended"].map(|date| deprecation.get(date).is_some());
        sentences.push(match is_dated {
            [false, false] => format!("Deprecated. {note}"),
            _ => note,
        });
    }
    let roles = roles.and_then(Value::as_array).into_iter().flatten();
    let roles: Vec<&str> = roles.filter_map(Value::as_str).collect();
    if !roles.is_empty() {
        sentences.push(format!("Role: {}.", roles.join(" or ")));
    }
    sentences.join(" ")
}

/// Returns a description without its notice.
pub fn own_words<'a>(
    description: &'a str,
    deprecation: Option<&Value>,
    roles: Option<&Value>,
) -> &'a str {
    let notice = notice(deprecation, roles);
    let own = description.strip_suffix(&notice).unwrap_or(description);
    own.trim_end()
}

/// Returns the note of a deprecation: `Ended on 2026-01-22. Use … instead.`
pub fn deprecation_note(deprecation: &Value) -> String {
    let text = |name: &str| deprecation.get(name).and_then(Value::as_str);
    let since = text("since").map(|date| format!("Deprecated since {date}. "));
    let ended = text("ended").map(|date| format!("Ended on {date}. "));
    format!(
        "{}{}{}",
        since.unwrap_or_default(),
        ended.unwrap_or_default(),
        text("note").unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{notice, own_words};

    #[test]
    fn a_notice_says_what_a_viewer_does_not_show() {
        let of = |deprecation, roles| notice(Some(&deprecation), Some(&roles));
        assert_eq!(
            of(json!({"note": "Use b."}), json!(["Owner", "Reader"])),
            "Deprecated. Use b. Role: Owner or Reader."
        );
        assert_eq!(
            of(json!({"ended": "2026-01-22", "note": "Use b."}), json!([])),
            "Ended on 2026-01-22. Use b."
        );
        assert_eq!(notice(None, None), "");
        let roles = json!(["Owner"]);
        assert_eq!(
            own_words("Takes it. Role: Owner.", None, Some(&roles)),
            "Takes it."
        );
        assert_eq!(own_words("Takes it.", None, Some(&roles)), "Takes it.");
    }
}
