//! The commands, one file each, and what all of them need.

mod check;
mod clusters;
mod completions;
mod drill;
mod list;
mod man;
mod restore;
mod save;
mod schedule;
mod take;
mod verify;
mod wait;

use atlas_backup_api::{Client, ObjectId};

use crate::args::{Args, Command, Schedule};
use crate::failure::Failure;
use crate::fleet;
use crate::interrupt::Interrupt;
use crate::output::Output;
use crate::progress::Progress;
use crate::target::{self, Target};

/// What a command works with.
pub struct Context {
    pub client: Client,
    pub output: Output,
    pub progress: Progress,
    pub interrupt: Interrupt,
    /// The option `--project`.
    project: Option<String>,
}

impl Context {
    /// Finds a cluster of the project.
    async fn target(&self, cluster: &str) -> Result<Target, Failure> {
        Target::find(&self.client, self.project().await?, cluster).await
    }

    /// Finds the cluster that is overwritten with a snapshot of `from`: in the same project, if no
    /// other is given.
    async fn overwritten(
        &self,
        from: &Target,
        project: Option<&str>,
        cluster: &str,
    ) -> Result<Target, Failure> {
        let project = match project {
            Some(project) => target::project(&self.client, Some(project)).await?,
            None => from.project.clone(),
        };
        Target::find(&self.client, project, cluster).await
    }

    /// Finds the project.
    pub async fn project(&self) -> Result<ObjectId, Failure> {
        target::project(&self.client, self.project.as_deref()).await
    }

    /// The name of the project, if the user has given its name and not its id.
    fn project_name(&self) -> Option<String> {
        target::project_name(self.project.as_deref())
    }
}

/// Runs the command that the user has typed.
pub async fn run(args: Args, interrupt: Interrupt) -> Result<(), Failure> {
    let output = Output::new(args.global.json);
    let progress = Progress::new(args.global.quiet);
    // These need neither credentials nor a project.
    match &args.command {
        Command::Verify(verify) => return verify::run(verify, &output, &progress).await,
        Command::Completions(completions) => return completions::run(completions),
        Command::Man(man) => return man::run(man),
        _ => {}
    }
    let client = match client(&args.command) {
        Ok(client) => client,
        Err(failure) => {
            return match &args.command {
                // Every drill has a report.
                Command::Drill(drill) => drill::fail(drill, &output, failure).await,
                _ => Err(failure),
            };
        }
    };
    let context = Context {
        client,
        output,
        progress,
        interrupt,
        project: args.global.project,
    };
    match &args.command {
        Command::Take(take) => take::run(&context, take).await,
        Command::List(list) => list::run(&context, list).await,
        Command::Save(save) => save::run(&context, save).await,
        Command::Check(check) => check::run(&context, check).await,
        Command::Restore(restore) => restore::run(&context, restore).await,
        Command::Drill(drill) => drill::run(&context, drill).await,
        Command::Wait(wait) => wait::run(&context, wait).await,
        Command::Schedule(Schedule::Show(show)) => schedule::show(&context, show).await,
        Command::Clusters(_) => clusters::run(&context).await,
        Command::Verify(_) | Command::Completions(_) | Command::Man(_) => Ok(()),
    }
}

/// The client for this command, with what the environment says.
fn client(command: &Command) -> Result<Client, Failure> {
    let program = concat!("atlas-backup/", env!("CARGO_PKG_VERSION"));
    let client = Client::builder().from_env()?.user_agent_suffix(program);
    let client = match command {
        Command::Take(take) if take.single().is_none() => fleet::client(client, take.timeout),
        _ => client,
    };
    Ok(client.build()?)
}
