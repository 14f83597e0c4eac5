//! Finds the known word that a misspelt word was probably meant to be.

/// Returns the known word that needs the fewest changes to become `word`, if it needs few of them.
/// If several need equally few, returns the first.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (word.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|known| (distance(word, known), known))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Returns advice for a word that is unknown: the one it was probably meant to be, or all that
/// there are.
pub(super) fn advice<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    match nearest(word, known.clone()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => {
            let known: Vec<_> = known.into_iter().collect();
            match known.is_empty() {
                true => "nothing is known here".to_owned(),
                false => format!("known here: {}", known.join(", ")),
            }
        }
    }
}

/// The number of letters to insert, remove, replace or swap with the next one, to turn one word
/// into the other. Capitals count as the same letter.
fn distance(one: &str, other: &str) -> usize {
    strsim::osa_distance(&one.to_lowercase(), &other.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::{advice, nearest};

    #[test]
    fn the_nearest_word_is_found() {
        let known = ["minimum", "maximum", "minItems", "required", "Things"];
        for (word, meant) in [
            ("minimun", Some("minimum")),
            ("requred", Some("required")),
            ("reqiured", Some("required")),
            ("minitems", Some("minItems")),
            ("thing", Some("Things")),
            ("title", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
        assert_eq!(advice("x", ["a", "bcd"]), "did you mean `a`?");
        assert_eq!(advice("xyz", ["a", "b"]), "known here: a, b");
    }
}
