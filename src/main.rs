//! The `score` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    score_lang::cli::main(&arguments)
}
