"""Recipes of Lambda packages for Node.js, for lambda_kinds.py."""

import json


def as_json(value):
    return json.dumps(value, indent=2) + "\n"


def kind(name, install, entry, *twins, file="index.js", files=None, **more):
    return {"name": f"k-{name}", "install": install, "files": {file: entry, **(files or {})}, "twins": list(twins), **more}


OK = "exports.handler = async () => ({ ok: true });\n"
MISSING = "lambda/missing-module"
TSC = {"module": "commonjs", "target": "es2022", "outDir": "dist", "esModuleInterop": True, "skipLibCheck": True, "noCheck": True}


def tsconfig(**more):
    return {"tsconfig.json": as_json({"compilerOptions": TSC | more, "include": ["src"]})}


FRAMEWORKS = [
    kind(
        "nest",
        ["@nestjs/core@11", "@nestjs/common@11", "@nestjs/platform-express@11", "reflect-metadata", "rxjs", "serverless-http"],
        """import 'reflect-metadata';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import serverless from 'serverless-http';
@Controller() class Index { @Get() get() { return { ok: true }; } }
@Module({ controllers: [Index] }) class App {}
let server: any;
export const handler = async (event: any, context: any) => {
  if (!server) {
    const app = await NestFactory.create(App, { logger: false });
    await app.init();
    server = serverless(app.getHttpAdapter().getInstance());
  }
  return server(event, context);
};
""",
        ("rxjs", "rm -r node_modules/rxjs", MISSING),
        ("nested", "mkdir out; mv dist out/dist; mv out dist", "lambda/handler-file-missing"),
        file="src/lambda.ts", files=tsconfig(experimentalDecorators=True, emitDecoratorMetadata=True),
        tools=["typescript@5"], build="tsc; rm -r src tsconfig.json", handler="dist/lambda.handler",
    ),
    kind(
        "next",
        ["next@15", "react@19", "react-dom@19", "serverless-http"],
        """process.env.NODE_ENV = 'production';
const Server = require('next/dist/server/next-server').default;
const { config } = require('./.next/required-server-files.json');
const server = new Server({ hostname: 'localhost', port: 3000, dir: __dirname, dev: false, customServer: false, conf: config });
exports.handler = require('serverless-http')(server.getRequestHandler());
""",
        ("dotfolder", "rm -r .next", "lambda/missing-package-file"),
        ("react", "rm -r node_modules/react", MISSING),
        file="lambda.js",
        files={
            "next.config.js": "module.exports = { output: 'standalone', outputFileTracingIncludes: { '*': ['./node_modules/next/dist/**/*'] } };\n",
            "pages/index.js": "export default function Page() { return <p>ok</p>; }\nexport async function getServerSideProps() { return { props: {} }; }\n",
        },
        build="node_modules/.bin/next build; cp lambda.js .next/standalone/; cp -rL node_modules/serverless-http .next/standalone/node_modules/",
        packed=".next/standalone", handler="lambda.handler",
    ),
    kind(
        "fastify",
        ["fastify@5", "@fastify/aws-lambda", "@fastify/cors", "@fastify/jwt@9", "@fastify/sensible"],
        """const awsLambda = require('@fastify/aws-lambda');
const app = require('fastify')();
app.register(require('@fastify/cors'));
app.register(require('@fastify/jwt'), { secret: 'x' });
app.register(require('@fastify/sensible'));
app.get('/', async () => ({ ok: true }));
exports.handler = awsLambda(app);
""",
        ("plugin", "rm -r node_modules/@fastify/cors", MISSING),
        ("transitive", "rm -r node_modules/fast-jwt", MISSING),
        manifest={"overrides": {"cookie": "1.0.2"}},
    ),
    kind(
        "koa",
        ["koa@2", "@koa/router@13", "koa-bodyparser", "serverless-http"],
        """const Koa = require('koa'), Router = require('@koa/router');
const app = new Koa(), router = new Router();
router.get('/', (context) => { context.body = { ok: true }; });
app.use(require('koa-bodyparser')()).use(router.routes());
module.exports.handler = require('serverless-http')(app);
""",
        ("transitive", "rm -r node_modules/koa-compose", MISSING),
    ),
    kind(
        "hono",
        ["hono@4"],
        """import { Hono } from 'hono';
import { handle } from 'hono/aws-lambda';
const app = new Hono().get('/', (c) => c.json({ ok: true }));
export const handler = handle(app);
""",
        ("dist", "rm -r node_modules/hono/dist/adapter", "lambda/missing-package-file"),
        file="index.mjs",
    ),
    kind(
        "trpc",
        ["@trpc/server@11", "zod@3"],
        """import { initTRPC } from '@trpc/server';
import { awsLambdaRequestHandler } from '@trpc/server/adapters/aws-lambda';
import { z } from 'zod';
const t = initTRPC.create();
const router = t.router({ hi: t.procedure.input(z.string()).query(({ input }) => input) });
const inner = awsLambdaRequestHandler({ router });
export const handler = async (event, context) => ({ answered: !!(await inner(event, context)) });
""",
        ("zod", "rm -r node_modules/zod", MISSING),
        manifest={"type": "module"},
    ),
    kind(
        "apollo",
        ["@apollo/server@4", "@as-integrations/aws-lambda@3", "graphql@16"],
        """const { ApolloServer } = require('@apollo/server');
const { startServerAndCreateLambdaHandler, handlers } = require('@as-integrations/aws-lambda');
const server = new ApolloServer({ typeDefs: 'type Query { ok: Boolean }', resolvers: { Query: { ok: () => true } } });
const inner = startServerAndCreateLambdaHandler(server, handlers.createAPIGatewayProxyEventV2RequestHandler());
exports.handler = async (event, context) => ({ answered: !!(await inner(event, context, () => {})) });
""",
        ("graphql", "rm -r node_modules/graphql", MISSING),
        ("transitive", "rm -r node_modules/@apollo/utils.keyvaluecache", MISSING),
    ),
    kind(
        "yoga",
        ["graphql-yoga@5", "graphql@16"],
        """const { createSchema, createYoga } = require('graphql-yoga');
const yoga = createYoga({ schema: createSchema({ typeDefs: 'type Query { ok: Boolean }', resolvers: { Query: { ok: () => true } } }) });
exports.handler = async () => ({ statusCode: (await yoga.fetch('http://x/graphql?query={ok}')).status });
""",
        ("transitive", "rm -r node_modules/@whatwg-node/server", MISSING),
    ),
    kind(
        "express-views",
        ["express@4", "ejs", "helmet", "cors", "serverless-http", "express-session"],
        """const express = require('express');
const app = express();
app.set('view engine', 'ejs').set('views', __dirname + '/views');
app.use(require('helmet')(), require('cors')());
app.get('/', (request, response) => response.render('index', { name: 'x' }));
exports.handler = require('serverless-http')(app);
""",
        ("cors", "rm -r node_modules/object-assign", MISSING),
        files={"views/index.ejs": "<p><%= name %></p>\n"},
    ),
]

DATA = [
    kind(
        "drizzle",
        ["drizzle-orm", "pg"],
        """const { drizzle } = require('drizzle-orm/node-postgres');
const { integer, pgTable } = require('drizzle-orm/pg-core');
const { Pool } = require('pg');
const users = pgTable('users', { id: integer('id') });
const db = drizzle(new Pool());
exports.handler = async () => ({ sql: db.select().from(users).toSQL().sql });
""",
        ("pg", "rm -r node_modules/pg", MISSING),
        ("transitive", "rm -r node_modules/postgres-interval", MISSING),
    ),
    kind(
        "sequelize",
        ["sequelize@6", "pg", "pg-hstore"],
        """const { Sequelize, DataTypes } = require('sequelize');
const db = new Sequelize('postgres://u:p@h/d', { dialect: 'postgres', dialectModule: require('pg'), logging: false });
const User = db.define('User', { name: DataTypes.STRING });
exports.handler = async () => ({ table: User.getTableName() });
""",
        ("transitive", "rm -r node_modules/retry-as-promised", MISSING),
        ("pg", "rm -r node_modules/pg", MISSING),
    ),
    kind(
        "mongoose",
        ["mongoose@8"],
        """const mongoose = require('mongoose');
const User = mongoose.model('User', new mongoose.Schema({ name: String }));
exports.handler = async () => ({ name: new User({ name: 'x' }).name });
""",
        ("bson", "rm -r node_modules/bson", MISSING),
        ("kareem", "rm -r node_modules/kareem", MISSING),
    ),
    kind(
        "knex",
        ["knex@3", "mysql2"],
        """const db = require('knex')({ client: 'mysql2' });
exports.handler = async () => ({ sql: db('t').select('a').toString() });
""",
        ("transitive", "rm -r node_modules/tarn", MISSING),
    ),
    kind(
        "kysely",
        ["kysely@0.27", "pg"],
        """import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool() }) });
export const handler = async () => ({ sql: db.selectFrom('t').select('a').compile().sql });
""",
        ("pg", "rm -r node_modules/pg-pool", MISSING),
        file="index.mjs",
    ),
    kind(
        "typeorm",
        ["typeorm@0.3", "pg", "reflect-metadata"],
        """import 'reflect-metadata';
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';
@Entity() class User { @PrimaryGeneratedColumn() id!: number; @Column() name!: string; }
const source = new DataSource({ type: 'postgres', entities: [User] });
export const handler = async () => ({ ok: !!source.options });
""",
        ("reflect", "rm -r node_modules/reflect-metadata", MISSING),
        ("transitive", "rm -r node_modules/app-root-path", MISSING),
        file="src/index.ts", files=tsconfig(experimentalDecorators=True, emitDecoratorMetadata=True),
        tools=["typescript@5"], build="tsc; rm -r src tsconfig.json", handler="dist/index.handler",
    ),
    kind(
        "ioredis",
        ["ioredis@5"],
        """const Redis = require('ioredis');
const redis = new Redis({ lazyConnect: true });
exports.handler = async () => ({ status: redis.status });
""",
        ("transitive", "rm -r node_modules/denque", MISSING),
    ),
    kind(
        "sqlite",
        ["better-sqlite3"],
        """const Database = require('better-sqlite3');
const db = new Database(':memory:');
exports.handler = async () => db.prepare('select 1 as ok').get();
""",
        ("unbuilt", "rm -r node_modules/better-sqlite3/build", "lambda/missing-platform-package"),
        ("macos", "printf '\\xcf\\xfa\\xed\\xfe\\x0c\\x00\\x00\\x01%2000s' > node_modules/better-sqlite3/build/Release/better_sqlite3.node",
         "lambda/native-wrong-platform"),
        build="cd node_modules/better-sqlite3 && npx --yes node-gyp rebuild --release --nodedir=/usr",
    ),
    kind(
        "prisma",
        ["@prisma/client@6"],
        """const { PrismaClient } = require('@prisma/client');
const client = new PrismaClient({ datasourceUrl: 'postgresql://u:p@h/d' });
exports.handler = async () => ({ ok: !!client.user });
""",
        ("ungenerated", "rm -r node_modules/.prisma", MISSING),
        ("platform", "cd node_modules/.prisma/client; mv libquery_engine-rhel-openssl-3.0.x.so.node libquery_engine-darwin-arm64.dylib.node; "
         "sed -i 's/{ ok: !!client.user }/client.$connect()/' ../../../index.js", "lambda/missing-platform-package"),
        files={"schema.prisma": "generator client {\n  provider = \"prisma-client-js\"\n}\ndatasource db {\n  provider = \"postgresql\"\n  url = env(\"U\")\n}\n"
               "model User {\n  id Int @id\n}\n"},
        tools=["prisma@6"],
        # The engines lie on a server of their own. A library that does nothing stands in for them: the client is
        # generated and made with it, and only a query would tell.
        build="echo 'int engine;' | gcc -shared -fPIC -xc - -o /tmp/engine-$$.node; export PRISMA_QUERY_ENGINE_LIBRARY=/tmp/engine-$$.node "
        "PRISMA_SCHEMA_ENGINE_BINARY=/bin/true; prisma generate --schema schema.prisma --generator client; "
        "mv /tmp/engine-$$.node node_modules/.prisma/client/libquery_engine-rhel-openssl-3.0.x.so.node; "
        "rm -f node_modules/.prisma/client/libquery_engine-debian* node_modules/.prisma/client/engine-*; ls node_modules/.prisma/client",
    ),
]

AWS = [
    kind(
        "aws-sdk-v3",
        ["@aws-sdk/client-dynamodb@3", "@aws-sdk/lib-dynamodb@3", "@aws-sdk/client-sqs@3", "@aws-sdk/s3-request-presigner@3", "@aws-sdk/client-s3@3"],
        """const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const { DynamoDBDocumentClient, GetCommand } = require('@aws-sdk/lib-dynamodb');
const { SQSClient } = require('@aws-sdk/client-sqs');
const { getSignedUrl } = require('@aws-sdk/s3-request-presigner');
const { S3Client } = require('@aws-sdk/client-s3');
const table = DynamoDBDocumentClient.from(new DynamoDBClient({}));
exports.handler = async () => ({ ok: !!new SQSClient({}) && !!new S3Client({}) && !!getSignedUrl && !!table && !!GetCommand });
""",
    ),
    kind(
        "powertools",
        ["@aws-lambda-powertools/logger@2", "@aws-lambda-powertools/metrics@2", "@aws-lambda-powertools/tracer@2", "@middy/core@4"],
        """const { Logger } = require('@aws-lambda-powertools/logger');
const { injectLambdaContext } = require('@aws-lambda-powertools/logger/middleware');
const { Metrics } = require('@aws-lambda-powertools/metrics');
const { Tracer } = require('@aws-lambda-powertools/tracer');
const middy = require('@middy/core');
const logger = new Logger(), metrics = new Metrics({ namespace: 'x' }), tracer = new Tracer({ enabled: false });
exports.handler = middy(async () => ({ ok: !!metrics && !!tracer })).use(injectLambdaContext(logger));
""",
        ("commons", "rm -r node_modules/@aws-lambda-powertools/commons", MISSING),
        ("xray", "rm -r node_modules/aws-xray-sdk-core", MISSING),
    ),
    kind(
        "middy",
        ["@middy/core@6", "@middy/http-json-body-parser@6", "@middy/http-error-handler@6", "@middy/validator@6"],
        """import middy from '@middy/core';
import jsonBodyParser from '@middy/http-json-body-parser';
import httpErrorHandler from '@middy/http-error-handler';
export const handler = middy().use(httpErrorHandler()).handler(async () => ({ ok: !!jsonBodyParser }));
""",
        ("util", "rm -r node_modules/@middy/util", MISSING),
        ("commonjs", "sed -i 's/^import \\(.*\\) from \\(.*\\);/const \\1 = require(\\2);/; s/export const handler/exports.handler/' index.js; "
         "sed -i '/\"type\"/d' package.json", "lambda/require-of-esm"),
        manifest={"type": "module"},
    ),
    kind(
        "logging",
        ["winston@3", "pino@9", "@sentry/aws-serverless@8", "aws-xray-sdk-core@3"],
        """const winston = require('winston'), pino = require('pino'), Sentry = require('@sentry/aws-serverless');
const log = winston.createLogger({ transports: [new winston.transports.Console({ silent: true })] });
const other = pino({ level: 'silent' });
Sentry.init({});
exports.handler = Sentry.wrapHandler(async () => ({ ok: !!log && !!other }));
""",
        ("transitive", "rm -r node_modules/thread-stream", MISSING),
        ("winston", "rm -r node_modules/logform", MISSING),
    ),
    kind(
        "services",
        ["stripe", "jsonwebtoken", "axios", "nodemailer", "handlebars", "openai", "dotenv", "date-fns", "lodash", "uuid@9"],
        """require('dotenv').config();
const Stripe = require('stripe'), jwt = require('jsonwebtoken'), axios = require('axios'), _ = require('lodash');
const nodemailer = require('nodemailer'), Handlebars = require('handlebars'), OpenAI = require('openai');
const { format } = require('date-fns'), { v4 } = require('uuid');
const stripe = new Stripe('x'), ai = new OpenAI({ apiKey: 'x' });
exports.handler = async () => ({ token: jwt.sign({ a: v4() }, 'k'), ok: !!stripe && !!axios && !!ai && !!nodemailer && _.chunk([1], 1), day: format(new Date(0), 'y'), text: Handlebars.compile('{{a}}')({ a: 1 }) });
""",
        ("transitive", "rm -r node_modules/jws", MISSING),
        ("dotenv", "rm -r node_modules/dotenv", MISSING),
    ),
]

SERVICE = """import { v4 } from 'uuid';
import _ from 'lodash';
import { Pool } from 'pg';
import { greet } from './lib/greet';
const pool = new Pool();
export const handler = async () => ({ id: v4(), text: greet(_.capitalize('x')), idle: pool.idleCount });
"""
SOURCES = {"src/lib/greet.ts": "export function greet(name: string) { return `hi ${name}`; }\n"}
SMALL = ["uuid@9", "lodash@4", "pg@8"]
RENAMED = ("export", "true", "lambda/handler-not-exported")

BUILT = [
    kind(
        "tsc",
        SMALL,
        SERVICE.replace("const pool", "const { ...options } = { max: 1 };\nconst pool").replace("Pool()", "Pool(options)"),
        ("dependency", "rm -r node_modules/lodash", MISSING),
        ("outdir", "mv dist build", "lambda/handler-file-missing"),
        (*RENAMED, "dist/index.main"),
        file="src/index.ts", files=SOURCES | tsconfig(importHelpers=True, target="es2017"), tools=["typescript@5"],
        install_more=["tslib"], build="tsc; rm -r src tsconfig.json", handler="dist/index.handler",
    ),
    kind(
        "tsc-paths",
        SMALL,
        SERVICE,
        ("alias", "sed -i 's#./lib/greet#@/lib/greet#' dist/index.js", MISSING),
        file="src/index.ts", files=SOURCES | tsconfig(), tools=["typescript@5"], build="tsc; rm -r src", handler="dist/index.handler",
    ),
    kind(
        "tsc-esm",
        SMALL,
        SERVICE.replace("{ Pool } from 'pg'", "pg from 'pg'").replace("new Pool", "new pg.Pool").replace("./lib/greet", "./lib/greet.js"),
        ("extension", "sed -i 's#./lib/greet.js#./lib/greet#' dist/index.js", "lambda/unspecified-esm-import"),
        ("named", "sed -i \"s#import pg from 'pg'#import { Nope } from 'pg'#\" dist/index.js", "lambda/missing-named-export"),
        ("type", "sed -i '/\"type\"/d' package.json", "lambda/esm-syntax-in-commonjs"),
        file="src/index.ts", files=SOURCES | tsconfig(module="nodenext", moduleResolution="nodenext"), tools=["typescript@5"],
        build="tsc; rm -r src tsconfig.json", handler="dist/index.handler", manifest={"type": "module"},
    ),
    kind(
        "esbuild",
        SMALL,
        SERVICE,
        ("external", "sed -i 's#^var import_pg = .*#var import_pg = require(\"pg\");#' index.js; "
         "grep -q 'require(\"pg\")' index.js || echo 'require(\"pg\");' >> index.js", MISSING),
        (*RENAMED, "index.main"),
        file="src/index.ts", files=SOURCES, tools=["esbuild"],
        build="esbuild src/index.ts --bundle --platform=node --target=node20 --external:pg-native --outfile=index.js; rm -r src node_modules",
    ),
    kind(
        "esbuild-min",
        SMALL,
        SERVICE,
        (*RENAMED, "index.main"),
        file="src/index.ts", files=SOURCES, tools=["esbuild"],
        build="esbuild src/index.ts --bundle --minify --platform=node --target=node20 --external:pg-native --outfile=index.js; rm -r src node_modules",
    ),
    kind(
        "esbuild-esm",
        SMALL,
        SERVICE.replace("{ Pool } from 'pg'", "pg from 'pg'").replace("new Pool", "new pg.Pool"),
        ("banner", "sed -i 1d index.mjs", "lambda/bundled-dynamic-require"),
        (*RENAMED, "index.main"),
        file="src/index.ts", files=SOURCES, tools=["esbuild"],
        build="esbuild src/index.ts --bundle --format=esm --platform=node --target=node20 --external:pg-native --outfile=index.mjs "
        "\"--banner:js=import { createRequire } from 'module'; const require = createRequire(import.meta.url);\"; rm -r src node_modules",
    ),
    kind(
        "webpack",
        SMALL,
        SERVICE,
        (*RENAMED, "dist/index.main"),
        ("external", "echo 'require(\"lodash\");' >> dist/index.js", MISSING),
        file="src/index.ts",
        files=SOURCES | tsconfig(module="esnext", moduleResolution="node", outDir="out") | {
            "webpack.config.js": "module.exports = { mode: 'none', target: 'node', entry: './src/index.ts', resolve: { extensions: ['.ts', '.js'] },\n"
            "  externals: { 'pg-native': 'commonjs pg-native' }, module: { rules: [{ test: /ts$/, loader: 'TOOLS/node_modules/ts-loader', options: { transpileOnly: true } }] },\n"
            "  output: { path: __dirname + '/dist', filename: 'index.js', libraryTarget: 'commonjs2' } };\n"
        },
        tools=["webpack@5", "webpack-cli@5", "ts-loader@9", "typescript@5"],
        build="webpack; rm -r src node_modules webpack.config.js tsconfig.json",
        handler="dist/index.handler",
    ),
    kind(
        "webpack-min",
        SMALL,
        SERVICE.replace(": string", ""),
        (*RENAMED, "dist/index.main"),
        file="src/index.js", files={"src/lib/greet.js": SOURCES["src/lib/greet.ts"].replace(": string", "")},
        tools=["webpack@5", "webpack-cli@5"],
        build="webpack --mode production --target node --entry ./src/index.js -o dist --output-filename index.js --output-library-type commonjs2 "
        "--no-devtool --externals pg-native; rm -r src node_modules",
        handler="dist/index.handler",
    ),
    kind(
        "ncc",
        SMALL,
        SERVICE.replace(": string", ""),
        (*RENAMED, "dist/index.main"),
        file="src/index.mjs", files={"src/lib/greet.mjs": SOURCES["src/lib/greet.ts"].replace(": string", "")},
        tools=["@vercel/ncc"],
        build="sed -i 's#./lib/greet#./lib/greet.mjs#; s#{ Pool } from .pg.#pg from \"pg\"#; s#new Pool#new pg.Pool#' src/index.mjs; "
        "ncc build src/index.mjs -o dist; rm -r src node_modules; ls dist",
        handler="dist/index.handler",
    ),
    kind(
        "ncc-cjs",
        SMALL,
        """const { v4 } = require('uuid');
const { Pool } = require('pg');
const pool = new Pool();
exports.handler = async () => ({ id: v4(), idle: pool.idleCount });
""",
        (*RENAMED, "dist/index.main"),
        tools=["@vercel/ncc"], build="ncc build index.js -m -o dist; rm -r index.js node_modules", handler="dist/index.handler",
    ),
    kind(
        "rollup",
        ["uuid@9", "lodash@4"],
        """import { v4 } from 'uuid';
import _ from 'lodash';
import { greet } from './lib/greet.js';
export const handler = async () => ({ id: v4(), text: greet(_.capitalize('x')) });
""",
        (*RENAMED, "dist/index.main"),
        file="src/index.js", files={"src/lib/greet.js": SOURCES["src/lib/greet.ts"].replace(": string", "")},
        tools=["rollup@4", "@rollup/plugin-node-resolve", "@rollup/plugin-commonjs"],
        build="NODE_PATH=TOOLS/node_modules rollup src/index.js -f cjs -d dist -p TOOLS/node_modules/@rollup/plugin-node-resolve/dist/cjs/index.js "
        "-p TOOLS/node_modules/@rollup/plugin-commonjs/dist/cjs/index.js --external crypto; rm -r src node_modules",
        handler="dist/index.handler",
    ),
    kind(
        "swc",
        SMALL,
        SERVICE,
        ("lib", "rm -r dist/lib", "lambda/missing-package-file"),
        file="src/index.ts", files=SOURCES, tools=["@swc/cli", "@swc/core"],
        build="swc src -d dist --strip-leading-paths -C jsc.parser.syntax=typescript -C module.type=commonjs -C jsc.target=es2022; rm -r src",
        handler="dist/index.handler",
    ),
    kind(
        "esbuild-native",
        ["sharp@0.33"],
        """const sharp = require('sharp');
exports.handler = async () => ({ size: (await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } }).png().toBuffer()).length });
""",
        ("platform", "rm -r node_modules/@img/sharp-linux-x64", "lambda/missing-platform-package"),
        ("modules", "rm -r node_modules", MISSING),
        file="src/index.js", tools=["esbuild"],
        build="esbuild src/index.js --bundle --platform=node --external:sharp --outfile=index.js; rm -r src",
    ),
]

LAYOUT = [
    kind(
        "pnpm",
        [],
        """const express = require('express'), app = express();
app.get('/', (request, response) => response.json({ ok: true }));
exports.handler = require('serverless-http')(app);
""",
        ("followed", "rm -r node_modules/.pnpm", "lambda/dangling-symlink"),
        ("store", "rm -r node_modules/.pnpm/debug@*", MISSING),
        tools=["pnpm@9"], build="pnpm install --ignore-scripts", links=True,
        manifest={"dependencies": {"express": "4.21.2", "serverless-http": "3.2.0"}},
    ),
    kind(
        "workspace",
        [],
        """const { greet } = require('@mono/shared');
exports.handler = async () => ({ text: greet('x') });
""",
        ("target", "rm -r packages/shared", "lambda/dangling-symlink"),
        ("unbuilt", "rm -r packages/shared/dist", "lambda/missing-package-file"),
        files={
            "packages/shared/package.json": as_json({"name": "@mono/shared", "version": "1.0.0", "main": "dist/index.js", "dependencies": {"lodash": "4"}}),
            "packages/shared/dist/index.js": "const _ = require('lodash');\nexports.greet = (name) => _.capitalize(name);\n",
        },
        build="npm install --ignore-scripts --no-audit --no-fund --loglevel=error", links=True,
        manifest={"workspaces": ["packages/*"], "dependencies": {"@mono/shared": "1.0.0"}},
    ),
    kind(
        "workspace-copied",
        [],
        """const { greet } = require('@mono/shared');
exports.handler = async () => ({ text: greet('x') });
""",
        ("main", "sed -i 's#dist/index.js#lib/index.js#' node_modules/@mono/shared/package.json; true", "lambda/missing-package-file"),
        files={
            "packages/shared/package.json": as_json({"name": "@mono/shared", "version": "1.0.0", "main": "dist/index.js", "dependencies": {"lodash": "4"}}),
            "packages/shared/dist/index.js": "const _ = require('lodash');\nexports.greet = (name) => _.capitalize(name);\n",
        },
        build="npm install --ignore-scripts --no-audit --no-fund --loglevel=error",
        manifest={"workspaces": ["packages/*"], "dependencies": {"@mono/shared": "1.0.0"}},
    ),
]

KINDS = FRAMEWORKS + DATA + AWS + BUILT + LAYOUT
for recipe in KINDS:
    recipe["install"] = recipe["install"] + recipe.pop("install_more", [])
