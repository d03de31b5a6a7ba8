//! How deep a text nests, told from its bytes before a recursive parser sees it.
//!
//! The parser takes memory for each level, our walk over its tree and the end of that tree recurse: a stack that
//! overflows aborts the process and nothing can catch that. The scanner tells strings, formatted strings, comments and
//! brackets apart exactly as the parser's lexer does; where a text is not Python it may see less than the parser makes of
//! it, and then only short texts are let through.

mod strings;
#[cfg(test)]
mod tests;

use memchr::memchr2;

use super::module::TooDeep;
use strings::Formatted;

/// Most brackets that may be open at once: people stay below a hundred, the parser recurses for each.
pub const OPEN_BRACKETS: usize = 1_000;
/// Most operators that may nest in one statement: the parser recurses for each.
pub const NESTED_OPERATORS: usize = 5_000;
/// Most blocks that may be open at once: CPython's own limit (`MAXINDENT` in its tokenizer).
pub const OPEN_BLOCKS: usize = 100;
/// Longest text with brackets or strings that do not match, bytes: each level takes one at least.
pub const UNMATCHED_BYTES: usize = 64 << 10;

/// Refuses a text that nests deeper than a parser's stack can be trusted with.
pub fn check(text: &[u8]) -> Result<(), TooDeep> {
    let is_matched = Scanner::new(text).scan()?;
    if is_matched || text.len() <= UNMATCHED_BYTES { Ok(()) } else { Err(TooDeep::Unmatched) }
}

/// What a byte may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Other,
    Word,
    Operator,
    Colon,
    Separator,
    Open,
    Close,
    Quote,
    Comment,
    Newline,
    Backslash,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut at = 0;
    while at < 256 {
        classes[at] = match at as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80.. => Class::Word,
            b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'<' | b'>' | b'=' | b'!' | b'&' | b'|' | b'^' | b'~' | b'.' => {
                Class::Operator
            }
            b':' => Class::Colon,
            b',' | b';' => Class::Separator,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b'"' | b'\'' => Class::Quote,
            b'#' => Class::Comment,
            b'\n' | b'\r' => Class::Newline,
            b'\\' => Class::Backslash,
            _ => Class::Other,
        };
        at += 1;
    }
    classes
};

fn class(byte: u8) -> Class {
    CLASSES[usize::from(byte)]
}

/// What is counted of the statement so far, or of what stands in a bracket.
#[derive(Clone, Copy, Default)]
struct Level {
    /// Operators that nest here.
    operators: usize,
    /// Operators around the bracket: what elements of a list begin with.
    base: usize,
    /// `lambda` whose parameters have not ended: commas part them, and not what stands around.
    lambdas: usize,
    /// Its closing bracket.
    close: u8,
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// What stands outside of the innermost bracket.
    outer: Vec<Level>,
    level: Level,
    strings: Vec<Formatted>,
    /// Widths of the open blocks.
    blocks: Vec<usize>,
    is_matched: bool,
    /// Most brackets that were open at once.
    deepest: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            outer: Vec::new(),
            level: Level::default(),
            strings: Vec::new(),
            blocks: Vec::new(),
            is_matched: true,
            deepest: 0,
        }
    }

    /// True when all brackets and strings match.
    fn scan(&mut self) -> Result<bool, TooDeep> {
        self.indentation()?;
        while let Some(byte) = self.text.get(self.at) {
            if self.strings.is_empty() || self.is_in_hole() {
                self.step(*byte)?;
            } else {
                self.middle()?;
            }
        }
        Ok(self.is_matched && self.outer.is_empty() && self.strings.is_empty())
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn step(&mut self, byte: u8) -> Result<(), TooDeep> {
        match class(byte) {
            Class::Other => self.at += 1,
            Class::Word => self.word()?,
            Class::Operator => {
                self.at += 1;
                self.operator()?;
            }
            Class::Colon => self.colon()?,
            Class::Separator => {
                self.at += 1;
                // Elements of a list stand side by side.
                if self.level.lambdas == 0 {
                    self.level.operators = self.level.base;
                }
            }
            Class::Open => self.open(byte)?,
            Class::Close => self.close(byte),
            Class::Quote => self.string(),
            Class::Comment => self.at += memchr2(b'\n', b'\r', self.rest()).unwrap_or(self.rest().len()),
            Class::Newline => {
                self.at += 1;
                if self.outer.is_empty() {
                    self.level = Level::default();
                    self.indentation()?;
                }
            }
            // A line that goes on.
            Class::Backslash => self.at += self.escaped(),
        }
        Ok(())
    }

    /// Bytes of a backslash and what stands behind it.
    fn escaped(&self) -> usize {
        if self.byte(self.at + 1) == b'\r' && self.byte(self.at + 2) == b'\n' { 3 } else { 2 }
    }

    fn word(&mut self) -> Result<(), TooDeep> {
        let rest = self.rest();
        let length = rest.iter().position(|byte| class(*byte) != Class::Word).unwrap_or(rest.len());
        let (word, after) = (&rest[..length], rest.get(length).copied().unwrap_or(0));
        self.at += length;
        if class(after) == Class::Quote {
            // What is no name ends somewhere inside: a prefix may begin there.
            if word[0].is_ascii_digit() || !word.is_ascii() {
                self.is_matched = false;
            }
            let mut lower = [0; 2];
            if let Some(lower) = lower.get_mut(..length) {
                lower.copy_from_slice(word);
                lower.make_ascii_lowercase();
            }
            if let b"f\0" | b"t\0" | b"rf" | b"fr" | b"rt" | b"tr" = &lower {
                self.begin(after, lower.contains(&b'r'));
                return Ok(());
            }
        }
        // Words that make what follows or stands before one level deeper.
        match word {
            b"lambda" => {
                self.level.lambdas += 1;
                self.operator()
            }
            b"not" | b"if" | b"else" | b"await" | b"yield" | b"in" => self.operator(),
            _ => Ok(()),
        }
    }

    fn colon(&mut self) -> Result<(), TooDeep> {
        self.at += 1;
        let open = self.outer.len();
        // Ends the parameters of a `lambda` even where the format of a hole begins.
        self.level.lambdas = self.level.lambdas.saturating_sub(1);
        if let Some(string) = self.strings.last_mut()
            && open.saturating_sub(string.around).saturating_sub(string.formats) == 1
        {
            string.formats += 1;
        }
        self.operator()
    }

    fn open(&mut self, bracket: u8) -> Result<(), TooDeep> {
        self.at += 1;
        self.operator()?;
        let close = match bracket {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        };
        let operators = self.level.operators;
        self.outer.push(std::mem::replace(&mut self.level, Level { operators, base: operators, lambdas: 0, close }));
        self.deepest = self.deepest.max(self.outer.len());
        if self.outer.len() > OPEN_BRACKETS { Err(TooDeep::Brackets) } else { Ok(()) }
    }

    fn close(&mut self, bracket: u8) {
        self.at += 1;
        self.is_matched &= self.level.close == bracket;
        if let Some(string) = self.strings.last_mut()
            && bracket == b'}'
        {
            let open = self.outer.len();
            if open == string.around {
                self.is_matched = false;
                return;
            }
            // The format of a hole ends with the hole.
            if string.formats > 0 && open.saturating_sub(string.around) <= string.formats {
                string.formats -= 1;
            }
        }
        if let Some(outer) = self.outer.pop() {
            self.level = outer;
        }
    }

    fn operator(&mut self) -> Result<(), TooDeep> {
        self.level.operators += 1;
        if self.level.operators > NESTED_OPERATORS { Err(TooDeep::Operators) } else { Ok(()) }
    }

    /// At the beginning of a line: how many blocks are open there.
    fn indentation(&mut self) -> Result<(), TooDeep> {
        let mut width = 0;
        loop {
            match self.byte(self.at) {
                b' ' => width += 1,
                b'\t' => width = (width / 8 + 1) * 8,
                b'\x0c' => width = 0,
                // Empty lines and comments say nothing.
                b'\n' | b'\r' | b'#' | 0 => return Ok(()),
                // The next line goes on with this one.
                b'\\' if width == 0 && matches!(self.byte(self.at + 1), b'\n' | b'\r') => {
                    self.at += self.escaped();
                    continue;
                }
                _ => break,
            }
            self.at += 1;
        }
        while self.blocks.last().is_some_and(|open| *open >= width) {
            self.blocks.pop();
        }
        if width > 0 {
            self.blocks.push(width);
        }
        if self.blocks.len() > OPEN_BLOCKS { Err(TooDeep::Blocks) } else { Ok(()) }
    }
}
