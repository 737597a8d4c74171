//! What a dex file has: its classes, and the fields and methods that its code names or defines.
//!
//! Read to see that what others find by its name is still there after R8, under that name. Of the format (Android's "Dalvik executable
//! format") only the tables of identifiers and the list of classes are needed. A method that no code calls is in the table because it is
//! defined, and that is the kind that is asked for here: the system, or a library's native half, calls it.

use std::collections::BTreeSet;

/// Names of classes with dots, as in `a.b.C$D`; members as `a.b.C.name(Lx/Y;I)V` and `a.b.C.name:I`.
#[derive(Debug, Default)]
pub(super) struct Dex {
    pub(super) classes: BTreeSet<String>,
    pub(super) members: BTreeSet<String>,
}

impl Dex {
    /// Adds what one file has; none if it is no dex file or ends too early.
    pub(super) fn read(&mut self, bytes: &[u8]) -> Option<()> {
        let file = File { bytes };
        if !bytes.starts_with(b"dex\n") {
            return None;
        }
        for at in file.table(0x60, 32)? {
            self.classes.insert(dotted(&file.type_name(file.word(at)?)?));
        }
        for at in file.table(0x50, 8)? {
            let (class, of, name) = (file.half(at)?, file.half(at + 2)?, file.word(at + 4)?);
            let member = format!("{}:{}", file.text(name)?, file.type_name(of)?);
            self.members.insert(format!("{}.{member}", dotted(&file.type_name(class)?)));
        }
        for at in file.table(0x58, 8)? {
            let (class, proto, name) = (file.half(at)?, file.half(at + 2)?, file.word(at + 4)?);
            let member = format!("{}{}", file.text(name)?, file.signature(proto)?);
            self.members.insert(format!("{}.{member}", dotted(&file.type_name(class)?)));
        }
        Some(())
    }

    /// Is there such a class or member?
    pub(super) fn has(&self, name: &str) -> bool {
        self.classes.contains(name) || self.members.contains(name)
    }
}

struct File<'a> {
    bytes: &'a [u8],
}

impl File<'_> {
    fn half(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(2)?)?;
        Some(usize::from(u16::from_le_bytes(bytes.try_into().ok()?)))
    }

    fn word(&self, at: usize) -> Option<usize> {
        let bytes = self.bytes.get(at..at.checked_add(4)?)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    }

    /// The places of a table's rows; its number of rows and its place stand in the header.
    fn table(&self, header: usize, row: usize) -> Option<impl Iterator<Item = usize> + use<>> {
        let (rows, at) = (self.word(header)?, self.word(header + 4)?);
        Some((0..rows).map(move |index| at + index * row))
    }

    fn row(&self, header: usize, row: usize, index: usize) -> Option<usize> {
        Some(self.word(header + 4)? + index * row)
    }

    /// A string's text, of which the names asked for here are plain ASCII: after its length (seven bits in a byte) to a zero.
    fn text(&self, index: usize) -> Option<String> {
        let mut at = self.word(self.row(0x38, 4, index)?)?;
        while self.bytes.get(at)? & 0x80 != 0 {
            at += 1;
        }
        let rest = self.bytes.get(at + 1..)?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(rest.get(..end)?).into_owned())
    }

    fn type_name(&self, index: usize) -> Option<String> {
        self.text(self.word(self.row(0x40, 4, index)?)?)
    }

    fn signature(&self, index: usize) -> Option<String> {
        let at = self.row(0x48, 12, index)?;
        let list = self.word(at + 8)?;
        let count = if list == 0 { 0 } else { self.word(list)? };
        let mut text = String::from("(");
        for index in 0..count {
            text.push_str(&self.type_name(self.half(list + 4 + index * 2)?)?);
        }
        text.push(')');
        text.push_str(&self.type_name(self.word(at + 4)?)?);
        Some(text)
    }
}

fn dotted(descriptor: &str) -> String {
    descriptor.trim_start_matches('L').trim_end_matches(';').replace('/', ".")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file with one class `p.C`, its field `f` of type `I` and its method `m(String)`, which gives an `I`; laid out by hand after the
    /// format's description, sections in the order of the header.
    pub(in super::super) fn small() -> Vec<u8> {
        let texts = ["I", "IL", "Ljava/lang/String;", "Lp/C;", "f", "m"];
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        let (strings, types) = (0x70_u32, 0x70 + 6 * 4);
        let protos = types + 3 * 4;
        let fields = protos + 12;
        let (methods, classes) = (fields + 8, fields + 16);
        let parameters = classes + 32;
        let mut data = parameters + 8;
        let mut places = Vec::new();
        let mut bodies = Vec::new();
        for text in texts {
            places.push(data);
            bodies.push(u8::try_from(text.len()).unwrap());
            bodies.extend(text.as_bytes());
            bodies.push(0);
            data += u32::try_from(text.len()).unwrap() + 2;
        }
        let mut file = b"dex\n038\0".to_vec();
        file.resize(0x38, 0);
        file.extend(words(&[6, strings, 3, types, 1, protos, 1, fields, 1, methods, 1, classes, 0, 0]));
        file.extend(words(&places));
        file.extend(words(&[0, 2, 3])); // types: I, String, p.C
        file.extend(words(&[1, 0, parameters])); // (String)I
        file.extend([2, 0, 0, 0].into_iter().chain(4_u32.to_le_bytes())); // p.C, I, "f"
        file.extend([2, 0, 0, 0].into_iter().chain(5_u32.to_le_bytes())); // p.C, the one signature, "m"
        file.extend(words(&[2, 1, u32::MAX, 0, u32::MAX, 0, 0, 0]));
        file.extend(words(&[1]));
        file.extend([1, 0, 0, 0]);
        file.extend(bodies);
        file
    }

    #[test]
    fn classes_and_members_are_read_with_their_types() {
        let mut dex = Dex::default();
        dex.read(&small()).unwrap();
        assert_eq!(dex.classes.iter().collect::<Vec<_>>(), ["p.C"]);
        assert_eq!(dex.members.iter().collect::<Vec<_>>(), ["p.C.f:I", "p.C.m(Ljava/lang/String;)I"]);
        assert!(dex.has("p.C") && !dex.has("java.lang.String"));
    }

    #[test]
    fn a_file_that_ends_early_or_is_another_is_refused() {
        let whole = small();
        assert!(Dex::default().read(&whole[..whole.len() - 1]).is_none());
        assert!(Dex::default().read(b"PK\x03\x04").is_none());
    }
}
