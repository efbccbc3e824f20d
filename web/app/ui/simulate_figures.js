/**
 * What a simulation came to: how soon calls are answered under each policy, as curves and
 * as a table, and each policy beside the plan on the same calls.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { day, number, percent, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { PALETTES } from '../map/palette.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [308, 168, 40, 8, 8, 30];

/** One dash and one hue a policy, so that a curve is known by either. */
const LINES = /** @type {const} */ ({
  station: { hue: 4, dash: '1 3' },
  random: { hue: 7, dash: '2 2 6 2' },
  hottest: { hue: 1, dash: '6 3' },
  plan: { hue: 2, dash: '12 3' },
  'plan-replan': { hue: 0, dash: '' },
});

/** @typedef {import('../simulation_api.js').Simulation} Simulation */
/** @typedef {import('../simulation_api.js').Figures} Figures */
/** @typedef {import('../simulation_api.js').Estimated} Estimated */

/** @param {string} policy */
const nameOf = (policy) => word('policy', policy.replace('-', '_'));

const NOTHING = '–';
const seconds = (/** @type {number} */ s) => whole(Math.round(s));
const points = (/** @type {number} */ share) => number(share * 100, 2);

/**
 * A row: its label, its figure, the figure in words, and a difference in words.
 * @typedef {[string, (f: Figures) => Estimated|null|undefined, (n: number) => string, (n: number) => string]} Row
 */

/** @returns {Row[]} */
const rows = () => [
  [t('simulate_mean'), (f) => f.mean_response_s, seconds, (n) => number(n, 2)],
  [t('simulate_median'), (f) => f.median_response_s, seconds, (n) => number(n, 2)],
  [t('simulate_p90'), (f) => f.p90_response_s, seconds, (n) => number(n, 2)],
  ...[0, 1, 2, 3].map((i) => /** @type {Row} */ ([t('simulate_within', { n: [1, 3, 5, 8][i] }), (f) => f.within[i]?.share, percent, points])),
  [t('simulate_queued'), (f) => f.queued, percent, points],
  [t('simulate_hot'), (f) => f.hot_minutes, (n) => number(n, 2), (n) => number(n, 2)],
  [t('simulate_km'), (f) => f.km, seconds, (n) => number(n, 2)],
];

/** Signed, with its interval. @param {Estimated|null|undefined} found @param {(n: number) => string} text */
function difference(found, text) {
  if (!found) return NOTHING;
  const signed = (/** @type {number} */ n) => (Math.abs(n) < 1e-9 ? text(0) : `${n > 0 ? '+' : '−'}${text(Math.abs(n))}`);
  return found.low === null || found.high === null ? signed(found.mean) : html`${signed(found.mean)} <small>${signed(found.low)} … ${signed(found.high)}</small>`;
}

/**
 * @param {object} props
 * @param {Simulation} props.found
 * @param {import('../map/palette.js').Look} props.look
 * @param {'zh'|'en'} props.lang
 * @param {boolean} props.stale whether something else is asked by now
 */
export function SimulateFigures({ found, look, lang, stale }) {
  const ours = found.policies.find((one) => one.policy === found.reference) ?? found.policies[0];
  const all = rows();
  return html`<section class=${`block simulated ${stale ? 'stale' : ''}`} aria-labelledby="simulated-title">
    <h3 id="simulated-title">${t('simulate_result')}</h3>
    ${stale && html`<p class="hint">${t('simulate_stale')}</p>`}
    ${found.synthetic && html`<span class="synthetic">${t('synthetic')}</span>`}
    <p class="hint">${t('simulate_about', { from: day(found.period.start), until: day(found.period.end), shifts: whole(found.shifts), units: whole(found.units), calls: whole(Math.round(found.expected_calls)), draws: whole(found.seeds) })} ${t(found.truth === 'held-out' ? 'simulate_held_out' : 'simulate_forecast')}${found.made_up_units > 0 ? ` ${t('simulate_made_up', { n: whole(found.made_up_units) })}` : ''}</p>
    ${found.left_out.length > 0 && html`<ul class="notes">${found.left_out.map((one) => html`<li>${one[lang]}</li>`)}</ul>`}
    <${Curves} found=${found} look=${look} />
    <div class="scroll" tabindex="0" role="region" aria-label=${t('simulate_result')}><table class="figures"><caption class="sr-only">${t('simulate_result')}</caption>
      <thead><tr><th scope="col"><span class="sr-only">${t('zones_figure')}</span></th>${found.policies.map((one) => html`<th key=${one.policy} scope="col" class="num">${nameOf(one.policy)}</th>`)}</tr></thead>
      <tbody>${all.map(([label, of, text]) => html`<tr key=${label}><th scope="row">${label}</th>${found.policies.map((one) => { const it = of(one.figures); return html`<td key=${one.policy} class="num">${it ? text(it.mean) : NOTHING}</td>`; })}</tr>`)}</tbody></table></div>
    ${ours && ours.against.length > 0 && html`<h3>${t('simulate_against', { policy: nameOf(ours.policy) })}</h3><p class="hint">${t('simulate_against_hint')}</p>
    <div class="scroll" tabindex="0" role="region" aria-label=${t('simulate_against', { policy: nameOf(ours.policy) })}><table class="figures differences"><caption class="sr-only">${t('simulate_against', { policy: nameOf(ours.policy) })}</caption>
      <thead><tr><th scope="col"><span class="sr-only">${t('zones_figure')}</span></th>${ours.against.map((one) => html`<th key=${one.other} scope="col" class="num">${t('simulate_than', { policy: nameOf(one.other) })}</th>`)}</tr></thead>
      <tbody>${all.map(([label, of, , text]) => html`<tr key=${label}><th scope="row">${label}</th>${ours.against.map((one) => html`<td key=${one.other} class="num">${difference(of(one.difference), text)}</td>`)}</tr>`)}
        <tr><th scope="row">${t('simulate_hot_times')}</th>${ours.against.map((one) => html`<td key=${one.other} class="num">${one.hot_minutes_ratio ? `×${number(one.hot_minutes_ratio.mean)}` : NOTHING}</td>`)}</tr></tbody></table></div>`}
  </section>`;
}

/** Shares of calls answered within times; the table beside it has the numbers. @param {{found: Simulation, look: import('../map/palette.js').Look}} props */
function Curves({ found, look }) {
  const steps = found.policies[0]?.distribution.map((one) => one.seconds) ?? [];
  const longest = steps.at(-1) ?? 1;
  const x = (/** @type {number} */ s) => LEFT + ((WIDTH - LEFT - RIGHT) * s) / longest;
  const y = (/** @type {number} */ share) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share;
  const color = (/** @type {keyof typeof LINES} */ policy) => PALETTES[look].routes[LINES[policy].hue];
  return html`<figure class="curve">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${t('simulate_curve_label')}>
      ${[0, 0.25, 0.5, 0.75, 1].map((share) => html`<g key=${share}><line class="grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(share)} y2=${y(share)} /><text x=${LEFT - 4} y=${y(share) + 4} text-anchor="end">${percent(share)}</text></g>`)}
      ${steps.filter((s) => [60, 180, 300, 480, 900].includes(s)).map((s) => html`<g key=${s}><line class="grid" x1=${x(s)} x2=${x(s)} y1=${y(0)} y2=${y(1)} /><text x=${x(s)} y=${HEIGHT - BOTTOM + 14} text-anchor="middle">${s / 60}</text></g>`)}
      ${found.policies.map((one) => html`<polyline key=${one.policy} stroke-dasharray=${LINES[one.policy].dash} style=${`stroke:${color(one.policy)}`} points=${[`${x(0)},${y(0)}`, ...one.distribution.map((step) => `${x(step.seconds)},${y(step.share?.mean ?? 0)}`)].join(' ')} />`)}
      <text x=${(LEFT + WIDTH) / 2} y=${HEIGHT - 3} text-anchor="middle">${t('simulate_axis')}</text>
    </svg>
    <figcaption class="keys">${found.policies.map((one) => html`<span key=${one.policy} class="key"><svg class="rim" viewBox="0 0 24 14" aria-hidden="true"><line x1="0" y1="7" x2="24" y2="7" stroke-width="2" stroke-dasharray=${LINES[one.policy].dash} style=${`stroke:${color(one.policy)}`} /></svg>${nameOf(one.policy)}</span>`)}</figcaption>
  </figure>`;
}
