//! The command line: one file per command. The result, and nothing else, is on stdout.

mod arguments;
mod check;
mod doctor;
mod exit;
mod explain;
mod failure;
mod fmt;
mod help;
mod kept;
mod keys;
mod media;
mod models;
mod options;
mod out;
mod person;
mod plan;
mod progress;
mod repl;
mod requests;
mod run;
mod scores;
mod stage;
mod terminal;
mod test;
mod update;

use std::ffi::OsString;
use std::process::ExitCode;

use options::Command;

/// Runs the command line and says with which code the process ends.
#[must_use]
pub fn main(arguments: &[OsString]) -> ExitCode {
    let code = match options::read(arguments) {
        Err(early) => early,
        Ok(command) => perform(command),
    };
    ExitCode::from(code.number())
}

fn perform(command: Command) -> exit::Exit {
    match command {
        Command::Run(options) => run::run(&options, run::Manner::Real),
        Command::Rehearse(options) => run::run(&options, run::Manner::Rehearsal),
        Command::Resume(options) => kept::resume(&options),
        Command::Answer(options) => kept::answer(&options),
        Command::Runs(options) => kept::runs(&options),
        Command::Check(options) => check::check(&options),
        Command::Plan(options) => plan::plan(&options),
        Command::Fmt(options) => fmt::fmt(&options),
        Command::Test(options) => test::test(&options),
        Command::Repl(options) => repl::repl(&options),
        Command::Explain(options) => explain::explain(&options),
        Command::Keys(options) => keys::keys(&options),
        Command::Help(options) => help::help(&options),
        Command::Doctor(options) => doctor::doctor(&options),
        Command::Models(options) => models::models(&options),
        Command::Update(options) => update::update(&options),
    }
}
