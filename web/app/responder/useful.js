/**
 * Was the stop of use? A thumb, then a reason of a fixed few: it goes into the suggestion's
 * record. Who goes on without a reason has still said it.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { t, word } from '../i18n/speak.js';
import { Thumb } from './glyphs.js';
import { nameOfStop } from './texts.js';

/** What may be said of each thumb. */
const REASONS = { up: ['seen_something', 'calm'], down: ['calm', 'wrong_place', 'wrong_time', 'already_covered'] };

/** @param {{duty: import('./duty.js').Duty, stop: import('./ahead.js').Stop}} props */
export function Useful({ duty, stop }) {
  const [thumb, setThumb] = useState(/** @type {'up'|'down'|null} */ (null));
  const pending = useRef(/** @type {'up'|'down'|null} */ (null));
  pending.current = thumb;
  /** @param {string|null} why */
  const say = (why) => {
    pending.current = null;
    setThumb(null);
    duty.act({ kind: 'judge', stop: stop.number, useful: thumb === 'up', why });
  };
  useEffect(() => () => {
    if (pending.current) duty.act({ kind: 'judge', stop: stop.number, useful: pending.current === 'up', why: null });
  }, []);
  return html`<div class="useful" role="group" aria-label=${t('u_useful_of', { n: stop.number, name: nameOfStop(stop) })}>
    ${thumb === null ? html`<p><b class="number">${stop.number}</b> ${t('u_useful')}</p>
      <button type="button" aria-pressed=${stop.useful === true} onClick=${() => setThumb('up')}><${Thumb} /> ${t('u_useful_yes')}</button>
      <button type="button" aria-pressed=${stop.useful === false} onClick=${() => setThumb('down')}><${Thumb} down=${true} /> ${t('u_useful_no')}</button>`
    : html`<p>${t(thumb === 'up' ? 'u_useful_yes' : 'u_useful_no')}</p><div class="reasons">${REASONS[thumb].map((why) => html`<button key=${why} type="button" onClick=${() => say(why)}>${word('u_because', why)}</button>`)}
      <button type="button" class="quiet" onClick=${() => say(null)}>${t('u_no_reason')}</button></div>`}
  </div>`;
}
