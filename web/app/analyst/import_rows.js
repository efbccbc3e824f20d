/**
 * Rows of a file as tables: the first as they would land, and the refused with their reason.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { clock, day, whole } from '../format.js';
import { t, word } from '../i18n/speak.js';

const SHOWN = 8;
const REFUSED_SHOWN = 20;

/** @param {{seen: import('./import_api.js').Preview, categoryName: (code: string) => string}} props */
export function ImportRows({ seen, categoryName }) {
  const rows = seen.features.features.slice(0, SHOWN);
  if (!rows.length) return null;
  const when = (/** @type {string|null} */ at) => (at ? `${day(at)} ${clock(at)}` : '');
  const happened = seen.as === 'incidents';
  return html`<table class="figures im-rows"><caption>${t('im_first', { n: whole(seen.features.features.length) })}</caption>
    <thead><tr>${happened ? html`<th scope="col">${t('im_field_at')}</th><th scope="col">${t('im_field_until')}</th><th scope="col">${t('im_field_category')}</th>` : html`<th scope="col">${t('im_field_name')}</th><th scope="col">${t('im_field_id')}</th>`}</tr></thead>
    <tbody>${rows.map((row, i) => {
    const it = row.properties ?? {};
    return html`<tr key=${i}>${happened ? html`<td>${when(it.at)}</td><td>${when(it.until)}</td><td>${categoryName(it.category)}</td>` : html`<td>${it.name ?? ''}</td><td class="im-example">${it.id ?? ''}</td>`}</tr>`;
  })}</tbody></table>`;
}

/** @param {{title: string, of: {refused: number, reasons: import('./import_api.js').Reasons, refusals: import('./import_api.js').Refusal[], row_word: string}}} props */
export function Refused({ title, of }) {
  if (!of.refused) return null;
  return html`<div class="im-refused"><p><strong>${title}</strong></p>
    <ul>${of.reasons.map((one) => html`<li key=${one.reason}>${word('im_reason', one.reason)} <span class="num">${whole(one.rows)}</span></li>`)}</ul>
    <table class="figures"><caption class="sr-only">${title}</caption><thead><tr><th scope="col">${word('im_row', of.row_word)}</th><th scope="col">${t('im_field_head')}</th><th scope="col">${t('im_value')}</th><th scope="col">${t('im_reason')}</th></tr></thead>
      <tbody>${of.refusals.slice(0, REFUSED_SHOWN).map((one) => html`<tr key=${one.row}><td>${one.row}</td><td>${word('im_field', one.field)}</td><td class="im-example">${one.value || '–'}</td><td title=${document.documentElement.lang === 'en' ? one.why : ''}>${word('im_reason', one.reason)}</td></tr>`)}</tbody></table>
    ${of.refused > REFUSED_SHOWN && html`<p class="hint">${t('im_more_refused', { n: whole(of.refused - REFUSED_SHOWN) })}</p>`}</div>`;
}
