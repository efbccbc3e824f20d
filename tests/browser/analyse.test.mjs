// An analyst narrows the incidents down, by mouse and by keys, sees the same number on the
// map, in the table, in the matrix and in the file, asks statistics of an area, takes charts
// away and sends a link. The real program on the sample; English from start to end, Chinese in
// short.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { ranked } from '../../web/app/analyst/change.js';
import { en } from '../../web/app/i18n/en.js';
import { zh } from '../../web/app/i18n/zh.js';
import { startService } from './service.mjs';
import { launch, visitor } from './visitor.mjs';

const LONG = { timeout: 60_000 };

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

const json = async (path) => {
  const answer = await fetch(`${service.url}${path}`);
  assert.equal(answer.status, 200, path);
  return answer.json();
};
const digits = (text) => Number(/[\d,]+/.exec(text)?.[0].replaceAll(',', ''));

/** What the page says of its own address, asked of the service. */
const filterOf = (page) => {
  const url = new URL(page.url()).searchParams;
  const query = new URLSearchParams();
  for (const [name, value] of url) if (['from', 'until', 'category', 'beat', 'hours', 'area'].includes(name)) query.append(name, value);
  return query;
};

/** The number in the head, once it is that of the address. */
async function shown(page) {
  await page.waitForTimeout(150);
  await page.waitForFunction(() => document.querySelector('.count .headline span') && !document.querySelector('.count .stale'), null, LONG);
  const text = await page.locator('.count .headline').innerText();
  const { number_matched } = await json(`/api/incidents/profile?${filterOf(page)}`);
  assert.ok(text.includes(number_matched.toLocaleString('en')), `${text} says ${number_matched}`);
  return number_matched;
}

/** Opens the desk and waits for counts and rows. @param {any} guest @param {string} query */
async function open({ page }, query) {
  await page.goto(`${service.url}/analyse?test=1&${query}`);
  await page.locator('.table-row .code').first().waitFor(LONG);
  await page.waitForFunction(() => globalThis.analyst?.map.isStyleLoaded(), null, LONG);
}

/** The middle of an hour's field. */
async function hour(page, i) {
  const box = await page.locator(`#hour-${i}`).boundingBox();
  return [box.x + box.width / 2, box.y + box.height / 2];
}

/** Waits until the address has these hours. */
const hoursAre = (page, hours) => page.waitForFunction((wanted) => new URLSearchParams(location.search).get('hours') === wanted, hours, { timeout: 5000 });

async function saved(page, press) {
  const [download] = await Promise.all([page.waitForEvent('download', LONG), press()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

test('an analyst’s task, from the whole to a file and a link (en)', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  const workspace = await json('/api/workspace');
  await open(guest, 'lang=en');
  assert.equal(await shown(page), workspace.incidents.count);
  assert.match(await page.locator('.matrix-box + .field + .hint + .hint').innerText(), /hold a time span/);
  await guest.picture('analyse-all-en');

  // Time by a preset, then typed; what is no time is said and asks nothing.
  await page.getByRole('button', { name: '365 days' }).click();
  const year = await shown(page);
  assert.ok(year < workspace.incidents.count && year > 1000);
  await page.locator('#a-until').fill('2026-10-32');
  await page.locator('#a-until').press('Enter');
  await page.getByText(en.a_time_wrong).waitFor();
  await page.locator('#a-until').fill('2026-10-01 06:00');
  await page.locator('#a-until').press('Enter');
  await page.waitForFunction(() => location.search.includes('until=2026-10-01T06:00'));
  assert.ok((await shown(page)) < year);

  // Hours by the mouse: Friday 18 to Saturday 23; then one more with Ctrl, and by keys.
  await page.mouse.move(...await hour(page, 4 * 24 + 18));
  await page.mouse.down();
  await page.mouse.move(...await hour(page, 5 * 24 + 23), { steps: 4 });
  await page.mouse.up();
  await hoursAre(page, [4, 5].flatMap((day) => Array.from({ length: 6 }, (_, i) => day * 24 + 18 + i)).join());
  await page.keyboard.down('Control');
  await page.mouse.click(...await hour(page, 0));
  await page.keyboard.up('Control');
  await hoursAre(page, [0, ...[4, 5].flatMap((day) => Array.from({ length: 6 }, (_, i) => day * 24 + 18 + i))].join());
  const brushed = await shown(page);
  await page.locator('.matrix').focus();
  await page.keyboard.press('Escape');
  await hoursAre(page, null);
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 2; i += 1) await page.keyboard.press('Shift+ArrowDown');
  await hoursAre(page, '3,27,51');
  // That hour of every day.
  await page.keyboard.press('Control+ ');
  await hoursAre(page, '3-4');
  await page.keyboard.press('Escape');
  await page.locator('#a-hours').fill('18-24');
  await page.locator('#a-hours').press('Enter');
  assert.ok((await shown(page)) > brushed);

  // A category with its children, and two beats; the counts beside them stay to choose from.
  await page.locator('.tree .check', { hasText: /^criminal/ }).first().click();
  await shown(page);
  const before_ = await page.locator('.beats-list .num').allInnerTexts();
  for (const name of ['Beat 6', 'Beat 5']) {
    await page.locator('#a-beat-find').fill(name);
    await page.locator('.beats-list .check > span', { hasText: new RegExp(`${name}$`) }).first().click();
    await shown(page);
  }
  await page.locator('#a-beat-find').fill('');
  assert.deepEqual(await page.locator('.beats-list .num').allInnerTexts(), before_, 'other beats show what they would bring');
  const n = await shown(page);
  assert.ok(n > 5 && n < 500, `${n} incidents`);

  // The table has as many rows, and the file too, the same ones.
  const table = page.locator('.incident-table');
  assert.equal(Number(await table.getAttribute('aria-rowcount')), n + 1);
  await page.getByRole('tab', { name: en.a_tab_downloads }).click();
  assert.equal(digits(await page.locator('.downloads .headline').innerText()), n);
  const csv = await saved(page, () => page.getByRole('link', { name: 'CSV', exact: true }).click());
  const rows = csv.bytes.toString('utf8').trim().split(/\r?\n/).slice(1);
  assert.equal(rows.length, n, 'a number shown is the number exported');
  const listed = await json(`/api/incidents?limit=10000&${filterOf(page)}`);
  assert.deepEqual(rows.map((row) => row.split(',')[0]), listed.features.map((f) => f.properties.id));
  for (const ending of ['geojson', 'xlsx', 'gpkg', 'shp.zip', 'fgb', 'parquet', 'kmz', 'gpx']) {
    const link = page.locator(`.formats a[href*="incidents.${ending}?"]`);
    assert.equal((await fetch(`${service.url}${await link.getAttribute('href')}`)).status, 200, ending);
  }
  assert.deepEqual(await guest.barriers(), []);
  await guest.picture('analyse-downloads-en');

  // Row to map: the ring is where the incident is, and the map has gone there.
  await page.getByRole('tab', { name: en.a_tab_table }).click();
  await page.locator('.table-row .code').first().waitFor();
  await table.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const second = listed.features.at(-2);
  await page.waitForFunction((id) => new URLSearchParams(location.search).get('select') === id, second.properties.id);
  assert.equal(await page.locator('.table-row[aria-selected=true] .code').innerText(), second.properties.id);
  const ring = await page.evaluate(() => analyst.ring?.getLngLat().toArray());
  assert.deepEqual(ring.map((x) => x.toFixed(5)), second.geometry.coordinates.map((x) => x.toFixed(5)));
  await page.keyboard.press('End');
  const first = listed.features[0];
  await page.waitForFunction((id) => document.querySelector('.table-row[aria-selected=true] .code')?.textContent === id, first.properties.id);
  await guest.picture('analyse-row-en');

  // Map to row: what is clicked is chosen in the table and in sight.
  const third = listed.features.at(-3);
  await page.evaluate((at) => { analyst.map.jumpTo({ center: at, zoom: 17 }); }, third.geometry.coordinates);
  await page.waitForFunction(() => analyst.map.areTilesLoaded() && analyst.map.queryRenderedFeatures({ layers: ['incidents-symbol'] }).length > 0, null, LONG);
  const canvas = await page.locator('#map-canvas').boundingBox();
  await page.mouse.click(canvas.x + canvas.width / 2, canvas.y + canvas.height / 2);
  await page.waitForFunction((id) => document.querySelector('.table-row[aria-selected=true] .code')?.textContent === id, third.properties.id, LONG);

  // Over time, with the numbers; SVG, PNG and CSV of a chart.
  await page.getByRole('tab', { name: en.a_tab_time }).click();
  const chart = page.locator('.picture').first();
  const svg = await saved(page, () => chart.getByRole('button', { name: 'SVG' }).click());
  const head = svg.bytes.toString('utf8').slice(0, 400);
  assert.ok(head.startsWith('<svg ') && head.includes('xmlns="http://www.w3.org/2000/svg"') && head.includes('width="600"'), head);
  const png = await saved(page, () => chart.getByRole('button', { name: 'PNG' }).click());
  assert.equal(png.bytes.subarray(1, 4).toString(), 'PNG');
  assert.equal(png.bytes.readUInt32BE(16), 1200);
  const bars = await saved(page, () => chart.getByRole('button', { name: 'CSV' }).click());
  const profile = await json(`/api/incidents/profile?${filterOf(page)}`);
  const ofFile = bars.bytes.toString('utf8').replace('\uFEFF', '').trim().split('\r\n').slice(1).map((row) => Number(row.split(',')[1]));
  assert.deepEqual(ofFile, profile.timeline.bars.map((bar) => bar.count));
  await guest.picture('analyse-time-en');

  // Without beats, an area: a box by the mouse, its statistics, then one by keys.
  await page.locator('.beats-list').locator('xpath=..').getByRole('button', { name: en.categories_clear }).click();
  await page.getByRole('button', { name: en.fit }).click();
  await page.getByRole('button', { name: en.a_tool_box }).click();
  await page.mouse.move(canvas.x + canvas.width * 0.4, canvas.y + canvas.height * 0.55);
  await page.mouse.down();
  await page.mouse.move(canvas.x + canvas.width * 0.6, canvas.y + canvas.height * 0.95, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction(() => new URLSearchParams(location.search).get('area')?.split(',').length === 4);
  const inside = await shown(page);
  assert.ok(inside > 50, `${inside} in the box`);
  await page.getByRole('tab', { name: en.a_tab_statistics }).click();
  await page.locator('.answer-head').waitFor(LONG);
  const period = (query) => { const asked = new URLSearchParams(query); const [from, until] = [asked.get('from'), asked.get('until')]; asked.delete('from'); asked.delete('until'); asked.set('period', `${from}/${until}`); return asked; };
  const span = period(filterOf(page));
  // The same weekdays, 52 weeks earlier.
  const back = (time) => `${new Date(Date.parse(`${time.slice(0, 10)}T00:00Z`) - 364 * 864e5).toISOString().slice(0, 10)}${time.slice(10)}`;
  const yearly = await json(`/api/statistics/year-on-year?${span}&against=${span.get('period').split('/').map(back).join('/')}`);
  assert.ok((await page.locator('.answer-head p').innerText()).startsWith(yearly.about.incidents.toLocaleString('en')));
  assert.equal(await page.locator('.change tr[data-kind]').count(), 1 + ranked(yearly.rows, 'category').length + ranked(yearly.rows, 'beat').length);
  await page.getByRole('radio', { name: en.a_ask_near_repeat }).check();
  await page.locator('.knox').waitFor(LONG);
  assert.equal(await page.locator('.knox td').count(), 9);
  await guest.picture('analyse-knox-en');
  await page.getByRole('radio', { name: en.a_ask_hot_spots }).check();
  await page.getByText(/incidents looked at/).waitFor(LONG);
  await page.waitForFunction(() => document.querySelector('[aria-label="Hot spots"] tbody tr') || document.querySelector('.dock .empty'), null, LONG);
  const spots = await page.locator('[aria-label="Hot spots"] tbody tr').count();
  await page.waitForFunction((count) => (analyst.held.get('spots')?.length ?? 0) === count, spots, LONG);
  await guest.picture('analyse-spots-en');

  await page.getByRole('button', { name: en.a_tool_ring }).click();
  await page.locator('#map-canvas').focus();
  for (const [key, times] of [['Enter', 1], ['ArrowRight', 1], ['Enter', 1], ['ArrowDown', 1], ['Enter', 1]]) {
    for (let i = 0; i < times; i += 1) {
      await page.keyboard.press(key);
      await page.waitForTimeout(key.startsWith('Arrow') ? 400 : 50);
    }
  }
  await page.keyboard.press('f');
  await page.waitForFunction(() => new URLSearchParams(location.search).get('area')?.split(',').length === 6);
  await shown(page);

  // The record, with the hit rates as the service has them.
  await page.locator('.count').getByRole('button', { name: en.a_clear }).click();
  await page.getByRole('tab', { name: en.a_tab_record }).click();
  await page.locator('.picture svg').first().waitFor(LONG);
  const record = await json('/api/record?resolution=10');
  const best = record.models[0].hit_rates[0];
  const share = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 }).format(best.hits.value);
  assert.ok((await page.locator('.picture .numbers').first().innerText()).includes(share));
  assert.equal(await page.locator('.picture').first().locator('tbody tr').count(), record.models.length * record.models[0].hit_rates.length);
  assert.deepEqual(await guest.barriers(), []);
  await guest.picture('analyse-record-en');
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

test('a link shows the same to whoever opens it, in Chinese, by night and on a phone (zh)', async () => {
  const link = 'from=2026-08-01&until=2026-11-01&category=criminal&hours=18-24&order=oldest';
  const rows = await json(`/api/incidents?limit=10000&${link}`);
  const far = rows.features[rows.features.length - 20];
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await open(guest, `lang=zh&style=night&${link}&select=${far.properties.id}&at=${far.geometry.coordinates}`);
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-Hans');
  assert.ok((await page.locator('.count .headline').innerText()).includes(rows.features.length.toLocaleString('zh')));
  // The row that was sent is in sight and chosen, however far down; the map has it.
  await page.waitForFunction((id) => document.querySelector('.table-row[aria-selected=true] .code')?.textContent === id, far.properties.id, LONG);
  await page.waitForFunction(() => analyst.ring !== null, null, LONG);
  assert.deepEqual(await guest.barriers(), []);
  await guest.picture('analyse-night-zh');
  // By day everything is on the map again.
  await page.getByRole('button', { name: zh.look_day }).click();
  await page.waitForFunction(() => analyst.palette.label === '#3c454c' && analyst.map.getLayer('incidents-symbol') && analyst.held.get('kind-beats')?.length > 0, null, LONG);
  assert.ok(!page.url().includes('style=night'));
  for (const tab of ['time', 'statistics', 'forecasts', 'downloads']) {
    await page.locator(`#tab-${tab}`).click();
    await page.waitForFunction(() => !document.querySelector('.dock .loading'), null, LONG);
    const words = (await page.locator('#tabpanel').innerText()).replace(/https?:\S+|curl -OJ|Beat \d+|\b[A-Z][\w ]*\b|km²|SYNTHETIC|警务区|\bp\b|\bmodel\b/g, '');
    assert.doesNotMatch(words, /[a-z]{4,}/, `${tab} is in Chinese`);
  }
  await page.locator('#tab-forecasts').click();
  await guest.picture('analyse-forecasts-zh');
  assert.deepEqual(guest.complaints, []);
  const address = page.url();
  await guest.close();

  const other = await visitor(browser, service.url, { viewport: { width: 390, height: 844 } });
  await other.page.goto(address.replace('tab=forecasts', 'tab=table'));
  await other.page.locator('.table-row[aria-selected=true]').waitFor(LONG);
  assert.ok((await other.page.locator('.count .headline').innerText()).includes(rows.features.length.toLocaleString('zh')));
  assert.ok(await other.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
  await other.picture('analyse-phone-zh');
  await other.close();
});

test('what fails says so and can be tried again; what is empty says what to do (en)', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  let broken = true;
  await page.route('**/api/incidents**', (route) => (broken ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"type":"/problems/internal","title":"x","status":500,"detail":""}' }) : route.continue()));
  await page.goto(`${service.url}/analyse?lang=en`);
  await page.getByText(en.a_count_failed).first().waitFor(LONG);
  await page.getByText(en.a_rows_failed).waitFor(LONG);
  // What was not counted is not said to be none.
  assert.deepEqual([...new Set(await page.locator('.tree .num').allInnerTexts())], ['–']);
  await guest.picture('analyse-failed-en');
  broken = false;
  const retry = page.getByRole('button', { name: en.retry });
  while (await retry.count()) {
    await retry.first().click({ timeout: 5000 }).catch(() => {});
    await page.waitForTimeout(200);
  }
  await page.locator('.table-row .code').first().waitFor(LONG);
  await page.locator('.count .headline span').waitFor(LONG);
  // An older number does not stand in for one that failed.
  broken = true;
  await page.getByRole('button', { name: '7 days' }).click();
  await page.locator('.count .headline', { hasText: en.a_no_count }).waitFor(LONG);
  broken = false;
  await page.getByRole('button', { name: en.period_all, exact: true }).click();
  await page.locator('.count .headline span').waitFor(LONG);
  // Nobody lives in the sea.
  await page.locator('#a-area').fill('0,0,1,1');
  await page.locator('#a-area').press('Enter');
  await page.locator('.dock').getByText(en.a_nothing).waitFor(LONG);
  assert.equal(await shown(page), 0);
  await page.getByRole('tab', { name: en.a_tab_statistics }).click();
  await page.locator('.dock').getByText(en.a_nothing).waitFor();
  await guest.close();
});

test('new data reach map, table and counts without a reload (en)', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  let version = 0;
  await page.route('**/api/workspace', async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    version = version || body.data_version;
    await route.fulfill({ response: answer, json: { ...body, data_version: version } });
  });
  const tiles = [];
  const rows = [];
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.pathname.startsWith('/tiles/incidents/')) tiles.push(url.searchParams.get('v'));
    if (url.pathname === '/api/incidents') rows.push(url.search);
  });
  await page.clock.install();
  await page.goto(`${service.url}/analyse?lang=en&test=1`);
  await page.locator('.table-row .code').first().waitFor(LONG);
  while (!tiles.length) await page.clock.runFor(200);
  const [first, before_] = [tiles[0], rows.length];
  assert.equal(first, String(version));
  version += 1;
  for (let i = 0; i < 50 && tiles.at(-1) === first; i += 1) {
    await page.clock.runFor(1000);
    await page.waitForTimeout(50).catch(() => {});
  }
  assert.equal(tiles.at(-1), String(version), 'the map asks for tiles of the new data');
  assert.ok(rows.length > before_, 'and the table for its rows');
  await guest.close();
});

test('a million rows are a long scroll bar: few exist, few pages are asked for (en)', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  const MANY = 1_000_000;
  const pages = [];
  const row = (i) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [123.45, 41.8] }, properties: { id: `row-${i}`, at: '2026-10-01T00:00:00+08:00', until: null, category: 'traffic', priority: 3, origin: 'counter', state: 'closed' } });
  await page.route(/\/api\/incidents\?/, (route) => {
    const url = new URL(route.request().url()).searchParams;
    const limit = Number(url.get('limit'));
    const offset = url.has('around') ? Math.floor(Number(url.get('around').slice(4)) / limit) * limit : Number(url.get('offset'));
    pages.push(offset);
    route.fulfill({ contentType: 'application/geo+json', body: JSON.stringify({ type: 'FeatureCollection', number_matched: MANY, offset, features: Array.from({ length: Math.min(limit, MANY - offset) }, (_, i) => row(offset + i)) }) });
  });
  await page.goto(`${service.url}/analyse?lang=en`);
  const table = page.locator('.incident-table');
  await page.locator('.table-row .code', { hasText: /^row-0$/ }).waitFor(LONG);
  assert.equal(Number(await table.getAttribute('aria-rowcount')), MANY + 1);
  // The bar's middle and end, and every row beside the one before it.
  for (const [share, low, high] of [[0.5, 490_000, 510_000], [1, MANY - 60, MANY]]) {
    await table.evaluate((box, at) => { box.scrollTop = (box.scrollHeight - box.clientHeight) * at; }, share);
    await page.waitForFunction(([a, b]) => [...document.querySelectorAll('.table-row .code')].some((cell) => { const n = Number(cell.textContent.slice(4)); return n >= a && n < b; }) && !document.querySelector('.table-row .waiting'), [low, high], LONG);
    const seen = (await page.locator('.table-row .code').allInnerTexts()).map((text) => Number(text.slice(4)));
    assert.deepEqual(seen, seen.map((_, i) => seen[0] + i));
    assert.ok(seen.length < 60, `${seen.length} rows exist`);
  }
  assert.ok(await page.getByText(`row-${MANY - 1}`, { exact: true }).isVisible(), 'the last is in sight at the end');
  // By keys from the end back; Home is the first.
  await table.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.waitForFunction((id) => document.querySelector('.table-row[aria-selected=true] .code')?.textContent === id, `row-${MANY - 2}`, LONG);
  await page.keyboard.press('Home');
  await page.waitForFunction(() => document.querySelector('.table-row[aria-selected=true] .code')?.textContent === 'row-0', null, LONG);
  assert.ok(pages.length < 12, `${pages.length} pages`);
  await guest.close();
});
