// The desk in time, without a browser: the board as it was while the live one goes on, steps
// that keep the start, what a person may type, shifts one after the other, and what is read
// of a followed plan.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Board } from '../../web/app/dispatcher/board.js';
import { TimeBoard } from '../../web/app/dispatcher/time_board.js';
import { AHEAD, DAY, HOUR, TimeTravel } from '../../web/app/dispatcher/time_travel.js';
import { readInstant, typedText } from '../../web/app/dispatcher/time_words.js';
import { useZone, zoneOffset } from '../../web/app/format.js';
import { followed } from '../../web/app/handover/followup.js';
import { beside, localText, readLocal } from '../../web/app/handover/shifts.js';

const globals = /** @type {any} */ (globalThis);
globals.window = globalThis;
let still = false;
globals.matchMedia = () => ({ matches: still });

const call = (id) => ({ id, name: `C${id}`, state: 'received', priority: 2, received_at: '2026-11-26T00:00:00Z', units: [], maybe_same: [] });
const snapshot = (sequence, ...ids) => ({ sequence, at: '', now: new Date().toISOString(), calls: ids.map(call), units: [], pillars: [], alarms: [], notes: [], settings: new Board().settings });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A desk whose service answers after some milliseconds, with what it was asked. */
function desk(answerMs = 5) {
  const live = new Board();
  live.reset(/** @type {any} */ (snapshot(10, 'a', 'b')));
  const board = new TimeBoard(live);
  /** @type {string[]} */
  const asked = [];
  const travel = new TimeTravel(board, async (url, init) => {
    await pause(answerMs);
    if (init.signal?.aborted) throw new Error('given up');
    asked.push(url);
    return snapshot(3, 'a');
  });
  return { live, board, travel, asked };
}

test('the live board goes on while the past is shown, and is there again at once', async () => {
  const { live, board, travel } = desk();
  assert.deepEqual([...board.calls.keys()], ['a', 'b']);
  const at = live.now() - HOUR;
  travel.go(at);
  assert.equal(board.isPast, false, 'the present stays until the past is there');
  assert.equal(board.isLocked, true, 'and nothing is done to it by then');
  await pause(120);
  assert.deepEqual([...board.calls.keys()], ['a']);
  assert.equal(board.now(), Math.round(at / 1000) * 1000);
  assert.equal(travel.where, 'past');
  const version = board.callsVersion;
  live.apply(/** @type {any} */ ({ sequence: 11, at: '', calls: [call('c')] }));
  assert.deepEqual([...board.calls.keys()], ['a']);
  assert.equal(board.callsVersion, version);
  assert.equal(board.present.calls.size, 3);
  travel.toNow();
  assert.deepEqual([...board.calls.keys()], ['a', 'b', 'c']);
  assert.ok(board.callsVersion > version && !board.isPast && !board.isLocked);
  live.apply(/** @type {any} */ ({ sequence: 12, at: '', gone_calls: ['a'] }));
  assert.deepEqual([...board.calls.keys()], ['b', 'c']);
});

test('a past that can’t be had is not claimed: what is on the screen keeps its own time', async () => {
  const { live, board, travel } = desk();
  const first = Math.floor(live.now() / 1000) * 1000 - HOUR;
  travel.go(first);
  await pause(120);
  travel.ask = async () => {
    throw new Error('no answer');
  };
  travel.go(first - HOUR);
  await pause(120);
  assert.ok(travel.state.problem);
  assert.equal(board.moment, first, 'the banner speaks of this');
  travel.toNow();
  travel.go(first - 2 * HOUR);
  await pause(120);
  assert.deepEqual([board.moment, board.isLocked], [null, true]);
  travel.toNow();
  assert.equal(board.isLocked, false);
});

test('a dragged slider asks once it rests, and what was seen is not asked for again', async () => {
  const { live, travel, asked } = desk();
  const now = live.now();
  for (let n = 1; n <= 40; n += 1) travel.drag(now - n * 20 * 60e3);
  await pause(120);
  assert.equal(asked.length, 1);
  const { at } = travel.state;
  travel.move(1);
  await pause(120);
  travel.move(-1);
  assert.equal(travel.state.at, at);
  await pause(120);
  assert.equal(asked.length, 2);
});

test('another step keeps the start and the instant; drags go by steps from the start', () => {
  const { live, travel } = desk();
  const start = Math.floor(live.now() / 1000) * 1000 - 5 * HOUR - 7000;
  travel.begin(start);
  travel.setStep(HOUR);
  assert.deepEqual([travel.state.start, travel.state.at], [start, start]);
  travel.move(1);
  assert.equal(travel.state.at, start + HOUR);
  travel.setStep(60e3);
  assert.deepEqual([travel.state.start, travel.state.at], [start, start + HOUR]);
  travel.setStep(HOUR);
  travel.drag(start + 2.4 * HOUR);
  assert.equal(travel.state.at, start + 2 * HOUR);
  travel.toNow();
});

test('ahead is a day at most, and shows the present; what is older than a day widens the slider', () => {
  const { live, board, travel } = desk();
  travel.go(live.now() + 3 * DAY);
  assert.ok(Math.abs(/** @type {number} */ (travel.state.at) - live.now() - AHEAD) < 1000);
  assert.equal(travel.where, 'ahead');
  assert.equal(board.isPast, false);
  travel.go(live.now() - 2 * DAY);
  assert.equal(travel.state.range, 'week');
  travel.toNow();
  assert.equal(travel.where, 'now');
});

test('playing goes on by steps, through now, and with less motion no faster than one a second', async () => {
  const { live, travel } = desk(1);
  travel.begin(live.now() - HOUR);
  await pause(100);
  travel.setStep(15 * 60e3);
  travel.change({ speed: 4 });
  const first = /** @type {number} */ (travel.state.at);
  travel.play();
  await pause(700);
  travel.pause();
  assert.ok(/** @type {number} */ (travel.state.at) >= first + 15 * 60e3);
  still = true;
  const then = travel.state.at;
  travel.play();
  await pause(500);
  assert.equal(travel.state.at, then);
  travel.toNow();
  still = false;
  assert.equal(travel.state.playing, false);
});

test('what a person types is read on the workspace’s clock', () => {
  useZone('Asia/Shanghai');
  const now = Date.parse('2026-11-26T05:30:00+08:00');
  const read = (text) => {
    const at = readInstant(text, now);
    return at === null ? null : new Date(at).toISOString();
  };
  assert.equal(read('03:12'), '2026-11-25T19:12:00.000Z');
  assert.equal(read(' 3:12:07 '), '2026-11-25T19:12:07.000Z');
  assert.equal(read('22:00'), '2026-11-25T14:00:00.000Z', 'yesterday, since tonight is yet to come');
  assert.equal(read('2026-11-24 22:00'), '2026-11-24T14:00:00.000Z');
  assert.equal(read('２２'), null);
  assert.equal(read('yesterday'), null);
  assert.equal(readInstant(typedText(now - 7000), now), now - 7000);
  // Where clocks are put on: the offset is that of the time typed.
  useZone('America/Chicago');
  assert.equal(zoneOffset(Date.parse('2026-07-01T12:00Z')), -5 * HOUR);
  assert.equal(zoneOffset(Date.parse('2026-12-01T12:00Z')), -6 * HOUR);
  useZone('UTC');
});

test('shifts follow each other, whatever their lengths', () => {
  useZone('Asia/Shanghai');
  const shifts = /** @type {any} */ ([{ id: 'early', start: '06:00', end: '14:00' }, { id: 'late', start: '14:00', end: '22:00' }, { id: 'night', start: '22:00', end: '06:00' }]);
  const at = (text) => /** @type {number} */ (readLocal(text));
  const night = { from: at('2026-11-25 22:00'), until: at('2026-11-26 06:00') };
  const shown = ({ from, until }) => `${localText(from)} ${localText(until)}`;
  assert.equal(shown(beside(shifts, night, -1)), '2026-11-25 14:00 2026-11-25 22:00');
  assert.equal(shown(beside(shifts, night, 1)), '2026-11-26 06:00 2026-11-26 14:00');
  const odd = { from: at('2026-11-25 20:10'), until: at('2026-11-25 21:10') };
  assert.equal(shown(beside(shifts, odd, 1)), '2026-11-25 21:10 2026-11-25 22:10');
  assert.equal(readLocal('today'), null);
  useZone('UTC');
});

test('without a followed plan nothing is made of the answer', () => {
  assert.equal(followed(null), null);
  assert.equal(followed({ total: { planned: 0 } }), null);
  assert.deepEqual(followed({ total: { planned: 5, made: 4, skipped: 0, missed: 1, open: 0, kept_percent: 80, must: 1, must_made: 0 }, missed: [{ label: 'x', call_sign: '12', until: '' }] }),
    { kept: 0.8, planned: 5, made: 4, skipped: 0, missed: 1, visits: [{ label: 'x', call_sign: '12', until: '' }] });
  assert.equal(followed({ total: { planned: 2, made: 0, open: 2, kept_percent: null } })?.kept, null);
});
