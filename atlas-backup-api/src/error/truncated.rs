//! `Debug` output of bounded length.

use std::fmt::{self, Debug, Write};

/// The number of list items that are shown.
pub(crate) const MAX_ITEMS: usize = 5;

/// The `Debug` output of a value on one line, cut after this many bytes. Only the output that is
/// shown is produced.
pub(crate) struct Truncated<'a>(pub(crate) &'a dyn Debug, pub(crate) usize);

impl Debug for Truncated<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = Limited {
            text: String::new(),
            left: self.1,
        };
        // An error means that the limit was reached.
        let is_cut = write!(shown, "{:?}", self.0).is_err();
        f.write_str(&shown.text)?;
        if is_cut { f.write_str("…") } else { Ok(()) }
    }
}

/// The first items of a list, each cut after this many bytes, and the number of the others.
pub(crate) struct FirstItems<'a, T>(pub(crate) &'a [T], pub(crate) usize);

impl<T: Debug> Debug for FirstItems<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        list.entries(
            self.0
                .iter()
                .take(MAX_ITEMS)
                .map(|item| Truncated(item, self.1)),
        );
        if self.0.len() > MAX_ITEMS {
            list.entry(&format_args!("… {} more", self.0.len() - MAX_ITEMS));
        }
        list.finish()
    }
}

struct Limited {
    text: String,
    left: usize,
}

impl Write for Limited {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.left = self
                .left
                .checked_sub(character.len_utf8())
                .ok_or(fmt::Error)?;
            self.text.push(character);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_shown_as_it_is() {
        assert_eq!(
            format!("{:?}", Truncated(&Some("a\nb"), 100)),
            r#"Some("a\nb")"#
        );
        assert_eq!(format!("{:#?}", Truncated(&Some(1), 7)), "Some(1)");
        assert_eq!(
            format!("{:?}", FirstItems(&[1, 2, 3, 4, 5], 10)),
            "[1, 2, 3, 4, 5]"
        );
        assert_eq!(format!("{:?}", FirstItems::<u8>(&[], 10)), "[]");
    }

    #[test]
    fn what_does_not_fit_is_cut_where_a_character_ends() {
        assert_eq!(format!("{:?}", Truncated(&"abcdef", 3)), "\"ab…");
        assert_eq!(format!("{:?}", Truncated(&"éé", 4)), "\"é…");
        assert_eq!(
            format!("{:?}", FirstItems(&["abc"; 7], 2)),
            "[\"a…, \"a…, \"a…, \"a…, \"a…, … 2 more]"
        );
    }
}
