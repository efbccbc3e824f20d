/**
 * In the details of a cell, a stop or a point: that a plan must stop there, or must not, or
 * nowhere near it.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { clock } from '../format.js';
import { t } from '../i18n/speak.js';
import { pinAt } from '../wishes.js';
import { wish, wishesOf } from './plan_wishes.js';

/** Radius of a circle that is kept out of, metres. */
const USUAL_M = 300;

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {string} props.place a cell, or a point's id
 * @param {[number, number]} props.at
 * @param {string} props.label
 * @param {string} [props.unit] of the stop, if it is one
 * @param {string} [props.unitName]
 * @param {string} [props.arrival] of the stop, if it is one
 */
export function PlaceWishes({ state, place, at, label, unit, unitName, arrival }) {
  const wishes = wishesOf(state);
  const pinned = wishes.pins.some((pin) => pin.place === place);
  const out = wishes.not.some((one) => one.place === place);
  const pin = () => wish(pinned
    ? { ...wishes, pins: wishes.pins.filter((one) => one.place !== place) }
    : { ...wishes, not: wishes.not.filter((one) => one.place !== place), pins: [...wishes.pins, pinAt(place, label, unit, arrival && clock(arrival))] });
  const leaveOut = () => wish(out
    ? { ...wishes, not: wishes.not.filter((one) => one.place !== place) }
    : { ...wishes, pins: wishes.pins.filter((one) => one.place !== place), not: [...wishes.not, { place, label }] });
  const round = wishes.circles.find((one) => one.at.join() === at.join());
  const keepOut = () => wish({ ...wishes, circles: round ? wishes.circles.filter((one) => one !== round) : [...wishes.circles, { at, metres: USUAL_M, label: t('circle_of', { place: label }) }] });
  return html`<div class="place-wishes"><div class="buttons">
      <button type="button" aria-pressed=${pinned} onClick=${pin}>${pinned ? t('place_unpin') : unit ? t('place_keep', { unit: unitName ?? unit }) : t('place_pin')}</button>
      <button type="button" aria-pressed=${out} onClick=${leaveOut}>${t(out ? 'place_allow' : 'place_not')}</button>
      <button type="button" aria-pressed=${round !== undefined} onClick=${keepOut}>${t(round ? 'circle_allow' : 'circle_out')}</button>
    </div>
    ${(pinned || out || round) && html`<p class="hint" role="status">${t('place_next_plan')}</p>`}</div>`;
}
