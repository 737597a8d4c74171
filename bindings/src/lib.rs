//! The FFI surface of the core for Kotlin and Swift, and nothing else: it decides nothing.
//!
//! | file | idea |
//! |---|---|
//! | `client` | [`DakaClient`]: opening, lifecycle, closing down |
//! | `calls` | its calls on the journal: punch, evidence, photos, consent, home, export |
//! | `check_in` | the draft of a field check-in, the waiting list, bundles of single punches |
//! | `leaving` | leaving an employer, keys, diagnostics, the consent page |
//! | `record_calls` | its calls that show the record: month, day, one punch, photo |
//! | `phone` | [`DakaPhone`]: several employers, the app's settings, a code before it is used |
//! | `reminders` | its calls on reminders |
//! | `sync` | its calls that talk to the server, and their real cancellation |
//! | `background` | what follows a punch without being asked for |
//! | `runtime` | two threads of its own; work that a cancelled caller does not drop |
//! | `outside` | which adapters stand behind the engine's ports |
//! | `ports` | what a shell may implement: clock, device key, listener |
//! | `codes`, `records`, `requests` | enumerations and records that cross, and their way to and from the core's types |
//! | `views`, `view_codes` | what screens show: record, drawing, sentences as codes |
//! | `failure` | the one error |
//! | `bundle` | looking at a proof bundle without a journal |
//! | `android` | on Android alone: the certificate verifier gets the application's context |
//! | `measure` | how quick this phone keeps a punch, for diagnostics and benchmarks |
//!
//! **Promises.** A call that was begun is finished whether or not its caller waits: cancelling a coroutine or a task never leaves a
//! punch half written. No panic crosses: it becomes [`FailureCode::Internal`]. Nothing that a shell throws or hands over can make
//! the core lose what was committed. Errors, events and states are codes with arguments; sentences belong to the shells.
//!
//! **Crashes.** This crate keeps nothing on disk; what a kill leaves behind is said where it is written, in `daka_core::app`.

#[cfg(target_os = "android")]
mod android;
mod background;
mod bundle;
mod calls;
mod check_in;
mod client;
mod codes;
mod events;
mod failure;
mod leaving;
mod measure;
mod outside;
mod phone;
mod ports;
mod record_calls;
mod records;
mod reminders;
mod requests;
mod runtime;
mod sync;
mod view_codes;
mod views;

pub use bundle::{BundleFailing, BundlePunch, BundleReport, core_version, verify_bundle};
pub use check_in::{FieldDraft, FieldPolicy, WaitingItem, WaitingView};
pub use client::DakaClient;
pub use codes::{
    Asked, BundleClaim, FailureCode, FieldType, FixProvider, Help, Pace, Platform, Presence, PunchState, Purpose,
    RadioKind, Standing, TimeSource, TimeWord, Trigger, Verdict, VerdictReason, WaitReason,
};
pub use failure::{DakaFailure, PlatformFailure};
pub use leaving::{ConsentPage, KeyInfo, KeyStanding, LeavePreview};
pub use measure::{StorageSpeed, measure_storage};
pub use phone::{AppSettings, CodePreview, DakaPhone, Language, Profile, SealingKeys, Theme};
pub use ports::{ClockReading, DakaEvent, DeviceKey, EventListener, PlatformClock};
pub use records::{
    CheckReport, ConsentChoice, EmployerInfo, HomeState, LeftOut, NextAttempt, PhotoDraft, PlaceState, Precheck,
    PunchLine, PunchResult, QueueState, StorageState, SyncReport, TimeInterval,
};
pub use reminders::{Reminder, ReminderDue};
pub use requests::{DakaConfig, ExportRange, PositionFix, PunchRequest, RadioSignal, SyncOptions};
pub use view_codes::{DayMarkKind, PhotoPlace, SignalCode, SignatureState, WaitingKind, Why, WhyArg, WhyCode};
pub use views::{
    DayMark, DayView, DrawnFix, DrawnShape, IntervalBar, MonthView, PhotoInfo, PlaceDrawing, PunchDetail, ReceiptInfo,
};

uniffi::setup_scaffolding!();
