/**
 * The state of a stop by shape: a hollow ring, a full one, a tick, an arrow past, a triangle.
 * Drawn with the text's own colour; the word always stands beside it.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';

/** @typedef {'planned'|'here'|'made'|'skipped'|'missed'} StopState */

/** @type {Record<StopState, any>} */
const STATES = {
  planned: html`<circle cx="12" cy="12" r="8" fill="none" />`,
  here: html`<circle cx="12" cy="12" r="8" fill="none" /><circle cx="12" cy="12" r="4" class="full" />`,
  made: html`<path d="M4 12.5 10 18 20 6.5" fill="none" />`,
  skipped: html`<path d="M4 17C4 6 16 6 17 14M12.5 11.5 17 15l4-4.5" fill="none" />`,
  missed: html`<path d="M12 4 21 20H3Z" fill="none" /><path d="M12 10v4.5M12 17v.5" fill="none" />`,
};

/** @param {{state: StopState}} props */
export const StopSign = ({ state }) => html`<svg class=${`sign ${state}`} viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">${STATES[state] ?? STATES.planned}</svg>`;
