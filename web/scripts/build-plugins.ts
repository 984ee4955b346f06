import { createHash } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
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

/** Fails the build when what index.html names, together with the code of any one page, is over `firstScriptKiB` gzipped. */
export function sizeBudget({ firstScriptKiB }: { firstScriptKiB: number }): Plugin {
  return {
    name: "size-budget",
    apply: "build",
    writeBundle(_options, bundle) {
      const html = bundle["index.html"];
      if (html?.type !== "asset") throw new Error("size-budget: the bundle has no index.html");
      const first = new Set([...String(html.source).matchAll(/assets\/[\w.-]+\.js/g)].map(([name]) => name));
      for (const name of [...first]) closure(bundle, name).forEach((each) => first.add(each));
      const chunks = Object.values(bundle).filter((output) => output.type === "chunk");
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

/** Of a build, what the app needs to start without a network: pages in other alphabets fetch their font when they are read. */
const KEPT_OFFLINE = /^assets\/.*(\.js|\.css|latin-wght-normal-[^/]*\.woff2)$/;

/** Writes `sw.js`, which keeps the files of this build in the browser. */
export function serviceWorker(): Plugin {
  let outDir = "dist";
  return {
    name: "service-worker",
    apply: "build",
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    // What is on the disk, not what is in the bundle: that still names chunks which Vite has taken out, and one file
    // that is missing keeps the worker from being installed.
    async writeBundle() {
      const files = (await readdir(outDir, { recursive: true })).filter((name) => KEPT_OFFLINE.test(name)).sort();
      const template = await readFile(new URL("./service-worker.js", import.meta.url), "utf8");
      const kept = ["/", "/theme.js", "/favicon.svg", ...files.map((name) => `/${name}`)];
      const fingerprint = createHash("sha256").update(kept.join()).digest("hex").slice(0, 16);
      const source = template
        .replace(/\/\* global .*\*\/\n/, "")
        .replaceAll("__FILES__", JSON.stringify(kept))
        .replaceAll("__FINGERPRINT__", JSON.stringify(fingerprint));
      await writeFile(join(outDir, "sw.js"), source);
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
      outDir = resolve(config.root, config.build.outDir);
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
