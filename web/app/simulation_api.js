/**
 * Simulations, as the service tells of them: how far it is, then what each policy came to.
 * @module
 */
import { ApiProblem, answered, sending } from './api.js';

/** What idle units can do, in the service's order. */
export const POLICIES = /** @type {const} */ (['station', 'random', 'hottest', 'plan', 'plan-replan']);

/**
 * @typedef {typeof POLICIES[number]} Policy
 * @typedef {{mean: number, low: number|null, high: number|null}} Estimated 95 % of what chance would give lies from `low` to `high`; null with one draw
 * @typedef {{seconds: number, share: Estimated|null}} Share
 * @typedef {object} Figures
 * @property {Estimated|null} mean_response_s
 * @property {Estimated|null} median_response_s
 * @property {Estimated|null} p90_response_s
 * @property {Share[]} within 1, 3, 5 and 8 minutes
 * @property {Estimated|null} queued
 * @property {Estimated|null} mean_wait_s
 * @property {Estimated|null} hot_minutes in a shift
 * @property {Estimated|null} patrol_driving_minutes in a shift
 * @property {Estimated|null} km in a shift
 * @property {Share[]} covered
 *
 * @typedef {object} PolicyResult
 * @property {Policy} policy
 * @property {Figures} figures
 * @property {Share[]} distribution
 * @property {{other: Policy, difference: Figures, hot_minutes_ratio: Estimated|null}[]} against
 *
 * @typedef {object} Simulation
 * @property {boolean} synthetic
 * @property {{start: string, end: string}} period
 * @property {number} shifts
 * @property {number} units
 * @property {number} made_up_units
 * @property {{en: string, zh: string}[]} left_out
 * @property {string} model
 * @property {number} events
 * @property {'held-out'|'forecast'} truth
 * @property {number} expected_calls
 * @property {number} off_road_calls
 * @property {number} handling_mean_s
 * @property {number} seeds
 * @property {Policy|null} reference
 * @property {PolicyResult[]} policies
 */

/**
 * Simulates; giving up the request stops it.
 * @param {object} body
 * @param {AbortSignal} signal
 * @param {(done: number, of: number) => void} tell how far it is
 * @returns {Promise<Simulation>}
 */
export async function fetchSimulation(body, signal, tell) {
  const answer = await answered('/api/simulations?format=events', sending(body, signal));
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  while (reader) {
    const { value, done } = await reader.read();
    if (done) break;
    const events = (rest + value).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const { name, data } = parsed(event);
      if (name === 'progress') tell(data.done, data.of);
      if (name === 'report') return data;
      if (name === 'problem') throw new ApiProblem(data.status, data.title, data.detail ?? '', String(data.type ?? '').replace('/problems/', ''));
    }
  }
  // The service went away in the middle of it.
  throw new ApiProblem(0, '', '');
}

/** One event of the stream. @param {string} event @returns {{name: string, data: any}} */
function parsed(event) {
  const lines = event.split('\n');
  const of = (/** @type {string} */ field) => lines.filter((line) => line.startsWith(`${field}:`)).map((line) => line.slice(field.length + 1).replace(/^ /, ''));
  const data = of('data').join('\n');
  return { name: of('event')[0] ?? '', data: data ? JSON.parse(data) : null };
}
