/**
 * Wishes with a time of day: pinned stops and breaks, a row each.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { whole } from '../format.js';
import { t } from '../i18n/speak.js';
import { timesOf } from '../window.js';
import { Field } from './field.js';

/** A time of day, for the browser's own check. */
const CLOCK = '([01]?[0-9]|2[0-3]):[0-5][0-9]';

/** @typedef {{id: string, name: string}[]} Units */

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement|HTMLSelectElement} */ (event.target).value;

/**
 * @param {object} props
 * @param {string} props.id
 * @param {string} props.label
 * @param {string} props.value
 * @param {boolean} [props.required]
 * @param {(value: string) => void} props.go
 */
export const Clock = ({ id, label, value, required = false, go }) => html`<label class="sr-only" for=${id}>${label}</label><${Field} id=${id} class="clock" type="text" inputmode="numeric" pattern=${CLOCK} title=${t('clock_hint')} placeholder="22:00" required=${required} value=${value} onChange=${(/** @type {Event} */ e) => go(valueOf(e).trim())} />`;

/**
 * @param {object} props
 * @param {string} props.id
 * @param {string} props.value
 * @param {Units} props.units
 * @param {string} [props.any] what no unit is called; none where one must be chosen
 * @param {(value: string) => void} props.go
 */
function UnitChoice({ id, value, units, any, go }) {
  const known = units.some((unit) => unit.id === value);
  return html`<label class="sr-only" for=${id}>${t('one_units')}</label><select id=${id} onChange=${(/** @type {Event} */ e) => go(valueOf(e))}>
    ${any !== undefined && html`<option value="" selected=${value === ''}>${any}</option>`}
    ${value !== '' && !known && html`<option value=${value} selected>${value}</option>`}
    ${units.map((unit) => html`<option key=${unit.id} value=${unit.id} selected=${unit.id === value}>${unit.name}</option>`)}</select>`;
}

/**
 * @param {object} props
 * @param {import('../wishes.js').Pin[]} props.pins
 * @param {Units} props.units
 * @param {(patch: Partial<import('../wishes.js').Wishes>) => void} props.set
 */
export function Pins({ pins, units, set }) {
  const put = (/** @type {number} */ n, /** @type {Partial<import('../wishes.js').Pin>} */ patch) => set({ pins: pins.map((pin, i) => (i === n ? { ...pin, ...patch } : pin)) });
  return html`<section class="part" aria-label=${t('wish_pins')}><h3>${t('wish_pins')}<span class="aside">${whole(pins.length)}</span></h3>
    ${pins.length === 0 && html`<p class="hint">${t('wish_pins_hint')}</p>`}
    <ul>${pins.map((pin, n) => html`<li key=${n}><div class="wish"><span>${pin.label}</span><button type="button" class="icon x" aria-label=${t('wish_remove', { name: pin.label })} title=${t('wish_remove', { name: pin.label })} onClick=${() => set({ pins: pins.filter((_, i) => i !== n) })}>×</button></div>
      <div class="times-row"><${UnitChoice} id=${`pin-unit-${n}`} value=${pin.unit} units=${units} any=${t('any_unit')} go=${(/** @type {string} */ unit) => put(n, { unit })} />
        <${Clock} id=${`pin-from-${n}`} label=${t('from')} value=${pin.from} required=${pin.until !== ''} go=${(/** @type {string} */ from) => put(n, { from })} />–<${Clock} id=${`pin-until-${n}`} label=${t('until')} value=${pin.until} required=${pin.from !== ''} go=${(/** @type {string} */ until) => put(n, { until })} /></div></li>`)}</ul>
  </section>`;
}

/**
 * @param {object} props
 * @param {import('../wishes.js').Break[]} props.breaks
 * @param {Units} props.units
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 * @param {(patch: Partial<import('../wishes.js').Wishes>) => void} props.set
 */
export function Breaks({ breaks, units, state, workspace, set }) {
  const put = (/** @type {number} */ n, /** @type {Partial<import('../wishes.js').Break>} */ patch) => set({ breaks: breaks.map((one, i) => (i === n ? { ...one, ...patch } : one)) });
  const name = (/** @type {string} */ id) => units.find((unit) => unit.id === id)?.name ?? id;
  const add = () => {
    // The next unit without a break; an hour about the middle of the window.
    const unit = units.find((u) => !breaks.some((one) => one.unit === u.id)) ?? units[0];
    if (unit) set({ breaks: [...breaks, { unit: unit.id, ...middle(state.window, workspace), minutes: 30 }] });
  };
  return html`<section class="part" aria-label=${t('wish_breaks')}><h3>${t('wish_breaks')}<span class="aside">${whole(breaks.length)}</span></h3>
    ${units.length === 0 && html`<p class="hint">${t('wish_breaks_none')}</p>`}
    <ul>${breaks.map((one, n) => html`<li key=${n} class="times-row">
      <${UnitChoice} id=${`break-unit-${n}`} value=${one.unit} units=${units} go=${(/** @type {string} */ unit) => put(n, { unit })} />
      <${Clock} id=${`break-from-${n}`} label=${t('from')} value=${one.from} required=${true} go=${(/** @type {string} */ from) => put(n, { from })} />–<${Clock} id=${`break-until-${n}`} label=${t('until')} value=${one.until} required=${true} go=${(/** @type {string} */ until) => put(n, { until })} />
      <label class="sr-only" for=${`break-minutes-${n}`}>${t('break_minutes')}</label><${Field} id=${`break-minutes-${n}`} class="minutes" type="number" min="1" max="480" required title=${t('break_minutes')} value=${one.minutes} onChange=${(/** @type {Event} */ e) => put(n, { minutes: Number(valueOf(e)) })} />
      <button type="button" class="icon x" aria-label=${t('wish_remove', { name: name(one.unit) })} title=${t('wish_remove', { name: name(one.unit) })} onClick=${() => set({ breaks: breaks.filter((_, i) => i !== n) })}>×</button></li>`)}</ul>
    ${units.length > 0 && html`<button type="button" onClick=${add}>${t('wish_break_add')}</button>`}
  </section>`;
}

/**
 * An hour about the middle of a window, as clock times.
 * @param {string} window
 * @param {import('../api.js').Workspace} workspace
 */
function middle(window, workspace) {
  const times = timesOf(window, workspace);
  if (!times) return { from: '', until: '' };
  const [start, end] = [times.start, times.end].map((at) => Date.parse(`${at.slice(0, 16)}Z`));
  const half = Math.round((start + end) / 2 / 18e5) * 18e5;
  const clock = (/** @type {number} */ ms) => new Date(ms).toISOString().slice(11, 16);
  return { from: clock(half - 18e5), until: clock(half + 18e5) };
}
