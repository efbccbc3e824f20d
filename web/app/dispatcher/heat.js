/**
 * The heatmap under the board: this hour's forecast, or what is usual at this hour. It is
 * asked for when the board is on the screen, and anew each hour; its opacity is at hand. While
 * the desk looks at another time, the colours keep the breaks that they had.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchRisk } from '../api.js';
import { number, span } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { breaksOf } from '../map/heatmap.js';
import { riskQuery } from '../state.js';
import { useWatch } from './use_watch.js';

const HOUR_MS = 3600e3;

/** @typedef {import('../map/view.js').MapView} MapView */

/**
 * Keeps a surface on the map; the old one stays until the new one is drawn.
 * @param {MapView} view @param {string} query @param {number} round
 * @param {boolean} frozen whether its colours keep the breaks of the one before
 * @param {(busy: boolean) => void} busy
 */
function useSurface(view, query, round, frozen, busy) {
  /** The surface whose breaks the colours have. */
  const own = useRef(/** @type {import('../api.js').Risk|null} */ (null));
  const [job, setJob] = useState(/** @type {{risk: import('../api.js').Risk|null, failed: boolean}} */ ({ risk: null, failed: false }));
  useEffect(() => {
    const abort = new AbortController();
    busy(true);
    fetchRisk(query, abort.signal).then(async (risk) => {
      if (abort.signal.aborted) return;
      const kept = frozen ? own.current : null;
      if (!kept) own.current = risk;
      await view.heatmap.show(risk, kept && !risk.not_enough_data ? breaksOf(kept) : null);
      busy(false);
      setJob({ risk, failed: false });
    }).catch(() => {
      if (abort.signal.aborted) return;
      busy(false);
      setJob((old) => ({ ...old, failed: true }));
    });
    return () => abort.abort();
  }, [view, query, round, frozen]);
  return { ...job, of: frozen ? own.current : null };
}

/** @param {{view: MapView, state: import('../state.js').State, travel: import('./time_travel.js').TimeTravel, onLost: (lost: () => void) => void, palette: import('../map/palette.js').Palette}} props */
export function Heat({ view, state, travel, onLost, palette }) {
  useWatch(travel, 0);
  const { at } = travel.state;
  const [present, setPresent] = useState(() => Math.floor(travel.now() / HOUR_MS));
  const hour = at === null ? present : Math.floor(at / HOUR_MS);
  const [usual, setUsual] = useState(false);
  const [opacity, setOpacity] = useState(state.opacity);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setPresent(Math.floor(travel.now() / HOUR_MS)), 10e3);
    return () => clearInterval(timer);
  }, []);
  const hours = `${new Date(hour * HOUR_MS).toISOString()}/${new Date((hour + 1) * HOUR_MS).toISOString()}`;
  const { risk, failed, of } = useSurface(view, riskQuery({ ...state, window: hours, model: usual ? 'count' : 'best' }), round, at !== null, (busy) => {
    travel.heating = busy;
  });
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
        <option value="now">${t(at === null ? 'd_heat_now' : 'time_heat')}</option><option value="usual">${t('d_heat_usual')}</option></select>
      <input type="range" min="0" max="0.9" step="0.05" value=${opacity} aria-label=${t('opacity')} onInput=${(/** @type {any} */ event) => fade(Number(event.target.value))} />
    </div>
    <div class="ramp" aria-hidden="true">${palette.ramp.map((color, i) => html`<i key=${color} class=${i === 4 ? 'top' : ''} style=${`background:${color}`}></i>`)}</div>
    <p class="hint">${failed ? html`${t('d_heat_failed')} <button type="button" class="small quiet" onClick=${again}>${t('retry')}</button>`
      : !risk ? t('d_heat_loading') : t('d_heat_legend', { model: word('model', risk.model), window: span(risk.window), top: number((of ?? risk).classes.find((c) => c.class === 5)?.min_per_km2 ?? 0, 2) })}${of && of.window.start !== risk?.window.start && !failed ? ` ${t('time_breaks', { window: span(of.window) })}` : ''}</p>
  </section>`;
}
