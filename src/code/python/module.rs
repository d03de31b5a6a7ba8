//! What one Python module says, without any type of the parser.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::code::calls::Calls;
use crate::code::{Environment, Strength};
use crate::source::Span;

/// Where the code will run, as far as constants in it depend on that: CPython on Linux.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Minor version of Python 3.
    pub minor: u8,
    /// `platform.machine()`: `x86_64` or `aarch64`.
    pub machine: &'static str,
    /// The working directory, absolute.
    pub working_folder: &'static str,
    /// What is known of environment variables.
    pub environment: Environment,
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

/// A call of a function of another module, or of a class there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutCall {
    /// The import that bound the name that is called: its module and dots.
    pub module: String,
    /// How many dots stand before the module.
    pub level: u32,
    /// What is called in it: `f`, or `a.f` below it.
    pub name: String,
    /// How surely it is called when the module is loaded.
    pub strength: Strength,
    pub(super) function: usize,
}

/// What binds a name where the import that is tried first fails, and how that name is called while the module is loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Substitute {
    /// The module that it comes from then.
    pub module: String,
    /// The name in that module.
    pub name: String,
    /// Keywords of the calls whose failure nothing catches.
    pub keywords: BTreeSet<String>,
}

/// The name of a file that code puts into a path or opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName {
    /// As written.
    pub name: String,
    /// Where.
    pub span: Span,
    /// How surely that is evaluated when the module is loaded.
    pub strength: Strength,
    pub(super) function: usize,
}

/// What a function reaches once it is called: for each item of the module how surely, `None` for those that it does not
/// reach.
#[derive(Clone, Debug, Default)]
pub struct OnCall {
    all: Vec<Option<Strength>>,
    metadata: usize,
    calls: usize,
    files: usize,
}

impl OnCall {
    /// Of an import.
    pub fn import(&self, at: usize) -> Option<Strength> {
        self.all.get(at).copied().flatten()
    }

    /// Of a question for metadata.
    pub fn metadata(&self, at: usize) -> Option<Strength> {
        self.import(self.metadata + at)
    }

    /// Of a call of another module's function.
    pub fn call(&self, at: usize) -> Option<Strength> {
        self.import(self.calls + at)
    }

    /// Of a file's name.
    pub fn file(&self, at: usize) -> Option<Strength> {
        self.import(self.files + at)
    }
}

/// A change of `sys.path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathChange {
    /// What is added; `None` when it cannot be told.
    pub folder: Option<PathFolder>,
    /// It stands at the top level of the module, not inside a function.
    pub on_load: bool,
}

/// A change of an environment variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableChange {
    /// Its name; `None` when it cannot be told.
    pub name: Option<String>,
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
    /// Branches of the top level of which one surely runs: the imports of each (indexes in the same list) that it does
    /// not leave out.
    pub choices: Vec<Vec<Vec<usize>>>,
    /// What stands in for imports (by index in the same list) that are tried.
    pub substitutes: BTreeMap<usize, Substitute>,
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
    /// What it does to environment variables, other than to give those a value that have none.
    pub variable_changes: Vec<VariableChange>,
    /// Metadata that it asks for.
    pub metadata: Vec<Metadata>,
    /// Functions of other modules that it calls.
    pub out_calls: Vec<OutCall>,
    /// Names of files that it puts into paths or opens.
    pub files: Vec<FileName>,
    /// Attributes of imported modules that it uses.
    pub uses: Vec<Use>,
    /// Syntax that the target version does not know: message and place.
    pub unsupported: Option<(String, Span)>,
    pub(super) calls: Calls,
    pub(super) functions: FxHashMap<String, usize>,
    /// Functions in whose place a decorator may put another.
    pub(super) decorated: FxHashSet<usize>,
    /// The `__init__` of each class, by the name of the class.
    pub(super) classes: FxHashMap<String, usize>,
}

impl ModuleFacts {
    /// What the function of this name reaches once it is called; `None` when the module has none. A class is called by
    /// the name of its `__init__`.
    pub fn on_call(&self, name: &str) -> Option<OnCall> {
        let function = self.function(name)?;
        let metadata = self.imports.len();
        let calls = metadata + self.metadata.len();
        let files = calls + self.out_calls.len();
        let all = self.calls.reached_from(function, files + self.files.len());
        Some(OnCall { all, metadata, calls, files })
    }

    /// True when a call by this name may run something else than the function: a decorator put another in its place, or
    /// another statement gave the name another value.
    pub fn is_replaced(&self, name: &str) -> bool {
        let rebound = self.names.get(name).is_some_and(|statements| *statements > 1);
        rebound || self.function(name).is_some_and(|function| self.decorated.contains(&function))
    }

    /// The function that a name calls: of a class, its `__init__`.
    pub(super) fn function(&self, name: &str) -> Option<usize> {
        self.functions.get(name).or_else(|| self.classes.get(name)).copied()
    }

    /// Names with letters that were not decoded may be others. `shift` bytes stand before these.
    pub(super) fn doubt_names(&mut self, bytes: &[u8], shift: u32) {
        let is_plain = |span: Span| {
            let place = span.start.saturating_sub(shift) as usize..span.end.saturating_sub(shift) as usize;
            bytes.get(place).is_some_and(<[u8]>::is_ascii)
        };
        self.open = true;
        for import in &mut self.imports {
            if !is_plain(import.span) || !import.names.iter().all(|name| is_plain(name.span)) {
                import.strength = Strength::Soft;
            }
        }
    }

    /// One more statement binds a name.
    pub(super) fn bind(&mut self, name: &str) {
        match self.names.get_mut(name) {
            Some(count) => *count += 1,
            None => drop(self.names.insert(name.to_owned(), 1)),
        }
    }

    /// An import that only type checkers follow takes this name.
    pub fn names_for_types(&self, name: &str) -> bool {
        self.imports.iter().any(|import| import.type_only && import.names.iter().any(|own| own.name == name))
    }

    /// Reckons how surely everything is evaluated when the module is loaded.
    pub(super) fn reckon(&mut self) {
        let exported: Vec<usize> = self.functions.values().copied().collect();
        // Whatever a function evaluates takes part as if it were an import.
        let metadata = self.metadata.iter().map(|item| (item.function, item.strength));
        let calls = self.out_calls.iter().map(|item| (item.function, item.strength));
        let files = self.files.iter().map(|item| (item.function, item.strength));
        let rest: Vec<(usize, Strength)> = metadata.chain(calls).chain(files).collect();
        let imports = self.imports.len();
        let numbered = rest.iter().enumerate();
        self.calls.imports.extend(numbered.map(|(at, (function, strength))| (*function, imports + at, *strength)));
        let rebound = self.functions.keys().chain(self.classes.keys()).filter(|name| self.is_replaced(name));
        let replaced: FxHashSet<usize> = rebound.filter_map(|name| self.function(name)).collect();
        let unsure = self.calls.calls.iter_mut().filter(|(_, callee, _)| replaced.contains(callee));
        unsure.for_each(|(_, _, strength)| *strength = (*strength).min(Strength::Conditional));
        let strengths = self.calls.on_load(imports + rest.len(), &exported);
        let own = self.imports.iter_mut().map(|item| &mut item.strength);
        let own = own.chain(self.metadata.iter_mut().map(|item| &mut item.strength));
        let own = own.chain(self.out_calls.iter_mut().map(|item| &mut item.strength));
        let own = own.chain(self.files.iter_mut().map(|item| &mut item.strength));
        own.zip(strengths).for_each(|(own, strength)| *own = strength);
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
    /// So that nobody knows how deep it nests.
    #[error("brackets or strings do not match in more than 65,536 bytes")]
    Unmatched,
}

/// Why nothing can be said of a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It nests too deeply.
    #[error("{0}")]
    TooDeep(#[from] TooDeep),
    /// It is encoded in a way that is not read.
    #[error("encoding `{0}` is not read")]
    Encoding(String),
    /// It is not Python: (the parser's message, where).
    #[error("{0}")]
    Syntax(String, Span),
}
