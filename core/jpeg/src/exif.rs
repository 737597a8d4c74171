//! What the camera's EXIF says, for the checks across (Exif 2.32, TIFF 6.0): orientation, when, where. Nothing here is proof; it is held
//! against what the punch says.
//!
//! Only what is asked for is read. A directory that is damaged, points outside its segment or has a field of another type reads as if the
//! field were absent: cameras err, and a picture is not worse for it. A directory is read once and never followed in a circle: there are
//! four, at fixed places of the tree.

use crate::header::Header;
use std::ops::Range;

/// What the camera's EXIF says; absent what it does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exif {
    /// How the stored picture has to be turned, 1 to 8 (tag 0x0112).
    pub orientation: Option<u16>,
    /// When the picture was taken, by the camera's clock (0x9003, or 0x0132 without it).
    pub taken: Option<Taken>,
    /// Where it was taken.
    pub position: Option<Position>,
    /// When the position was fixed, UTC (tags 0x001D and 0x0007 of the GPS directory).
    pub fixed: Option<Taken>,
}

/// A civil time as written, within the ranges of its fields (the day is not held against the month).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Year, 1 to 9999.
    pub year: u16,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 60.
    pub second: u8,
    /// Minutes east of UTC, −900 to 900, if the camera says it (0x9011, or 0x9010 with 0x0132).
    pub offset: Option<i16>,
}

/// A position in degrees, WGS 84 unless the file says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// −90 to 90, north is positive.
    pub latitude: f64,
    /// −180 to 180, east is positive.
    pub longitude: f64,
}

/// Where in the file things stand that a mark makes untrue.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// The picture's width and height (0xA002, 0xA003): place, bytes of the value, whether the lowest byte stands first.
    pub(crate) sizes: [Option<(usize, usize, bool)>; 2],
    /// The link to the thumbnail's directory, and the thumbnail.
    pub(crate) thumbnail: Option<(Range<usize>, Range<usize>)>,
}

impl Exif {
    /// Reads the EXIF of a file; nothing is said if there is none.
    #[must_use]
    pub fn read(file: &[u8], header: &Header) -> Self {
        read(file, header).map(|(exif, _)| exif).unwrap_or_default()
    }

    pub(crate) fn places(file: &[u8], header: &Header) -> Places {
        read(file, header).map(|(_, places)| places).unwrap_or_default()
    }
}

fn read(file: &[u8], header: &Header) -> Option<(Exif, Places)> {
    let is_exif = |(code, body): &&(u8, Range<usize>)| {
        *code == 0xE1 && file.get((*body).clone()).is_some_and(|body| body.starts_with(b"Exif\0\0"))
    };
    let body = &header.applications.iter().find(is_exif)?.1;
    let tiff = Tiff::new(file.get(body.start + 6..body.end)?, body.start + 6)?;
    let first = tiff.directory(tiff.long(4)? as usize)?;
    let follow = |tag| tiff.directory(first.number(tag)? as usize);
    let (details, gps) = (follow(0x8769), follow(0x8825));
    let original = text(&details, 0x9003).and_then(time).map(|time| (time, 0x9011));
    let changed = || first.find(0x0132).and_then(|field| field.text()).and_then(time).map(|time| (time, 0x9010));
    let taken =
        original.or_else(changed).map(|(time, tag)| Taken { offset: text(&details, tag).and_then(offset), ..time });
    let degrees = |value, reference, positive: &[u8], negative: &[u8], most: f64| {
        let degrees = of(&gps, value)?.sixtieths()?;
        let reference = text(&gps, reference)?;
        let signed = if reference.starts_with(positive) { degrees } else { -degrees };
        let known = reference.starts_with(positive) || reference.starts_with(negative);
        (known && degrees <= most).then_some(signed)
    };
    let position = degrees(2, 1, b"N", b"S", 90.0).zip(degrees(4, 3, b"E", b"W", 180.0));
    let fixed = text(&gps, 0x1D).zip(of(&gps, 7).and_then(|field| field.rationals())).and_then(|(day, clock)| {
        let clock = clock.map(|part| part.floor());
        let day = time(&[day.get(..10)?, b" 00:00:00"].concat())?;
        let fits = clock[0] < 24.0 && clock[1] < 60.0 && clock[2] <= 60.0;
        fits.then_some(Taken {
            hour: clock[0] as u8,
            minute: clock[1] as u8,
            second: clock[2] as u8,
            offset: Some(0),
            ..day
        })
    });
    let orientation = first.number(0x0112).and_then(|n| u16::try_from(n).ok()).filter(|n| (1..=8).contains(n));
    let position = position.map(|(latitude, longitude)| Position { latitude, longitude });
    let size = |tag| {
        let field = of(&details, tag)?;
        field.number().map(|_| (tiff.at + field.value, if field.kind == SHORT { 2 } else { 4 }, tiff.little))
    };
    let places = Places { sizes: [size(0xA002), size(0xA003)], thumbnail: tiff.thumbnail(&first) };
    Some((Exif { orientation, taken, position, fixed }, places))
}

fn of<'a>(directory: &Option<Directory<'a>>, tag: u16) -> Option<Field<'a>> {
    directory.as_ref()?.find(tag)
}

fn text<'a>(directory: &Option<Directory<'a>>, tag: u16) -> Option<&'a [u8]> {
    of(directory, tag)?.text()
}

/// `YYYY:MM:DD HH:MM:SS` (Exif 2.32 §4.6.4).
fn time(text: &[u8]) -> Option<Taken> {
    let text = text.get(..19)?;
    let shape = text.iter().zip(b"0000:00:00 00:00:00");
    let fits = |(byte, shape): (&u8, &u8)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
    shape.into_iter().all(fits).then_some(())?;
    let number = |range: Range<usize>| text[range].iter().fold(0u16, |n, digit| 10 * n + u16::from(digit - b'0'));
    let short = |from: usize, allowed: Range<u16>| {
        Some(number(from..from + 2)).filter(|n| allowed.contains(n)).and_then(|n| u8::try_from(n).ok())
    };
    Some(Taken {
        year: Some(number(0..4)).filter(|year| *year > 0)?,
        month: short(5, 1..13)?,
        day: short(8, 1..32)?,
        hour: short(11, 0..24)?,
        minute: short(14, 0..60)?,
        second: short(17, 0..61)?,
        offset: None,
    })
}

/// `+HH:MM` or `-HH:MM` (Exif 2.32 §4.6.5, tag 0x9011), in minutes.
fn offset(text: &[u8]) -> Option<i16> {
    let [sign @ (b'+' | b'-'), h1, h0, b':', m1, m0, ..] = text else { return None };
    let digits = [h1, h0, m1, m0];
    digits.iter().all(|digit| digit.is_ascii_digit()).then_some(())?;
    let [h1, h0, m1, m0] = digits.map(|digit| i16::from(digit - b'0'));
    let minutes = 60 * (10 * h1 + h0) + 10 * m1 + m0;
    (m1 < 6 && minutes <= 900).then_some(if *sign == b'-' { -minutes } else { minutes })
}

/// Types of a field that are read (TIFF 6.0 §2).
const ASCII: u16 = 2;
const SHORT: u16 = 3;
const LONG: u16 = 4;
const RATIONAL: u16 = 5;
const SIGNED_RATIONAL: u16 = 10;

/// The segment's TIFF structure; places count from its first byte.
#[derive(Clone, Copy)]
struct Tiff<'a> {
    bytes: &'a [u8],
    /// Its first byte's place in the file.
    at: usize,
    little: bool,
}

/// A directory: its entries of twelve bytes each, and the place of the link behind them.
struct Directory<'a> {
    tiff: Tiff<'a>,
    entries: &'a [u8],
    link: usize,
}

/// A field of a directory.
struct Field<'a> {
    tiff: Tiff<'a>,
    kind: u16,
    count: usize,
    /// Where its value stands.
    value: usize,
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8], at: usize) -> Option<Self> {
        let little = match bytes.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let tiff = Self { bytes, at, little };
        (tiff.short(2)? == 42).then_some(tiff)
    }

    fn short(&self, at: usize) -> Option<u16> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little { u16::from_le_bytes(*bytes) } else { u16::from_be_bytes(*bytes) })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = self.bytes.get(at..)?.first_chunk()?;
        Some(if self.little { u32::from_le_bytes(*bytes) } else { u32::from_be_bytes(*bytes) })
    }

    fn directory(self, at: usize) -> Option<Directory<'a>> {
        let link = at + 2 + 12 * usize::from(self.short(at)?);
        Some(Directory { tiff: self, entries: self.bytes.get(at + 2..link)?, link })
    }

    /// Where the link to the thumbnail's directory stands, and the thumbnail itself, in the file.
    fn thumbnail(&self, first: &Directory<'_>) -> Option<(Range<usize>, Range<usize>)> {
        let second =
            self.directory(self.long(first.link)? as usize).filter(|directory| directory.link != first.link)?;
        let (from, length) = (second.number(0x0201)? as usize, second.number(0x0202)? as usize);
        let inside = from.checked_add(length).is_some_and(|end| end <= self.bytes.len());
        inside.then_some((self.at + first.link..self.at + first.link + 4, self.at + from..self.at + from + length))
    }
}

impl<'a> Directory<'a> {
    fn find(&self, tag: u16) -> Option<Field<'a>> {
        let tiff = self.tiff;
        let begin = self.link - self.entries.len();
        let at = (begin..self.link).step_by(12).find(|at| tiff.short(*at) == Some(tag))?;
        let (kind, count) = (tiff.short(at + 2)?, tiff.long(at + 4)? as usize);
        let bytes = count.checked_mul(match kind {
            ASCII => 1,
            SHORT => 2,
            LONG => 4,
            RATIONAL | SIGNED_RATIONAL => 8,
            _ => return None,
        })?;
        // A value of up to four bytes stands in the entry itself.
        let value = if bytes <= 4 { at + 8 } else { tiff.long(at + 8)? as usize };
        let inside = value.checked_add(bytes).is_some_and(|end| end <= tiff.bytes.len());
        inside.then_some(Field { tiff, kind, count, value })
    }

    fn number(&self, tag: u16) -> Option<u32> {
        self.find(tag)?.number()
    }
}

impl<'a> Field<'a> {
    fn number(&self) -> Option<u32> {
        match (self.kind, self.count) {
            (SHORT, 1) => self.tiff.short(self.value).map(u32::from),
            (LONG, 1) => self.tiff.long(self.value),
            _ => None,
        }
    }

    fn text(&self) -> Option<&'a [u8]> {
        if self.kind == ASCII { self.tiff.bytes.get(self.value..self.value + self.count) } else { None }
    }

    /// Three quotients of whole numbers. Some phones write them as signed ones; none is below 0, as the reference says the direction.
    fn rationals(&self) -> Option<[f64; 3]> {
        let most = match self.kind {
            RATIONAL => u32::MAX,
            SIGNED_RATIONAL => i32::MAX as u32,
            _ => return None,
        };
        if self.count != 3 {
            return None;
        }
        let mut out = [0.0; 3];
        for (at, value) in out.iter_mut().enumerate() {
            let (over, under) = (self.tiff.long(self.value + 8 * at)?, self.tiff.long(self.value + 8 * at + 4)?);
            if over > most || under > most {
                return None;
            }
            // Nothing over nothing is how some write an unknown part.
            *value = match (over, under) {
                (0, 0) => 0.0,
                (_, 0) => return None,
                _ => f64::from(over) / f64::from(under),
            };
        }
        Some(out)
    }

    /// Degrees, minutes and seconds as degrees.
    fn sixtieths(&self) -> Option<f64> {
        let [degrees, minutes, seconds] = self.rationals()?;
        Some(degrees + minutes / 60.0 + seconds / 3600.0)
    }
}
