//! Imports as the walk meets them: which calls are `require`, and what their specifier is.

use oxc_ast::ast::{CallExpression, Expression};
use oxc_span::GetSpan;

use super::fold::{Constant, HERE};
use super::module::{Form, Goal, Import};
use super::observe::here;
use super::walk::Walk;
use crate::code::Strength;
use crate::source::Span;

/// Longest specifier that is followed; no file system has longer paths.
const SPECIFIER_BYTES: usize = 1_024;

impl<'a> Walk<'_, 'a> {
    /// Records an import whose specifier is this expression.
    pub(super) fn import(&mut self, specifier: &Expression<'a>, form: Form) {
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
            names: Vec::new(),
            called: false,
            on_behalf_of: None,
            eager: false,
            elided: false,
        });
        self.names.calls.imports.push((self.function, index, self.strength));
        self.eager.imports.push((self.function, index, self.soonest()));
    }

    /// True when a name is `require` here.
    pub(super) fn is_require(&self, name: &str) -> bool {
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
    pub(super) fn required(&self, call: &CallExpression<'a>) -> Option<Form> {
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
}
