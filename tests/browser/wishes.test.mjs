// Wishes as the page keeps them: what comes out of an address is whole whatever went in,
// and times of day become the instants of the window they lie in.
import assert from 'node:assert/strict';
import test from 'node:test';
import { NO_WISHES, namedUnits, pinAt, readWishes, wishBody, wishCount, wishesText } from '../../web/app/wishes.js';

const workspace = /** @type {any} */ ({ today: '2026-10-31', shifts: [{ id: 'night', start: '22:00', end: '06:00' }, { id: 'early', start: '06:00', end: '14:00' }] });
const body = (wishes, window = 'night@2026-10-31') => wishBody({ ...NO_WISHES, ...wishes }, window, workspace, ['joint-1', 'joint-2'], 7);

test('nothing asked is no text, and asks for nothing but the preset', () => {
  assert.equal(wishesText(NO_WISHES), '');
  assert.deepEqual(readWishes(''), NO_WISHES);
  assert.deepEqual(body({}), { preset: 'deter' });
  // Without a plan there is nothing to keep to.
  assert.deepEqual(body({ keep: true }), { preset: 'deter' });
  assert.deepEqual(wishBody({ ...NO_WISHES, keep: true }, 'night@2026-10-31', workspace, [], 7, () => null, 'p1'), { preset: 'deter', keep_to: 'p1' });
});

test('wishes come out of an address as they went in', () => {
  const wishes = {
    preset: 'respond', weights: { fair: 0.4 }, compare: true, draw: true, keep: true, every: 90, often: [{ place: 'pillar-7', every: 45 }], station: true,
    pins: [pinAt('8a3025d5b8effff', 'Market', 'unit-02', '23:10')], not: [{ place: 'post-1', label: 'Post 1' }],
    breaks: [{ unit: 'unit-01', from: '01:00', until: '02:00', minutes: 20 }],
    areas: [{ kind: 'beats', id: 'beat-3', label: 'Beat 3' }], circles: [{ at: [123.4, 41.8], metres: 300, label: 'Around the market' }],
    duties: [{ unit: 'unit-01', from: '22:00', until: '02:00', end: 'station-1' }], bound: [{ unit: 'unit-02', beat: 'beat-1' }, { unit: 'unit-02', beat: 'beat-2' }],
    backup: true, skills: [{ unit: 'unit-03', skill: 'dog' }], needs: [{ place: 'joint-1', skill: 'dog' }], speeds: [{ from: 22, until: 1, factor: 1.5 }],
  };
  assert.deepEqual(readWishes(wishesText(wishes)), wishes);
  assert.equal(wishCount(wishes), 15);
  assert.deepEqual(namedUnits(wishes), ['unit-02', 'unit-01', 'unit-03']);
});

test('ground, duty times, beats, skills and slow hours become what the service takes', () => {
  const square = [[[0, 0], [1, 0], [1, 1], [0, 0]]];
  const asked = wishBody({
    ...NO_WISHES, areas: [{ kind: 'beats', id: 'b', label: 'B' }, { kind: 'zones', id: 'gone', label: 'Z' }], circles: [{ at: [123.4, 41.8], metres: 300, label: 'C' }],
    duties: [{ unit: 'u', from: '23:00', until: '04:00', end: '' }, { unit: 'v', from: '', until: '', end: 's' }], bound: [{ unit: 'u', beat: '1' }, { unit: 'u', beat: '2' }],
    backup: true, skills: [{ unit: 'v', skill: 'dog' }], needs: [{ place: 'joint-1', skill: 'dog' }], speeds: [{ from: 22, until: 1, factor: 1.5 }],
  }, 'night@2026-10-31', workspace, [], 1, (kind, id) => (id === 'b' ? { type: 'MultiPolygon', coordinates: [square, square] } : null));
  assert.equal(asked.forbidden.length, 3, 'both parts of the beat, and the circle');
  assert.deepEqual(asked.forbidden[0], { name: 'B', coordinates: square });
  const [ring] = asked.forbidden[2].coordinates;
  assert.deepEqual(ring[0], ring[ring.length - 1]);
  for (const [lon, lat] of ring) {
    const metres = Math.hypot((lon - 123.4) * 111_195 * Math.cos((41.8 * Math.PI) / 180), (lat - 41.8) * 111_195);
    assert.ok(Math.abs(metres - 300) < 1, `${metres}`);
  }
  assert.deepEqual(asked.units, [
    { unit: 'u', from: '2026-10-31T23:00', until: '2026-11-01T04:00', beats: ['1', '2'] },
    { unit: 'v', end: 's', skills: ['dog'] },
  ]);
  assert.deepEqual([asked.backup, asked.needs, asked.speeds], [true, [{ id: 'joint-1', skill: 'dog' }], [{ hours: '22-1', factor: 1.5 }]]);
});

test('a point may have its own interval, which counts before that of all joint-duty posts', () => {
  const often = [{ place: 'joint-2', every: 45 }, { place: 'pillar-7', every: 240 }];
  assert.deepEqual(body({ often }).every, [{ id: 'joint-2', every_s: 2700 }, { id: 'pillar-7', every_s: 14400 }]);
  assert.deepEqual(body({ every: 90, often }).every, [{ id: 'joint-1', every_s: 5400 }, { id: 'joint-2', every_s: 2700 }, { id: 'pillar-7', every_s: 14400 }]);
  assert.deepEqual(readWishes('{"often":[{"place":"p","every":3},{"place":"p"},{"every":60},{"place":"q","every":60}]}').often, [{ place: 'q', every: 60 }]);
});

test('nonsense in an address is left out, and never throws', () => {
  for (const text of ['{', 'null', '[]', '7', '"x"', '{"pins":7,"not":[null,{}],"breaks":[{"unit":1}],"preset":"oracle","weights":{"deter":9,"fair":"1"},"every":-3,"compare":"yes"}', '{"weights":null}', '{"pins":[["a"]]}']) {
    assert.deepEqual(readWishes(text), NO_WISHES, text);
  }
});

test('a time of day is the instant of the window it lies in', () => {
  const breaks = [{ unit: 'u', from: '23:00', until: '0:30', minutes: 30 }];
  assert.deepEqual(body({ breaks }).units, [{ unit: 'u', breaks: [{ from: '2026-10-31T23:00', until: '2026-11-01T00:30', length_s: 1800 }] }]);
  // The window's last day of a month is over at midnight; in the morning there is none.
  assert.deepEqual(body({ breaks: [{ unit: 'u', from: '08:00', until: '09:00', minutes: 5 }] }, 'early@2026-10-31').units[0].breaks[0], { from: '2026-10-31T08:00', until: '2026-10-31T09:00', length_s: 300 });
  // About the window's start: what would lie before it begins with it.
  assert.deepEqual(body({ pins: [pinAt('cell', 'x', '', '22:05')] }).pins, [{ place: 'cell', from: '2026-10-31T22:00', until: '2026-10-31T22:20' }]);
  assert.deepEqual(body({ pins: [pinAt('cell', 'x', 'u')] }).pins, [{ place: 'cell', unit: 'u' }]);
});

test('two breaks of a unit are one wish of it; every post is named', () => {
  const two = [{ unit: 'u', from: '23:00', until: '23:30', minutes: 10 }, { unit: 'u', from: '03:00', until: '03:30', minutes: 10 }];
  assert.equal(body({ breaks: two }).units.length, 1);
  assert.equal(body({ breaks: two }).units[0].breaks.length, 2);
  assert.deepEqual(body({ every: 120 }).every, [{ id: 'joint-1', every_s: 7200 }, { id: 'joint-2', every_s: 7200 }]);
  assert.equal(body({ draw: true }).draw, 7);
});
