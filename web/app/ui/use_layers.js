/**
 * The features of each kind: loaded once when first wanted, put on the map while switched
 * on, loaded again when the workspace's data changes.
 * @module
 */
import { useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchLayer } from '../api.js';
import { KINDS, incidentQuery } from '../state.js';

/**
 * @typedef {{status: 'loading'|'ready'|'failed', data: GeoJSON.FeatureCollection|null, problem: unknown}} LayerJob
 * @typedef {object} LayerJobs
 * @property {Record<string, LayerJob>} jobs
 * @property {(kind: string) => void} want loads a kind for a list or a detail
 * @property {(kind: string) => void} retry
 */

/**
 * @param {import('../map/view.js').MapView|null} view
 * @param {import('../api.js').Workspace} workspace
 * @param {import('../state.js').State} state
 * @param {boolean} settled false until the heatmap is drawn, which goes first
 * @returns {LayerJobs}
 */
export function useLayers(view, workspace, state, settled) {
  const { shown } = state;
  const incidents = shown.includes('incidents') ? incidentQuery(state, workspace) : '';
  const [jobs, setJobs] = useState(/** @type {Record<string, LayerJob>} */ ({}));
  const started = useRef(/** @type {Map<string, number>} */ (new Map()));
  const version = workspace.content_version;

  /** @param {string} kind @param {boolean} [again] */
  const want = (kind, again = false) => {
    if (!again && started.current.get(kind) === version) return;
    started.current.set(kind, version);
    setJobs((old) => ({ ...old, [kind]: { status: 'loading', data: old[kind]?.data ?? null, problem: null } }));
    fetchLayer(kind).then(
      (data) => setJobs((old) => ({ ...old, [kind]: { status: 'ready', data, problem: null } })),
      (problem) => setJobs((old) => ({ ...old, [kind]: { status: 'failed', data: null, problem } })),
    );
  };

  const has = (/** @type {string} */ kind) => (workspace.layers.find((l) => l.kind === kind)?.count ?? 0) > 0;
  useEffect(() => {
    if (!settled) return;
    for (const kind of KINDS) if (shown.includes(kind) && has(kind)) want(kind);
  }, [settled, shown.join(), version]);

  useEffect(() => {
    if (!view || !settled) return;
    view.whole.then(() => {
      for (const kind of KINDS) {
        const data = jobs[kind]?.data;
        if (shown.includes(kind) && data) view.setKind(kind, data);
        else if (view.present.has(kind) && !shown.includes(kind)) view.removeKind(kind);
      }
      if (incidents) view.showIncidents(incidents);
      else if (view.present.has('incidents')) view.removeKind('incidents');
    });
  }, [view, settled, shown.join(), jobs, incidents]);

  return { jobs, want, retry: (kind) => want(kind, true) };
}
