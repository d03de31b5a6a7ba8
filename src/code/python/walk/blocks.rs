//! Blocks: what runs surely, sometimes, or only where something fails.

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{
    Decorator, ExceptHandler, Expr, Stmt, StmtClassDef, StmtFor, StmtFunctionDef, StmtIf, StmtTry, StmtWith,
};
use ruff_text_size::Ranged;

use super::{Bound, Walk};
use crate::code::Strength;
use crate::code::calls::TOP;
use crate::code::python::fold::{Constant, dotted};
use crate::code::python::guard::{Guard, catches, catches_missing_metadata, guard, raises};
use crate::code::python::module::{Import, Name};
use crate::source::Span;

/// Most imports of a `try` that its `except` is taken to depend on.
const TRIED: usize = 16;
/// Most modules that a loop over literals imports.
pub(in crate::code::python) const LITERALS: usize = 100;

/// Decorators after which a call of the name runs the function.
///
/// Source: docs.python.org, `functools`, `abc`, `typing`, "Built-in Functions", 3.14, 2026-11.
const TRANSPARENT: [&str; 9] = [
    "abstractmethod",
    "cache",
    "classmethod",
    "final",
    "lru_cache",
    "no_type_check",
    "override",
    "staticmethod",
    "wraps",
];

impl Walk<'_> {
    pub(super) fn attempt(&mut self, attempt: &StmtTry) {
        let lives = guard(attempt, &self.raised_later) == Guard::Lives;
        let first = self.facts.imports.len();
        let body = if lives { Strength::Soft } else { Strength::Hard };
        let metadata = self.facts.metadata.len();
        let catches_some = usize::from(!attempt.handlers.is_empty());
        self.catching += catches_some;
        self.at_most(body, |walk| walk.visit_body(&attempt.body));
        self.catching -= catches_some;
        let guarded_metadata = attempt.handlers.iter().any(|ExceptHandler::ExceptHandler(handler)| {
            handler.type_.as_deref().is_none_or(catches_missing_metadata) && !raises(&handler.body)
        });
        if guarded_metadata {
            self.facts.metadata[metadata..].iter_mut().for_each(|asked| asked.strength = Strength::Soft);
        }
        let tried: Vec<usize> = (first..self.facts.imports.len()).take(TRIED).collect();
        for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
            if let Some(name) = &handler.name {
                self.bind(name.as_str());
            }
            let for_imports = handler.type_.as_deref().is_none_or(catches);
            if for_imports && !tried.is_empty() {
                let saved = std::mem::replace(&mut self.instead_of, tried.clone());
                self.visit_body(&handler.body);
                self.instead_of = saved;
            } else {
                self.at_most(Strength::Conditional, |walk| walk.visit_body(&handler.body));
            }
        }
        let after = if lives && !tried.is_empty() { Strength::Conditional } else { Strength::Hard };
        self.at_most(after, |walk| walk.visit_body(&attempt.orelse));
        self.visit_body(&attempt.finalbody);
    }

    /// What fails here ends the loading of the module.
    pub(in crate::code::python) fn is_uncaught(&self) -> bool {
        self.catching == 0 && self.instead_of.is_empty()
    }

    /// The import of the `try` around that bound this name as well.
    pub(super) fn tried_for(&self, name: &str) -> Option<usize> {
        let before = self.bound.get(name)?;
        let binds = |import: &Import| {
            let takes = |taken: &Name| before.name.as_ref() == Some(&taken.name);
            import.module == before.module && import.level == before.level && import.names.iter().any(takes)
        };
        let is_sure = self.function == TOP && self.strength == Strength::Hard && self.catching == 0;
        self.instead_of.iter().copied().find(|at| is_sure && binds(&self.facts.imports[*at]))
    }

    pub(super) fn branch(&mut self, branch: &StmtIf) {
        let mut undecided = false;
        let mut choice = Vec::new();
        let clauses = std::iter::once((Some(&*branch.test), &branch.body))
            .chain(branch.elif_else_clauses.iter().map(|clause| (clause.test.as_ref(), &clause.body)));
        for (test, body) in clauses {
            let truth = test.map_or(Some(true), |test| {
                self.visit_expr(test);
                self.truth(test)
            });
            match truth {
                Some(false) => {
                    // Names and imports for type checkers: a lazy module hands them on.
                    let saved = std::mem::replace(&mut self.type_only, true);
                    self.visit_body(body);
                    self.type_only = saved;
                }
                Some(true) if !undecided => {
                    self.visit_body(body);
                    // Later branches never run.
                    return;
                }
                Some(true) => {
                    choice.push(self.clause(body));
                    if self.strength == Strength::Hard && self.function == TOP {
                        self.facts.choices.push(choice);
                    }
                    return;
                }
                None => {
                    undecided = true;
                    choice.push(self.clause(body));
                }
            }
        }
    }

    /// One of several branches: the imports that it does before anything else may lead round them.
    fn clause(&mut self, body: &[Stmt]) -> Vec<usize> {
        let first = self.facts.imports.len();
        self.at_most(Strength::Conditional, |walk| walk.visit_body(body));
        let own = body.iter().filter(|statement| matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_)));
        let spans: Vec<Span> = own.map(|statement| self.span(statement.range())).collect();
        let is_own = |span: Span| spans.iter().any(|own| own.start <= span.start && span.end <= own.end);
        (first..self.facts.imports.len()).filter(|at| is_own(self.facts.imports[*at].span)).collect()
    }

    pub(super) fn with(&mut self, with: &StmtWith) {
        let suppresses = with.items.iter().any(|item| match &item.context_expr {
            Expr::Call(call) => {
                matches!(dotted(&call.func).as_deref(), Some("suppress" | "contextlib.suppress"))
                    && call.arguments.args.iter().any(catches)
            }
            _ => false,
        });
        for item in &with.items {
            self.visit_expr(&item.context_expr);
            if let Some(target) = &item.optional_vars {
                self.bind_target(target);
            }
        }
        let strength = if suppresses { Strength::Soft } else { Strength::Hard };
        // Whatever manages the context may swallow a failure.
        self.catching += 1;
        self.at_most(strength, |walk| walk.visit_body(&with.body));
        self.catching -= 1;
    }

    /// A decorator is called with what it stands before.
    fn decorators(&mut self, decorators: &[Decorator]) {
        for decorator in decorators {
            self.visit_expr(&decorator.expression);
            if let Some(name) = dotted(&decorator.expression) {
                self.called(&name);
            }
        }
    }

    /// Statements of a function's body.
    fn inside(&mut self, function: usize, body: &[Stmt]) {
        let saved = (self.function, self.strength, self.top, self.class.take());
        let instead_of = std::mem::take(&mut self.instead_of);
        (self.function, self.strength, self.top) = (function, Strength::Hard, false);
        self.visit_body(body);
        (self.function, self.strength, self.top, self.class) = saved;
        self.instead_of = instead_of;
    }

    pub(super) fn function(&mut self, function: &StmtFunctionDef) {
        self.bind(function.name.as_str());
        if function.name.as_str() == "__getattr__" && self.top && self.class.is_none() {
            self.facts.getattr = true;
        }
        self.decorators(&function.decorator_list);
        let is_decorated = function.decorator_list.iter().any(replaces);
        self.visit_parameters(&function.parameters);
        let name = match &self.class {
            Some(class) => format!("{class}.{}", function.name.as_str()),
            None => function.name.as_str().to_owned(),
        };
        let known = self.facts.functions.get(&name).copied().filter(|_| self.top);
        let index = known.unwrap_or_else(|| {
            self.facts.calls.functions += 1;
            self.facts.calls.functions - 1
        });
        if is_decorated && self.top {
            self.facts.decorated.insert(index);
        }
        if !self.top {
            // An inner function runs when the outer one says so, mostly.
            self.facts.calls.calls.push((self.function, index, Strength::Late));
        }
        // Parameters stand for something else than what an import bound.
        let names: Vec<&str> = function.parameters.iter().map(|one| one.name().as_str()).collect();
        let hidden: Vec<(String, Bound)> = names.iter().filter_map(|n| self.bound.remove_entry(*n)).collect();
        self.inside(index, &function.body);
        self.bound.extend(hidden);
    }

    pub(super) fn class(&mut self, class: &StmtClassDef) {
        self.bind(class.name.as_str());
        self.decorators(&class.decorator_list);
        if let Some(arguments) = &class.arguments {
            self.visit_arguments(arguments);
        }
        let saved = self.class.replace(class.name.as_str().to_owned());
        self.visit_body(&class.body);
        self.class = saved;
    }

    pub(super) fn each(&mut self, each: &StmtFor) {
        self.bind_target(&each.target);
        self.visit_expr(&each.iter);
        let literals: Option<Vec<String>> = match &*each.iter {
            Expr::Tuple(tuple) => tuple.elts.iter().map(|e| self.literals(e).into_iter().next()).collect(),
            Expr::List(list) => list.elts.iter().map(|e| self.literals(e).into_iter().next()).collect(),
            Expr::Name(name) => self.constants.get(name.id.as_str()).and_then(Constant::texts),
            _ => None,
        };
        let name = if let Expr::Name(name) = &*each.target { Some(name.id.to_string()) } else { None };
        match (name, literals.filter(|all| !all.is_empty() && all.len() <= LITERALS)) {
            (Some(name), Some(literals)) => {
                self.loops.insert(name.clone(), literals);
                self.visit_body(&each.body);
                self.loops.remove(&name);
            }
            _ => self.at_most(Strength::Conditional, |walk| walk.visit_body(&each.body)),
        }
        self.visit_body(&each.orelse);
    }
}

/// True unless a decorator gives back what it is put before, or what calls it first of all.
fn replaces(decorator: &Decorator) -> bool {
    let name = match &decorator.expression {
        Expr::Call(call) => dotted(&call.func),
        expression => dotted(expression),
    };
    let last = name.as_deref().and_then(|name| name.rsplit('.').next()).unwrap_or_default().to_owned();
    !TRANSPARENT.contains(&&*last)
}
