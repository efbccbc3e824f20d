// The analyst's filter and link, without a browser: what is written is read again, what can't
// be read is left out, hours are as short as they can be written.
import assert from 'node:assert/strict';
import test from 'node:test';
import { EVERYTHING, daysLater, hoursText, isOpen, known, lastDays, parseArea, parseHours, parseTime, queryOf, readFilter, ringOf, unknown, unreadable, yearEarlier } from '../../web/app/analyst/filter.js';
import { readLink, writeLink } from '../../web/app/analyst/link.js';
import { csvOf } from '../../web/app/analyst/picture.js';
import { ticksOf } from '../../web/app/analyst/charts.js';
import { rectangle } from '../../web/app/analyst/matrix.js';

test('hours are read as a person writes them, and written as short as they can be', () => {
  assert.equal(parseHours('22-6').length, 7 * 8);
  assert.ok(parseHours('22-6').every((hour) => hour % 24 >= 22 || hour % 24 < 6));
  assert.deepEqual(parseHours('5, 0,167,5'), [0, 5, 167]);
  assert.deepEqual(parseHours('0-24'), [], 'all is no choice');
  assert.deepEqual(parseHours(''), []);
  for (const bad of ['168', '24-3', '5-5', 'a', '1,,2', '1.5', '-1', '6-25']) assert.equal(parseHours(bad), null, bad);
  assert.equal(hoursText(parseHours('22-6')), '22-6');
  assert.equal(hoursText(parseHours('0-7')), '0-7');
  assert.equal(hoursText([118, 119]), '118,119');
  assert.equal(hoursText([]), '');
});

test('a rectangle of the matrix has its days and hours, from whichever corner', () => {
  assert.deepEqual(rectangle(0, 25), [0, 1, 24, 25]);
  assert.deepEqual(rectangle(25, 0), rectangle(0, 25));
  assert.deepEqual(rectangle(24, 1), rectangle(0, 25), 'the other diagonal');
});

test('what a link asks and can’t be had is named as it stands there', () => {
  const url = new URLSearchParams('from=2026-02-30&until=2026-03-01&hours=168&area=1,2,3&category=theft&category=sorcery&beat=b9');
  assert.deepEqual(unreadable(url), ['from=2026-02-30', 'hours=168', 'area=1,2,3']);
  const filter = readFilter(url);
  assert.deepEqual(unknown(filter, known(filter, new Set(['theft']), new Set(['b1']))), ['category=sorcery', 'beat=b9']);
  assert.deepEqual(unreadable(new URLSearchParams('hours=0-24&area=&from=')), []);
});

test('areas and times that are none are not taken', () => {
  assert.equal(parseArea('123.4, 41.7, 123.5 41.8'), '123.4,41.7,123.5,41.8');
  assert.equal(parseArea(' '), '');
  for (const bad of ['1,2,3', '2,0,1,1', '0,1,1,0', 'a,b,c,d', '0,0,200,1', '0,0,1,91']) assert.equal(parseArea(bad), null, bad);
  assert.equal(ringOf('0,0,1,2').length, 5);
  assert.deepEqual(ringOf('0,0,1,0,0,1'), [[0, 0], [1, 0], [0, 1], [0, 0]]);
  assert.equal(parseTime('2026-10-31 22:00'), '2026-10-31T22:00');
  assert.equal(parseTime('2026-10-31'), '2026-10-31');
  for (const bad of ['2026-02-30', '2026-13-01', 'yesterday', '2026-10-31 25:00', '31.10.2026']) assert.equal(parseTime(bad), null, bad);
});

test('presets are whole days, and a year earlier has the same weekdays', () => {
  assert.deepEqual(lastDays('2026-11-25', 28), { from: '2026-10-29', until: '2026-11-26' });
  const earlier = yearEarlier({ ...EVERYTHING, from: '2026-10-29', until: '2026-11-26T06:00' });
  assert.deepEqual(earlier, { from: '2025-10-30', until: '2025-11-27T06:00' });
  assert.equal(new Date('2026-10-29').getUTCDay(), new Date('2025-10-30').getUTCDay());
  assert.equal(daysLater('2026-12-31', 1), '2027-01-01');
});

test('what a link says is read again; what it can’t say is left out', () => {
  const filter = { from: '2026-10-01', until: '2026-10-31T22:00', categories: ['criminal/theft', 'traffic'], beats: ['b1', 'b2'], hours: parseHours('22-6'), area: '123.4,41.7,123.5,41.8' };
  assert.deepEqual(readFilter(queryOf(filter)), filter);
  const state = { ...readLink(''), filter, lang: 'en', look: 'night', tab: 'statistics', ask: 'near_repeat', order: 'oldest', select: 'i 1&2', at: [123.41, 41.8], view: [123.45, 41.75, 12.5], resolution: 9 };
  const { lang, look, ...view } = state;
  assert.deepEqual(readLink(writeLink(state)), view);
  assert.equal(writeLink({ ...readLink(''), lang: 'zh', look: 'auto' }), '?lang=zh');
  assert.ok(isOpen(readFilter(new URLSearchParams('from=never&hours=x&area=1&until=2026-02-30'))));
  assert.equal(readLink('?tab=nonsense&resolution=12&view=1,2').tab, 'table');
  assert.equal(readLink('?resolution=12').resolution, 10);
});

test('a table is a CSV that others read', () => {
  assert.equal(csvOf([['a', 'b'], ['x, "y"', 1.5], [null, '前进\n']]), 'a,b\r\n"x, ""y""",1.5\r\n,"前进\n"\r\n');
  assert.deepEqual(ticksOf(97), [0, 25, 50, 75, 100]);
  assert.deepEqual(ticksOf(0), [0, 1]);
  assert.ok(ticksOf(0.42).at(-1) >= 0.42);
});
