//! How deep a text nests, told from its bytes before a recursive parser sees it.
//!
//! The parser and our walk over its tree recurse; a stack that overflows aborts the process and
//! nothing can catch that. So brackets, template holes and operators are counted first. The scanner
//! knows strings, comments, templates and regular expressions. Where a slash may start either a
//! division or a regular expression and the choice matters, it says so ([`TooDeep::Undecided`])
//! rather than guess, unless so few brackets follow that no choice could be dangerous.

use super::module::TooDeep;

/// Most brackets and template holes that may be open at once: people stay below a hundred, the parser recurses for each.
pub const OPEN_BRACKETS: usize = 1_000;
/// Most operators that may nest in one statement: the parser recurses for each.
pub const NESTED_OPERATORS: usize = 5_000;
/// After an undecidable slash at most this many brackets may follow.
const BRACKETS_AFTER_DOUBT: usize = 2 * OPEN_BRACKETS;

/// Words after which a slash starts a regular expression.
const BEFORE_REGEX: [&[u8]; 12] = [
    b"return",
    b"typeof",
    b"case",
    b"in",
    b"delete",
    b"void",
    b"throw",
    b"new",
    b"instanceof",
    b"else",
    b"do",
    b"export",
];
/// Words that may be an operator or a plain name, so that a slash after them is undecided.
const PERHAPS_BEFORE_REGEX: [&[u8]; 3] = [b"of", b"yield", b"await"];
/// Words that make what follows one level deeper.
const NESTING: [&[u8]; 15] = [
    b"class",
    b"typeof",
    b"void",
    b"delete",
    b"new",
    b"await",
    b"yield",
    b"if",
    b"else",
    b"for",
    b"while",
    b"do",
    b"with",
    b"in",
    b"instanceof",
];
/// Words with which a statement goes on after a `}` or `;`.
const CONTINUING: [&[u8]; 6] = [b"else", b"while", b"instanceof", b"in", b"of", b"as"];

/// What stood before, as far as it decides what a slash means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// Nothing, an operator or an opening bracket: a value comes next.
    Operator,
    /// A value: a slash divides.
    Value,
    /// Either.
    Either,
}

/// An open bracket.
struct Level {
    /// The opening byte; `` ` `` for the hole of a template.
    open: u8,
    /// The bracket follows `if`, `while`, `for` or `with`: after it a statement begins.
    control: bool,
    /// Operators of the statement around it, so far.
    operators: usize,
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    levels: Vec<Level>,
    /// Operators of the current statement on the current level.
    operators: usize,
    /// Operators of the statements around, on all levels below.
    below: usize,
    before: Before,
    /// The word before, when it was a word.
    word: &'a [u8],
    /// A `;`, a `}` or a line break stood before: the next word may begin a statement.
    ended: bool,
}

/// Refuses a text that nests deeper than a parser's stack can be trusted with.
pub fn check(text: &[u8]) -> Result<(), TooDeep> {
    let mut scanner = Scanner {
        text,
        at: 0,
        levels: Vec::new(),
        operators: 0,
        below: 0,
        before: Before::Operator,
        word: b"",
        ended: false,
    };
    if text.starts_with(b"#!") {
        scanner.skip_line();
    }
    while scanner.at < text.len() {
        scanner.step()?;
    }
    Ok(())
}

impl<'a> Scanner<'a> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn step(&mut self) -> Result<(), TooDeep> {
        let byte = self.text[self.at];
        match byte {
            b' ' | b'\t' | b'\x0b' | b'\x0c' => self.at += 1,
            b'\n' | b'\r' => {
                self.at += 1;
                self.ended |= self.before != Before::Operator;
            }
            b'"' | b'\'' => {
                self.string(byte);
                self.value();
            }
            b'`' => {
                // What stands before is called with it.
                if self.before != Before::Operator {
                    self.count()?;
                }
                self.at += 1;
                self.template()?;
            }
            b'/' => self.slash()?,
            b'(' | b'[' | b'{' => self.open(byte)?,
            b')' | b']' | b'}' => self.close(byte)?,
            b';' | b',' => {
                self.at += 1;
                self.before = Before::Operator;
                self.word = b"";
                self.ended = byte == b';';
                if byte == b',' {
                    self.operators = 0;
                }
            }
            b'<' if self.text[self.at..].starts_with(b"<!--") => self.doubt(4)?,
            _ if is_word(byte) => self.word()?,
            _ => self.operator(byte)?,
        }
        Ok(())
    }

    fn value(&mut self) {
        self.before = Before::Value;
        self.word = b"";
        self.ended = false;
    }

    fn operator(&mut self, byte: u8) -> Result<(), TooDeep> {
        let twice = self.peek(1) == byte && matches!(byte, b'+' | b'-');
        self.at += if twice { 2 } else { 1 };
        self.before = if twice { Before::Either } else { Before::Operator };
        self.word = if byte == b'.' { b"." } else { b"" };
        self.ended = false;
        self.count()
    }

    fn count(&mut self) -> Result<(), TooDeep> {
        self.operators += 1;
        if self.operators + self.below > NESTED_OPERATORS { Err(TooDeep::Operators) } else { Ok(()) }
    }

    fn word(&mut self) -> Result<(), TooDeep> {
        let start = self.at;
        while self.at < self.text.len() && is_word(self.text[self.at]) {
            self.at += 1;
        }
        let word = &self.text[start..self.at];
        if self.word == b"." {
            self.value();
            return Ok(());
        }
        if self.ended && !CONTINUING.contains(&word) {
            self.operators = 0;
        }
        self.ended = false;
        self.word = word;
        self.before = if BEFORE_REGEX.contains(&word) {
            Before::Operator
        } else if PERHAPS_BEFORE_REGEX.contains(&word) {
            Before::Either
        } else {
            Before::Value
        };
        if NESTING.contains(&word) { self.count() } else { Ok(()) }
    }

    fn open(&mut self, byte: u8) -> Result<(), TooDeep> {
        let control = byte == b'(' && matches!(self.word, b"if" | b"while" | b"for" | b"with");
        let either = byte == b'(' && self.word == b"await";
        if byte != b'{' && !control && self.before == Before::Value {
            self.count()?;
        }
        self.at += 1;
        self.push(Level { open: if either { b'?' } else { byte }, control, operators: self.operators })
    }

    fn push(&mut self, level: Level) -> Result<(), TooDeep> {
        if self.levels.len() >= OPEN_BRACKETS {
            return Err(TooDeep::Brackets);
        }
        self.below += level.operators;
        self.operators = 0;
        self.levels.push(level);
        self.before = Before::Operator;
        self.word = b"";
        self.ended = false;
        Ok(())
    }

    fn close(&mut self, byte: u8) -> Result<(), TooDeep> {
        self.at += 1;
        self.word = b"";
        self.ended = byte == b'}';
        let Some(level) = self.levels.pop() else {
            self.before = Before::Either;
            return Ok(());
        };
        self.operators = level.operators;
        self.below -= level.operators;
        self.before = match (byte, level.open) {
            (b'}', b'`') => return self.template(),
            (b'}', _) | (_, b'?') => Before::Either,
            _ if level.control => Before::Operator,
            _ => Before::Value,
        };
        Ok(())
    }

    fn string(&mut self, quote: u8) {
        self.at += 1;
        while self.at < self.text.len() {
            match self.text[self.at] {
                b'\\' => self.at += 2,
                b'\n' | b'\r' => return,
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return;
                    }
                }
            }
        }
    }

    /// Goes on inside a template, up to its end or its next hole.
    fn template(&mut self) -> Result<(), TooDeep> {
        while self.at < self.text.len() {
            match self.text[self.at] {
                b'\\' => self.at += 2,
                b'`' => {
                    self.at += 1;
                    self.value();
                    return Ok(());
                }
                b'$' if self.peek(1) == b'{' => {
                    self.at += 2;
                    return self.push(Level { open: b'`', control: false, operators: self.operators });
                }
                _ => self.at += 1,
            }
        }
        Ok(())
    }

    fn skip_line(&mut self) {
        while self.at < self.text.len() && !matches!(self.text[self.at], b'\n' | b'\r') {
            self.at += 1;
        }
    }

    fn slash(&mut self) -> Result<(), TooDeep> {
        match self.peek(1) {
            b'/' => {
                self.skip_line();
                return Ok(());
            }
            b'*' => {
                let rest = &self.text[self.at + 2..];
                let length = rest.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |end| end + 2);
                self.ended |= self.before != Before::Operator && rest[..length].contains(&b'\n');
                self.at += 2 + length;
                return Ok(());
            }
            _ => {}
        }
        match self.before {
            Before::Value => self.operator(b'/'),
            Before::Operator => self.regex(),
            // Both readings pass over plain characters alike; only quotes and brackets between this
            // slash and the next could make the rest of the file mean something else.
            Before::Either => {
                let line = &self.text[self.at + 1..];
                let end = line.iter().position(|b| matches!(b, b'/' | b'\n' | b'\r')).unwrap_or(line.len());
                if line[..end].iter().any(|b| matches!(b, b'"' | b'\'' | b'`' | b'[' | b'(' | b'{' | b'\\')) {
                    self.doubt(1)
                } else {
                    self.operator(b'/')
                }
            }
        }
    }

    fn regex(&mut self) -> Result<(), TooDeep> {
        let (mut at, mut class) = (self.at + 1, false);
        while at < self.text.len() {
            match self.text[at] {
                b'\\' => at += 1,
                b'[' => class = true,
                b']' => class = false,
                b'\n' | b'\r' => break,
                b'/' if !class => {
                    self.at = at + 1;
                    self.value();
                    return Ok(());
                }
                _ => {}
            }
            at += 1;
        }
        self.operator(b'/')
    }

    /// Nothing certain can be said of what follows: fine if little does.
    fn doubt(&mut self, skip: usize) -> Result<(), TooDeep> {
        let rest = &self.text[self.at..];
        let brackets = rest.iter().filter(|b| matches!(b, b'(' | b'[' | b'{')).count();
        let operators = rest.iter().filter(|b| b"?=!~+-*/%&|^<>.:".contains(b)).count();
        if brackets > BRACKETS_AFTER_DOUBT || operators > 2 * NESTED_OPERATORS {
            return Err(TooDeep::Undecided);
        }
        self.at += skip;
        self.before = Before::Operator;
        self.word = b"";
        Ok(())
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#' | b'@' | b'\\') || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nested(open: &str, close: &str, times: usize) -> String {
        format!("{}1{}", open.repeat(times), close.repeat(times))
    }

    #[test]
    fn brackets_are_counted_where_they_are_code() {
        assert_eq!(check(nested("(", ")", 999).as_bytes()), Ok(()));
        assert_eq!(check(nested("[", "]", 1_001).as_bytes()), Err(TooDeep::Brackets));
        assert_eq!(check(nested("`${", "}`", 1_001).as_bytes()), Err(TooDeep::Brackets));
        let quoted = format!("x = '{0}'; y = `{0}`; z = /[{0}]/; // {0}\n/* {0} */", "(".repeat(2_000));
        assert_eq!(check(quoted.as_bytes()), Ok(()));
    }

    #[test]
    fn a_slash_after_a_condition_begins_a_regular_expression() {
        let hidden = format!("if (x) /\"/.test(y); {} \"", "(".repeat(2_000));
        assert_eq!(check(hidden.as_bytes()), Err(TooDeep::Brackets));
        let divided = format!("f(x) / 2; a = \"{}\"", "(".repeat(2_000));
        assert_eq!(check(divided.as_bytes()), Ok(()));
    }

    #[test]
    fn an_undecided_slash_is_not_guessed_when_much_follows() {
        let text = format!("a: {{}} /\"/; {} \"", "(".repeat(3_000));
        assert_eq!(check(text.as_bytes()), Err(TooDeep::Undecided));
        assert_eq!(check(b"if (x) { y() }\n/[\"']/.test(z)"), Ok(()));
    }

    #[test]
    fn operators_count_per_statement() {
        assert_eq!(check("a = ".repeat(5_001).as_bytes()), Err(TooDeep::Operators));
        assert_eq!(check(format!("a{}", "``".repeat(5_001)).as_bytes()), Err(TooDeep::Operators));
        assert_eq!(check("class extends ".repeat(5_001).as_bytes()), Err(TooDeep::Operators));
        assert_eq!(check("class A extends B {}\n".repeat(9_000).as_bytes()), Ok(()));
        assert_eq!(check("!".repeat(5_001).as_bytes()), Err(TooDeep::Operators));
        assert_eq!(check("if (a) b; else ".repeat(3_000).as_bytes()), Err(TooDeep::Operators));
        assert_eq!(check("a = b + c\n".repeat(5_000).as_bytes()), Ok(()));
        assert_eq!(check("if (a) { b.c = 1 } ".repeat(5_000).as_bytes()), Ok(()));
        assert_eq!(check(format!("x = [{}]", "a.b + 1, ".repeat(9_000)).as_bytes()), Ok(()));
    }
}
