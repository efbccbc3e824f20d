/**
 * What is wrong with the draft, one after the other on the map.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { number, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';
import { Loading } from '../ui/states.js';

/**
 * @param {object} props
 * @param {import('./api.js').Checked|null} props.checked
 * @param {number|null} props.now
 * @param {(place: number) => void} props.go
 * @param {() => void} props.join
 * @param {boolean} props.busy
 */
export function Faults({ checked, now, go, join, busy }) {
  if (!checked) return html`<fieldset class="block"><legend>${t('faults_title')}</legend><${Loading} /></fieldset>`;
  const { faults } = checked;
  const near = faults.some((fault) => fault.wrong === 'near_corners');
  const next = now === null ? 0 : (now + 1) % faults.length;
  return html`<fieldset class="block"><legend>${t('faults_title')}</legend>
    <p class=${checked.forbidding ? 'warning' : 'hint'}>${checked.forbidding ? t('faults_some', { n: checked.forbidding }) : checked.borders_shared ? t('faults_none') : t('faults_unshared')}</p>
    ${faults.length > 0 && html`<div class="buttons"><button type="button" onClick=${() => go(next)}>${t('faults_next', { n: next + 1, of: faults.length })}</button>
      ${near && html`<button type="button" disabled=${busy} onClick=${join}>${t('faults_join')}</button>`}</div>
      <ul class="notes">${faults.slice(0, 12).map((fault, i) => html`<li key=${i} aria-current=${i === now ? 'true' : undefined}><button type="button" class="link" onClick=${() => go(i)}>${word('fault', fault.wrong)}${fault.m2 > 0 ? ` · ${fault.m2 < 10 ? number(fault.m2, 2) : whole(fault.m2)} m²` : ''}${fault.sliver && fault.m2 > 0 ? ` · ${t('fault_sliver')}` : ''}</button>${fault.before && html` <small>${t('fault_before')}</small>`}</li>`)}</ul>`}
  </fieldset>`;
}
