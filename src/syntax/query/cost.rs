//! How many steps a query may take: an upper estimate, made before it runs.
//!
//! Nothing stops a query once it runs, and a few characters (`$..*..*..*`, a filter that searches the
//! whole document for each of its nodes) make it more than linear.

use serde_json::Value as Json;

use super::QUERY_DEPTH;

/// Steps that compiling a regular expression of the smallest size is worth: `match` and `search` do it
/// at each node.
const REGEX_STEPS: f64 = 200.0;
/// Sizes of a compiled expression, bytes: it costs as many times more as it needs more of them.
const REGEX_SIZES: [usize; 4] = [16 << 10, 64 << 10, 256 << 10, 1 << 20];

/// What makes a query costly.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// How many `..` it has, filters included.
    descents: usize,
    /// How often a filter searches the whole document (`$` and a wildcard).
    searches: usize,
    /// How many nodes several selectors in one pair of brackets make of one.
    copies: f64,
    /// What compiling its regular expressions is worth, steps.
    expressions: f64,
}

/// How large a document is, in the way that counts here.
#[derive(Clone, Debug, Default)]
pub struct Extent {
    /// How many nodes stand at each depth.
    depths: Vec<f64>,
}

impl Extent {
    /// Counts the nodes of a value.
    pub fn of(value: &Json) -> Self {
        let mut out = Self::default();
        out.add(value, 0);
        out
    }

    fn add(&mut self, value: &Json, depth: usize) {
        if self.depths.len() <= depth {
            self.depths.push(0.0);
        }
        self.depths[depth] += 1.0;
        match value {
            Json::Array(items) => items.iter().for_each(|item| self.add(item, depth + 1)),
            Json::Object(members) => members.values().for_each(|member| self.add(member, depth + 1)),
            _ => {}
        }
    }

    fn nodes(&self) -> f64 {
        self.depths.iter().sum()
    }

    /// How many nodes that many `..` after each other visit: each node once for every way to choose
    /// where on the way down to it one ends and the next begins.
    fn visits(&self, descents: usize) -> f64 {
        let ways = |depth: usize| {
            (1..descents).fold(1.0, |ways, i| ways * ((depth + i) as f64) / (i as f64)) // C(depth + d - 1, d - 1)
        };
        self.depths.iter().enumerate().map(|(depth, nodes)| nodes * ways(depth)).sum()
    }
}

impl Cost {
    /// What makes a query costly; the error is what cannot be read safely, and where.
    pub fn of(text: &str) -> Result<Self, (&'static str, usize)> {
        let mut out = Self { copies: 1.0, ..Self::default() };
        // Open brackets, each with the selectors in it so far and its place.
        let mut open: Vec<(u8, usize, usize)> = Vec::new();
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match bytes[at] {
                quote @ (b'"' | b'\'') => at = end_of_text(bytes, at, quote),
                opening @ (b'[' | b'(') => {
                    open.push((opening, 1, at));
                    if open.len() > QUERY_DEPTH {
                        return Err(("brackets and parentheses nest too deep", at));
                    }
                    if opening == b'(' && (text[..at].ends_with("match") || text[..at].ends_with("search")) {
                        out.expression(text, at)?;
                    }
                }
                b']' | b')' => {
                    if let Some((b'[', selectors, _)) = open.pop() {
                        out.copies *= selectors as f64;
                    }
                }
                b',' => {
                    if let Some((_, selectors, _)) = open.last_mut() {
                        *selectors += 1;
                    }
                }
                b'.' if bytes.get(at + 1) == Some(&b'.') => {
                    out.descents += 1;
                    at += 1;
                }
                b'$' if at > 0 && is_search(&bytes[at..]) => out.searches += 1,
                b'=' | b'!' | b'<' | b'>' if bytes.get(at + 1) == Some(&b'=') => at += 1,
                b'=' if bytes.get(at + 1) == Some(&b'~') => {
                    return Err(("no `=~` in RFC 9535; write `search(@.x, '…')`", at));
                }
                b'=' => return Err(("`=` alone compares nothing; write `==`", at)),
                both @ (b'&' | b'|') if bytes.get(at + 1) == Some(&both) => at += 1,
                b'&' | b'|' => return Err(("write `&&` for both, `||` for either", at)),
                _ => {}
            }
            at += 1;
        }
        match open.last() {
            _ if at > bytes.len() => Err(("a text that is not closed", bytes.len())),
            Some((bracket, _, place)) => {
                Err((if *bracket == b'[' { "`[` that is not closed" } else { "`(` that is not closed" }, *place))
            }
            None => Ok(out),
        }
    }

    /// A regular expression must stand in the query: one that the document gives could cost anything. One
    /// that cannot be read would match nothing, silently.
    fn expression(&mut self, text: &str, open: usize) -> Result<(), (&'static str, usize)> {
        let bytes = text.as_bytes();
        let (mut depth, mut at) = (0, open);
        while at < bytes.len() {
            match bytes[at] {
                quote @ (b'"' | b'\'') => at = end_of_text(bytes, at, quote),
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth -= 1,
                b',' if depth == 1 => {
                    let rest = text[at + 1..].trim_start();
                    let place = text.len() - rest.len();
                    let Some(quote) = rest.bytes().next().filter(|quote| matches!(quote, b'"' | b'\'')) else {
                        return Err(("the second argument must be a text: the expression itself", place));
                    };
                    let end = end_of_text(bytes, place, quote).min(text.len());
                    self.expressions +=
                        expression_steps(&unescaped(&text[place + 1..end])).map_err(|why| (why, place))?;
                    return Ok(());
                }
                _ => {}
            }
            at += 1;
        }
        Ok(())
    }

    /// Steps over a document of that extent, at most.
    pub fn over(&self, extent: &Extent) -> f64 {
        let searched = (0..self.searches).fold(1.0, |all, _| all * extent.nodes());
        extent.visits(self.descents) * searched * self.copies * (1.0 + self.expressions)
    }
}

/// What compiling an expression is worth.
fn expression_steps(expression: &str) -> Result<f64, &'static str> {
    let fits = |size: usize| match regex::RegexBuilder::new(expression).size_limit(size).build() {
        Ok(_) => Ok(true),
        Err(regex::Error::CompiledTooBig(_)) => Ok(false),
        Err(_) => Err("not a regular expression"),
    };
    for size in REGEX_SIZES {
        if fits(size)? {
            return Ok(REGEX_STEPS * (size / REGEX_SIZES[0]) as f64);
        }
    }
    Err("a regular expression that is too large once its repetitions are written out")
}

/// A text of a query without its escapes; what they stand for does not matter for size.
fn unescaped(written: &str) -> String {
    let mut out = String::with_capacity(written.len());
    let mut letters = written.chars();
    while let Some(c) = letters.next() {
        out.push(if c == '\\' { letters.next().unwrap_or(c) } else { c });
    }
    out
}

/// The closing quote of a text that opens here.
fn end_of_text(bytes: &[u8], open: usize, quote: u8) -> usize {
    let mut at = open + 1;
    while at < bytes.len() && bytes[at] != quote {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}

/// Does a path inside a filter pick more than one node of the document?
fn is_search(path: &[u8]) -> bool {
    let (mut depth, mut at) = (0, 0);
    while at < path.len() {
        match path[at] {
            quote @ (b'"' | b'\'') => at = end_of_text(path, at, quote),
            b'[' => depth += 1,
            b']' if depth == 0 => return false,
            b']' => depth -= 1,
            b'*' | b'?' | b':' => return true,
            b'.' if path.get(at + 1) == Some(&b'.') => return true,
            b',' if depth > 0 => return true,
            b' ' | b')' | b',' | b'=' | b'<' | b'>' | b'!' | b'&' | b'|' if depth == 0 => return false,
            _ => {}
        }
        at += 1;
    }
    false
}
