/**
 * The heatmap under the board: this hour's forecast, or what is usual at this hour. It is
 * asked for when the board is on the screen, and anew each hour; its opacity is at hand.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchRisk } from '../api.js';
import { number, span } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { riskQuery } from '../state.js';

const HOUR_MS = 3600e3;

/** @typedef {import('../map/view.js').MapView} MapView */

/**
 * Keeps a surface on the map; the old one stays until the new one is drawn.
 * @param {MapView} view @param {string} query @param {number} round
 */
function useSurface(view, query, round) {
  const [job, setJob] = useState(/** @type {{risk: import('../api.js').Risk|null, failed: boolean}} */ ({ risk: null, failed: false }));
  useEffect(() => {
    const abort = new AbortController();
    fetchRisk(query, abort.signal).then(async (risk) => {
      if (abort.signal.aborted) return;
      await view.heatmap.show(risk);
      setJob({ risk, failed: false });
    }).catch(() => {
      if (!abort.signal.aborted) setJob((old) => ({ ...old, failed: true }));
    });
    return () => abort.abort();
  }, [view, query, round]);
  return job;
}

/** @param {{view: MapView, state: import('../state.js').State, board: import('./board.js').Board, onLost: (lost: () => void) => void, palette: import('../map/palette.js').Palette}} props */
export function Heat({ view, state, board, onLost, palette }) {
  const [hour, setHour] = useState(() => Math.floor(board.now() / HOUR_MS));
  const [usual, setUsual] = useState(false);
  const [opacity, setOpacity] = useState(state.opacity);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setHour(Math.floor(board.now() / HOUR_MS)), 10e3);
    return () => clearInterval(timer);
  }, []);
  const hours = `${new Date(hour * HOUR_MS).toISOString()}/${new Date((hour + 1) * HOUR_MS).toISOString()}`;
  const { risk, failed } = useSurface(view, riskQuery({ ...state, window: hours, model: usual ? 'count' : 'best' }), round);
  const again = () => setRound((n) => n + 1);
  useEffect(() => onLost(again), []);
  /** @param {number} wanted */
  const fade = (wanted) => {
    setOpacity(wanted);
    view.heatmap.setVisible(wanted > 0.04);
    view.heatmap.setOpacity(wanted);
  };
  return html`<section class="heat" aria-label=${t('d_heat')}>
    <div class="heat-row">
      <select aria-label=${t('d_heat')} value=${usual ? 'usual' : 'now'} onChange=${(/** @type {any} */ event) => setUsual(event.target.value === 'usual')}>
        <option value="now">${t('d_heat_now')}</option><option value="usual">${t('d_heat_usual')}</option></select>
      <input type="range" min="0" max="0.9" step="0.05" value=${opacity} aria-label=${t('opacity')} onInput=${(/** @type {any} */ event) => fade(Number(event.target.value))} />
    </div>
    <div class="ramp" aria-hidden="true">${palette.ramp.map((color, i) => html`<i key=${color} class=${i === 4 ? 'top' : ''} style=${`background:${color}`}></i>`)}</div>
    <p class="hint">${failed ? html`${t('d_heat_failed')} <button type="button" class="small quiet" onClick=${again}>${t('retry')}</button>`
      : !risk ? t('d_heat_loading') : t('d_heat_legend', { model: word('model', risk.model), window: span(risk.window), top: number(risk.classes.find((c) => c.class === 5)?.min_per_km2 ?? 0, 2) })}</p>
  </section>`;
}
