//! The binary of `cargo xtask review`.

use std::process::ExitCode;

use clap::Parser;
use xtask_review::{Arguments, run};

fn main() -> ExitCode {
    run(&Arguments::parse()).unwrap_or_else(|error| {
        anstream::eprintln!("{}", error.trim_end());
        ExitCode::FAILURE
    })
}
