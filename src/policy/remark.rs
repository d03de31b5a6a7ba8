//! Comments that speak to this program, in the one syntax:
//! `deploylint: ignore[family/name] reason="…" owner=… until=YYYY-MM-DD`.

use crate::config::Date;

/// What introduces a remark.
const PREFIX: &str = "deploylint:";

/// A remark as meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Remark {
    /// Rules that it silences.
    pub rules: Vec<String>,
    /// Why.
    pub reason: Option<String>,
    /// Last day on which it holds.
    pub until: Option<Date>,
}

/// Reads the text after a comment's marker. `None` when it does not speak to this program.
pub(super) fn read(comment: &str) -> Option<Result<Remark, &'static str>> {
    let text = comment.trim_start_matches(['#', '/', '*', '!', ';', '-', ' ', '\t']);
    let text = text.strip_prefix(PREFIX)?;
    let text = text.trim_end().trim_end_matches("*/").trim_end_matches("-->");
    Some(parse(text.trim()))
}

fn parse(text: &str) -> Result<Remark, &'static str> {
    let Some(text) = text.strip_prefix("ignore") else { return Err("only `ignore[family/name]` is known") };
    let Some(text) = text.strip_prefix('[') else { return Err("no rule is named: write `ignore[family/name]`") };
    let Some((ids, attributes)) = text.split_once(']') else { return Err("the bracket is not closed") };
    let mut remark = Remark { rules: ids.split(',').map(|id| id.trim().to_owned()).collect(), ..Remark::default() };
    let mut seen = Vec::new();
    let mut rest = attributes;
    while let Some((key, value, after)) = attribute(rest)? {
        if seen.contains(&key) {
            return Err("an attribute is given twice");
        }
        match key {
            "reason" => remark.reason = (!value.trim().is_empty()).then(|| value.to_owned()),
            "until" => remark.until = Some(value.parse().map_err(|_| "`until` is not a date of the form YYYY-MM-DD")?),
            "owner" => {}
            _ => return Err("only `reason`, `owner` and `until` may follow"),
        }
        seen.push(key);
        rest = after;
    }
    Ok(remark)
}

type Attribute<'a> = (&'a str, &'a str, &'a str);

/// The next `key=value` or `key="value"`, and what follows it.
fn attribute(text: &str) -> Result<Option<Attribute<'_>>, &'static str> {
    let text = text.trim_start();
    if text.is_empty() {
        return Ok(None);
    }
    let Some((key, value)) = text.split_once('=') else { return Err("expected `key=value` after the bracket") };
    if let Some(quoted) = value.strip_prefix('"') {
        let Some((value, rest)) = quoted.split_once('"') else { return Err("a quote is not closed") };
        return Ok(Some((key, value, rest)));
    }
    let end = value.find(char::is_whitespace).unwrap_or(value.len());
    Ok(Some((key, &value[..end], &value[end..])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_syntax() {
        let text = " deploylint: ignore[a/b, c/d] reason=\"mock host\" owner=pay-team until=2026-12-31";
        let remark = read(text).unwrap().unwrap();
        assert_eq!(remark.rules, ["a/b", "c/d"]);
        assert_eq!(remark.reason.as_deref(), Some("mock host"));
        assert_eq!(remark.until, "2026-12-31".parse().ok());
        assert_eq!(read("deploylint: ignore[a/b]").unwrap().unwrap().reason, None);
        assert_eq!(read("* deploylint: ignore[a/b] reason=\"\" */").unwrap().unwrap().reason, None);
        assert_eq!(read("* deploylint: ignore[a/b] reason=x */").unwrap().unwrap().reason.as_deref(), Some("x"));
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for text in [
            "deploylint: ignore",
            "deploylint: disable[a/b]",
            "deploylint: ignore[a/b",
            "deploylint: ignore[a/b] because",
            "deploylint: ignore[a/b] why=x",
            "deploylint: ignore[a/b] reason=\"x",
            "deploylint: ignore[a/b] reason=x reason=y",
            "deploylint: ignore[a/b] reason=x until=2026-02-30",
            "deploylint:",
        ] {
            assert!(read(text).unwrap().is_err(), "{text}");
        }
        assert_eq!(read("see deploylint: ignore[a/b]"), None);
    }
}
