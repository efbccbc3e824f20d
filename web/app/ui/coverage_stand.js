/**
 * Where the idle units should stand now: at most so many moves, each read out as one
 * sentence and drawn as an arrow, and what one move more would bring.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchStand } from '../coverage_api.js';
import { number, percent, whole } from '../format.js';
import { t } from '../i18n/speak.js';
import { moveDrawing, moveFeatures } from '../map/coverage_layers.js';
import { overlaysOf } from '../map/overlays.js';
import { ask, forget, useJob } from './jobs.js';
import { Progress } from './progress.js';
import { Failed } from './states.js';

/** @typedef {import('../coverage_api.js').Stand} Stand */

/**
 * @param {object} props
 * @param {string} props.query of the coverage it is about
 * @param {import('../map/view.js').MapView|null} props.view
 * @param {number} props.version the data's
 * @param {import('../coverage_api.js').Cover} props.cover
 */
export function StandNow({ query, view, version, cover }) {
  const [moves, setMoves] = useState(2);
  const job = useJob('stand');
  const key = `${query} ${moves} ${version}`;
  /** @type {import('../coverage_api.js').MapOf<Stand>|null} */
  const map = job.answer;
  // An answer to another question is no advice for this one.
  const fresh = map !== null && job.answered.startsWith(`${query} `);
  useEffect(() => {
    let gone = false;
    if (!view || !map || !fresh) return undefined;
    view.whole.then(() => gone || overlaysOf(view).show('moves', moveDrawing(moveFeatures(map))));
    return () => {
      gone = true;
      view.overlays?.hide('moves');
    };
  }, [view, map, fresh]);
  const units = cover.cover.find((one) => one.sources === 'units')?.count ?? 0;
  const working = job.status === 'working';
  return html`<details class="block labels"><summary>${t('stand_title')}</summary>
    <p class="hint">${t('stand_hint')}</p>
    ${units === 0 ? html`<p class="empty">${t('stand_no_units')}</p>` : html`<form class="row ask" onSubmit=${(/** @type {Event} */ e) => {
        e.preventDefault();
        // Asked anew each time: units move.
        forget('stand');
        ask('stand', key, (signal) => fetchStand(`/stand${query}&moves=${moves}`, signal));
      }}>
      <div class="field"><label for="moves">${t('stand_moves')}</label><input id="moves" type="number" min="0" max=${Math.min(50, units)} required value=${moves} onInput=${(/** @type {Event} */ e) => setMoves(Number(/** @type {HTMLInputElement} */ (e.target).value))} /></div>
      ${!working && html`<button type="submit">${t('stand_ask')}</button>`}
    </form>`}
    ${working && html`<${Progress} name="stand" job=${job} label=${t('stand_working')} takesFocus=${true} />`}
    ${job.status === 'cancelled' && html`<p class="empty">${t('cancelled')}</p>`}
    ${job.status === 'failed' && html`<${Failed} title=${t('stand_failed')} problem=${job.problem} />`}
    ${map && fresh && html`<${Advice} stand=${map.report} />`}
  </details>`;
}

/** @param {{stand: Stand}} props */
function Advice({ stand }) {
  const first = stand.curve[0];
  const last = stand.curve[stand.curve.length - 1];
  const { minutes } = stand.about;
  return html`<div class="advice" role="status">
      ${stand.moves.length === 0 ? html`<p>${t('stand_stay')}</p>` : html`<ol>${stand.moves.map((move) => html`<li key=${move.id}>${t('stand_move', { unit: move.name, to: move.to, minutes: number(move.drive_minutes, 2), from: move.from })}</li>`)}</ol>
      <p>${t('stand_gain', { changes: minutes.map((m, i) => t('stand_change', { m, before: percent(first.expected_shares[i]), after: percent(last.expected_shares[i]) })).join(t('comma')) })}</p>`}
    </div>
    <table class="figures"><caption class="sr-only">${t('stand_curve')}</caption>
      <thead><tr><th scope="col" class="num">${t('stand_moves_col')}</th>${minutes.map((m) => html`<th scope="col" class="num">${t('minutes', { n: m })}</th>`)}<th scope="col" class="num">${t('stand_drive')}</th><th scope="col">${t('stand_proof')}</th></tr></thead>
      <tbody>${stand.curve.map((step) => html`<tr key=${step.moves_allowed}><td class="num">${whole(step.moves_allowed)}</td>${step.expected_shares.map((share) => html`<td class="num">${percent(share)}</td>`)}<td class="num">${t('minutes', { n: whole(Math.round(step.drive_minutes)) })}</td><td>${proofOf(step)}</td></tr>`)}</tbody></table>
    <div class="buttons"><button type="button" class="quiet" onClick=${() => forget('stand')}>${t('plan_clear')}</button></div>`;
}

/** @param {{proved: boolean, score: number, bound: number}} step */
export const proofOf = ({ proved, score, bound }) => (proved ? t('proved') : t('at_most', { n: number((bound - score) * 100, 2) }));
