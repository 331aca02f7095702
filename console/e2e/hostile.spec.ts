import { expect, expectNoOverflow, open, PAGES, test } from "./console";

const HOSTILE = "http://127.0.0.1:8492";

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: hostile names are text, and nothing overflows`, async ({ signedIn: page }) => {
    await open(page, path, HOSTILE);
    await expectNoOverflow(page);
    const rows = page.locator(".table-card tbody .link");
    for (let place = 0; place < Math.min(await rows.count(), 6); place += 1) {
      await rows.nth(place).click();
      const drawer = page.locator("dialog");
      await expect(drawer).toBeVisible();
      await expect(drawer.locator(".loading")).toHaveCount(0);
      await drawer.evaluate((dialog) => dialog.querySelectorAll("details").forEach((details) => details.setAttribute("open", "")));
      await expectNoOverflow(page);
      await page.keyboard.press("Escape");
      await expect(drawer).toHaveCount(0);
    }
    expect(await page.evaluate(() => (window as { __ran?: number }).__ran)).toBeUndefined();
    expect(await page.locator("a[href^='javascript:']").count()).toBe(0);
  });
}

test("what is exported for a spreadsheet holds no formula", async ({ signedIn: page }) => {
  await open(page, "/findings", HOSTILE);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export Findings as CSV" }).click();
  const text = await (await saved).createReadStream().then(async (stream) => {
    const parts: Buffer[] = [];
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts).toString();
  });
  expect(text).toContain("HYPERLINK");
  expect(text).not.toMatch(/(^|[,\n])"?[=+\-@]/);
});
