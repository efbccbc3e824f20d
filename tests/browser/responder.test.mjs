// The phone's own reckoning, without a browser: what a sheet becomes with what was done on
// top of it, which stop is next, what is kept of positions, what a link looks like, a drawing.
import assert from 'node:assert/strict';
import test from 'node:test';
import { ahead, aim, mayShare, minutesTo, toJudge } from '../../web/app/responder/ahead.js';
import { thinned } from '../../web/app/responder/checkins.js';
import { tokenOf } from '../../web/app/responder/link.js';
import { bearing, fitted, lengthOf } from '../../web/app/responder/sketch.js';

const AT = '2026-10-31T22:10:00+08:00';
const stop = (number, more = {}) => ({ number, label: `地点 ${number}`, position: [123.46 + number / 100, 41.8], arrival: AT, begins: null, departure: AT, dwell_s: 600, must: false, state: 'planned', reached_at: null, left_at: null, skipped: null, useful: null, why: null, by: null, line: null, ...more });
const sheet = (more = {}) => ({ sequence: 5, now: AT, unit: { id: 'u', call_sign: '大东-01', status: 'idle', station: null }, until: AT, shift: null, plan: 'p', call: null, stops: [1, 2, 3].map((n) => stop(n)), categories: [], share_position: true, ...more });
const did = (kind, more = {}, waits = false) => ({ body: { kind, at: AT, ...more }, waits });

test('what was done lies on top of the sheet, in its order, and the sheet stays as it was', () => {
  const before = sheet();
  const seen = ahead(before, [did('here', { stop: 1 }), did('judge', { stop: 1, useful: false, why: 'calm' }), did('here', { stop: 2 }, true), did('skip', { stop: 3, why: 'blocked' }, true), did('undo', { stop: 3 }, true)]);
  assert.deepEqual(seen.stops.map(({ state }) => state), ['made', 'here', 'planned'], 'at one place only; the skip was taken back');
  assert.equal(seen.stops[0].useful, false);
  assert.equal(seen.stops[2].skipped, null);
  assert.deepEqual(seen.stops.map(({ unsent }) => unsent), [false, true, true]);
  assert.deepEqual(seen.unsent, ['here', 'skip', 'undo']);
  assert.deepEqual(before.stops.map(({ state }) => state), ['planned', 'planned', 'planned']);
});

test('a call ends with “back in service”, and a position is none that anybody must know of', () => {
  const seen = ahead(sheet({ unit: { id: 'u', call_sign: 'x', status: 'dispatched', station: null }, call: { number: 'C1', category: 'other', priority: 1, position: [1, 2], label: null } }), [did('arrived'), did('position', { position: [3, 4] }, true), did('back', {}, true)]);
  assert.equal(seen.call, null);
  assert.equal(seen.unit.status, 'idle');
  assert.deepEqual(seen.unit.position, [3, 4]);
  assert.deepEqual(seen.unsent, ['back']);
});

test('a check-in of a stop that is no longer on the sheet, or of an earlier plan, does nothing', () => {
  assert.deepEqual(ahead(sheet(), [did('here', { stop: 1, plan: 'before' }, true)]).stops.map(({ state, unsent }) => `${state} ${unsent}`), Array(3).fill('planned false'));
  assert.equal(ahead(sheet(), [did('here', { stop: 1, plan: 'p' })]).stops[0].state, 'here');
  assert.deepEqual(ahead(sheet(), [did('here', { stop: 9 })]).stops.map(({ state }) => state), ['planned', 'planned', 'planned']);
});

test('the page is about the stop the unit is at, the one chosen, or the next', () => {
  const { stops } = sheet();
  assert.equal(aim(stops).number, 1);
  assert.equal(aim(stops, 3).number, 3);
  assert.equal(aim(ahead(sheet(), [did('here', { stop: 2 }), did('leave', { stop: 2 })]).stops).number, 3, 'onwards from where it was');
  assert.equal(aim(ahead(sheet(), [did('here', { stop: 2 }), did('skip', { stop: 3, why: 'call' }), did('leave', { stop: 2 })]).stops).number, 1, 'what was passed comes last');
  assert.equal(aim(ahead(sheet(), [did('here', { stop: 2 })]).stops, 3).number, 2, 'where it is comes before what was chosen');
  assert.equal(aim(ahead(sheet(), [1, 2, 3].map((n) => did('skip', { stop: n, why: 'call' }))).stops), null);
});

test('the visit last made is asked about, until somebody has said', () => {
  const later = '2026-10-31T22:40:00+08:00';
  const stops = [stop(1, { state: 'made', reached_at: later }), stop(2, { state: 'made', reached_at: AT }), stop(3)];
  assert.equal(toJudge(stops).number, 1, 'by time, not by number');
  assert.equal(toJudge(stops.map((it) => ({ ...it, useful: it.number === 1 ? true : null }))), null, 'an older one is not nagged about');
  assert.equal(toJudge([stop(1, { state: 'skipped' })]), null);
});

test('minutes are counted from now; a position may be sent on shift only', () => {
  const now = Date.parse(AT);
  assert.equal(minutesTo('2026-10-31T22:22:00+08:00', now), 12);
  assert.equal(minutesTo('2026-10-31T22:07:00+08:00', now), -3);
  const shift = { from: '2026-10-31T22:00:00+08:00', until: '2026-11-01T06:00:00+08:00' };
  assert.equal(mayShare(sheet({ shift }), now), true);
  assert.equal(mayShare(sheet({ shift }), Date.parse(shift.until)), false);
  assert.equal(mayShare(sheet(), now), false);
  assert.equal(mayShare(sheet({ shift, share_position: false }), now), false);
  assert.equal(mayShare(sheet({ shift, unit: { id: 'u', call_sign: 'x', status: 'off_duty', station: null } }), now), false);
});

test('positions not sent keep one a minute and their place among check-ins, and end at three hours', () => {
  const action = (kind, second) => ({ key: String(second), token: 't', tried: false, waits: true, hold: 0, body: { kind, at: new Date(Date.parse(AT) + second * 1000).toISOString() } });
  let actions = [];
  const add = (kind, second) => {
    const fresh = action(kind, second);
    actions = [...kind === 'position' ? thinned(actions, fresh.body) : actions, fresh];
  };
  for (let second = 0; second <= 300; second += 20) add('position', second);
  const kept = actions.map(({ key }) => Number(key));
  assert.deepEqual([kept[0], kept.at(-1)], [0, 300], 'the first and the newest');
  assert.ok(kept.length <= 7 && kept.slice(1, -1).every((at, i) => at - kept[i] >= 60), `${kept}`);
  add('here', 301);
  add('position', 302);
  add('position', 303);
  assert.deepEqual(actions.slice(-3).map(({ body }) => body.kind), ['position', 'here', 'position']);
  for (let minute = 0; minute < 400; minute++) add('position', 400 + minute * 60);
  assert.equal(actions.filter(({ body }) => body.kind === 'position').length, 180);
  assert.ok(actions.some(({ body }) => body.kind === 'here'), 'a check-in is never given up for a position');
});

test('a token is what stands in the fragment, if it can be one', () => {
  assert.equal(tokenOf('#abcDEF-123_456.789xyz'), 'abcDEF-123_456.789xyz');
  for (const bad of ['', '#', '#short', '#with space and more of it', '#<script>alert(1)</script>xx']) assert.equal(tokenOf(bad), '', bad);
});

test('the sketch keeps north up, all inside, and says the way in words', () => {
  const places = /** @type {[number, number][]} */ ([[123.46, 41.8], [123.47, 41.8], [123.47, 41.81]]);
  const to = fitted(places);
  for (const place of places) {
    const [x, y] = to(place);
    assert.ok(x >= 18 - 1e-9 && x <= 302 + 1e-9 && y >= 18 - 1e-9 && y <= 114 + 1e-9, `${x} ${y}`);
  }
  assert.ok(to(places[2])[1] < to(places[1])[1], 'north is up');
  assert.equal(bearing(places[0], places[1]), 'e');
  assert.equal(bearing(places[2], places[0]), 'sw');
  assert.ok(Math.abs(lengthOf(places) - (0.01 * Math.cos(41.8 * Math.PI / 180) * 111320 + 1105.4)) < 2);
});
