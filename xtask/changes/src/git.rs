//! The history of the project, read with git.

use std::ffi::OsStr;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How to get commits that a shallow clone does not have.
const UNSHALLOW: &str = "This clone has only a part of the history: run `git fetch --unshallow --tags`, or set \
                         `fetch-depth: 0` for actions/checkout.";

/// The project's folder, which is in a git repository.
pub struct Repository {
    root: PathBuf,
}

/// A commit.
pub struct Commit {
    /// As the user knows it: a tag, a branch or what was given.
    pub name: String,
    /// Its id.
    pub id: String,
}

impl Repository {
    /// Opens the repository that a folder is in.
    ///
    /// # Errors
    /// If the folder is in no repository, or git cannot be run.
    pub fn new(root: &Path) -> Result<Self, String> {
        let repository = Repository {
            root: root.to_owned(),
        };
        let output = repository.git(["rev-parse", "--git-dir"])?;
        match output.status.success() {
            true => Ok(repository),
            false => Err(format!(
                "{}: there is no history to compare with: {}",
                root.display(),
                message(&output)
            )),
        }
    }

    /// Returns the commit to compare with: the one that is given, or the last tag, or `HEAD`.
    ///
    /// # Errors
    /// If there is no such commit, or no tag in a shallow clone.
    pub fn base(&self, given: Option<&str>) -> Result<Commit, String> {
        let name = match given {
            Some(name) => name.to_owned(),
            None => match self.last_tag("HEAD")? {
                Some(tag) => tag,
                // Without history, `HEAD` would hide everything that has changed since the release.
                None if self.is_shallow()? => return Err(format!("There is no tag. {UNSHALLOW}")),
                None => "HEAD".to_owned(),
            },
        };
        self.commit(&name)
    }

    /// Returns the commit with this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn commit(&self, name: &str) -> Result<Commit, String> {
        let revision = format!("{name}^{{commit}}");
        let arguments = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &revision,
        ];
        match self.line(arguments)? {
            Some(id) => Ok(Commit {
                name: name.to_owned(),
                id,
            }),
            None if self.is_shallow()? => Err(format!("There is no commit `{name}`. {UNSHALLOW}")),
            None => Err(format!(
                "There is no commit `{name}`: give a tag, a branch or a commit; `git tag` lists the tags."
            )),
        }
    }

    /// Returns the last tag before this commit, or of it.
    ///
    /// # Errors
    /// If git cannot be run.
    pub fn last_tag(&self, commit: &str) -> Result<Option<String>, String> {
        self.line(["describe", "--tags", "--abbrev=0", commit])
    }

    fn is_shallow(&self) -> Result<bool, String> {
        let answer = self.line(["rev-parse", "--is-shallow-repository"])?;
        Ok(answer.as_deref() == Some("true"))
    }

    /// Returns a file as it was in a commit, or `None` if it was not there.
    ///
    /// # Errors
    /// If it cannot be read, or is not UTF-8.
    pub fn then(&self, commit: &Commit, path: &str) -> Result<Option<String>, String> {
        // Relative to the project's folder, which may be below that of the repository.
        if self
            .line(["ls-tree", "--name-only", &commit.id, "--", path])?
            .is_none()
        {
            return Ok(None);
        }
        let output = self.git(["show", &format!("{}:./{path}", commit.id)])?;
        if !output.status.success() {
            let name = &commit.name;
            return Err(format!("cannot read {name}:{path}: {}", message(&output)));
        }
        let text = String::from_utf8(output.stdout);
        text.map(Some)
            .map_err(|_| format!("{}:{path} is not UTF-8", commit.name))
    }

    /// Returns a file as it is in the working tree, or `None` if it is not there.
    ///
    /// # Errors
    /// If it cannot be read, or is not UTF-8.
    pub fn now(&self, path: &str) -> Result<Option<String>, String> {
        match fs::read_to_string(self.root.join(path)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(format!("cannot read {path}: {error}")),
        }
    }

    /// Returns the project's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the paths of all files of the project, relative to its folder, except those that git
    /// ignores, and links.
    ///
    /// # Errors
    /// If git cannot list them.
    pub fn files(&self) -> Result<Vec<String>, String> {
        let text = self.text(["ls-files", "--cached", "--others", "--exclude-standard"])?;
        // A link leads to a file that is listed itself.
        let is_file = |path: &&str| {
            let metadata = self.root.join(path).symlink_metadata();
            metadata.is_ok_and(|metadata| metadata.is_file())
        };
        Ok(text.lines().filter(is_file).map(str::to_owned).collect())
    }

    /// Returns what has changed since the last commit in the files that match a pattern, as
    /// `git status --porcelain` says it.
    ///
    /// # Errors
    /// If git cannot say it.
    pub fn status(&self, pattern: &str) -> Result<String, String> {
        self.text([
            "status",
            "--porcelain",
            "--untracked-files=all",
            "--",
            pattern,
        ])
    }

    fn text<const N: usize>(&self, arguments: [&str; N]) -> Result<String, String> {
        let output = self.git(arguments)?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(format!("git {}: {}", arguments.join(" "), message(&output))),
        }
    }

    /// Runs git and returns the first line of its output, or `None` if there is none or it failed.
    fn line<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Option<String>, String> {
        let output = self.git(arguments)?;
        let text = String::from_utf8_lossy(&output.stdout);
        let line = text.lines().next().filter(|line| !line.is_empty());
        Ok(line.filter(|_| output.status.success()).map(str::to_owned))
    }

    fn git<S: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<Output, String> {
        let mut command = Command::new("git");
        command.current_dir(&self.root).args(arguments);
        command
            .output()
            .map_err(|error| format!("cannot run git: {error}"))
    }
}

/// What git says about a failure, on one line.
fn message(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
