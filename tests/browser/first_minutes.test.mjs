// A new user's first five minutes on the sample district, from start to end, with the real
// program: sees the heatmap, switches the hour and the shift, clicks a pillar, plans six
// units, reads why the first stop is there, downloads the GPX. Then the same screen in both
// languages, both styles and two sizes, as pictures to look at (tests/browser/artefacts).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { after, before, test } from 'node:test';
import { startService } from './service.mjs';
import { launch, visitor } from './visitor.mjs';

const PAINTED_MS = 2000;
const TOO_LATE_MS = 3000;
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** @type {Awaited<ReturnType<typeof startService>>} */
let service;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  service = await startService();
  // The service makes the record by itself some seconds after its start; until then the map
  // is the plain count's. Asked for here, it is there when the first test looks.
  assert.equal((await fetch(`${service.url}/api/record`)).status, 200);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** A plan of three units for the night, made by the service for the test that asks. */
async function makePlan() {
  const answer = await fetch(`${service.url}/api/plans`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ window: 'night', units: 3, model: 'kde', category: [], seed: 1, deadline_ms: 500 }),
  });
  assert.equal(answer.status, 201, await answer.clone().text());
  return answer.json();
}

test('the heatmap is painted in time', async (context) => {
  // On the screen, its frame drawn and handed over. The aim is 2 s, and the figure is printed
  // beside it. WebGL is drawn by the processor here, which other work may share: a round counts
  // by its median, more rounds are asked for where the one before missed the aim, and only a
  // best round past 3 s fails. Where more than two programs wait for each core, it is their
  // number that is measured, not the page: the limit grows with it.
  const rounds = [];
  for (let round = 0; round < 3; round++) {
    const times = [];
    for (let i = 0; i < 3; i++) {
      const guest = await visitor(browser, service.url);
      times.push(Math.round(await guest.open('?lang=zh')));
      await guest.close();
    }
    const median = [...times].sort((x, y) => x - y)[1];
    rounds.push(median);
    context.diagnostic(`heatmap painted after ${times.join(', ')} ms, median ${median} ms, aim ${PAINTED_MS} ms`);
    if (median <= PAINTED_MS) break;
  }
  const crowd = Math.max(1, loadavg()[0] / availableParallelism() - 1);
  const limit = Math.round(TOO_LATE_MS * crowd);
  assert.ok(Math.min(...rounds) <= limit, `medians of three loads: ${rounds.join(', ')} ms, limit ${limit} ms`);
});

test('the first five minutes of a new user', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await guest.open('?lang=en');

  // The legend says what is seen: units, classes, window, model, the data's date, and that it is made up.
  const legend = page.locator('.legend');
  for (const words of ['Expected incidents per km²', 'SYNTHETIC 模拟数据', 'top 0.5%', '5%–10%', '22:00–06:00', 'Mixture', 'Record', 'plain count', 'Data until']) {
    assert.ok((await legend.innerText()).includes(words), `the legend says “${words}”`);
  }
  assert.equal(await legend.locator('.classes tbody tr').count(), 5);
  const totalText = () => legend.locator('dd', { hasText: 'expected' }).innerText();
  const wholeNight = await totalText();

  // One hour of the night, then another shift: legend and map follow, the URL says so.
  await page.locator('.hour', { hasText: '23' }).click();
  await guest.settled();
  assert.match(await legend.innerText(), /23:00–00:00/);
  const oneHour = await totalText();
  assert.ok(parseFloat(oneHour) < parseFloat(wholeNight), `${oneHour} in one hour, ${wholeNight} in the night`);
  assert.match(page.url(), /hours=\d+/);
  await page.locator('.hour.all').click();
  await page.locator('.segment', { hasText: 'late shift' }).click();
  await guest.settled();
  assert.match(await legend.innerText(), /14:00–22:00/);
  await page.locator('.segment', { hasText: 'night shift' }).click();
  await guest.settled();

  // A pillar, by the list first, to know where it is, then with the mouse on the map.
  await page.getByRole('tab', { name: 'Layers' }).click();
  await page.getByRole('button', { name: 'List: One-touch alarm pillars' }).click();
  const first = page.locator('.list .link').first();
  const name = await first.innerText();
  await first.click();
  await page.locator('.detail h2', { hasText: name }).waitFor();
  await page.waitForTimeout(1200);
  const spot = await page.locator('.ring').boundingBox();
  assert.ok(spot, 'the pillar is marked on the map');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.detail').count(), 0, 'Escape closes the details');
  await page.mouse.click(spot.x + spot.width / 2, spot.y + spot.height / 2);
  const detail = page.locator('.detail');
  await detail.locator('h2').waitFor();
  assert.match(await detail.innerText(), /One-touch alarm pillar[\s\S]*State[\s\S]*(online|offline|pressed|answered)/);
  await detail.locator('.near tbody tr').first().waitFor();
  assert.match(await detail.innerText(), /Near here[\s\S]*Units[\s\S]*Joint-duty posts/);
  await guest.picture('pillar-en-day');
  assert.deepEqual(await guest.barriers(), []);

  // Six units.
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Patrol' }).click();
  await page.getByLabel('Units', { exact: true }).fill('6');
  await page.getByRole('button', { name: 'Plan patrols' }).click();
  await page.locator('table.stops').waitFor({ timeout: 30_000 });
  assert.equal(await page.locator('.stops .unit').count(), 6, 'six routes');
  assert.match(page.url(), /plan=/);
  // What ended the search is told: here the time, so that another run may give another plan.
  const facts = page.locator('.block', { has: page.locator('h3, dt', { hasText: 'Search' }) }).locator('.facts');
  assert.match(await facts.innerText(), /Search\s*the time was up after [\d,]+ steps/);

  // The first stop says why it is there, in both languages.
  const stop = page.locator('.stops .stop').first();
  assert.match(await stop.locator('.why').innerText(), /^(Expected [\d.]+ incidents here, \d\d:00–\d\d:00: rank [\d,]+ of [\d,]+ cells\.|Must be visited between )/);
  await stop.click();
  await detail.locator('h2', { hasText: 'stop 1' }).waitFor();
  assert.equal(await page.locator('.stop[aria-current=true]').count(), 1);
  await guest.picture('plan-en-day');
  assert.deepEqual(await guest.barriers(), []);
  await page.locator('.segment', { hasText: '简体中文' }).click();
  assert.match(await stop.locator('.why').innerText(), /^(\d\d:00–\d\d:00 时段预期 [\d.]+ 起|必巡点：)/);
  assert.equal(await page.locator('html').getAttribute('lang'), 'zh-Hans');
  await page.locator('.segment', { hasText: 'English' }).click();

  // The GPX.
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download GPX' }).click()]);
  const gpx = await readFile(await download.path(), 'utf8');
  assert.match(gpx, /<gpx[^>]*version="1\.1"/);
  assert.ok((gpx.match(/<(rte|trk)\b/g) ?? []).length >= 6, 'a route for each unit');

  // The same numbers as a table, for those who don't read the map.
  await page.getByRole('tab', { name: 'Table' }).click();
  await page.locator('table.cells tbody tr').first().waitFor();
  assert.equal(await page.locator('table.cells tbody tr').count(), 50);
  assert.deepEqual(await guest.barriers(), []);

  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

test('the models’ record says which one to trust, and one press takes it', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await guest.open('?lang=en&model=kde');
  // Twelve weeks are scored once; the page waits without holding anything up.
  await page.locator('.record > table').waitFor({ timeout: 120_000 });
  const record = await page.locator('.record').innerText();
  assert.match(record, /Record of the last 12 weeks/);
  assert.match(record, /Mixture has a better log score than the plain count, by more than chance/);
  await guest.picture('record-en-day');
  await page.getByRole('button', { name: 'Use Mixture' }).click();
  await page.locator('.legend', { hasText: /half of the risk lives within/ }).waitFor({ timeout: 60_000 });
  assert.equal(new URL(page.url()).searchParams.get('model'), 'best');
  assert.match(await page.locator('.frozen').innerText(), /No frozen forecast of this is over so far/);
  await page.getByText('Calibration of Mixture').click();
  assert.equal(await page.locator('.record details tbody tr').count(), 10);
  await guest.picture('calibration-en-day');
  await guest.close();
});

test('a plan being made can be cancelled', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await guest.open('?lang=en&tab=patrol');
  // The answer never comes: only the person ends this.
  await page.route('**/api/plans', (route) => (route.request().method() === 'POST' ? undefined : route.continue()));
  await page.getByRole('button', { name: 'Plan patrols' }).click();
  await page.getByRole('progressbar').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Cancelled; no plan was made.').waitFor();
  assert.ok(await page.getByRole('button', { name: 'Plan patrols' }).isEnabled());
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

test('the plan opens again from its URL', async () => {
  const made = await makePlan();
  const guest = await visitor(browser, service.url);
  await guest.open(`?lang=en&tab=patrol&plan=${encodeURIComponent(made.id)}`);
  await guest.page.locator('table.stops').waitFor();
  assert.equal(await guest.page.locator('.stops .unit').count(), 3);
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

test('units left out of a plan are named with the reason', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  // The real plan, with three units more that got no route: one for a reason of the future.
  await page.route('**/api/plans/*', async (route) => {
    const answer = await route.fetch();
    const plan = await answer.json();
    const left_out = [['off_road', '大东-91'], ['on_foot', '大东-92'], ['low_battery', '大东-93']].map(([why, call_sign]) => ({ unit: call_sign, call_sign, why }));
    await route.fulfill({ response: answer, json: { ...plan, left_out } });
  });
  const made = await makePlan();
  await guest.open(`?lang=en&tab=patrol&plan=${encodeURIComponent(made.id)}`);
  const left = page.locator('.left-out');
  await left.waitFor();
  assert.match(await left.innerText(), /Units left out\s*3[\s\S]*大东-91: too far from any road[\s\S]*大东-92: on foot[\s\S]*大东-93: another reason \(low_battery\)/);
  await page.locator('.segment', { hasText: '简体中文' }).click();
  assert.match(await left.innerText(), /未编入方案的警组\s*3[\s\S]*大东-91：所在位置距道路过远[\s\S]*大东-92：步巡[\s\S]*大东-93：其他原因（low_battery）/);
  // The number of units that can be planned leaves out those on foot.
  const { features } = await fetch(`${service.url}/api/layers/units`).then((answer) => answer.json());
  const able = features.filter((/** @type {any} */ f) => f.properties.status === 'idle' && f.properties.unit_kind !== 'foot').length;
  assert.ok(able < features.length, 'the sample has units on foot');
  await page.getByText(`备勤车组 ${able} 个`).waitFor();
  assert.equal(await page.locator('#units').getAttribute('max'), String(able));
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

test('incidents follow the period and the categories, and say what they are', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  /** @type {URL[]} */
  const tiles = [];
  page.on('request', (request) => request.url().includes('/tiles/incidents/') && tiles.push(new URL(request.url())));
  const workspace = await fetch(`${service.url}/api/workspace`).then((answer) => answer.json());
  const days = (/** @type {URLSearchParams} */ of) =>
    Math.round((Date.parse(workspace.incidents.until) - Date.parse(of.get('from') ?? '')) / 86_400e3);
  // Tiles of what was shown before may still be asked for: those of the new choice are waited for.
  const asked = async (/** @type {() => Promise<unknown>} */ act, /** @type {(of: URLSearchParams) => boolean} */ wanted) => {
    await act();
    const until = Date.now() + 20_000;
    const found = () => tiles.length > 0 && wanted(tiles[tiles.length - 1].searchParams);
    while (!found() && Date.now() < until) await page.waitForTimeout(50);
    assert.ok(found(), `the map asks for ${wanted}, not for ${tiles[tiles.length - 1]?.search}`);
  };
  await guest.open('?lang=en&tab=layers');
  await asked(() => page.getByLabel('Incidents', { exact: true }).check(), (of) => days(of) === 28);
  await asked(() => page.locator('.period .segment', { hasText: '7 days' }).click(), (of) => days(of) === 7);
  await asked(
    () => page.locator('.period .segment', { hasText: 'Window' }).click(),
    (of) => of.get('from') === '2026-10-31T22:00' && of.get('until') === '2026-11-01T06:00',
  );
  await asked(() => page.locator('.period .segment', { hasText: 'All' }).click(), (of) => of.get('from') === null);
  await page.getByRole('tab', { name: 'Risk' }).click();
  await page.locator('summary', { hasText: 'Categories' }).click();
  await asked(
    () => page.locator('.tree .check', { hasText: /^Traffic/i }).first().click(),
    (of) => String(of.getAll('category')) === 'traffic',
  );
  assert.match(page.url(), /period=all/);
  await guest.close();

  // The newest one, under the middle of the map.
  const from = new Date(Date.parse(workspace.incidents.until) - 86_400e3).toISOString();
  const { features } = await fetch(`${service.url}/api/incidents?from=${from}`).then((answer) => answer.json());
  const newest = features[features.length - 1];
  const near = await visitor(browser, service.url);
  await near.open(`?lang=en&shown=incidents&tab=layers&period=7&view=${newest.geometry.coordinates.join(',')},18`);
  await near.page.waitForTimeout(1500);
  const map = await near.page.locator('#map').boundingBox();
  assert.ok(map);
  const detail = near.page.locator('.detail');
  // Its tile may come later than the map: pressed again where nothing was there yet.
  for (let i = 0; i < 10 && !(await detail.count()); i++) {
    await near.page.mouse.click(map.x + map.width / 2, map.y + map.height / 2);
    await detail.waitFor({ timeout: 3000 }).catch(() => {});
  }
  await detail.locator('.facts').waitFor();
  assert.match(await detail.innerText(), /Incident[\s\S]*Category[\s\S]*Priority\s*priority [123][\s\S]*Time\s*2026-10-\d\d \d\d:\d\d[\s\S]*Call state\s*(received|dispatched|arrived|handling|closed)/);
  assert.match(near.page.url(), /select=incidents/);
  await near.picture('incident-en-day');
  assert.deepEqual(await near.barriers(), []);
  await near.page.locator('.segment', { hasText: '简体中文' }).click();
  await detail.filter({ hasText: '警情类别' }).waitFor();
  assert.match(await detail.innerText(), /警情类别[\s\S]*警情等级\s*[一二三]级[\s\S]*处警状态/);
  await near.page.reload();
  await detail.locator('.facts').waitFor();
  assert.match(await detail.innerText(), /警情等级\s*[一二三]级/, 'the URL opens it again');
  assert.deepEqual(near.complaints, []);
  await near.close();
});

test('a surface the service has forgotten is asked for once, then said to be gone', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await guest.open('?lang=en');
  await guest.settled();
  let asked = 0;
  page.on('request', (request) => { if (request.url().includes('/api/risk?')) asked += 1; });
  await page.route('**/tiles/risk/**', (route) => route.fulfill({ status: 404, contentType: 'application/problem+json', body: '{}' }));
  // Another zoom needs tiles that are not here yet.
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.locator('.legend [role=alert]', { hasText: 'no longer holds this surface' }).waitFor();
  await page.waitForTimeout(1500);
  assert.equal(asked, 1, 'asked for again once');
  await page.unroute('**/tiles/risk/**');
  await page.getByRole('button', { name: 'Try again' }).click();
  await guest.settled();
  assert.equal(await page.locator('.legend [role=alert]').count(), 0);
  assert.equal(asked, 2);
  assert.deepEqual(guest.complaints.filter((text) => !text.includes('404')), []);
  await guest.close();
});

test('at 200 % zoom everything is there and the focus goes the way the eye does', async () => {
  const guest = await visitor(browser, service.url, { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 });
  const { page } = guest;
  await guest.open('?lang=en');
  await page.waitForTimeout(1000);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'nothing sticks out sideways');
  const map = await page.locator('#map').boundingBox();
  const legend = await page.locator('.legend').boundingBox();
  assert.ok(map && legend && map.width >= 380 && map.height >= 400, 'the map is of use');
  assert.ok(legend.height <= map.height / 2, 'the legend leaves half the map');
  await guest.picture('risk-en-day-720x450');
  /** @type {string[]} */
  const order = [];
  // Until the focus leaves the page.
  while (order.length < 60 && !order.includes('out')) {
    await page.keyboard.press('Tab');
    order.push(await page.evaluate(() => {
      const at = document.activeElement;
      return at?.closest('.skip') ? 'skip' : at?.closest('.panel') ? 'panel' : at?.id === 'map-canvas' ? 'map' : at?.closest('.legend') ? 'legend' : at?.closest('.zoom') ? 'zoom' : !at || at === document.body ? 'out' : 'other';
    }));
  }
  assert.equal([...new Set(order)].join(' '), 'skip map zoom legend panel out');
  await page.getByRole('tab', { name: 'Patrol' }).click();
  await page.getByRole('button', { name: 'Plan patrols' }).click();
  await page.locator('table.stops .number').first().click();
  await page.locator('.detail h2').waitFor();
  await guest.picture('patrol-en-day-720x450');
  assert.deepEqual(await guest.barriers(), []);
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

test('everything by keyboard: hour, cell at the cross-hair, table', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await guest.open('?lang=en');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.className), 'skip', 'the first stop of Tab is a skip link');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'map-canvas');
  assert.ok(await page.locator('.crosshair').isVisible());
  await page.keyboard.press('Enter');
  await page.locator('.detail').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.hour.all input').focus();
  await page.keyboard.press('ArrowRight');
  await guest.settled();
  assert.match(await page.locator('.legend').innerText(), /22:00–23:00/);
  await page.getByRole('tab', { name: 'Risk' }).focus();
  await page.keyboard.press('ArrowLeft');
  await page.locator('table.cells tbody tr').first().waitFor();
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

test('a slow surface: the map moves, the old one stays, and a failure says what to do', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await guest.open('?lang=en');
  await guest.settled();
  const before = await page.locator('.legend').innerText();
  let answer = () => {};
  const held = new Promise((resolve) => { answer = () => resolve(undefined); });
  await page.route('**/api/risk?*', async (route) => {
    await held;
    await route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify({ type: 'about:blank', title: 'Out of order', status: 500, detail: 'The kernel is out of order.' }) });
  });
  await page.locator('.hour', { hasText: '02' }).click();
  await page.locator('.legend .busy').waitFor();
  assert.ok((await page.locator('.legend').innerText()).includes(before.match(/top 0\.5%.*/)?.[0] ?? '?'), 'the legend still describes what is drawn');
  const view = new URL(page.url()).searchParams.get('view');
  await page.mouse.move(700, 400);
  await page.mouse.down();
  await page.mouse.move(760, 430, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction((old) => new URL(location.href).searchParams.get('view') !== old, view, { timeout: 5000 });
  answer();
  await page.locator('.legend [role=alert]', { hasText: 'The kernel is out of order.' }).waitFor();
  await page.unroute('**/api/risk?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  await guest.settled();
  assert.match(await page.locator('.legend').innerText(), /02:00–03:00/);
  assert.deepEqual(guest.complaints.filter((text) => !text.includes('500')), []);
  await guest.close();
});

for (const lang of ['zh', 'en']) {
  for (const style of ['day', 'night']) {
    for (const [size, viewport] of /** @type {const} */ ([['1440x900', DESKTOP], ['390x844', PHONE]])) {
      test(`a picture: ${lang}, ${style}, ${size}`, async () => {
        const phone = viewport === PHONE;
        const guest = await visitor(browser, service.url, { viewport, hasTouch: phone, isMobile: phone, deviceScaleFactor: phone ? 2 : 1, locale: lang === 'zh' ? 'zh-CN' : 'en-GB' });
        const { page } = guest;
        await guest.open(`?lang=${lang}&style=${style}`);
        await page.waitForTimeout(1500);
        const map = await page.locator('#map').boundingBox();
        const share = ((map?.width ?? 0) * (map?.height ?? 0)) / (viewport.width * viewport.height);
        assert.ok(share >= (phone ? 0.5 : 2 / 3), `the map has ${(share * 100).toFixed(0)} % of the screen`);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, 'nothing sticks out sideways');
        await guest.picture(`risk-${lang}-${style}-${size}`);
        assert.deepEqual(await guest.barriers(), []);
        await page.locator('#tab-patrol').click();
        await page.locator('button.main').click();
        await page.locator('table.stops').waitFor({ timeout: 30_000 });
        await page.locator('.stops .number').first().click();
        await page.locator('.detail .near tbody tr').first().waitFor();
        await page.waitForTimeout(1200);
        await guest.picture(`patrol-${lang}-${style}-${size}`);
        assert.deepEqual(await guest.barriers(), []);
        assert.deepEqual(guest.complaints, []);
        await guest.close();
      });
    }
  }
}
