//! The walk over a module's syntax tree: imports with their strength, names, calls between functions.

mod bindings;
mod blocks;

use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use ruff_python_ast::{ExceptHandler, Expr, Operator, Stmt};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::fold::{Constant, Folder, dotted, is_environment};
use super::guard::{leaves, raised_later, raises};
use super::module::{Form, Import, ModuleFacts, Name, Target, Use};
use crate::code::Strength;
use crate::code::calls::TOP;
use crate::source::Span;
pub(super) use blocks::LITERALS;

/// Most imports of one module that are kept.
const IMPORTS: usize = 20_000;

/// Names of the module's top level whose values are known.
pub(super) type Constants = FxHashMap<String, Constant>;

pub(super) struct Walk<'t> {
    pub(super) target: &'t Target,
    /// Bytes before the text that was parsed.
    shift: u32,
    /// Dotted name of the module, when it is known.
    pub(super) module: Option<&'t str>,
    pub(super) facts: ModuleFacts,
    pub(super) constants: Constants,
    /// Names that imports bound.
    pub(super) bound: FxHashMap<String, Bound>,
    /// Literal values of a loop's variable.
    pub(super) loops: FxHashMap<String, Vec<String>>,
    /// Lists of the top level whose content is an error in the end.
    raised_later: FxHashSet<String>,
    pub(super) function: usize,
    pub(super) strength: Strength,
    instead_of: Vec<usize>,
    /// Blocks around that may catch any failure.
    catching: usize,
    /// Only type checkers come here.
    pub(super) type_only: bool,
    class: Option<String>,
    /// Not inside a function.
    pub(super) top: bool,
}

/// What an import bound a name to.
pub(super) struct Bound {
    pub module: String,
    pub level: u32,
    /// The name in the module, of `from … import`.
    pub name: Option<String>,
    /// The import that bound the same name, and that this one stands in for.
    pub instead_of: Option<usize>,
}

impl Bound {
    fn module(name: &str) -> Self {
        Self { module: name.to_owned(), level: 0, name: None, instead_of: None }
    }
}

impl<'t> Walk<'t> {
    pub fn new(target: &'t Target, shift: u32, module: Option<&'t str>) -> Self {
        let mut facts = ModuleFacts::default();
        facts.calls.functions = 1;
        Self {
            target,
            shift,
            module,
            facts,
            constants: Constants::default(),
            bound: FxHashMap::default(),
            loops: FxHashMap::default(),
            raised_later: FxHashSet::default(),
            function: TOP,
            strength: Strength::Hard,
            instead_of: Vec::new(),
            catching: 0,
            type_only: false,
            class: None,
            top: true,
        }
    }

    /// Numbers the functions of the module and of its classes, so that calls can name them before they are met.
    pub fn declare(&mut self, body: &[Stmt]) {
        self.raised_later.extend(raised_later(body));
        for statement in body {
            match statement {
                Stmt::FunctionDef(function) => self.number(function.name.as_str().to_owned()),
                Stmt::ClassDef(class) => {
                    for member in &class.body {
                        if let Stmt::FunctionDef(function) = member {
                            let (class, function) = (class.name.as_str(), function.name.as_str());
                            if function == "__init__" {
                                self.facts.classes.insert(class.to_owned(), self.facts.calls.functions);
                            }
                            self.number(format!("{class}.{function}"));
                        }
                    }
                }
                Stmt::If(branch) => {
                    self.declare(&branch.body);
                    branch.elif_else_clauses.iter().for_each(|clause| self.declare(&clause.body));
                }
                Stmt::Try(attempt) => {
                    self.declare(&attempt.body);
                    self.declare(&attempt.orelse);
                    for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
                        self.declare(&handler.body);
                    }
                }
                _ => {}
            }
        }
    }

    fn number(&mut self, name: String) {
        let next = self.facts.calls.functions;
        self.facts.calls.functions += 1;
        self.facts.functions.insert(name, next);
    }

    pub fn finish(mut self) -> ModuleFacts {
        self.facts.reckon();
        // Some take the function from another module: `__getattr__ = migrated(__name__)`.
        self.facts.getattr |= self.facts.names.contains_key("__getattr__");
        self.facts
    }

    pub(super) fn span(&self, range: TextRange) -> Span {
        Span { start: range.start().to_u32() + self.shift, end: range.end().to_u32() + self.shift }
    }

    pub(super) fn folder(&self) -> Folder<'_> {
        Folder { target: self.target, constants: &self.constants, module: self.module }
    }

    fn truth(&self, expr: &Expr) -> Option<bool> {
        self.folder().truth(expr)
    }

    fn at_most(&mut self, strength: Strength, visit: impl FnOnce(&mut Self)) {
        let saved = self.strength;
        self.strength = saved.min(strength);
        visit(self);
        self.strength = saved;
    }

    pub(super) fn record(&mut self, module: String, level: u32, names: Vec<Name>, star: bool, form: Form, span: Span) {
        let index = self.facts.imports.len();
        if index >= IMPORTS {
            return;
        }
        let strength = if self.type_only { Strength::Soft } else { self.strength };
        self.facts.imports.push(Import {
            module,
            level,
            names,
            star,
            form,
            span,
            strength,
            type_only: self.type_only,
            instead_of: self.instead_of.clone(),
        });
        self.facts.calls.imports.push((self.function, index, strength));
    }
}

impl<'a> Visitor<'a> for Walk<'_> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        let saved = self.strength;
        for statement in body {
            self.visit_stmt(statement);
            // What follows `if x: return` runs only sometimes.
            if let Stmt::If(branch) = statement
                && !raises(&branch.body)
                && leaves(&branch.body)
            {
                match self.truth(&branch.test) {
                    Some(true) => self.strength = Strength::Soft,
                    Some(false) => {}
                    None => self.strength = self.strength.min(Strength::Conditional),
                }
            } else if matches!(statement, Stmt::Raise(_) | Stmt::Return(_)) {
                self.strength = Strength::Soft;
            }
        }
        self.strength = saved;
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => self.import(import),
            Stmt::ImportFrom(import) => self.import_from(import),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::If(branch) => self.branch(branch),
            Stmt::With(with) => self.with(with),
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Assign(assign) => self.assign(assign),
            Stmt::AnnAssign(assign) => {
                // One without a value says what another module will set.
                self.bind_target(&assign.target);
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                }
            }
            Stmt::AugAssign(assign) => {
                if let Expr::Name(name) = &*assign.target {
                    self.constants.remove(name.id.as_str());
                }
                self.bind_target(&assign.target);
                if dotted(&assign.target).as_deref() == Some("sys.path") {
                    self.path_changes(&assign.value);
                }
                if is_environment(&assign.target) {
                    self.variables_given(&assign.value);
                }
                self.visit_expr(&assign.value);
            }
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    if let Expr::Subscript(subscript) = target
                        && is_environment(&subscript.value)
                    {
                        self.variables_changed(Some(&subscript.slice));
                    }
                }
                walk_stmt(self, statement);
            }
            Stmt::TypeAlias(alias) => self.bind_target(&alias.name),
            Stmt::Global(global) => {
                // A function may bind it later.
                for name in &global.names {
                    self.facts.bind(name.as_str());
                    self.constants.remove(name.as_str());
                }
            }
            Stmt::For(each) => self.each(each),
            Stmt::While(each) => {
                self.visit_expr(&each.test);
                self.at_most(Strength::Conditional, |walk| walk.visit_body(&each.body));
                self.visit_body(&each.orelse);
            }
            Stmt::Match(choice) => {
                self.visit_expr(&choice.subject);
                for case in &choice.cases {
                    self.at_most(Strength::Conditional, |walk| walk_body(walk, &case.body));
                }
            }
            other => walk_stmt(self, other),
        }
    }

    fn visit_annotation(&mut self, _annotation: &'a Expr) {}

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                self.call(call);
                walk_expr(self, expr);
            }
            Expr::BinOp(operation) if operation.op == Operator::Div => {
                self.file_name(&operation.right);
                walk_expr(self, expr);
            }
            Expr::Lambda(lambda) => {
                let saved = self.top;
                self.top = false;
                self.at_most(Strength::Late, |walk| walk.visit_expr(&lambda.body));
                self.top = saved;
            }
            Expr::Named(named) => {
                self.bind_target(&named.target);
                walk_expr(self, expr);
            }
            Expr::If(choice) => {
                self.visit_expr(&choice.test);
                let truth = self.truth(&choice.test);
                if truth != Some(false) {
                    let strength = if truth.is_some() { Strength::Hard } else { Strength::Conditional };
                    self.at_most(strength, |walk| walk.visit_expr(&choice.body));
                }
                if truth != Some(true) {
                    let strength = if truth.is_some() { Strength::Hard } else { Strength::Conditional };
                    self.at_most(strength, |walk| walk.visit_expr(&choice.orelse));
                }
            }
            Expr::Attribute(attribute) => {
                if let Expr::Name(name) = &*attribute.value
                    && let Some(Bound { module, level: 0, name: None, .. }) = self.bound.get(name.id.as_str())
                    && !module.contains('.')
                    && attribute.ctx.is_load()
                {
                    self.facts.uses.push(Use {
                        module: module.clone(),
                        attribute: attribute.attr.as_str().to_owned(),
                        span: self.span(attribute.attr.range()),
                    });
                }
                walk_expr(self, expr);
            }
            _ => walk_expr(self, expr),
        }
    }
}
