/**
 * Two planners at once: what the other one changed and what I changed, by area. Areas that
 * gave ground to each other are chosen together, so that nothing overlaps.
 * @module
 */
import { html, useEffect, useRef, useState } from '../../vendor/htm-preact/standalone.module.js';
import { t, word } from '../i18n/speak.js';

/**
 * @param {object} props
 * @param {import('./desk.js').Conflict} props.conflict
 * @param {boolean} props.busy
 * @param {(choices: ('mine'|'theirs')[]) => void} props.join
 * @param {() => void} props.later
 */
export function MergeView({ conflict, busy, join, later }) {
  const { groups } = conflict.merged;
  const [choices, setChoices] = useState(/** @type {('mine'|'theirs'|'')[]} */ (groups.map((group) => (group.conflict ? '' : group.taken))));
  const head = useRef(/** @type {HTMLElement|null} */ (null));
  useEffect(() => {
    setChoices(groups.map((group) => (group.conflict ? '' : group.taken)));
    head.current?.focus();
  }, [conflict]);
  const open = choices.filter((choice) => choice === '').length;
  return html`<section class="merge" aria-labelledby="merge-title">
    <h2 id="merge-title" tabindex="-1" ref=${head}>${conflict.kind === 'saved' ? t('merge_saved', { n: conflict.line.version }) : t('merge_published', { n: conflict.line.base })}</h2>
    <p class="hint">${t('merge_hint')}</p>
    <table class="figures"><caption class="sr-only">${t('merge_caption')}</caption>
      <thead><tr><th scope="col">${t('areas_name')}</th><th scope="col">${t('merge_theirs')}</th><th scope="col">${t('merge_mine')}</th><th scope="col">${t('merge_take')}</th></tr></thead>
      ${groups.map((group, i) => html`<tbody key=${i} class=${group.conflict ? 'conflict' : ''}>${group.areas.map((area, row) => html`<tr key=${area.id}>
        <th scope="row">${area.name}</th><td>${word('became', area.theirs)}</td><td>${word('became', area.mine)}</td>
        ${row === 0 && html`<td rowspan=${group.areas.length}><fieldset class="segments"><legend class="sr-only">${t('merge_take_of', { names: group.areas.map((one) => one.name).join(', ') })}</legend>
          ${/** @type {const} */ (['theirs', 'mine']).map((side) => html`<label key=${side} class="segment"><input type="radio" name=${`merge-${i}`} value=${side} checked=${choices[i] === side} onChange=${() => setChoices(choices.map((choice, j) => (j === i ? side : choice)))} /><span>${side === 'mine' ? t('merge_mine') : t('merge_theirs')}</span></label>`)}</fieldset></td>`}
      </tr>`)}</tbody>`)}
    </table>
    ${!groups.length && html`<p class="hint">${t('merge_alike')}</p>`}
    <p>${open ? t('merge_open', { n: open }) : t('merge_ready')}</p>
    <div class="buttons"><button type="button" class="main" disabled=${busy || open > 0} onClick=${() => join(/** @type {('mine'|'theirs')[]} */ (choices))}>${t('merge_go')}</button>
      <button type="button" class="quiet" disabled=${busy} onClick=${later}>${t('merge_later')}</button></div>
  </section>`;
}
