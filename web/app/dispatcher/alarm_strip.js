/**
 * The strip above all: alarms of pillars, each with what is to be done next and the time to
 * its escalation. Its place is kept when there is none.
 * @module
 */
import { html, useEffect } from '../../vendor/htm-preact/standalone.module.js';
import { clock, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { escalation } from './ages.js';
import { useClock, useWatch } from './use_watch.js';
import { countdown, nameOfCall } from './words.js';

/** Alarms shown side by side; the others are counted. */
const SHOWN = 3;

/** @param {{board: import('./board.js').Board, desk: import('./console.js').Console}} props */
export function AlarmStrip({ board, desk }) {
  useWatch(board, 0);
  useWatch(desk, 0);
  useClock(500);
  const open = board.openAlarms();
  const unseen = open.filter((alarm) => !alarm.acknowledged_at);
  const { sound } = desk.state;
  useEffect(() => desk.sounder.ring(sound && unseen.length > 0), [sound, unseen.length > 0]);
  const ordered = [...unseen, ...open.filter((alarm) => alarm.acknowledged_at)];
  const offline = [...board.pillars.values()].filter((pillar) => !pillar.online).length;
  const last = [...board.alarms.values()].filter((alarm) => alarm.ended_at).sort((a, b) => b.number - a.number)[0];
  return html`<div class=${`strip${open.length ? ' on' : ''}${unseen.length ? ' unseen' : ''}`} role="region" aria-label=${t('d_alarms')}>
    <div class="sr-only" role="alert">${unseen.map((alarm) => html`<p key=${alarm.number}>${t('d_alarm_rings', { n: alarm.number, name: alarm.pillar_name })}</p>`)}</div>
    ${open.length === 0 && html`<p class="calm"><span aria-hidden="true">△</span> ${t('d_no_alarm')}${last ? ` · ${t('d_last_alarm', { name: last.pillar_name, at: clock(last.pressed_at) })}` : ''}${offline ? ` · ${t('d_offline_n', { n: whole(offline) })}` : ''}</p>`}
    ${ordered.slice(0, SHOWN).map((alarm) => html`<${One} key=${alarm.number} alarm=${alarm} board=${board} desk=${desk} />`)}
    ${ordered.length > SHOWN && html`<span class="more">${t('d_more_alarms', { n: whole(ordered.length - SHOWN) })}</span>`}
  </div>`;
}

/** @param {{alarm: import('./board.js').Alarm, board: import('./board.js').Board, desk: import('./console.js').Console}} props */
function One({ alarm, board, desk }) {
  const { step, left } = escalation(alarm, board, board.now());
  const unsent = desk.queue.waitingFor('alarm', alarm.number).length > 0;
  // Once there is a call, the call is what presses.
  const timer = alarm.call ? t('d_alarm_is_call', { call: nameOfCall(board, alarm.call) }) : step === 'answered' ? word('d_alarm', 'answered') : left > 0 ? t(`d_to_${step}`, { left: countdown(left) }) : t(`d_over_${step}`, { by: countdown(-left) });
  return html`<div class=${`alarm ${alarm.acknowledged_at ? '' : 'unseen'} ${left < 0 && !alarm.call ? 'late' : ''}`}>
    <span class="sign" aria-hidden="true">▲</span>
    <button type="button" class="name" onClick=${() => desk.select({ kind: 'pillar', id: alarm.pillar })}>#${alarm.number} ${alarm.pillar_name}${alarm.presses > 1 ? ` ×${alarm.presses}` : ''}</button>
    ${alarm.call ? html`<button type="button" class="name timer" onClick=${() => desk.select({ kind: 'call', id: /** @type {string} */ (alarm.call) })}>${timer}</button>` : html`<span class="timer">${timer}</span>`}
    ${unsent && html`<span class="tag warn">${t('d_not_sent')}</span>`}
    ${!alarm.acknowledged_at && html`<button type="button" onClick=${() => desk.act({ kind: 'acknowledge', alarm: alarm.number })}>${t('d_acknowledge')} <kbd>A</kbd></button>`}
    ${alarm.acknowledged_at && !alarm.answered_at && html`<button type="button" onClick=${() => desk.act({ kind: 'answer', alarm: alarm.number })}>${t('d_answer')} <kbd>R</kbd></button>`}
    ${!alarm.call && html`<button type="button" onClick=${() => desk.act({ kind: 'call_for', alarm: alarm.number, category: desk.alarmCategory, priority: 1 })}>${t('d_make_call')} <kbd>C</kbd></button>`}
    ${(alarm.answered_at || alarm.call) && html`<button type="button" onClick=${() => desk.act({ kind: 'end_alarm', alarm: alarm.number })}>${t('d_end_alarm')} <kbd>E</kbd></button>`}
    <button type="button" onClick=${() => desk.camera.go(alarm.position)}>${t('d_show')} <kbd>G</kbd></button>
  </div>`;
}
