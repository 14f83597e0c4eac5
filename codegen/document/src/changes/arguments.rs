//! Compares what a method takes and returns: arguments, setters, the body and the response.

use super::operations::Pair;
use super::promise::Promise::{Behaviour, Documentation, New, Removed, Retyped};
use super::side::{Operation, Role, Side, content};
use super::{At, Comparison, schema};
use crate::compare::view::Node;
use crate::lint::field;

/// A parameter that is a value of the query.
const QUERY: &str = "query";

impl<'a> Comparison<'a> {
    pub(super) fn compare_arguments(&mut self, pair: &Pair<'a>) {
        self.compare_path(pair);
        let (old, new) = (query(self.old, &pair.old), query(self.new, &pair.new));
        let named = |parameters: &[Node<'a>], one: &Node<'a>| {
            let name = one.text("name");
            parameters
                .iter()
                .find(|other| other.text("name") == name)
                .cloned()
        };
        for before in &old {
            match named(&new, before) {
                Some(after) => self.compare_query(pair, before, &after),
                None => {
                    let text = format!("{{}} has no {} any more", self.argument(self.old, before));
                    self.add(Removed, &pair.subject, &text, At::Old(&before.pointer));
                }
            }
        }
        for after in new.iter().filter(|after| named(&old, after).is_none()) {
            let (promise, what) = match after.flag("required") {
                true => (Retyped, "requires"),
                false => (New, "has"),
            };
            let text = format!("{{}} {what} the new {}", self.argument(self.new, after));
            self.add(promise, &pair.subject, &text, At::New(&after.pointer));
        }
    }

    /// A parameter as a user writes it: ``setter `pretty: bool` ``.
    fn argument(&self, side: &Side<'a>, parameter: &Node<'a>) -> String {
        let kind = match parameter.flag("required") {
            true => "argument",
            false => "setter",
        };
        format!(
            "{kind} `{}: {}`",
            rust_name(parameter),
            parameter_type(side, parameter)
        )
    }

    fn compare_query(&mut self, pair: &Pair<'a>, old: &Node<'a>, new: &Node<'a>) {
        let [before, after] = [self.argument(self.old, old), self.argument(self.new, new)];
        if before != after {
            let text = format!("the {before} of {{}} is the {after} now");
            self.add(Retyped, &pair.subject, &text, At::New(&new.pointer));
        }
        self.compare_parameter(pair, old, new);
    }

    /// Compares the checks and the documentation of a parameter.
    fn compare_parameter(&mut self, pair: &Pair<'a>, old: &Node<'a>, new: &Node<'a>) {
        let (Some(before), Some(after)) = (old.get("schema"), new.get("schema")) else {
            return;
        };
        for (promise, check) in schema::checks(self.old, &before, self.new, &after) {
            let text = format!("`{}` of {{}}: {check}", rust_name(new));
            self.add(promise, &pair.subject, &text, At::New(&new.pointer));
        }
        let described = old.text("description") == new.text("description");
        if !described || before.value.get("default") != after.value.get("default") {
            let subject = format!("{}({})", pair.subject, rust_name(new));
            self.add(
                Documentation,
                &subject,
                "documentation of {}",
                At::New(&new.pointer),
            );
        }
    }

    fn compare_path(&mut self, pair: &Pair<'a>) {
        let (old, new) = (path(self.old, &pair.old), path(self.new, &pair.new));
        let at = At::New(&pair.new.node.pointer);
        let names = |arguments: &[(String, Option<Node<'a>>)]| -> Vec<String> {
            arguments.iter().map(|(name, _)| name.clone()).collect()
        };
        let (old_names, new_names) = (names(&old), names(&new));
        let reordered = old_names != new_names
            && old_names.iter().all(|name| new_names.contains(name))
            && old_names.len() == new_names.len();
        if reordered || old.len() != new.len() {
            let list = |names: &[String]| format!("`({})`", names.join(", "));
            let (before, after) = (list(&old_names), list(&new_names));
            let text = format!("{{}} takes {after} from its path instead of {before}");
            return self.add(Retyped, &pair.subject, &text, at);
        }
        for ((old_name, old), (name, new)) in old.iter().zip(&new) {
            let (Some(old), Some(new)) = (old, new) else {
                continue;
            };
            let types = [parameter_type(self.old, old), parameter_type(self.new, new)];
            if types[0] != types[1] {
                let text = format!(
                    "`{name}` of {{}} is `{}` instead of `{}`",
                    types[1], types[0]
                );
                self.add(Retyped, &pair.subject, &text, At::New(&new.pointer));
            }
            if old_name != name {
                let text = "documentation of {}";
                let subject = format!("{}({name})", pair.subject);
                self.add(Documentation, &subject, text, At::New(&new.pointer));
            }
            self.compare_parameter(pair, old, new);
        }
    }

    /// Compares the body, the response and their media types.
    pub(super) fn compare_bodies(&mut self, pair: &Pair<'a>) {
        let (old, new) = (&pair.old, &pair.new);
        self.compare_body(pair, body(self.old, old), body(self.new, new));
        let [before, after] = [response(self.old, old), response(self.new, new)];
        if before != after {
            let text = format!("{{}} returns `{after}` instead of `{before}`");
            self.add(Retyped, &pair.subject, &text, At::New(&new.node.pointer));
        }
        let sent = [media(body_node(old)), media(body_node(new))];
        let accepted = [media(self.old.success(old)), media(self.new.success(new))];
        let dates = |media: &[Option<(&'a str, String)>; 2]| {
            media
                .each_ref()
                .map(|media| media.as_ref().map(|(media, _)| *media))
        };
        if dates(&sent) == dates(&accepted) {
            return self.compare_media(pair, "sends and accepts", sent);
        }
        self.compare_media(pair, "sends", sent);
        self.compare_media(pair, "accepts", accepted);
    }

    fn compare_media(
        &mut self,
        pair: &Pair<'a>,
        what: &str,
        media: [Option<(&'a str, String)>; 2],
    ) {
        if let [Some((before, _)), Some((after, at))] = media
            && before != after
        {
            let text = format!("{{}} {what} `{after}` instead of `{before}`");
            self.add(Behaviour, &pair.subject, &text, At::New(&at));
        }
    }

    fn compare_body(&mut self, pair: &Pair<'a>, old: Option<String>, new: Option<String>) {
        let subject = &pair.subject;
        let pointer = crate::child(&pair.new.node.pointer, "requestBody");
        let at = At::New(&pointer);
        match (old, new) {
            (None, Some(new)) if new.starts_with("argument") => {
                self.add(
                    Retyped,
                    subject,
                    &format!("{{}} requires the new {new}"),
                    at,
                );
            }
            (None, Some(new)) => self.add(New, subject, &format!("{{}} has the new {new}"), at),
            (Some(old), None) => {
                let pointer = crate::child(&pair.old.node.pointer, "requestBody");
                let text = format!("{{}} has no {old} any more");
                self.add(Removed, subject, &text, At::Old(&pointer));
            }
            (Some(old), Some(new)) if old != new => {
                self.add(
                    Retyped,
                    subject,
                    &format!("the {old} of {{}} is the {new} now"),
                    at,
                );
            }
            _ => {}
        }
    }
}

fn rust_name(parameter: &Node<'_>) -> String {
    field(parameter.text("name").unwrap_or_default())
}

fn parameter_type<'a>(side: &Side<'a>, parameter: &Node<'a>) -> String {
    let schema = parameter.get("schema");
    schema.map_or_else(String::new, |schema| side.ty(&schema))
}

fn query<'a>(side: &Side<'a>, operation: &Operation<'a>) -> Vec<Node<'a>> {
    let mut parameters = side.parameters(operation);
    parameters.retain(|parameter| parameter.text("in") == Some(QUERY));
    parameters
}

/// The arguments of the path, in its order, each with the parameter that declares it.
fn path<'a>(side: &Side<'a>, operation: &Operation<'a>) -> Vec<(String, Option<Node<'a>>)> {
    let parameters = side.parameters(operation);
    let declared = |name: &str| {
        let mut declared = parameters.iter();
        let of_path = |one: &&Node<'a>| one.text("in") != Some(QUERY) && rust_name(one) == name;
        declared.find(of_path).cloned()
    };
    let names = operation.path_arguments().into_iter();
    names.map(|name| (name.clone(), declared(&name))).collect()
}

fn body_node<'a>(operation: &Operation<'a>) -> Option<Node<'a>> {
    operation.node.get("requestBody")
}

/// The body as a user writes it: ``argument `body: SnapshotRequest` ``.
fn body<'a>(side: &Side<'a>, operation: &Operation<'a>) -> Option<String> {
    let body = body_node(operation)?;
    let kind = match body.flag("required") {
        true => "argument",
        false => "setter",
    };
    let schema = content(&body).and_then(|(_, schema)| schema);
    let ty = schema.map_or_else(String::new, |schema| side.ty(&schema));
    Some(format!("{kind} `body: {ty}`"))
}

/// The type of the response.
fn response<'a>(side: &Side<'a>, operation: &Operation<'a>) -> String {
    let response = side.success(operation);
    let schema = response
        .as_ref()
        .and_then(content)
        .and_then(|(_, schema)| schema);
    match schema {
        Some(schema) => side.field(&schema, true, Role::Response),
        None => "()".to_owned(),
    }
}

/// The media type under `content`, and its JSON pointer.
fn media<'a>(holder: Option<Node<'a>>) -> Option<(&'a str, String)> {
    let (media, node) = holder?.members("content").next()?;
    Some((media, node.pointer))
}
