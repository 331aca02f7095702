// The console in a browser against the real server: `npm run e2e:real`, or pictures of it for the README: `npm run pictures`. Three lakes: the demo's (a copy, for tests change what the server
// holds), one of hostile names, and an empty one. SIGHTLINE_BIN, SIGHTLINE_DEMO and SIGHTLINE_PYTHON name the binary, the demo's folder
// and a Python with the demo's packages.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasBrowser } from "../browser.mjs";
import { HOSTILE } from "../mock/hostile.mjs";

const CONSOLE = join(import.meta.dirname, "../..");
const ROOT = join(CONSOLE, "..");
const BINARY = process.env.SIGHTLINE_BIN ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug/sightline");
const PYTHON = process.env.SIGHTLINE_PYTHON ?? join(ROOT, ".venv/bin/python");
const DEMO = [process.env.SIGHTLINE_DEMO, join(ROOT, ".sightline-demo/test"), join(ROOT, ".sightline-demo")].find((one) => one && existsSync(join(one, "lake")));

function stopWith(text, code) {
  console.log(text);
  process.exit(code);
}
if (!hasBrowser()) stopWith("skipped: the console in a browser (missing: Chromium; `apt install chromium`, or name one in CHROMIUM_PATH)", 0);
if (!existsSync(BINARY)) stopWith(`error: there is no ${BINARY}: run \`cargo build\``, 2);
if (!DEMO) stopWith("error: there is no lake of the demo: run `python3 demo/run.py --no-serve`", 2);

/** No variable of the caller's reaches the server, neither a profile nor an endpoint of a real account: the emulators of the demo stand for AWS. */
const environment = (folder) => ({ PATH: process.env.PATH, HOME: folder, SIGHTLINE_LAKE: join(folder, "lake"), ...emulated });
let emulated = {};

function emulators(act, ...more) {
  return told(PYTHON, [join(ROOT, "demo/emulators.py"), "--state", join(work, "emulators"), "--python", PYTHON, ...more, act]);
}

function told(command, given, options = {}) {
  const done = spawnSync(command, given, { encoding: "utf8", ...options });
  if (done.status !== 0) throw new Error(`\`${given.slice(0, 2).join(" ")}\` ended with ${done.status ?? done.error}: ${done.stderr}${done.stdout}`);
  return done.stdout.trim();
}

const children = [];
async function serve(folder) {
  const options = { cwd: folder, env: environment(folder) };
  const token = told(BINARY, ["token", "create", "--role", "admin", "--name", "e2e"], options);
  const child = spawn(BINARY, ["serve", "--listen", "127.0.0.1:0"], { ...options, stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  const url = await new Promise((said, failed) => {
    child.stdout.once("data", (line) => said(String(line).trim()));
    child.once("exit", (code) => failed(new Error(`the server ended with ${code}`)));
  });
  return { url, token };
}

const work = mkdtempSync(join(tmpdir(), "sightline-console-"));
const folder = (name) => {
  mkdirSync(join(work, name));
  return join(work, name);
};
const pictures = process.argv[2] === "--pictures" ? process.argv[3] : undefined;

/** Runs it with this environment, and tells how it ended. */
async function run(command, given, env) {
  const child = spawn(command, given, { cwd: CONSOLE, env: { ...process.env, ...env }, stdio: "inherit" });
  return new Promise((ended) => child.once("exit", (code) => ended(code ?? 1)));
}

async function tests(of) {
  const [hostile, empty] = ["hostile", "empty"].map(folder);
  told(PYTHON, [join(import.meta.dirname, "hostile_lake.py"), hostile, BINARY], { input: JSON.stringify(HOSTILE) });
  const [ofHostile, ofEmpty] = [await serve(hostile), await serve(empty)];
  const env = { CONSOLE_URL: of.url, CONSOLE_TOKEN: of.token, CONSOLE_MAY_CHANGE: "1", CONSOLE_HOSTILE_URL: ofHostile.url, CONSOLE_HOSTILE_TOKEN: ofHostile.token, CONSOLE_EMPTY_URL: ofEmpty.url, CONSOLE_EMPTY_TOKEN: ofEmpty.token };
  return run(join(CONSOLE, "node_modules/.bin/playwright"), ["test", ...process.argv.slice(2)], env);
}

let code = 1;
try {
  emulators("start");
  emulated = JSON.parse(emulators("env", "--json"));
  const demo = folder("demo");
  cpSync(join(DEMO, "lake"), join(demo, "lake"), { recursive: true });
  const of = await serve(demo);
  const page = await fetch(of.url);
  if (!page.ok) {
    console.log("skipped: the console in a browser (missing in this binary: run `make console`, then `cargo build`)");
    code = 0;
  } else if (pictures) code = await run(process.execPath, [join(CONSOLE, "e2e/pictures.mjs"), pictures, "--readme"], { CONSOLE_URL: of.url, CONSOLE_TOKEN: of.token });
  else code = await tests(of);
} catch (error) {
  console.error(`error: ${error.message}`);
} finally {
  for (const child of children) child.kill();
  try {
    emulators("stop");
  } catch (error) {
    console.error(`error: ${error.message}`);
  }
  rmSync(work, { recursive: true, force: true });
}
process.exit(code);
