// Writes static/vendor/editor.js: one module, minified, with the license of everything in it on top.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const OUT = "../../static/vendor/editor.js";

/** The test of the bundle computes the same, so that nobody forgets to build. */
function digestOfSources() {
  const hash = createHash("sha256");
  for (const file of [...readdirSync("src").sort().map((name) => `src/${name}`), "package-lock.json"]) hash.update(readFileSync(file));
  return hash.digest("hex");
}

/** markdown-it would bring a finder of links, which our Markdown does not use, and a table of entities, which browsers have. */
const lighter = {
  name: "lighter",
  setup(one) {
    one.onResolve({ filter: /^linkify-it$/ }, () => ({ path: "linkify-it", namespace: "empty" }));
    one.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "export default class {}" }));
    one.onResolve({ filter: /^entities$/ }, () => ({ path: fileURLToPath(new URL("src/entities.js", import.meta.url)) }));
  },
};

/** @param {import("esbuild").Metafile} meta */
function licenses(meta) {
  const names = new Set();
  for (const input of Object.keys(meta.inputs)) {
    const found = input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)/);
    if (found) names.add(found[1]);
  }
  /** @type {Map<string, string[]>} */
  const texts = new Map();
  for (const name of [...names].sort()) {
    const folder = `node_modules/${name}`;
    const facts = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((one) => /^licen[sc]e/i.test(one));
    const text = file ? readFileSync(`${folder}/${file}`, "utf8").trim() : `License: ${facts.license}`;
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${facts.version}`]);
  }
  return [...texts].map(([text, who]) => `${who.join(", ")}\n\n${text}`).join("\n\n---\n\n");
}

const options = {
  entryPoints: ["src/index.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [lighter],
};
const { metafile } = await build({ ...options, write: false });
const banner = `/*! The rich text editor of long texts. Built from .setup/editor; do not edit. Sources: ${digestOfSources()}\n\n${licenses(metafile).replaceAll("*/", "* /")}\n*/`;
await build({ ...options, outfile: OUT, banner: { js: banner } });
const bytes = readFileSync(OUT);
console.log(`${OUT}: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzipped`);
