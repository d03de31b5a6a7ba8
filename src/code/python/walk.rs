//! The walk over a module's syntax tree: imports with their strength, names, calls between functions.

use ruff_python_ast::visitor::{Visitor, walk_body, walk_expr, walk_stmt};
use ruff_python_ast::{Decorator, ExceptHandler, Expr, Operator, Stmt, StmtIf, StmtImportFrom, StmtTry, StmtWith};
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::fold::{Constant, Folder, dotted, is_environment};
use super::guard::{Guard, catches, catches_missing_metadata, guard, leaves, raised_later, raises};
use super::module::{Form, Import, ModuleFacts, Name, Target, Use};
use crate::code::Strength;
use crate::code::calls::TOP;
use crate::source::Span;

/// Most imports of a `try` that its `except` is taken to depend on.
const TRIED: usize = 16;
/// Most imports of one module that are kept.
const IMPORTS: usize = 20_000;
/// Most modules that a loop over literals imports.
pub(super) const LITERALS: usize = 100;

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

    fn bind(&mut self, name: &str) {
        if self.top && self.class.is_none() && !self.type_only {
            self.facts.bind(name);
        }
    }

    fn bind_target(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => {
                self.bind(name.id.as_str());
                self.bound.remove(name.id.as_str());
            }
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|element| self.bind_target(element)),
            Expr::List(list) => list.elts.iter().for_each(|element| self.bind_target(element)),
            Expr::Starred(starred) => self.bind_target(&starred.value),
            Expr::Attribute(_) if dotted(target).as_deref() == Some("sys.meta_path") => self.facts.children_open = true,
            Expr::Subscript(subscript) if is_environment(&subscript.value) => {
                self.variables_changed(Some(&subscript.slice));
            }
            Expr::Subscript(subscript) => match dotted(&subscript.value).as_deref() {
                Some("sys.modules" | "modules") => self.put_into_modules(std::iter::once(&*subscript.slice)),
                Some("sys.path") => self.path_change(None),
                _ => {}
            },
            _ => {}
        }
        if let Expr::Name(name) = target
            && name.id.as_str() == "__path__"
        {
            self.facts.children_open = true;
        }
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

    fn import_from(&mut self, import: &StmtImportFrom) {
        let module = import.module.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default();
        let mut names = Vec::new();
        let mut star = false;
        for alias in &import.names {
            if alias.name.as_str() == "*" {
                star = true;
                continue;
            }
            names.push(Name { name: alias.name.as_str().to_owned(), span: self.span(alias.name.range()) });
            self.bind(alias.asname.as_ref().unwrap_or(&alias.name).as_str());
        }
        if module == "__future__" {
            return;
        }
        let span = import.module.as_ref().map_or(import.range(), Ranged::range);
        let span = self.span(span);
        self.record(module, import.level, names, star, Form::From, span);
    }

    fn attempt(&mut self, attempt: &StmtTry) {
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
    pub(super) fn is_uncaught(&self) -> bool {
        self.catching == 0 && self.instead_of.is_empty()
    }

    /// The import of the `try` around that bound this name as well.
    fn tried_for(&self, name: &str) -> Option<usize> {
        let before = self.bound.get(name)?;
        let binds = |import: &Import| {
            let takes = |taken: &Name| before.name.as_ref() == Some(&taken.name);
            import.module == before.module && import.level == before.level && import.names.iter().any(takes)
        };
        let is_sure = self.function == TOP && self.strength == Strength::Hard && self.catching == 0;
        self.instead_of.iter().copied().find(|at| is_sure && binds(&self.facts.imports[*at]))
    }

    fn branch(&mut self, branch: &StmtIf) {
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

    fn with(&mut self, with: &StmtWith) {
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
            Stmt::Import(import) => {
                for alias in &import.names {
                    let module = alias.name.as_str().to_owned();
                    let top = module.split('.').next().unwrap_or(&module).to_owned();
                    match &alias.asname {
                        Some(name) => {
                            self.bind(name.as_str());
                            self.bound.insert(name.as_str().to_owned(), Bound::module(&module));
                        }
                        None => {
                            self.bind(&top);
                            self.bound.insert(top.clone(), Bound::module(&top));
                        }
                    }
                    let span = self.span(alias.name.range());
                    self.record(module, 0, Vec::new(), false, Form::Import, span);
                }
            }
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map(|name| name.as_str()).unwrap_or_default();
                for alias in import.names.iter().filter(|alias| alias.name.as_str() != "*") {
                    let (module, name) = (module.to_owned(), Some(alias.name.as_str().to_owned()));
                    let own = alias.asname.as_ref().unwrap_or(&alias.name).as_str();
                    let instead_of = self.tried_for(own);
                    let bound = Bound { module, level: import.level, name, instead_of };
                    self.bound.insert(own.to_owned(), bound);
                }
                self.import_from(import);
            }
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::If(branch) => self.branch(branch),
            Stmt::With(with) => self.with(with),
            Stmt::FunctionDef(function) => {
                self.bind(function.name.as_str());
                if function.name.as_str() == "__getattr__" && self.top && self.class.is_none() {
                    self.facts.getattr = true;
                }
                self.decorators(&function.decorator_list);
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
            Stmt::ClassDef(class) => {
                self.bind(class.name.as_str());
                self.decorators(&class.decorator_list);
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
                let saved = self.class.replace(class.name.as_str().to_owned());
                self.visit_body(&class.body);
                self.class = saved;
            }
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    // `sys.path` may be filtered, saved and put back.
                    let kept = matches!(&*assign.value, Expr::ListComp(_) | Expr::Name(_) | Expr::Subscript(_));
                    if !kept && dotted(target).as_deref() == Some("sys.path") {
                        self.path_change(None);
                    }
                    // Another mapping takes its place.
                    if matches!(target, Expr::Attribute(_)) && is_environment(target) {
                        self.variables_changed(None);
                    }
                    self.bind_target(target);
                    // What a branch that never runs would set stays as it is.
                    if let Expr::Name(name) = target
                        && !self.type_only
                    {
                        let is_sure = self.top && self.strength == Strength::Hard && self.instead_of.is_empty();
                        match is_sure.then(|| self.folder().fold(&assign.value)).flatten() {
                            Some(value) => self.constants.insert(name.id.to_string(), value),
                            None => self.constants.remove(name.id.as_str()),
                        };
                    }
                    self.visit_expr(target);
                }
                self.visit_expr(&assign.value);
            }
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
            Stmt::For(each) => {
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
