/**
 * Signed links to units' phones, each with its QR code: on the screen to be scanned, or as
 * a list to print and hand out with the radios. A link is a unit's, never a person's.
 * @module
 */
import { html, render, useState } from '../../vendor/htm-preact/standalone.module.js';
import { answered, request } from '../api.js';
import { clock, shortDay } from '../format.js';
import { t } from '../i18n/speak.js';
import { Loading, inWords } from './states.js';

/** How long a link may be good, in hours; a shift and its hand-over first. */
const HOURS = [10, 4, 14, 24];

/**
 * @typedef {{id: string, name: string}} Unit
 * @typedef {{url: string, token: string, until: string, qr_svg: string}} Link
 * @typedef {{link?: Link, problem?: unknown, revoked?: boolean}} Made
 */

/** Opens the list above everything else; closing it gives the focus back. @param {Unit[]} units */
export function showUnitLinks(units) {
  const before = /** @type {HTMLElement|null} */ (document.activeElement);
  const root = document.createElement('div');
  root.className = 'links-root';
  document.body.append(root);
  const close = () => {
    render(/** @type {any} */ (null), root);
    root.remove();
    before?.focus();
  };
  render(html`<${UnitLinks} units=${units} close=${close} />`, root);
}

/** @param {string} id */
const linksOf = (id) => `/api/units/${encodeURIComponent(id)}/links`;

/** The code as a picture: nothing of its text is taken for the page's own. @param {string} svg */
const picture = (svg) => `data:image/svg+xml,${encodeURIComponent(svg)}`;

/** @param {{units: Unit[], close: () => void}} props */
function UnitLinks({ units, close }) {
  const [hours, setHours] = useState(HOURS[0]);
  const [made, setMade] = useState(/** @type {Record<string, Made>} */ ({}));
  /** @param {HTMLDialogElement|null} dialog */
  const opened = (dialog) => { if (dialog && !dialog.open) dialog.showModal(); };
  const [making, setMaking] = useState(false);
  // Pressed, not by opening: each link is good for hours, whoever has it.
  const makeAll = async () => {
    setMaking(true);
    setMade({});
    for (const { id } of units) {
      const one = await make(id, hours);
      setMade((old) => ({ ...old, [id]: one }));
    }
  };
  const revoke = async (/** @type {string} */ id) => {
    const one = await answered(linksOf(id), { method: 'DELETE' }).then(() => ({ revoked: true }), (problem) => ({ problem }));
    setMade((old) => ({ ...old, [id]: one }));
  };
  const again = async (/** @type {string} */ id) => {
    const one = await make(id, hours);
    setMade((old) => ({ ...old, [id]: one }));
  };
  const ready = units.filter(({ id }) => made[id]?.link).length;
  return html`<dialog class="links" ref=${opened} aria-labelledby="links-title" onClose=${close}>
    <header><h2 id="links-title">${t('links_title')}</h2><button type="button" class="icon" aria-label=${t('close')} onClick=${close}>×</button></header>
    <p class="hint">${t('links_hint')}</p>
    ${isLocal(location.hostname) && html`<p class="warn-text">${t('links_local', { host: location.host })}</p>`}
    <p class="field no-print"><label for="links-hours">${t('links_hours')}</label><select id="links-hours" onChange=${(/** @type {Event} */ e) => setHours(Number(/** @type {HTMLSelectElement} */ (e.target).value))}>
      ${HOURS.map((n) => html`<option key=${n} value=${n} selected=${n === hours}>${t('links_hours_n', { n })}</option>`)}</select>
      <button type="button" class="main" onClick=${makeAll}>${t('links_make')}</button>
      <button type="button" disabled=${ready === 0} onClick=${() => print()}>${t('links_print')}</button></p>
    <ul class="links-list">${making && units.map((unit) => html`<${One} key=${unit.id} unit=${unit} one=${made[unit.id]} revoke=${revoke} again=${again} />`)}</ul>
  </dialog>`;
}

/** @param {{unit: Unit, one: Made|undefined, revoke: (id: string) => void, again: (id: string) => void}} props */
function One({ unit, one, revoke, again }) {
  const link = one?.link;
  const address = link && location.origin + link.url;
  return html`<li><h3>${unit.name}</h3>
    ${!one && html`<${Loading} />`}
    ${one?.problem && html`<p class="failed" role="alert">${inWords(one.problem)}</p>`}
    ${one?.revoked && html`<p role="status">${t('links_revoked')}</p>`}
    ${(one?.problem || one?.revoked) && html`<p><button type="button" class="small" onClick=${() => again(unit.id)}>${t('links_again')}</button></p>`}
    ${link && html`<img alt=${t('links_qr', { unit: unit.name })} src=${picture(link.qr_svg)} width="176" height="176" />
      <p>${t('links_until', { at: `${shortDay(link.until)} ${clock(link.until)}` })}</p>
      <p class="no-print buttons"><a class="button small" href=${address} target="_blank" rel="noopener noreferrer">${t('links_open')}</a>
        ${isSecureContext && html`<button type="button" class="small" onClick=${() => navigator.clipboard.writeText(String(address))}>${t('links_copy')}</button>`}
        <button type="button" class="small quiet" onClick=${() => revoke(unit.id)}>${t('links_revoke')}</button></p>`}
  </li>`;
}

/** @param {string} id @param {number} hours @returns {Promise<Made>} */
async function make(id, hours) {
  try {
    const link = await request(linksOf(id), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ hours }) });
    return { link };
  } catch (problem) {
    return { problem };
  }
}

/** Whether a phone that reads this address would look for the service in itself. @param {string} host */
const isLocal = (host) => host === 'localhost' || host === '[::1]' || host.startsWith('127.');
