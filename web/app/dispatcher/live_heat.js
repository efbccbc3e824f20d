/**
 * The heatmap of now: asked for when the board is on the screen, anew when an incident has
 * come in or gone, and every five minutes, since what incidents draw after them fades. Each
 * version has tiles of its own: the map goes from one to the next without a flash.
 * @module
 */
import { useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchHeat } from '../api.js';

/** The service makes at most one version in two seconds; a little later there is one. */
const AFTER_MS = 2500;
/** Desks must not all ask in one moment. */
const SPREAD_MS = 1500;
const ANEW_MS = 300e3;

/**
 * @param {import('./board.js').Board} board the present one
 * @returns {{heat: import('../api.js').Heat|null, failed: boolean, again: () => void}}
 */
export function useLiveHeat(board) {
  const [round, setRound] = useState(0);
  const [job, setJob] = useState(/** @type {{heat: import('../api.js').Heat|null, failed: boolean}} */ ({ heat: null, failed: false }));
  const again = () => setRound((n) => n + 1);
  useEffect(() => {
    const abort = new AbortController();
    fetchHeat(abort.signal).then((heat) => setJob({ heat, failed: false })).catch(() => {
      if (!abort.signal.aborted) setJob((old) => ({ ...old, failed: true }));
    });
    return () => abort.abort();
  }, [round]);
  useEffect(() => {
    let timer = 0;
    const soon = () => {
      timer ||= window.setTimeout(() => {
        timer = 0;
        again();
      }, AFTER_MS + Math.random() * SPREAD_MS);
    };
    const stop = board.watch((touched) => {
      if (touched.all || touched.incidents) soon();
    });
    const slow = window.setInterval(again, ANEW_MS);
    return () => {
      clearTimeout(timer);
      clearInterval(slow);
      stop();
    };
  }, [board]);
  return { ...job, again };
}
