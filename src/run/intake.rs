//! Reads and extracts every candidate, side by side; results in path order.

use std::collections::BTreeMap;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use crate::extract::{Extract, FileKind, Wanted, extract};
use crate::scope::Candidate;
use crate::source::{ContentId, Source, Span, TreePath};
use crate::syntax::{Comment, Problem, ProblemKind};
use crate::text::Hit;
use crate::tree::{Tree, TreeError};

/// Files above this are not held whole: their text is searched in pieces, bytes.
const WHOLE_FILE: u64 = 16 << 20;
/// Piece of a large file, bytes.
const PIECE: usize = 1 << 20;
/// How much of the piece before is seen again, so that nothing is cut in two, bytes.
const OVERLAP: usize = 16 << 10;

/// File names that never hold text; not opened.
const BINARY_EXTENSIONS: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "ico", "bmp", "tiff", "pdf", "woff", "woff2", "ttf", "otf", "eot", "mp3",
    "mp4", "mov", "avi", "webm", "ogg", "wav", "zip", "jar", "war", "gz", "tgz", "bz2", "xz", "zst", "7z", "tar", "so",
    "dylib", "dll", "exe", "class", "pyc", "o", "a", "wasm", "node", "bin", "dat", "db", "sqlite", "parquet", "onnx",
    "psd", "ai", "sketch", "fig", "heic", "icns", "pack", "idx",
];

/// What reading gave.
#[derive(Debug, Default)]
pub struct Intake {
    /// Extracts of files that release sets may want.
    pub extracts: BTreeMap<TreePath, Arc<Extract>>,
    /// What the text search found, in path order.
    pub hits: Vec<(Source, Hit)>,
    /// Trouble inside files.
    pub problems: Vec<(Source, Problem)>,
    /// Files that could not be read.
    pub unread: Vec<(TreePath, TreeError)>,
    /// Comments that speak to this program.
    pub remarks: Vec<(Source, Vec<Comment>)>,
    /// Files whose bytes were read.
    pub files: usize,
    /// Bytes that were read.
    pub bytes: u64,
}

/// Reads all candidates.
pub fn read_all(tree: &dyn Tree, candidates: &[Candidate], wanted: &Wanted) -> Intake {
    let results: Vec<Option<Result<Extract, TreeError>>> =
        candidates.par_iter().map(|candidate| read_one(tree, &candidate.entry.path, wanted)).collect();
    let mut intake = Intake::default();
    for (candidate, result) in candidates.iter().zip(results) {
        match result {
            None => {}
            Some(Err(error)) => intake.unread.push((candidate.entry.path.clone(), error)),
            Some(Ok(extract)) => intake.take(extract),
        }
    }
    intake
}

impl Intake {
    fn take(&mut self, mut extract: Extract) {
        self.files += 1;
        self.bytes += extract.size;
        let source = extract.source.clone();
        self.hits.extend(std::mem::take(&mut extract.hits).into_iter().map(|hit| (source.clone(), hit)));
        self.problems.extend(extract.problems().iter().map(|problem| (source.clone(), problem.clone())));
        if !extract.remarks.is_empty() {
            self.remarks.push((source.clone(), std::mem::take(&mut extract.remarks)));
        }
        if extract.kind != FileKind::Other || !extract.problems().is_empty() {
            self.extracts.insert(source.path().clone(), Arc::new(extract));
        }
    }
}

fn read_one(tree: &dyn Tree, path: &TreePath, wanted: &Wanted) -> Option<Result<Extract, TreeError>> {
    if path.extension().is_some_and(|extension| BINARY_EXTENSIONS.contains(&extension.as_str())) {
        return None;
    }
    match tree.read(path, WHOLE_FILE) {
        Ok(bytes) => Some(Ok(guarded(path, &bytes, wanted))),
        Err(TreeError::TooLarge { size, .. }) => Some(search_in_pieces(tree, path, size, wanted)),
        // Listed, then gone before it was read: it is not part of the tree any more.
        Err(TreeError::Missing) => None,
        Err(error) => Some(Err(error)),
    }
}

/// A panic in a reader is a problem of that file; everything else goes on.
fn guarded(path: &TreePath, bytes: &[u8], wanted: &Wanted) -> Extract {
    catch_unwind(AssertUnwindSafe(|| extract(path, bytes, wanted))).unwrap_or_else(|_| {
        let problem = Problem { kind: ProblemKind::Failure, message: "reading".to_owned(), span: Span::default() };
        Extract::with_problem(Source::new(path.clone(), ContentId::of(bytes)), bytes.len() as u64, problem)
    })
}

fn search_in_pieces(tree: &dyn Tree, path: &TreePath, size: u64, wanted: &Wanted) -> Result<Extract, TreeError> {
    let mut reader = tree.open(path)?;
    let mut buffer: Vec<u8> = Vec::with_capacity(PIECE + OVERLAP);
    let (mut start, mut hits): (u64, Vec<Hit>) = (0, Vec::new());
    loop {
        let read = reader.by_ref().take(PIECE as u64).read_to_end(&mut buffer).map_err(TreeError::from)?;
        if read == 0 {
            break;
        }
        for mut hit in wanted.needles.search(&buffer) {
            let at = |offset: u32| usize::try_from(start + u64::from(offset)).unwrap_or(usize::MAX);
            hit.span = Span::new(at(hit.span.start), at(hit.span.end));
            if !hits.contains(&hit) {
                hits.push(hit);
            }
        }
        let keep = buffer.len().min(OVERLAP);
        start += (buffer.len() - keep) as u64;
        buffer.drain(..buffer.len() - keep);
    }
    let source = Source::new(path.clone(), ContentId::of(&buffer));
    let mut extract = crate::extract::too_large(source, path, size, wanted.cap);
    extract.hits = hits;
    Ok(extract)
}
