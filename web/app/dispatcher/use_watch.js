/**
 * Draws a component again when the board or the desk changes: at once where nothing was
 * drawn lately, else a little later, so that forty changes a second cost ten drawings.
 * @module
 */
import { useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';

/** The least time between two drawings that the board asks for. */
const LEAST_MS = 100;

/** @param {{watch: (watcher: () => void) => () => void}} store @param {number} [least] */
export function useWatch(store, least = LEAST_MS) {
  const [, draw] = useState(0);
  useEffect(() => {
    let drawn = -Infinity;
    let timer = 0;
    const now = () => {
      timer = 0;
      drawn = performance.now();
      draw((n) => n + 1);
    };
    const stop = store.watch(() => {
      if (timer) return;
      const wait = drawn + least - performance.now();
      if (wait <= 0) now();
      else timer = window.setTimeout(now, wait);
    });
    now();
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [store]);
}

/** Draws again each so many milliseconds: ages grow while nothing happens. @param {number} every */
export function useClock(every = 1000) {
  const [, draw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => draw((n) => n + 1), every);
    return () => clearInterval(timer);
  }, [every]);
}
