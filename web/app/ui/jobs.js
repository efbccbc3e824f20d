/**
 * Questions that take seconds and outlive the panel that asked: the answer stays while
 * another tab is open, panel and legend read the same one, and asking anew or cancelling
 * gives up the request on the way.
 * @module
 */
import { useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';

/**
 * @template T
 * @typedef {object} Job
 * @property {'none'|'working'|'ready'|'failed'|'cancelled'} status
 * @property {string} key what was asked
 * @property {T|null} answer the last one, also while another is on the way
 * @property {string} answered key of that answer
 * @property {unknown} problem
 * @property {number} since when it was asked, of `performance.now`
 * @property {number} done how far it is
 * @property {number} of how far it goes; 0 where nothing says so
 */

/** @type {Job<any>} */
const NONE = { status: 'none', key: '', answer: null, answered: '', problem: null, since: 0, done: 0, of: 0 };

/** @type {Map<string, Job<any>>} */
const jobs = new Map();
/** @type {Map<string, AbortController>} */
const running = new Map();
/** @type {Set<() => void>} */
const watchers = new Set();

/** @param {string} name @param {Partial<Job<any>>} patch */
function put(name, patch) {
  jobs.set(name, { ...(jobs.get(name) ?? NONE), ...patch });
  for (const watcher of [...watchers]) watcher();
}

/**
 * Asks, unless just that is being asked or answered already.
 * @template T
 * @param {string} name
 * @param {string} key
 * @param {(signal: AbortSignal) => Promise<T>} run
 */
export function ask(name, key, run) {
  const now = jobs.get(name) ?? NONE;
  if (now.key === key && (now.status === 'working' || now.status === 'ready')) return;
  running.get(name)?.abort();
  const abort = new AbortController();
  running.set(name, abort);
  put(name, { status: 'working', key, problem: null, since: performance.now(), done: 0, of: 0 });
  run(abort.signal).then(
    (answer) => abort.signal.aborted || put(name, { status: 'ready', answer, answered: key }),
    (problem) => abort.signal.aborted || put(name, { status: 'failed', problem }),
  );
}

/** How far a job is that says so. @param {string} name @param {number} done @param {number} of */
export function told(name, done, of) {
  if (jobs.get(name)?.status === 'working') put(name, { done, of });
}

/** @param {string} name */
export function cancel(name) {
  running.get(name)?.abort();
  if (jobs.get(name)?.status === 'working') put(name, { status: 'cancelled' });
}

/** Forgets the answer. @param {string} name */
export function forget(name) {
  running.get(name)?.abort();
  put(name, NONE);
}

/**
 * The job of a name, for a component.
 * @template T
 * @param {string} name
 * @returns {Job<T>}
 */
export function useJob(name) {
  const [job, see] = useState(/** @type {Job<T>} */ (jobs.get(name) ?? NONE));
  useEffect(() => {
    const look = () => see(jobs.get(name) ?? NONE);
    look();
    watchers.add(look);
    return () => void watchers.delete(look);
  }, [name]);
  return job;
}
