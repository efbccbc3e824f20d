/**
 * Publishing with a reason, and every version that was published.
 * @module
 */
import { html, useState } from '../../vendor/htm-preact/standalone.module.js';
import { clock, day } from '../format.js';
import { t } from '../i18n/speak.js';

/** @typedef {import('./api.js').Version} Version */

/** @param {{forbidding: number, busy: boolean, publish: (reason: string) => void}} props */
export function Publish({ forbidding, busy, publish }) {
  const [reason, setReason] = useState('');
  return html`<form class="block labels" onSubmit=${(/** @type {Event} */ e) => { e.preventDefault(); publish(reason.trim()); setReason(''); }}>
    <h3>${t('publish_title')}</h3>
    <div class="field"><label for="publish-reason">${t('publish_reason')}</label><input id="publish-reason" maxlength="200" value=${reason} onInput=${(/** @type {Event} */ e) => setReason(/** @type {HTMLInputElement} */ (e.target).value)} /></div>
    <p class="hint">${forbidding ? t('publish_faulty', { n: forbidding }) : t('publish_hint')}</p>
    <div class="buttons"><button type="submit" class="main" disabled=${busy || !reason.trim() || forbidding > 0}>${t('publish_go')}</button></div>
  </form>`;
}

/** @param {{versions: Version[], busy: boolean, again: (version: Version, reason: string) => void}} props */
export function Versions({ versions, busy, again }) {
  return html`<fieldset class="block"><legend>${t('versions_title')}</legend>
    ${versions.length === 0 && html`<p class="empty">${t('versions_none')}</p>`}
    <ol class="versions" reversed>${versions.map((version) => html`<li key=${version.number}>
      <div><b>${t('draft_version', { n: version.number })}</b> <span class="aside">${day(version.at)} ${clock(version.at)}</span> ${version.in_force && html`<span class="pinned">${t('versions_now')}</span>`}</div>
      <div>${version.reason || t('versions_found')}</div>
      <div class="hint">${version.scenario ? `${version.scenario} · ` : ''}${t('versions_areas', { n: version.areas })}
        ${!version.in_force && html` <button type="button" class="link" disabled=${busy} onClick=${() => again(version, t('versions_again_reason', { n: version.number }))}>${t('versions_again', { n: version.number })}</button>`}</div>
    </li>`)}</ol>
  </fieldset>`;
}
