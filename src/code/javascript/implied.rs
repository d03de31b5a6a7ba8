//! Packages that a library loads because of how it is called, though nothing in the text imports them: the driver that
//! an option names (`new DataSource({ type: "postgres" })` needs `pg`), the parts that every use needs. Which libraries
//! do so, [`Target`](super::Target) tells.

use oxc_ast::ast::{Argument, Expression, ObjectExpression, ObjectPropertyKind, StaticMemberExpression};
use oxc_span::GetSpan;

use super::fold::Constant;
use super::module::Form;
use super::walk::Walk;
use crate::source::Span;

/// What a library loads when one of its exports is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LibraryCall {
    /// The package, as it is imported.
    pub library: &'static str,
    /// The exports that load it at once, as paths of properties; empty for the library itself, `()` for what that gives.
    pub exports: &'static [&'static str],
    /// Options that keep it from doing so.
    pub unless: &'static [&'static str],
    /// What is loaded.
    pub loads: Loads,
}

/// What a [`LibraryCall`] loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loads {
    /// What the text of an option decides.
    ByOption {
        /// The option.
        option: &'static str,
        /// Another option: only where it is given.
        only_with: Option<&'static str>,
        /// (text, package or path, file of the library that asks for it).
        packages: &'static [(&'static str, &'static str, &'static str)],
    },
    /// The same packages always.
    Always {
        /// The library that loads them.
        by: &'static str,
        /// (package, file of that library that asks for it).
        packages: &'static [(&'static str, &'static str)],
        /// Which argument the options are.
        options_at: usize,
    },
    /// A package, where no argument but the first and options are given.
    WithoutAdapter {
        /// The package.
        package: &'static str,
        /// The file of the library that asks for it.
        file: &'static str,
    },
}

/// A file of a library. Versions lay out their files in different ways and need different packages: only of those whose
/// file names what is loaded does the table hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LibraryFile {
    /// The package, as it is imported.
    pub library: &'static str,
    /// The file, as seen from the folder of the package.
    pub file: &'static str,
}

/// A file that a library loads when one of its exports is asked for, by a getter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LibraryGetter {
    /// The package, as it is imported.
    pub library: &'static str,
    /// The export.
    pub export: &'static str,
    /// What is loaded, as the library asks for it.
    pub loads: &'static str,
    /// The file of the library that asks for it.
    pub file: &'static str,
}

impl<'a> Walk<'_, 'a> {
    /// Records what asking for an export makes a library load.
    pub(super) fn loads_of_getter(&mut self, member: &StaticMemberExpression<'a>) {
        let name = member.property.name.as_str();
        let Some(own) = self.target.getters.iter().find(|own| own.export == name) else { return };
        if self.taken_path(&member.object).is_some_and(|(library, path)| library == own.library && path.is_empty()) {
            self.on_behalf(own.library, own.file, own.loads, member.property.span);
        }
    }

    /// Records what a call makes a library load.
    pub(super) fn loads_of_use(&mut self, callee: &Expression<'a>, arguments: &[Argument<'a>]) {
        let Some((library, path)) = self.taken_path(callee) else { return };
        for own in
            self.target.library_calls.iter().filter(|own| own.library == library && own.exports.contains(&&*path))
        {
            self.loads_of(own, callee, arguments);
        }
    }

    fn loads_of(&mut self, own: &LibraryCall, callee: &Expression<'a>, arguments: &[Argument<'a>]) {
        let expressions: Vec<_> = arguments.iter().filter_map(Argument::as_expression).collect();
        let options = expressions.iter().find_map(|argument| match argument.without_parentheses() {
            Expression::ObjectExpression(options) => Some(&**options),
            _ => None,
        });
        // What is spread into the options may hold any of them.
        if options.is_some_and(|options| {
            is_spread(options) || own.unless.iter().any(|name| property(options, name).is_some())
        }) {
            return;
        }
        match (&own.loads, options) {
            (Loads::ByOption { option, only_with, packages }, Some(options)) => {
                let Some(value) = property(options, option) else { return };
                if only_with.is_some_and(|name| property(options, name).is_none()) {
                    return;
                }
                let Some(Constant::Text(text)) = self.fold(value) else { return };
                if let Some((_, package, file)) = packages.iter().find(|(own, ..)| *own == text) {
                    self.on_behalf(own.library, file, package, value.span());
                }
            }
            (Loads::ByOption { .. }, None) => {}
            (Loads::Always { by, packages, options_at }, options) => {
                // Options that are made elsewhere are not known.
                let without = arguments.len() == expressions.len() && arguments.len() <= *options_at;
                if own.unless.is_empty() || options.is_some() || without {
                    for (package, file) in *packages {
                        self.on_behalf(by, file, package, callee.span());
                    }
                }
            }
            (Loads::WithoutAdapter { package, file }, options) => {
                if arguments.len() == expressions.len() && expressions.len() == 1 + usize::from(options.is_some()) {
                    self.on_behalf(own.library, file, package, callee.span());
                }
            }
        }
    }

    fn on_behalf(&mut self, library: &'static str, file: &'static str, loads: &str, span: oxc_span::Span) {
        self.record(Some(loads.to_owned()), Span { start: span.start, end: span.end }, Form::Require);
        if let Some(import) = self.imports.last_mut() {
            import.on_behalf_of = Some(LibraryFile { library, file });
        }
    }
}

fn is_spread(options: &ObjectExpression<'_>) -> bool {
    options.properties.iter().any(|own| matches!(own, ObjectPropertyKind::SpreadProperty(_)))
}

fn property<'e, 'a>(options: &'e ObjectExpression<'a>, name: &str) -> Option<&'e Expression<'a>> {
    options.properties.iter().find_map(|own| match own {
        ObjectPropertyKind::ObjectProperty(own) if own.key.static_name().is_some_and(|key| key == name) => {
            Some(&own.value)
        }
        _ => None,
    })
}
