//! Why an attempt did not end the matter, as stable codes.

use super::{BACKGROUND_CAP_MS, LONGEST_FLOOR_MS};

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident => $code:literal,)+) => {
        /// Why a task waits. The codes are kept in the database and shown by the shells, which own a sentence for each.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Reason { $($(#[doc = $doc])+ $variant,)+ }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

reasons! {
    /// No connection, name or route.
    Unreachable => "unreachable",
    /// No answer in time; the server may have taken it.
    TimedOut => "timed_out",
    /// The connection broke before the answer was whole; the server may have taken it.
    ConnectionBroken => "connection_broken",
    /// The server's certificate is not one to trust, or not the pinned one.
    Untrusted => "untrusted",
    /// The answer's receipt does not verify.
    ReceiptUnproven => "receipt_unproven",
    /// An answer of the server that cannot be, or cannot be read.
    BadAnswer => "bad_answer",
    /// Something between phone and server answered in its place: a login page of the network, a proxy.
    CaptivePortal => "captive_portal",
    /// A new login was not enough.
    LoginRefused => "login_refused",
    /// The device was revoked.
    Revoked => "revoked",
    /// The device waits for the administrator's approval.
    NotApproved => "not_approved",
    /// The server forbids it for another reason.
    Forbidden => "forbidden",
    /// The server says that it is not what it should be, twice in a row.
    Conflict => "conflict",
    /// The server does not have what was asked for.
    NotFound => "not_found",
    /// The server dropped the upload; it begins anew.
    UploadLost => "upload_lost",
    /// The server was restored from a backup and waits for a person.
    Restored => "restored",
    /// Too many requests; the server did not say for how long.
    SlowDown => "slow_down",
    /// The server is away for a while; it did not say for how long.
    Unavailable => "unavailable",
    /// The server said how long to wait.
    AskedToWait => "asked_to_wait",
    /// A fault of the server.
    ServerFault => "server_fault",
    /// The server cannot read or take it.
    Refused => "refused",
    /// Server and app do not speak the same version.
    UpgradeNeeded => "upgrade_needed",
    /// The phone's key store would not sign: locked, or being made ready.
    KeyRefused => "key_refused",
    /// The platform's certificate verifier was not initialised: a fault of the app's build.
    PlatformNotInitialised => "platform_not_initialised",
}

impl Reason {
    /// The reason of a stored code; `None` for one that another version wrote.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|r| r.code() == code)
    }

    /// The longest wait for this reason, milliseconds: the background's largest window, or one and a half times the longest
    /// `Retry-After`. A stored wait that is longer comes from a clock that was set, and is over.
    pub fn longest_wait_ms(self) -> u64 {
        if self == Self::AskedToWait { LONGEST_FLOOR_MS + LONGEST_FLOOR_MS / 2 } else { BACKGROUND_CAP_MS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_distinct_and_read_back() {
        let codes: BTreeSet<_> = Reason::ALL.iter().map(|r| r.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.code()), Some(*reason));
        }
        assert_eq!(Reason::parse("of_a_later_version"), None);
    }

    #[test]
    fn bounds_are_an_hour_and_a_day_and_a_half() {
        assert_eq!(Reason::Unreachable.longest_wait_ms(), 3_600_000);
        assert_eq!(Reason::AskedToWait.longest_wait_ms(), 129_600_000);
    }
}
