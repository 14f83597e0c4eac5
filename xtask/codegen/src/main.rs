//! The binary of `cargo xtask codegen`.

use std::process::ExitCode;

use clap::Parser;
use xtask_codegen::{Arguments, run};

fn main() -> ExitCode {
    run(&Arguments::parse()).unwrap_or_else(|error| {
        anstream::eprintln!("{error}");
        ExitCode::FAILURE
    })
}
