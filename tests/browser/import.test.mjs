// An analyst drops a file on the page: it is shown first, asks for the frame, drops what tells
// of persons, puts the first rows on the map, and is imported only when that is asked for; then
// the report, and the refused rows as a file. Both languages, by drop and by keys.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { en } from '../../web/app/i18n/en.js';
import { zh } from '../../web/app/i18n/zh.js';
import { startService } from './service.mjs';
import { launch, visitor } from './visitor.mjs';

const LONG = { timeout: 60_000 };

/** @type {Awaited<ReturnType<typeof startService>>} */
let service;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {string} */
let folder;

before(async () => {
  service = await startService();
  browser = await launch();
  folder = await mkdtemp(path.join(tmpdir(), 'frontbeat-import-test-'));
});
after(async () => {
  await browser?.close();
  await service?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Without the version of all data: the service freezes forecasts by itself. */
const workspace = async () => {
  const { data_version: _, ...rest } = await (await fetch(`${service.url}/api/workspace`)).json();
  return rest;
};

/** Calls around the middle of the sample: two with a span, one without a place, and who called. */
async function calls(prefix, header) {
  const { bbox } = await workspace();
  const [x, y] = [(bbox[0] + bbox[2]) / 2, (bbox[1] + bbox[3]) / 2];
  const rows = [
    [`${prefix}-1`, '2026-10-23 18:00', '2026-10-26 08:30', x, y, 'burglary', '13912345678'],
    [`${prefix}-2`, '2026-10-24 20:00', '2026-10-26 07:00', x + 0.004, y + 0.002, 'burglary', '13912345679'],
    [`${prefix}-3`, '2026-10-25 12:00', '', x - 0.004, y + 0.003, 'theft', '13912345670'],
    [`${prefix}-4`, '2026-10-25 13:00', '', '', '', 'theft', '13912345671'],
  ];
  return [header, ...rows.map((row) => row.join(','))].join('\n');
}

async function open(guest, lang) {
  await guest.page.goto(`${service.url}/analyse?test=1&lang=${lang}`);
  await guest.page.locator('.table-row .code').first().waitFor(LONG);
  await guest.page.waitForFunction(() => globalThis.analyst?.map.isStyleLoaded(), null, LONG);
}

/** Drags a file over the page and lets it go. */
async function drop(page, name, text, shot) {
  const files = await page.evaluateHandle(([called, content]) => {
    const data = new DataTransfer();
    data.items.add(new File([content], called, { type: 'text/csv' }));
    return data;
  }, [name, text]);
  await page.dispatchEvent('#map', 'dragenter', { dataTransfer: files });
  await page.locator('.drop-ground').waitFor();
  if (shot) await shot();
  await page.dispatchEvent('#map', 'dragover', { dataTransfer: files });
  await page.dispatchEvent('#map', 'drop', { dataTransfer: files });
  assert.equal(await page.locator('.drop-ground').count(), 0);
}

const drawn = (page) => page.evaluate(() => (analyst.held.get('import') ?? []).length);

for (const [lang, words, header] of [
  ['en', en, 'incident_id,occurred_from,occurred_to,lon,lat,offense,caller_phone'],
  ['zh', zh, '警情编号,发生时间,结束时间,经度,纬度,警情类别,报警人电话'],
]) {
  test(`a dropped table is shown, asked about, imported and reported (${lang})`, async () => {
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    await open(guest, lang);
    const before_ = await workspace();
    await drop(page, 'week.csv', await calls(lang, header));
    const panel = page.locator('.import');
    await panel.locator('#im-as').waitFor(LONG);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'im-head', 'the focus is on what came up');
    assert.equal(await panel.locator('#im-as').inputValue(), 'incidents');
    const text = await panel.innerText();
    const [from, , , , , , phone] = header.split(',');
    assert.ok(text.includes(words.im_dropped.replace('{n}', '1').replace('{columns}', phone)), text);
    assert.ok(!text.includes('139123'), 'nothing of a person');
    assert.ok(text.includes(words.im_outlook.replace('{n}', '3').replace('{of}', '4')));
    assert.ok(text.includes(words.im_spans.replace('{n}', '2')));
    assert.ok(text.includes(words.im_reason_no_coordinates));
    assert.equal(await panel.getByLabel(words.im_column_of.replace('{field}', words.im_field_id)).inputValue(), from);
    // Drawn as a guess, and asked: nothing can be imported before somebody says which frame.
    assert.ok(await panel.getByRole('button', { name: words.im_import.replace('{n}', '3') }).isDisabled());
    assert.ok(text.includes(words.im_frame_first));
    assert.equal(await drawn(page), 3);
    const place = () => page.evaluate(() => analyst.held.get('import')[0].geometry.coordinates);
    const guess = await place();
    await panel.locator('#im-frame').selectOption('gcj02');
    await page.waitForFunction((old) => analyst.held.get('import')[0].geometry.coordinates[0] !== old, guess[0], LONG);
    await page.waitForTimeout(300);
    await page.locator('.map-key', { hasText: words.im_key }).waitFor();
    assert.deepEqual(await guest.barriers(), []);
    await guest.picture(`import-look-${lang}`);
    if (lang === 'zh') {
      const left = (await panel.innerText()).replace(/week\.csv|CSV|UTF-8|delimiter|EPSG…|WGS 84|CGCS2000|GCJ-02|BD-09|criminal\/\w+|burglary|theft/g, '');
      assert.doesNotMatch(left, /[a-z]{4,}/, 'no English is left');
    }
    assert.deepEqual(await workspace(), before_, 'nothing is written by looking');

    await panel.getByRole('button', { name: words.im_import.replace('{n}', '3') }).click();
    await panel.getByText(words.im_refused_file).waitFor(LONG);
    assert.match(await panel.locator('.im-report').innerText(), new RegExp(`${words.im_new}\\s+3`));
    const after_ = await workspace();
    assert.equal(after_.incidents.count, before_.incidents.count + 3);
    // The page has them at once; the file's rows are no longer drawn as such.
    await page.waitForFunction((n) => document.querySelector('.count .headline')?.textContent.includes(n), after_.incidents.count.toLocaleString(lang), LONG);
    assert.equal(await drawn(page), 0);
    assert.deepEqual(await guest.barriers(), []);
    await guest.picture(`import-report-${lang}`);
    const [download] = await Promise.all([page.waitForEvent('download', LONG), panel.getByText(words.im_refused_file).click()]);
    assert.equal(download.suggestedFilename(), 'refused.csv');
    assert.match(await readFile(await download.path(), 'utf8'), /^row,reason,field,value,sentence\n5,no_coordinates,/);
    await panel.getByRole('button', { name: words.close }).click();
    await page.waitForFunction((name) => document.activeElement?.textContent === name, words.im_button);
    assert.ok(await page.locator('#a-hours').isVisible(), 'the filter is back');
    assert.deepEqual(guest.complaints, []);
    await guest.close();
  });
}

test('by keys; what is no table says so; a column is named; cancelled, nothing stays (en)', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await open(guest, 'en');
  const before_ = await workspace();
  const bad = path.join(folder, 'page.csv');
  await writeFile(bad, '<!doctype html><html><body>log in</body></html>');
  // The browser asks the test instead of the desktop from here on, not only while it waits.
  page.on('filechooser', () => {});
  const button = page.getByRole('button', { name: en.im_button });
  let [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.press('Enter')]);
  await chooser.setFiles(bad);
  const panel = page.locator('.import');
  await panel.locator('.failed', { hasText: 'The file is a web page' }).waitFor(LONG);
  await guest.picture('import-failed-en');
  // A browser notes the 422 on its console; nothing else may be amiss.
  assert.ok(guest.complaints.every((line) => line.includes('422')), guest.complaints.join('\n'));

  const { bbox } = await workspace();
  const odd = path.join(folder, 'incidents.csv');
  await writeFile(odd, `moment_of_it,lon,lat\n2026-10-01 10:00,${(bbox[0] + bbox[2]) / 2},${(bbox[1] + bbox[3]) / 2}\n`);
  [chooser] = await Promise.all([page.waitForEvent('filechooser'), panel.getByRole('button', { name: en.im_another }).press('Enter')]);
  await chooser.setFiles(odd);
  await panel.getByText(en.im_name_column.replace('{field}', en.im_field_at)).waitFor(LONG);
  await panel.getByLabel(en.im_column_of.replace('{field}', en.im_field_at)).selectOption('moment_of_it');
  await panel.getByText(en.im_outlook.replace('{n}', '1').replace('{of}', '1')).first().waitFor(LONG);
  await panel.getByText(en.im_no_category).waitFor();
  await panel.locator('#im-frame').selectOption('epsg');
  await panel.locator('#im-epsg').fill('4326');
  await panel.locator('#im-epsg').press('Enter');
  await page.waitForFunction((name) => [...document.querySelectorAll('.import button')].some((one) => one.textContent === name && !one.disabled), en.im_import.replace('{n}', '1'), LONG);
  await panel.getByRole('button', { name: en.im_cancel }).press('Enter');
  await panel.waitFor({ state: 'detached' });
  assert.deepEqual(await workspace(), before_);
  await guest.close();
});

for (const [lang, words] of [['en', en], ['zh', zh]]) {
  test(`made-up rows mark an empty workspace, and the page says so before and after (${lang})`, async () => {
    const plain = await startService(async (run, file) => {
      await rm(file);
      await run('init', file, '--name', 'x', '--timezone', 'Asia/Shanghai');
    });
    const guest = await visitor(browser, plain.url);
    const { page } = guest;
    try {
      await page.goto(`${plain.url}/analyse?test=1&lang=${lang}`);
      await page.waitForFunction(() => globalThis.analyst?.map.isStyleLoaded(), null, LONG);
      const banner = page.locator('.synthetic', { hasText: words.synthetic });
      assert.equal(await banner.count(), 0);
      await drop(page, 'posts.csv', 'id,name,lon,lat,synthetic\na,Post A,123.45,41.80,true\nb,Post B,123.46,41.80,false\n');
      const panel = page.locator('.import');
      await panel.getByText(words.im_marks_synthetic).waitFor(LONG);
      await panel.getByText(words.im_told_synthetic.replace('{n}', '1')).waitFor();
      await panel.locator('#im-as').selectOption('posts');
      await panel.locator('#im-frame').selectOption('wgs84');
      await panel.locator('button.main:not([disabled])').click(LONG);
      await panel.getByText(words.im_marked_synthetic).waitFor(LONG);
      await banner.first().waitFor(LONG);
    } finally {
      await guest.close();
      await plain.stop();
    }
  });
}
