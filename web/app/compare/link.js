/**
 * What two surfaces side by side are of, in the page's address: each its window, hours and
 * categories; what both share; and the classes, so that colours mean tomorrow what they mean
 * today. Plain functions without a browser.
 * @module
 */
import { noteText, parseNotes } from '../notes/notes.js';
import { hourChoices, timesOf } from '../window.js';

export const SIDES = /** @type {const} */ (['a', 'b']);

/**
 * @typedef {typeof SIDES[number]} SideName
 * @typedef {{window: string, hours: number[], categories: string[]}} Side
 * @typedef {[number, number][]} Breaks expected a km² and hour at which a class begins, the class
 * @typedef {object} State
 * @property {Side} a
 * @property {Side} b
 * @property {string} model
 * @property {number} resolution
 * @property {Breaks} breaks none: still to be taken from the left
 * @property {[number, number, number]|null} view
 * @property {import('../notes/notes.js').Note[]} notes
 * @property {import('../state.js').Lang} lang
 * @property {'auto'|'day'|'night'} look
 */

/**
 * @param {string} search
 * @param {import('../api.js').Workspace} workspace
 * @returns {Omit<State, 'lang'|'look'>}
 */
export function readLink(search, workspace) {
  const url = new URLSearchParams(search);
  const shift = workspace.shifts.find((one) => one.id === 'night') ?? workspace.shifts[0];
  const usual = shift ? `${shift.id}@${workspace.today}` : `${workspace.today}T00:00/${workspace.today}T23:59`;
  const sideOf = (/** @type {SideName} */ name) => {
    const window = url.get(`${name}_window`) ?? '';
    return {
      window: timesOf(window, workspace) ? window : usual,
      hours: (url.get(`${name}_hours`) ?? '').split(',').filter(Boolean).map(Number).filter((hour) => Number.isInteger(hour) && hour >= 0 && hour < 168),
      categories: url.getAll(`${name}_category`).filter((code) => workspace.categories.some((one) => one.code === code)),
    };
  };
  const [a, b] = [sideOf('a'), sideOf('b')];
  // Two alike say nothing: the first hour beside the last is a beginning.
  if (!SIDES.some((name) => ['window', 'hours', 'category'].some((part) => url.has(`${name}_${part}`)))) {
    const hours = hourChoices(usual, workspace);
    if (hours.length > 1) [a.hours, b.hours] = [hours[0].hours, hours[hours.length - 1].hours];
  }
  const view = (url.get('view') ?? '').split(',').map(Number);
  const breaks = (url.get('breaks') ?? '').split(',').filter(Boolean).map((part) => part.split(':').map(Number));
  const good = breaks.length > 0 && breaks.every(([from, n], i) => from > 0 && Number.isInteger(n) && n >= 1 && n <= 5 && (!i || from > breaks[i - 1][0]));
  return {
    a, b,
    model: workspace.models.find((one) => one === url.get('model')) ?? 'best',
    resolution: workspace.resolutions.find((one) => String(one) === url.get('resolution')) ?? workspace.default_resolution,
    breaks: good ? /** @type {Breaks} */ (breaks) : [],
    view: view.length === 3 && view.every(Number.isFinite) && Math.abs(view[1]) <= 85 ? [view[0], view[1], view[2]] : null,
    notes: parseNotes(url.getAll('note')),
  };
}

/** @param {State} state @returns {string} with its question mark */
export function writeLink(state) {
  const url = new URLSearchParams({ lang: state.lang, model: state.model, resolution: String(state.resolution) });
  if (state.look !== 'auto') url.set('style', state.look);
  for (const name of SIDES) {
    const side = state[name];
    url.set(`${name}_window`, side.window);
    if (side.hours.length) url.set(`${name}_hours`, side.hours.join(','));
    for (const code of side.categories) url.append(`${name}_category`, code);
  }
  if (state.breaks.length) url.set('breaks', state.breaks.map(([from, n]) => `${Number(from.toPrecision(4))}:${n}`).join(','));
  for (const note of state.notes) url.append('note', noteText(note));
  if (state.view) url.set('view', `${state.view[0].toFixed(5)},${state.view[1].toFixed(5)},${state.view[2].toFixed(2)}`);
  return `?${url.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%40', '@').replaceAll('%2F', '/')}`;
}

/** The query of `/api/risk` for one side. @param {State} state @param {SideName} name */
export function riskQueryOf(state, name) {
  const { window, hours, categories } = state[name];
  const query = new URLSearchParams({ window, model: state.model, resolution: String(state.resolution) });
  for (const code of categories) query.append('category', code);
  if (hours.length) query.set('hours', hours.join(','));
  return query.toString();
}

/**
 * How many hours a side counts: those of its window that are chosen.
 * @param {Side} side @param {import('../api.js').Workspace} workspace
 */
export function hoursOf({ window, hours }, workspace) {
  const times = timesOf(window, workspace);
  if (!times) return 1;
  const [from, until] = [Date.parse(`${times.start}Z`), Date.parse(`${times.end}Z`)];
  if (!hours.length) return (until - from) / 3600e3;
  let sum = 0;
  for (let at = Math.floor(from / 3600e3) * 3600e3; at < until; at += 3600e3) {
    const date = new Date(at);
    const hour = ((date.getUTCDay() + 6) % 7) * 24 + date.getUTCHours();
    if (hours.includes(hour)) sum += (Math.min(until, at + 3600e3) - Math.max(from, at)) / 3600e3;
  }
  return sum || 1;
}
