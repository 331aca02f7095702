import { expect, open, PAGES, test } from "./console";

const EMPTY = "http://127.0.0.1:8493";
const WITHOUT_LISTS = new Set(["Overview", "Query", "Onboarding", "Settings", "Tokens"]);

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: an empty estate says what to do`, async ({ signedIn: page }) => {
    await open(page, path, EMPTY);
    if (!WITHOUT_LISTS.has(name)) await expect(page.locator(".empty p").first()).toHaveText(/\w+ \w+ \w+/);
  });
}
