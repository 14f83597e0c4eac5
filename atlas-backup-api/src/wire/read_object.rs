//! Reads a JSON object into a struct, member by member, in the order of the document.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::wire::extra::Extra;
use crate::wire::json_path::ErrorPath;
use crate::wire::member_set::MemberSet;
use crate::wire::object::{Member, Object, Shape};
use crate::wire::other_form::OtherForm;
use crate::wire::read::{
    AnyReader, FieldReader, Outcome, parsed, read_parsed, rest_of_map, without_position,
};

/// Reads one object.
pub(crate) struct ObjectReader<'a> {
    object: &'a mut dyn Object,
    shape: &'static Shape,
    path: &'a mut ErrorPath,
    /// Whether an object around this one preserves it, if this one cannot hold what it is.
    preserved: bool,
    /// Whether this object preserves what its fields cannot hold.
    preserves: bool,
    /// What no field holds.
    rest: Map<String, Value>,
    /// The members whose fields were set.
    set: MemberSet,
    /// Those of them that had another form than the documented one.
    in_other_form: MemberSet,
    /// Whether the object as a whole cannot be held. What is left of it is then only collected.
    unrepresentable: bool,
}

impl<'a> ObjectReader<'a> {
    pub(crate) fn new(
        object: &'a mut dyn Object,
        path: &'a mut ErrorPath,
        preserved: bool,
    ) -> Self {
        ObjectReader {
            shape: object.shape(),
            preserves: object.extra().is_some(),
            object,
            path,
            preserved,
            rest: Map::new(),
            set: MemberSet::EMPTY,
            in_other_form: MemberSet::EMPTY,
            unrepresentable: false,
        }
    }

    /// Reads the members. Returns all of them if the object cannot hold them.
    pub(crate) fn read<'de, A: MapAccess<'de>>(
        self,
        map: &mut A,
    ) -> Result<Option<Map<String, Value>>, A::Error> {
        match self.shape.whole_answer {
            None => self.read_members(map),
            // Only at the end of the object is it known whether it is an item of the list.
            Some(list) => self.read_list_or_item(list, rest_of_map(map)?),
        }
    }

    fn read_members<'de, A: MapAccess<'de>>(
        mut self,
        map: &mut A,
    ) -> Result<Option<Map<String, Value>>, A::Error> {
        // Members mostly come in the order of the shape, so the search begins after the last one.
        let mut next = 0;
        while let Some(key) = map.next_key_seed(KeyReader {
            members: self.shape.members,
            next,
        })? {
            match key {
                Key::Member(index) => {
                    self.member(index, map)?;
                    next = index + 1;
                }
                Key::Unknown(name) => self.unknown(name, map)?,
            }
        }
        self.finish()
    }

    fn unknown<'de, A: MapAccess<'de>>(
        &mut self,
        name: String,
        map: &mut A,
    ) -> Result<(), A::Error> {
        if !self.preserves && !self.preserved {
            self.path.begin();
            self.path.inside(&name);
            return Err(A::Error::custom("no such member"));
        }
        self.unrepresentable |= !self.preserves;
        self.rest.insert(name, map.next_value_seed(AnyReader)?);
        Ok(())
    }

    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        index: usize,
        map: &mut A,
    ) -> Result<(), A::Error> {
        let member = &self.shape.members[index];
        if self.set.contains(index) || !self.rest.is_empty() {
            self.forget(index);
        }
        if self.unrepresentable {
            let value = map.next_value_seed(AnyReader)?;
            self.rest.insert(member.name.to_owned(), value);
            return Ok(());
        }
        let preserved = self.preserved || (self.preserves && !member.required);
        let reader = FieldReader {
            field: self.object.field_mut(index),
            path: self.path,
            preserved,
        };
        let read = match member.other_form {
            None => map.next_value_seed(reader),
            Some(form) => read_in_either_form(reader, form, map.next_value_seed(AnyReader)?),
        };
        let outcome = read.inspect_err(|_| self.path.inside(member.name))?;
        match outcome {
            Outcome::Null if member.required => self.lacks(index, "found null")?,
            Outcome::Null => self.object.field_mut(index).clear(),
            Outcome::Set => self.set.insert(index),
            Outcome::SetFromOtherForm => {
                self.set.insert(index);
                self.in_other_form.insert(index);
            }
            Outcome::Unrepresentable(value) => {
                self.object.field_mut(index).clear();
                self.unrepresentable |= member.required || !self.preserves;
                self.rest.insert(member.name.to_owned(), *value);
            }
        }
        Ok(())
    }

    /// A name that is repeated replaces what came before.
    fn forget(&mut self, index: usize) {
        let name = self.shape.members[index].name;
        if self.set.contains(index) {
            self.object.field_mut(index).clear();
            self.set.remove(index);
            self.in_other_form.remove(index);
        }
        remove(&mut self.rest, name);
    }

    /// A required member has no value.
    fn lacks<E: Error>(&mut self, index: usize, how: &str) -> Result<(), E> {
        if self.preserved {
            self.unrepresentable = true;
            return Ok(());
        }
        let expected = self.object.field_mut(index).slot().expected();
        self.path.begin();
        self.path.inside(self.shape.members[index].name);
        Err(E::custom(format_args!("expected {expected}, {how}")))
    }

    fn finish<E: Error>(mut self) -> Result<Option<Map<String, Value>>, E> {
        let missing = self.shape.required.first_not_in(self.set);
        if let Some(index) = missing.filter(|_| !self.unrepresentable) {
            self.lacks(index, "but it is missing")?;
        }
        if self.unrepresentable {
            return Ok(Some(self.collect()));
        }
        if let Some(extra) = self.object.extra_mut() {
            *extra = Extra::read(self.shape, self.rest, self.set, self.in_other_form);
        }
        Ok(None)
    }

    /// All members that were read, as JSON values.
    fn collect(mut self) -> Map<String, Value> {
        for (index, member) in self.shape.members.iter().enumerate() {
            if self.set.contains(index) {
                let value = self.object.field(index).view().to_value();
                let form = member
                    .other_form
                    .filter(|_| self.in_other_form.contains(index));
                let value = match form {
                    Some(form) => form.write(value),
                    None => value,
                };
                self.rest.insert(member.name.to_owned(), value);
            }
        }
        self.rest
    }

    /// Reads an object that may be the only item of the list that it should hold.
    fn read_list_or_item<E: Error>(
        self,
        list: usize,
        members: Map<String, Value>,
    ) -> Result<Option<Map<String, Value>>, E> {
        let member = &self.shape.members[list];
        if members.contains_key(member.name) {
            let text = Value::Object(members).to_string();
            return parsed(&text)
                .deserialize_map(MembersReader(self))
                .map_err(|error| E::custom(without_position(&error)));
        }
        let item = Value::Array(vec![Value::Object(members)]);
        let mut path = ErrorPath::default();
        let reader = FieldReader {
            field: self.object.field_mut(list),
            path: &mut path,
            preserved: false,
        };
        if read_parsed(reader, &item).is_err() {
            // The object is no item either, so what is wrong with it is that it lacks the list.
            let mut this = self;
            this.object.field_mut(list).clear();
            this.lacks(list, "but it is missing")?;
            let Value::Array(mut items) = item else {
                return Ok(None);
            };
            return Ok(items.pop().and_then(|item| match item {
                Value::Object(members) => Some(members),
                _ => None,
            }));
        }
        let mut only = MemberSet::EMPTY;
        only.insert(list);
        if let Some(extra) = self.object.extra_mut() {
            *extra = Extra::read(self.shape, Map::new(), only, only);
        }
        Ok(None)
    }
}

/// Removes a member, which hardly ever happens. `Map::remove` would be compiled in every program, with
/// all that balances a tree.
pub(crate) fn remove(members: &mut Map<String, Value>, name: &str) {
    if members.contains_key(name) {
        for (known, value) in std::mem::take(members) {
            if known != name {
                members.insert(known, value);
            }
        }
    }
}

/// Reads a value in the documented form, or in the other form in which Atlas was seen sending it.
fn read_in_either_form<E: Error>(
    reader: FieldReader<'_>,
    form: OtherForm,
    value: Value,
) -> Result<Outcome, E> {
    if value.is_null() {
        return Ok(Outcome::Null);
    }
    let other = form.read(&value);
    let outcome = read_parsed(reader, other.as_ref().unwrap_or(&value)).map_err(E::custom)?;
    Ok(match outcome {
        Outcome::Unrepresentable(_) => Outcome::Unrepresentable(Box::new(value)),
        Outcome::Set if other.is_some() => Outcome::SetFromOtherForm,
        outcome => outcome,
    })
}

/// Reads the members of an object that was parsed already.
struct MembersReader<'a>(ObjectReader<'a>);

impl<'de> Visitor<'de> for MembersReader<'_> {
    type Value = Option<Map<String, Value>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        self.0.read_members(&mut map)
    }
}

/// The name of a member.
enum Key {
    /// A member of the shape, by its place there.
    Member(usize),
    Unknown(String),
}

/// Looks a name up without copying it.
struct KeyReader {
    members: &'static [Member],
    /// Where the search begins.
    next: usize,
}

impl<'de> DeserializeSeed<'de> for KeyReader {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyReader {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E>(self, name: &str) -> Result<Key, E> {
        let is_it = |member: &Member| member.name == name;
        let (before, from_next) = self.members.split_at(self.next.min(self.members.len()));
        let later = from_next
            .iter()
            .position(is_it)
            .map(|index| before.len() + index);
        let found = later.or_else(|| before.iter().position(is_it));
        Ok(found.map_or_else(|| Key::Unknown(name.to_owned()), Key::Member))
    }
}
