import { browserOf, expect, test } from "./fixtures";

const PAGES = ["/", "/people", "/people?trashed=true", "/tasks", "/imports", "/settings", "/nowhere"];

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`every page is accessible: ${colorScheme}, ${width} px`, async ({ browser, account, api, checkA11y }) => {
      const ada = await api.createContact({
        first_name: "Ada",
        last_name: "Lovelace",
        title: "Engineer",
        tags: ["vip", "lead"],
      });
      await api.call("POST", "/events", {
        kind: "task",
        title: "Send the offer",
        due_at: new Date().toISOString(),
        contact_ids: [ada.id],
      });
      const context = await browserOf(browser, account, {
        colorScheme,
        viewport: { width, height: 844 },
        hasTouch: width < 700,
        isMobile: width < 700,
      });
      const page = await context.newPage();
      for (const path of [...PAGES, `/people/${ada.id}`]) {
        await page.goto(path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
        await checkA11y(page);
      }
      await context.close();
    });
  }
}

test("other languages: every text comes from the catalogue, and right-to-left breaks no layout", async ({
  browser,
  account,
  api,
}) => {
  const ada = await api.createContact({ first_name: "Ada", last_name: "Lovelace", title: "Engineer" });
  for (const language of ["en-XA", "ar-XB"]) {
    const context = await browserOf(browser, account);
    await context.addInitScript((chosen) => localStorage.setItem("crm.language", chosen), language);
    const page = await context.newPage();
    for (const path of [...PAGES, `/people/${ada.id}`]) {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      expect(await page.evaluate(() => document.documentElement.dir)).toBe(language === "ar-XB" ? "rtl" : "ltr");
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      // Pseudo texts have no plain e, o or a; what has is written in code.
      const plain = await page
        .locator("button:visible, th:visible, h1:visible, h2:visible, label:visible")
        .evaluateAll((elements) =>
          elements
            .filter((each) => !each.closest("bdi, [data-user-text]") && !each.querySelector("bdi"))
            .map((each) => each.textContent ?? "")
            .filter((text) => /[aeo][a-z]{3}/.test(text)),
        );
      expect(plain.filter((text) => !/Mia Berg|Ada|Lovelace|Engineer|vip/.test(text))).toEqual([]);
    }
    await context.close();
  }
});
