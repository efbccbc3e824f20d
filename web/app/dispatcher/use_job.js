/**
 * A question to the service that a panel shows: loading, its answer, or what went wrong.
 * Asked again when what it is about changes; an older answer never takes a newer one's place.
 * @module
 */
import { useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { request } from '../api.js';

/**
 * @template T
 * @param {string|null} url null: nothing is asked
 * @param {unknown} [version] asked again when it changes
 * @returns {{status: 'none'|'loading'|'ready'|'failed', data: T|null, problem: unknown, retry: () => void}}
 */
export function useJob(url, version) {
  const [job, setJob] = useState(/** @type {{url: string|null, status: 'none'|'loading'|'ready'|'failed', data: T|null, problem: unknown}} */ ({ url: null, status: 'none', data: null, problem: null }));
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (!url) {
      setJob({ url, status: 'none', data: null, problem: null });
      return undefined;
    }
    const abort = new AbortController();
    setJob((old) => ({ url, status: 'loading', data: old.url === url ? old.data : null, problem: null }));
    request(url, { signal: abort.signal }).then(
      (data) => setJob({ url, status: 'ready', data: /** @type {T} */ (data), problem: null }),
      (problem) => { if (!abort.signal.aborted) setJob({ url, status: 'failed', data: null, problem }); },
    );
    return () => abort.abort();
  }, [url, version, round]);
  const now = job.url === url ? job : { status: /** @type {const} */ ('loading'), data: null, problem: null };
  return { ...now, retry: () => setRound((n) => n + 1) };
}
