/**
 * Questions about coverage, as the service answers them: a map with its figures inside.
 * @module
 */
import { request } from './api.js';

/**
 * @typedef {object} About
 * @property {string} window_start
 * @property {string} window_end
 * @property {string} model
 * @property {boolean} synthetic
 * @property {number} expected_calls
 * @property {number} cells_off_road
 * @property {number[]} minutes the rings
 * @property {number} busy_fraction
 * @property {boolean} busy_estimated
 * @property {'board'|'layer'} units_from the live board, or the layer as it was imported
 *
 * @typedef {{minutes: number, reached_share: number, expected_share: number, streets_km: number}} RingCover
 * @typedef {object} Cover
 * @property {About} about
 * @property {{sources: 'units'|'posts'|'units_and_posts', count: number, rings: RingCover[]}[]} cover
 * @property {{minutes: number, cells: number, share: number}[]} gaps
 * @property {{cell: string, label: string, lon: number, lat: number, expected: number}[]} worst_gaps
 * @property {{id: string, name: string, label: string, loss: number[]}[]} units what sending each away costs, by ring
 * @property {string[]} notes
 *
 * @typedef {{moves_allowed: number, moves: number, expected_shares: number[], score: number, bound: number, proved: boolean, drive_minutes: number}} StandStep
 * @typedef {{id: string, name: string, from: string, to: string, lon: number, lat: number, drive_minutes: number}} UnitMove
 * @typedef {{about: About, units: number, places: number, curve: StandStep[], moves: UnitMove[], notes: string[]}} Stand
 *
 * @typedef {{cell: string, label: string, lon: number, lat: number}} Site
 * @typedef {{count: number, next: Site|null, expected_shares: number[], score: number, gain: number, best_score: number, bound: number, proved: boolean}} GainStep
 * @typedef {object} Siting
 * @property {About} about
 * @property {'posts'|'pillars'} what
 * @property {'drive'|'walk'} reached_by
 * @property {number} existing
 * @property {number} candidates
 * @property {number[]} expected_shares_now
 * @property {number} score_now
 * @property {GainStep[]} curve
 * @property {Site[]} best
 * @property {string[]} notes
 */

/**
 * @template R
 * @typedef {GeoJSON.FeatureCollection & {report: R}} MapOf
 */

/** Address of an answer's map. @param {string} question with its query */
export const mapUrl = (question) => `/api/coverage${question}&format=geojson`;

/** @param {string} question @param {AbortSignal} signal @returns {Promise<MapOf<Cover>>} */
export const fetchCover = (question, signal) => request(mapUrl(question), { signal });

/** @param {string} question @param {AbortSignal} signal @returns {Promise<MapOf<Stand>>} */
export const fetchStand = (question, signal) => request(mapUrl(question), { signal });

/** @param {string} question @param {AbortSignal} signal @returns {Promise<MapOf<Siting>>} */
export const fetchSiting = (question, signal) => request(mapUrl(question), { signal });
