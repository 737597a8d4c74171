//! How one request ended, in the words of the decision table.

use super::parse_retry_after;
use crate::domain::time::WallMs;

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// A login or its challenge.
    Session,
    /// Something that carries no row of the queue: a time token, rules, keys, the head, a checkpoint.
    Read,
    /// A segment of the journal.
    Segment {
        /// How many entries it holds.
        entries: usize,
    },
    /// A part of a photo, or where its upload stands.
    Photo,
}

/// One attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// What was asked.
    pub ask: Ask,
    /// Whether it follows at once on a `LoginAgain` or `AskHead`, without a wait. What did not help once does not help twice.
    pub corrected: bool,
}

/// Why no answer came. One for each `TransportError`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoAnswer {
    /// No connection, name or route: nothing was sent.
    Unreachable,
    /// No answer in time; the server may have taken it.
    TimedOut,
    /// The connection broke after something was sent; the server may have taken it.
    Broken,
    /// The certificate is not one to trust, or not the pinned one.
    Untrusted,
    /// More bytes than any answer of this protocol has.
    TooLarge,
    /// The platform's certificate verifier was not initialised.
    PlatformNotInitialised,
}

/// The media types that matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Media {
    /// No `Content-Type`.
    None,
    /// `application/cbor`.
    Cbor,
    /// `application/problem+json`.
    Problem,
    /// `application/octet-stream`.
    Octets,
    /// `text/plain`.
    Text,
    /// Anything else; `text/html` above all.
    Other,
}

impl Media {
    /// The type that a `Content-Type` names, without its parameters.
    pub fn of(content_type: Option<&str>) -> Self {
        let Some(text) = content_type else { return Self::None };
        let name = text.split(';').next().unwrap_or_default().trim();
        let known = [
            ("application/cbor", Self::Cbor),
            ("application/problem+json", Self::Problem),
            ("application/octet-stream", Self::Octets),
            ("text/plain", Self::Text),
        ];
        known.into_iter().find(|(n, _)| name.eq_ignore_ascii_case(n)).map_or(Self::Other, |(_, media)| media)
    }
}

/// What an answer says before its body is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// The body's media type.
    pub media: Media,
    /// The problem document's `code`.
    pub code: Option<String>,
    /// The problem document's `field`: what the server could not read.
    pub field: Option<String>,
    /// What the server asked to wait, milliseconds.
    pub retry_after_ms: Option<u64>,
}

/// The members of a problem document (RFC 9457) that are ours. Others may be there and are passed over.
#[derive(Default, serde::Deserialize)]
struct Problem {
    code: Option<String>,
    field: Option<String>,
}

impl Head {
    /// A problem document is a few hundred bytes; a body beyond this is not read as one.
    const PROBLEM_LIMIT: usize = 65_536;

    /// Reads it off an answer. `header` finds a header field by its lower-case name; `wall` is now on the phone's wall clock.
    pub fn of<'h>(status: u16, header: impl Fn(&str) -> Option<&'h str>, body: &[u8], wall: WallMs) -> Self {
        let media = Media::of(header("content-type"));
        let problem = if media == Media::Problem && body.len() <= Self::PROBLEM_LIMIT {
            // One that cannot be read leaves the status, which decides most.
            serde_json::from_slice(body).unwrap_or_default()
        } else {
            Problem::default()
        };
        let retry_after_ms = header("retry-after").and_then(|v| parse_retry_after(v, header("date"), wall));
        Self { status, media, code: problem.code, field: problem.field, retry_after_ms }
    }

    /// Whether the body is what was asked for, so that it is worth decoding: a success with the media type `expected`. A captive
    /// portal answers 200 too, but with its own page.
    pub fn is_success(&self, expected: Media) -> bool {
        (200..300).contains(&self.status) && self.media == expected
    }

    /// Whether a refusal may come from the server itself. It explains each in a problem document, or leaves the body out (HEAD);
    /// a proxy or portal sends its page.
    pub(super) fn may_be_ours(&self) -> bool {
        matches!(self.media, Media::None | Media::Problem | Media::Cbor)
    }

    pub(super) fn is_code(&self, code: &str) -> bool {
        self.code.as_deref() == Some(code)
    }
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer was read, and every receipt, token or proof in it verified.
    Verified,
    /// No answer.
    NoAnswer(NoAnswer),
    /// An answer that is no success, or a success whose body is not what was asked for.
    Answer(Head),
    /// A success whose body does not decode.
    Undecodable,
    /// A success whose body has a version that this program does not read.
    Newer,
    /// A success that decodes, but whose receipt, token or proof does not verify.
    Unproven,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WALL: WallMs = WallMs::new(784_111_777_000);

    fn head(status: u16, headers: &[(&str, &'static str)], body: &str) -> Head {
        Head::of(status, |name| headers.iter().find(|(n, _)| *n == name).map(|(_, v)| *v), body.as_bytes(), WALL)
    }

    #[test]
    fn a_problem_document_gives_code_and_field() {
        let body =
            r#"{"type":"about:blank","title":"Bad Request","status":400,"code":"malformed","field":"J","x":[{}]}"#;
        let got = head(400, &[("content-type", "application/problem+json; charset=utf-8")], body);
        assert_eq!(
            (got.code.as_deref(), got.field.as_deref(), got.media),
            (Some("malformed"), Some("J"), Media::Problem)
        );
        // The same text as a page is not believed.
        assert_eq!(head(400, &[("content-type", "application/json")], body).code, None);
    }

    #[test]
    fn a_problem_document_that_cannot_be_read_leaves_the_status() {
        for body in ["", "{", "[1]", r#"{"code":7}"#, "\u{0}", &"[".repeat(100_000)] {
            let got = head(403, &[("content-type", "application/problem+json")], body);
            assert_eq!((got.status, got.code), (403, None), "{body:.20}");
        }
    }

    #[test]
    fn a_portals_page_is_no_success() {
        assert!(head(200, &[("content-type", "application/cbor")], "").is_success(Media::Cbor));
        assert!(head(204, &[], "").is_success(Media::None));
        assert!(!head(200, &[("content-type", "text/html")], "<html>").is_success(Media::Cbor));
        assert!(!head(200, &[("content-type", "text/html")], "<html>").is_success(Media::None));
        assert!(!head(302, &[("content-type", "application/cbor")], "").is_success(Media::Cbor));
    }

    #[test]
    fn retry_after_is_read_with_the_answers_date() {
        let got = head(
            503,
            &[("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT"), ("date", "Sun, 06 Nov 1994 08:50:07 GMT")],
            "",
        );
        assert_eq!(got.retry_after_ms, Some(30_000));
    }

    proptest! {
        #[test]
        fn any_answer_can_be_read(status: u16, value in "\\PC*", body: Vec<u8>) {
            Head::of(status, |_| Some(&value), &body, WALL);
            let problem = |name: &str| (name == "content-type").then_some("application/problem+json");
            Head::of(status, problem, &body, WALL);
        }
    }
}
