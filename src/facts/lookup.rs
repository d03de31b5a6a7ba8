//! Paths that a deployment names, and what was found there.

use super::field::hidden_field;
use crate::source::TreePath;
use crate::value::{Value, Why};

/// What is at a path of the judged tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// Not asked yet.
    Pending,
    /// A file is there; `executable` by its mode.
    File,
    /// A folder is there.
    Folder,
    /// Nothing is there.
    Absent {
        /// An ignore rule matches it, so it is made by something.
        generated: bool,
        /// A name beside it that is close (other case, a letter off).
        near: Option<String>,
        /// What the same written path leads to from a folder above.
        above: Option<TreePath>,
    },
    /// It cannot be asked: outside the tree, or the path is not decided.
    NotJudged(Why),
}

/// A path as written and where it leads.
#[derive(Clone, Debug)]
pub struct PathUse {
    /// As written.
    pub written: Value<String>,
    /// From the root of the tree, when it is decided and stays inside.
    pub resolved: Option<TreePath>,
    /// Where the same text would lead from the folders above, the nearest first.
    pub from_above: Vec<TreePath>,
    /// What is there; filled in when the tree is asked.
    pub found: Lookup,
}

impl PathUse {
    /// A path written relative to a folder of the tree.
    pub fn new(written: Value<String>, folder: &TreePath) -> Self {
        let (resolved, found) = match (written.get(), written.undecided()) {
            (Some(text), _) => match folder.join(text) {
                Some(path) => (Some(path), Lookup::Pending),
                None => (None, Lookup::NotJudged(Why::new("path outside the repository"))),
            },
            (None, Some(why)) => (None, Lookup::NotJudged(why)),
            (None, None) => (None, Lookup::NotJudged(Why::new("no path"))),
        };
        Self { written, resolved, from_above: Vec::new(), found }
    }

    /// The same, where the path may also be meant relative to a folder above.
    pub fn or_from_above(mut self, folder: &TreePath) -> Self {
        let Some(text) = self.written.get().filter(|text| !text.starts_with('/')) else { return self };
        let mut at = folder.clone();
        while !at.is_root() {
            at = at.parent();
            self.from_above.extend(at.join(text));
        }
        self
    }
}

impl crate::facts::AsField for PathUse {
    const KIND: &'static str = "text";
    fn as_field(&self) -> crate::facts::Field<'_> {
        crate::facts::Field::Text(&self.written)
    }
}

hidden_field!(Lookup);
hidden_field!(Option<TreePath>);
