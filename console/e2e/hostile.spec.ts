import { expect, expectNoOverflow, HOSTILE, MOCKED, open, PAGES, test } from "./console";

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: hostile names are text, and nothing overflows`, async ({ signedIn: page }) => {
    await open(page, path, HOSTILE);
    await expectNoOverflow(page);
    const rows = page.locator(".table-card tbody .link");
    for (let place = 0; place < Math.min(await rows.count(), MOCKED ? 6 : 3); place += 1) {
      await rows.nth(place).click();
      const drawer = page.locator("dialog");
      await expect(drawer).toBeVisible();
      await expect(drawer.locator(".loading")).toHaveCount(0);
      await drawer.evaluate((dialog) => dialog.querySelectorAll("details").forEach((details) => details.setAttribute("open", "")));
      await expectNoOverflow(page);
      await page.keyboard.press("Escape");
      await expect(drawer).toHaveCount(0);
    }
    await page.setViewportSize({ width: 390, height: 844 });
    await expectNoOverflow(page);
    expect(await page.evaluate(() => (window as { __ran?: number }).__ran)).toBeUndefined();
    expect(await page.locator("a[href^='javascript:']").count()).toBe(0);
  });
}

test("the way of an edge: hostile names are text, and nothing overflows", async ({ signedIn: page }) => {
  await open(page, "/map?view=table", HOSTILE);
  const links = page.locator(".table-card tbody .link");
  await links.first().waitFor();
  for (let place = 0; place < Math.min(await links.count(), MOCKED ? 4 : 2); place += 1) {
    await links.nth(place).click();
    await page.getByRole("link", { name: "The way, step by step" }).click();
    await expect(page.locator(".step").first()).toBeVisible();
    await expectNoOverflow(page);
    await page.locator(".react-flow__node").last().click();
    await expectNoOverflow(page);
    await page.getByRole("button", { name: "Table" }).click();
    await expect(page.getByRole("table")).toBeVisible();
    await expectNoOverflow(page);
    expect(await page.evaluate(() => (window as { __ran?: number }).__ran)).toBeUndefined();
    await open(page, "/map?view=table", HOSTILE);
  }
});

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
