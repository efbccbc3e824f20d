/**
 * A planned stop is given to another unit: dragged onto it in the list, or chosen by name.
 * It becomes a wish like any other, and the plan is made again at once, so that its price
 * is seen beside the plan before.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { t } from '../i18n/speak.js';
import { current } from '../state.js';
import { pinAt } from '../wishes.js';
import { placeText } from './feature_text.js';
import { wish, wishesOf } from './plan_wishes.js';

/** @typedef {import('../api.js').Plan} Plan */
/** @typedef {import('../api.js').Stop} Stop */

/** Whether a stop can be another unit's: a place of the plan's own choice. @param {Stop} stop */
export const canBeGiven = (stop) => stop.cell !== null && stop.reason.kind !== 'break';

/** @param {Stop} stop @param {string} unit id of who is to make it */
export function giveTo(stop, unit) {
  const place = stop.cell;
  if (!place) return;
  const wishes = wishesOf(current());
  wish({
    ...wishes,
    not: wishes.not.filter((one) => one.place !== place),
    pins: [...wishes.pins.filter((pin) => pin.place !== place), pinAt(place, stop.label || placeText(stop.position), unit)],
  });
  // The wish is on the page first: the form sends what is wished now.
  setTimeout(() => /** @type {HTMLFormElement|null} */ (document.querySelector('form.plan-form'))?.requestSubmit(), 0);
}

/**
 * The same without a drag.
 * @param {{plan: Plan, stop: Stop, unit: string}} props `unit` whose stop it is
 */
export function GiveStop({ plan, stop, unit }) {
  const others = plan.routes.filter((route) => route.unit !== unit);
  if (!canBeGiven(stop) || others.length === 0) return null;
  return html`<div class="field"><label for="give-stop">${t('stop_give')}</label><select id="give-stop" onChange=${(/** @type {Event} */ e) => giveTo(stop, /** @type {HTMLSelectElement} */ (e.target).value)}>
    <option value="" selected disabled>${t('stop_give_choose')}</option>
    ${others.map((route) => html`<option key=${route.unit} value=${route.unit}>${route.call_sign}</option>`)}</select></div>`;
}
