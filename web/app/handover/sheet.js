/**
 * The hand-over on one page: calls and how fast they were answered, what is left, alarms,
 * silent pillars, the plan, units, and what the next shift has to expect. What would not fit
 * is counted, never dropped in silence.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { age, categoryShort } from '../dispatcher/words.js';
import { clock, number, percent, shortDay, span, whole } from '../format.js';
import { nameOf, t, word } from '../i18n/speak.js';
import { Failed, Loading } from '../ui/states.js';

/** Rows of each list on the page. */
const OPEN = 8;
const ALARMS = 5;
const PILLARS = 8;
const CATEGORIES = 8;
const UNITS = 12;
const VISITS = 3;
const PLANS = 2;

const STATUSES = /** @type {const} */ (['idle', 'dispatched', 'on_scene', 'break', 'off_duty']);

/** @typedef {import('./api.js').Handover} Handover */
/** @typedef {{told: Handover}} Told */

/** A time of the shift: the day only where it is another one than the window's. @param {string} at @param {Handover} told */
const when = (at, told) => (Date.parse(at) < Date.parse(told.window.start) ? `${shortDay(at)} ${clock(at)}` : clock(at));

/** `40 s`, `62 min`: a column has room for no more. @param {number} seconds */
const brief = (seconds) => (seconds < 60 ? t('d_seconds', { n: Math.round(seconds) }) : t('d_minutes', { n: whole(Math.round(seconds / 60)) }));

/** @param {import('./api.js').Spread|null} spread */
const spreadText = (spread) => (spread ? `${brief(spread.median_s)} / ${brief(spread.p90_s)}` : '–');

/** How many are not shown. @param {{all: number, shown: number}} props */
const More = ({ all, shown }) => (all > shown ? html`<p class="hint">${t('ho_more', { n: whole(all - shown) })}</p>` : null);

/** @param {{n: number, label: string, strong?: boolean}} props */
const Figure = ({ n, label, strong }) => html`<div class=${strong ? 'figure strong' : 'figure'}><dt>${label}</dt><dd>${whole(n)}</dd></div>`;

/** @param {Told} props */
export function Figures({ told }) {
  const { calls, alarms, pillars } = told;
  const silent = pillars.filter((pillar) => !pillar.online).length;
  return html`<dl class="figures">
    <${Figure} n=${calls.received} label=${t('ho_received')} /><${Figure} n=${calls.by_state.closed ?? 0} label=${t('ho_closed')} />
    <${Figure} n=${calls.open} label=${t('ho_open')} strong=${calls.open > 0} /><${Figure} n=${calls.taken_over} label=${t('ho_taken_over')} />
    <${Figure} n=${alarms.rung} label=${t('ho_alarms')} /><${Figure} n=${alarms.unacknowledged + alarms.unanswered} label=${t('ho_escalations')} strong=${alarms.unanswered > 0} />
    <${Figure} n=${silent} label=${t('ho_silent')} strong=${silent > 0} /></dl>`;
}

/** @param {Told} props */
export function CallTable({ told }) {
  const { calls, response } = told;
  const cancelled = Object.entries(calls.cancelled);
  const states = ['received', 'dispatched', 'arrived', 'handling', 'closed', 'cancelled', 'merged'].filter((state) => calls.by_state[state]);
  const changes = [
    calls.reopened && t('ho_reopened', { n: whole(calls.reopened) }), calls.merged && t('ho_merged', { n: whole(calls.merged) }),
    cancelled.length && t('ho_cancelled', { n: whole(cancelled.reduce((sum, [, n]) => sum + n, 0)), why: cancelled.map(([why, n]) => `${word('d_reason', why)} ${n}`).join(', ') }),
    calls.reclassified && t('ho_reclassified', { n: whole(calls.reclassified) }), calls.kept_apart && t('ho_kept_apart', { n: whole(calls.kept_apart) }), calls.noted && t('ho_noted', { n: whole(calls.noted) }),
  ].filter(Boolean);
  return html`<section aria-labelledby="ho-calls"><h2 id="ho-calls">${t('ho_calls')}</h2>
    <table><caption class="sr-only">${t('ho_response')}</caption>
      <thead><tr><th scope="col">${t('ho_priority')}</th><th scope="col" class="num">${t('ho_received')}</th><th scope="col" class="num">${t('ho_to_dispatch')}</th><th scope="col" class="num">${t('ho_on_the_way')}</th><th scope="col" class="num">${t('ho_to_arrival')}</th></tr></thead>
      <tbody>${response.map((row) => html`<tr key=${row.priority ?? 0} class=${row.priority ? '' : 'sum'}><th scope="row">${row.priority ? word('priority', String(row.priority)) : t('ho_all')}</th>
        <td class="num">${whole(row.priority ? calls.by_priority[row.priority - 1] : calls.received)}</td><td class="num">${spreadText(row.to_dispatch)}</td><td class="num">${spreadText(row.on_the_way)}</td><td class="num">${spreadText(row.to_arrival)}</td></tr>`)}</tbody></table>
    <p class="hint">${t('ho_response_hint')}</p>
    ${states.length > 0 && html`<p><b>${t('ho_states')}</b> ${states.map((state) => `${word('d_state', state)} ${whole(calls.by_state[state])}`).join(' · ')}</p>`}
    ${calls.by_category.length > 0 && html`<p><b>${t('ho_categories')}</b> ${calls.by_category.slice(0, CATEGORIES).map(({ code, received }) => `${categoryShort(code)} ${whole(received)}`).join(' · ')}${calls.by_category.length > CATEGORIES ? ` · ${t('ho_more', { n: whole(calls.by_category.length - CATEGORIES) })}` : ''}</p>`}
    ${changes.length > 0 && html`<p><b>${t('ho_changes')}</b> ${changes.join(' · ')}</p>`}
    ${calls.taken_over > 0 && html`<p>${t('ho_still_open', { n: whole(calls.still_open), of: whole(calls.taken_over) })}</p>`}
  </section>`;
}

/** @param {Told} props */
export function OpenCalls({ told }) {
  const rows = told.open_calls;
  return html`<section aria-labelledby="ho-open"><h2 id="ho-open">${t('ho_open_calls')} <span class="aside">${whole(rows.length)}</span></h2>
    ${rows.length === 0 ? html`<p class="hint">${t('ho_open_none')}</p>` : html`<table>
      <thead><tr><th scope="col">${t('ho_call')}</th><th scope="col">${t('ho_priority')}</th><th scope="col">${t('ho_what')}</th><th scope="col">${t('ho_where')}</th><th scope="col">${t('ho_state')}</th><th scope="col" class="num">${t('ho_since')}</th></tr></thead>
      <tbody>${rows.slice(0, OPEN).map((call) => html`<tr key=${call.id}><th scope="row">${call.name}</th><td>${word('priority', String(call.priority))}</td><td>${categoryShort(call.category)}</td><td class="clip" title=${call.beat_name ?? ''}>${call.beat_name ?? t('d_no_beat')}</td><td>${word('d_state', call.state)}</td><td class="num">${when(call.received_at, told)}</td></tr>`)}</tbody></table>
      <${More} all=${rows.length} shown=${OPEN} />`}
  </section>`;
}

/** @param {Told} props */
export function AlarmTable({ told }) {
  const { alarms } = told;
  const since = (/** @type {import('./api.js').Alarm} */ alarm, /** @type {string|null} */ at) => (at ? brief((Date.parse(at) - Date.parse(alarm.pressed_at)) / 1000) : '–');
  return html`<section aria-labelledby="ho-alarms"><h2 id="ho-alarms">${t('ho_alarms')} <span class="aside">${whole(alarms.rung)}</span></h2>
    ${alarms.all.length === 0 ? html`<p class="hint">${t('ho_alarms_none')}</p>` : html`<p>${t('ho_alarm_times', { seen: spreadText(alarms.acknowledged), answered: spreadText(alarms.answered) })} ${t('ho_alarm_late', { unseen: whole(alarms.unacknowledged), unanswered: whole(alarms.unanswered) })}</p><table>
      <thead><tr><th scope="col">${t('ho_pillar')}</th><th scope="col" class="num">${t('ho_pressed')}</th><th scope="col" class="num">${t('ho_seen')}</th><th scope="col" class="num">${t('ho_answered')}</th><th scope="col">${t('ho_outcome')}</th></tr></thead>
      <tbody>${alarms.all.slice(-ALARMS).map((alarm) => html`<tr key=${alarm.number}><th scope="row" class="clip" title=${alarm.pillar_name}>${alarm.pillar_name}</th><td class="num">${when(alarm.pressed_at, told)}${alarm.presses > 1 ? ` ×${alarm.presses}` : ''}</td><td class="num">${since(alarm, alarm.acknowledged_at)}</td><td class="num">${since(alarm, alarm.answered_at)}</td><td class="clip">${[alarm.call && t('ho_made_call'), !alarm.ended_at && t('ho_rings'), alarm.level !== 'ringing' && word('ho_level', alarm.level)].filter(Boolean).join(' · ') || t('ho_over')}</td></tr>`)}</tbody></table>
      <${More} all=${alarms.all.length} shown=${ALARMS} />`}
  </section>`;
}

/** @param {Told} props */
export function Pillars({ told }) {
  // Those that are silent first.
  const rows = [...told.pillars].sort((a, b) => Number(a.online) - Number(b.online) || (a.id < b.id ? -1 : 1));
  return html`<section aria-labelledby="ho-pillars"><h2 id="ho-pillars">${t('ho_pillars')} <span class="aside">${whole(rows.filter((pillar) => !pillar.online).length)}</span></h2>
    ${rows.length === 0 ? html`<p class="hint">${t('ho_pillars_none')}</p>` : html`<ul>${rows.slice(0, PILLARS).map((pillar) => html`<li key=${pillar.id}><b>${pillar.name}</b> ${!pillar.online ? (pillar.since ? t('ho_silent_since', { at: when(pillar.since, told) }) : t('ho_silent_layer')) : t('ho_was_silent', { n: whole(pillar.silences), age: age(pillar.silent_s) })}</li>`)}</ul><${More} all=${rows.length} shown=${PILLARS} />`}
  </section>`;
}

/** @param {Told & {follow: {followed: import('./followup.js').Followed|null, loading: boolean, problem: unknown}}} props */
export function PlanKept({ told, follow }) {
  const { followed } = follow;
  return html`<section aria-labelledby="ho-plan"><h2 id="ho-plan">${t('ho_plan')}</h2>
    ${follow.loading ? html`<${Loading} />` : follow.problem ? html`<${Failed} title=${t('ho_plan_failed')} problem=${follow.problem} />`
      : !followed ? html`<p class="hint">${t('ho_no_plan_followed')}</p>` : html`<p>${followed.kept !== null && html`<b>${t('ho_kept', { share: percent(followed.kept) })}</b> `}${t('ho_stops', { planned: whole(followed.planned), made: whole(followed.made), skipped: whole(followed.skipped), missed: whole(followed.missed) })}</p>
        ${followed.visits.length > 0 && html`<p><b>${t('ho_missed')}</b> ${followed.visits.slice(0, VISITS).map((visit) => `${visit.label} (${visit.call_sign}, ${clock(visit.until)})`).join(' · ')}</p><${More} all=${followed.visits.length} shown=${VISITS} />`}`}
    ${told.plans.length > 0 && html`<p>${t('ho_plans')} ${told.plans.slice(0, PLANS).map((plan) => html`<a key=${plan.id} href=${`/?plan=${encodeURIComponent(plan.id)}&tab=patrol`}>${t('ho_plan_line', { at: clock(plan.made_at), units: whole(plan.units), stops: whole(plan.stops) })}</a> `)}${told.plans.length > PLANS ? t('ho_more', { n: whole(told.plans.length - PLANS) }) : ''}</p>`}
  </section>`;
}

/** @param {Told & {stations: Map<string, string>}} props */
export function Units({ told, stations }) {
  const { units } = told;
  const many = units.length > UNITS;
  /** @param {string} name @param {import('./api.js').UnitTime[]} of */
  const sum = (name, of) => ({ name, of: of.length, sent: total(of, 'sent'), reached: total(of, 'reached'), times: STATUSES.map((status) => total(of, `${status}_s`)) });
  const groups = many ? [...new Set(units.map((unit) => unit.station ?? ''))].sort().map((id) => sum(stations.get(id) ?? t('d_no_station'), units.filter((unit) => (unit.station ?? '') === id))) : units.map((unit) => sum(unit.call_sign, [unit]));
  const rows = groups.length > 1 ? [...groups.slice(0, UNITS), sum(t('ho_all'), units)] : groups;
  if (!units.length) return html`<section><h2>${t('ho_units')}</h2><p class="hint">${t('ho_units_none')}</p></section>`;
  return html`<section class="wide" aria-labelledby="ho-units"><h2 id="ho-units">${t('ho_units')} <span class="aside">${whole(units.length)}</span></h2>
    <table class="tight"><thead><tr><th scope="col">${t(many ? 'ho_station' : 'ho_unit')}</th>${many && html`<th scope="col" class="num">${t('ho_units')}</th>`}<th scope="col" class="num">${t('ho_sent')}</th><th scope="col" class="num">${t('ho_reached')}</th>${STATUSES.map((status) => html`<th key=${status} scope="col" class="num">${word('status', status)}</th>`)}</tr></thead>
      <tbody>${rows.map((row, i) => html`<tr key=${i} class=${groups.length > 1 && i === rows.length - 1 ? 'sum' : ''}><th scope="row">${row.name}</th>${many && html`<td class="num">${whole(row.of)}</td>`}<td class="num">${whole(row.sent)}</td><td class="num">${whole(row.reached)}</td>${row.times.map((seconds, k) => html`<td key=${k} class="num">${seconds ? age(seconds) : '–'}</td>`)}</tr>`)}</tbody></table><${More} all=${groups.length} shown=${UNITS} />
  </section>`;
}

/** @param {import('./api.js').UnitTime[]} units @param {string} field */
const total = (units, field) => units.reduce((sum, unit) => sum + Number(/** @type {Record<string, unknown>} */ (unit)[field]), 0);

/** @param {Told} props */
export function NextShift({ told }) {
  const { next } = told;
  if (!next) return html`<section class="wide"><h2>${t('ho_next')}</h2><p class="hint">${t('ho_next_none')}</p></section>`;
  const { usual } = next;
  return html`<section class="wide" aria-labelledby="ho-next"><h2 id="ho-next">${t('ho_next')} <span class="aside">${next.shift ? nameOf(next.shift) : ''} ${span(next.window)}</span></h2>
    <p><b>${t('ho_expected', { n: number(next.expected, 3), low: whole(next.interval[0]), high: whole(next.interval[1]) })}</b>${usual ? ` ${t('ho_usual', { n: number(usual.mean, 3), shifts: whole(usual.shifts), until: shortDay(usual.until), share: change(next.expected, usual.mean) })}` : ''}</p>
    ${(next.not_enough_data || next.stale_days !== null) && html`<p class="warn-text">${next.not_enough_data ? t('ho_thin') : t('legend_stale', { n: whole(next.stale_days ?? 0) })}</p>`}
    ${next.cells.length > 0 && html`<ol class="cells">${next.cells.map((cell) => html`<li key=${cell.cell}><b>${cell.label}</b> <span class="aside">${t('ho_cell', { n: number(cell.expected, 2) })}</span></li>`)}</ol>`}
    <p class="hint">${t('ho_next_by', { model: word('model', next.model), until: `${shortDay(next.data_until)} ${clock(next.data_until)}` })}</p>
  </section>`;
}

/** By how much more or less than usual. @param {number} expected @param {number} usual */
function change(expected, usual) {
  const by = usual > 0 ? Math.round((expected / usual - 1) * 100) : 0;
  return `${by > 0 ? '+' : by < 0 ? '−' : '±'}${Math.abs(by)} %`;
}
