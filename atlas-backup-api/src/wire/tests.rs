//! Objects, lists and plain values, read from JSON text and from JSON values.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::de::IntoDeserializer;
use serde::de::value::{self, MapDeserializer};
use serde_json::{Map, Value, json};

use super::extra::Extra;
use super::field::{Empty, Field};
use super::read::{self, ReadError};
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
    /// Holds others of its own type.
    pub struct Node {
        /// Name.
        #[wire("name", required)]
        pub name: String,
        /// Next.
        #[wire("next")]
        pub next: Option<Box<Node>>,
    }
}

#[test]
fn an_object_that_holds_itself_is_read_written_and_compared() {
    let json = json!({"name": "a", "next": {"name": "b", "next": {"name": "c", "odd": 1}}});
    let node: Node = serde_json::from_value(json.clone()).unwrap();
    let last = node.next.as_deref().and_then(|node| node.next.as_deref());
    assert_eq!(last.map(|node| &*node.name), Some("c"));
    assert_eq!(serde_json::to_value(&node).unwrap(), json);
    assert_eq!(node.clone(), node);
    // A member that does not fit is kept, and does not take the object with it.
    let json = json!({"name": "a", "next": {"nome": "b"}});
    let node: Node = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(node.next, None);
    assert_eq!(serde_json::to_value(&node).unwrap(), json);
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

fn read_as<T: Field + Empty>(value: Value) -> Result<T, String> {
    let (mut one, mut other) = (T::empty(), T::empty());
    let streamed = read::from_json(&mut one, &value.to_string());
    let parsed = read::from_value(&mut other, &value).map_err(|mismatch| mismatch.to_string());
    let read = read::deserialize::<T, _>(&value).map_err(|error| error.to_string());
    // All ways give the same, and the text also tells line and column.
    assert_eq!(parsed.as_ref().err(), read.as_ref().err());
    match streamed {
        Ok(()) => {
            let read = read.as_ref().map(|read| written(read));
            assert_eq!(read, Ok(written(&one)));
            assert_eq!(read, Ok(written(&other)));
        }
        Err(ReadError::Mismatch(mismatch)) => {
            let (message, position) = (mismatch.to_string(), " at line 1 column ");
            let (message, _) = message.rsplit_once(position).unwrap_or((&message, ""));
            assert_eq!(read.as_ref().err(), Some(&message.to_owned()));
        }
        Err(ReadError::Syntax(error)) => panic!("{error}"),
    }
    read
}

/// A value as it is written: as JSON text, and as a value of its own.
fn written(field: &dyn Field) -> Value {
    let value = field.view().to_value();
    assert_eq!(field.view().to_json().parse().ok().as_ref(), Some(&value));
    value
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
        without_nulls(written(&job(value.clone()))),
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
    assert_eq!(written(&job), full());
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
    assert_eq!(written(&absent), json!({"id": id}));
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
    assert_eq!(written(&job), value);
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
    assert_eq!(written(&job), cleared);
    assert_eq!(written(&job.clone()), cleared);
}

#[test]
fn a_list_that_never_came_is_not_written() {
    let mut job = job(json!({"id": "", "parts": null}));
    job.parts.push(Part::default());
    job.parts.clear();
    assert_eq!(written(&job), json!({"id": ""}));
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
    assert_eq!(written(&job), json!({"id": "", "parts": [], "labels": {}}));
    job.parts.push(Part::default());
    assert_eq!(job.extra.get("parts"), None);
}

#[test]
fn an_empty_list_can_be_taken_out_or_replaced() {
    let mut job = job(json!({"id": "", "parts": [], "dates": []}));
    assert_eq!(job.extra.remove("parts"), None);
    assert_eq!(job.extra.insert("dates", json!(["soon"])), None);
    assert_eq!(written(&job), json!({"id": "", "dates": ["soon"]}));
}

#[test]
fn a_list_that_could_not_be_held_was_not_cleared() {
    let job = job(json!({"id": "", "dates": ["soon"]}));
    assert!(!job.extra.was_present("dates"));
    assert_eq!(written(&job), json!({"id": "", "dates": ["soon"]}));
}

#[test]
fn what_is_none_stays_away() {
    let mut ask: Update =
        read_as(json!({"dates": ["2020-09-24T03:50:43Z"], "parts": [1]})).unwrap();
    // As when `extra` is that of an answer whose member is a plain list.
    ask.extra = job(json!({"id": "", "dates": [], "parts": []})).extra;
    ask.dates = None;
    ask.parts.clear();
    assert_eq!(written(&ask), json!({"parts": []}));
}

#[test]
fn a_field_that_is_set_wins_over_what_was_kept() {
    let mut job = job(json!({"id": "", "expiresAt": "soon", "parts": [], "newer": 1}));
    job.expires_at = Some(Timestamp::UNIX_EPOCH);
    job.parts.push(Part::default());
    assert_eq!(
        written(&job),
        json!({"id": "", "expiresAt": "1970-01-01T00:00:00Z", "parts": [{}], "newer": 1})
    );
}

#[test]
fn nulls_in_lists_are_dropped() {
    let job =
        job(json!({"id": "", "parts": [null, {"n": 1}, null], "labels": {"a": null, "b": "c"}}));
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
        assert_eq!(written(&job), whole, "{name}");
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
    assert_eq!(written(&job), one);
    job.urls.push("https://h/?sig=2".to_owned());
    assert_eq!(
        written(&job)["urls"],
        json!(["https://h/?sig=1", "https://h/?sig=2"]),
        "text cannot hold two"
    );
    job.urls.clear();
    assert_eq!(written(&job)["urls"], json!([]));
}

#[test]
fn a_date_time_is_read_as_the_seconds_of_it() {
    let dated = json!({"id": "", "since": "2018-08-01T20:02:07Z"});
    let mut job = job(dated.clone());
    assert_eq!(job.since, Some(1_533_153_727));
    assert_eq!(written(&job), dated);
    job.since = Some(60);
    assert_eq!(written(&job)["since"], json!("1970-01-01T00:01:00Z"));
    job.since = None;
    assert_eq!(written(&job), json!({"id": ""}));
}

#[test]
fn an_item_in_place_of_the_whole_is_read_as_the_list_of_it() {
    for whole in [full(), json!({"results": [full()]}), json!({"results": []})] {
        let mut jobs: Jobs = read_as(whole.clone()).unwrap();
        assert!(
            jobs.extra.is_empty() && jobs.parts.is_empty(),
            "what the item has is the item's"
        );
        assert_eq!(written(&jobs), whole);
        jobs.parts.push(Part::default());
        assert_eq!(
            written(&jobs)["parts"],
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
    let mut ask = Ask::empty();
    assert_eq!(written(&ask), json!({"parts": []}));
    ask.regions = Some(vec![]);
    ask.until = Some(Timestamp::UNIX_EPOCH);
    let whole = json!({"parts": [], "regions": [], "until": "1970-01-01T00:00:00Z"});
    assert_eq!(written(&ask), whole);
    assert_eq!(read_as::<Ask>(whole).unwrap(), ask);
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
    assert_eq!(written(&policy), json!({"days": 2, "newer": true}));
    assert_eq!(
        Policy {
            days: Some(2),
            ..Policy::default()
        }
        .view()
        .to_value(),
        json!({"days": 2})
    );
}

#[test]
fn serde_goes_the_same_way() {
    let job: Job = serde_json::from_value(full()).unwrap();
    assert_eq!(serde_json::to_value(&job).unwrap(), full());
    let error = serde_json::from_str::<Job>(r#"{"id": 1}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "id: expected text, found a number at line 1 column 8"
    );
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
                Ok(job) => assert_eq!(without_nulls(written(&job)), without_nulls(whole)),
                Err(_) => assert_eq!(name, "id", "{whole}"),
            }
        }
    }
}

/// Reads a value that needs no object around it.
fn plain<T: Field + Empty>(value: Value) -> Option<T> {
    read_as(value).ok()
}

#[test]
fn an_integer_may_be_written_as_a_float() {
    for (value, integer) in [
        (json!(1), Some(1)),
        (json!(1.0), Some(1)),
        (json!(-2.0e3), Some(-2000)),
        (json!(i64::MIN), Some(i64::MIN)),
        (json!(i64::MAX), Some(i64::MAX)),
        (json!(-9_223_372_036_854_775_808.0), Some(i64::MIN)),
        (json!(9_223_372_036_854_775_808.0), None),
        (json!(u64::MAX), None),
        (json!(1.5), None),
        (json!(1e300), None),
    ] {
        assert_eq!(plain::<i64>(value.clone()), integer, "{value}");
    }
}

#[test]
fn a_float_may_be_written_as_an_integer() {
    assert_eq!(plain::<f64>(json!(3)), Some(3.0));
    assert_eq!(plain::<f64>(json!(0.1)), Some(0.1));
    assert_eq!(plain::<f64>(json!(u64::MAX)), None, "it would lose digits");
    assert_eq!(plain::<f64>(json!("1")), None);
    assert_eq!(0.1.view().to_value(), json!(0.1));
    assert_eq!(f64::INFINITY.view().to_value(), json!(null));
}

#[test]
fn what_is_wrong_with_a_list_is_what_is_wrong_with_its_item() {
    let error = read_as::<Vec<Option<Vec<i64>>>>(json!([[1], [1, 1.5]])).unwrap_err();
    assert_eq!(
        error,
        "[1][1]: expected an integer of 64 bits, found a number"
    );
    let error =
        read_as::<BTreeMap<String, Timestamp>>(json!({"a": "1970-01-01T00:00:00Z", "b": "soon"}));
    assert_eq!(error.unwrap_err(), "b: expected a date-time, found text");
}

#[test]
fn any_value_stays_itself() {
    let value = json!({"a": [1, null]});
    assert_eq!(plain::<Value>(value.clone()), Some(value.clone()));
    assert_eq!(written(&value), value);
    assert_eq!(plain::<Value>(json!(null)), Some(json!(null)));
}

#[test]
fn a_name_that_is_repeated_counts_the_last_time() {
    let job: Job = serde_json::from_str(r#"{"id": "", "note": 1, "note": "n"}"#).unwrap();
    assert!(job.extra.is_empty(), "the first value is gone");
    let read = |text: &str| written(&serde_json::from_str::<Job>(text).unwrap());
    for (text, expected) in [
        (r#"{"id": "a", "id": "b"}"#, json!({"id": "b"})),
        (
            r#"{"id": "", "parts": [{}], "parts": [{"n": 1}]}"#,
            json!({"id": "", "parts": [{"n": 1}]}),
        ),
        (
            r#"{"id": "", "parts": [{}], "parts": null}"#,
            json!({"id": ""}),
        ),
        (r#"{"id": "", "note": 1, "note": null}"#, json!({"id": ""})),
        (
            r#"{"id": "", "note": 1, "note": "n"}"#,
            json!({"id": "", "note": "n"}),
        ),
        (
            r#"{"id": "", "note": "n", "note": 1}"#,
            json!({"id": "", "note": 1}),
        ),
        (
            r#"{"id": "", "labels": {"a": "b", "a": "c"}}"#,
            json!({"id": "", "labels": {"a": "c"}}),
        ),
        (
            r#"{"id": "", "newer": 1, "newer": 2}"#,
            json!({"id": "", "newer": 2}),
        ),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn an_error_tells_line_and_column() {
    let mut jobs = Vec::<Job>::empty();
    let read = read::from_json(&mut jobs, "[\n  {\"id\": \"a\"},\n  {\"id\": 7}\n]");
    let Err(ReadError::Mismatch(mismatch)) = read else {
        panic!("it was read")
    };
    assert_eq!(mismatch.path(), "[1].id");
    assert_eq!(
        mismatch.problem(),
        "expected text, found a number at line 3 column 10"
    );
}

#[test]
fn a_syntax_error_stays_one_wherever_it_is() {
    for text in [r#"{"id": "a"#, r#"{"id": "a", "parts": [{"n": 1"#] {
        let error = serde_json::from_str::<Job>(text).unwrap_err();
        assert!(error.is_eof(), "{error}");
    }
    let error = serde_json::from_str::<Job>(r#"{"id": "a", "parts": [{"n": ]}"#).unwrap_err();
    assert!(error.is_syntax(), "{error}");
    let error = serde_json::from_str::<Job>("{\n\"id\": 7}").unwrap_err();
    assert!(error.is_data(), "{error}");
    assert_eq!((error.line(), error.column()), (2, 7));
}

/// A parser limits how deep values are nested, but a program can create deeper ones.
#[test]
fn values_that_are_nested_deeper_than_text_can_be_are_read_compared_and_written() {
    let deep = (0..300).fold(json!(1), |inner, _| json!([inner]));
    let labels: BTreeMap<String, Value> = [("a".to_owned(), deep.clone())].into();
    assert!(labels.view().equals(labels.clone().view()));
    assert_eq!(labels.view().to_value()["a"], deep);
    let job = json!({"id": "32b6e34b3d91647abb20e7b8", "urls": deep, "since": deep, "more": deep});
    let read: Job = serde_json::from_value(job.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), job);
    let list = json!({"results": [job]});
    let read: Jobs = serde_json::from_value(list.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), list);
}

/// With `arbitrary_precision`, serde_json reads numbers as these objects.
#[test]
fn a_number_stays_one_whatever_features_of_serde_json_a_program_has() {
    let exact = |number: &str| json!({"$serde_json::private::Number": number});
    let long = exact("123456789012345678901234567890");
    let job = json!({"id": "x", "size": exact("1.5"), "more": [exact("2.25"), long]});
    let job: Job = serde_json::from_value(job).unwrap();
    assert_eq!(
        job.extra.get("more"),
        Some(&json!([2.25, 123_456_789_012_345_678_901_234_567_890_f64]))
    );
    let half = exact("0.5");
    assert_eq!(read_as::<f64>(half.clone()), Ok(0.5));
    assert_eq!(read_as::<Value>(half), Ok(json!(0.5)));
    let more = json!({"$serde_json::private::Number": "1", "other": 2});
    assert_eq!(read_as::<Value>(more.clone()), Ok(more));
}

/// Other formats than JSON have them.
#[test]
fn numbers_that_json_does_not_have_are_null_or_an_error_without_them() {
    fn read<T: Field + Empty, N>(members: [(&'static str, N); 2]) -> Result<T, String>
    where
        N: for<'de> IntoDeserializer<'de, value::Error>,
    {
        let members = MapDeserializer::new(members.into_iter());
        read::deserialize(members).map_err(|error: value::Error| error.to_string())
    }
    let part: Part = read([("n", f64::NAN), ("more", f64::INFINITY)]).unwrap();
    assert_eq!(written(&part), json!({"n": null, "more": null}));
    let part: Part = read([("n", 1_i128), ("more", i128::from(u64::MAX))]).unwrap();
    assert_eq!(written(&part), json!({"n": 1, "more": u64::MAX}));
    let refused = read::<Part, _>([("n", 1), ("more", u128::MAX)]);
    assert_eq!(refused.unwrap_err(), "expected a JSON number");
    let refused = read::<Part, _>([("more", 1), ("n", u128::MAX)]);
    assert_eq!(refused.unwrap_err(), "n: expected a JSON number");
}
