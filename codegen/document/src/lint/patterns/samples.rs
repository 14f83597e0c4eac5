//! Texts that a pattern accepts, to try another pattern with.

use regex_syntax::hir::{Class, Hir, HirKind, Repetition};

/// A repetition without an end is tried up to this number more than its start, and none further
/// than this.
const MOST: u32 = 256;

/// Returns texts that fit the pattern: each part of it at each of its boundaries (the first and last
/// character of a range, the least and greatest count), while the other parts stay the same.
pub(super) fn of(pattern: &str) -> Vec<String> {
    regex_syntax::parse(pattern).map_or_else(|_| Vec::new(), |hir| texts(&hir))
}

fn texts(hir: &Hir) -> Vec<String> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => vec![String::new()],
        HirKind::Literal(literal) => vec![String::from_utf8_lossy(&literal.0).into_owned()],
        HirKind::Class(Class::Unicode(class)) => class
            .iter()
            .flat_map(|range| [range.start().to_string(), range.end().to_string()])
            .collect(),
        HirKind::Class(Class::Bytes(class)) => class
            .iter()
            .flat_map(|range| [range.start(), range.end()])
            .map(|byte| char::from(byte).to_string())
            .collect(),
        HirKind::Repetition(repetition) => repeated(repetition),
        HirKind::Capture(group) => texts(&group.sub),
        HirKind::Alternation(parts) => parts.iter().flat_map(texts).collect(),
        HirKind::Concat(parts) => joined(&parts.iter().map(texts).collect::<Vec<_>>()),
    }
}

fn repeated(repetition: &Repetition) -> Vec<String> {
    let least = repetition.min.min(MOST);
    let most = repetition.max.unwrap_or(least + MOST).min(least + MOST);
    let mut inner = texts(&repetition.sub);
    let longest = inner.first().map(|text| text.repeat(most as usize));
    if least == 0 {
        inner.insert(0, String::new());
    } else {
        inner = inner
            .iter()
            .map(|text| text.repeat(least as usize))
            .collect();
    }
    inner.extend(longest);
    inner
}

/// Joins the first texts of all parts, and then each other text of a part with the first texts of
/// the others.
fn joined(parts: &[Vec<String>]) -> Vec<String> {
    let first = |part: &Vec<String>| part.first().cloned().unwrap_or_default();
    let firsts: Vec<String> = parts.iter().map(first).collect();
    let mut all = vec![firsts.concat()];
    for (index, part) in parts.iter().enumerate() {
        let (before, after) = (firsts[..index].concat(), firsts[index + 1..].concat());
        all.extend(
            part.iter()
                .skip(1)
                .map(|text| format!("{before}{text}{after}")),
        );
    }
    all
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn each_part_is_tried_at_its_boundaries() {
        assert_eq!(
            of("^[a-cx]{1,2}(:[0-9])?$"),
            ["a", "c", "x", "x", "aa", "a:0", "a:9", "a:0"]
        );
        assert_eq!(of("ab|c"), ["ab", "c"]);
    }

    #[test]
    fn letters_of_all_scripts_are_tried() {
        let texts = of(r"^\p{L}$");
        assert!(texts.len() > 1000);
        assert!(texts.iter().any(|text| text == "À") && texts.iter().any(|text| text == "𐀀"));
    }
}
