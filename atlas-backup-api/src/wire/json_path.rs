//! Paths in a JSON document, such as `results[3].expiresAt`. They are built from the inside out.

/// Puts the member `name` of an object before `path`.
pub(crate) fn inside(name: &str, path: &str) -> String {
    // A name that could be mistaken for a path is put in brackets.
    let plain = !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '$'));
    if plain {
        join(name, path)
    } else {
        join(&format!("[{name:?}]"), path)
    }
}

/// Puts the item `index` of a list before `path`.
pub(crate) fn at(index: usize, path: &str) -> String {
    join(&format!("[{index}]"), path)
}

fn join(step: &str, path: &str) -> String {
    let dot = if path.is_empty() || path.starts_with('[') {
        ""
    } else {
        "."
    };
    format!("{step}{dot}{path}")
}

/// The path to a value that does not fit, built from the inside out while the error is returned.
///
/// It stays empty for other errors, such as a syntax error, which know their own position.
#[derive(Default)]
pub(crate) struct ErrorPath(Option<String>);

impl ErrorPath {
    /// Begins the path, at the value that does not fit.
    pub(crate) fn begin(&mut self) {
        self.0 = Some(String::new());
    }

    /// Puts the member `name` of an object before the path, if it has begun.
    pub(crate) fn inside(&mut self, name: &str) {
        self.0 = self.0.take().map(|path| inside(name, &path));
    }

    /// Puts the item `index` of a list before the path, if it has begun.
    pub(crate) fn at(&mut self, index: usize) {
        self.0 = self.0.take().map(|path| at(index, &path));
    }

    /// The path. Empty for the document itself, and for other errors.
    pub(crate) fn into_string(self) -> String {
        self.0.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_one_would_write_it() {
        assert_eq!(
            inside("results", &at(3, &inside("expiresAt", ""))),
            "results[3].expiresAt"
        );
        assert_eq!(inside("b", &inside("a", &at(1, &at(0, "")))), "b.a[1][0]");
    }

    #[test]
    fn an_odd_name_cannot_be_mistaken_for_a_path() {
        assert_eq!(inside("tags", &inside("a.b", "")), r#"tags["a.b"]"#);
        assert_eq!(inside("tags", &inside("", "")), r#"tags[""]"#);
        assert_eq!(inside("x\n", "a"), r#"["x\n"].a"#);
    }
}
