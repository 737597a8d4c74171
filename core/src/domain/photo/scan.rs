//! A JPEG file's structure (ITU-T T.81, Annex B), read as a stream.
//!
//! A file is SOI, marker segments with lengths, at least one frame header (SOFn) with a size, at least one scan (SOS) with entropy
//! coded data, and EOI. After EOI anything may follow: motion photos append a film, multi-picture files further images.
//!
//! The *content* of a file is the file without the APP11 segments before EOI: a C2PA manifest goes there later and must not change
//! what was hashed. An APP11 segment is its marker (the last 0xFF and 0xEB), its length and its body; fill bytes (T.81 §B.1.1.2)
//! before the marker and all bytes after EOI are content.
//!
//! The scan holds no byte back but one: a 0xFF at the end of a chunk may begin an APP11 segment, and is handed on when the next
//! byte says that it does not.

use super::MAX_PHOTO_BYTES;

/// Why a file is not taken as a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JpegError {
    /// No bytes.
    #[error("the photo file is empty")]
    Empty,
    /// Not the structure of a JPEG file, or one without a picture.
    #[error("the file is not a JPEG photo")]
    NotJpeg,
    /// It ends before its end marker.
    #[error("the photo file is cut off")]
    Truncated,
    /// More bytes than allowed.
    #[error("the photo has more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
}

/// What the structure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JpegInfo {
    /// Pixels in a line, from 1 on, before any rotation that EXIF asks for.
    pub width: u16,
    /// Lines, from 1 on.
    pub height: u16,
    /// Colour components, 1 to 4.
    pub components: u8,
    /// Whether it is coded in successive passes.
    pub progressive: bool,
    /// The whole file, bytes.
    pub bytes: u64,
    /// Of these after the end marker.
    pub trailing_bytes: u64,
    /// Of these in APP11 segments: the content has `bytes - app11_bytes`.
    pub app11_bytes: u64,
}

const SOF0: u8 = 0xC0;
const SOF15: u8 = 0xCF;
const DHT: u8 = 0xC4;
const JPG: u8 = 0xC8;
const DAC: u8 = 0xCC;
const RST0: u8 = 0xD0;
const RST7: u8 = 0xD7;
const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP11: u8 = 0xEB;
const TEM: u8 = 0x01;

/// What the next byte is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The first 0xFF.
    Start,
    /// SOI's code.
    Soi,
    /// The 0xFF of the next marker.
    Marker,
    /// A marker's code. The 0xFF before it was not handed on.
    Code,
    /// A segment's length, upper byte.
    Length,
    /// A segment's length, lower byte.
    LengthLow(u8),
    /// A segment's body.
    Body { left: usize },
    /// Entropy coded data.
    Entropy,
    /// What follows a 0xFF in entropy coded data. It was not handed on.
    EntropyCode,
    /// After EOI.
    Trailing,
}

impl State {
    /// Whether a 0xFF was read and not handed on.
    fn holds(self) -> bool {
        matches!(self, Self::Code | Self::EntropyCode)
    }
}

/// Reads a file chunk by chunk.
#[derive(Clone, Debug)]
pub struct JpegScan {
    state: State,
    failed: Option<JpegError>,
    /// The marker code of the segment that is read.
    segment: u8,
    /// The first bytes of its body, as many as a frame header needs before its component list.
    start: [u8; 6],
    /// How many of them were read.
    started: usize,
    /// The whole body's length.
    body: usize,
    frame: Option<Frame>,
    /// Whether a scan had any data.
    data: bool,
    bytes: u64,
    trailing: u64,
    app11: u64,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    width: u16,
    height: u16,
    components: u8,
    progressive: bool,
}

impl Default for JpegScan {
    fn default() -> Self {
        Self::new()
    }
}

impl JpegScan {
    /// Before the first byte.
    pub fn new() -> Self {
        Self {
            state: State::Start,
            failed: None,
            segment: 0,
            start: [0; 6],
            started: 0,
            body: 0,
            frame: None,
            data: false,
            bytes: 0,
            trailing: 0,
            app11: 0,
        }
    }

    /// Takes the next chunk, of any length, and hands the content in it to `content`, in order.
    ///
    /// # Errors
    /// [`JpegError::NotJpeg`] as soon as it is certain, [`JpegError::TooLarge`] before anything beyond [`MAX_PHOTO_BYTES`] is
    /// handed on. Afterwards every call gives the same error.
    pub fn feed(&mut self, chunk: &[u8], content: &mut impl FnMut(&[u8])) -> Result<(), JpegError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let read = self.read(chunk, content);
        self.failed = read.err();
        read
    }

    /// The end of the file.
    ///
    /// # Errors
    /// [`JpegError`] if it is not one whole JPEG file.
    pub fn finish(self) -> Result<JpegInfo, JpegError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        match (self.state, self.frame) {
            (State::Trailing, Some(frame)) => Ok(JpegInfo {
                width: frame.width,
                height: frame.height,
                components: frame.components,
                progressive: frame.progressive,
                bytes: self.bytes,
                trailing_bytes: self.trailing,
                app11_bytes: self.app11,
            }),
            (State::Start, _) => Err(JpegError::Empty),
            _ => Err(JpegError::Truncated),
        }
    }

    fn read(&mut self, chunk: &[u8], content: &mut impl FnMut(&[u8])) -> Result<(), JpegError> {
        self.bytes = self.bytes.saturating_add(chunk.len() as u64);
        if self.bytes > MAX_PHOTO_BYTES {
            return Err(JpegError::TooLarge { limit: MAX_PHOTO_BYTES });
        }
        // `carried`: the 0xFF that is held came with an earlier chunk. `from`: the first byte of this chunk not yet handed on.
        let (mut carried, mut from, mut at) = (self.state.holds(), 0, 0);
        while let Some(&byte) = chunk.get(at) {
            match self.state {
                State::Body { left } => {
                    let rest = &chunk[at..];
                    let take = left.min(rest.len());
                    self.keep_start(&rest[..take]);
                    at += take;
                    self.state = State::Body { left: left - take };
                    if left == take {
                        self.end_segment(&mut from, at)?;
                    }
                }
                State::Entropy => {
                    let rest = &chunk[at..];
                    let plain = rest.iter().position(|b| *b == 0xFF);
                    self.data |= plain != Some(0);
                    at = plain.map_or(chunk.len(), |n| at + n + 1);
                    if plain.is_some() {
                        self.state = State::EntropyCode;
                    }
                }
                State::Trailing => {
                    self.trailing += (chunk.len() - at) as u64;
                    at = chunk.len();
                }
                State::Code | State::EntropyCode => {
                    if byte == APP11 {
                        if !carried {
                            hand_on(content, chunk, from, at - 1);
                        }
                        self.begin_segment(byte)?;
                    } else {
                        if carried {
                            content(&[0xFF]);
                        }
                        self.code(byte)?;
                    }
                    carried = false;
                    at += 1;
                }
                State::LengthLow(high) => {
                    at += 1;
                    let length = usize::from(u16::from_be_bytes([high, byte]));
                    // The length counts its own two bytes (T.81 §B.1.1.4).
                    self.body = length.checked_sub(2).ok_or(JpegError::NotJpeg)?;
                    self.state = State::Body { left: self.body };
                    if self.body == 0 {
                        self.end_segment(&mut from, at)?;
                    }
                }
                _ => {
                    self.state = self.fixed(byte)?;
                    at += 1;
                }
            }
        }
        if !self.in_app11() {
            // A held 0xFF is the chunk's last byte, since whatever follows it releases it; unless the chunk is empty.
            let held = usize::from(self.state.holds() && !chunk.is_empty());
            hand_on(content, chunk, from, chunk.len() - held);
        }
        Ok(())
    }

    /// The states whose next byte has one meaning.
    fn fixed(&self, byte: u8) -> Result<State, JpegError> {
        match (self.state, byte) {
            (State::Start, 0xFF) => Ok(State::Soi),
            (State::Soi, SOI) => Ok(State::Marker),
            (State::Marker, 0xFF) => Ok(State::Code),
            (State::Length, high) => Ok(State::LengthLow(high)),
            _ => Err(JpegError::NotJpeg),
        }
    }

    /// A code other than APP11's.
    fn code(&mut self, code: u8) -> Result<(), JpegError> {
        let in_scan = self.state == State::EntropyCode;
        self.state = match code {
            // Fill bytes: the hold goes over to this one.
            0xFF => return Ok(()),
            // A stuffed zero: the 0xFF was data (T.81 §F.1.2.3).
            0x00 if in_scan => {
                self.data = true;
                State::Entropy
            }
            RST0..=RST7 if in_scan => State::Entropy,
            EOI if self.frame.is_some() && self.data => State::Trailing,
            TEM => State::Marker,
            // Reserved codes, a second SOI, restarts outside a scan, and an end without a picture.
            0x00..=0xBF | RST0..=EOI => return Err(JpegError::NotJpeg),
            _ => return self.begin_segment(code),
        };
        Ok(())
    }

    fn begin_segment(&mut self, code: u8) -> Result<(), JpegError> {
        // One frame in a file (hierarchical coding is nothing a camera makes), and no scan before it.
        let twice = is_frame(code) && self.frame.is_some();
        let too_early = code == SOS && self.frame.is_none();
        if twice || too_early {
            return Err(JpegError::NotJpeg);
        }
        self.segment = code;
        self.started = 0;
        self.state = State::Length;
        Ok(())
    }

    /// Keeps the first bytes of a segment's body.
    fn keep_start(&mut self, part: &[u8]) {
        let room = &mut self.start[self.started..];
        let n = room.len().min(part.len());
        room[..n].copy_from_slice(&part[..n]);
        self.started += n;
    }

    fn end_segment(&mut self, from: &mut usize, at: usize) -> Result<(), JpegError> {
        let [_, y1, y0, x1, x0, components] = self.start;
        self.state = match self.segment {
            APP11 => {
                // Marker and length are four bytes.
                self.app11 += self.body as u64 + 4;
                *from = at;
                State::Marker
            }
            SOS => {
                // T.81 §B.2.3: 6 + 2 Ns bytes with the length, Ns from 1 to 4.
                let scans = usize::from(self.start[0]);
                if !(1..=4).contains(&scans) || self.body != 4 + 2 * scans {
                    return Err(JpegError::NotJpeg);
                }
                State::Entropy
            }
            code if is_frame(code) => {
                let (width, height) = (u16::from_be_bytes([x1, x0]), u16::from_be_bytes([y1, y0]));
                // T.81 §B.2.2: 8 + 3 Nf bytes with the length. Height 0 means "said after the first scan", which no decoder in
                // use reads.
                let fits = (1..=4).contains(&components) && self.body == 6 + 3 * usize::from(components);
                if !fits || width == 0 || height == 0 {
                    return Err(JpegError::NotJpeg);
                }
                let progressive = matches!(code & 0x03, 0x02);
                self.frame = Some(Frame { width, height, components, progressive });
                State::Marker
            }
            _ => State::Marker,
        };
        Ok(())
    }

    /// Whether the bytes read now belong to an APP11 segment.
    fn in_app11(&self) -> bool {
        let inside = matches!(self.state, State::Length | State::LengthLow(_) | State::Body { .. });
        inside && self.segment == APP11
    }
}

/// Whether a code is one of the frame headers SOF0 … SOF15, among which three other codes lie.
fn is_frame(code: u8) -> bool {
    matches!(code, SOF0..=SOF15) && !matches!(code, DHT | JPG | DAC)
}

fn hand_on(content: &mut impl FnMut(&[u8]), chunk: &[u8], from: usize, to: usize) {
    if let Some(part) = chunk.get(from..to)
        && !part.is_empty()
    {
        content(part);
    }
}
