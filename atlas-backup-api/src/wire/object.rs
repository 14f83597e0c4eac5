//! Cheap, tolerant, lossless objects.
//!
//! serde's derives cost about 305 expanded lines a type, and its `flatten` (the usual way to keep unknown members) costs
//! more again. So the macros of `objects.rs` expand to the plain struct and two small visitors that show each member as
//! `&dyn Member`; everything that decodes, encodes and prints is written once, here, over [`Value`], and is not generic.
//!
//! What an object has no field for is kept beside its fields and written back, if it has the place (see [`Extra`]): unknown
//! members, and values of optional members that their field cannot hold, whatever is wrong with them. So is which lists and maps
//! came, for an empty one does not tell: one that came is written also after the program emptied it. Some members were seen in another
//! form than the documented one (`other_form`): their field holds it, and it is written as it came.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};

use crate::wire::extra::{Extra, WireForm};
use crate::wire::mismatch::Mismatch;
use crate::wire::other_form::OtherForm;

/// What there is an empty value of, to decode into.
pub(crate) trait Empty {
    /// The empty value. A constant costs no code where it is used.
    const EMPTY: Self;
}

/// Anything that can stand as a member's value, or as an answer.
pub(crate) trait Member {
    /// What is expected here, for messages: "text", "a list".
    fn expected(&self) -> &'static str;

    /// Reads a JSON value into a blank, which is blank again where that fails.
    fn decode(&mut self, value: &Value) -> Result<(), Mismatch>;

    /// As `Debug` has it.
    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// The JSON value, also of what is empty: `[]`, `{}`, and `null` for an absent one.
    fn value(&self) -> Value;

    /// Whether something is there to be written.
    fn presence(&self) -> Presence {
        Presence::Given
    }
}

impl fmt::Debug for dyn Member + '_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.debug(f)
    }
}

/// Whether a member has something to be written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Presence {
    /// No value.
    Absent,
    /// A list or a map without items. By itself it does not tell whether it is absent or was emptied: [`Extra::came`] does.
    Empty,
    /// A value.
    Given,
}

/// What the wire calls a member, and how it is treated.
pub(crate) struct Wire {
    name: &'static str,
    field: &'static str,
    required: bool,
    secret: bool,
    other_form: Option<OtherForm>,
}

impl Wire {
    pub(crate) const fn new(name: &'static str, field: &'static str) -> Self {
        Wire {
            name,
            field,
            required: false,
            secret: false,
            other_form: None,
        }
    }

    /// Without it the object is useless: its absence is an error, and it is always written.
    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// It is a credential in itself: never printed.
    pub(crate) const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// See [`OtherForm::OneItem`].
    pub(crate) const fn one_item(mut self) -> Self {
        self.other_form = Some(OtherForm::OneItem);
        self
    }

    /// See [`OtherForm::WholeAnswer`].
    pub(crate) const fn whole_answer(mut self) -> Self {
        self.other_form = Some(OtherForm::WholeAnswer);
        self
    }

    /// See [`OtherForm::DateTime`].
    pub(crate) const fn date_time(mut self) -> Self {
        self.other_form = Some(OtherForm::DateTime);
        self
    }
}

/// What is the same for all values of an object.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    /// In the order in which they are visited.
    pub(crate) members: &'static [Wire],
}

/// A struct made by `response!`, `request_body!` or `resource!`.
pub(crate) trait Object {
    fn shape(&self) -> &'static Shape;

    fn visit(&self, see: &mut dyn FnMut(&dyn Member));

    fn visit_mut(&mut self, see: &mut dyn FnMut(&mut dyn Member));

    /// None for a body, which has no place for members it does not know.
    fn extra(&self) -> Option<&Extra> {
        None
    }

    fn extra_mut(&mut self) -> Option<&mut Extra> {
        None
    }
}

impl<T: Object> Member for T {
    fn expected(&self) -> &'static str {
        "an object"
    }

    fn decode(&mut self, value: &Value) -> Result<(), Mismatch> {
        fill(self, value)
    }

    fn debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self, f)
    }

    fn value(&self) -> Value {
        encode(self)
    }
}

/// Shows each member with what the wire calls it.
fn visit(object: &dyn Object, mut see: impl FnMut(&'static Wire, &dyn Member)) {
    let mut wires = object.shape().members.iter();
    object.visit(&mut |member| {
        if let Some(wire) = wires.next() {
            see(wire, member);
        }
    });
}

/// Reads an object into a blank. Where that fails, what was read of it until then is left in it.
pub(crate) fn fill(object: &mut dyn Object, value: &Value) -> Result<(), Mismatch> {
    let Value::Object(members) = value else {
        return Err(Mismatch::new("an object", value));
    };
    let (shape, keeps) = (object.shape(), object.extra().is_some());
    let is_item = |wire: &&Wire| {
        wire.other_form == Some(OtherForm::WholeAnswer) && !members.contains_key(wire.name)
    };
    if let Some(wire) = shape.members.iter().find(is_item) {
        return fill_with_item(object, wire, value);
    }
    let (mut wires, mut reading) = (
        shape.members.iter(),
        Reading {
            kept: Map::new(),
            came: Vec::new(),
            keeps,
        },
    );
    let (mut known, mut outcome) = (0, Ok(()));
    object.visit_mut(&mut |member| {
        if let (Some(wire), Ok(())) = (wires.next(), &outcome) {
            let value = members.get(wire.name);
            known += usize::from(value.is_some());
            outcome = reading
                .member(wire, member, value)
                .map_err(|mismatch| mismatch.inside(wire.name));
        }
    });
    outcome?;
    let Reading { mut kept, came, .. } = reading;
    if known < members.len() {
        let unknown = members
            .iter()
            .filter(|(name, _)| shape.members.iter().all(|wire| wire.name != *name));
        kept.extend(unknown.map(|(name, value)| (name.clone(), value.clone())));
    }
    match (object.extra_mut(), kept.keys().next()) {
        (Some(extra), _) => *extra = Extra::read(kept, came),
        (None, Some(name)) => return Err(Mismatch::unknown().inside(name)),
        (None, None) => {}
    }
    Ok(())
}

/// Reads the only item of a list into a blank that has the list, where the item came in place of the whole.
fn fill_with_item(
    object: &mut dyn Object,
    list: &'static Wire,
    item: &Value,
) -> Result<(), Mismatch> {
    let (mut wires, mut outcome) = (object.shape().members.iter(), Ok(()));
    object.visit_mut(&mut |member| {
        if wires.next().is_some_and(|wire| wire.name == list.name) {
            let decoded = member.decode(&Value::Array(vec![item.clone()]));
            // It is no item either, so what is wrong with it is that the list is missing.
            outcome = decoded.map_err(|_| Mismatch::missing(member.expected()).inside(list.name));
        }
    });
    if let Some(extra) = object.extra_mut() {
        *extra = Extra::read(Map::new(), vec![(list.name, WireForm::InOtherForm)]);
    }
    outcome
}

/// An object while its members are read.
struct Reading {
    /// What no field holds.
    kept: Map<String, Value>,
    /// How the members came of which the field alone does not tell.
    came: Vec<(&'static str, WireForm)>,
    /// Whether the object has a place for what no field holds.
    keeps: bool,
}

impl Reading {
    fn member(
        &mut self,
        wire: &'static Wire,
        member: &mut dyn Member,
        value: Option<&Value>,
    ) -> Result<(), Mismatch> {
        // Empty is empty only where absent and empty look the same.
        let is_list = member.presence() == Presence::Empty;
        let value = match value {
            None if wire.required => return Err(Mismatch::missing(member.expected())),
            Some(null @ Value::Null) if wire.required => {
                return Err(Mismatch::new(member.expected(), null));
            }
            None | Some(Value::Null) => return Ok(()),
            Some(value) => value,
        };
        let other = wire.other_form.and_then(|form| form.read(value));
        match member.decode(other.as_ref().unwrap_or(value)) {
            Ok(()) if self.keeps && other.is_some() => {
                self.came.push((wire.name, WireForm::InOtherForm))
            }
            Ok(()) if self.keeps && is_list => self.came.push((wire.name, WireForm::AsDocumented)),
            Ok(()) => {}
            // One odd member must not take the rest with it.
            Err(_) if self.keeps && !wire.required => {
                drop(self.kept.insert(wire.name.to_owned(), value.clone()))
            }
            Err(mismatch) => return Err(mismatch),
        }
        Ok(())
    }
}

/// Whether two of the same type have equal members, and equal ones that no field holds.
pub(crate) fn equal(one: &dyn Object, other: &dyn Object) -> bool {
    let mut values = Vec::new();
    one.visit(&mut |member| values.push(member.value()));
    let (mut values, mut equal) = (values.iter(), one.extra() == other.extra());
    other.visit(&mut |member| equal = values.next() == Some(&member.value()) && equal);
    equal
}

/// What tells an object from others of its kind: its required members. None where it has none.
pub(crate) fn identity(object: &dyn Object) -> Option<String> {
    let mut identity = None;
    visit(object, |wire, member| {
        if wire.required {
            identity
                .get_or_insert_with(String::new)
                .push_str(&member.value().to_string());
        }
    });
    identity
}

fn encode(object: &dyn Object) -> Value {
    let (mut members, extra) = (Map::new(), object.extra());
    let came = |wire: &Wire| extra.and_then(|extra| extra.form(wire.name));
    let mut whole = None;
    visit(object, |wire, member| {
        let written = match member.presence() {
            Presence::Given => true,
            // Emptied by the program or by Atlas, if it came. Left out, Atlas would keep what it has.
            Presence::Empty => wire.required || came(wire).is_some(),
            Presence::Absent => wire.required,
        };
        if written {
            let form = wire
                .other_form
                .filter(|_| came(wire) == Some(WireForm::InOtherForm));
            if form == Some(OtherForm::WholeAnswer) {
                whole = Some(wire.name);
            }
            let value = member.value();
            members.insert(
                wire.name.to_owned(),
                form.map_or(value.clone(), |form| form.write(value)),
            );
        }
    });
    for (name, value) in extra.into_iter().flat_map(Extra::iter) {
        // A field that was given a value since wins over what it could not hold before.
        if !members.contains_key(name) {
            members.insert(name.to_owned(), value.clone());
        }
    }
    match whole.and_then(|name| only_item(&members, name)) {
        Some(item) => item,
        None => Value::Object(members),
    }
}

/// The one item of the list called `name`, where the object has nothing else.
fn only_item(members: &Map<String, Value>, name: &str) -> Option<Value> {
    match members.get(name) {
        Some(Value::Array(items)) if items.len() == 1 && members.len() == 1 => {
            items.first().cloned()
        }
        _ => None,
    }
}

/// `Debug` of every object: as derived, but for secrets.
pub(crate) fn debug(object: &dyn Object, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut printed = f.debug_struct(object.shape().name);
    visit(object, |wire, member| {
        if wire.secret && member.presence() == Presence::Given {
            printed.field(wire.field, &"[redacted]");
        } else {
            printed.field(wire.field, &member);
        }
    });
    if let Some(extra) = object.extra() {
        printed.field("extra", extra);
    }
    printed.finish()
}

/// `Deserialize` of every object and enum. It goes through [`Value`], so the format must describe itself, as JSON does.
pub(crate) fn deserialize<'de, T: Member + Empty, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let mut member = T::EMPTY;
    member.decode(&value).map_err(D::Error::custom)?;
    Ok(member)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::InvalidArgument;
    use crate::validate::request_macros::{request_body, resource};
    use crate::wire::object_id::ObjectId;
    use crate::wire::object_macros::response;
    use crate::wire::open_enum::open_enum;

    open_enum! {
        /// A state.
        pub enum State {
            /// Waiting.
            Queued = "queued",
        }
    }

    response! {
        /// Holds a member of each kind.
        pub struct Job {
            /// Id.
            #[wire("id", required)]
            pub id: ObjectId,
            /// Text.
            #[wire("note")]
            pub note: Option<String>,
            /// Enum.
            #[wire("state")]
            pub state: Option<State>,
            /// Date.
            #[wire("expiresAt")]
            pub expires_at: Option<Timestamp>,
            /// Dates.
            #[wire("dates")]
            pub dates: Vec<Timestamp>,
            /// Bytes.
            #[wire("sizeBytes")]
            pub size_bytes: Option<i64>,
            /// Flag.
            #[wire("failed")]
            #[deprecated(note = "for the test")]
            pub failed: Option<bool>,
            /// Parts.
            #[wire("parts")]
            pub parts: Vec<Part>,
            /// By name.
            #[wire("labels")]
            pub labels: BTreeMap<String, String>,
            /// A credential.
            #[wire("url", secret)]
            pub url: Option<String>,
            /// Credentials.
            #[wire("urls", secret, one_item)]
            pub urls: Vec<String>,
            /// Seconds.
            #[wire("since", date_time)]
            pub since: Option<i64>,
        }
    }

    response! {
        /// A list of jobs, or the only one.
        pub struct Jobs {
            /// Parts, which a job has as well.
            #[wire("parts")]
            pub parts: Vec<Part>,
            /// Jobs.
            #[wire("results", required, whole_answer)]
            pub results: Vec<Job>,
        }
    }

    response! {
        /// Nothing but what is unknown.
        pub struct Part {
            /// Number.
            #[wire("n")]
            pub n: Option<i64>,
        }
    }

    request_body! {
        /// What is sent.
        pub struct Ask {
            /// Required, also where it is empty.
            #[wire("parts", required)]
            pub parts: Vec<i64>,
            /// Optional.
            #[wire("until")]
            pub until: Option<Timestamp>,
            /// Optional, and empty is not absent.
            #[wire("regions")]
            pub regions: Option<Vec<String>>,
            /// A credential.
            #[wire("token", secret)]
            pub token: Option<String>,
        }
    }

    impl Ask {
        /// No rules.
        pub fn validate(&self) -> Result<(), InvalidArgument> {
            Ok(())
        }
    }

    resource! {
        /// Comes and goes.
        #[derive(Default)]
        pub struct Policy {
            /// Days.
            #[wire("days")]
            pub days: Option<i64>,
        }
    }

    impl Policy {
        /// No rules.
        pub fn validate(&self) -> Result<(), InvalidArgument> {
            Ok(())
        }
    }

    resource! {
        /// A list that can be absent, and one that cannot.
        pub struct Update {
            /// Dates.
            #[wire("dates")]
            pub dates: Option<Vec<Timestamp>>,
            /// Numbers.
            #[wire("parts")]
            pub parts: Vec<i64>,
        }
    }

    impl Update {
        /// No rules.
        pub fn validate(&self) -> Result<(), InvalidArgument> {
            Ok(())
        }
    }

    fn read_as<T: Member + Empty>(value: Value) -> Result<T, String> {
        let mut member = T::EMPTY;
        member
            .decode(&value)
            .map_err(|mismatch| mismatch.to_string())?;
        Ok(member)
    }

    fn job(value: Value) -> Job {
        read_as(value).unwrap()
    }

    /// What it takes to be equal JSON: null is absent.
    fn without_nulls(value: Value) -> Value {
        match value {
            Value::Array(items) => items
                .into_iter()
                .filter(|item| !item.is_null())
                .map(without_nulls)
                .collect(),
            Value::Object(members) => members
                .into_iter()
                .filter(|(_, v)| !v.is_null())
                .map(|(k, v)| (k, without_nulls(v)))
                .collect(),
            other => other,
        }
    }

    fn assert_lossless(value: Value) {
        assert_eq!(
            without_nulls(job(value.clone()).value()),
            without_nulls(value)
        );
    }

    fn full() -> Value {
        json!({
            "id": "32b6e34b3d91647abb20e7b8", "note": "n", "state": "queued", "expiresAt": "2020-09-24T03:50:43Z",
            "dates": ["2020-09-24T03:50:43Z"], "sizeBytes": 5_000_000_000_i64, "failed": false,
            "parts": [{"n": 1}, {}], "labels": {"a": "b"}, "url": "https://h/?sig=1", "urls": ["https://h/?sig=2"],
            "since": 60,
        })
    }

    #[test]
    #[allow(deprecated)]
    fn every_member_is_read_and_written() {
        let job = job(full());
        assert_eq!(job.id, "32b6e34b3d91647abb20e7b8");
        assert_eq!(job.note.as_deref(), Some("n"));
        assert_eq!(job.state, Some(State::Queued));
        assert_eq!(
            job.expires_at,
            Some("2020-09-24T03:50:43Z".parse().unwrap())
        );
        assert_eq!(job.dates.len(), 1);
        assert_eq!(job.size_bytes, Some(5_000_000_000));
        assert_eq!(job.failed, Some(false));
        assert_eq!(
            job.parts,
            [
                Part {
                    n: Some(1),
                    ..Part::default()
                },
                Part::default()
            ]
        );
        assert_eq!(job.labels["a"], "b");
        assert_eq!(job.url.as_deref(), Some("https://h/?sig=1"));
        assert!(job.extra.is_empty());
        assert_eq!(job.value(), full());
    }

    #[test]
    fn null_and_absent_are_the_same() {
        let id = json!("32b6e34b3d91647abb20e7b8");
        let absent = job(json!({"id": id}));
        assert_eq!(
            absent,
            Job {
                id: absent.id.clone(),
                ..Job::default()
            }
        );
        let names: Vec<String> = full()
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| *name != "id")
            .cloned()
            .collect();
        let nulls: Map<String, Value> = names.into_iter().map(|name| (name, Value::Null)).collect();
        let mut nulls = Value::Object(nulls);
        nulls["id"] = id.clone();
        assert_eq!(job(nulls), absent);
        assert_eq!(absent.value(), json!({"id": id}));
    }

    #[test]
    fn a_required_member_is_needed() {
        assert_eq!(
            read_as::<Job>(json!({})).unwrap_err(),
            "id: expected text, but it is missing"
        );
        assert_eq!(
            read_as::<Job>(json!({"id": null})).unwrap_err(),
            "id: expected text, found null"
        );
        assert_eq!(
            read_as::<Job>(json!({"id": 1})).unwrap_err(),
            "id: expected text, found a number"
        );
    }

    #[test]
    fn unknown_members_are_kept_and_written_back() {
        let mut value = full();
        value["newer"] = json!({"deep": [1, null]});
        value["nothing"] = Value::Null;
        value["parts"][1]["newer"] = json!("x");
        value["state"] = json!("ondemand");
        let job = job(value.clone());
        assert_eq!(job.extra.get("newer"), Some(&json!({"deep": [1, null]})));
        assert_eq!(job.parts[1].extra.get("newer"), Some(&json!("x")));
        assert_eq!(job.value(), value);
    }

    #[test]
    fn a_value_no_field_can_hold_is_kept_and_written_back() {
        for (name, value) in [
            ("expiresAt", json!("soon")),
            ("dates", json!(["2020-09-24T03:50:43Z", "soon", "later"])),
            ("dates", json!([])),
            ("labels", json!({})),
            ("parts", json!([])),
            ("sizeBytes", json!(1.5)),
            ("sizeBytes", json!(u64::MAX)),
            ("parts", json!([{"n": 0.5}])),
        ] {
            let mut whole = full();
            whole[name] = value;
            assert_lossless(whole);
        }
        let job = job(json!({"id": "", "expiresAt": "soon", "parts": []}));
        assert_eq!(job.expires_at, None);
        assert_eq!(
            job.extra.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            ["expiresAt"]
        );
    }

    #[test]
    fn a_list_that_is_cleared_is_written_as_empty() {
        let mut job = job(full());
        job.dates.clear();
        job.parts.clear();
        job.labels.clear();
        job.urls.clear();
        let mut cleared = full();
        for (name, empty) in [
            ("dates", json!([])),
            ("parts", json!([])),
            ("labels", json!({})),
            ("urls", json!([])),
        ] {
            cleared[name] = empty;
        }
        assert_eq!(job.value(), cleared);
        assert_eq!(job.clone().value(), cleared);
    }

    #[test]
    fn a_list_that_never_came_is_not_written() {
        let mut job = job(json!({"id": "", "parts": null}));
        job.parts.push(Part::default());
        job.parts.clear();
        assert_eq!(job.value(), json!({"id": ""}));
        assert_eq!(job, Job::default());
    }

    #[test]
    fn an_empty_list_is_nothing_extra() {
        let mut job = job(json!({"id": "", "parts": [], "labels": {}}));
        assert!(job.extra.is_empty());
        assert_eq!(
            (job.extra.get("parts"), job.extra.iter().count()),
            (None, 0)
        );
        assert!(format!("{job:?}").ends_with("extra: {} }"), "{job:?}");
        assert_eq!(
            job,
            Job::default(),
            "whether an empty list came is not compared"
        );
        assert_eq!(job.value(), json!({"id": "", "parts": [], "labels": {}}));
        job.parts.push(Part::default());
        assert_eq!(job.extra.get("parts"), None);
    }

    #[test]
    fn an_empty_list_can_be_taken_out_or_replaced() {
        let mut job = job(json!({"id": "", "parts": [], "dates": []}));
        assert_eq!(job.extra.remove("parts"), None);
        assert_eq!(job.extra.insert("dates", json!(["soon"])), None);
        assert_eq!(job.value(), json!({"id": "", "dates": ["soon"]}));
    }

    #[test]
    fn a_list_that_could_not_be_held_was_not_cleared() {
        let job = job(json!({"id": "", "dates": ["soon"]}));
        assert!(!job.extra.was_present("dates"));
        assert_eq!(job.value(), json!({"id": "", "dates": ["soon"]}));
    }

    #[test]
    fn what_is_none_stays_away() {
        let mut ask: Update =
            read_as(json!({"dates": ["2020-09-24T03:50:43Z"], "parts": [1]})).unwrap();
        // As when `extra` is that of an answer whose member is a plain list.
        ask.extra = job(json!({"id": "", "dates": [], "parts": []})).extra;
        ask.dates = None;
        ask.parts.clear();
        assert_eq!(ask.value(), json!({"parts": []}));
    }

    #[test]
    fn a_field_that_is_set_wins_over_what_was_kept() {
        let mut job = job(json!({"id": "", "expiresAt": "soon", "parts": [], "newer": 1}));
        job.expires_at = Some(Timestamp::UNIX_EPOCH);
        job.parts.push(Part::default());
        assert_eq!(
            job.value(),
            json!({"id": "", "expiresAt": "1970-01-01T00:00:00Z", "parts": [{}], "newer": 1})
        );
    }

    #[test]
    fn nulls_in_lists_are_dropped() {
        let job = job(
            json!({"id": "", "parts": [null, {"n": 1}, null], "labels": {"a": null, "b": "c"}}),
        );
        assert_eq!(job.parts.len(), 1);
        assert_eq!(job.labels.len(), 1);
        assert_lossless(json!({"id": "", "parts": [null], "labels": {"a": null}}));
    }

    #[test]
    fn an_optional_member_of_another_type_is_kept_and_written_back() {
        for (name, value) in [
            ("note", json!(1)),
            ("state", json!({})),
            ("expiresAt", json!(1_533_153_727_000_i64)),
            ("dates", json!("2020-09-24T03:50:43Z")),
            ("sizeBytes", json!("4321554432")),
            ("failed", json!("true")),
            ("parts", json!({"self": "https://h/"})),
            ("parts", json!([{}, 7])),
            ("labels", json!({"a.b": 1})),
            ("url", json!(["https://h/?sig=1"])),
            ("urls", json!({"first": "https://h/?sig=1"})),
            ("since", json!("2018-08-01T20:02:07.5Z")),
            ("since", json!([60])),
        ] {
            let (mut whole, mut without) = (full(), full());
            whole[name] = value.clone();
            without[name] = Value::Null;
            let (mut job, expected) = (job(whole.clone()), self::job(without));
            assert_eq!(job.extra.get(name), Some(&value), "{name}");
            assert_eq!(job.value(), whole, "{name}");
            job.extra = Extra::NONE;
            assert_eq!(job, expected, "{name}: another member was touched");
        }
        let job = job(json!({"id": "", "parts": [{}, {"n": "x"}]}));
        assert!(
            job.extra.is_empty(),
            "the list is held, and its item keeps what it cannot hold"
        );
        assert_eq!(job.parts[1].extra.get("n"), Some(&json!("x")));
    }

    #[test]
    fn what_is_required_is_told_with_its_place_and_without_its_content() {
        for (value, message) in [
            (json!("hunter2"), "expected an object, found text"),
            (json!(null), "expected an object, found null"),
            (
                json!({"results": null}),
                "results: expected a list, found null",
            ),
            (
                json!({"results": {"hunter2": 1}}),
                "results: expected a list, found an object",
            ),
            (
                json!({"results": [{"id": "a"}, null, "hunter2"]}),
                "results[2]: expected an object, found text",
            ),
            (
                json!({"results": [{"id": "a"}, {"note": "hunter2"}]}),
                "results[1].id: expected text, but it is missing",
            ),
            (
                json!({"message": "hunter2"}),
                "results: expected a list, but it is missing",
            ),
            (json!({}), "results: expected a list, but it is missing"),
        ] {
            assert_eq!(read_as::<Jobs>(value).unwrap_err(), message);
        }
    }

    #[test]
    fn one_item_is_read_as_the_list_of_it() {
        let one = json!({"id": "", "urls": "https://h/?sig=1"});
        let mut job = job(one.clone());
        assert_eq!(job.urls, ["https://h/?sig=1"]);
        assert!(job.extra.is_empty());
        assert_eq!(job.value(), one);
        job.urls.push("https://h/?sig=2".to_owned());
        assert_eq!(
            job.value()["urls"],
            json!(["https://h/?sig=1", "https://h/?sig=2"]),
            "text cannot hold two"
        );
        job.urls.clear();
        assert_eq!(job.value()["urls"], json!([]));
    }

    #[test]
    fn a_date_time_is_read_as_the_seconds_of_it() {
        let dated = json!({"id": "", "since": "2018-08-01T20:02:07Z"});
        let mut job = job(dated.clone());
        assert_eq!(job.since, Some(1_533_153_727));
        assert_eq!(job.value(), dated);
        job.since = Some(60);
        assert_eq!(job.value()["since"], json!("1970-01-01T00:01:00Z"));
        job.since = None;
        assert_eq!(job.value(), json!({"id": ""}));
    }

    #[test]
    fn an_item_in_place_of_the_whole_is_read_as_the_list_of_it() {
        for whole in [full(), json!({"results": [full()]}), json!({"results": []})] {
            let mut jobs: Jobs = read_as(whole.clone()).unwrap();
            assert!(
                jobs.extra.is_empty() && jobs.parts.is_empty(),
                "what the item has is the item's"
            );
            assert_eq!(jobs.value(), whole);
            jobs.parts.push(Part::default());
            assert_eq!(
                jobs.value()["parts"],
                json!([{}]),
                "what only the list has is not lost"
            );
        }
        let jobs: Jobs = read_as(full()).unwrap();
        assert_eq!(jobs.results, [job(full())]);
    }

    #[test]
    #[rustfmt::skip]
    fn debug_redacts_secrets() {
        let mut value = full();
        value["newer"] = json!("hunter2");
        assert_eq!(
            format!("{:?}", job(value)),
            "Job { id: ObjectId(\"32b6e34b3d91647abb20e7b8\"), note: Some(\"n\"), state: Some(Queued), \
             expires_at: Some(2020-09-24T03:50:43Z), dates: [2020-09-24T03:50:43Z], size_bytes: Some(5000000000), \
             failed: Some(false), parts: [Part { n: Some(1), extra: {} }, Part { n: None, extra: {} }], \
             labels: {\"a\": \"b\"}, url: \"[redacted]\", urls: \"[redacted]\", since: Some(60), extra: {\"newer\"} }"
        );
        let absent = format!("{:?}", Job::default());
        assert!(absent.contains("url: None, urls: [], since: None, extra: {}"), "{absent}");
        let ask = Ask { parts: vec![1], until: None, regions: None, token: Some("hunter2".to_owned()) };
        assert_eq!(format!("{ask:?}"), "Ask { parts: [1], until: None, regions: None, token: \"[redacted]\" }");
        assert!(format!("{ask:#?}").contains("\n    token: \"[redacted]\",\n"));
    }

    #[test]
    fn a_secret_of_another_type_is_not_shown_either() {
        let job = job(json!({"id": "", "url": {"hunter2": 1}}));
        assert!(!format!("{job:?}").contains("hunter2"), "{job:?}");
    }

    #[test]
    fn a_body_writes_what_it_must_and_what_was_set() {
        let mut ask = Ask::EMPTY;
        assert_eq!(ask.value(), json!({"parts": []}));
        ask.regions = Some(vec![]);
        ask.until = Some(Timestamp::UNIX_EPOCH);
        let written = json!({"parts": [], "regions": [], "until": "1970-01-01T00:00:00Z"});
        assert_eq!(ask.value(), written);
        assert_eq!(read_as::<Ask>(written).unwrap(), ask);
    }

    #[test]
    fn a_body_refuses_what_it_would_lose() {
        for (value, message) in [
            (json!({}), "parts: expected a list, but it is missing"),
            (json!({"parts": [], "untill": 1}), "untill: no such member"),
            (
                json!({"parts": [], "until": "soon"}),
                "until: expected a date-time, found text",
            ),
            (
                json!({"parts": [1, 1.5]}),
                "parts[1]: expected an integer of 64 bits, found a number",
            ),
        ] {
            assert_eq!(read_as::<Ask>(value).unwrap_err(), message);
        }
    }

    #[test]
    fn what_is_shared_keeps_what_is_unknown() {
        let value = json!({"days": 1, "newer": true});
        let mut policy: Policy = read_as(value).unwrap();
        policy.days = Some(2);
        assert_eq!(policy.value(), json!({"days": 2, "newer": true}));
        assert_eq!(
            Policy {
                days: Some(2),
                ..Policy::default()
            }
            .value(),
            json!({"days": 2})
        );
    }

    #[test]
    fn serde_goes_the_same_way() {
        let job: Job = serde_json::from_value(full()).unwrap();
        assert_eq!(serde_json::to_value(&job).unwrap(), full());
        let error = serde_json::from_str::<Job>(r#"{"id": 1}"#).unwrap_err();
        assert_eq!(error.to_string(), "id: expected text, found a number");
        assert_eq!(
            serde_json::from_value::<Option<Policy>>(json!(null)).unwrap(),
            None
        );
    }

    #[test]
    fn anything_at_all_gives_a_value_or_an_error() {
        let odd = [
            json!(null),
            json!(true),
            json!(-1),
            json!(1e308),
            json!(""),
            json!([[]]),
            json!({"": {}}),
            full(),
        ];
        for name in full().as_object().unwrap().keys() {
            for value in &odd {
                let mut whole = full();
                whole[name] = value.clone();
                match read_as::<Job>(whole.clone()) {
                    Ok(job) => assert_eq!(without_nulls(job.value()), without_nulls(whole)),
                    Err(_) => assert_eq!(name, "id", "{whole}"),
                }
            }
        }
    }
}
