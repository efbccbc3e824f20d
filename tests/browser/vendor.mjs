// Copies the page's runtime files from node_modules into web/vendor and writes the
// checksum list that vendor.test.mjs holds them to. Run it after changing a version in
// package.json: `npm install && npm run vendor`. The page itself never needs npm.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const vendor = path.join(root, 'web/vendor');

/** From node_modules, to web/vendor. */
const FILES = [
  ['maplibre-gl/dist/maplibre-gl.mjs', 'maplibre/maplibre-gl.mjs'],
  ['maplibre-gl/dist/maplibre-gl-worker.mjs', 'maplibre/maplibre-gl-worker.mjs'],
  ['maplibre-gl/dist/maplibre-gl.css', 'maplibre/maplibre-gl.css'],
  ['maplibre-gl/LICENSE.txt', 'maplibre/LICENSE.txt'],
  ['htm/preact/standalone.module.js', 'htm-preact/standalone.module.js'],
  ['htm/LICENSE', 'htm-preact/LICENSE-htm.txt'],
  ['preact/LICENSE', 'htm-preact/LICENSE-preact.txt'],
];

/** Their types stay in node_modules: one line beside each module points there. */
const TYPES = [
  ['maplibre/maplibre-gl.d.mts', "export * from 'maplibre-gl';\n"],
  ['htm-preact/standalone.module.d.ts', "export * from 'htm/preact';\n"],
];

const lines = [];
for (const [from, to] of FILES) {
  // Source maps are not shipped: a pointer to one would only make a 404 in developer tools.
  const bytes = Buffer.from(
    (await readFile(path.join(root, 'node_modules', from))).toString('latin1').replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n'),
    'latin1',
  );
  const target = path.join(vendor, to);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, bytes);
  lines.push(`${createHash('sha256').update(bytes).digest('hex')}  ${to}`);
}
for (const [to, text] of TYPES) {
  await writeFile(path.join(vendor, to), text);
  lines.push(`${createHash('sha256').update(text).digest('hex')}  ${to}`);
}
await writeFile(path.join(vendor, 'CHECKSUMS'), `${lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join('\n')}\n`);
