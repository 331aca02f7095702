import { EMPTY, expect, open, PAGES, test } from "./console";

const WITHOUT_LISTS = new Set(["Overview", "Query", "Onboarding", "Settings", "Tokens", "Audit log"]);

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: an empty estate says what to do`, async ({ signedIn: page }) => {
    await open(page, path, EMPTY);
    if (!WITHOUT_LISTS.has(name)) await expect(page.locator(".empty p").first()).toHaveText(/\w+ \w+ \w+/);
  });
}

test("an empty estate has nothing to be compared with, which is not the same as nothing new", async ({ signedIn: page }) => {
  await open(page, "/", EMPTY);
  await expect(page.locator(".news > li")).toHaveCount(5);
  await expect(page.locator(".news").getByText("Nobody has looked")).toHaveCount(5);
});
