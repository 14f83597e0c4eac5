//! `cargo xtask …`: the project's commands. One file a command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "The commands of this project", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Codegen(xtask::codegen::Arguments),
    /// Read captures of real traffic (HAR) through the client, and compare them with the spec
    #[command(disable_help_flag = true)]
    Conform(xtask::binary::Arguments),
    /// Show what one does with a backup, from taking it to having it on disk, against an Atlas on this machine
    #[command(disable_help_flag = true)]
    Demo(xtask::binary::Arguments),
    /// Run an Atlas on this machine that remembers what it is told, to try programs on
    #[command(disable_help_flag = true)]
    FakeAtlas(xtask::binary::Arguments),
    Upstream(xtask::upstream::Arguments),
}

fn main() -> ExitCode {
    let Cli { command } = Cli::parse();
    let result = match command {
        Command::Codegen(arguments) => xtask::codegen::run(&arguments),
        Command::Conform(arguments) => xtask::binary::run("conform", &arguments),
        Command::Demo(arguments) => xtask::binary::run("demo", &arguments),
        Command::FakeAtlas(arguments) => xtask::binary::run("fake-atlas", &arguments),
        Command::Upstream(arguments) => xtask::upstream::run(&arguments),
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            anstream::eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
