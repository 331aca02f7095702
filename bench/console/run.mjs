// The map of 5,000 nodes in Chromium: CPU of the renderer until the first frame, main-thread CPU a frame while it is dragged.
// node bench/console/run.mjs [NODES]   (after `npm ci && npm run build` in console/; CHROMIUM_PATH names a Chromium that is there)
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const CONSOLE = join(import.meta.dirname, "../../console");
const { chromium } = createRequire(join(CONSOLE, "package.json"))("@playwright/test");
const nodes = process.argv[2] ?? "5000";
const [PORT, RUNS, FRAMES] = [8495, 3, 10];

const server = spawn(process.execPath, [join(CONSOLE, "e2e/mock/server.mjs"), "--port", String(PORT), "--nodes", nodes], { stdio: ["ignore", "pipe", "inherit"] });
await new Promise((ready) => server.stdout.once("data", ready));

async function once(browser) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript(() => location.protocol === "http:" && sessionStorage.setItem("sightline-token", "mock-token"));
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${PORT}/#/coverage`);
  await page.locator("tbody .link").first().waitFor();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  const busy = async () => (await cdp.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value * 1000;

  const before = await busy();
  const began = await page.evaluate(() => {
    location.hash = "/map";
    return performance.now();
  });
  await page.waitForFunction(() => performance.getEntriesByName("map drawn").length > 0, undefined, { timeout: 120_000 });
  const wall = (await page.evaluate(() => performance.getEntriesByName("map drawn")[0].startTime)) - began;
  const first = (await busy()) - before;

  const box = await page.locator(".map-place").boundingBox();
  await page.mouse.move(box.x + 400, box.y + 300);
  await page.mouse.down();
  const still = await busy();
  for (let frame = 0; frame < FRAMES; frame += 1) {
    await page.mouse.move(box.x + 400 + (frame % 60) * 4, box.y + 300 + (frame % 30) * 3);
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
  }
  const pan = ((await busy()) - still) / FRAMES;
  await page.mouse.up();
  await context.close();
  return { wall, first, pan };
}

const browser = await chromium.launch({ ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}), args: ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
const figures = [];
for (let run = 0; run < RUNS; run += 1) figures.push(await once(browser));
await browser.close();
server.kill();
const middle = (name) => figures.map((one) => one[name]).sort((one, other) => one - other)[Math.floor(RUNS / 2)];
console.log(`nodes ${nodes}, median of ${RUNS} runs, software GL`);
console.log(`first frame: ${middle("first").toFixed(0)} ms of main-thread CPU, ${middle("wall").toFixed(0)} ms by the clock (bar: 2000)`);
console.log(`pan: ${middle("pan").toFixed(1)} ms of main-thread CPU a frame (bar: 20)`);
