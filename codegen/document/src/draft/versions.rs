//! Chooses the version of a body: the newest stable one that is JSON.

use serde_json::{Value, json};

use crate::lint::is_date;

/// The version of a body that the draft describes.
pub(super) struct Newest<'a> {
    /// Its media type.
    pub media: &'a str,
    pub content: &'a Value,
    /// Its date; empty for `application/json`.
    pub date: &'a str,
    /// The older ones, the newest first, as `x-atlas-older-versions` lists them.
    pub older: Vec<Value>,
}

/// Returns the newest stable version of `holder`, which has `content`; `None` if it has none at all.
pub(super) fn newest<'a>(holder: &'a Value, verb: &str) -> Result<Option<Newest<'a>>, String> {
    let Some(content) = holder.get("content").and_then(Value::as_object) else {
        return Ok(None);
    };
    if content.is_empty() {
        return Ok(None);
    }
    let mut dated: Vec<(&str, &'a str, &'a Value)> = content
        .iter()
        .filter_map(|(media, content)| Some((date(media)?, media.as_str(), content)))
        .collect();
    dated.sort_by_key(|(date, ..)| std::cmp::Reverse(*date));
    let Some((newest, older)) = dated.split_first() else {
        let media = content.keys().find(|media| !is_preview(media));
        return Err(match media {
            Some(media) => format!("{verb} a file ({media})"),
            None => "only a preview version".to_owned(),
        });
    };
    let (date, media, content) = *newest;
    Ok(Some(Newest {
        media,
        content,
        date,
        older: older
            .iter()
            .filter_map(|(date, _, content)| version(date, content))
            .collect(),
    }))
}

/// Returns the date of a media type that the dialect has, which is empty for `application/json`.
fn date(media: &str) -> Option<&str> {
    if media == "application/json" {
        return Some("");
    }
    let date = media
        .strip_prefix("application/vnd.atlas.")?
        .strip_suffix("+json")?;
    is_date(date).then_some(date)
}

fn is_preview(media: &str) -> bool {
    let version = media
        .strip_prefix("application/vnd.atlas.")
        .unwrap_or_default();
    let version = version.split('+').next().unwrap_or_default();
    version == "preview" || version.ends_with(".preview") || version.ends_with(".upcoming")
}

fn version(date: &str, content: &Value) -> Option<Value> {
    let mut version = json!({"version": date});
    if let Some(sunset) = content.get("x-sunset") {
        version["sunset"] = sunset.clone();
    }
    (!date.is_empty()).then_some(version)
}
