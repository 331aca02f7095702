// What a browser fetches before the first page: the document, and the scripts and styles that it names with all that those
// import at once. Bar: 200 KB, compressed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BAR = 200 * 1024;
const DIST = join(import.meta.dirname, "../dist");
const page = readFileSync(join(DIST, "index.html"), "utf8");
const wanted = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => path);
const seen = new Map([["index.html", gzipSync(page, { level: 9 }).length]]);
while (wanted.length > 0) {
  const path = wanted.pop();
  if (seen.has(path)) continue;
  const content = readFileSync(join(DIST, path));
  seen.set(path, gzipSync(content, { level: 9 }).length);
  // Imports at the beginning of a module; those in import() come later, when their page is opened.
  for (const [, name] of content.toString().matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) wanted.push(`assets/${name}`);
}
const total = [...seen.values()].reduce((sum, size) => sum + size, 0);
for (const [path, size] of seen) console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${path}`);
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB of ${BAR / 1024} KB`);
if (total > BAR) {
  console.error("the shell is too large: load what only some pages need with import()");
  process.exit(1);
}
