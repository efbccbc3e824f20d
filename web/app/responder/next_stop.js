/**
 * What the unit is to do now, large: the call it is sent to, or the stop it is at or drives
 * to; when, how long, why.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { clock } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { categoryText } from '../ui/feature_text.js';
import { Sketch } from './sketch.js';
import { inMinutes, nameOfStop, partsOf, stay, whyOf } from './texts.js';

/** @typedef {import('./ahead.js').Seen} Seen */
/** @typedef {import('./ahead.js').SeenStop} SeenStop */

/** @param {{seen: Seen, stop: SeenStop, lang: 'zh'|'en', now: number}} props */
export function NextStop({ seen, stop, lang, now }) {
  const here = stop.state === 'here';
  const planned = stop.begins ?? stop.arrival;
  const why = whyOf(stop, lang);
  const { place, area } = partsOf(stop);
  const late = !here && Date.parse(planned) < now - 60e3;
  return html`<section class="card" aria-labelledby="next-title">
    <h2 id="next-title"><span class="what">${t(here ? 'u_here_at' : 'u_next', { n: stop.number, of: seen.stops.length })}</span>
      ${stop.must && html`<span class="tag strong">${t('u_must')}</span>`}${stop.unsent && html`<span class="tag warn">${t('u_not_sent')}</span>`}</h2>
    <p class="place">${place}</p>${area && html`<p class="area">${area}</p>`}
    <p class="when">${here ? html`<b>${t('u_stay', { minutes: stay(stop) })}</b> <span>${t('u_leave_at', { at: clock(new Date(Date.parse(stop.reached_at ?? stop.arrival) + stop.dwell_s * 1000)) })}</span>`
      : html`<b>${clock(planned)}</b> <span class=${late ? 'late' : ''}>${inMinutes(planned, now)}</span> <span>${t('u_stay', { minutes: stay(stop) })}</span>`}</p>
    ${why && html`<p class="why"><span class="sr-only">${t('u_why')} </span>${why}</p>`}
    ${!here && html`<${Sketch} goal=${{ position: stop.position, line: stop.line, name: nameOfStop(stop), mark: String(stop.number) }} others=${seen.stops.filter((it) => it !== stop).map((it) => it.position)} unit=${seen.unit.position ?? null} />`}
  </section>`;
}

/** Where the desk has sent the unit without a call: before all stops. @param {{seen: Seen, sent: NonNullable<Seen['sent']>}} props */
export function SentCard({ seen, sent }) {
  return html`<section class="card call" aria-labelledby="sent-title">
    <h2 id="sent-title"><span class="what"><span aria-hidden="true">→</span> ${t('u_sent')}</span></h2>
    <p class="place">${sent.label || `${sent.position[1].toFixed(5)}, ${sent.position[0].toFixed(5)}`}</p>
    <p class="why">${t('u_sent_stay')}</p>
    <${Sketch} goal=${{ position: sent.position, line: null, name: sent.label, mark: '→' }} unit=${seen.unit.position ?? null} />
  </section>`;
}

/** The call that the unit is sent to: before all stops. @param {{seen: Seen, call: NonNullable<Seen['call']>}} props */
export function CallCard({ seen, call }) {
  return html`<section class="card call" aria-labelledby="call-title">
    <h2 id="call-title"><span class="what"><span aria-hidden="true">▲</span> ${t('u_call', { number: call.number })}</span> <span class="tag strong">${word('priority', String(call.priority))}</span></h2>
    <p class="place">${categoryText(call.category, seen.categories)}</p>
    <p class="where">${call.label ?? `${call.position[1].toFixed(5)}, ${call.position[0].toFixed(5)}`}</p>
    <p class="why">${t(seen.unit.status === 'on_scene' ? 'u_call_there' : 'u_call_go')}</p>
    ${seen.unit.status !== 'on_scene' && html`<${Sketch} goal=${{ position: call.position, line: null, name: call.number, mark: '!' }} unit=${seen.unit.position ?? null} />`}
  </section>`;
}
