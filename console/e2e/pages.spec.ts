import { expectAccessible, expectNoOverflow, open, PAGES, test } from "./console";

for (const [name, path] of Object.entries(PAGES)) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`${name}, ${colorScheme}: opens without an error, and axe finds nothing`, async ({ signedIn: page }) => {
      await page.emulateMedia({ colorScheme });
      await open(page, path);
      await expectAccessible(page);
      await expectNoOverflow(page);
    });
  }
  test(`${name} fits a narrow window`, async ({ signedIn: page }) => {
    await page.setViewportSize({ width: 800, height: 700 });
    await open(page, path);
    await expectNoOverflow(page);
  });
}
