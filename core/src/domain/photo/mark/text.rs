//! What a mark says.

/// Lines of a mark, at most.
pub const MAX_LINES: usize = 8;
/// Characters of a line, at most.
pub const MAX_LINE_CHARS: usize = 96;

/// One to eight lines, none empty, without a character that is not drawn. Kept as they came, since this text is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkText(Vec<String>);

/// Why lines are no mark. Lines and characters count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkTextError {
    /// None, or too many.
    #[error("text: a mark has 1 to {MAX_LINES} lines, not {got}")]
    Lines {
        /// How many came.
        got: usize,
    },
    /// A line with nothing to be seen in it.
    #[error("text: line {line} is empty; leave it out")]
    Empty {
        /// Which line.
        line: usize,
    },
    /// A line that is too long.
    #[error("text: line {line} has {got} characters, and at most {MAX_LINE_CHARS} are allowed")]
    Long {
        /// Which line.
        line: usize,
        /// How many it has.
        got: usize,
    },
    /// A control or formatting character: it would not be seen, or would make others be seen in another order.
    #[error("text: line {line} has a character that cannot be drawn, U+{character:04X} at {at}; leave it out")]
    Unseen {
        /// Which line.
        line: usize,
        /// Which character of it.
        at: usize,
        /// Its code point.
        character: u32,
    },
}

impl MarkText {
    /// Reads lines.
    ///
    /// # Errors
    /// [`MarkTextError`] naming the line and the limit.
    pub fn parse<S: AsRef<str>>(lines: &[S]) -> Result<Self, MarkTextError> {
        if !(1..=MAX_LINES).contains(&lines.len()) {
            return Err(MarkTextError::Lines { got: lines.len() });
        }
        for (line, text) in (1..).zip(lines.iter().map(AsRef::as_ref)) {
            if let Some((at, c)) = (1..).zip(text.chars()).find(|(_, c)| is_unseen(*c)) {
                return Err(MarkTextError::Unseen { line, at, character: u32::from(c) });
            }
            match text.chars().count() {
                _ if text.trim().is_empty() => return Err(MarkTextError::Empty { line }),
                got @ MAX_OVER.. => return Err(MarkTextError::Long { line, got }),
                _ => {}
            }
        }
        Ok(Self(lines.iter().map(|line| line.as_ref().to_owned()).collect()))
    }

    /// The lines.
    pub fn lines(&self) -> &[String] {
        &self.0
    }
}

const MAX_OVER: usize = MAX_LINE_CHARS + 1;

/// Controls (Unicode's Cc), and of the formatting characters (Cf) and separators those that a text can hold by accident or on purpose:
/// zero width, line ends, and marks and overrides of the writing direction (Unicode 17 §23.2 and UAX #9).
fn is_unseen(c: char) -> bool {
    let format = ['\u{AD}', '\u{61C}', '\u{FEFF}', '\u{180E}'].contains(&c);
    let ranges = ['\u{200B}'..='\u{200F}', '\u{2028}'..='\u{202E}', '\u{2060}'..='\u{206F}', '\u{FFF9}'..='\u{FFFB}'];
    // Variation selectors and tags choose another drawing of a character; a mark has one.
    let selectors = ['\u{FE00}'..='\u{FE0F}', '\u{E0000}'..='\u{E0FFF}'];
    c.is_control() || format || ranges.iter().chain(&selectors).any(|range| range.contains(&c))
}
