//! Lines into rows: broken at spaces and between Han characters, and anywhere only where there is no such place.
//!
//! A character that the font lacks is written as its code point, `U+20BB7`, and stays in one piece.

use super::layout::Measure;

/// A character to draw.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) c: char,
    /// In heights of a Han character.
    pub(super) width: f32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Space,
    /// Han, kana, full-width: may be parted from its neighbours.
    Han,
    /// Begins something: not the last of a row.
    Opening,
    /// Ends something: not the first of a row.
    Closing,
    Other,
    /// Goes with the one before, and is Han to the one behind.
    Inside,
}

/// The letters of a line; characters that the font lacks are added to `missing`, each once.
pub(super) fn letters(line: &str, face: &dyn Measure, missing: &mut Vec<char>) -> Vec<Letter> {
    let mut out = Vec::new();
    for c in line.chars() {
        if let Some(width) = face.width(c) {
            out.push(Letter { c, width, kind: kind(c) });
            continue;
        }
        if !missing.contains(&c) {
            missing.push(c);
        }
        let code = format!("U+{:04X}", u32::from(c));
        for (at, c) in code.chars().enumerate() {
            let kind = if at == 0 { Kind::Han } else { Kind::Inside };
            out.push(Letter { c, width: face.width(c).unwrap_or(0.5), kind });
        }
    }
    out
}

pub(super) fn width(letters: &[Letter]) -> f32 {
    letters.iter().map(|letter| letter.width).sum()
}

/// Rows no wider than `most`, without the spaces where they were broken.
pub(super) fn rows(letters: &[Letter], most: f32) -> Vec<&[Letter]> {
    let mut out = Vec::new();
    let mut rest = trimmed(letters);
    while !rest.is_empty() {
        let (row, behind) = rest.split_at(first(rest, most));
        out.push(trimmed(row));
        rest = trimmed(behind);
    }
    out
}

/// How many letters the first row takes; at least one.
fn first(letters: &[Letter], most: f32) -> usize {
    let (mut width, mut good) = (0.0, None);
    for (at, letter) in letters.iter().enumerate() {
        if at > 0 && may_break(letters[at - 1].kind, letter.kind) {
            good = Some(at);
        }
        width += letter.width;
        // A hair's breadth for what sums of rounded numbers lose.
        if width > most + 1e-3 && letter.kind != Kind::Space && at > 0 {
            return good.unwrap_or(at);
        }
    }
    letters.len()
}

fn may_break(before: Kind, after: Kind) -> bool {
    match (before, after) {
        (_, Kind::Inside | Kind::Closing | Kind::Space) | (Kind::Opening, _) => false,
        (Kind::Space, _) => true,
        (Kind::Han | Kind::Inside, _) | (_, Kind::Han) => true,
        (Kind::Closing, Kind::Opening) => true,
        _ => false,
    }
}

fn trimmed(mut letters: &[Letter]) -> &[Letter] {
    while let [Letter { kind: Kind::Space, .. }, rest @ ..] | [rest @ .., Letter { kind: Kind::Space, .. }] = letters {
        letters = rest;
    }
    letters
}

/// The characters that Chinese typesetting does not begin or end a line with (W3C, Requirements for Chinese Text Layout, §3.1.3), and the
/// blocks that are set full width.
fn kind(c: char) -> Kind {
    match c {
        ' ' | '\u{3000}' => Kind::Space,
        '「' | '『' | '（' | '《' | '〈' | '【' | '〔' | '［' | '｛' | '“' | '‘' | '(' | '[' | '{' => {
            Kind::Opening
        }
        '、' | '。' | '，' | '；' | '：' | '！' | '？' | '」' | '』' | '）' | '》' | '〉' | '】' | '〕' | '］'
        | '｝' | '”' | '’' | '…' | '·' | '％' | ')' | ']' | '}' | ',' | '.' | ';' | ':' | '!' | '?' | '%' => {
            Kind::Closing
        }
        '\u{2E80}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF00}'..='\u{FFEF}'
        | '\u{20000}'..='\u{3FFFF}' => Kind::Han,
        _ => Kind::Other,
    }
}
