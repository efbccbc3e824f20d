// The planner's desk, /plan, with the real program and in both languages: a beat is split by
// a line drawn with the mouse, another draft is balanced, published with a reason and undone;
// the same by keys alone; a shared border is dragged and both sides move; two planners at
// once. Each ends in a picture to look at (tests/browser/artefacts).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { en } from '../../web/app/i18n/en.js';
import { zh } from '../../web/app/i18n/zh.js';
import { startService } from './service.mjs';
import { launch, visitor } from './visitor.mjs';

const LONG = { timeout: 120_000 };
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

const json = async (path) => (await fetch(`${service.url}${path}`)).json();
const beats = async () => (await json('/api/layers/beats')).features;

/** Opens the desk and begins a draft. */
async function begin(lang, name) {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await page.goto(`${service.url}/plan?lang=${lang}&test=1`);
  await page.locator('#draft-new').waitFor(LONG);
  if (name) {
    await page.locator('#draft-new').fill(name);
    await page.getByRole('button', { name: WORDS[lang].draft_make, exact: true }).click();
    await page.locator('.areas tbody tr').first().waitFor(LONG);
  }
  return guest;
}

/** The saved draft as the service has it. */
async function latest() {
  const { scenarios } = await json('/api/scenarios');
  return json(`/api/scenarios/${scenarios[0].id}`);
}

const boxOf = (area) => {
  const points = area.area.flat(2);
  const [x, y] = [0, 1].map((i) => points.map((p) => p[i]));
  return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
};

/** Where a place is on the screen. */
const onScreen = (page, at) => page.evaluate((place) => {
  const { map } = /** @type {any} */ (globalThis).planner;
  const { x, y } = map.project(place);
  const box = map.getCanvas().getBoundingClientRect();
  return { x: box.left + x, y: box.top + y };
}, at);

/** Chooses an area by its place in the list; the map goes there. */
async function choose(page, row) {
  const link = page.locator('.areas tbody tr').nth(row).locator('.link');
  await link.click();
  await page.waitForTimeout(400);
  return link.innerText();
}

/** Draws a line through the chosen area from above to below it. */
async function splitByMouse(page, w, area, share = 0.5) {
  await page.locator('.tools').getByRole('button', { name: w.draw_tool_split, exact: true }).click();
  const [west, south, east, north] = boxOf(area);
  const [x, high] = [west + (east - west) * share, (north - south) * 0.06];
  const [a, b] = [await onScreen(page, [x, north + high]), await onScreen(page, [x, south - high])];
  await page.mouse.move(a.x, a.y);
  await page.mouse.click(a.x, a.y);
  await page.mouse.move((a.x + b.x) / 2, (a.y + b.y) / 2);
  await page.mouse.move(b.x, b.y, { steps: 5 });
  await page.mouse.click(b.x, b.y);
  await page.waitForTimeout(150);
  await page.mouse.click(b.x, b.y);
}

/** Each inner border the same points on both sides: what is left is the outer one. */
function isShared(areas) {
  const left = new Map();
  for (const ring of areas.flatMap((area) => area.area.flat())) {
    for (let i = 0; i + 1 < ring.length; i += 1) {
      const [there, back] = [`${ring[i]} ${ring[i + 1]}`, `${ring[i + 1]} ${ring[i]}`];
      if (!left.delete(back)) left.set(there, (left.get(there) ?? 0) + 1);
    }
  }
  return [...left.values()].every((n) => n === 1) ? left.size : -1;
}

for (const lang of /** @type {const} */ (['en', 'zh'])) {
  test(`a beat is split, work is balanced, published with a reason, and undone (${lang})`, async () => {
    const w = WORDS[lang];
    const name = `Split ${lang}`;
    const guest = await begin(lang, name);
    const { page } = guest;
    const before = await beats();
    const draft = await latest();
    const outer = isShared(draft.areas);
    assert.ok(outer > 0, 'the draft begins with shared borders');
    const rows = page.locator('.areas tbody tr');
    assert.equal(await rows.count(), before.length);

    // Split by a line drawn on the map; undone and done again.
    await choose(page, 0);
    await splitByMouse(page, w, draft.areas[0]);
    await page.waitForFunction((n) => document.querySelectorAll('.areas tbody tr').length === n, before.length + 1, LONG);
    await page.keyboard.press('Control+z');
    await page.waitForFunction((n) => document.querySelectorAll('.areas tbody tr').length === n, before.length, LONG);
    await page.keyboard.press('Control+y');
    await page.waitForFunction((n) => document.querySelectorAll('.areas tbody tr').length === n, before.length + 1, LONG);
    await page.locator('.block', { hasText: w.faults_title }).getByText(w.faults_none).waitFor(LONG);

    // Figures beside today's, response too.
    const beside = page.locator('.beside');
    // A simulation begun before is finished first: minutes in a debug build, a second in a release.
    await beside.getByText(w.beside_within.replace('{m}', '5')).waitFor({ timeout: 300_000 });
    // By area too: shares within 1, 3 and 5 minutes, over those of today's beat.
    const within = await page.locator('.areas tbody tr').nth(1).locator('td').nth(5).innerText();
    assert.match(within, /^\d+\/\d+\/\d+\s+\D+\d+\/\d+\/\d+$/);
    assert.match(await beside.innerText(), new RegExp(w.beside_spread.split('{')[0].replace(/[()]/g, '\\$&')));
    await guest.picture(`plan-split-${lang}`);

    // The program makes work even, with the first beat locked.
    const spread = async () => Number((await beside.locator('tr', { hasText: w.beside_spread }).locator('td').nth(1).innerText()).replace(/,/g, ''));
    const uneven = await spread();
    await rows.nth(1).locator('td .check input').check();
    await page.getByRole('button', { name: w.balance_draft, exact: true }).click();
    // Three at once, each with its figures; one is looked at in place of the draft, then taken.
    const others = page.locator('.alternatives tbody tr');
    await page.waitForFunction(() => {
      const found = [...document.querySelectorAll('.alternatives tbody tr')];
      return found.length === 3 && found.every((row) => /%/.test(row.querySelectorAll('td')[1].textContent ?? ''));
    }, null, LONG);
    const drawn = () => page.evaluate(() => JSON.stringify(/** @type {any} */ (globalThis).planner.areas.map((/** @type {any} */ area) => area.area)));
    const inHand = await drawn();
    await others.nth(1).getByRole('button', { name: w.balance_look_at.replace('{name}', w.balance_go.replace('{n}', '2')), exact: true }).click();
    await page.locator('.tools .now', { hasText: w.balance_looking }).waitFor(LONG);
    assert.notEqual(await drawn(), inHand, 'the map shows the alternative');
    assert.equal(await spread(), uneven, 'the draft itself is as it was');
    assert.deepEqual(await guest.barriers(), []);
    await others.first().scrollIntoViewIfNeeded();
    await guest.picture(`plan-alternatives-${lang}`);
    await others.nth(1).getByRole('button', { name: w.balance_look_at.replace('{name}', w.balance_go.replace('{n}', '2')), exact: true }).click();
    await page.waitForFunction((was) => JSON.stringify(/** @type {any} */ (globalThis).planner.areas.map((/** @type {any} */ area) => area.area)) === was, inHand, LONG);
    await others.nth(0).getByRole('button', { name: new RegExp(`^${w.balance_take}`) }).click();
    await page.waitForFunction((was) => {
      const cell = [...document.querySelectorAll('.beside tbody tr')][2]?.querySelectorAll('td')[1];
      return cell && Number(cell.textContent?.replace(/,/g, '')) < was;
    }, uneven, LONG);
    assert.ok(await spread() < uneven);

    // Saved, published with a reason: in force, and both versions are in the list.
    await page.locator('#publish-reason').fill(lang === 'en' ? 'Two beats had too many calls' : '两个警务区警情过多');
    await page.getByRole('button', { name: w.publish_go }).click();
    const list = page.locator('.versions li');
    await page.locator('.versions').getByText(lang === 'en' ? 'Two beats had too many calls' : '两个警务区警情过多').waitFor(LONG);
    assert.equal((await beats()).length, before.length + 1);
    const saved = await latest();
    assert.ok(isShared(saved.areas) >= outer, 'still shared');
    await guest.picture(`plan-published-${lang}`);
    assert.deepEqual(await guest.barriers(), []);

    // Undone: the version before is published again, nothing is lost.
    const count = await list.count();
    await list.nth(1).getByRole('button').click();
    await page.waitForFunction((n) => document.querySelectorAll('.versions li').length === n, count + 1, LONG);
    const back = await beats();
    assert.deepEqual(back.map((f) => [f.id, f.geometry]), before.map((f) => [f.id, f.geometry]));
    assert.deepEqual(guest.complaints, []);
    await guest.close();
  });
}

test('the same by keys alone, and a shared border dragged: both sides move', async () => {
  const guest = await begin('en', 'By keys');
  const { page } = guest;
  const draft = await latest();
  const rows = page.locator('.areas tbody tr');
  const [west, south, east, north] = boxOf(draft.areas[2]);
  // Chosen and found by keys; then the map under the cross-hair.
  await rows.nth(2).locator('.link').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('2');
  const canvas = page.locator('#map-canvas');
  await canvas.focus();
  const look = (at) => page.evaluate((place) => /** @type {any} */ (globalThis).planner.goTo(place), at);
  await look([(west + east) / 2, north + (north - south) * 0.05]);
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await page.waitForTimeout(500);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Backspace');
  await look([(west + east) / 2, south - (north - south) * 0.05]);
  await page.keyboard.press('Enter');
  await page.keyboard.press('f');
  await page.waitForFunction((n) => document.querySelectorAll('.areas tbody tr').length === n, draft.areas.length + 1, LONG);

  // A corner where an area meets its neighbour, dragged with the mouse.
  const shared = (areas) => {
    const owners = new Map();
    for (const area of areas) for (const point of area.area.flat(2)) owners.set(String(point), (owners.get(String(point)) ?? new Set()).add(area.id));
    return owners;
  };
  await page.getByRole('button', { name: en.draft_save }).click();
  await page.waitForFunction((text) => document.querySelector('.block .hint')?.textContent?.includes(text), en.draft_clean.replace('{n}', '2'), LONG);
  const now = await latest();
  const owners = shared(now.areas);
  const sides = new Map();
  for (const area of now.areas) for (const ring of area.area.flat()) for (let i = 0; i + 1 < ring.length; i += 1) sides.set(`${ring[i]} ${ring[i + 1]}`, true);
  const inner = (ring, i) => [[i, i + 1], [i - 1, i]].every(([a, b]) => sides.has(`${ring[b]} ${ring[a]}`));
  let found = null;
  for (const [row, area] of now.areas.entries()) {
    const ring = area.area[0][0];
    for (let i = 1; i + 1 < ring.length && !found; i += 1) if (owners.get(String(ring[i])).size === 2 && inner(ring, i)) found = { row, at: ring[i], area };
    if (found) break;
  }
  assert.ok(found, 'there is a corner on a shared border');
  await choose(page, found.row);
  await page.locator('.tools').getByRole('button', { name: en.draw_tool_reshape }).click();
  await page.evaluate((place) => /** @type {any} */ (globalThis).planner.goTo(place, 16), found.at);
  await page.waitForTimeout(500);
  const spot = await onScreen(page, found.at);
  await page.mouse.move(spot.x, spot.y);
  await page.mouse.down();
  await page.mouse.move(spot.x + 6, spot.y + 8, { steps: 6 });
  await page.mouse.move(spot.x + 12, spot.y + 17, { steps: 6 });
  await guest.picture('plan-drag-en');
  await page.mouse.up();
  await page.getByText(en.draft_dirty).waitFor(LONG);
  await page.getByRole('button', { name: en.draft_save }).click();
  await page.waitForFunction((text) => document.querySelector('.block .hint')?.textContent?.includes(text), en.draft_clean.replace('{n}', '3'), LONG);
  const moved = await latest();
  const corners = shared(moved.areas);
  assert.ok(!corners.has(String(found.at)), 'no side is left behind');
  const fresh = [...corners].filter(([point, of]) => !owners.has(point) && of.size > 1);
  assert.equal(fresh.length, 1, 'the new corner is on both sides');
  assert.ok(isShared(moved.areas) > 0);
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

test('notes beside the draft: set by keys, kept in the link, the draft as it was', async () => {
  const guest = await begin('en', 'With notes');
  const { page } = guest;
  const areas = await page.locator('.areas tbody tr').count();
  await page.locator('summary', { hasText: en.n_list }).click();
  await page.locator('.note-tools').getByRole('button', { name: en.n_kind_text, exact: true }).click();
  await page.locator('#map-canvas').focus();
  await page.keyboard.press('Enter');
  await page.locator('.note-words input').fill('School gate');
  await page.keyboard.press('Enter');
  await page.locator('.note-list tbody tr').waitFor(LONG);
  await page.waitForFunction(() => new URLSearchParams(location.search).getAll('note').length === 1, null, LONG);
  const scenario = new URL(page.url()).searchParams.get('scenario');
  assert.ok(scenario, 'the draft is in the link too');
  // The note's own undo leaves the draft alone, and the other way round.
  await page.locator('.note-list .files button').first().focus();
  await page.keyboard.press('Control+z');
  await page.waitForFunction(() => !location.search.includes('note='), null, LONG);
  await page.keyboard.press('Control+y');
  await page.waitForFunction(() => location.search.includes('note='), null, LONG);
  assert.equal(await page.locator('.areas tbody tr').count(), areas);
  assert.deepEqual(await guest.barriers(), []);
  await guest.picture('plan-notes-en');
  await page.reload();
  await page.locator('.note-list tbody tr', { hasText: 'School gate' }).waitFor(LONG);
  await page.locator('.areas tbody tr').first().waitFor(LONG);
  assert.equal(new URL(page.url()).searchParams.get('scenario'), scenario);
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

for (const lang of /** @type {const} */ (['en', 'zh'])) {
  test(`two planners at once: the second gets 412 and the merge view, nothing is lost (${lang})`, async () => {
    const w = WORDS[lang];
    const one = await begin(lang, `Two planners ${lang}`);
    const draft = await latest();
    const two = await begin(lang, '');
    await two.page.locator('#draft').selectOption(draft.id);
    await two.page.locator('.areas tbody tr').first().waitFor(LONG);

    const cut = async (guest, row, share) => {
      await choose(guest.page, row);
      const before = await guest.page.locator('.areas tbody tr').count();
      const name = await guest.page.locator('.areas tbody tr').nth(row).locator('.link').innerText();
      await splitByMouse(guest.page, w, draft.areas.find((area) => area.name === name), share);
      await guest.page.waitForFunction((n) => document.querySelectorAll('.areas tbody tr').length === n, before + 1, LONG);
    };
    await cut(one, 0);
    await cut(two, 0, 0.62);
    await cut(two, draft.areas.length - 1);
    await one.page.getByRole('button', { name: w.draft_save }).click();
    await one.page.waitForFunction((text) => document.body.innerText.includes(text), w.draft_clean.replace('{n}', '2'), LONG);
    await two.page.getByRole('button', { name: w.draft_save }).click();
    const view = two.page.locator('.merge');
    await view.waitFor(LONG);
    assert.match(await view.innerText(), new RegExp(w.merge_saved.replace('{n}', '2')));
    assert.ok(two.complaints.some((line) => line.startsWith('412:')), 'the service answered 412');
    await two.picture(`plan-merge-${lang}`);
    assert.deepEqual(await two.barriers(), []);

    // The conflict is open until somebody chooses; then both are there.
    const go = view.getByRole('button', { name: w.merge_go });
    assert.equal(await view.locator('.conflict').count(), 1);
    assert.ok(await go.isDisabled());
    await view.locator('.conflict .segment', { hasText: w.merge_theirs }).click();
    await go.click();
    await view.waitFor({ state: 'detached', ...LONG });
    const joined = await latest();
    assert.equal(joined.version, 3);
    assert.equal(joined.areas.length, draft.areas.length + 2);
    assert.ok(isShared(joined.areas) > 0);
    assert.deepEqual(two.complaints.filter((line) => !line.includes('412')), []);
    assert.deepEqual(one.complaints, []);
    await one.close();
    await two.close();
  });
}
