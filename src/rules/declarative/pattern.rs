//! Regular expressions of rules: bounded in length and size, and a fault has a place.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::parse::ParserBuilder;

/// Longest expression, bytes.
const LONGEST: usize = 1_000;
/// Largest compiled expression, bytes: what a bounded repetition may cost.
const LARGEST: usize = 1 << 20;
/// Deepest nesting of groups and repetitions.
const DEEPEST: u32 = 50;

/// Why an expression cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadPattern {
    /// What is wrong.
    pub message: String,
    /// What to write instead, where people often mean the same.
    pub help: Option<&'static str>,
    /// Bytes of the expression, when the fault has a place.
    pub range: Option<Range<usize>>,
}

/// Compiles an expression. It is asked of single values, and only whether it matches, so time grows
/// with the value's length alone (finding all matches would not: regex's own documentation).
pub fn compile(pattern: &str) -> Result<Regex, BadPattern> {
    let refused = |message: String, range: Option<Range<usize>>| {
        let help = [
            ("look-around", "say the opposite with `{ not: { matches: … } }`"),
            ("too large", "write `+` or `*`, or a smaller number"),
        ];
        let help = help.iter().find(|(part, _)| message.contains(part)).map(|(_, help)| *help);
        BadPattern { message, help, range }
    };
    if pattern.len() > LONGEST {
        return Err(refused(format!("a regular expression longer than {LONGEST} bytes"), None));
    }
    if let Err(error) = ParserBuilder::new().nest_limit(DEEPEST).build().parse(pattern) {
        let range = error.span().start.offset..error.span().end.offset;
        return Err(refused(format!("not a regular expression: {}", error.kind()), Some(range)));
    }
    RegexBuilder::new(pattern).size_limit(LARGEST).dfa_size_limit(LARGEST).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            refused("a regular expression that is too large once its repetitions are written out".into(), None)
        }
        // The rest of what it says is a drawing of several lines.
        other => {
            let words = other.to_string();
            let last = words.lines().last().unwrap_or_default();
            refused(format!("not a regular expression: {}", last.trim_start_matches("error: ")), None)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_have_a_place() {
        let fault = |pattern: &str| compile(pattern).unwrap_err();
        assert_eq!(fault("a(b").range, Some(1..2));
        assert_eq!(fault("é[z-a]").range, Some(3..6));
        assert!(fault(r"\w{1000}{1000}").message.contains("too large"));
        assert!(fault(&"a".repeat(1_001)).message.contains("longer"));
        assert!(fault(&format!("{}{}", "(".repeat(400), ")".repeat(400))).message.contains("regular expression"));
        assert!(fault(r"(?-u)\xff").message.contains("regular expression"));
        assert!(compile(r"^registry\.example\.com/").unwrap().is_match("registry.example.com/a"));
    }
}
