//! Calls that load modules, change where modules come from, or need metadata.

use ruff_python_ast::{Expr, ExprCall, InterpolatedStringElement, Operator};
use ruff_text_size::Ranged;

use super::fold::{Constant, LENGTH, dotted};
use super::module::{FileName, Form, Metadata, OutCall, PathChange, PathFolder, VariableChange};
use super::walk::{Bound, LITERALS, Walk};
use crate::code::Strength;
use crate::code::calls::TOP;

/// Functions that open a file or make its path, by their last name.
const OPENERS: [&str; 12] = [
    "get_data",
    "get_path",
    "join",
    "joinpath",
    "open",
    "open_binary",
    "open_text",
    "path",
    "read_binary",
    "read_text",
    "resource_filename",
    "resource_string",
];
/// Most calls of other modules' functions of one module that are kept.
const OUT_CALLS: usize = 10_000;
/// Most changes of environment variables of one module that are kept.
const VARIABLES: usize = 1_000;
/// Most names of files of one module that are kept.
const FILES: usize = 1_000;

impl Walk<'_> {
    /// `sys.modules[name] = …`: modules of names that can be read; else any module below this one may be put there.
    pub(super) fn put_into_modules<'e>(&mut self, names: impl Iterator<Item = &'e Expr>) {
        for name in names {
            let literals = self.literals(name);
            if literals.is_empty() {
                self.facts.children_open = true;
                self.facts.open = true;
            }
            self.facts.aliases.extend(literals);
        }
    }

    /// A module's name that is a literal, or the literals that a loop's variable takes.
    pub(super) fn literals(&self, expr: &Expr) -> Vec<String> {
        let short = |mut texts: Vec<String>| {
            texts.retain(|text| text.len() <= LENGTH);
            texts
        };
        match expr {
            Expr::StringLiteral(text) if text.value.len() <= LENGTH => vec![text.value.to_str().to_owned()],
            Expr::Name(name) => match self.loops.get(name.id.as_str()) {
                Some(values) => values.clone(),
                None => match self.constants.get(name.id.as_str()) {
                    Some(Constant::Text(text)) => vec![text.clone()],
                    _ => Vec::new(),
                },
            },
            Expr::FString(string) => {
                // `f"plugins.{name}"` over a literal loop.
                let mut texts = vec![String::new()];
                for element in string.value.elements() {
                    let parts = match element {
                        InterpolatedStringElement::Literal(text) => vec![text.value.to_string()],
                        InterpolatedStringElement::Interpolation(hole) => self.literals(&hole.expression),
                    };
                    let all = texts.iter().flat_map(|text| parts.iter().map(move |part| format!("{text}{part}")));
                    texts = short(all.take(LITERALS).collect());
                }
                texts
            }
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                let (left, right) = (self.literals(&sum.left), self.literals(&sum.right));
                let all = left.iter().flat_map(|left| right.iter().map(move |right| format!("{left}{right}")));
                short(all.take(LITERALS).collect())
            }
            // An environment variable.
            Expr::Subscript(_) | Expr::Call(_) => match self.folder().fold(expr) {
                Some(Constant::Text(text)) => vec![text],
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    pub(super) fn call(&mut self, call: &ExprCall) {
        // What only type checkers see, or never runs, has no effect.
        if self.type_only {
            return;
        }
        let last = match &*call.func {
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Name(name) => name.id.as_str(),
            _ => "",
        };
        if OPENERS.contains(&last) {
            call.arguments.args.iter().for_each(|argument| self.file_name(argument));
        }
        let Some(name) = dotted(&call.func) else { return };
        let span = self.span(call.range());
        match &*name {
            "importlib.import_module" | "import_module" | "__import__" | "_importlib.import_module" => {
                let Some(first) = call.arguments.args.first() else { return };
                let package = call.arguments.args.len() > 1 || !call.arguments.keywords.is_empty();
                for text in self.literals(first) {
                    let level = text.bytes().take_while(|byte| *byte == b'.').count();
                    let module = text[level..].to_owned();
                    if module.is_empty() || (name == "__import__" && package && level > 0) {
                        continue;
                    }
                    let level = u32::try_from(level).unwrap_or(0);
                    self.record(module, level, Vec::new(), false, Form::ImportModule, span);
                }
            }
            "globals" | "exec" | "vars" | "locals" => self.facts.open = true,
            "setattr" => self.facts.open = true,
            "sys.path.append" | "site.addsitedir" => self.path_change(call.arguments.args.first()),
            "sys.path.insert" => self.path_change(call.arguments.args.get(1)),
            "sys.path.extend" => call.arguments.args.iter().for_each(|list| self.path_changes(list)),
            "sys.modules.setdefault" | "sys.modules.__setitem__" => {
                self.put_into_modules(call.arguments.args.iter().take(1));
            }
            "sys.modules.update" => match call.arguments.args.first() {
                Some(Expr::Dict(given)) if given.items.iter().all(|item| item.key.is_some()) => {
                    self.put_into_modules(given.items.iter().filter_map(|item| item.key.as_ref()));
                }
                _ => {
                    self.facts.children_open = true;
                    self.facts.open = true;
                }
            },
            "os.environ.update" | "environ.update" => {
                let keywords = call.arguments.keywords.iter();
                keywords.for_each(|keyword| self.variable_change(keyword.arg.as_ref().map(|name| name.to_string())));
                call.arguments.args.iter().for_each(|given| self.variables_given(given));
            }
            "os.environ.pop" | "environ.pop" | "os.environ.__setitem__" | "environ.__setitem__" => {
                self.variables_changed(call.arguments.args.first());
            }
            "os.environ.clear" | "environ.clear" => self.variable_change(None),
            "sys.meta_path.append"
            | "sys.meta_path.insert"
            | "__path__.append"
            | "__path__.insert"
            | "__path__.extend" => {
                self.facts.children_open = true;
                self.facts.open = true;
            }
            "lazy.attach" | "lazy_loader.attach" | "lazy.attach_stub" => self.facts.open = true,
            "metadata.version"
            | "importlib.metadata.version"
            | "importlib_metadata.version"
            | "version"
            | "pkg_resources.get_distribution"
            | "get_distribution"
            | "metadata.metadata"
            | "importlib.metadata.metadata"
            | "importlib.metadata.distribution"
            | "metadata.distribution"
            | "importlib_metadata.distribution" => {
                let known = name.contains('.')
                    || self
                        .bound
                        .get(&*name)
                        .is_some_and(|bound| bound.module.contains("metadata") || bound.module == "pkg_resources");
                if let (true, Some(first)) = (known, call.arguments.args.first())
                    && let [distribution] = self.literals(first).as_slice()
                {
                    self.facts.metadata.push(Metadata {
                        distribution: distribution.clone(),
                        span,
                        strength: self.strength,
                        function: self.function,
                    });
                }
            }
            _ => {}
        }
        self.substitute_called(&name, call);
        self.called(&name);
    }

    /// A name is called that one import binds, or another where that one fails: each must know the keywords.
    fn substitute_called(&mut self, name: &str, call: &ExprCall) {
        let is_sure = self.function == TOP && self.strength == Strength::Hard && self.is_uncaught();
        // Bound by the two alone, it can be nothing else.
        if !is_sure || self.facts.names.get(name) != Some(&2) {
            return;
        }
        if let Some(Bound { module, level: 0, name: Some(own), instead_of: Some(tried) }) = self.bound.get(name) {
            let (module, own) = (module.clone(), own.clone());
            let substitute = self.facts.substitutes.entry(*tried).or_default();
            (substitute.module, substitute.name) = (module, own);
            let keywords = call.arguments.keywords.iter().filter_map(|keyword| keyword.arg.as_ref());
            substitute.keywords.extend(keywords.map(|keyword| keyword.as_str().to_owned()));
        }
    }

    /// A function or class of the module, or one that an import bound, is called.
    pub(super) fn called(&mut self, name: &str) {
        if self.type_only {
            return;
        }
        if let Some(callee) = self.facts.function(name) {
            return self.facts.calls.calls.push((self.function, callee, self.strength));
        }
        // Of `import a.b.c`, the name is bound to `a`.
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        let Some(bound) = self.bound.get(first) else { return };
        let called = match (&bound.name, rest) {
            (Some(name), Some(rest)) => format!("{name}.{rest}"),
            (Some(name), None) => name.clone(),
            (None, Some(rest)) => rest.to_owned(),
            (None, None) => return,
        };
        let (module, level) = (bound.module.clone(), bound.level);
        let (function, strength) = (self.function, self.strength);
        if strength > Strength::Soft && self.facts.out_calls.len() < OUT_CALLS {
            self.facts.out_calls.push(OutCall { module, level, name: called, strength, function });
        }
    }

    /// A literal that may be the name of a file which is opened.
    pub(super) fn file_name(&mut self, expr: &Expr) {
        if let Expr::StringLiteral(text) = expr
            && !self.type_only
            && self.facts.files.len() < FILES
        {
            let name = text.value.to_str();
            let plausible = name.contains('.') && name.len() <= 100 && !name.contains(char::is_whitespace);
            if plausible {
                let (name, span) = (name.to_owned(), self.span(expr.range()));
                let (function, strength) = (self.function, self.strength);
                self.facts.files.push(FileName { name, span, strength, function });
            }
        }
    }

    /// `sys.path` gets a folder, or something that cannot be told.
    pub(super) fn path_change(&mut self, added: Option<&Expr>) {
        if self.type_only || self.strength == Strength::Soft {
            return;
        }
        let folder = added.and_then(|expr| self.added_folder(expr));
        self.facts.path_changes.push(PathChange { folder, on_load: self.top });
    }

    /// `sys.path` gets every folder of a list.
    pub(super) fn path_changes(&mut self, list: &Expr) {
        match list {
            Expr::List(list) => list.elts.iter().for_each(|element| self.path_change(Some(element))),
            _ => self.path_change(None),
        }
    }

    /// Variables of these names get other values: names that can be read; else any may.
    pub(super) fn variables_changed(&mut self, name: Option<&Expr>) {
        let names = name.map(|name| self.literals(name)).unwrap_or_default();
        if names.is_empty() {
            self.variable_change(None);
        }
        names.into_iter().for_each(|name| self.variable_change(Some(name)));
    }

    /// Variables get what a mapping holds.
    pub(super) fn variables_given(&mut self, given: &Expr) {
        match given {
            Expr::Dict(given) => given.items.iter().for_each(|item| self.variables_changed(item.key.as_ref())),
            _ => self.variable_change(None),
        }
    }

    fn variable_change(&mut self, name: Option<String>) {
        if !self.type_only && self.facts.variable_changes.len() < VARIABLES {
            self.facts.variable_changes.push(VariableChange { name, on_load: self.top });
        }
    }

    fn added_folder(&self, expr: &Expr) -> Option<PathFolder> {
        match self.folder().fold(expr)? {
            Constant::Here(path) => Some(PathFolder::Here(path)),
            Constant::Text(path) => Some(PathFolder::Written(path)),
            _ => None,
        }
    }
}
