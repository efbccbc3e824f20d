/**
 * What a plan comes to, in a planner's figures; what each preset would come to beside it;
 * and what could not be met, named before the search began.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { clock, number, percent, shortDay, toTheSecond, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { PRESETS, SLIDERS, WEIGHTS } from '../wishes.js';
import { wish, wishesOf } from './plan_wishes.js';

/** @typedef {import('../api.js').PlanReport} PlanReport */

/** So many of the beats furthest from what they should get are listed. */
const BEATS_LISTED = 8;
/** So many points with a frequency are listed. */
const RHYTHMS_LISTED = 50;

/** @param {import('../api.js').Kept} kept */
const keptText = ({ kept, asked }) => (asked ? t('kept_n', { kept: whole(kept), asked: whole(asked) }) : '–');
/** @param {number|null} share */
const shareText = (share) => (share === null ? '–' : percent(share));

/**
 * A figure: its label, how it is read, and its value where more is better (less, where negative).
 * @typedef {{label: string, text: string, rank: number|null}} Figure
 */

/** @param {PlanReport} report @returns {Figure[]} */
function figures(report) {
  const kept = (/** @type {import('../i18n/speak.js').Key} */ label, /** @type {import('../api.js').Kept} */ of) => (of.asked ? [{ label: t(label), text: keptText(of), rank: of.kept / of.asked }] : []);
  return [
    { label: t('fig_risk'), text: percent(report.risk_share), rank: report.risk_share },
    // Of older plans it is another figure: of the calls at places worth a stop.
    ...report.response.map((ring) => ({ label: t(report.of_whole_area === false ? 'fig_within_stops' : 'fig_within', { m: whole(ring.within / 60) }), text: percent(ring.share), rank: ring.share })),
    ...kept('fig_must', report.must_visits), ...kept('fig_every', report.frequencies), ...kept('fig_breaks', report.breaks), ...kept('fig_pins', report.pins),
    { label: t('fig_travel'), text: percent(report.travel_share), rank: -report.travel_share },
    { label: t('fig_fair'), text: shareText(report.fairness), rank: report.fairness },
    { label: t('fig_same'), text: shareText(report.same_as_last), rank: null },
  ];
}

/**
 * The figures of the plan that was here before stand beside: what the last wish costs.
 * @param {{plan: import('../api.js').Plan, before: import('../api.js').Plan|null, state: import('../state.js').State}} props
 */
export function PlanFigures({ plan, before, state }) {
  const { report } = plan;
  return html`<${Obstacles} obstacles=${plan.obstacles ?? []} />
    ${report && html`<section class="block" aria-labelledby="figures-title"><h3 id="figures-title">${t('fig_title')}<span class="aside">${presetText(plan.weights)}</span></h3>
      ${plan.trade_off?.length ? html`<${TradeOff} plan=${plan} report=${report} state=${state} />` : html`<${Alone} report=${report} before=${before?.report ?? null} />`}
      ${report.drawn_of && html`<p class="hint">${t('fig_drawn', { n: whole(report.drawn_of), price: percent(report.best_covered ? Math.max(0, 1 - plan.risk_covered / report.best_covered) : 0) })}</p>`}
      <p class="hint">${t('fig_hint', { busy: percent(report.busy) })}${report.risk_bound !== null && plan.risk_covered > 0 ? ` ${t('fig_bound', { n: number(report.risk_bound, 2) })}` : ''}</p>
      <${Rhythms} rhythms=${report.rhythms ?? []} />
      <${Beats} beats=${report.beats} />
    </section>`}`;
}

/** @param {{report: PlanReport, before: PlanReport|null}} props */
function Alone({ report, before }) {
  const old = before && figures(before);
  return html`<table class="figures"><caption class="sr-only">${t('fig_title')}</caption>
    ${old && html`<thead><tr><th scope="col"><span class="sr-only">${t('zones_figure')}</span></th><th scope="col" class="num">${t('fig_before')}</th><th scope="col" class="num">${t('trade_this')}</th></tr></thead>`}
    <tbody>${figures(report).map((row) => {
      const was = old?.find((other) => other.label === row.label);
      const isBetter = was && was.rank !== null && row.rank !== null && was.text !== row.text ? row.rank > was.rank : null;
      const words = isBetter === null ? '' : t(isBetter ? 'fig_better' : 'fig_worse');
      return html`<tr key=${row.label}><th scope="row">${row.label}</th>${old && html`<td class="num">${was?.text ?? '–'}</td>`}<td class="num">${row.text}${words && html`<span class=${isBetter ? 'better' : 'worse'} title=${words}> ${isBetter ? '▲' : '▽'}<span class="sr-only"> ${words}</span></span>`}</td></tr>`;
    })}</tbody></table>`;
}

/** The preset that weights are, or that they are somebody's own. @param {Record<string, number>|null|undefined} weights */
function presetText(weights) {
  if (!weights) return '';
  const preset = PRESETS.find((one) => SLIDERS.every((slider) => WEIGHTS[one][slider] === weights[slider]));
  return preset ? word('preset', preset) : t('preset_own');
}

/**
 * The plan and the three presets side by side; the best of each row is marked, and a
 * preset can be taken for the next plan.
 * @param {{plan: import('../api.js').Plan, report: PlanReport, state: import('../state.js').State}} props
 */
function TradeOff({ plan, report, state }) {
  const others = plan.trade_off ?? [];
  const columns = [figures(report), ...others.map((one) => figures(one.report))];
  const wishes = wishesOf(state);
  return html`<div class="scroll" role="region" aria-label=${t('trade_off')} tabindex="0"><table class="figures trade"><caption class="sr-only">${t('trade_off')}</caption>
    <thead><tr><th scope="col"><span class="sr-only">${t('zones_figure')}</span></th><th scope="col" class="num">${t('trade_this')}</th>${others.map((one) => html`<th scope="col" class="num">${word('preset', one.preset)}</th>`)}</tr></thead>
    <tbody>${columns[0].map((row, i) => {
      // A must-visit that one plan was asked for and another was not makes no row of equals.
      const cells = columns.map((column) => column.find((other) => other.label === row.label) ?? { ...row, text: '–', rank: null });
      const ranks = cells.map((cell) => cell.rank).filter((rank) => rank !== null);
      const best = ranks.length > 1 && Math.max(...ranks) > Math.min(...ranks) ? Math.max(...ranks) : null;
      return html`<tr key=${i}><th scope="row">${row.label}</th>${cells.map((cell) => html`<td class=${`num ${cell.rank === best && best !== null ? 'best' : ''}`}>${cell.text}${cell.rank === best && best !== null && html`<span class="sr-only"> ${t('trade_best')}</span>`}</td>`)}</tr>`;
    })}</tbody>
    <tfoot><tr><td colspan="2"></td>${others.map((one) => html`<td class="num"><button type="button" class="small" aria-label=${t('trade_use', { preset: word('preset', one.preset) })} aria-pressed=${wishes.preset === one.preset} onClick=${() => wish({ ...wishes, preset: one.preset, weights: {}, keep: false })}>${t('trade_use_short')}</button></td>`)}</tr></tfoot>
  </table></div>
  <p class="hint">${t('trade_hint')}</p>`;
}

/** Points with a frequency: how often each is visited, and when it is due again. @param {{rhythms: import('../api.js').Rhythm[]}} props */
function Rhythms({ rhythms }) {
  if (!rhythms.length) return null;
  const text = (/** @type {import('../api.js').Rhythm} */ one) => {
    const due = `${shortDay(one.due)} ${clock(one.due)}`;
    if (!one.kept) return t('rhythm_late', { n: whole(one.visits) });
    return one.visits ? t('rhythm_again', { n: whole(one.visits), due }) : t('rhythm_later', { due });
  };
  return html`<details><summary class="small">${t('fig_rhythms')}</summary>
    <table class="figures"><tbody>${rhythms.slice(0, RHYTHMS_LISTED).map((one, i) => html`<tr key=${i}><th scope="row">${one.name}</th><td>${text(one)}</td></tr>`)}</tbody></table>
    ${rhythms.length > RHYTHMS_LISTED && html`<p class="hint">${t('missed_more', { n: whole(rhythms.length - RHYTHMS_LISTED) })}</p>`}</details>`;
}

/** @param {{beats: {name: string, wanted_min: number, given_min: number}[]}} props */
function Beats({ beats }) {
  if (!beats.length) return null;
  const short = [...beats].sort((a, b) => (b.wanted_min - b.given_min) - (a.wanted_min - a.given_min)).slice(0, BEATS_LISTED);
  return html`<details><summary class="small">${t('fig_beats')}</summary>
    <table class="figures"><thead><tr><th scope="col">${t('beat')}</th><th scope="col" class="num">${t('fig_wanted')}</th><th scope="col" class="num">${t('fig_given')}</th></tr></thead>
      <tbody>${short.map((beat) => html`<tr key=${beat.name}><th scope="row">${beat.name}</th><td class="num">${whole(Math.round(beat.wanted_min))}</td><td class="num">${whole(Math.round(beat.given_min))}</td></tr>`)}</tbody></table></details>`;
}

/** @param {{obstacles: import('../api.js').Obstacle[]}} props */
function Obstacles({ obstacles }) {
  if (!obstacles.length) return null;
  return html`<section class="missed" aria-labelledby="obstacles-title"><h3 id="obstacles-title">${t('obstacles')}</h3><ul>${obstacles.map((one, i) => html`<li key=${i}>${obstacleText(one)}</li>`)}</ul></section>`;
}

/** Why not; to the second where the minute does not tell the earliest from the latest. @param {import('../api.js').Obstacle} one */
const whyText = ({ why, until }) => fill(word('obstacle_why', why?.why ?? ''), { earliest: why?.earliest ? momentText(why.earliest, until) : '' });

/** A time of day, to the second where it would read as another one. @param {string} at @param {string} [other] */
const momentText = (at, other) => (other && clock(at) === clock(other) ? toTheSecond(at) : clock(at));

/** @param {import('../api.js').Obstacle} one */
function obstacleText(one) {
  const values = {
    unit: one.unit ?? t('any_unit'), name: one.name ?? '', place: one.place ?? '',
    until: one.until ? momentText(one.until, one.why?.earliest) : '', earliest: one.earliest ? clock(one.earliest) : t('never'),
    count: whole(one.count ?? 0), of: whole(one.of ?? 0), times: whole(one.times ?? 0), names: `${(one.names ?? []).join(t('comma'))}…`,
    why: one.why ? whyText(one) : '',
  };
  return fill(word('obstacle', one.kind === 'many' ? `many_${one.what}` : one.kind), values);
}

/** @param {string} text @param {Record<string, string>} values */
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole_, name) => values[name] ?? whole_);
