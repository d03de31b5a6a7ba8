//! What a module takes from others and calls: by which names it knows their exports, and where it calls them.

use oxc_ast::ast::{
    Argument, BindingPattern, Expression, ImportDeclaration, ImportDeclarationSpecifier, VariableDeclarator,
};

use super::exports::required;
use super::module::OutCall;
use super::names::Names;
use super::walk::Walk;

/// What a local name stands for in another module.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    /// The module, as written.
    specifier: String,
    /// It is imported, not required.
    import: bool,
    /// The exported name; empty for all that a CommonJS module exports, `*` for all names of an import.
    name: String,
}

impl<'a> Names<'a> {
    /// Takes up the names of an `import`.
    pub(super) fn take_import(&mut self, import: &ImportDeclaration<'a>) {
        for specifier in import.specifiers.iter().flatten() {
            let name = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(named) => named.imported.name().to_string(),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => "default".to_owned(),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => "*".to_owned(),
            };
            let taken = Taken { specifier: import.source.value.to_string(), import: true, name };
            self.taken.insert(specifier.local().name.as_str(), taken);
        }
    }

    /// Takes up what a call of another module's export gives: `app = fastify()`, `app = require("fastify")()`.
    pub(super) fn take_made(&mut self, declarator: &VariableDeclarator<'a>) {
        let (Some(local), Some(Expression::CallExpression(call))) =
            (declarator.id.get_identifier_name(), declarator.init.as_ref().map(|init| init.without_parentheses()))
        else {
            return;
        };
        let made = match call.callee.without_parentheses() {
            Expression::Identifier(own) => self.taken.get(own.name.as_str()).cloned(),
            callee => required_part(callee).map(|(specifier, name)| Taken { specifier, import: false, name }),
        };
        if let Some(made) = made {
            let name = if made.name == "default" { "()".to_owned() } else { format!("{}()", made.name) };
            self.taken.insert(local.as_str(), Taken { name, ..made });
        }
    }

    /// Takes up `x = require("m")`, `x = require("m").y` and `{ y: x } = require("m")`.
    pub(super) fn take_required(&mut self, declarator: &VariableDeclarator<'a>) {
        let Some((specifier, name)) = declarator.init.as_ref().and_then(required_part) else { return };
        match &declarator.id {
            BindingPattern::BindingIdentifier(local) => {
                self.taken.insert(local.name.as_str(), Taken { specifier, import: false, name });
            }
            BindingPattern::ObjectPattern(pattern) if name.is_empty() => {
                for property in &pattern.properties {
                    if let (Some(name), Some(local)) =
                        (property.key.static_name(), property.value.get_identifier_name())
                    {
                        let taken = Taken { specifier: specifier.clone(), import: false, name: name.into_owned() };
                        self.taken.insert(local.as_str(), taken);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Deepest path of properties that is followed to what a module exports.
const PATH: usize = 8;

/// The module of `require("m")` or `require("m").y`, also within a compiler's helper, and the name that is taken from it.
fn required_part(expression: &Expression<'_>) -> Option<(String, String)> {
    match expression.without_parentheses() {
        Expression::CallExpression(call)
            if call.callee.is_specific_id("__importDefault") || call.callee.is_specific_id("__importStar") =>
        {
            let inner = call.arguments.first().and_then(Argument::as_expression)?;
            required(inner).map(|specifier| (specifier, String::new()))
        }
        Expression::StaticMemberExpression(member) => {
            required(&member.object).map(|specifier| (specifier, member.property.name.to_string()))
        }
        other => required(other).map(|specifier| (specifier, String::new())),
    }
}

impl<'a> Walk<'_, 'a> {
    /// Records the call of what another module exports: `x()`, `x.y()`, `(0, x.y)()`, `require("m")()`.
    pub(super) fn calls_out(&mut self, callee: &Expression<'a>) {
        let Some(call) = self.out_call(callee.without_parentheses()) else { return };
        self.out_sites.push((self.function, self.out_calls.len(), self.strength));
        self.out_calls.push(call);
    }

    fn out_call(&self, callee: &Expression<'a>) -> Option<OutCall> {
        if let Some((specifier, name)) = required_part(callee).filter(|_| self.is_require("require")) {
            return Some(OutCall { specifier, import: false, name, of_default: false, local: String::new() });
        }
        match callee {
            Expression::Identifier(own) => {
                let local = own.name.as_str();
                let taken = self.taken(local).filter(|taken| taken.name != "*")?.clone();
                let Taken { specifier, import, name } = taken;
                Some(OutCall { specifier, import, name, of_default: false, local: local.to_owned() })
            }
            Expression::StaticMemberExpression(member) => {
                let local = member.object.without_parentheses().get_identifier_reference()?.name.as_str();
                let taken = self.taken(local).filter(|own| matches!(&*own.name, "" | "*" | "default"))?.clone();
                let of_default = taken.name == "default";
                let name = member.property.name.to_string();
                let Taken { specifier, import, .. } = taken;
                Some(OutCall { specifier, import, name, of_default, local: local.to_owned() })
            }
            Expression::SequenceExpression(sequence) => {
                self.out_call(sequence.expressions.last()?.without_parentheses())
            }
            _ => None,
        }
    }

    /// The module and the path of properties from its exports that an expression is: `core_1.NestFactory.create`. The
    /// exports as a whole, and what is exported as default, have an empty path.
    pub(super) fn taken_path(&self, expression: &Expression<'a>) -> Option<(String, String)> {
        self.path_within(expression.without_parentheses(), PATH)
    }

    fn path_within(&self, expression: &Expression<'a>, depth: usize) -> Option<(String, String)> {
        let depth = depth.checked_sub(1)?;
        match expression {
            Expression::Identifier(own) => {
                let taken = self.taken(own.name.as_str())?;
                let whole = matches!(&*taken.name, "" | "*" | "default");
                Some((taken.specifier.clone(), if whole { String::new() } else { taken.name.clone() }))
            }
            Expression::StaticMemberExpression(member) => {
                let (specifier, path) = self.path_within(member.object.without_parentheses(), depth)?;
                let path = match (member.property.name.as_str(), path.as_str()) {
                    ("default", _) => path,
                    (name, "") => name.to_owned(),
                    (name, path) => format!("{path}.{name}"),
                };
                Some((specifier, path))
            }
            Expression::SequenceExpression(sequence) => {
                self.path_within(sequence.expressions.last()?.without_parentheses(), depth)
            }
            other => required_part(other).filter(|_| self.is_require("require")),
        }
    }

    fn taken(&self, local: &str) -> Option<&Taken> {
        self.names.taken.get(local).filter(|_| !self.scopes.shadows(local))
    }
}
