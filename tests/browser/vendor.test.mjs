// What is vendored is what was checked in: every file listed, every listed file unchanged.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';

const vendor = path.resolve(import.meta.dirname, '../../web/vendor');

test('vendored files match their checksums, and no other file lies there', async () => {
  const lines = (await readFile(path.join(vendor, 'CHECKSUMS'), 'utf8')).trimEnd().split('\n');
  const listed = new Map(lines.map((line) => /** @type {[string, string]} */ ([line.slice(66), line.slice(0, 64)])));
  const found = (await readdir(vendor, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== 'CHECKSUMS')
    .map((entry) => path.relative(vendor, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
  assert.deepEqual([...listed.keys()].sort(), found.sort());
  for (const [file, sum] of listed) {
    assert.equal(createHash('sha256').update(await readFile(path.join(vendor, file))).digest('hex'), sum, file);
  }
});

test('every vendored library comes with its licence', async () => {
  for (const file of ['maplibre/LICENSE.txt', 'htm-preact/LICENSE-htm.txt', 'htm-preact/LICENSE-preact.txt', 'terra-draw/LICENSE.txt']) {
    assert.match(await readFile(path.join(vendor, file), 'utf8'), /licen[cs]e|permission|redistribution/i, file);
  }
});
