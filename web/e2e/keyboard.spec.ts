import { expect, test } from "./fixtures";

test("without a pointer: make a person, note a call, find, edit, undo", async ({ page, checkA11y }) => {
  await page.goto("/people");
  await expect(page.getByText("No people yet")).toBeVisible();
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());

  await press("c");
  await expect(page.getByLabel("First name")).toBeFocused();
  await page.keyboard.type("Katherine");
  await press("Tab");
  await page.keyboard.type("Johnson");
  await press("Enter");
  await expect(page.getByText("created this person")).toBeVisible();

  await press("l");
  await page.keyboard.type("Orbit numbers checked");
  await press("Control+Enter");
  await expect(page.getByText("noted a call")).toBeVisible();
  await press("Escape");

  await press("Control+k");
  await expect(page.getByRole("combobox", { name: "Search and commands" })).toBeFocused();
  await checkA11y(page);
  await page.keyboard.type("people");
  await press("Enter");
  await expect(page.getByRole("grid")).toBeVisible();

  await press("f");
  await page.keyboard.type("kath");
  await expect(page.getByRole("row", { name: /Katherine/ })).toBeVisible();
  await page.getByRole("grid").focus();
  await press("ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight");
  await page.keyboard.type("Mathematician");
  await press("Enter");
  await expect(page.getByRole("gridcell", { name: "Mathematician" })).toBeVisible();

  await press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await checkA11y(page);
});
