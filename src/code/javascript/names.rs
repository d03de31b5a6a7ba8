//! The module's own names: functions, constants, aliases of `require`, and which function an
//! exported name stands for. Gathered from the top level before the walk.

use std::collections::BTreeMap;

use oxc_ast::ast::{
    AssignmentTarget, CallExpression, Declaration, ExportDefaultDeclarationKind, Expression, Function,
    ObjectPropertyKind, Program, Statement, VariableDeclaration, VariableDeclarationKind,
};
use oxc_span::GetSpan;
use rustc_hash::{FxHashMap, FxHashSet};

use super::fold::{Constant, Folder};
use super::module::Target;
use super::scope::Scopes;
use crate::code::Strength;
use crate::code::calls::{Calls, TOP};

/// What the top level declares.
#[derive(Default)]
pub(super) struct Names<'a> {
    /// Functions by name: index in [`Calls`].
    pub functions: FxHashMap<&'a str, usize>,
    /// Functions by the place where their node begins.
    pub at: FxHashMap<u32, usize>,
    /// Functions that end at their first `await`.
    pub asynchronous: FxHashSet<usize>,
    /// Values of constants.
    pub constants: FxHashMap<&'a str, Constant>,
    /// Names that are `require` by another name.
    pub require: FxHashSet<&'a str>,
    /// Names imported or required that make a `require` (`createRequire`).
    pub create_require: FxHashSet<&'a str>,
    /// Variables of the top level.
    pub variables: FxHashSet<&'a str>,
    /// Functions by exported name.
    pub exported: BTreeMap<String, usize>,
    /// Who calls whom.
    pub calls: Calls,
}

/// Gathers the names of a module.
pub(super) fn gather<'a>(program: &Program<'a>, target: &Target, generated: bool) -> Names<'a> {
    let mut names = Names { calls: Calls { functions: TOP + 1, ..Calls::default() }, ..Names::default() };
    names.create_require.insert("createRequire");
    for statement in &program.body {
        match statement {
            Statement::FunctionDeclaration(function) => names.declare(function),
            Statement::VariableDeclaration(variables) => names.variables(variables, target, generated),
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::FunctionDeclaration(function) => names.declare(function),
                Declaration::VariableDeclaration(variables) => names.variables(variables, target, generated),
                _ => {}
            },
            Statement::ImportDeclaration(import)
                if matches!(import.source.value.as_str(), "module" | "node:module") =>
            {
                for specifier in import.specifiers.iter().flatten() {
                    if let oxc_ast::ast::ImportDeclarationSpecifier::ImportSpecifier(named) = specifier
                        && named.imported.name() == "createRequire"
                    {
                        names.create_require.insert(named.local.name.as_str());
                    }
                }
            }
            _ => {}
        }
    }
    // Exports speak of functions that may be declared after them.
    for statement in &program.body {
        names.exports(statement);
    }
    names
}

impl<'a> Names<'a> {
    /// Names that the walk must see when an inner scope declares them.
    pub fn interesting(&self) -> FxHashSet<&'a str> {
        let globals =
            ["require", "module", "exports", "process", "define", "window", "document", "__dirname", "global"];
        let own = self.functions.keys().chain(self.constants.keys()).chain(&self.require).chain(&self.create_require);
        globals.into_iter().chain(own.copied()).collect()
    }

    fn add(&mut self, start: u32, asynchronous: bool) -> usize {
        if let Some(known) = self.at.get(&start) {
            return *known;
        }
        let index = self.calls.functions;
        self.calls.functions += 1;
        self.at.insert(start, index);
        if asynchronous {
            self.asynchronous.insert(index);
        }
        index
    }

    fn declare(&mut self, function: &Function<'a>) {
        let index = self.add(function.span.start, function.r#async || function.generator);
        if let Some(id) = &function.id {
            self.functions.insert(id.name.as_str(), index);
        }
    }

    /// The function that an expression is, made known.
    fn function_of(&mut self, expression: &Expression<'a>) -> Option<usize> {
        match expression.without_parentheses() {
            Expression::FunctionExpression(function) => {
                Some(self.add(function.span.start, function.r#async || function.generator))
            }
            Expression::ArrowFunctionExpression(function) => Some(self.add(function.span.start, function.r#async)),
            Expression::Identifier(identifier) => self.functions.get(identifier.name.as_str()).copied(),
            _ => None,
        }
    }

    fn variables(&mut self, declaration: &VariableDeclaration<'a>, target: &Target, generated: bool) {
        for declarator in &declaration.declarations {
            let Some(name) = declarator.id.get_identifier_name() else { continue };
            let name = name.as_str();
            self.variables.insert(name);
            let Some(init) = &declarator.init else { continue };
            if self.makes_require(init) || name == "__require" {
                self.require.insert(name);
                continue;
            }
            let function = match init.without_parentheses() {
                Expression::CallExpression(call) => self.wrapped(call, generated),
                Expression::Identifier(_) => None,
                other => self.function_of(other),
            };
            if let Some(function) = function {
                self.functions.insert(name, function);
            } else if declaration.kind == VariableDeclarationKind::Const {
                let scopes = Scopes::new(FxHashSet::default());
                let folder = Folder { target, scopes: &scopes, constants: &self.constants };
                let text = matches!(init, Expression::ObjectExpression(_) | Expression::ArrayExpression(_));
                if let Some(value) = folder.fold(init).filter(|_| !text) {
                    self.constants.insert(name, value);
                }
            }
        }
    }

    /// The body that a bundler wrapped: `var require_x = __commonJS({ "x.js"(exports, module) {…} })`.
    fn wrapped(&mut self, call: &CallExpression<'a>, generated: bool) -> Option<usize> {
        let Expression::Identifier(callee) = call.callee.without_parentheses() else { return None };
        let known = callee.name.starts_with("__commonJS") || callee.name.starts_with("__esm");
        let wrapper = known || (generated && call.arguments.len() == 1);
        if !wrapper {
            return None;
        }
        match call.arguments.first()?.as_expression()?.without_parentheses() {
            Expression::ObjectExpression(object) if object.properties.len() == 1 => match object.properties.first()? {
                ObjectPropertyKind::ObjectProperty(property) => match &property.value {
                    Expression::Identifier(_) => None,
                    value => self.function_of(value),
                },
                ObjectPropertyKind::SpreadProperty(_) => None,
            },
            Expression::Identifier(_) => None,
            other => self.function_of(other),
        }
    }

    /// True when an expression is `require` by another name.
    fn makes_require(&self, expression: &Expression<'a>) -> bool {
        match expression.without_parentheses() {
            Expression::Identifier(identifier) => {
                identifier.name == "require" || self.require.contains(identifier.name.as_str())
            }
            Expression::CallExpression(call) => self.creates_require(call),
            Expression::ConditionalExpression(choice) => {
                self.makes_require(&choice.consequent) || self.makes_require(&choice.alternate)
            }
            _ => false,
        }
    }

    /// True for `createRequire(…)` and `module.createRequire(…)`.
    pub fn creates_require(&self, call: &CallExpression<'_>) -> bool {
        match call.callee.without_parentheses() {
            Expression::Identifier(identifier) => self.create_require.contains(identifier.name.as_str()),
            Expression::StaticMemberExpression(member) => member.property.name == "createRequire",
            _ => false,
        }
    }

    fn exports(&mut self, statement: &Statement<'a>) {
        match statement {
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::FunctionDeclaration(function) => {
                    if let Some(id) = &function.id {
                        self.export(id.name.to_string(), self.functions.get(id.name.as_str()).copied());
                    }
                }
                Declaration::VariableDeclaration(variables) => {
                    for declarator in &variables.declarations {
                        if let (Some(name), Some(init)) = (declarator.id.get_identifier_name(), &declarator.init) {
                            let function = self.standing_for(init);
                            self.export(name.to_string(), function);
                        }
                    }
                }
                _ => {}
            },
            Statement::ExportNamedDeclaration(export) => {
                for specifier in &export.specifiers {
                    let function = self.functions.get(specifier.local.name().as_str()).copied();
                    self.export(specifier.exported.name().to_string(), function);
                }
            }
            Statement::ExportDefaultDeclaration(export) => {
                let function = match &export.declaration {
                    ExportDefaultDeclarationKind::FunctionDeclaration(function) => {
                        self.declare(function);
                        self.at.get(&function.span.start).copied()
                    }
                    other => other.as_expression().and_then(|expression| self.standing_for(expression)),
                };
                self.export("default".into(), function);
            }
            Statement::ExpressionStatement(statement) => self.assigned(&statement.expression),
            _ => {}
        }
    }

    fn export(&mut self, name: String, function: Option<usize>) {
        if let Some(function) = function {
            self.exported.insert(name, function);
        }
    }

    /// `exports.name = …`, `module.exports = {…}`, `__export(x, { name: () => … })`.
    fn assigned(&mut self, expression: &Expression<'a>) {
        match expression.without_parentheses() {
            Expression::AssignmentExpression(assignment) => {
                let AssignmentTarget::StaticMemberExpression(member) = &assignment.left else { return };
                let name = member.property.name.as_str();
                if is_exports(&member.object) {
                    let function = self.standing_for(&assignment.right);
                    self.export(name.to_string(), function);
                } else if name == "exports" && member.object.is_specific_id("module") {
                    self.object_of_exports(&assignment.right);
                }
            }
            Expression::CallExpression(call) if call.callee.is_specific_id("__export") => {
                if let Some(object) = call.arguments.get(1).and_then(|argument| argument.as_expression()) {
                    self.object_of_exports(object);
                }
            }
            _ => {}
        }
    }

    fn object_of_exports(&mut self, expression: &Expression<'a>) {
        let Expression::ObjectExpression(object) = expression.without_parentheses() else { return };
        for property in &object.properties {
            if let ObjectPropertyKind::ObjectProperty(property) = property
                && let Some(name) = property.key.static_name()
            {
                // A bundler exports through getters: `handler: () => handler`.
                let value = match &property.value {
                    Expression::ArrowFunctionExpression(getter) => getter.get_expression().unwrap_or(&property.value),
                    value => value,
                };
                let function = self.standing_for(value);
                self.export(name.into_owned(), function);
            }
        }
    }

    /// The function that runs when this value is called: itself, a named one, or those handed to a
    /// wrapper (`middy(handler)`).
    fn standing_for(&mut self, expression: &Expression<'a>) -> Option<usize> {
        let expression = expression.without_parentheses();
        if let Expression::CallExpression(call) = expression {
            let inner: Vec<usize> = call
                .arguments
                .iter()
                .filter_map(|argument| argument.as_expression())
                .filter_map(|argument| self.function_of(argument))
                .collect();
            if inner.is_empty() {
                return None;
            }
            let wrapper = self.add(expression.span().start, false);
            self.calls.calls.extend(inner.into_iter().map(|function| (wrapper, function, Strength::Hard)));
            return Some(wrapper);
        }
        self.function_of(expression)
    }
}

/// True for `exports` and `module.exports`.
pub(super) fn is_exports(expression: &Expression<'_>) -> bool {
    match expression.without_parentheses() {
        Expression::Identifier(identifier) => identifier.name == "exports",
        Expression::StaticMemberExpression(member) => {
            member.property.name == "exports" && member.object.is_specific_id("module")
        }
        _ => false,
    }
}
