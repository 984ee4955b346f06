import { expect, test as base } from "@playwright/test";
import { checkA11y, signUp } from "./fixtures";

base("somebody signs up, signs out and in again, and lands where they wanted to go", async ({ page }) => {
  const email = `new-${Date.now()}@example.org`;
  await page.goto("/tasks");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  await checkA11y(page);
  await page.getByRole("link", { name: "Create an account" }).click();
  await checkA11y(page);
  await page.getByLabel("Your name").fill("Ada Lovelace");
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("note on the engine");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();

  await page.getByRole("button", { name: "Account of Ada Lovelace" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();

  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("not the engine");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toContainText("don't fit together");
  await page.getByLabel("Password", { exact: true }).fill("note on the engine");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Tasks" })).toBeVisible();
});

base("a link to somewhere else is not followed after signing in", async ({ page, request }) => {
  const account = await signUp(request);
  await page.goto("/sign-in?next=//evil.example/");
  await page.getByLabel("E-mail").fill(account.email);
  await page.getByLabel("Password", { exact: true }).fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Home", exact: true })).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/");
});
