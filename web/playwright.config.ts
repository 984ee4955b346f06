import { defineConfig } from "@playwright/test";

/** Runs against a whole system that is up: CRM_E2E_URL, or `make up`'s usual address. */
export default defineConfig({
  testDir: "e2e",
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 8_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: process.env.CRM_E2E_URL ?? "http://localhost:8000",
    locale: "en-US",
    timezoneId: "Europe/Berlin",
    viewport: { width: 1440, height: 900 },
    trace: "retain-on-failure",
    launchOptions: { executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] },
  },
});
