/**
 * The buttons at the bottom, for one thumb: what can be done now, and the way back from
 * what was done last.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { clock, day, shortDay } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { toJudge } from './ahead.js';
import { deed } from './texts.js';
import { Useful } from './useful.js';

const SKIPS = ['call', 'blocked', 'no_time'];
/** Statuses from which a unit comes back into service by hand. */
const OUT = ['dispatched', 'on_scene', 'break', 'off_duty'];

/** @param {{duty: import('./duty.js').Duty, seen: import('./ahead.js').Seen, stop: import('./ahead.js').SeenStop|null, now: number}} props */
export function Bar({ duty, seen, stop, now }) {
  const [skipping, setSkipping] = useState(false);
  const first = useRef(/** @type {HTMLButtonElement|null} */ (null));
  useEffect(() => setSkipping(false), [stop?.number, stop?.state, seen.call?.number]);
  useEffect(() => { if (skipping) first.current?.focus(); }, [skipping]);
  const judged = seen.call ? null : toJudge(seen.stops);
  const { status } = seen.unit;
  const act = (/** @type {Parameters<typeof duty.act>[0]} */ what) => () => duty.act(what);
  const last = duty.undoable;
  /** @type {any} */
  let buttons = null;
  if (seen.call) {
    buttons = html`<button type="button" class=${status === 'on_scene' ? 'main' : ''} onClick=${act({ kind: 'back', call: seen.call.number })}>${t('u_back')}</button>
      ${status !== 'on_scene' && html`<button type="button" class="main" onClick=${act({ kind: 'arrived', call: seen.call.number })}>${t('u_arrived')}</button>`}`;
  } else if (OUT.includes(status)) {
    buttons = html`<button type="button" class="main" onClick=${act({ kind: 'back' })}>${t('u_back')}</button>`;
  } else if (stop && seen.check_ins_from && now < Date.parse(seen.check_ins_from)) {
    const at = seen.check_ins_from;
    buttons = html`<p>${t('u_not_begun', { at: day(at) === day(new Date(now)) ? clock(at) : `${shortDay(at)} ${clock(at)}` })}</p>`;
  } else if (stop && skipping) {
    buttons = html`<p id="skip-why">${t('u_skip_why', { n: stop.number })}</p>
      ${SKIPS.map((why, i) => html`<button key=${why} type="button" ref=${i ? null : first} onClick=${act({ kind: 'skip', stop: stop.number, why })}>${word('u_skip', why)}</button>`)}
      <button type="button" class="quiet" onClick=${() => setSkipping(false)}>${t('u_skip_not')}</button>`;
  } else if (stop?.state === 'here') {
    buttons = html`<button type="button" class="main" onClick=${act({ kind: 'leave', stop: stop.number })}>${t('u_leave')}</button>`;
  } else if (stop) {
    buttons = html`<button type="button" onClick=${() => setSkipping(true)}>${t('u_skip')}</button>
      <button type="button" class="main" onClick=${act({ kind: 'here', stop: stop.number })}>${t('u_here')}</button>`;
  }
  return html`<section class="bar" aria-label=${t('u_actions')}>
    <div role="status">${last && !skipping && duty.canUndo() && html`<p class="undo"><span>${deed(last.body)}</span> <button type="button" onClick=${() => duty.undo()}>${t('u_undo')}</button></p>`}</div>
    ${judged && !skipping && html`<${Useful} key=${judged.number} duty=${duty} stop=${judged} />`}
    ${buttons && html`<div class=${`actions${skipping && !seen.call ? ' whys' : ''}`} role="group" aria-labelledby=${skipping ? 'skip-why' : undefined}>${buttons}</div>`}
  </section>`;
}
