//! Keywords that functions and classes of the standard library learned in later versions.

use super::version::PythonVersion;

/// (Module, name, keyword, the first minor version of Python 3 that knows it).
///
/// Source: docs.python.org/3/library/typing.html ("Changed in version"), 2026-11.
const LATER_KEYWORDS: [(&str, &str, &str, u8); 5] = [
    ("typing", "ParamSpec", "default", 13),
    ("typing", "ParamSpec", "infer_variance", 12),
    ("typing", "TypeVar", "default", 13),
    ("typing", "TypeVar", "infer_variance", 12),
    ("typing", "TypeVarTuple", "default", 13),
];

impl PythonVersion {
    /// What the interpreter says when something of the standard library is called with a keyword that this version does
    /// not know yet; `None` where it knows it, or nobody can say.
    ///
    /// Source of the texts: CPython, `Lib/typing.py` up to 3.11, `Python/getargs.c` of 3.12.
    pub fn refuses_keyword(self, module: &str, name: &str, keyword: &str) -> Option<String> {
        let is_meant = |row: &&(&str, &str, &str, u8)| (row.0, row.1, row.2) == (module, name, keyword);
        let (.., first) = LATER_KEYWORDS.iter().find(is_meant)?;
        if self.minor >= *first {
            return None;
        }
        Some(match self.minor {
            ..10 => format!("TypeError: __init__() got an unexpected keyword argument '{keyword}'"),
            10 | 11 => format!("TypeError: {name}.__init__() got an unexpected keyword argument '{keyword}'"),
            _ => format!("TypeError: '{keyword}' is an invalid keyword argument for {}()", name.to_lowercase()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_come_with_versions() {
        let refused =
            |minor, keyword| PythonVersion { minor, arm: false }.refuses_keyword("typing", "TypeVar", keyword);
        let said = "TypeError: TypeVar.__init__() got an unexpected keyword argument 'default'";
        assert_eq!(refused(11, "default").as_deref(), Some(said));
        assert!(refused(12, "default").is_some() && refused(12, "infer_variance").is_none());
        assert_eq!(refused(13, "default"), None);
        assert_eq!(refused(8, "bound"), None);
    }
}
