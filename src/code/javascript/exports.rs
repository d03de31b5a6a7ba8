//! What a module exports, as far as its text tells.

use oxc_ast::ast::{
    Argument, AssignmentExpression, AssignmentTarget, CallExpression, Declaration, Expression, ObjectPropertyKind,
    Program, Statement,
};

use super::module::Exports;
use super::names::is_exports;
use super::scope::bound;
use super::walk::Walk;

/// Exports met so far.
#[derive(Default)]
pub(super) struct Exporting {
    pub exports: Exports,
    /// A bundler's list of its own exports was met: nothing else is exported.
    annotated: bool,
}

impl Exporting {
    /// `0 && (module.exports = {…})`: what bundlers write for those who read the text.
    pub fn annotation(&mut self, expression: &Expression<'_>) {
        let Expression::AssignmentExpression(assignment) = expression.without_parentheses() else { return };
        if let Expression::ObjectExpression(object) = &assignment.right
            && targets_exports(&assignment.left)
        {
            self.annotated = true;
            self.object(&object.properties);
        }
    }

    /// What was gathered.
    pub fn finish(self) -> Exports {
        Exports { open: self.exports.open && !self.annotated, ..self.exports }
    }

    fn object(&mut self, properties: &[ObjectPropertyKind<'_>]) {
        for property in properties {
            let name = match property {
                ObjectPropertyKind::ObjectProperty(property) => property.key.static_name(),
                ObjectPropertyKind::SpreadProperty(_) => None,
            };
            match name {
                Some(name) => {
                    self.exports.names.insert(name.into_owned());
                }
                None => self.exports.open = true,
            }
        }
    }
}

/// True for the target `module.exports`.
fn targets_exports(target: &AssignmentTarget<'_>) -> bool {
    let AssignmentTarget::StaticMemberExpression(member) = target else { return false };
    member.property.name == "exports" && member.object.is_specific_id("module")
}

/// Names that `export` statements declare.
pub(super) fn declared(program: &Program<'_>, exports: &mut Exports) {
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
        if self.scopes.shadows("exports") || self.scopes.shadows("module") {
            return false;
        }
        if targets_exports(&assignment.left) {
            self.exported_value(&assignment.right);
        } else if let AssignmentTarget::StaticMemberExpression(member) = &assignment.left
            && is_exports(&member.object)
        {
            self.exporting.exports.names.insert(member.property.name.to_string());
        } else {
            return false;
        }
        oxc_ast_visit::Visit::visit_expression(self, &assignment.right);
        true
    }

    /// The value of `module.exports = …`.
    fn exported_value(&mut self, value: &Expression<'a>) {
        match value.without_parentheses() {
            Expression::ObjectExpression(object) => self.exporting.object(&object.properties),
            Expression::CallExpression(call) if call.is_require_call() => {
                if let Some(Expression::StringLiteral(specifier)) =
                    call.arguments.first().and_then(Argument::as_expression)
                {
                    self.exporting.exports.from.push(specifier.value.to_string());
                }
            }
            Expression::AssignmentExpression(inner) if targets_exports(&inner.left) => {}
            _ => self.exporting.exports.open = true,
        }
    }

    /// Takes up a call that exports: true when its arguments need no further walk.
    pub(super) fn export_call(&mut self, call: &CallExpression<'a>) -> bool {
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
                        self.exporting.exports.names.insert(name.value.to_string());
                    }
                    _ => self.exporting.exports.open = true,
                }
                call.arguments.iter().skip(1).for_each(|a| oxc_ast_visit::Visit::visit_argument(self, a));
                true
            }
            Expression::Identifier(callee) if callee.name == "__export" => {
                if let Some(Expression::ObjectExpression(object)) = second {
                    self.exporting.object(&object.properties);
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
