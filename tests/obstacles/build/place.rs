//! The places where a type can stand, and the operations that have it there.

use heck::{ToLowerCamelCase, ToPascalCase};
use serde_json::{Map, Value, json};

use crate::exercise::{Exercise, encode, texts};
use crate::fragment::{Fragment, TAG, content, object, operation, parameter, reference, success};
use crate::modifiers::Modifier;
use crate::types::Type;

/// A place of a type in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Path,
    OptionalQuery,
    RequiredQuery,
    OptionalRequest,
    RequiredRequest,
    OptionalResponse,
    RequiredResponse,
    Both,
    Body,
    Response,
    Results,
}

use Place::*;

pub const PLACES: &[Place] = &[
    Path,
    OptionalQuery,
    RequiredQuery,
    OptionalRequest,
    RequiredRequest,
    OptionalResponse,
    RequiredResponse,
    Both,
    Body,
    Response,
    Results,
];

impl Place {
    pub fn name(self) -> &'static str {
        match self {
            Path => "path parameter",
            OptionalQuery => "optional query parameter",
            RequiredQuery => "required query parameter",
            OptionalRequest => "optional member of a request",
            RequiredRequest => "required member of a request",
            OptionalResponse => "optional member of a response",
            RequiredResponse => "required member of a response",
            Both => "member of what is sent and received",
            Body => "request body",
            Response => "response",
            Results => "item of a page",
        }
    }

    /// The beginning of the names of objects, which differ by what is done with them.
    pub fn prefix(self) -> &'static str {
        match self {
            Path | OptionalQuery | RequiredQuery => "Parameter",
            OptionalRequest | RequiredRequest | Body => "Sent",
            OptionalResponse | RequiredResponse | Response | Results => "Received",
            Both => "Both",
        }
    }

    /// Whether an operation has room for one value only.
    pub fn is_single(self) -> bool {
        matches!(self, Body | Response | Results)
    }

    pub fn is_parameter(self) -> bool {
        matches!(self, Path | OptionalQuery | RequiredQuery)
    }

    fn is_required(self) -> bool {
        matches!(
            self,
            Path | RequiredQuery | RequiredRequest | RequiredResponse
        )
    }
}

/// The schema of a type with the keywords of the modifier.
fn schema(place: Place, ty: &Type, modifier: &Modifier, is_described: bool) -> Value {
    let mut schema = ty.schema(place.prefix());
    for inner in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get_mut(inner) {
            *inner = beside(inner.clone(), &modifier.inner);
        }
    }
    let mut keywords = modifier.keywords.clone();
    if is_described {
        keywords.insert("description".to_owned(), json!("A value."));
    }
    beside(schema, &keywords)
}

/// Writes keywords beside a schema, and beside a reference as far as a document can.
fn beside(mut schema: Value, keywords: &Map<String, Value>) -> Value {
    if keywords.is_empty() {
        return schema;
    }
    if schema.get("$ref").is_some() {
        schema = json!({"allOf": [schema]});
    }
    if let Some(schema) = schema.as_object_mut() {
        schema.extend(keywords.clone());
    }
    schema
}

/// Returns the operations that have this type in this place, once with each modifier.
pub fn fragment(place: Place, ty: &Type, modifiers: &[Modifier]) -> Fragment {
    let id = format!("{place:?} {}", ty.name).to_lower_camel_case();
    match place {
        Path | OptionalQuery | RequiredQuery => parameters(&id, place, ty, modifiers),
        _ if !place.is_single() => members(&id, place, ty, modifiers),
        _ => {
            let mut fragment = Fragment::default();
            for modifier in modifiers {
                let id = format!("{id} {}", modifier.name).to_lower_camel_case();
                fragment.add(whole(&id, place, ty, modifier));
            }
            fragment
        }
    }
}

/// The values of one call: each with the name of its parameter or member.
type Values = Vec<(String, Value)>;

/// The values for calls that must succeed, and those for calls that must be refused.
fn rounds(place: Place, ty: &Type, modifiers: &[Modifier]) -> (Vec<Values>, Vec<Values>) {
    let values = |index: usize| -> Values {
        let value = |modifier: &Modifier| {
            let samples = modifier.samples.as_ref().unwrap_or(&ty.samples);
            (modifier.name.to_lower_camel_case(), samples[index].clone())
        };
        modifiers.iter().map(value).collect()
    };
    let mut accepted = vec![values(0), values(1)];
    // The client takes an answer without this list for its only item.
    let has_whole_answer = modifiers
        .iter()
        .any(|modifier| modifier.name == "form whole-answer");
    if !place.is_required() && !has_whole_answer {
        accepted.push(Vec::new());
    }
    let refused = modifiers
        .iter()
        .enumerate()
        .filter_map(|(index, modifier)| {
            let mut values = values(0);
            values[index].1 = modifier.refused.clone()?;
            Some(values)
        });
    (accepted, refused.collect())
}

fn parameters(id: &str, place: Place, ty: &Type, modifiers: &[Modifier]) -> Fragment {
    let is_in = if place == Path { "path" } else { "query" };
    let mut parameters = Vec::new();
    let mut path = format!("/cells/{id}");
    for modifier in modifiers {
        let (name, schema) = (
            modifier.name.to_lower_camel_case(),
            schema(place, ty, modifier, false),
        );
        if place == Path {
            path.push_str(&format!("/{{{name}}}"));
        }
        let sample = &modifier.samples.as_ref().unwrap_or(&ty.samples)[0];
        let example = place.is_required().then_some(sample);
        let mut parameter = parameter(&name, is_in, example, schema);
        if let Some(parameter) = parameter.as_object_mut() {
            parameter.extend(modifier.outer.clone());
        }
        parameters.push(parameter);
    }
    let mut operation = operation(id, TAG);
    operation["parameters"] = json!(parameters);
    let mut fragment = Fragment::default();
    fragment.operation(&path, "get", operation);
    let (accepted, refused) = rounds(place, ty, modifiers);
    let rounds = accepted.into_iter().map(|values| (values, false));
    for (values, is_refused) in rounds.chain(refused.into_iter().map(|values| (values, true))) {
        let mut exercise = Exercise::new(id, &path);
        exercise.is_refused = is_refused;
        for (name, value) in values {
            match place {
                Path => exercise.path(&name, &texts(&value).join(",")),
                _ => exercise.query(&name, value),
            }
        }
        fragment.exercises.push(exercise.json());
    }
    fragment
}

fn members(id: &str, place: Place, ty: &Type, modifiers: &[Modifier]) -> Fragment {
    let name = format!("{id} object").to_pascal_case();
    let members: Map<String, Value> = modifiers
        .iter()
        .map(|modifier| {
            (
                modifier.name.to_lower_camel_case(),
                schema(place, ty, modifier, true),
            )
        })
        .collect();
    let required: Vec<String> = match place.is_required() {
        true => modifiers
            .iter()
            .map(|modifier| modifier.name.to_lower_camel_case())
            .collect(),
        false => Vec::new(),
    };
    let mut fragment = Fragment::default();
    fragment
        .schemas
        .insert(name.clone(), object(members, &required));
    let (accepted, refused) = rounds(place, ty, modifiers);
    let content = content(reference(&name), &json_object(&accepted[0]));
    let (is_sent, is_received) = (
        !matches!(place, OptionalResponse | RequiredResponse),
        !matches!(place, OptionalRequest | RequiredRequest),
    );
    let (path, mut operation) = (format!("/cells/{id}"), operation(id, TAG));
    if is_sent {
        operation["requestBody"] = json!({"required": true, "content": content});
    }
    if is_received {
        operation["responses"] = success(content);
    }
    fragment.operation(&path, if is_sent { "put" } else { "get" }, operation);
    let secrets = modifiers
        .iter()
        .filter(|modifier| modifier.name == "secret");
    let secrets: Vec<String> = secrets
        .map(|secret| secret.name.to_lower_camel_case())
        .collect();
    let in_other_form = is_received.then(|| in_other_forms(modifiers, &accepted[0]));
    if let Some(values) = in_other_form.filter(|values| *values != accepted[0]) {
        let mut exercise = Exercise::new(id, &path);
        exercise.body = is_sent.then(|| json_object(&accepted[0]));
        exercise.answer = Some(json_object(&values));
        fragment.exercises.push(exercise.json());
    }
    let rounds = accepted.into_iter().map(|values| (values, false));
    for (values, is_refused) in rounds.chain(refused.into_iter().map(|values| (values, true))) {
        if is_refused && !is_sent {
            continue;
        }
        let mut exercise = Exercise::new(id, &path);
        exercise.is_refused = is_refused;
        exercise.secrets = values
            .iter()
            .filter(|(name, _)| secrets.contains(name))
            .flat_map(|(_, value)| texts(value))
            .collect();
        exercise.body = is_sent.then(|| json_object(&values));
        exercise.answer = is_received.then(|| json_object(&values));
        fragment.exercises.push(exercise.json());
    }
    fragment
}

/// The values of a response, with those in another form that Atlas may send so.
fn in_other_forms(modifiers: &[Modifier], documented: &Values) -> Values {
    let values = modifiers.iter().zip(documented);
    let values = values.map(|(modifier, (name, documented))| {
        let other = modifier.in_other_form.as_ref().unwrap_or(documented);
        (name.clone(), other.clone())
    });
    values.collect()
}

fn json_object(values: &Values) -> Value {
    Value::Object(values.iter().cloned().collect())
}

/// The body of a request or of a response, or the items of a page.
fn whole(id: &str, place: Place, ty: &Type, modifier: &Modifier) -> Fragment {
    let mut fragment = Fragment::default();
    let mut schema = schema(place, ty, modifier, false);
    let mut samples = ty.samples.to_vec();
    if place == Results {
        let name = format!("{id} page").to_pascal_case();
        let results = json!({"type": "array", "description": "The items.", "items": schema});
        let members = [("results".to_owned(), results)].into_iter().collect();
        let page = object(members, &["results".to_owned()]);
        fragment.schemas.insert(name.clone(), page);
        schema = reference(&name);
        samples = vec![json!({"results": samples}), json!({"results": []})];
    }
    let (path, mut operation) = (format!("/cells/{id}"), operation(id, TAG));
    let content = content(schema, &samples[0]);
    if place == Body {
        operation["requestBody"] = json!({"required": true, "content": content});
        if let Some(body) = operation["requestBody"].as_object_mut() {
            body.extend(modifier.outer.clone());
        }
    } else {
        operation["responses"] = success(content);
    }
    let is_optional = modifier.outer.contains_key("required");
    fragment.operation(&path, if place == Body { "post" } else { "get" }, operation);
    let absent = is_optional.then_some(None);
    for sample in samples.into_iter().map(Some).chain(absent) {
        let mut exercise = Exercise::new(id, &path);
        match place {
            Body => exercise.body = sample,
            _ => exercise.answer = sample,
        }
        fragment.exercises.push(exercise.json());
    }
    fragment
}

/// The path of an operation with one parameter in it.
pub fn filled(path: &str, name: &str, value: &str) -> String {
    path.replace(&format!("{{{name}}}"), &encode(value))
}
