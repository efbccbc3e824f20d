/**
 * The hand-over as the service gives it.
 * @module
 */
import { request } from '../api.js';

/**
 * @typedef {import('../dispatcher/board.js').Call} Call
 * @typedef {import('../dispatcher/board.js').Alarm} Alarm
 * @typedef {import('../dispatcher/board.js').Note} Note
 * @typedef {{start: string, end: string}} Span
 * @typedef {{id: string, name_en: string, name_zh: string}} ShiftName
 * @typedef {{count: number, median_s: number, p90_s: number}} Spread
 * @typedef {{priority: number|null, calls: number, to_dispatch: Spread|null, on_the_way: Spread|null, to_arrival: Spread|null}} Response
 * @typedef {object} Calls
 * @property {number} received
 * @property {number} taken_over
 * @property {number} still_open
 * @property {number} open
 * @property {number} noted
 * @property {[number, number, number]} by_priority
 * @property {{code: string, received: number, open: number}[]} by_category
 * @property {Record<string, number>} by_state
 * @property {number} reopened
 * @property {number} merged
 * @property {Record<string, number>} cancelled
 * @property {number} reclassified
 * @property {number} kept_apart
 * @typedef {{rung: number, presses: number, acknowledged: Spread|null, answered: Spread|null, unacknowledged: number, unanswered: number, calls: number, all: Alarm[]}} Alarms
 * @typedef {{id: string, name: string, online: boolean, since: string|null, silences: number, silent_s: number}} PillarTime
 * @typedef {{id: string, call_sign: string, station: string|null, sent: number, reached: number, idle_s: number, dispatched_s: number, on_scene_s: number, break_s: number, off_duty_s: number}} UnitTime
 * @typedef {{id: string, made_at: string, window: Span, units: number, stops: number, risk_covered: number, risk_total: number}} PlanOfShift
 * @typedef {{cell: string, expected: number, interval: [number, number], label: string}} TopCell
 * @typedef {{shift: ShiftName|null, window: Span, model: string, expected: number, interval: [number, number], usual: {mean: number, shifts: number, until: string}|null, data_until: string, stale_days: number|null, not_enough_data: boolean, cells: TopCell[]}} Next
 * @typedef {object} Handover
 * @property {Span} window
 * @property {Span} known
 * @property {boolean} is_over
 * @property {ShiftName|null} shift
 * @property {{id: string, name: string}|null} station
 * @property {number} sequence
 * @property {boolean} synthetic
 * @property {Calls} calls
 * @property {Response[]} response
 * @property {Call[]} open_calls
 * @property {Alarms} alarms
 * @property {PillarTime[]} pillars
 * @property {UnitTime[]} units
 * @property {PlanOfShift[]} plans
 * @property {Next|null} next
 * @property {string|null} next_fault
 * @property {Note|null} note
 * @property {Note|null} note_before
 * @typedef {{from: string, until: string, station: string}} Ask empty: the service's own choice
 */

/** @param {Ask} ask */
export function queryOf(ask) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(ask)) if (value) query.set(name, value);
  return query.toString();
}

/** @param {Ask} ask @param {AbortSignal} signal @returns {Promise<Handover>} */
export const fetchHandover = (ask, signal) => request(`/api/handover?${queryOf(ask)}`, { signal });

/** @param {object} note @param {string} key */
export const writeNote = (note, key) => request('/api/handover/notes', {
  method: 'POST', body: JSON.stringify(note), headers: { 'content-type': 'application/json', 'idempotency-key': key },
});
