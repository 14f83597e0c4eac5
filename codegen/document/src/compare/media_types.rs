//! Dated media types: finds the newest one and the versions before it.
//!
//! `application/vnd.atlas.2024-05-30+json` is stable; `application/vnd.atlas.preview+json` and
//! `application/vnd.atlas.2026-01-01.upcoming+json` may change at any time and are ignored.

use serde_json::{Value, json};

use super::view::Node;
use crate::lint::is_date;

/// One entry of `content`.
#[derive(Clone, Debug)]
pub(super) struct Media<'a> {
    /// The full media type.
    pub name: &'a str,
    /// The date of the media type; `None` for `application/json`.
    pub date: Option<&'a str>,
    /// The media type object.
    pub node: Node<'a>,
}

/// Returns the stable JSON media types of a request body or a response, oldest first.
pub(super) fn stable<'a>(holder: &Node<'a>) -> Vec<Media<'a>> {
    let mut all: Vec<_> = holder
        .members("content")
        .filter_map(|(name, node)| {
            Some(Media {
                name,
                date: date(name)?,
                node,
            })
        })
        .collect();
    all.sort_by_key(|media| media.date);
    all
}

/// Returns the date of a stable JSON media type; the inner `None` stands for `application/json`,
/// which has none.
fn date(name: &str) -> Option<Option<&str>> {
    if name == "application/json" {
        return Some(None);
    }
    let date = name
        .strip_prefix("application/vnd.atlas.")?
        .strip_suffix("+json")?;
    is_date(date).then_some(Some(date))
}

/// Whether a media type is a preview (`true`) or upcoming (`false`); `None` if it is neither.
pub(super) fn is_preview(name: &str) -> Option<bool> {
    let version = name.strip_prefix("application/vnd.atlas.")?;
    let (version, _) = version.split_once('+')?;
    match version.rsplit('.').next() {
        Some("preview") => Some(true),
        Some("upcoming") => Some(false),
        _ => None,
    }
}

/// Returns the versions before `than`, in the format of our `x-atlas-older-versions`.
pub(super) fn older(all: &[Media<'_>], than: &Media<'_>) -> Vec<Value> {
    let older = all.iter().filter(|media| media.date < than.date);
    older
        .filter_map(|media| Some(version(media.date?, media.node.value.get("x-sunset"))))
        .collect()
}

/// Returns one version, with its sunset date if it has one.
pub(super) fn version(date: &str, sunset: Option<&Value>) -> Value {
    match sunset {
        Some(sunset) => json!({"version": date, "sunset": sunset}),
        None => json!({"version": date}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_says_whether_it_is_stable() {
        for (name, expected) in [
            ("application/vnd.atlas.preview+json", Some(true)),
            ("application/vnd.atlas.2027-01-01.preview+json", Some(true)),
            (
                "application/vnd.atlas.2027-01-01.upcoming+gzip",
                Some(false),
            ),
            ("application/vnd.atlas.2027-01-01+json", None),
            ("application/preview+json", None),
        ] {
            assert_eq!(is_preview(name), expected, "{name}");
        }
    }

    #[test]
    fn only_stable_ones_count_and_the_newest_is_last() {
        let answer = json!({"content": {
            "application/vnd.atlas.2024-05-30+json": {},
            "application/vnd.atlas.2023-01-01+json": {"x-sunset": "2027-07-01"},
            "application/vnd.atlas.2023-01-01+gzip": {},
            "application/vnd.atlas.2027-01-01.upcoming+json": {},
            "application/vnd.atlas.2027-13-01+json": {},
            "application/vnd.atlas.preview+json": {},
            "text/csv": {},
        }});
        let all = stable(&Node {
            value: &answer,
            pointer: String::new(),
        });
        assert_eq!(
            all.iter().map(|media| media.date).collect::<Vec<_>>(),
            [Some("2023-01-01"), Some("2024-05-30")]
        );
        assert_eq!(
            older(&all, &all[1]),
            [json!({"version": "2023-01-01", "sunset": "2027-07-01"})]
        );
    }
}
