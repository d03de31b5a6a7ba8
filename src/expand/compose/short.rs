//! Texts that mean several things at once (`IP:HOST:CONTAINER`), split with the place of each piece.

use crate::source::Origin;
use crate::value::{Condition, Content, Part, Value, Why};

/// The pieces between separators. Of a text with alternatives, the pieces have the same alternatives;
/// `None` when the alternatives differ in number, or the whole is not known.
pub(crate) fn pieces(value: &Value<String>, separator: char) -> Option<Vec<Value<String>>> {
    match &value.content {
        Content::Known(text) | Content::Default(text) => {
            let mut out = Vec::new();
            let mut at = 0;
            for piece in text.split(separator) {
                out.push(Value::known(piece.to_owned(), narrow(value, at, piece.len())));
                at += piece.len() + separator.len_utf8();
            }
            Some(out)
        }
        Content::Concat(parts) => Some(concat_pieces(parts, separator, &value.origin)),
        Content::OneOf(branches) => {
            let split: Vec<(&Condition, Vec<Value<String>>)> = branches
                .iter()
                .filter(|(_, branch)| !matches!(branch.content, Content::Unknown(_)))
                .map(|(condition, branch)| Some((condition, pieces(branch, separator)?)))
                .collect::<Option<_>>()?;
            let unknown = branches.len() > split.len();
            let count = split.first()?.1.len();
            if split.iter().any(|(_, list)| list.len() != count) || (unknown && count > 1) {
                return None;
            }
            Some((0..count).map(|i| alternatives(&split, i, value)).collect())
        }
        _ => None,
    }
}

/// The i-th pieces of all alternatives as one value; equal pieces need no alternative.
fn alternatives(split: &[(&Condition, Vec<Value<String>>)], i: usize, whole: &Value<String>) -> Value<String> {
    let first = &split[0].1[i];
    if split.len() > 1 && split.iter().all(|(_, list)| list[i].content == first.content) {
        return first.clone();
    }
    let branches = split.iter().map(|(condition, list)| ((*condition).clone(), list[i].clone())).collect();
    Value::new(Content::OneOf(branches), whole.origin.clone())
}

fn concat_pieces(parts: &[Part], separator: char, origin: &Origin) -> Vec<Value<String>> {
    let mut out: Vec<Vec<Part>> = vec![Vec::new()];
    for part in parts {
        match part {
            Part::Known(text) => {
                for (i, piece) in text.split(separator).enumerate() {
                    if i > 0 {
                        out.push(Vec::new());
                    }
                    if let (Some(last), false) = (out.last_mut(), piece.is_empty()) {
                        last.push(Part::Known(piece.to_owned()));
                    }
                }
            }
            hole => out.iter_mut().rev().take(1).for_each(|last| last.push(hole.clone())),
        }
    }
    out.into_iter().map(|parts| super::interpolate::join(parts, origin.clone())).collect()
}

/// The place of a part of a text, when the text stands in its file byte for byte.
pub(crate) fn narrow(value: &Value<String>, at: usize, length: usize) -> Origin {
    let text = value.get().map_or("", String::as_str);
    let written = (value.origin.span.end - value.origin.span.start) as usize;
    match written.checked_sub(text.len()) {
        Some(0) => value.origin.part(at, at + length),
        Some(2) => value.origin.part(at + 1, at + 1 + length),
        _ => value.origin.clone(),
    }
}

/// How a short volume splits: source (absent for an anonymous volume) and target.
pub(crate) fn volume(value: &Value<String>) -> Result<(Option<Value<String>>, Value<String>), Why> {
    let Some(mut list) = pieces(value, ':') else {
        return Err(value.undecided().unwrap_or_else(|| Why::new("volume that is not decided")));
    };
    // `C:\data:/data`: the letter is no piece of its own.
    let is_drive = list.len() > 2
        && list[0].get().is_some_and(|text| text.len() == 1 && text.as_bytes()[0].is_ascii_alphabetic())
        && list[1].get().is_some_and(|text| text.starts_with(['\\', '/']));
    if is_drive {
        let rest = list.remove(1);
        let joined = format!("{}:{}", list[0].get().map_or("", String::as_str), rest.get().map_or("", String::as_str));
        list[0] = Value::known(joined, list[0].origin.clone());
    }
    let mut list = list.into_iter();
    match (list.next(), list.next()) {
        (Some(source), Some(target)) => Ok((Some(source), target)),
        (Some(target), None) => Ok((None, target)),
        (None, _) => Err(Why::new("empty volume")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContentId, Source, Span};

    #[test]
    fn pieces_keep_their_places() {
        let source = Source::new("c.yml".into(), ContentId::of(b""));
        let value = Value::known("./a:/b:ro".to_owned(), Origin::new(source, Span::new(20, 31)));
        let (from, to) = volume(&value).unwrap();
        let from = from.unwrap();
        assert_eq!((from.get().unwrap().as_str(), from.origin.span), ("./a", Span::new(21, 24)));
        assert_eq!((to.get().unwrap().as_str(), to.origin.span), ("/b", Span::new(25, 27)));
    }

    #[test]
    fn windows_paths_keep_their_drive() {
        let source = Source::new("c.yml".into(), ContentId::of(b""));
        let value = Value::known("C:\\a:/b".to_owned(), Origin::new(source, Span::new(0, 7)));
        assert_eq!(volume(&value).unwrap().0.unwrap().get().unwrap(), "C:\\a");
    }
}
