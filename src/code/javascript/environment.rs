//! Names of the module's own that stand for `process.env`, or for one variable of it.

use oxc_ast::ast::{AssignmentTarget, BindingPattern, Expression, VariableDeclarator};
use rustc_hash::FxHashSet;

use super::module::Target;
use super::names::Names;
use super::scope::Scopes;
use super::walk::Walk;

impl<'a> Names<'a> {
    /// Takes what a constant stands for: `const env = process.env`, `const { NODE_ENV } = process.env`,
    /// `const { env } = process`.
    pub(super) fn take_environment(&mut self, declarator: &VariableDeclarator<'a>, target: &Target) {
        let Some(init) = &declarator.init else { return };
        let scopes = Scopes::new(FxHashSet::default());
        let folder = self.folder(target, &scopes);
        let (is_process, is_environment) = (folder.is_process(init), folder.is_environment(init));
        match &declarator.id {
            BindingPattern::BindingIdentifier(local) if is_environment => {
                self.environments.insert(local.name.as_str());
            }
            BindingPattern::ObjectPattern(pattern) if is_environment || is_process => {
                for property in &pattern.properties {
                    // A default counts only where there is no value.
                    let local = match &property.value {
                        BindingPattern::AssignmentPattern(own) => own.left.get_identifier_name(),
                        own => own.get_identifier_name(),
                    };
                    let (Some(name), Some(local)) = (property.key.static_name(), local) else { continue };
                    if is_environment {
                        let value = target.environment.get(&name).map(Into::into);
                        self.constants.extend(value.map(|value| (local.as_str(), value)));
                    } else if name == "env" {
                        self.environments.insert(local.as_str());
                    }
                }
            }
            _ => {}
        }
    }
}

impl<'a> Walk<'_, 'a> {
    /// The environment variable that is assigned to.
    pub(super) fn variable_of<'t>(&self, target: &'t AssignmentTarget<'a>) -> Option<&'t str> {
        let (object, name) = match target {
            AssignmentTarget::StaticMemberExpression(member) => (&member.object, member.property.name.as_str()),
            AssignmentTarget::ComputedMemberExpression(member) => match &member.expression {
                Expression::StringLiteral(name) => (&member.object, name.value.as_str()),
                _ => return None,
            },
            _ => return None,
        };
        self.names.folder(self.target, &self.scopes).is_environment(object).then_some(name)
    }
}
