/**
 * How the models did on the workspace's own last weeks, and which of them to trust for it.
 * Asked for once the map is drawn, since scoring takes some seconds.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchRecord } from '../api.js';
import { number, percent, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { BEST, change, recordQuery } from '../state.js';
import { Frozen } from './frozen.js';
import { Failed, Loading } from './states.js';

/** So long nothing may change before a record is asked for. */
const SETTLE_MS = 600;

/** After so long an answer that was not ready is asked for again. */
const AGAIN_MS = 3000;

/** The part of the area whose hit rate is shown: what some units can cover in a shift. */
const SHOWN_AREA = 0.02;

/**
 * @param {object} props
 * @param {import('../state.js').State} props.state
 * @param {import('./use_risk.js').RiskJob} props.job
 * @param {import('../api.js').Workspace} props.workspace
 */
export function ModelRecord({ state, job: surface, workspace }) {
  const version = workspace.content_version;
  const query = recordQuery(state);
  const drawn = surface.status === 'ready';
  const [round, setRound] = useState(0);
  const [job, setJob] = useState(/** @type {{record: import('../api.js').ModelRecord|null, problem: unknown, of: string}} */ ({ record: null, problem: null, of: '' }));
  useEffect(() => {
    if (!drawn || job.of === `${query} ${round} ${version}`) return undefined;
    const abort = new AbortController();
    const answered = (/** @type {Partial<typeof job>} */ answer) => abort.signal.aborted || setJob({ record: null, problem: null, of: `${query} ${round} ${version}`, ...answer });
    // Quick changes ask once.
    let later = setTimeout(function ask() {
      fetchRecord(query, abort.signal).then((record) => answered({ record }), (problem) => {
        // Much data take longer than a request may: the scoring goes on, its answer is kept.
        if (problem.status === 503 && !abort.signal.aborted) later = setTimeout(ask, AGAIN_MS);
        else answered({ problem });
      });
    }, SETTLE_MS);
    return () => {
      clearTimeout(later);
      abort.abort();
    };
  }, [query, drawn, round, version]);
  const fresh = job.of === `${query} ${round} ${version}`;
  const [record, problem] = fresh ? [job.record, job.problem] : [null, null];
  const used = surface.risk?.model ?? '';
  const switched = useRef(/** @type {import('../api.js').ModelRecord|null} */ (null));
  useEffect(() => {
    // The surface was drawn before its record was there: the record's model takes over. Once
    // a record: a service that can't keep it would answer the same again.
    if (!drawn || state.model !== BEST || !record || record.model === used || switched.current === record) return;
    switched.current = record;
    surface.retry();
  }, [record, drawn, used, state.model]);
  return html`<section class="block record" aria-labelledby="record-title">
    <h3 id="record-title">${record ? t('record_weeks', { n: record.windows }) : t('record')}</h3>
    ${problem !== null && html`<${Failed} title=${t('record_failed')} problem=${problem} retry=${() => setRound((n) => n + 1)} />`}
    ${problem === null && !record && html`<${Loading} text=${t('record_scoring')} />`}
    ${record && html`<${Scores} record=${record} used=${used} />
      <p class="hint">${verdictInWords(record)}</p>
      ${state.model !== BEST && record.model !== used && html`<button type="button" onClick=${() => change({ model: BEST })}>${t('record_use', { model: word('model', record.model) })}</button>`}
      <${Calibration} record=${record} model=${record.models.some((one) => one.model === used) ? used : record.model} />`}
    <${Frozen} query=${query} risk=${surface.risk} state=${state} workspace=${workspace} />
  </section>`;
}

/** @param {{record: import('../api.js').ModelRecord, used: string}} props */
function Scores({ record, used }) {
  return html`<table>
    <thead><tr>
      <th scope="col">${t('model')}</th>
      <th scope="col" class="num" title=${t('record_hits_hint')}>${t('record_hits', { area: percent(SHOWN_AREA) })}</th>
      <th scope="col" class="num" title=${t('record_log_hint')}>${t('record_log')}</th>
    </tr></thead>
    <tbody>${record.models.map((one) => {
      const hits = one.hit_rates.find((rate) => rate.area === SHOWN_AREA)?.hits;
      return html`<tr key=${one.model} aria-current=${one.model === used ? 'true' : null}>
        <td>${word('model', one.model)}</td>
        <td class="num" title=${hits && hits.low !== null && hits.high !== null ? `${percent(hits.low)} – ${percent(hits.high)}` : ''}>${hits ? percent(hits.value) : '–'}</td>
        <td class="num">${one.log_score ? one.log_score.value.toFixed(2).replace('-', '−') : '–'}</td>
      </tr>`;
    })}</tbody>
  </table>`;
}

/**
 * Whether as much came as was expected, by tenths of the expectation: the first has the
 * densest cells.
 * @param {{record: import('../api.js').ModelRecord, model: string}} props
 */
function Calibration({ record, model }) {
  const deciles = record.models.find((one) => one.model === model)?.deciles ?? [];
  return html`<details>
    <summary>${t('calibration', { model: word('model', model) })}</summary>
    <p class="hint">${t('calibration_hint')}</p>
    <table>
      <thead><tr><th scope="col">${t('calibration_tenth')}</th><th scope="col" class="num">${t('calibration_expected')}</th><th scope="col" class="num">${t('calibration_observed')}</th><th scope="col" class="num">${t('calibration_ratio')}</th></tr></thead>
      <tbody>${deciles.map((d, i) => html`<tr key=${i}><td>${i + 1}</td><td class="num">${number(d.expected)}</td><td class="num">${whole(d.observed)}</td>
        <td class="num">${d.observed > 0 ? number(d.expected / d.observed, 2) : '–'}</td></tr>`)}</tbody>
    </table>
  </details>`;
}

/** @param {import('../api.js').ModelRecord} record */
function verdictInWords(record) {
  const n = whole(record.incidents);
  if (record.verdict === 'best') return t('record_best', { n, model: word('model', record.model) });
  return record.verdict === 'baseline' ? t('record_baseline', { n }) : t('record_too_few', { n });
}
