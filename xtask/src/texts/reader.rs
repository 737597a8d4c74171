//! Reads Kotlin and Swift as far as it takes to tell code, comments and literals apart.
//!
//! Both nest: a literal holds code (`\(…)` in Swift, `${…}` in Kotlin), which holds literals. An interpolation is one [`HOLE`] in
//! its literal's text. Nothing else of either language is known here, so any source can be read, a wrong one too.

use std::iter::Peekable;
use std::str::Chars;

/// In a literal's text, where an interpolation was.
pub(super) const HOLE: char = '\u{fffc}';

/// How far back the code before a literal is told.
const BEFORE: usize = 40;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Kotlin,
    Swift,
}

/// A string literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// From 1.
    pub(super) line: usize,
    pub(super) text: String,
    /// The code directly before it, without white space.
    pub(super) before: String,
}

/// A source, taken apart.
#[derive(Debug, Default)]
pub(super) struct Source {
    /// Without comments and literals, line by line as in the file.
    pub(super) code: String,
    pub(super) literals: Vec<Literal>,
}

pub(super) fn read(text: &str, dialect: Dialect) -> Source {
    let mut reader = Reader { rest: text.chars().peekable(), line: 1, dialect, out: Source::default() };
    reader.code(None);
    reader.out
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
    dialect: Dialect,
    out: Source,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.next();
        if c == Some('\n') {
            self.line += 1;
            self.out.code.push('\n');
        }
        c
    }

    fn next_is(&mut self, c: char) -> bool {
        self.rest.peek() == Some(&c)
    }

    /// Code up to the end, or up to the bracket that closes an interpolation.
    fn code(&mut self, closing: Option<char>) {
        let opening = if closing == Some('}') { '{' } else { '(' };
        let mut depth = 0;
        while let Some(c) = self.next() {
            match c {
                '/' if self.next_is('/') => while self.next().is_some_and(|c| c != '\n') {},
                '/' if self.next_is('*') => self.comment(),
                '"' => self.literal(),
                '\'' if self.dialect == Dialect::Kotlin => self.character(),
                '\n' => {}
                _ if Some(c) == closing && depth == 0 => return,
                _ => {
                    depth += i32::from(c == opening) - i32::from(Some(c) == closing);
                    self.out.code.push(c);
                }
            }
        }
    }

    fn comment(&mut self) {
        let mut last = ' ';
        // The star that begins it does not end it.
        self.next();
        while let Some(c) = self.next() {
            if last == '*' && c == '/' {
                return;
            }
            last = c;
        }
    }

    fn character(&mut self) {
        while let Some(c) = self.next() {
            match c {
                '\'' | '\n' => return,
                '\\' => drop(self.next()),
                _ => {}
            }
        }
    }

    fn literal(&mut self) {
        let line = self.line;
        let mut before: Vec<char> = self.out.code.chars().rev().filter(|c| !c.is_whitespace()).take(BEFORE).collect();
        before.reverse();
        let text = if self.next_is('"') {
            self.next();
            if !self.next_is('"') { String::new() } else { self.long() }
        } else {
            self.short()
        };
        self.out.literals.push(Literal { line, text, before: before.into_iter().collect() });
    }

    fn short(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                '"' => break,
                '\\' if self.dialect == Dialect::Swift && self.next_is('(') => self.hole(&mut text, ')'),
                '\\' => text.extend(self.next()),
                '$' if self.dialect == Dialect::Kotlin => self.template(&mut text),
                _ => text.push(c),
            }
        }
        text
    }

    /// Between three quotes on each side.
    fn long(&mut self) -> String {
        self.next();
        let mut text = String::new();
        while let Some(c) = self.next() {
            match c {
                '\\' if self.dialect == Dialect::Swift && self.next_is('(') => self.hole(&mut text, ')'),
                '$' if self.dialect == Dialect::Kotlin => self.template(&mut text),
                _ => text.push(c),
            }
            if text.ends_with("\"\"\"") {
                text.truncate(text.len() - 3);
                break;
            }
        }
        text
    }

    fn template(&mut self, text: &mut String) {
        if self.next_is('{') {
            return self.hole(text, '}');
        }
        let mut named = false;
        while self.rest.peek().is_some_and(|c| c.is_alphanumeric() || *c == '_') {
            named |= self.next().is_some();
        }
        text.push(if named { HOLE } else { '$' });
    }

    fn hole(&mut self, text: &mut String, closing: char) {
        self.next();
        // What the code within is, is not what stands before the next literal outside.
        self.code(Some(closing));
        text.push(HOLE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(text: &str, dialect: Dialect) -> Vec<(usize, String)> {
        read(text, dialect).literals.into_iter().map(|literal| (literal.line, literal.text)).collect()
    }

    fn one(text: &str) -> (usize, String) {
        (1, text.to_owned())
    }

    #[test]
    fn swift_literals_nest_and_comments_are_none() {
        let text = r#"a("x \(b("y)") + (1)) z") // "no"  /* " */"#;
        assert_eq!(literals(text, Dialect::Swift), [one("y)"), one("x \u{fffc} z")]);
        assert_eq!(literals("/* \" */ \"a\\\"b\" /**/ \"\"", Dialect::Swift), [one("a\"b"), one("")]);
        assert_eq!(
            literals("\"\"\"\n a \"b\" \n\"\"\" \"c\"", Dialect::Swift),
            [one("\n a \"b\" \n"), (3, "c".to_owned())]
        );
    }

    #[test]
    fn kotlin_templates_and_characters_are_known() {
        let text = "f('\"', \"a ${g(\"b}\") { 1 }} $c_1. $\") // \"no\"";
        assert_eq!(literals(text, Dialect::Kotlin), [one("b}"), one("a \u{fffc} \u{fffc}. $")]);
        assert_eq!(literals("\"\"\"a \"b\" $c\"\"\" \"d\"", Dialect::Kotlin), [one("a \"b\" \u{fffc}"), one("d")]);
    }

    #[test]
    fn code_keeps_its_lines_and_says_what_stands_before_a_literal() {
        let source = read("a // R.x\nText(\n  \"b\",\n)", Dialect::Kotlin);
        assert_eq!(source.code, "a \nText(\n  ,\n)");
        assert_eq!((source.literals[0].line, source.literals[0].before.as_str()), (3, "aText("));
    }
}
