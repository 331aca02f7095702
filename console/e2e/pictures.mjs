// Pictures of pages, for people who look at them: node e2e/pictures.mjs FOLDER [URL TOKEN] [--only NAME]
import { chromium } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string" }, widths: { type: "string", default: "1280,800" }, themes: { type: "string", default: "light,dark" } } });
const [folder = "pictures", url = "http://127.0.0.1:8481", token = "mock-token"] = positionals;
const PAGES = {
  "sign-in": null, overview: "/", map: "/map", "map-table": "/map?view=table", edge: "/map?view=table", findings: "/findings", finding: "/findings", models: "/models", model: "/models", workloads: "/workloads", cases: "/cases", case: "/cases",
  coverage: "/coverage", calls: "/coverage?tab=calls", access: "/access", query: "/query", probes: "/probes", onboarding: "/onboarding", jobs: "/jobs", settings: "/settings",
};
const OPENS = new Set(["edge", "finding", "case", "model"]);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ ...(process.env.CHROMIUM_PATH ? { executablePath: process.env.CHROMIUM_PATH } : {}), args: ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
for (const width of values.widths.split(",").map(Number)) {
  for (const colorScheme of values.themes.split(",")) {
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
    const page = await context.newPage();
    page.on("console", (line) => line.type() === "error" && console.log(`${page.url()}: ${line.text().slice(0, 300)}`));
    page.on("pageerror", (error) => console.log(`${page.url()}: ${error.stack?.slice(0, 500)}`));
    for (const [name, path] of Object.entries(PAGES)) {
      if (values.only && !values.only.split(",").includes(name)) continue;
      await page.goto("about:blank");
      if (path !== null) await context.addInitScript((own) => location.protocol === "http:" && sessionStorage.setItem("sightline-token", own), token);
      await page.goto(path === null ? url : `${url}/#${path}`);
      await page.locator("h1").waitFor();
      await page.waitForFunction(() => document.querySelectorAll(".loading").length === 0);
      if (OPENS.has(name)) await page.locator("tbody .link").first().click();
      if (name === "query") await page.getByRole("button", { name: "Run" }).click();
      await page.waitForTimeout(name === "map" ? 1200 : 400);
      await page.screenshot({ path: `${folder}/${name}-${width}-${colorScheme}.png` });
    }
    await context.close();
  }
}
await browser.close();
