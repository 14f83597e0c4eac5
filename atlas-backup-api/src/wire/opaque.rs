//! A box that other crates drop without knowing what is in it.
//!
//! rustc compiles the code that drops a value with each crate that owns such a value, and in each
//! part of that crate. For a map of JSON values or the headers of a response, these are hundreds of
//! lines each time. A trait object has a pointer to that code instead, which is compiled with the
//! function that calls [`Opaque::new`]. So what every program calls makes its boxes in functions that
//! are compiled with this crate, which are neither generic nor `#[inline]`. What only some programs
//! call, such as cloning a request, makes them in their own code.

use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};

/// A box of a `T`.
pub(crate) struct Opaque<T>(Box<dyn Contents<T>>);

/// The traits are those that a type with an `Opaque` in it keeps.
pub(crate) trait Contents<T>: Send + Sync + UnwindSafe + RefUnwindSafe {
    fn get(&self) -> &T;

    fn get_mut(&mut self) -> &mut T;
}

impl<T: Send + Sync + UnwindSafe + RefUnwindSafe> Contents<T> for T {
    fn get(&self) -> &T {
        self
    }

    fn get_mut(&mut self) -> &mut T {
        self
    }
}

impl<T: Contents<T> + 'static> Opaque<T> {
    pub(crate) fn new(contents: T) -> Self {
        Opaque(Box::new(contents))
    }
}

impl<T> Deref for Opaque<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // Of what is in the box: the box itself implements `Contents` as well.
        (*self.0).get()
    }
}

impl<T> DerefMut for Opaque<T> {
    fn deref_mut(&mut self) -> &mut T {
        (*self.0).get_mut()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn its_contents_are_used_in_place_and_dropped_with_it() {
        let contents = Arc::new(());
        let mut opaque = Opaque::new(vec![contents.clone()]);
        opaque.push(contents.clone());
        assert_eq!((opaque.len(), Arc::strong_count(&contents)), (2, 3));
        drop(opaque);
        assert_eq!(Arc::strong_count(&contents), 1);
    }

    #[test]
    fn it_has_the_traits_that_programs_rely_on() {
        fn check<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
        check::<Opaque<u8>>();
    }
}
