/**
 * How good the models are here: hit rates against area with their intervals, PAI, and whether
 * as much came as was expected; first on the last weeks (each forecast from what came before
 * it), then of forecasts that were frozen before their windows.
 * @module
 */
import { html, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchRecord, fetchScorecard } from '../api.js';
import { clock, day, number, percent, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { Empty, Failed, Loading } from '../ui/states.js';
import { fetchForecasts } from './api.js';
import { BarChart, LineChart } from './charts.js';
import { Picture } from './picture.js';
import { useKept } from './use_kept.js';

/** @typedef {import('../api.js').ModelRecord} Record */
/** @typedef {import('../map/palette.js').Look} Look */

/** The part of the area that a shift's forecast is judged by. */
const SHOWN_AREA = 0.05;

const cell = (/** @type {number|null|undefined} */ n, /** @type {(n: number) => string} */ text) => (n == null ? '–' : text(n));

/** Hit rates against area, one line a model; PAI in the numbers. @param {{record: Record, name: string, look: Look}} props */
function HitRates({ record, name, look }) {
  const dots = (/** @type {Record['models'][number]} */ one) => one.hit_rates.flatMap((rate) => (rate.hits ? [{ x: rate.area, y: rate.hits.value, low: rate.hits.low, high: rate.hits.high }] : []));
  const areas = record.models[0]?.hit_rates.map((rate) => rate.area) ?? [];
  const most = Math.max(...areas, 0.01);
  const title = t('a_hits_title');
  const rows = record.models.flatMap((one) => one.hit_rates.map((rate) => ({
    shown: [word('model', one.model), percent(rate.area), cell(rate.hits?.value, percent), rate.hits?.low != null && rate.hits.high != null ? `${percent(rate.hits.low)}–${percent(rate.hits.high)}` : '–', cell(rate.hits && rate.hits.value / rate.area, (n) => number(n, 3))],
    raw: [one.model, rate.area, rate.hits?.value ?? null, rate.hits?.low ?? null, rate.hits?.high ?? null, rate.hits ? rate.hits.value / rate.area : null],
  })));
  return html`<${Picture} name=${`${name}-hit-rates`} title=${title}
    head=${[{ key: 'model', text: t('model') }, { key: 'area_share', text: t('a_area_share') }, { key: 'hit_rate', text: t('a_hit_rate') }, { key: 'low', text: t('a_interval') }, { key: 'pai', text: t('a_pai') }]}
    rows=${rows} columns=${['model', 'area_share', 'hit_rate', 'low', 'high', 'pai']}>
    <${LineChart} label=${title} series=${record.models.map((one) => ({ name: word('model', one.model), dots: dots(one) }))} chance=${[{ x: 0, y: 0 }, { x: most, y: most }]} chanceName=${t('a_chance')}
      xTicks=${areas.filter((area) => area >= most / 12).map((area) => ({ at: area, text: percent(area) }))} xName=${t('a_area_share')} yName=${t('a_hit_rate')} yText=${percent} xSpan=${[0, most * 1.03]} look=${look} /><//>`;
}

/** Expected and observed by tenths of the expectation. @param {{record: Record, name: string, look: Look}} props */
function Calibration({ record, name, look }) {
  const [model, setModel] = useState('');
  const one = record.models.find((it) => it.model === model) ?? record.models.find((it) => it.model === record.model) ?? record.models[0];
  if (!one?.deciles.length) return null;
  const title = t('calibration', { model: word('model', one.model) });
  return html`<div><div class="field"><label for=${`${name}-model`}>${t('model')}</label><select id=${`${name}-model`} value=${one.model} onChange=${(/** @type {Event} */ e) => setModel(/** @type {HTMLSelectElement} */ (e.target).value)}>${record.models.map((it) => html`<option key=${it.model} value=${it.model}>${word('model', it.model)}</option>`)}</select></div>
    <${Picture} name=${`${name}-calibration-${one.model}`} title=${title}
      head=${[{ key: 'tenth', text: t('calibration_tenth') }, { key: 'expected', text: t('calibration_expected') }, { key: 'observed', text: t('calibration_observed') }, { key: 'expected_over_observed', text: t('calibration_ratio') }]}
      rows=${one.deciles.map((d, i) => ({ shown: [i + 1, number(d.expected), whole(d.observed), d.observed > 0 ? number(d.expected / d.observed, 2) : '–'], raw: [i + 1, d.expected, d.observed, d.observed > 0 ? d.expected / d.observed : null] }))}>
      <${BarChart} label=${title} series=${[{ name: t('calibration_expected'), values: one.deciles.map((d) => d.expected) }, { name: t('calibration_observed'), values: one.deciles.map((d) => d.observed) }]} names=${one.deciles.map((_, i) => String(i + 1))} xName=${t('calibration_tenth')} yName=${t('kind_incidents')} yText=${(/** @type {number} */ n) => number(n)} look=${look} /><//></div>`;
}

/** @param {Record} record */
function verdict(record) {
  const n = whole(record.incidents);
  if (record.verdict === 'best') return t('record_best', { n, model: word('model', record.model) });
  return record.verdict === 'baseline' ? t('record_baseline', { n }) : t('record_too_few', { n });
}

/**
 * @param {object} props
 * @param {string} props.query categories and hours
 * @param {number} props.resolution
 * @param {(resolution: number) => void} props.change
 * @param {import('../api.js').Workspace} props.workspace
 * @param {Look} props.look
 */
export function RecordPanel({ query, resolution, change, workspace, look }) {
  const job = useKept((signal) => fetchRecord(`${query}${query ? '&' : ''}resolution=${resolution}`, signal), `${query}|${resolution}|${workspace.data_version}`, 600);
  return html`<div class="sheet">
    <p class="hint">${t('a_record_hint')}</p>
    <div class="field"><label for="a-resolution">${t('resolution')}</label><select id="a-resolution" value=${String(resolution)} onChange=${(/** @type {Event} */ e) => change(Number(/** @type {HTMLSelectElement} */ (e.target).value))}>${workspace.resolutions.map((res) => html`<option key=${res} value=${String(res)}>H3 ${res}</option>`)}</select></div>
    ${job.problem !== null ? html`<${Failed} title=${t('record_failed')} problem=${job.problem} retry=${job.retry} />`
      : job.stale ? html`<${Loading} text=${t('record_scoring')} />` : null}
    ${job.answer && job.problem === null && html`<div class=${job.stale ? 'stale' : ''}>
      <p class="headline">${t('record_weeks', { n: job.answer.windows })}: ${verdict(job.answer)}</p>
      <div class="pictures"><${HitRates} record=${job.answer} name="record" look=${look} /><${Calibration} record=${job.answer} name="record" look=${look} /></div></div>`}
  </div>`;
}

/**
 * @param {object} props
 * @param {string} props.query
 * @param {number} props.resolution
 * @param {import('../api.js').Workspace} props.workspace
 * @param {Look} props.look
 */
export function ForecastsPanel({ query, resolution, workspace, look }) {
  const card = useKept((signal) => fetchScorecard(`${query}${query ? '&' : ''}resolution=${resolution}`, signal), `${query}|${resolution}|${workspace.data_version}`, 300);
  const list = useKept((signal) => fetchForecasts(signal), String(workspace.data_version));
  const [model, setModel] = useState('');
  const problem = card.problem ?? list.problem;
  if (problem !== null) return html`<${Failed} title=${t('frozen_failed')} problem=${problem} retry=${() => { card.retry(); list.retry(); }} />`;
  if (!card.answer || !list.answer) return html`<${Loading} />`;
  const { forecasts } = list.answer;
  if (!forecasts.length) return html`<${Empty} text=${t('frozen_none')} />`;
  const models = [...new Set(forecasts.map((one) => one.model))];
  const of = models.includes(model) ? model : models[0];
  const scored = forecasts.filter((one) => one.model === of).reverse();
  const over = scored.filter((one) => one.score);
  // Nothing came of what is not over: it would look like a forecast gone wrong.
  const drawn = over.length ? over : scored;
  const hits = (/** @type {import('./api.js').ScoredForecast} */ one) => one.score?.hit_rates.find((rate) => rate.area === SHOWN_AREA)?.hits ?? null;
  const title = t('a_forecasts_title', { model: word('model', of) });
  return html`<div class="sheet">
    ${card.answer.card ? html`<p class="headline">${t('record_weeks', { n: card.answer.card.windows })}: ${verdict(card.answer.card)}</p>` : html`<p class="hint">${t('frozen_none')}</p>`}
    <div class="field"><label for="a-frozen-model">${t('model')}</label><select id="a-frozen-model" value=${of} onChange=${(/** @type {Event} */ e) => setModel(/** @type {HTMLSelectElement} */ (e.target).value)}>${models.map((one) => html`<option key=${one} value=${one}>${word('model', one)}</option>`)}</select></div>
    <div class="pictures">
      ${card.answer.card && html`<${HitRates} record=${card.answer.card} name="scorecard" look=${look} />`}
      <${Picture} name=${`forecasts-${of}`} title=${title}
        head=${[{ key: 'window_start', text: t('window') }, { key: 'frozen_at', text: t('a_frozen_at') }, { key: 'expected', text: t('calibration_expected') }, { key: 'observed', text: t('calibration_observed') }, { key: 'hit_rate_5', text: t('record_hits', { area: percent(SHOWN_AREA) }) }, { key: 'log_score', text: t('record_log') }]}
        rows=${scored.map((one) => ({
          shown: [`${day(one.window.start)} ${clock(one.window.start)}`, `${day(one.frozen_at)} ${clock(one.frozen_at)}${one.is_intact ? '' : ` ${t('a_not_intact')}`}`, number(one.expected), one.score ? whole(one.score.incidents) : t('a_not_over'), cell(hits(one), percent), cell(one.score?.log_score, (n) => n.toFixed(2).replace('-', '−'))],
          raw: [one.window.start, one.frozen_at, one.expected, one.score?.incidents ?? null, hits(one), one.score?.log_score ?? null],
        }))}>
        <${BarChart} label=${title} series=${[{ name: t('calibration_expected'), values: drawn.map((one) => one.expected) }, ...(over.length ? [{ name: t('calibration_observed'), values: over.map((one) => one.score?.incidents ?? 0) }] : [])]} names=${drawn.map((one) => day(one.window.start).slice(5))} xName=${t('window')} yName=${t(over.length ? 'kind_incidents' : 'calibration_expected')} yText=${(/** @type {number} */ n) => number(n)} look=${look} /><//>
    </div>
  </div>`;
}
