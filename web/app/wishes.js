/**
 * What a planner asks of the next plan besides its window: what counts how much, breaks,
 * pinned stops, places to leave out, how often joint-duty posts are visited. Plain data
 * that lives in the state and, as text, in the URL; {@link wishBody} is what the service
 * takes.
 * @module
 */
import { circle } from './map/flat.js';
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
 * @property {boolean} keep leave the stops of the plan that is open where they are, unless a change is worth more
 * @property {number} every minutes between visits to each joint-duty post; 0: as each post has it
 * @property {{place: string, every: number}[]} often points with an interval of their own, minutes
 * @property {boolean} station units stay in their own station's beats
 * @property {Pin[]} pins
 * @property {{place: string, label: string}[]} not
 * @property {Break[]} breaks
 * @property {{kind: string, id: string, label: string}[]} areas where nobody stops: beats, zones, commercial districts
 * @property {{at: [number, number], metres: number, label: string}[]} circles where nobody stops
 * @property {{unit: string, from: string, until: string, end: string}[]} duties when a unit works within the window, and the id of where its shift ends; empty: all of it, anywhere
 * @property {{unit: string, beat: string}[]} bound the only beats a unit stops in
 * @property {boolean} backup units bound to beats stand in in all beats of their station
 * @property {{unit: string, skill: string}[]} skills
 * @property {{place: string, skill: string}[]} needs skills that visits to posts need
 * @property {{from: number, until: number, factor: number}[]} speeds hours of the day in which drives take so many times as long
 */

/** @type {Wishes} */
export const NO_WISHES = { preset: 'deter', weights: {}, compare: false, draw: false, keep: false, every: 0, often: [], station: false, pins: [], not: [], breaks: [], areas: [], circles: [], duties: [], bound: [], backup: false, skills: [], needs: [], speeds: [] };

/** Wishes that are lists of rows. */
const LISTS = /** @type {const} */ (['often', 'pins', 'not', 'breaks', 'areas', 'circles', 'duties', 'bound', 'skills', 'needs', 'speeds']);

/** How many single wishes there are, for a summary. @param {Wishes} w */
export const wishCount = (w) => LISTS.reduce((sum, list) => sum + w[list].length, 0) + (w.every ? 1 : 0) + (w.station ? 1 : 0) + (w.backup ? 1 : 0);

/** The units that wishes name: they take part, however few are asked for. @param {Wishes} w */
export const namedUnits = (w) => [...new Set([...w.pins.map((pin) => pin.unit), ...w.breaks.map((one) => one.unit), ...w.duties.map((one) => one.unit), ...w.bound.map((one) => one.unit), ...w.skills.map((one) => one.unit)])].filter(Boolean);

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
    keep: read.keep === true,
    every: typeof read.every === 'number' && read.every >= 15 && read.every <= 1440 ? Math.round(read.every) : 0,
    often: rows(read.often, ['place']).filter((row) => Number.isInteger(row.every) && row.every >= 15 && row.every <= 1440),
    station: read.station === true,
    pins: rows(read.pins, ['place', 'label', 'unit', 'from', 'until']),
    not: rows(read.not, ['place', 'label']),
    breaks: rows(read.breaks, ['unit', 'from', 'until']).filter((row) => Number.isFinite(row.minutes)),
    areas: rows(read.areas, ['kind', 'id', 'label']),
    circles: rows(read.circles, ['label']).filter((row) => Array.isArray(row.at) && row.at.length === 2 && row.at.every(Number.isFinite) && Number.isFinite(row.metres)),
    duties: rows(read.duties, ['unit', 'from', 'until', 'end']),
    bound: rows(read.bound, ['unit', 'beat']),
    backup: read.backup === true,
    skills: rows(read.skills, ['unit', 'skill']),
    needs: rows(read.needs, ['place', 'skill']),
    speeds: rows(read.speeds, []).filter((row) => [row.from, row.until].every((h) => Number.isInteger(h) && h >= 0 && h < 24) && Number.isFinite(row.factor)),
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

/** The polygons of an area. @param {GeoJSON.Geometry|null} geometry */
const polygonsOf = (geometry) => (geometry?.type === 'Polygon' ? [geometry.coordinates] : geometry?.type === 'MultiPolygon' ? geometry.coordinates : []);

/**
 * What the service is asked; nothing where nothing is.
 * @param {Wishes} w
 * @param {string} window
 * @param {import('./api.js').Workspace} workspace
 * @param {string[]} posts ids of the joint-duty posts
 * @param {number} seed of the draw
 * @param {(kind: string, id: string) => GeoJSON.Geometry|null} [shape] of an area
 * @param {string} [keepTo] id of the plan that is kept to where that is wished
 */
export function wishBody(w, window, workspace, posts, seed, shape = () => null, keepTo = '') {
  const start = timesOf(window, workspace)?.start ?? '';
  const forbidden = [
    ...w.areas.flatMap((one) => polygonsOf(shape(one.kind, one.id)).map((coordinates) => ({ name: one.label, coordinates }))),
    ...w.circles.map((one) => ({ name: one.label, coordinates: circle(one.at, one.metres) })),
  ];
  const units = unitWishes(w, start);
  // A point's own interval counts, not the one for all joint-duty posts.
  const all = w.every ? posts.filter((id) => !w.often.some((one) => one.place === id)) : [];
  const every = [...all.map((id) => ({ id, every_s: w.every * 60 })), ...w.often.map((one) => ({ id: one.place, every_s: one.every * 60 }))];
  return {
    preset: w.preset,
    ...(Object.keys(w.weights).length && { weights: w.weights }),
    ...(w.compare && { compare: true }),
    ...(w.draw && { draw: seed }),
    ...(w.keep && keepTo && { keep_to: keepTo }),
    ...(w.station && { within_station: true }),
    ...(w.backup && { backup: true }),
    ...(every.length && { every }),
    ...(w.pins.length && { pins: w.pins.map((pin) => ({ place: pin.place, ...(pin.unit && { unit: pin.unit }), ...(pin.from && pin.until && spanOf(pin, start)) })) }),
    ...(w.not.length && { not_these: w.not.map((one) => one.place) }),
    ...(forbidden.length && { forbidden }),
    ...(w.needs.length && { needs: w.needs.map((one) => ({ id: one.place, skill: one.skill })) }),
    ...(w.speeds.length && { speeds: w.speeds.map((one) => ({ hours: `${one.from}-${one.until}`, factor: one.factor })) }),
    ...(units.length && { units }),
  };
}

/** What is asked of single units, one entry each. @param {Wishes} w @param {string} start */
function unitWishes(w, start) {
  /** @type {Map<string, {unit: string, breaks?: object[], skills?: string[], beats?: string[], from?: string, until?: string, end?: string}>} */
  const units = new Map();
  const of = (/** @type {string} */ unit) => {
    const found = units.get(unit) ?? { unit };
    units.set(unit, found);
    return found;
  };
  for (const { unit, from, until, minutes } of w.breaks) {
    const wished = of(unit);
    wished.breaks = [...(wished.breaks ?? []), { ...spanOf({ from, until }, start), length_s: minutes * 60 }];
  }
  for (const duty of w.duties) Object.assign(of(duty.unit), duty.from && duty.until && spanOf(duty, start), duty.end && { end: duty.end });
  for (const { unit, beat } of w.bound) of(unit).beats = [...(of(unit).beats ?? []), beat];
  for (const { unit, skill } of w.skills) of(unit).skills = [...(of(unit).skills ?? []), skill];
  return [...units.values()];
}
