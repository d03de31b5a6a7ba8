//! Reads and extracts every candidate, side by side; results in path order.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;

use crate::extract::{Extract, FileKind, Selected, Wanted, extract};
use crate::measure::Stopwatch;
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

/// Most files that are asked for at once.
const BATCH_FILES: usize = 64;
/// Bytes from which on no more files are added to a batch.
const BATCH_BYTES: u64 = 1 << 20;

/// File names that never hold text; not opened.
const BINARY_EXTENSIONS: &[&str] = &[
    "png", "jpg", "jpeg", "gif", "webp", "ico", "bmp", "tiff", "pdf", "woff", "woff2", "ttf", "otf", "eot", "mp3",
    "mp4", "mov", "avi", "webm", "ogg", "wav", "zip", "jar", "war", "gz", "tgz", "bz2", "xz", "zst", "7z", "tar", "so",
    "dylib", "dll", "exe", "class", "pyc", "o", "a", "wasm", "node", "bin", "dat", "db", "sqlite", "parquet", "onnx",
    "psd", "ai", "sketch", "fig", "heic", "icns", "pack", "idx",
];

thread_local! {
    /// Most files are small and looked at once: one buffer for each thread takes them all, without
    /// fresh pages for each.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What reading gave.
#[derive(Debug, Default)]
pub struct Intake {
    /// Extracts of files that release sets may want.
    pub extracts: BTreeMap<TreePath, Arc<Extract>>,
    /// What the text search found, in path order.
    pub hits: Vec<(Source, Hit)>,
    /// What queries over raw documents picked, in path order.
    pub selected: Vec<(Source, Selected)>,
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
    /// Files whose structure was read, by format.
    pub parsed: BTreeMap<&'static str, usize>,
    /// Time of reading, and of what came after it, summed over threads.
    pub time: (Duration, Duration),
}

/// One file that was asked for.
struct Taken {
    result: Result<Option<Extract>, TreeError>,
    /// Bytes that were read.
    size: u64,
    /// Time after reading.
    time: Duration,
}

/// Reads all candidates.
pub fn read_all<'c>(tree: &dyn Tree, candidates: impl IntoIterator<Item = &'c Candidate>, wanted: &Wanted) -> Intake {
    let candidates: Vec<&Candidate> = candidates.into_iter().filter(|candidate| is_opened(candidate)).collect();
    let results: Vec<(Vec<Option<Taken>>, Duration)> =
        batches(&candidates).into_par_iter().map(|batch| read_batch(tree, batch, wanted)).collect();
    let mut intake = Intake::default();
    intake.time.0 = results.iter().map(|(_, time)| *time).sum();
    for (candidate, taken) in candidates.iter().zip(results.into_iter().flat_map(|(batch, _)| batch)) {
        let Some(Taken { result, size, time }) = taken else { continue };
        intake.time.1 += time;
        match result {
            Err(error) => intake.unread.push((candidate.entry.path.clone(), error)),
            Ok(extract) => {
                intake.files += 1;
                intake.bytes += size;
                extract.into_iter().for_each(|extract| intake.take(extract));
            }
        }
    }
    intake
}

impl Intake {
    /// Adds what another tree gave for files that this one has, too.
    pub fn share(&mut self, other: &Self, is_shared: impl Fn(&TreePath) -> bool) {
        fn add<T: Clone>(to: &mut Vec<(Source, T)>, from: &[(Source, T)], is_shared: impl Fn(&TreePath) -> bool) {
            to.extend(from.iter().filter(|(source, _)| is_shared(source.path())).cloned());
            // Files stay in order, and what one file gave stays as it was.
            to.sort_by(|a, b| a.0.cmp(&b.0));
        }
        let shared = other.extracts.iter().filter(|(path, _)| is_shared(path));
        self.extracts.extend(shared.map(|(path, extract)| (path.clone(), Arc::clone(extract))));
        add(&mut self.hits, &other.hits, &is_shared);
        add(&mut self.selected, &other.selected, &is_shared);
        add(&mut self.problems, &other.problems, &is_shared);
        add(&mut self.remarks, &other.remarks, &is_shared);
        self.unread.extend(other.unread.iter().filter(|(path, _)| is_shared(path)).cloned());
        self.unread.sort_by(|a, b| a.0.cmp(&b.0));
    }

    fn take(&mut self, mut extract: Extract) {
        if let Some(format) = extract.format {
            *self.parsed.entry(format.word()).or_default() += 1;
        }
        let source = extract.source.clone();
        self.hits.extend(std::mem::take(&mut extract.hits).into_iter().map(|hit| (source.clone(), hit)));
        self.selected.extend(std::mem::take(&mut extract.selected).into_iter().map(|one| (source.clone(), one)));
        self.problems.extend(extract.problems().iter().map(|problem| (source.clone(), problem.clone())));
        if !extract.remarks.is_empty() {
            self.remarks.push((source.clone(), std::mem::take(&mut extract.remarks)));
        }
        if extract.kind != FileKind::Other || !extract.problems().is_empty() {
            self.extracts.insert(source.path().clone(), Arc::new(extract));
        }
    }
}

fn is_opened(candidate: &Candidate) -> bool {
    let extension = candidate.entry.path.extension();
    !extension.is_some_and(|extension| BINARY_EXTENSIONS.contains(&extension.as_str()))
}

/// Neighbours that are asked for together. Where the listing gives no sizes, one file is as cheap as
/// many, and nothing bounds what many would hold.
fn batches<'b, 'c>(candidates: &'b [&'c Candidate]) -> Vec<&'b [&'c Candidate]> {
    let (mut out, mut start, mut bytes) = (Vec::new(), 0, 0);
    for (at, candidate) in candidates.iter().enumerate() {
        bytes += candidate.entry.size.unwrap_or(BATCH_BYTES);
        if bytes >= BATCH_BYTES || at + 1 - start == BATCH_FILES || at + 1 == candidates.len() {
            out.push(&candidates[start..=at]);
            (start, bytes) = (at + 1, 0);
        }
    }
    out
}

/// What each file gave, and the time that reading took.
fn read_batch(tree: &dyn Tree, batch: &[&Candidate], wanted: &Wanted) -> (Vec<Option<Taken>>, Duration) {
    let watch = Stopwatch::start();
    if let [candidate] = batch {
        let path = &candidate.entry.path;
        return BUFFER.with_borrow_mut(|buffer| {
            let read = tree.read_into(path, WHOLE_FILE, buffer);
            let time = watch.elapsed();
            (vec![extract_read(tree, path, read.map(|()| buffer.as_slice()), wanted)], time)
        });
    }
    let paths: Vec<TreePath> = batch.iter().map(|candidate| candidate.entry.path.clone()).collect();
    let read = tree.read_many(&paths, WHOLE_FILE);
    let time = watch.elapsed();
    let taken = paths.iter().zip(read).map(|(path, read)| {
        let read = read.as_deref().map_err(TreeError::clone);
        extract_read(tree, path, read, wanted)
    });
    (taken.collect(), time)
}

fn extract_read(tree: &dyn Tree, path: &TreePath, read: Result<&[u8], TreeError>, wanted: &Wanted) -> Option<Taken> {
    let watch = Stopwatch::start();
    let size = match &read {
        Ok(bytes) => bytes.len() as u64,
        Err(TreeError::TooLarge { size, .. }) => *size,
        Err(_) => 0,
    };
    let result = match read {
        Ok(bytes) => Ok(guarded(path, bytes, wanted)),
        Err(TreeError::TooLarge { size, .. }) => search_in_pieces(tree, path, size, wanted).map(Some),
        // Listed, then gone before it was read: it is not part of the tree any more.
        Err(TreeError::Missing) => return None,
        Err(error) => Err(error),
    };
    Some(Taken { result, size, time: watch.elapsed() })
}

/// A panic in a reader is a problem of that file; everything else goes on.
fn guarded(path: &TreePath, bytes: &[u8], wanted: &Wanted) -> Option<Extract> {
    catch_unwind(AssertUnwindSafe(|| extract(path, bytes, wanted))).unwrap_or_else(|_| {
        let problem = Problem { kind: ProblemKind::Failure, message: "reading".to_owned(), span: Span::default() };
        Some(Extract::with_problem(Source::new(path.clone(), ContentId::of(bytes)), problem))
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
