/**
 * Which incidents an analyst looks at: the one filter of map, table, counts, statistics and
 * downloads, in the words of the service, so that an address of the page and one of the
 * service say it alike. Plain functions without a browser.
 * @module
 */

/**
 * @typedef {object} Filter
 * @property {string} from local time or day, not before; empty: from the first on
 * @property {string} until before this; empty: to the last
 * @property {string[]} categories codes; none: all
 * @property {string[]} beats ids; none: everywhere
 * @property {number[]} hours of the week, 0 is Monday 00:00, ascending; none: all
 * @property {string} area `west,south,east,north` or a ring; empty: everywhere
 */

/** @type {Filter} */
export const EVERYTHING = { from: '', until: '', categories: [], beats: [], hours: [], area: '' };

export const HOURS = 168;
const DAY_MS = 24 * 3600e3;

/** The hours of every day from one to before another; 22 to 6 goes over midnight. @param {number} from @param {number} until */
function everyDay(from, until) {
  const wanted = (/** @type {number} */ hour) => (from < until ? hour >= from && hour < until : hour >= from || hour < until);
  return Array.from({ length: HOURS }, (_, i) => i).filter((i) => wanted(i % 24));
}

/**
 * Hours as a person writes them: `22-6` of every day, or hours of the week with commas
 * between. Null where it is neither; an empty list for all.
 * @param {string} text
 * @returns {number[]|null}
 */
export function parseHours(text) {
  if (!text.trim()) return [];
  const range = /^\s*(\d{1,2})\s*-\s*(\d{1,2})\s*$/.exec(text);
  if (range) {
    const [from, until] = [Number(range[1]), Number(range[2])];
    if (from > 23 || until > 24 || from === until) return null;
    return narrowed(everyDay(from, until));
  }
  const hours = text.split(',').map((part) => (/^\s*\d{1,3}\s*$/.test(part) ? Number(part) : Number.NaN));
  return hours.every((hour) => hour < HOURS) ? narrowed(hours) : null;
}

/** Ascending, each once; all of them are none in particular. @param {number[]} hours */
export function narrowed(hours) {
  const set = [...new Set(hours)].sort((a, b) => a - b);
  return set.length === HOURS ? [] : set;
}

/** Hours as short as they can be written. @param {number[]} hours */
export function hoursText(hours) {
  if (!hours.length) return '';
  for (let from = 0; from < 24; from += 1) {
    for (let until = 1; until <= 24; until += 1) {
      if (from !== until && everyDay(from, until).join() === hours.join()) return `${from}-${until}`;
    }
  }
  return hours.join(',');
}

/**
 * An area as a person types it, spaces allowed; null where it is none.
 * @param {string} text
 * @returns {string|null}
 */
export function parseArea(text) {
  if (!text.trim()) return '';
  const numbers = text.trim().split(/[\s,;]+/).map(Number);
  if (!numbers.every(Number.isFinite) || numbers.length < 4 || numbers.length % 2 || numbers.length > 400) return null;
  if (numbers.some((n, i) => Math.abs(n) > (i % 2 ? 90 : 180))) return null;
  if (numbers.length === 4 && (numbers[0] >= numbers[2] || numbers[1] >= numbers[3])) return null;
  return numbers.join(',');
}

/** The corners of an area, closed. @param {string} area @returns {[number, number][]} */
export function ringOf(area) {
  const n = area.split(',').map(Number);
  if (n.length === 4) return [[n[0], n[1]], [n[2], n[1]], [n[2], n[3]], [n[0], n[3]], [n[0], n[1]]];
  /** @type {[number, number][]} */
  const ring = [];
  for (let i = 0; i + 1 < n.length; i += 2) ring.push([n[i], n[i + 1]]);
  return ring.length ? [...ring, ring[0]] : [];
}

/** A local day, or a local day and time; empty is allowed, null is neither. @param {string} text */
export function parseTime(text) {
  const found = /^\s*(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?\s*$/.exec(text);
  if (!text.trim()) return '';
  if (!found || !Number.isFinite(Date.parse(`${found[1]}T${found[2] ?? '00:00'}Z`))) return null;
  // A 30 February is none, though some clocks would go on counting.
  if (new Date(`${found[1]}T00:00Z`).toISOString().slice(0, 10) !== found[1]) return null;
  return found[2] ? `${found[1]}T${found[2]}` : found[1];
}

/** A day so many days later. @param {string} date @param {number} days */
export const daysLater = (date, days) => new Date(Date.parse(`${date.slice(0, 10)}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/**
 * The last days of the data, whole local days.
 * @param {string} lastDay the local day on which the data end
 * @param {number} days
 */
export const lastDays = (lastDay, days) => ({ from: daysLater(lastDay, 1 - days), until: daysLater(lastDay, 1) });

/** Four weeks: each weekday as often. @param {string} lastDay */
export const fourWeeks = (lastDay) => lastDays(lastDay, 28);

/** The same weekdays 52 weeks earlier. @param {Filter} filter */
export function yearEarlier(filter) {
  const earlier = (/** @type {string} */ time) => time && `${daysLater(time, -364)}${time.slice(10)}`;
  return { from: earlier(filter.from), until: earlier(filter.until) };
}

/**
 * The parameters of the filter, for any address of the service and for the page's own.
 * @param {Filter} filter
 * @param {(keyof Filter)[]} [without] what is left out
 */
export function queryOf(filter, without = []) {
  const query = new URLSearchParams();
  const has = (/** @type {keyof Filter} */ name) => filter[name].length > 0 && !without.includes(name);
  if (has('from')) query.set('from', filter.from);
  if (has('until')) query.set('until', filter.until);
  if (has('categories')) for (const code of filter.categories) query.append('category', code);
  if (has('beats')) for (const id of filter.beats) query.append('beat', id);
  if (has('hours')) query.set('hours', hoursText(filter.hours));
  if (has('area')) query.set('area', filter.area);
  return query;
}

/**
 * The filter in an address; what can't be read is left out.
 * @param {URLSearchParams} url
 * @returns {Filter}
 */
export function readFilter(url) {
  return {
    from: parseTime(url.get('from') ?? '') ?? '',
    until: parseTime(url.get('until') ?? '') ?? '',
    categories: [...new Set(url.getAll('category').filter(Boolean))],
    beats: [...new Set(url.getAll('beat').filter(Boolean))],
    hours: parseHours(url.get('hours') ?? '') ?? [],
    area: parseArea(url.get('area') ?? '') ?? '',
  };
}

/**
 * A filter of what the workspace has: codes and beats that it does not know are left out.
 * @param {Filter} filter
 * @param {Set<string>} codes
 * @param {Set<string>} beats
 * @returns {Filter}
 */
export const known = (filter, codes, beats) => ({ ...filter, categories: filter.categories.filter((code) => codes.has(code)), beats: filter.beats.filter((id) => beats.has(id)) });

/**
 * What an address asks of the filter and can't be had, as it stands there: times, hours and
 * areas that can't be read. Nobody is to take the whole for the part that was meant.
 * @param {URLSearchParams} url
 */
export const unreadable = (url) => /** @type {const} */ ([['from', parseTime], ['until', parseTime], ['hours', parseHours], ['area', parseArea]])
  .filter(([name, parse]) => url.get(name) && !parse(url.get(name) ?? ''))
  .map(([name]) => `${name}=${url.get(name)}`);

/**
 * Codes and beats of a filter that the workspace does not know.
 * @param {Filter} filter @param {Filter} had what is left of it
 */
export const unknown = (filter, had) => [
  ...filter.categories.filter((code) => !had.categories.includes(code)).map((code) => `category=${code}`),
  ...filter.beats.filter((id) => !had.beats.includes(id)).map((id) => `beat=${id}`),
];

/** @param {Filter} filter */
export const isOpen = (filter) => queryOf(filter).toString() === '';
