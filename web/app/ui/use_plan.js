/**
 * Makes, opens, cancels and forgets the patrol plan on the map.
 * @module
 */
import { useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchPlan, makePlan, replan } from '../api.js';
import { change } from '../state.js';

/**
 * @typedef {object} PlanJob
 * @property {'none'|'opening'|'working'|'ready'|'failed'|'open_failed'|'cancelled'} status
 * @property {import('../api.js').Plan|null} plan
 * @property {import('../api.js').Plan|null} before the plan that was here, of the same time
 * @property {unknown} problem
 * @property {string} made id of the plan that was made here and not looked at so far
 * @property {() => void} seen it is looked at
 * @property {(wish: Parameters<typeof makePlan>[0]) => void} make
 * @property {(plan: import('../api.js').Plan, wish: Parameters<typeof replan>[1]) => void} replan
 * @property {() => void} cancel
 * @property {() => void} clear
 */

/**
 * @param {string} planId of the URL
 * @returns {PlanJob}
 */
export function usePlan(planId) {
  const [job, setJob] = useState(/** @type {Pick<PlanJob, 'status'|'plan'|'before'|'problem'>} */ ({ status: 'none', plan: null, before: null, problem: null }));
  const made = useRef('');
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
      (plan) => setJob({ status: 'ready', plan, before: null, problem: null }),
      (problem) => signal.aborted || setJob({ status: 'open_failed', plan: null, before: null, problem }),
    );
  }, [planId]);

  /** @param {(signal: AbortSignal) => Promise<import('../api.js').Plan>} ask */
  const asked = (ask) => {
    const signal = begin();
    setJob((old) => ({ ...old, status: 'working', problem: null }));
    ask(signal).then(
      (plan) => {
        made.current = plan.id;
        setJob((old) => ({ status: 'ready', plan, before: old.plan && isOfSameTime(old.plan, plan) ? old.plan : null, problem: null }));
        change({ planId: plan.id, selection: null });
      },
      (problem) => setJob((old) => ({ ...old, status: signal.aborted ? 'cancelled' : 'failed', problem })),
    );
  };

  return {
    ...job,
    made: made.current,
    seen() {
      made.current = '';
    },
    make: (wish) => asked((signal) => makePlan(wish, signal)),
    replan: (plan, wish) => asked((signal) => replan(plan, wish, signal)),
    cancel() {
      abort.current?.abort();
    },
    clear() {
      abort.current?.abort();
      setJob({ status: 'none', plan: null, before: null, problem: null });
      change({ planId: '', selection: null });
    },
  };
}

/** Plans of one time can be set side by side. @param {import('../api.js').Plan} a @param {import('../api.js').Plan} b */
const isOfSameTime = (a, b) => a.window.start === b.window.start && a.window.end === b.window.end;
