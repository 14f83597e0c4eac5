//! Reads JSON into fields, straight from the deserializer.
//!
//! A value that a field cannot hold is no error as long as something can keep it: an optional
//! member's value goes to the [`Extra`](crate::Extra) of its object. So the reader knows at each
//! place whether an object around it preserves what does not fit. If so, it hands back the whole
//! value; if not, it fails at once, which tells the line and column.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::de::StrRead;
use serde_json::{Number, Value};

use crate::wire::date_time;
use crate::wire::field::{Empty, Field, List, Map, Slot, entry_values, item_values};
use crate::wire::json_path::ErrorPath;
use crate::wire::mismatch::{Mismatch, kind};
use crate::wire::read_object::ObjectReader;
use crate::wire::scalar::{exact_float, integer};

/// `Deserialize` of every object and enum. The format must describe itself, as JSON does.
pub(crate) fn deserialize<'de, T: Field + Empty, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let mut field = T::empty();
    let mut path = ErrorPath::default();
    let filled = fill(&mut field, deserializer, &mut path);
    filled
        .map(|()| field)
        .map_err(|error| match path.into_string() {
            // A syntax error stays one.
            path if path.is_empty() => error,
            path => D::Error::custom(format_args!("{path}: {error}")),
        })
}

/// Reads a document into an empty field. On failure, the error says where in the document it is,
/// and the field may hold a part of it.
pub(crate) fn from_json(field: &mut dyn Field, json: &str) -> Result<(), ReadError> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let mut path = ErrorPath::default();
    fill(field, &mut deserializer, &mut path)
        .and_then(|()| deserializer.end())
        .map_err(|error| ReadError::new(path.into_string(), error))
}

/// Like [`from_json`], for a document that is already parsed.
pub(crate) fn from_value(field: &mut dyn Field, value: &Value) -> Result<(), Mismatch> {
    let mut path = ErrorPath::default();
    let text = value.to_string();
    fill(field, &mut parsed(&text), &mut path)
        .map_err(|error| Mismatch::at_path(path.into_string(), without_position(&error)))
}

/// Why a document could not be read.
pub(crate) enum ReadError {
    /// It is not JSON.
    Syntax(serde_json::Error),
    /// It is JSON, but does not fit the type.
    Mismatch(Mismatch),
}

impl ReadError {
    fn new(path: String, error: serde_json::Error) -> Self {
        if error.is_data() {
            ReadError::Mismatch(Mismatch::at_path(path, error.to_string()))
        } else {
            ReadError::Syntax(error)
        }
    }
}

fn fill<'de, D: Deserializer<'de>>(
    field: &mut dyn Field,
    deserializer: D,
    path: &mut ErrorPath,
) -> Result<(), D::Error> {
    let slot = field.slot();
    let (expected, takes_null) = (slot.expected(), matches!(slot, Slot::Any(_)));
    let reader = FieldReader {
        field,
        path: &mut *path,
        preserved: false,
    };
    match reader.deserialize(deserializer)? {
        Outcome::Set | Outcome::SetFromOtherForm => Ok(()),
        Outcome::Null | Outcome::Unrepresentable(_) if takes_null => Ok(()),
        Outcome::Null | Outcome::Unrepresentable(_) => Err(mismatch(path, expected, "null")),
    }
}

/// What the reader did with a value.
pub(crate) enum Outcome {
    /// It was `null`. The caller makes the field empty.
    Null,
    /// The field holds it.
    Set,
    /// The field holds it, although it had another form than the documented one.
    SetFromOtherForm,
    /// The field cannot hold it, and the caller makes it empty. Only where the value is preserved.
    Unrepresentable(Box<Value>),
}

/// Reads one value into an empty field.
pub(crate) struct FieldReader<'a> {
    pub(crate) field: &'a mut dyn Field,
    /// Where an error occurred, built from the inside out while the error is returned.
    pub(crate) path: &'a mut ErrorPath,
    /// Whether an object around the field preserves what the field cannot hold.
    pub(crate) preserved: bool,
}

/// An error that names the kind of the value, never the value itself, which may be a secret.
fn mismatch<E: Error>(path: &mut ErrorPath, expected: &str, found: &str) -> E {
    path.begin();
    E::custom(format_args!("expected {expected}, found {found}"))
}

impl FieldReader<'_> {
    /// Handles a value that the slot cannot take: hands it back if it is preserved, fails otherwise.
    #[cold]
    fn unfit<E: Error>(self, value: Value) -> Result<Outcome, E> {
        if self.preserved {
            Ok(Outcome::Unrepresentable(Box::new(value)))
        } else {
            Err(mismatch(
                self.path,
                self.field.slot().expected(),
                kind(&value),
            ))
        }
    }

    /// Handles a number of another format, which JSON may not have.
    fn number_of_json<E: Error>(self, number: Option<Number>) -> Result<Outcome, E> {
        let Some(number) = number else {
            self.path.begin();
            return Err(E::custom("expected a JSON number"));
        };
        self.number(number)
    }

    fn number<E: Error>(self, number: Number) -> Result<Outcome, E> {
        let fits = match self.field.slot() {
            Slot::Integer(slot) => integer(&number).map(|number| *slot = number),
            Slot::Float(slot) => exact_float(&number).map(|number| *slot = number),
            Slot::Any(slot) => {
                *slot = Value::Number(number);
                return Ok(Outcome::Set);
            }
            _ => None,
        };
        match fits {
            Some(()) => Ok(Outcome::Set),
            None => self.unfit(Value::Number(number)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for FieldReader<'_> {
    type Value = Outcome;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for FieldReader<'_> {
    type Value = Outcome;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Outcome, E> {
        Ok(Outcome::Null)
    }

    fn visit_none<E>(self) -> Result<Outcome, E> {
        Ok(Outcome::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        self.deserialize(deserializer)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Outcome, E> {
        match self.field.slot() {
            Slot::Bool(slot) => *slot = flag,
            Slot::Any(slot) => *slot = flag.into(),
            _ => return self.unfit(flag.into()),
        }
        Ok(Outcome::Set)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Outcome, E> {
        match self.field.slot() {
            Slot::Integer(slot) => {
                *slot = number;
                Ok(Outcome::Set)
            }
            _ => self.number(number.into()),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Outcome, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => self.number(number.into()),
        }
    }

    fn visit_i128<E: Error>(self, number: i128) -> Result<Outcome, E> {
        self.number_of_json(Number::from_i128(number))
    }

    fn visit_u128<E: Error>(self, number: u128) -> Result<Outcome, E> {
        self.number_of_json(Number::from_u128(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Outcome, E> {
        match (self.field.slot(), Number::from_f64(number)) {
            // JSON has neither infinity nor what is no number, and a `Value` says `null` for them.
            (Slot::Any(_), None) => Ok(Outcome::Null),
            (_, None) if self.preserved => self.unfit(Value::Null),
            (_, number) => self.number_of_json(number),
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Outcome, E> {
        match self.field.slot() {
            Slot::Text(slot) => slot.set(text),
            Slot::Any(slot) => *slot = Value::from(text),
            Slot::Time(slot) => match date_time::parse(text) {
                Some(time) => *slot = time,
                None => return self.unfit(text.into()),
            },
            _ => return self.unfit(text.into()),
        }
        Ok(Outcome::Set)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Outcome, A::Error> {
        let items = match self.field.slot() {
            Slot::List(list) => match read_list(list, &mut sequence, self.path, self.preserved)? {
                None => return Ok(Outcome::Set),
                Some(items) => items,
            },
            Slot::Any(slot) => {
                *slot = Value::Array(rest_of_list(&mut sequence)?);
                return Ok(Outcome::Set);
            }
            other if !self.preserved => {
                return Err(mismatch(self.path, other.expected(), "a list"));
            }
            _ => rest_of_list(&mut sequence)?,
        };
        Ok(Outcome::Unrepresentable(Box::new(Value::Array(items))))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Outcome, A::Error> {
        let members = match self.field.slot() {
            Slot::Object(object) => {
                let reader = ObjectReader::new(object, self.path, self.preserved);
                match reader.read(&mut map)? {
                    None => return Ok(Outcome::Set),
                    Some(members) => members,
                }
            }
            Slot::Map(entries) => match read_map(entries, &mut map, self.path, self.preserved)? {
                None => return Ok(Outcome::Set),
                Some(members) => members,
            },
            Slot::Any(_) | Slot::Float(_) => rest_of_map(&mut map)?,
            other if !self.preserved => {
                return Err(mismatch(self.path, other.expected(), "an object"));
            }
            _ => rest_of_map(&mut map)?,
        };
        if let Some(number) = exact_number(&members) {
            return self.number(number);
        }
        match self.field.slot() {
            Slot::Any(slot) => {
                *slot = Value::Object(members);
                Ok(Outcome::Set)
            }
            _ => self.unfit(Value::Object(members)),
        }
    }
}

/// The number that an object stands for. With its feature `arbitrary_precision`, which any other
/// crate of a program can turn on, serde_json reads floats and integers of more than 64 bits as such
/// objects.
fn exact_number(members: &serde_json::Map<String, Value>) -> Option<Number> {
    let text = members.get("$serde_json::private::Number")?.as_str()?;
    text.parse().ok().filter(|_| members.len() == 1)
}

/// Reads a list; returns all of its items if the list cannot hold one of them: half a list would
/// mislead.
fn read_list<'de, A: SeqAccess<'de>>(
    list: &mut dyn List,
    sequence: &mut A,
    path: &mut ErrorPath,
    preserved: bool,
) -> Result<Option<Vec<Value>>, A::Error> {
    // The index in the document, where nulls count. They are not kept.
    for index in 0.. {
        let item = ItemReader {
            list: &mut *list,
            path: &mut *path,
            preserved,
        };
        match sequence.next_element_seed(item) {
            Ok(None) => break,
            Ok(Some(Outcome::Set | Outcome::SetFromOtherForm)) => {}
            Ok(Some(Outcome::Null)) => list.pop(),
            Ok(Some(Outcome::Unrepresentable(item))) => {
                list.pop();
                let mut all = item_values(list);
                all.push(*item);
                all.extend(rest_of_list(sequence)?);
                return Ok(Some(all));
            }
            Err(error) => {
                path.at(index);
                return Err(error);
            }
        }
    }
    Ok(None)
}

/// Adds an item to the list when there is one.
struct ItemReader<'a> {
    list: &'a mut dyn List,
    path: &'a mut ErrorPath,
    preserved: bool,
}

impl<'de> DeserializeSeed<'de> for ItemReader<'_> {
    type Value = Outcome;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Outcome, D::Error> {
        let ItemReader {
            list,
            path,
            preserved,
        } = self;
        FieldReader {
            field: list.push(),
            path,
            preserved,
        }
        .deserialize(deserializer)
    }
}

/// Reads a map; returns all of its entries if the map cannot hold one of them.
fn read_map<'de, A: MapAccess<'de>>(
    entries: &mut dyn Map,
    map: &mut A,
    path: &mut ErrorPath,
    preserved: bool,
) -> Result<Option<serde_json::Map<String, Value>>, A::Error> {
    while let Some(key) = map.next_key::<String>()? {
        let reader = FieldReader {
            field: entries.insert(&key),
            path,
            preserved,
        };
        match map.next_value_seed(reader) {
            Ok(Outcome::Set | Outcome::SetFromOtherForm) => {}
            Ok(Outcome::Null) => entries.remove(&key),
            Ok(Outcome::Unrepresentable(item)) => {
                entries.remove(&key);
                let mut all = entry_values(entries);
                all.insert(key, *item);
                all.extend(rest_of_map(map)?);
                return Ok(Some(all));
            }
            Err(error) => {
                path.inside(&key);
                return Err(error);
            }
        }
    }
    Ok(None)
}

pub(crate) fn rest_of_list<'de, A: SeqAccess<'de>>(
    sequence: &mut A,
) -> Result<Vec<Value>, A::Error> {
    let mut rest = Vec::new();
    while let Some(item) = sequence.next_element_seed(AnyReader)? {
        rest.push(item);
    }
    Ok(rest)
}

pub(crate) fn rest_of_map<'de, A: MapAccess<'de>>(
    map: &mut A,
) -> Result<serde_json::Map<String, Value>, A::Error> {
    let mut rest = serde_json::Map::new();
    while let Some(name) = map.next_key::<String>()? {
        rest.insert(name, map.next_value_seed(AnyReader)?);
    }
    Ok(rest)
}

/// Reads a value that no field holds. It uses the visitor of the fields: with the visitor of `Value`,
/// every program would compile a second one.
pub(crate) struct AnyReader;

impl<'de> DeserializeSeed<'de> for AnyReader {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let (mut value, mut path) = (Value::Null, ErrorPath::default());
        let reader = FieldReader {
            field: &mut value,
            path: &mut path,
            preserved: true,
        };
        reader.deserialize(deserializer)?;
        Ok(value)
    }
}

/// Reads a value that is parsed already.
pub(crate) fn read_parsed(reader: FieldReader<'_>, value: &Value) -> Result<Outcome, String> {
    let text = value.to_string();
    reader
        .deserialize(&mut parsed(&text))
        .map_err(|error| without_position(&error))
}

/// A deserializer for a value that is parsed already. It parses the value's text again, so that
/// programs compile the reading code for one deserializer only. There is no limit of depth: whoever
/// made the value set one, or chose to have none.
pub(crate) fn parsed(text: &str) -> serde_json::Deserializer<StrRead<'_>> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    deserializer
}

/// The message of an error, without its position in a text that only this module has made.
pub(crate) fn without_position(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    message
        .strip_suffix(&position)
        .unwrap_or(&message)
        .to_owned()
}
