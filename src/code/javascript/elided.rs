//! Imports that a TypeScript compiler leaves out: those of which no value is used (typescriptlang.org,
//! "Import Elision").

use oxc_ast::ast::{
    IdentifierReference, ImportDeclarationSpecifier, Program, Statement, TSClassImplements, TSInterfaceDeclaration,
    TSType, TSTypeAliasDeclaration, TSTypeAnnotation, TSTypeParameterDeclaration, TSTypeParameterInstantiation,
};
use oxc_ast_visit::Visit;
use rustc_hash::FxHashSet;

use crate::source::Span;

/// Specifiers of the imports that are left out, by their place.
pub(super) fn imports(program: &Program<'_>) -> FxHashSet<Span> {
    let mut values = Values::default();
    values.visit_program(program);
    let mut out = FxHashSet::default();
    for statement in &program.body {
        match statement {
            Statement::ImportDeclaration(import) => {
                let Some(specifiers) = &import.specifiers else { continue };
                let is_used = |specifier: &ImportDeclarationSpecifier<'_>| {
                    let is_value = match specifier {
                        ImportDeclarationSpecifier::ImportSpecifier(named) => named.import_kind.is_value(),
                        _ => true,
                    };
                    is_value && values.names.contains(specifier.local().name.as_str())
                };
                if !specifiers.is_empty() && !specifiers.iter().any(is_used) {
                    out.insert(Span { start: import.source.span.start, end: import.source.span.end });
                }
            }
            Statement::ExportFromDeclaration(export) if !export.export_kind.is_value() => {
                out.insert(Span { start: export.source.span.start, end: export.source.span.end });
            }
            Statement::ExportAllDeclaration(export) if !export.export_kind.is_value() => {
                out.insert(Span { start: export.source.span.start, end: export.source.span.end });
            }
            _ => {}
        }
    }
    out
}

/// Names that stand where a value is wanted, whatever they are bound to there.
#[derive(Default)]
struct Values<'a> {
    names: FxHashSet<&'a str>,
}

impl<'a> Visit<'a> for Values<'a> {
    fn visit_identifier_reference(&mut self, identifier: &IdentifierReference<'a>) {
        self.names.insert(identifier.name.as_str());
    }

    fn visit_ts_type(&mut self, _: &TSType<'a>) {}

    fn visit_ts_type_annotation(&mut self, _: &TSTypeAnnotation<'a>) {}

    fn visit_ts_type_parameter_instantiation(&mut self, _: &TSTypeParameterInstantiation<'a>) {}

    fn visit_ts_type_parameter_declaration(&mut self, _: &TSTypeParameterDeclaration<'a>) {}

    fn visit_ts_class_implements(&mut self, _: &TSClassImplements<'a>) {}

    fn visit_ts_interface_declaration(&mut self, _: &TSInterfaceDeclaration<'a>) {}

    fn visit_ts_type_alias_declaration(&mut self, _: &TSTypeAliasDeclaration<'a>) {}
}

#[cfg(test)]
mod tests {
    use super::super::{Goal, Target, analyse};

    #[test]
    fn what_is_only_a_type_is_left_out() {
        let text = "import { Event } from 'a';\nimport B, { type C } from 'b';\nimport * as d from 'd';\nimport 'e';\n\
                    import { F } from 'f';\nimport { G } from 'g';\nimport { H } from 'h';\nimport type { I } from 'i';\n\
                    export type { J } from 'j';\nexport { K } from 'k';\n\
                    export const handler = async (event: Event): Promise<G> => { d.x(new F<H>()); return null as any };\n\
                    class X implements B {}\n";
        let target = Target {
            goal: Goal::Module,
            arch: "x64",
            environment: crate::code::Environment::default(),
            library_calls: &[],
            getters: &[],
            exports_matter: false,
        };
        let facts = analyse(text.as_bytes(), Some("ts"), &target).unwrap();
        let kept: Vec<&str> =
            facts.imports.iter().filter(|import| !import.elided).map(|import| import.specifier.as_str()).collect();
        assert_eq!(kept, ["d", "e", "f", "k"]);
        let plain = analyse(b"import { A } from 'a';\n", Some("js"), &target).unwrap();
        assert!(!plain.imports[0].elided);
    }
}
