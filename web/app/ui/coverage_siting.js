/**
 * Where new posts or alarm pillars would help most, the first, the second, …, with the
 * curve of what each adds.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchSiting } from '../coverage_api.js';
import { number, percent, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { siteDrawing } from '../map/coverage_layers.js';
import { overlaysOf } from '../map/overlays.js';
import { GainCurve } from './gain_curve.js';
import { ask, forget, useJob } from './jobs.js';
import { proofOf } from './coverage_stand.js';
import { Progress } from './progress.js';
import { Failed } from './states.js';

const KINDS = /** @type {const} */ (['posts', 'pillars']);

/** @typedef {import('../coverage_api.js').Siting} Siting */
/** @typedef {(selection: import('../state.js').Selection) => void} Pick */

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {string} props.query of the coverage it is about
 * @param {import('../map/view.js').MapView|null} props.view
 * @param {number} props.version the data's
 * @param {Pick} props.pick
 */
export function SitesToBuild({ state, query, view, version, pick }) {
  const [what, setWhat] = useState(/** @type {typeof KINDS[number]} */ ('posts'));
  const [count, setCount] = useState(5);
  const job = useJob('siting');
  /** @type {import('../coverage_api.js').MapOf<Siting>|null} */
  const map = job.answer;
  const fresh = map !== null && job.answered.startsWith(`${query} `);
  useEffect(() => {
    let gone = false;
    if (!view || !map || !fresh) return undefined;
    view.whole.then(() => gone || overlaysOf(view).show('sites', siteDrawing(map)));
    return () => {
      gone = true;
      view.overlays?.hide('sites');
    };
  }, [view, map, fresh]);
  const working = job.status === 'working';
  return html`<details class="block labels"><summary>${t('site_title')}</summary>
    <p class="hint">${t('site_hint')}</p>
    <form onSubmit=${(/** @type {Event} */ e) => {
        e.preventDefault();
        ask('siting', `${query} ${what} ${count} ${version}`, (signal) => fetchSiting(`/siting${query}&what=${what}&count=${count}`, signal));
      }}>
      <div class="segments" role="group" aria-label=${t('site_what')}>${KINDS.map((kind) => html`<label key=${kind} class="segment"><input type="radio" name="site-what" value=${kind} checked=${what === kind} onChange=${() => setWhat(kind)} /><span>${word('kind', kind)}</span></label>`)}</div>
      <div class="row"><div class="field"><label for="sites">${t('site_count')}</label><input id="sites" type="number" min="1" max="50" required value=${count} onInput=${(/** @type {Event} */ e) => setCount(Number(/** @type {HTMLInputElement} */ (e.target).value))} /></div>
      ${!working && html`<button type="submit">${t('site_ask')}</button>`}</div>
    </form>
    ${working && html`<${Progress} name="siting" job=${job} label=${t('site_working')} takesFocus=${true} />`}
    ${job.status === 'cancelled' && html`<p class="empty">${t('cancelled')}</p>`}
    ${job.status === 'failed' && html`<${Failed} title=${t('site_failed')} problem=${job.problem} />`}
    ${map && fresh && html`<${Answer} siting=${map.report} state=${state} pick=${pick} />`}
  </details>`;
}

/** @param {{siting: Siting, state: import('../state.js').State, pick: Pick}} props */
function Answer({ siting, state, pick }) {
  return html`<p class="hint">${t(siting.reached_by === 'walk' ? 'site_walked' : 'site_driven', { n: whole(siting.candidates), existing: whole(siting.existing) })}</p>
    <${GainCurve} now=${siting.score_now} curve=${siting.curve} />
    <table class="figures"><caption class="sr-only">${t('site_order')}</caption>
      <thead><tr><th scope="col">${t('col_order')}</th><th scope="col">${t('col_place_name')}</th><th scope="col" class="num">${t('site_gain')}</th><th scope="col" class="num">${t('site_mean')}</th><th scope="col">${t('stand_proof')}</th></tr></thead>
      <tbody>${siting.curve.map((step) => html`<tr key=${step.count}>
        <td class="num">${step.count}</td>
        <td>${step.next ? html`<button type="button" class="link" aria-pressed=${state.selection?.kind === 'cell' && state.selection.id === step.next.cell}
          onClick=${() => step.next && pick({ kind: 'cell', id: step.next.cell, at: [step.next.lon, step.next.lat] })}>${step.next.label}</button>` : t('site_none')}</td>
        <td class="num">${t('points_n', { n: `+${number(step.gain * 100, 2)}` })}</td>
        <td class="num">${percent(step.score)}</td>
        <td>${proofOf({ proved: step.proved && step.best_score <= step.score + 1e-9, score: step.score, bound: step.proved ? step.best_score : step.bound })}</td></tr>`)}</tbody></table>
    <div class="buttons"><button type="button" class="quiet" onClick=${() => forget('siting')}>${t('plan_clear')}</button></div>`;
}
