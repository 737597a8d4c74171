//! `Retry-After` (RFC 9110 §10.2.3): seconds, or one of the three forms of an HTTP date (§5.6.7).

use crate::domain::time::WallMs;
use chrono::NaiveDateTime;

/// The longest wait that a server is believed, milliseconds: a day. More is a mistake or mischief.
pub const LONGEST_FLOOR_MS: u64 = 86_400_000;

/// The three forms, as RFC 9110 §5.6.7 lists them. Of a two-digit year chrono makes 1970 … 2069.
const FORMS: [&str; 3] = ["%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"];

/// How long the server asks to wait, milliseconds, at most [`LONGEST_FLOOR_MS`]; `None` if the field says nothing.
///
/// A date is measured from the answer's own `Date` field where it has one, so that a phone whose clock is wrong waits as long as
/// was meant, and from `wall` otherwise. A date that has passed is a wait of 0.
pub fn parse_retry_after(value: &str, date: Option<&str>, wall: WallMs) -> Option<u64> {
    let value = value.trim_matches([' ', '\t']);
    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than a u64 has is longer than any cap.
        let seconds = value.parse::<u64>().unwrap_or(u64::MAX);
        return Some(seconds.saturating_mul(1000).min(LONGEST_FLOOR_MS));
    }
    let until = http_date_ms(value)?;
    let from = date.and_then(http_date_ms).unwrap_or(wall.get());
    Some(u64::try_from(until.saturating_sub(from)).unwrap_or(0).min(LONGEST_FLOOR_MS))
}

/// An HTTP date in milliseconds since 1970.
fn http_date_ms(text: &str) -> Option<i64> {
    // The longest is "Wednesday, 09-Nov-94 08:49:37 GMT" with 33 characters.
    if text.len() > 40 {
        return None;
    }
    let text = text.trim_matches([' ', '\t']);
    FORMS.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()).map(|t| t.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The example of RFC 9110 §5.6.7, Sun, 06 Nov 1994 08:49:37 GMT: `date -u -d '1994-11-06 08:49:37' +%s` is 784111777.
    const EXAMPLE: WallMs = WallMs::new(784_111_777_000);

    #[test]
    fn seconds() {
        let parse = |v| parse_retry_after(v, None, EXAMPLE);
        assert_eq!(parse("120"), Some(120_000));
        assert_eq!(parse(" 0 "), Some(0));
        assert_eq!(parse("86401"), Some(86_400_000));
        assert_eq!(parse("99999999999999999999999999999999"), Some(86_400_000));
        for nothing in ["", " ", "-1", "+5", "1.5", "12a", "0x10", "½", "soon", "１２"] {
            assert_eq!(parse(nothing), None, "{nothing:?}");
        }
    }

    #[test]
    fn the_three_forms_of_a_date() {
        // One minute before the example.
        let now = WallMs::new(EXAMPLE.get() - 60_000);
        for form in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(parse_retry_after(form, None, now), Some(60_000), "{form}");
        }
    }

    #[test]
    fn a_date_counts_from_the_servers_own() {
        let until = "Sun, 06 Nov 1994 08:49:37 GMT";
        let date = Some("Sun, 06 Nov 1994 08:48:37 GMT");
        // The phone believes it is 1970, or 2100.
        assert_eq!(parse_retry_after(until, date, WallMs::new(0)), Some(60_000));
        assert_eq!(parse_retry_after(until, date, WallMs::LATEST), Some(60_000));
        // Without one: a day at most, and nothing when it has passed.
        assert_eq!(parse_retry_after(until, Some("yesterday"), WallMs::new(0)), Some(86_400_000));
        assert_eq!(parse_retry_after(until, None, WallMs::LATEST), Some(0));
        assert_eq!(parse_retry_after(until, None, WallMs::new(i64::MIN)), Some(86_400_000));
    }

    #[test]
    fn other_dates_say_nothing() {
        for odd in ["1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 08:49:37 +0800", "Mon, 06 Nov 1994 08:49:37 GMT"] {
            assert_eq!(parse_retry_after(odd, None, EXAMPLE), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn hostile_input_never_panics(value in "\\PC*", date in proptest::option::of("\\PC*"), wall: i64) {
            let wait = parse_retry_after(&value, date.as_deref(), WallMs::new(wall));
            prop_assert!(wait.unwrap_or(0) <= LONGEST_FLOOR_MS);
        }

        #[test]
        fn nor_does_what_looks_like_a_date(
            value in "[A-Z][a-z]{2,8},? [0-9]{1,3}[ -][A-Z][a-z]{2}[ -][0-9]{2,6} [0-9]{1,3}:[0-9]{2}:[0-9]{2}( GMT)?",
            wall: i64,
        ) {
            let wait = parse_retry_after(&value, Some(&value), WallMs::new(wall));
            prop_assert!(wait.is_none_or(|w| w == 0), "from its own date there is nothing to wait");
        }
    }
}
