// Fails when a text in the code is not in the catalogue: a build takes texts from the catalogue alone.
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const catalogue = new URL("../src/locales/en.po", import.meta.url);
const before = await readFile(catalogue, "utf8");
execFileSync(fileURLToPath(new URL("../node_modules/.bin/lingui", import.meta.url)), ["extract", "--clean"], {
  stdio: "ignore",
});
const after = await readFile(catalogue, "utf8");
if (texts(before) !== texts(after)) {
  await writeFile(catalogue, before);
  console.error("src/locales/en.po is not current: run `npm run messages`.");
  process.exit(1);
}

/** Where a text stands may move; what it says may not. */
function texts(po) {
  return po
    .split("\n")
    .filter((line) => !line.startsWith("#") && !line.startsWith('"'))
    .join("\n");
}
