/**
 * What the page is about, in one plain object; what a person would want to send to
 * somebody else lives in the URL. One store, changed by patches, watched by the map and by
 * the panels.
 * @module
 */
import { useEffect, useState } from '../vendor/htm-preact/standalone.module.js';
import { timesOf } from './window.js';

/** Kinds of layers in drawing order, lowest first. */
export const KINDS = /** @type {const} */ ([
  'beats', 'zones', 'commercial_districts', 'cameras', 'places', 'posts', 'stations', 'joint_duty_posts', 'pillars', 'units',
]);

/** Layers a new user sees. */
const SHOWN_AT_FIRST = ['beats', 'stations', 'joint_duty_posts', 'pillars', 'units'];

/** Within how many minutes somebody should come. */
export const RINGS = /** @type {const} */ ([1, 3, 5]);

/** Whose incidents are drawn: days before the data's end, all of them, or the window's. */
export const PERIODS = /** @type {const} */ (['7', '28', '90', 'all', 'window']);

/** The page's jobs, then what they are looked up in. */
export const TABS = /** @type {const} */ (['risk', 'patrol', 'coverage', 'zones', 'layers', 'cells']);

/** What of the coverage the map shows. */
export const COVER_VIEWS = /** @type {const} */ (['units', 'posts', 'gaps']);

/**
 * @typedef {typeof KINDS[number]} Kind
 * @typedef {typeof TABS[number]} Tab
 * @typedef {typeof COVER_VIEWS[number]} CoverView
 * @typedef {'zh'|'en'} Lang
 * @typedef {{kind: Kind, id: string, at: [number, number]} | {kind: 'cell', id: string, at: [number, number]} | {kind: 'incidents', id: string, when: string, count: number, at: [number, number]} | {kind: 'stop', route: number, number: number, at: [number, number]}} Selection
 * @typedef {{from: 'beats'|'nothing', count: number, moved: number, handling: number, locked: string[]}} ZoneAsk `moved` in percent, `handling` in minutes, `locked` ids of beats
 * @typedef {object} State
 * @property {Lang} lang
 * @property {'auto'|'day'|'night'} look
 * @property {Tab} tab
 * @property {[number, number, number]|null} view longitude, latitude, zoom
 * @property {string} window as the service reads it: `night@2026-10-31` or `START/END`
 * @property {number[]} hours hours of the week that count, 0 to 167; none means all
 * @property {string} model a name, or `best`: the one that the record speaks for
 * @property {string[]} categories codes; none means all
 * @property {number} resolution
 * @property {string} lookBack days, or empty for all data
 * @property {string} bandwidth metres, or empty for the model's own
 * @property {string} halfLife days, or empty for none
 * @property {string[]} shown kinds of layers switched on, `incidents` and `risk` included
 * @property {typeof PERIODS[number]} period of the incidents drawn
 * @property {number} opacity of the heatmap, 0.2 to 0.9
 * @property {string} planId id of the plan shown, or empty
 * @property {Selection|null} selection
 * @property {boolean} under whether the heatmap shows under coverage and zones
 * @property {CoverView} cover what of the coverage is on the map
 * @property {number} ring the minutes beyond which a place is a gap
 * @property {ZoneAsk} zones which draft of zones is asked for
 * @property {string[]} notes on the map, as texts of `notes/notes.js`
 * @property {string} wishes what is asked of the next plan, as text of `wishes.js`; empty: nothing
 */

/** @type {State} */
const INITIAL = {
  lang: 'zh', look: 'auto', tab: 'risk', view: null,
  window: '', hours: [], model: 'best', categories: [], resolution: 10, lookBack: '', bandwidth: '', halfLife: '',
  shown: ['risk', ...SHOWN_AT_FIRST], period: '28', opacity: 0.7, planId: '', selection: null,
  under: false, cover: 'units', ring: 5, zones: { from: 'beats', count: 12, moved: 33, handling: 30, locked: [] }, wishes: '', notes: [],
};

let state = INITIAL;
/** @type {Set<(now: State, before: State) => void>} */
const watchers = new Set();

/** @returns {State} */
export const current = () => state;

/** @param {Partial<State>} patch */
export function change(patch) {
  const before = state;
  state = { ...state, ...patch };
  writeUrl();
  for (const watcher of [...watchers]) watcher(state, before);
}

/**
 * @param {(now: State, before: State) => void} watcher
 * @returns {() => void} stops watching
 */
export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** The state, for a component: it renders again on each change. @returns {State} */
export function useDeskState() {
  const [seen, see] = useState(state);
  useEffect(() => {
    // A change between first render and now must not be missed.
    see(state);
    return watch((now) => see(now));
  }, []);
  return seen;
}

/**
 * Fills the state from the URL, the workspace's own defaults and the browser's language.
 * @param {import('./api.js').Workspace} workspace
 */
export function begin(workspace) {
  const url = new URLSearchParams(location.search);
  const shift = workspace.shifts.find((s) => s.id === 'night') ?? workspace.shifts[0];
  const view = (url.get('view') ?? '').split(',').map(Number);
  const shown = url.get('shown');
  const selection = (url.get('at') ?? '').split(',').map(Number);
  state = {
    ...INITIAL,
    lang: startLanguage(),
    look: startLook(),
    tab: oneOf(url.get('tab'), TABS, 'risk'),
    view: view.length === 3 && view.every(Number.isFinite) && Math.abs(view[1]) <= 85 ? [view[0], view[1], view[2]] : null,
    window: url.get('window') ?? (shift ? `${shift.id}@${workspace.today}` : `${workspace.today}T00:00/${workspace.today}T23:59`),
    hours: (url.get('hours') ?? '').split(',').filter(Boolean).map(Number).filter((h) => Number.isInteger(h) && h >= 0 && h < 168),
    model: oneOf(url.get('model'), workspace.models, BEST),
    categories: url.getAll('category').filter((code) => workspace.categories.some((c) => c.code === code)),
    resolution: Number(oneOf(url.get('resolution'), workspace.resolutions.map(String), String(workspace.default_resolution))),
    lookBack: digits(url.get('look_back_days')),
    bandwidth: digits(url.get('bandwidth_m')),
    halfLife: digits(url.get('half_life_days')),
    shown: shown === null ? INITIAL.shown : shown.split(',').filter((k) => k === 'risk' || k === 'incidents' || KINDS.some((kind) => kind === k)),
    period: oneOf(url.get('period'), PERIODS, INITIAL.period),
    opacity: Math.min(0.9, Math.max(0.2, Number(url.get('opacity') ?? INITIAL.opacity) || INITIAL.opacity)),
    planId: url.get('plan') ?? '',
    under: url.get('under') === '1',
    cover: oneOf(url.get('cover'), COVER_VIEWS, INITIAL.cover),
    ring: Number(oneOf(url.get('ring'), RINGS.map(String), String(INITIAL.ring))),
    zones: {
      from: oneOf(url.get('zones'), /** @type {const} */ (['beats', 'nothing']), INITIAL.zones.from),
      count: whole(url.get('k'), 1, 1000, INITIAL.zones.count),
      moved: whole(url.get('moved'), 0, 100, INITIAL.zones.moved),
      handling: whole(url.get('handling'), 1, 1440, INITIAL.zones.handling),
      locked: url.getAll('lock').filter(Boolean),
    },
    wishes: url.get('wishes') ?? '',
    notes: url.getAll('note'),
  };
  const [kind, id] = [url.get('select') ?? '', url.get('id') ?? ''];
  if (selection.length === 2 && selection.every(Number.isFinite) && id) {
    const known = KINDS.find((k) => k === kind);
    const at = /** @type {[number, number]} */ (selection);
    if (known) state.selection = { kind: known, id, at };
    const when = url.get('when') ?? '';
    if (kind === 'incidents' && Number.isFinite(Date.parse(when))) state.selection = { kind: 'incidents', id, when, count: 1, at };
    if (kind === 'cell') state.selection = { kind: 'cell', id, at };
  }
}

/** The language of the URL, or else the browser's. @returns {Lang} */
export function startLanguage() {
  const wanted = new URLSearchParams(location.search).get('lang') ?? navigator.language;
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

/** @returns {State['look']} */
export function startLook() {
  return oneOf(new URLSearchParams(location.search).get('style'), /** @type {const} */ (['auto', 'day', 'night']), 'auto');
}

/** The model that the record speaks for, whichever it is. */
export const BEST = 'best';

/** Models with a kernel whose width a person may set; the others find it out or have none. */
const WITH_BANDWIDTH = ['kde', 'adaptive_kde'];

/** Models that learn by themselves how long the past counts. */
const WITHOUT_HALF_LIFE = ['mixture', BEST];

/**
 * The parameters a person has set, as far as the model has them.
 * @param {State} s
 * @returns {{bandwidth_m?: number, half_life_days?: number}}
 */
export function parametersSet(s) {
  return {
    ...(takes(s.model, 'bandwidth') && s.bandwidth && { bandwidth_m: Number(s.bandwidth) }),
    ...(takes(s.model, 'halfLife') && s.halfLife && { half_life_days: Number(s.halfLife) }),
  };
}

/** @param {string} model @param {'bandwidth'|'halfLife'} parameter */
export function takes(model, parameter) {
  return parameter === 'bandwidth' ? WITH_BANDWIDTH.includes(model) : !WITHOUT_HALF_LIFE.includes(model);
}

/**
 * The query of `/api/record` for what the state looks at.
 * @param {State} s
 */
export function recordQuery(s) {
  const query = new URLSearchParams({ resolution: String(s.resolution) });
  for (const code of s.categories) query.append('category', code);
  if (s.hours.length) query.set('hours', s.hours.join(','));
  return query.toString();
}

/**
 * The query of `/api/risk` for the surface the state asks for.
 * @param {State} s
 */
export function riskQuery(s) {
  const query = new URLSearchParams({ window: s.window, model: s.model, resolution: String(s.resolution) });
  for (const code of s.categories) query.append('category', code);
  if (s.hours.length) query.set('hours', s.hours.join(','));
  if (s.lookBack) query.set('look_back_days', s.lookBack);
  for (const [name, value] of Object.entries(parametersSet(s))) query.set(name, String(value));
  return query.toString();
}

/** Pixels across of the map as a picture: sharp over a printed page. */
const PICTURE_WIDTH = 2000;

/** Address of the map as a picture: this surface, and the plan that is shown. @param {State} s */
export function pictureOf(s) {
  const query = new URLSearchParams(riskQuery(s));
  if (s.planId) query.set('plan', s.planId);
  query.set('lang', s.lang);
  query.set('width', String(PICTURE_WIDTH));
  return `/api/map.png?${query}`;
}

/**
 * The query of the incidents' tiles: the period chosen and the categories.
 * @param {State} s
 * @param {import('./api.js').Workspace} workspace
 * @returns {string} empty where there are none to show
 */
export function incidentQuery(s, workspace) {
  const period = incidentPeriod(s, workspace);
  if (!period) return '';
  const query = new URLSearchParams();
  if (period.from) query.set('from', period.from);
  if (period.until) query.set('until', period.until);
  for (const code of s.categories) query.append('category', code);
  return query.toString() || 'v=all';
}

/**
 * From when and until when incidents are drawn; an end left out is the data's own.
 * @param {State} s
 * @param {import('./api.js').Workspace} workspace
 * @returns {{from?: string, until?: string}|null}
 */
export function incidentPeriod(s, workspace) {
  if (!workspace.incidents) return null;
  if (s.period === 'all') return {};
  if (s.period === 'window') {
    const times = timesOf(s.window, workspace);
    return times && { from: times.start, until: times.end };
  }
  return { from: new Date(Date.parse(workspace.incidents.until) - Number(s.period) * 24 * 3600e3).toISOString() };
}

function writeUrl() {
  const s = state;
  const url = new URLSearchParams(riskQuery(s));
  url.set('lang', s.lang);
  if (s.look !== INITIAL.look) url.set('style', s.look);
  if (s.tab !== INITIAL.tab) url.set('tab', s.tab);
  if (s.view) url.set('view', `${s.view[0].toFixed(5)},${s.view[1].toFixed(5)},${s.view[2].toFixed(2)}`);
  if (s.shown.join() !== INITIAL.shown.join()) url.set('shown', s.shown.join(','));
  if (s.period !== INITIAL.period) url.set('period', s.period);
  if (s.opacity !== INITIAL.opacity) url.set('opacity', String(s.opacity));
  if (s.planId) url.set('plan', s.planId);
  if (s.under) url.set('under', '1');
  if (s.cover !== INITIAL.cover) url.set('cover', s.cover);
  if (s.ring !== INITIAL.ring) url.set('ring', String(s.ring));
  const { from, count, moved, handling, locked } = s.zones;
  if (from !== INITIAL.zones.from) url.set('zones', from);
  if (count !== INITIAL.zones.count) url.set('k', String(count));
  if (moved !== INITIAL.zones.moved) url.set('moved', String(moved));
  if (handling !== INITIAL.zones.handling) url.set('handling', String(handling));
  for (const id of locked) url.append('lock', id);
  if (s.wishes) url.set('wishes', s.wishes);
  for (const note of s.notes) url.append('note', note);
  if (s.selection && s.selection.kind !== 'stop') {
    url.set('select', s.selection.kind);
    url.set('id', s.selection.id);
    if (s.selection.kind === 'incidents') url.set('when', s.selection.when);
    url.set('at', s.selection.at.map((n) => n.toFixed(6)).join(','));
  }
  history.replaceState(null, '', `?${url.toString().replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%40', '@').replaceAll('%2F', '/')}`);
}

/**
 * @template {string} T
 * @param {string|null} text
 * @param {readonly T[]} allowed
 * @param {T} otherwise
 * @returns {T}
 */
function oneOf(text, allowed, otherwise) {
  return allowed.find((a) => a === text) ?? otherwise;
}

/**
 * A whole number within limits.
 * @param {string|null} text @param {number} least @param {number} most @param {number} otherwise
 */
function whole(text, least, most, otherwise) {
  const n = Number(text || Number.NaN);
  return Number.isInteger(n) && n >= least && n <= most ? n : otherwise;
}

/** @param {string|null} text */
function digits(text) {
  return text && /^\d+(\.\d+)?$/.test(text) ? text : '';
}
