/**
 * In the details of a beat, a zone or a commercial district: whether units stop in it.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { t } from '../i18n/speak.js';
import { wish, wishesOf } from './plan_wishes.js';

/** @param {{state: import('../state.js').State, kind: string, id: string, label: string}} props */
export function AreaWishes({ state, kind, id, label }) {
  const wishes = wishesOf(state);
  const out = wishes.areas.some((one) => one.kind === kind && one.id === id);
  const others = wishes.areas.filter((one) => one.kind !== kind || one.id !== id);
  const go = () => wish({ ...wishes, areas: out ? others : [...others, { kind, id, label }] });
  return html`<div class="place-wishes"><div class="buttons"><button type="button" aria-pressed=${out} onClick=${go}>${t(out ? 'place_allow' : 'area_out')}</button></div>
    ${out && html`<p class="hint" role="status">${t('place_next_plan')}</p>`}</div>`;
}
