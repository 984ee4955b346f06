import { expect, test } from "./fixtures";

test("a task is added, put off, opened, ticked and taken back", async ({ page, checkA11y }) => {
  await page.goto("/tasks");
  await expect(page.getByText("Nothing to do")).toBeVisible();
  await checkA11y(page);
  await page.keyboard.press("n");
  await page.keyboard.type("Send the offer");
  await page.keyboard.press("Enter");
  const undated = page.getByRole("region", { name: "Without a date" });
  await expect(undated.getByText("Send the offer")).toBeVisible();

  await page.getByRole("button", { name: "Put off: Send the offer" }).click();
  await page.getByRole("menuitem", { name: /Today/ }).click();
  const today = page.getByRole("region", { name: "Today" });
  await expect(today.getByText("Send the offer")).toBeVisible();
  await checkA11y(page);

  await page.getByRole("button", { name: "Send the offer", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Task" });
  await dialog.getByLabel("Title").fill("Send the second offer");
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(today.getByText("Send the second offer")).toBeVisible();

  await page.getByRole("checkbox", { name: "Done: Send the second offer" }).click();
  await expect(page.getByText("Nothing to do")).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(today.getByText("Send the second offer")).toBeVisible();
});
