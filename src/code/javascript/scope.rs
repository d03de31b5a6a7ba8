//! Which names are declared where, as far as it decides what `require`, `process` and the module's
//! own functions mean at a place.

use oxc_ast::ast::{
    BindingPattern, ForStatementInit, ForStatementLeft, FormalParameters, Statement, VariableDeclaration,
    VariableDeclarationKind,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// The scopes around a place; only names of interest are kept.
pub(super) struct Scopes<'a> {
    interesting: FxHashSet<&'a str>,
    /// Names that each scope declares, innermost last.
    inner: Vec<Vec<&'a str>>,
    /// How many of the scopes declare a name.
    declared: FxHashMap<&'a str, usize>,
}

impl<'a> Scopes<'a> {
    /// Scopes that watch these names. The module's own scope is not one of them: what it declares is
    /// known by other means.
    pub fn new(interesting: FxHashSet<&'a str>) -> Self {
        Self { interesting, inner: Vec::new(), declared: FxHashMap::default() }
    }

    /// True when a scope inside the module declares the name, so that it is not the module's or the platform's.
    pub fn shadows(&self, name: &str) -> bool {
        self.declared.get(name).is_some_and(|count| *count > 0)
    }

    /// Enters a function.
    pub fn enter_function(&mut self, parameters: &FormalParameters<'a>, body: &[Statement<'a>]) {
        let mut names = Vec::new();
        for parameter in &parameters.items {
            bound(&parameter.pattern, &mut names);
        }
        if let Some(rest) = &parameters.rest {
            bound(&rest.rest.argument, &mut names);
        }
        hoisted(body, &mut names);
        lexical(body, &mut names);
        self.enter(names);
    }

    /// Enters a block.
    pub fn enter_block(&mut self, body: &[Statement<'a>]) {
        let mut names = Vec::new();
        lexical(body, &mut names);
        self.enter(names);
    }

    /// Leaves the scope entered last.
    pub fn leave(&mut self) {
        for name in self.inner.pop().unwrap_or_default() {
            if let Some(count) = self.declared.get_mut(name) {
                *count = count.saturating_sub(1);
            }
        }
    }

    /// Every name that a list of statements declares for its whole scope.
    pub fn of_body(body: &[Statement<'a>]) -> Vec<&'a str> {
        let mut names = Vec::new();
        hoisted(body, &mut names);
        lexical(body, &mut names);
        names
    }

    fn enter(&mut self, mut names: Vec<&'a str>) {
        names.retain(|name| self.interesting.contains(name));
        names.iter().for_each(|name| *self.declared.entry(name).or_default() += 1);
        self.inner.push(names);
    }
}

/// Names that a pattern binds.
pub(super) fn bound<'a>(pattern: &BindingPattern<'a>, out: &mut Vec<&'a str>) {
    out.extend(pattern.get_binding_identifiers().into_iter().map(|identifier| identifier.name.as_str()));
}

/// `let`, `const`, `class` and functions of a block.
fn lexical<'a>(body: &[Statement<'a>], out: &mut Vec<&'a str>) {
    for statement in body {
        match statement {
            Statement::VariableDeclaration(declaration) if declaration.kind != VariableDeclarationKind::Var => {
                variables(declaration, out);
            }
            Statement::FunctionDeclaration(function) => out.extend(function.id.as_ref().map(|id| id.name.as_str())),
            Statement::ClassDeclaration(class) => out.extend(class.id.as_ref().map(|id| id.name.as_str())),
            _ => {}
        }
    }
}

/// `var` declarations, wherever they stand in the same function.
fn hoisted<'a>(body: &[Statement<'a>], out: &mut Vec<&'a str>) {
    body.iter().for_each(|statement| hoisted_of(statement, out));
}

fn hoisted_of<'a>(statement: &Statement<'a>, out: &mut Vec<&'a str>) {
    match statement {
        Statement::VariableDeclaration(declaration) => hoisted_variables(declaration, out),
        Statement::BlockStatement(block) => hoisted(&block.body, out),
        Statement::IfStatement(branch) => {
            hoisted_of(&branch.consequent, out);
            if let Some(alternate) = &branch.alternate {
                hoisted_of(alternate, out);
            }
        }
        Statement::ForStatement(each) => {
            if let Some(ForStatementInit::VariableDeclaration(declaration)) = &each.init {
                hoisted_variables(declaration, out);
            }
            hoisted_of(&each.body, out);
        }
        Statement::ForInStatement(each) => {
            if let ForStatementLeft::VariableDeclaration(declaration) = &each.left {
                hoisted_variables(declaration, out);
            }
            hoisted_of(&each.body, out);
        }
        Statement::ForOfStatement(each) => {
            if let ForStatementLeft::VariableDeclaration(declaration) = &each.left {
                hoisted_variables(declaration, out);
            }
            hoisted_of(&each.body, out);
        }
        Statement::WhileStatement(each) => hoisted_of(&each.body, out),
        Statement::DoWhileStatement(each) => hoisted_of(&each.body, out),
        Statement::LabeledStatement(labeled) => hoisted_of(&labeled.body, out),
        Statement::SwitchStatement(switch) => switch.cases.iter().for_each(|case| hoisted(&case.consequent, out)),
        Statement::TryStatement(attempt) => {
            hoisted(&attempt.block.body, out);
            if let Some(handler) = &attempt.handler {
                hoisted(&handler.body.body, out);
            }
            if let Some(finalizer) = &attempt.finalizer {
                hoisted(&finalizer.body, out);
            }
        }
        _ => {}
    }
}

fn hoisted_variables<'a>(declaration: &VariableDeclaration<'a>, out: &mut Vec<&'a str>) {
    if declaration.kind == VariableDeclarationKind::Var {
        variables(declaration, out);
    }
}

fn variables<'a>(declaration: &VariableDeclaration<'a>, out: &mut Vec<&'a str>) {
    declaration.declarations.iter().for_each(|declarator| bound(&declarator.id, out));
}
