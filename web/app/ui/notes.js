/**
 * What an answer warns of. The service says it in English sentences; those it is known to
 * say are told in the screen's language, a sentence of a newer service as it is.
 * @module
 */
import { html } from '../../vendor/htm-preact/standalone.module.js';
import { t, word } from '../i18n/speak.js';

/** @type {[RegExp, (found: string[]) => string][]} */
const KNOWN = [
  [/^(\d+) idle foot teams do not count/, ([, n]) => t('note_foot', { n })],
  [/^(\d+) units are asked for, (\d+) are idle and drive/, ([, asked, n]) => t('note_fewer_units', { asked, n })],
  [/^(.+) does not count: no road within (\d+) m/, ([, name, n]) => t('note_off_road', { name, n })],
  [/^(\d+) moves are allowed, there are (\d+) units/, ([, asked, n]) => t('note_fewer_moves', { asked, n })],
  [/^(\d+) sites are asked for, there are (\d+) places/, ([, asked, n]) => t('note_fewer_sites', { asked, n })],
  [/^the isochrone of ([\d.]+) minutes from (\w+) can't be drawn/, ([, n, of]) => t('note_no_isochrone', { n, of: word('cover', of) })],
  [/^(.+) is smaller than a cell and has none/, ([, name]) => t('note_small', { name })],
  [/^(\d+) of (\d+) cells have their centre in none/, ([, n, of]) => t('note_joined', { n, of })],
  [/^too few cells have a road near/, () => t('note_pace')],
  [/^the workspace has no roads: the pace/, () => t('note_no_roads')],
];

/** @param {string} note */
function inWords(note) {
  for (const [pattern, say] of KNOWN) {
    const found = pattern.exec(note);
    if (found) return html`<li>${say(found)}</li>`;
  }
  return html`<li lang="en">${note}</li>`;
}

/** @param {{notes: string[]}} props */
export function Notes({ notes }) {
  return notes.length > 0 && html`<ul class="notes">${notes.map(inWords)}</ul>`;
}
