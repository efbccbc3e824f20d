// A planner asks what a month would be like under other ways of waiting, and for what the
// page took no wishes for before: ground to keep out of, duty times, beats with backup,
// skills, slow hours. The real program on the sample, in both languages.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { en } from '../../web/app/i18n/en.js';
import { zh } from '../../web/app/i18n/zh.js';
import { startService } from './service.mjs';
import { launch, visitor } from './visitor.mjs';

const LONG = { timeout: 120_000 };
const WORDS = { en, zh };
const LANGS = /** @type {const} */ (['en', 'zh']);

/** @type {Awaited<ReturnType<typeof startService>>} */
let service;
/** @type {import('playwright-core').Browser} */
let browser;

before(async () => {
  service = await startService();
  // `best` is another model before the record is there.
  assert.equal((await fetch(`${service.url}/api/record`)).status, 200);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await service?.stop();
});

const json = async (path) => (await fetch(`${service.url}${path}`)).json();

for (const lang of LANGS) {
  test(`tonight’s plan against other ways of waiting (${lang})`, async () => {
    const w = WORDS[lang];
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    await guest.open(`?lang=${lang}&tab=patrol`);
    await page.locator('summary', { hasText: w.simulate_title }).click();
    // Layers that come late move the panel: a press may land beside it.
    await page.locator('details[open] > summary', { hasText: w.simulate_title }).waitFor({ timeout: 5000 }).catch(() => page.locator('summary', { hasText: w.simulate_title }).click());
    const run = page.getByRole('button', { name: w.simulate_ask, exact: true });
    await run.waitFor(LONG);
    // Nothing to compare is said.
    for (const name of [w.policy_station, w.policy_hottest, w.policy_plan_replan]) await page.getByLabel(name, { exact: true }).uncheck();
    await page.getByText(w.simulate_none).waitFor();
    assert.ok(await run.isDisabled());
    await page.getByLabel(w.policy_plan_replan, { exact: true }).check();
    await page.getByLabel(w.policy_station, { exact: true }).check();
    await page.getByLabel(w.policy_random, { exact: true }).check();

    // A long one shows how far it is, and is given up; the service is free again for the next.
    await page.getByLabel(w.simulate_days, { exact: true }).fill('62');
    await page.getByLabel(w.simulate_draws, { exact: true }).fill('50');
    await run.click();
    const bar = page.locator('.working progress[max]');
    await bar.waitFor(LONG);
    assert.ok(Number(await bar.getAttribute('max')) >= 62 + 3 * 50);
    assert.match(await page.locator('.working span').innerText(), /%/);
    await guest.picture(`simulate-working-${lang}`);
    await page.getByRole('button', { name: w.plan_cancel }).click();
    await page.getByText(w.cancelled, { exact: true }).waitFor();

    await page.getByLabel(w.simulate_days, { exact: true }).fill('3');
    await page.getByLabel(w.simulate_draws, { exact: true }).fill('2');
    await page.locator('#simulate-units').fill('6');
    const asking = page.waitForRequest((r) => r.url().includes('/api/simulations'));
    await run.click();
    const body = (await asking).postDataJSON();
    assert.deepEqual([body.days, body.seeds, body.units, body.window, body.policies], [3, 2, 6, 'night', ['station', 'random', 'plan-replan']]);
    await page.locator('.simulated').waitFor(LONG);

    // The figures are the service's, and the chart has a curve of its own dash for each.
    const events = await (await fetch(`${service.url}/api/simulations?format=events`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).text();
    const found = JSON.parse(/event: ?report\ndata: ?(.*)/.exec(events)?.[1] ?? '{}');
    const table = await page.locator('.simulated .figures').first().innerText();
    for (const policy of found.policies) {
      assert.ok(table.includes(String(Math.round(policy.figures.mean_response_s.mean))), table);
      const share = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 }).format(policy.figures.within[2].share.mean);
      assert.ok(table.includes(share), `${share} in ${table}`);
    }
    const curves = page.locator('.simulated .curve svg[role=img] polyline');
    const dashes = await curves.evaluateAll((lines) => lines.map((line) => line.getAttribute('stroke-dasharray')));
    assert.equal(new Set(dashes).size, 3);
    const differences = page.locator('.simulated .differences');
    assert.equal(await differences.locator('thead th').count(), 3);
    const ours = found.policies.find((policy) => policy.policy === 'plan-replan');
    const waiting = ours.against.find((one) => one.other === 'station').difference.mean_response_s;
    const cell = await differences.locator('tbody tr').first().locator('td').first().innerText();
    assert.equal(cell.startsWith(waiting.mean < 0 ? '−' : '+'), true, cell);
    assert.match(cell, /…/, 'with its interval');
    assert.deepEqual(await guest.barriers(), []);
    await page.locator('.simulated .curve').evaluate((curve) => curve.scrollIntoView({ block: 'start' }));
    await guest.picture(`simulate-${lang}`);
    await differences.scrollIntoViewIfNeeded();
    await guest.picture(`simulate-differences-${lang}`);

    // Another question: the answer says that it is not of that; it outlives the tab.
    await page.getByLabel(w.simulate_days, { exact: true }).fill('8');
    await page.getByText(w.simulate_stale).waitFor();
    await page.getByRole('tab', { name: w.tab_risk }).click();
    await page.getByRole('tab', { name: w.tab_patrol }).click();
    await page.locator('summary', { hasText: w.simulate_title }).click();
    await page.locator('.simulated').waitFor();
    assert.deepEqual(guest.complaints, []);
    await guest.close();
  });

  test(`ground, duty times, beats, skills and slow hours as wishes (${lang})`, async () => {
    const w = WORDS[lang];
    const guest = await visitor(browser, service.url);
    const { page } = guest;
    const beats = await json('/api/layers/beats');
    const beat = beats.features[0].properties;
    await guest.open(`?lang=${lang}&tab=patrol&select=beats&id=${beat.id}&at=123.43,41.80`);
    // The beat is kept out of from its details; so is the ground around a hot cell.
    await page.locator('.detail').getByRole('button', { name: w.area_out }).click(LONG);
    await page.keyboard.press('Escape');
    await page.getByRole('tab', { name: w.tab_cells }).click();
    await page.locator('table.cells .number').first().click(LONG);
    await page.getByRole('tab', { name: w.tab_patrol }).click();
    await page.locator('.detail').getByRole('button', { name: w.circle_out }).click(LONG);
    await page.keyboard.press('Escape');
    // A layer that arrives while a radius is typed draws the panel anew, and leaves it be.
    let arrive = () => {};
    const held = new Promise((resolve) => { arrive = () => resolve(undefined); });
    await page.route('**/api/layers/posts*', async (route) => {
      await held;
      await route.continue();
    });
    const arrived = page.waitForResponse((r) => r.url().includes('/api/layers/posts'));
    await page.locator('.wishes > summary').click();
    await page.locator('#out-0').fill('500');
    arrive();
    await (await arrived).finished();
    await page.waitForTimeout(300);
    assert.equal(await page.locator('#out-0').inputValue(), '500', 'what is typed stays');
    await page.locator('#out-0').press('Tab');
    const add = (name) => page.getByRole('button', { name, exact: true }).click(LONG);
    await add(w.wish_duty_add);
    await page.locator('#duty-from-0').fill('23:00');
    await page.locator('#duty-until-0').fill('04:00');
    await page.locator('#duty-until-0').press('Tab');
    await page.locator('#duty-end-0').selectOption({ index: 1 });
    await add(w.wish_bound_add);
    await page.locator('#bound-beat-0').selectOption({ index: 2 });
    await page.getByLabel(w.wish_backup).check();
    await add(w.wish_skill_add);
    await page.locator('#skill-0').fill('dog');
    await page.locator('#skill-0').press('Tab');
    await add(w.wish_need_add);
    assert.equal(await page.locator('#need-0').inputValue(), 'dog');
    await add(w.wish_speed_add);
    await page.locator('#speed-from-0').fill('22');
    await page.locator('#speed-until-0').fill('1');
    await page.locator('#speed-0').fill('2');
    await page.locator('#speed-0').press('Tab');
    assert.deepEqual(await guest.barriers(), []);
    await page.locator('#duty-unit-0').scrollIntoViewIfNeeded();
    assert.equal(await page.locator('#tabpanel').evaluate((panel) => panel.scrollWidth <= panel.clientWidth), true, 'nothing is wider than the panel');
    await guest.picture(`wishes-units-${lang}`);

    await page.locator('#units').fill('2');
    await page.locator('#deadline').selectOption('1000');
    const asking = page.waitForRequest((r) => r.url().endsWith('/api/plans') && r.method() === 'POST');
    const answer = page.waitForResponse((r) => r.url().endsWith('/api/plans') && r.request().method() === 'POST');
    await page.getByRole('button', { name: w.plan_make }).click();
    const { wishes } = (await asking).postDataJSON();
    assert.equal((await answer).status(), 201);
    assert.equal(wishes.forbidden.length, 2);
    assert.equal(wishes.forbidden[0].name, beat.name);
    assert.equal(wishes.forbidden[1].coordinates[0].length, 33);
    assert.equal(wishes.backup, true);
    assert.deepEqual(wishes.speeds, [{ hours: '22-1', factor: 2 }]);
    const [unit] = wishes.units;
    assert.equal(unit.from.slice(11), '23:00');
    assert.ok(unit.end && unit.beats.length === 1 && unit.skills[0] === 'dog');
    await page.locator('.stops .stop').first().waitFor(LONG);
    const plan = await json(`/api/plans/${new URL(page.url()).searchParams.get('plan')}`);
    assert.equal(plan.routes.length, 2);
    const route = plan.routes.find((one) => one.unit === unit.unit);
    assert.ok(route, 'the unit that is named takes part');
    assert.ok(route.stops.every((stop) => stop.arrival >= plan.window.start.replace('T22:00', 'T23:00')), 'not before its duty');
    const inside = plan.routes.flatMap((one) => one.stops).filter((stop) => stop.cell && stop.label.includes(beat.name));
    assert.deepEqual(inside, [], 'nobody stops in the beat');
    // The address holds all of it.
    await page.reload();
    await page.locator('.stops .stop').first().waitFor(LONG);
    await page.locator('.wishes > summary').click(LONG);
    assert.equal(await page.locator('#out-0').inputValue(), '500');
    assert.equal(await page.locator('#skill-0').inputValue(), 'dog');
    assert.deepEqual(guest.complaints, []);
    await guest.close();
  });
}
