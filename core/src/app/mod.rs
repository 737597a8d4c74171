//! The use cases, written against the ports.

mod capture;
mod check;
mod consent;
mod db;
mod diagnostics;
mod drafts;
mod engine;
mod enrol;
mod enrolled;
mod epochs;
mod error;
mod evidence;
mod export;
mod home;
mod leave;
mod open;
mod punch;
pub mod registry;
mod reminders;
mod rulebook;
mod seal;
mod sync;
mod timing;
pub mod views;
mod writer;

use engine::Device;

pub use capture::PhotoDraft;
pub use check::{CheckReport, check_in_background};
pub use diagnostics::{CONSENT_TEXT_REV, ConsentPage, Diagnostics, JournalCounts};
pub use drafts::{FieldDraft, FieldPolicy};
pub use engine::{Engine, Ports, Settings};
pub use enrol::{Employer, JoinRequest, employer_in};
pub use error::{CaptureError, DakaError, EnrolError, ErrorCode, PhotoError};
pub use export::ExportRange;
pub use home::{Home, Precheck, Queue};
pub use leave::{KeyInfo, KeyStanding, LeavePreview};
pub use punch::{DOUBLE_TAP_MS, MAX_FIXES, MAX_NOTE, MAX_VISIT, PunchRequest, PunchResult, RadioSign};
pub use reminders::ReminderRequest;
pub use sync::{SyncOptions, SyncReport};
pub use views::PunchLine;
