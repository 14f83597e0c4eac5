//! `x-atlas-rules`: every list of a rule with every kind of condition, every type of member, and
//! every place of the object that has the rule.

use heck::{ToLowerCamelCase, ToPascalCase};
use serde_json::{Map, Value, json};

use crate::exercise::Exercise;
use crate::fragment::{Fragment, TAG, content, object, operation, reference, success};
use crate::types::{self, Type};

/// A list of a rule, with members that keep it and members that break it.
struct List {
    keyword: &'static str,
    kept: &'static [&'static [&'static str]],
    broken: &'static [&'static [&'static str]],
}

const ONE: &[&str] = &["one"];
const BOTH: &[&str] = &["one", "other"];
const NEITHER: &[&str] = &[];

const AT_LEAST_ONE: List = List {
    keyword: "atLeastOne",
    kept: &[ONE, BOTH],
    broken: &[NEITHER],
};

const LISTS: &[List] = &[
    List {
        keyword: "forbid",
        kept: &[NEITHER],
        broken: &[ONE, BOTH],
    },
    List {
        keyword: "require",
        kept: &[BOTH],
        broken: &[NEITHER, ONE],
    },
    List {
        keyword: "exactlyOne",
        kept: &[ONE, &["other"]],
        broken: &[NEITHER, BOTH],
    },
    AT_LEAST_ONE,
    List {
        keyword: "together",
        kept: &[NEITHER, BOTH],
        broken: &[ONE],
    },
];

/// The member `decides`, on which the rule depends.
struct Condition {
    name: String,
    schema: Value,
    /// The `when` of the rule.
    when: Value,
    /// Values for which the rule applies.
    applies: Vec<Value>,
    /// A value for which it does not.
    other: Value,
}

fn conditions() -> Vec<Condition> {
    let colour = || reference("Colour");
    let condition = |name: &str, schema, when: Value, other: Value| Condition {
        name: name.to_owned(),
        schema,
        applies: when
            .as_array()
            .cloned()
            .unwrap_or_else(|| vec![when.clone()]),
        when,
        other,
    };
    vec![
        condition(
            "a boolean",
            json!({"type": "boolean"}),
            json!(true),
            json!(false),
        ),
        condition(
            "both values of a boolean",
            json!({"type": "boolean"}),
            json!([true, false]),
            Value::Null,
        ),
        condition("an enum", colour(), json!("dark-blue"), json!("red")),
        condition(
            "values of an enum",
            colour(),
            json!(["dark-blue", "type"]),
            json!("red"),
        ),
        condition("no value", colour(), json!([]), json!("red")),
    ]
}

/// A condition on a member of this type.
fn condition_on(ty: &Type) -> Condition {
    let [when, other] = ty.samples.clone();
    Condition {
        name: ty.name.clone(),
        schema: ty.schema("Sent"),
        applies: vec![when.clone()],
        when,
        other,
    }
}

/// Where the object with the rule stands.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Holder {
    Body,
    ListAsBody,
    MapAsBody,
    Member,
    Item,
    ItemOfItem,
    ValueOfMember,
    SentAndReceived,
    Response,
}

use Holder::{
    Body, Item, ItemOfItem, ListAsBody, MapAsBody, Member, Response, SentAndReceived, ValueOfMember,
};

const HOLDERS: &[(Holder, &str)] = &[
    (Body, "a body"),
    (ListAsBody, "an item of a body"),
    (MapAsBody, "a value of a body"),
    (Member, "a member of a body"),
    (Item, "an item of a member"),
    (ItemOfItem, "an item of a list of lists"),
    (ValueOfMember, "a value of a member"),
    (SentAndReceived, "what is sent and received"),
    (Response, "a response"),
];

impl Holder {
    /// The schema that holds one, and whether it is a body itself.
    fn schema(self, held: Value) -> (Value, bool) {
        let list = |items: Value| json!({"type": "array", "items": items});
        let map = |values: Value| json!({"type": "object", "additionalProperties": values});
        match self {
            Body | SentAndReceived | Response => (held, true),
            ListAsBody => (list(held), true),
            MapAsBody => (map(held), true),
            Member => (json!({"allOf": [held]}), false),
            Item => (list(held), false),
            ItemOfItem => (list(list(held)), false),
            ValueOfMember => (map(held), false),
        }
    }

    fn value(self, held: Value) -> Value {
        match self {
            Body | SentAndReceived | Response => held,
            ListAsBody => json!([held]),
            MapAsBody => json!({"a": held}),
            Member => json!({"held": held}),
            Item => json!({"held": [held]}),
            ItemOfItem => json!({"held": [[held]]}),
            ValueOfMember => json!({"held": {"a": held}}),
        }
    }
}

/// One rule, and the object that has it.
struct Case<'a> {
    name: String,
    list: &'a List,
    condition: Option<Condition>,
    /// The type of the member `one`.
    ty: &'a Type,
    required: &'a [&'a str],
    holder: Holder,
}

/// Returns all cells: each with its name and its operation.
pub fn all() -> Vec<(String, Fragment)> {
    let types: Vec<Type> = types::plain().into_iter().chain(types::samples()).collect();
    let text = types.iter().find(|ty| ty.name == "text");
    let text = text.expect("text is a type");
    let case = |name: String, list, condition| Case {
        name: format!("rule / {name}"),
        list,
        condition,
        ty: text,
        required: &[],
        holder: Body,
    };
    let mut cases = Vec::new();
    for list in LISTS {
        let keyword = list.keyword;
        cases.push(case(format!("{keyword} / always"), list, None));
        for condition in conditions() {
            let name = format!("{keyword} / {}", condition.name);
            cases.push(case(name, list, Some(condition)));
        }
        cases.push(Case {
            required: ONE,
            ..case(format!("{keyword} / a required member"), list, None)
        });
    }
    for ty in &types {
        let name = format!("depends on {}", ty.name);
        cases.push(case(name, &AT_LEAST_ONE, Some(condition_on(ty))));
        let name = format!("about {}", ty.name);
        cases.push(Case {
            ty,
            ..case(name, &AT_LEAST_ONE, None)
        });
    }
    for condition in conditions() {
        let name = format!("depends on {}, which is required", condition.name);
        cases.push(Case {
            required: &["decides"],
            ..case(name, &AT_LEAST_ONE, Some(condition))
        });
    }
    for (holder, name) in HOLDERS {
        cases.push(Case {
            holder: *holder,
            ..case(format!("in {name}"), &AT_LEAST_ONE, None)
        });
    }
    cases
        .iter()
        .map(|case| (case.name.clone(), case.fragment()))
        .collect()
}

impl Case<'_> {
    fn fragment(&self) -> Fragment {
        let id = self.name.to_lower_camel_case();
        let name = format!("{id} object").to_pascal_case();
        let mut fragment = Fragment::default();
        fragment.schemas.insert(name.clone(), self.schema());
        let (schema, is_body) = self.holder.schema(reference(&name));
        let schema = match is_body {
            true => schema,
            false => {
                let name = format!("{id} holder").to_pascal_case();
                let members = [("held".to_owned(), described(schema))]
                    .into_iter()
                    .collect();
                fragment.schemas.insert(name.clone(), object(members, &[]));
                reference(&name)
            }
        };
        let (path, mut operation) = (format!("/rules/{id}"), operation(&id, TAG));
        let kept = self.values(self.list.kept);
        let content = content(schema, &self.holder.value(kept[0].clone()));
        let (is_sent, is_received) = (
            self.holder != Response,
            [SentAndReceived, Response].contains(&self.holder),
        );
        if is_sent {
            operation["requestBody"] = json!({"required": true, "content": content});
        }
        if is_received {
            operation["responses"] = success(content);
        }
        fragment.operation(&path, if is_sent { "put" } else { "get" }, operation);
        let unaffected = self.unaffected();
        let accepted = kept
            .into_iter()
            .chain(unaffected)
            .map(|value| (value, false));
        let refused = self.values(self.list.broken).into_iter();
        for (value, is_refused) in accepted.chain(refused.map(|value| (value, true))) {
            let value = self.holder.value(value);
            let mut exercise = Exercise::new(&id, &path);
            exercise.is_refused = is_refused;
            exercise.answer = is_received.then(|| value.clone());
            exercise.body = is_sent.then_some(value);
            fragment.exercises.push(exercise.json());
        }
        fragment
    }

    /// The object with the rule.
    fn schema(&self) -> Value {
        let text = json!({"type": "string"});
        let mut members = Map::new();
        let deciding = self.condition.iter();
        let deciding = deciding.map(|condition| ("decides", condition.schema.clone()));
        for (name, schema) in [("one", self.ty.schema("Sent")), ("other", text)]
            .into_iter()
            .chain(deciding)
        {
            members.insert(name.to_owned(), described(schema));
        }
        let required: Vec<String> = self.required.iter().map(ToString::to_string).collect();
        let mut rule = json!({
            "reason": "Atlas says so.",
            "source": {"wire": "Seen."},
            self.list.keyword: ["one", "other"],
        });
        if let Some(condition) = &self.condition {
            rule["when"] = json!({"decides": condition.when});
        }
        let mut schema = object(members, &required);
        schema["x-atlas-rules"] = json!([rule]);
        schema
    }

    /// The object with each of these lists of members, for each value with which the rule applies.
    fn values(&self, members: &[&[&str]]) -> Vec<Value> {
        let deciding: Vec<Option<&Value>> = match &self.condition {
            Some(condition) if !condition.applies.is_empty() => {
                condition.applies.iter().map(Some).collect()
            }
            _ => vec![None],
        };
        let members = members.iter();
        members
            .flat_map(|members| deciding.iter().map(|value| self.value(members, *value)))
            .collect()
    }

    fn value(&self, members: &[&str], decides: Option<&Value>) -> Value {
        let mut value = json!({});
        for member in members {
            value[member] = match *member {
                "one" => self.ty.samples[0].clone(),
                _ => json!("a"),
            };
        }
        if let Some(decides) = decides {
            value["decides"] = decides.clone();
        }
        value
    }

    /// Objects to which the rule does not apply, although they would break it.
    fn unaffected(&self) -> Vec<Value> {
        let Some(condition) = &self.condition else {
            return Vec::new();
        };
        let without = (!self.required.contains(&"decides")).then_some(None);
        let other = Some(&condition.other).filter(|other| !other.is_null());
        let deciding = without.into_iter().chain(other.map(Some));
        deciding
            .flat_map(|value| {
                let broken = self.list.broken.iter();
                broken.map(move |members| self.value(members, value))
            })
            .collect()
    }
}

/// The schema of a member.
fn described(mut schema: Value) -> Value {
    if schema.get("$ref").is_some() {
        schema = json!({"allOf": [schema]});
    }
    schema["description"] = json!("A member.");
    schema
}
