// What a planner's Monday rests on, without a browser: what a change is called and what it is
// held against, notes in an address, how many hours a side of a comparison counts.
import assert from 'node:assert/strict';
import test from 'node:test';
import { againstOf, ranked, verdictOf } from '../../web/app/analyst/change.js';
import { hoursOf, readLink, writeLink } from '../../web/app/compare/link.js';
import { LONGEST, MOST_NOTES, featuresOf, looksPersonal, noteText, parseNote, parseNotes, tidy } from '../../web/app/notes/notes.js';

const row = (more) => ({ kind: 'beat', id: 'b', name: 'B', now: 10, earlier: 10, ratio: 1, low: 0.8, high: 1.2, p: 1, stands_out: false, ...more });

test('a change has a name only where its interval and the number of rows allow it', () => {
  assert.equal(verdictOf(row({})), 'same');
  assert.equal(verdictOf(row({ ratio: 1.6, low: 1.1, high: 2.3 })), 'maybe_more');
  assert.equal(verdictOf(row({ ratio: 1.6, low: 1.1, high: 2.3, stands_out: true })), 'more');
  assert.equal(verdictOf(row({ ratio: 0.5, low: 0.3, high: 0.9, stands_out: true })), 'fewer');
  assert.equal(verdictOf(row({ ratio: 0.5, low: 0.3, high: 0.9 })), 'maybe_fewer');
  assert.equal(verdictOf(row({ ratio: 3, low: 0.2, high: 40 })), 'too_few');
  assert.equal(verdictOf(row({ now: 2, earlier: 0, ratio: null, low: 0.3, high: null })), 'too_few');
  assert.equal(verdictOf(row({ now: 9, earlier: 0, ratio: null, low: 2.1, high: null })), 'maybe_more');
  assert.equal(verdictOf(row({ now: 0, earlier: 0, ratio: null, low: 0, high: null })), 'none');
});

test('rows come by what chance explains least, a category that is all of its parent once', () => {
  const rows = [row({ kind: 'category', id: 'a', p: 0.5 }), row({ kind: 'category', id: 'a/x', p: 0.5 }), row({ kind: 'category', id: 'c', now: 30, p: 0.01 }), row({ kind: 'category', id: 'd', now: 0, earlier: 0 })];
  assert.deepEqual(ranked(rows, 'category').map((one) => one.id), ['c', 'a']);
});

test('the same weeks are 52 weeks back, the time before as long as the period, in days and in hours', () => {
  const weeks = { from: '2026-10-05', until: '2026-11-02' };
  assert.equal(againstOf('weeks', weeks), '2025-10-06/2025-11-03');
  assert.equal(new Date('2025-10-06').getUTCDay(), new Date('2026-10-05').getUTCDay());
  assert.equal(againstOf('before', weeks), '2026-09-07/2026-10-05');
  assert.equal(againstOf('before', { from: '2026-10-05T06:00', until: '2026-10-05T18:00' }), '2026-10-04T18:00/2026-10-05T06:00');
  assert.equal(againstOf('dates', weeks), '', 'the service’s own');
  assert.equal(againstOf('weeks', { from: '2025-11-02', until: '2026-11-02' }), '', 'the weeks would overlap');
});

test('notes go through an address unchanged, what is none is left out, and there is an end to them', () => {
  const notes = [{ kind: 'text', points: [[123.45, 41.8]], words: '人多~晚 & 早' }, { kind: 'arrow', points: [[123.4, 41.8], [123.41, 41.79]], words: '' }, { kind: 'area', points: [[1, 2], [3, 4], [5, 6]], words: 'x' }];
  const url = new URLSearchParams();
  for (const note of notes) url.append('note', noteText(note));
  assert.deepEqual(parseNotes(new URLSearchParams(url.toString()).getAll('note')), notes);
  for (const bad of ['', 'text', 'text~1,2', 'text~1~x', 'text~1,~x', 'text~1,99~x', 'boat~1,2~x', 'arrow~1,2~x', 'area~1,2,3,4~x', 'text~1,2,3,4~x', `area~${Array(34).fill(1)}~x`, 'text~NaN,2~x']) assert.equal(parseNote(bad), null, bad);
  assert.equal(parseNotes(Array(40).fill('text~1,2~x')).length, MOST_NOTES);
  assert.equal([...tidy(` a\n\u202eb ${'字'.repeat(99)}`)].length, LONGEST);
  assert.equal(tidy(' a\n\u0007 b '), 'a b');
});

test('a person’s numbers are refused in a note, dates and hours are not', () => {
  for (const bad of ['13912345678', 'ring 139 1234 5678', '１３９１２３４５６７８', 'a.b@example.org', '210102199001011234', '21010219900101123X', '辽A12345', '辽A·D12345']) assert.ok(looksPersonal(bad), bad);
  for (const good of ['2026-10-31 22:00–06:00', 'pillar 31, 20–23 h', '警亭 12 以南 300 m', 'Beat 12', '1,234 calls']) assert.ok(!looksPersonal(good), good);
  assert.equal(parseNote('text~1,2~13912345678'), null);
});

test('an arrow’s head turns as the arrow lies on the map', () => {
  const turn = (to) => featuresOf([{ kind: 'arrow', points: [[0, 60], to], words: '' }]).features.find((f) => f.properties.part === 'head').properties.turn;
  assert.ok(Math.abs(turn([0, 60.01])) < 1e-9);
  assert.ok(Math.abs(turn([0.01, 60]) - 90) < 1e-9);
  // At 60° a degree of longitude is half as long as one of latitude: north-east on the ground.
  assert.ok(Math.abs(turn([0.02, 60.01]) - 45) < 0.1);
});

test('a comparison counts the hours of its window that are chosen, and its link says all of it', () => {
  const workspace = { today: '2026-10-31', shifts: [{ id: 'night', name_en: '', name_zh: '', start: '22:00', end: '06:00' }], categories: [{ code: 'traffic' }], models: ['count'], resolutions: [9, 10], default_resolution: 10 };
  const side = (window, hours = []) => hoursOf({ window, hours, categories: [] }, workspace);
  assert.equal(side('night@2026-10-31'), 8);
  // Saturday 22 and 23.
  assert.equal(side('night@2026-10-31', [142, 143]), 2);
  assert.equal(side('2026-10-31T22:30/2026-10-31T23:15', [142]), 0.5);
  // Three weeks hold an hour of the week three times.
  assert.equal(side('2026-10-05T00:00/2026-10-26T00:00', [5]), 3);
  const first = readLink('', workspace);
  assert.deepEqual([first.a.hours, first.b.hours], [[142], [149]]);
  const state = { ...first, lang: 'en', look: 'auto', breaks: [[0.01, 1], [0.5, 4]], b: { window: '2026-10-31T10:00/2026-10-31T12:00', hours: [], categories: ['traffic'] } };
  const { lang, look, ...rest } = state;
  assert.deepEqual(readLink(writeLink(state), workspace), rest);
  assert.deepEqual(readLink('?a_window=nonsense&b_category=nope&breaks=3:1,2:9&b_hours=999', workspace).breaks, []);
});
