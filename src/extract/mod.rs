//! One file: (path, bytes, what is wanted) to [`Extract`]. Pure: no I/O, no globals.

mod classify;
mod select;

use std::sync::Arc;

pub use classify::{CDK_APP, CDK_MANIFEST, FileKind, by_name, classify};
pub use select::{Selected, Selection};

use crate::source::{ContentId, Source, Span, TreePath};
use crate::syntax::{self, Comment, Document, Format, Parsed, Problem, ProblemKind};
use crate::text::{Hit, Needles};

/// How much of a file is looked at to tell text from binary, bytes (as git does).
const TEXT_HEAD: usize = 8000;

/// What was found in one file.
#[derive(Debug)]
pub struct Extract {
    /// The file.
    pub source: Source,
    /// What kind of file it is.
    pub kind: FileKind,
    /// Documents, comments and problems; empty for kinds without structure.
    pub parsed: Arc<Parsed>,
    /// What the text search found.
    pub hits: Vec<Hit>,
    /// What queries over raw documents picked.
    pub selected: Vec<Selected>,
    /// Comments that speak to this program, for policy.
    pub remarks: Vec<Comment>,
    /// The format in which its structure was read, if it was.
    pub format: Option<Format>,
    /// The whole text, where expanding asks for places inside scalars of it: the file is not read for
    /// that again.
    pub text: Option<Arc<str>>,
}

impl Extract {
    /// A file of which only a problem is known.
    pub fn with_problem(source: Source, problem: Problem) -> Self {
        let parsed = Arc::new(Parsed { problems: vec![problem], ..Parsed::default() });
        Self {
            source,
            kind: FileKind::Other,
            parsed,
            hits: Vec::new(),
            selected: Vec::new(),
            remarks: Vec::new(),
            format: None,
            text: None,
        }
    }

    /// The documents.
    pub fn documents(&self) -> &[Document] {
        &self.parsed.documents
    }

    /// What went wrong.
    pub fn problems(&self) -> &[Problem] {
        &self.parsed.problems
    }
}

/// What is wanted of a file, compiled from rules and configuration before extraction.
pub struct Wanted {
    /// Text patterns.
    pub needles: Needles,
    /// Queries over raw documents.
    pub selections: Vec<Selection>,
    /// Largest structured file, bytes.
    pub cap: u64,
}

/// False for files that no release set can want, whatever they hold: in these, only text is searched.
pub fn may_be_deployed(path: &TreePath) -> bool {
    let named = by_name(path);
    named.is_some() || classify::format(path, named) != Format::Text
}

/// Extracts one file; `None` when nothing in it concerns anyone, which is so for most files.
pub fn extract(path: &TreePath, bytes: &[u8], wanted: &Wanted) -> Option<Extract> {
    let hits = wanted.needles.search(bytes);
    let named = by_name(path).or_else(|| classify::by_bytes(path, bytes));
    // A file that only a rule asks for is read for that rule: it becomes part of no release set.
    let is_own = classify::worth_parsing(path, named, bytes);
    let is_structured = is_own || select::is_asked_for(path, &wanted.selections);
    let remarks = if is_structured { Vec::new() } else { remarks_in_text(bytes) };
    // Only a file that leaves something behind needs the identity of its bytes.
    if !is_structured && named.is_none() && hits.is_empty() && remarks.is_empty() {
        return None;
    }
    let out = Extract {
        source: Source::new(path.clone(), ContentId::of(bytes)),
        kind: named.unwrap_or(FileKind::Other),
        parsed: Arc::default(),
        hits,
        selected: Vec::new(),
        remarks,
        format: None,
        text: None,
    };
    Some(if is_structured { structured(out, bytes, named, is_own, wanted) } else { out })
}

fn structured(mut out: Extract, bytes: &[u8], named: Option<FileKind>, is_own: bool, wanted: &Wanted) -> Extract {
    let (source, size) = (out.source.clone(), bytes.len() as u64);
    let path = source.path();
    out.kind = FileKind::Other;
    if size > wanted.cap {
        return Extract { hits: out.hits, ..too_large(source.clone(), path, size, wanted.cap) };
    }
    if let Some(reason) = syntax::template::recognise_bytes(bytes) {
        out.kind = FileKind::Skipped(reason);
        return out;
    }
    let text = match syntax::decode(bytes) {
        Ok(text) => text,
        Err(problem) => {
            out.parsed = Arc::new(Parsed { problems: vec![problem], ..Parsed::default() });
            return out;
        }
    };
    if let Some(reason) = syntax::template::recognise(path, &text) {
        out.kind = FileKind::Skipped(reason);
        return out;
    }
    let format = classify::format_of_text(path, named, &text);
    let read = if wanted.selections.is_empty() { syntax::read_without_schemas } else { syntax::read };
    let parsed = read(format, &source, &text);
    out.format = Some(format);
    // What another tool fills in first is no HCL yet.
    if format == Format::Hcl && !parsed.problems.is_empty() && syntax::template::has_opening(&text) {
        out.kind = FileKind::Skipped("template of another tool");
        return out;
    }
    out.kind = if is_own { classify(path, named, &parsed) } else { named.unwrap_or(FileKind::Other) };
    // Only texts with names in them (`Fn::Sub`, `!Sub`) are looked into.
    if out.kind == FileKind::CloudFormation && memchr_find(bytes, b"Sub").is_some() {
        out.text = Some(text.as_ref().into());
    }
    out.remarks = parsed.comments.iter().filter(|c| c.text.contains("deploylint:")).cloned().collect();
    if parsed.comments.is_empty() {
        out.remarks = remarks_in_text(bytes);
    }
    out.parsed = Arc::new(parsed);
    let (selected, left_out) = select::select(&out, format, &wanted.selections);
    out.selected = selected;
    // A tree that no release set will ask for is not carried along.
    let is_kept = is_own && (out.kind != FileKind::Other || !out.problems().is_empty());
    if !left_out.is_empty() || !is_kept {
        let mut parsed = Arc::into_inner(std::mem::take(&mut out.parsed)).unwrap_or_default();
        parsed.problems.extend(left_out);
        if !is_kept {
            parsed.documents = Vec::new();
        }
        out.parsed = Arc::new(parsed);
    }
    out
}

/// A file above the limit for structured files: a problem where its structure would have been read.
pub fn too_large(source: Source, path: &TreePath, size: u64, cap: u64) -> Extract {
    if classify::format(path, by_name(path)) == Format::Text {
        let mut extract = Extract::with_problem(source, Problem::default());
        extract.parsed = Arc::default();
        return extract;
    }
    let message = format!("{size} bytes, more than the limit of {cap} for structured files");
    Extract::with_problem(source, Problem { kind: ProblemKind::Limit, message, span: Span::default() })
}

/// Remarks in files whose comments are not parsed: `#` or `//` lines that name this program.
fn remarks_in_text(bytes: &[u8]) -> Vec<Comment> {
    let mut out = Vec::new();
    // A program that speaks of these remarks is no file that makes one.
    if bytes[..bytes.len().min(TEXT_HEAD)].contains(&0) {
        return out;
    }
    let mut from = 0;
    while let Some(found) = memchr_find(&bytes[from..], b"deploylint: ") {
        let at = from + found;
        let start = bytes[..at].iter().rposition(|b| matches!(b, b'\n' | b'\r')).map_or(0, |i| i + 1);
        let end = bytes[at..].iter().position(|b| matches!(b, b'\n' | b'\r')).map_or(bytes.len(), |i| at + i);
        let before = String::from_utf8_lossy(&bytes[start..at]);
        if before.trim_end().ends_with('#') || before.trim_end().ends_with("//") {
            let marker = start + before.rfind(['#', '/']).unwrap_or(0);
            let text = String::from_utf8_lossy(&bytes[at..end]);
            out.push(Comment { text: text.as_ref().into(), span: Span::new(marker, end) });
        }
        from = end;
    }
    out
}

fn memchr_find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memmem::find(haystack, needle)
}
