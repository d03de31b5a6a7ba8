//! Globs of the configuration over paths of the tree.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::source::TreePath;

/// A glob that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{glob}` is not a glob: {reason}")]
pub struct GlobError {
    /// The glob as written.
    pub glob: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A set of globs. As in `.gitignore`, one without `/` matches a name at any depth, and one that
/// matches a folder matches all that is below it; `*` stops at `/`, `**` does not.
#[derive(Clone, Debug, Default)]
pub struct Globs(GlobSet);

impl Globs {
    /// Compiles globs.
    pub fn new(globs: &[impl AsRef<str>]) -> Result<Self, GlobError> {
        let mut set = GlobSetBuilder::new();
        for written in globs {
            let written = written.as_ref();
            let failed = |error: globset::Error| GlobError { glob: written.into(), reason: error.kind().to_string() };
            let is_rooted = written.starts_with('/') || written.starts_with("./");
            let glob = written.trim_start_matches("./").trim_start_matches('/').trim_end_matches('/');
            let glob = if glob.contains('/') || is_rooted { glob.to_owned() } else { format!("**/{glob}") };
            for glob in [format!("{glob}/**"), glob] {
                set.add(GlobBuilder::new(&glob).literal_separator(true).build().map_err(failed)?);
            }
        }
        let set = set.build().map_err(|error| GlobError { glob: String::new(), reason: error.kind().to_string() })?;
        Ok(Self(set))
    }

    /// True when one of them matches.
    pub fn matches(&self, path: &TreePath) -> bool {
        !self.0.is_empty() && self.0.is_match(&*path.lossy())
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_mean_what_ignore_files_make_people_expect() {
        let matches = |glob: &str, path: &str| Globs::new(&[glob]).unwrap().matches(&path.into());
        assert!(matches("*.yml", "a/b/c.yml"));
        assert!(matches("a/*.yml", "a/c.yml"));
        assert!(!matches("a/*.yml", "a/b/c.yml"));
        assert!(matches("a/**/*.yml", "a/b/c.yml"));
        assert!(matches("b", "a/b/c.yml"));
        assert!(!matches("/b", "a/b/c.yml"));
        assert!(matches("a/b/", "a/b/c.yml"));
        assert!(!matches("a/b", "a/bc.yml"));
        assert!(Globs::new(&["a[", "b"]).is_err());
        assert!(!Globs::default().matches(&"a".into()));
    }
}
