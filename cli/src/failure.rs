//! What went wrong, as one sentence, one next step, a stable code and an exit code.
//!
//! The core's errors name fields and limits; where its own text says all of that it is passed on. Everything else has a sentence here,
//! chosen by the error's code alone, so that nothing a dependency said reaches a person unread.

use daka_core::app::{DakaError, ErrorCode};
use daka_core::domain::complaint::Complaint;
pub use daka_core::domain::complaint::Exit;
use std::path::Path;

/// Why a command did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// A stable code in snake case.
    pub code: &'static str,
    /// The field that is wrong, where one is.
    pub field: Option<&'static str>,
    /// One sentence without a full stop.
    pub message: String,
    /// What to do next, where the sentence does not say it already.
    pub next: Option<String>,
}

impl Failure {
    /// What is said about it, in the shape that every program of Daka shares.
    pub(crate) fn complaint(&self) -> Complaint<'_> {
        Complaint { code: self.code, field: self.field, message: &self.message, next: self.next.as_deref() }
    }

    /// A value that was typed and cannot be.
    pub(crate) fn bad(field: &'static str, message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, code: "bad_value", field: Some(field), message: message.into(), next: None }
    }

    /// A file that was named and cannot be read.
    pub(crate) fn unreadable(field: &'static str, path: &Path, e: &std::io::Error) -> Self {
        let message = format!("{} cannot be read: {}", path.display(), plain(e));
        let next = Some("check the name and that you may read it".to_owned());
        Self { exit: Exit::Usage, code: "unreadable_file", field: Some(field), message, next }
    }

    /// A file or folder that cannot be written.
    pub(crate) fn unwritable(path: &Path, e: &std::io::Error) -> Self {
        let message = format!("{} cannot be written: {}", path.display(), plain(e));
        let next =
            Some("check that the folder is there, that you may write to it, and that the disk has room".to_owned());
        Self { exit: Exit::Failed, code: "unwritable_file", field: None, message, next }
    }
}

/// What the system says, without its number.
fn plain(e: &std::io::Error) -> String {
    let text = e.to_string();
    match text.split_once(" (os error") {
        Some((said, _)) => said.to_lowercase(),
        None => text,
    }
}

impl From<DakaError> for Failure {
    fn from(e: DakaError) -> Self {
        let code = e.code();
        let (sentence, next) = words(code);
        Self {
            exit: exit(code),
            code: code.text(),
            field: e.field(),
            message: sentence.map_or_else(|| e.to_string(), str::to_owned),
            next: next.map(str::to_owned),
        }
    }
}

fn exit(code: ErrorCode) -> Exit {
    use ErrorCode as C;
    match code {
        C::BadValue | C::BadPlace | C::BadTime => Exit::Usage,
        C::PhotoEmpty | C::PhotoNotJpeg | C::PhotoTruncated | C::PhotoTooLarge | C::PhotoTooMany => Exit::Usage,
        C::PhotoUnreadable | C::UnknownPunch => Exit::Usage,
        C::NotEnrolled => Exit::NotSetUp,
        C::Unreachable | C::TimedOut => Exit::Away,
        C::InUse => Exit::InUse,
        C::NewerDatabase | C::WrongKey | C::ReadOnly | C::DiskFull | C::Damaged | C::Closed | C::Storage => {
            Exit::Failed
        }
        C::PhotoMissing | C::CaptureUnknown | C::CaptureUsed | C::CaptureTooOld | C::TooLate | C::NoConsent => {
            Exit::Failed
        }
        C::WrongCode | C::UsedCode | C::ExpiredCode | C::OtherRoot | C::AlreadyEnrolled => Exit::Failed,
        C::KeyRefused | C::NoRandomness | C::Untrusted | C::PlatformNotInitialised => Exit::Failed,
        C::ServerRefused | C::BadAnswer | C::Internal => Exit::Failed,
    }
}

/// A sentence of our own, or none where the core's names a field, a limit or a version; and the next step.
fn words(code: ErrorCode) -> (Option<&'static str>, Option<&'static str>) {
    use ErrorCode as C;
    match code {
        C::BadValue => (None, Some("see daka --help for what can be given")),
        // The core's texts name the limits, or end with the step.
        C::BadPlace | C::BadTime | C::TooLate => (None, None),
        C::InUse => (
            Some("another process uses this folder"),
            Some("wait until it has ended, or name another folder with --home"),
        ),
        C::NewerDatabase => (None, Some("use the newer version of daka that wrote it")),
        C::WrongKey => (
            Some("the sealing key does not open this folder"),
            Some("put back the seal.key that belongs to it, or name another folder with --home"),
        ),
        C::ReadOnly => (Some("the folder cannot be written"), Some("allow yourself to write to it")),
        C::DiskFull => {
            (Some("there is no room left on the disk"), Some("make room and try again; what was kept is whole"))
        }
        C::Damaged => (None, Some("run: daka check")),
        C::Closed => (Some("the journal is closed"), Some("try again")),
        C::Storage => (None, Some("check the folder and the disk, then try again")),
        C::PhotoEmpty | C::PhotoTruncated | C::PhotoUnreadable => (None, Some("take or copy the photo again")),
        C::PhotoNotJpeg => (None, Some("give a JPEG as the camera wrote it")),
        C::PhotoTooLarge => (None, Some("take it with fewer pixels")),
        C::PhotoTooMany => (None, Some("leave some out")),
        C::PhotoMissing => (None, Some("take the photo again")),
        C::CaptureUnknown | C::CaptureUsed | C::CaptureTooOld => (None, None),
        C::NoConsent => (None, Some("daka consent --grant photo")),
        C::WrongCode => (Some("the server does not know this code"), Some("ask the employer for a new one")),
        C::UsedCode => (Some("this code was used already"), Some("ask the employer for a new one")),
        C::ExpiredCode => (Some("this code has expired"), Some("ask the employer for a new one")),
        C::OtherRoot => (
            Some("the server is not the one that this code names: its root is another"),
            Some("do not go on; show this to the employer"),
        ),
        C::AlreadyEnrolled => {
            (Some("this folder is enrolled already"), Some("name another folder with --home for another employer"))
        }
        C::NotEnrolled => {
            (Some("this phone is not enrolled"), Some("daka enrol 'daka:1?…' with a code from the employer"))
        }
        C::UnknownPunch => (Some("there is no such punch on this phone"), Some("daka log lists them")),
        C::KeyRefused => (Some("the device key would not sign; the punch is kept"), Some("run: daka sync")),
        C::NoRandomness => {
            (Some("the system gives no randomness"), Some("try again when the system has started fully"))
        }
        C::Unreachable => (Some("the server cannot be reached"), Some("check the network and try again")),
        C::TimedOut => (Some("the server did not answer in time"), Some("try again later")),
        C::Untrusted => (
            Some("the server's certificate is not one to trust"),
            Some("use another network, or ask the employer for a new code"),
        ),
        C::PlatformNotInitialised => {
            (Some("the system's certificates cannot be read"), Some("install the system's CA certificates"))
        }
        C::ServerRefused => (None, Some("try again later, or show this to the employer")),
        C::BadAnswer => (None, Some("log in to the network if it asks you to, then try again")),
        C::Internal => (None, Some("please report this; nothing that was committed is lost")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sentence has no full stop and no second step; the printer adds the one, the step is its own field.
    #[test]
    fn every_code_has_one_sentence_and_at_most_one_step() {
        for code in ErrorCode::ALL {
            let (sentence, next) = words(*code);
            for text in sentence.into_iter().chain(next) {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}: {text}", code.text());
            }
        }
    }

    #[test]
    fn exit_codes_are_those_of_the_help() {
        assert_eq!(Failure::from(DakaError::NotEnrolled).exit as u8, 3);
        assert_eq!(Failure::from(DakaError::Store(daka_core::ports::StoreError::InUse)).exit as u8, 5);
        let away = daka_core::ports::TransportError::TimedOut;
        assert_eq!(Failure::from(DakaError::Transport(away)).exit as u8, 4);
    }

    #[test]
    fn the_system_speaks_without_its_number() {
        let e = std::io::Error::from_raw_os_error(2);
        assert!(!plain(&e).contains("os error"), "{}", plain(&e));
    }
}
