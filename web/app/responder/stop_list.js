/**
 * The whole round as a list: enough to follow it without a map or a network. A stop that
 * is still ahead can be taken next; each opens to say more.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { clock } from '../format.js';
import { t } from '../i18n/speak.js';
import { StopSign } from '../ui/stop_sign.js';
import { partsOf, stay, storyOf, whyOf } from './texts.js';
import { Useful } from './useful.js';

/**
 * @param {{duty: import('./duty.js').Duty, seen: import('./ahead.js').Seen, aimed: number|null, lang: 'zh'|'en', choose: (number: number) => void}} props
 */
export function StopList({ duty, seen, aimed, lang, choose }) {
  const made = seen.stops.filter(({ state }) => state === 'made' || state === 'here').length;
  return html`<section class="round" aria-labelledby="round-title"><h2 id="round-title">${t('u_round')} <small>${t('u_made_of', { n: made, of: seen.stops.length })}</small></h2>
    <ol>${seen.stops.map((stop) => html`<li key=${stop.number} class=${stop.state} aria-current=${stop.number === aimed ? 'step' : undefined}>
      <details name="stop"><summary>
        <${StopSign} state=${stop.state} /><b class="number">${stop.number}</b>
        <span class="label">${partsOf(stop).place}</span><time>${clock(stop.begins ?? stop.arrival)}</time>
        <span class="story">${storyOf(stop)}${stop.must ? ` · ${t('u_must')}` : ''}${stop.useful !== null ? ` · ${t(stop.useful ? 'u_useful_yes' : 'u_useful_no')}` : ''}</span>
        ${stop.unsent && html`<span class="tag warn">${t('u_not_sent')}</span>`}
      </summary>
        <p>${partsOf(stop).area}</p><p class="why">${whyOf(stop, lang)}</p><p class="hint">${t('u_stay', { minutes: stay(stop) })}</p>
        ${(stop.state === 'planned' || stop.state === 'missed') && stop.number !== aimed && html`<button type="button" onClick=${() => choose(stop.number)}>${t('u_take_next')}</button>`}
        ${stop.by === 'hand' && stop.state !== 'planned' && stop.state !== 'missed' && html`<button type="button" onClick=${() => duty.act({ kind: 'undo', stop: stop.number })}>${t('u_reopen')}</button>`}
        ${stop.reached_at && html`<${Useful} duty=${duty} stop=${stop} />`}
      </details></li>`)}</ol>
  </section>`;
}
