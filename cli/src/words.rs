//! The project's words in English, by the codes that programs see.
//!
//! A code of a later version has no word here and is shown as it is.

use daka_core::domain::journal::{Asked, FieldType, Purpose};
use daka_core::domain::place::{Help, Verdict};
use daka_core::domain::time::Word;
use daka_core::ports::EntryState;

/// What a punch was asked as, by code.
pub fn asked(code: &str) -> &str {
    match code {
        "in" => "Clock in",
        "out" => "Clock out",
        "break_start" => "Start break",
        "break_end" => "End break",
        "auto" => "Punch",
        other => other,
    }
}

/// A field check-in's type, by code.
pub fn field(code: &str) -> &str {
    match code {
        "client_visit" => "Client visit",
        "business_trip" => "Business trip",
        "home" => "Working from home",
        "other" => "Other",
        other => other,
    }
}

/// A punch's name: a field check-in by its type.
pub fn punch(asked_as: Asked, kind: Option<FieldType>) -> String {
    match kind {
        Some(kind) => format!("Field check-in, {}", field(kind.code())),
        None => asked(asked_as.code()).to_owned(),
    }
}

/// How well a time is known.
pub fn time(word: Word) -> &'static str {
    match word {
        Word::Verified => "Verified time",
        Word::Bounded => "Time within limits",
        Word::Unverified => "Unverified time",
    }
}

/// A place verdict, by code.
pub fn place(code: &str) -> &str {
    match code {
        "inside" => "At the site",
        "outside" => "Not at the site",
        "uncertain" => "Not certain yet",
        "not_evaluated" => "Not checked",
        other => other,
    }
}

/// A recorded verdict's code.
pub fn verdict_code(wire: u64) -> &'static str {
    u32::try_from(wire).ok().and_then(Verdict::from_int).map_or("unknown", Verdict::code)
}

/// Why a place verdict is what it is, by code.
pub fn place_reason(code: &str) -> &str {
    match code {
        "no_consent" => "no consent to use the location",
        "no_fence" => "no site applies here",
        "no_fix" => "the phone had no position",
        "no_accuracy" => "the position came without its accuracy",
        "fix_too_old" => "the position is too old",
        "fix_from_future" => "the position is newer than the punch",
        "coarse_fix" => "the position is too coarse",
        "precise_off" => "only the approximate location is allowed",
        "stale_fix" => "the position is more than a minute old",
        "mock_fix" => "the platform says that the position is simulated",
        "near_edge" => "close to the edge of the site area",
        "evidence_conflict" => "position and radio differ",
        "radio_match" => "radio of the site was seen",
        "radio_weak" => "too little radio of the site was seen",
        "radio_unreadable" => "radio could not be read",
        "radio_none" => "no radio of the site was seen",
        other => other,
    }
}

/// The step that would help.
pub fn help(help: Help) -> &'static str {
    match help {
        Help::GiveConsent => "daka consent --grant location",
        Help::AllowPrecise => "allow the precise location",
        Help::FreshFix => "wait for a new position",
        Help::BetterFix => "wait for a better position, or go further in",
    }
}

/// Where an entry stands: its code and its words.
pub fn state(state: EntryState) -> (&'static str, &'static str) {
    match state {
        EntryState::Waiting => ("waiting", "Kept on this phone"),
        EntryState::Received => ("received", "Received"),
        EntryState::PutAside => ("put_aside", "Received, being checked by a person"),
        EntryState::Refused => ("refused", "Kept on this phone; the server would not take it"),
    }
}

/// A purpose of consent.
pub fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Location => "location",
        Purpose::Radio => "radio",
        Purpose::Photo => "photo",
        Purpose::Unknown(_) => "unknown",
    }
}

/// Why a round with the server ended early, by code: a sentence, and a step where a person can take one.
pub fn stopped(code: &str) -> (&str, Option<&'static str>) {
    let network = Some("check the network; daka sync --now tries again");
    let employer = Some("ask the employer");
    match code {
        "unreachable" => ("the server cannot be reached", network),
        "timed_out" => ("the server did not answer in time", network),
        "connection_broken" => ("the connection broke before the answer came", network),
        "captive_portal" => {
            ("something else than the server answered", Some("log in to the network, then daka sync --now"))
        }
        "untrusted" => {
            ("the server's certificate is not one to trust", Some("use another network, or ask the employer"))
        }
        "receipt_unproven" => ("the server's receipt does not hold, so nothing counts as received", employer),
        "bad_answer" => ("the server's answer cannot be read", employer),
        "login_refused" => ("the server refused this phone's login", employer),
        "revoked" => ("the employer has revoked this phone's key", employer),
        "not_approved" => ("the employer has not approved this phone yet", employer),
        "forbidden" => ("the server does not allow this", employer),
        "conflict" => ("the server holds another version of this journal", employer),
        "not_found" => ("the server does not have what was asked for", employer),
        "upload_lost" => ("the server dropped an upload; it begins anew", None),
        "restored" => ("the server was restored from a backup and waits for a person", None),
        "slow_down" | "asked_to_wait" => ("the server asks to wait", None),
        "unavailable" => ("the server is away for a while", None),
        "server_fault" => ("the server has a fault", employer),
        "refused" => ("the server would not take it", employer),
        "upgrade_needed" => ("phone and server do not speak the same version", Some("update daka")),
        "key_refused" => ("the device key would not sign", Some("daka sync --now tries again")),
        other => (other, None),
    }
}

/// Why something could not be shown of a punch, by the claim's code.
pub fn missing(claim: &str) -> &str {
    match claim {
        "chain" => "nothing that is signed leads to this entry",
        "signature" => "the phone had not signed it when the file was made",
        "device" => "without a receipt nobody can say when the certificate had to be valid",
        "enrolment" => "an earlier enrolment statement is not in the file",
        "name" => "the name is not in the file",
        "receipt" => "the server had not confirmed it when the file was made",
        "time" => "nothing in the file says when it was",
        "rules" => "the rules that it names are not in the file",
        "place" => "positions or rules are not shown, so the place is the phone's word",
        "place_figures" => "neither positions nor distance are shown",
        "photo" => "a photo is not in the file",
        "note" => "the note is not in the file",
        "all_evidence" => "other evidence about the time may be withheld",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use daka_core::domain::place::Reason as PlaceReason;
    use daka_core::domain::retry::Reason;

    /// A code that has no words falls through to itself.
    #[test]
    fn every_code_of_this_version_has_words() {
        for a in Asked::ALL {
            assert_ne!(asked(a.code()), a.code());
        }
        for f in FieldType::ALL {
            assert_ne!(field(f.code()), f.code());
        }
        for r in PlaceReason::ALL {
            assert_ne!(place_reason(r.code()), r.code());
        }
        for v in [Verdict::Inside, Verdict::Outside, Verdict::Uncertain, Verdict::NotEvaluated] {
            assert_ne!(place(v.code()), v.code());
        }
        for c in daka_core::domain::bundle::Claim::ALL {
            assert_ne!(missing(c.code()), c.code());
        }
        // A phone's own fault, which a terminal cannot have.
        for r in Reason::ALL.iter().filter(|r| **r != Reason::PlatformNotInitialised) {
            assert_ne!(stopped(r.code()).0, r.code());
        }
    }
}
