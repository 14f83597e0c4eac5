//! Which operation is which, and what differs between two of them apart from their schemas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::book::{Book, Place};
use super::difference::{Kind, Side};
use super::media_types::{self, Media};
use super::schemas::{Comparison, Sides, Spot, only};

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Words in the paths of the backup families. An operation whose path has one, or that shares a tag with one of ours, would be ours to
/// have; all others of the published document are none of our business.
const FAMILIES: &[&str] = &["backup", "snapshot", "restore"];

/// One operation of a document.
#[derive(Clone, Debug)]
pub(super) struct Operation<'a> {
    /// In capitals.
    pub method: String,
    pub path: &'a str,
    pub place: Place<'a>,
    /// What all operations of the path share.
    pub item: Place<'a>,
}

impl<'a> Operation<'a> {
    /// Our name for it.
    pub fn id(&self) -> &'a str {
        self.place.text("operationId").unwrap_or(self.path)
    }

    /// `GET /api/atlas/v2/…`.
    pub fn title(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn tags(&self) -> impl Iterator<Item = &'a str> {
        self.place
            .items("tags")
            .filter_map(|tag| tag.value.as_str())
    }

    /// Method and path without the names of its parameters, which no server sees.
    fn key(&self) -> (String, String) {
        let segments = self.path.split('/').map(|segment| {
            if segment.starts_with('{') {
                "{}"
            } else {
                segment
            }
        });
        (self.method.clone(), segments.collect::<Vec<_>>().join("/"))
    }

    /// Whether the document says itself that it has ended.
    pub fn is_removed(&self) -> bool {
        self.place.flag("x-removed")
    }

    /// Parameters by where they stand and name, the operation's own before those of its path.
    fn parameters(&self, book: &Book<'a>) -> BTreeMap<String, Place<'a>> {
        let all = self
            .item
            .items("parameters")
            .chain(self.place.items("parameters"))
            .map(|parameter| book.follow(&parameter));
        all.filter_map(|parameter| {
            Some((
                format!("{} {}", parameter.text("in")?, parameter.text("name")?),
                parameter,
            ))
        })
        .collect()
    }

    /// The answers by status.
    fn answers(&self, book: &Book<'a>) -> BTreeMap<&'a str, Place<'a>> {
        self.place
            .members("responses")
            .map(|(status, answer)| (status, book.follow(&answer)))
            .collect()
    }

    /// Whether it comes with a media type that may change any day, and with no other.
    fn is_unstable(&self, book: &Book<'a>) -> bool {
        let mut answers = self
            .answers(book)
            .into_iter()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(_, answer)| answer)
            .peekable();
        answers.peek().is_some()
            && answers.all(|answer| {
                answer.members("content").next().is_some()
                    && media_types::stable(&answer).is_empty()
            })
    }
}

/// The operations of a document whose path begins so.
pub(super) fn operations<'a>(book: &Book<'a>, prefix: &str) -> Vec<Operation<'a>> {
    let mut all = Vec::new();
    for (path, item) in book
        .root
        .members("paths")
        .filter(|(path, _)| path.starts_with(prefix))
    {
        for method in METHODS {
            if let Some(place) = item.get(method) {
                all.push(Operation {
                    method: method.to_uppercase(),
                    path,
                    place,
                    item: item.clone(),
                });
            }
        }
    }
    all
}

/// Which operation is which.
#[derive(Debug, Default)]
pub(super) struct Pairs<'a> {
    pub both: Vec<(Operation<'a>, Operation<'a>)>,
    /// Ours, not published.
    pub ours: Vec<Operation<'a>>,
    /// Published, of our families, and not ours.
    pub published: Vec<Operation<'a>>,
}

pub(super) fn pair<'a>(
    ours: Vec<Operation<'a>>,
    published: Vec<Operation<'a>>,
    book: &Book<'a>,
) -> Pairs<'a> {
    let mut rest: BTreeMap<_, _> = published
        .into_iter()
        .map(|operation| (operation.key(), operation))
        .collect();
    let mut pairs = Pairs::default();
    for operation in ours {
        match rest.remove(&operation.key()) {
            Some(counterpart) => pairs.both.push((operation, counterpart)),
            None => pairs.ours.push(operation),
        }
    }
    let tags: BTreeSet<&str> = pairs
        .both
        .iter()
        .flat_map(|(_, published)| published.tags())
        .collect();
    let of_family = |operation: &Operation<'a>| {
        let mut words = operation
            .path
            .split('/')
            .filter(|segment| !segment.starts_with('{'))
            .map(str::to_lowercase);
        operation.tags().any(|tag| tags.contains(tag))
            || words.any(|word| FAMILIES.iter().any(|family| word.contains(family)))
    };
    let missing = rest.into_values().filter(|operation| {
        of_family(operation) && !operation.is_removed() && !operation.is_unstable(book)
    });
    pairs.published = missing.collect();
    pairs
}

/// The date on which an operation ended, as our document records it.
pub(super) fn ended<'a>(operation: &Operation<'a>) -> Option<&'a Value> {
    operation
        .place
        .value
        .get("x-atlas-deprecation")?
        .get("ended")
}

impl<'a> Comparison<'a> {
    /// Compares two operations, and lets their schemas meet.
    pub fn operation(&mut self, ours: &Operation<'a>, published: &Operation<'a>) {
        let spot = Spot::operation(ours.id());
        let (mine, theirs) = (&ours.place, &published.place);
        let texts = |value: &str| Value::from(value);
        self.fact(
            &spot,
            Kind::Path,
            texts(ours.path),
            texts(published.path),
            &ours.item,
            &published.item,
        );
        let name = |place: &Place<'_>, key: &str| place.value.get(key).cloned().unwrap_or_default();
        self.fact(
            &spot,
            Kind::OperationId,
            name(mine, "x-atlas-operation-id"),
            name(theirs, "operationId"),
            mine,
            theirs,
        );
        self.fact(
            &spot,
            Kind::Deprecated,
            mine.flag("deprecated").into(),
            theirs.flag("deprecated").into(),
            mine,
            theirs,
        );
        self.fact(&spot, Kind::Roles, roles(mine), roles(theirs), mine, theirs);
        self.life(&spot, ours, published);
        self.parameters(&spot, ours, published);
        self.body(&spot, ours, published);
        self.answers(&spot, ours, published);
    }

    fn fact(
        &mut self,
        spot: &Spot,
        kind: Kind,
        ours: Value,
        published: Value,
        mine: &Place<'_>,
        theirs: &Place<'_>,
    ) {
        if ours != published {
            self.differ(
                spot,
                kind,
                None,
                Sides {
                    ours,
                    published,
                    pointer: &mine.pointer,
                    published_pointer: &theirs.pointer,
                },
            );
        }
    }

    /// Whether it has ended. Where the published document has a date, that is the sunset of a media type and compared as such.
    fn life(&mut self, spot: &Spot, ours: &Operation<'a>, published: &Operation<'a>) {
        match ended(ours) {
            None if published.is_removed() => {
                self.fact(
                    spot,
                    Kind::OperationEnded,
                    true.into(),
                    Value::Null,
                    &ours.place,
                    &published.place,
                );
            }
            Some(date) if !published.is_removed() && !has_sunset(&self.published, published) => {
                self.fact(
                    spot,
                    Kind::Ended,
                    date.clone(),
                    Value::Null,
                    &ours.place,
                    &published.place,
                );
            }
            _ => {}
        }
    }

    fn parameters(&mut self, spot: &Spot, ours: &Operation<'a>, published: &Operation<'a>) {
        let (mut mine, mut theirs) = (
            ours.parameters(&self.ours),
            published.parameters(&self.published),
        );
        // The names of path parameters are compared as part of the path: what is at the same place is the same parameter.
        let names = |path: &'a str| {
            path.split('/')
                .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        };
        let pairs: Vec<_> = names(ours.path).zip(names(published.path)).collect();
        let renamed: Vec<_> = pairs
            .iter()
            .filter_map(|(ours, published)| {
                Some((
                    format!("path {ours}"),
                    theirs.remove(&format!("path {published}"))?,
                ))
            })
            .collect();
        theirs.extend(renamed);
        let all: BTreeSet<String> = mine.keys().chain(theirs.keys()).cloned().collect();
        for name in all {
            self.members += 1;
            let spot = spot.member(&name);
            match (mine.remove(&name), theirs.remove(&name)) {
                (Some(mine), Some(theirs)) => self.parameter(&spot, &mine, &theirs),
                (Some(mine), None) => self.extra(&spot, &inside(&mine), &published.place.pointer),
                (None, Some(theirs)) => self.missing(
                    &spot,
                    &ours.place.pointer,
                    &inside(&theirs),
                    theirs.flag("required"),
                ),
                (None, None) => {}
            }
        }
    }

    fn parameter(&mut self, spot: &Spot, ours: &Place<'a>, published: &Place<'a>) {
        self.required_flag(spot, ours, published);
        self.fact(
            spot,
            Kind::Deprecated,
            ours.flag("deprecated").into(),
            published.flag("deprecated").into(),
            ours,
            published,
        );
        self.value(spot, &inside(ours), &[(Side::Request, inside(published))]);
        if let (Some(ours), Some(published)) = (ours.get("schema"), published.get("schema")) {
            self.meet(&ours, &published, Side::Request);
        }
    }

    fn required_flag(&mut self, spot: &Spot, ours: &Place<'_>, published: &Place<'_>) {
        let (mine, theirs) = (ours.flag("required"), published.flag("required"));
        if mine != theirs {
            let sides = Sides {
                ours: mine.into(),
                published: theirs.into(),
                pointer: &ours.pointer,
                published_pointer: &published.pointer,
            };
            self.differ(spot, Kind::Required, Some(Side::Request), sides);
        }
    }

    fn body(&mut self, spot: &Spot, ours: &Operation<'a>, published: &Operation<'a>) {
        let spot = spot.member("body");
        let mine = ours
            .place
            .get("requestBody")
            .map(|body| self.ours.follow(&body));
        let theirs = published
            .place
            .get("requestBody")
            .map(|body| self.published.follow(&body));
        if mine.is_some() || theirs.is_some() {
            self.members += 1;
        }
        match (mine, theirs) {
            (Some(mine), Some(theirs)) => {
                self.required_flag(&spot, &mine, &theirs);
                self.content(&spot, &mine, &theirs, Side::Request);
            }
            (Some(mine), None) => {
                self.extra(&spot, &content_schema(&mine), &published.place.pointer)
            }
            (None, Some(theirs)) => self.missing(
                &spot,
                &ours.place.pointer,
                &content_schema(&theirs),
                theirs.flag("required"),
            ),
            (None, None) => {}
        }
    }

    fn answers(&mut self, spot: &Spot, ours: &Operation<'a>, published: &Operation<'a>) {
        let (mine, theirs) = (ours.answers(&self.ours), published.answers(&self.published));
        let statuses = |answers: &BTreeMap<&str, Place<'_>>| {
            Some(answers.keys().map(|status| Value::from(*status)).collect())
        };
        let (our_statuses, their_statuses) = only(statuses(&mine), statuses(&theirs));
        self.fact(
            spot,
            Kind::Statuses,
            our_statuses,
            their_statuses,
            &ours.place,
            &published.place,
        );
        let spot = spot.member("answer");
        for (status, answer) in &mine {
            let success = status.starts_with('2');
            // A success whose number has changed is still the success.
            let counterpart = theirs.get(status).or_else(|| {
                theirs
                    .iter()
                    .find(|(status, _)| success && status.starts_with('2'))
                    .map(|(_, answer)| answer)
            });
            match counterpart {
                Some(published) if success => self.content(&spot, answer, published, Side::Answer),
                Some(published) => self.error(answer, published),
                None => {}
            }
        }
    }

    /// Errors share their few answers, so only the schemas are compared.
    fn error(&mut self, ours: &Place<'a>, published: &Place<'a>) {
        let schema = |answer: &Place<'a>| {
            answer
                .members("content")
                .find_map(|(_, media)| media.get("schema"))
        };
        if let (Some(ours), Some(published)) = (schema(ours), schema(published)) {
            self.meet(&ours, &published, Side::Answer);
        }
    }

    /// Compares media types and their dates, and lets the schemas of the newest meet.
    fn content(&mut self, spot: &Spot, ours: &Place<'a>, published: &Place<'a>, side: Side) {
        let (mine, theirs) = (media_types::stable(ours), media_types::stable(published));
        let (our_newest, newest) = (mine.last(), theirs.last());
        let name = |media: Option<&Media<'_>>| media.map_or(Value::Null, |media| media.name.into());
        self.fact(
            spot,
            Kind::MediaType,
            name(our_newest),
            name(newest),
            ours,
            published,
        );
        let (Some(our_newest), Some(newest)) = (our_newest, newest) else {
            return;
        };
        // What our version is called there, whatever came after it.
        if let (Side::Answer, Some(same)) = (
            side,
            theirs.iter().find(|media| media.name == our_newest.name),
        ) {
            let date = |media: &Media<'_>, key: &str| {
                media.place.value.get(key).cloned().unwrap_or_default()
            };
            let sunset = date(same, "x-sunset");
            self.fact(
                spot,
                Kind::Sunset,
                date(our_newest, "x-atlas-sunset"),
                sunset,
                &our_newest.place,
                &same.place,
            );
            let recorded = our_newest
                .place
                .items("x-atlas-older-versions")
                .map(|version| version.value.clone())
                .collect::<Vec<_>>();
            let older = media_types::older(&theirs, same);
            self.fact(
                spot,
                Kind::OlderVersions,
                recorded.into(),
                older.into(),
                &our_newest.place,
                &same.place,
            );
        }
        match (our_newest.place.get("schema"), newest.place.get("schema")) {
            (Some(ours), Some(published)) => {
                // A body has been counted, with what else may be missing of it.
                self.members += usize::from(side == Side::Answer);
                self.value(
                    spot,
                    std::slice::from_ref(&ours),
                    &[(side, vec![published.clone()])],
                );
                self.meet(&ours, &published, side);
            }
            (None, Some(theirs)) => self.missing(spot, &ours.pointer, &[theirs], false),
            (Some(mine), None) => self.extra(spot, &[mine], &published.pointer),
            (None, None) => {}
        }
    }
}

/// Roles as a sorted list; one role can stand alone.
fn roles(place: &Place<'_>) -> Value {
    let said = ["x-atlas-roles", "x-rolesRequirements", "x-roles"]
        .iter()
        .find_map(|key| place.value.get(key));
    let mut names: Vec<&str> = match said {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => return Value::Null,
    };
    names.sort_unstable();
    names.dedup();
    names.into()
}

fn has_sunset<'a>(book: &Book<'a>, operation: &Operation<'a>) -> bool {
    let mut answers = operation.answers(book).into_values();
    answers.any(|answer| {
        media_types::stable(&answer)
            .last()
            .is_some_and(|media| media.place.value.get("x-sunset").is_some())
    })
}

/// The schema of a parameter.
fn inside<'a>(parameter: &Place<'a>) -> Vec<Place<'a>> {
    parameter.get("schema").into_iter().collect()
}

/// The schema of a body in its newest version.
fn content_schema<'a>(body: &Place<'a>) -> Vec<Place<'a>> {
    media_types::stable(body)
        .last()
        .and_then(|media| media.place.get("schema"))
        .into_iter()
        .collect()
}
