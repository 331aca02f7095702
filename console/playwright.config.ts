import { defineConfig } from "@playwright/test";

// Against any server: CONSOLE_URL=http://127.0.0.1:8480 CONSOLE_TOKEN=… npm run e2e. Without them, against the mock, with its
// hostile and its empty estate besides. CHROMIUM_PATH names a Chromium that is installed already.
const url = process.env["CONSOLE_URL"];
const browser = process.env["CHROMIUM_PATH"];
const mock = (port: number, flags = "") => ({ command: `node e2e/mock/server.mjs --port ${port} ${flags}`, url: `http://127.0.0.1:${port}/`, reuseExistingServer: false });

export default defineConfig({
  testDir: "e2e",
  outputDir: "e2e/results",
  timeout: 60_000,
  workers: 1,
  reporter: "list",
  ...(url ? { testIgnore: ["hostile.spec.ts", "empty.spec.ts"] } : {}),
  use: {
    baseURL: url ?? "http://127.0.0.1:8491",
    viewport: { width: 1280, height: 800 },
    launchOptions: { ...(browser ? { executablePath: browser } : {}), args: ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"] },
  },
  ...(url ? {} : { webServer: [mock(8491), mock(8492, "--hostile"), mock(8493, "--empty")] }),
});
