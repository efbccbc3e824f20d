/**
 * What the analyst's desk asks of the service.
 * @module
 */
import { request } from '../api.js';

/**
 * @typedef {object} Profile
 * @property {number} number_matched
 * @property {number} number_of
 * @property {number} spans
 * @property {boolean} dates_only
 * @property {string|null} first
 * @property {string|null} last
 * @property {number[]} hours
 * @property {{code: string, count: number}[]} by_category
 * @property {{id: string, name: string, count: number}[]} by_beat
 * @property {number} in_no_beat
 * @property {{step: 'day'|'week'|'month', bars: {start: string, count: number}[]}} timeline
 *
 * @typedef {{id: string, at: string, until: string|null, category: string, priority: number, origin: string, state: string}} Incident
 * @typedef {GeoJSON.Feature<GeoJSON.Point, Incident>} Row
 * @typedef {{features: Row[], number_matched: number, offset: number}} Page
 *
 * @typedef {{incidents: number, start: string, end: string, quarantines: string[]}} About
 * @typedef {{about: About, earlier_start: string, earlier_end: string, notes: string[], rows: {kind: 'district'|'category'|'beat', id: string, name: string, now: number, earlier: number, ratio: number|null, low: number, high: number|null, p: number, stands_out: boolean}[]}} YearOnYear
 * @typedef {{about: About, notes: string[], permutations: number, fields: {from_m: number, to_m: number, from_days: number, to_days: number, observed: number, expected: number, ratio: number|null, p: number}[]}} NearRepeat
 * @typedef {{about: About, notes: string[], cells: number, hot_cells: number, spots: {number: number, name_en: string, name_zh: string, lon: number, lat: number, area_km2: number, observed: number, expected: number, share: number, area_share: number, peak_z: number, peak_p: number, peak_p_permuted: number, busiest_hours: {from: number, until: number, share: number}|null, categories: {code: string, count: number}[]}[]}} HotSpots
 * @typedef {{about: About, notes: string[], cells: number, cells_with_any: number, gini: number|null, gini_adjusted: number|null, held: {incidents: number, cells: number|null, cells_by_chance: number|null}[], curve?: {cells: number, incidents: number}[]}} Concentration
 *
 * @typedef {object} ScoredForecast
 * @property {string} id
 * @property {string} model
 * @property {string} frozen_at
 * @property {{start: string, end: string}} window
 * @property {number} expected
 * @property {boolean} is_intact
 * @property {{scored_at: string, incidents: number, outside: number, log_score: number|null, hit_rates: {area: number, hits: number|null}[]}|null} score
 */

/** @param {string} query @param {AbortSignal} signal @returns {Promise<Profile>} */
export const fetchProfile = (query, signal) => request(`/api/incidents/profile?${query}`, { signal });

/** @param {string} query @param {AbortSignal} signal @returns {Promise<Page>} */
export const fetchRows = (query, signal) => request(`/api/incidents?${query}`, { signal });

/** @param {string} question like `hot-spots` @param {string} query @param {AbortSignal} signal @returns {Promise<any>} */
export const fetchStatistics = (question, query, signal) => request(`/api/statistics/${question}?${query}`, { signal });

/** @param {string} query @param {AbortSignal} signal @returns {Promise<GeoJSON.FeatureCollection>} */
export const fetchSpots = (query, signal) => request(`/api/export/hot_spots.geojson?${query}`, { signal });

/** @param {AbortSignal} signal @returns {Promise<{forecasts: ScoredForecast[]}>} */
export const fetchForecasts = (signal) => request('/api/forecasts?limit=500', { signal });
