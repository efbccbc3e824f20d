/**
 * The legend, always open: units, classes as shares of area, window, model, the data's
 * date, how many events, and whether it is all made up. It describes the surface that is
 * drawn, never the one still being computed.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { clock, day, number, percent, span, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { classOpacity } from '../map/heatmap.js';
import { PALETTES } from '../map/palette.js';
import { change, pictureOf } from '../state.js';
import { Failed, Loading } from './states.js';

/**
 * @param {object} props
 * @param {import('./use_risk.js').RiskJob} props.job
 * @param {import('../state.js').State} props.state
 * @param {import('../map/palette.js').Look} props.look
 * @param {boolean} props.synthetic
 */
export function Legend({ job, state, look, synthetic }) {
  const { risk } = job;
  const palette = PALETTES[look];
  return html`<section class="legend" aria-labelledby="legend-title">
    <header>
      <h2 id="legend-title">${t('legend_unit')}</h2>
      ${synthetic && html`<span class="synthetic" title=${t('synthetic_hint')}>${t('synthetic')}</span>`}
    </header>
    ${job.status === 'failed' && html`<${Failed} title=${t('risk_failed')} problem=${job.problem} retry=${job.retry} />`}
    ${!risk && job.status === 'loading' && html`<${Loading} text=${t('risk_first')} />`}
    ${risk && (risk.empty || risk.not_enough_data ? risk.empty && html`<p class="empty">${t('risk_empty')}</p>` : html`<${Classes} risk=${risk} palette=${palette} opacity=${state.opacity} />`)}
    ${risk && html`<${Facts} risk=${risk} hours=${job.hours} />`}
    <div class="opacity">
      <label for="opacity">${t('opacity')}</label>
      <input id="opacity" type="range" min="20" max="90" step="5" value=${Math.round(state.opacity * 100)}
        aria-valuetext=${percent(state.opacity)}
        onInput=${(/** @type {Event} */ e) => change({ opacity: Number(/** @type {HTMLInputElement} */ (e.target).value) / 100 })} />
      <output for="opacity">${percent(state.opacity)}</output>
      ${risk && !risk.empty && html`<a class="button" href=${pictureOf(state)} download="map.png" title=${t('map_picture')} aria-label=${t('map_picture')}>PNG</a>`}
    </div>
    ${risk && job.status === 'loading' && html`<div class="busy"><${Loading} text=${t('risk_computing')} /></div>`}
  </section>`;
}

/** @param {{risk: import('../api.js').Risk, palette: import('../map/palette.js').Palette, opacity: number}} props */
function Classes({ risk, palette, opacity }) {
  const rows = [...risk.classes].sort((a, b) => b.class - a.class);
  return html`<table class="classes">
    <thead><tr>
      <th scope="col"><span class="sr-only">${t('legend_class')}</span></th>
      <th scope="col">${t('legend_share')}</th>
      <th scope="col" class="num">${t('legend_from')}</th>
      <th scope="col" class="num">${t('legend_cells')}</th>
    </tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${row.class}>
      <td><span class=${`swatch ${row.class === 5 ? 'top' : ''}`}><i style=${`background:${palette.ramp[row.class - 1]};opacity:${classOpacity(palette, row.class, opacity)}`}></i></span><span class="sr-only">${row.class}</span></td>
      <td>${row.share_from === 0 ? t('share_first', { to: percent(row.share_to) }) : t('share_range', { from: percent(row.share_from), to: percent(row.share_to) })}</td>
      <td class="num">${row.cells && row.min_per_km2 !== null ? `≥ ${number(row.min_per_km2)}` : '–'}</td>
      <td class="num">${whole(row.cells)}</td>
    </tr>`)}</tbody>
  </table>
  <p class="rest">${t('legend_rest')}</p>`;
}

/** @param {{risk: import('../api.js').Risk, hours: number[]}} props */
function Facts({ risk, hours }) {
  return html`${risk.not_enough_data && !risk.empty && html`<p class="warning" role="status">${t('legend_thin', { n: whole(risk.events) })}</p>`}
  ${risk.stale_days !== null && html`<p class="warning" role="status">${t('legend_stale', { n: whole(risk.stale_days) })}</p>`}
  <dl class="facts">
    <dt>${t('legend_of')}</dt><dd>${span(risk.window)}</dd>
    ${hours.length > 0 && html`<dt>${t('legend_hours')}</dt><dd>${hourText(hours)}</dd>`}
    <dt>${t('legend_model')}</dt><dd>${word('model', risk.model)} <small>${parametersInWords(risk)}</small></dd>
    <dt>${t('legend_record')}</dt><dd>${recordInWords(risk)}</dd>
    <dt>${t('legend_until')}</dt><dd>${risk.data_until ? `${day(risk.data_until)} ${clock(risk.data_until)}` : '–'}</dd>
    <dt>${t('legend_events')}</dt><dd>${t('legend_events_n', { n: whole(risk.events) })}</dd>
    <dt>${t('legend_total')}</dt><dd>${t('legend_total_n', { n: number(risk.total) })}</dd>
  </dl>
  <${Provenance} risk=${risk} />`;
}

/** How the surface's model did, beside the plain count. @param {import('../api.js').Risk} risk */
function recordInWords({ record, model, chosen_by: chosen }) {
  if (!record) return chosen === 'no_record' ? t('legend_no_record') : t('legend_record_none');
  const words = { n: record.weeks, hits: percent(record.hits), area: percent(record.area), count: percent(record.count_hits) };
  return t(model === 'count' ? 'legend_record_count' : 'legend_record_n', words);
}

/** The numbers a person would change, with their units; the rest is in the provenance. @param {import('../api.js').Risk} risk */
function parametersInWords(risk) {
  const { risk_lives_within_m: within, risk_lasts_days: lasts } = risk.parameters ?? {};
  const learned = within && lasts ? [t('param_risk_lives', {
    reach: Number(within) > 0 ? t('param_reach', { n: number(Number(within)) }) : t('param_own_cell'),
    memory: Number(lasts) > 0 ? t('param_days', { n: number(Number(lasts)) }) : t('param_all_past'),
  })] : [];
  return /** @type {const} */ (['bandwidth_m', 'half_life_days'])
    .filter((name) => Number(risk.parameters?.[name]) > 0)
    .map((name) => t(`param_${name}`, { n: number(Number(risk.parameters[name])) }))
    .concat(learned)
    .join(' · ');
}

/** What made the surface, to the letter: the same record stands in every export. @param {{risk: import('../api.js').Risk}} props */
function Provenance({ risk }) {
  const { look_back: back, inputs_sha256: inputs, version } = risk.provenance;
  return html`<details class="provenance"><summary>${t('provenance')}</summary>
    <dl class="facts">
      ${back && html`<dt>${t('look_back_span')}</dt><dd>${day(back.start)} – ${day(back.end)}</dd>`}
      <dt>${t('parameters')}</dt><dd>${Object.entries(risk.parameters ?? {}).map(([name, value]) => html`<div key=${name}><code>${name} = ${value}</code></div>`)}</dd>
      <dt>${t('inputs')}</dt><dd><code>${inputs?.slice(0, 16) ?? '–'}</code></dd>
      <dt>${t('program')}</dt><dd>Frontbeat ${version ?? ''}</dd>
    </dl></details>`;
}

/** Hours of the week as hours of the day, each once. @param {number[]} hours */
export function hourText(hours) {
  const ofDay = [...new Set(hours.map((h) => h % 24))];
  const pad = (/** @type {number} */ h) => `${String(h).padStart(2, '0')}:00`;
  return ofDay.length === 1 ? `${pad(ofDay[0])}–${pad((ofDay[0] + 1) % 24)}` : t('hours_some', { n: ofDay.length });
}
