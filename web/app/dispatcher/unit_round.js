/**
 * The round of the unit that is selected: its stops as they stand, what seems amiss and can
 * be muted with a reason, and a new plan where the old one no longer fits. Nothing of it
 * happens by itself.
 * @module
 */
import { html, useState } from '../../vendor/htm-preact/standalone.module.js';
import { request, sending } from '../api.js';
import { clock } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { Empty, Failed, Loading } from '../ui/states.js';
import { StopSign } from '../ui/stop_sign.js';
import { since } from './ages.js';
import { useJob } from './use_job.js';
import { age } from './words.js';

/** Reasons to mute a notice, and for how long. */
const MUTE_WHYS = ['agreed', 'traffic', 'with_citizens', 'other_task', 'position_wrong'];
const MUTE_MINUTES = 30;
const REPLAN_MS = 20e3;

/**
 * @typedef {import('./board.js').Unit} Unit
 * @typedef {import('../responder/ahead.js').Stop} Stop
 * @typedef {import('./board.js').Notice} Notice
 * @typedef {{plan: string|null, stops: Stop[], notices: Notice[], replan_offered: boolean, replan_why: string|null}} Round
 * @typedef {{unit: Unit, board: import('./board.js').Board, desk: import('./console.js').Console, lang: 'zh'|'en'}} Props
 */

/** @param {Props} props */
export function UnitRound({ unit, board, desk, lang }) {
  // Asked again with what changes of a round, not with each position.
  const job = useJob(`/api/units/${encodeURIComponent(unit.id)}/round`, `${JSON.stringify(unit.round ?? null)} ${unit.status} ${unit.call} ${desk.queue.actions.length}`);
  const round = /** @type {Round|null} */ (job.data);
  if (job.status === 'failed') return html`<${Failed} title=${t('d_round_failed')} problem=${job.problem} retry=${job.retry} />`;
  if (!round) return html`<${Loading} />`;
  if (!round.plan) return html`<${Empty} text=${t('d_no_round')} />`;
  const made = round.stops.filter(({ state }) => state === 'made' || state === 'here').length;
  const now = board.now();
  return html`<section class="round" aria-labelledby="round-title">
    ${round.notices.map((notice) => html`<${OneNotice} key=${`${notice.notice}${notice.stop}`} notice=${notice} unit=${unit} desk=${desk} now=${now} />`)}
    ${round.replan_offered && html`<${Offer} key=${round.plan} unit=${unit} round=${round} desk=${desk} lang=${lang} />`}
    <h3 id="round-title">${t('d_round', { n: made, of: round.stops.length })}</h3>
    <ol class="round-stops">${round.stops.map((stop) => html`<li key=${stop.number} class=${stop.state}><${StopSign} state=${stop.state} /><b>${stop.number}</b>
      <span class="name">${stop.label || t('u_stop_n', { n: stop.number })}${stop.must ? html` <span class="tag">${t('u_must')}</span>` : ''}</span><time>${clock(stop.begins ?? stop.arrival)}</time>
      <span class="story">${[word('u_state', stop.state), stop.skipped && word('u_skip', stop.skipped), [stop.reached_at, stop.left_at].map((at) => at && clock(at)).filter(Boolean).join('–'),
        stop.useful !== null && t(stop.useful ? 'u_useful_yes' : 'u_useful_no')].filter(Boolean).join(' · ')}</span></li>`)}</ol>
  </section>`;
}

/** What seems amiss, and who says that it is not. @param {{notice: Notice, unit: Unit, desk: Props['desk'], now: number}} props */
function OneNotice({ notice, unit, desk, now }) {
  const what = word('d_notice', notice.notice).replace('{n}', String(notice.stop ?? ''));
  if (notice.muted_until && Date.parse(notice.muted_until) > now) return html`<p class="hint">${what} · ${t('d_notice_muted', { at: clock(notice.muted_until), why: word('d_notice_why', notice.muted_why ?? '') })}</p>`;
  return html`<div class="advice"><p><span aria-hidden="true">▲</span> <b>${what}</b> · ${age(since(notice.since, now))}</p>
    <p class="buttons"><span>${t('d_notice_mute', { n: MUTE_MINUTES })}</span> ${MUTE_WHYS.map((why) => html`<button key=${why} type="button" class="small" onClick=${() => desk.act({ kind: 'mute', unit: unit.id, notice: notice.notice, minutes: MUTE_MINUTES, why })}>${word('d_notice_why', why)}</button>`)}</p></div>`;
}

/** A new plan for what is left: made when asked for, followed when asked for. @param {{unit: Unit, round: Round, desk: Props['desk'], lang: 'zh'|'en'}} props */
function Offer({ unit, round, desk, lang }) {
  const [stand, setStand] = useState(/** @type {{plan?: import('../api.js').Plan, problem?: unknown, busy?: boolean}} */ ({}));
  const ask = async () => {
    setStand({ busy: true });
    const change = round.replan_why === 'sent_away' ? { kind: 'sent_to_call', unit: unit.id } : { kind: 'back', unit: unit.id, position: unit.position };
    try {
      setStand({ plan: await request(`/api/plans/${encodeURIComponent(String(round.plan))}/replan`, sending({ change }, AbortSignal.timeout(REPLAN_MS))) });
    } catch (problem) {
      setStand({ problem });
    }
  };
  const { plan, problem, busy } = stand;
  const changed = plan?.replanned?.changes.filter((one) => one.why.kind !== 'unchanged') ?? [];
  return html`<div class="advice"><p>${word('d_replan', round.replan_why ?? 'free_again')}</p>
    ${problem !== undefined && html`<${Failed} title=${t('d_replan_failed')} problem=${problem} retry=${ask} />`}
    ${plan && html`<ul>${changed.length ? changed.map((one) => html`<li key=${one.unit}>${one[lang]}</li>`) : html`<li>${t('d_replan_same')}</li>`}</ul>`}
    <p class="buttons">${plan ? html`<button type="button" class="small" onClick=${() => desk.act({ kind: 'follow', plan: plan.id })}>${t('follow_do')}</button>
        <a class="button small quiet" href=${`/?lang=${lang}&tab=patrol&plan=${encodeURIComponent(plan.id)}`}>${t('d_replan_look')}</a>`
      : html`<button type="button" class="small" disabled=${busy} onClick=${ask}>${t(busy ? 'loading' : 'd_replan_do')}</button>`}</p></div>`;
}
