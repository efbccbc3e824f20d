/**
 * One request of a component: loading, then its answer or what went wrong.
 * @module
 */
import { useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';

/**
 * A request that follows its key; the answer before is dropped.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} ask
 * @param {string} key
 */
export function useRequest(ask, key) {
  const [job, setJob] = useState(/** @type {{status: 'loading'|'ready'|'failed', answer: T|null, problem: unknown}} */ ({ status: 'loading', answer: null, problem: null }));
  const [round, setRound] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setJob({ status: 'loading', answer: null, problem: null });
    ask(abort.signal).then(
      (answer) => abort.signal.aborted || setJob({ status: 'ready', answer, problem: null }),
      (problem) => abort.signal.aborted || setJob({ status: 'failed', answer: null, problem }),
    );
    return () => abort.abort();
  }, [key, round]);
  return { ...job, retry: () => setRound(round + 1) };
}
