//! `atlas-backup man`: writes the manual pages, one for the program and one for each command.

use clap::CommandFactory;

use crate::args::{Args, Man};
use crate::exit::Exit;
use crate::failure::Failure;

pub fn run(args: &Man) -> Result<(), Failure> {
    clap_mangen::generate_to(Args::command(), &args.directory).map_err(|error| {
        let message = format!("{}: {error}", args.directory.display());
        Failure::new(Exit::Other, message)
    })
}
