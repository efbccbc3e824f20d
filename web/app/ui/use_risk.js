/**
 * Keeps the heatmap on what the controls ask for. The surface that is drawn and the one in
 * the legend change together; until then the old one stays, and nothing on the map waits.
 * @module
 */
import { useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { ApiProblem, fetchRisk } from '../api.js';
import { takeEarlyRisk } from '../early.js';
import { SurfaceLost } from '../map/heatmap.js';
import { riskQuery } from '../state.js';

/** Quick changes (a key held down on the hours) ask once. */
const SETTLE_MS = 80;
/** A surface lost again so soon after it was asked for anew is not asked for a third time. */
const TRUST_MS = 60e3;

/**
 * @typedef {object} RiskJob
 * @property {'loading'|'ready'|'failed'} status
 * @property {import('../api.js').Risk|null} risk the surface on the map
 * @property {number[]} hours the hours that surface counts
 * @property {unknown} problem
 * @property {() => void} retry
 * @property {() => void} lost the service has forgotten the surface on the map
 */

/**
 * @param {Promise<import('../map/view.js').MapView|null>} map null where this browser can't draw one
 * @param {import('../state.js').State} state
 * @param {number} version the data's
 * @returns {RiskJob}
 */
export function useRisk(map, state, version) {
  const [job, setJob] = useState(/** @type {Omit<RiskJob, 'retry'|'lost'>} */ ({ status: 'loading', risk: null, hours: [], problem: null }));
  const [round, setRound] = useState(0);
  const query = riskQuery(state);
  const askedAgain = useRef(-Infinity);
  // Many tiles may be missing at once; they are one loss.
  const losing = useRef(false);
  const lost = () => {
    if (performance.now() - askedAgain.current < TRUST_MS) {
      setJob((old) => ({ ...old, status: 'failed', problem: new ApiProblem(404, '', '', 'surface-forgotten') }));
      return;
    }
    askedAgain.current = performance.now();
    setRound((n) => n + 1);
  };
  useEffect(() => {
    const abort = new AbortController();
    losing.current = false;
    setJob((old) => ({ ...old, status: 'loading' }));
    const hours = state.hours;
    /** @type {import('../map/view.js').MapView|null} */
    let view = null;
    const run = async () => {
      try {
        const risk = await (takeEarlyRisk(query) ?? fetchRisk(query, abort.signal));
        view = await map;
        if (view) {
          await view.ready;
          if (abort.signal.aborted) return;
          await view.heatmap.show(risk);
          performance.mark('heatmap-painted');
          view.complete();
        }
        if (!abort.signal.aborted) setJob({ status: 'ready', risk, hours, problem: null });
      } catch (problem) {
        if (abort.signal.aborted) return;
        view?.complete();
        if (problem instanceof SurfaceLost) lost();
        else setJob((old) => ({ ...old, status: 'failed', problem }));
      }
    };
    const timer = setTimeout(run, job.risk ? SETTLE_MS : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [query, version, round]);
  return {
    ...job,
    lost() {
      if (job.status !== 'ready' || losing.current) return;
      losing.current = true;
      lost();
    },
    retry() {
      askedAgain.current = -Infinity;
      setRound((n) => n + 1);
    },
  };
}
