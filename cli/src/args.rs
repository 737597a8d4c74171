//! What can be typed.

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use daka_core::domain::journal::{Asked, FieldType, Purpose};
use std::path::PathBuf;
use tracing_subscriber::EnvFilter;

const ABOUT: &str = "A punch clock whose punches can be checked by anyone.

Everything is kept in one folder (--home) as on a phone: a sealed journal, a device key in a file (key level: software) and sealed
photos. `punch` and `checkin` need no network; `sync` sends what waits and fetches time and rules.";

const EXIT_CODES: &str = "Exit codes:
  0  done, or the proof file holds
  1  it did not work, or something in the proof file does not hold
  2  what was typed or given cannot be; nothing was written
  3  not enrolled yet
  4  the network or the server is away; everything is kept on this phone
  5  another process uses the folder

With --json, standard output is one JSON value; an error is {\"error\":{\"code\",\"field\",\"message\",\"next\"}}.";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "daka", version, about = ABOUT, after_help = EXIT_CODES, max_term_width = 110)]
pub(crate) struct Args {
    /// The folder that stands for the phone
    #[arg(long, global = true, value_name = "DIR", env = "DAKA_HOME", default_value = ".daka")]
    pub(crate) home: PathBuf,
    /// Print one JSON value instead of words
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// What to log on standard error: off, warn, info, or a filter such as daka_core=debug
    #[arg(long, global = true, value_name = "FILTER", env = "DAKA_LOG", default_value = "off",
          value_parser = |filter: &str| EnvFilter::try_new(filter).map(|_| filter.to_owned()))]
    pub(crate) log: String,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Enrol with an employer by the text of the QR code, or by its server's address and a typed code
    Enrol(Enrol),
    /// Give or withdraw consent, purpose by purpose; without options, show it
    Consent(ConsentArgs),
    /// Say what a punch here and now would be; writes nothing
    Precheck(Precheck),
    /// Clock in or out, or start or end a break
    Punch(Punch),
    /// Field check-in with photos
    Checkin(Checkin),
    /// Show where this phone stands
    Status,
    /// Send what waits, and fetch time and rules
    Sync(Sync),
    /// List punches, newest first
    Log(Log),
    /// Write a proof file that anyone can check
    Export(Export),
    /// Check a proof file, offline
    Verify(Verify),
    /// Check every entry of this phone's journal
    Check,
    /// Mark a camera's JPEG, give the camera's file back, or compare the two; no enrolment is needed
    Photo(Photo),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Enrol {
    /// The text of the QR code, daka:1?u=…&r=…&c=…, or the server's address and the eight characters of a typed code
    #[arg(required = true, num_args = 1.., value_name = "TEXT")]
    pub(crate) text: Vec<String>,
    /// Give consent at once
    #[arg(long, value_name = "PURPOSES", value_enum, value_delimiter = ',', num_args = 1)]
    pub(crate) consent: Vec<PurposeArg>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ConsentArgs {
    /// Purposes to consent to
    #[arg(long, value_name = "PURPOSES", value_enum, value_delimiter = ',', num_args = 1)]
    pub(crate) grant: Vec<PurposeArg>,
    /// Purposes to withdraw consent from
    #[arg(long, value_name = "PURPOSES", value_enum, value_delimiter = ',', num_args = 1)]
    pub(crate) withdraw: Vec<PurposeArg>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PurposeArg {
    /// Location at a punch
    Location,
    /// Wi-Fi and beacons at a punch
    Radio,
    /// Photos
    Photo,
}

impl PurposeArg {
    pub(crate) fn purpose(self) -> Purpose {
        match self {
            Self::Location => Purpose::Location,
            Self::Radio => Purpose::Radio,
            Self::Photo => Purpose::Photo,
        }
    }
}

/// A position as it was measured. Values are judged by the core, so that NaN and the like meet one rule everywhere.
#[derive(Clone, Copy, Debug, ClapArgs)]
pub(crate) struct FixArgs {
    /// Latitude in degrees, WGS-84, north positive
    #[arg(long, value_name = "DEGREES", requires = "lon", allow_hyphen_values = true)]
    pub(crate) lat: Option<f64>,
    /// Longitude in degrees, WGS-84, east positive
    #[arg(long, value_name = "DEGREES", requires = "lat", allow_hyphen_values = true)]
    pub(crate) lon: Option<f64>,
    /// Accuracy of the position in metres
    #[arg(long, value_name = "METRES", requires = "lat", allow_hyphen_values = true)]
    pub(crate) accuracy: Option<f64>,
    /// Altitude in metres
    #[arg(long, value_name = "METRES", requires = "lat", allow_hyphen_values = true)]
    pub(crate) altitude: Option<f64>,
    /// Speed in metres per second
    #[arg(long, value_name = "M/S", requires = "lat", allow_hyphen_values = true)]
    pub(crate) speed: Option<f64>,
    /// How many seconds ago the position was measured, at most a day
    #[arg(long, value_name = "SECONDS", requires = "lat", default_value_t = 0, allow_hyphen_values = true,
          value_parser = clap::value_parser!(u32).range(0..=86_400))]
    pub(crate) age: u32,
    /// The platform says that the position is simulated
    #[arg(long, requires = "lat")]
    pub(crate) mock: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Precheck {
    #[command(flatten)]
    pub(crate) fix: FixArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Punch {
    /// What to punch; auto lets the rules decide
    #[arg(value_enum)]
    pub(crate) asked: AskedArg,
    #[command(flatten)]
    pub(crate) fix: FixArgs,
    /// A note, at most 4,000 bytes
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AskedArg {
    In,
    Out,
    BreakStart,
    BreakEnd,
    Auto,
}

impl AskedArg {
    pub(crate) fn asked(self) -> Asked {
        match self {
            Self::In => Asked::In,
            Self::Out => Asked::Out,
            Self::BreakStart => Asked::BreakStart,
            Self::BreakEnd => Asked::BreakEnd,
            Self::Auto => Asked::Auto,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Checkin {
    /// What kind of field check-in
    #[arg(long = "type", value_enum, value_name = "TYPE")]
    pub(crate) kind: FieldArg,
    /// A JPEG photo; one to nine of them
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) photo: Vec<PathBuf>,
    /// A visit reference, at most 200 bytes
    #[arg(long, value_name = "REF")]
    pub(crate) visit: Option<String>,
    /// A note, at most 4,000 bytes
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// What the check-in is asked as
    #[arg(long = "as", value_enum, default_value = "auto", value_name = "PUNCH")]
    pub(crate) asked: AskedArg,
    #[command(flatten)]
    pub(crate) fix: FixArgs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum FieldArg {
    ClientVisit,
    BusinessTrip,
    /// Working from home
    Home,
    Other,
}

impl FieldArg {
    pub(crate) fn field(self) -> FieldType {
        match self {
            Self::ClientVisit => FieldType::ClientVisit,
            Self::BusinessTrip => FieldType::BusinessTrip,
            Self::Home => FieldType::Home,
            Self::Other => FieldType::Other,
        }
    }
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Sync {
    /// Go now, also if the next attempt is not due yet
    #[arg(long)]
    pub(crate) now: bool,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Log {
    /// How many punches to show
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) limit: u32,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Export {
    /// The file to write; an earlier one is replaced
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Show punches from this time on: 2026-03-01T00:00:00+08:00, or a day in this terminal's zone
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<String>,
    /// Show punches up to this time; a day counts to its end
    #[arg(long, value_name = "TIME")]
    pub(crate) to: Option<String>,
}

/// What each word of a report says, for `daka verify --help`.
const CLAIMS: &str = "What can hold for a punch, or be missing or fail:
  chain          the entry is unchanged and in its place in the journal
  signature      the phone's key signed it
  device         the employer certified that key, in time
  enrolment      the employer says whose journal it is
  name           the name is the one of the enrolment
  receipt        the server's log says that and when it had the entry
  time           the time is known as its word says
  all_evidence   nothing that bears on the time was left out
  rules          the rules that it names are published in the log
  place          the place follows from the recorded positions and the site's area
  place_figures  the positions are not shown; the place follows from the recorded distance
  photo          the photo is the one that was punched
  note           the note is the one that was punched

Exit codes: 0 everything holds, 1 something does not, 2 a file cannot be read.";

#[derive(Debug, ClapArgs)]
#[command(after_help = CLAIMS)]
pub(crate) struct Verify {
    /// The proof file
    pub(crate) file: PathBuf,
    /// The employer's root key (PEM, "PUBLIC KEY"), had from the employer and not from the file
    #[arg(long, value_name = "ROOT.pem")]
    pub(crate) trust: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct Photo {
    #[command(subcommand)]
    pub(crate) command: PhotoCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PhotoCommand {
    /// Burn lines of text into a photo, or add them in a strip beside it; everything else stays as the camera wrote it
    Mark(PhotoMark),
    /// Give the camera's file back, byte for byte
    Restore(PhotoRestore),
    /// Say which blocks of a marked photo are not as in the camera's file
    Check(PhotoCheck),
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PhotoMark {
    /// The camera's JPEG; it is only read
    #[arg(value_name = "IN")]
    pub(crate) input: PathBuf,
    /// The marked photo to write; an earlier one is replaced. A splice also writes OUT.undo
    #[arg(value_name = "OUT")]
    pub(crate) out: PathBuf,
    /// One to eight lines of at most 96 characters
    #[arg(long, value_name = "LINE", required = true, num_args = 1..)]
    pub(crate) text: Vec<String>,
    /// strip: beside the picture, restored from the photo alone; splice: over a part of it, restored with OUT.undo
    #[arg(long, value_parser = ["strip", "splice"], default_value = "strip")]
    pub(crate) mode: String,
    /// Where it is shown; a strip lies at the bottom or the top
    #[arg(long, value_name = "WHERE", default_value = "bottom",
          value_parser = ["bottom", "top", "bottom_left", "bottom_right", "top_left", "top_right"])]
    pub(crate) placement: String,
    /// What the letters lie on; none gives each letter a shade, in a splice alone
    #[arg(long, value_parser = ["dark", "light", "none"], default_value = "dark")]
    pub(crate) plate: String,
    /// The plate's opacity in a splice, in percent, 55 to 100 [default: 62]
    #[arg(long, value_name = "PERCENT")]
    pub(crate) opacity: Option<u8>,
    /// The letters' height in thousandths of the picture's short side, 15 to 60 [default: 32]
    #[arg(long, value_name = "N")]
    pub(crate) size: Option<u16>,
    /// An OpenType or TrueType font [default: a part of Noto Sans CJK HK, built in]
    #[arg(long, value_name = "FILE")]
    pub(crate) font: Option<PathBuf>,
    /// Which face of a font collection
    #[arg(long, value_name = "N", requires = "font", default_value_t = 0)]
    pub(crate) face: u32,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PhotoRestore {
    /// The marked photo
    #[arg(value_name = "MARKED")]
    pub(crate) marked: PathBuf,
    /// The file to write; an earlier one is replaced
    #[arg(value_name = "OUT")]
    pub(crate) out: PathBuf,
    /// The undo data of a splice [default: MARKED.undo, where the photo has no strip]
    #[arg(long, value_name = "FILE")]
    pub(crate) undo: Option<PathBuf>,
    /// The camera file's SHA-256, to be compared with before anything is written
    #[arg(long, value_name = "HEX")]
    pub(crate) sha256: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct PhotoCheck {
    /// The camera's file
    #[arg(value_name = "A")]
    pub(crate) first: PathBuf,
    /// The marked photo
    #[arg(value_name = "B")]
    pub(crate) second: PathBuf,
    /// The mark's box in B as `daka photo mark` says it [default: the strip, or the smallest box around what differs]
    #[arg(long, value_name = "X0,Y0,X1,Y1", value_delimiter = ',', num_args = 1)]
    pub(crate) r#box: Vec<usize>,
    /// Also draw what differs, as an SVG picture; an earlier file is replaced
    #[arg(long, value_name = "FILE")]
    pub(crate) picture: Option<PathBuf>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn the_help_of_verify_explains_every_claim() {
        for claim in daka_core::domain::bundle::Claim::ALL {
            assert!(CLAIMS.contains(&format!("\n  {} ", claim.code())), "{}", claim.code());
        }
    }
}
