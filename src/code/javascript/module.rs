//! What one JavaScript module says, without any type of the parser.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashSet;

use super::implied::{LibraryCall, LibraryFile, LibraryGetter};
use crate::code::calls::{Calls, TOP};
use crate::code::{Environment, Strength};
use crate::source::Span;

/// As what a file is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// An ECMAScript module.
    Module,
    /// A CommonJS module.
    CommonJs,
}

/// Where the code will run, as far as what it says depends on that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// As what the file is loaded.
    pub goal: Goal,
    /// `process.arch`: `x64` or `arm64`.
    pub arch: &'static str,
    /// What is known of environment variables.
    pub environment: Environment,
    /// What libraries load when they are called.
    pub library_calls: &'static [LibraryCall],
    /// What libraries load when one of their exports is asked for.
    pub getters: &'static [LibraryGetter],
    /// What it exports is to be found out as far as its text tells.
    pub exports_matter: bool,
}

/// The form of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `require("x")`.
    Require,
    /// `require.resolve("x")`.
    RequireResolve,
    /// `import … from "x"`.
    Import,
    /// `import("x")`.
    DynamicImport,
    /// `export … from "x"`.
    ExportFrom,
}

impl Form {
    /// The word for it in facts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Require => "require",
            Self::RequireResolve => "require.resolve",
            Self::Import => "import",
            Self::DynamicImport => "import()",
            Self::ExportFrom => "export from",
        }
    }

    /// True when it is resolved as `import` does, not as `require`.
    pub fn is_import(self) -> bool {
        matches!(self, Self::Import | Self::DynamicImport | Self::ExportFrom)
    }
}

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The text of the specifier, empty when it is computed.
    pub specifier: String,
    /// The specifier as written, quotes included.
    pub span: Span,
    /// Its form.
    pub form: Form,
    /// How surely it is evaluated when the module is loaded.
    pub strength: Strength,
    /// The specifier is worked out at run time and could not be followed.
    pub computed: bool,
    /// It stands in the `catch` of these imports (indexes in the same list): it is evaluated only
    /// where one of them fails.
    pub instead_of: Vec<usize>,
    /// Names that it takes from the module, with the place of each. An ECMAScript module that lacks one is not
    /// linked at all.
    pub names: Vec<(String, Span)>,
    /// What it gives is called on the spot: `require("bindings")(…)`.
    pub called: bool,
    /// The file of a library that evaluates it, because of how the library is called here; `None` for the module itself.
    pub on_behalf_of: Option<LibraryFile>,
    /// It is evaluated while the module is loaded, be it guarded or under a condition.
    pub eager: bool,
    /// A TypeScript compiler leaves it out: no value of it is used.
    pub elided: bool,
}

/// A call of what another module exports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutCall {
    /// The module, as written where it is imported.
    pub specifier: String,
    /// It is imported, not required.
    pub import: bool,
    /// The exported name that is called; empty for the module itself, where that is a function.
    pub name: String,
    /// It is a property of the default import: of what a CommonJS module exports.
    pub of_default: bool,
    /// The local name that is called.
    pub local: String,
}

/// A use of something that is not there where the module runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// What is used.
    pub kind: UseKind,
    /// The name, or the specifier.
    pub name: String,
    /// Bytes of the file.
    pub span: Span,
    /// How surely it is evaluated when the module is loaded.
    pub strength: Strength,
}

/// What a [`Use`] is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UseKind {
    /// `require`, `module`, `exports`, `__dirname` or `__filename` in an ECMAScript module.
    CommonJsGlobal,
    /// A bundler's stand-in for `require` where there is no `require`.
    DynamicRequire,
}

/// A syntax that not every version of Node.js takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Syntax {
    /// What people call it.
    pub name: &'static str,
    /// First major version that takes it.
    pub first: u32,
    /// First major version that does not take it any more.
    pub gone: Option<u32>,
    /// Bytes of the file.
    pub span: Span,
}

/// What a module offers to others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exports {
    /// Names, `default` among them.
    pub names: BTreeSet<String>,
    /// Modules all of whose names are offered too (`export *`, `module.exports = require(…)`).
    pub from: Vec<String>,
    /// More names may be offered than can be seen.
    pub open: bool,
    /// Names whose value is surely no function, and whether it is true in a condition.
    pub literals: BTreeMap<String, bool>,
}

/// What only an ECMAScript module may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleSyntax {
    /// What a CommonJS loader says of it.
    pub error: &'static str,
    /// Bytes of the file.
    pub span: Span,
}

/// What a module says.
#[derive(Clone, Debug)]
pub struct ModuleFacts {
    /// Where it first says `import`, `export` or `import.meta`.
    pub module_syntax: Option<ModuleSyntax>,
    /// Its imports, in the order of the text.
    pub imports: Vec<Import>,
    /// What it offers.
    pub exports: Exports,
    /// Uses of what is not there.
    pub uses: Vec<Use>,
    /// Syntax that not every version takes, each kind once.
    pub newer: Vec<Syntax>,
    /// It may throw an error of its own while it is loaded.
    pub throws: bool,
    /// It sets properties of the global object that only CommonJS modules have as variables.
    pub sets_globals: bool,
    /// Environment variables that it gives another value.
    pub sets_variables: BTreeSet<String>,
    /// A tool wrote it (a bundle, minified code): that a person meant each line cannot be assumed.
    pub generated: bool,
    /// Messages of the parser for what it could not read; the rest was read.
    pub problems: Vec<(String, Span)>,
    /// Which function an exported name stands for, and which functions call which.
    pub(super) calls: Calls,
    /// Calls of what other modules export, and in which function each stands.
    pub(super) out_calls: Vec<OutCall>,
    pub(super) out_sites: Vec<(usize, usize, Strength)>,
    pub(super) exported_functions: BTreeMap<String, usize>,
    pub(super) asynchronous: FxHashSet<usize>,
}

impl ModuleFacts {
    /// Calls of what other modules export that are surely made once the function exported under this name is called.
    pub fn calls_out(&self, exported: &str) -> Vec<&OutCall> {
        let Some(function) = self.exported_functions.get(exported) else { return Vec::new() };
        if self.out_calls.is_empty() {
            return Vec::new();
        }
        let calls = Calls { imports: self.out_sites.clone(), ..self.calls.clone() };
        let reached = calls.reached_from(*function, self.out_calls.len());
        self.out_calls
            .iter()
            .zip(reached)
            .filter(|(_, own)| *own == Some(Strength::Hard))
            .map(|(call, _)| call)
            .collect()
    }

    /// Calls of what other modules export that are surely made while the module is loaded.
    pub fn calls_out_on_load(&self) -> Vec<&OutCall> {
        if self.out_calls.is_empty() {
            return Vec::new();
        }
        let calls = Calls { imports: self.out_sites.clone(), ..self.calls.clone() };
        let reached = calls.reached_from(TOP, self.out_calls.len());
        self.out_calls
            .iter()
            .zip(reached)
            .filter(|(_, own)| *own == Some(Strength::Hard))
            .map(|(call, _)| call)
            .collect()
    }

    /// The exported function that a call is of, by its name; `None` when there is none, or its body runs later.
    pub fn callee(&self, call: &OutCall, goal: Goal) -> Option<String> {
        let is_whole = call.import && call.name == "default";
        let name = match goal {
            Goal::CommonJs if is_whole => "",
            // A compiler's helper stands between: what has no default export of its own is one as a whole.
            Goal::CommonJs if call.name == "default" && !self.exported_functions.contains_key("default") => "",
            Goal::Module if call.of_default || !call.import => return None,
            _ => &call.name,
        };
        let function = self.exported_functions.get(name)?;
        (!self.asynchronous.contains(function)).then(|| name.to_owned())
    }

    /// True when a function that it exports may import, or call, what its loading does not.
    pub fn has_more(&self) -> bool {
        !self.exported_functions.is_empty()
            && (self.imports.iter().any(|own| own.strength != Strength::Hard) || !self.out_calls.is_empty())
    }

    /// How surely each import is evaluated once the function exported under this name is called;
    /// `None` for imports that it does not reach.
    pub fn on_call(&self, exported: &str) -> Vec<Option<Strength>> {
        match self.exported_functions.get(exported) {
            Some(function) => self.calls.reached_from(*function, self.imports.len()),
            None => vec![None; self.imports.len()],
        }
    }
}

/// Why a text was not handed to the parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooDeep {
    /// More than [`OPEN_BRACKETS`](super::depth::OPEN_BRACKETS) brackets are open at once.
    #[error("brackets nest deeper than 1,000")]
    Brackets,
    /// More than [`NESTED_OPERATORS`](super::depth::NESTED_OPERATORS) operators in one statement.
    #[error("more than 5,000 operators nest in one statement")]
    Operators,
    /// It cannot be told how deep it nests.
    #[error("how deep it nests cannot be told")]
    Undecided,
}

/// Why nothing can be said of a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It nests too deeply.
    #[error("{0}")]
    TooDeep(#[from] TooDeep),
    /// The parser gave up: (its message, where).
    #[error("{0}")]
    Syntax(String, Span),
}
