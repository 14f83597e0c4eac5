//! Lists and maps. Each type of list adds only these few small functions; the rest of the code
//! knows it as `dyn List`.

use std::collections::BTreeMap;

use crate::wire::field::{Empty, Field, List, Map, Slot, View};

impl<T> Empty for Vec<T> {
    #[inline]
    fn empty() -> Self {
        Vec::new()
    }
}

impl<T: Field + Empty> Field for Vec<T> {
    fn view(&self) -> View<'_> {
        View::List(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::List(self)
    }

    fn clear(&mut self) {
        *self = Vec::new();
    }

    fn is_bare_collection(&self) -> bool {
        true
    }
}

impl<T: Field + Empty> List for Vec<T> {
    fn push(&mut self) -> &mut dyn Field {
        let index = self.len();
        Vec::push(self, T::empty());
        &mut self[index]
    }

    fn pop(&mut self) {
        drop(Vec::pop(self));
    }

    fn item(&self, index: usize) -> Option<&dyn Field> {
        match self.get(index) {
            Some(item) => Some(item),
            None => None,
        }
    }
}

impl<T> Empty for BTreeMap<String, T> {
    #[inline]
    fn empty() -> Self {
        BTreeMap::new()
    }
}

impl<T: Field + Empty> Field for BTreeMap<String, T> {
    fn view(&self) -> View<'_> {
        View::Map(self)
    }

    fn slot(&mut self) -> Slot<'_> {
        Slot::Map(self)
    }

    fn clear(&mut self) {
        *self = BTreeMap::new();
    }

    fn is_bare_collection(&self) -> bool {
        true
    }
}

impl<T: Field + Empty> Map for BTreeMap<String, T> {
    fn insert(&mut self, key: &str) -> &mut dyn Field {
        let item = self.entry(key.to_owned()).or_insert(T::empty());
        item.clear();
        item
    }

    fn remove(&mut self, key: &str) {
        drop(BTreeMap::remove(self, key));
    }

    fn visit(&self, visitor: &mut dyn FnMut(&str, &dyn Field)) {
        for (key, item) in self {
            visitor(key, item);
        }
    }

    fn is_empty(&self) -> bool {
        BTreeMap::is_empty(self)
    }
}
