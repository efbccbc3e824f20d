/**
 * The heatmap under the board. Now: the hour that begins, incident by incident; the same
 * against the usual; or the usual alone. While the desk looks at another time: the forecast
 * of that hour, in the colours that the map had. Its opacity is at hand.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchRisk } from '../api.js';
import { clock, number, span } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { breaksOf } from '../map/heatmap.js';
import { riskQuery } from '../state.js';
import { useLiveHeat } from './live_heat.js';
import { Unusual } from './unusual.js';
import { useWatch } from './use_watch.js';

const HOUR_MS = 3600e3;

/** What the map may show of now. */
const SIDES = /** @type {const} */ (['now', 'against', 'usual']);
const NAMES = /** @type {const} */ ({ now: 'd_heat_now', against: 'd_heat_against', usual: 'd_heat_usual' });

/** @typedef {import('../map/view.js').MapView} MapView */
/** @typedef {import('../api.js').Risk} Risk */

/**
 * The forecast of another hour; none while the desk looks at now.
 * @param {string|null} query @param {number} round
 */
function useForecast(query, round) {
  const [job, setJob] = useState(/** @type {{query: string|null, risk: Risk|null, failed: boolean}} */ ({ query: null, risk: null, failed: false }));
  useEffect(() => {
    if (query === null) return undefined;
    const abort = new AbortController();
    fetchRisk(query, abort.signal).then((risk) => setJob({ query, risk, failed: false })).catch(() => {
      if (!abort.signal.aborted) setJob({ query, risk: null, failed: true });
    });
    return () => abort.abort();
  }, [query, round]);
  return query !== null && job.query === query ? job : { risk: null, failed: false };
}

/**
 * Keeps a surface on the map; the old one stays until the new one is drawn.
 * @param {MapView} view @param {Risk|null} risk
 * @param {[number, number][]|null} breaks of another surface, whose colours it shall have
 * @param {() => void} again where its tiles are gone
 */
function useShown(view, risk, breaks, again) {
  const [shown, setShown] = useState(/** @type {string|null} */ (null));
  useEffect(() => {
    if (!risk) return undefined;
    let wanted = true;
    view.heatmap.show(risk, risk.not_enough_data ? null : breaks).then(() => wanted && setShown(risk.id), () => wanted && again());
    return () => {
      wanted = false;
    };
  }, [view, risk?.id, breaks === null]);
  return shown;
}

/**
 * @param {{view: MapView, state: import('../state.js').State, travel: import('./time_travel.js').TimeTravel, desk: import('./console.js').Console,
 *   onLost: (lost: () => void) => void, palette: import('../map/palette.js').Palette}} props
 */
export function Heat({ view, state, travel, desk, onLost, palette }) {
  useWatch(travel, 0);
  const { at } = travel.state;
  const [side, setSide] = useState(/** @type {typeof SIDES[number]} */ ('now'));
  const [opacity, setOpacity] = useState(state.opacity);
  const [round, setRound] = useState(0);
  const live = useLiveHeat(travel.board.present);
  const hour = at === null ? null : Math.floor(at / HOUR_MS);
  const hours = hour === null ? null : `${new Date(hour * HOUR_MS).toISOString()}/${new Date((hour + 1) * HOUR_MS).toISOString()}`;
  const then = useForecast(hours && riskQuery({ ...state, window: hours, model: side === 'usual' ? 'count' : 'best' }), round);
  const again = () => (at === null ? live.again() : setRound((n) => n + 1));
  // The colours keep the meaning that they had when the desk left the present.
  const own = useRef(/** @type {Risk|null} */ (null));
  if (at === null && live.heat) own.current = live.heat.usual;
  else if (at !== null && !own.current) own.current = then.risk;
  const risk = at === null ? live.heat?.[side] ?? null : then.risk;
  const frozen = at !== null && own.current ? own.current : null;
  const shown = useShown(view, risk, frozen && breaksOf(frozen), again);
  travel.heating = at !== null && !then.failed && (risk === null || shown !== risk.id);
  useEffect(() => onLost(again), [at === null]);
  const failed = at === null ? live.failed && !live.heat : then.failed;
  /** @param {number} wanted */
  const fade = (wanted) => {
    setOpacity(wanted);
    view.heatmap.setVisible(wanted > 0.04);
    view.heatmap.setOpacity(wanted);
  };
  /** @param {Risk} of */
  const top = (of) => number(of.classes.find((c) => c.class === 5)?.min_per_km2 ?? 0, 2);
  const legend = () => {
    if (!risk) return t('d_heat_loading');
    if (at !== null) return `${t('d_heat_legend', { model: word('model', risk.model), window: span(risk.window), top: top(frozen ?? risk) })}${frozen && frozen.window.start !== risk.window.start ? ` ${t('time_breaks', { window: span(frozen.window) })}` : ''}`;
    const heat = /** @type {import('../api.js').Heat} */ (live.heat);
    const model = word('model', heat.usual.model);
    if (side === 'usual') return t('d_heat_legend', { model, window: span(risk.window), top: top(risk) });
    if (side === 'against') return t('d_heat_against_legend', { at: clock(heat.at), times: heat.times.map(String).reverse().join(' · ') });
    return t(heat.triggering ? 'd_heat_live_legend' : 'd_heat_still_legend', { at: clock(heat.at), model, top: top(heat.usual) });
  };
  return html`<section class="heat" aria-label=${t('d_heat')}>
    <div class="heat-row">
      <select aria-label=${t('d_heat')} value=${side} onChange=${(/** @type {any} */ event) => setSide(event.target.value)}>
        ${SIDES.filter((one) => at === null || one !== 'against').map((one) => html`<option key=${one} value=${one}>${t(at !== null && one === 'now' ? 'time_heat' : NAMES[one])}</option>`)}</select>
      <input type="range" min="0" max="0.9" step="0.05" value=${opacity} aria-label=${t('opacity')} onInput=${(/** @type {any} */ event) => fade(Number(event.target.value))} />
    </div>
    <div class="ramp" aria-hidden="true">${palette.ramp.map((color, i) => html`<i key=${color} class=${i === 4 ? 'top' : ''} style=${`background:${color}`}></i>`)}</div>
    <p class="hint">${failed ? html`${t('d_heat_failed')} <button type="button" class="small quiet" onClick=${again}>${t('retry')}</button>` : legend()}</p>
    ${at === null && live.heat && html`<${Unusual} unusual=${live.heat.unusual} view=${view} desk=${desk} palette=${palette} />`}
  </section>`;
}
