//! Strings of Python as the scanner goes through them: plain ones as a whole, formatted ones hole by hole.

use memchr::{memchr2, memchr3};

use super::Scanner;
use crate::code::python::module::TooDeep;

/// A formatted string that is open.
pub(super) struct Formatted {
    quote: u8,
    is_long: bool,
    is_raw: bool,
    /// Brackets around it.
    pub around: usize,
    /// Holes in which the format has begun.
    pub formats: usize,
}

impl Scanner<'_> {
    /// A string that has no holes.
    pub(super) fn string(&mut self) {
        let (start, quote) = (self.at, self.byte(self.at));
        let is_long = self.byte(start + 1) == quote && self.byte(start + 2) == quote;
        self.at += if is_long { 3 } else { 1 };
        loop {
            let rest = self.rest();
            // In raw strings too, a quote after a backslash does not end it.
            let next = if is_long {
                memchr2(quote, b'\\', rest)
            } else {
                let line = memchr3(quote, b'\\', b'\n', rest).unwrap_or(rest.len());
                memchr::memchr(b'\r', &rest[..line]).or(Some(line))
            };
            self.at += next.unwrap_or(rest.len());
            match self.text.get(self.at) {
                Some(b'\\') => self.at += self.escaped(),
                Some(byte) if *byte == quote && !is_long => {
                    self.at += 1;
                    return;
                }
                Some(byte) if *byte == quote => {
                    if self.byte(self.at + 1) == quote && self.byte(self.at + 2) == quote {
                        self.at += 3;
                        return;
                    }
                    self.at += 1;
                }
                // It is not closed.
                _ => {
                    self.is_matched = false;
                    return;
                }
            }
        }
    }

    /// A formatted string begins.
    pub(super) fn begin(&mut self, quote: u8, is_raw: bool) {
        let is_long = self.byte(self.at + 1) == quote && self.byte(self.at + 2) == quote;
        self.at += if is_long { 3 } else { 1 };
        self.strings.push(Formatted { quote, is_long, is_raw, around: self.outer.len(), formats: 0 });
    }

    /// Code stands here, not the text of a formatted string.
    pub(super) fn is_in_hole(&self) -> bool {
        self.strings.last().is_none_or(|string| self.outer.len().saturating_sub(string.around) > string.formats)
    }

    /// The text of a formatted string up to its next hole, or its end.
    pub(super) fn middle(&mut self) -> Result<(), TooDeep> {
        let Some(string) = self.strings.last() else { return Ok(()) };
        let (quote, is_long, is_raw, around) = (string.quote, string.is_long, string.is_raw, string.around);
        let in_format = string.formats > 0;
        let mut in_name = false;
        while let Some(byte) = self.text.get(self.at).copied() {
            let next = self.byte(self.at + 1);
            match byte {
                b'\\' if matches!(next, b'{' | b'}') => self.at += 1,
                b'\\' if !is_raw && next == b'N' && self.byte(self.at + 2) == b'{' => {
                    in_name = true;
                    self.at += 3;
                }
                b'\\' => self.at += self.escaped(),
                b'\n' | b'\r' if !is_long => {
                    self.is_matched = false;
                    return self.end(around);
                }
                byte if byte == quote && !is_long => {
                    self.at += 1;
                    return self.end(around);
                }
                byte if byte == quote && next == quote && self.byte(self.at + 2) == quote => {
                    self.at += 3;
                    return self.end(around);
                }
                b'{' if next == b'{' && !in_format => self.at += 2,
                b'{' => {
                    self.operator()?;
                    return self.open(byte);
                }
                b'}' if in_name => {
                    in_name = false;
                    self.at += 1;
                }
                b'}' if next == b'}' && !in_format => self.at += 2,
                b'}' => {
                    self.close(byte);
                    return Ok(());
                }
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    /// A formatted string ends, with the brackets that are still open in it.
    fn end(&mut self, around: usize) -> Result<(), TooDeep> {
        self.strings.pop();
        while self.outer.len() > around {
            self.is_matched = false;
            self.level = self.outer.pop().unwrap_or_default();
        }
        Ok(())
    }
}
