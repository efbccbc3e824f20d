/**
 * Whether the heatmap shows under another drawing.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { t } from '../i18n/speak.js';
import { change } from '../state.js';

/** @param {{state: import('../state.js').State}} props */
export const Under = ({ state }) => html`<label class="check under"><input type="checkbox" checked=${state.under} onChange=${(/** @type {Event} */ e) => change({ under: /** @type {HTMLInputElement} */ (e.target).checked })} /><span>${t('under')}</span></label>`;
