/**
 * Keeps the heatmap on what the controls ask for. The surface that is drawn and the one in
 * the legend change together; until then the old one stays, and nothing on the map waits.
 * @module
 */
import { useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchRisk } from '../api.js';
import { riskQuery } from '../state.js';

/** Quick changes (a key held down on the hours) ask once. */
const SETTLE_MS = 80;

/**
 * @typedef {object} RiskJob
 * @property {'loading'|'ready'|'failed'} status
 * @property {import('../api.js').Risk|null} risk the surface on the map
 * @property {number[]} hours the hours that surface counts
 * @property {unknown} problem
 * @property {() => void} retry
 */

/**
 * @param {Promise<import('../map/view.js').MapView|null>} map null where this browser can't draw one
 * @param {import('../state.js').State} state
 * @param {number} version the data's
 * @returns {RiskJob}
 */
export function useRisk(map, state, version) {
  const [job, setJob] = useState(/** @type {Omit<RiskJob, 'retry'>} */ ({ status: 'loading', risk: null, hours: [], problem: null }));
  const [round, setRound] = useState(0);
  const query = riskQuery(state);
  useEffect(() => {
    const abort = new AbortController();
    setJob((old) => ({ ...old, status: 'loading' }));
    const hours = state.hours;
    const run = async () => {
      try {
        const risk = await fetchRisk(query, abort.signal);
        const view = await map;
        if (view) {
          await view.ready;
          if (abort.signal.aborted) return;
          await view.heatmap.show(risk);
          performance.mark('heatmap-painted');
        }
        if (!abort.signal.aborted) setJob({ status: 'ready', risk, hours, problem: null });
      } catch (problem) {
        if (!abort.signal.aborted) setJob((old) => ({ ...old, status: 'failed', problem }));
      }
    };
    const timer = setTimeout(run, job.risk ? SETTLE_MS : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query, version, round]);
  return { ...job, retry: () => setRound(round + 1) };
}
