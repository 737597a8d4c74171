//! Enumerations that cross. Each mirrors one of the core's, variant by variant: a new one there does not compile here until it has
//! its name, and a test holds every name to the core's stable code.
//!
//! Shells go by these; the code as text is the variant's name in `snake_case`.

use crate::failure::DakaFailure;
use daka_core::app::ErrorCode;
use daka_core::domain::bundle::Claim;
use daka_core::domain::trust::EnrolState;
use daka_core::domain::{journal, place, retry, time};
use daka_core::ports::EntryState;

/// An enumeration that only comes out of the core.
macro_rules! outward {
    ($(#[$meta:meta])* $name:ident of $core:ty { $($(#[$vmeta:meta])* $variant:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl From<$core> for $name {
            fn from(core: $core) -> Self {
                type Core = $core;
                match core { $(Core::$variant => Self::$variant,)+ }
            }
        }
    };
}

pub(crate) use outward;

/// An enumeration that goes both ways and is closed: a setting of this program's own.
macro_rules! both_ways {
    ($(#[$meta:meta])* $name:ident of $core:ty { $($(#[$vmeta:meta])* $variant:ident,)+ }) => {
        $crate::codes::outward! { $(#[$meta])* $name of $core { $($(#[$vmeta])* $variant,)+ } }

        impl From<$name> for $core {
            fn from(ours: $name) -> Self {
                match ours { $($name::$variant => Self::$variant,)+ }
            }
        }
    };
}

pub(crate) use both_ways;

/// An enumeration of the record, which a later version may have extended: it comes out as `Unknown`, and `Unknown` does not go in.
macro_rules! open {
    ($(#[$meta:meta])* $name:ident of $core:ty, $field:literal { $($(#[$vmeta:meta])* $variant:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
        pub enum $name {
            $($(#[$vmeta])* $variant,)+
            /// A value that a later version wrote. The core never takes it.
            Unknown,
        }

        impl From<$core> for $name {
            fn from(core: $core) -> Self {
                type Core = $core;
                match core { $(Core::$variant => Self::$variant,)+ Core::Unknown(_) => Self::Unknown }
            }
        }

        impl $name {
            #[allow(dead_code, reason = "some of these only come out")]
            pub(crate) fn core(self) -> Result<$core, DakaFailure> {
                type Core = $core;
                match self {
                    $(Self::$variant => Ok(Core::$variant),)+
                    Self::Unknown => Err(DakaFailure::bad_value($field, "is of a later version; give a value that this version knows")),
                }
            }
        }
    };
}

outward! {
    /// Why a call failed. The shells own a sentence for each, in three languages.
    FailureCode of ErrorCode {
        /// A value that cannot be; `field` names it.
        BadValue,
        /// A coordinate, accuracy, speed or altitude that cannot be; `field` names it.
        BadPlace,
        /// A time that cannot be.
        BadTime,
        /// Another process has the journal open.
        InUse,
        /// The database was written by a newer version of the app.
        NewerDatabase,
        /// The sealing key does not open the journal.
        WrongKey,
        /// The journal's folder cannot be written.
        ReadOnly,
        /// No room is left.
        DiskFull,
        /// What was read is damaged.
        Damaged,
        /// The journal is paused, or the client was closed down.
        Closed,
        /// The system refuses to read or write.
        Storage,
        /// The photo file has no bytes.
        PhotoEmpty,
        /// The photo file is no JPEG.
        PhotoNotJpeg,
        /// The photo file ends too early.
        PhotoTruncated,
        /// The photo file is too large.
        PhotoTooLarge,
        /// More photos than one punch may have.
        PhotoTooMany,
        /// The photo file cannot be read.
        PhotoUnreadable,
        /// The photo is not on this phone.
        PhotoMissing,
        /// The capture was not begun on this phone.
        CaptureUnknown,
        /// The capture has its photo already.
        CaptureUsed,
        /// The capture was begun too long ago.
        CaptureTooOld,
        /// The person has not consented to it; `field` names the purpose.
        NoConsent,
        /// The server does not know the enrolment code.
        WrongCode,
        /// The enrolment code was used.
        UsedCode,
        /// The enrolment code has expired.
        ExpiredCode,
        /// The server hangs on another root than the code names.
        OtherRoot,
        /// This journal is enrolled already.
        AlreadyEnrolled,
        /// This phone is not enrolled yet.
        NotEnrolled,
        /// There is no such punch on this phone.
        UnknownPunch,
        /// The time for adding evidence is over.
        TooLate,
        /// The key store refused to sign; what was punched is kept.
        KeyRefused,
        /// The system gives no randomness.
        NoRandomness,
        /// The server was not reached.
        Unreachable,
        /// The server did not answer in time.
        TimedOut,
        /// The server's certificate is not trusted.
        Untrusted,
        /// The platform's certificate verifier was not initialised.
        PlatformNotInitialised,
        /// The server refused, and said why.
        ServerRefused,
        /// The server's answer does not hold.
        BadAnswer,
        /// A fault of this program. Nothing that was committed is lost.
        Internal,
    }
}

open! {
    /// What a person asks for, or what the button offers.
    Asked of journal::Asked, "asked" {
        /// Clock in.
        In,
        /// Clock out.
        Out,
        /// Start of a break.
        BreakStart,
        /// End of a break.
        BreakEnd,
        /// Whatever the rules make of it.
        Auto,
    }
}

open! {
    /// What set a punch off.
    Trigger of journal::Trigger, "trigger" {
        /// A finger on the button.
        Tap,
        /// The app by itself, where the employee turned that on.
        Automatic,
        /// A quick way in: tile, shortcut.
        Fast,
        /// A beacon.
        Beacon,
        /// A code shown at the site.
        SiteToken,
        /// An attendance machine.
        Machine,
        /// An import.
        Import,
    }
}

open! {
    /// How it was shown that the employee held the phone.
    Presence of journal::Presence, "presence" {
        /// Not at all: "device only".
        None,
        /// A PIN.
        Pin,
        /// A fingerprint or face, judged by the phone.
        Biometric,
        /// A photo of the person.
        Photo,
    }
}

open! {
    /// The type of a field check-in.
    FieldType of journal::FieldType, "field" {
        /// At a customer's.
        ClientVisit,
        /// On a business trip.
        BusinessTrip,
        /// Working from home.
        Home,
        /// Anything else.
        Other,
    }
}

open! {
    /// What consent is asked for.
    Purpose of journal::Purpose, "purpose" {
        /// Location at a punch.
        Location,
        /// Wi-Fi and beacons at a punch.
        Radio,
        /// Photos.
        Photo,
    }
}

open! {
    /// Which radio.
    RadioKind of journal::RadioKind, "radio kind" {
        /// A Wi-Fi access point.
        Wifi,
        /// A Bluetooth beacon.
        Beacon,
    }
}

open! {
    /// Whether the device may punch for the server already.
    Standing of EnrolState, "standing" {
        /// It may.
        Active,
        /// An administrator has to compare the key's fingerprint first.
        Pending,
    }
}

open! {
    /// Something that holds for a punch of a bundle, or is missing for it.
    BundleClaim of Claim, "claim" {
        /// The entry is unchanged and in its place.
        Chain,
        /// The device's key signed a head that speaks for it.
        Signature,
        /// The employer's authority vouches for that key.
        Device,
        /// The employer's authority says whose journal it is.
        Enrolment,
        /// The name is the one the statement commits to.
        Name,
        /// The server's log says that it had the entry, and when.
        Receipt,
        /// The time is known, as its word says.
        Time,
        /// The rule set that the punch pins is in the server's log.
        Rules,
        /// The place verdict follows from the fixes and the fence.
        Place,
        /// The photo is the one the entry commits to.
        Photo,
        /// The note is the one the entry commits to.
        Note,
        /// Nothing that bears on the time was left out.
        AllEvidence,
        /// The fixes are not shown; the verdict follows from the recorded figures.
        PlaceFigures,
    }
}

outward! {
    /// How well a punch's time is known.
    TimeWord of time::Word {
        /// Both ends come from signed tokens, close to each other.
        Verified,
        /// Both ends are known, further apart or by something else.
        Bounded,
        /// Only the wall clock speaks.
        Unverified,
    }
}

outward! {
    /// Where an end of a time interval comes from.
    TimeSource of time::Source {
        /// A time token signed by the server.
        Token,
        /// The moment at which the server received the entry.
        Receipt,
        /// A satellite fix.
        Gnss,
        /// An entry before or after.
        Neighbour,
        /// Nothing: the end is open.
        None,
    }
}

outward! {
    /// The place verdict.
    Verdict of place::Verdict {
        /// Nothing could be said; the reasons say why.
        NotEvaluated,
        /// At the site.
        Inside,
        /// Not at the site.
        Outside,
        /// Not certain; never an absence by itself.
        Uncertain,
    }
}

outward! {
    /// The one step that would make an undecided verdict certain.
    Help of place::Help {
        /// Consent to location.
        GiveConsent,
        /// Allow the precise location.
        AllowPrecise,
        /// Wait for a new position.
        FreshFix,
        /// Wait for a better position, or go further from the edge.
        BetterFix,
    }
}

outward! {
    /// Where an entry stands on its way to the server.
    PunchState of EntryState {
        /// Kept on this phone.
        Waiting,
        /// The server's receipt was verified.
        Received,
        /// Received, and being looked at by a person.
        PutAside,
        /// The server would not take it; it stays here.
        Refused,
    }
}

outward! {
    /// Why the next attempt waits.
    WaitReason of retry::Reason {
        /// No connection, name or route.
        Unreachable,
        /// No answer in time.
        TimedOut,
        /// The connection broke before the answer was whole.
        ConnectionBroken,
        /// The server's certificate is not trusted.
        Untrusted,
        /// The answer's receipt does not verify.
        ReceiptUnproven,
        /// An answer that cannot be.
        BadAnswer,
        /// The network's login page answered instead.
        CaptivePortal,
        /// A new login was not enough.
        LoginRefused,
        /// The device was revoked.
        Revoked,
        /// The device waits for the administrator's approval.
        NotApproved,
        /// The server forbids it for another reason.
        Forbidden,
        /// The server says twice that it is not what it should be.
        Conflict,
        /// The server does not have what was asked for.
        NotFound,
        /// The server dropped the upload; it begins anew.
        UploadLost,
        /// The server was restored from a backup and waits for a person.
        Restored,
        /// Too many requests.
        SlowDown,
        /// The server is away for a while.
        Unavailable,
        /// The server said how long to wait.
        AskedToWait,
        /// A fault of the server.
        ServerFault,
        /// The server cannot read or take it.
        Refused,
        /// Server and app do not speak the same version.
        UpgradeNeeded,
        /// The phone's key store would not sign.
        KeyRefused,
        /// The platform's certificate verifier was not initialised.
        PlatformNotInitialised,
    }
}

/// Why a verdict is what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum VerdictReason {
    /// No consent to location.
    NoConsent,
    /// No site applies to this person here and now.
    NoFence,
    /// The phone had no position.
    NoFix,
    /// The position came without a usable accuracy.
    NoAccuracy,
    /// The position is older than five minutes.
    FixTooOld,
    /// The position is newer than the reading it belongs to.
    FixFromFuture,
    /// The accuracy is worse than 1 km.
    CoarseFix,
    /// Only the approximate location is allowed.
    PreciseOff,
    /// The position is older than a minute.
    StaleFix,
    /// The platform says that the position is simulated.
    MockFix,
    /// The doubt reaches across the edge of the fence.
    NearEdge,
    /// Position and radio say opposite things.
    EvidenceConflict,
    /// Radio matched the site and changed the verdict.
    RadioMatch,
    /// Radio saw too little of the site to settle it.
    RadioWeak,
    /// Radio could not be read.
    RadioUnreadable,
    /// Radio was read and nothing of the site was seen.
    RadioNone,
    /// A reason that a later version wrote.
    Unknown,
}

impl From<place::Reason> for VerdictReason {
    fn from(core: place::Reason) -> Self {
        use place::Reason as R;
        match core {
            R::NoConsent => Self::NoConsent,
            R::NoFence => Self::NoFence,
            R::NoFix => Self::NoFix,
            R::NoAccuracy => Self::NoAccuracy,
            R::FixTooOld => Self::FixTooOld,
            R::FixFromFuture => Self::FixFromFuture,
            R::CoarseFix => Self::CoarseFix,
            R::PreciseOff => Self::PreciseOff,
            R::StaleFix => Self::StaleFix,
            R::MockFix => Self::MockFix,
            R::NearEdge => Self::NearEdge,
            R::EvidenceConflict => Self::EvidenceConflict,
            R::RadioMatch => Self::RadioMatch,
            R::RadioWeak => Self::RadioWeak,
            R::RadioUnreadable => Self::RadioUnreadable,
            R::RadioNone => Self::RadioNone,
            _ => Self::Unknown,
        }
    }
}

/// Whose position figures a shell hands over: the same "accuracy" means different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Platform {
    /// Android's `Location`.
    Android,
    /// Apple's `CLLocation`.
    Ios,
    /// Anything else.
    Other,
}

impl From<Platform> for place::Platform {
    fn from(platform: Platform) -> Self {
        match platform {
            Platform::Android => Self::Android,
            Platform::Ios => Self::Ios,
            Platform::Other => Self::Other,
        }
    }
}

/// What made a fix. Evidence for a person; no verdict depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum FixProvider {
    /// Satellites.
    Gps,
    /// Cells and Wi-Fi.
    Network,
    /// The platform's own mixture.
    Fused,
    /// Another app's fix, overheard.
    Passive,
    /// The platform did not say.
    Unknown,
}

impl From<FixProvider> for place::Provider {
    fn from(provider: FixProvider) -> Self {
        match provider {
            FixProvider::Gps => Self::Gps,
            FixProvider::Network => Self::Network,
            FixProvider::Fused => Self::Fused,
            FixProvider::Passive => Self::Passive,
            FixProvider::Unknown => Self::Other(0),
        }
    }
}

/// How patient a sync is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Pace {
    /// The app is in front.
    Foreground,
    /// It is not; each attempt may wake a radio.
    Background,
}

impl From<Pace> for retry::Pace {
    fn from(pace: Pace) -> Self {
        match pace {
            Pace::Foreground => Self::Foreground,
            Pace::Background => Self::Background,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `PhotoNotJpeg`: `photo_not_jpeg`.
    fn snake(name: impl std::fmt::Debug) -> String {
        let mut out = String::new();
        for c in format!("{name:?}").chars() {
            if c.is_ascii_uppercase() && !out.is_empty() {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        }
        out
    }

    #[test]
    fn every_name_is_the_cores_stable_code() {
        for code in ErrorCode::ALL {
            assert_eq!(snake(FailureCode::from(*code)), code.text());
        }
        for reason in retry::Reason::ALL {
            assert_eq!(snake(WaitReason::from(*reason)), reason.code());
        }
        for reason in place::Reason::ALL {
            assert_eq!(snake(VerdictReason::from(reason)), reason.code());
        }
        for verdict in (0..4).filter_map(place::Verdict::from_int) {
            assert_eq!(snake(Verdict::from(verdict)), verdict.code());
        }
        for word in (1..4).filter_map(time::Word::from_number) {
            assert_eq!(snake(TimeWord::from(word)), word.code());
        }
    }

    /// The codes in the first column of the table under a heading.
    fn table<'a>(page: &'a str, heading: &str) -> Vec<&'a str> {
        let below = page.split_once(heading).unwrap().1;
        let rows = below.lines().skip_while(|l| !l.starts_with('|')).take_while(|l| l.starts_with('|'));
        rows.filter_map(|l| l.strip_prefix("| `")?.split('`').next()).collect()
    }

    #[test]
    fn the_page_for_apps_explains_every_code_once() {
        let page = include_str!("../../docs/integrate.md");
        let codes: Vec<_> = ErrorCode::ALL.iter().map(|c| c.text()).collect();
        assert_eq!(table(page, "\n## Errors\n"), codes);
        let reasons: Vec<_> = retry::Reason::ALL.iter().map(|r| r.code()).collect();
        assert_eq!(table(page, "\n### Why the queue waits\n"), reasons);
    }

    #[test]
    fn what_the_record_extends_comes_back_and_unknown_is_refused() {
        fn both<F: Copy + PartialEq + std::fmt::Debug + From<C>, C: Copy + PartialEq + std::fmt::Debug>(
            all: &[C],
            code: impl Fn(C) -> &'static str,
            core: impl Fn(F) -> Result<C, DakaFailure>,
        ) {
            for value in all {
                let ours = F::from(*value);
                assert_eq!(snake(ours), code(*value));
                assert_eq!(core(ours).unwrap(), *value);
            }
        }
        both::<Asked, _>(journal::Asked::ALL, journal::Asked::code, Asked::core);
        both::<Trigger, _>(journal::Trigger::ALL, journal::Trigger::code, Trigger::core);
        both::<Presence, _>(journal::Presence::ALL, journal::Presence::code, Presence::core);
        both::<FieldType, _>(journal::FieldType::ALL, journal::FieldType::code, FieldType::core);
        both::<Purpose, _>(journal::Purpose::ALL, journal::Purpose::code, Purpose::core);
        both::<RadioKind, _>(journal::RadioKind::ALL, journal::RadioKind::code, RadioKind::core);
        both::<Standing, _>(EnrolState::ALL, EnrolState::code, Standing::core);
        both::<BundleClaim, _>(Claim::ALL, Claim::code, BundleClaim::core);
        let DakaFailure::Failed { code, field, .. } = Asked::from(journal::Asked::Unknown(77)).core().unwrap_err();
        assert_eq!((code, field.as_deref()), (FailureCode::BadValue, Some("asked")));
    }
}
