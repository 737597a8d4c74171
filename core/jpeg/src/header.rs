//! A file's segments up to its scan (T.81 §B.2).

use crate::block::Tables;
use crate::error::JpegError;
use crate::huffman::{AcTable, DcTable};
use std::ops::Range;

/// A colour component of the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its identifier in the file.
    pub id: u8,
    /// Blocks of an MCU, across: 1 to 4.
    pub h: usize,
    /// Blocks of an MCU, down: 1 to 4.
    pub v: usize,
    pub(crate) quant: usize,
    pub(crate) dc: usize,
    pub(crate) ac: usize,
}

/// What the segments before the scan say.
#[derive(Debug)]
pub struct Header {
    /// Pixels in a line, as stored: 1 to 65,535.
    pub width: usize,
    /// Lines, as stored: 1 to 65,535.
    pub height: usize,
    /// One component (grey), or three.
    pub components: Vec<Component>,
    /// Whether three components are red, green and blue instead of luma and two of chroma.
    pub rgb: bool,
    /// MCUs between two restart markers; none without them.
    pub restart: Option<usize>,
    /// MCUs in a row.
    pub mcus_across: usize,
    /// Rows of MCUs.
    pub mcus_down: usize,
    /// Where the coded data begins, bytes.
    pub scan: usize,
    /// Where the frame's height stands, the restart interval if there is one, and the scan's marker.
    pub(crate) height_at: usize,
    pub(crate) restart_at: Option<usize>,
    pub(crate) scan_header: usize,
    /// The segments of applications: marker code and place of the body.
    pub(crate) applications: Vec<(u8, Range<usize>)>,
    pub(crate) quants: [Option<Box<[u16; 64]>>; 4],
    pub(crate) dcs: [Option<Box<DcTable>>; 4],
    pub(crate) acs: [Option<Box<AcTable>>; 4],
}

/// Blocks of one MCU at most (T.81 §B.2.3).
const MAX_BLOCKS: usize = 10;

/// Reads a segment's body field by field.
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(crate) fn take(&mut self, n: usize) -> Result<&'a [u8], JpegError> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(JpegError::NotJpeg("a segment is too short"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, JpegError> {
        Ok(self.take(1)?[0])
    }

    pub(crate) fn word(&mut self) -> Result<usize, JpegError> {
        let pair = self.take(2)?;
        Ok(usize::from(pair[0]) << 8 | usize::from(pair[1]))
    }

    pub(crate) fn end(&self) -> Result<(), JpegError> {
        if self.0.is_empty() { Ok(()) } else { Err(JpegError::NotJpeg("a segment is too long")) }
    }
}

/// A marker and what belongs to it.
pub(crate) struct Segment {
    pub(crate) code: u8,
    /// Where the marker stands.
    pub(crate) at: usize,
    /// The bytes behind its length; none if it has no length.
    pub(crate) body: Range<usize>,
}

impl Segment {
    /// The next one from a place on.
    pub(crate) fn next(file: &[u8], mut at: usize) -> Result<Self, JpegError> {
        let short = JpegError::NotJpeg("it ends before its picture");
        loop {
            // Some editors leave a few bytes between segments; every viewer passes over them, as libjpeg does.
            at += memchr::memchr(0xFF, file.get(at..).unwrap_or_default()).ok_or(short)?;
            match *file.get(at + 1).ok_or(short)? {
                // A fill byte.
                0xFF => at += 1,
                // TEM and restart markers stand alone and mean nothing here.
                0x00 | 0x01 | 0xD0..=0xD7 => at += 2,
                code @ (0xD8 | 0xD9) => return Ok(Self { code, at, body: at + 2..at + 2 }),
                code => {
                    let length = Fields(file.get(at + 2..).ok_or(short)?).word()?;
                    let body = at + 4..at.checked_add(2 + length).ok_or(short)?;
                    file.get(body.clone()).ok_or(short)?;
                    return Ok(Self { code, at, body });
                }
            }
        }
    }

    /// Its body field by field.
    pub(crate) fn fields<'a>(&self, file: &'a [u8]) -> Fields<'a> {
        Fields(file.get(self.body.clone()).unwrap_or_default())
    }
}

impl Header {
    /// Reads the segments of a file.
    ///
    /// # Errors
    /// [`JpegError::NotJpeg`] if it is no JPEG, [`JpegError::Unsupported`] if it is one of another form.
    pub fn parse(file: &[u8]) -> Result<Self, JpegError> {
        if !file.starts_with(&[0xFF, 0xD8]) {
            return Err(JpegError::NotJpeg("it does not begin with SOI"));
        }
        let mut header = Self::empty();
        let mut at = 2;
        loop {
            let segment = Segment::next(file, at)?;
            at = segment.body.end;
            let mut fields = segment.fields(file);
            match segment.code {
                0xC0 | 0xC1 => {
                    header.frame(&mut fields, &[1, 3])?;
                    header.height_at = segment.at + 5;
                }
                0xC2 => return Err(JpegError::Unsupported("progressive coding")),
                0xDA => {
                    header.begin_scan(&mut fields)?;
                    header.rgb = header.is_rgb(file);
                    (header.scan_header, header.scan) = (segment.at, at);
                    return Ok(header);
                }
                _ => header.define(&segment, file)?,
            }
        }
    }

    pub(crate) fn empty() -> Self {
        Self {
            width: 0,
            height: 0,
            components: Vec::new(),
            rgb: false,
            restart: None,
            mcus_across: 0,
            mcus_down: 0,
            scan: 0,
            height_at: 0,
            restart_at: None,
            scan_header: 0,
            applications: Vec::new(),
            quants: [const { None }; 4],
            dcs: [const { None }; 4],
            acs: [const { None }; 4],
        }
    }

    /// Takes a segment in that is neither a frame nor a scan.
    pub(crate) fn define(&mut self, segment: &Segment, file: &[u8]) -> Result<(), JpegError> {
        let mut fields = segment.fields(file);
        match segment.code {
            0xC6 | 0xCA | 0xCE => return Err(JpegError::Unsupported("progressive coding of other kinds")),
            0xC3 | 0xC5 | 0xC7 | 0xCB | 0xCD | 0xCF => {
                return Err(JpegError::Unsupported("lossless or hierarchical coding"));
            }
            0xC9 | 0xCC => return Err(JpegError::Unsupported("arithmetic coding")),
            0xD8 | 0xD9 => return Err(JpegError::NotJpeg("a marker is out of place")),
            0xC4 => self.huffman(&mut fields)?,
            0xDB => self.quantisation(&mut fields)?,
            0xDD => {
                self.restart = Some(fields.word()?).filter(|mcus| *mcus > 0);
                self.restart_at = Some(segment.at + 4);
                fields.end()?;
            }
            0xE0..=0xEF => self.applications.push((segment.code, segment.body.clone())),
            _ => {}
        }
        Ok(())
    }

    /// Blocks of an MCU.
    pub(crate) fn blocks(&self) -> usize {
        self.components.iter().map(|c| c.h * c.v).sum()
    }

    /// MCUs of the picture.
    #[must_use]
    pub fn mcus(&self) -> usize {
        self.mcus_across * self.mcus_down
    }

    /// Pixels of an MCU across and down.
    #[must_use]
    pub fn mcu_size(&self) -> (usize, usize) {
        (8 * self.h_max(), 8 * self.v_max())
    }

    /// The tables of each component.
    pub(crate) fn tables(&self) -> Result<Vec<Tables<'_>>, JpegError> {
        let of =
            |c: &Component| Some(Tables { dc: self.dcs.get(c.dc)?.as_deref()?, ac: self.acs.get(c.ac)?.as_deref()? });
        let tables: Option<_> = self.components.iter().map(of).collect();
        tables.ok_or(JpegError::NotJpeg("a component's table is missing"))
    }

    pub(crate) fn h_max(&self) -> usize {
        self.components.iter().map(|c| c.h).max().unwrap_or(1)
    }

    pub(crate) fn v_max(&self) -> usize {
        self.components.iter().map(|c| c.v).max().unwrap_or(1)
    }

    /// Reads the frame; `counts` are the numbers of components that are taken.
    pub(crate) fn frame(&mut self, fields: &mut Fields<'_>, counts: &[u8]) -> Result<(), JpegError> {
        if !self.components.is_empty() {
            return Err(JpegError::NotJpeg("it has two frames"));
        }
        if fields.byte()? != 8 {
            return Err(JpegError::Unsupported("12 bits a sample"));
        }
        (self.height, self.width) = (fields.word()?, fields.word()?);
        if self.width == 0 {
            return Err(JpegError::NotJpeg("its lines are empty"));
        }
        if self.height == 0 {
            return Err(JpegError::Unsupported("a height that is said after the scan"));
        }
        let count = fields.byte()?;
        if !counts.contains(&count) {
            return Err(JpegError::Unsupported("neither grey nor three components"));
        }
        for _ in 0..count {
            let (id, sampling, quant) = (fields.byte()?, fields.byte()?, usize::from(fields.byte()?));
            let (h, v) = (usize::from(sampling >> 4), usize::from(sampling & 15));
            if !(1..=4).contains(&h) || !(1..=4).contains(&v) || quant > 3 {
                return Err(JpegError::NotJpeg("a component's sampling is out of range"));
            }
            if self.components.iter().any(|other| other.id == id) {
                return Err(JpegError::NotJpeg("two components have one name"));
            }
            self.components.push(Component { id, h, v, quant, dc: 0, ac: 0 });
        }
        fields.end()?;
        // T.81 §A.2.2: a scan of one component is not interleaved, and its MCU is one block whatever the sampling says.
        if let [only] = &mut self.components[..] {
            (only.h, only.v) = (1, 1);
        }
        let (h_max, v_max) = (self.h_max(), self.v_max());
        if self.components.iter().any(|c| h_max % c.h != 0 || v_max % c.v != 0) {
            return Err(JpegError::Unsupported("sampling in uneven steps"));
        }
        if self.blocks() > MAX_BLOCKS {
            return Err(JpegError::NotJpeg("an MCU has more than 10 blocks"));
        }
        self.mcus_across = self.width.div_ceil(8 * h_max);
        self.mcus_down = self.height.div_ceil(8 * v_max);
        Ok(())
    }

    fn huffman(&mut self, fields: &mut Fields<'_>) -> Result<(), JpegError> {
        while !fields.0.is_empty() {
            let class = fields.byte()?;
            let slot = usize::from(class & 15);
            let mut counts = [0; 16];
            counts.copy_from_slice(fields.take(16)?);
            let symbols = fields.take(counts.iter().map(|n| usize::from(*n)).sum())?;
            match (class >> 4, self.dcs.get_mut(slot), self.acs.get_mut(slot)) {
                (0, Some(table), _) => *table = Some(Box::new(DcTable::new(&counts, symbols)?)),
                (1, _, Some(table)) => *table = Some(Box::new(AcTable::new(&counts, symbols)?)),
                _ => return Err(JpegError::NotJpeg("a Huffman table's number is out of range")),
            }
        }
        Ok(())
    }

    fn quantisation(&mut self, fields: &mut Fields<'_>) -> Result<(), JpegError> {
        while !fields.0.is_empty() {
            let class = fields.byte()?;
            if class >> 4 > 1 {
                return Err(JpegError::NotJpeg("a quantisation table's precision is out of range"));
            }
            let mut table = Box::new([0; 64]);
            for step in table.iter_mut() {
                // T.81 §B.2.4.1 has 16 bits for 12-bit samples only; files of 8 bits with such steps are common and mean what they say.
                let value = if class >> 4 == 0 { usize::from(fields.byte()?) } else { fields.word()? };
                *step = u16::try_from(value).unwrap_or(u16::MAX);
                if *step == 0 {
                    return Err(JpegError::NotJpeg("a quantisation step is 0"));
                }
            }
            match self.quants.get_mut(usize::from(class & 15)) {
                Some(slot) => *slot = Some(table),
                None => return Err(JpegError::NotJpeg("a quantisation table's number is out of range")),
            }
        }
        Ok(())
    }

    fn begin_scan(&mut self, fields: &mut Fields<'_>) -> Result<(), JpegError> {
        if self.components.is_empty() {
            return Err(JpegError::NotJpeg("its scan comes before its frame"));
        }
        if usize::from(fields.byte()?) != self.components.len() {
            return Err(JpegError::Unsupported("a scan for each component"));
        }
        for component in &mut self.components {
            let (id, tables) = (fields.byte()?, fields.byte()?);
            // T.81 §B.2.3: in the order of the frame.
            if id != component.id {
                return Err(JpegError::NotJpeg("a scan names another component"));
            }
            (component.dc, component.ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            let has = |there: Option<bool>| there == Some(true);
            if !has(self.dcs.get(component.dc).map(Option::is_some))
                || !has(self.acs.get(component.ac).map(Option::is_some))
                || !has(self.quants.get(component.quant).map(Option::is_some))
            {
                return Err(JpegError::NotJpeg("a component's table is missing"));
            }
        }
        if fields.take(3)? != [0, 63, 0] {
            return Err(JpegError::Unsupported("a part of the coefficients in a scan"));
        }
        fields.end()
    }

    /// Whether three components are red, green and blue. The file says it as libjpeg reads it: JFIF is YCbCr; else Adobe's segment says, byte 11 of its body (0: RGB); else the components' names.
    fn is_rgb(&self, file: &[u8]) -> bool {
        let body = |code, name: &[u8]| {
            let named = |(found, body): &&(u8, Range<usize>)| {
                *found == code && file.get((*body).clone()).is_some_and(|body| body.starts_with(name))
            };
            self.applications.iter().find(named).and_then(|(_, body)| file.get(body.clone()))
        };
        let rgb = match (body(0xE0, b"JFIF\0"), body(0xEE, b"Adobe").and_then(|body| body.get(11))) {
            (Some(_), _) => false,
            (None, Some(transform)) => *transform == 0,
            (None, None) => self.components.iter().map(|c| c.id).eq(*b"RGB"),
        };
        rgb && self.components.len() == 3
    }
}
