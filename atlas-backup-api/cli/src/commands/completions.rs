//! `atlas-backup completions`: prints the script that completes arguments in a shell.

use std::io::{self, Write};

use clap::CommandFactory;

use crate::args::{Args, Completions};
use crate::failure::Failure;

pub fn run(args: &Completions) -> Result<(), Failure> {
    // Into memory first, because the generator panics if it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut Args::command(),
        "atlas-backup",
        &mut script,
    );
    Ok(io::stdout().lock().write_all(&script)?)
}
