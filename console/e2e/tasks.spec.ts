import { expect, expectAccessible, MOCKED, open, test, TOKEN } from "./console";

test("a wrong token is refused with what to do, and a right one is kept for this tab alone", async ({ page, wrongs }) => {
  await page.goto("/");
  await page.getByLabel("Token").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("did not take this token");
  await expectAccessible(page);
  await page.getByLabel("Token").fill(TOKEN);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Overview" })).toBeVisible();
  expect(await page.evaluate(() => [Object.values({ ...localStorage }).join(), document.cookie])).toEqual(["", ""]);
  wrongs.splice(0, wrongs.length, ...wrongs.filter((wrong) => !wrong.includes("401")));
});

test("a link holds the filters, also after loading it anew", async ({ signedIn: page }) => {
  await open(page, "/findings");
  await page.getByLabel("Severity", { exact: true }).selectOption("high");
  await page.getByLabel("Resource or check").fill("a");
  await expect(page).toHaveURL(/severity=high/);
  await expect(page).toHaveURL(/text=a/);
  await page.reload();
  await expect(page.getByLabel("Severity", { exact: true })).toHaveValue("high");
  await expect(page.getByLabel("Resource or check")).toHaveValue("a");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(page).not.toHaveURL(/severity/);
});

test("a finding is opened, read and closed by keyboard alone", async ({ signedIn: page }) => {
  await open(page, "/findings");
  const first = page.locator("tbody .link").first();
  await first.focus();
  await page.keyboard.press("ArrowDown");
  const second = page.locator("tbody tr[data-place='1'] .link");
  await expect(second).toBeFocused();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  await expect(drawer).toBeVisible();
  await expect(drawer.getByText("Fingerprint")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
  await expect(second).toBeFocused();
});

test("columns sort, and say so", async ({ signedIn: page }) => {
  await open(page, "/models");
  const heading = page.getByRole("columnheader", { name: /^Calls/ });
  await heading.getByRole("button").click();
  await expect(heading).toHaveAttribute("aria-sort", "descending");
  const shown = await page.locator("tbody tr td:nth-child(6)").allTextContents();
  expect(shown.length).toBeGreaterThan(1);
  await expect(page).toHaveURL(/sort=-calls/);
});

test("an edge shows its evidence, controls and fix", async ({ signedIn: page }) => {
  await open(page, "/map?view=table&unprotected=true");
  await page.locator("tbody tr", { has: page.locator(".strip [data-state='no']") }).first().locator(".link").click();
  const drawer = page.getByRole("dialog");
  await expect(drawer.getByRole("heading", { name: "Controls" })).toBeVisible();
  await expect(drawer.getByRole("heading", { name: "Evidence" })).toBeVisible();
  await drawer.getByText("How to bring it").first().click();
  await expect(drawer.locator("details[open] .code, details[open] .prose").first()).toBeVisible();
  await expectAccessible(page);
});

test("the map is drawn, is a table besides, and saves as a picture", async ({ signedIn: page }) => {
  await open(page, "/map");
  await expect(page.locator(".map-place canvas").first()).toBeAttached();
  for (const [button, file] of [["Save the map as SVG", "sightline-map.svg"], ["Save the map as PNG", "sightline-map.png"]] as const) {
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: button }).click();
    expect((await saved).suggestedFilename()).toBe(file);
  }
  await page.getByRole("button", { name: "Table" }).click();
  await expect(page.getByRole("table")).toBeVisible();
  await expect(page).toHaveURL(/view=table/);
});

test("SQL is completed, run and exported", async ({ signedIn: page }) => {
  await open(page, "/query");
  const editor = page.getByLabel("SQL");
  await editor.fill("");
  await editor.pressSequentially("SELECT count(*) AS n, path FROM current_ed");
  await expect(page.getByRole("option", { name: "current_edge", exact: true })).toBeVisible();
  await page.getByRole("option", { name: "current_edge", exact: true }).click();
  await expect(editor).toHaveValue(/current_edge$/);
  await editor.pressSequentially(" GROUP BY path ");
  await page.keyboard.press("Control+Enter");
  await expect(page.locator(".table-card tbody tr").first()).toBeVisible();
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export Rows as JSON" }).click();
  expect((await saved).suggestedFilename()).toBe("sightline-rows.json");
});

test("a wrong query is told, not swallowed", async ({ signedIn: page }) => {
  await open(page, "/query");
  await page.getByLabel("SQL").fill("DELETE FROM edge");
  await page.getByRole("button", { name: "Run" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
});

test("a prerequisite is written down for an account", async ({ signedIn: page }) => {
  await open(page, "/onboarding");
  await page.getByLabel("Account", { exact: true }).fill("12");
  await expect(page.getByText("An account's id has twelve digits")).toBeVisible();
  await page.getByLabel("Account", { exact: true }).fill("111122223333");
  await expect(page.locator(".code pre").first()).toContainText(/\w/);
  await expectAccessible(page);
});

test("a finding is muted with reason, owner and day, and unmuted", async ({ signedIn: page }) => {
  test.skip(!MOCKED, "it changes what the server holds");
  await open(page, "/findings?status=fail");
  await page.locator("tbody .link").first().click();
  await page.getByRole("button", { name: "Mute…" }).click();
  const dialog = page.getByRole("dialog", { name: "Mute this finding" });
  await dialog.getByLabel("Why it is all right").fill("accepted until the migration");
  await dialog.getByLabel("Who answers for it").fill("Kim");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Mute" }).click();
  await expect(page.getByText(/Muted until .* by Kim/)).toBeVisible();
  await page.getByRole("button", { name: "Unmute" }).click();
  await expect(page.getByRole("button", { name: "Mute…" })).toBeVisible();
});

test("a token is made once, shown once and revoked", async ({ signedIn: page }) => {
  test.skip(!MOCKED, "it changes what the server holds");
  await open(page, "/settings?tab=tokens");
  await page.getByRole("button", { name: "New token…" }).click();
  await page.getByLabel("Whose it is").fill("ci");
  await page.getByRole("button", { name: "Make token" }).click();
  await expect(page.getByText("it is not shown again")).toBeVisible();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("button", { name: "Revoke ci" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);
});

test("a job is begun, watched and cancelled", async ({ signedIn: page }) => {
  test.skip(!MOCKED, "it begins work on the server");
  await open(page, "/jobs");
  await page.getByRole("button", { name: "New job…" }).click();
  await page.getByLabel("Job", { exact: true }).selectOption("map");
  await page.getByRole("button", { name: "Begin" }).click();
  await expect(page.getByRole("heading", { name: "Job: map" })).toBeVisible();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("dialog").getByText("cancelled")).toBeVisible();
});

test("the colours that were chosen stay", async ({ signedIn: page }) => {
  await open(page, "/");
  await page.getByLabel("Colours").selectOption("dark");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("signing out forgets the token", async ({ page, wrongs }) => {
  void wrongs;
  await page.goto("/");
  await page.getByLabel("Token").fill(TOKEN);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByLabel("Token")).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});
