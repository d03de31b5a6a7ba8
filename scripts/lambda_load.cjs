// Loads and calls a Node.js handler as the runtime's interface client does, and prints what came of it.
//
//     NODE_PATH=OTHERS node FLAGS lambda_load.cjs ROOT HANDLER [LIST]
//
// ROOT   the folder of the package; NODE_PATH leads to layers and to what the runtime brings
// LIST   a file that gets the CommonJS modules that were loaded, a line each
//
// FLAGS are those that the runtime passes: nodejs20.x has --no-experimental-require-module. The last line begins with
// OK, LOAD (it does not start: why) or INVOKE (it starts, the call fails: why). A restatement of UserFunction.js
// (github.com/aws/aws-lambda-nodejs-runtime-interface-client).
"use strict";

const fs = require("fs");
const path = require("path");

const [root, name, list] = process.argv.slice(2);
// As an HTTP API sends it, for handlers that look.
const EVENT = {
  version: "2.0", routeKey: "$default", rawPath: "/", rawQueryString: "", headers: { host: "x" }, isBase64Encoded: false,
  requestContext: { http: { method: "GET", path: "/", sourceIp: "127.0.0.1", protocol: "HTTP/1.1", userAgent: "x" } },
};

function isModule(folder) {
  if (folder === "/" || folder.endsWith("/node_modules")) return false;
  const manifest = path.join(folder, "package.json");
  if (!fs.existsSync(manifest)) return isModule(path.dirname(folder));
  try {
    return JSON.parse(fs.readFileSync(manifest)).type === "module";
  } catch {
    return false;
  }
}

async function loadFile(folder, module) {
  const stem = path.resolve(root, folder, module);
  if (fs.existsSync(stem) && fs.statSync(stem).isFile()) return require(stem);
  if (fs.existsSync(`${stem}.js`)) return isModule(path.dirname(stem)) ? import(`${stem}.js`) : require(`${stem}.js`);
  if (fs.existsSync(`${stem}.mjs`)) return import(`${stem}.mjs`);
  if (fs.existsSync(`${stem}.cjs`)) return require(`${stem}.cjs`);
  return require(require.resolve(module, { paths: [root, path.join(root, folder)] }));
}

async function find() {
  if (name.includes("..")) throw new Error(`'${name}' is not a valid handler name`);
  const base = path.basename(name);
  const parts = base.match(/^([^.]*)\.(.*)$/);
  if (!parts) throw new Error("Bad handler");
  const loaded = await loadFile(name.slice(0, name.length - base.length), parts[1]);
  const handler = parts[2].split(".").reduce((object, key) => object && object[key], loaded);
  if (!handler) throw new Error(`${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new Error(`${name} is not a function`);
  return handler;
}

function finish(kind, text) {
  if (list) fs.writeFileSync(list, Object.keys(require.cache).join("\n"));
  const line = `${kind} ${String(text).split("\n").slice(0, 3).join(" | ")}`.slice(0, 300);
  // Nothing that a package started keeps the process, or prints after this.
  fs.writeSync(1, `\n${line}\n`);
  process.exit(0);
}

process.on("uncaughtException", (error) => finish("LOAD", error && error.message));
process.on("unhandledRejection", (error) => finish("LOAD", error && error.message));

(async () => {
  let handler;
  try {
    handler = await find();
  } catch (error) {
    return finish("LOAD", error && error.message);
  }
  try {
    const answer = await handler(EVENT, { callbackWaitsForEmptyEventLoop: true });
    const status = answer && answer.statusCode;
    return status >= 400 ? finish("INVOKE", `${status} ${answer.body}`) : finish("OK", "");
  } catch (error) {
    return finish("INVOKE", (error && error.message) || error);
  }
})();
