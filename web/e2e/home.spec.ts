import { expect, test } from "./fixtures";

test("demo people come in with one press and go out with one", async ({ page, checkA11y }) => {
  await page.goto("/");
  await expect(page.getByRole("region", { name: "What next?" })).toContainText("Invite a colleague");
  await checkA11y(page);
  await page.getByRole("button", { name: "Try with demo people" }).click();
  const remove = page.getByRole("button", { name: "Remove the demo people" });
  await expect(remove).toBeVisible({ timeout: 30_000 });
  await checkA11y(page);
  await page.goto("/people");
  await expect(page.getByText("24 people")).toBeVisible();
  await page.goto("/");
  await remove.click();
  await expect(remove).toBeHidden({ timeout: 30_000 });
  await page.goto("/people");
  await expect(page.getByText("No people yet")).toBeVisible();
});
