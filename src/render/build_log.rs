//! Text in the log of a build server, where lines are commands.

use std::borrow::Cow;

/// Characters that the runner's culture-aware comparison skips (.NET with ICU: default ignorable code
/// points, Unicode 17): `:\u{ad}:` would still be read as `::`.
fn is_skipped(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Text of which no line is a command. GitHub's runner (actions/runner, `ActionCommand.cs`, 2026-07)
/// obeys lines that start with `::` after blanks, and `##[` wherever it stands.
pub fn without_commands(text: &str) -> Cow<'_, str> {
    if !text.contains(['#', ':']) || text.split('\n').all(|line| !is_command(line)) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(broken).collect();
    Cow::Owned(lines.join("\n"))
}

/// JSON of which no line is a command: the same values, one character of them as an escape. A line of
/// JSON never starts with a colon.
pub fn json_without_commands(text: &str) -> String {
    let is_hash_of_one = |at: usize| text[at + 1..].chars().find(|c| !is_skipped(*c)) == Some('[');
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            '#' if is_hash_of_one(at) => out.push_str("\\u0023"),
            _ => out.push(c),
        }
    }
    out
}

fn is_command(line: &str) -> bool {
    let seen: Cow<'_, str> = if line.contains(is_skipped) { line.replace(is_skipped, "").into() } else { line.into() };
    seen.trim_start().starts_with("::") || seen.contains("##[")
}

fn broken(line: &str) -> Cow<'_, str> {
    if !is_command(line) {
        return Cow::Borrowed(line);
    }
    let seen = line.replace(is_skipped, "").replace("##[", "## [");
    let text = seen.trim_start();
    match text.strip_prefix("::") {
        Some(rest) => Cow::Owned(format!("{}: :{rest}", &seen[..seen.len() - text.len()])),
        None => Cow::Owned(seen),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_would_be_obeyed_is_broken_and_no_other() {
        let plain = "a::b\n# [x]\nrun `x` ::error::\n";
        assert_eq!(without_commands(plain), plain);
        assert_eq!(without_commands("a\n  ::error::x\nb"), "a\n  : :error::x\nb");
        assert_eq!(without_commands("a ##[group]x"), "a ## [group]x");
        assert_eq!(without_commands("\u{200b}:\u{ad}:stop-commands::x"), ": :stop-commands::x");
        assert_eq!(without_commands("#\u{ad}#[error]"), "## [error]");
    }

    #[test]
    fn json_keeps_its_values() {
        let written = "{\"a\": \"#x ##[error]b #\u{200b}[c\"}";
        let guarded = json_without_commands(written);
        assert!(!is_command(&guarded), "{guarded}");
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&guarded), value(written));
    }
}
