import { test as base, expect, type Page } from "@playwright/test";
import AxeBuilder from "@axe-core/playwright";

export const TOKEN = process.env["CONSOLE_TOKEN"] ?? "mock-token";
export const MOCKED = !process.env["CONSOLE_URL"];
export const PAGES = {
  Overview: "/",
  Map: "/map",
  "Map as a table": "/map?view=table",
  Models: "/models",
  Workloads: "/workloads",
  Applications: "/workloads?tab=applications",
  Findings: "/findings",
  Detections: "/cases",
  "Who can": "/access",
  "Who does": "/access?tab=does",
  "Who could and does not": "/access?tab=unused",
  Coverage: "/coverage",
  "Calls of the scans": "/coverage?tab=calls",
  Query: "/query",
  Probes: "/probes",
  Onboarding: "/onboarding?account=111122223333",
  Jobs: "/jobs",
  Schedules: "/jobs?tab=schedules",
  Settings: "/settings",
  Tokens: "/settings?tab=tokens",
  "Audit log": "/settings?tab=audit",
} as const;

/** A page that is signed in, and whose every error, violation of the policy and request to elsewhere fails the test. */
export const test = base.extend<{ signedIn: Page; wrongs: string[] }>({
  wrongs: async ({ page, baseURL }, use) => {
    const wrongs: string[] = [];
    page.on("pageerror", (error) => wrongs.push(`error: ${error.message}`));
    page.on("console", (line) => line.type() === "error" && !/status of (401|4\d\d)/.test(line.text()) && wrongs.push(`console: ${line.text()}`));
    page.on("dialog", (dialog) => {
      wrongs.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      const own = request.url().startsWith(baseURL ?? "") || /^http:\/\/127\.0\.0\.1:849\d\//.test(request.url()) || request.url().startsWith("blob:");
      if (!own) wrongs.push(`request: ${request.url()}`);
    });
    await use(wrongs);
    expect(wrongs).toEqual([]);
  },
  signedIn: async ({ page, wrongs }, use) => {
    void wrongs;
    await page.addInitScript((token) => {
      if (location.protocol.startsWith("http")) sessionStorage.setItem("sightline-token", token);
    }, TOKEN);
    await use(page);
  },
});

export async function open(page: Page, path: string, origin = ""): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${origin}/#${path}`);
  await expect(page.locator("h1")).toBeVisible();
  await expect(page.locator(".loading")).toHaveCount(0, { timeout: 15_000 });
}

/** Nothing hangs out of the window: long names are cut or wrapped. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    const holds = (element: Element) => {
      for (let at: Element | null = element; at; at = at.parentElement) if (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(at).overflowX)) return true;
      return false;
    };
    const out = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && element.parentElement && !holds(element.parentElement));
    const pages = [...document.querySelectorAll(".page, .drawer-content")].filter((element) => element.scrollWidth > element.clientWidth + 1);
    return [...out, ...pages].map((element) => `${element.tagName}.${element.className}: ${element.textContent?.slice(0, 60)}`);
  });
  expect(wide).toEqual([]);
}

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]).analyze();
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 4).join(" | ")}`)).toEqual([]);
}

export { expect };
