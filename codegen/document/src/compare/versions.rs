//! Finds what is to come for our operations: versions that are published before they are stable, and
//! the days on which Atlas stops serving the versions that we use.

use jiff::civil::Date;
use serde_json::Value;

use super::media_types;
use super::operations::Operation;
use super::view::{DocumentView, Node};
use crate::lint::is_date;

/// A published version of one of our operations that may still change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnstableVersion {
    /// Our `operationId`.
    pub operation: String,
    /// What has the version: `body` or `answer 200`.
    pub member: String,
    /// Whether the version is a preview. Otherwise it is upcoming: its date is still to come.
    pub preview: bool,
    /// The media type.
    pub media: String,
}

/// The day on which Atlas stops serving a version that we use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sunset {
    /// The day.
    pub date: Date,
    /// Our `operationId`.
    pub operation: String,
    /// The media type that we use.
    pub media: String,
}

/// Returns the unstable versions of a published operation, which our document calls `id`.
pub(super) fn unstable(
    view: &DocumentView<'_>,
    id: &str,
    published: &Operation<'_>,
) -> Vec<UnstableVersion> {
    let mut versions = Vec::new();
    for (member, holder) in holders(view, published) {
        for (media, _) in holder.members("content") {
            if let Some(preview) = media_types::is_preview(media) {
                versions.push(UnstableVersion {
                    operation: id.to_owned(),
                    member: member.clone(),
                    preview,
                    media: media.to_owned(),
                });
            }
        }
    }
    versions
}

/// Returns the sunsets of the versions that our operation uses: as published, or else as our
/// document records them.
pub(super) fn sunsets<'a>(
    ours: (&DocumentView<'a>, &Operation<'a>),
    published: (&DocumentView<'a>, &Operation<'a>),
) -> Vec<Sunset> {
    let published: Vec<_> = holders(published.0, published.1);
    let mut sunsets = Vec::new();
    for (member, holder) in holders(ours.0, ours.1) {
        let theirs = published.iter().find(|(known, _)| *known == member);
        for media in media_types::stable(&holder) {
            let theirs = theirs
                .into_iter()
                .flat_map(|(_, theirs)| theirs.members("content"))
                .find(|(name, _)| *name == media.name);
            let value = match &theirs {
                Some((_, node)) => node.value.get("x-sunset"),
                None => media.node.value.get("x-atlas-sunset"),
            };
            sunsets.extend(value.and_then(date).map(|date| Sunset {
                date,
                operation: ours.1.id().to_owned(),
                media: media.name.to_owned(),
            }));
        }
    }
    sunsets.sort();
    sunsets.dedup();
    sunsets
}

fn date(value: &Value) -> Option<Date> {
    let text = value.as_str().filter(|text| is_date(text))?;
    text.parse().ok()
}

/// Returns everything with `content`: the body and the responses of an operation.
fn holders<'a>(view: &DocumentView<'a>, operation: &Operation<'a>) -> Vec<(String, Node<'a>)> {
    let body = operation.node.get("requestBody");
    let body = body.map(|body| ("body".to_owned(), view.follow(&body)));
    let responses = operation.responses(view).into_iter();
    let responses = responses.map(|(status, node)| (format!("answer {status}"), node));
    body.into_iter().chain(responses).collect()
}
