//! One module per command.

mod check;
mod checkin;
mod consent;
mod enrol;
mod export;
mod fix;
mod log;
mod photo;
mod precheck;
mod punch;
mod status;
mod sync;
mod verify;

use crate::args::{Args, Command};
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Done;

pub(crate) fn run(args: &Args) -> Result<Done, Failure> {
    let home = Home::at(&args.home);
    match &args.command {
        Command::Enrol(a) => enrol::run(&home, a),
        Command::Consent(a) => consent::run(&home, a),
        Command::Precheck(a) => precheck::run(&home, a),
        Command::Punch(a) => punch::run(&home, a),
        Command::Checkin(a) => checkin::run(&home, a),
        Command::Status => status::run(&home),
        Command::Sync(a) => sync::run(&home, a),
        Command::Log(a) => log::run(&home, a),
        Command::Export(a) => export::run(&home, a),
        Command::Verify(a) => verify::run(a),
        Command::Check => check::run(&home),
        Command::Photo(a) => photo::run(a),
    }
}
