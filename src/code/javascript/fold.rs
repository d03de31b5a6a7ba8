//! Expressions whose value is known before the code runs: what the platform is, what the module's
//! own constants are. Only what decides branches and specifiers.

use oxc_ast::ast::{
    Argument, BinaryExpression, BinaryOperator, CallExpression, Expression, LogicalOperator, UnaryOperator,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::module::{Goal, Target};
use super::scope::Scopes;
use crate::code::Variable;

/// Stands for the folder of the module at the start of a text.
pub(super) const HERE: char = '\u{0}';

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    /// An object or function: true in a condition, equal to nothing that can be written.
    Object,
    /// Something that is true in a condition; nothing else is known.
    Truthy,
}

impl Constant {
    /// What it is as a condition.
    pub fn truth(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(value) => *value,
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Object | Self::Truthy => true,
        }
    }

    fn equals(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Truthy, _) => (!other.truth()).then_some(false),
            (_, Self::Truthy) => other.equals(self),
            (Self::Object, Self::Object) => None,
            _ => Some(self == other),
        }
    }

    /// `==` against null and undefined, which are alike to it.
    fn loosely_equals(&self, other: &Self) -> Option<bool> {
        let nothing = |value: &Self| matches!(value, Self::Undefined | Self::Null);
        match (self, other) {
            (a, b) if nothing(a) || nothing(b) => Some(nothing(a) && nothing(b)),
            (Self::Text(_), Self::Text(_)) | (Self::Bool(_), Self::Bool(_)) => self.equals(other),
            _ => None,
        }
    }
}

impl From<Variable<'_>> for Constant {
    fn from(variable: Variable<'_>) -> Self {
        match variable {
            Variable::Is(value) => Self::Text(value.to_owned()),
            Variable::Set => Self::Truthy,
        }
    }
}

/// Globals that do not exist where the code runs, and those that do.
const ABSENT_GLOBALS: [&str; 12] = [
    "window",
    "document",
    "define",
    "Deno",
    "Bun",
    "EdgeRuntime",
    "WorkerGlobalScope",
    "importScripts",
    "__webpack_require__",
    "__non_webpack_require__",
    "jest",
    "XMLHttpRequest",
];

/// Properties of `process` that other environments than Node.js add.
const ABSENT_OF_PROCESS: [&str; 9] =
    ["browser", "type", "pkg", "__nwjs", "resourcesPath", "defaultApp", "isBun", "noAsar", "windowsStore"];
/// What `require` has beside being called; loaders of other environments add more.
const OF_REQUIRE: [&str; 9] = ["resolve", "main", "extensions", "cache", "call", "apply", "bind", "name", "length"];

/// How deep an expression is folded: conditions that people write end long before.
const DEPTH: usize = 64;
/// Longest text that is kept, bytes: all that a function's environment holds, and more than any path. One that is put
/// together of itself would grow without end.
const LENGTH: usize = 4 << 10;

/// Folds expressions at one place of the text.
pub(super) struct Folder<'f, 'a> {
    pub target: &'f Target,
    pub scopes: &'f Scopes<'a>,
    pub constants: &'f FxHashMap<&'a str, Constant>,
    /// Names that are `process.env` by another name.
    pub environments: &'f FxHashSet<&'a str>,
    /// Names that are `require` by another name.
    pub require: &'f FxHashSet<&'a str>,
    /// An ECMAScript module without a `require` of its own.
    pub without_require: bool,
}

impl Folder<'_, '_> {
    /// The value of an expression, if it is known.
    pub fn fold(&self, expression: &Expression<'_>) -> Option<Constant> {
        self.within(expression, DEPTH)
    }

    /// True for `process`.
    pub fn is_process(&self, expression: &Expression<'_>) -> bool {
        self.dotted(expression, DEPTH).is_some_and(|name| without_global(&name) == "process")
    }

    /// True for `process.env`.
    pub fn is_environment(&self, expression: &Expression<'_>) -> bool {
        self.dotted(expression, DEPTH).is_some_and(|name| without_global(&name) == "process.env")
    }

    fn within(&self, expression: &Expression<'_>, depth: usize) -> Option<Constant> {
        let value = self.value(expression, depth.checked_sub(1)?)?;
        let is_kept = !matches!(&value, Constant::Text(text) if text.len() > LENGTH);
        is_kept.then_some(value)
    }

    fn value(&self, expression: &Expression<'_>, depth: usize) -> Option<Constant> {
        match expression.without_parentheses() {
            Expression::BooleanLiteral(literal) => Some(Constant::Bool(literal.value)),
            Expression::NullLiteral(_) => Some(Constant::Null),
            Expression::NumericLiteral(literal) => Some(Constant::Number(literal.value)),
            Expression::StringLiteral(literal) => Some(Constant::Text(literal.value.to_string())),
            Expression::TemplateLiteral(template) => self.template(template, depth),
            Expression::Identifier(identifier) => self.name(identifier.name.as_str()),
            Expression::StaticMemberExpression(member) => {
                self.member(&member.object, member.property.name.as_str(), depth)
            }
            Expression::ComputedMemberExpression(member) => match member.expression.without_parentheses() {
                Expression::StringLiteral(key) => self.member(&member.object, key.value.as_str(), depth),
                _ => None,
            },
            Expression::UnaryExpression(unary) => match unary.operator {
                UnaryOperator::LogicalNot => Some(Constant::Bool(!self.within(&unary.argument, depth)?.truth())),
                UnaryOperator::Void => Some(Constant::Undefined),
                UnaryOperator::Typeof => self.type_of(&unary.argument, depth),
                _ => None,
            },
            Expression::LogicalExpression(logical) => {
                let left = self.within(&logical.left, depth);
                match (logical.operator, left) {
                    (LogicalOperator::And, Some(left)) if !left.truth() => Some(left),
                    (LogicalOperator::Or, Some(left)) if left.truth() => Some(left),
                    (LogicalOperator::And | LogicalOperator::Or, Some(_)) => self.within(&logical.right, depth),
                    // A false right side decides a conjunction used as a condition.
                    (LogicalOperator::And, None) => self.within(&logical.right, depth).filter(|right| !right.truth()),
                    (LogicalOperator::Or, None) => {
                        self.within(&logical.right, depth).filter(Constant::truth).map(|_| Constant::Truthy)
                    }
                    (LogicalOperator::Coalesce, Some(Constant::Undefined | Constant::Null)) => {
                        self.within(&logical.right, depth)
                    }
                    (LogicalOperator::Coalesce, left) => left,
                }
            }
            Expression::ConditionalExpression(choice) => {
                let branch =
                    if self.within(&choice.test, depth)?.truth() { &choice.consequent } else { &choice.alternate };
                self.within(branch, depth)
            }
            Expression::BinaryExpression(binary) => self.binary(binary, depth),
            Expression::CallExpression(call) => self.call(call, depth),
            Expression::ObjectExpression(_)
            | Expression::ArrayExpression(_)
            | Expression::FunctionExpression(_)
            | Expression::ArrowFunctionExpression(_) => Some(Constant::Object),
            Expression::ChainExpression(chain) => match &chain.expression {
                oxc_ast::ast::ChainElement::StaticMemberExpression(member) => {
                    self.member(&member.object, member.property.name.as_str(), depth)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn template(&self, template: &oxc_ast::ast::TemplateLiteral<'_>, depth: usize) -> Option<Constant> {
        let mut text = String::new();
        for (at, quasi) in template.quasis.iter().enumerate() {
            text.push_str(quasi.value.cooked.as_ref()?.as_str());
            if text.len() > LENGTH {
                return None;
            }
            if let Some(hole) = template.expressions.get(at) {
                match self.within(hole, depth)? {
                    Constant::Text(part) => text.push_str(&part),
                    _ => return None,
                }
            }
        }
        Some(Constant::Text(text))
    }

    fn name(&self, name: &str) -> Option<Constant> {
        if name == "undefined" {
            return Some(Constant::Undefined);
        }
        if self.scopes.shadows(name) {
            return None;
        }
        if let Some(constant) = self.constants.get(name) {
            return Some(constant.clone());
        }
        match name {
            "__dirname" => Some(Constant::Text(HERE.to_string())),
            "process" | "globalThis" | "global" => Some(Constant::Object),
            "module" | "exports" | "require" if self.target.goal == Goal::CommonJs => Some(Constant::Object),
            _ => None,
        }
    }

    /// The dotted name of a chain of members that starts at a global.
    fn dotted(&self, expression: &Expression<'_>, depth: usize) -> Option<String> {
        let depth = depth.checked_sub(1)?;
        match expression.without_parentheses() {
            Expression::Identifier(identifier) => {
                let name = identifier.name.as_str();
                if self.scopes.shadows(name) {
                    return None;
                }
                if self.environments.contains(name) {
                    return Some("process.env".to_string());
                }
                (!self.constants.contains_key(name)).then(|| name.to_string())
            }
            Expression::StaticMemberExpression(member) => {
                Some(format!("{}.{}", self.dotted(&member.object, depth)?, member.property.name))
            }
            Expression::ImportMeta(_) => Some("import.meta".to_string()),
            _ => None,
        }
    }

    fn member(&self, object: &Expression<'_>, property: &str, depth: usize) -> Option<Constant> {
        let object = self.dotted(object, depth)?;
        match (without_global(&object), property) {
            ("process", "platform") => Some(Constant::Text("linux".into())),
            ("process", "arch") => Some(Constant::Text(self.target.arch.into())),
            ("process", name) if ABSENT_OF_PROCESS.contains(&name) => Some(Constant::Undefined),
            ("process", "versions" | "env" | "argv") => Some(Constant::Object),
            ("process.versions", "node" | "v8") | ("process", "version") => Some(Constant::Truthy),
            ("process.versions", "electron" | "bun" | "nw" | "deno" | "pnp") => Some(Constant::Undefined),
            ("process.env", name) => self.target.environment.get(name).map(Into::into),
            ("module", "exports") if self.target.goal == Goal::CommonJs => Some(Constant::Truthy),
            // The runtime's own client is the main module, never a file of the package.
            ("require", "main") if self.target.goal == Goal::CommonJs => Some(Constant::Object),
            (object, name) if self.is_require(object) && !OF_REQUIRE.contains(&name) => Some(Constant::Undefined),
            ("import.meta", "main") => Some(Constant::Bool(false)),
            ("import.meta", "dirname") => Some(Constant::Text(HERE.to_string())),
            ("global" | "globalThis", name) if ABSENT_GLOBALS.contains(&name) => Some(Constant::Undefined),
            _ => None,
        }
    }

    fn is_require(&self, name: &str) -> bool {
        (name == "require" && self.target.goal == Goal::CommonJs) || self.require.contains(name)
    }

    fn type_of(&self, argument: &Expression<'_>, depth: usize) -> Option<Constant> {
        if let Expression::Identifier(identifier) = argument.without_parentheses() {
            let name = identifier.name.as_str();
            if self.scopes.shadows(name) {
                return None;
            }
            if !self.constants.contains_key(name) {
                if ABSENT_GLOBALS.contains(&name) {
                    return Some(Constant::Text("undefined".into()));
                }
                let commonjs = self.target.goal == Goal::CommonJs;
                let kind = match name {
                    "process" | "global" | "globalThis" => "object",
                    "module" | "exports" if commonjs => "object",
                    "module" | "exports" => "undefined",
                    "require" if commonjs => "function",
                    "require" if self.without_require => "undefined",
                    _ => return None,
                };
                return Some(Constant::Text(kind.into()));
            }
        }
        let kind = match self.within(argument, depth)? {
            Constant::Undefined => "undefined",
            Constant::Bool(_) => "boolean",
            Constant::Number(_) => "number",
            Constant::Text(_) => "string",
            Constant::Null => "object",
            Constant::Object | Constant::Truthy => return None,
        };
        Some(Constant::Text(kind.into()))
    }

    fn binary(&self, binary: &BinaryExpression<'_>, depth: usize) -> Option<Constant> {
        let (left, right) = (&binary.left, &binary.right);
        // `require.main === module`: the runtime's client is the main module.
        let main = |e: &Expression<'_>| self.dotted(e, depth).is_some_and(|name| name == "require.main");
        let module = |e: &Expression<'_>| self.dotted(e, depth).is_some_and(|name| name == "module");
        let asks_main = (main(left) && module(right)) || (module(left) && main(right));
        let equal = |loose: bool| {
            if asks_main {
                return Some(false);
            }
            let (left, right) = (self.within(left, depth)?, self.within(right, depth)?);
            if loose { left.loosely_equals(&right) } else { left.equals(&right) }
        };
        match binary.operator {
            BinaryOperator::StrictEquality => equal(false).map(Constant::Bool),
            BinaryOperator::StrictInequality => equal(false).map(|same| Constant::Bool(!same)),
            BinaryOperator::Equality => equal(true).map(Constant::Bool),
            BinaryOperator::Inequality => equal(true).map(|same| Constant::Bool(!same)),
            BinaryOperator::Addition => match (self.within(left, depth)?, self.within(right, depth)?) {
                (Constant::Text(left), Constant::Text(right)) => Some(Constant::Text(left + &right)),
                _ => None,
            },
            _ => None,
        }
    }

    /// `path.join(__dirname, …)` and `path.resolve(__dirname, …)`.
    fn call(&self, call: &CallExpression<'_>, depth: usize) -> Option<Constant> {
        let Expression::StaticMemberExpression(member) = call.callee.without_parentheses() else { return None };
        if !matches!(member.property.name.as_str(), "join" | "resolve") {
            return None;
        }
        let mut text = String::new();
        for argument in &call.arguments {
            let Constant::Text(part) = self.within(Argument::as_expression(argument)?, depth)? else { return None };
            if !text.is_empty() {
                text.push('/');
            }
            text.push_str(&part);
            if text.len() > LENGTH {
                return None;
            }
        }
        text.starts_with(HERE).then_some(Constant::Text(text))
    }
}

/// A dotted name, `globalThis` left out.
fn without_global(name: &str) -> &str {
    name.strip_prefix("globalThis.").or_else(|| name.strip_prefix("global.")).unwrap_or(name)
}
