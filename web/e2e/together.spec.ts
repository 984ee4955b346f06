import { browserOf, expect, test } from "./fixtures";

test("another browser's change appears within a second, and different fields merge by themselves", async ({
  page,
  api,
  account,
  browser,
}) => {
  const ada = await api.createContact({ first_name: "Ada", last_name: "Lovelace", title: "Engineer" });
  const other = await (await browserOf(browser, account)).newPage();
  for (const each of [page, other]) {
    await each.goto(`/people/${ada.id}`);
    await expect(each.getByRole("button", { name: "Engineer" })).toBeVisible();
  }
  await page.getByRole("button", { name: "Engineer" }).click();
  await page.getByLabel("Job title").fill("Countess");

  // While this one is typing, the other sets the city.
  await other.getByRole("button", { name: "Add City" }).click();
  await other.getByLabel("City").fill("London");
  await other.keyboard.press("Enter");
  await expect(other.getByText("Saved")).toBeVisible();

  await page.keyboard.press("Enter");
  await expect(other.getByRole("button", { name: "Countess" })).toBeVisible({ timeout: 2000 });
  await expect(page.getByRole("button", { name: "London" })).toBeVisible();
  await other.context().close();
});

test("the same field changed by both shows yours, theirs and the original", async ({ page, api, checkA11y }) => {
  const ada = await api.createContact({ first_name: "Ada", last_name: "Lovelace", title: "Engineer" });
  await page.goto(`/people/${ada.id}`);
  await page.getByRole("button", { name: "Engineer" }).click();
  await page.getByLabel("Job title").fill("Countess");
  await api.call("PATCH", `/contacts/${ada.id}`, { title: "Mathematician" });
  await page.keyboard.press("Enter");

  const dialog = page.getByRole("dialog", { name: "Somebody else changed this, too" });
  await expect(dialog).toContainText("Countess");
  await expect(dialog).toContainText("Mathematician");
  await expect(dialog).toContainText("Engineer");
  await checkA11y(page);
  await dialog.getByRole("radio", { name: "Yours" }).check({ force: true });
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect
    .poll(async () => (await api.call<{ title: string }>("GET", `/contacts/${ada.id}`)).title)
    .toBe("Countess");
});
