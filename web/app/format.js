/**
 * Numbers and times as the screen shows them: the workspace's own clock, 24 hours, the
 * date only where it is another day, and no more digits than the number deserves.
 * @module
 */

let zone = 'UTC';
let lang = 'zh-Hans-CN';

/** @param {string} timezone IANA name of the workspace's zone */
export function useZone(timezone) {
  zone = timezone;
}

/** @param {import('./state.js').Lang} wanted */
export function useFormatLanguage(wanted) {
  lang = wanted === 'zh' ? 'zh-Hans-CN' : 'en-GB';
}

/**
 * Year, month, day, hour… of an instant on the workspace's clock.
 * @param {string|Date} at
 */
function parts(at) {
  const found = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit',
  }).formatToParts(new Date(at));
  return Object.fromEntries(found.map((p) => [p.type, p.value]));
}

/** `22:05`. @param {string|Date} at */
export function clock(at) {
  const p = parts(at);
  return `${p.hour}:${p.minute}`;
}

/** `22:05:07`. @param {string|Date} at */
export const toTheSecond = (at) => `${clock(at)}:${String(new Date(at).getUTCSeconds()).padStart(2, '0')}`;

/** `2026-10-31`. @param {string|Date} at */
export function day(at) {
  const p = parts(at);
  return `${p.year}-${p.month}-${p.day}`;
}

/** `10月31日 周六` or `Sat 31 Oct`. @param {string|Date} at */
export function shortDay(at) {
  return new Intl.DateTimeFormat(lang, { timeZone: zone, month: 'short', day: 'numeric', weekday: 'short' }).format(new Date(at));
}

/** `周六` or `Sat` of a local day. @param {string} date like 2026-10-31 */
export const weekday = (date) => new Intl.DateTimeFormat(lang, { timeZone: 'UTC', weekday: 'short' }).format(new Date(`${date}T00:00Z`));

/** `10月31日 周六 22:00–06:00`: the end's date only where more than a day away.
 * @param {{start: string, end: string}} w */
export function span(w) {
  const long = Date.parse(w.end) - Date.parse(w.start) > 24 * 3600e3;
  return `${shortDay(w.start)} ${clock(w.start)}–${long ? `${shortDay(w.end)} ` : ''}${clock(w.end)}`;
}

/**
 * `figures` significant digits (columns line up), groups, never an exponent.
 * @param {number} n @param {number} [figures]
 */
export function number(n, figures = 3) {
  if (!Number.isFinite(n)) return '–';
  // What sums of shares leave of nothing is nothing.
  if (Math.abs(n) < 1e-9) return '0';
  if (Number.isInteger(n) || Math.abs(n) >= 10 ** figures) return new Intl.NumberFormat(lang, { maximumFractionDigits: 0, signDisplay: 'negative' }).format(n);
  return new Intl.NumberFormat(lang, { minimumSignificantDigits: figures, maximumSignificantDigits: figures }).format(n);
}

/** Incidents expected more or less than elsewhere: what is rounding is nothing. @param {number} n */
export const difference = (n) => (Math.abs(n) < 0.005 ? 0 : n);

/** @param {number} n */
export const whole = (n) => new Intl.NumberFormat(lang, { maximumFractionDigits: 0, signDisplay: 'negative' }).format(n);

/** @param {number} share 0 to 1 */
export const percent = (share) => new Intl.NumberFormat(lang, { style: 'percent', maximumFractionDigits: 1, signDisplay: 'negative' }).format(share);

/** `340 m`, `3.4 km`. @param {number} metres */
export function distance(metres) {
  return metres < 1000 ? `${whole(Math.round(metres / 10) * 10)} m` : `${number(metres / 1000, 2)} km`;
}

/**
 * How far the workspace's clock is ahead of UTC, in milliseconds, at a local time that is
 * written as if it were UTC. @param {number} flat
 */
export function zoneOffset(flat) {
  const read = (/** @type {number} */ at) => {
    const p = parts(new Date(at));
    return Date.parse(`${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}Z`) - Math.floor(at / 60e3) * 60e3;
  };
  // The offset at the local time may be another one than at the same figures in UTC.
  return read(flat - read(flat));
}
