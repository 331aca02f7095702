// Which Chromium: the one that CHROMIUM_PATH names, the system's, or the one that Playwright brought.
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const USUAL = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Options to start it with: without a GPU, WebGL is drawn by software. */
export function launchOptions() {
  const path = process.env["CHROMIUM_PATH"] || USUAL.find((one) => existsSync(one));
  return { ...(path ? { executablePath: path } : {}), args: ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"] };
}

/** Whether there is one at all. */
export function hasBrowser() {
  return existsSync(launchOptions().executablePath ?? chromium.executablePath());
}
