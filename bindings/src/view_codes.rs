//! Enumerations of what screens show: sentences, marks, facts.

use crate::codes::{FailureCode, Help, VerdictReason, WaitReason, outward};
use daka_core::app::views;

outward! {
    /// Which sentence a "why?" is. Its arguments come in the order in which they are named here.
    WhyCode of views::WhyCode {
        /// The button offers "in": there is no punch yet.
        OfferFirst,
        /// It offers "out": in since `Time`.
        OfferOpenIn,
        /// It offers "in": out since `Time`.
        OfferAfterOut,
        /// It offers the break's end: on a break since `Time`.
        OfferOnBreak,
        /// It offers "out": back from a break since `Time`.
        OfferAfterBreak,
        /// It offers "in": the one at `Time` is more than `Number` hours ago.
        OfferInTooOld,
        /// It offers "in": the punch at `Time` does not say what comes next.
        OfferNext,
        /// The time is Verified, to within `Millis`.
        TimeVerified,
        /// The time is Bounded, to within `Millis`.
        TimeBounded,
        /// The time is Unverified: only the phone's clock speaks.
        TimeUnverified,
        /// It was not before `Time`.
        TimeNotBefore,
        /// It was not after `Time`.
        TimeNotAfter,
        /// At the site `Text`, `Metres` from its edge, known to `Metres`.
        PlaceInside,
        /// Not at the site `Text`, `Metres` from its edge, known to `Metres`.
        PlaceOutside,
        /// Not certain yet whether at `Text`, `Metres` from its edge, known to `Metres`.
        PlaceUncertain,
        /// The place was not checked.
        PlaceNotEvaluated,
        /// One reason of the verdict, `Reason`.
        PlaceReason,
        /// What would make it certain, `Help`.
        PlaceHelp,
        /// Kept on this phone, to be sent.
        StateWaiting,
        /// Kept on this phone because of `Wait`; the next attempt is at `Time`.
        StateWaitingUntil,
        /// The server had it at `Time`, its receipt verified.
        StateReceived,
        /// Received, and looked at by a person.
        StatePutAside,
        /// The server would not take it; it stays here.
        StateRefused,
        /// The device's signature follows.
        SignaturePending,
        /// A second tap within a second: the punch that was there already.
        Repeated,
        /// Something could not be and was left out: `Failure`.
        LeftOut,
        /// Positions that came after the tap changed what is known of the place, `Number` times.
        LateEvidence,
    }
}

outward! {
    /// What a day's mark says: the strongest of its punches' states.
    DayMarkKind of views::Mark {
        /// No punch.
        None,
        /// All received.
        Ok,
        /// One waits on this phone.
        Waiting,
        /// A person looks at one, or the server would not take one.
        Attention,
    }
}

outward! {
    /// Where a photo is.
    PhotoPlace of views::PhotoPlace {
        /// On this phone, in no entry yet.
        Draft,
        /// On this phone, waiting to be sent.
        Waiting,
        /// The server has it, and this phone still does.
        Received,
        /// Not on this phone any more.
        Gone,
    }
}

outward! {
    /// A fact about a punch that a person may want to know. None of them says who or what caused it.
    SignalCode of views::SignalCode {
        /// The platform says that a position was simulated.
        MockPosition,
        /// The wall clock was set earlier in the same run of the phone.
        ClockWasSet,
        /// The wall clock at the tap lies outside the time as it is known.
        ClockOutsideInterval,
        /// A photo is not from the app's own camera.
        GalleryPhoto,
        /// A photo was first bound to another punch.
        PhotoUsedBefore,
    }
}

outward! {
    /// What an item of the waiting list is.
    WaitingKind of views::WaitingKind {
        /// A punch, with what was added to it.
        Punch,
        /// What was added to a punch that was received.
        Added,
        /// Consent as it was given or withdrawn.
        Consent,
        /// What the app records of itself: starts of the phone, its clocks, rules, versions.
        Other,
        /// Only photos of a punch that was received.
        Photo,
    }
}

/// Whether the device has signed for a punch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum SignatureState {
    /// It has.
    Signed,
    /// The signature follows; nothing is lost without it.
    Pending,
}

/// A value in a sentence.
#[derive(Clone, Debug, PartialEq, uniffi::Enum)]
pub enum WhyArg {
    /// A name, as it is.
    Text {
        /// The name.
        value: String,
    },
    /// A count.
    Number {
        /// The count.
        value: i64,
    },
    /// A distance.
    Metres {
        /// Metres, not negative.
        value: f64,
    },
    /// A length of time.
    Millis {
        /// Milliseconds.
        value: i64,
    },
    /// A moment.
    Time {
        /// UTC milliseconds.
        wall_ms: i64,
        /// The offset from UTC in minutes to show it at.
        offset_min: i16,
    },
    /// A reason of a verdict.
    Reason {
        /// Which.
        value: VerdictReason,
    },
    /// A step.
    Help {
        /// Which.
        value: Help,
    },
    /// Why the queue waits.
    Wait {
        /// Why.
        value: WaitReason,
    },
    /// An error.
    Failure {
        /// Which.
        value: FailureCode,
    },
}

impl From<views::WhyArg> for WhyArg {
    fn from(arg: views::WhyArg) -> Self {
        use views::WhyArg as A;
        match arg {
            A::Text(value) => Self::Text { value },
            A::Number(value) => Self::Number { value },
            A::Metres(value) => Self::Metres { value },
            A::Millis(value) => Self::Millis { value },
            A::Time(at, offset_min) => Self::Time { wall_ms: at.get(), offset_min },
            A::Reason(value) => Self::Reason { value: value.map_or(VerdictReason::Unknown, Into::into) },
            A::Help(value) => Self::Help { value: value.into() },
            A::Wait(value) => Self::Wait { value: value.into() },
            A::Failure(value) => Self::Failure { value: value.into() },
        }
    }
}

/// One sentence: `code` says which, `args` are its values in order. Shells own the words.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Why {
    /// Which sentence.
    pub code: WhyCode,
    /// Its values, in the order that the code's own description names.
    pub args: Vec<WhyArg>,
}

impl From<views::Why> for Why {
    fn from(why: views::Why) -> Self {
        Self { code: why.code.into(), args: why.args.into_iter().map(Into::into).collect() }
    }
}
