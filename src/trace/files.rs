//! Files of a package and its layers as a walk reads them: each a source of its own, what goes wrong a problem.

use std::sync::Arc;

use super::{PackageRequest, Problem, ProblemKind};
use crate::source::{ContentId, Source, Span, TreePath};
use crate::tree::{Tree, TreeError};

/// Largest file that is parsed, bytes.
pub(super) const FILE_BYTES: u64 = 5 << 20;
/// Most modules of one package that are followed.
pub(super) const MODULES: usize = 50_000;
/// Most imports of one module that are followed.
pub(super) const IMPORTS: usize = 10_000;

/// The files of one package: how many were read, and what could not be.
pub(super) struct Files<'r> {
    request: &'r PackageRequest,
    tree: &'r Arc<dyn Tree>,
    pub problems: Vec<Problem>,
    /// Files that were read.
    pub count: usize,
    /// Bytes of these files.
    pub bytes: u64,
}

impl<'r> Files<'r> {
    pub fn new(request: &'r PackageRequest, tree: &'r Arc<dyn Tree>) -> Self {
        Self { request, tree, problems: Vec::new(), count: 0, bytes: 0 }
    }

    /// A file as a source: inside the package or the layer that has it.
    pub fn source(&self, path: &TreePath, content: ContentId) -> Source {
        let (part, inside) = self.request.part_of(path);
        Source::inside(part.source.clone(), inside, content)
    }

    /// The text of a module; one that cannot be read is a problem.
    pub fn read(&mut self, path: &TreePath) -> Option<(Vec<u8>, Source)> {
        match self.tree.read(path, FILE_BYTES) {
            Ok(bytes) => {
                let source = self.took(path, bytes.len() as u64, ContentId::of(&bytes));
                Some((bytes, source))
            }
            Err(error) => {
                self.failed(path, &error);
                None
            }
        }
    }

    /// A module was read: it as a source.
    pub fn took(&mut self, path: &TreePath, bytes: u64, content: ContentId) -> Source {
        self.count += 1;
        self.bytes += bytes;
        self.source(path, content)
    }

    /// A module could not be read.
    pub fn failed(&mut self, path: &TreePath, error: &TreeError) {
        let kind = match error {
            TreeError::TooLarge { .. } => ProblemKind::Limit,
            TreeError::Damaged(_) => ProblemKind::Damaged,
            _ => ProblemKind::Unreadable,
        };
        let source = self.source(path, ContentId::Unread);
        self.problem(source, Span::default(), kind, error.to_string());
    }

    pub fn problem(&mut self, source: Source, span: Span, kind: ProblemKind, message: impl Into<String>) {
        self.problems.push(Problem { source, span, kind, message: message.into() });
    }

    /// Modules remain that were not followed.
    pub fn too_many_modules(&mut self) {
        let source = self.request.package.source.clone();
        self.problem(source, Span::default(), ProblemKind::Limit, "more than 50,000 modules");
    }

    /// A module has imports that were not followed.
    pub fn too_many_imports(&mut self, source: &Source) {
        self.problem(source.clone(), Span::default(), ProblemKind::Limit, "more than 10,000 imports");
    }
}
