import { fileURLToPath } from "node:url";
import { expect, test } from "./fixtures";

const US_500 = fileURLToPath(new URL("../../tests/data/us-500.csv", import.meta.url));

test("a real file is matched, checked, imported and taken back", async ({ page, checkA11y }) => {
  await page.goto("/imports");
  await checkA11y(page);
  await page.getByLabel("File to import").setInputFiles(US_500);
  await expect(page.getByRole("row", { name: /company_name/ })).toContainText("Company");
  await checkA11y(page);
  await page.getByRole("button", { name: "Check the rows" }).click();
  await expect(page.getByRole("tab", { name: "New 500" })).toBeVisible({ timeout: 20_000 });
  await checkA11y(page);
  await page.getByRole("button", { name: "Import 500 people" }).click();
  await expect(page.getByText("Your people are here")).toBeVisible({ timeout: 30_000 });
  await checkA11y(page);

  await page.getByRole("link", { name: "Go to people" }).click();
  await expect(page.getByText("500 people")).toBeVisible();
  await page.goBack();
  await page.getByRole("button", { name: "Undo the import" }).click();
  await expect(page.getByText("Undone")).toBeVisible({ timeout: 30_000 });
  await page.goto("/people");
  await expect(page.getByText("No people yet")).toBeVisible();
});

test("a bad cell is mended where it stands", async ({ page }) => {
  await page.goto("/imports");
  const csv = "First name,Email\nAda,ada@example.org\nGrace,grace at home\n";
  await page
    .getByLabel("File to import")
    .setInputFiles({ name: "two.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await page.getByRole("button", { name: "Check the rows" }).click();
  await page.getByRole("tab", { name: "With errors 1" }).click();
  await page.getByRole("gridcell", { name: "grace at home" }).click();
  await page.getByLabel("Email").fill("grace@example.org");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("img", { name: "mended" })).toBeVisible();
  await expect(page.getByRole("tab", { name: "New 2" })).toBeVisible();
  await page.getByRole("button", { name: "Import 2 people" }).click();
  await expect(page.getByText("Your people are here")).toBeVisible({ timeout: 30_000 });
  await expect(page.getByRole("gridcell", { name: "grace@example.org" })).toBeVisible();
});

test("a file that can't be read is refused in words", async ({ page }) => {
  await page.goto("/imports");
  const csv = 'name,email\n"Ada,ada@example.org\n';
  await page
    .getByLabel("File to import")
    .setInputFiles({ name: "broken.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await expect(page.getByRole("alert")).toContainText(/row 2|quote/i);
});
