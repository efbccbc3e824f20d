/**
 * What a person would want to send: filter, panel, what is selected, where the map is. All of
 * it is in the page's address.
 * @module
 */
import { AGAINST } from './change.js';
import { noteText, parseNotes } from '../notes/notes.js';
import { queryOf, readFilter } from './filter.js';

export const TABS = /** @type {const} */ (['table', 'time', 'statistics', 'record', 'forecasts', 'notes', 'downloads']);
export const QUESTIONS = /** @type {const} */ (['year_on_year', 'hot_spots', 'near_repeat', 'concentration']);

/**
 * @typedef {typeof TABS[number]} Tab
 * @typedef {typeof QUESTIONS[number]} Question
 * @typedef {object} View
 * @property {import('./filter.js').Filter} filter
 * @property {Tab} tab
 * @property {Question} ask which statistic
 * @property {import('./change.js').Against} against what is compared with
 * @property {'newest'|'oldest'} order
 * @property {string} select id of an incident; empty: none
 * @property {[number, number]|null} at where that is
 * @property {[number, number, number]|null} view longitude, latitude, zoom
 * @property {number} resolution of the record's cells
 * @property {import('../notes/notes.js').Note[]} notes on the map
 * @typedef {View & {lang: import('../state.js').Lang, look: 'auto'|'day'|'night'}} State
 */

/** @param {string} search @returns {View} */
export function readLink(search) {
  const url = new URLSearchParams(search);
  const view = (url.get('view') ?? '').split(',').map(Number);
  const at = (url.get('at') ?? '').split(',').map(Number);
  const resolution = Number(url.get('resolution') ?? 10);
  return {
    filter: readFilter(url),
    tab: TABS.find((tab) => tab === url.get('tab')) ?? 'table',
    ask: QUESTIONS.find((one) => one === url.get('ask')) ?? 'year_on_year',
    against: AGAINST.find((one) => one === url.get('against')) ?? 'weeks',
    order: url.get('order') === 'oldest' ? 'oldest' : 'newest',
    select: url.get('select') ?? '',
    at: at.length === 2 && at.every(Number.isFinite) && Math.abs(at[1]) <= 90 && url.has('select') ? [at[0], at[1]] : null,
    view: view.length === 3 && view.every(Number.isFinite) && Math.abs(view[1]) <= 85 ? [view[0], view[1], view[2]] : null,
    resolution: Number.isInteger(resolution) && resolution >= 7 && resolution <= 11 ? resolution : 10,
    notes: parseNotes(url.getAll('note')),
  };
}

/** @param {State} state @returns {string} with its question mark */
export function writeLink(state) {
  const url = queryOf(state.filter);
  url.set('lang', state.lang);
  if (state.look !== 'auto') url.set('style', state.look);
  if (state.tab !== 'table') url.set('tab', state.tab);
  if (state.ask !== 'year_on_year') url.set('ask', state.ask);
  if (state.against !== 'weeks') url.set('against', state.against);
  if (state.order !== 'newest') url.set('order', state.order);
  if (state.select) url.set('select', state.select);
  if (state.select && state.at) url.set('at', state.at.join(','));
  if (state.resolution !== 10) url.set('resolution', String(state.resolution));
  for (const note of state.notes) url.append('note', noteText(note));
  if (state.view) url.set('view', `${state.view[0].toFixed(5)},${state.view[1].toFixed(5)},${state.view[2].toFixed(2)}`);
  return `?${url.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/')}`;
}
