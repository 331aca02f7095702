//! The `sightline` binary. Each command is a file in [`cli`]; what commands share with one another is in [`stage`]; the
//! terminal is [`print`], [`table`] and [`progress`]; the clock, randomness and the environment are in [`world`] alone.

mod cli;
mod config;
mod exit;
mod fault;
mod figures;
mod interrupt;
mod lake_place;
mod log;
mod print;
mod progress;
mod serve;
mod since;
mod stage;
mod table;
mod web;
mod world;

use clap::Parser as _;
use exit::Exit;

#[tokio::main]
async fn main() -> Exit {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return Exit::of_usage(&error),
    };
    log::start(cli.global.verbose, cli.log_format());
    match cli.run().await {
        Ok(exit) => exit,
        Err(error) if print::is_closed_pipe(&error) => Exit::Clean,
        Err(error) => {
            print::error(&error);
            Exit::CouldNotRun
        }
    }
}
