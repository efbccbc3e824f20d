/**
 * The hours of the week, seven rows of twenty-four: what happened when, and which hours are
 * looked at. Brushed with the pointer, or by keys: arrows move, Shift and an arrow extend,
 * Space adds or takes away an hour, Shift Space a day, Ctrl Space an hour of every day.
 * @module
 */
import { html, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { number, weekday } from '../format.js';
import { t } from '../i18n/speak.js';
import { PALETTES } from '../map/palette.js';
import { narrowed } from './filter.js';

const DAYS = 7;
const HOURS = 24;

/** A Monday, for the names of days. @param {number} day 0 is Monday */
const nameOfDay = (day) => weekday(`2026-06-0${day + 1}`);
const two = (/** @type {number} */ n) => String(n).padStart(2, '0');

/** `周一 22–23`. @param {number} hour of the week */
export const hourName = (hour) => `${nameOfDay(Math.floor(hour / HOURS))} ${two(hour % HOURS)}–${two((hour % HOURS) + 1)}`;

/** All hours of the rectangle that two hours span. @param {number} a @param {number} b */
export function rectangle(a, b) {
  const [d1, d2] = [Math.floor(a / HOURS), Math.floor(b / HOURS)].sort((x, y) => x - y);
  const [h1, h2] = [a % HOURS, b % HOURS].sort((x, y) => x - y);
  const hours = [];
  for (let day = d1; day <= d2; day += 1) for (let hour = h1; hour <= h2; hour += 1) hours.push(day * HOURS + hour);
  return hours;
}

/**
 * @param {object} props
 * @param {number[]} props.values by hour of the week
 * @param {number[]} props.chosen none: all
 * @param {import('../map/palette.js').Look} props.look
 * @param {(hours: number[]) => void} props.choose
 */
export function HourMatrix({ values, chosen, look, choose }) {
  const [at, setAt] = useState(0);
  const [brush, setBrush] = useState(/** @type {{from: number, to: number, add: boolean}|null} */ (null));
  const anchor = useRef(0);
  const box = useRef(/** @type {HTMLElement|null} */ (null));
  const ramp = PALETTES[look].work;
  const top = Math.max(...values, 0);
  const brushed = brush ? new Set(brush.add ? [...chosen, ...rectangle(brush.from, brush.to)] : rectangle(brush.from, brush.to)) : new Set(chosen);
  const all = brushed.size === 0;

  const hourAt = (/** @type {PointerEvent} */ event) => {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest('[data-hour]');
    return cell && box.current?.contains(cell) ? Number(/** @type {HTMLElement} */ (cell).dataset.hour) : null;
  };
  const down = (/** @type {PointerEvent} */ event) => {
    const hour = hourAt(event);
    if (hour === null || event.button !== 0) return;
    event.preventDefault();
    box.current?.focus();
    box.current?.setPointerCapture(event.pointerId);
    anchor.current = hour;
    setAt(hour);
    setBrush({ from: hour, to: hour, add: event.shiftKey || event.ctrlKey || event.metaKey });
  };
  const move = (/** @type {PointerEvent} */ event) => {
    const hour = brush && hourAt(event);
    if (brush && hour !== null && hour !== brush.to) {
      setBrush({ ...brush, to: hour });
      setAt(hour);
    }
  };
  const up = () => {
    if (!brush) return;
    const one = brush.from === brush.to;
    setBrush(null);
    // The only one that was chosen, again: all.
    if (one && chosen.length === 1 && chosen[0] === brush.from) choose([]);
    else if (one && brush.add) toggle([brush.from]);
    else choose(narrowed([...brushed]));
  };
  const toggle = (/** @type {number[]} */ hours) => {
    const has = new Set(chosen);
    if (hours.every((hour) => has.has(hour))) choose(chosen.filter((hour) => !hours.includes(hour)));
    else choose(narrowed([...chosen, ...hours]));
  };
  const key = (/** @type {KeyboardEvent} */ event) => {
    const [day, hour] = [Math.floor(at / HOURS), at % HOURS];
    const to = { ArrowLeft: hour > 0 ? at - 1 : at, ArrowRight: hour < HOURS - 1 ? at + 1 : at, ArrowUp: day > 0 ? at - HOURS : at, ArrowDown: day < DAYS - 1 ? at + HOURS : at, Home: day * HOURS, End: day * HOURS + HOURS - 1 }[event.key];
    if (to !== undefined) {
      if (event.shiftKey) choose(narrowed(rectangle(anchor.current, to)));
      else anchor.current = to;
      setAt(to);
    } else if (event.key === ' ') {
      if (event.shiftKey) toggle(rectangle(day * HOURS, day * HOURS + HOURS - 1));
      else if (event.ctrlKey) toggle(rectangle(hour, (DAYS - 1) * HOURS + hour));
      else toggle([at]);
    } else if (event.key === 'Enter') choose([at]);
    else if (event.key === 'Escape' && chosen.length) choose([]);
    else if (event.key === 'a' && (event.ctrlKey || event.metaKey)) choose([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  // Not counted is not none.
  const shown = (/** @type {number} */ i) => (values.length ? number(values[i] ?? 0) : '–');
  const said = `${hourName(at)}: ${shown(at)}`;
  return html`<div class="matrix-box">
    <div class="matrix" role="grid" tabindex="0" ref=${box} aria-label=${t('a_matrix_label')} aria-multiselectable="true" aria-activedescendant=${`hour-${at}`} aria-describedby="matrix-keys"
      onKeyDown=${key} onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onPointerCancel=${() => setBrush(null)}>
      <div role="row" class="hours-head"><span role="columnheader" class="sr-only">${t('a_day')}</span>${Array.from({ length: HOURS }, (_, hour) => html`<span key=${hour} role="columnheader">${hour % 3 ? html`<span class="sr-only">${hour}</span>` : hour}</span>`)}</div>
      ${Array.from({ length: DAYS }, (_, day) => html`<div key=${day} role="row"><span role="rowheader">${nameOfDay(day)}</span>${Array.from({ length: HOURS }, (__, hour) => {
        const i = day * HOURS + hour;
        const value = values[i] ?? 0;
        const level = top > 0 && value > 0 ? Math.min(4, Math.floor((value / top) * 5)) : -1;
        return html`<span key=${hour} id=${`hour-${i}`} role="gridcell" data-hour=${i} aria-selected=${!all && brushed.has(i)} class=${`${i === at ? 'at ' : ''}${!all && !brushed.has(i) ? 'off' : ''}`}
          title=${`${hourName(i)}: ${shown(i)}`} style=${level >= 0 ? `background:${ramp[level]}` : ''}><span class="sr-only">${shown(i)}</span></span>`;
      })}</div>`)}
    </div>
    <p class="matrix-now"><b>${said}</b> <span class="scale">0 ${ramp.map((color) => html`<i key=${color} style=${`background:${color}`}></i>`)} ${values.length ? number(top) : '–'}</span></p>
  </div>`;
}
