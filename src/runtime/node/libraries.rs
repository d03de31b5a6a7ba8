//! Packages and files that libraries load because of how they are called.

use crate::code::javascript::{LibraryCall, LibraryGetter, Loads};

/// What libraries load when they are called. Drivers that have a substitute (MySQL in typeorm) are left out.
pub const CALLS: &[LibraryCall] = &[
    // Source: `loadDependencies` in the drivers of typeorm 0.2.45 (`Connection`) and 0.3.31, 2026-11.
    LibraryCall {
        library: "typeorm",
        exports: &["DataSource", "Connection"],
        unless: &["driver"],
        loads: Loads::ByOption {
            option: "type",
            only_with: None,
            packages: &[
                ("postgres", "pg", "platform/PlatformTools.js"),
                ("cockroachdb", "pg", "platform/PlatformTools.js"),
                ("better-sqlite3", "better-sqlite3", "platform/PlatformTools.js"),
                ("sqlite", "sqlite3", "platform/PlatformTools.js"),
                ("mssql", "mssql", "platform/PlatformTools.js"),
                ("oracle", "oracledb", "platform/PlatformTools.js"),
                ("mongodb", "mongodb", "platform/PlatformTools.js"),
            ],
        },
    },
    // Source: `lib/client.js` and `_driver` in the dialects of knex 0.95 and 3.3, 2026-11.
    LibraryCall {
        library: "knex",
        exports: &["", "knex"],
        unless: &[],
        loads: Loads::ByOption {
            option: "client",
            only_with: Some("connection"),
            packages: &[
                ("pg", "pg", "lib/dialects/postgres/index.js"),
                ("postgres", "pg", "lib/dialects/postgres/index.js"),
                ("postgresql", "pg", "lib/dialects/postgres/index.js"),
                ("redshift", "pg", "lib/dialects/redshift/index.js"),
                ("cockroachdb", "pg", "lib/dialects/postgres/index.js"),
                ("mysql", "mysql", "lib/dialects/mysql/index.js"),
                ("mysql2", "mysql2", "lib/dialects/mysql2/index.js"),
                ("sqlite3", "sqlite3", "lib/dialects/sqlite3/index.js"),
                ("better-sqlite3", "better-sqlite3", "lib/dialects/better-sqlite3/index.js"),
                ("mssql", "tedious", "lib/dialects/mssql/index.js"),
                ("oracledb", "oracledb", "lib/dialects/oracledb/index.js"),
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
                ("postgres", "pg", "lib/dialects/postgres/connection-manager.js"),
                ("mysql", "mysql2", "lib/dialects/mysql/connection-manager.js"),
                ("mariadb", "mariadb", "lib/dialects/mariadb/connection-manager.js"),
                ("sqlite", "sqlite3", "lib/dialects/sqlite/connection-manager.js"),
                ("mssql", "tedious", "lib/dialects/mssql/connection-manager.js"),
                ("snowflake", "snowflake-sdk", "lib/dialects/snowflake/connection-manager.js"),
                ("oracle", "oracledb", "lib/dialects/oracle/connection-manager.js"),
            ],
        },
    },
    // Source: the constructor in `lib/sequelize.js` of sequelize 4, 5 and 6, 2026-11.
    LibraryCall {
        library: "sequelize",
        exports: &["", "Sequelize"],
        unless: &[],
        loads: Loads::ByOption {
            option: "dialect",
            only_with: None,
            packages: &[
                ("postgres", "./dialects/postgres", "lib/sequelize.js"),
                ("mysql", "./dialects/mysql", "lib/sequelize.js"),
                ("mariadb", "./dialects/mariadb", "lib/sequelize.js"),
                ("sqlite", "./dialects/sqlite", "lib/sequelize.js"),
                ("mssql", "./dialects/mssql", "lib/sequelize.js"),
            ],
        },
    },
    // Source: `createHttpAdapter` in `nest-factory.js` of @nestjs/core 11, 2026-11.
    LibraryCall {
        library: "@nestjs/core",
        exports: &["NestFactory.create"],
        unless: &[],
        loads: Loads::WithoutAdapter { package: "@nestjs/platform-express", file: "nest-factory.js" },
    },
    // Source: `lib/schema-controller.js` of fastify 5, 2026-11.
    LibraryCall {
        library: "fastify",
        exports: &["", "fastify"],
        unless: &["schemaController"],
        loads: Loads::Always {
            by: "fastify",
            packages: &[
                ("@fastify/ajv-compiler", "lib/schema-controller.js"),
                ("@fastify/fast-json-stringify-compiler", "lib/schema-controller.js"),
            ],
            options_at: 0,
        },
    },
    // Source: `inject` in `fastify.js` of fastify 5, 2026-11.
    LibraryCall {
        library: "fastify",
        exports: &["().inject"],
        unless: &[],
        loads: Loads::Always { by: "fastify", packages: &[("light-my-request", "fastify.js")], options_at: 0 },
    },
    // Source: `index.js` of @fastify/aws-lambda 6, which calls `inject`, 2026-11.
    LibraryCall {
        library: "@fastify/aws-lambda",
        exports: &[""],
        unless: &[],
        loads: Loads::Always { by: "fastify", packages: &[("light-my-request", "fastify.js")], options_at: 0 },
    },
    // Source: `lib/database.js` of better-sqlite3 12, 2026-11.
    LibraryCall {
        library: "better-sqlite3",
        exports: &[""],
        unless: &["nativeBinding"],
        loads: Loads::Always { by: "better-sqlite3", packages: &[("bindings", "lib/database.js")], options_at: 1 },
    },
];

/// What libraries load when one of their exports is asked for.
///
/// Source: `createParserGetter` in `index.js` of body-parser 1.20 and 2.2, 2026-11.
pub const GETTERS: &[LibraryGetter] = &[
    LibraryGetter { library: "body-parser", export: "json", loads: "./lib/types/json", file: "index.js" },
    LibraryGetter { library: "body-parser", export: "raw", loads: "./lib/types/raw", file: "index.js" },
    LibraryGetter { library: "body-parser", export: "text", loads: "./lib/types/text", file: "index.js" },
    LibraryGetter { library: "body-parser", export: "urlencoded", loads: "./lib/types/urlencoded", file: "index.js" },
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
