// A responder's round on a phone, in both languages, with the real program: a plan that is
// followed, a signed link, four stops of which two are made without a network, one judged,
// one skipped; a call in between; the link revoked. Then the desks' side of it: follow, links
// with QR codes, the round beside the map. Screens are left in tests/browser/artefacts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { en } from '../../web/app/i18n/en.js';
import { zh } from '../../web/app/i18n/zh.js';
import { startService } from './service.mjs';
import { findings, launch, visitor } from './visitor.mjs';

const WORDS = { en, zh };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true, permissions: ['geolocation'] };
const THUMB_PX = 44;

/** @type {Awaited<ReturnType<typeof startService>>} */
let service;
/** @type {import('playwright-core').Browser} */
let browser;
/** @type {any} */
let plan;
before(async () => {
  [service, browser] = await Promise.all([startService(), launch()]);
  const { timezone } = await get('/api/workspace');
  // A shift that has just begun, by the district's own clock.
  const local = (/** @type {number} */ ms) => new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' }).format(new Date(ms)).replace(' ', 'T');
  const began = Date.now() - 15 * 60e3;
  plan = await post('/api/plans', { window: `${local(began)}/${local(began + 6 * 3600e3)}`, units: 3, model: 'count', resolution: 10, deadline_ms: 10_000, iterations: 60, seed: 7 });
  assert.ok(plan.routes.length === 3 && plan.routes.every((route) => route.stops.length >= 5), `stops: ${plan.routes.map((route) => route.stops.length)}`);
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** @param {string} to @param {object} [body] @param {string} [method] */
async function post(to, body, method = 'POST') {
  const answer = await fetch(`${service.url}${to}`, { method, ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
  const text = await answer.text();
  assert.ok(answer.ok, `${to}: ${text}`);
  return text && JSON.parse(text);
}
const get = async (from) => (await fetch(`${service.url}${from}`)).json();
const roundOf = (unit) => get(`/api/units/${unit}/round`);
const stopOf = async (unit, number) => (await roundOf(unit)).stops.find((stop) => stop.number === number);
/** Waits for something of the service. */
async function until(holds, what, ms = 10_000) {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`in vain: ${what}`);
}
/** What the board's log says after an event. */
async function eventsAfter(sequence) {
  const abort = new AbortController();
  const answer = await fetch(`${service.url}/api/events?after=${sequence}`, { signal: abort.signal });
  setTimeout(() => abort.abort(), 800);
  let text = '';
  try {
    for await (const bytes of answer.body) text += Buffer.from(bytes).toString();
  } catch {
    // Ended above.
  }
  return [...text.matchAll(/event: change\ndata: (.*)\n/g)].map(([, data]) => JSON.parse(data).event);
}
/** What a thumb would miss: anything to press below 44 px. */
const tooSmall = (page) => page.evaluate((least) => [...document.querySelectorAll('button, a[href], summary')].filter((it) => {
  const { width, height } = it.getBoundingClientRect();
  return width > 0 && (width < least || height < least);
}).map((it) => it.textContent), THUMB_PX);
/** Hears at once what else comes with the next question. */
const ask = (page) => page.evaluate(() => dispatchEvent(new Event('online')));
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));

for (const [n, lang] of /** @type {const} */ ([[0, 'zh'], [1, 'en']])) {
  test(`a responder follows four stops, two of them without a network (${lang})`, async () => {
    const w = WORDS[lang];
    const { unit, call_sign: sign, stops } = plan.routes[n];
    await post('/api/board/commands', { kind: 'follow', plan: plan.id });
    const link = await post(`/api/units/${unit}/links`, { hours: 10 });
    const guest = await visitor(browser, service.url, { ...PHONE, geolocation: { longitude: stops[4].position[0], latitude: stops[4].position[1] } });
    const { page } = guest;
    const context = page.context();
    const press = (name) => page.locator('.bar').getByRole('button', { name, exact: true }).click();
    const title = () => page.locator('.card h2').innerText();
    const at = (number) => page.locator('.card h2', { hasText: fill(w.u_next, { n: number, of: stops.length }) }).waitFor();

    // The token is in the fragment, and in no request and no address after that.
    /** @type {string[]} */
    const asked = [];
    context.on('request', (request) => asked.push(request.url()));
    await page.goto(`${service.url}${link.url.replace('#', `?lang=${lang}&style=day#`)}`);
    await page.locator('.card .place').waitFor();
    assert.equal(new URL(page.url()).pathname + new URL(page.url()).hash, '/unit');
    assert.deepEqual(asked.filter((url) => url.includes(link.token)), []);
    assert.deepEqual([...new Set(asked.map((url) => new URL(url).pathname.split('/').slice(1, 3).join('/')))].filter((it) => !/^(unit|unit_worker\.js|assets\/.*|api\/unit)$/.test(it)), [], 'it asks for its own only');

    // The next stop: where, when, how long, why; and the whole round as a list.
    const first = await stopOf(unit, 1);
    assert.equal(await page.locator('.top h1').innerText(), sign);
    // The place stands large, its beat below it.
    assert.equal([...(await page.locator('.card .area').allInnerTexts()), await page.locator('.card .place').innerText()].join(' · '), first.label);
    assert.ok((await page.locator('.card .why').innerText()).includes(first.why[lang]));
    assert.match(await page.locator('.card .when').innerText(), /\d\d:\d\d/);
    assert.equal(await page.locator('.round li').count(), stops.length);
    assert.ok((await page.locator('.share').innerText()).includes(w.u_share_off), 'not shared unless switched on');
    assert.deepEqual(await tooSmall(page), []);
    assert.deepEqual(await findings(page), []);
    await guest.picture(`unit-next-${lang}-day`);
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(async () => Boolean(await caches.match('/unit')));

    // Here; of use or not, with a reason; on.
    await press(w.u_here);
    await until(async () => (await stopOf(unit, 1)).state === 'here', 'here');
    await press(w.u_useful_no);
    assert.deepEqual(await tooSmall(page), []);
    assert.deepEqual(await findings(page), []);
    await guest.picture(`unit-judge-${lang}-day`);
    await press(w.u_because_wrong_time);
    await until(async () => (await stopOf(unit, 1)).useful === false, 'judged');
    assert.equal((await stopOf(unit, 1)).useful_why, 'wrong_time');
    await press(w.u_leave);
    await at(2);
    // Skipped, taken back, skipped again: no “are you sure”, but a way back.
    await press(w.u_skip);
    assert.deepEqual(await findings(page), []);
    await guest.picture(`unit-skip-${lang}-day`);
    await press(w.u_skip_no_time);
    await at(3);
    await until(async () => (await stopOf(unit, 2)).skipped === 'no_time', 'skipped');
    assert.equal((await stopOf(unit, 1)).state, 'made', 'who goes on has left');
    await press(w.u_undo);
    await at(2);
    await until(async () => (await stopOf(unit, 2)).state === 'planned', 'taken back');
    await press(w.u_skip);
    await press(w.u_skip_blocked);
    await at(3);
    await until(async () => (await stopOf(unit, 2)).skipped === 'blocked', 'skipped again');

    // The network goes; two stops more. A mistake is taken back before it was ever sent.
    const before = (await roundOf(unit)).sequence;
    await context.setOffline(true);
    await page.locator('.news', { hasText: w.u_lost }).waitFor();
    // When the page heard a press: a busy machine may take a second to make it.
    await page.evaluate(() => addEventListener('click', () => Object.assign(globalThis, { heardAt: Date.now() }), true));
    const timed = async (/** @type {string} */ what) => {
      await press(what);
      return page.evaluate(() => /** @type {any} */ (globalThis).heardAt);
    };
    const pressed = [await timed(w.u_here)];
    await page.locator('.round li', { hasText: w.u_not_sent }).waitFor();
    await page.waitForTimeout(1100);
    pressed.push(await timed(w.u_leave));
    await at(4);
    await press(w.u_skip);
    await press(w.u_skip_call);
    await press(w.u_undo);
    await at(4);
    pressed.push(await timed(w.u_here));
    await page.locator('.news', { hasText: fill(w.u_waiting, { n: 3 }) }).waitFor();
    assert.match(await page.locator('.news').first().innerText(), lang === 'zh' ? /路线为 \d+ 秒前/ : /Sheet \d+ s old/);
    assert.equal(await page.locator('.round .tag.warn').count(), 2);
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(await tooSmall(page), []);
    // Closed and opened again, still without one: page, sheet and what waits are kept; by night.
    await page.goto(`${service.url}/unit?style=night`);
    await page.locator('.news', { hasText: fill(w.u_waiting, { n: 3 }) }).waitFor();
    assert.ok((await title()).includes(fill(w.u_here_at, { n: 4, of: stops.length })));
    assert.deepEqual((await page.locator('.round li .story').allInnerTexts()).slice(0, 4).map((it) => it.split(' · ')[0]), [w.u_state_made, w.u_state_skipped, w.u_state_made, w.u_state_here]);
    assert.ok((await page.locator('.round li .story').nth(1).innerText()).includes(w.u_skip_blocked));
    await guest.picture(`unit-offline-${lang}-night`);
    assert.deepEqual(await findings(page), []);
    // The other unit's shift goes on meanwhile: only what is said of this one counts.
    const known = (await eventsAfter(before)).filter((event) => event.unit === unit).map((event) => event.kind);
    assert.deepEqual(known, [], 'the service knows nothing of it so far');

    // Back: in order, once each, though the first answer is lost on its way; with their times.
    let lost = 0;
    /** @type {string[]} */
    const keys = [];
    await context.route('**/api/unit/checkins', async (route) => {
      keys.push(route.request().headers()['idempotency-key']);
      if (lost++) return route.continue();
      await route.fetch();
      return route.abort('connectionreset');
    });
    await context.setOffline(false);
    await ask(page);
    await until(async () => (await stopOf(unit, 4)).state === 'here', 'all sent');
    await page.locator('.news').waitFor({ state: 'detached' });
    const events = (await eventsAfter(before)).filter((event) => event.unit === unit).map((event) => `${event.kind} ${event.stop}`);
    assert.deepEqual(events, ['stop_reached 3', 'stop_left 3', 'stop_reached 4']);
    assert.equal(keys.length, 4, 'the first one twice, under one key');
    assert.equal(new Set(keys).size, 3);
    const [third, fourth] = [await stopOf(unit, 3), await stopOf(unit, 4)];
    for (const [i, is] of [third.reached_at, third.left_at, fourth.reached_at].entries()) assert.ok(Math.abs(Date.parse(is) - pressed[i]) < 1000, `${is} was pressed at ${new Date(pressed[i]).toISOString()}`);
    await context.unroute('**/api/unit/checkins');
    await press(w.u_leave);
    await at(5);

    // The position: sent once switched on, and no longer.
    const moved = async () => (await get('/api/board')).units.find((it) => it.id === unit).position_at;
    assert.equal(await moved(), null, 'nothing was sent so far');
    await page.locator('.share button').click();
    await page.locator('.share.on').waitFor();
    await until(async () => (await moved()) !== null, 'position sent');
    await until(async () => (await stopOf(unit, 5)).state === 'here', 'there by its position');
    assert.equal((await stopOf(unit, 5)).by, 'geofence');
    await guest.picture(`unit-shared-${lang}-night`);
    assert.deepEqual(await findings(page), []);
    await page.locator('.share button').click();
    await page.locator('.share', { hasText: w.u_share_off }).waitFor();

    // A call comes before the round; done, the unit is back.
    const call = (await post('/api/incidents', { position: stops[0].position, category: 'criminal/theft', priority: 1, origin: 'citizen_call' })).results[0].name;
    await post('/api/board/commands', { kind: 'assign', call, unit });
    await ask(page);
    await page.locator('.card.call', { hasText: call }).waitFor();
    assert.deepEqual(await tooSmall(page), []);
    assert.deepEqual(await findings(page), []);
    await guest.picture(`unit-call-${lang}-night`);
    await press(w.u_arrived);
    await press(w.u_back);
    await page.locator('.card:not(.call)').waitFor();
    // What the service can't take back waits for an undo, and goes when the page does.
    await page.evaluate(() => { Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }); document.dispatchEvent(new Event('visibilitychange')); });
    await until(async () => { const it = (await get('/api/board')).units.find((one) => one.id === unit); return it.status === 'idle' && !it.call; }, 'back in service');

    // Revoked: it says so, shows no place any more, and opens nothing again.
    await post(`/api/units/${unit}/links`, undefined, 'DELETE');
    await page.evaluate(() => { Object.defineProperty(document, 'visibilityState', { value: 'visible', configurable: true }); document.dispatchEvent(new Event('visibilitychange')); });
    await page.getByRole('heading', { name: w.u_closed }).waitFor();
    assert.equal(await page.locator('.round, .card').count(), 0);
    assert.deepEqual(await findings(page), []);
    await guest.picture(`unit-revoked-${lang}-night`);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((it) => /token|sheet|share|queue|confirmed/.test(it))), []);
    await page.reload();
    await page.getByRole('heading', { name: w.u_no_link }).waitFor();
    // A link pasted by hand opens it too: an installed page has no camera.
    await page.getByLabel(w.u_paste).fill('https://example.org/nothing');
    await page.getByRole('button', { name: w.u_open }).click();
    await page.getByText(w.u_paste_wrong).waitFor();
    assert.deepEqual(await findings(page), []);
    const again = await post(`/api/units/${unit}/links`, { hours: 1 });
    await page.getByLabel(w.u_paste).fill(service.url + again.url);
    await page.getByRole('button', { name: w.u_open }).click();
    await page.locator('.top h1', { hasText: sign }).waitFor();
    assert.deepEqual(guest.complaints.filter((it) => !/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET|401/.test(it)), []);
    await guest.close();
  });
}

test('the desks: a plan is followed, its units get links, a round is watched and planned anew', async () => {
  let w = WORDS.en;
  const { unit, call_sign: sign, start, stops } = plan.routes[2];
  await post('/api/board/commands', { kind: 'unfollow', plan: plan.id });
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  await page.goto(`${service.url}/?lang=en&style=day&tab=patrol&plan=${plan.id}`);
  await page.getByRole('button', { name: w.follow_do }).click({ timeout: 30_000 });
  await page.locator('.follow', { hasText: fill(w.follow_now, { n: 3 }) }).waitFor();
  assert.equal((await roundOf(unit)).plan, plan.id);
  // Links of all its units, to scan or to print.
  await page.getByRole('button', { name: fill(w.links_button_n, { n: 3 }) }).click();
  const dialog = page.getByRole('dialog', { name: w.links_title });
  await dialog.getByRole('button', { name: w.links_make }).click();
  await dialog.locator('img').nth(2).waitFor();
  assert.deepEqual(await dialog.locator('h3').allInnerTexts(), plan.routes.map((route) => route.call_sign));
  assert.deepEqual(await dialog.locator('img').evaluateAll((all) => all.map((it) => it.complete && it.naturalWidth > 0)), [true, true, true], 'the codes are drawn');
  const address = new URL(await dialog.getByRole('link', { name: w.links_open }).nth(2).getAttribute('href'));
  const sheet = await fetch(`${service.url}/api/unit/sheet`, { headers: { authorization: `Bearer ${address.hash.slice(1)}` } });
  assert.equal((await sheet.json()).unit.id, unit);
  assert.deepEqual(await findings(page), []);
  await guest.picture(`unit-links-en-day`);
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.locator('.desk').isVisible(), false, 'only the codes are printed');
  await guest.picture(`unit-links-print-en`);
  await page.emulateMedia({ media: 'screen' });
  await dialog.getByRole('button', { name: w.links_revoke }).nth(2).click();
  await dialog.getByText(w.links_revoked).waitFor();
  assert.equal((await fetch(`${service.url}/api/unit/sheet`, { headers: { authorization: `Bearer ${address.hash.slice(1)}` } })).status, 401);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  // The round beside the map: states by word and shape; off its route, and that is known.
  w = WORDS.zh;
  await post('/api/board/commands', { kind: 'set', off_route_after_s: 1, position_is_old_s: 600 });
  await post('/api/board/commands', [{ kind: 'here', unit, stop: 1 }, { kind: 'leave', unit, stop: 1 }, { kind: 'skip', unit, stop: 2, why: 'blocked' }, { kind: 'judge', unit, stop: 1, useful: true, why: 'seen_something' }]);
  const far = [start[0] + (start[0] > 123.49 ? -0.045 : 0.045), start[1]];
  await post(`/api/units/${unit}/position`, { position: far });
  await page.goto(`${service.url}/dispatch?lang=zh&style=day`);
  await page.locator('#units [role=option]').first().waitFor({ timeout: 30_000 });
  await page.keyboard.press('/');
  await page.keyboard.type(sign);
  const row = page.locator('#units [role=option]', { hasText: sign });
  await row.click();
  const detail = page.locator('.detail-part');
  await detail.locator('.round-stops .made', { hasText: w.u_state_made }).waitFor();
  assert.equal(await detail.locator('.round-stops li').count(), stops.length);
  await detail.locator('.round-stops .made', { hasText: w.u_useful_yes }).waitFor();
  await detail.locator('.round-stops .skipped', { hasText: w.u_skip_blocked }).waitFor();
  assert.notEqual(await detail.locator('.made svg').first().innerHTML(), await detail.locator('.skipped svg').first().innerHTML(), 'by shape too');
  const notice = detail.locator('.advice', { hasText: w.d_notice_off_route });
  await notice.waitFor({ timeout: 15_000 });
  await row.locator('.tag', { hasText: w.d_notice_off_route_short }).waitFor();
  await guest.picture(`dispatch-round-zh-day`);
  assert.deepEqual(await findings(page), []);
  await notice.getByRole('button', { name: w.d_notice_why_traffic }).click();
  await detail.locator('.hint', { hasText: w.d_notice_why_traffic }).waitFor();
  await row.locator('.tag').waitFor({ state: 'detached' });

  // Sent away: a new plan is offered, made when asked for, followed when asked for.
  const call = (await post('/api/incidents', { position: start, category: 'criminal/theft', priority: 1, origin: 'citizen_call' })).results[0].name;
  await post('/api/board/commands', { kind: 'assign', call, unit });
  await detail.getByRole('button', { name: w.d_replan_do }).click();
  const follow = detail.getByRole('button', { name: w.follow_do });
  await follow.waitFor({ timeout: 20_000 });
  assert.equal((await roundOf(unit)).plan, plan.id, 'nothing happens by itself');
  await guest.picture(`dispatch-replan-zh-day`);
  assert.deepEqual(await findings(page), []);
  await follow.click();
  await until(async () => (await roundOf(plan.routes[0].unit)).plan !== plan.id, 'the new plan is in force');
  assert.equal((await stopOf(unit, 1)).state, 'made', 'what was made stays');
  await detail.getByRole('button', { name: w.links_button }).click();
  await page.getByRole('dialog', { name: w.links_title }).getByRole('button', { name: w.links_make }).click();
  await page.getByRole('dialog', { name: w.links_title }).locator('img').waitFor();
  await page.keyboard.press('Escape');
  await post('/api/board/commands', [{ kind: 'clear', unit }, { kind: 'unfollow', plan: (await roundOf(plan.routes[0].unit)).plan }, { kind: 'set', off_route_after_s: 300, position_is_old_s: 300 }]);
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});
