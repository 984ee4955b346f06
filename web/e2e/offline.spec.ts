import { expect, test } from "./fixtures";

/** What the browser keeps of the server's answers, as text. Runs in the page. */
function keptCache(): Promise<string> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("crm-cache");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction("queries").objectStore("queries").getAll();
      reading.onsuccess = () => {
        opening.result.close();
        resolve(JSON.stringify(reading.result));
      };
    };
  });
}

test("a reload with the server away shows the app from cache, says so, and recovers by itself", async ({
  page,
  api,
}) => {
  await api.createContact({ first_name: "Ada", last_name: "Lovelace" });
  await page.goto("/people");
  await expect(page.getByRole("gridcell", { name: /Ada Lovelace/ })).toBeVisible();
  await page.evaluate(() => navigator.serviceWorker.ready);
  await expect.poll(() => page.evaluate(keptCache)).toContain("Lovelace");
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
  await page.unrouteAll({ behavior: "wait" });
  await expect(page.getByText("Timeline, notes and tasks are out of order for the moment")).toBeHidden({
    timeout: 10_000,
  });
});
