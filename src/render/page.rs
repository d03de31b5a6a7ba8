//! A page of markdown for the terminal: wrapped prose, code set in, links with their addresses.

/// Widest line of prose, characters.
const WIDTH: usize = 96;
const INDENT: &str = "  ";
const CODE_INDENT: &str = "      ";

/// What a terminal understands.
struct Pen {
    color: bool,
}

impl Pen {
    fn heading(&self, text: &str) -> String {
        if self.color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn faint(&self, text: &str) -> String {
        if self.color { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// The page; `markdown` holds no control characters but line breaks.
pub fn page(markdown: &str, color: bool) -> String {
    let pen = Pen { color };
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        if ticks >= 3 {
            finish(&mut paragraph, &mut out);
            if let Some(file) = line.split_whitespace().find_map(|word| word.strip_prefix("file=")) {
                out.push_str(&format!("{CODE_INDENT}{}\n", pen.faint(&format!("── {file}"))));
            }
            let is_end =
                |line: &&str| line.trim_end().len() >= ticks && line.trim_end().bytes().all(|byte| byte == b'`');
            for code in lines.by_ref().take_while(|line| !is_end(line)) {
                out.push_str(format!("{CODE_INDENT}{code}").trim_end());
                out.push('\n');
            }
        } else if let Some(title) = line.strip_prefix("# ").or_else(|| line.strip_prefix("## ")) {
            finish(&mut paragraph, &mut out);
            out.push_str(&pen.heading(title));
            out.push('\n');
        } else if let Some(code) = line.strip_prefix("    ").filter(|_| paragraph.is_empty()) {
            out.push_str(&format!("{CODE_INDENT}{code}\n"));
        } else if line.trim().is_empty() {
            finish(&mut paragraph, &mut out);
            if !out.ends_with("\n\n") {
                out.push('\n');
            }
        } else {
            if line.starts_with("- ") || line.starts_with("| ") {
                finish(&mut paragraph, &mut out);
            }
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    finish(&mut paragraph, &mut out);
    out
}

fn finish(paragraph: &mut String, out: &mut String) {
    if paragraph.is_empty() {
        return;
    }
    let text = with_addresses(&std::mem::take(paragraph));
    let hang = if text.starts_with("- ") { "  " } else { "" };
    let mut line = INDENT.to_owned();
    let mut is_first = true;
    for word in text.split_whitespace() {
        if !is_first && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(&line);
            out.push('\n');
            line = format!("{INDENT}{hang}");
            is_first = true;
        }
        if !is_first {
            line.push(' ');
        }
        line.push_str(word);
        is_first = false;
    }
    out.push_str(&line);
    out.push('\n');
}

/// `[words](address)` as `words (address)`, `<https://…>` as the bare address. Code is left as it is.
fn with_addresses(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        if index % 2 == 1 {
            out.push_str(part);
            continue;
        }
        let mut rest = part;
        while let Some((before, words, address, after)) = link(rest) {
            out.push_str(before);
            out.push_str(&if words.is_empty() { address.to_owned() } else { format!("{words} ({address})") });
            rest = after;
        }
        out.push_str(rest);
    }
    out
}

/// The first link: what stands before it, its words, its address, and what stands after it.
fn link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let bare = text.find("<http").and_then(|at| {
        let end = text[at..].find('>')? + at;
        Some((at, (&text[..at], "", &text[at + 1..end], &text[end + 1..])))
    });
    let worded = text.find("](").and_then(|middle| {
        let at = text[..middle].rfind('[')?;
        let end = text[middle..].find(')')? + middle;
        Some((at, (&text[..at], &text[at + 1..middle], &text[middle + 2..end], &text[end + 1..])))
    });
    [bare, worded].into_iter().flatten().min_by_key(|(at, _)| *at).map(|(_, link)| link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_wrapped_and_code_is_not() {
        let words = "word ".repeat(30);
        let text = page(&format!("## Title\n{words}\n- {words}\n\n```yaml file=a.yaml\na:   1\n```\n"), false);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "Title");
        assert!(lines.iter().all(|line| line.chars().count() <= WIDTH));
        assert_eq!(lines[3], format!("  - {}", "word ".repeat(18)).trim_end());
        assert_eq!(&lines[4][..8], "    word");
        assert_eq!(lines[6..], ["      ── a.yaml", "      a:   1"]);
    }

    #[test]
    fn links_show_their_addresses() {
        assert_eq!(
            with_addresses("see [a b](https://x/y) and <https://z>, `[c](d)`."),
            "see a b (https://x/y) and https://z, `[c](d)`."
        );
        assert_eq!(with_addresses("](x) [a] (b) <http"), "](x) [a] (b) <http");
    }

    #[test]
    fn colours_only_when_they_are_wanted() {
        assert!(page("## T\n", true).starts_with("\u{1b}[1mT"));
        assert_eq!(page("## T\n", false), "T\n");
    }
}
