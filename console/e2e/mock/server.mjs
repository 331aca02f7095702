// The API over a made-up estate, with the console's build and the real server's policy: for looking at pages and for tests
// that need names which no real account has. With --api URL it only serves the build, before that API. node e2e/mock/server.mjs [--port 8481] [--hostile] [--empty] [--nodes 5000] [--findings 100000] [--provider NAME]
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { parseArgs } from "node:util";
import { estate } from "./data.mjs";
import { answer } from "./routes.mjs";

const { values } = parseArgs({ options: { port: { type: "string", default: "8481" }, hostile: { type: "boolean" }, empty: { type: "boolean" }, nodes: { type: "string", default: "0" }, findings: { type: "string", default: "320" }, api: { type: "string" }, provider: { type: "string" } } });
const DIST = join(import.meta.dirname, "../../dist");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'";
export const TOKEN = "mock-token";

/** Codes that are good once. */
const sessions = new Set(["good"]);
const data = estate({ hostile: values.hostile ?? false, empty: values.empty ?? false, nodes: Number(values.nodes), findings: Number(values.findings) });

function json(response, status, body) {
  response.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" });
  if (body === undefined) return response.end();
  response.end(JSON.stringify(status < 400 ? body : { type: "about:blank", status, request_id: "mock-1", ...body }));
}

async function text(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** What needs no token: whether there is a provider, and a token for the code that it sent back. */
function signIn(request, url) {
  if (url.pathname === "/api/v1/sign-in") return [200, { oidc: values.provider ? { name: values.provider } : null }];
  if (url.pathname !== "/api/v1/session" || request.method !== "POST") return undefined;
  const isGood = sessions.delete("good");
  return isGood ? [201, { token: {}, secret: TOKEN }] : [401, { title: "Unauthorized", detail: "the code is over" }];
}

async function forward(request, response) {
  const { authorization = "", "content-type": type = "application/json" } = request.headers;
  const body = request.method === "GET" ? undefined : await text(request);
  const answered = await fetch(new URL(request.url, values.api), { method: request.method, headers: { authorization, "content-type": type }, body });
  response.writeHead(answered.status, { "content-type": answered.headers.get("content-type") ?? "" });
  response.end(Buffer.from(await answered.arrayBuffer()));
}

createServer(async (request, response) => {
  const url = new URL(request.url, "http://127.0.0.1");
  for (const [name, value] of Object.entries({ "content-security-policy": POLICY, "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" })) response.setHeader(name, value);
  if (url.pathname.startsWith("/api/") && values.api) return forward(request, response);
  const signing = signIn(request, url);
  if (signing) return json(response, ...signing);
  if (url.pathname.startsWith("/api/")) {
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return json(response, 401, { title: "Unauthorized", detail: "send a token" });
    const body = request.method === "GET" ? undefined : await text(request);
    const [status, out] = answer(data, request.method, url, body ? JSON.parse(body) : undefined);
    return json(response, status, out);
  }
  const file = join(DIST, normalize(url.pathname === "/" ? "/index.html" : url.pathname));
  if (!file.startsWith(DIST) || !existsSync(file) || !statSync(file).isFile()) return json(response, 404, { title: "Not Found" });
  response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
}).listen(Number(values.port), "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port} token ${TOKEN}`);
});
