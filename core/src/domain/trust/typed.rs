//! What a person types where nothing can be scanned: the server's address and eight characters.
//!
//! ```text
//! time.example 7ZK4-Q0M8          https:// is understood; either case; hyphens and spaces in the code as one likes
//! ```
//!
//! The eight characters are 40 bits in Crockford's base 32 (I and L read as 1, O as 0; there is no U). The enrolment code is the first 16
//! bytes of SHA-256("daka-short-code" ‖ the eight characters): few enough bits to be found by whoever sees a request made with them.
//! And a typed text names neither the root nor a TLS key. So two comparisons by people take the place of what a QR code carries: the
//! phone takes the root from the server's answer and shows its fingerprint, to be compared with the one that the employer shows; and
//! the device stays pending until the administrator has compared the fingerprint of its key.

use super::code::{EnrolCode, QrText, ServerUrl};
use crate::domain::crypto::Crypto;
use crate::domain::error::FormatError;
use crate::domain::ids::{Hash32, Kid, bounded};

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

/// Eight characters that stand for an enrolment code.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedCode([u8; LENGTH]);

impl TypedCode {
    /// The code of eight random bytes, of which the lower five bits count.
    pub fn of(random: [u8; LENGTH]) -> Self {
        Self(random.map(|b| DIGITS[usize::from(b & 31)]))
    }

    /// Reads a code: either case, with or without hyphens and spaces; I and L for 1, O for 0.
    ///
    /// # Errors
    /// [`FormatError`] for another number of characters, or others than these.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let wrong = || FormatError::syntax("code", "eight letters and digits, without U");
        let mut typed =
            text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| match c.to_ascii_uppercase() {
                'I' | 'L' => Some(b'1'),
                'O' => Some(b'0'),
                c => u8::try_from(c).ok().filter(|c| DIGITS.contains(c)),
            });
        let mut code = [0; LENGTH];
        for digit in &mut code {
            *digit = typed.next().flatten().ok_or_else(wrong)?;
        }
        if typed.next().is_some() { Err(wrong()) } else { Ok(Self(code)) }
    }

    /// Two groups of four: `7ZK4-Q0M8`.
    pub fn text(&self) -> String {
        let text: String = self.0.iter().copied().map(char::from).collect();
        let (first, second) = text.split_at(LENGTH / 2);
        format!("{first}-{second}")
    }

    /// The first 16 bytes of SHA-256("daka-short-code" ‖ the eight characters in upper case).
    pub fn enrol_code(&self, crypto: &dyn Crypto) -> EnrolCode {
        let digest = crypto.sha256(&[b"daka-short-code", &self.0]).0;
        let mut code = [0; 16];
        code.copy_from_slice(&digest[..16]);
        EnrolCode(code)
    }
}

impl std::fmt::Debug for TypedCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedCode(hidden)")
    }
}

/// A server's address and a typed code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedText {
    /// Where the server is.
    pub server: ServerUrl,
    /// The code.
    pub code: TypedCode,
}

impl TypedText {
    /// What a person is shown to type: the address without `https://`, a space, the code.
    pub fn text(&self) -> String {
        let url = self.server.as_str();
        format!("{} {}", url.strip_prefix("https://").unwrap_or(url), self.code.text())
    }

    /// Reads it. The first word is the address; scheme and host are read in either case, since keyboards begin with a capital.
    ///
    /// # Errors
    /// [`FormatError`] naming the part.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        bounded("enrolment text", text, 1024)?;
        let Some((address, code)) = text.trim().split_once(char::is_whitespace) else {
            return Err(FormatError::syntax(
                "enrolment text",
                "the text of the QR code, or the server's address, a space and the eight characters of the code",
            ));
        };
        let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let url = format!("{}://{}{path}", scheme.to_ascii_lowercase(), authority.to_ascii_lowercase());
        Ok(Self { server: ServerUrl::parse(&url)?, code: TypedCode::parse(code)? })
    }
}

/// What brings a phone to an employer: a scanned QR code or a typed text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinText {
    /// The text of a QR code, which names the root.
    Scanned(QrText),
    /// A typed text, which does not.
    Typed(TypedText),
}

impl JoinText {
    /// Reads either; what begins with `daka:` is a QR code's.
    ///
    /// # Errors
    /// [`FormatError`] naming the part.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        if text.trim_start().starts_with("daka:") {
            QrText::parse(text).map(Self::Scanned)
        } else {
            TypedText::parse(text).map(Self::Typed)
        }
    }

    /// Where the server is.
    pub fn server(&self) -> &ServerUrl {
        match self {
            Self::Scanned(qr) => &qr.server,
            Self::Typed(typed) => &typed.server,
        }
    }

    /// The root that the answer must hang on; `None` if people compare it instead.
    pub fn root(&self) -> Option<Kid> {
        match self {
            Self::Scanned(qr) => Some(qr.root),
            Self::Typed(_) => None,
        }
    }

    /// The TLS key that the server must have, for a certificate that no public authority signed.
    pub fn tls_pin(&self) -> Option<Hash32> {
        match self {
            Self::Scanned(qr) => qr.tls_pin,
            Self::Typed(_) => None,
        }
    }

    /// The enrolment code.
    pub fn code(&self, crypto: &dyn Crypto) -> EnrolCode {
        match self {
            Self::Scanned(qr) => qr.code.clone(),
            Self::Typed(typed) => typed.code.enrol_code(crypto),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> (String, String) {
        let typed = TypedText::parse(text).unwrap();
        (typed.server.as_str().to_owned(), typed.code.text())
    }

    #[test]
    fn characters_that_look_alike_are_one() {
        for text in ["1011-0100", "iOlI oLoO", "LoiLOi00", "1 0 1 1 0 1 0 0", "--ioil---olOo-"] {
            assert_eq!(TypedCode::parse(text).unwrap().text(), "1011-0100", "{text}");
        }
        assert_eq!(TypedCode::parse("7zk4q0m8").unwrap().text(), "7ZK4-Q0M8");
    }

    #[test]
    fn what_is_no_code_is_refused() {
        // U is not in the alphabet; a full-width digit, an accent and a dash of the typographer are not what they look like.
        for text in [
            "",
            "7ZK4-Q0M",
            "7ZK4-Q0M89",
            "7ZK4-Q0MU",
            "7ZK4-Q0Mu",
            "7ZK4-Q0M８",
            "7ZK4-Q0MÉ",
            "7ZK4–Q0M8",
            "7ZK4_Q0M8",
        ] {
            assert_eq!(TypedCode::parse(text).unwrap_err().field, "code", "{text}");
        }
    }

    #[test]
    fn an_address_is_read_as_people_type_it() {
        let code = "7ZK4-Q0M8".to_owned();
        for text in ["time.example 7zk4-q0m8", "Time.Example/ 7zk4 q0m8", "  HTTPS://time.example\n7ZK4Q0M8\n"] {
            assert_eq!(read(text), ("https://time.example".to_owned(), code.clone()), "{text}");
        }
        assert_eq!(read("Time.example:8443/Acme 7ZK4Q0M8").0, "https://time.example:8443/Acme");
        assert_eq!(read("http://127.0.0.1:8080 7ZK4Q0M8").0, "http://127.0.0.1:8080");
    }

    #[test]
    fn the_part_that_is_wrong_is_named() {
        let field = |text: &str| JoinText::parse(text).unwrap_err().field;
        assert_eq!(field("time.example"), "enrolment text");
        assert_eq!(field("7ZK4-Q0M8"), "enrolment text");
        assert_eq!(field(&"x ".repeat(600)), "enrolment text");
        assert_eq!(field("http://time.example 7ZK4-Q0M8"), "server URL");
        assert_eq!(field("me@time.example 7ZK4-Q0M8"), "server URL");
        assert_eq!(field("/ 7ZK4-Q0M8"), "server URL");
        assert_eq!(field("time.example 7ZK4-Q0M8 x"), "code");
        // Read as a QR text of another version, not as an address, which would be a wrong URL.
        assert_eq!(field("daka:2?u=x 7ZK4-Q0M8"), "enrolment text");
    }

    proptest! {
        #[test]
        fn what_is_shown_is_what_is_read(random: [u8; 8]) {
            let code = TypedCode::of(random);
            prop_assert_eq!(&TypedCode::parse(&code.text()).unwrap(), &code);
            let typed = TypedText { server: ServerUrl::parse("https://time.example:8443/a").unwrap(), code };
            prop_assert_eq!(JoinText::parse(&typed.text()).unwrap(), JoinText::Typed(typed));
        }

        #[test]
        fn anything_can_be_typed(text in "\\PC*") {
            let _ = JoinText::parse(&text);
        }
    }
}
