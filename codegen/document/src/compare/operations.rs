//! Pairs the operations of both documents and compares everything about them except their schemas.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::difference::{Kind, Side};
use super::media_types::{self, Media};
use super::schemas::{Comparison, Sides, Target, exclusive_values};
use super::view::{DocumentView, Node};

const METHODS: &[&str] = &[
    "get", "put", "post", "delete", "options", "head", "patch", "trace",
];

/// Words in the paths of the backup families. A published operation belongs into our document if
/// its path contains one of them, or if it shares a tag with one of our operations whose path does;
/// all others are ignored. So the other operations on projects and clusters are no news, although
/// some of them are ours.
const FAMILIES: &[&str] = &["backup", "snapshot", "restore"];

#[derive(Clone, Debug)]
pub(super) struct Operation<'a> {
    /// HTTP method, in capitals.
    pub method: String,
    pub path: &'a str,
    pub node: Node<'a>,
    /// The path item, which holds what all operations of the path share.
    pub item: Node<'a>,
}

impl<'a> Operation<'a> {
    /// Our `operationId`.
    pub fn id(&self) -> &'a str {
        self.node.text("operationId").unwrap_or(self.path)
    }

    /// Method and path: `GET /api/atlas/v2/…`.
    pub fn title(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn tags(&self) -> impl Iterator<Item = &'a str> {
        self.node.items("tags").filter_map(|tag| tag.value.as_str())
    }

    /// Returns method and path, without the names of path parameters, which have no meaning for a
    /// server.
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

    /// Whether the document itself marks the operation as removed.
    pub fn is_removed(&self) -> bool {
        self.node.flag("x-removed")
    }

    /// Returns the parameters by `in` and name. Parameters of the operation override those of the
    /// path item.
    fn parameters(&self, view: &DocumentView<'a>) -> BTreeMap<String, Node<'a>> {
        let all = self
            .item
            .items("parameters")
            .chain(self.node.items("parameters"))
            .map(|parameter| view.follow(&parameter));
        all.filter_map(|parameter| {
            Some((
                format!("{} {}", parameter.text("in")?, parameter.text("name")?),
                parameter,
            ))
        })
        .collect()
    }

    /// Returns the responses by status.
    pub fn responses(&self, view: &DocumentView<'a>) -> BTreeMap<&'a str, Node<'a>> {
        self.node
            .members("responses")
            .map(|(status, response)| (status, view.follow(&response)))
            .collect()
    }

    /// Whether all its media types are unstable ones, which may change at any time.
    fn is_unstable(&self, view: &DocumentView<'a>) -> bool {
        let mut responses = self
            .responses(view)
            .into_iter()
            .filter(|(status, _)| status.starts_with('2'))
            .map(|(_, response)| response)
            .peekable();
        responses.peek().is_some()
            && responses.all(|response| {
                response.members("content").next().is_some()
                    && media_types::stable(&response).is_empty()
            })
    }
}

/// Returns the operations of a document whose path starts with `prefix`.
pub(super) fn operations<'a>(view: &DocumentView<'a>, prefix: &str) -> Vec<Operation<'a>> {
    let mut all = Vec::new();
    for (path, item) in view
        .root
        .members("paths")
        .filter(|(path, _)| path.starts_with(prefix))
    {
        for method in METHODS {
            if let Some(node) = item.get(method) {
                all.push(Operation {
                    method: method.to_uppercase(),
                    path,
                    node,
                    item: item.clone(),
                });
            }
        }
    }
    all
}

/// The operations of both documents, matched by method and path.
#[derive(Debug, Default)]
pub(super) struct Pairs<'a> {
    pub both: Vec<(Operation<'a>, Operation<'a>)>,
    /// Ours, not published.
    pub ours: Vec<Operation<'a>>,
    /// Published and of our families, but not ours.
    pub published: Vec<Operation<'a>>,
}

pub(super) fn pair<'a>(
    ours: Vec<Operation<'a>>,
    published: Vec<Operation<'a>>,
    view: &DocumentView<'a>,
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
    let backups = pairs.both.iter().filter(|(ours, _)| is_of_backups(ours));
    let tags: BTreeSet<&str> = backups
        .flat_map(|(_, published)| published.tags())
        .collect();
    let of_family = |operation: &Operation<'a>| {
        operation.tags().any(|tag| tags.contains(tag)) || is_of_backups(operation)
    };
    let missing = rest.into_values().filter(|operation| {
        of_family(operation) && !operation.is_removed() && !operation.is_unstable(view)
    });
    pairs.published = missing.collect();
    pairs
}

/// Whether the path contains a word of the backup families.
fn is_of_backups(operation: &Operation<'_>) -> bool {
    let literals = operation.path.split('/');
    let mut literals = literals.filter(|segment| !segment.starts_with('{'));
    literals.any(|segment| {
        let segment = segment.to_lowercase();
        FAMILIES.iter().any(|family| segment.contains(family))
    })
}

/// Returns the date on which an operation ended according to our document.
pub(super) fn ended<'a>(operation: &Operation<'a>) -> Option<&'a Value> {
    operation
        .node
        .value
        .get("x-atlas-deprecation")?
        .get("ended")
}

impl<'a> Comparison<'a> {
    /// Compares two operations and pairs their schemas.
    pub fn compare_operation(&mut self, ours: &Operation<'a>, published: &Operation<'a>) {
        let target = Target::operation(ours.id());
        let (mine, theirs) = (&ours.node, &published.node);
        let texts = |value: &str| Value::from(value);
        self.compare_fact(
            &target,
            Kind::Path,
            texts(ours.path),
            texts(published.path),
            &ours.item,
            &published.item,
        );
        let name = |node: &Node<'_>, key: &str| node.value.get(key).cloned().unwrap_or_default();
        self.compare_fact(
            &target,
            Kind::OperationId,
            name(mine, "x-atlas-operation-id"),
            name(theirs, "operationId"),
            mine,
            theirs,
        );
        self.compare_fact(
            &target,
            Kind::Deprecated,
            mine.flag("deprecated").into(),
            theirs.flag("deprecated").into(),
            mine,
            theirs,
        );
        self.compare_fact(
            &target,
            Kind::Roles,
            roles(mine),
            roles(theirs),
            mine,
            theirs,
        );
        self.compare_lifecycle(&target, ours, published);
        self.compare_parameters(&target, ours, published);
        self.compare_body(&target, ours, published);
        self.compare_responses(&target, ours, published);
    }

    fn compare_fact(
        &mut self,
        target: &Target,
        kind: Kind,
        ours: Value,
        published: Value,
        mine: &Node<'_>,
        theirs: &Node<'_>,
    ) {
        if ours != published {
            self.record(
                target,
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

    /// Compares whether the operation has ended. If the published document has an end date, it is
    /// the sunset of a media type and compared there.
    fn compare_lifecycle(
        &mut self,
        target: &Target,
        ours: &Operation<'a>,
        published: &Operation<'a>,
    ) {
        match ended(ours) {
            None if published.is_removed() => {
                self.compare_fact(
                    target,
                    Kind::OperationEnded,
                    true.into(),
                    Value::Null,
                    &ours.node,
                    &published.node,
                );
            }
            Some(date) if !published.is_removed() && !has_sunset(&self.published, published) => {
                self.compare_fact(
                    target,
                    Kind::Ended,
                    date.clone(),
                    Value::Null,
                    &ours.node,
                    &published.node,
                );
            }
            _ => {}
        }
    }

    fn compare_parameters(
        &mut self,
        target: &Target,
        ours: &Operation<'a>,
        published: &Operation<'a>,
    ) {
        let (mut mine, mut theirs) = (
            ours.parameters(&self.ours),
            published.parameters(&self.published),
        );
        // The names of path parameters are compared as part of the path, so path parameters at the
        // same position are the same parameter here.
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
            let target = target.member(&name);
            match (mine.remove(&name), theirs.remove(&name)) {
                (Some(mine), Some(theirs)) => self.compare_parameter(&target, &mine, &theirs),
                (Some(mine), None) => {
                    self.record_extra(&target, &parameter_schema(&mine), &published.node.pointer)
                }
                (None, Some(theirs)) => self.record_missing(
                    &target,
                    &ours.node.pointer,
                    &parameter_schema(&theirs),
                    theirs.flag("required"),
                ),
                (None, None) => {}
            }
        }
    }

    fn compare_parameter(&mut self, target: &Target, ours: &Node<'a>, published: &Node<'a>) {
        self.compare_required_flag(target, ours, published);
        self.compare_fact(
            target,
            Kind::Deprecated,
            ours.flag("deprecated").into(),
            published.flag("deprecated").into(),
            ours,
            published,
        );
        self.compare_value(
            target,
            &parameter_schema(ours),
            &[(Side::Request, parameter_schema(published))],
        );
        if let (Some(ours), Some(published)) = (ours.get("schema"), published.get("schema")) {
            self.pair_schemas(&ours, &published, Side::Request);
        }
    }

    fn compare_required_flag(&mut self, target: &Target, ours: &Node<'_>, published: &Node<'_>) {
        let (mine, theirs) = (ours.flag("required"), published.flag("required"));
        if mine != theirs {
            let sides = Sides {
                ours: mine.into(),
                published: theirs.into(),
                pointer: &ours.pointer,
                published_pointer: &published.pointer,
            };
            self.record(target, Kind::Required, Some(Side::Request), sides);
        }
    }

    fn compare_body(&mut self, target: &Target, ours: &Operation<'a>, published: &Operation<'a>) {
        let target = target.member("body");
        let mine = ours
            .node
            .get("requestBody")
            .map(|body| self.ours.follow(&body));
        let theirs = published
            .node
            .get("requestBody")
            .map(|body| self.published.follow(&body));
        if mine.is_some() || theirs.is_some() {
            self.members += 1;
        }
        match (mine, theirs) {
            (Some(mine), Some(theirs)) => {
                self.compare_required_flag(&target, &mine, &theirs);
                self.compare_content(&target, &mine, &theirs, Side::Request);
            }
            (Some(mine), None) => {
                self.record_extra(&target, &body_schema(&mine), &published.node.pointer)
            }
            (None, Some(theirs)) => self.record_missing(
                &target,
                &ours.node.pointer,
                &body_schema(&theirs),
                theirs.flag("required"),
            ),
            (None, None) => {}
        }
    }

    fn compare_responses(
        &mut self,
        target: &Target,
        ours: &Operation<'a>,
        published: &Operation<'a>,
    ) {
        let (mine, theirs) = (
            ours.responses(&self.ours),
            published.responses(&self.published),
        );
        let statuses = |responses: &BTreeMap<&str, Node<'_>>| {
            Some(
                responses
                    .keys()
                    .map(|status| Value::from(*status))
                    .collect(),
            )
        };
        let (our_statuses, their_statuses) = exclusive_values(statuses(&mine), statuses(&theirs));
        self.compare_fact(
            target,
            Kind::Statuses,
            our_statuses,
            their_statuses,
            &ours.node,
            &published.node,
        );
        let target = target.member("answer");
        for (status, response) in &mine {
            let success = status.starts_with('2');
            // If the success status has changed, the success responses are still compared with each
            // other.
            let counterpart = theirs.get(status).or_else(|| {
                theirs
                    .iter()
                    .find(|(status, _)| success && status.starts_with('2'))
                    .map(|(_, response)| response)
            });
            match counterpart {
                Some(published) if success => {
                    self.compare_headers(&target, response, published);
                    self.compare_content(&target, response, published, Side::Response)
                }
                Some(published) => {
                    let target = Target {
                        subject: target.subject.clone(),
                        member: Some(format!("answer {status}")),
                    };
                    self.compare_headers(&target, response, published);
                    self.compare_error(response, published)
                }
                None => {}
            }
        }
    }

    fn compare_headers(&mut self, target: &Target, ours: &Node<'a>, published: &Node<'a>) {
        let names = |response: &Node<'a>| {
            let names = response.members("headers").map(|(name, _)| name.into());
            Some(names.collect())
        };
        let (mine, theirs) = exclusive_values(names(ours), names(published));
        self.compare_fact(target, Kind::Headers, mine, theirs, ours, published);
    }

    /// Operations share a few error responses, so only their schemas are compared.
    fn compare_error(&mut self, ours: &Node<'a>, published: &Node<'a>) {
        let schema = |response: &Node<'a>| {
            response
                .members("content")
                .find_map(|(_, media)| media.get("schema"))
        };
        if let (Some(ours), Some(published)) = (schema(ours), schema(published)) {
            self.pair_schemas(&ours, &published, Side::Response);
        }
    }

    /// Compares the media types and their dates, and pairs the schemas of the newest ones.
    fn compare_content(
        &mut self,
        target: &Target,
        ours: &Node<'a>,
        published: &Node<'a>,
        side: Side,
    ) {
        let (mine, theirs) = (media_types::stable(ours), media_types::stable(published));
        let (our_newest, newest) = (mine.last(), theirs.last());
        let name = |media: Option<&Media<'_>>| media.map_or(Value::Null, |media| media.name.into());
        self.compare_fact(
            target,
            Kind::MediaType,
            name(our_newest),
            name(newest),
            ours,
            published,
        );
        let (Some(our_newest), Some(newest)) = (our_newest, newest) else {
            return;
        };
        // Our version may still be published under the same name although newer ones exist.
        if let (Side::Response, Some(same)) = (
            side,
            theirs.iter().find(|media| media.name == our_newest.name),
        ) {
            let date = |media: &Media<'_>, key: &str| {
                media.node.value.get(key).cloned().unwrap_or_default()
            };
            let sunset = date(same, "x-sunset");
            self.compare_fact(
                target,
                Kind::Sunset,
                date(our_newest, "x-atlas-sunset"),
                sunset,
                &our_newest.node,
                &same.node,
            );
            let recorded = our_newest
                .node
                .items("x-atlas-older-versions")
                .map(|version| version.value.clone())
                .collect::<Vec<_>>();
            let older = media_types::older(&theirs, same);
            self.compare_fact(
                target,
                Kind::OlderVersions,
                recorded.into(),
                older.into(),
                &our_newest.node,
                &same.node,
            );
        }
        match (our_newest.node.get("schema"), newest.node.get("schema")) {
            (Some(ours), Some(published)) => {
                // Request bodies were counted by the caller, together with those that are missing.
                self.members += usize::from(side == Side::Response);
                self.compare_value(
                    target,
                    std::slice::from_ref(&ours),
                    &[(side, vec![published.clone()])],
                );
                self.pair_schemas(&ours, &published, side);
            }
            (None, Some(theirs)) => self.record_missing(target, &ours.pointer, &[theirs], false),
            (Some(mine), None) => self.record_extra(target, &[mine], &published.pointer),
            (None, None) => {}
        }
    }
}

/// Returns the roles as a sorted list. The document may give a single role as a string.
fn roles(node: &Node<'_>) -> Value {
    let declared = ["x-atlas-roles", "x-rolesRequirements", "x-roles"]
        .iter()
        .find_map(|key| node.value.get(key));
    let mut names: Vec<&str> = match declared {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => return Value::Null,
    };
    names.sort_unstable();
    names.dedup();
    names.into()
}

fn has_sunset<'a>(view: &DocumentView<'a>, operation: &Operation<'a>) -> bool {
    let mut responses = operation.responses(view).into_values();
    responses.any(|response| {
        media_types::stable(&response)
            .last()
            .is_some_and(|media| media.node.value.get("x-sunset").is_some())
    })
}

/// Returns the schema of a parameter.
fn parameter_schema<'a>(parameter: &Node<'a>) -> Vec<Node<'a>> {
    parameter.get("schema").into_iter().collect()
}

/// Returns the schema of the newest version of a body.
fn body_schema<'a>(body: &Node<'a>) -> Vec<Node<'a>> {
    media_types::stable(body)
        .last()
        .and_then(|media| media.node.get("schema"))
        .into_iter()
        .collect()
}
