// What a planner does beyond looking at the heatmap, from start to end, with the real
// program and in both languages: who is near enough and where the idle units should stand;
// zones of even work beside the beats; a plan with wishes and what they cost. Then each of
// the three as pictures to look at (tests/browser/artefacts).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { en } from '../../web/app/i18n/en.js';
import { zh } from '../../web/app/i18n/zh.js';
import { startService } from './service.mjs';
import { launch, visitor } from './visitor.mjs';

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const LONG = { timeout: 90_000 };
const WORDS = { en, zh };
const LANGS = /** @type {const} */ (['en', 'zh']);

/** @type {Awaited<ReturnType<typeof startService>>} */
let service;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  service = await startService();
  assert.equal((await fetch(`${service.url}/api/record`)).status, 200);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** A text as the start of a pattern: what stands before its first blank. */
const begin = (text) => text.split('{')[0];
const json = async (path, init) => (await fetch(`${service.url}${path}`, init)).json();
/** What a download holds. */
async function saved(page, click) {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  return JSON.parse(await readFile(await download.path(), 'utf8'));
}

test('nothing of the planners’ panels is asked for before the first frame', async () => {
  const guest = await visitor(browser, service.url);
  await guest.open('?lang=en');
  const early = await guest.page.evaluate(() => {
    const painted = performance.getEntriesByName('heatmap-painted')[0].startTime;
    return performance.getEntriesByType('resource').filter((r) => r.startTime < painted).map((r) => new URL(r.name).pathname);
  });
  assert.deepEqual(early.filter((path) => /coverage|zone|plan_|wishes|overlays|replan/.test(path) && !path.endsWith('use_plan.js')), []);
  await guest.close();
});

for (const lang of LANGS) {
  test(`who is near enough, and where idle units should stand (${lang})`, async () => {
    const w = WORDS[lang];
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    await guest.open(`?lang=${lang}`);
    await page.getByRole('tab', { name: w.tab_coverage }).click();
    await page.locator('.figures').first().waitFor(LONG);

    // The figures are the service's.
    const query = new URL(page.url()).searchParams.get('window');
    const report = await json(`/api/coverage?window=${encodeURIComponent(query ?? '')}&model=best&resolution=10`);
    const shown = await page.locator('.figures').first().innerText();
    const percent = (share) => new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 }).format(share);
    for (const row of report.cover) for (const ring of row.rings) assert.ok(shown.includes(percent(ring.expected_share)), `${row.sources} ${ring.minutes}`);
    for (const gap of report.gaps) assert.ok(shown.includes(percent(gap.share)));
    const legend = page.locator('.legend');
    assert.match(await legend.innerText(), new RegExp(w.cover_legend_reach));
    assert.match(await page.locator('.notes').innerText(), lang === 'en' ? /3 idle units on foot do not count/ : /3 个备勤步巡警组不计入/);

    // The gap map, for three minutes; the worst gap is found on the map.
    await page.locator('.segment', { hasText: w.cover_view_gaps }).click();
    await page.locator('.segment', { hasText: w.minutes.replace('{n}', '3') }).click();
    assert.match(await legend.innerText(), new RegExp(report.gaps[1].cells.toLocaleString('en')));
    assert.match(page.url(), /cover=gaps&ring=3/);
    await page.locator('summary', { hasText: w.cover_gaps.replace('{n}', '5') }).click();
    assert.equal(await page.locator('.list tbody tr').count(), report.worst_gaps.length);
    await page.locator('.list .link').first().click();
    await page.locator('.detail', { hasText: report.worst_gaps[0].cell }).waitFor();
    await page.keyboard.press('Escape');

    // At most two moves: a sentence and an arrow each, and what they bring.
    await page.locator('summary', { hasText: w.stand_title }).click();
    await page.getByRole('button', { name: w.stand_ask }).click();
    const advice = page.locator('.advice');
    await advice.waitFor(LONG);
    const moves = await advice.locator('li').count();
    assert.ok(moves >= 1 && moves <= 2, `${moves} moves`);
    assert.match(await advice.innerText(), lang === 'en' ? /drive from .+ to .+, [\d.]+ min\./ : /从“.+”开往“.+”，约 [\d.]+ 分钟。/);
    assert.match(await advice.innerText(), new RegExp(begin(w.stand_gain)));
    assert.match(await legend.innerText(), new RegExp(w.cover_key_move));

    // Three new posts, with the curve.
    await page.locator('summary', { hasText: w.site_title }).click();
    await page.getByLabel(w.site_count).fill('3');
    await page.getByRole('button', { name: w.site_ask }).click();
    await page.locator('.curve svg').waitFor(LONG);
    assert.equal(await page.locator('.curve .dot').count(), 3);
    assert.match(await legend.innerText(), new RegExp(w.cover_key_site));
    assert.deepEqual(await guest.barriers(), []);
    await guest.picture(`coverage-asked-${lang}`);

    // Fewer units: another question, whose advice is not the old one.
    await page.getByLabel(w.cover_count).fill('6');
    await page.getByLabel(w.cover_count).press('Tab');
    await page.waitForFunction((n) => document.querySelector('.figures tbody .aside')?.textContent === n, '6', LONG);
    assert.equal(await page.locator('.advice').count(), 0, 'old advice is gone');

    // On another tab the drawing is off the map, and the heatmap back.
    await page.getByRole('tab', { name: w.tab_risk }).click();
    assert.match(await legend.innerText(), new RegExp(w.legend_unit.slice(0, 12).replace(/[(（]/g, '.')));
    assert.deepEqual(guest.complaints, []);
    await guest.close();
  });

  test(`zones of even work beside the beats (${lang})`, async () => {
    const w = WORDS[lang];
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    await guest.open(`?lang=${lang}&tab=zones`);
    // The present first, and what to do next.
    await page.getByText(w.zones_present, { exact: true }).waitFor(LONG);
    await page.getByText(w.zones_empty).waitFor();
    assert.match(await page.locator('.figures').first().innerText(), /60/);

    // One beat is locked by its list; then a draft.
    await page.locator('summary', { hasText: w.zones_locked }).click();
    const box = page.locator('.tree.short .check').first();
    const name = await box.innerText();
    await box.click();
    await page.getByRole('button', { name: w.zones_draft }).click();
    await page.locator('.headline').waitFor(LONG);
    const headline = await page.locator('.headline').innerText();
    const [cut, share] = [...headline.matchAll(/([\d.]+)%/g)].map((m) => Number(m[1]));
    assert.ok(headline.startsWith(begin(w.zones_cut).trim()) && cut >= 43, headline);
    assert.ok(share <= 33, `${share} % of the cells moved`);
    assert.match(page.url(), /lock=/);
    await page.locator('summary', { hasText: w.zones_each }).click();
    const row = page.locator('.zones tbody tr', { hasText: name });
    assert.match(await row.innerText(), new RegExp(w.zones_locked_one));
    const hours = (await row.locator('.num').allInnerTexts()).slice(0, 2);
    assert.equal(hours[0], hours[1], 'the locked beat has the work it had');
    await page.locator('.segment', { hasText: w.zones_shown_now }).click();
    await page.locator('.segment', { hasText: w.zones_shown_draft }).click();
    assert.deepEqual(await guest.barriers(), []);
    await guest.picture(`zones-draft-${lang}`);

    // Twelve zones from nothing; the settings say that the draft is older than they are.
    await page.getByRole('button', { name: w.zones_unlock_all }).click();
    await page.locator('.segment', { hasText: w.zones_from_nothing }).click();
    await page.getByText(w.zones_stale).waitFor();
    await page.getByRole('button', { name: w.zones_draft }).click();
    await page.waitForFunction(() => document.querySelectorAll('.zones tbody tr').length === 12, null, LONG);
    const drawn = await saved(page, () => page.getByRole('link', { name: w.plan_download_geojson }).click());
    assert.equal(drawn.features.length, 12);
    assert.ok(drawn.features.every((f) => /Polygon$/.test(f.geometry.type) && f.properties.name));
    assert.equal(await page.locator('.zones tbody tr', { hasText: w.zone_n.replace('{n}', '1') }).count() > 0, true);
    // The sample has no patrol zones to compare: what to do is said.
    await page.locator('summary', { hasText: w.zones_compare }).click();
    await page.getByText(w.zones_compare_none).waitFor();
    // What was chosen is in the address.
    await page.reload();
    await page.getByRole('spinbutton', { name: w.zones_count, exact: true }).waitFor(LONG);
    assert.deepEqual(guest.complaints, []);
    await guest.close();
  });

  test(`a plan with wishes, and their price (${lang})`, async () => {
    const w = WORDS[lang];
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    await guest.open(`?lang=${lang}&tab=cells`);
    // Two hot cells, found in the table: one must be visited, the other is left out.
    await page.locator('table.cells tbody tr').first().waitFor();
    const pick = async (n, button) => {
      await page.getByRole('tab', { name: w.tab_cells }).click();
      await page.locator('table.cells .number').nth(n).click();
      await page.getByRole('tab', { name: w.tab_patrol }).click();
      await page.locator('.detail').getByRole('button', { name: button }).click();
      const cell = await page.locator('.detail dd').first().innerText();
      await page.keyboard.press('Escape');
      return cell;
    };
    const wanted = await pick(0, w.place_pin);
    const unwanted = await pick(3, w.place_not);

    await page.locator('.segment', { hasText: w.preset_balanced }).click();
    await page.locator('.check', { hasText: w.wish_compare }).click();
    await page.locator('.check', { hasText: w.wish_draw }).click();
    await page.locator('.wishes > summary').click();
    // A time that can't be kept: that unit is too far away.
    await page.locator('#pin-unit-0').selectOption({ label: '大东-04' });
    await page.locator('#pin-from-0').fill('22:00');
    await page.locator('#pin-until-0').fill('22:01');
    await page.locator('#pin-until-0').press('Tab');
    await page.getByRole('button', { name: w.wish_break_add }).click();
    await page.locator('#break-minutes-0').fill('20');
    await page.locator('#break-minutes-0').press('Tab');
    await page.getByLabel(w.wish_every).fill('90');
    await page.getByLabel(w.wish_every).press('Tab');
    await page.locator('#deadline').selectOption('1000');
    await page.getByLabel(w.plan_units, { exact: true }).fill('4');
    // Left, so that what it changes is on the page before the button is pressed.
    await page.getByLabel(w.plan_units, { exact: true }).press('Tab');
    assert.deepEqual(await guest.barriers(), []);
    await guest.picture(`wishes-form-${lang}`);

    const asking = page.waitForRequest((r) => r.url().endsWith('/api/plans') && r.method() === 'POST');
    await page.getByRole('button', { name: w.plan_make }).click();
    const { wishes } = (await asking).postDataJSON();
    assert.equal(wishes.preset, 'balanced');
    assert.equal(wishes.compare, true);
    assert.deepEqual(wishes.pins.map((pin) => [pin.place, pin.unit, pin.from.slice(11), pin.until.slice(11)]), [[wanted, 'unit-04', '22:00', '22:01']]);
    assert.deepEqual(wishes.not_these, [unwanted]);
    assert.equal(wishes.units[0].breaks[0].length_s, 1200);
    assert.ok(wishes.every.length === 6 && wishes.every.every((one) => one.every_s === 5400));
    assert.ok(Number.isInteger(wishes.draw));

    // Four columns: the plan and the presets; the figures of the issue.
    await page.locator('table.trade').waitFor(LONG);
    assert.equal(await page.locator('table.trade thead th').count(), 5);
    const figures = await page.locator('table.trade').innerText();
    for (const words of [w.fig_risk, w.fig_within.replace('{m}', '1'), w.fig_within.replace('{m}', '3'), w.fig_within.replace('{m}', '5'), w.fig_every, w.fig_travel, w.fig_fair, w.fig_same]) {
      assert.ok(figures.includes(words), `the figures say “${words}”`);
    }
    // What can't be met was named, with the earliest time; the break is told in words.
    const named = await page.locator('.missed', { hasText: w.obstacles }).innerText();
    assert.match(named, lang === 'en' ? /nobody can begin before 22:0\d/ : /最早 22:0\d 才能开始/);
    const rest = page.locator('.stops .stop', { hasText: begin(w.reason_break) }).first();
    assert.match(await rest.innerText(), lang === 'en' ? /begins between \d\d:\d\d and \d\d:\d\d/ : /须在 \d\d:\d\d–\d\d:\d\d 之间开始/);
    assert.deepEqual(await guest.barriers(), []);
    await page.locator('#figures-title').scrollIntoViewIfNeeded();
    await guest.picture(`wishes-plan-${lang}`);

    // Any time will do: the stop is kept, and says that it was asked for.
    await page.locator('#pin-from-0').fill('');
    await page.locator('#pin-until-0').fill('');
    await page.locator('#pin-until-0').press('Tab');
    await page.locator('.check', { hasText: w.wish_compare }).click();
    const old = new URL(page.url()).searchParams.get('plan');
    await page.getByRole('button', { name: w.plan_make }).click();
    await page.waitForFunction((id) => new URLSearchParams(location.search).get('plan') !== id, old, LONG);
    const plan = await json(`/api/plans/${new URL(page.url()).searchParams.get('plan')}`);
    const stops = plan.routes.flatMap((route) => route.stops);
    assert.ok(stops.some((stop) => stop.cell === wanted && stop.pinned));
    assert.ok(!stops.some((stop) => stop.cell === unwanted));
    await page.locator('.stops .pinned').first().waitFor();

    // The address holds the wishes: whoever opens it sees them.
    await page.reload();
    await page.locator('.stops .stop').first().waitFor(LONG);
    await page.locator('.wishes > summary').click(LONG);
    assert.equal(await page.locator('#break-minutes-0').inputValue(), '20');
    await page.getByRole('button', { name: w.wishes_clear }).click();
    assert.equal(await page.locator('#break-minutes-0').count(), 0);
    // A stop of the plan can be kept for its unit in the next one.
    await page.locator('.stops .stop', { hasNotText: begin(w.reason_break) }).nth(1).locator('.number').click();
    const keep = page.locator('.place-wishes button').first();
    if (await keep.count()) {
      await keep.click();
      assert.match(page.url(), /wishes=/);
    }
    assert.deepEqual(guest.complaints, []);
    await guest.close();
  });

  test(`a stop is given to another unit, and the price is seen (${lang})`, async () => {
    const w = WORDS[lang];
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    await guest.open(`?lang=${lang}&tab=patrol`);
    await page.getByLabel(w.plan_units, { exact: true }).fill('3');
    await page.locator('#deadline').selectOption('1000');
    await page.getByRole('button', { name: w.plan_make }).click();
    const groups = page.locator('.stops tbody');
    await groups.first().locator('.stop').first().waitFor(LONG);
    const planOf = async () => json(`/api/plans/${new URL(page.url()).searchParams.get('plan')}`);
    const changed = (old) => page.waitForFunction((id) => new URLSearchParams(location.search).get('plan') !== id, old, LONG);
    const first = await planOf();
    const movable = (route) => route.stops.findIndex((stop) => stop.cell && stop.reason.kind !== 'break');
    const from = first.routes.findIndex((route) => movable(route) >= 0);
    const to = (from + 1) % first.routes.length;
    const stop = first.routes[from].stops[movable(first.routes[from])];
    // Taken up in the list: the other units stand at its top, wherever theirs stand in it.
    const row = groups.nth(from).locator('.stop').nth(movable(first.routes[from]));
    await row.scrollIntoViewIfNeeded();
    const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
    const [x, y] = middle(await row.boundingBox());
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 10, y + 10, { steps: 4 });
    const target = page.locator('.drop-bar li', { hasText: first.routes[to].call_sign });
    await target.waitFor(LONG);
    await page.mouse.move(...middle(await target.boundingBox()), { steps: 4 });
    await page.mouse.up();
    await changed(first.id);
    const second = await planOf();
    const keeper = second.routes.find((route) => route.stops.some((one) => one.cell === stop.cell && one.pinned));
    assert.equal(keeper?.unit, first.routes[to].unit);
    // The other stops are as they were, but where a change was worth it.
    const stopsOf = (plan) => plan.routes.flatMap((route) => route.stops.map((one) => `${route.unit} ${one.cell}`));
    const before = stopsOf(first);
    const kept = before.filter((one) => stopsOf(second).includes(one)).length;
    assert.ok(kept >= 0.7 * before.length, `${kept} of ${before.length} stops are as they were`);
    // What it costs stands beside the plan before.
    const figures = page.locator('table.figures', { hasText: w.fig_risk }).first();
    assert.match(await figures.innerText(), new RegExp(w.fig_before));
    assert.deepEqual(await guest.barriers(), []);
    await figures.scrollIntoViewIfNeeded();
    await guest.picture(`plan-given-${lang}`);
    // The same by keys: back to whom it was.
    const pinned = page.locator('.stops tbody', { has: page.locator('.unit', { hasText: keeper.call_sign }) }).locator('.stop', { has: page.locator('.pinned') }).first();
    await pinned.locator('.number').focus();
    await page.keyboard.press('Enter');
    await page.locator('#give-stop').selectOption(first.routes[from].unit);
    await changed(second.id);
    const third = await planOf();
    assert.equal(third.routes.find((route) => route.stops.some((one) => one.cell === stop.cell && one.pinned))?.unit, first.routes[from].unit);
    assert.deepEqual(guest.complaints, []);
    await guest.close();
  });

  test(`something happens in the shift: the plan follows (${lang})`, async () => {
    const w = WORDS[lang];
    const made = await json('/api/plans', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ window: 'night@2026-10-31', units: 6, model: 'count', seed: 3, deadline_ms: 500 }) });
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    await guest.open(`?lang=${lang}&tab=patrol&plan=${made.id}`);
    await page.locator('.stops .stop').first().waitFor(LONG);
    const happened = page.locator('summary', { hasText: w.replan_title });
    const plan = () => json(`/api/plans/${new URL(page.url()).searchParams.get('plan')}`);
    const press = async () => {
      const before = new URL(page.url()).searchParams.get('plan');
      await page.getByRole('button', { name: w.replan_do }).click();
      await page.waitForFunction((id) => new URLSearchParams(location.search).get('plan') !== id, before, LONG);
      return plan();
    };

    // A unit is sent to a call at half past eleven, and not counted on again.
    await happened.click();
    await page.locator('#replan-unit').selectOption({ index: 1 });
    await page.locator('#replan-at').fill('23:30');
    await page.locator('#replan-at').press('Tab');
    await page.locator('#replan-back').fill('');
    assert.deepEqual(await guest.barriers(), []);
    await guest.picture(`replan-form-${lang}`);
    const gone = await press();
    assert.equal(gone.replanned.of, made.id);
    const unit = made.routes[1];
    assert.equal(gone.replanned.changes[1].why.kind, 'sent_to_call');
    assert.ok(gone.routes[1].stops.length < unit.stops.length);
    await page.locator('#replanned-title').waitFor();
    const said = await page.locator('section[aria-labelledby=replanned-title]').innerText();
    assert.ok(said.includes(gone.replanned.changes[1][lang]), said);
    assert.ok(said.includes(gone.replanned.stability[lang]), said);
    await page.locator('#replanned-title').scrollIntoViewIfNeeded();
    await guest.picture(`replanned-${lang}`);

    // A pillar is pressed an hour later: somebody goes there.
    await happened.click();
    await page.locator('#replan-kind').selectOption('pillar_pressed');
    await page.locator('#replan-pillar option').first().waitFor({ state: 'attached', ...LONG });
    const name = await page.locator('#replan-pillar option').first().innerText();
    await page.locator('#replan-at').fill('00:30');
    await page.locator('#replan-at').press('Tab');
    const alarm = await press();
    const due = alarm.routes.flatMap((route) => route.stops).filter((stop) => stop.reason.kind === 'must_visit' && stop.reason.from.slice(11, 16) === '00:30');
    assert.ok(due.length === 1 || alarm.missed.some((one) => one.name === name), 'the pillar is gone to, or missed with a reason');

    // A time before the last change is refused in words; the way back is one press.
    await happened.click();
    await page.locator('#replan-at').fill('22:10');
    await page.locator('#replan-at').press('Tab');
    await page.getByRole('button', { name: w.replan_do }).click();
    await page.locator('.failed, [role=alert]').first().waitFor(LONG);
    await page.getByRole('button', { name: w.replanned_before }).click();
    await page.waitForFunction((id) => new URLSearchParams(location.search).get('plan') === id, gone.id, LONG);
    assert.deepEqual(guest.complaints.filter((text) => !/409/.test(text)), []);
    await guest.close();
  });
}

test('the coverage being computed can be cancelled, and asked for again', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await page.route('**/api/coverage?**', () => undefined);
  await guest.open('?lang=en&tab=coverage');
  await page.getByRole('progressbar').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText(en.cancelled).waitFor();
  await page.unroute('**/api/coverage?**');
  await page.getByRole('button', { name: en.cover_again }).click();
  await page.locator('.figures').first().waitFor(LONG);
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

test('a district that lacks what is needed is told what to do', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await page.route('**/api/workspace', async (route) => {
    const answer = await route.fetch();
    const workspace = await answer.json();
    await route.fulfill({ response: answer, json: { ...workspace, has_roads: false, layers: workspace.layers.map((layer) => ({ ...layer, count: layer.kind === 'beats' ? 0 : layer.count })) } });
  });
  await guest.open('?lang=en&tab=coverage');
  await page.getByText(en.plan_no_roads).waitFor();
  await page.getByRole('tab', { name: en.tab_zones }).click();
  await page.getByText(en.zones_no_beats).waitFor();
  assert.ok(await page.locator('input[name=zones-from][value=nothing]').isChecked());
  assert.deepEqual(await guest.barriers(), []);
  await guest.close();
});

test('patrol zones as they are drawn are set beside the beats', async () => {
  const own = await startService(async (run, workspace) => {
    const file = workspace.replace(/[^/]+$/, 'zones.geojson');
    await run('zones', workspace, '--count', '12', '--out', file);
    await run('import', workspace, file, '--as', 'zones');
  });
  try {
    const guest = await visitor(browser, own.url);
    const { page } = guest;
    await guest.open('?lang=en&tab=zones');
    await page.getByText(en.zones_present, { exact: true }).waitFor(LONG);
    await page.locator('summary', { hasText: en.zones_compare }).click();
    await page.getByRole('button', { name: en.zones_compare_ask, exact: true }).click();
    await page.locator('.headline').waitFor(LONG);
    assert.match(await page.locator('.figures').first().innerText(), /Number\s+60\s+12/);
    assert.deepEqual(guest.complaints, []);
    await guest.close();
  } finally {
    await own.stop();
  }
});

for (const lang of LANGS) {
  for (const style of ['day', 'night']) {
    for (const [size, viewport] of /** @type {const} */ ([['1440x900', DESKTOP], ['390x844', PHONE]])) {
      test(`the planner’s three panels: ${lang}, ${style}, ${size}`, async () => {
        const phone = viewport === PHONE;
        const guest = await visitor(browser, service.url, { viewport, hasTouch: phone, isMobile: phone, deviceScaleFactor: phone ? 2 : 1, locale: lang === 'zh' ? 'zh-CN' : 'en-GB' });
        const { page } = guest;
        const look = async (name) => {
          await page.waitForTimeout(1500);
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || scrollY > 0), false, 'nothing sticks out, and the page itself never scrolls');
          const legend = await page.locator('.legend').boundingBox();
          const map = await page.locator('#map').boundingBox();
          assert.ok(legend && map && legend.height <= map.height / 2, 'the legend leaves half the map');
          await guest.picture(`${name}-${lang}-${style}-${size}`);
          assert.deepEqual(await guest.barriers(), []);
        };
        await guest.open(`?lang=${lang}&style=${style}&tab=coverage`);
        await page.locator('.figures').first().waitFor(LONG);
        await look('coverage');
        await page.locator('#tab-zones').click();
        await page.locator('.figures').first().waitFor(LONG);
        await page.locator('button.main').click();
        await page.locator('.headline').waitFor(LONG);
        await page.locator('#zones-title').scrollIntoViewIfNeeded();
        await look('zones');
        await page.locator('#tab-patrol').click();
        await page.locator('.wishes > summary').click();
        await page.locator('.wishes').scrollIntoViewIfNeeded();
        await look('wishes');
        assert.deepEqual(guest.complaints, []);
        await guest.close();
      });
    }
  }
}
