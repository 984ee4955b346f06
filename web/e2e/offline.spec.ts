import { expect, test } from "./fixtures";

test("a reload with the server away shows the app from cache, says so, and recovers by itself", async ({
  page,
  api,
}) => {
  await api.createContact({ first_name: "Ada", last_name: "Lovelace" });
  await page.goto("/people");
  await expect(page.getByRole("gridcell", { name: /Ada Lovelace/ })).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  // The cache is written a second after the last change.
  await expect
    .poll(() => page.evaluate(async () => (await indexedDB.databases()).some(({ name }) => name === "crm-cache")))
    .toBe(true);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  await page.context().setOffline(true);
  await page.reload();
  await expect(page.getByRole("gridcell", { name: /Ada Lovelace/ })).toBeVisible();
  await expect(page.getByText("The server can't be reached. You see what was loaded last")).toBeVisible();

  await page.context().setOffline(false);
  await expect(page.getByText("The server can't be reached. You see what was loaded last")).toBeHidden({
    timeout: 10_000,
  });
});

test("with one part down the rest works, and the banner names what does not", async ({ page, api }) => {
  await api.createContact({ first_name: "Ada", last_name: "Lovelace" });
  await page.route("**/health", async (route) => {
    const answer = await route.fetch();
    const health = await answer.json();
    health.status = "degraded";
    health.services.events.status = "down";
    await route.fulfill({ json: health });
  });
  await page.goto("/people");
  await expect(page.getByText("Timeline, notes and tasks are out of order for the moment")).toBeVisible();
  await page.getByRole("button", { name: "Ada Lovelace" }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Save" })).toBeDisabled();
  await page.unroute("**/health");
  await expect(page.getByText("Timeline, notes and tasks are out of order for the moment")).toBeHidden({
    timeout: 10_000,
  });
});
