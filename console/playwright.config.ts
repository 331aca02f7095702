import { defineConfig } from "@playwright/test";
import { launchOptions } from "./e2e/browser.mjs";

// Against any server: CONSOLE_URL=http://127.0.0.1:8480 CONSOLE_TOKEN=… npm run e2e. Without them, against the mock, with its
// hostile and its empty estate besides. `npm run e2e:real` starts the real server over three lakes. CHROMIUM_PATH names a Chromium.
const url = process.env["CONSOLE_URL"];
const mock = (port: number, flags = "") => ({ command: `node e2e/mock/server.mjs --port ${port} ${flags}`, url: `http://127.0.0.1:${port}/`, reuseExistingServer: false });
const lacks = (name: string) => (url && !process.env[`CONSOLE_${name}_URL`] ? [`${name.toLowerCase()}.spec.ts`] : []);

export default defineConfig({
  testDir: "e2e",
  outputDir: "e2e/results",
  timeout: 60_000,
  workers: 2,
  fullyParallel: true,
  reporter: "list",
  testIgnore: [...lacks("HOSTILE"), ...lacks("EMPTY")],
  use: {
    baseURL: url ?? "http://127.0.0.1:8491",
    viewport: { width: 1280, height: 800 },
    launchOptions: launchOptions(),
  },
  ...(url ? {} : { webServer: [mock(8491), mock(8492, "--hostile"), mock(8493, "--empty"), mock(8494, '--provider "Example login"')] }),
});
