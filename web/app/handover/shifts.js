/**
 * The shift before and the one after a window, on the workspace's clock: what ends where it
 * begins, what begins where it ends; where no shift does, a window as long.
 * @module
 */
import { clock, day, zoneOffset } from '../format.js';

/** @typedef {{from: number, until: number}} Stretch milliseconds */

const DAY = 24 * 3600e3;

/** Minutes of a local time like `22:00`. @param {string} text */
const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** How long a shift lasts, in milliseconds. @param {import('../api.js').Shift} shift */
const length = (shift) => (((minutes(shift.end) - minutes(shift.start) + 1439) % 1440) + 1) * 60e3;

/**
 * @param {import('../api.js').Shift[]} shifts
 * @param {Stretch} now
 * @param {1|-1} step
 * @returns {Stretch}
 */
export function beside(shifts, now, step) {
  const edge = step > 0 ? now.until : now.from;
  const at = clock(new Date(edge));
  const next = shifts.find((shift) => (step > 0 ? shift.start : shift.end).slice(0, 5) === at);
  const long = next ? length(next) : now.until - now.from;
  return step > 0 ? { from: edge, until: edge + long } : { from: edge - long, until: edge };
}

/**
 * A local time as typed, `2026-11-26 22:00`.
 * @param {string} text
 * @returns {number|null}
 */
export function readLocal(text) {
  const found = /^(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})$/.exec(text.trim().replace('：', ':'));
  if (!found) return null;
  const flat = Date.parse(`${found[1]}T${found[2].padStart(2, '0')}:${found[3]}Z`);
  return Number.isFinite(flat) && flat < Date.now() + 10 * 365 * DAY ? flat - zoneOffset(flat) : null;
}

/** @param {number|string} at */
export const localText = (at) => `${day(new Date(at))} ${clock(new Date(at))}`;
