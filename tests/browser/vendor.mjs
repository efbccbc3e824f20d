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
  ['terra-draw/dist/terra-draw.module.js', 'terra-draw/terra-draw.module.js'],
  ['terra-draw-maplibre-gl-adapter/dist/terra-draw-maplibre-gl-adapter.module.js', 'terra-draw/maplibre-gl-adapter.module.js'],
];

/** Packages without a file for their licence: its text, as their repository has it. */
const LICENCES = [['terra-draw/LICENSE.txt', `Copyright 2022 James Milner

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`]];

/** Their types stay in node_modules: one line beside each module points there. */
const TYPES = [
  ['maplibre/maplibre-gl.d.mts', "export * from 'maplibre-gl';\n"],
  ['htm-preact/standalone.module.d.ts', "export * from 'htm/preact';\n"],
  ['terra-draw/terra-draw.module.d.ts', "export * from 'terra-draw';\n"],
  ['terra-draw/maplibre-gl-adapter.module.d.ts', "export * from 'terra-draw-maplibre-gl-adapter';\n"],
];

const lines = [];
for (const [from, to] of FILES) {
  // Source maps are not shipped: a pointer to one would only make a 404 in developer tools.
  const bytes = Buffer.from(
    (await readFile(path.join(root, 'node_modules', from))).toString('latin1').replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n')
      // A browser knows no package by its bare name.
      .replace(/from"terra-draw"/g, 'from"./terra-draw.module.js"'),
    'latin1',
  );
  const target = path.join(vendor, to);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, bytes);
  lines.push(`${createHash('sha256').update(bytes).digest('hex')}  ${to}`);
}
for (const [to, text] of [...TYPES, ...LICENCES]) {
  await writeFile(path.join(vendor, to), text);
  lines.push(`${createHash('sha256').update(text).digest('hex')}  ${to}`);
}
await writeFile(path.join(vendor, 'CHECKSUMS'), `${lines.sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1)).join('\n')}\n`);
