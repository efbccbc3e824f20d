// Both languages say the same things: the same keys, the same blanks to fill in, nothing
// left empty. Every module that the first screen needs is preloaded (a new one is easily
// forgotten), and none that is read later is.
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { en } from '../../web/app/i18n/en.js';
import { zh } from '../../web/app/i18n/zh.js';

const web = path.resolve(import.meta.dirname, '../../web');
const blanks = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();

test('both dictionaries have the same keys', () => {
  assert.deepEqual(Object.keys(en).sort(), Object.keys(zh).sort());
});

test('both texts of a key have the same blanks, and none is empty', () => {
  for (const key of Object.keys(zh)) {
    assert.deepEqual(blanks(en[key]), blanks(zh[key]), key);
    assert.ok(en[key].trim() && zh[key].trim(), key);
  }
});

test('no English word is left in the Chinese texts, and no 汉字 in the English ones', () => {
  // Names of formats, keys, units and commands are the same in both.
  const same = /SYNTHETIC|GeoJSON|PNG|PDF|Excel|KML|DOCTYPE|GPX|CSV|PAI|WebGL|OSM|Esc|Tab|Shift|Ctrl|frontbeat import --as (\{\w+\}|\w+)|frontbeat import|WGS 84|CGCS2000|GCJ-02|BD-09|EPSG|GeoPackage|Shapefile|UTF-8|MiB|zip|\.(shp|dbf|prj|xlsx)|H3|km²|\{\w+\}/g;
  for (const key of Object.keys(zh)) {
    assert.doesNotMatch(zh[key].replace(same, ''), /[A-Za-z]{2,}/, key);
    if (key !== 'synthetic') assert.doesNotMatch(en[key], /\p{Script=Han}/u, key);
  }
});

/** Pages besides the first, and the module that starts each. */
const OTHER_PAGES = { 'dispatch.html': 'dispatcher/main.js', 'wall.html': 'dispatcher/wall.js', 'unit.html': 'responder/main.js', 'handover.html': 'handover/main.js', 'analyse.html': 'analyst/main.js', 'compare.html': 'compare/main.js' };

/** The modules that one needs before it runs, itself included, by their names under `app/`. */
async function needed(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const code = await readFile(path.join(web, 'app', name), 'utf8');
  for (const [, to] of code.matchAll(/^(?:import|export)\b[^;]*?from '(\.[^']+)'/gm)) {
    const inside = path.posix.join(path.posix.dirname(name), to);
    if (!inside.startsWith('../')) await needed(inside, found);
  }
  return found;
}

test('every key is used; the first screen’s modules are preloaded, the others are not', async () => {
  const files = (await readdir(path.join(web, 'app'), { recursive: true })).filter((f) => f.endsWith('.js'));
  const index = await readFile(path.join(web, 'index.html'), 'utf8');
  const preloaded = new Set([...index.matchAll(/rel="modulepreload" href="([^"]+)"/g)].map((m) => m[1]));
  const first = new Set([...await needed('early.js'), ...await needed('main.js')]);
  const later = await readFile(path.join(web, 'app/ui/later.js'), 'utf8');
  // The planner's desk is a page of its own.
  const known = new Set([...first, ...await needed('planner/main.js')]);
  for (const [, to] of later.matchAll(/=> import\('(\.[^']+)'\)/g)) await needed(path.posix.join('ui', to), known);
  for (const [page, start] of Object.entries(OTHER_PAGES)) {
    const modules = await needed(start);
    for (const module of modules) known.add(module);
    const text = await readFile(path.join(web, page), 'utf8');
    const its = [...text.matchAll(/rel="modulepreload" href="\/assets\/app\/([^"]+)"/g)].map((m) => m[1]);
    assert.deepEqual(its.sort(), [...modules].sort(), `${page} preloads its modules`);
  }
  let code = '';
  for (const file of files) {
    assert.ok(known.has(file), `${file} is read by nothing`);
    assert.equal(preloaded.has(`/assets/app/${file}`), first.has(file), first.has(file) ? `${file} is not preloaded by index.html` : `${file} is read later, but index.html preloads it before the first frame`);
    preloaded.delete(`/assets/app/${file}`);
    if (!file.startsWith('i18n/zh') && !file.startsWith('i18n/en')) code += await readFile(path.join(web, 'app', file), 'utf8');
  }
  for (const rest of preloaded) assert.match(rest, /^\/assets\/vendor\//, `${rest} is preloaded, but is no module`);
  // What asks the service first stands before what waits for the map library.
  assert.ok(index.indexOf('src="/assets/app/early.js"') < index.indexOf('src="/assets/app/main.js"') && index.includes('src="/assets/app/early.js"'));
  // A key is written whole, or made of a prefix and a code of the service: word('state', …).
  const prefixes = [...code.matchAll(/word\('(\w+)'/g)].map((m) => m[1]).concat([...code.matchAll(/t\(`(\w+)_\$\{/g)].map((m) => m[1]));
  for (const key of Object.keys(zh)) {
    const used = code.includes(`'${key}'`) || prefixes.some((prefix) => key.startsWith(`${prefix}_`));
    assert.ok(used, `${key} is used nowhere`);
  }
});

test('in Chinese 单元 is a cell and 警组 a unit, never the other', () => {
  for (const key of Object.keys(zh)) {
    if (zh[key].includes('单元')) assert.match(en[key], /cells?\b/i, `${key}: ${zh[key]}`);
    if (/\bcells?\b/i.test(en[key])) assert.match(zh[key], /单元/, `${key}: ${zh[key]}`);
    if (zh[key].includes('警组')) assert.match(en[key], /\bunits?\b/i, `${key}: ${zh[key]}`);
  }
});
