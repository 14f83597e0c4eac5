//! Which version the changes need, and whether Cargo.toml has it.

use std::fmt;

use atlas_backup_document::changes::{Change, Level};
use semver::Version;

use crate::git::{Commit, Repository};

/// The manifest with the version of all crates.
const MANIFEST: &str = "Cargo.toml";

/// The version that is needed, and those that there are.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The gravest change, if there is any.
    level: Option<Level>,
    /// The last released version, and its tag if there is one.
    released: Version,
    tag: Option<String>,
    /// The version in Cargo.toml.
    current: Version,
}

impl Verdict {
    /// Whether the version in Cargo.toml is high enough.
    pub fn is_enough(&self) -> bool {
        let (current, needed) = (&self.current, self.needed());
        // A pre-release of the version that is needed is on the way to it.
        (current.major, current.minor, current.patch) >= (needed.major, needed.minor, needed.patch)
    }

    /// Returns the lowest version for these changes. Before 1.0, Cargo takes another second number for
    /// what another first number is later, and another third number for everything else.
    fn needed(&self) -> Version {
        let Version {
            major,
            minor,
            patch,
            ..
        } = self.released;
        match (self.level, major) {
            (None, _) => Version::new(major, minor, patch),
            (Some(Level::Major), 0) => Version::new(0, minor + 1, 0),
            (Some(Level::Major), _) => Version::new(major + 1, 0, 0),
            (Some(Level::Minor), 1..) => Version::new(major, minor + 1, 0),
            (Some(Level::Minor), 0) | (Some(Level::Patch), _) => {
                Version::new(major, minor, patch + 1)
            }
        }
    }
}

/// The verdict as a sentence: `0.2.0 is needed: …`.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (needed, current, released) = (self.needed(), &self.current, &self.released);
        let Some(level) = self.level else {
            return f.write_str("no release is needed: nothing has changed that users can see");
        };
        let which = if self.is_enough() {
            format!("{current} is enough")
        } else {
            format!("{needed} is needed")
        };
        write!(f, "{which}: the gravest change since {released} is ")?;
        match level {
            Level::Patch => f.write_str("a patch")?,
            level => f.write_str(level.name())?,
        }
        if !self.is_enough() {
            write!(f, ", and {MANIFEST} has {current}")?;
        }
        match &self.tag {
            Some(_) => Ok(()),
            None => write!(
                f,
                " (no tag says that {released} is released; until it is, the version can stay, though `--check` fails)"
            ),
        }
    }
}

/// Compares the version in Cargo.toml with that of the last release before the commit.
pub fn verdict(
    repository: &Repository,
    base: &Commit,
    changes: &[Change],
) -> Result<Verdict, String> {
    let tag = repository.last_tag(&base.id)?;
    let release = match &tag {
        Some(tag) => &repository.commit(tag)?,
        None => base,
    };
    let name = format!("{}:{MANIFEST}", release.name);
    let then = repository.then(release, MANIFEST)?;
    let now = repository.now(MANIFEST)?;
    Ok(Verdict {
        level: changes.iter().map(Change::level).min(),
        released: version(&name, then)?,
        tag,
        current: version(MANIFEST, now)?,
    })
}

/// Reads a manifest. `name` is for messages.
pub fn manifest(name: &str, text: &str) -> Result<toml::Table, String> {
    text.parse().map_err(|error| format!("{name}: {error}"))
}

fn version(name: &str, text: Option<String>) -> Result<Version, String> {
    let text = text.ok_or_else(|| format!("There is no {name}."))?;
    let manifest = manifest(name, &text)?;
    let workspace = manifest.get("workspace").and_then(|it| it.get("package"));
    let version = workspace.and_then(|package| package.get("version"));
    let version = version.and_then(toml::Value::as_str);
    let version =
        version.ok_or_else(|| format!("{name}: there is no `version` in `[workspace.package]`"))?;
    Version::parse(version).map_err(|error| format!("{name}: the version `{version}`: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(released: &str, current: &str, level: Option<Level>) -> Verdict {
        Verdict {
            level,
            released: Version::parse(released).unwrap(),
            tag: Some(format!("v{released}")),
            current: Version::parse(current).unwrap(),
        }
    }

    #[test]
    fn the_version_that_is_needed() {
        use Level::{Major, Minor, Patch};
        for (released, level, needed) in [
            ("0.1.0", None, "0.1.0"),
            ("0.1.0", Some(Major), "0.2.0"),
            ("0.1.0", Some(Minor), "0.1.1"),
            ("0.1.3", Some(Patch), "0.1.4"),
            ("1.2.3", Some(Major), "2.0.0"),
            ("1.2.3", Some(Minor), "1.3.0"),
            ("1.2.3", Some(Patch), "1.2.4"),
        ] {
            assert_eq!(
                verdict(released, released, level).needed().to_string(),
                needed
            );
        }
    }

    #[test]
    fn a_version_is_enough_if_it_is_at_least_the_one_that_is_needed() {
        for (current, is_enough) in [
            ("0.1.0", false),
            ("0.1.9", false),
            ("0.2.0-rc.1", true),
            ("0.2.0", true),
            ("1.0.0", true),
        ] {
            let verdict = verdict("0.1.0", current, Some(Level::Major));
            assert_eq!(verdict.is_enough(), is_enough, "{current}");
        }
        assert!(verdict("0.1.0", "0.1.0", None).is_enough());
    }
}
