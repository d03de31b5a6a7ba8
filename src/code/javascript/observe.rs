//! What the walk notes beside imports: syntax that not every version takes, uses of what is not there, names that an
//! import takes.

use oxc_ast::ast::{Expression, ImportDeclarationSpecifier, WithClause, WithClauseKeyword};
use oxc_span::GetSpan;

use super::fold::HERE;
use super::module::{Goal, Syntax, Use, UseKind};
use super::names::is_exports;
use super::walk::Walk;
use crate::source::Span;

impl<'a> Walk<'_, 'a> {
    pub(super) fn newer(&mut self, name: &'static str, first: u32, gone: Option<u32>, span: oxc_span::Span) {
        if !self.newer.iter().any(|own| own.name == name) {
            self.newer.push(Syntax { name, first, gone, span: Span { start: span.start, end: span.end } });
        }
    }

    pub(super) fn attributes(&mut self, clause: Option<&WithClause<'a>>) {
        match clause.map(|clause| (clause.keyword, clause.span)) {
            Some((WithClauseKeyword::Assert, span)) => self.newer("`import … assert`", 18, Some(22), span),
            Some((WithClauseKeyword::With, span)) => self.newer("`import … with`", 18, None, span),
            None => {}
        }
    }

    pub(super) fn uses(&mut self, kind: UseKind, name: &str, span: oxc_span::Span) {
        let span = Span { start: span.start, end: span.end };
        self.use_sites.push((self.function, self.uses.len(), self.strength));
        self.uses.push(Use { kind, name: name.to_owned(), span, strength: self.strength });
    }

    pub(super) fn names_of_import(specifiers: &[ImportDeclarationSpecifier<'a>]) -> Vec<(String, Span)> {
        let name = |specifier: &ImportDeclarationSpecifier<'a>| match specifier {
            ImportDeclarationSpecifier::ImportSpecifier(named) if named.import_kind.is_value() => {
                let span = named.imported.span();
                Some((named.imported.name().to_string(), Span { start: span.start, end: span.end }))
            }
            ImportDeclarationSpecifier::ImportDefaultSpecifier(default) => {
                Some(("default".to_owned(), Span { start: default.span.start, end: default.span.end }))
            }
            _ => None,
        };
        specifiers.iter().filter_map(name).collect()
    }

    /// True for `exports` and `module.exports`, unless a function around has names of its own for them.
    pub(super) fn is_real_exports(&self, expression: &Expression<'a>) -> bool {
        let name = if expression.is_specific_id("exports") { "exports" } else { "module" };
        is_exports(expression) && !self.scopes.shadows(name)
    }

    /// True for `exports` and `module` themselves.
    pub(super) fn is_module_variable(&self, expression: &Expression<'a>, name: &str) -> bool {
        expression.is_specific_id(name) && !self.scopes.shadows(name) && self.target.goal == Goal::CommonJs
    }
}

/// A specifier that starts at the module's folder, as a relative one.
pub(super) fn here(text: String) -> Option<String> {
    match text.strip_prefix(HERE) {
        Some(rest) if rest.starts_with('/') => Some(format!(".{rest}")),
        Some(_) => None,
        None if text.contains(HERE) => None,
        None => Some(text),
    }
}
