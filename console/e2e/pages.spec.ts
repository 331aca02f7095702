import { expect, expectAccessible, expectNoOverflow, open, PAGES, test } from "./console";

const NARROW = [800, 390];

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: opens without an error in both themes, axe finds nothing, and it fits narrow windows`, async ({ signedIn: page }) => {
    await open(page, path);
    for (const colorScheme of ["light", "dark"] as const) {
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
