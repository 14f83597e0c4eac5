//! Parses the `WWW-Authenticate` header of a 401 response, as loosely as servers write it.
//!
//! The parser of `digest_auth` accepts only one challenge in exact spelling, so this file parses
//! the fields itself and passes them to `digest_auth`.

use digest_auth::{Algorithm, AlgorithmType, Charset, Qop, WwwAuthenticateHeader};
use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// Returns the first Digest challenge that the client supports. Servers list challenges in order of
/// preference.
pub(super) fn digest(headers: &HeaderMap) -> Option<WwwAuthenticateHeader> {
    // A value with characters other than visible ASCII is skipped: the `Authorization` header
    // repeats parts of the challenge, and could not contain them.
    let values = headers
        .get_all(WWW_AUTHENTICATE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(challenges)
        .find_map(|challenge| parse_digest(&challenge))
}

/// A scheme and its parameters, with their names in lower case.
struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    fn get(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    fn is_true(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

/// Returns the fields that a signature needs. `None` if the scheme is not Digest, if the realm or
/// the nonce is missing, or if the client does not support the algorithm or quality of protection.
fn parse_digest(challenge: &Challenge) -> Option<WwwAuthenticateHeader> {
    if challenge.scheme != "digest" {
        return None;
    }
    Some(WwwAuthenticateHeader {
        domain: None,
        realm: challenge.get("realm")?.to_owned(),
        nonce: challenge
            .get("nonce")
            .filter(|nonce| !nonce.is_empty())?
            .to_owned(),
        opaque: challenge.get("opaque").map(str::to_owned),
        stale: challenge.is_true("stale"),
        algorithm: algorithm(challenge.get("algorithm"))?,
        qop: qop(challenge.get("qop"))?,
        userhash: challenge.is_true("userhash"),
        // The charset only affects how a user name is encoded, and API keys are ASCII.
        charset: Charset::UTF8,
        nc: 0,
    })
}

fn algorithm(name: Option<&str>) -> Option<Algorithm> {
    let name = name.unwrap_or("MD5").to_ascii_lowercase();
    let (name, session) = name
        .strip_suffix("-sess")
        .map_or((name.as_str(), false), |name| (name, true));
    let family = match name {
        "md5" | "" => AlgorithmType::MD5,
        "sha-256" => AlgorithmType::SHA2_256,
        "sha-512-256" => AlgorithmType::SHA2_512_256,
        _ => return None,
    };
    Some(Algorithm::new(family, session))
}

/// Chooses the quality of protection. `Some(None)` is RFC 2069, without quality of protection and
/// without a count. `None` if the server offers only auth-int, which is never chosen: it hashes
/// bodies, which is useless over TLS. digest_auth would prefer auth-int if it were passed on.
fn qop(offered: Option<&str>) -> Option<Option<Vec<Qop>>> {
    let offered: Vec<String> = offered
        .unwrap_or_default()
        .split([',', ' '])
        .map(str::to_ascii_lowercase)
        .collect();
    match offered {
        _ if offered.iter().any(|token| token == "auth") => Some(Some(vec![Qop::AUTH])),
        _ if offered.iter().any(|token| token == "auth-int") => None,
        // Unknown tokens are ignored, as if the server offered none.
        _ => Some(None),
    }
}

/// Parses the challenges of one header value: `Basic realm="a", Digest realm = "b", nonce=c`.
fn challenges(text: &str) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    let mut rest = separated(text);
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.find(['=', ',', ' ', '\t']).unwrap_or(rest.len()));
        match after.trim_start().strip_prefix('=') {
            // A word without `=` is the scheme of the next challenge.
            None => challenges.push(Challenge {
                scheme: word.to_ascii_lowercase(),
                parameters: Vec::new(),
            }),
            Some(value) => {
                let Some((value, after)) = value_at(value.trim_start()) else {
                    break;
                };
                if let Some(challenge) = challenges.last_mut() {
                    challenge
                        .parameters
                        .push((word.to_ascii_lowercase(), value));
                }
                rest = separated(after);
                continue;
            }
        }
        rest = separated(after);
    }
    challenges
}

fn separated(text: &str) -> &str {
    text.trim_start_matches([',', ' ', '\t'])
}

/// Splits a token or a quoted text, without its quotes, from the rest. Returns `None` if the quotes
/// are not closed.
fn value_at(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (value, after) = text.split_at(text.find([',', ' ', '\t']).unwrap_or(text.len()));
        return Some((value.to_owned(), after));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => value.push(characters.next()?.1),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(values: &[&str]) -> Option<WwwAuthenticateHeader> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(
                WWW_AUTHENTICATE,
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        digest(&headers)
    }

    const ATLAS: &str = r#"Digest realm="MMS Public API", domain="", nonce="fake+/nonce==", algorithm=MD5, qop="auth", stale=false"#;

    #[test]
    fn the_challenge_of_atlas() {
        let read = read(&[ATLAS]).unwrap();
        assert_eq!(
            (read.realm.as_str(), read.nonce.as_str()),
            ("MMS Public API", "fake+/nonce==")
        );
        assert_eq!(
            (read.algorithm, read.qop, read.opaque),
            (Algorithm::default(), Some(vec![Qop::AUTH]), None)
        );
        assert_eq!((read.stale, read.userhash, read.nc), (false, false, 0));
    }

    #[test]
    fn spelling_does_not_matter() {
        for odd in [
            r#"digest realm="MMS Public API",nonce="n",algorithm=md5,qop=auth"#,
            r#"DIGEST  REALM = "MMS Public API" ,  Nonce= n ,, algorithm ="MD5",charset=utf-8, qop=" Auth , auth-int,token""#,
            "Digest\trealm=\"MMS Public API\"\tnonce=\"n\" qop=\"auth-int,auth\" stale=FALSE domain=\"/a /b\" new=thing",
            r#", Digest nonce="n", realm="MMS\ Public API", qop="auth", algorithm="""#,
        ] {
            let read = read(&[odd]).unwrap_or_else(|| panic!("{odd}"));
            assert_eq!(
                (read.realm.as_str(), read.nonce.as_str()),
                ("MMS Public API", "n"),
                "{odd}"
            );
            assert_eq!(
                (read.algorithm, read.qop),
                (Algorithm::default(), Some(vec![Qop::AUTH])),
                "{odd}"
            );
        }
    }

    #[test]
    fn without_qop_it_is_the_old_protocol() {
        for old in [
            r#"Digest realm="r", nonce="n""#,
            r#"Digest realm="r", nonce="n", op="auth""#,
            r#"Digest realm="r", nonce="n", qop="""#,
            r#"Digest realm="r", nonce="n", qop="unknown""#,
        ] {
            assert_eq!(read(&[old]).unwrap().qop, None, "{old}");
        }
    }

    #[test]
    fn the_first_that_can_be_met() {
        let sha = r#"Digest realm="r", nonce="sha", algorithm=sha-256, qop=auth, opaque="o\"p", stale=True, userhash=true"#;
        let first = read(&[
            "Negotiate YWJj==",
            "Basic realm=\"a, Digest realm=b\"",
            sha,
            ATLAS,
        ])
        .unwrap();
        assert_eq!(
            (first.nonce.as_str(), first.opaque.as_deref()),
            ("sha", Some("o\"p"))
        );
        assert_eq!(
            first.algorithm,
            Algorithm::new(AlgorithmType::SHA2_256, false)
        );
        assert!(first.stale && first.userhash);
        let one_line = format!("Bearer error=\"x\", {sha}, {ATLAS}");
        assert_eq!(read(&[&one_line]).unwrap().nonce, "sha");
        let unknown = r#"Digest realm="r", nonce="new", algorithm=SHA3, qop=auth"#;
        assert_eq!(read(&[unknown, ATLAS]).unwrap().nonce, "fake+/nonce==");
        let session = r#"Digest realm="r", nonce="n", algorithm=MD5-SESS, qop=auth"#;
        assert_eq!(
            read(&[session]).unwrap().algorithm,
            Algorithm::new(AlgorithmType::MD5, true)
        );
    }

    #[test]
    fn what_cannot_be_met() {
        for odd in [
            "",
            "Basic realm=\"r\"",
            "Digest",
            r#"Digest realm="r""#,
            r#"Digest nonce="n""#,
            r#"Digest realm="r", nonce="""#,
            r#"Digest realm="r", nonce="n"#,
            r#"Digest realm="r\"#,
            r#"Digest realm="r", nonce="n", qop="auth-int""#,
            "Digest realm=\"é\", nonce=\"n\"",
            r#"realm="r", nonce="n""#,
        ] {
            assert_eq!(read(&[odd]), None, "{odd}");
        }
        assert_eq!(digest(&HeaderMap::new()), None);
    }
}
