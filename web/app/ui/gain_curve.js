/**
 * What each new site adds, as a curve: built one after the other (dots), the best choice
 * of that many found (ring where it differs), and the bound that none can exceed (dashes).
 * The table beside it has the same numbers.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { percent } from '../format.js';
import { t } from '../i18n/speak.js';

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [308, 132, 40, 8, 8, 30];

/**
 * @param {object} props
 * @param {number} props.now the mean share without a new site
 * @param {import('../coverage_api.js').GainStep[]} props.curve
 */
export function GainCurve({ now, curve }) {
  if (!curve.length) return null;
  const top = Math.max(...curve.map((step) => Math.max(step.bound, step.best_score)));
  const span = Math.max(top - now, 1e-6);
  const x = (/** @type {number} */ n) => LEFT + ((WIDTH - LEFT - RIGHT) * n) / curve.length;
  const y = (/** @type {number} */ share) => HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * (share - now)) / span;
  const line = (/** @type {(step: import('../coverage_api.js').GainStep) => number} */ of) => [`${x(0)},${y(now)}`, ...curve.map((step) => `${x(step.count)},${y(of(step))}`)].join(' ');
  const last = curve[curve.length - 1];
  const ticks = [now, now + span / 2, top];
  const every = Math.ceil(curve.length / 10);
  return html`<figure class="curve">
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${t('curve_label', { now: percent(now), n: curve.length, then: percent(last.score), bound: percent(last.bound) })}>
      ${ticks.map((share) => html`<g><line class="grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(share)} y2=${y(share)} /><text x=${LEFT - 4} y=${y(share) + 4} text-anchor="end">${percent(share)}</text></g>`)}
      <polyline class="bound" points=${line((step) => step.bound)} />
      <polyline class="gain" points=${line((step) => step.score)} />
      ${curve.map((step) => html`<g>${step.best_score > step.score + 1e-6 && html`<circle class="best" cx=${x(step.count)} cy=${y(step.best_score)} r="4" />`}<circle class="dot" cx=${x(step.count)} cy=${y(step.score)} r="3" />
        ${(step.count % every === 0 || step.count === curve.length) && html`<text x=${x(step.count)} y=${HEIGHT - BOTTOM + 14} text-anchor="middle">${step.count}</text>`}</g>`)}
      <text x=${(LEFT + WIDTH) / 2} y=${HEIGHT - 3} text-anchor="middle">${t('curve_axis')}</text>
    </svg>
    <figcaption class="hint">${t('curve_key')}</figcaption>
  </figure>`;
}
