//! What `module.exports = x` exports where `x` is an object that the module makes and fills itself, as people and
//! bundlers do: every use of the object must be one that is understood.

use std::collections::BTreeSet;

use oxc_ast::ast::{
    Argument, ArrowFunctionBody, ArrowFunctionExpression, AssignmentExpression, AssignmentTarget, BlockStatement,
    CallExpression, Expression, Function, IdentifierReference, ObjectPropertyKind, Program, PropertyKey, Statement,
    StaticMemberExpression, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_syntax::scope::ScopeFlags;
use rustc_hash::FxHashSet;

use super::exports::targets_exports;
use super::scope::Scopes;

/// How many functions around the assignment are looked into: a bundle is one function that is called on the spot.
const WRAPPERS: usize = 4;
/// How many other names for the object are followed: each takes a walk of its own.
const ALIASES: usize = 8;

/// The names that the object has which the module exports; `None` when they cannot be known.
pub(super) fn exported(program: &Program<'_>) -> Option<BTreeSet<String>> {
    of_body(&program.body, WRAPPERS)
}

fn of_body<'a>(body: &[Statement<'a>], wrappers: usize) -> Option<BTreeSet<String>> {
    let wrappers = wrappers.checked_sub(1)?;
    let expressions = || {
        let statements = body.iter().filter_map(|statement| match statement {
            Statement::ExpressionStatement(statement) => Some(statement.expression.without_parentheses()),
            _ => None,
        });
        // Minified statements are one expression.
        statements.flat_map(|expression| match expression {
            Expression::SequenceExpression(sequence) => &sequence.expressions[..],
            other => std::slice::from_ref(other),
        })
    };
    let object = expressions().find_map(|expression| match expression {
        Expression::AssignmentExpression(assignment) if targets_exports(&assignment.left) => {
            assignment.right.without_parentheses().get_identifier_reference()
        }
        _ => None,
    });
    match object {
        Some(object) => of_object(body, object.name.as_str()),
        None => expressions().find_map(|expression| of_body(called_on_the_spot(expression)?, wrappers)),
    }
}

/// The body of `(() => {…})()`, `(function () {…})()`, `!function () {…}()`.
fn called_on_the_spot<'e, 'a>(expression: &'e Expression<'a>) -> Option<&'e [Statement<'a>]> {
    let call = match expression {
        Expression::CallExpression(call) => call,
        Expression::UnaryExpression(unary) => match unary.argument.without_parentheses() {
            Expression::CallExpression(call) => call,
            _ => return None,
        },
        _ => return None,
    };
    match call.callee.without_parentheses() {
        Expression::ArrowFunctionExpression(function) => statements_of(function),
        Expression::FunctionExpression(function) => function.body.as_ref().map(|body| &body.statements[..]),
        _ => None,
    }
}

fn statements_of<'e, 'a>(function: &'e ArrowFunctionExpression<'a>) -> Option<&'e [Statement<'a>]> {
    match &function.body {
        ArrowFunctionBody::FunctionBody(body) => Some(&body.statements[..]),
        _ => None,
    }
}

/// The names of an object that a list of statements declares.
fn of_object<'a>(body: &[Statement<'a>], name: &'a str) -> Option<BTreeSet<String>> {
    let init = declared(body).find(|declarator| is_named(declarator, name))?.init.as_ref()?.without_parentheses();
    match init {
        Expression::ObjectExpression(object) => {
            let mut life = Life::new(vec![name], Vec::new(), ALIASES);
            life.take_names(&object.properties);
            life.body(body)
        }
        // A bundler's table of modules, the first of which is started: `var x = __webpack_require__(12)`.
        Expression::CallExpression(call) => {
            let (Expression::Identifier(_), [argument]) = (&call.callee, &call.arguments[..]) else { return None };
            let id = key_text(argument.as_expression()?)?;
            let module = declared(body).find_map(|declarator| module_of_table(declarator, &id))?;
            let (parameters, statements) = match module.without_parentheses() {
                Expression::ArrowFunctionExpression(function) => (&function.params, statements_of(function)?),
                Expression::FunctionExpression(function) => (&function.params, &function.body.as_ref()?.statements[..]),
                _ => return None,
            };
            let parameter = |at: usize| parameters.items.get(at).and_then(|own| own.pattern.get_identifier_name());
            let names = |at: usize| parameter(at).map(|name| name.as_str()).into_iter().collect::<Vec<_>>();
            Life::new(names(1), names(0), ALIASES).body(statements)
        }
        _ => None,
    }
}

fn declared<'e, 'a>(body: &'e [Statement<'a>]) -> impl Iterator<Item = &'e VariableDeclarator<'a>> {
    let lists = body.iter().filter_map(|statement| match statement {
        Statement::VariableDeclaration(declaration) => Some(&declaration.declarations[..]),
        _ => None,
    });
    lists.flatten()
}

fn is_named(declarator: &VariableDeclarator<'_>, name: &str) -> bool {
    declarator.id.get_identifier_name().is_some_and(|own| own == name)
}

/// The function of a module in a table of modules.
fn module_of_table<'e, 'a>(declarator: &'e VariableDeclarator<'a>, id: &str) -> Option<&'e Expression<'a>> {
    let Expression::ObjectExpression(table) = declarator.init.as_ref()?.without_parentheses() else { return None };
    table.properties.iter().find_map(|property| match property {
        ObjectPropertyKind::ObjectProperty(property) if key_of(&property.key)? == id => Some(&property.value),
        _ => None,
    })
}

fn key_of(key: &PropertyKey<'_>) -> Option<String> {
    key.static_name().map(std::borrow::Cow::into_owned)
}

fn key_text(expression: &Expression<'_>) -> Option<String> {
    match expression.without_parentheses() {
        Expression::StringLiteral(text) => Some(text.value.to_string()),
        Expression::NumericLiteral(number) => Some(number.value.to_string()),
        _ => None,
    }
}

/// What happens to an object in the code that can see it.
struct Life<'a> {
    /// Names of variables that are the object.
    objects: Vec<&'a str>,
    /// Names of variables whose property `exports` it is.
    modules: Vec<&'a str>,
    scopes: Scopes<'a>,
    names: BTreeSet<String>,
    /// It is used in a way that is not understood.
    open: bool,
    /// How many more names for it may be followed.
    aliases: usize,
}

impl<'a> Life<'a> {
    fn new(objects: Vec<&'a str>, modules: Vec<&'a str>, aliases: usize) -> Self {
        let interesting: FxHashSet<&'a str> = objects.iter().chain(&modules).copied().collect();
        Self { objects, modules, scopes: Scopes::new(interesting), names: BTreeSet::new(), open: false, aliases }
    }

    fn is_object(&self, expression: &Expression<'_>) -> bool {
        match expression.without_parentheses() {
            Expression::Identifier(own) => self.is_one_of(&self.objects, own.name.as_str()),
            Expression::StaticMemberExpression(member) => {
                member.property.name == "exports" && self.is_module(&member.object)
            }
            _ => false,
        }
    }

    fn is_module(&self, expression: &Expression<'_>) -> bool {
        let name = expression.without_parentheses().get_identifier_reference();
        name.is_some_and(|own| self.is_one_of(&self.modules, own.name.as_str()))
    }

    fn is_one_of(&self, names: &[&str], name: &str) -> bool {
        names.contains(&name) && !self.scopes.shadows(name)
    }

    fn take_names(&mut self, properties: &[ObjectPropertyKind<'_>]) {
        for property in properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => match key_of(&property.key) {
                    Some(name) => drop(self.names.insert(name)),
                    None => self.open = true,
                },
                ObjectPropertyKind::SpreadProperty(_) => self.open = true,
            }
        }
    }
}

impl<'a> Life<'a> {
    /// The names that the object has once these statements ran.
    fn body(mut self, body: &[Statement<'a>]) -> Option<BTreeSet<String>> {
        self.statements(body);
        (!self.open).then_some(self.names)
    }

    fn statements(&mut self, body: &[Statement<'a>]) {
        self.other_names(body);
        body.iter().for_each(|statement| self.visit_statement(statement));
    }

    /// Other names that a function's own statements give to the object: `var exports = __webpack_exports__`.
    fn other_names(&mut self, body: &[Statement<'a>]) {
        for declarator in declared(body) {
            let (Some(name), Some(init)) = (declarator.id.get_identifier_name(), &declarator.init) else { continue };
            if !self.is_object(init) {
                continue;
            }
            let Some(left) = self.aliases.checked_sub(1) else {
                self.open = true;
                return;
            };
            // What that is called otherwise is looked for as well; all names together are few.
            let mut other = Life::new(vec![name.as_str()], Vec::new(), left);
            other.statements(body);
            self.aliases = other.aliases;
            self.open |= other.open;
            self.names.append(&mut other.names);
        }
    }
}

impl<'a> Visit<'a> for Life<'a> {
    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        let Some(body) = &function.body else { return };
        self.scopes.enter_function(&function.params, &body.statements);
        self.other_names(&body.statements);
        walk::walk_function(self, function, flags);
        self.scopes.leave();
    }

    fn visit_arrow_function_expression(&mut self, function: &ArrowFunctionExpression<'a>) {
        let body = statements_of(function).unwrap_or_default();
        self.scopes.enter_function(&function.params, body);
        self.other_names(body);
        walk::walk_arrow_function_expression(self, function);
        self.scopes.leave();
    }

    fn visit_block_statement(&mut self, block: &BlockStatement<'a>) {
        self.scopes.enter_block(&block.body);
        walk::walk_block_statement(self, block);
        self.scopes.leave();
    }

    fn visit_variable_declarator(&mut self, declarator: &VariableDeclarator<'a>) {
        let renames = declarator.id.get_identifier_name().is_some()
            && declarator.init.as_ref().is_some_and(|init| self.is_object(init));
        if !renames {
            walk::walk_variable_declarator(self, declarator);
        }
    }

    fn visit_identifier_reference(&mut self, identifier: &IdentifierReference<'a>) {
        let name = identifier.name.as_str();
        self.open |= self.is_one_of(&self.objects, name) || self.is_one_of(&self.modules, name);
    }

    fn visit_static_member_expression(&mut self, member: &StaticMemberExpression<'a>) {
        // Asking for one of its properties, or for something else of the module, changes nothing.
        let is_exports = member.property.name == "exports" && self.is_module(&member.object);
        if is_exports {
            self.open = true;
        } else if !self.is_object(&member.object) && !self.is_module(&member.object) {
            walk::walk_static_member_expression(self, member);
        }
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'a>) {
        let right = &assignment.right;
        let name = match &assignment.left {
            AssignmentTarget::StaticMemberExpression(member) if self.is_object(&member.object) => {
                Some(member.property.name.to_string())
            }
            AssignmentTarget::ComputedMemberExpression(member) if self.is_object(&member.object) => {
                let name = key_text(&member.expression);
                self.open |= name.is_none();
                name
            }
            // The whole is replaced by another object.
            AssignmentTarget::StaticMemberExpression(member)
                if member.property.name == "exports" && self.is_module(&member.object) =>
            {
                match right.without_parentheses() {
                    Expression::ObjectExpression(object) => self.take_names(&object.properties),
                    Expression::FunctionExpression(_) | Expression::ArrowFunctionExpression(_) => {}
                    _ => self.open = true,
                }
                return self.visit_expression(right);
            }
            // The statement that exports it.
            left if targets_exports(left) && self.is_object(right) => return,
            _ => return walk::walk_assignment_expression(self, assignment),
        };
        self.names.extend(name);
        self.visit_expression(right);
    }

    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let arguments: Vec<&Expression<'a>> = call.arguments.iter().filter_map(Argument::as_expression).collect();
        let (Expression::StaticMemberExpression(callee), Some(first)) =
            (call.callee.without_parentheses(), arguments.first())
        else {
            return walk::walk_call_expression(self, call);
        };
        if !self.is_object(first) {
            return walk::walk_call_expression(self, call);
        }
        match (callee.property.name.as_str(), arguments.get(1).map(|argument| argument.without_parentheses())) {
            // Bundlers write `__webpack_require__.d(exports, { name: () => value })`, older ones a name and a getter.
            ("d" | "assign", Some(Expression::ObjectExpression(object))) if arguments.len() == 2 => {
                self.take_names(&object.properties);
            }
            ("d" | "defineProperty", Some(Expression::StringLiteral(name))) => {
                self.names.insert(name.value.to_string());
            }
            // `__webpack_require__.r(exports)` marks it as an ECMAScript module.
            ("r", None) => {}
            _ => self.open = true,
        }
        arguments.iter().skip(1).for_each(|argument| self.visit_expression(argument));
    }
}
