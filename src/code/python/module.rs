//! What one Python module says, without any type of the parser.

use std::collections::BTreeMap;

use crate::code::Strength;
use crate::code::calls::Calls;
use crate::source::Span;

/// Where the code will run, as far as constants in it depend on that: CPython on Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// Minor version of Python 3.
    pub minor: u8,
    /// `platform.machine()`: `x86_64` or `aarch64`.
    pub machine: &'static str,
}

/// The form of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `import a.b`.
    Import,
    /// `from a import b`.
    From,
    /// `importlib.import_module("a.b")`, `__import__("a.b")`.
    ImportModule,
}

impl Form {
    /// The word for it in facts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::From => "from",
            Self::ImportModule => "import_module",
        }
    }
}

/// A name that `from … import` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name in the other module.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Dotted name, empty for `from . import x`.
    pub module: String,
    /// How many dots stand before it.
    pub level: u32,
    /// What `from` takes from it.
    pub names: Vec<Name>,
    /// `from … import *`.
    pub star: bool,
    /// Its form.
    pub form: Form,
    /// The module's name, or the whole statement.
    pub span: Span,
    /// How surely it is evaluated when the module is loaded.
    pub strength: Strength,
    /// Only type checkers follow it, but a module-level `__getattr__` may hand its names on.
    pub type_only: bool,
    /// It stands in the `except` of these imports (indexes in the same list): it is evaluated only
    /// where one of them fails.
    pub instead_of: Vec<usize>,
}

/// `importlib.metadata.version("x")` and the like: needs the metadata of an installed distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Name of the distribution.
    pub distribution: String,
    /// The name as written.
    pub span: Span,
    /// How surely it is evaluated when the module is loaded.
    pub strength: Strength,
    pub(super) function: usize,
}

/// A change of `sys.path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathChange {
    /// What is added; `None` when it cannot be told.
    pub folder: Option<PathFolder>,
    /// It stands at the top level of the module, not inside a function.
    pub on_load: bool,
}

/// A folder that is added to `sys.path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathFolder {
    /// Relative to the folder of the module's own file.
    Here(String),
    /// Absolute, or relative to the working directory.
    Written(String),
}

/// `name.attribute`, where an import bound the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The imported module.
    pub module: String,
    /// What is asked of it.
    pub attribute: String,
    /// Where.
    pub span: Span,
}

/// What a module says.
#[derive(Clone, Debug, Default)]
pub struct ModuleFacts {
    /// Its imports, in the order of the text.
    pub imports: Vec<Import>,
    /// Names bound at the top level, with whatever condition, and how many statements bind each.
    pub names: BTreeMap<String, u32>,
    /// More names may be bound than can be seen.
    pub open: bool,
    /// It has a module-level `__getattr__`.
    pub getattr: bool,
    /// It changes `__path__`, `sys.modules` or `sys.meta_path`: modules below it may come from anywhere.
    pub children_open: bool,
    /// Names that it puts into `sys.modules` itself.
    pub aliases: Vec<String>,
    /// What it does to `sys.path`.
    pub path_changes: Vec<PathChange>,
    /// Metadata that it asks for.
    pub metadata: Vec<Metadata>,
    /// Attributes of imported modules that it uses.
    pub uses: Vec<Use>,
    /// Syntax that the target version does not know: message and place.
    pub unsupported: Option<(String, Span)>,
    pub(super) calls: Calls,
    pub(super) functions: BTreeMap<String, usize>,
}

impl ModuleFacts {
    /// How surely each import is evaluated once the function of this name is called; `None` for imports
    /// that it does not reach.
    pub fn on_call(&self, name: &str) -> Vec<Option<Strength>> {
        match self.functions.get(name) {
            Some(function) => self.calls.reached_from(*function, self.imports.len()),
            None => vec![None; self.imports.len()],
        }
    }
}

/// Why a text was not handed to the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooDeep {
    /// Brackets.
    #[error("brackets nest deeper than 1,000")]
    Brackets,
    /// Operators of one statement.
    #[error("more than 5,000 operators nest in one statement")]
    Operators,
    /// Blocks.
    #[error("blocks nest deeper than 100")]
    Blocks,
}

/// Why nothing can be said of a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It nests too deeply.
    #[error("{0}")]
    TooDeep(#[from] TooDeep),
    /// It is not Python: (the parser's message, where).
    #[error("{0}")]
    Syntax(String, Span),
}
