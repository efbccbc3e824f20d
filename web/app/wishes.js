/**
 * What a planner asks of the next plan besides its window: what counts how much, breaks,
 * pinned stops, places to leave out, how often joint-duty posts are visited. Plain data
 * that lives in the state and, as text, in the URL; {@link wishBody} is what the service
 * takes.
 * @module
 */
import { timesOf } from './window.js';

/** What a plan is for, in the order shown. */
export const PRESETS = /** @type {const} */ (['deter', 'respond', 'balanced']);

/** What counts, each from 0 to 1. */
export const SLIDERS = /** @type {const} */ (['deter', 'respond', 'fair', 'travel']);

/** The presets' own weights, as the service has them. */
export const WEIGHTS = /** @type {Record<Preset, Record<Slider, number>>} */ ({
  deter: { deter: 1, respond: 0, fair: 0, travel: 0 },
  respond: { deter: 0.2, respond: 1, fair: 0, travel: 0 },
  balanced: { deter: 1, respond: 0.5, fair: 0.25, travel: 0.1 },
});

/** A pinned stop made by a click begins so long before or after, minutes. */
const ABOUT_MIN = 15;

/**
 * @typedef {typeof PRESETS[number]} Preset
 * @typedef {typeof SLIDERS[number]} Slider
 * @typedef {{place: string, label: string, unit: string, from: string, until: string}} Pin `place` is a cell or a point's id; `unit` empty for any; local clock times like 22:00, or empty
 * @typedef {{unit: string, from: string, until: string, minutes: number}} Break begins from `from` and before `until`
 * @typedef {object} Wishes
 * @property {Preset} preset
 * @property {Partial<Record<Slider, number>>} weights that differ from the preset's
 * @property {boolean} compare say what each preset comes to
 * @property {boolean} draw draw among near-best plans
 * @property {number} every minutes between visits to each joint-duty post; 0: as each post has it
 * @property {boolean} station units stay in their own station's beats
 * @property {Pin[]} pins
 * @property {{place: string, label: string}[]} not
 * @property {Break[]} breaks
 */

/** @type {Wishes} */
export const NO_WISHES = { preset: 'deter', weights: {}, compare: false, draw: false, every: 0, station: false, pins: [], not: [], breaks: [] };

/** How many single wishes there are, for a summary. @param {Wishes} w */
export const wishCount = (w) => w.pins.length + w.not.length + w.breaks.length + (w.every ? 1 : 0) + (w.station ? 1 : 0);

/** Empty where nothing is asked. @param {Wishes} w */
export const wishesText = (w) => (JSON.stringify(w) === JSON.stringify(NO_WISHES) ? '' : JSON.stringify(w));

/**
 * Wishes from a URL; whatever is not as it should be is left out.
 * @param {string|null} text
 * @returns {Wishes}
 */
export function readWishes(text) {
  /** @type {Record<string, unknown>} */
  let read;
  try {
    read = JSON.parse(text || '{}') ?? {};
  } catch {
    return NO_WISHES;
  }
  const rows = (/** @type {unknown} */ list, /** @type {string[]} */ fields) => (Array.isArray(list) ? list : [])
    .filter((row) => row && fields.every((field) => typeof row[field] === 'string'));
  const weights = /** @type {Record<string, unknown>} */ (read.weights ?? {});
  return {
    preset: PRESETS.find((p) => p === read.preset) ?? NO_WISHES.preset,
    weights: Object.fromEntries(SLIDERS.filter((s) => typeof weights[s] === 'number' && weights[s] >= 0 && weights[s] <= 1).map((s) => [s, weights[s]])),
    compare: read.compare === true,
    draw: read.draw === true,
    every: typeof read.every === 'number' && read.every >= 15 && read.every <= 1440 ? Math.round(read.every) : 0,
    station: read.station === true,
    pins: rows(read.pins, ['place', 'label', 'unit', 'from', 'until']),
    not: rows(read.not, ['place', 'label']),
    breaks: rows(read.breaks, ['unit', 'from', 'until']).filter((row) => Number.isFinite(row.minutes)),
  };
}

/** Whether a text is a time of day like 22:05. @param {string} text */
export const isClock = (text) => /^([01]?\d|2[0-3]):[0-5]\d$/.test(text.trim());

/**
 * A pinned stop: half an hour about a time, or at any time.
 * @param {string} place @param {string} label @param {string} [unit] @param {string} [at] clock time
 * @returns {Pin}
 */
export function pinAt(place, label, unit = '', at = '') {
  if (!at) return { place, label, unit, from: '', until: '' };
  return { place, label, unit, from: shifted(at, -ABOUT_MIN), until: shifted(at, ABOUT_MIN) };
}

/** @param {string} at like 22:05 @param {number} minutes */
function shifted(at, minutes) {
  const [h, m] = at.split(':').map(Number);
  const of = (h * 60 + m + minutes + 1440) % 1440;
  return `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`;
}

/**
 * A clock time as the local instant of the window it lies in: what is earlier in the day
 * than the window's start is on its next day.
 * @param {string} at @param {string} start local, like 2026-10-31T22:00
 */
function instantOf(at, start) {
  const padded = at.trim().padStart(5, '0');
  if (padded >= start.slice(11, 16)) return `${start.slice(0, 10)}T${padded}`;
  const next = new Date(Date.parse(`${start.slice(0, 10)}T00:00Z`) + 864e5);
  return `${next.toISOString().slice(0, 10)}T${padded}`;
}

/**
 * From and until as instants. Half an hour about the window's start would begin on the day
 * after: it begins with the window.
 * @param {{from: string, until: string}} times @param {string} start
 */
function spanOf(times, start) {
  const [from, until] = [instantOf(times.from, start), instantOf(times.until, start)];
  return { from: from < until ? from : start, until };
}

/**
 * What the service is asked; nothing where nothing is.
 * @param {Wishes} w
 * @param {string} window
 * @param {import('./api.js').Workspace} workspace
 * @param {string[]} posts ids of the joint-duty posts
 * @param {number} seed of the draw
 */
export function wishBody(w, window, workspace, posts, seed) {
  const start = timesOf(window, workspace)?.start ?? '';
  /** @type {Map<string, object[]>} */
  const breaks = new Map();
  for (const { unit, from, until, minutes } of w.breaks) {
    breaks.set(unit, [...(breaks.get(unit) ?? []), { ...spanOf({ from, until }, start), length_s: minutes * 60 }]);
  }
  return {
    preset: w.preset,
    ...(Object.keys(w.weights).length && { weights: w.weights }),
    ...(w.compare && { compare: true }),
    ...(w.draw && { draw: seed }),
    ...(w.station && { within_station: true }),
    ...(w.every && { every: posts.map((id) => ({ id, every_s: w.every * 60 })) }),
    ...(w.pins.length && { pins: w.pins.map((pin) => ({ place: pin.place, ...(pin.unit && { unit: pin.unit }), ...(pin.from && pin.until && spanOf(pin, start)) })) }),
    ...(w.not.length && { not_these: w.not.map((one) => one.place) }),
    ...(breaks.size && { units: [...breaks].map(([unit, of]) => ({ unit, breaks: of })) }),
  };
}
