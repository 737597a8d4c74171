//! The administrator's commands.
//!
//! Each opens the data folder, does one thing in one transaction and says what it did; `--json` says it for programs. Errors and exit
//! codes are those of `daka` (`failure`). Commands may run while a server serves the same folder.

mod failure;
mod imports;
mod keep;
mod out;
mod people;
mod reports;
mod rules;
mod serving;
mod setup;

use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
use crate::home::Home;
use crate::store::{Env, open};
use crate::tenants;
use clap::{Parser, Subcommand};
use daka_core::domain::complaint::{Complaint, Exit};
use daka_core::domain::ids::TenantId;
use rusqlite::Connection;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  it did not work
  2  what was typed or given cannot be; nothing was written
  3  the data folder is not set up yet
  5  another process uses the data folder

With --json, standard output is one JSON value; an error is {\"error\":{\"code\",\"field\",\"message\",\"next\"}}.";

/// The sync server of Daka.
#[derive(Debug, Parser)]
#[command(name = "daka-server", version, about, after_help = EXIT_CODES, max_term_width = 110)]
struct Cli {
    /// The data folder.
    #[arg(long, global = true, default_value = "daka-data", value_name = "DIR")]
    data: PathBuf,
    /// Answer in JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new data folder.
    Init,
    /// Employers.
    #[command(subcommand)]
    Tenant(setup::TenantCommand),
    /// The people of an employer.
    #[command(subcommand)]
    Employee(people::EmployeeCommand),
    /// Places to punch at.
    #[command(subcommand)]
    Site(rules::SiteCommand),
    /// What an employer decides about punches.
    #[command(subcommand)]
    Policy(rules::PolicyCommand),
    /// Enrolment codes.
    #[command(subcommand)]
    Code(people::CodeCommand),
    /// Phones.
    #[command(subcommand)]
    Device(people::DeviceCommand),
    /// What punches count as.
    Results(reports::ResultsArgs),
    /// Copy the database, also while it is in use; into a folder together with keys and photos.
    Backup(keep::BackupArgs),
    /// Put a backup back.
    Restore(keep::RestoreArgs),
    /// Serve phones.
    Serve(serving::ServeArgs),
}

/// What a command works with.
struct Desk {
    env: Arc<Env>,
    conn: Connection,
    json: bool,
}

impl Desk {
    fn open(cli: &Cli) -> Result<Self> {
        let home = Home::open(&cli.data)?;
        let conn = open(&home.db())?;
        Ok(Self { env: Arc::new(Env::new(home, system_clock())), conn, json: cli.json })
    }

    /// The tenant that is named, or the only one.
    fn tenant(&self, named: Option<&TenantId>) -> Result<TenantId> {
        match named {
            Some(id) => tenants::find(&self.conn, id).map(|t| t.id),
            None => match tenants::list(&self.conn)?.as_slice() {
                [one] => Ok(one.clone()),
                [] => Err(Error::unknown("tenant", "there is no tenant yet; run `daka-server tenant add`")),
                _ => Err(Error::bad("tenant", "there are several tenants; name one with --tenant")),
            },
        }
    }
}

fn system_clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

fn tenant_id(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|e| e.to_string())
}

fn employee_id(text: &str) -> Result<daka_core::domain::ids::EmployeeId, String> {
    daka_core::domain::ids::EmployeeId::parse(text).map_err(|e| e.to_string())
}

fn run(cli: &Cli) -> Result<()> {
    match &cli.command {
        Command::Init => setup::init(&cli.data, cli.json),
        Command::Serve(args) => serving::serve(&cli.data, args),
        Command::Restore(args) => keep::restore(&cli.data, cli.json, args),
        Command::Tenant(c) => setup::tenant(&mut Desk::open(cli)?, c),
        Command::Employee(c) => people::employee(&mut Desk::open(cli)?, c),
        Command::Site(c) => rules::site(&mut Desk::open(cli)?, c),
        Command::Policy(c) => rules::policy(&mut Desk::open(cli)?, c),
        Command::Code(c) => people::code(&mut Desk::open(cli)?, c),
        Command::Device(c) => people::device(&mut Desk::open(cli)?, c),
        Command::Results(args) => reports::results(&mut Desk::open(cli)?, args),
        Command::Backup(args) => keep::backup(&Desk::open(cli)?, args),
    }
}

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        // Help and version are no errors: clap knows where each of them goes.
        Err(e) if !e.use_stderr() => {
            let _ = e.print();
            return Exit::Ok.into();
        }
        Err(e) => {
            if arguments.iter().any(|a| a == "--json") {
                out::line(Complaint::usage(&e.to_string(), "see daka-server --help").json().to_string());
            }
            let _ = e.print();
            return Exit::Usage.into();
        }
    };
    match run(&cli) {
        Ok(()) => Exit::Ok.into(),
        Err(e) => {
            let failure = failure::Failure::from(&e);
            out::error(&failure.complaint(), cli.json);
            failure.exit.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
