import { test as base, expect, type Page } from "@playwright/test";
import AxeBuilder from "@axe-core/playwright";

/** A server that the tests open: where it is, and a token of an administrator. */
export interface Origin {
  url: string;
  token: string;
}

const given = (name: string, port: number): Origin => ({ url: process.env[`CONSOLE${name}_URL`] ?? `http://127.0.0.1:${port}`, token: process.env[`CONSOLE${name}_TOKEN`] ?? "mock-token" });
export const ESTATE = given("", 8491);
export const HOSTILE = given("_HOSTILE", 8492);
export const EMPTY = given("_EMPTY", 8493);
/** Where a provider of sign-in is; the mock alone has one. */
export const WITH_PROVIDER = given("_PROVIDER", 8494);
export const TOKEN = ESTATE.token;
export const MOCKED = !process.env["CONSOLE_URL"];
/** Whether tests may change what the server holds: a mock, or a server that was started for them. */
export const MAY_CHANGE = MOCKED || Boolean(process.env["CONSOLE_MAY_CHANGE"]);
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
  "Plan of probes": "/probes?tab=plan",
  Onboarding: "/onboarding?account=111122223333",
  Jobs: "/jobs",
  Schedules: "/jobs?tab=schedules",
  Settings: "/settings",
  Tokens: "/settings?tab=tokens",
  Notifications: "/settings?tab=notifications",
  "Audit log": "/settings?tab=audit",
} as const;

/** A page that is signed in, and whose every error, violation of the policy and request to elsewhere fails the test. */
export const test = base.extend<{ signedIn: Page; wrongs: string[] }>({
  wrongs: async ({ page }, use) => {
    const wrongs: string[] = [];
    page.on("pageerror", (error) => wrongs.push(`error: ${error.message}`));
    page.on("console", (line) => line.type() === "error" && !/status of (401|4\d\d)/.test(line.text()) && wrongs.push(`console: ${line.text()}`));
    page.on("dialog", (dialog) => {
      wrongs.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    const origins = [ESTATE, HOSTILE, EMPTY, WITH_PROVIDER].map(({ url }) => `${url}/`);
    page.on("request", (request) => {
      const own = origins.some((origin) => request.url().startsWith(origin)) || request.url().startsWith("blob:");
      if (!own) wrongs.push(`request: ${request.url()}`);
    });
    await use(wrongs);
    expect(wrongs).toEqual([]);
  },
  signedIn: async ({ page, wrongs }, use) => {
    void wrongs;
    const tokens = Object.fromEntries([ESTATE, HOSTILE, EMPTY].map(({ url, token }) => [url, token]));
    await page.addInitScript((tokens) => {
      const token = tokens[location.origin];
      if (token) sessionStorage.setItem("sightline-token", token);
    }, tokens);
    await use(page);
  },
});

export async function open(page: Page, path: string, origin = ESTATE): Promise<void> {
  await page.goto("about:blank");
  await page.goto(`${origin.url}/#${path}`);
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
