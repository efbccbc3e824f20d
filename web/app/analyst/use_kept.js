/**
 * One request that follows its key; while the next is on its way the answer before stays, and
 * says that it is old. An empty key asks nothing.
 * @module
 */
import { useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';

/** After so long an answer that was not ready is asked for again. */
const AGAIN_MS = 3000;

/**
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} ask
 * @param {string} key
 * @param {number} [settle_ms] quick changes ask once
 * @returns {{answer: T|null, stale: boolean, problem: unknown, retry: () => void}}
 */
export function useKept(ask, key, settle_ms = 120) {
  const [job, setJob] = useState(/** @type {{of: string, answer: T|null, problem: unknown}} */ ({ of: '', answer: null, problem: null }));
  const [round, setRound] = useState(0);
  const wanted = key && `${round} ${key}`;
  useEffect(() => {
    if (!wanted || job.of === wanted) return undefined;
    const abort = new AbortController();
    let timer = setTimeout(function go() {
      ask(abort.signal).then((answer) => abort.signal.aborted || setJob({ of: wanted, answer, problem: null }), (problem) => {
        if (abort.signal.aborted) return;
        // Much data take longer than a request may: the work goes on, its answer is kept.
        if (problem.status === 503) timer = setTimeout(go, AGAIN_MS);
        // An older answer beside a failure would pass for the one that was asked for.
        else setJob({ of: wanted, answer: null, problem });
      });
    }, job.answer === null ? 0 : settle_ms);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [wanted]);
  const stale = job.of !== wanted;
  return { answer: job.answer, stale, problem: stale ? null : job.problem, retry: () => setRound(round + 1) };
}
