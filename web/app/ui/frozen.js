/**
 * Forecasts that were frozen before their windows: how they did, and a button that freezes
 * the surface on the map while its window still lies ahead.
 * @module
 */
import { html, useEffect, useState } from '../../vendor/htm-preact/standalone.module.js';
import { fetchScorecard, freezeForecast } from '../api.js';
import { clock, day, percent } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { Failed } from './states.js';
import { useRequest } from './use_request.js';

/** The part of the area whose hit rate is shown. */
const SHOWN_AREA = 0.02;

/**
 * @param {object} props
 * @param {string} props.query as made by `recordQuery`
 * @param {import('../api.js').Risk|null} props.risk the surface on the map
 * @param {import('../state.js').State} props.state
 */
export function Frozen({ query, risk, state }) {
  const job = useRequest((signal) => fetchScorecard(query, signal), query);
  const card = job.status === 'ready' ? job.answer?.card : null;
  return html`<div class="frozen">
    ${job.status === 'failed' && html`<${Failed} title=${t('frozen_failed')} problem=${job.problem} retry=${job.retry} />`}
    ${job.status === 'ready' && html`<p class="hint">${card ? cardInWords(card) : t('frozen_none')}</p>`}
    ${risk && !risk.empty && html`<${Freeze} key=${`${risk.id} ${query}`} state=${state} />`}
  </div>`;
}

/** @param {import('../api.js').ModelRecord} card */
function cardInWords(card) {
  const hits = (/** @type {string} */ model) => {
    const one = card.models.find((m) => m.model === model);
    const rate = one?.hit_rates.find((r) => r.area === SHOWN_AREA)?.hits;
    return rate ? percent(rate.value) : '–';
  };
  return t('frozen_card', {
    n: card.windows, model: word('model', card.model), hits: hits(card.model), area: percent(SHOWN_AREA), count: hits('count'),
  });
}

/** @param {{state: import('../state.js').State}} props */
function Freeze({ state }) {
  const [done, setDone] = useState(/** @type {{frozen: import('../api.js').Frozen|null, problem: unknown, busy: boolean}} */ ({ frozen: null, problem: null, busy: false }));
  const [abort] = useState(() => new AbortController());
  useEffect(() => () => abort.abort(), []);
  const freeze = () => {
    setDone({ frozen: null, problem: null, busy: true });
    const wish = { window: state.window, category: state.categories, resolution: state.resolution, ...(state.hours.length && { hours: state.hours }) };
    freezeForecast(wish, abort.signal).then(
      (answer) => setDone({ frozen: answer.forecasts[0] ?? null, problem: null, busy: false }),
      (problem) => abort.signal.aborted || setDone({ frozen: null, problem, busy: false }),
    );
  };
  return html`
    ${done.problem !== null && html`<${Failed} title=${t('freeze_failed')} problem=${done.problem} />`}
    ${done.frozen && html`<p class="hint" role="status">${t('frozen_at', { at: `${day(done.frozen.frozen_at)} ${clock(done.frozen.frozen_at)}` })}</p>`}
    ${!done.frozen && html`<button type="button" disabled=${done.busy} title=${t('freeze_hint')} onClick=${freeze}>${t(done.busy ? 'freezing' : 'freeze')}</button>`}`;
}
