//! A strict parser for the `Authorization` header of digest authentication.

use std::collections::BTreeMap;

/// Parameters whose value must be quoted, and those whose value must not be (RFC 7616, section
/// 3.4).
const QUOTED: &[&str] = &[
    "username", "realm", "nonce", "uri", "response", "cnonce", "opaque",
];
const UNQUOTED: &[&str] = &["algorithm", "qop", "nc"];

/// The parameters of the header, by name in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authorization(BTreeMap<String, String>);

impl Authorization {
    /// Parses the text after `Digest `.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut parameters = BTreeMap::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            let (name, after) = rest
                .split_once('=')
                .ok_or_else(|| format!("no `=` in {rest:?}"))?;
            let name = name.trim().to_ascii_lowercase();
            if name.is_empty()
                || !name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'*')
            {
                return Err(format!("{name:?} is no parameter name"));
            }
            let after = after.trim_start();
            let quoted = after.starts_with('"');
            let (value, after) = if quoted {
                quoted_value(&after[1..])?
            } else {
                token(after)
            };
            if value.is_empty() && !quoted {
                return Err(format!("{name} has no value"));
            }
            if QUOTED.contains(&&*name) && !quoted {
                return Err(format!("{name} must be quoted"));
            }
            if UNQUOTED.contains(&&*name) && quoted {
                return Err(format!("{name} must not be quoted"));
            }
            if parameters.insert(name.clone(), value).is_some() {
                return Err(format!("{name} is given twice"));
            }
            rest = after.trim_start();
            match rest.strip_prefix(',') {
                Some(more) if more.trim().is_empty() => return Err("a comma at the end".to_owned()),
                Some(more) => rest = more.trim_start(),
                None if rest.is_empty() => {}
                None => return Err(format!("no comma before {rest:?}")),
            }
        }
        Ok(Authorization(parameters))
    }

    /// An optional parameter.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A required parameter.
    pub(crate) fn need(&self, name: &str) -> Result<&str, String> {
        self.get(name).ok_or_else(|| format!("{name} is missing"))
    }
}

fn token(text: &str) -> (String, &str) {
    let end = text
        .find(|letter: char| letter == ',' || letter.is_whitespace())
        .unwrap_or(text.len());
    (text[..end].to_owned(), &text[end..])
}

fn quoted_value(text: &str) -> Result<(String, &str), String> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => value.extend(letters.next().map(|(_, escaped)| escaped)),
            letter => value.push(letter),
        }
    }
    Err(format!("no closing quote after {text:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_read() {
        let text = r#"username="a\"b, c", uri="/d?e=f",qop=auth , nc=00000001, OPAQUE="""#;
        let read = Authorization::parse(text).unwrap();
        assert_eq!(read.need("username"), Ok("a\"b, c"));
        assert_eq!(read.need("uri"), Ok("/d?e=f"));
        assert_eq!(
            (read.get("qop"), read.get("nc"), read.get("opaque")),
            (Some("auth"), Some("00000001"), Some(""))
        );
        assert_eq!(read.need("cnonce"), Err("cnonce is missing".to_owned()));
    }

    #[test]
    fn anything_odd_is_refused() {
        for (text, why) in [
            ("username", "no `=`"),
            ("username=a", "username must be quoted"),
            (r#"qop="auth""#, "qop must not be quoted"),
            (r#"uri="/a"#, "no closing quote"),
            (r#"uri="/a" nc=1"#, "no comma"),
            (r#"uri="/a","#, "a comma at the end"),
            ("nc=1, nc=2", "nc is given twice"),
            ("nc=", "nc has no value"),
            ("a b=c", "no parameter name"),
        ] {
            let error = Authorization::parse(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
