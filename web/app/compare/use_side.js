/**
 * Keeps one side's surface on its map: asked for when its choices change, drawn in the classes
 * that both sides share, the one before kept until then.
 * @module
 */
import { useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchRisk } from '../api.js';
import { SurfaceLost } from '../map/heatmap.js';

/** Quick changes ask once. */
const SETTLE_MS = 150;

/**
 * @param {import('./pair.js').Pair|null} pair
 * @param {import('./link.js').SideName} name
 * @param {string} query of `/api/risk`
 * @param {import('./link.js').Breaks} breaks a km² and hour; none: nothing is drawn yet
 * @param {number} hours that the side counts
 * @returns {import('./side.js').Job}
 */
export function useSide(pair, name, query, breaks, hours) {
  const [job, setJob] = useState(/** @type {{query: string, risk: import('../api.js').Risk|null, problem: unknown}} */ ({ query: '', risk: null, problem: null }));
  const [round, setRound] = useState(0);
  const wanted = `${query} ${round}`;
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      fetchRisk(query, abort.signal).then((risk) => abort.signal.aborted || setJob({ query: wanted, risk, problem: null }), (problem) => abort.signal.aborted || setJob({ query: wanted, risk: null, problem }));
    }, job.risk ? SETTLE_MS : 0);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [wanted]);
  const { risk } = job;
  const scaled = breaks.map(([from, n]) => /** @type {[number, number]} */ ([from * hours, n]));
  useEffect(() => {
    // The hours are those of what was asked last: an older surface is not drawn by them.
    if (!pair || !risk || !scaled.length || job.query !== wanted) return;
    const { heatmap } = pair.views[name];
    heatmap.setVisible(true);
    heatmap.show(risk, scaled).catch((problem) => (problem instanceof SurfaceLost ? setRound((n) => n + 1) : setJob((old) => ({ ...old, problem }))));
  }, [pair, risk, scaled.join(), job.query === wanted]);
  // What failed leaves no older surface that would pass for it.
  useEffect(() => {
    if (job.problem !== null) pair?.views[name].heatmap.setVisible(false);
  }, [pair, job.problem]);
  return { risk, busy: job.query !== wanted, problem: job.query === wanted ? job.problem : null, retry: () => setRound((n) => n + 1) };
}
