//! What names of variables and keys say, and the texts that a value can be.

use crate::source::Origin;
use crate::value::{Condition, Content, Part, Value};

/// Stands for a part of a text that is not known. No host, port or credential may contain it.
pub(super) const HOLE: char = '\u{fffc}';

/// The words of a name in lower case: `dbPassword`, `DB_PASSWORD` and `db.password` are the same two.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut before_is_lower = false;
    for character in name.chars() {
        let starts_word = character.is_uppercase() && before_is_lower;
        if (!character.is_alphanumeric() || starts_word) && !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
        before_is_lower = character.is_lowercase() || character.is_ascii_digit();
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

/// One text that a value can be.
pub(super) struct Text<'a> {
    /// The text, with [`HOLE`] for what is not known.
    pub text: String,
    /// Under which condition it is this one; `None` for always.
    pub condition: Option<&'a Condition>,
    /// The value of this text alone.
    value: &'a Value<String>,
    /// The bytes as written, of which this text was made.
    raw: Option<&'a str>,
}

/// Every text that a value can be, in order; alternatives that are wholly unknown are left out.
pub(super) fn texts(value: &Value<String>) -> Vec<Text<'_>> {
    let mut out = Vec::new();
    collect(value, None, value.raw.as_deref(), &mut out);
    out
}

fn collect<'a>(
    value: &'a Value<String>,
    condition: Option<&'a Condition>,
    raw: Option<&'a str>,
    out: &mut Vec<Text<'a>>,
) {
    let raw = value.raw.as_deref().or(raw);
    match &value.content {
        Content::Known(text) | Content::Default(text) => {
            out.push(Text { text: text.clone(), condition, value, raw });
        }
        Content::Concat(parts) => {
            let mut text = String::new();
            for part in parts {
                match part {
                    Part::Known(known) => text.push_str(known),
                    Part::Hole { .. } => text.push(HOLE),
                }
            }
            out.push(Text { text, condition, value, raw });
        }
        Content::OneOf(branches) => {
            for (own, branch) in branches {
                collect(branch, Some(own), raw, out);
            }
        }
        _ => {}
    }
}

impl Text<'_> {
    /// True when the part stands in the file as such, and no variable of a file of variables made it.
    pub fn is_written(&self, part: &str) -> bool {
        self.raw.is_none_or(|raw| raw.contains(part))
    }

    /// The place of a part of the text, as narrow as the bytes of the file allow.
    pub fn place(&self, at: usize, part: &str) -> Origin {
        let origin = &self.value.origin;
        let written = origin.span.range().len();
        let fits = |text: &str| match written.checked_sub(text.len()) {
            Some(0) => Some(0),
            Some(2) => Some(1),
            _ => None,
        };
        let is_whole = self.raw.is_none_or(|raw| raw == self.text || fits(raw).is_none());
        if let (Some(offset), true, false) = (fits(&self.text), is_whole, self.text.contains(HOLE)) {
            return origin.part(offset + at, offset + at + part.len());
        }
        // Variables were filled in: the part stands where it is written, if it is written here at all.
        let Some((raw, offset)) = self.raw.and_then(|raw| Some((raw, fits(raw)?))) else { return origin.clone() };
        match raw.find(part) {
            Some(at) => origin.part(offset + at, offset + at + part.len()),
            None => origin.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_split_into_words() {
        assert_eq!(words("DB_PASSWORD"), ["db", "password"]);
        assert_eq!(words("spring.datasource.dbPassword"), ["spring", "datasource", "db", "password"]);
        assert_eq!(words("--api-key"), ["api", "key"]);
        assert_eq!(words("oauth2Token"), ["oauth2", "token"]);
    }
}
