// Pictures of pages, for people who look at them: node e2e/pictures.mjs FOLDER [--only NAME,NAME] [--widths 1280,390] [--themes light,dark]
// Of the server that CONSOLE_URL and CONSOLE_TOKEN name, else of the mock on its usual port. With --readme, those of the README.
import { chromium } from "@playwright/test";
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { launchOptions } from "./browser.mjs";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { only: { type: "string" }, widths: { type: "string", default: "1280,800" }, themes: { type: "string", default: "light,dark" }, readme: { type: "boolean", default: false } } });
const [folder = "pictures"] = positionals;
const url = process.env.CONSOLE_URL ?? "http://127.0.0.1:8481";
const token = process.env.CONSOLE_TOKEN ?? "mock-token";
const PAGES = {
  "sign-in": null, overview: "/", map: "/map", "map-table": "/map?view=table", edge: "/map?view=table", way: "/map?view=table", "way-table": "/map?view=table", findings: "/findings", finding: "/findings",
  models: "/models", model: "/models", workloads: "/workloads", cases: "/cases", case: "/cases", coverage: "/coverage", calls: "/coverage?tab=calls", access: "/access", query: "/query", probes: "/probes",
  plan: "/probes?tab=plan", compare: "/probes", onboarding: "/onboarding", jobs: "/jobs", job: "/jobs", settings: "/settings", notifications: "/settings?tab=notifications", tokens: "/settings?tab=tokens",
};
/** Of the README: an edge is shown by its way, with the controls on it. */
const README = ["overview", "map", "findings", "way"];
const OPENS = new Set(["edge", "finding", "case", "model", "job", "way", "way-table"]);
const names = values.readme ? README : (values.only?.split(",") ?? Object.keys(PAGES));

/** Whatever has to be pressed before the page is what its name says. */
async function press(page, name) {
  const first = page.locator("tbody .link").first();
  // A list without rows opens nothing.
  if (OPENS.has(name) && (await first.count()) === 0) return;
  if (OPENS.has(name)) await first.click();
  if (name.startsWith("way")) {
    await page.getByRole("link", { name: "The way, step by step" }).click();
    await page.locator(".step").first().waitFor();
  }
  if (name === "way-table") await page.getByRole("button", { name: "Table" }).click();
  if (name === "compare") await page.getByRole("button", { name: "Compare two runs…" }).click();
  if (name === "query") await page.getByRole("button", { name: "Run" }).click();
  if (name === "plan") {
    await page.getByLabel("What is probed").selectOption("all_bedrock");
    await page.getByRole("button", { name: "Plan", exact: true }).click();
  }
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch(launchOptions());
try {
  for (const width of values.readme ? [1280] : values.widths.split(",").map(Number)) {
    for (const colorScheme of values.themes.split(",")) {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });
      const page = await context.newPage();
      page.on("console", (line) => line.type() === "error" && console.log(`${page.url()}: ${line.text().slice(0, 300)}`));
      page.on("pageerror", (error) => console.log(`${page.url()}: ${error.stack?.slice(0, 500)}`));
      await page.addInitScript((own) => location.protocol.startsWith("http") && !location.search && sessionStorage.setItem("sightline-token", own), token);
      for (const name of names) {
        await page.goto("about:blank");
        // The sign-in page is what is shown without a token.
        await page.goto(PAGES[name] === null ? `${url}/?signed-out` : `${url}/#${PAGES[name]}`);
        await page.locator("h1").waitFor();
        await page.waitForFunction(() => document.querySelectorAll(".loading").length === 0);
        await press(page, name);
        await page.waitForFunction(() => document.querySelectorAll(".loading").length === 0);
        await page.waitForTimeout(name === "map" ? 1200 : 400);
        await page.screenshot({ path: `${folder}/${values.readme ? `console-${name}-${colorScheme}` : `${name}-${width}-${colorScheme}`}.png` });
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
}
