/**
 * A planned stop is given to another unit: dragged onto it in the list, or chosen by name.
 * It becomes a wish like any other, and the plan is made again at once, so that its price
 * is seen beside the plan before.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { clock } from '../format.js';
import { t } from '../i18n/speak.js';
import { change, current } from '../state.js';
import { pinAt, wishesText } from '../wishes.js';
import { placeText } from './feature_text.js';
import { wishesOf } from './plan_wishes.js';

/** @typedef {import('../api.js').Plan} Plan */
/** @typedef {import('../api.js').Stop} Stop */

/** A plan's time as the page keeps it, local. @param {Plan} plan */
const windowOf = ({ window: { start, end } }) => `${start.slice(0, 16)}/${end.slice(0, 16)}`;

/** Whether a pin's times are those of the stop. @param {import('../wishes.js').Pin} pin @param {Stop} stop */
const isAt = (pin, stop) => {
  const at = clock(stop.begins ?? stop.arrival);
  return pin.from <= pin.until ? pin.from <= at && at < pin.until : at >= pin.from || at < pin.until;
};

/** Whether a stop can be another unit's: a place of the plan's own choice. @param {Stop} stop */
export const canBeGiven = (stop) => stop.cell !== null && stop.reason.kind !== 'break';

/**
 * The next plan is of the same time, in which that unit makes the stop.
 * @param {Plan} plan @param {Stop} stop @param {string} unit id of who is to make it
 */
export function giveTo(plan, stop, unit) {
  const place = stop.cell;
  if (!place) return;
  const wishes = wishesOf(current());
  // The form that makes the plan is there where plans are.
  change({
    tab: 'patrol',
    window: windowOf(plan),
    wishes: wishesText({
      ...wishes,
      // Only the price of this one wish is to be seen.
      keep: true,
      not: wishes.not.filter((one) => one.place !== place),
      pins: [...wishes.pins.filter((pin) => pin.place !== place || (pin.from !== '' && !isAt(pin, stop))), pinAt(place, stop.label || placeText(stop.position), unit)],
    }),
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
  return html`<div class="field"><label for="give-stop">${t('stop_give')}</label><select id="give-stop" onChange=${(/** @type {Event} */ e) => giveTo(plan, stop, /** @type {HTMLSelectElement} */ (e.target).value)}>
    <option value="" selected disabled>${t('stop_give_choose')}</option>
    ${others.map((route) => html`<option key=${route.unit} value=${route.unit}>${route.call_sign}</option>`)}</select></div>`;
}
