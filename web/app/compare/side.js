/**
 * What one side shows: window, one hour of it or all, a category or all. Small fields above
 * the map they are of.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { number, span, whole } from '../format.js';
import { nameOf, t } from '../i18n/speak.js';
import { Failed, Loading } from '../ui/states.js';
import { carryHours, hourChoices, parseWindow, timesOf } from '../window.js';

/**
 * @typedef {import('./link.js').Side} Side
 * @typedef {{risk: import('../api.js').Risk|null, busy: boolean, problem: unknown, retry: () => void}} Job
 */

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement|HTMLSelectElement} */ (event.target).value;

/**
 * @param {object} props
 * @param {import('./link.js').SideName} props.name
 * @param {Side} props.side
 * @param {(patch: Partial<Side>) => void} props.change
 * @param {import('../api.js').Workspace} props.workspace
 * @param {Job} props.job
 */
export function SideHead({ name, side, change, workspace, job }) {
  const parsed = parseWindow(side.window, workspace.today);
  const times = timesOf(side.window, workspace);
  const [date, setDate] = useState('');
  const [wrong, setWrong] = useState(false);
  const own = 'date' in parsed ? parsed.date : times ? `${times.start}/${times.end}` : side.window;
  useEffect(() => {
    setDate(own.replaceAll('T', ' '));
    setWrong(false);
  }, [own]);
  const go = (/** @type {string} */ window) => change({ window, hours: carryHours(side.hours, side.window, window, workspace) });
  const typed = () => {
    const text = date.trim().replaceAll(' ', 'T').replace(/T*[/–]T*/, '/');
    const window = text.includes('/') ? text : `${'shift' in parsed ? parsed.shift : workspace.shifts[0]?.id}@${text}`;
    const good = timesOf(window, workspace) !== null;
    setWrong(!good);
    if (good && window !== side.window) go(window);
  };
  const hours = hourChoices(side.window, workspace);
  const chosen = side.hours.join();
  const other = chosen !== '' && !hours.some((one) => one.hours.join() === chosen);
  const { risk } = job;
  return html`<header class="side-head" aria-label=${t(name === 'a' ? 'c_left' : 'c_right')} role="group">
    <div class="fields">
      <label><span>${t('window')}</span><select value=${'shift' in parsed ? parsed.shift : ''} onChange=${(/** @type {Event} */ e) => go(valueOf(e) ? `${valueOf(e)}@${times?.start.slice(0, 10) ?? workspace.today}` : `${times?.start}/${times?.end}`)}>
        ${workspace.shifts.map((one) => html`<option key=${one.id} value=${one.id} selected=${'shift' in parsed && parsed.shift === one.id}>${nameOf(one)} ${one.start.slice(0, 5)}–${one.end.slice(0, 5)}</option>`)}<option value="" selected=${!('shift' in parsed)}>${t('by_times')}</option></select></label>
      <label><span>${t('shift' in parsed ? 'date' : 'c_times')}</span><input class=${'shift' in parsed ? 'date' : 'date long'} value=${date} autocomplete="off" aria-invalid=${wrong} aria-describedby=${wrong ? `c-wrong-${name}` : undefined} onInput=${(/** @type {Event} */ e) => setDate(valueOf(e))} onChange=${typed} onKeyDown=${(/** @type {KeyboardEvent} */ e) => e.key === 'Enter' && typed()} /></label>
      <label><span>${t('hours')}</span><select value=${chosen} onChange=${(/** @type {Event} */ e) => change({ hours: valueOf(e) ? valueOf(e).split(',').map(Number) : [] })}>
        <option value="" selected=${chosen === ''}>${t('hours_all')}</option>${other && html`<option value=${chosen} selected>${t('hours_some', { n: side.hours.length })}</option>`}
        ${hours.map((one) => html`<option key=${one.label} value=${one.hours.join()} selected=${one.hours.join() === chosen}>${one.label}–${String((Number(one.label) + 1) % 24).padStart(2, '0')}</option>`)}</select></label>
      <label><span>${t('categories')}</span><select value=${side.categories.join()} onChange=${(/** @type {Event} */ e) => change({ categories: valueOf(e) ? valueOf(e).split(',') : [] })}>
        <option value="" selected=${!side.categories.length}>${t('categories_all')}</option>${side.categories.length > 1 && html`<option value=${side.categories.join()} selected>${t('categories_some', { n: side.categories.length })}</option>`}
        ${workspace.categories.map((one) => html`<option key=${one.code} value=${one.code} selected=${side.categories.join() === one.code}>${one.parent ? '· ' : ''}${nameOf(one)}</option>`)}</select></label>
    </div>
    ${wrong && html`<p class="wrong" id=${`c-wrong-${name}`} role="alert">${t('bad_times')}</p>`}
    ${job.problem !== null ? html`<${Failed} title=${t('risk_failed')} problem=${job.problem} retry=${job.retry} />`
      : !risk ? html`<${Loading} text=${t('risk_computing')} />`
      : html`<p class=${`said ${job.busy ? 'stale' : ''}`} aria-busy=${job.busy}>${span(risk.window)} · ${risk.empty ? t('c_empty') : t('c_said', { n: number(risk.total), events: whole(risk.events) })}</p>`}
  </header>`;
}
