//! Why a verdict is what it is, as stable integers and codes; the sentences belong to the shells.

/// A reason of a verdict. The integers are recorded and the codes are seen by shells: neither ever changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Reason {
    /// The person has not consented to location.
    NoConsent = 1,
    /// No site applies to this person here and now.
    NoFence = 2,
    /// The phone had no position.
    NoFix = 3,
    /// The position came without a usable accuracy.
    NoAccuracy = 4,
    /// The position is older than five minutes.
    FixTooOld = 5,
    /// The position is newer than the reading it belongs to.
    FixFromFuture = 6,
    /// The accuracy is worse than 1 km.
    CoarseFix = 7,
    /// Only the approximate location is allowed.
    PreciseOff = 8,
    /// The position is older than a minute.
    StaleFix = 9,
    /// The platform says that the position is simulated.
    MockFix = 10,
    /// The doubt reaches across the edge of the fence; no other reason.
    NearEdge = 11,
    /// Position and radio say opposite things.
    EvidenceConflict = 12,
    /// Radio matched the site and changed the verdict.
    RadioMatch = 13,
    /// Radio saw too little of the site to settle it.
    RadioWeak = 14,
    /// Radio could not be read.
    RadioUnreadable = 15,
    /// Radio was read and nothing of the site was seen.
    RadioNone = 16,
}

impl Reason {
    /// Every reason, by integer.
    pub const ALL: [Self; 16] = [
        Self::NoConsent,
        Self::NoFence,
        Self::NoFix,
        Self::NoAccuracy,
        Self::FixTooOld,
        Self::FixFromFuture,
        Self::CoarseFix,
        Self::PreciseOff,
        Self::StaleFix,
        Self::MockFix,
        Self::NearEdge,
        Self::EvidenceConflict,
        Self::RadioMatch,
        Self::RadioWeak,
        Self::RadioUnreadable,
        Self::RadioNone,
    ];

    /// From the recorded integer; `None` when this version does not know it.
    #[must_use]
    pub fn from_int(value: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.to_int() == value)
    }

    /// The recorded integer.
    #[must_use]
    pub fn to_int(self) -> u32 {
        self as u32
    }

    /// Stable code for shells and scripts.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoConsent => "no_consent",
            Self::NoFence => "no_fence",
            Self::NoFix => "no_fix",
            Self::NoAccuracy => "no_accuracy",
            Self::FixTooOld => "fix_too_old",
            Self::FixFromFuture => "fix_from_future",
            Self::CoarseFix => "coarse_fix",
            Self::PreciseOff => "precise_off",
            Self::StaleFix => "stale_fix",
            Self::MockFix => "mock_fix",
            Self::NearEdge => "near_edge",
            Self::EvidenceConflict => "evidence_conflict",
            Self::RadioMatch => "radio_match",
            Self::RadioWeak => "radio_weak",
            Self::RadioUnreadable => "radio_unreadable",
            Self::RadioNone => "radio_none",
        }
    }
}

/// What would make an undecided verdict certain: at most one step, the one that has to come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Help {
    /// Consent to location.
    GiveConsent,
    /// Allow the precise location.
    AllowPrecise,
    /// Wait for a new position.
    FreshFix,
    /// Wait for a better position, or go further from the edge.
    BetterFix,
}

impl Help {
    /// Stable code for shells and scripts.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::GiveConsent => "give_consent",
            Self::AllowPrecise => "allow_precise",
            Self::FreshFix => "fresh_fix",
            Self::BetterFix => "better_fix",
        }
    }

    /// The first step that the reasons call for.
    #[must_use]
    pub fn for_reasons(reasons: &[Reason]) -> Option<Self> {
        let any = |of: &[Reason]| reasons.iter().any(|r| of.contains(r));
        if any(&[Reason::NoConsent]) {
            Some(Self::GiveConsent)
        } else if any(&[Reason::NoFence]) {
            None
        } else if any(&[Reason::PreciseOff]) {
            Some(Self::AllowPrecise)
        } else if any(&[Reason::NoFix, Reason::NoAccuracy, Reason::FixTooOld, Reason::FixFromFuture, Reason::StaleFix])
        {
            Some(Self::FreshFix)
        } else if any(&[Reason::CoarseFix, Reason::NearEdge]) {
            Some(Self::BetterFix)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_codes_are_distinct_and_come_back() {
        for (i, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason.to_int() as usize, i + 1);
            assert_eq!(Reason::from_int(reason.to_int()), Some(reason));
        }
        assert_eq!((Reason::from_int(0), Reason::from_int(17)), (None, None));
        let codes: std::collections::BTreeSet<_> = Reason::ALL.iter().map(|r| r.code()).collect();
        assert_eq!(codes.len(), Reason::ALL.len());
    }
}
