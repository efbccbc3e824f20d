// A planner takes a shift onto paper: a plan as a shift pack (PDF) and the map as a picture
// (PNG), each by its button, in both languages. What is in the files is read by foreign
// programs in tests/interop; here they are what the buttons say.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { en } from '../../web/app/i18n/en.js';
import { zh } from '../../web/app/i18n/zh.js';
import { startService } from './service.mjs';
import { launch, visitor } from './visitor.mjs';

const LONG = { timeout: 90_000 };
const WORDS = { en, zh };

/** @type {Awaited<ReturnType<typeof startService>>} */
let service;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  service = await startService();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

for (const lang of /** @type {const} */ (['en', 'zh'])) {
  test(`a plan and the map are taken onto paper (${lang})`, async () => {
    const w = WORDS[lang];
    const body = JSON.stringify({ window: 'night', units: 3, model: 'count', seed: 7, deadline_ms: 500 });
    const made = await fetch(`${service.url}/api/plans`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    assert.equal(made.status, 201);
    const plan = await made.json();
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    await guest.open(`?lang=${lang}&tab=patrol&plan=${plan.id}`);
    /** @param {string} name */
    const pressed = async (name) => {
      const link = page.getByRole('link', { name, exact: true });
      await link.waitFor(LONG);
      const [download] = await Promise.all([page.waitForEvent('download', LONG), link.click()]);
      return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
    };

    const pack = await pressed(w.plan_download_pdf);
    assert.equal(pack.name, `plan-${plan.id}.pdf`);
    assert.equal(pack.bytes.subarray(0, 5).toString(), '%PDF-');
    const asked = await fetch(`${service.url}${plan.links.pdf}?lang=${lang}`);
    assert.ok(pack.bytes.equals(Buffer.from(await asked.arrayBuffer())), 'the same plan is the same file');
    const again = await fetch(`${service.url}${plan.links.pdf}?lang=${lang}`, { headers: { 'if-none-match': asked.headers.get('etag') ?? '' } });
    assert.equal(again.status, 304);

    const map = await pressed(w.map_picture);
    assert.equal(map.name, 'map.png');
    assert.equal(map.bytes.subarray(1, 4).toString(), 'PNG');
    assert.equal(map.bytes.readUInt32BE(16), 2000);
    const bare = await fetch(`${service.url}/api/map.png?window=night&width=2000&lang=${lang}`);
    assert.ok(!map.bytes.equals(Buffer.from(await bare.arrayBuffer())), 'the rounds are on it');

    // On a phone's screen the legend is short; the table has the button too.
    await page.getByRole('tab', { name: w.tab_cells }).click();
    await page.locator('.panel').getByRole('link', { name: w.map_picture }).waitFor(LONG);
    assert.deepEqual(await guest.barriers(), []);
    assert.deepEqual(guest.complaints, []);
    await guest.close();
  });
}
