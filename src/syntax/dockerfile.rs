//! Dockerfiles: instructions with their words, as BuildKit's parser reads them
//! (moby/buildkit `frontend/dockerfile/parser`, 2026-07).

mod lines;
mod words;

use std::ops::Range;

use self::lines::{Lines, Logical};
use super::{COMMENTS, Comment, DOCKERFILE_BYTES, PROBLEMS, Problem, ProblemKind};
use crate::source::Span;

/// A whole file.
#[derive(Debug, Default)]
pub struct Dockerfile {
    /// Parser directives at its top (`syntax`, `escape`, `check`): name in lower case, value.
    pub directives: Vec<(String, Word)>,
    /// Instructions in order.
    pub instructions: Vec<Instruction>,
    /// Comments, those inside continued lines among them; directives are none.
    pub comments: Vec<Comment>,
    /// What went wrong; the instructions around it are kept.
    pub problems: Vec<Problem>,
}

/// A word of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The word, quotes and escapes taken off.
    pub text: String,
    /// Its bytes in the file, quotes included.
    pub span: Span,
}

/// A flag: `--from=build`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flag {
    /// What follows the dashes.
    pub name: String,
    /// What follows the equals sign.
    pub value: Option<Word>,
    /// All of it.
    pub span: Span,
}

/// A here-document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: String,
    /// Its lines; leading tabs cut off if `<<-` asks for it.
    pub text: String,
    /// Bytes of its lines, the last one not included.
    pub span: Span,
    /// True when variables in it are replaced (its name is not quoted).
    pub is_expanded: bool,
}

/// One instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// In upper case; of `ONBUILD RUN …` the `RUN`.
    pub keyword: String,
    /// True for an instruction that `ONBUILD` puts off.
    pub is_on_build: bool,
    /// Flags before the arguments.
    pub flags: Vec<Flag>,
    /// The words after the flags; of the JSON form its strings.
    pub arguments: Vec<Word>,
    /// True for `["a", "b"]`.
    pub is_json: bool,
    /// Here-documents, in order.
    pub heredocs: Vec<Heredoc>,
    /// From the keyword to the last argument.
    pub span: Span,
}

impl Instruction {
    /// The value of a flag.
    pub fn flag(&self, name: &str) -> Option<&Word> {
        self.flags.iter().find(|flag| flag.name == name).and_then(|flag| flag.value.as_ref())
    }

    /// `KEY=value` arguments of `ENV`, `ARG` and `LABEL`, in both of their forms; a key without value
    /// has none. Spans are those of the values, or of the keys where there is none.
    pub fn pairs(&self) -> Vec<(String, Option<String>, Span)> {
        let is_old_form = matches!(self.keyword.as_str(), "ENV" | "LABEL")
            && self.arguments.first().is_some_and(|first| !first.text.contains('='));
        if is_old_form && let [key, rest @ ..] = self.arguments.as_slice() {
            let value: Vec<&str> = rest.iter().map(|word| word.text.as_str()).collect();
            let span = rest
                .first()
                .zip(rest.last())
                .map_or(key.span, |(first, last)| Span { end: last.span.end, ..first.span });
            return vec![(key.text.clone(), (!rest.is_empty()).then(|| value.join(" ")), span)];
        }
        let pair = |word: &Word| match word.text.split_once('=') {
            // Quotes around the key would make it longer in the file than in the text: rare, and
            // then the whole word is pointed at.
            Some((key, value)) => {
                let start = word.span.start as usize + key.len() + 1;
                let span = Span::new(start.min(word.span.end as usize), word.span.end as usize);
                (key.to_owned(), Some(value.to_owned()), span)
            }
            None => (word.text.clone(), None, word.span),
        };
        self.arguments.iter().map(pair).collect()
    }
}

/// A build stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// The image, or an earlier stage, that it starts from.
    pub base: Word,
    /// The name after `AS`.
    pub name: Option<Word>,
    /// Its instructions, `FROM` first.
    pub instructions: Range<usize>,
}

impl Dockerfile {
    /// The build stages, in order. What stands before the first `FROM` belongs to none.
    pub fn stages(&self) -> Vec<Stage> {
        let from = |instruction: &Instruction| instruction.keyword == "FROM" && !instruction.is_on_build;
        let starts: Vec<usize> = (0..self.instructions.len()).filter(|i| from(&self.instructions[*i])).collect();
        let mut stages = Vec::new();
        for (place, start) in starts.iter().enumerate() {
            let end = starts.get(place + 1).copied().unwrap_or(self.instructions.len());
            let arguments = &self.instructions[*start].arguments;
            let Some(base) = arguments.first() else { continue };
            let is_named = arguments.get(1).is_some_and(|word| word.text.eq_ignore_ascii_case("as"));
            let name = if is_named { arguments.get(2).cloned() } else { None };
            stages.push(Stage { base: base.clone(), name, instructions: *start..end });
        }
        stages
    }
}

/// Keywords (Dockerfile reference, syntax 1.14).
const KEYWORDS: &[&str] = &[
    "ADD",
    "ARG",
    "CMD",
    "COPY",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "FROM",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "RUN",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
];
/// Keywords that take here-documents.
const WITH_HEREDOC: &[&str] = &["ADD", "COPY", "RUN"];
/// Keywords whose arguments may be written as a JSON array.
const WITH_JSON: &[&str] = &["ADD", "CMD", "COPY", "ENTRYPOINT", "HEALTHCHECK", "RUN", "SHELL", "VOLUME"];
/// Keywords that take flags.
const WITH_FLAGS: &[&str] = &["ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"];

/// Reads a text. A leading BOM is skipped; spans count its bytes.
pub fn read(text: &str) -> Dockerfile {
    let mut file = Dockerfile::default();
    if text.len() > DOCKERFILE_BYTES {
        let message = format!("more than {DOCKERFILE_BYTES} bytes of Dockerfile");
        file.problems.push(Problem { kind: ProblemKind::Limit, message, span: Span::default() });
        return file;
    }
    let mut lines = Lines::new(text);
    file.directives = lines.directives();
    while let Some(logical) = lines.next_logical() {
        let instruction = instruction(&logical, &mut lines, &mut file.problems);
        file.instructions.extend(instruction);
        file.problems.truncate(PROBLEMS);
    }
    file.comments = std::mem::take(&mut lines.comments);
    file.comments.truncate(COMMENTS);
    if file.instructions.is_empty() && file.problems.is_empty() {
        let at = text.len();
        file.problems.push(syntax("file without instructions", Span::new(at, at)));
    }
    file
}

fn syntax(message: &str, span: Span) -> Problem {
    Problem { kind: ProblemKind::Syntax, message: message.into(), span }
}

fn instruction(logical: &Logical, lines: &mut Lines<'_>, problems: &mut Vec<Problem>) -> Option<Instruction> {
    let text = logical.text.as_str();
    let (mut keyword, mut at) = keyword_at(text, 0);
    let mut is_on_build = false;
    if keyword == "ONBUILD" {
        is_on_build = true;
        (keyword, at) = keyword_at(text, at);
    }
    if !KEYWORDS.contains(&keyword.as_str()) || keyword == "ONBUILD" {
        problems.push(syntax("unknown instruction", logical.span(0..text.len())));
        // What looks like its here-documents must not be read as instructions of their own.
        return None;
    }
    let has = |list: &[&str]| list.contains(&keyword.as_str());
    let flags = if has(WITH_FLAGS) { words::flags(logical, &mut at, lines.escape) } else { Vec::new() };
    let mut first = Vec::new();
    let mut from = at;
    if keyword == "HEALTHCHECK" {
        // `CMD` is the first word, and what follows it may be JSON.
        let (word, next) = keyword_at(text, at);
        if word == "CMD" {
            first = words::split(logical, at..next, lines.escape);
            from = next;
        }
    }
    let json = has(WITH_JSON).then(|| words::json(logical, from)).flatten();
    let is_json = json.is_some();
    let rest = json.unwrap_or_else(|| words::split(logical, from..text.len(), lines.escape));
    let markers = if has(WITH_HEREDOC) && !is_json { words::heredocs(text, from) } else { Vec::new() };
    let mut heredocs = Vec::new();
    for marker in markers {
        match lines.heredoc(&marker) {
            Ok(heredoc) => heredocs.push(heredoc),
            Err(span) => problems.push(syntax("here-document never ends", span)),
        }
    }
    let arguments = first.into_iter().chain(rest).collect();
    let span = logical.span(0..text.trim_end().len());
    Some(Instruction { keyword, is_on_build, flags, arguments, is_json, heredocs, span })
}

/// The word at a place, in upper case, and the place after it and the blanks that follow.
fn keyword_at(text: &str, from: usize) -> (String, usize) {
    let rest = &text[from..];
    let skipped = rest.len() - rest.trim_start().len();
    let word = rest[skipped..].split(char::is_whitespace).next().unwrap_or_default();
    let after = from + skipped + word.len();
    let blanks = text[after..].len() - text[after..].trim_start().len();
    (word.to_ascii_uppercase(), after + blanks)
}

#[cfg(test)]
mod tests;
