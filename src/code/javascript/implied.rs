//! Packages that a library loads because of how it is called, though nothing in the text imports them: the driver that
//! an option names (`new DataSource({ type: "postgres" })` needs `pg`), the parts that every use needs.

use oxc_ast::ast::{Argument, Expression, ObjectExpression, ObjectPropertyKind, StaticMemberExpression};
use oxc_span::GetSpan;

use super::fold::Constant;
use super::module::Form;
use super::walk::Walk;
use crate::source::Span;

/// What a library loads when one of its exports is called.
struct Use {
    /// The package, as it is imported.
    library: &'static str,
    /// The exports that load it at once, as paths of properties; empty for the library itself, `()` for what that gives.
    exports: &'static [&'static str],
    /// Options that keep it from doing so.
    unless: &'static [&'static str],
    /// What is loaded.
    loads: Loads,
}

enum Loads {
    /// What the text of an option decides: (text, package, or file as seen from the library's own). With another option named, only where that is given.
    ByOption {
        option: &'static str,
        only_with: Option<&'static str>,
        packages: &'static [(&'static str, &'static str)],
    },
    /// The same packages always, loaded by this library, of the versions whose manifest asks for them.
    Always {
        by: &'static str,
        packages: &'static [&'static str],
        /// Which argument the options are.
        options_at: usize,
    },
    /// The same where no argument but the first and options are given.
    WithoutAdapter { package: &'static str },
}

/// Source: `loadDependencies` in the drivers of typeorm 0.3.20; `_driver` in the dialects of knex 3.1 and its
/// `lib/client.js`; `_loadDialectModule` in the dialects of sequelize 6.37; `nest-factory.js` of @nestjs/core 11;
/// `lib/schema-controller.js` and `inject` of fastify 5; `lib/database.js` of better-sqlite3 12; 2026-11. Drivers that have a substitute (MySQL in typeorm) are
/// left out.
const USES: [Use; 9] = [
    Use {
        library: "typeorm",
        exports: &["DataSource"],
        unless: &["driver"],
        loads: Loads::ByOption {
            option: "type",
            only_with: None,
            packages: &[
                ("postgres", "pg"),
                ("cockroachdb", "pg"),
                ("better-sqlite3", "better-sqlite3"),
                ("sqlite", "sqlite3"),
                ("mssql", "mssql"),
                ("oracle", "oracledb"),
                ("mongodb", "mongodb"),
            ],
        },
    },
    Use {
        library: "knex",
        exports: &["", "knex"],
        unless: &[],
        loads: Loads::ByOption {
            option: "client",
            only_with: Some("connection"),
            packages: &[
                ("pg", "pg"),
                ("postgres", "pg"),
                ("postgresql", "pg"),
                ("redshift", "pg"),
                ("cockroachdb", "pg"),
                ("mysql", "mysql"),
                ("mysql2", "mysql2"),
                ("sqlite3", "sqlite3"),
                ("better-sqlite3", "better-sqlite3"),
                ("mssql", "tedious"),
                ("oracledb", "oracledb"),
            ],
        },
    },
    Use {
        library: "sequelize",
        exports: &["", "Sequelize"],
        unless: &["dialectModule", "dialectModulePath"],
        loads: Loads::ByOption {
            option: "dialect",
            only_with: None,
            packages: &[
                ("postgres", "pg"),
                ("mysql", "mysql2"),
                ("mariadb", "mariadb"),
                ("sqlite", "sqlite3"),
                ("mssql", "tedious"),
                ("snowflake", "snowflake-sdk"),
                ("oracle", "oracledb"),
            ],
        },
    },
    Use {
        library: "sequelize",
        exports: &["", "Sequelize"],
        unless: &[],
        loads: Loads::ByOption {
            option: "dialect",
            only_with: None,
            packages: &[
                ("postgres", "./dialects/postgres"),
                ("mysql", "./dialects/mysql"),
                ("mariadb", "./dialects/mariadb"),
                ("sqlite", "./dialects/sqlite"),
                ("mssql", "./dialects/mssql"),
            ],
        },
    },
    Use {
        library: "@nestjs/core",
        exports: &["NestFactory.create"],
        unless: &[],
        loads: Loads::WithoutAdapter { package: "@nestjs/platform-express" },
    },
    Use {
        library: "fastify",
        exports: &["", "fastify"],
        unless: &["schemaController"],
        loads: Loads::Always {
            by: "fastify",
            packages: &["@fastify/ajv-compiler", "@fastify/fast-json-stringify-compiler"],
            options_at: 0,
        },
    },
    Use {
        library: "fastify",
        exports: &["().inject"],
        unless: &[],
        loads: Loads::Always { by: "fastify", packages: &["light-my-request"], options_at: 0 },
    },
    Use {
        library: "@fastify/aws-lambda",
        exports: &[""],
        unless: &[],
        loads: Loads::Always { by: "fastify", packages: &["light-my-request"], options_at: 0 },
    },
    Use {
        library: "better-sqlite3",
        exports: &[""],
        unless: &["nativeBinding"],
        loads: Loads::Always { by: "better-sqlite3", packages: &["bindings"], options_at: 1 },
    },
];

/// Files that a library loads when one of its exports is asked for, by a getter: (library, export, file).
///
/// Source: `createParserGetter` in `index.js` of body-parser 1.20 and 2.2, 2026-11.
const GETTERS: [(&str, &str, &str); 4] = [
    ("body-parser", "json", "./lib/types/json"),
    ("body-parser", "raw", "./lib/types/raw"),
    ("body-parser", "text", "./lib/types/text"),
    ("body-parser", "urlencoded", "./lib/types/urlencoded"),
];

impl<'a> Walk<'_, 'a> {
    /// Records what asking for an export makes a library load.
    pub(super) fn loads_of_getter(&mut self, member: &StaticMemberExpression<'a>) {
        let name = member.property.name.as_str();
        let Some((library, _, file)) = GETTERS.iter().find(|(_, own, _)| *own == name) else { return };
        if self.taken_path(&member.object).is_some_and(|(own, path)| own == *library && path.is_empty()) {
            self.on_behalf(library, file, member.property.span);
        }
    }

    /// Records what a call makes a library load.
    pub(super) fn loads_of_use(&mut self, callee: &Expression<'a>, arguments: &[Argument<'a>]) {
        let Some((library, path)) = self.taken_path(callee) else { return };
        for own in USES.iter().filter(|own| own.library == library && own.exports.contains(&&*path)) {
            self.loads_of(own, callee, arguments);
        }
    }

    fn loads_of(&mut self, own: &Use, callee: &Expression<'a>, arguments: &[Argument<'a>]) {
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
                if let Some((_, package)) = packages.iter().find(|(own, _)| *own == text) {
                    self.on_behalf(own.library, package, value.span());
                }
            }
            (Loads::ByOption { .. }, None) => {}
            (Loads::Always { by, packages, options_at }, options) => {
                // Options that are made elsewhere are not known.
                let without = arguments.len() == expressions.len() && arguments.len() <= *options_at;
                if own.unless.is_empty() || options.is_some() || without {
                    for package in *packages {
                        self.on_behalf(by, package, callee.span());
                        if let Some(import) = self.imports.last_mut() {
                            import.if_declared = true;
                        }
                    }
                }
            }
            (Loads::WithoutAdapter { package }, options) => {
                if arguments.len() == expressions.len() && expressions.len() == 1 + usize::from(options.is_some()) {
                    self.on_behalf(own.library, package, callee.span());
                }
            }
        }
    }

    fn on_behalf(&mut self, library: &'static str, package: &str, span: oxc_span::Span) {
        self.record(Some(package.to_owned()), Span { start: span.start, end: span.end }, Form::Require);
        if let Some(import) = self.imports.last_mut() {
            import.on_behalf_of = Some(library);
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
