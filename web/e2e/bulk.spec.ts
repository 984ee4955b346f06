import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures";

interface Shown {
  tags: string[];
  title: string | null;
}

test("many get a tag, a title, and go back", async ({ page, api, checkA11y }) => {
  const people = await api.createContacts(4);
  const read = (index: number) => api.call<Shown>("GET", `/contacts/${people[index]!.id}`);
  await page.goto("/people?sort=name");
  const grid = page.getByRole("grid");
  await expect(page.getByRole("gridcell", { name: "Person Number000" })).toBeVisible();
  await grid.focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Shift+ArrowDown");
  await page.keyboard.press("Shift+ArrowDown");
  const bar = page.getByRole("toolbar", { name: "Selection" });
  await expect(bar).toContainText("3 selected");
  await checkA11y(page);

  await bar.getByRole("button", { name: "Tag", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Tag 3 people" });
  await dialog.getByRole("combobox").fill("new friends");
  await page.getByRole("option").click();
  await checkA11y(page);
  await dialog.getByRole("button", { name: "Change 3 people" }).click();
  await expect(page.getByText("3 people changed")).toBeVisible();
  expect((await read(2)).tags).toEqual(["new friends"]);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect.poll(async () => (await read(2)).tags).toEqual([]);

  await grid.focus();
  await page.keyboard.press("Control+a");
  await bar.getByRole("button", { name: "Set field" }).click();
  const set = page.getByRole("dialog", { name: "Set a field of 4 people" });
  await set.getByRole("combobox", { name: "Field" }).click();
  await page.getByRole("option", { name: "Job title" }).click();
  await set.getByRole("button", { name: "Empty" }).click();
  await page.keyboard.type("Guest");
  await page.keyboard.press("Enter");
  await set.getByRole("button", { name: "Change 4 people" }).click();
  await expect(page.getByRole("gridcell", { name: "Guest" })).toHaveCount(4);
  expect((await read(0)).title).toBe("Guest");
});

test("what is picked becomes a file", async ({ page, api }) => {
  await api.createContacts(2);
  await page.goto("/people?sort=name");
  await page.getByRole("gridcell").getByRole("checkbox").first().click();
  await page.getByRole("toolbar", { name: "Selection" }).getByRole("button", { name: "Export" }).click();
  const arriving = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Table (CSV)" }).click();
  const text = await readFile(await (await arriving).path(), "utf8");
  expect(text).toContain("Number000");
  expect(text).not.toContain("Number001");
});

test("cells go through the clipboard as in a spreadsheet, and one Undo takes the block back", async ({ page, api }) => {
  const people = await api.createContacts(3);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const columns = { shown: ["name", "title", "address.city"], widths: {} };
  await page.addInitScript(
    (layout) => localStorage.setItem("crm.columns.contact.all", JSON.stringify(layout)),
    columns,
  );
  await page.goto("/people?sort=name");
  await expect(page.getByRole("gridcell", { name: "Person Number000" })).toBeVisible();
  await page.getByRole("grid").focus();
  await page.keyboard.press("ArrowRight");
  await page.evaluate(() => navigator.clipboard.writeText("Boss\tRome\nClerk\tOslo\n"));
  await page.keyboard.press("Control+v");
  await expect(page.getByText("Pasted into 2 rows")).toBeVisible();
  await expect(page.getByRole("gridcell", { name: "Oslo" })).toBeVisible();
  await page.keyboard.press("Control+c");
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe("Boss");
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect.poll(async () => (await api.call<Shown>("GET", `/contacts/${people[1]!.id}`)).title).toBeNull();
  await expect(page.getByRole("gridcell", { name: "Boss" })).toBeHidden();
});
