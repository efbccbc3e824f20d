/**
 * What a change is called, and against which time it is held. Plain functions without a
 * browser: a ratio is called "more" only where its interval says so and the number of rows
 * that were looked at doesn't explain it.
 * @module
 */
import { daysLater, yearEarlier } from './filter.js';

/** With which time the present is compared. */
export const AGAINST = /** @type {const} */ (['weeks', 'dates', 'before']);

/**
 * @typedef {typeof AGAINST[number]} Against
 * @typedef {import('./api.js').YearOnYear['rows'][number]} Row
 * @typedef {'more'|'fewer'|'maybe_more'|'maybe_fewer'|'same'|'too_few'|'none'} Verdict
 */

/** Who can rule out neither half nor double has seen too few. */
const TOO_WIDE = 2;
/** Beyond so many days the same weeks a year earlier would overlap. */
const MOST_DAYS = 364;
const DAY_MS = 24 * 3600e3;

/**
 * The service's `against`; empty for its own, which is the same dates a year earlier.
 * @param {Against} against
 * @param {{from: string, until: string}} period local days or times
 */
export function againstOf(against, { from, until }) {
  const days = (flat(until) - flat(from)) / DAY_MS;
  if (against === 'dates' || !(days > 0)) return '';
  if (against === 'before') return `${shifted(from, flat(from) - flat(until))}/${from}`;
  if (days > MOST_DAYS) return '';
  const earlier = yearEarlier({ from, until, categories: [], beats: [], hours: [], area: '' });
  return `${earlier.from}/${earlier.until}`;
}

/** Milliseconds of a local time as if it were UTC. @param {string} local */
const flat = (local) => Date.parse(local.length > 10 ? `${local.slice(0, 16)}Z` : `${local}T00:00Z`);

/** A local time so much later, as exact as it was. @param {string} local @param {number} ms */
const shifted = (local, ms) => (local.length > 10 ? new Date(flat(local) + ms).toISOString().slice(0, 16) : daysLater(local, Math.round(ms / DAY_MS)));

/** @param {Row} row @returns {Verdict} */
export function verdictOf({ now, earlier, ratio, low, high, stands_out: standsOut }) {
  if (now + earlier === 0) return 'none';
  const more = ratio === null || ratio > 1;
  if (standsOut) return more ? 'more' : 'fewer';
  if (low > 1) return 'maybe_more';
  if (high !== null && high < 1) return 'maybe_fewer';
  return low < 1 / TOO_WIDE && (high === null || high > TOO_WIDE) ? 'too_few' : 'same';
}

/** Marks beside the words, so that a column can be read at a glance. @type {Record<Verdict, string>} */
export const MARKS = { more: '▲', fewer: '▼', maybe_more: '△', maybe_fewer: '▽', same: '=', too_few: '?', none: '' };

/**
 * The rows of a kind, those first that chance explains least; without what is empty, and
 * without a category that is all of its parent.
 * @param {Row[]} rows @param {Row['kind']} kind
 */
export function ranked(rows, kind) {
  const own = rows.filter((row) => row.kind === kind && row.now + row.earlier > 0);
  const isAll = (/** @type {Row} */ { id, now, earlier }) => kind === 'category' && own.some((other) => id.startsWith(`${other.id}/`) && other.now === now && other.earlier === earlier);
  return own.filter((row) => !isAll(row)).sort((a, b) => a.p - b.p);
}
