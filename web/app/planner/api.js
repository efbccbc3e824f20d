/**
 * What the planner's desk asks of the service: drafts, edits, checks, comparisons,
 * versions. Each change says which version it is of.
 * @module
 */
import { ApiProblem, request, sending } from '../api.js';

/**
 * @typedef {[number, number]} Point longitude, latitude
 * @typedef {'beats'|'zones'} Layer
 * @typedef {{id: string, name: string, station: string|null, area: Point[][][]}} Area
 * @typedef {{id: string, name: string, layer: Layer, version: number, base: number, made_at: string, changed_at: string}} Line
 * @typedef {Line & {areas: Area[]}} Scenario
 * @typedef {{wrong: string, sliver: boolean, areas: string[], at: Point, m2: number, before: boolean}} Fault
 * @typedef {{faults: Fault[], forbidding: number, borders_shared: boolean}} Checked
 * @typedef {{changed: Area[], removed: string[], check: Checked}} Edited
 * @typedef {{layer: Layer, number: number, at: string, reason: string, scenario: string|null, areas: number, in_force: boolean}} Version
 * @typedef {'same'|'added'|'removed'|'reshaped'|'renamed'} Became
 * @typedef {{areas: {id: string, name: string, mine: Became, theirs: Became}[], conflict: boolean, taken: 'mine'|'theirs'}} Group
 * @typedef {{groups: Group[], areas: Area[]}} Merged
 * @typedef {import('../zones_api.js').Zones} Report
 */

const never = new AbortController().signal;

/** @returns {Promise<{scenarios: Line[]}>} */
export const fetchScenarios = () => request('/api/scenarios');

/** @param {string} id @returns {Promise<Scenario>} */
export const fetchScenario = (id) => request(`/api/scenarios/${encodeURIComponent(id)}`);

/** @param {{name: string, layer: Layer, copy_of?: string}} wish @returns {Promise<Scenario>} */
export const makeScenario = (wish) => request('/api/scenarios', sending(wish, never));

/**
 * Saves over a version; a problem of status 412 where somebody was first.
 * @param {Line} line
 * @param {Area[]} areas
 * @returns {Promise<Scenario>}
 */
export const saveScenario = (line, areas) => request(`/api/scenarios/${line.id}`, {
  ...over(line.version),
  method: 'PUT',
  body: JSON.stringify({ name: line.name, base: line.base, areas }),
});

/** @param {Line} line */
export async function deleteScenario(line) {
  const { headers } = over(line.version);
  const answer = await fetch(`/api/scenarios/${line.id}`, { method: 'DELETE', headers }).catch(() => null);
  if (answer?.ok) return;
  const problem = await answer?.json().catch(() => ({}));
  throw new ApiProblem(answer?.status ?? 0, problem?.title ?? '', problem?.detail ?? '', (problem?.type ?? '').replace('/problems/', ''));
}

/** @param {string} id @param {Area[]} areas @param {object} edit @param {AbortSignal} [signal] @returns {Promise<Edited>} */
export const editScenario = (id, areas, edit, signal = never) => request(`/api/scenarios/${id}/edit`, sending({ areas, edit }, signal));

/** @param {string} id @param {Area[]} areas @param {AbortSignal} signal @returns {Promise<Checked>} */
export const checkScenario = (id, areas, signal) => request(`/api/scenarios/${id}/check`, sending({ areas }, signal));

/**
 * @param {string} id @param {Area[]} areas @param {boolean} response simulate how soon calls are answered
 * @param {AbortSignal} signal @returns {Promise<Report>}
 */
export const compareScenario = (id, areas, response, signal) => request(
  `/api/scenarios/${id}/compare`,
  sending({ areas, work: response ? { simulate: { units: 1, seeds: 3 } } : {} }, signal),
);

/**
 * @param {string} id @param {Area[]} base @param {Area[]} mine @param {Area[]} theirs
 * @param {('mine'|'theirs')[]} [choices] @returns {Promise<Merged>}
 */
export const mergeScenario = (id, base, mine, theirs, choices) => request(`/api/scenarios/${id}/merge`, sending({ base, mine, theirs, choices }, never));

/** @param {Line} line @param {string} reason @returns {Promise<Version>} */
export const publishScenario = (line, reason) => request(`/api/scenarios/${line.id}/publish`, { ...over(line.version), body: JSON.stringify({ reason }) });

/** @param {Layer} layer @returns {Promise<{versions: Version[]}>} */
export const fetchVersions = (layer) => request(`/api/beats/versions?layer=${layer}`);

/** A version as a draft begins with it. @param {Layer} layer @param {number} number @returns {Promise<{areas: Area[]}>} */
export const fetchVersion = (layer, number) => request(`/api/beats/versions/${number}?layer=${layer}&as=draft`);

/** @param {Version} version @param {number} inForce @param {string} reason @returns {Promise<Version>} */
export const publishAgain = (version, inForce, reason) => request(`/api/beats/versions/${version.number}/publish?layer=${version.layer}`, { ...over(inForce), body: JSON.stringify({ reason }) });

/** @param {number} version */
const over = (version) => ({ method: 'POST', headers: { 'content-type': 'application/json', 'if-match': `"${version}"` } });
