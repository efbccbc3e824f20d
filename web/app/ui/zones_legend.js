/**
 * The legend of zones on the map: work against the mean, whose borders are firm and whose
 * are dashes.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { number, shortDay } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { PALETTES } from '../map/palette.js';
import { WORK_FROM } from '../map/zone_layers.js';
import { useJob } from './jobs.js';
import { Under } from './under.js';

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../map/palette.js').Look} props.look
 * @param {boolean} props.synthetic
 */
export function ZonesLegend({ state, look, synthetic }) {
  const [draft, now] = [useJob('zones'), useJob('zones_now')];
  /** @type {import('../zones_api.js').Zones|undefined} */
  const report = (draft.answer ?? now.answer)?.report;
  const p = PALETTES[look];
  const rows = p.work.map((color, i) => ({ color, from: WORK_FROM[i], to: WORK_FROM[i + 1] })).reverse();
  return html`<section class="legend own" aria-labelledby="legend-title">
    <header><h2 id="legend-title">${t('zones_legend')}</h2>
      ${synthetic && html`<span class="synthetic" title=${t('synthetic_hint')}>${t('synthetic')}</span>`}</header>
    ${!report && html`<p class="rest">${t('zones_legend_none')}</p>`}
    ${report && html`<table class="classes"><thead class="sr-only"><tr><th scope="col">${t('legend_class')}</th><th scope="col">${t('zones_legend')}</th></tr></thead>
      <tbody>${rows.map((row) => html`<tr key=${row.from}><td><span class="swatch"><i style=${`background:${row.color}`}></i></span></td>
        <td>${row.to === undefined ? t('zones_over', { from: row.from }) : row.from === 0 ? t('zones_under', { to: row.to }) : t('zones_between', { from: row.from, to: row.to })}</td></tr>`)}</tbody></table>
    <div class="keys"><p class="key"><svg class="rim" viewBox="0 0 24 14" aria-hidden="true"><line x1="0" x2="24" y1="7" y2="7" stroke=${p.firm} stroke-width="2.4" /></svg><span>${t('zones_key_draft')}</span></p>
    ${draft.answer && html`<p class="key"><svg class="rim" viewBox="0 0 24 14" aria-hidden="true"><line x1="0" x2="24" y1="7" y2="7" stroke=${p.border} stroke-width="1.4" stroke-dasharray="5 3" /></svg><span>${t('zones_key_now')}</span></p>`}</div>
    <dl class="facts">
      <dt>${t('legend_of')}</dt><dd>${shortDay(report.about.window_start)} – ${shortDay(report.about.window_end)}</dd>
      <dt>${t('legend_model')}</dt><dd>${word('model', report.about.model)}</dd>
      <dt>${t('zones_legend_calls')}</dt><dd>${t('zones_legend_calls_n', { n: number(report.about.calls_per_day) })}</dd>
    </dl>`}
    <${Under} state=${state} />
  </section>`;
}
