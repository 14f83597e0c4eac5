//! `atlas-backup`: takes, lists, saves, verifies, restores and checks the backups of MongoDB Atlas clusters.
//!
//! `args` has the command line, `commands` has one file for each command, `exit` has what each
//! exit code means, and `failure` has the messages. To add a command, add it to `args::Command` and to `commands::run`.

#![forbid(unsafe_code)]

mod args;
mod check;
mod commands;
mod confirm;
mod drill;
mod except;
mod exit;
mod failure;
mod fleet;
mod interrupt;
mod manifest;
mod output;
mod policy;
mod private_file;
mod progress;
mod records;
mod restores;
mod shell;
mod snapshots;
mod target;

use clap::Parser;

fn main() {
    let args = args::Args::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let ended = match runtime {
        Ok(runtime) => {
            let ended =
                runtime.block_on(interrupt::guard(|interrupt| commands::run(args, interrupt)));
            // Otherwise the program would wait for a thread that reads a large file.
            runtime.shutdown_background();
            ended
        }
        Err(error) => Err(failure::Failure::new(
            exit::Exit::Other,
            format!("the program cannot start: {error}"),
        )),
    };
    exit::end(ended)
}
