//! Packages and files that libraries load because of how they are called.

use crate::code::javascript::{LibraryCall, LibraryGetter, Loads};

/// What libraries load when they are called. Drivers that have a substitute (MySQL in typeorm) are left out.
pub const CALLS: &[LibraryCall] = &[
    // Source: `loadDependencies` in the drivers of typeorm 0.3.20, 2026-11.
    LibraryCall {
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
    // Source: `lib/client.js` and `_driver` in the dialects of knex 3.1, 2026-11.
    LibraryCall {
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
    // Source: `_loadDialectModule` in the dialects of sequelize 6.37, 2026-11.
    LibraryCall {
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
    // Source: the constructor in `lib/sequelize.js` of sequelize 6.37, 2026-11.
    LibraryCall {
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
    // Source: `createHttpAdapter` in `nest-factory.js` of @nestjs/core 11, 2026-11.
    LibraryCall {
        library: "@nestjs/core",
        exports: &["NestFactory.create"],
        unless: &[],
        loads: Loads::WithoutAdapter { package: "@nestjs/platform-express" },
    },
    // Source: `lib/schema-controller.js` of fastify 5, 2026-11.
    LibraryCall {
        library: "fastify",
        exports: &["", "fastify"],
        unless: &["schemaController"],
        loads: Loads::Always {
            by: "fastify",
            packages: &["@fastify/ajv-compiler", "@fastify/fast-json-stringify-compiler"],
            options_at: 0,
        },
    },
    // Source: `inject` in `fastify.js` of fastify 5, 2026-11.
    LibraryCall {
        library: "fastify",
        exports: &["().inject"],
        unless: &[],
        loads: Loads::Always { by: "fastify", packages: &["light-my-request"], options_at: 0 },
    },
    // Source: `index.js` of @fastify/aws-lambda 6, which calls `inject`, 2026-11.
    LibraryCall {
        library: "@fastify/aws-lambda",
        exports: &[""],
        unless: &[],
        loads: Loads::Always { by: "fastify", packages: &["light-my-request"], options_at: 0 },
    },
    // Source: `lib/database.js` of better-sqlite3 12, 2026-11.
    LibraryCall {
        library: "better-sqlite3",
        exports: &[""],
        unless: &["nativeBinding"],
        loads: Loads::Always { by: "better-sqlite3", packages: &["bindings"], options_at: 1 },
    },
];

/// What libraries load when one of their exports is asked for.
///
/// Source: `createParserGetter` in `index.js` of body-parser 1.20 and 2.2, 2026-11.
pub const GETTERS: &[LibraryGetter] = &[
    LibraryGetter { library: "body-parser", export: "json", file: "./lib/types/json" },
    LibraryGetter { library: "body-parser", export: "raw", file: "./lib/types/raw" },
    LibraryGetter { library: "body-parser", export: "text", file: "./lib/types/text" },
    LibraryGetter { library: "body-parser", export: "urlencoded", file: "./lib/types/urlencoded" },
];

#[cfg(test)]
mod tests {
    use crate::code::javascript::{Goal, analyse};
    use crate::runtime::node::NodeVersion;

    /// `specifier strength` of each import.
    fn words(goal: Goal, text: &str) -> Vec<String> {
        let target = NodeVersion::of("nodejs22.x", None, None).unwrap().target(goal);
        let facts = analyse(text.as_bytes(), Some("js"), &target).unwrap();
        facts.imports.iter().map(|import| format!("{} {}", import.specifier, import.strength.word())).collect()
    }

    fn imports(text: &str) -> Vec<String> {
        words(Goal::CommonJs, text)
    }

    #[test]
    fn drivers_that_options_name_are_loaded() {
        assert_eq!(
            imports("const { DataSource } = require('typeorm'); new DataSource({ type: 'postgres', host: 'h' })"),
            ["typeorm hard", "pg hard"]
        );
        assert_eq!(
            imports(
                "const typeorm_1 = require('typeorm'); exports.f = () => new typeorm_1.DataSource({ type: 'mssql' })"
            ),
            ["typeorm hard", "mssql late"]
        );
        assert_eq!(
            imports(
                "const a = require('knex')({ client: 'pg' }), b = require('knex')({ client: 'pg', connection: u })"
            ),
            ["knex hard", "pg hard", "knex hard"]
        );
        assert_eq!(
            imports(
                "const { Sequelize } = require('sequelize'); new Sequelize(u, { dialect: 'postgres', dialectModule: p })"
            ),
            ["sequelize hard", "./dialects/postgres hard"]
        );
        assert_eq!(
            words(Goal::Module, "import { Sequelize } from 'sequelize'; new Sequelize(u, { dialect: 'mysql' })"),
            ["sequelize hard", "mysql2 hard", "./dialects/mysql hard"]
        );
        assert_eq!(
            words(
                Goal::Module,
                "import { NestFactory } from '@nestjs/core'; await NestFactory.create(App, { logger: false })"
            ),
            ["@nestjs/core hard", "@nestjs/platform-express hard"]
        );
        assert_eq!(
            imports(
                "var bodyParser = require('body-parser'); exports.json = bodyParser.json; exports.x = bodyParser.x"
            ),
            ["body-parser hard", "./lib/types/json hard"]
        );
        assert_eq!(
            imports("const core_1 = require('@nestjs/core'); core_1.NestFactory.create(App, new Adapter(x))"),
            ["@nestjs/core hard"]
        );
        assert_eq!(
            imports("const app = require('fastify')(); const f = require('@fastify/aws-lambda'); f(app)").len(),
            5
        );
        assert_eq!(
            imports("const fastify = require('fastify'); fastify({ schemaController: x }); fastify(o)").len(),
            1
        );
        assert_eq!(
            imports("const { DataSource } = require('typeorm'); new DataSource({ ...o, type: 'postgres' })"),
            ["typeorm hard"]
        );
    }
}
