//! Messages in words: templates filled with arguments that were made printable and masked.

use std::collections::HashMap;

use super::files::{FileState, Files};
use super::mask;
use crate::diagnostic::{Argument, Diagnostic, Doubt, LogicalPath, Message, Piece};
use crate::source::{ContentId, Origin, Source, Span, visible};

/// Longest argument that is shown whole, characters.
const LONGEST: usize = 160;
/// Most items of a list that are shown.
const MOST_ITEMS: usize = 12;

/// Known credentials of a report, by what the file holds: a copy of it holds them too, and a file keeps
/// them wherever it is seen from.
#[derive(Default)]
pub(super) struct Secrets {
    spans: HashMap<ContentId, Vec<Span>>,
}

impl Secrets {
    /// From their places.
    pub fn new(origins: &[Origin]) -> Self {
        let mut spans: HashMap<ContentId, Vec<Span>> = HashMap::new();
        for origin in origins {
            spans.entry(origin.source.content().clone()).or_default().push(origin.span);
        }
        spans.values_mut().for_each(|spans| spans.sort());
        Self { spans }
    }

    /// Those of a file, sorted.
    pub fn of(&self, source: &Source) -> &[Span] {
        self.spans.get(source.content()).map_or(&[], Vec::as_slice)
    }
}

/// Fills messages.
pub(super) struct Words<'a> {
    pub files: &'a Files<'a>,
    pub secrets: &'a Secrets,
}

impl Words<'_> {
    /// A message in words.
    pub fn fill(&self, message: &Message) -> String {
        let mut out = String::new();
        for piece in message.parts() {
            match piece {
                Piece::Words(words) => out.push_str(&visible(words.as_bytes())),
                Piece::Argument(argument) => out.push_str(&self.argument(argument)),
            }
        }
        out
    }

    /// The message of a finding, with what makes it less than sure.
    pub fn message(&self, diagnostic: &Diagnostic) -> String {
        let mut out = self.fill(&diagnostic.message);
        let mut reasons: Vec<String> = diagnostic.doubts.iter().map(doubt).collect();
        reasons.dedup();
        if !reasons.is_empty() {
            out.push_str(&format!(" ({})", reasons.join("; ")));
        }
        out
    }

    /// The help of a finding.
    pub fn help(&self, diagnostic: &Diagnostic) -> Option<String> {
        diagnostic.help.as_ref().map(|help| self.fill(help)).filter(|help| !help.is_empty())
    }

    /// A value of the input under its name: what the name says is a credential is not shown.
    pub fn named(&self, name: &str, value: &str, origin: &Origin) -> String {
        if name.is_empty() {
            return self.quoted(value, origin);
        }
        let alone = [name, "=", &mask::value(near(value))].concat();
        let is_secret = mask::value(&[name, "=", near(value)].concat()) != alone;
        if is_secret { visible(mask::shown_secret(value).as_bytes()) } else { self.quoted(value, origin) }
    }

    /// A text of the input that stands nowhere as such.
    pub fn text(&self, text: &str) -> String {
        shown(text)
    }

    fn argument(&self, argument: &Argument) -> String {
        match argument {
            Argument::Name(text) => short(&mask::address(near(text)), text),
            Argument::Path(path) if path.is_root() => ".".to_owned(),
            Argument::Path(path) => mask::address(&path.to_string()).into_owned(),
            Argument::Words(text) => shown(text),
            Argument::Number(number) => number.to_string(),
            Argument::Quoted { value, secret: true, .. } => visible(mask::shown_secret(value).as_bytes()),
            Argument::Quoted { value, origin: Some(origin), .. } => self.quoted(value, origin),
            Argument::Quoted { value, origin: None, .. } => shown(value),
            Argument::List(items) => {
                let mut words: Vec<String> = items.iter().take(MOST_ITEMS).map(|item| self.argument(item)).collect();
                if items.len() > MOST_ITEMS {
                    words.push(format!("{} more", items.len() - MOST_ITEMS));
                }
                words.join(", ")
            }
        }
    }

    /// A value behind the mask of its origin: what of it is a known credential is not shown.
    pub fn quoted(&self, value: &str, origin: &Origin) -> String {
        let known = self.secrets.of(&origin.source);
        let masked = match &*self.files.get(&origin.source) {
            // Also what its file shows to be one: `password: x`.
            FileState::Same(file) => file.masked(origin.span.range(), known),
            FileState::Changed | FileState::Gone => known.iter().map(|span| span.range()).collect(),
        };
        let spans = masked.into_iter().map(|range| Span::new(range.start, range.end));
        let overlaps = |span: &Span| span.start < origin.span.end && origin.span.start < span.end;
        let mut rest = value.to_owned();
        for span in spans.filter(overlaps) {
            let is_all = span.start <= origin.span.start && origin.span.end <= span.end;
            let secret = if is_all { None } else { self.text_at(&origin.source, span) };
            match secret {
                Some(secret) if rest.contains(&secret) => rest = rest.replace(&secret, "***"),
                _ => return visible(mask::shown_secret(value).as_bytes()),
            }
        }
        shown(&rest)
    }

    fn text_at(&self, source: &Source, span: Span) -> Option<String> {
        let FileState::Same(file) = &*self.files.get(source) else { return None };
        let bytes = file.bytes.get(span.range())?;
        let text = String::from_utf8_lossy(bytes);
        let text = text.trim_matches(['"', '\'', ' ']);
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// A text from the input: masked, printable, and no longer than a line can bear.
fn shown(text: &str) -> String {
    short(&mask::value(near(text)), text)
}

/// A mask looks at its surroundings, so a long text is cut generously first and finely last.
fn near(text: &str) -> &str {
    text.char_indices().nth(8 * LONGEST).map_or(text, |(end, _)| &text[..end])
}

fn short(masked: &str, written: &str) -> String {
    let mut out: String = masked.chars().take(LONGEST).collect();
    if masked.chars().count() > LONGEST || near(written).len() < written.len() {
        out.push('…');
    }
    visible(out.as_bytes())
}

/// An address as shown.
pub(super) fn address(path: &LogicalPath) -> String {
    name(path.as_str())
}

/// A name or an address as shown, whole.
pub(super) fn name(text: &str) -> String {
    visible(mask::address(text).as_bytes())
}

/// A path as shown. A name that a build server would take for a command (`::error::…`, `##[…`) is led
/// by what changes nothing.
pub(super) fn path(source: &Source) -> String {
    let text = mask::address(&source.display()).into_owned();
    let is_command = text.starts_with("::") || text.starts_with("##[");
    if is_command { format!("./{text}") } else { text }
}

fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::OpenSet(why) => {
            format!("not everything that is applied with it can be seen: {}", shown(&why.to_string()))
        }
        Doubt::Guess(why) => format!("a guess: {}", shown(&why.to_string())),
        Doubt::Sometimes(condition) => format!("when {}", shown(&condition.to_string())),
        Doubt::Generated => "an ignore rule matches it, so it is probably generated".to_owned(),
        Doubt::StaleArtifact(why) => shown(&why.to_string()),
    }
}
