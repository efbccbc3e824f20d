/**
 * What would a month be like? Policies for idle units, simulated on the same calls: what is
 * asked, how far it is, and what came of it.
 * @module
 */
import { html, useState } from '../../vendor/htm-preact/standalone.module.js';
import { t, word } from '../i18n/speak.js';
import { POLICIES, fetchSimulation } from '../simulation_api.js';
import { ask, told, useJob } from './jobs.js';
import { Progress } from './progress.js';
import { Failed } from './states.js';
import { SimulateFigures } from './simulate_figures.js';

const NAME = 'simulation';

/** Policies that are compared at first: as today in many places, and ours. @type {import('../simulation_api.js').Policy[]} */
const AT_FIRST = ['station', 'hottest', 'plan-replan'];

/** @param {Event} event */
const numberOf = (event) => Number(/** @type {HTMLInputElement} */ (event.target).value);

/** The shift of a window like `night@2026-10-31`; empty where it is none. @param {string} window @param {import('../api.js').Workspace} workspace */
const shiftOf = (window, workspace) => workspace.shifts.find((shift) => shift.id === window.split('@')[0]) ?? null;

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../api.js').Workspace} props.workspace
 * @param {import('../map/palette.js').Look} props.look
 * @param {number|null} props.idle how many units are idle
 * @param {import('../wishes.js').Preset} props.preset what plans are good for
 */
export function SimulatePanel({ state, workspace, look, idle, preset }) {
  const job = useJob(NAME);
  const shift = shiftOf(state.window, workspace);
  const [policies, setPolicies] = useState(AT_FIRST);
  const [days, setDays] = useState(28);
  const [draws, setDraws] = useState(10);
  const [units, setUnits] = useState(() => Math.min(idle ?? 6, 24) || 6);
  const [everyShift, setEveryShift] = useState(false);
  const working = job.status === 'working';
  const body = {
    days, seeds: draws, units, policies, preset, model: state.model, category: state.categories, resolution: state.resolution,
    ...(shift && !everyShift && { window: shift.id }),
  };
  const key = `${JSON.stringify(body)} ${workspace.content_version}`;
  const toggle = (/** @type {import('../simulation_api.js').Policy} */ policy) => setPolicies(POLICIES.filter((one) => (one === policy) !== policies.includes(one)));
  return html`<p class="hint">${t('simulate_hint')}</p>
    <form class="plan-form" onSubmit=${(/** @type {Event} */ e) => {
        e.preventDefault();
        ask(NAME, key, (signal) => fetchSimulation(body, signal, (done, of) => told(NAME, done, of)));
      }}>
      <fieldset class="block"><legend>${t('simulate_policies')}</legend>
        ${POLICIES.map((policy) => html`<label key=${policy} class="check" title=${word('policy_hint', policy.replace('-', '_'))}><input type="checkbox" name="policy" value=${policy} checked=${policies.includes(policy)} onChange=${() => toggle(policy)} /><span>${word('policy', policy.replace('-', '_'))}</span></label>`)}
      </fieldset>
      ${shift && html`<fieldset class="block"><legend>${t('simulate_shifts')}</legend><div class="segments">
        ${[false, true].map((all) => html`<label key=${all} class="segment"><input type="radio" name="simulate-shifts" value=${all ? 'all' : 'one'} checked=${everyShift === all} onChange=${() => setEveryShift(all)} /><span>${all ? t('simulate_all_shifts') : document.documentElement.lang === 'en' ? shift.name_en : shift.name_zh}</span></label>`)}</div></fieldset>`}
      <div class="row">
        <div class="field"><label for="simulate-days">${t('simulate_days')}</label><input id="simulate-days" type="number" min="1" max="62" required value=${days} onInput=${(/** @type {Event} */ e) => setDays(numberOf(e))} /></div>
        <div class="field"><label for="simulate-units">${t('plan_units')}</label><input id="simulate-units" type="number" min="1" max="200" required value=${units} onInput=${(/** @type {Event} */ e) => setUnits(numberOf(e))} /></div>
        <div class="field"><label for="simulate-draws">${t('simulate_draws')}</label><input id="simulate-draws" type="number" min="2" max="50" required value=${draws} onInput=${(/** @type {Event} */ e) => setDraws(numberOf(e))} /></div>
      </div>
      ${working
        ? html`<${Progress} name=${NAME} job=${job} label=${t('simulate_working')} takesFocus=${true} />`
        : html`<button type="submit" disabled=${policies.length === 0 || !workspace.has_roads}>${t('simulate_ask')}</button>`}
    </form>
    ${policies.length === 0 && html`<p class="hint" role="status">${t('simulate_none')}</p>`}
    ${job.status === 'cancelled' && html`<p class="empty">${t('cancelled')}</p>`}
    ${job.status === 'failed' && html`<${Failed} title=${t('simulate_failed')} problem=${job.problem} />`}
    ${job.answer && html`<${SimulateFigures} found=${job.answer} look=${look} lang=${state.lang} stale=${!working && job.answered !== key} />`}`;
}
