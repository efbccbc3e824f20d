/**
 * The unit that is selected: what it does, how old its position is, where it might go next;
 * and the pillar that is selected, with who and what is near it.
 * @module
 */
import { html, useEffect } from '../../vendor/htm-preact/standalone.module.js';
import { clock, distance } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { metres } from '../map/flat.js';
import { Failed, Loading } from '../ui/states.js';
import { showUnitLinks } from '../ui/unit_links.js';
import { positionAge, quietUnits, since } from './ages.js';
import { STATUSES } from './commands.js';
import { UnitRound } from './unit_round.js';
import { useJob } from './use_job.js';
import { age, eta, nameOfCall } from './words.js';

const MUTE_REASONS = ['spoken', 'long', 'radio'];

/** @typedef {import('./board.js').Unit} Unit */
/** @typedef {{board: import('./board.js').Board, desk: import('./console.js').Console}} Both */

/** @param {Both & {unit: Unit, lang: 'zh'|'en'}} props */
export function UnitDetail({ unit, board, desk, lang }) {
  const now = board.now();
  const { trust, age: old } = positionAge(unit, board, now);
  const quiet = quietUnits(board, now, new Map()).some((it) => it.id === unit.id);
  const muted = desk.state.muted.get(unit.id);
  return html`<header><h2>${unit.call_sign} <small>${word('unit', unit.kind)}</small></h2></header>
    <p class="lead">${word('status', unit.status)}${unit.since ? ` · ${age(since(unit.since, now))}` : ''}
      ${unit.call && html` · <button type="button" class="link" onClick=${() => desk.select({ kind: 'call', id: /** @type {string} */ (unit.call) })}>${nameOfCall(board, unit.call)}</button>`}</p>
    ${unit.sent && html`<p class="lead">→ ${unit.sent.label || t('d_a_place')} · ${unit.sent.reached_at ? t('d_there_since', { at: clock(unit.sent.reached_at) }) : t('d_sent_at', { at: clock(unit.sent.at) })}</p>`}
    <p class=${trust === 'old' ? 'warn-text' : 'hint'}>${trust === 'layer' ? t('d_position_layer') : t(trust === 'old' ? 'd_position_old' : 'd_position_of', { age: age(old) })}</p>
    ${quiet && (muted?.since === unit.since ? html`<p class="hint">${t('d_muted', { why: word('d_mute', muted?.reason ?? '') })}</p>` : html`<${Quiet} unit=${unit} desk=${desk} />`)}
    <p class="buttons">
      ${unit.call && unit.status === 'dispatched' && html`<button type="button" onClick=${() => desk.act({ kind: 'arrive', unit: unit.id })}>${t('d_arrived')} <kbd>P</kbd></button>`}
      ${unit.call && html`<button type="button" onClick=${() => desk.act({ kind: 'clear', unit: unit.id })}>${t('d_clear')} <kbd>X</kbd></button>`}
      ${unit.sent && html`<button type="button" onClick=${() => desk.act({ kind: 'recall', unit: unit.id })}>${t('d_recall')} <kbd>X</kbd></button>`}
      ${unit.status === 'idle' && desk.state.next !== unit.id && html`<button type="button" class="main" onClick=${() => desk.change({ next: unit.id })}>${t('d_where_next')} <kbd>W</kbd></button>`}
      ${!unit.call && STATUSES.filter((status) => status !== unit.status).map((status) => html`<button key=${status} type="button" class="small quiet" onClick=${() => desk.act({ kind: 'status', unit: unit.id, status })}>${word('status', status)}</button>`)}
      <button type="button" class="small" onClick=${() => showUnitLinks([{ id: unit.id, name: unit.call_sign }])}>${t('links_button')}</button>
    </p>
    ${desk.state.next === unit.id && html`<${Next} unit=${unit} desk=${desk} lang=${lang} />`}
    <${UnitRound} unit=${unit} board=${board} desk=${desk} lang=${lang} />`;
}

/** A unit that has been on its scene for long: asked once, muted with a reason. @param {{unit: Unit, desk: import('./console.js').Console}} props */
function Quiet({ unit, desk }) {
  /** @param {string} reason */
  const mute = (reason) => desk.change({ muted: new Map(desk.state.muted).set(unit.id, { since: unit.since, reason }) });
  return html`<div class="advice"><p>${t('d_quiet_ask')}</p><p class="buttons">${MUTE_REASONS.map((reason) => html`<button key=${reason} type="button" class="small" onClick=${() => mute(reason)}>${word('d_mute', reason)}</button>`)}</p></div>`;
}

/** @typedef {{position: import('./board.js').Place, label: string, why: string, drive_s: number, route: GeoJSON.LineString|GeoJSON.Feature|null}} NextAnswer */

/** Where an idle unit might go from where it is. @param {{unit: Unit, desk: import('./console.js').Console, lang: string}} props */
function Next({ unit, desk, lang }) {
  const job = useJob(`/api/units/${encodeURIComponent(unit.id)}/next?lang=${lang}`);
  const answer = /** @type {NextAnswer|null} */ (job.data);
  useEffect(() => {
    const route = answer?.route;
    if (route) desk.change({ route: 'geometry' in route ? route : { type: 'Feature', properties: {}, geometry: route } });
    desk.found(answer ? { unit: unit.id, position: answer.position, label: answer.label } : null);
    return () => desk.found(null);
  }, [answer]);
  if (job.status === 'failed') return html`<${Failed} title=${t('d_next_failed')} problem=${job.problem} retry=${job.retry} />`;
  if (!answer) return html`<${Loading} />`;
  return html`<section class="suggestion"><h3>${t('d_next')}</h3><p><b>${answer.label}</b> · ${eta(answer.drive_s)}</p><p class="hint">${answer.why}</p>
    <p class="buttons"><button type="button" class="main" onClick=${() => desk.send(unit.id)}>${t('d_send')} <kbd>W</kbd></button><button type="button" class="small" onClick=${() => desk.camera.go(answer.position)}>${t('d_show')}</button></p></section>`;
}

/** @param {Both & {pillar: import('./board.js').Pillar}} props */
export function PillarDetail({ pillar, board, desk }) {
  const alarm = board.openAlarms().find((it) => it.pillar === pillar.id);
  const job = useJob(`/api/near?lon=${pillar.position[0]}&lat=${pillar.position[1]}`);
  const near = /** @type {import('../api.js').Near|null} */ (job.data);
  const now = board.now();
  // By the board as it is now: idle, and where its position can be counted on.
  const units = [...board.units.values()].filter((unit) => unit.status === 'idle' && positionAge(unit, board, now).trust !== 'old')
    .map((unit) => ({ unit, away: metres(unit.position, pillar.position), seconds: near?.units.find((it) => it.id === unit.id)?.seconds ?? null }))
    .sort((a, b) => a.away - b.away).slice(0, 2);
  const post = near?.joint_duty_posts[0];
  return html`<header><h2>${pillar.name} <small>${t('d_pillar')}</small></h2></header>
    <p class="lead">${alarm ? `#${alarm.number} · ${word('d_alarm', alarm.answered_at ? 'answered' : alarm.acknowledged_at ? 'acknowledged' : alarm.level)} · ${t('d_pressed_at', { at: clock(alarm.pressed_at) })}` : pillar.online ? word('state', 'online') : word('state', 'offline')}
      ${alarm?.call && html` · <button type="button" class="link" onClick=${() => desk.select({ kind: 'call', id: /** @type {string} */ (alarm.call) })}>${nameOfCall(board, alarm.call)}</button>`}</p>
    <h3>${t('d_nearest')}</h3>
    ${job.status === 'failed' && html`<${Failed} title=${t('d_near_failed')} problem=${job.problem} retry=${job.retry} />`}
    <dl class="facts">
      <dt>${t('d_post')}</dt><dd>${post ? `${post.name} · ${distance(post.metres)}${post.seconds === null ? '' : ` · ${eta(post.seconds)}`}` : job.status === 'loading' ? t('loading') : t('d_none')}</dd>
      <dt>${t('d_unit')}</dt><dd>${units.length ? units.map(({ unit, away, seconds }) => html`<span class="line-item" key=${unit.id}>${unit.call_sign} · ${distance(away)}${seconds === null ? '' : ` · ${eta(seconds)}`}</span>`) : t('d_none')}</dd>
    </dl>`;
}
