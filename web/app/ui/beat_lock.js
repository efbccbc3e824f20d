/**
 * In the details of a beat: whether it keeps its ground in drafts.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { t } from '../i18n/speak.js';
import { lock } from './zone_locks.js';

/** @param {{state: import('../state.js').State, id: string}} props */
export function BeatLock({ state, id }) {
  const on = state.zones.locked.includes(id);
  return html`<div class="buttons"><button type="button" aria-pressed=${on} onClick=${() => lock(state, id, !on)}>${t(on ? 'zones_unlock' : 'zones_lock')}</button></div>`;
}
