/**
 * How the plan of the shift was kept, as far as one was followed. The service that does not
 * know the question (404) and a shift without a plan say the same: none was followed.
 * @module
 */
import { ApiProblem, request } from '../api.js';

/**
 * @typedef {{label: string, call_sign: string, until: string}} MissedVisit
 * @typedef {{kept: number|null, planned: number, made: number, skipped: number, missed: number, visits: MissedVisit[]}} Followed
 */

/**
 * What the answer says in all; null where no plan was followed.
 * @param {Record<string, any>|null} answer
 * @returns {Followed|null}
 */
export function followed(answer) {
  const stops = answer?.total;
  const count = (/** @type {unknown} */ n) => (Number.isFinite(Number(n)) ? Number(n) : 0);
  if (!stops || count(stops.planned) === 0) return null;
  return {
    kept: typeof stops.kept_percent === 'number' ? stops.kept_percent / 100 : null,
    planned: count(stops.planned), made: count(stops.made), skipped: count(stops.skipped), missed: count(stops.missed),
    visits: Array.isArray(answer.missed) ? answer.missed : [],
  };
}

/** @param {string} query @param {AbortSignal} signal @returns {Promise<Followed|null>} */
export async function fetchFollowed(query, signal) {
  try {
    return followed(await request(`/api/followup?${query}`, { signal }));
  } catch (problem) {
    if (problem instanceof ApiProblem && problem.status === 404) return null;
    throw problem;
  }
}
