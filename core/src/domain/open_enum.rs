//! Enumerations on the wire that a newer phone or server may have extended.

/// Declares an enumeration with stable integers and stable codes. A value that this build does not know is kept as
/// `Unknown(n)`, so that it is chained, stored and shown instead of being refused.
macro_rules! open_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $n:literal => $code:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        $vis enum $name {
            $($(#[$vmeta])* $variant,)+
            /// A value of a later version.
            Unknown(u64),
        }

        impl $name {
            /// Every value that this build knows.
            $vis const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value of an integer on the wire.
            $vis fn from_wire(n: u64) -> Self {
                match n { $($n => Self::$variant,)+ other => Self::Unknown(other) }
            }

            /// The integer on the wire.
            $vis fn wire(self) -> u64 {
                match self { $(Self::$variant => $n,)+ Self::Unknown(n) => n }
            }

            /// The stable code for programs and for the shells' sentences; `unknown` for a later version's value.
            $vis fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ Self::Unknown(_) => "unknown" }
            }

            /// The value of a code, if this build knows it.
            $vis fn from_code(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }

        // By the integer on the wire: a map keyed by these is in the order that deterministic CBOR asks for.
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.wire().cmp(&other.wire())
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.code())
            }
        }
    };
}
pub(crate) use open_enum;
