//! `daka`, the punch clock in a terminal.

use std::process::ExitCode;

fn main() -> ExitCode {
    daka::run(std::env::args_os())
}
