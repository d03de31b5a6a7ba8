//! The walk over a module's syntax tree: imports with their strength, calls between functions.

use oxc_ast::ast::{
    Argument, ArrowFunctionBody, ArrowFunctionExpression, AssignmentExpression, AwaitExpression, BlockStatement,
    CallExpression, ConditionalExpression, DoWhileStatement, Expression, ForInStatement, ForOfStatement, ForStatement,
    Function, IdentifierReference, IfStatement, ImportExpression, LogicalExpression, LogicalOperator,
    PropertyDefinition, Statement, SwitchCase, TryStatement, WhileStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::GetSpan;
use oxc_syntax::scope::ScopeFlags;

use super::exports::Exporting;
use super::fold::{Constant, Folder, HERE};
use super::guard::{Ending, ending, guards_promise, rethrows};
use super::module::{Form, Goal, Import, Target};
use super::names::Names;
use super::scope::Scopes;
use crate::code::Strength;
use crate::code::calls::TOP;
use crate::source::Span;

/// Longest specifier that is followed; no file system has longer paths.
const SPECIFIER_BYTES: usize = 1_024;
/// Most imports of a `try` that its `catch` is taken to depend on.
const TRIED: usize = 8;

pub(super) struct Walk<'t, 'a> {
    pub target: &'t Target,
    pub names: Names<'a>,
    pub scopes: Scopes<'a>,
    pub imports: Vec<Import>,
    pub exporting: Exporting,
    /// The function whose body is walked.
    function: usize,
    /// How surely this place is reached from the beginning of that function.
    strength: Strength,
    /// The imports whose failure leads here.
    instead_of: Vec<usize>,
    /// Start of a function that is called where it stands.
    called_here: Option<u32>,
    /// Start of a call that is awaited.
    awaited: Option<u32>,
}

impl<'t, 'a> Walk<'t, 'a> {
    pub fn new(target: &'t Target, names: Names<'a>) -> Self {
        let scopes = Scopes::new(names.interesting());
        Self {
            target,
            names,
            scopes,
            imports: Vec::new(),
            exporting: Exporting::default(),
            function: TOP,
            strength: Strength::Hard,
            instead_of: Vec::new(),
            called_here: None,
            awaited: None,
        }
    }

    pub(super) fn fold(&self, expression: &Expression<'_>) -> Option<Constant> {
        Folder { target: self.target, scopes: &self.scopes, constants: &self.names.constants }.fold(expression)
    }

    fn truth(&self, expression: &Expression<'_>) -> Option<bool> {
        self.fold(expression).map(|value| value.truth())
    }

    fn at_most(&mut self, strength: Strength, visit: impl FnOnce(&mut Self)) {
        let saved = self.strength;
        self.strength = saved.min(strength);
        visit(self);
        self.strength = saved;
    }

    /// Records an import whose specifier is this expression.
    fn import(&mut self, specifier: &Expression<'a>, form: Form) {
        if let Expression::ConditionalExpression(choice) = specifier.without_parentheses()
            && self.fold(&choice.test).is_none()
        {
            self.at_most(Strength::Conditional, |walk| {
                walk.import(&choice.consequent, form);
                walk.import(&choice.alternate, form);
            });
            return;
        }
        let text = match self.fold(specifier) {
            Some(Constant::Text(text)) if !text.is_empty() && text.len() <= SPECIFIER_BYTES => {
                if text == HERE.to_string() { Some(".".to_string()) } else { here(text) }
            }
            _ => None,
        };
        let span = specifier.span();
        self.record(text, Span { start: span.start, end: span.end }, form);
    }

    /// Records an import.
    pub(super) fn record(&mut self, specifier: Option<String>, span: Span, form: Form) {
        let index = self.imports.len();
        self.imports.push(Import {
            computed: specifier.is_none(),
            specifier: specifier.unwrap_or_default(),
            span,
            form,
            strength: self.strength,
            instead_of: self.instead_of.clone(),
        });
        self.names.calls.imports.push((self.function, index, self.strength));
    }

    /// True when a name is `require` here.
    fn is_require(&self, name: &str) -> bool {
        if self.scopes.shadows(name) {
            return false;
        }
        match name {
            // A bundler's stand-in throws where there is no `require` at all.
            "require" | "__require" => {
                let commonjs = self.target.goal == Goal::CommonJs && !self.names.variables.contains("require");
                commonjs || self.names.require.contains("require")
            }
            other => self.names.require.contains(other),
        }
    }

    /// What kind of import a call is, if it is one.
    fn required(&self, call: &CallExpression<'a>) -> Option<Form> {
        match call.callee.without_parentheses() {
            Expression::Identifier(identifier) => self.is_require(identifier.name.as_str()).then_some(Form::Require),
            Expression::StaticMemberExpression(member) => {
                let Expression::Identifier(object) = member.object.without_parentheses() else { return None };
                match (object.name.as_str(), member.property.name.as_str()) {
                    (object, "resolve") if self.is_require(object) && call.arguments.len() == 1 => {
                        Some(Form::RequireResolve)
                    }
                    ("module", "require") if self.target.goal == Goal::CommonJs && !self.scopes.shadows("module") => {
                        Some(Form::Require)
                    }
                    _ => None,
                }
            }
            Expression::CallExpression(inner) => self.names.creates_require(inner).then_some(Form::Require),
            _ => None,
        }
    }

    /// Enters a function's body: one of the module's own, one that is called on the spot, or one
    /// that may be called later.
    fn enter(&mut self, start: u32, lazy: bool, visit: impl FnOnce(&mut Self)) {
        let saved = (self.function, self.strength);
        let called_here = self.called_here.take() == Some(start);
        if let Some(own) = self.names.at.get(&start) {
            if called_here {
                self.names.calls.calls.push((self.function, *own, self.strength));
            }
            (self.function, self.strength) = (*own, Strength::Hard);
        } else if !called_here || lazy {
            self.strength = self.strength.min(Strength::Late);
        }
        visit(self);
        (self.function, self.strength) = saved;
    }

    /// A call of one of the module's own functions.
    fn calls(&mut self, name: &str, start: u32) {
        if let Some(function) = self.names.functions.get(name).copied().filter(|_| !self.scopes.shadows(name)) {
            let floats = self.names.asynchronous.contains(&function) && self.awaited != Some(start);
            let strength = if floats { self.strength.min(Strength::Late) } else { self.strength };
            self.names.calls.calls.push((self.function, function, strength));
        }
    }

    /// What a call tells beyond its arguments.
    fn callee(&mut self, call: &CallExpression<'a>) {
        match call.callee.without_parentheses() {
            Expression::FunctionExpression(function) => self.called_here = Some(function.span.start),
            Expression::ArrowFunctionExpression(function) => self.called_here = Some(function.span.start),
            Expression::Identifier(identifier) => self.calls(identifier.name.as_str(), call.span.start),
            Expression::StaticMemberExpression(member) if matches!(member.property.name.as_str(), "call" | "apply") => {
                match member.object.without_parentheses() {
                    Expression::FunctionExpression(function) => self.called_here = Some(function.span.start),
                    Expression::Identifier(identifier) => self.calls(identifier.name.as_str(), call.span.start),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// A specifier that starts at the module's folder, as a relative one.
fn here(text: String) -> Option<String> {
    match text.strip_prefix(HERE) {
        Some(rest) if rest.starts_with('/') => Some(format!(".{rest}")),
        Some(_) => None,
        None if text.contains(HERE) => None,
        None => Some(text),
    }
}

impl<'a> Visit<'a> for Walk<'_, 'a> {
    fn visit_statements(&mut self, statements: &oxc_allocator::ArenaVec<'a, Statement<'a>>) {
        let saved = self.strength;
        let mut over = false;
        for statement in statements {
            // Functions are declared even where the flow never comes.
            if over && !matches!(statement, Statement::FunctionDeclaration(_)) {
                continue;
            }
            self.visit_statement(statement);
            match ending(statement, &|test| self.truth(test)) {
                Ending::Returns | Ending::Throws => over = true,
                Ending::Perhaps => self.strength = self.strength.min(Strength::Conditional),
                Ending::No => {}
            }
        }
        self.strength = saved;
    }

    fn visit_block_statement(&mut self, block: &BlockStatement<'a>) {
        self.scopes.enter_block(&block.body);
        walk::walk_block_statement(self, block);
        self.scopes.leave();
    }

    fn visit_if_statement(&mut self, branch: &IfStatement<'a>) {
        self.visit_expression(&branch.test);
        let decided = self.truth(&branch.test);
        let strength = if decided.is_none() { Strength::Conditional } else { Strength::Hard };
        if decided != Some(false) {
            self.at_most(strength, |walk| walk.visit_statement(&branch.consequent));
        }
        if decided != Some(true)
            && let Some(alternate) = &branch.alternate
        {
            self.at_most(strength, |walk| walk.visit_statement(alternate));
        }
    }

    fn visit_conditional_expression(&mut self, choice: &ConditionalExpression<'a>) {
        self.visit_expression(&choice.test);
        let decided = self.truth(&choice.test);
        let strength = if decided.is_none() { Strength::Conditional } else { Strength::Hard };
        if decided != Some(false) {
            self.at_most(strength, |walk| walk.visit_expression(&choice.consequent));
        }
        if decided != Some(true) {
            self.at_most(strength, |walk| walk.visit_expression(&choice.alternate));
        }
    }

    fn visit_logical_expression(&mut self, logical: &LogicalExpression<'a>) {
        self.visit_expression(&logical.left);
        let left = self.fold(&logical.left);
        let (skipped, strength) = match (&left, logical.operator) {
            (None, _) => (false, Strength::Conditional),
            (Some(left), LogicalOperator::And) => (!left.truth(), Strength::Hard),
            (Some(left), LogicalOperator::Or) => (left.truth(), Strength::Hard),
            (Some(left), LogicalOperator::Coalesce) => {
                (!matches!(left, Constant::Undefined | Constant::Null), Strength::Hard)
            }
        };
        if skipped {
            self.exporting.annotation(&logical.right);
        } else {
            self.at_most(strength, |walk| walk.visit_expression(&logical.right));
        }
    }

    fn visit_try_statement(&mut self, attempt: &TryStatement<'a>) {
        let guard = attempt.handler.as_ref().is_some_and(|handler| !rethrows(&handler.body.body));
        let first = self.imports.len();
        let strength = if guard { Strength::Soft } else { Strength::Hard };
        self.at_most(strength, |walk| walk.visit_block_statement(&attempt.block));
        let tried = (first..self.imports.len()).filter(|at| !self.imports[*at].computed);
        let tried: Vec<usize> = tried.take(TRIED).collect();
        if let Some(handler) = &attempt.handler {
            let certain = if tried.is_empty() { Strength::Conditional } else { Strength::Hard };
            let saved = if tried.is_empty() { None } else { Some(std::mem::replace(&mut self.instead_of, tried)) };
            self.at_most(certain, |walk| walk.visit_catch_clause(handler));
            if let Some(saved) = saved {
                self.instead_of = saved;
            }
        }
        if let Some(finalizer) = &attempt.finalizer {
            self.visit_block_statement(finalizer);
        }
    }

    fn visit_switch_case(&mut self, case: &SwitchCase<'a>) {
        self.at_most(Strength::Conditional, |walk| walk::walk_switch_case(walk, case));
    }

    fn visit_while_statement(&mut self, each: &WhileStatement<'a>) {
        self.at_most(Strength::Conditional, |walk| walk::walk_while_statement(walk, each));
    }

    fn visit_do_while_statement(&mut self, each: &DoWhileStatement<'a>) {
        walk::walk_do_while_statement(self, each);
    }

    fn visit_for_statement(&mut self, each: &ForStatement<'a>) {
        self.at_most(Strength::Conditional, |walk| walk::walk_for_statement(walk, each));
    }

    fn visit_for_in_statement(&mut self, each: &ForInStatement<'a>) {
        self.at_most(Strength::Conditional, |walk| walk::walk_for_in_statement(walk, each));
    }

    fn visit_for_of_statement(&mut self, each: &ForOfStatement<'a>) {
        self.at_most(Strength::Conditional, |walk| walk::walk_for_of_statement(walk, each));
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let Some(body) = &function.body else { return };
        self.scopes.enter_function(&function.params, &body.statements);
        self.enter(function.span.start, function.r#async || function.generator, |walk| {
            walk::walk_function(walk, function, flags);
        });
        self.scopes.leave();
    }

    fn visit_arrow_function_expression(&mut self, function: &ArrowFunctionExpression<'a>) {
        let body = match &function.body {
            ArrowFunctionBody::FunctionBody(body) => &body.statements[..],
            _ => &[],
        };
        self.scopes.enter_function(&function.params, body);
        self.enter(function.span.start, function.r#async, |walk| {
            walk::walk_arrow_function_expression(walk, function);
        });
        self.scopes.leave();
    }

    fn visit_property_definition(&mut self, property: &PropertyDefinition<'a>) {
        let strength = if property.r#static { Strength::Hard } else { Strength::Late };
        self.at_most(strength, |walk| walk::walk_property_definition(walk, property));
    }

    fn visit_await_expression(&mut self, awaited: &AwaitExpression<'a>) {
        self.awaited = Some(awaited.argument.without_parentheses().span().start);
        walk::walk_await_expression(self, awaited);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        if let (Some(form), Some(specifier)) =
            (self.required(call), call.arguments.first().and_then(Argument::as_expression))
        {
            self.import(specifier, form);
            self.visit_expression(specifier);
            return;
        }
        self.callee(call);
        if guards_promise(call) {
            self.at_most(Strength::Soft, |walk| walk.visit_expression(&call.callee));
        } else {
            self.visit_expression(&call.callee);
        }
        if !self.export_call(call) {
            self.visit_arguments(&call.arguments);
        }
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        self.import(&import.source, Form::DynamicImport);
        walk::walk_import_expression(self, import);
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        if !self.export_assignment(assignment) {
            walk::walk_assignment_expression(self, assignment);
        }
    }

    fn visit_identifier_reference(&mut self, identifier: &IdentifierReference<'a>) {
        let name = identifier.name.as_str();
        // A name that is handed on may get exports that cannot be seen.
        if matches!(name, "exports" | "module") && !self.scopes.shadows(name) {
            self.exporting.exports.open = true;
        }
    }

    fn visit_import_declaration(&mut self, import: &oxc_ast::ast::ImportDeclaration<'a>) {
        if import.import_kind.is_value() {
            let span = import.source.span;
            self.record(Some(import.source.value.to_string()), Span { start: span.start, end: span.end }, Form::Import);
        }
    }

    fn visit_export_all_declaration(&mut self, export: &oxc_ast::ast::ExportAllDeclaration<'a>) {
        let span = export.source.span;
        let specifier = export.source.value.to_string();
        match &export.exported {
            Some(name) => {
                self.exporting.exports.names.insert(name.name().to_string());
            }
            None => self.exporting.exports.from.push(specifier.clone()),
        }
        self.record(Some(specifier), Span { start: span.start, end: span.end }, Form::ExportFrom);
    }

    fn visit_export_from_declaration(&mut self, export: &oxc_ast::ast::ExportFromDeclaration<'a>) {
        let span = export.source.span;
        for specifier in &export.specifiers {
            self.exporting.exports.names.insert(specifier.exported.name().to_string());
        }
        let specifier = export.source.value.to_string();
        self.record(Some(specifier), Span { start: span.start, end: span.end }, Form::ExportFrom);
    }
}
