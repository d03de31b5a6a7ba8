//! Repositories of any size, for benchmarks and for what counts work: blocks of fifty files, each a small
//! system of its own, so that ten times the files are ten times of everything.
//!
//! Nothing is random: the same index gives the same file. Sizes are those of real repositories in kind
//! (most files are a few KB of prose and code, a fifth speaks of a deploy), not their measured shape.
#![allow(dead_code, reason = "each user takes its part")]

/// Files of a block.
pub const BLOCK: usize = 50;
/// Files of a block that are read as structured YAML; templates of its Helm chart are none.
pub const YAML_OF_BLOCK: usize = 7;
/// Other files of a block that are read as structure, by format.
pub const STRUCTURED_OF_BLOCK: &[(&str, usize)] = &[(".env", 1), ("Dockerfile", 2), ("JSON", 4), ("TOML", 1)];
/// Files of a block that are never opened.
pub const BINARY_OF_BLOCK: usize = 1;
/// Ways in which the three functions of a block run its one package: two name the same handler.
pub const WAYS_OF_PACKAGE: usize = 2;

/// A file of a repository.
pub struct File {
    pub path: String,
    pub bytes: Vec<u8>,
}

/// What a repository is made of.
#[derive(Clone, Copy, Default)]
pub struct Shape {
    /// Files; whole blocks are made.
    pub files: usize,
    /// One compose file of so many names a service that is not there; 0 for none.
    pub broken_every: usize,
    /// With a package that several functions of a block run; one more file a block.
    pub packages: bool,
}

/// The files of a repository, made one block after the other.
pub fn repository(shape: Shape) -> impl Iterator<Item = File> {
    let Shape { files, broken_every, packages } = shape;
    (0..files.div_ceil(BLOCK)).flat_map(move |block| {
        let is_broken = broken_every > 0 && block % broken_every == 0;
        block_of(block, is_broken, packages)
    })
}

fn block_of(block: usize, is_broken: bool, packages: bool) -> Vec<File> {
    let mut files = Vec::with_capacity(BLOCK + 1);
    let mut add = |path: &str, text: String| {
        files.push(File { path: format!("team-{block:04}/{path}"), bytes: text.into_bytes() });
    };
    let fill = |text: &str| {
        text.replace("@n@", &format!("{block:04}")).replace("@port@", &(3000 + block % 60_000).to_string())
    };
    let dependency = if is_broken { "cach" } else { "cache" };
    add("web/docker-compose.yml", fill(COMPOSE).replace("@dependency@", dependency));
    add("web/Dockerfile", fill(NODE_DOCKERFILE));
    add("web/.env", fill(DOTENV));
    add("web/package.json", fill(PACKAGE));
    add("web/src/index.js", fill(SERVER));
    add("web/openapi.yaml", fill(OPENAPI));
    add("api/Dockerfile", fill(PYTHON_DOCKERFILE));
    add("api/main.py", fill(PYTHON));
    add("api/requirements.txt", "fastapi==0.115.6\nuvicorn==0.34.0\n".to_owned());
    add("k8s/api.yaml", fill(KUBERNETES).replace("@role@", "api"));
    add("k8s/worker.yaml", fill(KUBERNETES).replace("@role@", "worker"));
    add("functions/template.yaml", fill(SAM));
    add("functions/samconfig.toml", fill(SAM_CONFIGURATION));
    add("functions/orders/index.js", fill(HANDLER));
    add("functions/orders/package.json", fill(PACKAGE));
    add("functions/report/app.py", fill(PYTHON_HANDLER));
    add("infra/queues.template.json", fill(QUEUES));
    add("config/production.yml", fill(SETTINGS));
    add("config/production.json", fill(SETTINGS_JSON));
    add("chart/Chart.yaml", fill(CHART));
    add("chart/values.yaml", "replicas: 2\nimage: example.com/acme/web\n".to_owned());
    add("chart/templates/deployment.yaml", CHART_TEMPLATE.to_owned());
    add("chart/templates/service.yaml", CHART_SERVICE.to_owned());
    add("infra/main.tf", fill(TERRAFORM));
    add("docs/logo.png", format!("\u{1}not opened {block}"));
    for number in 0..BLOCK - 25 {
        let seed = (block * BLOCK + number) as u64;
        match number % 5 {
            0 => add(&format!("docs/chapter-{number:02}.md"), prose(seed, 1 << (9 + number / 5))),
            1 => add(&format!("web/src/part{number:02}.js"), code(seed, "exports.add@ = (x) => x + @;\n", 40)),
            2 => add(&format!("api/part{number:02}.py"), code(seed, "def add@(x):\n    return x + @\n\n", 60)),
            3 => add(&format!("web/locale/{number:02}.txt"), prose(seed, 700)),
            _ => add(
                &format!("web/src/Part{number:02}.tsx"),
                code(seed, "export const Row@ = () => <td>{@}</td>;\n", 90),
            ),
        }
    }
    if packages {
        files[11].bytes.extend_from_slice(fill(SHARED_PACKAGE).as_bytes());
        let path = format!("team-{block:04}/functions/shared.zip");
        files.push(File { path, bytes: package(&[("index.js".to_owned(), fill(SHARED_HANDLER))]) });
    }
    files
}

/// A zip of these files.
pub fn package(files: &[(String, String)]) -> Vec<u8> {
    let files = files.iter().map(|(path, text)| (path.as_str(), text.as_bytes()));
    deploylint::tree::pack(files).unwrap_or_default()
}

/// A package like that of a small web service: a handler, and so many modules of ten files each, of which
/// every one imports the next two and files of its own.
pub fn node_package(modules: usize) -> Vec<(String, String)> {
    let mut files = vec![(
        "index.js".to_owned(),
        "const app = require('module-000');\nexports.handler = async (event) => app.answer(event);\n".to_owned(),
    )];
    for module in 0..modules {
        let folder = format!("node_modules/module-{module:03}");
        let next: Vec<usize> = [2 * module + 1, 2 * module + 2].into_iter().filter(|next| *next < modules).collect();
        let dependencies: Vec<String> = next.iter().map(|next| format!("\"module-{next:03}\": \"^1.0.0\"")).collect();
        files.push((
            format!("{folder}/package.json"),
            format!(
                "{{\"name\": \"module-{module:03}\", \"version\": \"1.0.{module}\", \"main\": \"./lib/index.js\", \
                 \"dependencies\": {{{}}}}}\n",
                dependencies.join(", ")
            ),
        ));
        let mut index: String = (0..4).map(|part| format!("const part{part} = require('./part{part}');\n")).collect();
        index.extend(next.iter().map(|next| format!("const next{next} = require('module-{next:03}');\n")));
        index.push_str(&code(module as u64, "exports.step@ = (event) => ({ ...event, step: @ });\n", 60));
        files.push((format!("{folder}/lib/index.js"), index));
        for part in 0..6 {
            let text = code((module * 6 + part) as u64, "exports.part@ = function (x) { return [x, @]; };\n", 50);
            files.push((format!("{folder}/lib/part{part}.js"), text));
        }
        files.push((format!("{folder}/README.md"), prose(module as u64, 3000)));
        files.push((format!("{folder}/LICENSE"), prose(module as u64 + 1, 1000)));
    }
    files
}

/// Manifests of so many services in one text, documents parted by `---`.
pub fn manifests(services: usize) -> String {
    let one = |block: usize| KUBERNETES.replace("@n@", &format!("{block:04}")).replace("@role@", "api");
    (0..services).map(one).collect::<Vec<_>>().join("---\n")
}

/// A template with so many functions.
pub fn template(functions: usize) -> String {
    let (head, one) = SAM.split_at(SAM.find("  Orders:").unwrap_or(0));
    let resources = |number: usize| {
        let one = one.replace("@n@", &format!("{number:04}"));
        ["Orders:", "Report:", "Table:"].iter().fold(one, |text, name| {
            text.replace(&format!("  {name}\n"), &format!("  {}{number}:\n", name.trim_end_matches(':')))
        })
    };
    format!("{head}{}", (0..functions.div_ceil(2)).map(resources).collect::<String>())
}

/// A JSON document of so many lists of settings, indented or on one line.
pub fn json(entries: usize, is_one_line: bool) -> String {
    let (space, end) = if is_one_line { ("", "") } else { ("  ", "\n") };
    let entry = |number: usize| {
        format!(
            "{space}\"entry-{number:05}\": {{\"name\": \"service {number}\", \"url\": \"http://service-{number}:80/v1\", \
             \"limits\": [1, 2.5, true, null], \"nested\": {{\"deep\": {{\"value\": {number}}}}}}}"
        )
    };
    let entries: Vec<String> = (0..entries).map(entry).collect();
    format!("{{{end}{}{end}}}{end}", entries.join(&format!(",{end}")))
}

/// Words in lines, about so many bytes.
pub fn prose(seed: u64, size: usize) -> String {
    const WORDS: &[&str] = &[
        "the", "service", "reads", "every", "order", "and", "answers", "with", "its", "state", "because", "queues",
        "are", "slow", "when", "nobody", "listens", "so", "we", "deploy", "twice", "a", "day", "Begin", "here",
    ];
    let mut state = seed.wrapping_add(1);
    let mut out = String::with_capacity(size + 16);
    while out.len() < size {
        out.push_str(WORDS[step(&mut state) as usize % WORDS.len()]);
        out.push(if step(&mut state).is_multiple_of(12) { '\n' } else { ' ' });
    }
    out.push('\n');
    out
}

/// One line pattern again and again, `@` a number.
fn code(seed: u64, pattern: &str, most: u64) -> String {
    let mut state = seed.wrapping_add(7);
    let lines = most / 4 + step(&mut state) % most;
    (0..lines).map(|_| pattern.replace('@', &(step(&mut state) % 10_000).to_string())).collect()
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
fn step(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

const COMPOSE: &str = "\
services:
  web:
    build: .
    image: example.com/acme/web-@n@:1.4.2
    ports: [\"@port@:@port@\"]
    env_file: .env
    environment:
      PORT: \"@port@\"
      CACHE_URL: redis://cache:6379/0
      DATABASE_URL: postgresql://app:${DB_PASSWORD:?set it in .env}@db:5432/shop
    depends_on:
      db: { condition: service_healthy }
      @dependency@: { condition: service_started }
  cache:
    image: redis:7.4
  db:
    image: postgres:16.4
    environment:
      POSTGRES_PASSWORD: ${DB_PASSWORD:?set it in .env}
    healthcheck:
      test: [\"CMD\", \"pg_isready\", \"-U\", \"postgres\"]
    volumes: [\"data:/var/lib/postgresql/data\"]
volumes:
  data: {}
";

const NODE_DOCKERFILE: &str = "\
FROM node:22.11.0-alpine3.20 AS build
WORKDIR /app
COPY package.json ./
RUN npm install --omit=dev
COPY src ./src

FROM node:22.11.0-alpine3.20
WORKDIR /app
COPY --from=build /app ./
USER 10001
EXPOSE @port@
CMD [\"node\", \"src/index.js\"]
";

const PYTHON_DOCKERFILE: &str = "\
FROM python:3.13.1-slim-bookworm
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt
COPY main.py ./
USER 10001
EXPOSE @port@
CMD [\"python\", \"-m\", \"uvicorn\", \"main:app\", \"--host\", \"0.0.0.0\", \"--port\", \"@port@\"]
";

const DOTENV: &str = "# filled in by the operator\nDB_PASSWORD=\nLOG_LEVEL=info\nREGION=eu-@n@\n";

const PACKAGE: &str = "\
{
  \"name\": \"web-@n@\",
  \"version\": \"1.4.2\",
  \"private\": true,
  \"main\": \"src/index.js\",
  \"scripts\": { \"start\": \"node src/index.js\" }
}
";

const SERVER: &str = "\
'use strict';
const http = require('node:http');

const port = Number(process.env.PORT || @port@);
const server = http.createServer((request, response) => {
  const path = request.url.split('?')[0];
  const known = path === '/healthz' || /^\\/items\\/([^/]+)$/.test(path);
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
});
server.listen(port);
process.on('SIGTERM', () => server.close());
";

const OPENAPI: &str = "\
openapi: 3.0.3
info: { title: web-@n@, version: 1.4.2 }
paths:
  /healthz:
    get:
      operationId: healthz
      responses:
        \"200\": { description: it runs }
  /items/{item_id}:
    get:
      operationId: item
      parameters:
        - { name: item_id, in: path, required: true, schema: { type: string } }
      responses:
        \"200\": { description: the item }
        \"404\": { description: there is none }
";

const PYTHON: &str = "\
import os

from fastapi import FastAPI

REGION = os.environ.get(\"REGION\", \"eu-@n@\")
app = FastAPI(title=\"api-@n@\")


@app.get(\"/healthz\")
def healthz():
    return {\"ok\": True, \"region\": REGION}
";

const KUBERNETES: &str = "\
apiVersion: v1
kind: ConfigMap
metadata:
  name: @role@-@n@
data:
  log-level: info
  upstream: http://@role@-@n@:80
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: @role@-@n@
  labels: { app: @role@-@n@ }
spec:
  replicas: 2
  selector:
    matchLabels: { app: @role@-@n@ }
  template:
    metadata:
      labels: { app: @role@-@n@ }
    spec:
      containers:
        - name: app
          image: example.com/acme/@role@-@n@:1.4.2
          ports:
            - { name: http, containerPort: 8080 }
          env:
            - name: LOG_LEVEL
              valueFrom:
                configMapKeyRef: { name: @role@-@n@, key: log-level }
          readinessProbe:
            httpGet: { path: /readyz, port: http }
          livenessProbe:
            httpGet: { path: /healthz, port: http }
          resources:
            requests: { cpu: 10m, memory: 64Mi }
            limits: { memory: 256Mi }
---
apiVersion: v1
kind: Service
metadata:
  name: @role@-@n@
spec:
  selector: { app: @role@-@n@ }
  ports:
    - { name: http, port: 80, targetPort: http }
";

const SAM: &str = "\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String, Default: dev }
Conditions:
  IsProduction: !Equals [!Ref Stage, prod]
Globals:
  Function:
    Timeout: 10
    MemorySize: !If [IsProduction, 512, 256]
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: orders/
      Handler: index.handler
      Runtime: nodejs22.x
      Environment:
        Variables:
          TABLE: !Ref Table
          TABLE_ARN: !GetAtt Table.Arn
          NAME: !Sub '${AWS::StackName}-orders-@n@'
      Events:
        Get:
          Type: HttpApi
          Properties: { Path: /orders, Method: get }
  Report:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: report/
      Handler: app.handler
      Runtime: python3.13
      Environment:
        Variables:
          STAGE: !Join ['-', [!Ref Stage, '@n@']]
  Table:
    Type: AWS::Serverless::SimpleTable
";

/// Functions that run one package, for the end of [`SAM`].
const SHARED_PACKAGE: &str = "  First:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: shared.zip, Handler: index.first, Runtime: nodejs22.x }
  Second:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: shared.zip, Handler: index.second, Runtime: nodejs22.x }
  Third:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: ./shared.zip, Handler: index.second, Runtime: nodejs22.x }
";

const SHARED_HANDLER: &str = "\
exports.first = async () => ({ statusCode: 200, body: '@n@' });
exports.second = async () => ({ statusCode: 204 });
";

const SAM_CONFIGURATION: &str = "\
version = 0.1
[prod.deploy.parameters]
stack_name = \"orders-@n@\"
parameter_overrides = \"Stage=prod\"
";

const HANDLER: &str = "\
const table = process.env.TABLE;
exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify({ table, path: event.rawPath }) });
";

const PYTHON_HANDLER: &str = "\
import os


def handler(event, context):
    return {\"stage\": os.environ[\"STAGE\"], \"name\": \"report-@n@\"}
";

const QUEUES: &str = "\
{
  \"AWSTemplateFormatVersion\": \"2010-09-09\",
  \"Resources\": {
    \"Dead\": { \"Type\": \"AWS::SQS::Queue\", \"Properties\": { \"QueueName\": \"dead-@n@\" } },
    \"Main\": {
      \"Type\": \"AWS::SQS::Queue\",
      \"Properties\": {
        \"RedrivePolicy\": { \"deadLetterTargetArn\": { \"Fn::GetAtt\": [\"Dead\", \"Arn\"] }, \"maxReceiveCount\": 5 }
      }
    }
  }
}
";

const SETTINGS: &str = "\
accounts:
  url: https://accounts.acme-@n@.example
  timeout-ms: 2000
features: { export: true, search: false }
";

const SETTINGS_JSON: &str =
    "{ \"region\": \"eu-@n@\", \"retries\": 3, \"search\": { \"url\": \"https://search.acme.example\" } }\n";

const CHART: &str = "apiVersion: v2\nname: web-@n@\nversion: 1.4.2\n";

const CHART_TEMPLATE: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  {{- with .Values.strategy }}
  strategy: {{ toYaml . | nindent 4 }}
  {{- end }}
";

const CHART_SERVICE: &str = "\
apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  {{- include \"web.ports\" . | nindent 2 }}
";

const TERRAFORM: &str = "resource \"aws_sqs_queue\" \"main\" {\n  name = \"queue-@n@\"\n}\n";
