import jsxA11y from "eslint-plugin-jsx-a11y";
import lingui from "eslint-plugin-lingui";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "dist",
      "node_modules",
      "src/api/generated",
      "src/locales",
      "public",
      "scripts/service-worker.js",
      "test-results",
      "playwright-report",
    ],
  },
  ...tseslint.configs.recommended,
  reactHooks.configs.flat["recommended-latest"],
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [jsxA11y.flatConfigs.strict, lingui.configs["flat/recommended"]],
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      // Speaks to users of React's compiler, which we are not.
      "react-hooks/incompatible-library": "off",
      "jsx-a11y/label-has-associated-control": [
        "error",
        { controlComponents: ["Input", "Textarea", "Select"], depth: 3 },
      ],
      // Base UI renders what these look like from outside; focus order is checked by axe in the browser.
      "jsx-a11y/no-autofocus": "off",
    },
  },
  {
    files: ["src/**/*.tsx"],
    ignores: ["src/**/*.test.tsx", "src/features/gallery/**"],
    rules: {
      "lingui/no-unlocalized-strings": [
        "error",
        {
          ignore: ["^(?![A-Z].*\\s)\\S*$", "^[^A-Za-z]*$", "^[a-z0-9_:.\\-\\[\\]()/%,>&*=+#!@'\" ]*$"],
          ignoreNames: [
            { regex: { pattern: "className", flags: "i" } },
            {
              regex: {
                pattern:
                  "^(id|key|type|role|name|to|from|href|src|rel|target|method|autoComplete|inputMode|variant|size|tone|side|align|kind|queryKey|d|viewBox|path|keys|accept|storageKey)$",
              },
            },
          ],
          ignoreFunctions: [
            "cx",
            "Error",
            "console.*",
            "*.startsWith",
            "*.includes",
            "*.get",
            "*.set",
            "*.has",
            "*.addEventListener",
            "*.removeEventListener",
            "*.querySelector",
            "*.closest",
            "import",
          ],
        },
      ],
    },
  },
  {
    // Playwright's fixtures hand their value to a function called `use`, which is no hook of React.
    files: ["e2e/**/*.ts"],
    rules: { "react-hooks/rules-of-hooks": "off" },
  },
);
