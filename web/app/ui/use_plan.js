/**
 * Makes, opens, cancels and forgets the patrol plan on the map.
 * @module
 */
import { useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchPlan, makePlan } from '../api.js';
import { change } from '../state.js';

/**
 * @typedef {object} PlanJob
 * @property {'none'|'opening'|'working'|'ready'|'failed'|'open_failed'|'cancelled'} status
 * @property {import('../api.js').Plan|null} plan
 * @property {unknown} problem
 * @property {(wish: Parameters<typeof makePlan>[0]) => void} make
 * @property {() => void} cancel
 * @property {() => void} clear
 */

/**
 * @param {string} planId of the URL
 * @returns {PlanJob}
 */
export function usePlan(planId) {
  const [job, setJob] = useState(/** @type {Pick<PlanJob, 'status'|'plan'|'problem'>} */ ({ status: 'none', plan: null, problem: null }));
  const abort = useRef(/** @type {AbortController|null} */ (null));
  const begin = () => {
    abort.current?.abort();
    abort.current = new AbortController();
    return abort.current.signal;
  };

  useEffect(() => {
    if (!planId || job.plan?.id === planId) return;
    const signal = begin();
    setJob((old) => ({ ...old, status: 'opening' }));
    fetchPlan(planId, signal).then(
      (plan) => setJob({ status: 'ready', plan, problem: null }),
      (problem) => signal.aborted || setJob({ status: 'open_failed', plan: null, problem }),
    );
  }, [planId]);

  return {
    ...job,
    make(wish) {
      const signal = begin();
      setJob((old) => ({ ...old, status: 'working', problem: null }));
      makePlan(wish, signal).then(
        (plan) => {
          setJob({ status: 'ready', plan, problem: null });
          change({ planId: plan.id, selection: null });
        },
        (problem) => setJob((old) => ({ ...old, status: signal.aborted ? 'cancelled' : 'failed', problem })),
      );
    },
    cancel() {
      abort.current?.abort();
    },
    clear() {
      abort.current?.abort();
      setJob({ status: 'none', plan: null, problem: null });
      change({ planId: '', selection: null });
    },
  };
}
