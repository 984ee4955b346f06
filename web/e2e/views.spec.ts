import { expect, test } from "./fixtures";

test("conditions are combined in groups, kept as a view, changed, and the view deleted and brought back", async ({
  page,
  api,
  checkA11y,
}) => {
  await api.createContact({ first_name: "Ada", title: "Engineer", tags: ["vip"] });
  await api.createContact({ first_name: "Bob", title: "Manager" });
  await api.createContact({ first_name: "Cleo", title: "Poet" });
  await page.goto("/people?sort=name");
  const names = page.getByRole("gridcell").filter({ has: page.getByRole("checkbox") });
  await expect(names).toHaveText(["Ada", "Bob", "Cleo"]);

  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("button", { name: "Combine conditions" }).click();
  const editor = page.getByRole("dialog", { name: "Combine conditions" });
  await editor.getByRole("combobox", { name: "What has to hold" }).click();
  await page.getByRole("option", { name: "Any of these holds" }).click();
  await editor.getByRole("button", { name: "Condition", exact: true }).click();
  await editor.getByLabel("Value").click();
  await page.getByRole("option", { name: "vip" }).click();
  await editor.getByRole("button", { name: "Condition", exact: true }).click();
  await editor.getByRole("combobox", { name: "Field" }).last().click();
  await page.getByRole("option", { name: "Job title" }).click();
  await editor.getByRole("textbox", { name: "Value" }).fill("manag");
  await checkA11y(page);
  await editor.getByRole("button", { name: "Apply" }).click();
  await expect(names).toHaveText(["Ada", "Bob"]);
  await expect(page.getByRole("button", { name: "Any of 2 conditions", exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Save as view" }).click();
  const dialog = page.getByRole("dialog", { name: "New view" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Important");
  await checkA11y(page);
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(page).toHaveURL(/\?view=[0-9a-f-]{36}$/);
  await page.reload();
  await expect(names).toHaveText(["Ada", "Bob"]);

  await page.getByRole("button", { name: "Remove Any of 2 conditions" }).click();
  await expect(names).toHaveCount(3);
  await page.getByRole("button", { name: "Update view" }).click();
  await expect(page.getByText("View “Important” saved")).toBeVisible();
  await expect(page.getByRole("button", { name: "Update view" })).toBeHidden();

  await page.getByRole("button", { name: "Important" }).click();
  await page.getByRole("menuitem", { name: "Delete the view" }).click();
  await expect(page.getByText("View “Important” deleted")).toBeVisible();
  const said = page.getByRole("dialog").filter({ hasText: "View “Important” deleted" });
  await said.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone", { exact: true }).first()).toBeVisible();
  await page.getByRole("button", { name: "All people" }).click();
  await expect(page.getByRole("menuitem", { name: "Important" })).toBeVisible();
});

test("columns are hidden, moved and made wider, and stay so", async ({ page, api }) => {
  await api.createContact({ first_name: "Ada", title: "Engineer" });
  await page.goto("/people");
  const headers = page.getByRole("columnheader");
  await page.getByRole("button", { name: "Phone" }).click();
  await page.getByRole("menuitem", { name: "Hide column" }).click();
  await page.getByRole("columnheader", { name: "Job title" }).getByRole("button").click();
  await page.getByRole("menuitem", { name: "Move to the left" }).click();
  await page.getByRole("separator", { name: "Width of E-mail" }).focus();
  await page.keyboard.press("ArrowRight");
  const shown = ["Name", "E-mail", "Job title", "Company"];
  await expect.poll(async () => (await headers.allInnerTexts()).slice(0, 4)).toEqual(shown);
  await page.reload();
  await expect.poll(async () => (await headers.allInnerTexts()).slice(0, 4)).toEqual(shown);
  await expect(page.getByRole("separator", { name: "Width of E-mail" })).toHaveAttribute("aria-valuenow", "256");
});

test("previous and next walk the view on the record's page, too", async ({ page, api }) => {
  for (const first_name of ["Ada", "Bob", "Cleo"]) await api.createContact({ first_name, tags: ["vip"] });
  await api.createContact({ first_name: "Anna" });
  const filter = encodeURIComponent(JSON.stringify({ field: "tags", op: "has", value: "vip" }));
  await page.goto(`/people?sort=name&filter=${filter}`);
  await page.getByRole("button", { name: "Ada" }).click();
  await expect(page.getByRole("dialog", { name: "Ada" }).getByText("created this person")).toBeVisible();
  await page.keyboard.press("o");
  await expect(page).toHaveURL(/\/people\/[0-9a-f-]{36}\?/);
  await page.keyboard.press("j");
  await expect(page.getByRole("heading", { name: "Bob" })).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByRole("heading", { name: "Cleo" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Next person" })).toBeDisabled();
});
