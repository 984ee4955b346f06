import { expect, test } from "./fixtures";

test("a company is made, edited in the table, opened, and named on its people's records", async ({
  page,
  api,
  checkA11y,
}) => {
  await page.goto("/companies");
  await expect(page.getByText("No companies yet")).toBeVisible();
  await checkA11y(page);
  await page.getByRole("main").getByRole("button", { name: "New company" }).first().click();
  const dialog = page.getByRole("dialog", { name: "New company" });
  await dialog.getByLabel("Name").fill("Analytical Engines");
  await dialog.getByRole("button", { name: "Create" }).click();
  await expect(page).toHaveURL(/\/companies\/[0-9a-f-]{36}/);
  const id = page.url().split("/").at(-1)!;
  await expect(page.getByText("created this company")).toBeVisible();
  await checkA11y(page);

  await page.getByRole("link", { name: "All companies" }).click();
  await expect(page.getByRole("gridcell", { name: "Analytical Engines" })).toBeVisible();
  await page.getByRole("grid").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type("engines.example");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("gridcell", { name: "engines.example" })).toBeVisible();
  await checkA11y(page);

  const ada = await api.createContact({ first_name: "Ada", company_id: id });
  await page.goto(`/people/${ada.id}`);
  await page.getByRole("link", { name: "Open the company" }).click();
  await expect(page.getByRole("heading", { name: "Analytical Engines" })).toBeVisible();
});

test("a company's history takes back one operation", async ({ page, api, checkA11y }) => {
  const company = await api.call<{ id: string }>("POST", "/companies", { name: "Lovelace & Co" });
  await api.call("PATCH", `/companies/${company.id}`, { industry: "Poetry" });
  await api.call("PATCH", `/companies/${company.id}`, { size: "11-50" });
  await page.goto(`/companies/${company.id}`);
  await expect(page.getByRole("button", { name: "Poetry" })).toBeVisible();
  await page.keyboard.press("h");
  const history = page.getByRole("dialog", { name: "History" });
  const entry = history.getByRole("listitem").filter({ hasText: "Poetry" });
  await expect(history.getByRole("listitem")).toHaveCount(3);
  await checkA11y(page);
  await entry.getByRole("button", { name: "Undo" }).click();
  await expect(history.getByRole("listitem")).toHaveCount(4);
  await history.getByRole("button", { name: "Close" }).last().click();
  await expect(page.getByRole("button", { name: "Poetry" })).toBeHidden();
  await expect(page.getByRole("button", { name: "11-50" })).toBeVisible();
});
