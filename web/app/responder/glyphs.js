/**
 * Small signs, drawn with the text's own colour; a word always stands beside them.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';

/** @param {{down?: boolean}} props */
export const Thumb = ({ down = false }) => html`<svg class="sign" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><g transform=${down ? 'rotate(180 12 12)' : ''}><path d="M3 10.5h4V20H3zM7 11l4.5-7.5c1.6 0 2.3 1.2 2 2.6L12.8 9.5H19c1.3 0 2.2 1.2 1.9 2.5l-1.4 6c-.3 1.2-1.2 2-2.4 2H7" fill="none" /></g></svg>`;

/** A pin in a ring: full where the position is sent, struck out where it is not. @param {{on: boolean}} props */
export const PlaceSign = ({ on }) => html`<svg class="sign" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"><path d="M12 21c-4-4.6-6-7.6-6-10.4A6 6 0 0 1 18 10.6C18 13.4 16 16.4 12 21Z" class=${on ? 'full' : ''} fill="none" />${on ? html`<circle cx="12" cy="10.5" r="2" class="hole" />` : html`<path d="M4 4 20 20" fill="none" />`}</svg>`;
