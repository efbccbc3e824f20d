/**
 * What the first screen needs from the service, asked for while the map library is still
 * being read: the workspace, then the surface that the address asks for. This module has
 * few imports and its own script tag before the page's, so that it runs first.
 * @module
 */
import { fetchRisk, fetchWorkspace } from './api.js';
import { begin, current, riskQuery } from './state.js';

/** @typedef {{query: string, answer: Promise<import('./api.js').Risk>}} EarlyRisk */

/** @type {EarlyRisk|null} */
let early = null;

/** The workspace; asked for once, on start. */
export const firstWorkspace = fetchWorkspace().then((workspace) => {
  begin(workspace);
  const query = riskQuery(current());
  early = { query, answer: fetchRisk(query, new AbortController().signal) };
  // Whoever takes the answer hears of a failure; it is none before.
  early.answer.catch(() => {});
  return workspace;
});
firstWorkspace.catch(() => {});

/**
 * The surface asked for on start, if that is the one wanted. Given out once: a surface
 * asked for again later must be a new one.
 * @param {string} query as made by {@link riskQuery}
 * @returns {Promise<import('./api.js').Risk>|null}
 */
export function takeEarlyRisk(query) {
  const found = early;
  early = null;
  return found?.query === query ? found.answer : null;
}
