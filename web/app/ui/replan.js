/**
 * Something has happened in the shift: what, when, to whom; and what the changed plan
 * changes, a sentence a unit.
 * @module
 */
import { html, useState } from '../../vendor/htm-preact/standalone.module.js';
import { clock, difference, number, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { placeText, titleOf } from './feature_text.js';
import { Clock } from './plan_times.js';

/** What can happen, the commonest first. */
const KINDS = /** @type {const} */ (['sent_to_call', 'back', 'drops_out', 'pillar_pressed', 'new_hotspot', 'time_passed']);
/** @typedef {typeof KINDS[number]} Kind */

/** Kinds that are about one unit. @type {readonly Kind[]} */
const OF_A_UNIT = ['sent_to_call', 'back', 'drops_out'];

const DAY_MS = 864e5;

/** @param {Event} event */
const valueOf = (event) => /** @type {HTMLInputElement|HTMLSelectElement} */ (event.target).value;

/**
 * A time of day in a window, as a local time; of several days the first.
 * @param {string} time
 * @param {{start: string}} window
 */
function momentIn(time, window) {
  const at = `${window.start.slice(0, 10)}T${time.padStart(5, '0')}`;
  if (at >= window.start.slice(0, 16)) return at;
  return `${new Date(Date.parse(`${at.slice(0, 10)}T00:00Z`) + DAY_MS).toISOString().slice(0, 10)}${at.slice(10)}`;
}

/** Now, where the shift is on, or else an hour into it. @param {import('../api.js').Plan} plan */
function timeAtFirst({ window, replanned }) {
  const [start, end] = [Date.parse(replanned?.at ?? window.start), Date.parse(window.end)];
  const now = Date.now();
  return clock(new Date(start <= now && now < end ? now : Math.min(start + 36e5, end - 6e4)).toISOString());
}

/**
 * Where the plan has a unit at a time: at the stop that it came to last.
 * @param {import('../api.js').Route|undefined} route
 * @param {string} at local time
 */
function placeOf(route, at) {
  const made = route?.stops.filter((stop) => stop.arrival.slice(0, 16) <= at) ?? [];
  return made.at(-1)?.position ?? route?.start;
}

/**
 * @param {object} props
 * @param {import('../api.js').Plan} props.plan
 * @param {import('../state.js').State} props.state
 * @param {import('./use_plan.js').PlanJob} props.job
 * @param {import('./use_layers.js').LayerJobs} props.layers
 */
export function Replan({ plan, state, job, layers }) {
  const [kind, setKind] = useState(/** @type {Kind} */ ('sent_to_call'));
  const [unit, setUnit] = useState(plan.routes[0]?.unit ?? '');
  const [time, setTime] = useState(() => timeAtFirst(plan));
  const [minutes, setMinutes] = useState('30');
  const [pillar, setPillar] = useState('');
  const [perHour, setPerHour] = useState('0.5');
  const pillars = (layers.jobs.pillars?.data?.features ?? []).map((f) => ({ id: String(f.properties?.id ?? f.id), name: titleOf(f.properties ?? {}) }));
  const picked = state.selection?.at ?? null;
  const at = momentIn(time, plan.window);
  const where = picked ?? placeOf(plan.routes.find((route) => route.unit === unit), at);
  const ofUnit = OF_A_UNIT.includes(kind);
  const needsPlace = kind === 'back' || kind === 'new_hotspot' || (kind === 'sent_to_call' && minutes !== '');
  const able = (!ofUnit || unit !== '') && (kind !== 'new_hotspot' || picked !== null) && (kind !== 'pillar_pressed' || pillars.length > 0);
  const body = () => {
    if (kind === 'sent_to_call') {
      const back = minutes === '' || !where ? {} : { back: { position: where, at: later(at, Number(minutes)) } };
      return { kind, unit, ...back };
    }
    if (kind === 'back') return { kind, unit, position: where };
    if (kind === 'drops_out') return { kind, unit };
    if (kind === 'pillar_pressed') return { kind, pillar: pillar || pillars[0]?.id };
    if (kind === 'new_hotspot') return { kind, position: picked, expected_per_hour: Number(perHour) };
    return { kind };
  };
  return html`<details class="block labels" onToggle=${() => layers.want('pillars')}><summary>${t('replan_title')}</summary>
    <form class="plan-form" onSubmit=${(/** @type {Event} */ e) => {
        e.preventDefault();
        job.replan(plan, { at, change: body() });
      }}>
      <div class="field"><label for="replan-kind">${t('replan_what')}</label><select id="replan-kind" onChange=${(/** @type {Event} */ e) => setKind(/** @type {Kind} */ (valueOf(e)))}>
        ${KINDS.map((one) => html`<option key=${one} value=${one} selected=${one === kind}>${word('replan', one)}</option>`)}</select></div>
      ${ofUnit && html`<div class="field"><label for="replan-unit">${t('one_units')}</label><select id="replan-unit" onChange=${(/** @type {Event} */ e) => setUnit(valueOf(e))}>
        ${plan.routes.map((route) => html`<option key=${route.unit} value=${route.unit} selected=${route.unit === unit}>${route.call_sign}</option>`)}</select></div>`}
      ${kind === 'pillar_pressed' && html`<div class="field"><label for="replan-pillar">${t('one_pillars')}</label><select id="replan-pillar" onChange=${(/** @type {Event} */ e) => setPillar(valueOf(e))}>
        ${pillars.map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === pillar}>${one.name}</option>`)}</select></div>`}
      <div class="field"><label for="replan-at">${t('replan_at')}</label><${Clock} id="replan-at" label="" value=${time} required=${true} go=${setTime} /></div>
      ${kind === 'sent_to_call' && html`<div class="field"><label for="replan-back">${t('replan_free_after')}</label><input id="replan-back" type="number" min="1" max="1440" value=${minutes} placeholder=${t('replan_not_back')} onInput=${(/** @type {Event} */ e) => setMinutes(valueOf(e))} /></div>`}
      ${kind === 'new_hotspot' && html`<div class="field"><label for="replan-rate">${t('replan_rate')}</label><input id="replan-rate" type="number" min="0.01" max="1000" step="any" required value=${perHour} onInput=${(/** @type {Event} */ e) => setPerHour(valueOf(e))} /></div>`}
      ${needsPlace && html`<p class="hint">${picked ? t('replan_where', { place: placeText(picked) }) : kind === 'new_hotspot' ? t('replan_pick') : t('replan_where_plan')}</p>`}
      <button type="submit" disabled=${!able || job.status === 'working'}>${t('replan_do')}</button>
    </form>
  </details>`;
}

/** A local time so many minutes later. @param {string} local @param {number} minutes */
const later = (local, minutes) => new Date(Date.parse(`${local}Z`) + minutes * 6e4).toISOString().slice(0, 16);

/** What changing the plan gains, in words. @param {number} gain expected incidents */
function gainText(gain) {
  if (difference(gain) === 0) return t('replanned_same');
  return t(gain > 0 ? 'replanned_gain' : 'replanned_loss', { n: number(Math.abs(gain), 2) });
}

/**
 * What the plan changed of the one before; nothing where it was not made in mid-shift.
 * @param {{plan: import('../api.js').Plan, lang: 'zh'|'en', open: (id: string) => void}} props
 */
export function Changes({ plan, lang, open }) {
  const made = plan.replanned;
  if (!made) return null;
  const changed = made.changes.filter((one) => one.why.kind !== 'unchanged' && one.why.kind !== 'retimed');
  const still = made.changes.length - changed.length;
  return html`<section class="block" aria-labelledby="replanned-title"><h3 id="replanned-title">${t('replanned_title', { at: clock(made.at) })}</h3>
    ${made.late && html`<p role="status"><b>${made.late[lang]}${lang === 'zh' ? '。' : '.'}</b></p>`}
    <p role="status">${made.stability[lang]}${lang === 'zh' ? '。' : '.'}</p>
    <ul>${changed.map((one) => html`<li key=${one.unit}>${one[lang]}</li>`)}
      ${still > 0 && html`<li>${t('replanned_still', { n: whole(still) })}</li>`}</ul>
    <p class="hint">${gainText(plan.risk_covered - made.carried_on)}</p>
    <div class="buttons"><button type="button" class="quiet" onClick=${() => open(made.of)}>${t('replanned_before')}</button></div>
  </section>`;
}
