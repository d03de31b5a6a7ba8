#!/usr/bin/env python3
"""Builds one Lambda package for each of many popular npm packages, and keeps those that really load.

    scripts/lambda_npm_packages.py OUT [--jobs N] [NAME]...

Each NAME (default: the list below; `express@3` for a version of it) is installed alone beside a handler that loads it at start. The handler is then
loaded with the node on PATH (20), with the flags of the runtime nodejs20.x. What loads is packed and becomes a `good`
row of OUT/manifest.tsv; what does not is listed with the reason. Then `scripts/lambda_confusion.py OUT` measures how
many of them deploylint calls broken. Needs npm and its registry. Not part of CI.
"""

import argparse
import concurrent.futures
import json
import shutil
import subprocess
import sys
from pathlib import Path

import lambda_packages

PACKAGES = """
express fastify koa hono restify @hapi/hapi connect polka serverless-http aws-serverless-express @vendia/serverless-express
axios node-fetch got undici superagent ky request cross-fetch graphql apollo-server-lambda @apollo/server graphql-yoga
lodash lodash-es ramda rxjs immer uuid nanoid dayjs moment moment-timezone luxon date-fns zod joi yup ajv ajv-formats
class-validator class-transformer reflect-metadata io-ts pg mysql mysql2 mongodb mongoose redis ioredis knex sequelize typeorm
drizzle-orm kysely tedious better-sqlite3 sqlite3 sql.js @prisma/client nodemailer handlebars ejs pug mustache nunjucks
winston pino pino-pretty bunyan debug loglevel log4js chalk commander yargs minimist dotenv config convict
jsonwebtoken jose passport bcrypt bcryptjs argon2 helmet cors body-parser cookie-parser multer busboy formidable
sharp jimp @napi-rs/canvas canvas pdf-lib pdfkit exceljs xlsx csv-parse papaparse cheerio jsdom puppeteer-core
playwright-core esbuild @swc/core rollup lightningcss typescript @babel/core terser webpack
@nestjs/core @nestjs/common @middy/core @aws-lambda-powertools/logger @aws-lambda-powertools/tracer aws-xray-sdk
@aws-sdk/client-s3 @aws-sdk/client-dynamodb @aws-sdk/lib-dynamodb aws-sdk stripe twilio @sendgrid/mail @slack/web-api openai
@anthropic-ai/sdk langchain @google-cloud/storage firebase-admin googleapis @azure/storage-blob @sentry/node
@sentry/aws-serverless dd-trace newrelic @opentelemetry/sdk-node @opentelemetry/api socket.io ws amqplib kafkajs bull bullmq
archiver jszip tar fs-extra glob rimraf async bluebird p-limit execa semver inversify tsyringe marked markdown-it
xml2js fast-xml-parser js-yaml ini qs form-data mime http-proxy-middleware node-cron i18next sanitize-html validator
""".split()

LOAD = """
const file = process.argv[1];
(async () => {
  const loaded = file.endsWith('.mjs') ? await import(file) : require(file);
  console.log((await loaded.handler()).ok ? 'OK' : 'not ok');
  process.exit(0);
})().catch((error) => { console.log(error.code || '', String(error.message).split('\\n')[0]); process.exit(1); });
"""


def install(folder, name):
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"name": "function", "private": True}))
    command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts", name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    return "" if done.returncode == 0 else (done.stderr.strip().splitlines() or ["npm failed"])[0]


def load(folder, entry):
    try:
        command = ["node", *lambda_packages.NODE_FLAGS, "-e", LOAD, str(folder / entry)]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return "timeout"
    return (done.stdout.strip().splitlines() or ["nothing"])[-1]


def build(out, name):
    """(row name, what the load said)."""
    label = "i-" + name.replace("@", "").replace("/", "-")
    folder, target = out / "work" / label, out / "zips" / f"{label}.zip"
    if target.exists():
        return label, "OK"
    shutil.rmtree(folder, ignore_errors=True)
    failure = install(folder, name)
    name = name[0] + name[1:].split("@")[0]
    if failure:
        return label, failure
    (folder / "index.js").write_text(f"const it = require('{name}');\nexports.handler = async () => ({{ ok: !!it }});\n")
    said = load(folder, "index.js")
    if "ERR_REQUIRE_ESM" in said or "ERR_PACKAGE_PATH_NOT_EXPORTED" in said:
        (folder / "index.js").unlink()
        (folder / "index.mjs").write_text(f"import * as it from '{name}';\nexport const handler = async () => ({{ ok: !!it }});\n")
        said = load(folder, "index.mjs")
    if said == "OK":
        lambda_packages.pack(folder, target, keep=lambda inside: ".bin" not in inside.parts)
    shutil.rmtree(folder, ignore_errors=True)
    return label, said


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    out = lambda_packages.prepare(options.out)
    rows = []
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for label, said in pool.map(lambda name: build(out, name), options.names or PACKAGES):
            if said == "OK":
                labels = {"expect": "ok", "status": "good", "class": "npm", "proof": "loaded", "message": "OK"}
                rows.append(lambda_packages.row_of(label, "nodejs20.x", "index.handler", **labels))
            else:
                print(f"left out: {label}: {said}", flush=True)
            lambda_packages.write(out, rows)
    print(f"{len(rows)} packages load")
    return 0


if __name__ == "__main__":
    sys.exit(main())
