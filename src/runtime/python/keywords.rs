//! Keywords that functions and classes of the standard library learned in later versions.

use super::version::PythonVersion;

/// A keyword of a function or class, and since when it is known.
struct Keyword {
    module: &'static str,
    name: &'static str,
    /// First minor version of Python 3 with the name itself.
    name_since: u8,
    keyword: &'static str,
    /// First minor version of Python 3 that knows the keyword.
    since: u8,
}

impl Keyword {
    const fn of_typing(name: &'static str, name_since: u8, keyword: &'static str, since: u8) -> Self {
        Self { module: "typing", name, name_since, keyword, since }
    }
}

/// Source: docs.python.org/3/library/typing.html ("Added in version", "Changed in version"), 2026-11.
const LATER_KEYWORDS: [Keyword; 5] = [
    Keyword::of_typing("ParamSpec", 10, "default", 13),
    Keyword::of_typing("ParamSpec", 10, "infer_variance", 12),
    Keyword::of_typing("TypeVar", 5, "default", 13),
    Keyword::of_typing("TypeVar", 5, "infer_variance", 12),
    Keyword::of_typing("TypeVarTuple", 11, "default", 13),
];

impl PythonVersion {
    /// What the interpreter says when something of the standard library is called with a keyword that this version does
    /// not know yet; `None` where it knows it, or nobody can say.
    ///
    /// Source of the texts: what CPython 3.8.18, 3.9.18, 3.10.13, 3.11.7 and 3.12.1 print for calls with a name and the
    /// keyword, 2026-11. From 3.12 on these classes are written in C.
    pub fn refuses_keyword(self, module: &str, name: &str, keyword: &str) -> Option<String> {
        let is_meant = |row: &&Keyword| (row.module, row.name, row.keyword) == (module, name, keyword);
        let row = LATER_KEYWORDS.iter().find(is_meant).filter(|row| self.minor < row.since)?;
        let lower = name.to_lowercase();
        Some(match (self.minor, name) {
            (minor, _) if minor < row.name_since => format!("ImportError: cannot import name '{name}' from '{module}'"),
            (..10, _) => format!("TypeError: __init__() got an unexpected keyword argument '{keyword}'"),
            (10 | 11, _) => format!("TypeError: {name}.__init__() got an unexpected keyword argument '{keyword}'"),
            (_, "TypeVarTuple") => format!("TypeError: {lower}() takes at most 1 argument (2 given)"),
            _ => format!("TypeError: '{keyword}' is an invalid keyword argument for {lower}()"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_come_with_versions() {
        let refused = |minor, name, keyword| {
            let said = PythonVersion { minor, arm: false }.refuses_keyword("typing", name, keyword);
            said.unwrap_or_default()
        };
        let said = [
            (9, "TypeVar", "TypeError: __init__() got an unexpected keyword argument 'default'"),
            (9, "ParamSpec", "ImportError: cannot import name 'ParamSpec' from 'typing'"),
            (11, "TypeVar", "TypeError: TypeVar.__init__() got an unexpected keyword argument 'default'"),
            (12, "ParamSpec", "TypeError: 'default' is an invalid keyword argument for paramspec()"),
            (12, "TypeVarTuple", "TypeError: typevartuple() takes at most 1 argument (2 given)"),
            (13, "TypeVar", ""),
        ];
        for (minor, name, text) in said {
            assert_eq!(refused(minor, name, "default"), text);
        }
        assert_eq!(refused(12, "TypeVar", "infer_variance"), "");
        assert_eq!(refused(8, "TypeVar", "bound"), "");
    }
}
