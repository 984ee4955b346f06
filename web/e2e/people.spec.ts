import { expect, test } from "./fixtures";

test("a new workspace says how to begin, and makes the first person", async ({ page, checkA11y }) => {
  await page.goto("/people");
  await expect(page.getByText("No people yet")).toBeVisible();
  await checkA11y(page);
  await page.keyboard.press("c");
  const dialog = page.getByRole("dialog", { name: "New person" });
  await dialog.getByLabel("First name").fill("Grace");
  await dialog.getByLabel("Last name").fill("Hopper");
  await dialog.getByLabel("E-mail").fill("grace@");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(dialog.getByText(/e-?mail/i).last()).toBeVisible();
  await checkA11y(page);
  await dialog.getByLabel("E-mail").fill("grace@example.org");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(page.getByText("Grace Hopper created")).toBeVisible();
  await expect(page).toHaveURL(/\/people\/[0-9a-f-]{36}$/);
});

test("search, sort and filter are in the address and survive a reload", async ({ page, api, checkA11y }) => {
  await api.createContact({ first_name: "Zoë", last_name: "Adler", tags: ["vip"] });
  await api.createContact({ first_name: "Bob", last_name: "Zander", tags: ["lead"] });
  await api.createContact({ first_name: "Carl", last_name: "Mann", tags: ["vip"] });
  await page.goto("/people");
  const names = page.getByRole("gridcell").filter({ has: page.getByRole("checkbox") });
  await expect(names).toHaveCount(3);
  await checkA11y(page);

  await page.getByRole("button", { name: "Name" }).click();
  await page.getByRole("menuitem", { name: "Sort ascending" }).click();
  await expect(names).toHaveText(["Zoë Adler", "Carl Mann", "Bob Zander"]);

  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByLabel("Value").click();
  await page.getByRole("option", { name: "vip" }).click();
  await page.getByRole("button", { name: "Apply" }).click();
  await expect(names).toHaveText(["Zoë Adler", "Carl Mann"]);

  await page.getByRole("searchbox").fill("zoe");
  await expect(names).toHaveText(["Zoë Adler"]);
  await page.reload();
  await expect(names).toHaveText(["Zoë Adler"]);
  await expect(page.getByRole("searchbox")).toHaveValue("zoe");

  await page.getByRole("searchbox").fill("nobody is called so");
  await expect(page.getByText("Nobody matches")).toBeVisible();
  await page.getByRole("button", { name: "Clear search and filters" }).click();
  await expect(names).toHaveCount(3);
});

test("a cell is edited by keyboard, and Undo puts it back", async ({ page, api }) => {
  await api.createContact({ first_name: "Ada", last_name: "Lovelace", title: "Engineer" });
  await page.goto("/people");
  const cell = page.getByRole("gridcell", { name: "Engineer" });
  await cell.click();
  await page.keyboard.type("Countess");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("gridcell", { name: "Countess" })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByRole("gridcell", { name: "Engineer" })).toBeVisible();
});

test("what the server refuses stays in its cell with the reason", async ({ page, api }) => {
  await api.createContact({ first_name: "Ada", emails: [{ value: "ada@example.org" }] });
  await page.goto("/people");
  await page.getByRole("gridcell", { name: "ada@example.org" }).click();
  await page.keyboard.type("ada at home");
  await page.keyboard.press("Enter");
  await expect(page.getByText("This can't be saved as it is").first()).toBeVisible();
  await expect(page.locator('[role="gridcell"][aria-invalid="true"]')).toHaveText("ada at home");
});

test("many are picked with Shift and moved to the trash, and come back", async ({ page, api }) => {
  await api.createContacts(6);
  await page.goto("/people?sort=name");
  const boxes = page.getByRole("gridcell").getByRole("checkbox");
  await expect(boxes).toHaveCount(6);
  await boxes.nth(1).click();
  await boxes.nth(4).click({ modifiers: ["Shift"] });
  const bar = page.getByRole("toolbar", { name: "Selection" });
  await expect(bar).toContainText("4 selected");
  await bar.getByRole("button", { name: "Trash" }).click();
  await expect(boxes).toHaveCount(2);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(boxes).toHaveCount(6);
});
