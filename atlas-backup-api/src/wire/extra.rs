//! The parts of a JSON object that have no field.

use std::fmt;

use serde_json::{Map, Value};

use crate::wire::member_set::MemberSet;
use crate::wire::object::Shape;
use crate::wire::opaque::Opaque;

/// The members of a JSON object that no field of this version can hold, as Atlas sent them.
///
/// It also remembers which lists and maps were present. One that was present is written back even
/// after the program emptied it (as `[]`: Atlas keeps the items of a list that is left out), and
/// one that was absent is not. It also remembers which members had another form than the
/// documented one (one URL instead of a list of URLs): their field holds the value, and they are
/// written back in that form as long as the form can hold the value. None of this is shown or
/// compared, and [`remove`](Self::remove) with the name of a list forgets that it was present.
///
/// An `Extra` is almost always empty, so it allocates memory only for the members it holds.
/// `Debug` prints names only, because a member that a newer Atlas added may be a secret.
#[derive(Clone, Default)]
pub struct Extra {
    /// The shape of the object that was read. `None` if the program created this value.
    shape: Option<&'static Shape>,
    /// The members that were present and that their fields hold.
    present: MemberSet,
    // Never `Some` of an empty `Rest`.
    rest: Option<Opaque<Rest>>,
}

#[derive(Clone, Default)]
struct Rest {
    members: Map<String, Value>,
    /// The present members that had another form than the documented one.
    in_other_form: MemberSet,
}

impl Rest {
    /// `None` if there is nothing to keep.
    fn of(members: Map<String, Value>, in_other_form: MemberSet) -> Option<Opaque<Self>> {
        let has_rest = !members.is_empty() || !in_other_form.is_empty();
        has_rest.then(|| Rest::opaque(members, in_other_form))
    }

    // Almost no object has a rest.
    #[cold]
    fn opaque(members: Map<String, Value>, in_other_form: MemberSet) -> Opaque<Self> {
        Opaque::new(Rest {
            members,
            in_other_form,
        })
    }

    fn is_empty(&self) -> bool {
        self.members.is_empty() && self.in_other_form.is_empty()
    }
}

impl Clone for Opaque<Rest> {
    fn clone(&self) -> Self {
        Opaque::new(Rest::clone(self))
    }
}

/// The form in which a member was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum WireForm {
    /// The documented form.
    AsDocumented,
    /// The other form in which Atlas was seen sending it: see `OtherForm`.
    InOtherForm,
}

impl Extra {
    /// An empty value, as a constant.
    pub(crate) const NONE: Self = Extra {
        shape: None,
        present: MemberSet::EMPTY,
        rest: None,
    };

    /// Creates the value for an object that was read: the members without a field, the members that
    /// were present, and those of them that had the other form.
    pub(crate) fn read(
        shape: &'static Shape,
        members: Map<String, Value>,
        present: MemberSet,
        in_other_form: MemberSet,
    ) -> Self {
        Extra {
            shape: Some(shape),
            present,
            rest: Rest::of(members, in_other_form),
        }
    }

    /// Whether the member with this name was present and its field holds it.
    #[inline]
    pub(crate) fn was_present(&self, name: &str) -> bool {
        self.form(name).is_some()
    }

    /// The form in which the member with this name was read, if it was present and its field holds
    /// it.
    pub(crate) fn form(&self, name: &str) -> Option<WireForm> {
        let index = self
            .index(name)
            .filter(|&index| self.present.contains(index))?;
        let is_other = self
            .rest
            .as_ref()
            .is_some_and(|rest| rest.in_other_form.contains(index));
        Some(if is_other {
            WireForm::InOtherForm
        } else {
            WireForm::AsDocumented
        })
    }

    /// The index of a member in the shape of the object that was read.
    fn index(&self, name: &str) -> Option<usize> {
        self.shape?
            .members
            .iter()
            .position(|member| member.name == name)
    }

    #[inline]
    fn forget(&mut self, name: &str) {
        if let Some(index) = self.index(name) {
            self.present.remove(index);
            if let Some(rest) = &mut self.rest {
                rest.in_other_form.remove(index);
            }
        }
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.rest
            .as_ref()
            .is_none_or(|rest| rest.members.is_empty())
    }

    /// The value of the member with this JSON name.
    #[inline]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.rest.as_ref()?.members.get(name)
    }

    /// All members, with their JSON names.
    #[inline]
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        let members = self.rest.iter().flat_map(|rest| rest.members.iter());
        members.map(|(name, value)| (name.as_str(), value))
    }

    /// Adds a member that is then written, and returns the value that was stored under this name.
    ///
    /// If a field of the object has the same JSON name and a value or items, the field is written
    /// instead.
    #[inline]
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.put(name.into(), value.into())
    }

    fn put(&mut self, name: String, value: Value) -> Option<Value> {
        self.forget(&name);
        let rest = self
            .rest
            .get_or_insert_with(|| Opaque::new(Rest::default()));
        rest.members.insert(name, value)
    }

    /// Removes a member, so that it is not written back. If the name is that of a list with a
    /// field, the list is then written only if it has items.
    #[inline]
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.forget(name);
        let rest = self.rest.as_mut()?;
        let removed = rest.members.remove(name);
        if rest.is_empty() {
            self.rest = None;
        }
        removed
    }
}

/// Compares the members only. Which lists were present is not compared, so `{"links": []}` and `{}`
/// are read as equal values.
impl PartialEq for Extra {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.rest, &other.rest) {
            (Some(one), Some(other)) => one.members == other.members,
            _ => self.is_empty() && other.is_empty(),
        }
    }
}

impl From<Map<String, Value>> for Extra {
    #[inline]
    fn from(members: Map<String, Value>) -> Self {
        Extra {
            rest: Rest::of(members, MemberSet::EMPTY),
            ..Extra::NONE
        }
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::wire::object::Member;

    #[test]
    fn members_are_added_and_removed() {
        let mut extra = Extra::default();
        assert!(extra.is_empty());
        assert_eq!(extra.insert("a", 1), None);
        assert_eq!(extra.insert("a", "b"), Some(json!(1)));
        assert_eq!(extra.get("a"), Some(&json!("b")));
        assert_eq!(extra.iter().collect::<Vec<_>>(), [("a", &json!("b"))]);
        assert_eq!(extra.remove("b"), None);
        assert_eq!(extra.remove("a"), Some(json!("b")));
        assert_eq!(extra.remove("a"), None);
    }

    #[test]
    fn emptied_equals_never_filled() {
        let mut extra = Extra::default();
        extra.insert("a", 1);
        extra.remove("a");
        assert_eq!(extra, Extra::default());
        assert_eq!(Extra::from(Map::new()), Extra::default());
    }

    #[test]
    fn which_lists_were_present_is_not_shown() {
        static SHAPE: Shape = Shape::new(
            "Lists",
            &[
                Member::new("a", "a"),
                Member::new("b", "b"),
                Member::new("c", "c"),
            ],
        );
        let mut present = MemberSet::EMPTY;
        (0..3).for_each(|index| present.insert(index));
        let mut extra = Extra::read(&SHAPE, Map::new(), present, MemberSet::EMPTY);
        assert!(extra.is_empty() && extra.get("a").is_none() && extra.iter().next().is_none());
        assert_eq!(format!("{extra:?}"), "{}");
        assert_eq!(extra, Extra::default());
        assert_eq!(extra.insert("a", 1), None);
        assert_eq!(extra.remove("b"), None);
        assert_eq!(
            ["a", "b", "c"].map(|name| extra.was_present(name)),
            [false, false, true]
        );
        assert_eq!(extra.remove("a"), Some(json!(1)));
        assert!(extra.was_present("c"));
    }

    #[test]
    fn debug_prints_names_only() {
        let mut extra = Extra::default();
        extra.insert("token", "hunter2");
        assert_eq!(format!("{extra:?}"), r#"{"token"}"#);
    }
}
