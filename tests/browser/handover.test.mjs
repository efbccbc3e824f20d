// A night is looked back on and handed over, with the real program on the sample district: calls
// and a pillar alarm, the board as it was and back to now by keyboard, an hour ahead, then the
// hand-over: what it says, two sentences written, printed on one page of A4. Both languages.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { startService } from './service.mjs';
import { findings, launch, visitor } from './visitor.mjs';

const artefacts = path.resolve(import.meta.dirname, 'artefacts');
/** How long a board of the past should take to be on the screen; four times that on a busy machine. */
const SHOWN_MS = 1500;

/** @type {Awaited<ReturnType<typeof startService>>} */
let service;
/** @type {import('playwright-core').Browser} */
let browser;
/** When there was one call and no more, by the service's clock. */
let then = 0;
before(async () => {
  service = await startService();
  browser = await launch();
  await night();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

/** @param {string} to @param {object} [body] */
async function post(to, body) {
  const answer = await fetch(`${service.url}${to}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) });
  const read = await answer.json();
  assert.ok(answer.ok, `${to}: ${JSON.stringify(read)}`);
  return read;
}
const get = async (from) => (await fetch(`${service.url}${from}`)).json();
const command = (body) => post('/api/board/commands', body);
const call = async (position, category, priority) => (await post('/api/incidents', { position, category, priority, origin: 'citizen_call' })).results[0].name;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** `03:12:07` on the district's clock. */
const clock = (at) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at);

/** One call; a while later two more, a unit there and back, a pillar pressed and answered late. */
async function night() {
  const board = await get('/api/board');
  const unit = board.units.find((it) => it.status === 'idle').id;
  const first = await call([123.4702, 41.8101], 'public_order/fight', 1);
  await wait(1100);
  then = Math.ceil(Date.parse((await get('/api/board')).now) / 1000) * 1000;
  // By the service's clock too: what comes next is after it.
  while (Date.parse((await get('/api/board')).now) < then + 1000) await wait(100);
  await call([123.4802, 41.8151], 'dispute', 2);
  const third = await call([123.4752, 41.8171], 'traffic', 3);
  await command({ kind: 'assign', call: first, unit });
  await wait(400);
  await command({ kind: 'arrive', unit });
  await wait(300);
  await command({ kind: 'clear', unit });
  await command({ kind: 'cancel', call: third, reason: 'false_alarm' });
  await post(`/api/pillars/${board.pillars[2].id}/press`);
  await command({ kind: 'acknowledge', alarm: 1 });
  await command({ kind: 'answer', alarm: 1 });
  await command({ kind: 'end_alarm', alarm: 1 }).catch(() => {});
}

/** A service that knows nothing of followed plans says 404: that is an answer. */
const complaintsOf = (guest) => guest.complaints.filter((line) => !line.includes('/api/followup') && !line.includes('status of 404'));

const WORDS = {
  zh: { past: /的态势，非实时/, now: /现在：未结 (\d+)/, ahead: /的预测，非当前/, refused: /按 0 回到现在/, note: '二号路口的井盖要再看一次。前进街两起打架，夜里多去几趟。', none: '未执行方案。', saved: /已保存/, title: /交接/, personal: /请只写地点/ },
  en: { past: /As of .*, not live/, now: /Now: (\d+) open/, ahead: /not now/, refused: /0 goes back to now/, note: 'Look at the manhole of the second crossing again. Two fights in one street, be seen there.', none: 'No plan followed.', saved: /Saved at/, title: /Hand-over/, personal: /nothing of a person/ },
};

for (const lang of /** @type {const} */ (['zh', 'en'])) {
  test(`the desk goes back in time, ahead and to now again by keyboard (${lang})`, async (context) => {
    const words = WORDS[lang];
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    const press = (key) => page.keyboard.press(key);
    await page.goto(`${service.url}/dispatch?lang=${lang}&style=${lang === 'zh' ? 'night' : 'day'}`);
    await page.waitForFunction(() => document.querySelector('#calls [role=option]') && document.querySelector('.heat') && performance.getEntriesByName('board-known').length, null, { timeout: 30_000 });
    const listed = () => page.locator('#calls [role=option]').count();
    const live = await listed();
    await press('t');
    await page.locator('#time-slider:focus').waitFor();
    // A typed start.
    await page.locator('#time-start').focus();
    await page.keyboard.type(clock(then));
    const began = performance.now();
    await press('Enter');
    const banner = page.locator('.not-now');
    await banner.waitFor();
    // The board of then, not the list that is emptied while it comes.
    await page.waitForFunction((past) => new RegExp(past).test(document.querySelector('.not-now')?.textContent ?? '') && document.querySelectorAll('#calls [role=option]').length === 1, words.past.source);
    const ms = Math.round(performance.now() - began);
    context.diagnostic(`the board of then on the screen after ${ms} ms`);
    assert.ok(ms < SHOWN_MS * 4, `${ms} ms`);
    assert.match(await banner.innerText(), words.past);
    assert.match(await banner.innerText(), new RegExp(clock(then)));
    assert.equal(await page.locator('.dispatch').getAttribute('data-time'), 'past');
    // What happens now is known, rings, and changes nothing of then.
    const before = Number(words.now.exec(await banner.innerText())?.[1]);
    assert.equal(before, live);
    const { pillars } = await get('/api/board');
    const fresh = await call([123.4652, 41.8121], 'dispute', 2);
    await page.waitForFunction(([text, n]) => document.querySelector('.not-now')?.textContent?.includes(text.replace('#', String(n))), [lang === 'zh' ? '未结 #' : '# open', live + 1]);
    assert.equal(await listed(), 1);
    await post(`/api/pillars/${pillars[4].id}/press`);
    await page.locator('.alarm.unseen').waitFor();
    const number = (await get('/api/board')).alarms.find((alarm) => !alarm.ended_at).number;
    // Nothing is done to a call as it was.
    await page.locator('#calls').focus();
    await press('j');
    await press('Enter');
    assert.match(await page.locator('.echo').innerText(), words.refused);
    await guest.picture(`time-past-${lang}`);
    assert.deepEqual(await findings(page), []);
    // The alarm is now's.
    await press('a');
    await page.locator('.alarm:not(.unseen) .timer').waitFor();
    await command({ kind: 'answer', alarm: number });
    await command({ kind: 'end_alarm', alarm: number });
    // Another step keeps the start.
    const start = await page.locator('#time-start').inputValue();
    await page.locator('.time select').first().selectOption(String(60_000));
    assert.equal(await page.locator('#time-start').inputValue(), start);
    await page.locator('.time select').nth(3).selectOption('cumulative');
    await page.locator('.time-count').waitFor();
    // Back to now by one key.
    await page.locator('#calls').focus();
    await press('0');
    await banner.waitFor({ state: 'detached' });
    await page.waitForFunction((n) => document.querySelectorAll('#calls [role=option]').length === n, live + 1);
    assert.equal(await page.locator('.dispatch').getAttribute('data-time'), 'now');
    // An hour ahead: the forecast of that hour, in the colours of now, once those are there.
    await page.locator('.heat .hint', { hasText: lang === 'zh' ? '截至' : 'As of' }).first().waitFor({ timeout: 60_000 });
    await page.locator('.time select').first().selectOption(String(3_600_000));
    await press('.');
    await banner.waitFor();
    assert.match(await banner.innerText(), words.ahead);
    assert.equal(await listed(), live + 1, 'calls are those of now');
    const hours = /\d\d:00–\d\d:00/.exec(await banner.innerText())?.[0];
    assert.ok(hours);
    await page.waitForFunction((texts) => texts.every((text) => document.querySelector('.heat .hint')?.textContent?.includes(text)), [hours, lang === 'zh' ? '颜色分级沿用' : 'Colours as for'], { timeout: 60_000 });
    await page.waitForTimeout(500);
    await guest.picture(`time-ahead-${lang}`);
    if (lang === 'en') assert.deepEqual(await findings(page), []);
    // By the slider's own keys, played, and to now.
    await page.locator('#time-slider').focus();
    const value = async () => Number(await page.locator('#time-slider').inputValue());
    const ahead = await value();
    await press('ArrowLeft');
    assert.ok(await value() < ahead);
    await press('Home');
    assert.equal(await value(), -1440);
    await press(' ');
    await page.locator('.play[aria-pressed=true]').waitFor();
    // Before the log there was nothing, and that is said.
    await page.locator('.time [role=alert]').waitFor();
    assert.equal(await listed(), 0);
    await page.waitForFunction(() => Number(/** @type {any} */ (document.querySelector('#time-slider')).value) > -1440, null, { timeout: 10_000 });
    await press(' ');
    await press('0');
    await banner.waitFor({ state: 'detached' });
    await command({ kind: 'cancel', call: fresh, reason: 'test' });
    // What was before the log can't be shown, and says so.
    await page.waitForTimeout(300);
    assert.deepEqual(complaintsOf(guest).filter((line) => !line.includes('/api/board?at=')), []);
    await guest.close();
  });

  test(`a shift is handed over on one page (${lang})`, async () => {
    const words = WORDS[lang];
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    // The shift that runs: the sample's service knows nothing of the one before.
    const now = Date.now();
    const window = new URLSearchParams({ from: new Date(now - 4 * 3600e3).toISOString(), until: new Date(now - (now % 60e3) + 3600e3).toISOString(), lang });
    await page.goto(`${service.url}/handover?${window}`);
    await page.locator('.figures').waitFor({ timeout: 60_000 });
    assert.match(await page.locator('h1').innerText(), words.title);
    const told = await get(`/api/handover?${new URLSearchParams({ from: window.get('from') ?? '', until: window.get('until') ?? '' })}`);
    const figures = await page.locator('.figure dd').allInnerTexts();
    assert.deepEqual(figures.map(Number), [told.calls.received, told.calls.by_state.closed ?? 0, told.calls.open, told.calls.taken_over, told.alarms.rung, told.alarms.unacknowledged + told.alarms.unanswered, told.pillars.filter((it) => !it.online).length]);
    assert.ok(told.calls.received >= 3 && told.alarms.rung >= 1);
    for (const open of told.open_calls) assert.match(await page.locator('#ho-open').locator('..').innerText(), new RegExp(open.name));
    await page.locator('.sheet', { hasText: words.none }).waitFor();
    assert.match(await page.locator('#ho-next').locator('..').innerText(), /大东|路|街|Beat|·/);
    // Nothing of a person.
    await page.locator('#ho-text').fill('13912345678');
    await page.locator('.ho-write button').click();
    assert.match(await page.locator('.ho-note [role=alert]').innerText(), words.personal);
    await page.locator('#ho-text').fill(words.note);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.ho-write', { hasText: words.saved }).waitFor({ timeout: 20_000 });
    assert.deepEqual(await findings(page), []);
    await page.setViewportSize({ width: 1280, height: 1500 });
    await guest.picture(`handover-${lang}`);

    await mkdir(artefacts, { recursive: true });
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: false });
    await writeFile(path.join(artefacts, `handover-${lang}.pdf`), pdf);
    const text = pdf.toString('latin1');
    assert.equal(text.match(/\/Type\s*\/Page\b(?!s)/g)?.length, 1, 'one page');
    const [, , width, height] = /\/MediaBox\s*\[([^\]]+)\]/.exec(text)[1].trim().split(/\s+/).map(Number);
    assert.ok(Math.abs(width - 595) < 3 && Math.abs(height - 842) < 3, `A4: ${width} × ${height}`);
    await page.emulateMedia({ media: 'print' });
    await guest.picture(`handover-print-${lang}`);
    await page.emulateMedia({ media: 'screen' });

    // There after a reload, and for the desk of the next shift.
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.reload();
    await page.locator('.figures').waitFor({ timeout: 60_000 });
    assert.equal(await page.locator('#ho-text').inputValue(), words.note);
    await page.goto(`${service.url}/dispatch?lang=${lang}&style=day`);
    await page.locator('.last-note', { hasText: words.note }).waitFor({ timeout: 30_000 });
    await page.locator(`.bar a[href*="/handover"]`).waitFor();
    const others = complaintsOf(guest).filter((line) => !/422|handover\/notes/.test(line));
    assert.deepEqual(others, []);
    await guest.close();
  });
}

test('the fullest night is one page too, and says what it leaves out', async () => {
  const guest = await visitor(browser, service.url);
  const { page } = guest;
  const told = await get('/api/handover');
  const { start, end } = told.window;
  const many = (n, of) => Array.from({ length: n }, (_, i) => of(i));
  const spread = { count: 9, median_s: 3725, p90_s: 8000 };
  Object.assign(told, {
    open_calls: many(40, (i) => ({ id: `c${i}`, name: `C0${400 + i}`, category: 'public_order/fight', priority: 1 + (i % 3), state: 'dispatched', received_at: start, units: [], beat_name: '明月六号警务区 Beat 18（名称很长）' })),
    pillars: many(30, (i) => ({ id: `p${i}`, name: `晨光商圈第${i}号一键报警柱（模拟）`, online: false, since: start, silences: 2, silent_s: 5000 })),
    response: told.response.map((row) => ({ ...row, calls: 99, to_dispatch: spread, on_the_way: spread, to_arrival: spread })),
    alarms: { rung: 30, presses: 90, acknowledged: spread, answered: spread, unacknowledged: 12, unanswered: 11, calls: 11, all: many(30, (i) => ({ number: i, pillar_name: '晨光商圈三号一键报警柱（模拟）', pressed_at: start, presses: 3, acknowledged_at: end, answered_at: end, level: 'unanswered', ended_at: null, call: 'x' })) },
    note: { at: end, from: start, until: end, station: null, text: '前进街两起打架，夜里多去几趟。'.repeat(34).slice(0, 500) },
    plans: many(5, (i) => ({ id: `plan${i}`, made_at: start, window: told.window, units: 24, stops: 190 })),
    units: many(30, (i) => ({ id: `u${i}`, call_sign: `大东-${i}`, station: `s${i}`, sent: 12, reached: 11, idle_s: 20000, dispatched_s: 4000, on_scene_s: 4000, break_s: 1800, off_duty_s: 30 })),
  });
  Object.assign(told.calls, {
    received: 1230, open: 40, taken_over: 22, still_open: 7, reopened: 3, merged: 12, cancelled: { false_alarm: 9, withdrawn: 8, handed_over: 3, test: 1, mistake: 2 }, reclassified: 33, kept_apart: 4, noted: 18,
    by_state: { received: 9, dispatched: 9, arrived: 9, handling: 9, closed: 99, cancelled: 23, merged: 12 }, by_category: many(12, (i) => ({ code: `category/${i}`, received: 123, open: 9 })),
  });
  await page.route('**/api/handover?*', (route) => route.fulfill({ json: told }));
  await page.route('**/api/followup*', (route) => route.fulfill({ json: { total: { planned: 190, made: 150, skipped: 20, missed: 20, kept_percent: 78.9 }, missed: many(9, (i) => ({ label: `明月六号警务区 · 联勤岗 ${i}`, call_sign: '大东-01', until: end })) } }));
  for (const [lang, kept, more] of /** @type {const} */ ([['zh', /方案执行 78.9%/, /另有 32 项/], ['en', /Plan kept: 78.9%/, /and 32 more/]])) {
    await page.goto(`${service.url}/handover?lang=${lang}`);
    await page.locator('.sheet', { hasText: kept }).waitFor({ timeout: 30_000 });
    assert.match(await page.locator('.sheet').innerText(), more);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    await writeFile(path.join(artefacts, `handover-full-${lang}.pdf`), pdf);
    assert.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length, 1, 'one page');
  }
  assert.deepEqual(guest.complaints, []);
  await guest.close();
});
