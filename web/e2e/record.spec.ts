import { expect, test } from "./fixtures";

test("a person is read and changed in a panel over the list", async ({ page, api, checkA11y }) => {
  await api.createContact({ first_name: "Ada", last_name: "Lovelace", title: "Engineer" });
  await page.goto("/people");
  await page.getByRole("button", { name: "Ada Lovelace" }).click();
  const panel = page.getByRole("dialog", { name: "Ada Lovelace" });
  await expect(panel.getByText("created this person")).toBeVisible();
  await checkA11y(page);

  await panel.getByRole("button", { name: "Engineer" }).click();
  await panel.getByLabel("Job title").fill("Countess");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("gridcell", { name: "Countess" })).toBeVisible();
  // Carried there by the broker.
  await expect(panel.getByRole("listitem").filter({ hasText: "Job title" }).first()).toContainText("Countess");

  await panel.getByLabel("What happened?").fill("She wants the Q3 numbers");
  await page.keyboard.press("Control+Enter");
  await expect(panel.getByText("wrote a note")).toBeVisible();

  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(panel).toBeHidden();
});

test("the trash is one press away, and so is the way back", async ({ page, api, checkA11y }) => {
  const ada = await api.createContact({ first_name: "Ada", last_name: "Lovelace" });
  await page.goto(`/people/${ada.id}`);
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Move to the trash" }).click();
  await expect(page.getByText("This person is in the trash.")).toBeVisible();
  await checkA11y(page);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("This person is in the trash.")).toBeHidden();
});

test("a draft survives leaving the page", async ({ page, api }) => {
  const ada = await api.createContact({ first_name: "Ada" });
  await page.goto(`/people/${ada.id}`);
  await page.getByLabel("What happened?").fill("half a thought");
  await page.goto("/");
  await page.goto(`/people/${ada.id}`);
  await expect(page.getByLabel("What happened?")).toHaveValue("half a thought");
});

test("a favourite stands in the sidebar, in every browser", async ({ page, api }) => {
  const ada = await api.createContact({ first_name: "Ada", last_name: "Lovelace" });
  await page.goto(`/people/${ada.id}`);
  await page.getByRole("button", { name: "Add to favourites" }).click();
  await expect(
    page.getByRole("region", { name: "Favourites" }).getByRole("link", { name: "Ada Lovelace" }),
  ).toBeVisible();
  await page.evaluate(() => indexedDB.deleteDatabase("crm-cache"));
  await page.reload();
  await expect(
    page.getByRole("region", { name: "Favourites" }).getByRole("link", { name: "Ada Lovelace" }),
  ).toBeVisible();
});

const HOSTILE = [
  `"><img src=x onerror=alert(1)>`,
  "<script>alert(1)</script>",
  "‮evil‬",
  "👩‍🚀".repeat(30),
  "N".repeat(200),
];

for (const name of HOSTILE) {
  test(`hostile text is text and breaks nothing: ${name.slice(0, 24)}`, async ({ page, api }) => {
    const person = await api.createContact({
      first_name: name,
      title: name,
      tags: [name.slice(0, 50)],
      links: [{ url: "https://example.org/x", label: name.slice(0, 50) }],
    });
    page.on("dialog", () => {
      throw new Error("script ran");
    });
    for (const path of ["/people", `/people/${person.id}`]) {
      await page.goto(path);
      await expect(page.getByText(name.slice(0, 20)).first()).toBeVisible();
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wider).toBeLessThanOrEqual(0);
    }
  });
}
