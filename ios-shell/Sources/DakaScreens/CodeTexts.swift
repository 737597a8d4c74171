// Generated from texts/ by `cargo xtask generate`.

import Daka

extension Asked: Worded {
    var textKey: String {
        switch self {
        case .in: "code.asked.in"
        case .out: "code.asked.out"
        case .breakStart: "code.asked.break_start"
        case .breakEnd: "code.asked.break_end"
        case .auto: "code.asked.auto"
        case .unknown: "code.asked.unknown"
        }
    }
}

extension BundleClaim: Worded {
    var textKey: String {
        switch self {
        case .chain: "code.bundle_claim.chain"
        case .signature: "code.bundle_claim.signature"
        case .device: "code.bundle_claim.device"
        case .enrolment: "code.bundle_claim.enrolment"
        case .name: "code.bundle_claim.name"
        case .receipt: "code.bundle_claim.receipt"
        case .time: "code.bundle_claim.time"
        case .rules: "code.bundle_claim.rules"
        case .place: "code.bundle_claim.place"
        case .photo: "code.bundle_claim.photo"
        case .note: "code.bundle_claim.note"
        case .allEvidence: "code.bundle_claim.all_evidence"
        case .placeFigures: "code.bundle_claim.place_figures"
        case .unknown: "code.bundle_claim.unknown"
        }
    }
}

extension DayMarkKind: Worded {
    var textKey: String {
        switch self {
        case .none: "code.day_mark_kind.none"
        case .ok: "code.day_mark_kind.ok"
        case .waiting: "code.day_mark_kind.waiting"
        case .attention: "code.day_mark_kind.attention"
        }
    }
}

extension FailureCode: Worded {
    var textKey: String {
        switch self {
        case .badValue: "code.failure_code.bad_value"
        case .badPlace: "code.failure_code.bad_place"
        case .badTime: "code.failure_code.bad_time"
        case .inUse: "code.failure_code.in_use"
        case .newerDatabase: "code.failure_code.newer_database"
        case .wrongKey: "code.failure_code.wrong_key"
        case .readOnly: "code.failure_code.read_only"
        case .diskFull: "code.failure_code.disk_full"
        case .damaged: "code.failure_code.damaged"
        case .closed: "code.failure_code.closed"
        case .storage: "code.failure_code.storage"
        case .photoEmpty: "code.failure_code.photo_empty"
        case .photoNotJpeg: "code.failure_code.photo_not_jpeg"
        case .photoTruncated: "code.failure_code.photo_truncated"
        case .photoTooLarge: "code.failure_code.photo_too_large"
        case .photoTooMany: "code.failure_code.photo_too_many"
        case .photoUnreadable: "code.failure_code.photo_unreadable"
        case .photoMissing: "code.failure_code.photo_missing"
        case .captureUnknown: "code.failure_code.capture_unknown"
        case .captureUsed: "code.failure_code.capture_used"
        case .captureTooOld: "code.failure_code.capture_too_old"
        case .noConsent: "code.failure_code.no_consent"
        case .wrongCode: "code.failure_code.wrong_code"
        case .usedCode: "code.failure_code.used_code"
        case .expiredCode: "code.failure_code.expired_code"
        case .otherRoot: "code.failure_code.other_root"
        case .alreadyEnrolled: "code.failure_code.already_enrolled"
        case .notEnrolled: "code.failure_code.not_enrolled"
        case .unknownPunch: "code.failure_code.unknown_punch"
        case .tooLate: "code.failure_code.too_late"
        case .keyRefused: "code.failure_code.key_refused"
        case .noRandomness: "code.failure_code.no_randomness"
        case .unreachable: "code.failure_code.unreachable"
        case .timedOut: "code.failure_code.timed_out"
        case .untrusted: "code.failure_code.untrusted"
        case .platformNotInitialised: "code.failure_code.platform_not_initialised"
        case .serverRefused: "code.failure_code.server_refused"
        case .badAnswer: "code.failure_code.bad_answer"
        case .internal: "code.failure_code.internal"
        }
    }

    var nextKey: String {
        switch self {
        case .badValue: "next.failure_code.bad_value"
        case .badPlace: "next.failure_code.bad_place"
        case .badTime: "next.failure_code.bad_time"
        case .inUse: "next.failure_code.in_use"
        case .newerDatabase: "next.failure_code.newer_database"
        case .wrongKey: "next.failure_code.wrong_key"
        case .readOnly: "next.failure_code.read_only"
        case .diskFull: "next.failure_code.disk_full"
        case .damaged: "next.failure_code.damaged"
        case .closed: "next.failure_code.closed"
        case .storage: "next.failure_code.storage"
        case .photoEmpty: "next.failure_code.photo_empty"
        case .photoNotJpeg: "next.failure_code.photo_not_jpeg"
        case .photoTruncated: "next.failure_code.photo_truncated"
        case .photoTooLarge: "next.failure_code.photo_too_large"
        case .photoTooMany: "next.failure_code.photo_too_many"
        case .photoUnreadable: "next.failure_code.photo_unreadable"
        case .photoMissing: "next.failure_code.photo_missing"
        case .captureUnknown: "next.failure_code.capture_unknown"
        case .captureUsed: "next.failure_code.capture_used"
        case .captureTooOld: "next.failure_code.capture_too_old"
        case .noConsent: "next.failure_code.no_consent"
        case .wrongCode: "next.failure_code.wrong_code"
        case .usedCode: "next.failure_code.used_code"
        case .expiredCode: "next.failure_code.expired_code"
        case .otherRoot: "next.failure_code.other_root"
        case .alreadyEnrolled: "next.failure_code.already_enrolled"
        case .notEnrolled: "next.failure_code.not_enrolled"
        case .unknownPunch: "next.failure_code.unknown_punch"
        case .tooLate: "next.failure_code.too_late"
        case .keyRefused: "next.failure_code.key_refused"
        case .noRandomness: "next.failure_code.no_randomness"
        case .unreachable: "next.failure_code.unreachable"
        case .timedOut: "next.failure_code.timed_out"
        case .untrusted: "next.failure_code.untrusted"
        case .platformNotInitialised: "next.failure_code.platform_not_initialised"
        case .serverRefused: "next.failure_code.server_refused"
        case .badAnswer: "next.failure_code.bad_answer"
        case .internal: "next.failure_code.internal"
        }
    }
}

extension FieldType: Worded {
    var textKey: String {
        switch self {
        case .clientVisit: "code.field_type.client_visit"
        case .businessTrip: "code.field_type.business_trip"
        case .home: "code.field_type.home"
        case .other: "code.field_type.other"
        case .unknown: "code.field_type.unknown"
        }
    }
}

extension Help: Worded {
    var textKey: String {
        switch self {
        case .giveConsent: "code.help.give_consent"
        case .allowPrecise: "code.help.allow_precise"
        case .freshFix: "code.help.fresh_fix"
        case .betterFix: "code.help.better_fix"
        }
    }
}

extension KeyStanding: Worded {
    var textKey: String {
        switch self {
        case .active: "code.key_standing.active"
        case .pending: "code.key_standing.pending"
        case .revoked: "code.key_standing.revoked"
        case .earlier: "code.key_standing.earlier"
        }
    }
}

extension Language: Worded {
    var textKey: String {
        switch self {
        case .system: "code.language.system"
        case .en: "code.language.en"
        case .zhHans: "code.language.zh_hans"
        case .zhHantHk: "code.language.zh_hant_hk"
        }
    }
}

extension PhotoPlace: Worded {
    var textKey: String {
        switch self {
        case .draft: "code.photo_place.draft"
        case .waiting: "code.photo_place.waiting"
        case .received: "code.photo_place.received"
        case .gone: "code.photo_place.gone"
        }
    }
}

extension Presence: Worded {
    var textKey: String {
        switch self {
        case .none: "code.presence.none"
        case .pin: "code.presence.pin"
        case .biometric: "code.presence.biometric"
        case .photo: "code.presence.photo"
        case .unknown: "code.presence.unknown"
        }
    }
}

extension PunchState: Worded {
    var textKey: String {
        switch self {
        case .waiting: "code.punch_state.waiting"
        case .received: "code.punch_state.received"
        case .putAside: "code.punch_state.put_aside"
        case .refused: "code.punch_state.refused"
        }
    }
}

extension Purpose: Worded {
    var textKey: String {
        switch self {
        case .location: "code.purpose.location"
        case .radio: "code.purpose.radio"
        case .photo: "code.purpose.photo"
        case .unknown: "code.purpose.unknown"
        }
    }
}

extension SignalCode: Worded {
    var textKey: String {
        switch self {
        case .mockPosition: "code.signal_code.mock_position"
        case .clockWasSet: "code.signal_code.clock_was_set"
        case .clockOutsideInterval: "code.signal_code.clock_outside_interval"
        case .galleryPhoto: "code.signal_code.gallery_photo"
        case .photoUsedBefore: "code.signal_code.photo_used_before"
        }
    }
}

extension SignatureState: Worded {
    var textKey: String {
        switch self {
        case .signed: "code.signature_state.signed"
        case .pending: "code.signature_state.pending"
        }
    }
}

extension Standing: Worded {
    var textKey: String {
        switch self {
        case .active: "code.standing.active"
        case .pending: "code.standing.pending"
        case .unknown: "code.standing.unknown"
        }
    }
}

extension Theme: Worded {
    var textKey: String {
        switch self {
        case .system: "code.theme.system"
        case .light: "code.theme.light"
        case .dark: "code.theme.dark"
        }
    }
}

extension TimeSource: Worded {
    var textKey: String {
        switch self {
        case .token: "code.time_source.token"
        case .receipt: "code.time_source.receipt"
        case .gnss: "code.time_source.gnss"
        case .neighbour: "code.time_source.neighbour"
        case .none: "code.time_source.none"
        }
    }
}

extension TimeWord: Worded {
    var textKey: String {
        switch self {
        case .verified: "code.time_word.verified"
        case .bounded: "code.time_word.bounded"
        case .unverified: "code.time_word.unverified"
        }
    }
}

extension Trigger: Worded {
    var textKey: String {
        switch self {
        case .tap: "code.trigger.tap"
        case .automatic: "code.trigger.automatic"
        case .fast: "code.trigger.fast"
        case .beacon: "code.trigger.beacon"
        case .siteToken: "code.trigger.site_token"
        case .machine: "code.trigger.machine"
        case .import: "code.trigger.import"
        case .unknown: "code.trigger.unknown"
        }
    }
}

extension Verdict: Worded {
    var textKey: String {
        switch self {
        case .notEvaluated: "code.verdict.not_evaluated"
        case .inside: "code.verdict.inside"
        case .outside: "code.verdict.outside"
        case .uncertain: "code.verdict.uncertain"
        }
    }
}

extension VerdictReason: Worded {
    var textKey: String {
        switch self {
        case .noConsent: "code.verdict_reason.no_consent"
        case .noFence: "code.verdict_reason.no_fence"
        case .noFix: "code.verdict_reason.no_fix"
        case .noAccuracy: "code.verdict_reason.no_accuracy"
        case .fixTooOld: "code.verdict_reason.fix_too_old"
        case .fixFromFuture: "code.verdict_reason.fix_from_future"
        case .coarseFix: "code.verdict_reason.coarse_fix"
        case .preciseOff: "code.verdict_reason.precise_off"
        case .staleFix: "code.verdict_reason.stale_fix"
        case .mockFix: "code.verdict_reason.mock_fix"
        case .nearEdge: "code.verdict_reason.near_edge"
        case .evidenceConflict: "code.verdict_reason.evidence_conflict"
        case .radioMatch: "code.verdict_reason.radio_match"
        case .radioWeak: "code.verdict_reason.radio_weak"
        case .radioUnreadable: "code.verdict_reason.radio_unreadable"
        case .radioNone: "code.verdict_reason.radio_none"
        case .unknown: "code.verdict_reason.unknown"
        }
    }
}

extension WaitReason: Worded {
    var textKey: String {
        switch self {
        case .unreachable: "code.wait_reason.unreachable"
        case .timedOut: "code.wait_reason.timed_out"
        case .connectionBroken: "code.wait_reason.connection_broken"
        case .untrusted: "code.wait_reason.untrusted"
        case .receiptUnproven: "code.wait_reason.receipt_unproven"
        case .badAnswer: "code.wait_reason.bad_answer"
        case .captivePortal: "code.wait_reason.captive_portal"
        case .loginRefused: "code.wait_reason.login_refused"
        case .revoked: "code.wait_reason.revoked"
        case .notApproved: "code.wait_reason.not_approved"
        case .forbidden: "code.wait_reason.forbidden"
        case .conflict: "code.wait_reason.conflict"
        case .notFound: "code.wait_reason.not_found"
        case .uploadLost: "code.wait_reason.upload_lost"
        case .restored: "code.wait_reason.restored"
        case .slowDown: "code.wait_reason.slow_down"
        case .unavailable: "code.wait_reason.unavailable"
        case .askedToWait: "code.wait_reason.asked_to_wait"
        case .serverFault: "code.wait_reason.server_fault"
        case .refused: "code.wait_reason.refused"
        case .upgradeNeeded: "code.wait_reason.upgrade_needed"
        case .keyRefused: "code.wait_reason.key_refused"
        case .platformNotInitialised: "code.wait_reason.platform_not_initialised"
        }
    }
}

extension WaitingKind: Worded {
    var textKey: String {
        switch self {
        case .punch: "code.waiting_kind.punch"
        case .added: "code.waiting_kind.added"
        case .consent: "code.waiting_kind.consent"
        case .other: "code.waiting_kind.other"
        case .photo: "code.waiting_kind.photo"
        }
    }
}

extension WhyCode: Worded {
    var textKey: String {
        switch self {
        case .offerFirst: "code.why_code.offer_first"
        case .offerOpenIn: "code.why_code.offer_open_in %@"
        case .offerAfterOut: "code.why_code.offer_after_out %@"
        case .offerOnBreak: "code.why_code.offer_on_break %@"
        case .offerAfterBreak: "code.why_code.offer_after_break %@"
        case .offerInTooOld: "code.why_code.offer_in_too_old %@ %@"
        case .offerNext: "code.why_code.offer_next %@"
        case .timeVerified: "code.why_code.time_verified %@"
        case .timeBounded: "code.why_code.time_bounded %@"
        case .timeUnverified: "code.why_code.time_unverified"
        case .timeNotBefore: "code.why_code.time_not_before %@"
        case .timeNotAfter: "code.why_code.time_not_after %@"
        case .placeInside: "code.why_code.place_inside %@ %@ %@"
        case .placeOutside: "code.why_code.place_outside %@ %@ %@"
        case .placeUncertain: "code.why_code.place_uncertain %@ %@ %@"
        case .placeNotEvaluated: "code.why_code.place_not_evaluated"
        case .placeReason: "code.why_code.place_reason %@"
        case .placeHelp: "code.why_code.place_help %@"
        case .stateWaiting: "code.why_code.state_waiting"
        case .stateWaitingUntil: "code.why_code.state_waiting_until %@ %@"
        case .stateReceived: "code.why_code.state_received %@"
        case .statePutAside: "code.why_code.state_put_aside"
        case .stateRefused: "code.why_code.state_refused"
        case .signaturePending: "code.why_code.signature_pending"
        case .repeated: "code.why_code.repeated"
        case .leftOut: "code.why_code.left_out %@"
        case .lateEvidence: "code.why_code.late_evidence %@"
        }
    }
}
