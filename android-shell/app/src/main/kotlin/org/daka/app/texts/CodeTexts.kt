// Generated from texts/ by `cargo xtask generate`.

package org.daka.app.texts

import androidx.annotation.StringRes
import org.daka.app.R
import org.daka.ffi.Asked
import org.daka.ffi.BundleClaim
import org.daka.ffi.DayMarkKind
import org.daka.ffi.FailureCode
import org.daka.ffi.FieldType
import org.daka.ffi.Help
import org.daka.ffi.KeyStanding
import org.daka.ffi.Language
import org.daka.ffi.PhotoPlace
import org.daka.ffi.Presence
import org.daka.ffi.PunchState
import org.daka.ffi.Purpose
import org.daka.ffi.SignalCode
import org.daka.ffi.SignatureState
import org.daka.ffi.Standing
import org.daka.ffi.Theme
import org.daka.ffi.TimeSource
import org.daka.ffi.TimeWord
import org.daka.ffi.Trigger
import org.daka.ffi.Verdict
import org.daka.ffi.VerdictReason
import org.daka.ffi.WaitReason
import org.daka.ffi.WaitingKind
import org.daka.ffi.WhyCode

@get:StringRes
val Asked.textId: Int
    get() =
        when (this) {
            Asked.IN -> R.string.code_asked_in
            Asked.OUT -> R.string.code_asked_out
            Asked.BREAK_START -> R.string.code_asked_break_start
            Asked.BREAK_END -> R.string.code_asked_break_end
            Asked.AUTO -> R.string.code_asked_auto
            Asked.UNKNOWN -> R.string.code_asked_unknown
        }

@get:StringRes
val BundleClaim.textId: Int
    get() =
        when (this) {
            BundleClaim.CHAIN -> R.string.code_bundle_claim_chain
            BundleClaim.SIGNATURE -> R.string.code_bundle_claim_signature
            BundleClaim.DEVICE -> R.string.code_bundle_claim_device
            BundleClaim.ENROLMENT -> R.string.code_bundle_claim_enrolment
            BundleClaim.NAME -> R.string.code_bundle_claim_name
            BundleClaim.RECEIPT -> R.string.code_bundle_claim_receipt
            BundleClaim.TIME -> R.string.code_bundle_claim_time
            BundleClaim.RULES -> R.string.code_bundle_claim_rules
            BundleClaim.PLACE -> R.string.code_bundle_claim_place
            BundleClaim.PHOTO -> R.string.code_bundle_claim_photo
            BundleClaim.NOTE -> R.string.code_bundle_claim_note
            BundleClaim.ALL_EVIDENCE -> R.string.code_bundle_claim_all_evidence
            BundleClaim.PLACE_FIGURES -> R.string.code_bundle_claim_place_figures
            BundleClaim.UNKNOWN -> R.string.code_bundle_claim_unknown
        }

@get:StringRes
val DayMarkKind.textId: Int
    get() =
        when (this) {
            DayMarkKind.NONE -> R.string.code_day_mark_kind_none
            DayMarkKind.OK -> R.string.code_day_mark_kind_ok
            DayMarkKind.WAITING -> R.string.code_day_mark_kind_waiting
            DayMarkKind.ATTENTION -> R.string.code_day_mark_kind_attention
        }

@get:StringRes
val FailureCode.textId: Int
    get() =
        when (this) {
            FailureCode.BAD_VALUE -> R.string.code_failure_code_bad_value
            FailureCode.BAD_PLACE -> R.string.code_failure_code_bad_place
            FailureCode.BAD_TIME -> R.string.code_failure_code_bad_time
            FailureCode.IN_USE -> R.string.code_failure_code_in_use
            FailureCode.NEWER_DATABASE -> R.string.code_failure_code_newer_database
            FailureCode.WRONG_KEY -> R.string.code_failure_code_wrong_key
            FailureCode.READ_ONLY -> R.string.code_failure_code_read_only
            FailureCode.DISK_FULL -> R.string.code_failure_code_disk_full
            FailureCode.DAMAGED -> R.string.code_failure_code_damaged
            FailureCode.CLOSED -> R.string.code_failure_code_closed
            FailureCode.STORAGE -> R.string.code_failure_code_storage
            FailureCode.PHOTO_EMPTY -> R.string.code_failure_code_photo_empty
            FailureCode.PHOTO_NOT_JPEG -> R.string.code_failure_code_photo_not_jpeg
            FailureCode.PHOTO_TRUNCATED -> R.string.code_failure_code_photo_truncated
            FailureCode.PHOTO_TOO_LARGE -> R.string.code_failure_code_photo_too_large
            FailureCode.PHOTO_TOO_MANY -> R.string.code_failure_code_photo_too_many
            FailureCode.PHOTO_UNREADABLE -> R.string.code_failure_code_photo_unreadable
            FailureCode.PHOTO_MISSING -> R.string.code_failure_code_photo_missing
            FailureCode.CAPTURE_UNKNOWN -> R.string.code_failure_code_capture_unknown
            FailureCode.CAPTURE_USED -> R.string.code_failure_code_capture_used
            FailureCode.CAPTURE_TOO_OLD -> R.string.code_failure_code_capture_too_old
            FailureCode.NO_CONSENT -> R.string.code_failure_code_no_consent
            FailureCode.WRONG_CODE -> R.string.code_failure_code_wrong_code
            FailureCode.USED_CODE -> R.string.code_failure_code_used_code
            FailureCode.EXPIRED_CODE -> R.string.code_failure_code_expired_code
            FailureCode.OTHER_ROOT -> R.string.code_failure_code_other_root
            FailureCode.ALREADY_ENROLLED -> R.string.code_failure_code_already_enrolled
            FailureCode.NOT_ENROLLED -> R.string.code_failure_code_not_enrolled
            FailureCode.UNKNOWN_PUNCH -> R.string.code_failure_code_unknown_punch
            FailureCode.TOO_LATE -> R.string.code_failure_code_too_late
            FailureCode.KEY_REFUSED -> R.string.code_failure_code_key_refused
            FailureCode.NO_RANDOMNESS -> R.string.code_failure_code_no_randomness
            FailureCode.UNREACHABLE -> R.string.code_failure_code_unreachable
            FailureCode.TIMED_OUT -> R.string.code_failure_code_timed_out
            FailureCode.UNTRUSTED -> R.string.code_failure_code_untrusted
            FailureCode.PLATFORM_NOT_INITIALISED -> R.string.code_failure_code_platform_not_initialised
            FailureCode.SERVER_REFUSED -> R.string.code_failure_code_server_refused
            FailureCode.BAD_ANSWER -> R.string.code_failure_code_bad_answer
            FailureCode.INTERNAL -> R.string.code_failure_code_internal
        }

@get:StringRes
val FailureCode.nextId: Int
    get() =
        when (this) {
            FailureCode.BAD_VALUE -> R.string.next_failure_code_bad_value
            FailureCode.BAD_PLACE -> R.string.next_failure_code_bad_place
            FailureCode.BAD_TIME -> R.string.next_failure_code_bad_time
            FailureCode.IN_USE -> R.string.next_failure_code_in_use
            FailureCode.NEWER_DATABASE -> R.string.next_failure_code_newer_database
            FailureCode.WRONG_KEY -> R.string.next_failure_code_wrong_key
            FailureCode.READ_ONLY -> R.string.next_failure_code_read_only
            FailureCode.DISK_FULL -> R.string.next_failure_code_disk_full
            FailureCode.DAMAGED -> R.string.next_failure_code_damaged
            FailureCode.CLOSED -> R.string.next_failure_code_closed
            FailureCode.STORAGE -> R.string.next_failure_code_storage
            FailureCode.PHOTO_EMPTY -> R.string.next_failure_code_photo_empty
            FailureCode.PHOTO_NOT_JPEG -> R.string.next_failure_code_photo_not_jpeg
            FailureCode.PHOTO_TRUNCATED -> R.string.next_failure_code_photo_truncated
            FailureCode.PHOTO_TOO_LARGE -> R.string.next_failure_code_photo_too_large
            FailureCode.PHOTO_TOO_MANY -> R.string.next_failure_code_photo_too_many
            FailureCode.PHOTO_UNREADABLE -> R.string.next_failure_code_photo_unreadable
            FailureCode.PHOTO_MISSING -> R.string.next_failure_code_photo_missing
            FailureCode.CAPTURE_UNKNOWN -> R.string.next_failure_code_capture_unknown
            FailureCode.CAPTURE_USED -> R.string.next_failure_code_capture_used
            FailureCode.CAPTURE_TOO_OLD -> R.string.next_failure_code_capture_too_old
            FailureCode.NO_CONSENT -> R.string.next_failure_code_no_consent
            FailureCode.WRONG_CODE -> R.string.next_failure_code_wrong_code
            FailureCode.USED_CODE -> R.string.next_failure_code_used_code
            FailureCode.EXPIRED_CODE -> R.string.next_failure_code_expired_code
            FailureCode.OTHER_ROOT -> R.string.next_failure_code_other_root
            FailureCode.ALREADY_ENROLLED -> R.string.next_failure_code_already_enrolled
            FailureCode.NOT_ENROLLED -> R.string.next_failure_code_not_enrolled
            FailureCode.UNKNOWN_PUNCH -> R.string.next_failure_code_unknown_punch
            FailureCode.TOO_LATE -> R.string.next_failure_code_too_late
            FailureCode.KEY_REFUSED -> R.string.next_failure_code_key_refused
            FailureCode.NO_RANDOMNESS -> R.string.next_failure_code_no_randomness
            FailureCode.UNREACHABLE -> R.string.next_failure_code_unreachable
            FailureCode.TIMED_OUT -> R.string.next_failure_code_timed_out
            FailureCode.UNTRUSTED -> R.string.next_failure_code_untrusted
            FailureCode.PLATFORM_NOT_INITIALISED -> R.string.next_failure_code_platform_not_initialised
            FailureCode.SERVER_REFUSED -> R.string.next_failure_code_server_refused
            FailureCode.BAD_ANSWER -> R.string.next_failure_code_bad_answer
            FailureCode.INTERNAL -> R.string.next_failure_code_internal
        }

@get:StringRes
val FieldType.textId: Int
    get() =
        when (this) {
            FieldType.CLIENT_VISIT -> R.string.code_field_type_client_visit
            FieldType.BUSINESS_TRIP -> R.string.code_field_type_business_trip
            FieldType.HOME -> R.string.code_field_type_home
            FieldType.OTHER -> R.string.code_field_type_other
            FieldType.UNKNOWN -> R.string.code_field_type_unknown
        }

@get:StringRes
val Help.textId: Int
    get() =
        when (this) {
            Help.GIVE_CONSENT -> R.string.code_help_give_consent
            Help.ALLOW_PRECISE -> R.string.code_help_allow_precise
            Help.FRESH_FIX -> R.string.code_help_fresh_fix
            Help.BETTER_FIX -> R.string.code_help_better_fix
        }

@get:StringRes
val KeyStanding.textId: Int
    get() =
        when (this) {
            KeyStanding.ACTIVE -> R.string.code_key_standing_active
            KeyStanding.PENDING -> R.string.code_key_standing_pending
            KeyStanding.REVOKED -> R.string.code_key_standing_revoked
            KeyStanding.EARLIER -> R.string.code_key_standing_earlier
        }

@get:StringRes
val Language.textId: Int
    get() =
        when (this) {
            Language.SYSTEM -> R.string.code_language_system
            Language.EN -> R.string.code_language_en
            Language.ZH_HANS -> R.string.code_language_zh_hans
            Language.ZH_HANT_HK -> R.string.code_language_zh_hant_hk
        }

@get:StringRes
val PhotoPlace.textId: Int
    get() =
        when (this) {
            PhotoPlace.DRAFT -> R.string.code_photo_place_draft
            PhotoPlace.WAITING -> R.string.code_photo_place_waiting
            PhotoPlace.RECEIVED -> R.string.code_photo_place_received
            PhotoPlace.GONE -> R.string.code_photo_place_gone
        }

@get:StringRes
val Presence.textId: Int
    get() =
        when (this) {
            Presence.NONE -> R.string.code_presence_none
            Presence.PIN -> R.string.code_presence_pin
            Presence.BIOMETRIC -> R.string.code_presence_biometric
            Presence.PHOTO -> R.string.code_presence_photo
            Presence.UNKNOWN -> R.string.code_presence_unknown
        }

@get:StringRes
val PunchState.textId: Int
    get() =
        when (this) {
            PunchState.WAITING -> R.string.code_punch_state_waiting
            PunchState.RECEIVED -> R.string.code_punch_state_received
            PunchState.PUT_ASIDE -> R.string.code_punch_state_put_aside
            PunchState.REFUSED -> R.string.code_punch_state_refused
        }

@get:StringRes
val Purpose.textId: Int
    get() =
        when (this) {
            Purpose.LOCATION -> R.string.code_purpose_location
            Purpose.RADIO -> R.string.code_purpose_radio
            Purpose.PHOTO -> R.string.code_purpose_photo
            Purpose.UNKNOWN -> R.string.code_purpose_unknown
        }

@get:StringRes
val SignalCode.textId: Int
    get() =
        when (this) {
            SignalCode.MOCK_POSITION -> R.string.code_signal_code_mock_position
            SignalCode.CLOCK_WAS_SET -> R.string.code_signal_code_clock_was_set
            SignalCode.CLOCK_OUTSIDE_INTERVAL -> R.string.code_signal_code_clock_outside_interval
            SignalCode.GALLERY_PHOTO -> R.string.code_signal_code_gallery_photo
            SignalCode.PHOTO_USED_BEFORE -> R.string.code_signal_code_photo_used_before
        }

@get:StringRes
val SignatureState.textId: Int
    get() =
        when (this) {
            SignatureState.SIGNED -> R.string.code_signature_state_signed
            SignatureState.PENDING -> R.string.code_signature_state_pending
        }

@get:StringRes
val Standing.textId: Int
    get() =
        when (this) {
            Standing.ACTIVE -> R.string.code_standing_active
            Standing.PENDING -> R.string.code_standing_pending
            Standing.UNKNOWN -> R.string.code_standing_unknown
        }

@get:StringRes
val Theme.textId: Int
    get() =
        when (this) {
            Theme.SYSTEM -> R.string.code_theme_system
            Theme.LIGHT -> R.string.code_theme_light
            Theme.DARK -> R.string.code_theme_dark
        }

@get:StringRes
val TimeSource.textId: Int
    get() =
        when (this) {
            TimeSource.TOKEN -> R.string.code_time_source_token
            TimeSource.RECEIPT -> R.string.code_time_source_receipt
            TimeSource.GNSS -> R.string.code_time_source_gnss
            TimeSource.NEIGHBOUR -> R.string.code_time_source_neighbour
            TimeSource.NONE -> R.string.code_time_source_none
        }

@get:StringRes
val TimeWord.textId: Int
    get() =
        when (this) {
            TimeWord.VERIFIED -> R.string.code_time_word_verified
            TimeWord.BOUNDED -> R.string.code_time_word_bounded
            TimeWord.UNVERIFIED -> R.string.code_time_word_unverified
        }

@get:StringRes
val Trigger.textId: Int
    get() =
        when (this) {
            Trigger.TAP -> R.string.code_trigger_tap
            Trigger.AUTOMATIC -> R.string.code_trigger_automatic
            Trigger.FAST -> R.string.code_trigger_fast
            Trigger.BEACON -> R.string.code_trigger_beacon
            Trigger.SITE_TOKEN -> R.string.code_trigger_site_token
            Trigger.MACHINE -> R.string.code_trigger_machine
            Trigger.IMPORT -> R.string.code_trigger_import
            Trigger.UNKNOWN -> R.string.code_trigger_unknown
        }

@get:StringRes
val Verdict.textId: Int
    get() =
        when (this) {
            Verdict.NOT_EVALUATED -> R.string.code_verdict_not_evaluated
            Verdict.INSIDE -> R.string.code_verdict_inside
            Verdict.OUTSIDE -> R.string.code_verdict_outside
            Verdict.UNCERTAIN -> R.string.code_verdict_uncertain
        }

@get:StringRes
val VerdictReason.textId: Int
    get() =
        when (this) {
            VerdictReason.NO_CONSENT -> R.string.code_verdict_reason_no_consent
            VerdictReason.NO_FENCE -> R.string.code_verdict_reason_no_fence
            VerdictReason.NO_FIX -> R.string.code_verdict_reason_no_fix
            VerdictReason.NO_ACCURACY -> R.string.code_verdict_reason_no_accuracy
            VerdictReason.FIX_TOO_OLD -> R.string.code_verdict_reason_fix_too_old
            VerdictReason.FIX_FROM_FUTURE -> R.string.code_verdict_reason_fix_from_future
            VerdictReason.COARSE_FIX -> R.string.code_verdict_reason_coarse_fix
            VerdictReason.PRECISE_OFF -> R.string.code_verdict_reason_precise_off
            VerdictReason.STALE_FIX -> R.string.code_verdict_reason_stale_fix
            VerdictReason.MOCK_FIX -> R.string.code_verdict_reason_mock_fix
            VerdictReason.NEAR_EDGE -> R.string.code_verdict_reason_near_edge
            VerdictReason.EVIDENCE_CONFLICT -> R.string.code_verdict_reason_evidence_conflict
            VerdictReason.RADIO_MATCH -> R.string.code_verdict_reason_radio_match
            VerdictReason.RADIO_WEAK -> R.string.code_verdict_reason_radio_weak
            VerdictReason.RADIO_UNREADABLE -> R.string.code_verdict_reason_radio_unreadable
            VerdictReason.RADIO_NONE -> R.string.code_verdict_reason_radio_none
            VerdictReason.UNKNOWN -> R.string.code_verdict_reason_unknown
        }

@get:StringRes
val WaitReason.textId: Int
    get() =
        when (this) {
            WaitReason.UNREACHABLE -> R.string.code_wait_reason_unreachable
            WaitReason.TIMED_OUT -> R.string.code_wait_reason_timed_out
            WaitReason.CONNECTION_BROKEN -> R.string.code_wait_reason_connection_broken
            WaitReason.UNTRUSTED -> R.string.code_wait_reason_untrusted
            WaitReason.RECEIPT_UNPROVEN -> R.string.code_wait_reason_receipt_unproven
            WaitReason.BAD_ANSWER -> R.string.code_wait_reason_bad_answer
            WaitReason.CAPTIVE_PORTAL -> R.string.code_wait_reason_captive_portal
            WaitReason.LOGIN_REFUSED -> R.string.code_wait_reason_login_refused
            WaitReason.REVOKED -> R.string.code_wait_reason_revoked
            WaitReason.NOT_APPROVED -> R.string.code_wait_reason_not_approved
            WaitReason.FORBIDDEN -> R.string.code_wait_reason_forbidden
            WaitReason.CONFLICT -> R.string.code_wait_reason_conflict
            WaitReason.NOT_FOUND -> R.string.code_wait_reason_not_found
            WaitReason.UPLOAD_LOST -> R.string.code_wait_reason_upload_lost
            WaitReason.RESTORED -> R.string.code_wait_reason_restored
            WaitReason.SLOW_DOWN -> R.string.code_wait_reason_slow_down
            WaitReason.UNAVAILABLE -> R.string.code_wait_reason_unavailable
            WaitReason.ASKED_TO_WAIT -> R.string.code_wait_reason_asked_to_wait
            WaitReason.SERVER_FAULT -> R.string.code_wait_reason_server_fault
            WaitReason.REFUSED -> R.string.code_wait_reason_refused
            WaitReason.UPGRADE_NEEDED -> R.string.code_wait_reason_upgrade_needed
            WaitReason.KEY_REFUSED -> R.string.code_wait_reason_key_refused
            WaitReason.PLATFORM_NOT_INITIALISED -> R.string.code_wait_reason_platform_not_initialised
        }

@get:StringRes
val WaitingKind.textId: Int
    get() =
        when (this) {
            WaitingKind.PUNCH -> R.string.code_waiting_kind_punch
            WaitingKind.ADDED -> R.string.code_waiting_kind_added
            WaitingKind.CONSENT -> R.string.code_waiting_kind_consent
            WaitingKind.OTHER -> R.string.code_waiting_kind_other
            WaitingKind.PHOTO -> R.string.code_waiting_kind_photo
        }

@get:StringRes
val WhyCode.textId: Int
    get() =
        when (this) {
            WhyCode.OFFER_FIRST -> R.string.code_why_code_offer_first
            WhyCode.OFFER_OPEN_IN -> R.string.code_why_code_offer_open_in
            WhyCode.OFFER_AFTER_OUT -> R.string.code_why_code_offer_after_out
            WhyCode.OFFER_ON_BREAK -> R.string.code_why_code_offer_on_break
            WhyCode.OFFER_AFTER_BREAK -> R.string.code_why_code_offer_after_break
            WhyCode.OFFER_IN_TOO_OLD -> R.string.code_why_code_offer_in_too_old
            WhyCode.OFFER_NEXT -> R.string.code_why_code_offer_next
            WhyCode.TIME_VERIFIED -> R.string.code_why_code_time_verified
            WhyCode.TIME_BOUNDED -> R.string.code_why_code_time_bounded
            WhyCode.TIME_UNVERIFIED -> R.string.code_why_code_time_unverified
            WhyCode.TIME_NOT_BEFORE -> R.string.code_why_code_time_not_before
            WhyCode.TIME_NOT_AFTER -> R.string.code_why_code_time_not_after
            WhyCode.PLACE_INSIDE -> R.string.code_why_code_place_inside
            WhyCode.PLACE_OUTSIDE -> R.string.code_why_code_place_outside
            WhyCode.PLACE_UNCERTAIN -> R.string.code_why_code_place_uncertain
            WhyCode.PLACE_NOT_EVALUATED -> R.string.code_why_code_place_not_evaluated
            WhyCode.PLACE_REASON -> R.string.code_why_code_place_reason
            WhyCode.PLACE_HELP -> R.string.code_why_code_place_help
            WhyCode.STATE_WAITING -> R.string.code_why_code_state_waiting
            WhyCode.STATE_WAITING_UNTIL -> R.string.code_why_code_state_waiting_until
            WhyCode.STATE_RECEIVED -> R.string.code_why_code_state_received
            WhyCode.STATE_PUT_ASIDE -> R.string.code_why_code_state_put_aside
            WhyCode.STATE_REFUSED -> R.string.code_why_code_state_refused
            WhyCode.SIGNATURE_PENDING -> R.string.code_why_code_signature_pending
            WhyCode.REPEATED -> R.string.code_why_code_repeated
            WhyCode.LEFT_OUT -> R.string.code_why_code_left_out
            WhyCode.LATE_EVIDENCE -> R.string.code_why_code_late_evidence
        }
