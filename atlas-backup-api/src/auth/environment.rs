//! Reads credentials and the base URL from environment variables.

use std::env::{self, VarError};

use super::Credentials;
use crate::error::configuration::ConfigurationError;

/// A function that returns the value of an environment variable. Tests pass one of their own.
pub(crate) type Lookup<'a> = &'a dyn Fn(&'static str) -> Result<String, VarError>;

const PUBLIC: &[&str] = &["MONGODB_ATLAS_PUBLIC_API_KEY", "MONGODB_ATLAS_PUBLIC_KEY"];
const PRIVATE: &[&str] = &["MONGODB_ATLAS_PRIVATE_API_KEY", "MONGODB_ATLAS_PRIVATE_KEY"];
const CLIENT_ID: &[&str] = &["MONGODB_ATLAS_CLIENT_ID"];
const CLIENT_SECRET: &[&str] = &["MONGODB_ATLAS_CLIENT_SECRET"];
const ACCESS_TOKEN: &[&str] = &["MONGODB_ATLAS_ACCESS_TOKEN"];
const BASE_URL: &[&str] = &["MONGODB_ATLAS_BASE_URL"];

/// Returns the value of a variable in the environment of the process.
pub(crate) fn variable(name: &'static str) -> Result<String, VarError> {
    env::var(name)
}

/// Returns the base URL, or `None` if it is not set.
pub(crate) fn base_url(lookup: Lookup<'_>) -> Result<Option<String>, ConfigurationError> {
    Ok(find(lookup, BASE_URL)?.map(|found| found.value))
}

/// Returns the credentials. Fails unless exactly one kind is set, with all of its parts.
pub(crate) fn credentials(lookup: Lookup<'_>) -> Result<Credentials, ConfigurationError> {
    let (public, private) = (find(lookup, PUBLIC)?, find(lookup, PRIVATE)?);
    let (id, secret) = (find(lookup, CLIENT_ID)?, find(lookup, CLIENT_SECRET)?);
    let token = find(lookup, ACCESS_TOKEN)?;
    let kinds = [
        public.is_some() || private.is_some(),
        id.is_some() || secret.is_some(),
        token.is_some(),
    ];
    if kinds.iter().filter(|is_set| **is_set).count() > 1 {
        let mut names = String::new();
        for found in [public, private, id, secret, token].iter().flatten() {
            names += if names.is_empty() { "" } else { ", " };
            names += found.name;
        }
        return refuse(format!(
            "more than one kind is in the environment ({names}): unset all but one"
        ));
    }
    match (public, private, id, secret, token) {
        (Some(public), Some(private), ..) => api_key(public.value, private.value),
        (Some(public), None, ..) => refuse(missing(public.name, PRIVATE)),
        (None, Some(private), ..) => refuse(missing(private.name, PUBLIC)),
        (_, _, Some(id), Some(secret), _) => {
            Ok(Credentials::service_account(id.value, secret.value))
        }
        (_, _, Some(id), None, _) => refuse(missing(id.name, CLIENT_SECRET)),
        (_, _, None, Some(secret), _) => refuse(missing(secret.name, CLIENT_ID)),
        (.., Some(token)) => Ok(Credentials::token(token.value)),
        (None, None, None, None, None) => {
            let [public, private, id, secret, token] =
                [PUBLIC, PRIVATE, CLIENT_ID, CLIENT_SECRET, ACCESS_TOKEN].map(|names| names[0]);
            refuse(format!(
                "none in the environment: set {public} and {private}, or {id} and {secret}, or {token}"
            ))
        }
    }
}

#[cfg(feature = "digest")]
fn api_key(public: String, private: String) -> Result<Credentials, ConfigurationError> {
    Ok(Credentials::api_key(public, private))
}

#[cfg(not(feature = "digest"))]
fn api_key(_: String, _: String) -> Result<Credentials, ConfigurationError> {
    refuse(
        "an API key is in the environment, and this program was built without the feature `digest`"
            .to_owned(),
    )
}

struct Found {
    name: &'static str,
    value: String,
}

/// Returns the value that is set under any of these names, with the name. Fails if two of them have
/// different values, or if a value is not Unicode or in quotes.
fn find(lookup: Lookup<'_>, names: &[&'static str]) -> Result<Option<Found>, ConfigurationError> {
    let mut found: Option<Found> = None;
    for &name in names {
        let value = match lookup(name) {
            Ok(value) => value.trim_ascii().to_owned(),
            Err(VarError::NotPresent) => continue,
            Err(VarError::NotUnicode(_)) => return refuse_variable(name, "is not Unicode"),
        };
        if value.starts_with(QUOTES) || value.ends_with(QUOTES) {
            return refuse_variable(
                name,
                "has quotes around its value, which are part of it (as `docker --env-file` takes them): remove them",
            );
        }
        match &found {
            _ if value.is_empty() => {}
            Some(other) if other.value != value => {
                return refuse(format!("{} and {name} differ: unset one", other.name));
            }
            _ => found = Some(Found { name, value }),
        }
    }
    Ok(found)
}

/// Quotes, with which no id, key, secret, token or URL begins or ends.
const QUOTES: [char; 3] = ['"', '\'', '`'];

fn missing(set: &str, names: &[&str]) -> String {
    let mut text = format!("{set} is set in the environment, and {}", names[0]);
    for other in &names[1..] {
        text += &format!(" (or {other})");
    }
    text + " is missing"
}

/// Returns an error about one variable, without its value, which may be secret.
fn refuse_variable<T>(name: &str, fault: &str) -> Result<T, ConfigurationError> {
    Err(ConfigurationError::new(format!(
        "environment: {name} {fault}"
    )))
}

fn refuse<T>(fault: String) -> Result<T, ConfigurationError> {
    Err(ConfigurationError::new(format!("credentials: {fault}")))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn read(variables: &[(&'static str, &str)]) -> Result<Credentials, ConfigurationError> {
        credentials(&|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found
                .map(|(_, value)| (*value).to_owned())
                .ok_or(VarError::NotPresent)
        })
    }

    fn refusal(variables: &[(&'static str, &str)]) -> String {
        let error = read(variables).err().unwrap();
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{error:?}"
        );
        error.to_string()
    }

    #[cfg(feature = "digest")]
    #[test]
    fn all_spellings() {
        for public in PUBLIC {
            for private in PRIVATE {
                let found = read(&[(*public, "public"), (*private, " hunter2\n")]).unwrap();
                assert_eq!(format!("{found:?}"), "Credentials(API key)");
            }
        }
        let twice = [
            (PUBLIC[0], "public"),
            (PUBLIC[1], "public"),
            (PRIVATE[0], "hunter2"),
            (CLIENT_ID[0], " "),
        ];
        assert!(
            read(&twice).is_ok(),
            "the same under both names, and an empty variable"
        );
    }

    #[test]
    fn a_service_account() {
        let found = read(&[(CLIENT_ID[0], "mdb_sa_id_x"), (CLIENT_SECRET[0], "hunter2")]).unwrap();
        assert_eq!(format!("{found:?}"), "Credentials(service account)");
    }

    #[test]
    fn an_access_token() {
        let found = read(&[(ACCESS_TOKEN[0], " hunter2\n"), (CLIENT_ID[0], "")]).unwrap();
        assert_eq!(format!("{found:?}"), "Credentials(access token)");
    }

    #[test]
    fn quotes_are_a_fault_of_the_variable() {
        let all = [PUBLIC, PRIVATE, CLIENT_ID, CLIENT_SECRET, ACCESS_TOKEN].concat();
        for name in all {
            for value in [
                "\"hunter2\"",
                "'hunter2'",
                " 'hunter2' ",
                "\"hunter2",
                "hunter2'",
                "\"\"",
                "`hunter2`",
            ] {
                let message = refusal(&[(name, value)]);
                assert!(
                    message.starts_with(&format!(
                        "configuration: environment: {name} has quotes around its value"
                    )),
                    "{message}"
                );
            }
        }
        let error = base_url(&|_| Ok("\"https://u:hunter2@h\"".into())).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("configuration: environment: MONGODB_ATLAS_BASE_URL has quotes"),
            "{error}"
        );
        assert!(
            !format!("{error} {error:?}").contains("hunter2"),
            "{error:?}"
        );
    }

    #[test]
    fn what_is_missing_is_named() {
        for (variables, fault) in [
            (
                &[][..],
                "none in the environment: set MONGODB_ATLAS_PUBLIC_API_KEY and MONGODB_ATLAS_PRIVATE_API_KEY, or \
                 MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or MONGODB_ATLAS_ACCESS_TOKEN",
            ),
            (
                &[
                    ("MONGODB_ATLAS_PUBLIC_KEY", "public"),
                    ("MONGODB_ATLAS_PRIVATE_KEY", ""),
                ],
                "MONGODB_ATLAS_PUBLIC_KEY is set in the environment, and MONGODB_ATLAS_PRIVATE_API_KEY (or \
                 MONGODB_ATLAS_PRIVATE_KEY) is missing",
            ),
            (
                &[("MONGODB_ATLAS_PRIVATE_API_KEY", "hunter2")],
                "MONGODB_ATLAS_PRIVATE_API_KEY is set in the environment, and MONGODB_ATLAS_PUBLIC_API_KEY (or \
                 MONGODB_ATLAS_PUBLIC_KEY) is missing",
            ),
            (
                &[("MONGODB_ATLAS_CLIENT_ID", "id")],
                "MONGODB_ATLAS_CLIENT_ID is set in the environment, and MONGODB_ATLAS_CLIENT_SECRET is missing",
            ),
            (
                &[("MONGODB_ATLAS_CLIENT_SECRET", "hunter2")],
                "MONGODB_ATLAS_CLIENT_SECRET is set in the environment, and MONGODB_ATLAS_CLIENT_ID is missing",
            ),
        ] {
            assert_eq!(
                refusal(variables),
                format!("configuration: credentials: {fault}")
            );
        }
    }

    #[test]
    fn contradictions_are_not_guessed_at() {
        let all = [
            (PUBLIC[0], "public"),
            (PRIVATE[1], "hunter2"),
            (CLIENT_ID[0], "id"),
            (CLIENT_SECRET[0], "hunter2"),
        ];
        let token = |other| [(ACCESS_TOKEN[0], "hunter2"), other];
        let with_token = [token((PRIVATE[0], "hunter2")), token((CLIENT_ID[0], "id"))];
        for variables in [
            &all[..],
            &all[..3],
            &all[1..3],
            &all[1..],
            &with_token[0],
            &with_token[1],
        ] {
            let message = refusal(variables);
            assert!(message.contains("more than one kind"), "{message}");
            assert!(
                variables.iter().all(|(name, _)| message.contains(name)),
                "{message}"
            );
        }
        let differ = [
            (PUBLIC[0], "public"),
            (PRIVATE[0], "hunter2"),
            (PRIVATE[1], "hunter22"),
        ];
        assert!(
            refusal(&differ)
                .contains("MONGODB_ATLAS_PRIVATE_API_KEY and MONGODB_ATLAS_PRIVATE_KEY differ")
        );
    }

    #[test]
    fn what_is_not_unicode_is_named() {
        let error = credentials(&|_| Err(VarError::NotUnicode(OsString::from("hunter2"))))
            .err()
            .unwrap();
        assert_eq!(
            error.to_string(),
            "configuration: environment: MONGODB_ATLAS_PUBLIC_API_KEY is not Unicode"
        );
    }

    #[test]
    fn the_base_url() {
        assert_eq!(
            base_url(&|_| Ok(" https://h \n".into()))
                .unwrap()
                .as_deref(),
            Some("https://h")
        );
        assert_eq!(base_url(&|_| Err(VarError::NotPresent)).unwrap(), None);
    }
}
