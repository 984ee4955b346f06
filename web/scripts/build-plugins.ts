import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin, Rolldown } from "vite";

type Bundle = Rolldown.OutputBundle;

/** Names of the chunk and of all that it imports statically. */
function closure(bundle: Bundle, name: string, seen = new Set<string>()): Set<string> {
  const chunk = bundle[name];
  if (seen.has(name) || chunk?.type !== "chunk") return seen;
  seen.add(name);
  for (const imported of chunk.imports) closure(bundle, imported, seen);
  return seen;
}

function gzippedKiB(bundle: Bundle, names: Iterable<string>): number {
  let bytes = 0;
  for (const name of names) {
    const chunk = bundle[name];
    if (chunk?.type === "chunk") bytes += gzipSync(chunk.code, { level: 9 }).length;
  }
  return bytes / 1024;
}

/** Fails the build when the entry, together with the code of any one page, is over `firstScriptKiB` gzipped. */
export function sizeBudget({ firstScriptKiB }: { firstScriptKiB: number }): Plugin {
  return {
    name: "size-budget",
    apply: "build",
    writeBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
      const entry = chunks.find((chunk) => chunk.isEntry);
      if (!entry) throw new Error("size-budget: the bundle has no entry");
      const first = closure(bundle, entry.fileName);
      const pages = chunks.filter((chunk) => chunk.isDynamicEntry && /-pages?-/.test(chunk.fileName));
      const sizes = pages.map((page) => ({
        page: page.name,
        kib: gzippedKiB(bundle, closure(bundle, page.fileName, new Set(first))),
      }));
      sizes.sort((a, b) => b.kib - a.kib);
      const largest = sizes[0];
      const entryKiB = gzippedKiB(bundle, first);
      console.info(
        `first script ${entryKiB.toFixed(1)} KiB gzipped; largest page ${largest?.page} ${largest?.kib.toFixed(1)} KiB`,
      );
      const worst = largest?.kib ?? entryKiB;
      if (worst > firstScriptKiB)
        throw new Error(`size-budget: ${worst.toFixed(1)} KiB gzipped is over ${firstScriptKiB}`);
    },
  };
}

const COMPRESSIBLE = /\.(js|css|html|svg|webmanifest|json)$/;

/** Writes `.gz` and `.br` beside every text file, so that the gateway never compresses an asset itself. */
export function precompress(): Plugin {
  let outDir = "dist";
  return {
    name: "precompress",
    apply: "build",
    configResolved(config) {
      outDir = join(config.root, config.build.outDir);
    },
    async closeBundle() {
      for (const name of await readdir(outDir, { recursive: true })) {
        const path = join(outDir, name);
        if (!COMPRESSIBLE.test(name) || (await stat(path)).size < 1024) continue;
        const source = await readFile(path);
        await writeFile(`${path}.gz`, gzipSync(source, { level: 9 }));
        await writeFile(
          `${path}.br`,
          brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: source.length } }),
        );
      }
    },
  };
}
