//! Variables that are filled when they are needed first: `if (!x) x = require("x")`. Whatever the condition says later,
//! the first time it holds, unless the variable gets a value in another place, too.

use std::ops::Range;

use oxc_ast::ast::{
    AssignmentExpression, AssignmentTarget, BinaryOperator, Expression, IfStatement, LogicalExpression,
    LogicalOperator, Statement, UnaryOperator,
};

use super::walk::Walk;
use crate::code::Strength;

/// Imports and calls that run where a variable has no value yet.
pub(super) struct Filling {
    name: String,
    imports: Range<usize>,
    calls: Range<usize>,
}

impl Walk<'_, '_> {
    /// Visits what fills a variable.
    pub(super) fn fill(&mut self, name: String, visit: impl FnOnce(&mut Self)) {
        let (imports, calls) = (self.names.calls.imports.len(), self.names.calls.calls.len());
        visit(self);
        let (imports, calls) = (imports..self.names.calls.imports.len(), calls..self.names.calls.calls.len());
        if !imports.is_empty() || !calls.is_empty() {
            self.fillings.push(Filling { name, imports, calls });
        }
    }

    /// Takes back what was made of variables that get a value in more than one place.
    pub(super) fn settle_fillings(&mut self) {
        for filling in std::mem::take(&mut self.fillings) {
            if self.assigned.get(filling.name.as_str()).is_some_and(|count| *count > 1) {
                let imports = self.names.calls.imports.get_mut(filling.imports).unwrap_or_default();
                imports.iter_mut().for_each(|site| site.2 = site.2.min(Strength::Conditional));
                let calls = self.names.calls.calls.get_mut(filling.calls).unwrap_or_default();
                calls.iter_mut().for_each(|site| site.2 = site.2.min(Strength::Conditional));
            }
        }
    }

    /// An assignment to a variable.
    pub(super) fn assigns_to(&mut self, name: &str) {
        let watched = self.names.unset.contains(name) || self.names.taken.contains_key(name);
        if watched && !self.scopes.shadows(name) {
            *self.assigned.entry(name.to_owned()).or_default() += 1;
        }
    }

    /// The variable of an `if` that asks whether it is still without a value, and then gives it one.
    pub(super) fn filled_by_if(&self, branch: &IfStatement<'_>) -> Option<String> {
        let name = asked(&branch.test).filter(|name| self.is_unset(name))?;
        let fills = match &branch.consequent {
            Statement::BlockStatement(block) => block.body.iter().any(|statement| fills(statement, name)),
            statement => fills(statement, name),
        };
        fills.then(|| name.to_owned())
    }

    /// The variable of `x || (x = …)` and `x ?? (x = …)`.
    pub(super) fn filled_by_logical(&self, logical: &LogicalExpression<'_>) -> Option<String> {
        let Expression::Identifier(left) = logical.left.without_parentheses() else { return None };
        let Expression::AssignmentExpression(right) = logical.right.without_parentheses() else { return None };
        let name = left.name.as_str();
        (logical.operator != LogicalOperator::And && assigns(right, name) && self.is_unset(name))
            .then(|| name.to_owned())
    }

    fn is_unset(&self, name: &str) -> bool {
        self.names.unset.contains(name) && !self.scopes.shadows(name)
    }
}

/// The name of which a condition asks whether it is without a value.
fn asked<'e>(test: &'e Expression<'_>) -> Option<&'e str> {
    match test.without_parentheses() {
        Expression::UnaryExpression(unary) if unary.operator == UnaryOperator::LogicalNot => {
            unary.argument.without_parentheses().get_identifier_reference().map(|id| id.name.as_str())
        }
        Expression::BinaryExpression(binary)
            if matches!(binary.operator, BinaryOperator::StrictEquality | BinaryOperator::Equality)
                && (binary.right.is_undefined() || binary.right.is_null()) =>
        {
            binary.left.without_parentheses().get_identifier_reference().map(|id| id.name.as_str())
        }
        _ => None,
    }
}

fn fills(statement: &Statement<'_>, name: &str) -> bool {
    match statement {
        Statement::ExpressionStatement(statement) => match statement.expression.without_parentheses() {
            Expression::AssignmentExpression(assignment) => assigns(assignment, name),
            _ => false,
        },
        _ => false,
    }
}

fn assigns(assignment: &AssignmentExpression<'_>, name: &str) -> bool {
    matches!(&assignment.left, AssignmentTarget::AssignmentTargetIdentifier(left) if left.name == name)
}
