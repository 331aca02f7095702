import { expect, expectAccessible, expectNoOverflow, MOCKED, open, PAGES, test } from "./console";

const NARROW = [800, 390];
// Colours are the same whoever serves them: the mock shows both themes.
const THEMES = MOCKED ? (["light", "dark"] as const) : (["light"] as const);

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: opens without an error, axe finds nothing, and it fits narrow windows`, async ({ signedIn: page }) => {
    await open(page, path);
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await expectAccessible(page);
    }
    await expectNoOverflow(page);
    for (const width of NARROW) {
      await page.setViewportSize({ width, height: 800 });
      await expect(page.locator("h1")).toBeVisible();
      await expectNoOverflow(page);
    }
  });
}
