/**
 * What the heatmap is asked: window, hour, model, categories, grid, parameters.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { number, weekday, whole } from '../format.js';
import { nameOf, t, word } from '../i18n/speak.js';
import { BEST, change, takes } from '../state.js';
import { ModelRecord } from './record.js';
import { carryHours, hourChoices, parseWindow, timesOf } from '../window.js';
import { Field } from './field.js';
import { hourText } from './legend.js';

/** Mean area of an H3 cell by resolution, km². */
const CELL_KM2 = /** @type {Record<number, number>} */ ({ 7: 5.161, 8: 0.737, 9: 0.105, 10: 0.01505, 11: 0.00215 });

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement|HTMLSelectElement} */ (event.target).value;

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('./use_risk.js').RiskJob} props.job
 */
export function RiskControls({ state, workspace, job }) {
  return html`<div class="controls">
    <${WindowChoice} state=${state} workspace=${workspace} />
    <${HourChoice} state=${state} workspace=${workspace} />
    <${ModelChoice} state=${state} workspace=${workspace} />
    <${ModelRecord} state=${state} job=${job} workspace=${workspace} />
    <${CategoryChoice} state=${state} workspace=${workspace} />
    <div class="field">
      <label for="resolution">${t('resolution')}</label>
      <select id="resolution" value=${String(state.resolution)} onChange=${(/** @type {Event} */ e) => change({ resolution: Number(valueOf(e)) })}>
        ${workspace.resolutions.map((res) => html`<option key=${res} value=${String(res)} selected=${res === state.resolution}>${t('resolution_option', { res, area: areaText(res) })}</option>`)}
      </select>
    </div>
    <${Parameters} state=${state} />
  </div>`;
}

/** @param {number} res */
function areaText(res) {
  const km2 = CELL_KM2[res] ?? 0;
  return km2 < 0.05 ? `${whole(Math.round((km2 * 1e6) / 50) * 50)} m²` : `${number(km2, 2)} km²`;
}

/**
 * Shift and date, or start and end. Also used by the plan panel: there is one window.
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 */
export function WindowChoice({ state, workspace }) {
  const parsed = parseWindow(state.window, workspace.today);
  const times = timesOf(state.window, workspace);
  const byShift = 'shift' in parsed;
  const [typed, setTyped] = useState(times ?? { start: '', end: '' });
  useEffect(() => {
    if (times) setTyped(times);
  }, [state.window]);
  const [wrong, setWrong] = useState(false);
  const go = (/** @type {string} */ window) => change({ window, hours: carryHours(state.hours, state.window, window, workspace) });
  const shiftOf = () => workspace.shifts[workspace.shifts.length - 1]?.id ?? '';
  return html`<fieldset class="block">
    <legend>${t('window')} <span class="aside">${t('zone', { zone: workspace.timezone })}</span></legend>
    <div class="segments">
      ${workspace.shifts.map((s) => html`<label key=${s.id} class="segment"><input type="radio" name="shift" value=${s.id} checked=${byShift && parsed.shift === s.id}
        onChange=${() => go(`${s.id}@${byShift ? parsed.date : typed.start.slice(0, 10) || workspace.today}`)} /><span>${nameOf(s)}<small>${s.start.slice(0, 5)}–${s.end.slice(0, 5)}</small></span></label>`)}
      <label class="segment"><input type="radio" name="shift" value="" checked=${!byShift} onChange=${() => times && go(`${times.start}/${times.end}`)} /><span>${t('by_times')}</span></label>
    </div>
    ${byShift
      ? html`<${DayChoice} date=${parsed.date} go=${(/** @type {string} */ date) => go(`${parsed.shift || shiftOf()}@${date}`)} />`
      : html`<form class="times" onSubmit=${(/** @type {Event} */ e) => {
            e.preventDefault();
            const text = `${typed.start}/${typed.end}`;
            const good = timesOf(text, workspace) !== null;
            setWrong(!good);
            if (good) go(text);
          }}>
          <div class="field"><label for="start">${t('from')}</label><input id="start" type="text" inputmode="numeric" value=${typed.start.replace('T', ' ')} required onInput=${(/** @type {Event} */ e) => setTyped({ ...typed, start: valueOf(e).trim().replace(' ', 'T') })} /></div>
          <div class="field"><label for="end">${t('until')}</label><input id="end" type="text" inputmode="numeric" value=${typed.end.replace('T', ' ')} required onInput=${(/** @type {Event} */ e) => setTyped({ ...typed, end: valueOf(e).trim().replace(' ', 'T') })} /></div>
          ${wrong && html`<p class="failed" role="alert">${t('bad_times')}</p>`}
          <button type="submit">${t('apply')}</button>
        </form>`}
  </fieldset>`;
}

/**
 * The day of a shift: typed as ISO 8601 (a browser's own date field follows the browser's
 * language, not the page's), or one day on or back.
 * @param {{date: string, go: (date: string) => void}} props
 */
function DayChoice({ date, go }) {
  const [wrong, setWrong] = useState(false);
  const at = (/** @type {number} */ days) => new Date(Date.parse(`${date}T00:00Z`) + days * 864e5).toISOString().slice(0, 10);
  const typed = (/** @type {Event} */ event) => {
    const text = valueOf(event).trim();
    const good = /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(Date.parse(`${text}T00:00Z`));
    setWrong(!good);
    if (good) go(text);
  };
  return html`<div class="field day"><label for="date">${t('date')}</label>
    <button type="button" class="icon" aria-label=${t('day_before')} title=${t('day_before')} onClick=${() => go(at(-1))}>‹</button>
    <${Field} id="date" type="text" inputmode="numeric" value=${date} required aria-invalid=${wrong} onChange=${typed} />
    <button type="button" class="icon" aria-label=${t('day_after')} title=${t('day_after')} onClick=${() => go(at(1))}>›</button>
    <span class="aside">${weekday(date)}</span>
    ${wrong && html`<p class="failed" role="alert">${t('bad_date')}</p>`}
  </div>`;
}

/**
 * One hour of the window or all of them; radios, so that arrow keys walk through the night.
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 */
function HourChoice({ state, workspace }) {
  const choices = hourChoices(state.window, workspace);
  const chosen = state.hours.join();
  const other = chosen !== '' && !choices.some((c) => c.hours.join() === chosen);
  return html`<fieldset class="block">
    <legend>${t('hours')} <span class="aside">${other ? hourText(state.hours) : ''}</span></legend>
    <div class="hours" title=${t('hours_hint')}>
      <label class="hour all"><input type="radio" name="hour" value="" checked=${chosen === ''} onChange=${() => change({ hours: [] })} /><span>${t('hours_all')}</span></label>
      ${choices.map((c) => html`<label key=${c.label} class="hour"><input type="radio" name="hour" value=${c.label} checked=${c.hours.join() === chosen}
        aria-label=${`${c.label}:00`} onChange=${() => change({ hours: c.hours })} /><span>${c.label}</span></label>`)}
    </div>
  </fieldset>`;
}

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 */
function ModelChoice({ state, workspace }) {
  return html`<div class="block">
    <div class="field"><label for="model">${t('model')}</label>
      <select id="model" value=${state.model} aria-describedby="model-hint" onChange=${(/** @type {Event} */ e) => change({ model: valueOf(e) })}>
        ${[BEST, ...workspace.models].map((model) => html`<option key=${model} value=${model} selected=${model === state.model}>${word('model', model)}</option>`)}
      </select></div>
    <p class="hint" id="model-hint">${word('model', `${state.model}_hint`)}</p>
  </div>`;
}

/**
 * Two levels with counts. A first-level choice takes in its children.
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 */
function CategoryChoice({ state, workspace }) {
  const chosen = new Set(state.categories);
  const tops = workspace.categories.filter((c) => !c.parent || c.parent === c.code);
  const childrenOf = (/** @type {string} */ code) => workspace.categories.filter((c) => c.parent === code && c.code !== code);
  const toggle = (/** @type {string} */ code, /** @type {boolean} */ on) => {
    // Where the parent is chosen, its children are not needed beside it.
    const rest = state.categories.filter((c) => c !== code && !c.startsWith(`${code}/`));
    change({ categories: on ? [...rest, code] : rest });
  };
  const row = (/** @type {import('../api.js').Category} */ c, /** @type {boolean} */ under) => html`<label class="check"><input type="checkbox" checked=${chosen.has(c.code) || under} disabled=${under}
    onChange=${(/** @type {Event} */ e) => toggle(c.code, /** @type {HTMLInputElement} */ (e.target).checked)} /><span>${nameOf(c)}</span><span class="num">${whole(c.count)}</span></label>`;
  return html`<details class="block">
    <summary>${t('categories')}<span class="aside">${chosen.size ? t('categories_some', { n: chosen.size }) : t('categories_all')}</span></summary>
    <ul class="tree">${tops.map((top) => html`<li key=${top.code}>${row(top, false)}
      ${childrenOf(top.code).length > 0 && html`<ul>${childrenOf(top.code).map((c) => html`<li key=${c.code}>${row(c, chosen.has(top.code))}</li>`)}</ul>`}</li>`)}</ul>
    ${chosen.size > 0 && html`<button type="button" onClick=${() => change({ categories: [] })}>${t('categories_clear')}</button>`}
  </details>`;
}

/** @param {{state: import('../state.js').State}} props */
function Parameters({ state }) {
  const field = (/** @type {'lookBack'|'bandwidth'|'halfLife'} */ key, /** @type {string} */ label, /** @type {string} */ hint) => html`<div class="field">
    <label for=${key}>${label}</label>
    <input id=${key} type="number" min="1" step="1" inputmode="numeric" value=${state[key]} placeholder=${hint}
      onChange=${(/** @type {Event} */ e) => /** @type {HTMLInputElement} */ (e.target).checkValidity() && change({ [key]: valueOf(e) })} />
  </div>`;
  return html`<details class="block">
    <summary>${t('more')}</summary>
    ${field('lookBack', t('look_back'), t('look_back_hint'))}
    ${takes(state.model, 'halfLife') && field('halfLife', t('half_life'), t('model_default'))}
    ${takes(state.model, 'bandwidth') && field('bandwidth', t('bandwidth'), t('model_default'))}
  </details>`;
}
