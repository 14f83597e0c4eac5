//! `x-atlas-update-of`: an update with a member of every type, which is optional or required in the
//! update and in the response that the update is made from.

use heck::{ToLowerCamelCase, ToPascalCase};
use serde_json::{Map, Value, json};

use crate::exercise::Exercise;
use crate::fragment::{Conversion, Fragment, TAG, content, object, operation, reference, success};
use crate::types::{self, Type};

/// One update.
struct Case<'a> {
    name: String,
    ty: &'a Type,
    required_in_update: bool,
    required_in_response: bool,
    /// Keywords of the member in the response.
    read: Value,
    /// Values that only the response has, each with what the update makes of it.
    other_forms: Vec<(Value, Value)>,
}

/// Returns all cells: each with its name and its operation.
pub fn all() -> Vec<(String, Fragment)> {
    let types: Vec<Type> = types::plain().into_iter().chain(types::samples()).collect();
    let mut cases = Vec::new();
    for ty in &types {
        for (update, response) in [(false, false), (false, true), (true, false), (true, true)] {
            let word = |required| if required { "required" } else { "optional" };
            cases.push(Case {
                name: format!(
                    "update / {} of {} {}",
                    word(update),
                    word(response),
                    ty.name
                ),
                ty,
                required_in_update: update,
                required_in_response: response,
                read: json!({}),
                other_forms: Vec::new(),
            });
        }
        cases.extend(in_other_form(ty));
    }
    cases
        .iter()
        .map(|case| (case.name.clone(), case.fragment()))
        .collect()
}

/// Updates of a response whose member came in another form. They send the documented one.
fn in_other_form(ty: &Type) -> Vec<Case<'_>> {
    let case = |form: &str, pairs| Case {
        name: format!("update / {} in form {form}", ty.name),
        ty,
        required_in_update: false,
        required_in_response: false,
        read: json!({"x-atlas-other-form": form}),
        other_forms: pairs,
    };
    let written = |value: Value| json!({"value": value});
    match ty.name.as_str() {
        "integer" => {
            let pair = (
                json!({"value": "2018-08-01T20:02:07Z"}),
                written(json!(1_533_153_727)),
            );
            vec![case("date-time", vec![pair])]
        }
        "list of object" => {
            let item = &ty.samples[0][0];
            let written = written(json!([item]));
            vec![
                case("one-item", vec![(json!({"value": item}), written.clone())]),
                case("whole-answer", vec![(item.clone(), written)]),
            ]
        }
        "list of text" => {
            let pair = (json!({"value": "a"}), written(json!(["a"])));
            vec![case("one-item", vec![pair])]
        }
        _ => Vec::new(),
    }
}

impl Case<'_> {
    fn fragment(&self) -> Fragment {
        let id = self.name.to_lower_camel_case();
        let [read, written] =
            ["read", "written"].map(|what| format!("{id} {what}").to_pascal_case());
        let mut response = self.object(&self.read, self.required_in_response);
        response["properties"]["onlyRead"] = json!({"type": "string", "description": "A text."});
        let mut update = self.object(&json!({}), self.required_in_update);
        update["x-atlas-update-of"] = json!(read);
        let (path, mut operation) = (format!("/updates/{id}"), operation(&id, TAG));
        let sample = json!({"value": self.ty.samples[0]});
        let body = content(reference(&written), &sample);
        operation["requestBody"] = json!({"required": true, "content": body});
        operation["responses"] = success(content(reference(&read), &sample));
        let mut fragment = Fragment::default();
        fragment.schemas.insert(read.clone(), response);
        fragment.schemas.insert(written.clone(), update);
        fragment.operation(&path, "put", operation);
        for (answer, body) in self.rounds() {
            let mut exercise = Exercise::new(&id, &path);
            exercise.is_refused = body.is_none();
            exercise.answer = Some(answer);
            exercise.body = body;
            fragment.exercises.push(exercise.json());
        }
        fragment.conversions.push(Conversion { id, read, written });
        fragment
    }

    /// An object with the member `value`.
    fn object(&self, keywords: &Value, is_required: bool) -> Value {
        let mut schema = self.ty.schema("Both");
        if schema.get("$ref").is_some() {
            schema = json!({"allOf": [schema]});
        }
        schema["description"] = json!("A value.");
        if let (Some(schema), Some(keywords)) = (schema.as_object_mut(), keywords.as_object()) {
            schema.extend(keywords.clone());
        }
        let members: Map<String, Value> = [("value".to_owned(), schema)].into_iter().collect();
        let required: &[String] = if is_required {
            &["value".to_owned()]
        } else {
            &[]
        };
        object(members, required)
    }

    /// Responses, each with the update that is made from it; without one if it must be refused.
    fn rounds(&self) -> Vec<(Value, Option<Value>)> {
        let [one, other] = &self.ty.samples;
        let mut rounds = vec![
            (json!({"value": one}), Some(json!({"value": one}))),
            // What a newer Atlas added goes along, and what it only answers does not, although a text
            // that became a number is kept like what was added.
            (
                json!({"value": other, "onlyRead": 7, "added": [null]}),
                Some(json!({"value": other, "added": [null]})),
            ),
        ];
        let is_whole_answer = self.read["x-atlas-other-form"] == "whole-answer";
        if !self.required_in_response && !is_whole_answer {
            let update = (!self.required_in_update).then(|| json!({}));
            rounds.push((json!({}), update));
        }
        let others = self.other_forms.iter().cloned();
        rounds.extend(others.map(|(answer, update)| (answer, Some(update))));
        rounds
    }
}
