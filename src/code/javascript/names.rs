//! The module's own names: functions, constants, aliases of `require`, and which function an
//! exported name stands for. Gathered from the top level before the walk.

use std::collections::BTreeMap;

use oxc_ast::ast::{
    AssignmentTarget, CallExpression, Declaration, ExportDefaultDeclarationKind, Expression, Function,
    ImportDeclarationSpecifier, ObjectPropertyKind, Program, Statement, UnaryOperator, VariableDeclaration,
    VariableDeclarationKind,
};
use oxc_span::GetSpan;
use rustc_hash::{FxHashMap, FxHashSet};

use super::fold::{Constant, Folder};
use super::module::{Goal, Target};
use super::scope::{Scopes, bound};
use super::taken::Taken;
use crate::code::Strength;
use crate::code::calls::{Calls, TOP};

/// Longest text of a bundler's stand-in for `require`, bytes.
const STAND_IN: usize = 1_000;

/// What the top level declares.
#[derive(Default)]
pub(super) struct Names<'a> {
    /// The text of the module.
    text: &'a str,
    /// Functions by name: index in [`Calls`].
    pub functions: FxHashMap<&'a str, usize>,
    /// Functions by the place where their node begins.
    pub at: FxHashMap<u32, usize>,
    /// Functions that end at their first `await`.
    pub asynchronous: FxHashSet<usize>,
    /// Values of constants.
    pub constants: FxHashMap<&'a str, Constant>,
    /// Constants that are `process.env` by another name.
    pub environments: FxHashSet<&'a str>,
    /// Names that are `require` by another name.
    pub require: FxHashSet<&'a str>,
    /// Names imported or required that make a `require` (`createRequire`).
    pub create_require: FxHashSet<&'a str>,
    /// Variables of the top level that have no value at first.
    pub unset: FxHashSet<&'a str>,
    /// Variables of the top level.
    pub variables: FxHashSet<&'a str>,
    /// What names stand for in other modules.
    pub taken: FxHashMap<&'a str, Taken>,
    /// Everything that the top level declares or imports.
    pub declared: FxHashSet<&'a str>,
    /// Constants whose value is surely no function, and whether it is true in a condition.
    pub literals: FxHashMap<&'a str, bool>,
    /// A bundler's stand-in for `require`, in a module that has none.
    pub stand_in: Option<&'a str>,
    /// It is an ECMAScript module, and nothing in it is called `require`.
    pub without_require: bool,
    /// Functions by exported name.
    pub exported: BTreeMap<String, usize>,
    /// Who calls whom.
    pub calls: Calls,
}

/// Gathers the names of a module.
pub(super) fn gather<'a>(program: &Program<'a>, target: &Target, generated: bool) -> Names<'a> {
    let calls = Calls { functions: TOP + 1, ..Calls::default() };
    let mut names = Names { calls, text: program.source_text, ..Names::default() };
    names.create_require.insert("createRequire");
    names.declared = declared(program);
    names.without_require = target.goal == Goal::Module && !names.declared.contains("require");
    for statement in &program.body {
        match statement {
            Statement::FunctionDeclaration(function) => names.declare(function),
            Statement::VariableDeclaration(variables) => names.variables(variables, target, generated),
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::FunctionDeclaration(function) => names.declare(function),
                Declaration::VariableDeclaration(variables) => names.variables(variables, target, generated),
                _ => {}
            },
            Statement::ImportDeclaration(import) => {
                names.take_import(import);
                if !matches!(import.source.value.as_str(), "module" | "node:module") {
                    continue;
                }
                for specifier in import.specifiers.iter().flatten() {
                    if let ImportDeclarationSpecifier::ImportSpecifier(named) = specifier
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

/// Every name of the module's own scope.
fn declared<'a>(program: &Program<'a>) -> FxHashSet<&'a str> {
    let mut names: FxHashSet<&'a str> = Scopes::of_body(&program.body).into_iter().collect();
    for statement in &program.body {
        match statement {
            Statement::ImportDeclaration(import) => {
                let local = |specifier: &ImportDeclarationSpecifier<'a>| specifier.local().name.as_str();
                names.extend(import.specifiers.iter().flatten().map(local));
            }
            Statement::ExportDeclaration(export) => {
                names.extend(export.declaration.id().map(|id| id.name.as_str()));
                if let Declaration::VariableDeclaration(variables) = &export.declaration {
                    let mut bound_here = Vec::new();
                    variables.declarations.iter().for_each(|declarator| bound(&declarator.id, &mut bound_here));
                    names.extend(bound_here);
                }
            }
            _ => {}
        }
    }
    names
}

impl<'a> Names<'a> {
    /// Names that the walk must see when an inner scope declares them.
    pub fn interesting(&self) -> FxHashSet<&'a str> {
        let globals =
            ["require", "module", "exports", "process", "define", "window", "document", "__dirname", "global"];
        let own = self.functions.keys().chain(self.constants.keys()).chain(&self.require).chain(&self.create_require);
        let own = own.chain(&self.unset).chain(&self.environments);
        let literals = self.literals.keys().chain(self.stand_in.iter()).chain(self.taken.keys());
        globals.into_iter().chain(["__filename"]).chain(own.chain(literals).copied()).collect()
    }

    /// What folds expressions at a place inside these scopes.
    pub fn folder<'f>(&'f self, target: &'f Target, scopes: &'f Scopes<'a>) -> Folder<'f, 'a> {
        Folder {
            target,
            scopes,
            constants: &self.constants,
            environments: &self.environments,
            require: &self.require,
            without_require: self.without_require,
        }
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
            self.take_required(declarator);
            self.take_made(declarator);
            if declaration.kind == VariableDeclarationKind::Const {
                self.take_environment(declarator, target);
            }
            let Some(name) = declarator.id.get_identifier_name() else { continue };
            let name = name.as_str();
            self.variables.insert(name);
            let empty = |init: &Expression<'a>| init.is_null() || init.is_undefined();
            if declaration.kind != VariableDeclarationKind::Const && declarator.init.as_ref().is_none_or(empty) {
                self.unset.insert(name);
            }
            let Some(init) = &declarator.init else { continue };
            if self.without_require && self.is_stand_in(init) {
                self.stand_in = Some(name);
                continue;
            }
            if declaration.kind == VariableDeclarationKind::Const
                && let Some(truth) = self.literal(init)
            {
                self.literals.insert(name, truth);
            }
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
                let folder = self.folder(target, &scopes);
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

    /// True for what bundlers put in the place of `require` (its text is the same in minified code).
    fn is_stand_in(&self, init: &Expression<'a>) -> bool {
        let span = init.span();
        let text = self.text.get(span.start as usize..span.end as usize).unwrap_or_default();
        text.len() < STAND_IN && text.contains("Dynamic require of \"")
    }

    /// For a value that is surely no function: whether it is true in a condition.
    pub fn literal(&self, value: &Expression<'a>) -> Option<bool> {
        match value.without_parentheses() {
            Expression::ObjectExpression(_) | Expression::ArrayExpression(_) | Expression::RegExpLiteral(_) => {
                Some(true)
            }
            Expression::StringLiteral(literal) => Some(!literal.value.is_empty()),
            Expression::NumericLiteral(literal) => Some(literal.value != 0.0),
            Expression::BooleanLiteral(literal) => Some(literal.value),
            Expression::NullLiteral(_) => Some(false),
            Expression::UnaryExpression(unary) => (unary.operator == UnaryOperator::Void).then_some(false),
            Expression::Identifier(identifier) => self.literals.get(identifier.name.as_str()).copied(),
            _ => None,
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
                if name == "exports" && member.object.is_specific_id("module") {
                    self.object_of_exports(&assignment.right);
                } else if is_exports(&member.object) {
                    let function = self.standing_for(&assignment.right);
                    self.export(name.to_string(), function);
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
        let Expression::ObjectExpression(object) = expression.without_parentheses() else {
            // The module itself is a function.
            let function = self.function_of(expression);
            return self.export(String::new(), function);
        };
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
