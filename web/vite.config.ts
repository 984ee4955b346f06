import { fileURLToPath } from "node:url";
import { lingui } from "@lingui/vite-plugin";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import packageJson from "./package.json" with { type: "json" };
import { precompress, serviceWorker, sizeBudget } from "./scripts/build-plugins.ts";

const crm = process.env.CRM_DEV_URL ?? "http://localhost:8000";

export default defineConfig({
  plugins: [
    react(),
    lingui({ macroTransform: true, failOnCompileError: true }),
    tailwindcss(),
    sizeBudget({ firstScriptKiB: 200 }),
    serviceWorker(),
    precompress(),
  ],
  define: { __BUILD__: JSON.stringify(packageJson.version) },
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    // light-dark() and @layer as written; browsers older than these are not served a second style sheet.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    // The CSP is default-src 'self': data: addresses would be refused.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What every page needs, in two files instead of forty: they compress better together, and the libraries
        // change less often than the app does.
        codeSplitting: {
          groups: [
            { name: "libraries", tags: ["$initial"], test: /node_modules/ },
            { name: "shell", tags: ["$initial"] },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/auth/v1", "/health", "/openapi.json", "/docs"].map((path) => [path, { target: crm }]),
    ),
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/lib/test-setup.ts"],
    restoreMocks: true,
  },
});
