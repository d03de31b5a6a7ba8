//! What a path says a file is for.

use super::tokens;
use crate::source::TreePath;

/// What a file is for, as its path tells. Findings in the last three are `info` at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PathClass {
    /// It may be deployed.
    Deploy,
    /// Source code.
    Source,
    /// Tests and what they need.
    Test,
    /// Shown as an example.
    Example,
    /// Documentation.
    Docs,
}

impl PathClass {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Deploy => "deploy",
            Self::Source => "source",
            Self::Test => "test",
            Self::Example => "example",
            Self::Docs => "docs",
        }
    }

    /// True for the classes whose findings are `info` at most.
    pub fn is_lowered(self) -> bool {
        matches!(self, Self::Test | Self::Example | Self::Docs)
    }
}

/// Words in names of folders and files that tell a class (2026-07: GitHub linguist's
/// `documentation.yml`, and the layouts of npm, Maven, Go, pytest, RSpec, Cypress).
const CLASS_TOKENS: &[(&str, PathClass)] = &[
    ("test", PathClass::Test),
    ("tests", PathClass::Test),
    ("testing", PathClass::Test),
    ("testdata", PathClass::Test),
    ("e2e", PathClass::Test),
    ("fixture", PathClass::Test),
    ("fixtures", PathClass::Test),
    ("mock", PathClass::Test),
    ("mocks", PathClass::Test),
    ("example", PathClass::Example),
    ("examples", PathClass::Example),
    ("sample", PathClass::Example),
    ("samples", PathClass::Example),
    ("demo", PathClass::Example),
    ("demos", PathClass::Example),
    ("doc", PathClass::Docs),
    ("docs", PathClass::Docs),
    ("documentation", PathClass::Docs),
];

/// Names of folders that tell a class only as a whole: `spec/` holds tests, `pod-spec.yaml` does not.
const CLASS_FOLDERS: &[(&str, PathClass)] =
    &[("spec", PathClass::Test), ("specs", PathClass::Test), ("cypress", PathClass::Test), ("wiki", PathClass::Docs)];

/// Extensions of prose.
const PROSE: &[&str] = &["md", "mdx", "markdown", "rst", "adoc", "asciidoc"];

/// Extensions of source code (GitHub linguist, languages of type `programming`, 2026-07; those that
/// a deployed service is commonly written in).
const CODE: &[&str] = &[
    "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "vue", "svelte", "py", "pyi", "rb", "erb", "php", "go", "rs",
    "java", "kt", "kts", "scala", "groovy", "clj", "cs", "fs", "vb", "swift", "c", "h", "cc", "cpp", "hpp", "ex",
    "exs", "erl", "hs", "ml", "lua", "pl", "pm", "r", "dart", "elm", "html", "css", "scss", "less", "sql",
];

/// Words that make a path dev-like.
const DEV_TOKENS: &[&str] = &[
    "dev",
    "development",
    "test",
    "tests",
    "testing",
    "local",
    "localhost",
    "example",
    "examples",
    "sample",
    "samples",
    "override",
];

/// The class of a path; only names below `base` count, because who asks for a folder of examples
/// means them.
pub fn path_class(path: &TreePath, base: &TreePath) -> PathClass {
    let below = path.relative_to(base).unwrap_or_else(|| path.clone());
    let text = below.lossy();
    let mut names: Vec<&str> = text.split('/').filter(|name| !name.is_empty()).collect();
    let extension = path.extension().unwrap_or_default();
    let is_code = CODE.contains(&extension.as_str());
    if let Some(file) = names.pop() {
        if let Some(class) = names.iter().find_map(|name| of_folder(name)) {
            return class;
        }
        if let Some(class) = of_file(file, is_code) {
            return class;
        }
    }
    if PROSE.contains(&extension.as_str()) {
        PathClass::Docs
    } else if is_code {
        PathClass::Source
    } else {
        PathClass::Deploy
    }
}

fn of_folder(name: &str) -> Option<PathClass> {
    let whole = CLASS_FOLDERS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known));
    whole.map(|(_, class)| *class).or_else(|| of_tokens(name))
}

fn of_file(name: &str, is_code: bool) -> Option<PathClass> {
    // `app.spec.ts`; a manifest may well describe a spec.
    if is_code && tokens(name).any(|token| token.eq_ignore_ascii_case("spec")) {
        return Some(PathClass::Test);
    }
    of_tokens(name)
}

fn of_tokens(name: &str) -> Option<PathClass> {
    let known = |word: &str| CLASS_TOKENS.iter().find(|(token, _)| token.eq_ignore_ascii_case(word));
    tokens(name).find_map(known).map(|(_, class)| *class)
}

/// True when a name in the path carries a dev, test, local, example or override word.
pub fn is_dev_like(path: &TreePath) -> bool {
    tokens(&path.lossy()).any(|word| DEV_TOKENS.iter().any(|token| token.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(path: &str) -> PathClass {
        path_class(&path.into(), &TreePath::root())
    }

    #[test]
    fn classes_by_name() {
        assert_eq!(class("deploy/app.yml"), PathClass::Deploy);
        assert_eq!(class("Dockerfile"), PathClass::Deploy);
        assert_eq!(class("src/app.ts"), PathClass::Source);
        assert_eq!(class("src/app.spec.ts"), PathClass::Test);
        assert_eq!(class("k8s/pod-spec.yaml"), PathClass::Deploy);
        assert_eq!(class("spec/app.yml"), PathClass::Test);
        assert_eq!(class("integration-tests/k8s/app.yml"), PathClass::Test);
        assert_eq!(class("pkg/handler_test.go"), PathClass::Test);
        assert_eq!(class("__tests__/a.js"), PathClass::Test);
        assert_eq!(class("examples/web/compose.yml"), PathClass::Example);
        assert_eq!(class(".env.example"), PathClass::Example);
        assert_eq!(class("docs/install/app.yml"), PathClass::Docs);
        assert_eq!(class("README.md"), PathClass::Docs);
        assert_eq!(class("contest/latest.yml"), PathClass::Deploy);
        assert_eq!(class(""), PathClass::Deploy);
    }

    #[test]
    fn a_path_asked_for_is_classed_from_there() {
        assert_eq!(path_class(&"examples/web/compose.yml".into(), &"examples".into()), PathClass::Deploy);
        assert_eq!(path_class(&"examples/web/test/compose.yml".into(), &"examples".into()), PathClass::Test);
        assert_eq!(path_class(&"examples/x.yml".into(), &"examples/x.yml".into()), PathClass::Deploy);
        assert_eq!(path_class(&"examples/x.yml".into(), &"other".into()), PathClass::Example);
    }

    #[test]
    fn dev_like_needs_a_whole_word() {
        assert!(is_dev_like(&"compose.dev.yml".into()));
        assert!(is_dev_like(&"local/compose.yml".into()));
        assert!(is_dev_like(&"docker-compose.override.yml".into()));
        assert!(!is_dev_like(&"devops/compose.yml".into()));
        assert!(!is_dev_like(&"compose.prod.yml".into()));
    }
}
