//! The `score` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    score_lang::cli::main(std::env::args_os().collect())
}
