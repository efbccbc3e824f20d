/**
 * The steps of an import: sending, looking, asking again with other choices, writing, the
 * report. One file at a time; each step can be left, but for the writing.
 * @module
 */
import { useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { ApiProblem } from '../api.js';
import { GUESSED, MOST_BYTES, beginImport, dropFile, importState, lookAgain, problemOf, sendFile } from './import_api.js';

const ASK_MS = 250;
/** The connection may be gone for a moment while the service writes on. */
const PATIENCE = 20;

/**
 * @typedef {object} Job
 * @property {'idle'|'sending'|'looked'|'writing'|'done'|'failed'} status
 * @property {string} file its name
 * @property {number} done
 * @property {number} of
 * @property {boolean} busy whether a new look is on its way
 * @property {import('./import_api.js').Preview|null} seen
 * @property {import('./import_api.js').Choice} choice
 * @property {import('./import_api.js').Report|null} report
 * @property {unknown} problem
 */

/** @type {Job} */
const IDLE = { status: 'idle', file: '', done: 0, of: 0, busy: false, seen: null, choice: GUESSED, report: null, problem: null };

/** @param {string|null|undefined} readOnly why nothing can be written @param {() => void} imported */
export function useImport(readOnly, imported) {
  const [job, setJob] = useState(IDLE);
  const abort = useRef(new AbortController());
  const put = (/** @type {Partial<Job>} */ patch) => setJob((old) => ({ ...old, ...patch }));
  const again = () => {
    abort.current.abort();
    abort.current = new AbortController();
    return abort.current.signal;
  };
  const failed = (/** @type {AbortSignal} */ signal, /** @type {Partial<Job>} */ patch) => (/** @type {unknown} */ problem) => signal.aborted || put({ busy: false, problem, ...patch });

  const start = (/** @type {FileList|File[]|null} */ files) => {
    const [file, second] = [...(files ?? [])];
    if (!file || job.status === 'writing') return;
    if (job.seen && job.status !== 'done') dropFile(job.seen.id);
    const signal = again();
    const refused = (/** @type {string} */ kind) => setJob({ ...IDLE, status: 'failed', file: file.name, problem: new ApiProblem(400, '', '', kind) });
    if (readOnly) return refused('read-only');
    if (second) return refused('import-one-file');
    if (file.size > MOST_BYTES) return refused('import-too-large');
    setJob({ ...IDLE, status: 'sending', file: file.name, of: file.size });
    sendFile(file, (done, of) => signal.aborted || put({ done, of }), signal)
      .then((seen) => (signal.aborted ? dropFile(seen.id) : put({ status: 'looked', seen, choice: { ...GUESSED, as: seen.as ?? '' } })), failed(signal, { status: 'failed' }));
  };

  const change = (/** @type {Partial<import('./import_api.js').Choice>} */ patch) => {
    if (!job.seen) return;
    // Columns of another layer's fields say nothing.
    const choice = { ...job.choice, ...('as' in patch && { map: {} }), ...patch };
    const signal = again();
    put({ choice, busy: true, problem: null });
    lookAgain(job.seen.id, choice, signal).then((seen) => signal.aborted || put({ seen, busy: false, choice: { ...choice, as: choice.as || (seen.as ?? '') } }), failed(signal, {}));
  };

  const commit = () => {
    const { seen, choice } = job;
    if (!seen) return;
    const signal = again();
    put({ status: 'writing', done: 0, of: 0, problem: null });
    let missed = 0;
    const follow = (/** @type {import('./import_api.js').ImportState} */ state) => {
      if (signal.aborted) return;
      missed = 0;
      if (state.stage === 'done') {
        put({ status: 'done', report: state.report });
        imported();
      } else if (state.problem) put({ status: 'looked', problem: problemOf(state.problem) });
      else {
        put({ done: state.stage === 'writing' ? state.done : 0, of: state.stage === 'writing' ? state.of : 0 });
        wait();
      }
    };
    const wait = () => setTimeout(() => importState(seen.id, signal).then(follow, (problem) => {
      missed += 1;
      if (missed < PATIENCE && !(problem.status > 0)) wait();
      else failed(signal, { status: 'failed' })(problem);
    }), ASK_MS);
    beginImport(seen.id, choice, signal).then(follow, failed(signal, { status: 'looked' }));
  };

  const close = () => {
    if (job.status === 'writing') return;
    abort.current.abort();
    if (job.seen) dropFile(job.seen.id);
    setJob(IDLE);
  };
  useEffect(() => () => abort.current.abort(), []);
  return { job, start, change, commit, close };
}
