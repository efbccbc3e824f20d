/**
 * The legend of the coverage on the map: rims and tints of the rings, or the hatching of
 * gaps, with window and model, and whether the heatmap lies under it.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { percent, span, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { hatch, rimOf, tintOf } from '../map/coverage_layers.js';
import { drawingUrl } from '../map/icons.js';
import { PALETTES } from '../map/palette.js';
import { useJob } from './jobs.js';
import { Under } from './under.js';

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('../map/palette.js').Look} props.look
 * @param {boolean} props.synthetic
 */
export function CoverageLegend({ state, look, synthetic }) {
  const job = useJob('cover');
  // Drawn where they answer the question that is open.
  const of = (/** @type {import('./jobs.js').Job<unknown>} */ other) => job.key !== '' && other.answered.startsWith(`${job.key.split(' ')[0]} `);
  const [moves, sites] = [of(useJob('stand')), of(useJob('siting'))];
  /** @type {import('../coverage_api.js').Cover|undefined} */
  const cover = job.answer?.report;
  const p = PALETTES[look];
  return html`<section class="legend own" aria-labelledby="legend-title">
    <header><h2 id="legend-title">${t(state.cover === 'gaps' ? 'cover_legend_gaps' : 'cover_legend_reach')}</h2>
      ${synthetic && html`<span class="synthetic" title=${t('synthetic_hint')}>${t('synthetic')}</span>`}</header>
    ${!cover && html`<p class="rest">${t('cover_legend_none')}</p>`}
    ${cover && (state.cover === 'gaps' ? html`<${GapKey} cover=${cover} ring=${state.ring} p=${p} />` : html`<${ReachKey} cover=${cover} sources=${state.cover} p=${p} />`)}
    ${(moves || sites) && html`<div class="keys">${moves && html`<p class="key"><svg class="rim" viewBox="0 0 24 14" aria-hidden="true"><line x1="0" x2="16" y1="7" y2="7" stroke=${p.ink} stroke-width="2.4" stroke-dasharray="5 3" /><path d="M24 7 14 2v10z" fill=${p.ink} /></svg><span>${t('cover_key_move')}</span></p>`}
      ${sites && html`<p class="key"><svg class="rim" viewBox="0 0 24 14" aria-hidden="true"><rect x="5" width="14" height="14" fill=${p.police} /><text x="12" y="11" font-size="11" text-anchor="middle" fill=${p.paper}>1</text></svg><span>${t('cover_key_site')}</span></p>`}</div>`}
    ${cover && html`<dl class="facts">
      <dt>${t('legend_of')}</dt><dd>${span({ start: cover.about.window_start, end: cover.about.window_end })}</dd>
      <dt>${t('legend_model')}</dt><dd>${word('model', cover.about.model)}</dd>
      <dt>${t('cover_speed')}</dt><dd>${t('cover_speed_free')}</dd>
    </dl>`}
    <${Under} state=${state} />
  </section>`;
}

/** @param {{cover: import('../coverage_api.js').Cover, sources: 'units'|'posts', p: import('../map/palette.js').Palette}} props */
function ReachKey({ cover, sources, p }) {
  const found = cover.cover.find((one) => one.sources === sources);
  if (!found?.count) return html`<p class="rest">${t('cover_nobody_there')}</p>`;
  const rings = found.rings;
  return html`<table class="classes"><thead><tr><th scope="col"><span class="sr-only">${t('legend_class')}</span></th><th scope="col">${t('cover_within')}</th><th scope="col" class="num">${t('cover_calls')}</th></tr></thead>
    <tbody>${rings.map((ring, i) => html`<tr key=${ring.minutes}>
      <td><svg class="rim" viewBox="0 0 24 14" aria-hidden="true"><rect width="24" height="14" fill=${p.unit} opacity=${tintOf(rings.length - 1 - i)} /><line x1="0" x2="24" y1="1.2" y2="1.2" stroke=${p.unit} stroke-width="2" stroke-dasharray=${rimOf(rings.length - 1 - i)?.map((d) => d * 2).join(' ') ?? ''} /></svg></td>
      <td>${t('minutes', { n: ring.minutes })}</td><td class="num">${percent(ring.expected_share)}</td></tr>`)}</tbody></table>`;
}

/** @param {{cover: import('../coverage_api.js').Cover, ring: number, p: import('../map/palette.js').Palette}} props */
function GapKey({ cover, ring, p }) {
  const gap = cover.gaps.find((one) => one.minutes === ring);
  return html`<p class="key"><img src=${drawingUrl(hatch(p))} width="24" height="24" alt="" /><span>${t('cover_gap_key', { m: ring, n: whole(gap?.cells ?? 0), share: percent(gap?.share ?? 0) })}</span></p>`;
}
