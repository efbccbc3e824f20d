/**
 * Instants as the time slider writes and reads them: the workspace's clock, a day where it
 * is not today.
 * @module
 */
import { clock, day, shortDay, zoneOffset } from '../format.js';
import { t } from '../i18n/speak.js';

/** `03:12:07`, the seconds only where there are some. @param {number} at */
export function exactClock(at) {
  const seconds = Math.round(at / 1000) % 60;
  return `${clock(new Date(at))}${seconds ? `:${String(seconds).padStart(2, '0')}` : ''}`;
}

/** `03:12`, with its day where that is another one than now's. @param {number} at @param {number} now */
export function instantText(at, now) {
  const date = new Date(at);
  return day(date) === day(new Date(now)) ? exactClock(at) : `${shortDay(date)} ${exactClock(at)}`;
}

/** `2026-11-26 03:12`, as a person may type it. @param {number} at */
export const typedText = (at) => `${day(new Date(at))} ${exactClock(at)}`;

/**
 * What a person has typed: a time of day (the one nearest before now), or with its day.
 * @param {string} text @param {number} now
 * @returns {number|null}
 */
export function readInstant(text, now) {
  const found = /^(?:(\d{4}-\d{2}-\d{2})[ T])?(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text.trim().replace('：', ':'));
  if (!found) return null;
  const [, date, hours, minutes, seconds = '00'] = found;
  const flat = (/** @type {string} */ on) => {
    const local = Date.parse(`${on}T${hours.padStart(2, '0')}:${minutes}:${seconds}Z`);
    return Number.isFinite(local) ? local - zoneOffset(local) : null;
  };
  if (date) return flat(date);
  const today = flat(day(new Date(now)));
  return today !== null && today > now ? today - 24 * 3600e3 : today;
}

/** @param {number} step milliseconds */
export const stepText = (step) => (step < 3600e3 ? t('d_minutes', { n: step / 60e3 }) : t('time_hours', { n: step / 3600e3 }));
