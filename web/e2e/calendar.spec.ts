import { expect, test } from "./fixtures";

test("a meeting is planned, moved and taken back", async ({ page, api, checkA11y }) => {
  await api.createContact({ first_name: "Ada", last_name: "Lovelace" });
  await page.goto("/calendar?day=2027-03-10");
  await expect(page.getByRole("heading", { name: "March 2027" })).toBeVisible();
  await checkA11y(page);
  await page.getByRole("button", { name: "Wednesday, March 10: add" }).click();
  const dialog = page.getByRole("dialog", { name: "New meeting" });
  await dialog.getByLabel("Title").fill("Analytical engine");
  await dialog.getByLabel("Begins").fill("2027-03-10T09:30");
  await dialog.getByRole("combobox", { name: "People" }).fill("love");
  await page.getByRole("option", { name: "Ada Lovelace" }).click();
  await checkA11y(page);
  await dialog.getByRole("button", { name: "Create" }).click();
  const meeting = page.getByRole("button", { name: /Analytical engine/ });
  await expect(meeting).toBeVisible();

  await page.getByText("Week", { exact: true }).click();
  await expect(meeting).toHaveAccessibleName(/9:30.*10:00/);
  await checkA11y(page);
  await meeting.click();
  const change = page.getByRole("dialog", { name: "Meeting" });
  await expect(change.getByText("Ada Lovelace")).toBeVisible();
  await change.getByLabel("Begins").fill("2027-03-11T14:00");
  await change.getByRole("button", { name: "Save" }).click();
  await expect(meeting).toHaveAccessibleName(/Mar 11.*2:00.*2:30/);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(meeting).toHaveAccessibleName(/Mar 10.*9:30/);
});

test("the calendar by keyboard alone", async ({ page }) => {
  await page.goto("/calendar?day=2027-03-10");
  await page.getByRole("button", { name: "Wednesday, March 10: add" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("button", { name: "Thursday, March 11: add" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Title")).toBeFocused();
  await page.keyboard.type("Call the printer");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: /Call the printer.*Mar 11/ })).toBeVisible();
  await page.keyboard.press("j");
  await expect(page.getByRole("heading", { name: "April 2027" })).toBeVisible();
});

test("what repeats stands on each of its days", async ({ page, api }) => {
  const me = await api.call<{ workspaces: { id: string }[] }>("GET", "/me");
  await api.call("PATCH", `/workspaces/${me.workspaces[0]!.id}`, { time_zone: "Europe/Berlin" });
  await api.call("POST", "/events", {
    kind: "meeting",
    title: "Stand-up",
    starts_at: "2027-03-01T08:00:00Z",
    ends_at: "2027-03-01T08:15:00Z",
    recurrence: "FREQ=WEEKLY",
  });
  await page.goto("/calendar?day=2027-03-10&view=agenda");
  // Mondays; the clocks go forward on the 28th, and the meeting stays at nine.
  await expect(page.getByRole("button", { name: "Stand-up" })).toHaveCount(5);
  await expect(page.getByText(/9:00/)).toHaveCount(5);
});
