//! Removes the credentials of a request from what a server says. The page of a proxy, for example,
//! may repeat the headers that it received.

use http::HeaderValue;

/// How many characters of a secret are looked for at a time: a server may cut or wrap what it
/// repeats. That many are not in any other text by chance.
const PIECE: usize = 8;

/// The fewest characters of a secret. What is shorter is none that Atlas issues, and would be found
/// in other words.
const SHORTEST: usize = 6;

/// Writes `[redacted]` in place of every part of the text that repeats a piece of one of the
/// secrets, which are ASCII, in any case.
pub(crate) fn without_secrets(text: &str, secrets: &[&str]) -> String {
    let lower = text.to_ascii_lowercase();
    let mut is_secret = vec![false; text.len()];
    for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST) {
        let secret = secret.to_ascii_lowercase();
        let length = secret.len().min(PIECE);
        // The last piece overlaps the one before it.
        let last = secret.len() - length;
        for start in (0..last).step_by(PIECE).chain([last]) {
            let piece = secret.get(start..start + length).unwrap_or_default();
            for (at, found) in lower.match_indices(piece) {
                is_secret[at..at + found.len()].fill(true);
            }
        }
    }
    let mut clean = String::with_capacity(text.len());
    let mut was_secret = false;
    for (at, character) in text.char_indices() {
        match is_secret[at] {
            false => clean.push(character),
            true if was_secret => {}
            true => clean.push_str("[redacted]"),
        }
        was_secret = is_secret[at];
    }
    clean
}

/// What is secret in the header `Authorization`: a token, or the values by which a Digest proves
/// that the client has the key.
pub(crate) fn of_header(authorization: &HeaderValue) -> Vec<&str> {
    let text = authorization.to_str().unwrap_or_default();
    match text.split_once(' ') {
        Some(("Digest", values)) => {
            let values = values.split(',').filter_map(|value| value.split_once('='));
            let secret = values.filter(|(name, _)| matches!(name.trim(), "cnonce" | "response"));
            secret.map(|(_, value)| value.trim_matches('"')).collect()
        }
        Some((_, token)) => vec![token],
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "hunter2-HUNTER2-hunter2.aGVhZGVy-cGF5bG9hZA.c2lnbmF0dXJl";

    #[test]
    fn a_secret_is_removed_whole_and_in_parts() {
        let clean = |text: &str| without_secrets(text, &[TOKEN]);
        assert_eq!(
            clean(&format!("<{TOKEN}> and {TOKEN}{TOKEN}")),
            "<[redacted]> and [redacted]"
        );
        for text in [
            TOKEN.to_uppercase(),
            format!("é {TOKEN} é"),
            format!("https://h/{TOKEN}/a"),
            TOKEN[..TOKEN.len() - 5].to_owned(),
            TOKEN[7..].to_owned(),
            TOKEN.replace('.', "%2E"),
            format!("{}\n{}", &TOKEN[..30], &TOKEN[30..]),
        ] {
            let clean = clean(&text).to_lowercase();
            let lower = TOKEN.to_lowercase();
            let mut parts = (0..TOKEN.len() - 2 * PIECE).map(|at| &lower[at..at + 2 * PIECE]);
            assert!(
                clean.contains("[redacted]") && !parts.any(|part| clean.contains(part)),
                "{clean}"
            );
        }
    }

    #[test]
    fn other_text_stays() {
        let text = "No cluster orders in 32b6e34b3d91647abb20e7b8. é";
        assert_eq!(without_secrets(text, &[TOKEN, "", "e", "order"]), text);
        assert_eq!(
            without_secrets(text, &["orders"])
                .matches("[redacted]")
                .count(),
            1
        );
        assert_eq!(without_secrets("", &[TOKEN]), "");
    }

    #[test]
    fn a_digest_proves_by_its_response() {
        let digest = HeaderValue::from_static(
            "Digest username=\"public\", realm=\"MMS\", uri=\"/api?a=b,c\", nc=00000001, cnonce=\"abc\", response=\"def\", qop=auth",
        );
        assert_eq!(of_header(&digest), ["abc", "def"]);
        assert_eq!(of_header(&HeaderValue::from_static("Bearer abc")), ["abc"]);
        assert_eq!(of_header(&HeaderValue::from_static("abc")), [""; 0]);
    }
}
