//! Before a cluster is overwritten, its name must be given once more.

use std::io::{self, IsTerminal, Write};

use atlas_backup_api::ClusterName;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::say;

/// Whether the user can be asked.
fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Fails if the name is not on the command line and nobody can be asked for it. To be called before
/// anything is sent.
pub fn is_possible(given: Option<&str>, cluster: &str) -> Result<(), Failure> {
    if given.is_some() || is_terminal() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "all data of {cluster} would be overwritten: confirm it with --yes-overwrite NAME, the name of that cluster"
    )))
}

/// Fails unless the name on the command line, or else the one that is typed now, is the name of the
/// cluster that is overwritten. `warning` is what the user must know before typing it.
pub async fn overwrite(
    given: Option<&str>,
    cluster: &ClusterName,
    warning: &str,
) -> Result<(), Failure> {
    let (name, place) = match given {
        Some(name) => (name.to_owned(), "--yes-overwrite"),
        None => (ask(cluster, warning).await?, "typed"),
    };
    if name == cluster.as_str() {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{place} {name:?} is not {cluster}, which would be overwritten: nothing was restored"
    )))
}

/// Asks for a line on the terminal.
async fn ask(cluster: &ClusterName, warning: &str) -> Result<String, Failure> {
    say(warning);
    let mut stderr = io::stderr();
    let _unwritten = write!(stderr, "Type {cluster} to go on: ").and_then(|()| stderr.flush());
    // On a thread of its own, so that Ctrl-C works meanwhile.
    let typed = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().read_line(&mut line).map(|_| line)
    });
    match typed.await {
        Ok(Ok(line)) => Ok(line.trim().to_owned()),
        _ => Err(Failure::new(
            Exit::Other,
            "the terminal cannot be read: nothing was restored",
        )),
    }
}
