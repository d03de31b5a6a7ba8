//! Where things are written: sources, byte spans, and the way from written text to value.

mod lines;
mod path;

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub use lines::{LineColumn, LineIndex};
pub use path::TreePath;

/// Half-open range of byte offsets in a source's text (after a leading BOM was cut off the front,
/// offsets still count it: they are offsets into the file).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from offsets; offsets beyond 4 GiB are clamped.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The span as a range for slicing.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Part of this span: `from` and `to` are byte offsets from its start.
    pub fn part(self, from: usize, to: usize) -> Self {
        Self::new(self.start as usize + from, self.start as usize + to)
    }
}

/// Identity of a file's bytes. A git blob id and a hash of bytes never compare equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ContentId {
    /// A git blob id, in hex.
    Blob(String),
    /// BLAKE3 of the bytes.
    Hash([u8; 32]),
    /// The file was not read as a whole, or is no text: no part of it is ever shown.
    Unread,
}

impl ContentId {
    /// The id of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::Hash(*blake3::hash(bytes).as_bytes())
    }
}

#[derive(Debug)]
struct SourceData {
    path: TreePath,
    container: Option<Source>,
    content: ContentId,
    is_folder: bool,
}

/// One file that was read, inside the judged tree or inside an archive of it.
///
/// A cheap handle: ordered and compared by path alone, so that nothing depends on reading order.
#[derive(Clone, Debug)]
pub struct Source(Arc<SourceData>);

impl Source {
    /// A file of the judged tree.
    pub fn new(path: TreePath, content: ContentId) -> Self {
        Self(Arc::new(SourceData { path, container: None, content, is_folder: false }))
    }

    /// A file of the judged tree of which no part is ever shown: an archive, or one that could not be read.
    pub fn unread(path: TreePath) -> Self {
        Self::new(path, ContentId::Unread)
    }

    /// A folder of the judged tree that is judged as an artifact.
    pub fn folder(path: TreePath) -> Self {
        Self(Arc::new(SourceData { path, container: None, content: ContentId::Unread, is_folder: true }))
    }

    /// A file inside an archive (or a folder that is judged as an artifact).
    pub fn inside(container: Source, path: TreePath, content: ContentId) -> Self {
        Self(Arc::new(SourceData { path, container: Some(container), content, is_folder: false }))
    }

    /// The path inside its own tree or archive.
    pub fn path(&self) -> &TreePath {
        &self.0.path
    }

    /// True for a folder that is judged as an artifact.
    pub fn is_folder(&self) -> bool {
        self.0.is_folder
    }

    /// The archive or folder that contains it.
    pub fn container(&self) -> Option<&Source> {
        self.0.container.as_ref()
    }

    /// The file of the judged tree: itself, or the outermost archive around it.
    pub fn file(&self) -> &Source {
        self.container().map_or(self, Source::file)
    }

    /// Identity of the bytes that were read.
    pub fn content(&self) -> &ContentId {
        &self.0.content
    }

    /// The same file as seen from a folder further up: `prefix` stands before its path.
    pub fn seen_from_above(&self, prefix: &TreePath) -> Self {
        match self.container() {
            Some(outer) => Self::inside(outer.seen_from_above(prefix), self.path().clone(), self.content().clone()),
            None if self.is_folder() => Self::folder(self.path().seen_from_above(prefix)),
            None => Self::new(self.path().seen_from_above(prefix), self.content().clone()),
        }
    }

    /// Path as shown: `dist/api.zip!node_modules/x/index.js` for what lies inside an archive.
    pub fn display(&self) -> String {
        match self.container() {
            Some(outer) if outer.is_folder() => outer.path().joined(self.path()).to_string(),
            Some(outer) => format!("{}!{}", outer.display(), self.path()),
            None => self.path().to_string(),
        }
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Source {}
impl PartialOrd for Source {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Source {
    fn cmp(&self, other: &Self) -> Ordering {
        self.container().cmp(&other.container()).then_with(|| self.path().cmp(other.path()))
    }
}
impl Hash for Source {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.path().hash(state);
        self.container().hash(state);
    }
}

/// How a value came from the place where it is written to the place where it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HopKind {
    /// A YAML alias (`*name`).
    Anchor,
    /// A YAML merge key (`<<`).
    MergeKey,
    /// A part of a string template (`${X}` in a Sub, in a compose file, in a `.env`).
    StringPart,
    /// A template parameter.
    Parameter,
    /// The Globals section of a SAM template.
    Globals,
    /// An included file.
    Include,
    /// An action of a chart template.
    TemplateAction,
    /// A key of a chart's values file.
    ValuesKey,
    /// A patch.
    Patch,
    /// `extends` of a compose service.
    Extends,
    /// An override file.
    Override,
    /// A file of environment variables (`env_file`, `.env`).
    EnvironmentFile,
}

/// One step of the way from written text to value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// What the step is.
    pub kind: HopKind,
    /// Where the step is written.
    pub source: Source,
    /// The bytes that make the step.
    pub span: Span,
}

/// Where a value is written, and the steps by which it came to hold where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file to edit.
    pub source: Source,
    /// The bytes to edit.
    pub span: Span,
    /// From the written text to the value; empty when it is written where it holds.
    pub through: Option<Arc<[Hop]>>,
}

impl Origin {
    /// An origin without steps.
    pub fn new(source: Source, span: Span) -> Self {
        Self { source, span, through: None }
    }

    /// The same origin with one more step at its end.
    pub fn via(mut self, kind: HopKind, source: &Source, span: Span) -> Self {
        let hop = Hop { kind, source: source.clone(), span };
        let mut steps: Vec<Hop> = self.steps().to_vec();
        steps.push(hop);
        self.through = Some(steps.into());
        self
    }

    /// The steps, first to last.
    pub fn steps(&self) -> &[Hop] {
        self.through.as_deref().unwrap_or(&[])
    }

    /// The same place, narrowed to a part: byte offsets from the start of its span.
    pub fn part(&self, from: usize, to: usize) -> Self {
        Self { span: self.span.part(from, to), ..self.clone() }
    }
}

/// Text from input made safe to print: control characters, bidirectional overrides and bytes that
/// are not UTF-8 become visible escapes.
pub fn visible(bytes: &[u8]) -> String {
    // Nearly all names are so.
    if bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if is_unprintable(c) {
                out.extend(c.escape_default());
            } else {
                out.push(c);
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// True for characters that a terminal or a reader may obey instead of show.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
