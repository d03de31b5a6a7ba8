//! How deep a text nests, told from its bytes before a recursive parser sees it.
//!
//! The parser and our walk over its tree recurse; a stack that overflows aborts the process and nothing
//! can catch that. The scanner knows comments and strings; holes of formatted strings count as brackets.

use super::module::TooDeep;

/// Most brackets that may be open at once (choices.md §2).
pub const OPEN_BRACKETS: usize = 1_000;
/// Most operators that may nest in one statement (choices.md §2).
pub const NESTED_OPERATORS: usize = 5_000;
/// Most blocks that may be open at once: CPython's own limit (`MAXINDENT` in its tokenizer).
pub const OPEN_BLOCKS: usize = 100;

/// Words that make what follows or stands before one level deeper.
const NESTING: [&[u8]; 7] = [b"not", b"lambda", b"if", b"else", b"await", b"yield", b"in"];

/// Refuses a text that nests deeper than a parser's stack can be trusted with.
pub fn check(text: &[u8]) -> Result<(), TooDeep> {
    let mut scanner = Scanner { text, at: 0, brackets: Vec::new(), operators: 0, blocks: Vec::new() };
    scanner.indentation()?;
    while scanner.at < text.len() {
        scanner.step()?;
    }
    Ok(())
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    /// Open brackets: how many operators of the statement stood before each.
    brackets: Vec<usize>,
    /// Operators that nest here, of the statement so far.
    operators: usize,
    /// Widths of the open blocks.
    blocks: Vec<usize>,
}

impl Scanner<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    fn step(&mut self) -> Result<(), TooDeep> {
        let byte = self.byte(self.at);
        match byte {
            b'#' => {
                while self.at < self.text.len() && self.byte(self.at) != b'\n' {
                    self.at += 1;
                }
            }
            b'"' | b'\'' => self.string(false, false)?,
            b'\n' | b'\r' => {
                self.at += 1;
                if self.brackets.is_empty() {
                    self.operators = 0;
                    self.indentation()?;
                }
            }
            b'\\' => {
                // A line that goes on.
                self.at += if self.byte(self.at + 1) == b'\r' { 3 } else { 2 };
            }
            b'(' | b'[' | b'{' => {
                self.at += 1;
                self.operator()?;
                self.open()?;
            }
            b')' | b']' | b'}' => {
                self.at += 1;
                self.close();
            }
            b',' | b';' => {
                self.at += 1;
                // Elements of a list stand side by side.
                self.operators = self.brackets.last().copied().unwrap_or(0);
            }
            byte if is_word(byte) => self.word()?,
            b'+' | b'-' | b'*' | b'/' | b'%' | b'@' | b'<' | b'>' | b'=' | b'!' | b'&' | b'|' | b'^' | b'~' | b'.'
            | b':' => {
                self.at += 1;
                self.operator()?;
            }
            _ => self.at += 1,
        }
        Ok(())
    }

    fn word(&mut self) -> Result<(), TooDeep> {
        let start = self.at;
        while is_word(self.byte(self.at)) {
            self.at += 1;
        }
        let word = &self.text[start..self.at];
        if matches!(self.byte(self.at), b'"' | b'\'') && word.len() <= 2 {
            let has = |letter: u8| word.iter().any(|byte| byte.eq_ignore_ascii_case(&letter));
            return self.string(has(b'f') || has(b't'), has(b'r'));
        }
        if NESTING.contains(&word) { self.operator() } else { Ok(()) }
    }

    fn string(&mut self, formatted: bool, _raw: bool) -> Result<(), TooDeep> {
        let quote = self.byte(self.at);
        let long = self.byte(self.at + 1) == quote && self.byte(self.at + 2) == quote;
        self.at += if long { 3 } else { 1 };
        while self.at < self.text.len() {
            match self.byte(self.at) {
                // In raw strings too, a quote after a backslash does not end it.
                b'\\' => self.at += 2,
                b'\n' if !long => return Ok(()),
                byte if byte == quote => {
                    if !long {
                        self.at += 1;
                        return Ok(());
                    }
                    if self.byte(self.at + 1) == quote && self.byte(self.at + 2) == quote {
                        self.at += 3;
                        return Ok(());
                    }
                    self.at += 1;
                }
                b'{' if formatted => {
                    if self.byte(self.at + 1) == b'{' {
                        self.at += 2;
                    } else {
                        self.at += 1;
                        self.operator()?;
                        self.open()?;
                    }
                }
                b'}' if formatted => {
                    self.at += 1;
                    self.close();
                }
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    fn open(&mut self) -> Result<(), TooDeep> {
        self.brackets.push(self.operators);
        if self.brackets.len() > OPEN_BRACKETS { Err(TooDeep::Brackets) } else { Ok(()) }
    }

    fn close(&mut self) {
        if let Some(before) = self.brackets.pop() {
            self.operators = before;
        }
    }

    fn operator(&mut self) -> Result<(), TooDeep> {
        self.operators += 1;
        if self.operators > NESTED_OPERATORS { Err(TooDeep::Operators) } else { Ok(()) }
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

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_do_not_count() {
        let deep = "(".repeat(2_000);
        assert_eq!(check(format!("x = '{deep}' # {deep}\n'''{deep}'''").as_bytes()), Ok(()));
        assert_eq!(check(format!("x = {deep}").as_bytes()), Err(TooDeep::Brackets));
        assert_eq!(check("f'{".repeat(1_500).as_bytes()), Err(TooDeep::Brackets));
    }

    #[test]
    fn operators_count_per_statement_and_blocks_by_indentation() {
        assert_eq!(check("x = 1 + 2\n".repeat(9_000).as_bytes()), Ok(()));
        assert_eq!(check(format!("x = {}1", "-".repeat(6_000)).as_bytes()), Err(TooDeep::Operators));
        let blocks: String = (0..150).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
        assert_eq!(check(blocks.as_bytes()), Err(TooDeep::Blocks));
        assert_eq!(check(format!("x = [{}]", "(1, -2, a.b),\n".repeat(9_000)).as_bytes()), Ok(()));
    }
}
