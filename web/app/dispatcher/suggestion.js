/**
 * Who should go: the three best units, when each is there, and what each choice does to the
 * coverage. The figure before a unit is the key that assigns it.
 * @module
 */
import { html, useEffect } from '../../vendor/htm-preact/standalone.module.js';
import { percent } from '../format.js';
import { t } from '../i18n/speak.js';
import { Empty, Failed, Loading } from '../ui/states.js';
import { positionAge } from './ages.js';
import { useJob } from './use_job.js';
import { eta } from './words.js';

/** How many units have a key. */
export const BEST = 3;

/**
 * @typedef {{unit: string, call_sign: string, when: 'now'|'after_job', eta_s: number, lost: number[], left: number[], bare: string[]}} Choice
 * @typedef {{call: string, why: string|null, rings_min: number[], choices: Choice[]}} Answer
 */

/** @param {{call: import('./board.js').Call, board: import('./board.js').Board, desk: import('./console.js').Console, lang: string}} props */
export function Suggestion({ call, board, desk, lang }) {
  const job = useJob(`/api/calls/${encodeURIComponent(call.id)}/suggestion?lang=${lang}`, call.units.join());
  const answer = /** @type {Answer|null} */ (job.data);
  const now = board.now();
  // The service doesn't suggest them either; a position may have grown old since it answered.
  const choices = (answer?.choices ?? []).filter(({ unit }) => {
    const it = board.units.get(unit);
    return it && positionAge(it, board, now).trust !== 'old' && !call.units.includes(unit);
  }).slice(0, BEST);
  desk.choices = { call: call.id, units: choices.map((choice) => choice.unit) };
  useEffect(() => () => { desk.choices = { call: '', units: [] }; }, []);
  return html`<section class="suggestion" aria-labelledby="suggestion-title"><h3 id="suggestion-title">${t('d_suggestion')}</h3>
    ${job.status === 'loading' && !answer && html`<${Loading} />`}
    ${job.status === 'failed' && html`<${Failed} title=${t('d_suggestion_failed')} problem=${job.problem} retry=${job.retry} />`}
    ${answer && choices.length === 0 && html`<${Empty} text=${t('d_no_choice')} />`}
    ${choices.length > 0 && html`<ol class="choices">${choices.map((choice, i) => html`<li key=${choice.unit}>
      <button type="button" class="choice" onClick=${() => assign(desk, call, i)}><kbd>${i + 1}</kbd><b>${choice.call_sign}</b><span class="eta">${eta(choice.eta_s)}</span>
        <span class="aside">${t(choice.when === 'now' ? 'd_when_now' : 'd_when_after')}</span></button>
      <p class="cost">${costOf(choice, answer?.rings_min ?? [])}</p></li>`)}</ol>`}
    ${answer?.why && choices.length > 0 && html`<p class="hint">${answer.why}</p>`}
  </section>`;
}

/** What a choice does to the coverage within 1, 3 and 5 minutes, in words. @param {Choice} choice @param {number[]} rings minutes */
function costOf({ lost, left, bare }, rings) {
  const shares = rings.map((n, i) => t('d_ring', { n, left: percent(left[i] ?? 0), lost: percent(lost[i] ?? 0) })).join(t('d_comma'));
  const cost = t('d_costs', { shares });
  return bare.length ? `${t('d_leaves_bare', { names: bare.slice(0, 3).join(t('d_comma')), n: bare.length })} ${cost}` : cost;
}

/** Assigns the n-th of the units suggested. @param {import('./console.js').Console} desk @param {import('./board.js').Call} call @param {number} n from 0 */
export function assign(desk, call, n) {
  const unit = desk.choices.call === call.id ? desk.choices.units[n] : undefined;
  if (!unit) return;
  desk.act({ kind: 'assign', call: call.id, unit });
  desk.change({ asked: false });
}
