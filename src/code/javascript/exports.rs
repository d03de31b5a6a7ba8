//! What a module exports, as far as its text tells.

use std::collections::BTreeSet;

use oxc_ast::ast::{
    Argument, AssignmentExpression, AssignmentTarget, CallExpression, Declaration, Expression, ObjectPropertyKind,
    Program, PropertyKind, Statement,
};
use rustc_hash::FxHashMap;

use super::module::{Exports, Goal};
use super::names::is_exports;
use super::scope::bound;
use super::walk::Walk;

/// Exports met so far.
#[derive(Default)]
pub(super) struct Exporting<'a> {
    pub exports: Exports,
    /// How often something was met that may export more than can be seen.
    pub opened: usize,
    /// A bundler's list of its own exports was met: nothing else is exported.
    annotated: bool,
    /// The object whose getters a bundler exports: `module.exports = __toCommonJS(index_exports)`.
    converted: Option<&'a str>,
    /// Objects that a bundler gave getters: `__export(index_exports, {…})`.
    given: Vec<&'a str>,
    /// Names that may get another value when something is called.
    unsettled: BTreeSet<String>,
}

impl<'a> Exporting<'a> {
    /// `0 && (module.exports = {…})`: what bundlers write for those who read the text.
    pub fn annotation(&mut self, expression: &Expression<'a>) {
        let Expression::AssignmentExpression(assignment) = expression.without_parentheses() else { return };
        if let Expression::ObjectExpression(object) = &assignment.right
            && targets_exports(&assignment.left)
        {
            self.annotated = true;
            self.exports.open = false;
            self.object(&object.properties, &|_| None);
        }
    }

    /// More may be exported than can be seen.
    pub fn open(&mut self) {
        self.exports.open |= !self.annotated;
        self.opened += 1;
    }

    /// What was gathered.
    pub fn finish(mut self, goal: Goal) -> Exports {
        if let Some(converted) = self.converted
            && !self.given.contains(&converted)
        {
            self.open();
        }
        self.exports.literals.retain(|name, _| !self.unsettled.contains(name));
        // The exports of an ECMAScript module are all written down.
        Exports { open: self.exports.open && goal == Goal::CommonJs, ..self.exports }
    }

    /// A name gets a value: for one that is no function, whether it is true in a condition.
    fn assign(&mut self, name: String, literal: Option<bool>, settled: bool) {
        if !settled {
            self.unsettled.insert(name.clone());
        }
        match literal {
            Some(truth) => self.exports.literals.insert(name.clone(), truth),
            None => self.exports.literals.remove(&name),
        };
        self.exports.names.insert(name);
    }

    fn object(&mut self, properties: &[ObjectPropertyKind<'a>], literal: &dyn Fn(&Expression<'a>) -> Option<bool>) {
        for property in properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => match property.key.static_name() {
                    Some(name) => {
                        let value = (property.kind == PropertyKind::Init).then(|| literal(&property.value)).flatten();
                        self.assign(name.into_owned(), value, true);
                    }
                    None => self.open(),
                },
                ObjectPropertyKind::SpreadProperty(spread) => match required(&spread.argument) {
                    Some(from) => self.exports.from.push(from),
                    None => self.open(),
                },
            }
        }
    }
}

/// The specifier of `require("…")`.
pub(super) fn required(expression: &Expression<'_>) -> Option<String> {
    let Expression::CallExpression(call) = expression.without_parentheses() else { return None };
    match call.arguments.first().and_then(Argument::as_expression) {
        Some(Expression::StringLiteral(specifier)) if call.is_require_call() => Some(specifier.value.to_string()),
        _ => None,
    }
}

/// True for the target `module.exports`.
pub(super) fn targets_exports(target: &AssignmentTarget<'_>) -> bool {
    let AssignmentTarget::StaticMemberExpression(member) = target else { return false };
    member.property.name == "exports" && member.object.is_specific_id("module")
}

/// Names that `export` statements declare; `literals` are constants that are no functions.
pub(super) fn declared(program: &Program<'_>, literals: &FxHashMap<&str, bool>, exports: &mut Exports) {
    let mut literal = |exported: &str, local: &str| {
        if let Some(truth) = literals.get(local) {
            exports.literals.insert(exported.to_owned(), *truth);
        }
    };
    for statement in &program.body {
        match statement {
            Statement::ExportDeclaration(export) => {
                if let Declaration::VariableDeclaration(variables) = &export.declaration {
                    for declarator in &variables.declarations {
                        declarator.id.get_identifier_name().iter().for_each(|name| literal(name, name));
                    }
                }
            }
            Statement::ExportNamedDeclaration(export) => {
                export.specifiers.iter().for_each(|s| literal(s.exported.name().as_str(), s.local.name().as_str()));
            }
            _ => {}
        }
    }
    for statement in &program.body {
        match statement {
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::FunctionDeclaration(function) => {
                    exports.names.extend(function.id.as_ref().map(|id| id.name.to_string()));
                }
                Declaration::ClassDeclaration(class) => {
                    exports.names.extend(class.id.as_ref().map(|id| id.name.to_string()));
                }
                Declaration::VariableDeclaration(variables) => {
                    let mut names = Vec::new();
                    variables.declarations.iter().for_each(|declarator| bound(&declarator.id, &mut names));
                    exports.names.extend(names.into_iter().map(str::to_string));
                }
                _ => {}
            },
            Statement::ExportNamedDeclaration(export) => {
                exports.names.extend(export.specifiers.iter().map(|s| s.exported.name().to_string()));
            }
            Statement::ExportDefaultDeclaration(_) => {
                exports.names.insert("default".into());
            }
            _ => {}
        }
    }
}

impl<'a> Walk<'_, 'a> {
    /// Takes up an assignment to exports; false when it is not one (or is walked further as any other).
    pub(super) fn export_assignment(&mut self, assignment: &AssignmentExpression<'a>) -> bool {
        if self.target.goal == Goal::Module || self.scopes.shadows("exports") || self.scopes.shadows("module") {
            return false;
        }
        let name = match &assignment.left {
            left if targets_exports(left) => None,
            // `exports = module.exports = …`: the name stands for what it did.
            AssignmentTarget::AssignmentTargetIdentifier(left) if left.name == "exports" => {
                if !matches!(&assignment.right, Expression::AssignmentExpression(inner) if targets_exports(&inner.left))
                {
                    return false;
                }
                oxc_ast_visit::Visit::visit_expression(self, &assignment.right);
                return true;
            }
            AssignmentTarget::StaticMemberExpression(member) if self.is_own_exports(&member.object) => {
                Some(member.property.name.to_string())
            }
            AssignmentTarget::ComputedMemberExpression(member) if self.is_own_exports(&member.object) => {
                match member.expression.without_parentheses() {
                    Expression::StringLiteral(name) => Some(name.value.to_string()),
                    _ => return false,
                }
            }
            _ => return false,
        };
        match name {
            None => self.exported_value(&assignment.right),
            Some(name) => {
                let literal = self.literal(&assignment.right);
                let settled = self.is_top_and_certain();
                self.exporting.assign(name, literal, settled);
            }
        }
        oxc_ast_visit::Visit::visit_expression(self, &assignment.right);
        true
    }

    /// The value of `module.exports = …`.
    fn exported_value(&mut self, value: &Expression<'a>) {
        match value.without_parentheses() {
            Expression::ObjectExpression(object) => {
                let mut exporting = std::mem::take(&mut self.exporting);
                exporting.object(&object.properties, &|value| self.literal(value));
                self.exporting = exporting;
            }
            Expression::CallExpression(call) => {
                let argument = call.arguments.first().and_then(Argument::as_expression);
                if let Some(from) = required(value) {
                    self.exporting.exports.from.push(from);
                } else if let (true, Some(Expression::Identifier(object))) =
                    (call.callee.is_specific_id("__toCommonJS"), argument)
                {
                    self.exporting.converted = Some(object.name.as_str());
                } else {
                    self.exporting.open();
                }
            }
            // Its own visit takes it up.
            Expression::AssignmentExpression(inner) if targets_exports(&inner.left) => {}
            Expression::AssignmentExpression(inner) if matches!(&inner.left, AssignmentTarget::AssignmentTargetIdentifier(left) if left.name == "exports") =>
            {
                self.exported_value(&inner.right);
            }
            Expression::FunctionExpression(_)
            | Expression::ArrowFunctionExpression(_)
            | Expression::StringLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::BooleanLiteral(_)
            | Expression::NullLiteral(_) => {}
            _ => self.exporting.open(),
        }
    }

    /// For a value that is surely no function: whether it is true in a condition.
    fn literal(&self, value: &Expression<'a>) -> Option<bool> {
        let hidden = value.get_identifier_reference().is_some_and(|id| self.scopes.shadows(id.name.as_str()));
        if hidden { None } else { self.names.literal(value) }
    }

    /// True for `exports`, `module.exports` and, outside of functions, `this`.
    fn is_own_exports(&self, expression: &Expression<'a>) -> bool {
        is_exports(expression) || (matches!(expression, Expression::ThisExpression(_)) && self.this_is_exports())
    }

    /// Takes up a call that exports: true when its arguments need no further walk.
    pub(super) fn export_call(&mut self, call: &CallExpression<'a>) -> bool {
        if self.target.goal == Goal::Module || self.scopes.shadows("exports") || self.scopes.shadows("module") {
            return false;
        }
        let first = call.arguments.first().and_then(Argument::as_expression);
        let second = call.arguments.get(1).and_then(Argument::as_expression);
        match call.callee.without_parentheses() {
            Expression::StaticMemberExpression(member)
                if member.property.name == "defineProperty"
                    && member.object.is_specific_id("Object")
                    && first.is_some_and(is_exports) =>
            {
                match second {
                    Some(Expression::StringLiteral(name)) => {
                        let settled = self.is_top_and_certain();
                        self.exporting.assign(name.value.to_string(), None, settled);
                    }
                    _ => self.exporting.open(),
                }
                call.arguments.iter().skip(1).for_each(|a| oxc_ast_visit::Visit::visit_argument(self, a));
                true
            }
            Expression::Identifier(callee) if callee.name == "__export" => {
                if let (Some(Expression::Identifier(target)), Some(Expression::ObjectExpression(object))) =
                    (first, second)
                {
                    self.exporting.given.push(target.name.as_str());
                    self.exporting.object(&object.properties, &|_| None);
                }
                false
            }
            Expression::Identifier(callee) if callee.name == "__reExport" => {
                match second.and_then(required) {
                    Some(from) => self.exporting.exports.from.push(from),
                    None => self.exporting.open(),
                }
                false
            }
            callee if is_export_star(callee) => {
                if let Some(Expression::CallExpression(inner)) = first
                    && let Some(Expression::StringLiteral(from)) =
                        inner.arguments.first().and_then(Argument::as_expression)
                {
                    self.exporting.exports.from.push(from.value.to_string());
                    oxc_ast_visit::Visit::visit_call_expression(self, inner);
                    return true;
                }
                false
            }
            _ => false,
        }
    }
}

/// True for the compiler's helper that exports all names of another module.
fn is_export_star(callee: &Expression<'_>) -> bool {
    match callee {
        Expression::Identifier(identifier) => identifier.name == "__exportStar",
        Expression::StaticMemberExpression(member) => member.property.name == "__exportStar",
        _ => false,
    }
}
