//! The user's program, which looks at the restored data and says by its exit code whether it is
//! good.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::relay::Relay;
use crate::failure::Failure;

/// The variables about Atlas that the probe gets. All others with this prefix are or may be
/// credentials, which are not for the probe: it looks at data, for which it needs a user of the
/// database, and they could overwrite every cluster of the project.
const PREFIX: &str = "MONGODB_ATLAS_";
const NO_CREDENTIALS: [&str; 3] = [
    "MONGODB_ATLAS_BASE_URL",
    "MONGODB_ATLAS_PROJECT",
    "MONGODB_ATLAS_PROJECT_ID",
];

/// How long to read the rest of the output after the probe has ended. A process that it has left
/// behind may keep the output open for ever.
const REST: Duration = Duration::from_secs(1);

pub struct Probe {
    program: OsString,
    arguments: Vec<OsString>,
}

/// What is still to be read of the output of a probe that has ended.
#[derive(Default)]
pub struct Rest(Option<JoinHandle<()>>);

impl Rest {
    /// Reads it, but not for long.
    pub async fn read(self) {
        if let Some(reader) = self.0 {
            let _rest_is_lost = timeout(REST, reader).await;
        }
    }
}

/// How a probe ended.
pub enum Ended {
    Exited(ExitStatus),
    TimedOut,
}

impl Probe {
    /// Fails if the program plainly does not exist, so that no cluster is overwritten for nothing.
    pub fn new(command: &[OsString]) -> Result<Self, Failure> {
        let Some((program, arguments)) = command.split_first() else {
            return Err(Failure::usage("no probe is given: add -- PROGRAM"));
        };
        if is_missing(program) {
            let program = program.to_string_lossy();
            return Err(Failure::usage(format!(
                "the probe {program:?} is not a program that can be run: nothing was restored"
            )));
        }
        Ok(Probe {
            program: program.clone(),
            arguments: arguments.to_vec(),
        })
    }

    /// Runs the program until it ends, or kills it when `longest` has passed. What it prints goes to
    /// standard error, and to `see`; `rest` gets what is still to be read of it. The error is that it
    /// could not be started.
    pub async fn run(
        &self,
        environment: &[(&str, String)],
        longest: Duration,
        see: impl Fn(&[u8]) + Send + Sync + 'static,
        rest: &mut Rest,
    ) -> io::Result<Ended> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        for (name, _) in env::vars_os().filter(|(name, _)| may_be_credential(name)) {
            command.env_remove(name);
        }
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn()?;
        let group = Group::of(&child);
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        rest.0 = Some(tokio::spawn(async move {
            let relay = Relay::start();
            tokio::join!(read(output, &see, &relay), read(errors, &see, &relay));
            relay.end().await;
        }));
        match timeout(longest, child.wait()).await {
            Ok(status) => {
                group.release();
                Ok(Ended::Exited(status?))
            }
            Err(_) => {
                drop(group);
                child.kill().await?;
                Ok(Ended::TimedOut)
            }
        }
    }
}

/// Whether the variable with this name may have a credential of Atlas. On Windows, letters of names
/// may differ in case.
fn may_be_credential(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    name.starts_with(PREFIX) && !NO_CREDENTIALS.contains(&&*name)
}

/// Whether this is certainly no program. Windows has rules of its own for where a program may be.
fn is_missing(program: &OsStr) -> bool {
    if !cfg!(unix) {
        return false;
    }
    let path = Path::new(program);
    if path.components().count() != 1 || path.is_absolute() {
        return !is_program(path);
    }
    match env::var_os("PATH") {
        Some(directories) => {
            !env::split_paths(&directories).any(|directory| is_program(&directory.join(program)))
        }
        // The system has a default.
        None => false,
    }
}

/// Whether there is a file at this path that may be run.
fn is_program(path: &Path) -> bool {
    let Ok(metadata) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    let may_run = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = true;
    metadata.is_file() && may_run
}

/// Reads what the probe prints, until it has closed its output.
async fn read(output: Option<impl AsyncRead + Unpin>, see: impl Fn(&[u8]), relay: &Relay) {
    let Some(mut output) = output else { return };
    let mut buffer = vec![0; 8 << 10];
    while let Ok(read @ 1..) = output.read(&mut buffer).await {
        see(&buffer[..read]);
        relay.pass_on(&buffer[..read]).await;
    }
}

/// The probe with the processes that it has started. They are killed when this is dropped, as it is
/// when the program is interrupted.
#[cfg(unix)]
struct Group(Option<rustix::process::Pid>);

#[cfg(unix)]
impl Group {
    fn of(child: &Child) -> Self {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Group(id.and_then(rustix::process::Pid::from_raw))
    }

    /// The probe has ended by itself: what it has left behind is its own affair.
    fn release(mut self) {
        self.0 = None;
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        use rustix::process::{Signal, kill_process_group};
        if let Some(leader) = self.0 {
            let _has_ended = kill_process_group(leader, Signal::KILL);
        }
    }
}

/// Elsewhere there are no groups: only the probe itself is killed, by `kill_on_drop`.
#[cfg(not(unix))]
struct Group;

#[cfg(not(unix))]
impl Group {
    fn of(_: &Child) -> Self {
        Group
    }

    fn release(self) {}
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_missing_if_it_cannot_be_run() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("not-executable");
        std::fs::write(&file, "").expect("it can be written");
        for missing in [
            file.as_os_str(),
            directory.path().as_os_str(),
            OsStr::new("./no/such/program"),
            OsStr::new("no-such-program-anywhere"),
            OsStr::new(""),
        ] {
            assert!(is_missing(missing), "{missing:?}");
        }
        for program in ["/bin/sh", "sh"] {
            assert!(!is_missing(OsStr::new(program)), "{program}");
        }
    }
}
