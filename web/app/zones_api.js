/**
 * Drafts of patrol zones, as the service answers them: areas with their figures inside.
 * @module
 */
import { request, sending } from './api.js';

/**
 * @typedef {object} Spread
 * @property {number} zones
 * @property {number} mean_h hours of work a day
 * @property {number} sd_h
 * @property {number} most_over_mean
 * @property {number} compactness
 * @property {number} border_km
 * @property {number} border_along_road
 *
 * @typedef {object} ZoneRow
 * @property {string} id
 * @property {string} name
 * @property {string|null} was
 * @property {boolean} locked
 * @property {number} cells
 * @property {number} km2
 * @property {number} calls_per_day
 * @property {number} work_h
 * @property {number} driving_h of these, driving to calls
 * @property {number|null} work_h_before
 * @property {number} pieces
 * @property {ZoneResponse|null} response how soon its calls are answered, where that was simulated
 * @property {ZoneResponse|null} response_before the same of the beat it carries on
 *
 * @typedef {{calls: number, mean_s: number|null, within: number[]}} ZoneResponse
 *
 * @typedef {{mean: number, low: number|null, high: number|null}} Estimated
 * @typedef {{mean_s: Estimated, p90_s: Estimated, within: Estimated[], queued: Estimated, own: Estimated, busiest: number, least_busy: number}} Response
 * @typedef {{before: Response, after: Response, difference_s: Estimated, units: number, seeds: number, calls: number}} ResponseChange
 *
 * @typedef {object} Zones
 * @property {{synthetic: boolean, model: string, window_start: string, window_end: string, calls_per_day: number, cells: number, resolution: number, handling_minutes: number, pace_min_per_km: number}} about
 * @property {Spread} after
 * @property {{before: Spread, imbalance_cut: number|null, moved_cells: number, moved_share: number, moved_calls_share: number}|null} change
 * @property {ZoneRow[]} zones
 * @property {ResponseChange|null} response how soon calls are answered, simulated
 * @property {string[]} notes
 *
 * @typedef {GeoJSON.FeatureCollection & {report: Zones}} ZonesMap
 */

/**
 * The calls whose work is balanced: those of the Risk panel, four weeks of them.
 * @param {import('./state.js').State} state
 */
const workOf = (state) => ({
  model: state.model,
  category: state.categories,
  ...(state.hours.length && { hours: state.hours }),
  ...(state.lookBack && { look_back_days: Number(state.lookBack) }),
  handling_minutes: state.zones.handling,
});

/** What a draft is asked with. @param {import('./state.js').State} state */
export const draftBody = (state) => ({
  ...(state.zones.from === 'nothing' ? { count: state.zones.count } : { from: 'beats', moved: state.zones.moved / 100 }),
  ...(state.zones.locked.length && { locked: state.zones.locked }),
  work: { ...workOf(state), simulate: {} },
});

/** The beats as they are: a draft in which nothing may move. @param {import('./state.js').State} state */
export const presentBody = (state) => ({ from: 'beats', moved: 0, work: workOf(state) });

/** The zones that are drawn, beside the beats. @param {import('./state.js').State} state */
export const compareBody = (state) => ({ work: { ...workOf(state), simulate: {} } });

/** @param {object} body @param {AbortSignal} signal @returns {Promise<ZonesMap>} */
export const fetchDraft = (body, signal) => request('/api/zones/draft?format=geojson', sending(body, signal));

/** @param {object} body @param {AbortSignal} signal @returns {Promise<ZonesMap>} */
export const fetchCompare = (body, signal) => request('/api/zones/compare?format=geojson', sending(body, signal));
