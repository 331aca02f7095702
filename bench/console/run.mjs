// The shell's size, and a map of 5,000 nodes in Chromium: main-thread CPU until the first frame, and a frame while it is dragged.
// node bench/console/run.mjs [NODES]   (after `npm ci && npm run build` in console/; CHROMIUM_PATH names a Chromium that is there)
import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const CONSOLE = join(import.meta.dirname, "../../console");
const { chromium } = createRequire(join(CONSOLE, "package.json"))("@playwright/test");
const { launchOptions } = await import(join(CONSOLE, "e2e/browser.mjs"));
const nodes = process.argv[2] ?? "5000";
const [RUNS, FRAMES] = [3, 30];
/** Seconds after which whatever hangs is told of. */
const LONGEST = 170;

/** Figure, bar, and whether it holds: printed, and remembered for the end. */
let isWithin = true;
function tell(what, value, bar, unit) {
  const holds = value <= bar;
  isWithin &&= holds;
  console.log(`${holds ? "ok  " : "OVER"}  ${what}: ${value.toFixed(value < 100 ? 1 : 0)} ${unit} (bar: ${bar} ${unit})`);
}

function shell() {
  const done = spawnSync(process.execPath, [join(CONSOLE, "tools/size.mjs")], { encoding: "utf8" });
  const total = /([\d.]+) KB of (\d+) KB/.exec(done.stdout);
  if (!total) throw new Error(`the shell cannot be measured: ${done.stderr || "run `npm ci && npm run build` in console/"}`);
  tell("shell, compressed", Number(total[1]), Number(total[2]), "KB");
}

/** The mock on a port that is free: one that an earlier run left behind is in nobody's way. */
async function mock() {
  const child = spawn(process.execPath, [join(CONSOLE, "e2e/mock/server.mjs"), "--port", "0", "--nodes", nodes], { stdio: ["ignore", "pipe", "inherit"] });
  const url = await new Promise((said, failed) => {
    child.stdout.once("data", (line) => said(String(line).split(" ")[0].trim()));
    child.once("exit", (code) => failed(new Error(`the mock ended with ${code}`)));
  });
  return { child, url };
}

async function once(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript(() => location.protocol === "http:" && sessionStorage.setItem("sightline-token", "mock-token"));
  const page = await context.newPage();
  await page.goto(`${url}/#/coverage`);
  await page.locator("tbody .link").first().waitFor();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => (await cdp.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value * 1000;

  const before = await busy();
  const began = await page.evaluate(() => {
    location.hash = "/map";
    return performance.now();
  });
  await page.waitForFunction(() => performance.getEntriesByName("map drawn").length > 0, undefined, { timeout: 40_000 });
  const wall = (await page.evaluate(() => performance.getEntriesByName("map drawn")[0].startTime)) - began;
  const first = (await busy()) - before;

  const box = await page.locator(".map-place").boundingBox();
  await page.mouse.move(box.x + 400, box.y + 300);
  await page.mouse.down();
  const still = await busy();
  // No more frames than a slow renderer draws in ten seconds.
  const until = Date.now() + 10_000;
  let drawn = 0;
  while (drawn < FRAMES && Date.now() < until) {
    await page.mouse.move(box.x + 400 + (drawn % 60) * 4, box.y + 300 + (drawn % 30) * 3);
    await page.evaluate(() => new Promise((seen) => requestAnimationFrame(seen)));
    drawn += 1;
  }
  const pan = ((await busy()) - still) / drawn;
  await page.mouse.up();
  await context.close();
  return { wall, first, pan };
}

let server;
const overdue = setTimeout(() => {
  console.error(`not done after ${LONGEST} s`);
  server?.child.kill();
  process.exit(1);
}, LONGEST * 1000);

let browser;
try {
  shell();
  server = await mock();
  browser = await chromium.launch(launchOptions());
  const figures = [];
  for (let run = 0; run < RUNS; run += 1) figures.push(await once(browser, server.url));
  const middle = (name) => figures.map((one) => one[name]).sort((one, other) => one - other)[Math.floor(RUNS / 2)];
  console.log(`      map of ${nodes} nodes, median of ${RUNS} runs, drawn by software; ${middle("wall").toFixed(0)} ms by the clock until its first frame`);
  tell("first frame, main-thread CPU", middle("first"), 2000, "ms");
  tell("first frame, by the clock", middle("wall"), 2000, "ms");
  tell("dragged, main-thread CPU a frame", middle("pan"), 20, "ms");
} finally {
  clearTimeout(overdue);
  await browser?.close();
  server?.child.kill();
}
process.exitCode = isWithin ? 0 : 1;
