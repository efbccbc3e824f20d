/**
 * The head of the desk: what is open, who is idle, what the last shift left, how old the
 * data is; and the switches of sound, keys, style and language.
 * @module
 */
import { html, useMemo } from '../../vendor/htm-preact/standalone.module.js';
import { clock, whole } from '../format.js';
import { t } from '../i18n/speak.js';
import { shiftBegan } from './ages.js';
import { isOpen } from './board.js';
import { useClock, useWatch } from './use_watch.js';
import { age } from './words.js';

/** The connection is said to be gone after so long without a word; a hiccup is no banner. */
const HICCUP_MS = 1500;
/** The service's board is said to be old from so many seconds on: it looks at its log each second. */
const OLD_S = 5;

/** @param {{board: import('./board.js').Board, workspace: import('../api.js').Workspace}} props */
export function Summary({ board, workspace }) {
  useWatch(board);
  useClock();
  const now = board.now();
  const began = shiftBegan(workspace.shifts, now, clock(new Date(now)));
  const counts = useMemo(() => {
    const open = [...board.calls.values()].filter(isOpen);
    return { open: open.length, unassigned: open.filter((call) => call.state === 'received').length, left: open.filter((call) => Date.parse(call.received_at) < began).length };
  }, [board.callsVersion, Math.round(began / 60e3)]);
  const units = [...board.units.values()];
  const idle = units.filter((unit) => unit.status === 'idle').length;
  return html`<p class="summary">
    <time class="now">${clock(new Date(now))}</time>
    <span><b>${whole(counts.open)}</b> ${t('d_open')}</span><span class=${counts.unassigned ? 'strong' : ''}><b>${whole(counts.unassigned)}</b> ${t('d_unassigned')}</span>
    <span><b>${whole(idle)}</b>/${whole(units.length)} ${t('d_idle')}</span>
    <span>${t('d_left', { n: whole(counts.left) })}</span>
    ${board.isPast ? html`<span class="signal then"><i aria-hidden="true">◷</i> ${t('time_not_live')}</span>` : html`<span class="signal" data-link=${board.link}>${board.link === 'live' && board.behind < OLD_S ? html`<i aria-hidden="true">●</i> ${t('d_live')}` : html`<i aria-hidden="true">○</i> ${t('d_age', { age: age(board.age()) })}`}</span>`}
  </p>`;
}

/** The banner of a lost connection, or of a service whose database is away: how old the data is, and what waits. @param {{board: import('./board.js').Board, desk?: import('./console.js').Console}} props */
export function LostBanner({ board, desk }) {
  useWatch(board, 0);
  useClock();
  const lost = board.link === 'lost' && Date.now() - board.heard > HICCUP_MS;
  const old = !lost && board.link === 'live' && board.behind >= OLD_S;
  const waiting = desk?.queue.actions.length ?? 0;
  // Filled only when it is lost: a live region must be there before.
  return html`<div class="lost-slot" role="status">${old && html`<p class="lost"><span aria-hidden="true">⚠</span> <b>${t('d_behind')}</b> <span>${t('d_age', { age: age(board.age()) })}</span> <span>${t('d_behind_hint')}</span></p>`}${lost && html`<p class="lost"><span aria-hidden="true">⚠</span> <b>${t('d_lost')}</b> <span>${board.sequence < 0 ? t('d_no_board') : t('d_age', { age: age(board.age()) })}</span>${waiting > 0 && html` <span>${t('d_waiting_n', { n: whole(waiting) })}</span>`} <span>${t('d_lost_hint')}</span></p>`}</div>`;
}

/** @param {{desk: import('./console.js').Console, lang: 'zh'|'en', setLang: (lang: 'zh'|'en') => void, look: string, setLook: (look: 'day'|'night') => void}} props */
export function Switches({ desk, lang, setLang, look, setLook }) {
  useWatch(desk, 0);
  const { sound } = desk.state;
  const ring = async () => {
    if (!sound) await desk.sounder.allow().catch(() => {});
    desk.change({ sound: !sound });
  };
  return html`<div class="switches">
    <button type="button" class="small quiet" aria-pressed=${sound} onClick=${ring}>${t(sound ? 'd_sound_on' : 'd_sound_off')}</button>
    <button type="button" class="small quiet" aria-expanded=${desk.state.helped} onClick=${() => desk.change({ helped: !desk.state.helped })}>${t('keys')} <kbd>?</kbd></button>
    <button type="button" class="small quiet" onClick=${() => setLook(look === 'night' ? 'day' : 'night')}>${t(look === 'night' ? 'look_day' : 'look_night')}</button>
    <button type="button" class="small quiet" lang=${lang === 'zh' ? 'en' : 'zh-Hans'} onClick=${() => setLang(lang === 'zh' ? 'en' : 'zh')}>${lang === 'zh' ? 'English' : '简体中文'}</button>
    <a class="button small quiet" href=${`/handover?lang=${lang}`}>${t('handover')}</a>
    <a class="button small quiet" href="/">${t('d_risk_map')}</a>
  </div>`;
}
