//! Text with `${…}`, and the references in it.

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text, `$${` unescaped.
    Text(String),
    /// What stands between `${` and its `}`.
    Expression(String),
    /// A directive (`%{if …}`): what follows depends on it.
    Directive,
}

/// Cuts a text at its expressions. One that never closes is text.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut known = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['$', '%']) {
        let (before, from) = rest.split_at(at);
        known.push_str(before);
        let escape = ["$${", "%%{"].iter().find(|escape| from.starts_with(**escape));
        if let Some(escape) = escape {
            known.push_str(&escape[1..]);
            rest = &from[escape.len()..];
            continue;
        }
        match from.strip_prefix("${").and_then(|inner| Some((inner, closing(inner)?))) {
            Some((inner, length)) => {
                if !known.is_empty() {
                    out.push(Piece::Text(std::mem::take(&mut known)));
                }
                let inner_text = inner[..length].trim().trim_matches('~').trim();
                out.push(if inner_text == "%" { Piece::Directive } else { Piece::Expression(inner_text.to_owned()) });
                rest = &inner[length + 1..];
            }
            None if from.starts_with("%{") => {
                out.push(Piece::Directive);
                return out;
            }
            // Nothing behind it closes either, as far as this text is one at all.
            None if from.starts_with("${") => {
                known.push_str(from);
                rest = "";
            }
            None => {
                known.push_str(&from[..1]);
                rest = &from[1..];
            }
        }
    }
    known.push_str(rest);
    if !known.is_empty() {
        out.push(Piece::Text(known));
    }
    out
}

/// Bytes up to the brace that closes, quotes heeded.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// True for a single name.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
}

/// The names of a reference: `var.x`, `local.a.b`, `aws_x.y[0].arn` (without the index), `var.m["k"]`.
/// `None` for every other expression.
pub fn reference(expression: &str) -> Option<Vec<&str>> {
    let mut names = Vec::new();
    let mut rest = expression;
    loop {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        // After an index nothing, or the next name, follows.
        if !name.is_empty() || names.is_empty() {
            if !is_name(name.trim()) {
                return None;
            }
            names.push(name.trim());
        }
        match after.as_bytes().first() {
            None => return (names.len() > 1).then_some(names),
            Some(b'.') => rest = &after[1..],
            _ => {
                let (index, left) = after[1..].split_once(']')?;
                match index.trim().strip_prefix('"').and_then(|key| key.strip_suffix('"')) {
                    Some(key) if !key.contains(['$', '"', '\\']) => names.push(key),
                    Some(_) => return None,
                    None if index.trim().bytes().all(|byte| byte.is_ascii_digit()) && !index.trim().is_empty() => {}
                    None => return None,
                }
                match left.as_bytes().first() {
                    None => return (names.len() > 1).then_some(names),
                    Some(b'.') => rest = &left[1..],
                    Some(b'[') => rest = left,
                    _ => return None,
                }
            }
        }
    }
}

/// A literal: text in quotes, a number, a truth.
pub fn literal(expression: &str) -> Option<&str> {
    let is_word = matches!(expression, "true" | "false") || expression.parse::<f64>().is_ok();
    if is_word {
        return Some(expression);
    }
    let inner = expression.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\', '$', '%'])).then_some(inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_at_their_expressions() {
        let text = |text: &str| Piece::Text(text.into());
        let expression = |text: &str| Piece::Expression(text.into());
        assert_eq!(pieces("a-${var.x}.zip"), [text("a-"), expression("var.x"), text(".zip")]);
        assert_eq!(pieces("$${a} 5% $5 %%{b"), [text("${a} 5% $5 %{b")]);
        assert_eq!(pieces("${f(\"}\", {a = 1})}b"), [expression("f(\"}\", {a = 1})"), text("b")]);
        assert_eq!(pieces("a%{if x}"), [Piece::Directive]);
        assert_eq!(pieces("${%}"), [Piece::Directive]);
        assert_eq!(pieces("${open"), [text("${open")]);
        assert_eq!(pieces("a${open ${b}"), [text("a${open ${b}")]);
        assert_eq!(pieces(""), []);
    }

    #[test]
    fn references_are_told_from_other_expressions() {
        assert_eq!(reference("var.x"), Some(vec!["var", "x"]));
        assert_eq!(
            reference("data.archive_file.a.output_path"),
            Some(vec!["data", "archive_file", "a", "output_path"])
        );
        assert_eq!(reference("aws_x.y[0].arn"), Some(vec!["aws_x", "y", "arn"]));
        assert_eq!(reference("local.m[\"k\"][1].z"), Some(vec!["local", "m", "k", "z"]));
        for other in
            ["f(x)", "a + b", "var.x ? 1 : 2", "x", "a.*.b", "a[*].b", "var.", "a[each.key]", "!var.x", "a.b c"]
        {
            assert_eq!(reference(other), None, "{other}");
        }
        assert_eq!(literal("\"x\""), Some("x"));
        assert_eq!(literal("1.5"), Some("1.5"));
        assert_eq!(literal("\"${x}\""), None);
    }
}
