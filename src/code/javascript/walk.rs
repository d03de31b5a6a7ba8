//! The walk over a module's syntax tree: imports with their strength, calls between functions.

use std::collections::BTreeSet;

use oxc_ast::ast::{
    Argument, ArrowFunctionBody, ArrowFunctionExpression, AssignmentExpression, AssignmentTarget,
    AssignmentTargetPropertyIdentifier, AwaitExpression, BinaryExpression, BlockStatement, CallExpression, Class,
    ConditionalExpression, DoWhileStatement, Expression, ForInStatement, ForOfStatement, ForStatement, Function,
    IdentifierReference, IfStatement, ImportExpression, LogicalExpression, LogicalOperator, NewExpression,
    PropertyDefinition, RegExpFlags, RegExpLiteral, SimpleAssignmentTarget, Statement, StaticBlock,
    StaticMemberExpression, SwitchCase, ThisExpression, ThrowStatement, TryStatement, UnaryExpression, UnaryOperator,
    VariableDeclaration, VariableDeclarationKind, WhileStatement,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::GetSpan;
use oxc_syntax::scope::ScopeFlags;
use rustc_hash::FxHashMap;

use super::exports::Exporting;
use super::fold::Constant;
use super::guard::{Ending, ending, guards_promise, rethrows};
use super::lazy::Filling;
use super::module::{Form, Goal, Import, OutCall, Syntax, Target, Use, UseKind};
use super::names::Names;
use super::scope::Scopes;
use crate::code::Strength;
use crate::code::calls::{Calls, TOP};
use crate::source::Span;

/// Most imports of a `try` that its `catch` is taken to depend on.
const TRIED: usize = 8;

/// Variables that the loader gives to CommonJS modules only.
const COMMONJS_GLOBALS: [&str; 5] = ["require", "module", "exports", "__dirname", "__filename"];

pub(super) struct Walk<'t, 'a> {
    pub target: &'t Target,
    pub names: Names<'a>,
    pub scopes: Scopes<'a>,
    pub imports: Vec<Import>,
    pub exporting: Exporting<'a>,
    /// Uses of what is not there, and in which function each stands.
    pub uses: Vec<Use>,
    pub use_sites: Vec<(usize, usize, Strength)>,
    pub newer: Vec<Syntax>,
    /// Where variables are filled when they are needed first, and how often each is assigned to.
    pub(super) fillings: Vec<Filling>,
    pub(super) assigned: FxHashMap<String, usize>,
    pub throws: bool,
    pub sets_globals: bool,
    pub sets_variables: BTreeSet<String>,
    /// How many functions and classes give `this` another meaning here.
    other_this: usize,
    /// The target of an assignment that takes something apart.
    in_pattern: bool,
    /// Calls of what other modules export, and in which function each stands.
    pub out_calls: Vec<OutCall>,
    pub out_sites: Vec<(usize, usize, Strength)>,
    /// As the calls of [`Names`], but conditions and guards do not count: what runs on load at all.
    pub eager: Calls,
    /// A function around this place may be called later.
    lazy: bool,
    /// The function whose body is walked.
    pub(super) function: usize,
    /// How surely this place is reached from the beginning of that function.
    pub(super) strength: Strength,
    /// The imports whose failure leads here.
    pub(super) instead_of: Vec<usize>,
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
            uses: Vec::new(),
            use_sites: Vec::new(),
            newer: Vec::new(),
            fillings: Vec::new(),
            assigned: FxHashMap::default(),
            throws: false,
            sets_globals: false,
            sets_variables: BTreeSet::new(),
            other_this: 0,
            in_pattern: false,
            out_calls: Vec::new(),
            out_sites: Vec::new(),
            eager: Calls::default(),
            lazy: false,
            function: TOP,
            strength: Strength::Hard,
            instead_of: Vec::new(),
            called_here: None,
            awaited: None,
        }
    }

    pub(super) fn fold(&self, expression: &Expression<'_>) -> Option<Constant> {
        self.names.folder(self.target, &self.scopes).fold(expression)
    }

    /// True where `this` is what the module exports.
    pub(super) fn this_is_exports(&self) -> bool {
        self.other_this == 0 && self.target.goal == Goal::CommonJs
    }

    /// True where the module surely comes by while it is loaded.
    pub(super) fn is_top_and_certain(&self) -> bool {
        self.function == TOP && self.strength == Strength::Hard
    }

    fn truth(&self, expression: &Expression<'_>) -> Option<bool> {
        self.fold(expression).map(|value| value.truth())
    }

    pub(super) fn at_most(&mut self, strength: Strength, visit: impl FnOnce(&mut Self)) {
        let saved = self.strength;
        self.strength = saved.min(strength);
        visit(self);
        self.strength = saved;
    }

    /// When this place runs if it does.
    pub(super) fn soonest(&self) -> Strength {
        if self.lazy { Strength::Late } else { Strength::Hard }
    }

    /// Enters a function's body: one of the module's own, one that is called on the spot, or one
    /// that may be called later.
    fn enter(&mut self, start: u32, lazy: bool, visit: impl FnOnce(&mut Self)) {
        let saved = (self.function, self.strength, self.lazy);
        let called_here = self.called_here.take() == Some(start);
        if let Some(own) = self.names.at.get(&start) {
            if called_here {
                self.names.calls.calls.push((self.function, *own, self.strength));
                self.eager.calls.push((self.function, *own, self.soonest()));
            }
            (self.function, self.strength, self.lazy) = (*own, Strength::Hard, false);
        } else if !called_here || lazy {
            self.strength = self.strength.min(Strength::Late);
            self.lazy = true;
        }
        visit(self);
        (self.function, self.strength, self.lazy) = saved;
    }

    /// A call of one of the module's own functions.
    fn calls(&mut self, name: &str, start: u32) {
        if let Some(function) = self.names.functions.get(name).copied().filter(|_| !self.scopes.shadows(name)) {
            let floats = self.names.asynchronous.contains(&function) && self.awaited != Some(start);
            let strength = if floats { self.strength.min(Strength::Late) } else { self.strength };
            self.names.calls.calls.push((self.function, function, strength));
            self.eager.calls.push((self.function, function, if floats { Strength::Late } else { self.soonest() }));
        }
    }

    /// What a call tells beyond its arguments.
    fn callee(&mut self, call: &CallExpression<'a>) {
        self.calls_out(&call.callee);
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
        if decided.is_none()
            && let Some(name) = self.filled_by_if(branch)
        {
            self.fill(name, |walk| walk.visit_statement(&branch.consequent));
            if let Some(alternate) = &branch.alternate {
                self.at_most(Strength::Conditional, |walk| walk.visit_statement(alternate));
            }
            return;
        }
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
        // A compiler's `this && this.__helper` asks for what nobody has.
        if !matches!(logical.left, Expression::ThisExpression(_)) {
            self.visit_expression(&logical.left);
        }
        if let Some(name) = self.filled_by_logical(logical) {
            return self.fill(name, |walk| walk.visit_expression(&logical.right));
        }
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

    fn visit_throw_statement(&mut self, throw: &ThrowStatement<'a>) {
        self.throws |= self.function == TOP && !self.lazy && self.strength >= Strength::Conditional;
        walk::walk_throw_statement(self, throw);
    }

    fn visit_unary_expression(&mut self, unary: &UnaryExpression<'a>) {
        // `typeof x` asks whether there is an `x` and does nothing with it.
        if !(unary.operator == UnaryOperator::Typeof && unary.argument.is_identifier_reference()) {
            walk::walk_unary_expression(self, unary);
        }
    }

    fn visit_binary_expression(&mut self, binary: &BinaryExpression<'a>) {
        // `require.main === module` hands nothing on.
        for side in [&binary.left, &binary.right] {
            if !(binary.operator.is_equality()
                && (self.is_module_variable(side, "module") || self.is_module_variable(side, "exports")))
            {
                self.visit_expression(side);
            }
        }
    }

    fn visit_static_member_expression(&mut self, member: &StaticMemberExpression<'a>) {
        self.loads_of_getter(member);
        let object = member.object.without_parentheses();
        let property = member.property.name.as_str();
        let of_exports = self.is_real_exports(object);
        if self.in_pattern && of_exports {
            self.exporting.open();
        }
        // Asking for one export, or for something of the module beside its exports, hands nothing on.
        let harmless = of_exports
            || (self.is_module_variable(object, "module") && property != "exports")
            || matches!(object, Expression::ThisExpression(_));
        if !harmless || self.target.goal == Goal::Module {
            walk::walk_static_member_expression(self, member);
        }
    }

    fn visit_this_expression(&mut self, _: &ThisExpression) {
        if self.this_is_exports() {
            self.exporting.open();
        }
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        if let Some(parent) = &class.heritage_expression() {
            self.visit_expression(parent);
        }
        self.other_this += 1;
        self.visit_class_body(&class.body);
        self.other_this -= 1;
    }

    fn visit_static_block(&mut self, block: &StaticBlock<'a>) {
        self.newer("class static blocks", 16, None, block.span);
        walk::walk_static_block(self, block);
    }

    fn visit_reg_exp_literal(&mut self, literal: &RegExpLiteral<'a>) {
        if literal.regex.flags.contains(RegExpFlags::V) {
            self.newer("the regular expression flag `v`", 20, None, literal.span);
        }
        if literal.regex.flags.contains(RegExpFlags::D) {
            self.newer("the regular expression flag `d`", 16, None, literal.span);
        }
    }

    fn visit_variable_declaration(&mut self, declaration: &VariableDeclaration<'a>) {
        if matches!(declaration.kind, VariableDeclarationKind::Using | VariableDeclarationKind::AwaitUsing) {
            self.newer("`using` declarations", 24, None, declaration.span);
        }
        walk::walk_variable_declaration(self, declaration);
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let Some(body) = &function.body else { return };
        self.other_this += 1;
        self.scopes.enter_function(&function.params, &body.statements);
        self.enter(function.span.start, function.r#async || function.generator, |walk| {
            walk::walk_function(walk, function, flags);
        });
        self.scopes.leave();
        self.other_this -= 1;
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
        if let (Expression::Identifier(callee), Some(Expression::StringLiteral(specifier))) =
            (&call.callee, call.arguments.first().and_then(Argument::as_expression))
            && self.names.stand_in == Some(callee.name.as_str())
            && !self.scopes.shadows(callee.name.as_str())
        {
            self.uses(UseKind::DynamicRequire, specifier.value.as_str(), call.span);
        }
        self.loads_of_use(&call.callee, &call.arguments);
        // A method of the exports may add to them.
        if let Expression::StaticMemberExpression(member) = &call.callee
            && self.is_real_exports(&member.object)
        {
            self.exporting.open();
        }
        let calls_import = matches!(&call.callee, Expression::CallExpression(inner) if self.required(inner).is_some());
        let first = self.imports.len();
        self.callee(call);
        if guards_promise(call) {
            self.at_most(Strength::Soft, |walk| walk.visit_expression(&call.callee));
        } else {
            self.visit_expression(&call.callee);
        }
        if calls_import && let Some(import) = self.imports.get_mut(first) {
            import.called = true;
        }
        if !self.export_call(call) {
            self.visit_arguments(&call.arguments);
        }
    }

    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        self.calls_out(&new.callee);
        self.loads_of_use(&new.callee, &new.arguments);
        walk::walk_new_expression(self, new);
    }

    fn visit_import_expression(&mut self, import: &ImportExpression<'a>) {
        self.import(&import.source, Form::DynamicImport);
        walk::walk_import_expression(self, import);
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        let operator = assignment.operator;
        if operator.is_logical() {
            self.newer("logical assignment", 16, None, assignment.span);
        }
        if let AssignmentTarget::StaticMemberExpression(member) = &assignment.left
            && (member.object.is_specific_id("globalThis") || member.object.is_specific_id("global"))
            && COMMONJS_GLOBALS.contains(&member.property.name.as_str())
        {
            self.sets_globals = true;
        }
        // What is only given where there is none changes nothing of what is known.
        if let Some(variable) = self.variable_of(&assignment.left).filter(|_| !operator.is_logical()) {
            self.sets_variables.insert(variable.to_owned());
        }
        if !self.export_assignment(assignment) {
            self.in_pattern = assignment.left.as_assignment_target_pattern().is_some();
            self.visit_assignment_target(&assignment.left);
            self.in_pattern = false;
            self.visit_expression(&assignment.right);
        }
    }

    fn visit_simple_assignment_target(&mut self, target: &SimpleAssignmentTarget<'a>) {
        if let SimpleAssignmentTarget::AssignmentTargetIdentifier(identifier) = target {
            self.assigns_to(identifier.name.as_str());
        }
        walk::walk_simple_assignment_target(self, target);
    }

    fn visit_assignment_target_property_identifier(&mut self, property: &AssignmentTargetPropertyIdentifier<'a>) {
        self.assigns_to(property.binding.name.as_str());
        walk::walk_assignment_target_property_identifier(self, property);
    }

    fn visit_identifier_reference(&mut self, identifier: &IdentifierReference<'a>) {
        let name = identifier.name.as_str();
        if !COMMONJS_GLOBALS.contains(&name) || self.scopes.shadows(name) {
            return;
        }
        match self.target.goal {
            // A name that is handed on may get exports that cannot be seen.
            Goal::CommonJs if matches!(name, "exports" | "module") => self.exporting.open(),
            Goal::CommonJs => {}
            Goal::Module if self.names.declared.contains(name) => {}
            Goal::Module => self.uses(UseKind::CommonJsGlobal, name, identifier.span),
        }
    }

    fn visit_import_declaration(&mut self, import: &oxc_ast::ast::ImportDeclaration<'a>) {
        if import.import_kind.is_value() {
            let span = import.source.span;
            self.record(Some(import.source.value.to_string()), Span { start: span.start, end: span.end }, Form::Import);
            if let Some(recorded) = self.imports.last_mut() {
                recorded.names = import.specifiers.as_ref().map(|list| Self::names_of_import(list)).unwrap_or_default();
            }
        }
        self.attributes(import.with_clause.as_deref());
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
        if let Some(recorded) = self.imports.last_mut().filter(|_| export.export_kind.is_value()) {
            for specifier in export.specifiers.iter().filter(|specifier| specifier.export_kind.is_value()) {
                let span = specifier.local.span();
                let name = specifier.local.name().to_string();
                recorded.names.push((name, Span { start: span.start, end: span.end }));
            }
        }
        self.attributes(export.with_clause.as_deref());
    }
}
