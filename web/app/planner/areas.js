/**
 * The draft's areas as a list: chosen, locked, named and found without the map.
 * @module
 */
import { html, useState } from '../../vendor/htm-preact/standalone.module.js';
import { number, whole } from '../format.js';
import { t } from '../i18n/speak.js';

/** @typedef {import('./api.js').Area} Area */

/**
 * @param {object} props
 * @param {Area[]} props.areas
 * @param {string[]} props.chosen
 * @param {string[]} props.locked
 * @param {import('./api.js').Report|null} props.report
 * @param {import('./api.js').Layer} props.layer
 * @param {(ids: string[]) => void} props.choose
 * @param {(ids: string[]) => void} props.lock
 * @param {(area: Area) => void} props.find
 * @param {(id: string, name: string) => void} props.rename
 * @param {(id: string) => void} props.remove
 */
export function Areas({ areas, chosen, locked, report, layer, choose, lock, find, rename, remove }) {
  const [name, setName] = useState('');
  const rows = new Map((report?.zones ?? []).map((row) => [row.id, row]));
  const toggled = (/** @type {string[]} */ list, /** @type {string} */ id) => (list.includes(id) ? list.filter((one) => one !== id) : [...list, id]);
  const only = chosen.length === 1 ? areas.find((area) => area.id === chosen[0]) : undefined;
  return html`<fieldset class="block"><legend>${t('areas_title', { n: areas.length })}</legend>
    ${only && html`<form class="row" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); if (name.trim()) rename(only.id, name.trim()); setName(''); }}>
      <input aria-label=${t('areas_rename_label', { name: only.name })} maxlength="200" placeholder=${only.name} value=${name} onInput=${(/** @type {Event} */ e) => setName(/** @type {HTMLInputElement} */ (e.target).value)} />
      <button type="submit" disabled=${!name.trim()}>${t('areas_rename')}</button>
      ${layer === 'zones' && html`<button type="button" class="quiet" onClick=${() => remove(only.id)}>${t('areas_delete')}</button>`}
    </form>`}
    <div class="scroll"><table class="figures areas"><caption class="sr-only">${t('areas_title', { n: areas.length })}</caption>
      <thead><tr><th scope="col">${t('areas_name')}</th><th scope="col" class="num">${t('areas_calls')}</th><th scope="col" class="num">${t('areas_handling')}</th><th scope="col" class="num">${t('areas_driving')}</th><th scope="col" class="num">${t('areas_work')}</th><th scope="col" class="num">${t('areas_was')}</th><th scope="col" class="num">${t('areas_within')}</th><th scope="col">${t('areas_lock')}</th></tr></thead>
      <tbody>${areas.map((area) => {
        const row = rows.get(area.id);
        return html`<tr key=${area.id} aria-current=${chosen.includes(area.id) ? 'true' : undefined}>
          <th scope="row"><label class="check"><input type="checkbox" checked=${chosen.includes(area.id)} aria-label=${t('areas_choose', { name: area.name })} onChange=${() => choose(toggled(chosen, area.id))} /></label><button type="button" class="link" onClick=${() => { choose([area.id]); find(area); }}>${area.name}</button></th>
          <td class="num">${row ? number(row.calls_per_day, 2) : '–'}</td>
          <td class="num">${row ? number(row.work_h - row.driving_h, 2) : '–'}</td>
          <td class="num">${row ? number(row.driving_h, 2) : '–'}</td>
          <td class="num">${row ? number(row.work_h, 2) : '–'}</td>
          <td class="num">${row?.work_h_before != null ? number(row.work_h_before, 2) : '–'}</td>
          <td class="num">${row?.response ? withinText(row.response) : report?.response ? '–' : '…'}${row?.response_before && html`<small>${t('areas_within_was', { shares: withinText(row.response_before) })}</small>`}</td>
          <td><label class="check"><input type="checkbox" checked=${locked.includes(area.id)} aria-label=${t('areas_lock_one', { name: area.name })} onChange=${() => lock(toggled(locked, area.id))} /></label></td>
        </tr>`;
      })}</tbody></table></div>
  </fieldset>`;
}

/** Shares of the calls reached within 1, 3 and 5 minutes. @param {import('../zones_api.js').ZoneResponse} response */
const withinText = ({ within }) => within.slice(0, 3).map((share) => whole(Math.round(share * 100))).join('/');
